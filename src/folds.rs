//! Folds: what learns is never scored on what it learnt from, nor on a near-duplicate of it.

use std::collections::BTreeMap;

use crate::corpus::Corpus;
use crate::dedup::containment::copies;
use crate::label::Gold;

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

/// Splits by story where there are two or more, else by near-duplicate cluster; near-duplicates of two stories keep those together.
pub fn folds(gold: &Gold) -> Folds {
    let (mut links, source): (Vec<(usize, usize)>, &str) = match &gold.document_pairs {
        Some(pairs) => {
            let duplicates = pairs.iter().filter(|pair| pair.relation.is_duplicate());
            (
                duplicates.map(|pair| (pair.a, pair.b)).collect(),
                "from the gold",
            )
        }
        None => (found(&gold.corpus), "found by the deduper `containment`"),
    };
    let mut stories: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (document, story) in gold.stories.iter().enumerate() {
        stories.entry(story).or_default().push(document);
    }
    let rule = if stories.len() >= 2 {
        links.extend(
            stories
                .values()
                .flat_map(|story| story.windows(2).map(|pair| (pair[0], pair[1]))),
        );
        format!("by story, stories with near-duplicates ({source}) together")
    } else {
        format!("by near-duplicate cluster of documents, {source}")
    };
    Folds {
        rule,
        folds: spread(components(gold.corpus.len(), links.into_iter())),
    }
}

/// Near-duplicates of a corpus without gold pairs: at least a part of one document stands in the other.
fn found(corpus: &Corpus) -> Vec<(usize, usize)> {
    let mut first: BTreeMap<u32, usize> = BTreeMap::new();
    copies(corpus)
        .into_iter()
        .enumerate()
        .map(|(document, label)| (*first.entry(label).or_insert(document), document))
        .collect()
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
#[path = "fold_tests.rs"]
mod tests;
