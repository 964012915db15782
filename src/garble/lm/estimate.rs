//! Interpolated modified Kneser-Ney estimation (Chen and Goodman 1998), as `lmplz` of KenLM does it: no pruning, discounts
//! per order from counts of counts, the unigram interpolated with the uniform distribution over all symbols but `<s>`.

use std::collections::BTreeMap;

use super::{END, Entry, Model, START, UNKNOWN, Vocabulary};

/// Counts while sentences are read.
#[derive(Debug)]
pub struct Estimator {
    vocabulary: Vocabulary,
    order: usize,
    /// Counts of the n-grams of the full order, and of shorter ones that start with `<s>`.
    counts: Vec<BTreeMap<Vec<u32>, u64>>,
}

impl Estimator {
    /// An empty count for n-grams up to `order` symbols (at least 1).
    pub fn new(order: usize) -> Self {
        Self {
            vocabulary: Vocabulary::default(),
            order: order.max(1),
            counts: vec![BTreeMap::new(); order.max(1)],
        }
    }

    /// Counts one sentence.
    pub fn add<'s>(&mut self, sentence: impl IntoIterator<Item = &'s str>) {
        let mut symbols = vec![START];
        for symbol in sentence {
            symbols.push(self.vocabulary.add(symbol));
        }
        symbols.push(END);
        for end in 1..symbols.len() {
            let start = (end + 1).saturating_sub(self.order);
            let ngram = &symbols[start..=end];
            *self.counts[ngram.len() - 1]
                .entry(ngram.to_vec())
                .or_default() += 1;
        }
    }

    /// Estimates the model.
    ///
    /// # Errors
    /// A sentence when nothing was counted.
    pub fn estimate(self) -> Result<Model, String> {
        self.estimate_all().map(|(model, _)| model)
    }

    /// As [`Estimator::estimate`], with the list of all n-grams, shorter ones first, as an ARPA file needs it.
    ///
    /// # Errors
    /// A sentence when nothing was counted.
    pub fn estimate_all(self) -> Result<(Model, Vec<Vec<u32>>), String> {
        let Self {
            vocabulary,
            order,
            mut counts,
        } = self;
        if counts.iter().all(BTreeMap::is_empty) {
            return Err(
                "the training text is empty; give more documents or load an ARPA file".to_owned(),
            );
        }
        // From the longest down: the count of a shorter n-gram is the number of symbols seen before it; n-grams at the start of a
        // sentence keep their own counts, for nothing stands before them.
        for length in (1..order).rev() {
            let (shorter, longer) = counts.split_at_mut(length);
            let shorter = &mut shorter[length - 1];
            for ngram in longer[0].keys() {
                *shorter.entry(ngram[1..].to_vec()).or_default() += 1;
            }
        }
        // `shorter` of full-order counts that start with `<s>` were seen as such; `<s>` itself is never predicted.
        counts[0].remove(&vec![START]);

        let discounts: Vec<[f64; 3]> = counts.iter().map(discounts).collect();
        let size = vocabulary.len() as f64 - 1.0;
        let mut probabilities: Vec<BTreeMap<Vec<u32>, f64>> = Vec::with_capacity(order);
        let mut weights: BTreeMap<Vec<u32>, f64> = BTreeMap::new();
        for (index, grams) in counts.iter().enumerate() {
            let contexts = contexts(grams, &discounts[index]);
            let mut these = BTreeMap::new();
            if index == 0 {
                let (total, left) = contexts.get(&[][..]).copied().unwrap_or((1.0, 1.0));
                let uniform = left / total / size;
                these.insert(vec![UNKNOWN], uniform);
                these.insert(vec![END], uniform);
                for (ngram, &count) in grams {
                    let kept = count as f64 - discount(&discounts[0], count);
                    these.insert(ngram.clone(), kept / total + uniform);
                }
            } else {
                let lower = &probabilities[index - 1];
                for (ngram, &count) in grams {
                    let (total, left) = contexts[&ngram[..index]];
                    let kept = count as f64 - discount(&discounts[index], count);
                    let back = lower.get(&ngram[1..]).copied().unwrap_or_default();
                    these.insert(ngram.clone(), kept / total + left / total * back);
                }
                for (context, (total, left)) in contexts {
                    weights.insert(context.to_vec(), left / total);
                }
            }
            probabilities.push(these);
        }
        let mut ngrams = vec![(
            vec![START],
            Entry {
                probability: -99.0,
                backoff: log10(weights.get(&[START][..])),
            },
        )];
        for these in &probabilities {
            ngrams.extend(these.iter().map(|(symbols, probability)| {
                let entry = Entry {
                    probability: probability.log10() as f32,
                    backoff: log10(weights.get(symbols)),
                };
                (symbols.clone(), entry)
            }));
        }
        let model = Model::new(vocabulary, order, &ngrams);
        let listed = ngrams.into_iter().map(|(symbols, _)| symbols).collect();
        Ok((model, listed))
    }
}

fn log10(weight: Option<&f64>) -> f32 {
    weight.map_or(0.0, |weight| weight.log10() as f32)
}

/// Sum of counts and discounted mass of every context.
fn contexts<'g>(
    grams: &'g BTreeMap<Vec<u32>, u64>,
    discounts: &[f64; 3],
) -> BTreeMap<&'g [u32], (f64, f64)> {
    let mut contexts: BTreeMap<&[u32], (f64, f64)> = BTreeMap::new();
    for (ngram, &count) in grams {
        let slot = contexts.entry(&ngram[..ngram.len() - 1]).or_default();
        slot.0 += count as f64;
        slot.1 += discount(discounts, count);
    }
    contexts
}

fn discount(discounts: &[f64; 3], count: u64) -> f64 {
    discounts[(count.clamp(1, 3) - 1) as usize]
}

/// `D1`, `D2`, `D3+` from counts of counts; where these are too thin for the formula, 0.5, 1 and 1.5 as `lmplz
/// --discount_fallback` has them.
pub(super) fn discounts(grams: &BTreeMap<Vec<u32>, u64>) -> [f64; 3] {
    let mut of = [0_u64; 5];
    for &count in grams.values() {
        if count <= 4 {
            of[count as usize] += 1;
        }
    }
    const FALLBACK: [f64; 3] = [0.5, 1.0, 1.5];
    if of[1..].contains(&0) {
        return FALLBACK;
    }
    let y = of[1] as f64 / (of[1] as f64 + 2.0 * of[2] as f64);
    let mut found = [0.0; 3];
    for (index, value) in found.iter_mut().enumerate() {
        let n = (index + 1) as f64;
        *value = n - (n + 1.0) * y * of[index + 2] as f64 / of[index + 1] as f64;
        if !(0.0..=n).contains(value) {
            return FALLBACK;
        }
    }
    found
}
