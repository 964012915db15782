//! What a deduper emitted, each pair once, with large groups kept as groups.

use std::collections::BTreeMap;

use crate::dedup::Comparison;
use crate::dedup::judge::Judge;
use crate::task::rounded;

use super::Pair;

/// Groups and clusters of more units are not expanded into pairs.
const LARGE: usize = 200;

/// Every emitted pair.
#[derive(Debug)]
pub(super) struct Emitted {
    /// Pairs with their greatest rounded similarity, in order; without the pairs inside large groups.
    pub(super) pairs: Vec<(Pair, f64)>,
    /// Groups of equal keys with more than 200 units (similarity 1), members in order.
    pub(super) large: Vec<Vec<u32>>,
    /// Large group of each unit.
    group: Vec<Option<u32>>,
    ordered: bool,
}

impl Emitted {
    pub(super) fn new(comparison: &Comparison, judge: &Judge) -> Self {
        let mut emitted = Self {
            pairs: Vec::with_capacity(comparison.pairs.len()),
            large: Vec::new(),
            group: vec![None; judge.units()],
            ordered: judge.ordered(),
        };
        for group in &comparison.groups {
            let mut members: Vec<u32> = group
                .iter()
                .copied()
                .filter(|&unit| (unit as usize) < judge.units())
                .collect();
            members.sort_unstable();
            members.dedup();
            members.retain(|&unit| emitted.group[unit as usize].is_none());
            if members.len() > LARGE {
                for &unit in &members {
                    emitted.group[unit as usize] = Some(emitted.large.len() as u32);
                }
                emitted.large.push(members);
                continue;
            }
            for (index, &a) in members.iter().enumerate() {
                for &b in &members[index + 1..] {
                    emitted.pairs.push(((a, b), 1.0));
                    if judge.ordered() {
                        emitted.pairs.push(((b, a), 1.0));
                    }
                }
            }
        }
        for pair in &comparison.pairs {
            if let Some((a, b)) = judge.pair(pair.a, pair.b)
                && !emitted.in_large(a, b)
            {
                emitted.pairs.push(((a, b), rounded(pair.similarity)));
            }
        }
        if !emitted.pairs.is_sorted_by(|a, b| a.0 < b.0) {
            emitted
                .pairs
                .sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
            emitted.pairs.dedup_by_key(|entry| entry.0);
        }
        emitted
    }

    /// Similarity with which a pair was emitted; `None` when it was not.
    pub(super) fn similarity(&self, pair: Pair) -> Option<f64> {
        if self.in_large(pair.0, pair.1) {
            return Some(1.0);
        }
        debug_assert!(self.ordered || pair.0 < pair.1);
        let found = self
            .pairs
            .binary_search_by(|entry| entry.0.cmp(&pair))
            .ok()?;
        Some(self.pairs[found].1)
    }

    fn in_large(&self, a: u32, b: u32) -> bool {
        let group = self.group[a as usize];
        group.is_some() && group == self.group[b as usize]
    }
}

/// Pairs inside clusters.
#[derive(Debug, Default)]
pub(super) struct Partition {
    /// Pairs of clusters up to 200 units, in order inside each cluster.
    pub(super) pairs: Vec<Pair>,
    /// Larger clusters, members in order.
    pub(super) large: Vec<Vec<u32>>,
}

impl Partition {
    pub(super) fn new(labels: &[u32]) -> Self {
        let mut clusters: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (unit, &label) in labels.iter().enumerate() {
            clusters.entry(label).or_default().push(unit as u32);
        }
        let mut partition = Self::default();
        for members in clusters.into_values() {
            if members.len() > LARGE {
                partition.large.push(members);
                continue;
            }
            for (index, &a) in members.iter().enumerate() {
                partition
                    .pairs
                    .extend(members[index + 1..].iter().map(|&b| (a, b)));
            }
        }
        partition
    }
}
