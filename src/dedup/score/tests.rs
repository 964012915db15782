mod mutants;
mod twin;

use super::*;
use crate::dedup::ScoredPair;
use crate::label::{DocumentPair, Judged, Redundant, Relation, SameFact};
use crate::metrics::fold::fold;
use crate::task::{Counts, Verdict};
use crate::test_gold::{self, member, value, values, with_segments};

/// Three documents of three segments. Group `a`: 0, 3, 6; group `b`: 1, 4; boilerplate: 2, 5; 7 and 8 stand alone.
fn gold() -> Gold {
    let spans: Vec<(usize, usize, usize)> =
        (0..9).map(|n| (n / 3, n % 3 * 2, n % 3 * 2 + 1)).collect();
    let mut gold = with_segments(test_gold::gold(&["a b c"; 3]), &spans);
    gold.copy_groups = Some(vec![
        member("a", 0),
        member("a", 3),
        member("a", 6),
        member("b", 1),
        member("b", 4),
    ]);
    gold.boilerplate_groups = Some(vec![member("c", 2), member("c", 5)]);
    gold.same_fact = Some(vec![SameFact { a: 7, b: 1 }]);
    gold
}

fn comparison(pairs: &[(u32, u32, f64)]) -> Comparison {
    Comparison {
        pairs: pairs
            .iter()
            .map(|&(a, b, similarity)| ScoredPair { a, b, similarity })
            .collect(),
        ..Comparison::default()
    }
}

const PERFECT: [(u32, u32, f64); 4] = [(0, 3, 0.9), (0, 6, 0.8), (1, 4, 0.7), (3, 6, 0.6)];

fn scored(pairs: &[(u32, u32, f64)], gold: &Gold) -> Scored {
    score(
        Level::Segment,
        &comparison(pairs),
        0.5,
        Clustering::Components,
        gold,
    )
}

fn watched(key: &str) -> bool {
    let metrics = [
        "precision",
        "recall",
        "f1",
        "average_precision",
        "best_f1",
        "mcc",
    ];
    key.split_once('/')
        .is_some_and(|(_, metric)| metrics.contains(&metric))
        || key == "pair_completeness"
}

#[test]
fn a_perfect_prediction_is_perfect_everywhere() {
    let perfect = scored(&PERFECT, &gold());
    for (key, value) in values(&perfect).iter().filter(|(key, _)| watched(key)) {
        assert_eq!(*value, Some(1.0), "{key}");
    }
    for key in [
        "pairwise_f1",
        "muc_f1",
        "b_cubed_f1",
        "ceaf_e_f1",
        "ari",
        "v_measure",
    ] {
        assert_eq!(value(&perfect, key), Some(1.0), "{key}");
    }
    assert_eq!(perfect.outcomes.len(), 8);
    let first = &perfect.outcomes[0];
    assert_eq!(
        (first.item.as_str(), first.document.as_str()),
        ("toy/pair/000:s001~001:s001", "000_x")
    );
}

#[test]
fn what_is_doubtful_or_not_judged_is_on_neither_side() {
    let gold = gold();
    let mut pairs = PERFECT.to_vec();
    pairs.extend([(0, 1, 0.9), (2, 5, 1.0)]);
    let with = score(
        Level::Segment,
        &comparison(&pairs),
        0.5,
        Clustering::Components,
        &gold,
    );
    assert_eq!(value(&with, "pairs/precision"), Some(1.0));
    assert_eq!(
        with.outcomes
            .iter()
            .filter(|o| o.match_rule == "pairs" && o.verdict == Verdict::Ignored)
            .count(),
        2
    );
    let mut doubtful = gold.clone();
    if let Some(members) = &mut doubtful.copy_groups {
        members[2].doubtful = true;
    }
    let missed = scored(&[(0, 3, 0.9), (1, 4, 0.7)], &doubtful);
    let found = scored(&PERFECT, &doubtful);
    let strayed = scored(&[(0, 3, 0.9), (1, 4, 0.7), (6, 5, 0.9)], &doubtful);
    for scored in [missed, found, strayed] {
        assert_eq!(value(&scored, "pairs/f1"), Some(1.0));
    }
    // Pieces of one source sentence.
    let mut split = gold.clone();
    if let Some(members) = &mut split.copy_groups {
        members[0].piece = Some(1);
        members[1].piece = Some(2);
    }
    let pieces = scored(&PERFECT[1..], &split);
    assert_eq!(value(&pieces, "pairs/recall"), Some(1.0));
    assert_eq!(
        value(&scored(&PERFECT, &split), "pairs/precision"),
        Some(1.0)
    );
    // Listed pairs only: strangers are ignored, listed hard negatives are not.
    let mut listed = gold;
    listed
        .judged
        .insert("copy_groups".to_owned(), Judged::Listed);
    let mut pairs = PERFECT.to_vec();
    pairs.push((5, 7, 0.9));
    assert_eq!(
        value(&scored(&pairs, &listed), "pairs/precision"),
        Some(1.0)
    );
    pairs.push((1, 7, 0.9));
    assert_eq!(
        value(&scored(&pairs, &listed), "pairs/precision"),
        Some(0.8)
    );
}

#[test]
fn hard_negatives_and_copies_have_their_slices() {
    let mut pairs = PERFECT.to_vec();
    pairs.extend([(1, 7, 0.9), (5, 7, 0.9)]);
    let folded = fold(&scored(&pairs, &gold()).outcomes);
    let counts = |slice: &str| {
        let found = folded
            .iter()
            .find(|m| m.slice == slice && m.match_rule == "pairs" && m.metric == "recall");
        found.and_then(|m| m.counts).unwrap_or_default()
    };
    let table = |tp, fp| Counts {
        true_positives: tp,
        false_positives: fp,
        ..Counts::default()
    };
    assert_eq!(counts("pair=same_fact"), table(0.0, 1.0));
    assert_eq!(counts("segment=copied"), table(4.0, 1.0));
    assert_eq!(counts("segment=singleton"), table(0.0, 1.0));
    assert_eq!(counts("document=000_x"), table(3.0, 1.0));
}

#[test]
fn documents_are_judged_by_relation_and_redundancy_by_direction() {
    let mut gold = test_gold::gold(&["x"; 3]);
    let pair = |a, b, relation, redundant| DocumentPair {
        a,
        b,
        relation,
        redundant,
    };
    gold.document_pairs = Some(vec![
        pair(0, 1, Relation::NearDuplicate, Redundant::B),
        pair(0, 2, Relation::SameEvent, Redundant::None),
        pair(1, 2, Relation::Exact, Redundant::Both),
    ]);
    gold.stories = vec!["one".to_owned(), "two".to_owned(), "one".to_owned()];
    let found = comparison(&[(0, 1, 0.9), (0, 2, 0.9)]);
    let documents = score(Level::Document, &found, 0.5, Clustering::Components, &gold);
    assert_eq!(value(&documents, "pairs/precision"), Some(0.5));
    assert_eq!(value(&documents, "pairs/recall"), Some(0.5));
    assert_eq!(value(&documents, "closure/recall"), Some(1.0));
    let across = documents
        .outcomes
        .iter()
        .find(|o| o.item == "toy/pair/000~001");
    assert_eq!(across.map(|o| o.story.as_str()), Some("one+two"));
    // 1 adds nothing to 0; 1 and 2 add nothing to each other.
    let found = comparison(&[(1, 0, 0.9), (0, 1, 0.9), (2, 1, 0.9)]);
    let redundancy = score(
        Level::Redundancy,
        &found,
        0.5,
        Clustering::Components,
        &gold,
    );
    assert_eq!(value(&redundancy, "pairs/precision"), Some(2.0 / 3.0));
    assert_eq!(value(&redundancy, "pairs/recall"), Some(2.0 / 3.0));
    assert!(
        redundancy
            .outcomes
            .iter()
            .any(|o| o.item == "toy/redundancy/001~000")
    );
    assert!(!values(&redundancy).contains_key("closure/recall"));
    let bare = score(Level::Segment, &found, 0.5, Clustering::Components, &gold);
    assert_eq!(bare, Scored::default());
}

/// 900 documents of one segment each; groups of three copies.
fn many() -> Gold {
    let spans: Vec<(usize, usize, usize)> = (0..900).map(|n| (n, 0, 1)).collect();
    let mut gold = with_segments(test_gold::gold(&["x"; 900]), &spans);
    gold.copy_groups = Some(
        (0..600)
            .map(|n| member(&format!("g{:03}", n / 3), n))
            .collect(),
    );
    gold.stories = (0..900).map(|n| format!("story{}", n % 7)).collect();
    if let Some(members) = &mut gold.copy_groups {
        members[4].doubtful = true;
        members[9].piece = Some(1);
        members[10].piece = Some(2);
    }
    gold.boilerplate_groups = Some(vec![member("b", 700), member("b", 701)]);
    gold
}

#[test]
fn large_groups_count_the_same_without_listing_every_pair() {
    let gold = many();
    let group: Vec<u32> = (0..300).chain(690..710).collect();
    let grouped = Comparison {
        groups: vec![group.clone()],
        ..Comparison::default()
    };
    let mut pairs = Vec::new();
    for (index, &a) in group.iter().enumerate() {
        pairs.extend(group[index + 1..].iter().map(|&b| (a, b, 1.0)));
    }
    let listed = comparison(&pairs);
    let of = |comparison: &Comparison| {
        score(
            Level::Segment,
            comparison,
            0.5,
            Clustering::Components,
            &gold,
        )
    };
    let (grouped, listed) = (of(&grouped), of(&listed));
    assert!(grouped.outcomes.len() < 3_000 && listed.outcomes.len() > 40_000);
    let rule = |scored: &Scored, rule: &str| {
        let mut folded = fold(&scored.outcomes);
        folded.retain(|m| {
            m.match_rule == rule && (m.slice == "all" || m.slice.starts_with("segment="))
        });
        folded
    };
    assert_eq!(rule(&grouped, "pairs"), rule(&listed, "pairs"));
    assert_eq!(rule(&grouped, "closure"), rule(&listed, "closure"));
    for key in [
        "pairs/mcc",
        "closure/mcc",
        "pairs/average_precision",
        "pairs/best_f1",
        "reduction_ratio",
        "pair_completeness",
    ] {
        assert_eq!(value(&grouped, key), value(&listed, key), "{key}");
    }
    assert_eq!(
        value(&grouped, "pairs/precision"),
        value(&grouped, "closure/precision")
    );
    let by_story = |scored: &Scored, story: &str| -> f64 {
        let halves = scored
            .outcomes
            .iter()
            .filter(|o| o.match_rule == "pairs" && o.verdict == Verdict::FalsePositive);
        halves
            .map(|o| match o.story.split_once('+') {
                Some((a, b)) if a == story || b == story => o.weight / 2.0,
                None if o.story == story => o.weight,
                _ => 0.0,
            })
            .sum()
    };
    for story in ["story0", "story3", "story6"] {
        assert_eq!(by_story(&grouped, story), by_story(&listed, story));
    }
}
