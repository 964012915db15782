//! A Bloom filter of hashes: says "never seen" for certain, and "seen" wrongly at a rate that was chosen.
//!
//! Two numbers drawn from each hash step through the bits (Kirsch and Mitzenmacher 2006), so that one multiplication gives
//! each further position. The bits are sized for the number of hashes that will come (Bloom 1970): `-ln p / ln² 2` bits each,
//! `-log2 p` positions each, for a rate `p` of false positives when all are in.

use crate::text::hash::mix;

/// The filter.
#[derive(Debug, Clone)]
pub struct Seen {
    words: Vec<u64>,
    bits: u64,
    positions: u32,
    seed: u64,
}

impl Seen {
    /// An empty filter that will have wrongly seen `rate` of all other hashes once it holds `expected`.
    pub fn new(expected: usize, rate: f64, seed: u64) -> Self {
        let per_hash = -rate.ln() / std::f64::consts::LN_2.powi(2);
        let bits = ((expected.max(1) as f64 * per_hash).ceil() as u64).max(64);
        Self {
            words: vec![0; bits.div_ceil(64) as usize],
            bits,
            positions: (-rate.log2()).round().max(1.0) as u32,
            seed: mix(seed),
        }
    }

    /// True when `hash` was inserted; wrongly true for some others.
    pub fn contains(&self, hash: u64) -> bool {
        self.steps(hash).all(|bit| {
            let word = self.words.get((bit / 64) as usize);
            word.is_some_and(|word| word >> (bit % 64) & 1 == 1)
        })
    }

    /// From now on `hash` was seen.
    pub fn insert(&mut self, hash: u64) {
        for bit in self.steps(hash) {
            if let Some(word) = self.words.get_mut((bit / 64) as usize) {
                *word |= 1 << (bit % 64);
            }
        }
    }

    /// Memory of the bits.
    pub fn bytes(&self) -> usize {
        8 * self.words.len()
    }

    /// Bits that one hash sets.
    pub fn positions(&self) -> u32 {
        self.positions
    }

    fn steps(&self, hash: u64) -> impl Iterator<Item = u64> + use<> {
        let first = mix(hash ^ self.seed);
        let step = mix(first) | 1;
        let bits = u128::from(self.bits);
        (0..u64::from(self.positions)).map(move |at| {
            let place = first.wrapping_add(at.wrapping_mul(step));
            // The upper half of the product is a number below `bits`.
            ((u128::from(place) * bits) >> 64) as u64
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::hash::SplitMix;

    #[test]
    fn false_positives_come_at_the_rate_that_was_chosen() {
        for rate in [0.1, 0.01, 0.001] {
            let mut seen = Seen::new(20_000, rate, 7);
            let mut numbers = SplitMix::new(3);
            for _ in 0..20_000 {
                seen.insert(numbers.next());
            }
            let wrong = (0..200_000)
                .filter(|_| seen.contains(numbers.next()))
                .count();
            let measured = wrong as f64 / 200_000.0;
            // Rounding the number of positions costs a little; four standard errors at 0.001 are 0.0003.
            assert!(
                measured < 1.15 * rate + 0.0003 && measured > 0.8 * rate - 0.0003,
                "{measured} instead of {rate}"
            );
        }
    }

    #[test]
    fn memory_is_ten_bits_per_hash_at_one_per_cent() {
        let seen = Seen::new(1_000_000, 0.01, 0);
        assert_eq!((seen.bytes(), seen.positions()), (1_198_136, 7));
    }

    proptest! {
        #[test]
        fn whatever_was_inserted_is_seen(hashes in prop::collection::vec(any::<u64>(), 0..200), rate in 1e-6f64..0.5) {
            let mut seen = Seen::new(hashes.len(), rate, 1);
            for &hash in &hashes {
                seen.insert(hash);
            }
            prop_assert!(hashes.iter().all(|&hash| seen.contains(hash)));
        }

        #[test]
        fn nothing_was_seen_before(hash in any::<u64>()) {
            prop_assert!(!Seen::new(10, 0.01, 1).contains(hash));
        }
    }
}
