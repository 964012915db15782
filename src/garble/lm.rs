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

use table::{Keys, Table};
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
#[derive(Debug, Clone, Copy, PartialEq)]
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
    /// Entries of longer n-grams by key, one table per length from 2 on.
    longer: Vec<Table>,
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
        let mut longer: Vec<Table> = sizes.iter().skip(2).map(|&size| Table::new(size)).collect();
        for ngram in ngrams {
            match *ngram.symbols {
                [symbol] => {
                    if let Some(slot) = unigrams.get_mut(symbol as usize) {
                        *slot = ngram.into();
                    }
                }
                [] => {}
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
            if let Some(entry) = self.longer[length - 2].get(key) {
                return (weight + f64::from(entry.probability), length);
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

    /// The entry of an n-gram, if the model has it.
    pub fn entry(&self, symbols: &[u32]) -> Option<Entry> {
        match symbols {
            [] => None,
            [symbol] => self.unigrams.get(*symbol as usize).copied(),
            _ => self
                .longer
                .get(symbols.len() - 2)?
                .get(self.keys.of(symbols)),
        }
    }
}
