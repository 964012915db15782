//! Keys of n-grams and the open tables that hold their entries.

use crate::text::hash::fold;

/// How an n-gram becomes a 64-bit key that is never 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keys {
    /// Symbols side by side in so many bits each, the last one lowest: no two n-grams of one length share a key, and the key of an
    /// end is a part of the key of the whole.
    Packed { bits: u32 },
    /// Mixed, where the symbols do not fit.
    Mixed,
}

impl Keys {
    /// Keys for n-grams of up to `order` of so many symbols.
    pub(super) const fn new(symbols: usize, order: usize) -> Self {
        let bits = usize::BITS - symbols.saturating_sub(1).leading_zeros();
        if (bits as usize).saturating_mul(order) < 64 {
            Self::Packed { bits }
        } else {
            Self::Mixed
        }
    }

    /// Key of an n-gram.
    pub(super) fn of(self, symbols: &[u32]) -> u64 {
        self.end(self.pack(symbols), symbols, symbols.len())
    }

    /// The symbols side by side; 0 where they do not fit.
    #[inline]
    pub(super) fn pack(self, symbols: &[u32]) -> u64 {
        match self {
            Self::Packed { bits } => symbols
                .iter()
                .fold(0, |packed, &symbol| (packed << bits) | u64::from(symbol)),
            Self::Mixed => 0,
        }
    }

    /// `packed` with one more symbol, as many kept as `length` says; 0 where they do not fit.
    #[inline]
    pub(super) const fn shift(self, packed: u64, symbol: u32, length: usize) -> u64 {
        match self {
            Self::Packed { bits } => ((packed << bits) | symbol as u64) & mask(bits, length),
            Self::Mixed => 0,
        }
    }

    /// Key of the last `length` of the packed symbols.
    #[inline]
    pub(super) fn end(self, packed: u64, symbols: &[u32], length: usize) -> u64 {
        match self {
            Self::Packed { bits } => (packed & mask(bits, length)) + 1,
            Self::Mixed => mixed(&symbols[symbols.len() - length..]),
        }
    }

    /// Key of the `length` symbols before the last of the packed ones; `context` is what stands before that last one.
    #[inline]
    pub(super) fn before_end(self, packed: u64, context: &[u32], length: usize) -> u64 {
        match self {
            Self::Packed { bits } => ((packed >> bits) & mask(bits, length)) + 1,
            Self::Mixed => mixed(&context[context.len() - length..]),
        }
    }
}

const fn mask(bits: u32, length: usize) -> u64 {
    (1 << (bits as usize * length)) - 1
}

fn mixed(symbols: &[u32]) -> u64 {
    let key = symbols.iter().fold(0_u64, |key, &symbol| {
        (key.rotate_left(23) ^ (u64::from(symbol) + 0x517c_c1b7))
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
    });
    key.max(1)
}

/// Open addressing by key, two thirds full; a key of 0 is an empty slot. The key lies in two halves, so that a slot with a value of four bytes
/// takes twelve: what fits into the caches decides the speed.
#[derive(Debug, Clone)]
pub(super) struct Table<V> {
    slots: Vec<([u32; 2], V)>,
}

impl<V: Copy + Default> Table<V> {
    /// An empty table for so many entries, two thirds full when they are in.
    pub(super) fn new(size: usize) -> Self {
        Self {
            slots: vec![([0; 2], V::default()); size + size / 2 + 1],
        }
    }

    /// Where the search for a key begins, and the key that stands there.
    #[inline]
    pub(super) fn first(&self, key: u64) -> First {
        let spread = fold(key, 0x9e37_79b9_7f4a_7c15);
        let at = ((u128::from(spread) * self.slots.len() as u128) >> 64) as usize;
        First {
            at,
            here: self.slots[at].0,
            wanted: halves(key),
        }
    }

    /// Slot of the key: its own, or the free one where it would go.
    #[inline]
    fn find(&self, first: First) -> usize {
        let First {
            mut at,
            mut here,
            wanted,
        } = first;
        while here != wanted && here != [0; 2] {
            at += 1;
            if at == self.slots.len() {
                at = 0;
            }
            here = self.slots[at].0;
        }
        at
    }

    /// Puts an entry; one of the same key is replaced.
    pub(super) fn put(&mut self, key: u64, entry: V) {
        let at = self.find(self.first(key));
        self.slots[at] = (halves(key), entry);
    }

    /// The entry with the key that was asked for.
    #[inline]
    pub(super) fn at(&self, first: First) -> Option<V> {
        let (found, entry) = self.slots[self.find(first)];
        (found != [0; 2]).then_some(entry)
    }

    /// The entry with this key.
    #[inline]
    pub(super) fn get(&self, key: u64) -> Option<V> {
        self.at(self.first(key))
    }
}

/// The begin of a search. Many can be begun before one goes on: their loads do not wait for one another.
#[derive(Debug, Clone, Copy)]
pub(super) struct First {
    at: usize,
    here: [u32; 2],
    wanted: [u32; 2],
}

const fn halves(key: u64) -> [u32; 2] {
    [key as u32, (key >> 32) as u32]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Entry;
    use super::*;

    #[test]
    fn symbols_are_packed_while_they_fit() {
        assert_eq!(Keys::new(1024, 6), Keys::Packed { bits: 10 });
        assert_eq!(Keys::new(1025, 6), Keys::Mixed);
        assert_eq!(Keys::new(1 << 21, 3), Keys::Packed { bits: 21 });
        let keys = Keys::new(1024, 6);
        assert_eq!(keys.of(&[1023; 6]), 1 << 60);
        assert_eq!(keys.of(&[0, 2]), 3);
    }

    proptest! {
        /// A part of the whole has the key that it has by itself, packed or mixed; and a table gives back what was put.
        #[test]
        fn parts_have_their_own_keys(symbols in prop::collection::vec(0_u32..500, 3..7), large in any::<bool>()) {
            let keys = Keys::new(if large { 1 << 20 } else { 500 }, 6);
            let (packed, context) = (keys.pack(&symbols), &symbols[..symbols.len() - 1]);
            let mut table = Table::new(symbols.len());
            for length in 1..=symbols.len() {
                let part = &symbols[symbols.len() - length..];
                prop_assert_eq!(keys.end(packed, &symbols, length), keys.of(part));
                if length <= context.len() {
                    let part = &context[context.len() - length..];
                    prop_assert_eq!(keys.before_end(packed, context, length), keys.of(part));
                }
                prop_assert!(keys.of(part) != 0);
                let entry = Entry { probability: -(length as f32), backoff: 0.5 };
                // Different lengths go to different tables; one table here, so the length goes into the key.
                let key = keys.of(part) ^ ((length as u64) << 60);
                prop_assert_eq!(table.get(key), None);
                table.put(key, entry);
                prop_assert_eq!(table.get(key), Some(entry));
            }
        }
    }
}
