//! Two parts of a dataset: one to choose on, one to report on.

use std::collections::BTreeMap;

use crate::dedup::cluster::UnionFind;
use crate::dedup::judge::{Judge, Truth};
use crate::label::Gold;
use crate::task::Level;

/// Fewest positive pairs on either side. With 30 a recall of 0.9 is known to within 0.11 (95 %, as if pairs were independent,
/// which they are not); with fewer, variants that differ by all that matters cannot be told apart.
pub const FEWEST: u64 = 30;

/// How the documents were split.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// Documents on which variant and threshold are chosen, rising.
    pub choose: Vec<usize>,
    /// Documents on which they are reported, rising.
    pub report: Vec<usize>,
    /// Positive pairs within each.
    pub positives: (u64, u64),
    /// Stories of each; of a dataset of one story, sets of documents without a copy in another set.
    pub groups: (Vec<String>, Vec<String>),
    /// True when whole stories were dealt out.
    pub by_story: bool,
}

/// Deals out whole stories, those with most positive pairs first, each to the part that has fewer positives. Where there is one
/// story only, sets of documents that are linked by positive pairs are dealt out instead.
///
/// # Errors
/// Why this dataset cannot carry a recommendation at this level, in words for the user.
pub fn split(gold: &Gold, level: Level) -> Result<Split, String> {
    let judge = Judge::new(level, gold)
        .ok_or_else(|| format!("the dataset has no labels for the level `{level}`"))?;
    let links: Vec<(usize, usize)> = judge
        .special()
        .into_iter()
        .filter(|&(_, truth)| truth == Truth::Positive)
        .filter_map(|((a, b), _)| Some((judge.certain(a)? as usize, judge.certain(b)? as usize)))
        .collect();
    let (by_story, groups) = groups(gold, &links);
    let mut of_document: BTreeMap<usize, usize> = BTreeMap::new();
    for (group, (_, documents)) in groups.iter().enumerate() {
        of_document.extend(documents.iter().map(|&document| (document, group)));
    }
    let mut positives = vec![0u64; groups.len()];
    for (a, b) in &links {
        if let Some(&group) = of_document.get(a)
            && of_document.get(b) == Some(&group)
        {
            positives[group] += 1;
        }
    }
    let mut order: Vec<usize> = (0..groups.len()).collect();
    order.sort_by_key(|&group| (u64::MAX - positives[group], &groups[group].0));
    let mut split = Split {
        choose: Vec::new(),
        report: Vec::new(),
        positives: (0, 0),
        groups: (Vec::new(), Vec::new()),
        by_story,
    };
    for group in order {
        let (name, documents) = &groups[group];
        // Documents without copies are dealt out evenly: they are where false alarms come from.
        let first = (split.positives.0, split.choose.len());
        if first <= (split.positives.1, split.report.len()) {
            split.positives.0 += positives[group];
            split.choose.extend(documents);
            split.groups.0.push(name.clone());
        } else {
            split.positives.1 += positives[group];
            split.report.extend(documents);
            split.groups.1.push(name.clone());
        }
    }
    split.choose.sort_unstable();
    split.report.sort_unstable();
    let least = split.positives.0.min(split.positives.1);
    if least < FEWEST {
        return Err(too_few(&split, groups.len()));
    }
    Ok(split)
}

fn too_few(split: &Split, groups: usize) -> String {
    let (choose, report) = split.positives;
    let unit = if split.by_story {
        format!("its {groups} stories are kept whole")
    } else {
        format!(
            "it is one story, and documents with copies of each other stay together ({groups} sets)"
        )
    };
    format!(
        "too few positive pairs: {choose} to choose on and {report} to report on, since {unit}; at least {FEWEST} are wanted on either side"
    )
}

/// Stories with their documents; of a single story, the sets of documents linked by positive pairs.
fn groups(gold: &Gold, links: &[(usize, usize)]) -> (bool, Vec<(String, Vec<usize>)>) {
    let mut stories: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (document, story) in gold.stories.iter().enumerate() {
        stories.entry(story.clone()).or_default().push(document);
    }
    if stories.len() >= 2 {
        return (true, stories.into_iter().collect());
    }
    let mut sets = UnionFind::new(gold.corpus.len());
    for &(a, b) in links {
        sets.join(a as u32, b as u32);
    }
    let mut linked: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (document, root) in sets.into_labels().into_iter().enumerate() {
        linked.entry(root).or_default().push(document);
    }
    let named = linked.into_values().map(|documents| {
        let name = documents.first().map(|&first| gold.document_id(first));
        (name.unwrap_or_default().to_owned(), documents)
    });
    (false, named.collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::corpus::Document;
    use crate::label::{DocumentPair, Redundant, Relation};

    /// Stories with so many documents each, all copies of each other.
    fn gold(stories: &[usize]) -> Gold {
        let mut gold = Gold::default();
        let mut pairs = Vec::new();
        for (story, &size) in stories.iter().enumerate() {
            let first = gold.corpus.len();
            for document in 0..size {
                gold.corpus.documents.push(Document {
                    id: format!("{story:02}-{document:02}"),
                    text: format!("text {story} {document}"),
                });
                gold.stories.push(format!("story {story:02}"));
            }
            for a in first..first + size {
                for b in a + 1..first + size {
                    pairs.push(DocumentPair {
                        a,
                        b,
                        relation: Relation::NearDuplicate,
                        redundant: Redundant::None,
                    });
                }
            }
        }
        gold.document_pairs = Some(pairs);
        gold
    }

    #[test]
    fn stories_are_dealt_out_by_their_positives() {
        // 66, 45, 28, 28 positive pairs: 66 | 45 28 (73) | then 28 more to the first.
        let split = split(&gold(&[8, 12, 10, 8]), Level::Document).unwrap();
        assert!(split.by_story);
        assert_eq!(split.positives, (66 + 28, 45 + 28));
        assert_eq!(split.groups.0, ["story 01", "story 03"]);
        assert_eq!(split.groups.1, ["story 02", "story 00"]);
    }

    #[test]
    fn too_few_positives_and_single_stories_are_refused_with_the_reason() {
        let few = split(&gold(&[5, 5]), Level::Document).unwrap_err();
        assert!(few.contains("10 to choose on and 10 to report on"), "{few}");
        assert!(few.contains("its 2 stories are kept whole"), "{few}");
        let one = split(&gold(&[12]), Level::Document).unwrap_err();
        assert!(one.contains("it is one story"), "{one}");
        let none = split(&gold(&[12]), Level::Segment).unwrap_err();
        assert!(none.contains("no labels"), "{none}");
    }

    #[test]
    fn one_story_of_many_sets_of_copies_is_split_between_them() {
        let mut gold = gold(&[9, 9, 1, 1]);
        gold.stories.fill("one".to_owned());
        let split = split(&gold, Level::Document).unwrap();
        assert!(!split.by_story);
        assert_eq!(split.positives, (36, 36));
        assert_eq!((split.choose.len(), split.report.len()), (10, 10));
    }

    proptest! {
        #[test]
        fn each_document_is_on_one_side_and_no_story_is_torn(stories in prop::collection::vec(1usize..14, 2..9)) {
            let gold = gold(&stories);
            if let Ok(split) = split(&gold, Level::Document) {
                let mut all = [split.choose.clone(), split.report.clone()].concat();
                all.sort_unstable();
                prop_assert_eq!(all, (0..gold.corpus.len()).collect::<Vec<_>>());
                let story = |documents: &[usize]| documents.iter().map(|&d| gold.stories[d].clone()).collect::<std::collections::BTreeSet<_>>();
                prop_assert!(story(&split.choose).is_disjoint(&story(&split.report)));
                let inside = |documents: &[usize]| crate::recommend::part::part(&gold, documents).document_pairs.unwrap().len() as u64;
                prop_assert_eq!((inside(&split.choose), inside(&split.report)), split.positives);
                prop_assert!(split.positives.0.min(split.positives.1) >= FEWEST);
            }
        }
    }
}
