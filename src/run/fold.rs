//! Folds: what learns is never scored on what it learnt from, nor on a near-duplicate of it.

use std::collections::BTreeMap;

use crate::corpus::Corpus;
use crate::dedup::cluster::Clustering;
use crate::dedup::{Deduper, Request, exact::Exact};
use crate::label::{Gold, document_units};
use crate::task::Level;

/// At most so many folds; more groups than that share folds.
const MOST: usize = 10;

/// How the documents were split.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folds {
    /// The rule, in words, for `run.json`.
    pub rule: String,
    /// Document indices of each fold, sorted.
    pub folds: Vec<Vec<usize>>,
}

/// Splits by story where there are two or more, else by near-duplicate cluster.
pub fn folds(gold: &Gold) -> Folds {
    let mut stories: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (document, story) in gold.stories.iter().enumerate() {
        stories.entry(story).or_default().push(document);
    }
    let (rule, groups) = if stories.len() >= 2 {
        ("by story".to_owned(), stories.into_values().collect())
    } else if let Some(pairs) = &gold.document_pairs {
        let linked = pairs
            .iter()
            .filter(|pair| pair.relation.is_duplicate())
            .map(|pair| (pair.a, pair.b));
        (
            "by near-duplicate cluster of documents, from the gold".to_owned(),
            components(gold.corpus.len(), linked),
        )
    } else {
        let rule = "by near-duplicate cluster of documents, found by the deduper `exact`";
        (rule.to_owned(), found(&gold.corpus))
    };
    Folds {
        rule,
        folds: spread(groups),
    }
}

/// Clusters of a corpus without gold pairs.
fn found(corpus: &Corpus) -> Vec<Vec<usize>> {
    let deduper = Exact::default();
    let threshold = deduper.threshold(Level::Document);
    let request = Request {
        level: Level::Document,
        seed: 0,
        floor: threshold,
    };
    let comparison = deduper.compare(&document_units(corpus), &request);
    let labels = Clustering::Components.clusters(corpus.len(), &comparison, threshold);
    let mut groups: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (document, label) in labels.into_iter().enumerate() {
        groups.entry(label).or_default().push(document);
    }
    groups.into_values().collect()
}

/// Connected components over document indices.
fn components(documents: usize, links: impl Iterator<Item = (usize, usize)>) -> Vec<Vec<usize>> {
    let mut parent: Vec<usize> = (0..documents).collect();
    fn root(parent: &mut [usize], mut at: usize) -> usize {
        while parent[at] != at {
            parent[at] = parent[parent[at]];
            at = parent[at];
        }
        at
    }
    for (a, b) in links {
        let (a, b) = (root(&mut parent, a), root(&mut parent, b));
        let (low, high) = (a.min(b), a.max(b));
        parent[high] = low;
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for document in 0..documents {
        let root = root(&mut parent, document);
        groups.entry(root).or_default().push(document);
    }
    groups.into_values().collect()
}

/// Puts groups into at most [`MOST`] folds, the largest group first into the emptiest fold.
fn spread(mut groups: Vec<Vec<usize>>) -> Vec<Vec<usize>> {
    if groups.len() > MOST {
        groups.sort_by_key(|group| (usize::MAX - group.len(), group.first().copied()));
        let mut folds: Vec<Vec<usize>> = vec![Vec::new(); MOST];
        for group in groups {
            if let Some(emptiest) = folds.iter_mut().min_by_key(|fold| fold.len()) {
                emptiest.extend(group);
            }
        }
        groups = folds;
    }
    for group in &mut groups {
        group.sort_unstable();
    }
    groups
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Slow twin: relabel until nothing changes.
    fn naive(documents: usize, links: &[(usize, usize)]) -> Vec<Vec<usize>> {
        let mut label: Vec<usize> = (0..documents).collect();
        while let Some(&(a, b)) = links.iter().find(|&&(a, b)| label[a] != label[b]) {
            let (from, to) = (label[a].max(label[b]), label[a].min(label[b]));
            label
                .iter_mut()
                .filter(|l| **l == from)
                .for_each(|l| *l = to);
        }
        (0..documents)
            .map(|l| (0..documents).filter(|&d| label[d] == l).collect())
            .filter(|g: &Vec<usize>| !g.is_empty())
            .collect()
    }

    proptest! {
        #[test]
        fn components_equal_their_twin(links in prop::collection::vec((0usize..12, 0usize..12), 0..20)) {
            prop_assert_eq!(components(12, links.iter().copied()), naive(12, &links));
        }

        #[test]
        fn every_document_is_in_exactly_one_fold_and_no_group_is_torn(sizes in prop::collection::vec(1usize..4, 0..30)) {
            let mut next = 0;
            let groups: Vec<Vec<usize>> = sizes.iter().map(|&n| { next += n; (next - n..next).collect() }).collect();
            let folds = spread(groups.clone());
            prop_assert!(folds.len() <= MOST);
            let mut all: Vec<usize> = folds.iter().flatten().copied().collect();
            all.sort_unstable();
            prop_assert_eq!(all, (0..next).collect::<Vec<_>>());
            for group in groups {
                prop_assert_eq!(folds.iter().filter(|fold| group.iter().any(|d| fold.contains(d))).count(), 1);
            }
        }
    }
}
