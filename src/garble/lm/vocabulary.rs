//! Symbols and their numbers.

use rustc_hash::FxHashMap;

use crate::text::hash::fold;
use crate::text::normalize::lower_eight;
use crate::text::token::HIGH;

/// Number of the unknown symbol.
pub const UNKNOWN: u32 = 0;
/// Number of the symbol before a sentence.
pub const START: u32 = 1;
/// Number of the symbol after a sentence.
pub const END: u32 = 2;

/// Symbols and their numbers.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    short: ShortTable,
    /// All others.
    long: FxHashMap<Box<str>, u32>,
    symbols: Vec<Box<str>>,
}

impl Default for Vocabulary {
    fn default() -> Self {
        let mut vocabulary = Self {
            short: ShortTable::default(),
            long: FxHashMap::default(),
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
        let short = Short::new(symbol);
        let known = match short {
            Some(short) => self.short.get(short),
            None => self.long.get(symbol).copied(),
        };
        if let Some(number) = known {
            return number;
        }
        let number = u32::try_from(self.symbols.len()).unwrap_or(UNKNOWN);
        self.symbols.push(symbol.into());
        match short {
            Some(short) => self.short.put(short, number),
            None => {
                self.long.insert(symbol.into(), number);
            }
        }
        number
    }

    /// Number of a symbol, [`UNKNOWN`] if it is not known.
    pub fn get(&self, symbol: &str) -> u32 {
        match Short::new(symbol) {
            Some(short) => self.short.get(short),
            None => self.long.get(symbol).copied(),
        }
        .unwrap_or(UNKNOWN)
    }

    /// Number of the lower case of the symbol at these bytes of a text, without a copy of it. `None` where that needs more than a look: a
    /// long symbol, one outside ASCII, one at the very end of the text, one that ends with a zero byte.
    #[inline]
    pub fn get_lower(&self, text: &str, start: usize, end: usize) -> Option<u32> {
        let short = Short::lower(text.as_bytes(), start, end)?;
        Some(self.short.get(short).unwrap_or(UNKNOWN))
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

/// Bytes of the symbols that are compared as two numbers.
const SHORT: usize = 16;

/// A symbol of 1 to [`SHORT`] bytes, filled up with zeros. It does not end with a zero byte itself, so that no two look alike and none
/// looks like a free slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Short {
    low: u64,
    high: u64,
}

impl Short {
    fn new(symbol: &str) -> Option<Self> {
        let mut bytes = [0; SHORT];
        bytes
            .get_mut(..symbol.len())?
            .copy_from_slice(symbol.as_bytes());
        let both = u128::from_le_bytes(bytes);
        (*symbol.as_bytes().last()? != 0).then_some(Self {
            low: both as u64,
            high: (both >> 64) as u64,
        })
    }

    #[inline]
    fn lower(text: &[u8], start: usize, end: usize) -> Option<Self> {
        let bytes: [u8; SHORT] = *text.get(start..)?.first_chunk()?;
        let length = end.wrapping_sub(start);
        if !(1..=SHORT).contains(&length) || bytes[length - 1] == 0 {
            return None;
        }
        let both = u128::from_le_bytes(bytes) & (u128::MAX >> (8 * (SHORT - length)));
        let (low, high) = (both as u64, (both >> 64) as u64);
        if (low | high) & HIGH != 0 {
            return None;
        }
        Some(Self {
            low: lower_eight(low),
            high: lower_eight(high),
        })
    }

    const fn is_free(self) -> bool {
        self.low | self.high == 0
    }
}

/// Open table of short symbols, at most half full.
#[derive(Debug, Clone, Default)]
struct ShortTable {
    /// Symbol and number.
    slots: Vec<(Short, u32)>,
    used: usize,
}

impl ShortTable {
    #[inline]
    fn find(&self, symbol: Short) -> usize {
        let mask = self.slots.len() - 1;
        let mixed = fold(
            symbol.low ^ 0x9e37_79b9_7f4a_7c15,
            symbol.high ^ 0xd6e8_feb8_6659_fd93,
        );
        let mut at = mixed as usize & mask;
        while !self.slots[at].0.is_free() && self.slots[at].0 != symbol {
            at = (at + 1) & mask;
        }
        at
    }

    #[inline]
    fn get(&self, symbol: Short) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        let (found, number) = self.slots[self.find(symbol)];
        (!found.is_free()).then_some(number)
    }

    /// Puts a symbol that is not there.
    fn put(&mut self, symbol: Short, number: u32) {
        if 2 * (self.used + 1) > self.slots.len() {
            let free = vec![(Short::default(), 0); (2 * self.slots.len()).max(64)];
            let old = std::mem::replace(&mut self.slots, free);
            for slot in old.into_iter().filter(|slot| !slot.0.is_free()) {
                let at = self.find(slot.0);
                self.slots[at] = slot;
            }
        }
        let at = self.find(symbol);
        self.slots[at] = (symbol, number);
        self.used += 1;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// As a plain map; and lower case read off a text is the lower case of the copy.
        #[test]
        fn numbers_are_those_of_a_plain_map(
            symbols in prop::collection::vec("[a-c\u{0}\u{e9}]{0,18}", 0..200),
            asked in prop::collection::vec("[A-Ca-c@\\[`{\u{0}\u{e9}]{0,18}", 1..40),
        ) {
            let mut vocabulary = Vocabulary::default();
            let mut plain: HashMap<&str, u32> = HashMap::from([("<unk>", 0), ("<s>", 1), ("</s>", 2)]);
            for symbol in &symbols {
                let next = plain.len() as u32;
                let number = *plain.entry(symbol).or_insert(next);
                prop_assert_eq!(vocabulary.add(symbol), number);
            }
            prop_assert_eq!(vocabulary.len(), plain.len());
            let text = asked.concat();
            let mut start = 0;
            for word in symbols.iter().chain(&asked) {
                prop_assert_eq!(vocabulary.get(word), plain.get(word.as_str()).copied().unwrap_or(UNKNOWN));
            }
            for word in &asked {
                let lower = word.to_ascii_lowercase();
                if let Some(number) = vocabulary.get_lower(&text, start, start + word.len()) {
                    prop_assert!(word.is_ascii());
                    prop_assert_eq!(number, vocabulary.get(&lower));
                } else {
                    prop_assert!(!word.is_ascii() || word.is_empty() || word.len() > SHORT || word.ends_with(char::from(0)) || start + SHORT > text.len());
                }
                start += word.len();
            }
        }
    }
}
