//! Equal units are compared once: units with the same content (normalised words, shingles, sketch) become one group, and one
//! of them stands for all.
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

/// Units by content: who stands for whom.
#[derive(Debug, Default)]
pub(crate) struct Distinct {
    /// Units with the same content, first unit first; units without content are in none.
    members: Vec<Vec<u32>>,
}

impl Distinct {
    /// Groups `units` by their normalised words.
    pub(crate) fn new(units: &[Unit<'_>], normalize: &Normalize) -> Self {
        let keys: Vec<Option<u128>> = units
            .par_iter()
            .map_init(
                || (Buffers::default(), Vec::new()),
                |(buffers, bytes), unit| {
                    normalize.words(unit.text, buffers);
                    bytes.clear();
                    bytes.extend(buffers.tokens.iter().flat_map(|t| t.to_le_bytes()));
                    (!bytes.is_empty()).then(|| xxhash_rust::xxh3::xxh3_128(bytes))
                },
            )
            .collect();
        Self::of(keys)
    }

    /// Groups units by their keys, one per unit; a unit without a key has no content.
    pub(crate) fn of<K: Eq + std::hash::Hash>(keys: impl IntoIterator<Item = Option<K>>) -> Self {
        let mut slots: FxHashMap<K, usize> = FxHashMap::default();
        let mut members: Vec<Vec<u32>> = Vec::new();
        for (unit, key) in (0u32..).zip(keys) {
            if let Some(key) = key {
                let slot = *slots.entry(key).or_insert(members.len());
                if slot == members.len() {
                    members.push(Vec::new());
                }
                members[slot].push(unit);
            }
        }
        Self { members }
    }

    /// The first unit of each content, rising: it stands for the others.
    pub(crate) fn first(&self) -> Vec<u32> {
        self.members.iter().map(|members| members[0]).collect()
    }

    /// One unit of each content, in order of first occurrence: the one with the least text. Which it is may matter (line breaks
    /// make other sentences of the same words), so it must not hang on the order of units.
    pub(crate) fn representatives<'a>(&self, units: &[Unit<'a>]) -> Vec<Unit<'a>> {
        self.members
            .iter()
            .filter_map(|members| {
                let units = members.iter().map(|&unit| units[unit as usize]);
                units.min_by(|a, b| a.text.cmp(b.text))
            })
            .collect()
    }

    /// Units with the same content as each representative, in the order of [`Distinct::representatives`].
    pub(crate) fn members(&self) -> &[Vec<u32>] {
        &self.members
    }

    /// Turns pairs of representatives into a comparison of all units: groups of equal content, and each pair spelled out to
    /// all members of both sides, the smaller unit first.
    pub(crate) fn spread(self, pairs: Vec<ScoredPair>) -> Comparison {
        let unordered = |a: u32, b: u32| (a.min(b), a.max(b));
        self.spread_by(pairs, unordered)
    }

    /// As [`Distinct::spread`]; each pair keeps its direction.
    pub(crate) fn spread_ordered(self, pairs: Vec<ScoredPair>) -> Comparison {
        self.spread_by(pairs, |a, b| (a, b))
    }

    fn spread_by(
        self,
        pairs: Vec<ScoredPair>,
        ends: impl Fn(u32, u32) -> (u32, u32),
    ) -> Comparison {
        let mut all = Vec::with_capacity(pairs.len());
        for pair in pairs {
            for (left, right) in spelled_out(&self.members, pair.a, pair.b) {
                let (a, b) = ends(left, right);
                all.push(ScoredPair { a, b, ..pair });
            }
        }
        all.par_sort_unstable_by_key(|pair| (pair.a, pair.b));
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

/// All pairs of one unit of each of two families; of very large ones only the first.
pub(crate) fn spelled_out(
    members: &[Vec<u32>],
    a: u32,
    b: u32,
) -> impl Iterator<Item = (u32, u32)> {
    let (mut a, mut b) = (
        members[a as usize].as_slice(),
        members[b as usize].as_slice(),
    );
    if a.len() * b.len() > SPELLED_OUT {
        (a, b) = (&a[..1], &b[..1]);
    }
    a.iter()
        .flat_map(move |&left| b.iter().map(move |&right| (left, right)))
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
    fn ordered_pairs_keep_their_direction_and_the_empty_stand_for_nothing() {
        let distinct = Distinct::of([Some(7), None, Some(5), Some(7), None]);
        assert_eq!(distinct.first(), [0, 2]);
        let pair = ScoredPair {
            a: 1,
            b: 0,
            similarity: 0.5,
        };
        let comparison = distinct.spread_ordered(vec![pair]);
        assert_eq!(comparison.groups, [[0, 3]]);
        let ends: Vec<(u32, u32)> = comparison
            .pairs
            .iter()
            .map(|pair| (pair.a, pair.b))
            .collect();
        assert_eq!(ends, [(2, 0), (2, 3)]);
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
