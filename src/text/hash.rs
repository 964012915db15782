//! Hashes of words and shingles, and the small generator that seeds hash functions.
//!
//! Word hashes are computed while splitting, so they must read eight bytes at a time, take no call and no allocation. The
//! construction is the folded 64 x 64 -> 128 bit product that wyhash and its successors rest on; it is written out here
//! because a published crate hashes a slice, while the splitter reads past the end of a short word and masks. Hashes are
//! equal on every platform (little-endian reads are explicit) and stay the same between versions: sketches are stored.

/// Odd constants without structure (the golden ratio and primes of the xxHash family).
const KEY_LOW: u64 = 0x9E37_79B9_7F4A_7C15;
const KEY_HIGH: u64 = 0xC2B2_AE3D_27D4_EB4F;
const KEY_LENGTH: u64 = 0x1656_67B1_9E37_79F9;

/// High and low half of the 128-bit product, folded by exclusive or.
#[inline(always)]
pub(crate) const fn fold(a: u64, b: u64) -> u64 {
    let product = (a as u128) * (b as u128);
    (product as u64) ^ ((product >> 64) as u64)
}

/// Spreads every bit of `x` over the whole word (finalizer of SplitMix64); a bijection.
#[inline(always)]
pub const fn mix(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// 64-bit hash of a word or any other byte string.
pub fn bytes(bytes: &[u8]) -> u64 {
    let mut state = seed_of_length(bytes.len());
    let mut rest = bytes;
    while rest.len() > 16 {
        let (head, tail) = rest.split_at(16);
        state = step(state, little_endian(&head[..8]), little_endian(&head[8..]));
        rest = tail;
    }
    let (low, high) = rest.split_at(rest.len().min(8));
    step(state, little_endian(low), little_endian(high))
}

/// Start value: the length, so that trailing zero bytes count.
#[inline(always)]
pub(crate) const fn seed_of_length(length: usize) -> u64 {
    (length as u64).wrapping_mul(KEY_LENGTH)
}

/// Takes in sixteen bytes.
#[inline(always)]
pub(crate) const fn step(state: u64, low: u64, high: u64) -> u64 {
    fold(low ^ KEY_LOW, high ^ KEY_HIGH ^ state)
}

/// Up to eight bytes as a number; missing ones are zero.
#[inline(always)]
pub(crate) fn little_endian(bytes: &[u8]) -> u64 {
    if let Some(eight) = bytes.first_chunk::<8>() {
        return u64::from_le_bytes(*eight);
    }
    // Without a loop: what overlaps is the same on both sides.
    let last = bytes.len().wrapping_sub(1);
    match bytes {
        [] => 0,
        [first, ..] if last < 3 => {
            let place = |at: usize| u64::from(bytes[at]) << (8 * at);
            u64::from(*first) | place(bytes.len() / 2) | place(last)
        }
        _ => {
            let four =
                |chunk: Option<&[u8; 4]>| u64::from(u32::from_le_bytes(*chunk.unwrap_or(&[0; 4])));
            four(bytes.first_chunk()) | four(bytes.last_chunk()) << (8 * (bytes.len() - 4))
        }
    }
}

/// SplitMix64 (Steele, Lea and Flood 2014): the generator behind every seeded hash function here.
#[derive(Debug, Clone)]
pub struct SplitMix(u64);

impl SplitMix {
    /// A generator whose numbers depend on `seed` only.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number, uniform over 64 bits.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(KEY_LOW);
        mix(self.0)
    }

    /// A number in `0..bound` (0 when `bound` is 0), by multiplication; the bias is below 2^-32 for bounds below 2^32.
    pub const fn below(&mut self, bound: usize) -> usize {
        ((self.next() as u128 * bound as u128) >> 64) as usize
    }

    /// A number in `[0, 1)` with 53 random bits.
    pub const fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_are_fixed_because_sketches_are_stored() {
        // SplitMix64 with seed 1234567: the test vector published with the generator.
        let mut numbers = SplitMix::new(1_234_567);
        assert_eq!(numbers.next(), 6_457_827_717_110_365_317);
        assert_eq!(numbers.next(), 3_203_168_211_198_807_973);
        let golden = [
            bytes(b""),
            bytes(b"embassy"),
            bytes(b"a word longer than sixteen"),
        ];
        assert_eq!(
            golden,
            [
                10_221_210_923_176_330_504,
                10_155_431_751_414_776_015,
                1_280_787_805_188_983_877
            ]
        );
    }

    #[test]
    fn no_collision_among_many_short_words_and_bits_are_balanced() {
        let mut seen = BTreeSet::new();
        let mut ones = [0u32; 64];
        let mut count = 0u32;
        for a in b'a'..=b'z' {
            for b in b'a'..=b'z' {
                for c in b'a'..=b'z' {
                    let hash = bytes(&[a, b, c]);
                    assert!(seen.insert(hash));
                    count += 1;
                    for (bit, ones) in ones.iter_mut().enumerate() {
                        *ones += u32::from(hash >> bit & 1 == 1);
                    }
                }
            }
        }
        for ones in ones {
            // Six standard deviations around one half.
            assert!(
                ones.abs_diff(count / 2) < 3 * count.isqrt(),
                "{ones} of {count}"
            );
        }
    }

    proptest! {
        #[test]
        fn one_changed_byte_changes_the_hash(mut text in prop::collection::vec(any::<u8>(), 1..60), at: prop::sample::Index, flip in 1u8..) {
            let before = bytes(&text);
            let at = at.index(text.len());
            text[at] ^= flip;
            prop_assert_ne!(before, bytes(&text));
            text[at] ^= flip;
            text.push(0);
            prop_assert_ne!(before, bytes(&text));
        }

        #[test]
        fn below_stays_below(seed: u64, bound in 1usize..1000) {
            let mut numbers = SplitMix::new(seed);
            prop_assert!(numbers.below(bound) < bound);
            prop_assert!((0.0..1.0).contains(&numbers.unit()));
        }
    }
}
