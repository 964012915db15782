//! From log-probabilities to flags: windows of symbols, the least likely first.

use super::{END, Model, START};
use crate::corpus::Span;
use crate::garble::flags::Flags;

/// A symbol of a sentence with its place in the text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    /// Where it stands.
    pub span: Span,
    /// Log10 probability after the symbols before it.
    pub log10: f32,
}

/// Log10 probabilities of a sentence's symbols after `<s>`; the end of the sentence is not among them.
pub fn sentence(model: &Model, symbols: &[(Span, u32)], scored: &mut Vec<Scored>) {
    let mut context = Vec::with_capacity(symbols.len() + 1);
    context.push(START);
    for &(span, symbol) in symbols {
        let (log10, _) = model.log10(&context, symbol);
        scored.push(Scored { span, log10 });
        context.push(symbol);
    }
}

/// Sum of log10 probabilities of a sentence with its end, as KenLM's `score` gives it.
pub fn total(model: &Model, symbols: &[u32]) -> f64 {
    let mut context = vec![START];
    let mut sum = 0.0;
    for &symbol in symbols.iter().chain([&END]) {
        sum += f64::from(model.log10(&context, symbol).0);
        context.push(symbol);
    }
    sum
}

/// Mean log10 probability of every window of `size` neighbouring symbols; one window when there are fewer.
pub fn windows(scored: &[Scored], size: usize) -> Vec<f64> {
    let size = size.clamp(1, scored.len().max(1));
    let mut sums = Vec::with_capacity(scored.len());
    let mut sum = 0.0;
    for (index, symbol) in scored.iter().enumerate() {
        sum += f64::from(symbol.log10);
        if index >= size {
            sum -= f64::from(scored[index - size].log10);
        }
        if index + 1 >= size {
            sums.push(sum / size as f64);
        }
    }
    sums
}

/// Flags windows from the least likely on, none overlapping, graded by how many standard deviations they lie under the mean
/// of the document: 0.5 at `deviations`.
pub fn flag(sentences: &[Vec<Scored>], size: usize, deviations: f64, flags: &mut Flags) {
    let means: Vec<Vec<f64>> = sentences
        .iter()
        .map(|scored| windows(scored, size))
        .collect();
    let count = means.iter().map(Vec::len).sum::<usize>() as f64;
    if count < 2.0 {
        return;
    }
    let mean = means.iter().flatten().sum::<f64>() / count;
    let spread = (means
        .iter()
        .flatten()
        .map(|m| (m - mean).powi(2))
        .sum::<f64>()
        / count)
        .sqrt();
    if spread <= f64::EPSILON {
        return;
    }
    for (scored, means) in sentences.iter().zip(&means) {
        let size = size.clamp(1, scored.len().max(1));
        let mut order: Vec<usize> = (0..means.len()).collect();
        order.sort_by(|&a, &b| means[a].total_cmp(&means[b]).then(a.cmp(&b)));
        let mut taken = vec![false; scored.len()];
        for start in order {
            if taken[start..start + size].iter().any(|&t| t) {
                continue;
            }
            taken[start..start + size].fill(true);
            let under = (mean - means[start]) / spread;
            let confidence = 1.0 / (1.0 + (deviations - under).exp());
            let span = Span::new(scored[start].span.start, scored[start + size - 1].span.end);
            flags.push(span, "", confidence);
        }
    }
}
