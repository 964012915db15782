//! Symbols and their numbers.

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

    /// All symbols in order of their numbers.
    pub fn symbols(&self) -> impl Iterator<Item = &str> {
        self.symbols.iter().map(|symbol| &**symbol)
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
