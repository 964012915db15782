//! Units as sets of shingles, and the exact number of shingles that two sets share, for all pairs that share any.

use std::collections::BTreeMap;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::corpus::Unit;
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
        let families = Families::of(&self.sets);
        let shared = Index::new(&self.sets, &families.first).pairs(&self.sets, &families.first);
        let candidates = shared.len() as u64;
        let size = |unit: u32| self.sets[unit as usize].len();
        let scored = |shared: u32, a: u32, b: u32| ScoredPair {
            a,
            b,
            similarity: rounded(score(shared as usize, size(a), size(b))),
        };
        let mut pairs: Vec<ScoredPair> = shared
            .into_par_iter()
            .flat_map_iter(|(a, b, shared)| {
                let back = ordered.then(|| scored(shared, b, a));
                std::iter::once(scored(shared, a, b)).chain(back)
            })
            .filter(|pair| pair.similarity >= floor)
            .flat_map_iter(|pair| families.expand(pair, ordered))
            .collect();
        pairs.par_sort_unstable_by_key(|pair| (pair.a, pair.b));
        let shingles: usize = self.sets.iter().map(Vec::len).sum();
        let counters = BTreeMap::from([
            ("bytes".to_owned(), self.bytes),
            ("shingles".to_owned(), shingles as u64),
            ("candidates".to_owned(), candidates),
            ("verified".to_owned(), candidates),
        ]);
        Comparison {
            pairs,
            groups: families.groups(),
            counters,
        }
    }
}

/// Units with equal content: one stands for all, and pairs are found between those that stand for others.
#[derive(Debug, Clone, Default)]
pub struct Families {
    /// The units that stand for their family, rising. Units without content belong to none.
    pub first: Vec<u32>,
    members: FxHashMap<u32, Vec<u32>>,
}

impl Families {
    /// Families of units with equal content; empty content is left out.
    pub fn of<T: Eq + std::hash::Hash + Sync, S: AsRef<[T]>>(contents: &[S]) -> Self {
        let mut first_with: FxHashMap<&[T], u32> = FxHashMap::default();
        let mut families = Self::default();
        for (unit, content) in (0..).zip(contents) {
            let content = content.as_ref();
            if content.is_empty() {
                continue;
            }
            let first = *first_with.entry(content).or_insert(unit);
            if first == unit {
                families.first.push(unit);
            } else {
                families
                    .members
                    .entry(first)
                    .or_insert_with(|| vec![first])
                    .push(unit);
            }
        }
        families
    }

    /// Families of two or more, sorted.
    pub fn groups(&self) -> Vec<Vec<u32>> {
        let mut groups: Vec<Vec<u32>> = self.members.values().cloned().collect();
        groups.sort_unstable();
        groups
    }

    /// The pairs between all members of two families, given the pair between those that stand for them. Ordered pairs keep
    /// their direction, others have the smaller unit first.
    pub fn expand(&self, pair: ScoredPair, ordered: bool) -> Vec<ScoredPair> {
        let (alone_a, alone_b) = ([pair.a], [pair.b]);
        let of_a = self
            .members
            .get(&pair.a)
            .map_or(alone_a.as_slice(), Vec::as_slice);
        let of_b = self
            .members
            .get(&pair.b)
            .map_or(alone_b.as_slice(), Vec::as_slice);
        let mut pairs = Vec::with_capacity(of_a.len() * of_b.len());
        for &a in of_a {
            for &b in of_b {
                let (a, b) = if ordered {
                    (a, b)
                } else {
                    (a.min(b), a.max(b))
                };
                pairs.push(ScoredPair { a, b, ..pair });
            }
        }
        pairs
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
    fn new(sets: &[Vec<u64>], units: &[u32]) -> Self {
        let mut entries: Vec<(u64, u32)> = Vec::new();
        for &unit in units {
            entries.extend(sets[unit as usize].iter().map(|&shingle| (shingle, unit)));
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
    fn pairs(&self, sets: &[Vec<u64>], units: &[u32]) -> Vec<(u32, u32, u32)> {
        let new = || (vec![0u32; sets.len()], Vec::<u32>::new());
        units
            .par_iter()
            .map_init(new, |(counts, touched), &a| {
                for shingle in &sets[a as usize] {
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

    #[test]
    fn families_stand_for_their_members_and_the_empty_for_nothing() {
        let families = Families::of(&[vec![1, 2], vec![], vec![3], vec![1, 2], vec![]]);
        assert_eq!(families.first, [0, 2]);
        assert_eq!(families.groups(), [[0, 3]]);
        let pairs = families.expand(
            ScoredPair {
                a: 0,
                b: 2,
                similarity: 0.5,
            },
            false,
        );
        let ends: Vec<(u32, u32)> = pairs.iter().map(|pair| (pair.a, pair.b)).collect();
        assert_eq!(ends, [(0, 2), (2, 3)]);
    }

    proptest! {
        #[test]
        fn shared_counts_equal_those_of_two_loops(sets in prop::collection::vec(prop::collection::btree_set(0u64..12, 0..8), 0..12)) {
            let sets: Vec<Vec<u64>> = sets.into_iter().map(|set| set.into_iter().collect()).collect();
            let all: Vec<u32> = (0..sets.len() as u32).collect();
            let mut expected = Vec::new();
            for a in 0..sets.len() {
                for b in a + 1..sets.len() {
                    let shared = sets[a].iter().filter(|shingle| sets[b].contains(shingle)).count();
                    if shared > 0 {
                        expected.push((a as u32, b as u32, shared as u32));
                    }
                }
            }
            prop_assert_eq!(Index::new(&sets, &all).pairs(&sets, &all), expected);
        }
    }
}
