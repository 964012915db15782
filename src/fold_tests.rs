use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::config::Config;
use crate::label::{DocumentPair, Redundant, Relation};
use crate::registry::Registry;
use crate::run::job::jobs;
use crate::task::Level;
use crate::test_gold::gold;

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

const COPIED: &str = "The old bridge over the river was closed on Tuesday after the flood damaged two of its pillars, engineers said. \
    Residents of the village must use the ferry until the bridge is open again.";
const APART: &str = "Bakers in the north pay more for flour than they did a year ago, while those in the south have found cheaper \
    mills and sell more loaves than ever before, says a report.";

fn pair(a: usize, b: usize) -> DocumentPair {
    DocumentPair {
        a,
        b,
        relation: Relation::NearDuplicate,
        redundant: Redundant::None,
    }
}

/// What learns is given no text of the cluster that it is to judge: neither the documents themselves nor their near-duplicates, whether
/// gold names those or they have to be found, and not across stories either.
#[test]
fn no_job_has_a_near_duplicate_of_its_documents_to_learn_from() {
    let copy = format!("{COPIED} So it was told.");
    let texts = [COPIED, APART, &copy];
    let named = Gold {
        document_pairs: Some(vec![pair(0, 2)]),
        ..gold(&texts)
    };
    let told_twice = Gold {
        stories: ["flood", "bread", "again"].map(str::to_owned).to_vec(),
        ..gold(&texts)
    };
    let text = "[[variant]]\ntask = \"garble\"\nalgorithm = \"word-lm\"\n[[variant]]\ntask = \"garble\"\nalgorithm = \"stack\"\n";
    let config = Config::parse(text, Path::new("karat.toml"), &Registry::builtin()).unwrap();
    for gold in [named, gold(&texts), told_twice] {
        let folds = folds(&gold);
        assert_eq!(folds.folds, [vec![0, 2], vec![1]], "{}", folds.rule);
        for variant in &config.variants {
            let jobs = jobs(variant, Level::Span, 0, &gold, &folds);
            assert_eq!(jobs.len(), 2);
            for job in jobs {
                let learnt_from: Vec<&str> = job
                    .training
                    .iter()
                    .map(|document| document.text.as_str())
                    .collect();
                let expected = if job.predict == [0, 2] {
                    vec![APART]
                } else {
                    vec![COPIED, &copy]
                };
                assert_eq!(learnt_from, expected);
            }
        }
    }
}
