//! Clusters from pairs: a stage of its own after pairing.
//!
//! Every way takes the pairs at or above the threshold (groups of equal keys count as similarity 1) and labels each unit with
//! the smallest unit of its cluster. Pairs are taken in order of falling similarity, then of their indices, so the labels
//! depend on nothing else.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use crate::dedup::{Comparison, ScoredPair};
use crate::task::rounded;

/// How pairs become clusters.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Clustering {
    /// Whatever is linked through any chain of pairs. What most pipelines do; one false pair joins two clusters.
    #[default]
    Components,
    /// Agglomeration by the least similar pair: two clusters join only when every unit of one pairs with every unit of the
    /// other. No chains at all; splits large families.
    CompleteLink,
    /// Centres in order of their number of pairs; every other unit goes to its most similar centre (Aslam et al. 2004, without
    /// overlap). Every member pairs with the centre.
    Star,
    /// In order of the units, each joins the most similar kept unit with which it has a pair of its own, or is kept itself.
    /// So nothing is dropped that was not itself compared with what stays.
    Verified,
}

impl Clustering {
    /// Every way.
    pub const ALL: &[Self] = &[
        Self::Components,
        Self::CompleteLink,
        Self::Star,
        Self::Verified,
    ];

    /// The name used in configuration and columns.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Components => "components",
            Self::CompleteLink => "complete-link",
            Self::Star => "star",
            Self::Verified => "verified",
        }
    }

    /// Labels of `units` units: the smallest member of the cluster of each. Pairs and members that name no unit, and pairs of
    /// a unit with itself, are ignored.
    pub fn clusters(self, units: usize, comparison: &Comparison, threshold: f64) -> Vec<u32> {
        let graph = Graph::new(units, comparison, threshold);
        let mut labels = match self {
            Self::Components => components(&graph),
            Self::CompleteLink => complete_link(&graph),
            Self::Star => star(&graph),
            Self::Verified => verified(&graph),
        };
        canonical(&mut labels);
        labels
    }
}

impl fmt::Display for Clustering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Clustering {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .iter()
            .copied()
            .find(|way| way.name() == text)
            .ok_or_else(|| {
                let known: Vec<&str> = Self::ALL.iter().map(|way| way.name()).collect();
                format!("unknown clustering `{text}`; known: {}", known.join(", "))
            })
    }
}

/// Sets that only grow together, with path halving; the smallest member is the root.
#[derive(Debug, Clone)]
pub struct UnionFind {
    parents: Vec<u32>,
}

impl UnionFind {
    /// `units` sets of one.
    pub fn new(units: usize) -> Self {
        Self {
            parents: (0..u32::try_from(units).unwrap_or(u32::MAX)).collect(),
        }
    }

    /// Smallest member of the set of `unit`.
    pub fn root(&mut self, mut unit: u32) -> u32 {
        while self.parents[unit as usize] != unit {
            let above = self.parents[self.parents[unit as usize] as usize];
            self.parents[unit as usize] = above;
            unit = above;
        }
        unit
    }

    /// Joins two sets; true when they were apart.
    pub fn join(&mut self, a: u32, b: u32) -> bool {
        let (a, b) = (self.root(a), self.root(b));
        // The smaller index stays the root: halving keeps chains short enough (no rank needed in practice).
        self.parents[a.max(b) as usize] = a.min(b);
        a != b
    }

    /// Label of every unit: the smallest member of its set.
    pub fn into_labels(mut self) -> Vec<u32> {
        for unit in 0..self.parents.len() {
            // Parents are never larger than their children, so the one above is final already.
            self.parents[unit] = self.parents[self.parents[unit] as usize];
        }
        self.parents
    }
}

/// Pairs and groups that count, checked.
struct Graph<'a> {
    units: usize,
    /// By falling similarity, then by index.
    pairs: Vec<ScoredPair>,
    groups: Vec<&'a [u32]>,
}

impl<'a> Graph<'a> {
    fn new(units: usize, comparison: &'a Comparison, threshold: f64) -> Self {
        let known = |unit: u32| (unit as usize) < units;
        let groups: &[Vec<u32>] = if threshold <= 1.0 {
            &comparison.groups
        } else {
            &[]
        };
        let groups: Vec<&[u32]> = groups
            .iter()
            .map(Vec::as_slice)
            .filter(|group| group.iter().all(|&unit| known(unit)))
            .collect();
        let mut pairs: Vec<ScoredPair> = comparison
            .pairs
            .iter()
            .map(|pair| ScoredPair {
                a: pair.a.min(pair.b),
                b: pair.a.max(pair.b),
                similarity: rounded(pair.similarity),
            })
            .filter(|pair| pair.similarity >= threshold && pair.a != pair.b && known(pair.b))
            .collect();
        pairs.sort_unstable_by(by_similarity);
        Self {
            units,
            pairs,
            groups,
        }
    }
}

fn by_similarity(x: &ScoredPair, y: &ScoredPair) -> Ordering {
    y.similarity
        .total_cmp(&x.similarity)
        .then((x.a, x.b).cmp(&(y.a, y.b)))
}

fn components(graph: &Graph<'_>) -> Vec<u32> {
    let mut sets = UnionFind::new(graph.units);
    for group in &graph.groups {
        for pair in group.windows(2) {
            sets.join(pair[0], pair[1]);
        }
    }
    for pair in &graph.pairs {
        sets.join(pair.a, pair.b);
    }
    sets.into_labels()
}

/// Two clusters join when the last pair between them has been seen; that pair is the least similar one, so joining in this
/// order is complete-link agglomeration.
fn complete_link(graph: &Graph<'_>) -> Vec<u32> {
    let mut sets = UnionFind::new(graph.units);
    let mut sizes = vec![1u64; graph.units];
    let mut links: Vec<FxHashMap<u32, u64>> = vec![FxHashMap::default(); graph.units];
    let mut seen: FxHashSet<(u32, u32)> = FxHashSet::default();
    for group in &graph.groups {
        for pair in group.windows(2) {
            let (a, b) = (sets.root(pair[0]), sets.root(pair[1]));
            if sets.join(a, b) {
                sizes[a.min(b) as usize] += sizes[a.max(b) as usize];
            }
        }
    }
    for pair in &graph.pairs {
        let (a, b) = (sets.root(pair.a), sets.root(pair.b));
        if a == b || !seen.insert((pair.a, pair.b)) {
            continue;
        }
        let count = {
            let count = links[a as usize].entry(b).or_default();
            *count += 1;
            *count
        };
        links[b as usize].insert(a, count);
        if count < sizes[a as usize] * sizes[b as usize] {
            continue;
        }
        sets.join(a, b);
        let (kept, gone) = (a.min(b), a.max(b));
        sizes[kept as usize] += sizes[gone as usize];
        links[kept as usize].remove(&gone);
        let mut moved: Vec<(u32, u64)> = std::mem::take(&mut links[gone as usize])
            .into_iter()
            .collect();
        moved.sort_unstable();
        for (other, count) in moved {
            if other == kept {
                continue;
            }
            links[other as usize].remove(&gone);
            let total = links[kept as usize].entry(other).or_default();
            *total += count;
            let total = *total;
            links[other as usize].insert(kept, total);
        }
    }
    sets.into_labels()
}

/// What each unit pairs with. Groups are kept as groups: ten thousand equal texts have no list of fifty million pairs.
struct Neighbours<'a> {
    /// By pairs, in order of the neighbour.
    lists: Vec<Vec<(u32, f64)>>,
    /// The group of each unit; empty for none.
    groups: Vec<&'a [u32]>,
}

impl<'a> Neighbours<'a> {
    fn new(graph: &Graph<'a>) -> Self {
        let mut lists = vec![Vec::new(); graph.units];
        for pair in &graph.pairs {
            lists[pair.a as usize].push((pair.b, pair.similarity));
            lists[pair.b as usize].push((pair.a, pair.similarity));
        }
        for list in &mut lists {
            list.sort_by(|x, y| x.0.cmp(&y.0).then(y.1.total_cmp(&x.1)));
            list.dedup_by_key(|entry| entry.0);
        }
        let mut groups: Vec<&[u32]> = vec![&[]; graph.units];
        for group in &graph.groups {
            for &unit in *group {
                groups[unit as usize] = group;
            }
        }
        Self { lists, groups }
    }

    /// Number of neighbours and the sum of their similarities.
    fn weight(&self, unit: usize) -> (usize, f64) {
        let (list, fellows) = (&self.lists[unit], self.groups[unit].len().saturating_sub(1));
        let sum: f64 = list.iter().map(|entry| entry.1).sum();
        (list.len() + fellows, rounded(sum + fellows as f64))
    }

    /// The most similar chosen neighbour; the smallest among equals.
    fn best(&self, unit: usize, chosen: &[bool]) -> Option<u32> {
        let fellow = self.groups[unit]
            .iter()
            .find(|&&other| other as usize != unit && chosen[other as usize]);
        self.lists[unit]
            .iter()
            .copied()
            .filter(|entry| chosen[entry.0 as usize])
            .chain(fellow.map(|&other| (other, 1.0)))
            .min_by(|x, y| y.1.total_cmp(&x.1).then(x.0.cmp(&y.0)))
            .map(|entry| entry.0)
    }
}

fn star(graph: &Graph<'_>) -> Vec<u32> {
    let neighbours = Neighbours::new(graph);
    let mut order: Vec<(usize, f64, usize)> = (0..graph.units)
        .map(|unit| {
            let (count, sum) = neighbours.weight(unit);
            (count, sum, unit)
        })
        .collect();
    order.sort_unstable_by(|x, y| y.0.cmp(&x.0).then(y.1.total_cmp(&x.1)).then(x.2.cmp(&y.2)));
    let mut covered = vec![false; graph.units];
    let mut is_centre = vec![false; graph.units];
    for (_, _, unit) in order {
        if covered[unit] {
            continue;
        }
        is_centre[unit] = true;
        let pairs = neighbours.lists[unit].iter().map(|entry| entry.0);
        for other in pairs.chain(neighbours.groups[unit].iter().copied()) {
            covered[other as usize] = true;
        }
    }
    let label = |unit: u32| match is_centre[unit as usize] {
        true => unit,
        false => neighbours.best(unit as usize, &is_centre).unwrap_or(unit),
    };
    (0..).take(graph.units).map(label).collect()
}

fn verified(graph: &Graph<'_>) -> Vec<u32> {
    let neighbours = Neighbours::new(graph);
    let mut kept = vec![false; graph.units];
    let mut labels = Vec::with_capacity(graph.units);
    for unit in (0..).take(graph.units) {
        let label = neighbours.best(unit as usize, &kept).unwrap_or(unit);
        kept[unit as usize] = label == unit;
        labels.push(label);
    }
    labels
}

/// Renames every label to the smallest unit that bears it.
fn canonical(labels: &mut [u32]) {
    let mut smallest: Vec<Option<u32>> = vec![None; labels.len()];
    for (unit, label) in (0..).zip(labels) {
        *label = *smallest[*label as usize].get_or_insert(unit);
    }
}

#[cfg(test)]
#[path = "cluster_tests.rs"]
mod tests;
