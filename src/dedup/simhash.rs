//! SimHash fingerprints with block lookup: texts whose fingerprints differ in few bits.
//!
//! # What it does
//! Sketches every unit into 64 or 128 bits; similar texts get fingerprints that differ in few bits, and a table per
//! combination of blocks finds them without comparing all pairs.
//!
//! # How it decides
//! Every shingle votes with its hash on every bit, as often as it occurs; the majority decides the bit. The fingerprint is cut
//! into `blocks` blocks. Two fingerprints within `distance` bits agree on at least `blocks - distance` whole blocks, so every
//! combination of that many blocks is a candidate key. Similarity is the share of equal bits.
//!
//! # Parameters
//! - `bits` (default 64): 64 or 128.
//! - `distance` (default 3): bits in which copies may differ; Manku et al. found 3 of 64 right for the web.
//! - `blocks` (default 5): more blocks make longer keys and more tables: 4 give 4 tables of 16 bits, 5 give 10 of 25, 6 give 20 of 32.
//! - `shingle` (default `words-3`): as text-dedup has it. `words-1` ignores the order of words.
//! - `normalize`: as for `jaccard`.
//!
//! Default threshold: 1 - `distance` / `bits`, so 0.953125: exactly the pairs that the lookup is sure to find.
//!
//! # Cost
//! About eight operations per shingle (votes are counted in parallel in the bits of a few words), 12 bytes per unit (20 with
//! 128 bits), and sorting one key per table and unit.
//!
//! # Known to miss
//! Copies with more than a few edits, and anything short: in a text of twenty words each word moves several bits. Unrelated
//! texts agree in half of the bits, which is similarity 0.5.
//!
//! # Reference
//! M. Charikar, Similarity estimation techniques from rounding algorithms, STOC 2002. G. Manku, A. Jain and A. Das Sarma, Detecting
//! near-duplicates for web crawling, WWW 2007.

use serde::{Deserialize, Serialize};

use crate::corpus::Unit;
use crate::dedup::{Comparison, Deduper, Request, Scratch, Sketcher, sketched};
use crate::params::Algorithm;
use crate::task::{Level, rounded};
use crate::text::hash::mix;
use crate::text::normalize::Normalize;
use crate::text::shingle::Shingle;

mod votes;

pub use votes::fingerprint;

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SimHash {
    /// Length of a fingerprint.
    pub bits: u32,
    /// Bits in which copies may differ.
    pub distance: u32,
    /// Blocks into which a fingerprint is cut for lookup.
    pub blocks: u32,
    /// What votes.
    pub shingle: Shingle,
    /// What counts as a difference.
    pub normalize: Normalize,
}

impl Default for SimHash {
    fn default() -> Self {
        Self {
            bits: 64,
            distance: 3,
            blocks: 5,
            shingle: Shingle::words(3),
            normalize: Normalize::default(),
        }
    }
}

impl Algorithm for SimHash {
    fn check(&self) -> Result<(), String> {
        if !matches!(self.bits, 64 | 128) {
            return Err(format!("bits is {}, must be 64 or 128", self.bits));
        }
        if self.blocks <= self.distance || self.blocks > 32 {
            return Err(format!(
                "blocks is {}, must be more than distance ({}) and 32 at most",
                self.blocks, self.distance
            ));
        }
        let tables = combinations(self.blocks, self.distance);
        if tables > 1000 {
            return Err(format!(
                "blocks {} and distance {} need {tables} tables, 1000 at most",
                self.blocks, self.distance
            ));
        }
        Ok(())
    }
}

/// Number of ways to choose `k` of `n`.
fn combinations(n: u32, k: u32) -> u64 {
    (0..u64::from(k)).fold(1, |ways, i| ways * (u64::from(n) - i) / (i + 1))
}

impl SimHash {
    fn bits_of(sketch: &[u32]) -> u128 {
        let words = sketch.iter().skip(1).zip(0..);
        words.fold(0, |bits, (word, at)| bits | u128::from(*word) << (32 * at))
    }
}

impl Sketcher for SimHash {
    fn words(&self) -> usize {
        1 + self.bits as usize / 32
    }

    fn sketch(&self, text: &str, seed: u64, scratch: &mut Scratch, sketch: &mut [u32]) {
        let Scratch {
            buffers, shingles, ..
        } = scratch;
        self.shingle
            .hashes(text, &self.normalize, buffers, shingles);
        let Some((count, words)) = sketch.split_first_mut() else {
            return;
        };
        *count = u32::try_from(shingles.len()).unwrap_or(u32::MAX);
        for (pair, at) in words.chunks_exact_mut(2).zip(0..) {
            let bits = fingerprint(
                shingles,
                mix(seed.wrapping_mul(2).wrapping_add(at) ^ 0x5349_4D48),
            );
            (pair[0], pair[1]) = (bits as u32, (bits >> 32) as u32);
        }
    }

    fn keys(&self, sketch: &[u32], keys: &mut Vec<u64>) {
        if sketch.first().is_none_or(|&count| count == 0) {
            return;
        }
        let bits = Self::bits_of(sketch);
        let block = |number: u32| {
            let (from, to) = (
                self.bits * number / self.blocks,
                self.bits * (number + 1) / self.blocks,
            );
            (bits >> from) as u64 & (u64::MAX >> (64 - (to - from).clamp(1, 64)))
        };
        let chosen = self.blocks - self.distance.min(self.blocks - 1);
        // Every set of `chosen` blocks, by Gosper's next number with as many ones.
        let mut set: u64 = (1 << chosen) - 1;
        while set < 1 << self.blocks {
            let blocks = (0..self.blocks).filter(|number| set >> number & 1 == 1);
            keys.push(blocks.fold(mix(set), |key, number| mix(key ^ block(number))));
            let lowest = set & set.wrapping_neg();
            let next = set + lowest;
            set = (((next ^ set) >> 2) / lowest) | next;
        }
    }

    fn similarity(&self, a: &[u32], b: &[u32]) -> f64 {
        if a.first().is_none_or(|&count| count == 0) || b.first().is_none_or(|&count| count == 0) {
            return 0.0;
        }
        let distance = (Self::bits_of(a) ^ Self::bits_of(b)).count_ones();
        1.0 - f64::from(distance) / f64::from(self.bits)
    }

    fn hashes_per_shingle(&self) -> u64 {
        u64::from(self.bits / 64)
    }
}

impl Deduper for SimHash {
    fn compare(&self, units: &[Unit<'_>], request: &Request) -> Comparison {
        sketched::compare(self, units, request)
    }

    fn threshold(&self, _level: Level) -> f64 {
        rounded(1.0 - f64::from(self.distance) / f64::from(self.bits))
    }

    fn seeded(&self) -> bool {
        true
    }

    fn sketcher(&self) -> Option<&dyn Sketcher> {
        Some(self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sketch_of(bits: u128, algorithm: &SimHash) -> Vec<u32> {
        let words = (0..algorithm.bits / 32).map(|at| (bits >> (32 * at)) as u32);
        std::iter::once(1).chain(words).collect()
    }

    #[test]
    fn a_text_and_its_copy_and_an_empty_one() {
        let algorithm = SimHash::default();
        let texts = [
            "the dog bit him and ran away from us",
            "The dog bit him, and ran away from us!",
            "",
            "  ",
        ];
        let units: Vec<Unit<'_>> = texts
            .iter()
            .zip(0..)
            .map(|(text, document)| Unit {
                text,
                document,
                position: 0,
            })
            .collect();
        let found = algorithm.compare(
            &units,
            &Request {
                level: Level::Document,
                seed: 1,
                floor: 0.0,
            },
        );
        assert_eq!((found.groups, found.pairs), (vec![vec![0, 1]], vec![]));
        assert_eq!(algorithm.threshold(Level::Document), 0.953125);
    }

    #[test]
    fn parameters_out_of_range_are_refused() {
        for (bits, distance, blocks) in [(32, 3, 5), (64, 5, 5), (64, 3, 40), (64, 16, 32)] {
            assert!(
                SimHash {
                    bits,
                    distance,
                    blocks,
                    ..SimHash::default()
                }
                .check()
                .is_err()
            );
        }
        assert_eq!(combinations(6, 3), 20);
    }

    proptest! {
        #[test]
        fn whatever_is_near_shares_a_key(bits: u128, flips in prop::collection::vec(0u32..128, 0..=3), wide: bool, blocks in 4u32..8) {
            let algorithm = SimHash { bits: if wide { 128 } else { 64 }, blocks, ..SimHash::default() };
            let near = flips.iter().fold(bits, |bits, flip| bits ^ 1 << (flip % algorithm.bits));
            let keys = |bits: u128| {
                let mut keys = Vec::new();
                algorithm.keys(&sketch_of(bits, &algorithm), &mut keys);
                keys
            };
            let (a, b) = (keys(bits), keys(near));
            prop_assert_eq!(a.len() as u64, combinations(blocks, 3));
            prop_assert!(a.iter().zip(&b).any(|(a, b)| a == b));
        }
    }
}
