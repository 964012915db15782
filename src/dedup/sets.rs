//! Units as sets of shingles, and the exact number of shingles that two sets share, for all pairs that share any.

use std::collections::BTreeMap;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::corpus::Unit;
use crate::dedup::distinct::Distinct;
use crate::dedup::{Comparison, ScoredPair};
use crate::task::rounded;
use crate::text::normalize::Normalize;
use crate::text::shingle::{Buffers, Shingle, to_set};

/// Shingle sets of many units.
#[derive(Debug, Clone, Default)]
pub struct Sets {
    /// Sorted shingle hashes of each unit, without repeats.
    pub sets: Vec<Vec<u64>>,
    /// Length of all texts.
    pub bytes: u64,
}

impl Sets {
    /// Takes the shingles of every unit.
    pub fn new(units: &[Unit<'_>], shingle: Shingle, normalize: &Normalize) -> Self {
        let sets = units
            .par_iter()
            .map_init(Buffers::default, |buffers, unit| {
                let mut shingles = Vec::new();
                shingle.hashes(unit.text, normalize, buffers, &mut shingles);
                to_set(&mut shingles);
                shingles
            })
            .collect();
        Self {
            sets,
            bytes: units.iter().map(|unit| unit.text.len() as u64).sum(),
        }
    }

    /// Every pair of units that share a shingle, with what `score` makes of (shared, size of a, size of b), from `floor` up.
    /// Units with equal sets become groups. `ordered` gives both orders of each pair.
    pub fn compare(
        &self,
        floor: f64,
        ordered: bool,
        score: impl Fn(usize, usize, usize) -> f64 + Sync,
    ) -> Comparison {
        let distinct = Distinct::of(
            self.sets
                .iter()
                .map(|set| (!set.is_empty()).then_some(set.as_slice())),
        );
        let first = distinct.first();
        let sets: Vec<&[u64]> = first
            .iter()
            .map(|&unit| self.sets[unit as usize].as_slice())
            .collect();
        let shared = Index::new(&sets).pairs(&sets);
        let candidates = shared.len() as u64;
        let size = |set: u32| sets[set as usize].len();
        let scored = |shared: u32, a: u32, b: u32| ScoredPair {
            a,
            b,
            similarity: rounded(score(shared as usize, size(a), size(b))),
        };
        let pairs: Vec<ScoredPair> = shared
            .into_par_iter()
            .flat_map_iter(|(a, b, shared)| {
                let back = ordered.then(|| scored(shared, b, a));
                std::iter::once(scored(shared, a, b)).chain(back)
            })
            .filter(|pair| pair.similarity >= floor)
            .collect();
        let mut comparison = if ordered {
            distinct.spread_ordered(pairs)
        } else {
            distinct.spread(pairs)
        };
        let shingles: usize = self.sets.iter().map(Vec::len).sum();
        comparison.counters = BTreeMap::from([
            ("bytes".to_owned(), self.bytes),
            ("shingles".to_owned(), shingles as u64),
            ("candidates".to_owned(), candidates),
            ("verified".to_owned(), candidates),
        ]);
        comparison
    }
}

/// Which sets contain a shingle.
struct Index {
    /// Shingle and set, sorted.
    entries: Vec<(u64, u32)>,
    /// Where the entries of each shingle that occurs in two sets or more begin and end.
    lists: FxHashMap<u64, (usize, usize)>,
}

impl Index {
    fn new(sets: &[&[u64]]) -> Self {
        let mut entries: Vec<(u64, u32)> =
            Vec::with_capacity(sets.iter().map(|set| set.len()).sum());
        for (number, set) in (0..).zip(sets) {
            entries.extend(set.iter().map(|&shingle| (shingle, number)));
        }
        entries.par_sort_unstable();
        let mut lists = FxHashMap::default();
        let mut start = 0;
        for list in entries.chunk_by(|x, y| x.0 == y.0) {
            if list.len() > 1 {
                lists.insert(list[0].0, (start, start + list.len()));
            }
            start += list.len();
        }
        Self { entries, lists }
    }

    /// Pairs `a < b` that share a shingle, with the number they share.
    fn pairs(&self, sets: &[&[u64]]) -> Vec<(u32, u32, u32)> {
        let new = || (vec![0u32; sets.len()], Vec::<u32>::new());
        let numbers = 0..u32::try_from(sets.len()).unwrap_or(u32::MAX);
        numbers
            .into_par_iter()
            .map_init(new, |(counts, touched), a| {
                for shingle in sets[a as usize] {
                    let Some(&(start, end)) = self.lists.get(shingle) else {
                        continue;
                    };
                    let list = &self.entries[start..end];
                    let after = list.partition_point(|entry| entry.1 <= a);
                    for &(_, b) in &list[after..] {
                        if counts[b as usize] == 0 {
                            touched.push(b);
                        }
                        counts[b as usize] += 1;
                    }
                }
                touched.sort_unstable();
                touched
                    .drain(..)
                    .map(|b| (a, b, std::mem::take(&mut counts[b as usize])))
                    .collect::<Vec<_>>()
            })
            .flatten_iter()
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn shared_counts_equal_those_of_two_loops(sets in prop::collection::vec(prop::collection::btree_set(0u64..12, 0..8), 0..12)) {
            let sets: Vec<Vec<u64>> = sets.into_iter().map(|set| set.into_iter().collect()).collect();
            let all: Vec<&[u64]> = sets.iter().map(Vec::as_slice).collect();
            let mut expected = Vec::new();
            for a in 0..sets.len() {
                for b in a + 1..sets.len() {
                    let shared = sets[a].iter().filter(|shingle| sets[b].contains(shingle)).count();
                    if shared > 0 {
                        expected.push((a as u32, b as u32, shared as u32));
                    }
                }
            }
            prop_assert_eq!(Index::new(&all).pairs(&all), expected);
        }
    }
}
