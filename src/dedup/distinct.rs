//! Equal texts are compared once: units with the same normalised words become one group, and one of them stands for all.
//!
//! Without this, an index over features would meet 10,000 copies of one text as 50 million pairs.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::corpus::Unit;
use crate::dedup::{Comparison, ScoredPair};
use crate::text::normalize::Normalize;
use crate::text::shingle::Buffers;

/// Most pairs that one pair of representatives is spelled out to; beyond, only the representatives' pair is returned (and
/// closes over all members when clustered).
pub(crate) const SPELLED_OUT: usize = 4096;

/// Units by text: who stands for whom.
#[derive(Debug, Default)]
pub(crate) struct Distinct {
    /// Units with the same words, first unit first; units without words are in none.
    members: Vec<Vec<u32>>,
}

impl Distinct {
    /// Groups `units` by their normalised words.
    pub(crate) fn new(units: &[Unit<'_>], normalize: &Normalize) -> Self {
        let keys: Vec<Option<u128>> = units
            .par_iter()
            .map_init(Buffers::default, |buffers, unit| {
                normalize.words(unit.text, buffers);
                let bytes: Vec<u8> = buffers
                    .tokens
                    .iter()
                    .flat_map(|t| t.to_le_bytes())
                    .collect();
                (!bytes.is_empty()).then(|| xxhash_rust::xxh3::xxh3_128(&bytes))
            })
            .collect();
        let mut slots: FxHashMap<u128, usize> = FxHashMap::default();
        let mut members: Vec<Vec<u32>> = Vec::new();
        for (unit, key) in (0u32..).zip(&keys) {
            if let Some(key) = key {
                let slot = *slots.entry(*key).or_insert(members.len());
                if slot == members.len() {
                    members.push(Vec::new());
                }
                members[slot].push(unit);
            }
        }
        Self { members }
    }

    /// One unit of each distinct text, in order of first occurrence.
    pub(crate) fn representatives<'a>(&self, units: &[Unit<'a>]) -> Vec<Unit<'a>> {
        self.members
            .iter()
            .map(|members| units[members[0] as usize])
            .collect()
    }

    /// Units with the same words as each representative, in the order of [`Distinct::representatives`].
    pub(crate) fn members(&self) -> &[Vec<u32>] {
        &self.members
    }

    /// Turns pairs of representatives into a comparison of all units: groups of equal texts, and each pair spelled out to
    /// all members of both sides.
    pub(crate) fn spread(self, pairs: Vec<ScoredPair>) -> Comparison {
        let mut all = Vec::with_capacity(pairs.len());
        for pair in pairs {
            let (a, b) = (
                &self.members[pair.a as usize],
                &self.members[pair.b as usize],
            );
            let whole = a.len() * b.len() <= SPELLED_OUT;
            for &left in if whole { a.as_slice() } else { &a[..1] } {
                for &right in if whole { b.as_slice() } else { &b[..1] } {
                    all.push(ScoredPair {
                        a: left.min(right),
                        b: left.max(right),
                        similarity: pair.similarity,
                    });
                }
            }
        }
        sort(&mut all);
        let groups = self
            .members
            .into_iter()
            .filter(|group| group.len() > 1)
            .collect();
        Comparison {
            pairs: all,
            groups,
            ..Comparison::default()
        }
    }
}

/// Sorts pairs as a comparison wants them.
pub(crate) fn sort(pairs: &mut [ScoredPair]) {
    pairs.sort_unstable_by_key(|pair| (pair.a, pair.b));
}

/// Test help: units of one document each.
#[cfg(test)]
pub(crate) fn units<'a>(texts: &[&'a str]) -> Vec<Unit<'a>> {
    texts
        .iter()
        .zip(0..)
        .map(|(text, document)| Unit {
            text,
            document,
            position: 0,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_words_are_compared_once_and_spelled_out_after() {
        let units = units(&["A b!", "c", "a  b", " .", "c d"]);
        let distinct = Distinct::new(&units, &Normalize::default());
        let texts: Vec<&str> = distinct
            .representatives(&units)
            .iter()
            .map(|unit| unit.text)
            .collect();
        assert_eq!(texts, ["A b!", "c", "c d"]);
        let comparison = distinct.spread(vec![ScoredPair {
            a: 0,
            b: 2,
            similarity: 0.5,
        }]);
        assert_eq!(comparison.groups, [vec![0, 2]]);
        let pairs: Vec<(u32, u32)> = comparison
            .pairs
            .iter()
            .map(|pair| (pair.a, pair.b))
            .collect();
        assert_eq!(pairs, [(0, 4), (2, 4)]);
    }

    #[test]
    fn thousands_of_copies_against_thousands_are_one_pair() {
        let texts: Vec<&str> = (0..200)
            .map(|at| if at % 2 == 0 { "x y" } else { "y z" })
            .collect();
        let distinct = Distinct::new(&units(&texts), &Normalize::default());
        let comparison = distinct.spread(vec![ScoredPair {
            a: 0,
            b: 1,
            similarity: 0.9,
        }]);
        assert_eq!(
            comparison.pairs,
            [ScoredPair {
                a: 0,
                b: 1,
                similarity: 0.9
            }]
        );
        assert_eq!(comparison.groups.len(), 2);
    }
}
