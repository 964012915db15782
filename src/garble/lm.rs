//! N-gram language models: modified Kneser-Ney estimation, back-off queries, ARPA files.
//!
//! A model is a back-off model as ARPA files hold it: for each n-gram a log10 probability and, where longer ones start with it, a log10
//! back-off weight. Estimation is interpolated modified Kneser-Ney (Chen and Goodman 1998), written out into that form. The
//! unit is a symbol number: a word for `word-lm`, a character for `char-lm`.
//!
//! Estimation is in double precision ([`Estimate`]). A [`Model`] for queries keeps single precision, as KenLM does: half the memory, and a
//! relative error of 6e-8 per entry. Sums are formed in double precision, so that no further error grows with the length of a text.

pub mod arpa;
pub mod estimate;
pub mod score;
mod table;
#[cfg(test)]
mod tests;
mod vocabulary;

use table::{First, Keys, Table};
pub use vocabulary::{END, START, UNKNOWN, Vocabulary};

/// One n-gram with what the model says of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Ngram {
    /// Its symbols.
    pub symbols: Box<[u32]>,
    /// Log10 probability of the last symbol after the others.
    pub probability: f64,
    /// Log10 weight of shorter contexts after this n-gram; 0 where no longer n-gram starts with it.
    pub backoff: f64,
}

/// An estimated model in full precision: every n-gram, shorter ones first.
#[derive(Debug, Clone)]
pub struct Estimate {
    /// Symbols.
    pub vocabulary: Vocabulary,
    /// Length of the longest n-grams.
    pub order: usize,
    /// The n-grams.
    pub ngrams: Vec<Ngram>,
}

impl Estimate {
    /// The model that answers queries.
    pub fn model(self) -> Model {
        Model::new(self.vocabulary, self.order, &self.ngrams)
    }
}

/// Probability and back-off weight of one n-gram, both log10.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Entry {
    /// Log10 probability of the last symbol after the others.
    pub probability: f32,
    /// Log10 weight of shorter contexts after this n-gram.
    pub backoff: f32,
}

impl From<&Ngram> for Entry {
    fn from(ngram: &Ngram) -> Self {
        Self {
            probability: ngram.probability as f32,
            backoff: ngram.backoff as f32,
        }
    }
}

/// What [`Model::log10_all`] works in, kept from sentence to sentence.
#[derive(Debug, Default)]
pub struct Buffers {
    /// The symbols up to each position side by side.
    packed: Vec<u64>,
    /// Positions whose probability is not known yet.
    pending: Vec<usize>,
    firsts: Vec<First>,
}

/// A back-off model.
#[derive(Debug, Clone)]
pub struct Model {
    /// Symbols.
    pub vocabulary: Vocabulary,
    /// Length of the longest n-grams.
    pub order: usize,
    /// Entries of single symbols, by number.
    unigrams: Vec<Entry>,
    keys: Keys,
    /// Entries of longer n-grams by key, one table per length from 2 on, but for the longest.
    longer: Vec<Table<Entry>>,
    /// Log10 probabilities of the longest n-grams, which have no back-off; empty where the order is 1.
    longest: Table<f32>,
}

impl Model {
    /// A model from its n-grams; those of length 1 that are missing get probability -99 as in ARPA files.
    pub fn new(vocabulary: Vocabulary, order: usize, ngrams: &[Ngram]) -> Self {
        let none = Entry {
            probability: -99.0,
            backoff: 0.0,
        };
        let mut unigrams = vec![none; vocabulary.len()];
        let mut sizes = vec![0; order + 1];
        for ngram in ngrams {
            if let Some(size) = sizes.get_mut(ngram.symbols.len()) {
                *size += 1;
            }
        }
        let keys = Keys::new(vocabulary.len(), order);
        let between = sizes.get(2..order).unwrap_or_default();
        let mut longer: Vec<Table<Entry>> = between.iter().map(|&size| Table::new(size)).collect();
        let mut longest = Table::new(if order < 2 { 0 } else { sizes[order] });
        for ngram in ngrams {
            match *ngram.symbols {
                [symbol] => {
                    if let Some(slot) = unigrams.get_mut(symbol as usize) {
                        *slot = ngram.into();
                    }
                }
                [] => {}
                _ if ngram.symbols.len() == order => {
                    longest.put(keys.of(&ngram.symbols), ngram.probability as f32);
                }
                _ => {
                    if let Some(table) = longer.get_mut(ngram.symbols.len() - 2) {
                        table.put(keys.of(&ngram.symbols), ngram.into());
                    }
                }
            }
        }
        Self {
            vocabulary,
            order,
            unigrams,
            keys,
            longer,
            longest,
        }
    }

    /// Log10 probability of the last symbol after those before it (as many as the order allows are looked at), and the length of the
    /// n-gram that gave it. Symbols are numbers of this vocabulary.
    pub fn log10(&self, symbols: &[u32]) -> (f64, usize) {
        let window = &symbols[symbols.len().saturating_sub(self.order)..];
        let Some((&symbol, context)) = window.split_last() else {
            return (0.0, 0);
        };
        // From the longest n-gram down: mostly it is there, and nothing else needs a look.
        let packed = self.keys.pack(window);
        let mut weight = 0.0;
        for length in (2..=window.len()).rev() {
            let key = self.keys.end(packed, window, length);
            if let Some(probability) = self.probability(key, length) {
                return (weight + f64::from(probability), length);
            }
            let backoff = if length == 2 {
                context
                    .last()
                    .and_then(|&left| self.unigrams.get(left as usize).copied())
            } else {
                let key = self.keys.before_end(packed, context, length - 1);
                self.longer[length - 3].get(key)
            };
            weight += backoff.map_or(0.0, |entry| f64::from(entry.backoff));
        }
        let unigram = self.unigrams.get(symbol as usize).or(self.unigrams.first());
        let probability = unigram.map_or(-99.0, |entry| f64::from(entry.probability));
        (weight + probability, 1)
    }

    /// What the n-gram of this length, 2 or more, with this key says.
    #[inline]
    fn probability(&self, key: u64, length: usize) -> Option<f32> {
        if length == self.order {
            self.longest.get(key)
        } else {
            self.longer[length - 2]
                .get(key)
                .map(|entry| entry.probability)
        }
    }

    /// Appends the log10 probability of each symbol after the first, as [`Model::log10`] has them, with the symbols before it as
    /// context. Looks up all n-grams of one length before any of the next: the loads do not wait for one another, and a table that does
    /// not fit into the caches costs one wait for many of them.
    pub fn log10_all(&self, symbols: &[u32], buffers: &mut Buffers, log10: &mut Vec<f64>) {
        let Buffers {
            packed,
            pending,
            firsts,
        } = buffers;
        packed.clear();
        packed.extend(symbols.iter().scan(0, |packed, &symbol| {
            *packed = self.keys.shift(*packed, symbol, self.order);
            Some(*packed)
        }));
        pending.clear();
        pending.extend(1..symbols.len());
        let base = log10.len();
        log10.resize(base + pending.len(), 0.0);
        let log10 = &mut log10[base..];
        for length in (2..=self.order).rev() {
            // The first symbols have shorter contexts; their turn comes later.
            let early = pending.iter().take_while(|&&at| at + 1 < length).count();
            let asked = &pending[early..];
            let key = |at: usize, length| self.keys.end(packed[at], &symbols[..=at], length);
            firsts.clear();
            if length == self.order {
                firsts.extend(asked.iter().map(|&at| self.longest.first(key(at, length))));
            } else {
                let table = &self.longer[length - 2];
                firsts.extend(asked.iter().map(|&at| table.first(key(at, length))));
            }
            let mut kept = early;
            for (index, &first) in firsts.iter().enumerate() {
                let at = pending[early + index];
                let probability = if length == self.order {
                    self.longest.at(first)
                } else {
                    let entry = self.longer[length - 2].at(first);
                    entry.map(|entry| entry.probability)
                };
                if let Some(probability) = probability {
                    log10[at - 1] += f64::from(probability);
                } else {
                    pending[kept] = at;
                    kept += 1;
                }
            }
            pending.truncate(kept);
            let missing = &pending[early..];
            if length == 2 {
                for &at in missing {
                    let left = self.unigrams.get(symbols[at - 1] as usize);
                    log10[at - 1] += left.map_or(0.0, |entry| f64::from(entry.backoff));
                }
            } else {
                let table = &self.longer[length - 3];
                firsts.clear();
                firsts.extend(
                    missing
                        .iter()
                        .map(|&at| table.first(key(at - 1, length - 1))),
                );
                for (&first, &at) in firsts.iter().zip(missing) {
                    let left = table.at(first);
                    log10[at - 1] += left.map_or(0.0, |entry| f64::from(entry.backoff));
                }
            }
        }
        for &at in pending.iter() {
            let unigram = self
                .unigrams
                .get(symbols[at] as usize)
                .or(self.unigrams.first());
            log10[at - 1] += unigram.map_or(-99.0, |entry| f64::from(entry.probability));
        }
    }

    /// The entry of an n-gram, if the model has it.
    pub fn entry(&self, symbols: &[u32]) -> Option<Entry> {
        match symbols {
            [] => None,
            [symbol] => self.unigrams.get(*symbol as usize).copied(),
            _ if symbols.len() == self.order => {
                let probability = self.longest.get(self.keys.of(symbols))?;
                Some(Entry {
                    probability,
                    backoff: 0.0,
                })
            }
            _ => self
                .longer
                .get(symbols.len() - 2)?
                .get(self.keys.of(symbols)),
        }
    }
}
