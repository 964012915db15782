//! From log-probabilities to flags: windows of symbols, the least likely first.

use super::{Buffers, Model, START};
use crate::corpus::Span;
use crate::garble::flags::Flags;

/// The symbols of a document, sentence by sentence, with their places and log10 probabilities.
#[derive(Debug)]
pub struct Reading {
    /// `<s>` and the symbols of the sentence that is being read.
    sentence: Vec<u32>,
    spans: Vec<Span>,
    log10: Vec<f64>,
    /// Where each sentence ends among the symbols.
    ends: Vec<usize>,
    buffers: Buffers,
    means: Vec<f64>,
    windows: Windows,
}

impl Default for Reading {
    fn default() -> Self {
        Self {
            sentence: vec![START],
            spans: Vec::new(),
            log10: Vec::new(),
            ends: Vec::new(),
            buffers: Buffers::default(),
            means: Vec::new(),
            windows: Windows::default(),
        }
    }
}

impl Reading {
    /// Ready for another document, in the memory of the last.
    pub fn clear(&mut self) {
        self.sentence.truncate(1);
        self.spans.clear();
        self.log10.clear();
        self.ends.clear();
    }

    /// Makes room for about so many symbols.
    pub fn reserve(&mut self, count: usize) {
        self.spans.reserve(count);
        self.log10.reserve(count);
    }

    /// The next symbol of the sentence, and where it stands.
    #[inline]
    pub fn push(&mut self, span: Span, symbol: u32) {
        self.spans.push(span);
        self.sentence.push(symbol);
    }

    /// Ends the sentence and scores its symbols after `<s>`; the end of the sentence is not among them.
    pub fn finish(&mut self, model: &Model) {
        model.log10_all(&self.sentence, &mut self.buffers, &mut self.log10);
        self.sentence.truncate(1);
        self.ends.push(self.spans.len());
    }

    /// Flags windows of `size` neighbouring symbols of one sentence (one window when there are fewer) from the least likely on, none
    /// overlapping, graded by how many standard deviations their mean lies under the mean of the document: 0.5 at `deviations`.
    pub fn flag(&mut self, size: usize, deviations: f64, flags: &mut Flags) {
        let means = &mut self.means;
        means.clear();
        let mut start = 0;
        for &end in &self.ends {
            windows(&self.log10[start..end], size, means);
            start = end;
        }
        let count = means.len() as f64;
        if count < 2.0 {
            return;
        }
        let mean = means.iter().sum::<f64>() / count;
        let spread = (means.iter().map(|m| (m - mean).powi(2)).sum::<f64>() / count).sqrt();
        if spread <= f64::EPSILON {
            return;
        }
        flags.reserve(means.len() / size.max(1) + self.ends.len());
        let (mut start, mut first) = (0, 0);
        for &end in &self.ends {
            let size = size.clamp(1, (end - start).max(1));
            let here = &means[first..first + (end - start + 1).saturating_sub(size)];
            for &at in self.windows.choose(here, size) {
                let under = (mean - here[at]) / spread;
                let confidence = 1.0 / (1.0 + (deviations - under).exp());
                let last = self.spans[start + at + size - 1];
                let span = Span::new(self.spans[start + at].start, last.end);
                flags.push(span, "", confidence);
            }
            first += here.len();
            start = end;
        }
    }
}

/// Appends the mean of every window of `size` neighbouring values; of one window when there are fewer.
fn windows(log10: &[f64], size: usize, means: &mut Vec<f64>) {
    let size = size.clamp(1, log10.len().max(1));
    let mut sum = 0.0;
    for (index, value) in log10.iter().enumerate() {
        sum += value;
        if index >= size {
            sum -= log10[index - size];
        }
        if index + 1 >= size {
            means.push(sum / size as f64);
        }
    }
}

/// Choosing windows that do not overlap; the buffers serve all sentences of a document.
#[derive(Debug, Default)]
struct Windows {
    ranks: Vec<u64>,
    parts: Vec<Part>,
    chosen: Vec<usize>,
    order: Vec<(u64, usize)>,
    blocked: Vec<bool>,
}

/// What is left to do from the left to the right.
#[derive(Debug, Clone, Copy)]
enum Part {
    /// Choose among the windows that start here.
    Open(usize, usize),
    /// This window is chosen.
    Taken(usize),
}

impl Windows {
    /// Starts of the windows that are taken when the lowest mean goes first (the earlier of equals) and what it overlaps is left out, in
    /// order of place.
    ///
    /// The lowest of all divides the others in two parts that know nothing of each other. Where the parts turn out very unequal again and
    /// again (means that only rise), sorting takes over.
    fn choose(&mut self, means: &[f64], size: usize) -> &[usize] {
        self.ranks.clear();
        self.ranks.extend(means.iter().map(|&mean| rank(mean)));
        self.chosen.clear();
        self.parts.clear();
        self.parts.push(Part::Open(0, means.len()));
        let mut budget = 32 * means.len();
        while let Some(part) = self.parts.pop() {
            match part {
                Part::Taken(start) => self.chosen.push(start),
                Part::Open(from, to) => {
                    let Some(left) = budget.checked_sub(to.saturating_sub(from)) else {
                        return self.choose_by_sorting(size);
                    };
                    budget = left;
                    if let Some(lowest) = lowest(&self.ranks, from, to) {
                        self.parts.push(Part::Open(lowest + size, to));
                        self.parts.push(Part::Taken(lowest));
                        self.parts
                            .push(Part::Open(from, (lowest + 1).saturating_sub(size)));
                    }
                }
            }
        }
        &self.chosen
    }

    fn choose_by_sorting(&mut self, size: usize) -> &[usize] {
        self.order.clear();
        self.order.extend(self.ranks.iter().copied().zip(0..));
        self.order.sort_unstable();
        self.blocked.clear();
        self.blocked.resize(self.ranks.len(), false);
        self.chosen.clear();
        for &(_, start) in &self.order {
            if !self.blocked[start] {
                let end = (start + size).min(self.ranks.len());
                self.blocked[start.saturating_sub(size - 1)..end].fill(true);
                self.chosen.push(start);
            }
        }
        self.chosen.sort_unstable();
        &self.chosen
    }
}

/// The place of the lowest of a part, the first of equals.
#[inline]
fn lowest(ranks: &[u64], from: usize, to: usize) -> Option<usize> {
    let part = ranks.get(from..to)?;
    let (mut at, mut low) = (0, *part.first()?);
    for (index, &rank) in part.iter().enumerate() {
        if rank < low {
            (at, low) = (index, rank);
        }
    }
    Some(from + at)
}

/// A number that grows as the value does, so that whole numbers can be sorted.
const fn rank(value: f64) -> u64 {
    let bits = value.to_bits();
    if bits >> 63 == 1 {
        !bits
    } else {
        bits | (1 << 63)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Size 2 over -1 -3 -1 -5: means -2 -2 -3. The last goes first, it blocks the second, the first stays.
    #[test]
    fn windows_by_hand() {
        let mut means = Vec::new();
        windows(&[-1.0, -3.0, -1.0, -5.0], 2, &mut means);
        assert_eq!(means, [-2.0, -2.0, -3.0]);
        assert_eq!(Windows::default().choose(&means, 2), [0, 2]);
        means.clear();
        windows(&[-1.0], 5, &mut means);
        windows(&[], 5, &mut means);
        assert_eq!(means, [-1.0]);
    }

    proptest! {
        /// As picking the least window again and again among those that overlap none taken.
        #[test]
        fn windows_are_chosen_as_by_the_slow_twin(means in prop::collection::vec((-8_i32..2).prop_map(|n| f64::from(n) / 2.0), 0..40), size in 1_usize..8) {
            let mut expected: Vec<usize> = Vec::new();
            loop {
                let free = (0..means.len()).filter(|start| expected.iter().all(|taken| taken.abs_diff(*start) >= size));
                let Some(best) = free.min_by(|&a, &b| means[a].total_cmp(&means[b]).then(a.cmp(&b))) else {
                    break;
                };
                expected.push(best);
            }
            expected.sort_unstable();
            let mut windows = Windows::default();
            prop_assert_eq!(windows.choose(&means, size), expected.as_slice());
        }

        /// Long means that only rise or fall part very unequally: sorting must take over and choose the same.
        #[test]
        fn sorting_chooses_the_same(length in 60_usize..200, size in 1_usize..4, slope in -1_i8..=1, dents in prop::collection::vec(0_usize..200, 0..9)) {
            let mut means: Vec<f64> = (0..length).map(|n| n as f64 * f64::from(slope)).collect();
            for dent in dents {
                means[dent % length] = -7.0;
            }
            let mut windows = Windows::default();
            let chosen = windows.choose(&means, size).to_vec();
            windows.ranks = means.iter().map(|&mean| rank(mean)).collect();
            prop_assert_eq!(windows.choose_by_sorting(size), chosen.as_slice());
        }

        #[test]
        fn ranks_grow_as_values_do(a in any::<f64>(), b in any::<f64>()) {
            prop_assert_eq!(rank(a).cmp(&rank(b)), a.total_cmp(&b));
        }
    }
}
