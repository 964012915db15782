//! N-gram language models: modified Kneser-Ney estimation, back-off queries, ARPA files.
//!
//! A model is a back-off model as ARPA files hold it: for each n-gram a log10 probability and, where longer ones start with it, a log10
//! back-off weight. Estimation is interpolated modified Kneser-Ney (Chen and Goodman 1998), written out into that form. The
//! unit is a symbol number: a word for `word-lm`, a character for `char-lm`.

pub mod arpa;
pub mod estimate;
pub mod score;
#[cfg(test)]
mod tests;

use rustc_hash::FxHashMap;

/// Number of the unknown symbol.
pub const UNKNOWN: u32 = 0;
/// Number of the symbol before a sentence.
pub const START: u32 = 1;
/// Number of the symbol after a sentence.
pub const END: u32 = 2;

/// Symbols and their numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vocabulary {
    numbers: FxHashMap<Box<str>, u32>,
    symbols: Vec<Box<str>>,
}

impl Default for Vocabulary {
    fn default() -> Self {
        let mut vocabulary = Self {
            numbers: FxHashMap::default(),
            symbols: Vec::new(),
        };
        for symbol in ["<unk>", "<s>", "</s>"] {
            vocabulary.add(symbol);
        }
        vocabulary
    }
}

impl Vocabulary {
    /// Number of a symbol, a new one if it was not known.
    pub fn add(&mut self, symbol: &str) -> u32 {
        if let Some(&number) = self.numbers.get(symbol) {
            return number;
        }
        let number = u32::try_from(self.symbols.len()).unwrap_or(UNKNOWN);
        self.symbols.push(symbol.into());
        self.numbers.insert(symbol.into(), number);
        number
    }

    /// Number of a symbol, [`UNKNOWN`] if it is not known.
    pub fn get(&self, symbol: &str) -> u32 {
        self.numbers.get(symbol).copied().unwrap_or(UNKNOWN)
    }

    /// The symbol with this number.
    pub fn symbol(&self, number: u32) -> &str {
        self.symbols.get(number as usize).map_or("<unk>", |s| s)
    }

    /// Number of symbols, the three special ones included.
    pub fn len(&self) -> usize {
        self.symbols.len()
    }

    /// Never: the special symbols are always there.
    pub fn is_empty(&self) -> bool {
        self.symbols.is_empty()
    }
}

/// Probability and back-off weight of one n-gram, both log10.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entry {
    /// Log10 probability of the last symbol after the others.
    pub probability: f32,
    /// Log10 weight of shorter contexts after this n-gram; 0 where no longer n-gram starts with it.
    pub backoff: f32,
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
    /// Entries of longer n-grams by the hash of their symbols, one open table per length from 2 on.
    longer: Vec<Table>,
}

impl Model {
    /// A model from its n-grams; those of length 1 that are missing get probability -99 as in ARPA files.
    pub fn new(vocabulary: Vocabulary, order: usize, ngrams: &[(Vec<u32>, Entry)]) -> Self {
        let none = Entry {
            probability: -99.0,
            backoff: 0.0,
        };
        let mut unigrams = vec![none; vocabulary.len()];
        let mut sizes = vec![0; order + 1];
        for (symbols, _) in ngrams {
            if let Some(size) = sizes.get_mut(symbols.len()) {
                *size += 1;
            }
        }
        let mut longer: Vec<Table> = sizes.iter().skip(2).map(|&size| Table::new(size)).collect();
        for (symbols, entry) in ngrams {
            match symbols.as_slice() {
                [symbol] => {
                    if let Some(slot) = unigrams.get_mut(*symbol as usize) {
                        *slot = *entry;
                    }
                }
                [] => {}
                _ => {
                    if let Some(table) = longer.get_mut(symbols.len() - 2) {
                        table.put(key(symbols), *entry);
                    }
                }
            }
        }
        Self {
            vocabulary,
            order,
            unigrams,
            longer,
        }
    }

    /// Log10 probability of `symbol` after `context` (the last `order - 1` symbols are looked at), and the length of the n-gram
    /// that gave it.
    pub fn log10(&self, context: &[u32], symbol: u32) -> (f32, usize) {
        let context = &context[context.len().saturating_sub(self.order - 1)..];
        let unigram = self.unigrams.get(symbol as usize).or(self.unigrams.first());
        let mut found = (unigram.map_or(-99.0, |entry| entry.probability), 1);
        // Key of the n-gram that ends in `symbol`, grown to the left one context symbol at a time; the same for the context alone.
        let mut grown = mix(0, symbol);
        let mut before = 0;
        for length in 1..=context.len() {
            let left = context[context.len() - length];
            let backoff = if length == 1 {
                self.unigrams.get(left as usize).map(|entry| entry.backoff)
            } else {
                None
            };
            before = mix(before, left);
            grown = mix(grown, left);
            let entry = self.longer[length - 1].get(grown);
            match entry {
                Some(entry) => found = (entry.probability, length + 1),
                None => {
                    let weight = match backoff {
                        Some(weight) => Some(weight),
                        None if length >= 2 => self.longer[length - 2]
                            .get(before)
                            .map(|entry| entry.backoff),
                        None => None,
                    };
                    found.0 += weight.unwrap_or(0.0);
                }
            }
        }
        found
    }

    /// The entry of an n-gram, if the model has it.
    pub fn entry(&self, symbols: &[u32]) -> Option<Entry> {
        match symbols {
            [] => None,
            [symbol] => self.unigrams.get(*symbol as usize).copied(),
            _ => self.longer.get(symbols.len() - 2)?.get(key(symbols)),
        }
    }
}

/// Key of an n-gram: its symbols mixed from the last to the first, so that a longer context extends the key.
fn key(symbols: &[u32]) -> u64 {
    symbols
        .iter()
        .rev()
        .fold(0, |key, &symbol| mix(key, symbol))
}

fn mix(key: u64, symbol: u32) -> u64 {
    (key.rotate_left(23) ^ (u64::from(symbol) + 0x517c_c1b7)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Open addressing by 64-bit key; a key of 0 is an empty slot.
#[derive(Debug, Clone)]
struct Table {
    slots: Vec<(u64, Entry)>,
    mask: usize,
}

impl Table {
    fn new(size: usize) -> Self {
        let slots = (size * 2).next_power_of_two().max(2);
        let empty = Entry {
            probability: 0.0,
            backoff: 0.0,
        };
        Self {
            slots: vec![(0, empty); slots],
            mask: slots - 1,
        }
    }

    fn put(&mut self, key: u64, entry: Entry) {
        let mut at = (key >> 32) as usize & self.mask;
        while self.slots[at].0 != 0 && self.slots[at].0 != key {
            at = (at + 1) & self.mask;
        }
        self.slots[at] = (key, entry);
    }

    fn get(&self, key: u64) -> Option<Entry> {
        let mut at = (key >> 32) as usize & self.mask;
        loop {
            let slot = &self.slots[at];
            if slot.0 == key {
                return Some(slot.1);
            }
            if slot.0 == 0 {
                return None;
            }
            at = (at + 1) & self.mask;
        }
    }
}
