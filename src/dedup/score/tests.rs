use proptest::prelude::*;

use super::*;
use crate::dedup::ScoredPair;
use crate::label::{DocumentPair, Judged, Redundant, Relation, SameFact};
use crate::metrics::fold::fold;
use crate::task::{Counts, Verdict};
use crate::test_gold::{self, keys, member, moved, value, values, with_segments};

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

fn damage(change: impl Fn(&mut Vec<(u32, u32, f64)>)) -> Vec<String> {
    let gold = gold();
    let mut pairs = PERFECT.to_vec();
    change(&mut pairs);
    moved(&scored(&PERFECT, &gold), &scored(&pairs, &gold), watched)
}

fn joined(parts: &[Vec<String>]) -> Vec<String> {
    let mut all = parts.concat();
    all.sort();
    all
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
fn each_mutant_lowers_exactly_what_it_should() {
    // A lost pair that the closure restores.
    assert_eq!(
        damage(|p| p.retain(|pair| *pair != PERFECT[0])),
        joined(&[
            keys("-", "pairs", "average_precision best_f1 f1 mcc recall"),
            vec!["-pair_completeness".to_owned()],
        ])
    );
    // A lost pair that the closure does not restore.
    assert_eq!(
        damage(|p| p.retain(|pair| *pair != PERFECT[2])),
        joined(&[
            keys("-", "pairs", "average_precision best_f1 f1 mcc recall"),
            keys("-", "closure", "f1 mcc recall"),
            vec!["-pair_completeness".to_owned()],
        ])
    );
    // A pair that fell below the threshold: the ranking does not mind.
    assert_eq!(
        damage(|p| p[2].2 = 0.4),
        joined(&[
            keys("-", "pairs", "f1 mcc recall"),
            keys("-", "closure", "f1 mcc recall")
        ])
    );
    // A wrong pair above all others; it also joins a lone segment to a group of three.
    assert_eq!(
        damage(|p| p.push((3, 7, 0.95))),
        joined(&[
            keys("-", "pairs", "average_precision best_f1 f1 mcc precision"),
            keys("-", "closure", "f1 mcc precision"),
        ])
    );
    // A wrong pair below all others: the ranking does not mind.
    assert_eq!(
        damage(|p| p.push((5, 7, 0.55))),
        joined(&[
            keys("-", "pairs", "f1 mcc precision"),
            keys("-", "closure", "f1 mcc precision")
        ])
    );
    // One false pair joins two copy groups: cheap in pairs, dear in the closure.
    let gold = gold();
    let mut pairs = PERFECT.to_vec();
    pairs.push((1, 3, 0.9));
    let merged = scored(&pairs, &gold);
    assert_eq!(value(&merged, "pairs/precision"), Some(0.8));
    // Four right, three more wrong ones across documents; pairs inside a document are ignored.
    assert_eq!(value(&merged, "closure/precision"), Some(0.5));
    assert_eq!(value(&merged, "closure/recall"), Some(1.0));
    assert_eq!(value(&merged, "over_merges"), Some(1.0));
    // Empty.
    let empty = scored(&[], &gold);
    for rule in ["pairs", "closure"] {
        assert_eq!(value(&empty, &format!("{rule}/precision")), None);
        assert_eq!(value(&empty, &format!("{rule}/recall")), Some(0.0));
        assert_eq!(value(&empty, &format!("{rule}/f1")), Some(0.0));
    }
    assert_eq!(value(&empty, "pairs/average_precision"), Some(0.0));
}

#[test]
fn permutations_duplicates_and_self_pairs_change_nothing() {
    let gold = gold();
    let before = scored(&PERFECT, &gold);
    let mut other: Vec<(u32, u32, f64)> =
        PERFECT.iter().rev().map(|&(a, b, s)| (b, a, s)).collect();
    other.extend([(0, 3, 0.2), (4, 4, 1.0), (6, 0, 0.8), (2, 40, 1.0)]);
    assert_eq!(before.outcomes, scored(&other, &gold).outcomes);
    assert_eq!(before.measures, scored(&other, &gold).measures);
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

#[test]
fn peers_over_merging_is_not_free() {
    // text-dedup counts a hit when the gold set is a subset of the prediction: merging everything scores 1.
    let gold = gold();
    let all: Vec<(u32, u32, f64)> = (1..9).map(|unit| (0, unit, 1.0)).collect();
    let merged = scored(&all, &gold);
    assert_eq!(value(&merged, "closure/recall"), Some(1.0));
    assert!(value(&merged, "closure/precision") < Some(0.2));
}

#[test]
fn peers_a_set_found_in_part_is_missed_in_part_and_wrong_in_nothing() {
    // Two of three members found: text-dedup calls it a false positive, P = R = 0.
    let mut gold = gold();
    if let Some(members) = &mut gold.copy_groups {
        members.truncate(3);
    }
    let part = scored(&[(0, 3, 0.9)], &gold);
    assert_eq!(value(&part, "closure/precision"), Some(1.0));
    assert_eq!(value(&part, "closure/recall"), Some(1.0 / 3.0));
}

#[test]
fn peers_macro_precision_is_not_called_f1_and_nothing_predicted_has_no_precision() {
    let gold = gold();
    let one = scored(&[(0, 3, 0.9), (5, 7, 0.9)], &gold);
    assert_eq!(value(&one, "pairs/precision"), Some(0.5));
    assert_eq!(value(&one, "pairs/recall"), Some(0.25));
    assert_eq!(value(&one, "pairs/f1"), Some(1.0 / 3.0));
    assert_eq!(value(&scored(&[], &gold), "pairs/precision"), None);
}

#[test]
fn peers_self_pairs_and_both_directions_are_one_pair_or_none() {
    // NEWS-COPY's same-day loop emits both.
    let gold = gold();
    let doubled = scored(&[(0, 3, 0.9), (3, 0, 0.9), (0, 0, 1.0)], &gold);
    assert_eq!(value(&doubled, "pairs/precision"), Some(1.0));
    assert_eq!(value(&doubled, "pairs/recall"), Some(0.25));
}

#[test]
fn peers_verified_clusters_split_a_chain() {
    // 0-3 and 3-7 hold, 0-7 was compared and refused: verification must not put 7 back by the old component.
    let gold = gold();
    let chain = comparison(&[(0, 3, 0.9), (0, 7, 0.1), (3, 7, 0.6)]);
    let of = |clustering| score(Level::Segment, &chain, 0.5, clustering, &gold);
    assert_eq!(
        value(&of(Clustering::Components), "closure/precision"),
        Some(1.0 / 3.0)
    );
    assert_eq!(
        value(&of(Clustering::CompleteLink), "closure/precision"),
        Some(1.0)
    );
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

/// The slow twin: judges every pair of units from the words of the guidelines.
fn naive(gold: &Gold, predicted: impl Fn(u32, u32) -> bool) -> Counts {
    let segments = gold.segments.as_deref().unwrap_or_default();
    let of = |members: &'_ Option<Vec<crate::label::GroupMember>>, segment: u32| {
        members
            .as_deref()
            .unwrap_or_default()
            .iter()
            .find(|m| m.segment == segment as usize)
            .cloned()
    };
    let mut table = Counts {
        true_negatives: Some(0.0),
        ..Counts::default()
    };
    for b in 0..segments.len() as u32 {
        for a in 0..b {
            let (copy_a, copy_b) = (of(&gold.copy_groups, a), of(&gold.copy_groups, b));
            let (plate_a, plate_b) = (
                of(&gold.boilerplate_groups, a),
                of(&gold.boilerplate_groups, b),
            );
            let same_plate = plate_a.is_some_and(|a| plate_b.is_some_and(|b| a.group == b.group));
            let doubtful = [&copy_a, &copy_b]
                .iter()
                .any(|m| m.as_ref().is_some_and(|m| m.doubtful));
            if segments[a as usize].document == segments[b as usize].document
                || same_plate
                || doubtful
            {
                continue;
            }
            let mut positive = false;
            if let (Some(a), Some(b)) = (copy_a, copy_b)
                && a.group == b.group
            {
                if a.piece.is_some() && b.piece.is_some() && a.piece != b.piece {
                    continue;
                }
                positive = true;
            }
            match (positive, predicted(a, b)) {
                (true, true) => table.true_positives += 1.0,
                (false, true) => table.false_positives += 1.0,
                (true, false) => table.false_negatives += 1.0,
                (false, false) => table.true_negatives = table.true_negatives.map(|n| n + 1.0),
            }
        }
    }
    table
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn counts_equal_the_naive_twin(
        groups in prop::collection::vec(0usize..4, 9),
        pieces in prop::collection::vec(prop::option::of(1u32..3), 9),
        doubts in prop::collection::vec(prop::bool::weighted(0.15), 9),
        plates in prop::collection::vec(prop::bool::weighted(0.3), 9),
        pairs in prop::collection::vec((0u32..9, 0u32..9, 0u32..11), 0..14),
    ) {
        let mut gold = gold();
        // Group 0 stands for none.
        gold.copy_groups = Some((0..9).filter(|&n| groups[n] > 0).map(|n| crate::label::GroupMember {
            piece: pieces[n], doubtful: doubts[n], ..member(&groups[n].to_string(), n)
        }).collect());
        gold.boilerplate_groups =
            Some((0..9).filter(|&n| groups[n] == 0 && plates[n]).map(|n| member("c", n)).collect());
        gold.same_fact = None;
        let pairs: Vec<(u32, u32, f64)> = pairs.into_iter().map(|(a, b, s)| (a, b, f64::from(s) / 10.0)).collect();
        let scored = scored(&pairs, &gold);
        let emitted = |a: u32, b: u32| {
            pairs.iter().any(|p| ((p.0, p.1) == (a, b) || (p.1, p.0) == (a, b)) && p.2 >= 0.5)
        };
        // Connected by breadth-first search, another way than union-find.
        let connected = |a: u32, b: u32| {
            let mut seen = vec![a];
            let mut at = 0;
            while at < seen.len() {
                let from = seen[at];
                at += 1;
                for unit in 0..9 {
                    if !seen.contains(&unit) && (emitted(from, unit) || emitted(unit, from)) {
                        seen.push(unit);
                    }
                }
            }
            seen.contains(&b)
        };
        for (rule, expected) in [("pairs", naive(&gold, emitted)), ("closure", naive(&gold, connected))] {
            let measure = scored.measures.iter().find(|m| m.match_rule == rule && m.metric == "mcc");
            prop_assert_eq!(measure.and_then(|m| m.counts), Some(expected), "{}", rule);
            let folded = fold(&scored.outcomes);
            let all = folded.iter().find(|m| m.slice == "all" && m.match_rule == rule);
            if let Some(counts) = all.and_then(|m| m.counts) {
                prop_assert_eq!(Counts { true_negatives: expected.true_negatives, ..counts }, expected);
            } else {
                prop_assert_eq!(expected.true_positives + expected.false_positives + expected.false_negatives, 0.0);
            }
        }
    }
}
