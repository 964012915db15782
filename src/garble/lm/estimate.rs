//! Interpolated modified Kneser-Ney estimation (Chen and Goodman 1998), as `lmplz` of KenLM does it: no pruning, discounts
//! per order from counts of counts, the unigram interpolated with the uniform distribution over all symbols but `<s>`. All in
//! double precision.

use rustc_hash::FxHashMap;

use super::{END, Estimate, Ngram, START, UNKNOWN, Vocabulary};

type Counts = FxHashMap<Box<[u32]>, u64>;

/// Counts while sentences are read.
#[derive(Debug)]
pub struct Estimator {
    vocabulary: Vocabulary,
    order: usize,
    /// Counts of the n-grams of the full order, and of shorter ones that start with `<s>`.
    counts: Vec<Counts>,
    sentence: Vec<u32>,
}

impl Estimator {
    /// An empty count for n-grams up to `order` symbols (at least 1).
    pub fn new(order: usize) -> Self {
        Self {
            vocabulary: Vocabulary::default(),
            order: order.max(1),
            counts: vec![Counts::default(); order.max(1)],
            sentence: Vec::new(),
        }
    }

    /// Counts one sentence.
    pub fn add<'s>(&mut self, sentence: impl IntoIterator<Item = &'s str>) {
        self.start();
        for symbol in sentence {
            self.push(symbol);
        }
        self.finish();
    }

    /// Begins a sentence whose symbols are pushed one by one.
    pub fn start(&mut self) {
        self.sentence.clear();
        self.sentence.push(START);
    }

    /// The next symbol of the sentence.
    pub fn push(&mut self, symbol: &str) {
        self.sentence.push(self.vocabulary.add(symbol));
    }

    /// Counts the sentence begun with [`Estimator::start`]; true when it had symbols.
    pub fn finish(&mut self) -> bool {
        let any = self.sentence.len() > 1;
        self.sentence.push(END);
        for end in 1..self.sentence.len() {
            let start = (end + 1).saturating_sub(self.order);
            let ngram = &self.sentence[start..=end];
            count(&mut self.counts[ngram.len() - 1], ngram);
        }
        any
    }

    /// Estimates the model.
    ///
    /// # Errors
    /// A sentence when nothing was counted.
    pub fn estimate(self) -> Result<Estimate, String> {
        let Self {
            vocabulary,
            order,
            mut counts,
            ..
        } = self;
        if counts.iter().all(FxHashMap::is_empty) {
            return Err(
                "the training text is empty; give more documents or load an ARPA file".to_owned(),
            );
        }
        // From the longest down: the count of a shorter n-gram is the number of symbols seen before it; n-grams at the start of a
        // sentence keep their own counts, for nothing stands before them.
        for length in (1..order).rev() {
            let (shorter, longer) = counts.split_at_mut(length);
            let shorter = &mut shorter[length - 1];
            longer[0]
                .keys()
                .for_each(|ngram| count(shorter, &ngram[1..]));
        }
        // `<s>` itself is never predicted.
        counts[0].remove(&[START][..]);
        let counts: Vec<Vec<(Box<[u32]>, u64)>> = counts.into_iter().map(sorted).collect();

        let mut tables: Vec<FxHashMap<&[u32], f64>> = Vec::with_capacity(order);
        let mut weights: FxHashMap<&[u32], f64> = FxHashMap::default();
        for (index, grams) in counts.iter().enumerate() {
            let discounts = discounts(grams.iter().map(|gram| gram.1));
            let mut these: FxHashMap<&[u32], f64> = FxHashMap::default();
            // n-grams of one context stand together, since they are sorted.
            for run in grams.chunk_by(|a, b| a.0[..index] == b.0[..index]) {
                let total: f64 = run.iter().map(|(_, count)| *count as f64).sum();
                let mass: f64 = run.iter().map(|gram| discount(&discounts, gram.1)).sum();
                let left = mass / total;
                let uniform = left / (vocabulary.len() as f64 - 1.0);
                if index == 0 {
                    these.insert(&[UNKNOWN], uniform);
                    these.insert(&[END], uniform);
                } else {
                    weights.insert(&run[0].0[..index], left);
                }
                for (ngram, count) in run {
                    let kept = (*count as f64 - discount(&discounts, *count)) / total;
                    let lower = match tables.last() {
                        None => uniform,
                        Some(lower) => left * lower.get(&ngram[1..]).copied().unwrap_or_default(),
                    };
                    these.insert(ngram, kept + lower);
                }
            }
            tables.push(these);
        }
        let backoff = |symbols: &[u32]| weights.get(symbols).map_or(0.0, |weight| weight.log10());
        let mut ngrams = vec![Ngram {
            symbols: [START].into(),
            probability: -99.0,
            backoff: backoff(&[START]),
        }];
        for table in tables {
            let mut these: Vec<(&[u32], f64)> = table.into_iter().collect();
            these.sort_unstable_by_key(|(symbols, _)| *symbols);
            ngrams.extend(these.into_iter().map(|(symbols, probability)| Ngram {
                symbols: symbols.into(),
                probability: probability.log10(),
                backoff: backoff(symbols),
            }));
        }
        Ok(Estimate {
            vocabulary,
            order,
            ngrams,
        })
    }
}

fn count(counts: &mut Counts, ngram: &[u32]) {
    match counts.get_mut(ngram) {
        Some(count) => *count += 1,
        None => {
            counts.insert(ngram.into(), 1);
        }
    }
}

fn sorted(counts: Counts) -> Vec<(Box<[u32]>, u64)> {
    let mut list: Vec<_> = counts.into_iter().collect();
    list.sort_unstable();
    list
}

fn discount(discounts: &[f64; 3], count: u64) -> f64 {
    discounts[(count.clamp(1, 3) - 1) as usize]
}

/// `D1`, `D2`, `D3+` from the counts of all n-grams of one length; where counts of counts are too thin for the formula, 0.5, 1 and 1.5 as
/// `lmplz --discount_fallback` has them.
pub(super) fn discounts(counts: impl Iterator<Item = u64>) -> [f64; 3] {
    let mut of = [0_u64; 5];
    for count in counts {
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
