mod mutants;
mod twin;

use super::*;
use crate::corpus::Span;
use crate::label::Preference;
use crate::metrics::fold::fold;
use crate::task::{Counts, Verdict};
use crate::test_gold::{self, flag, garble, value, values, with_segments};

/// Two documents of four segments each; letters at even places are tokens of one character.
const TEXT: &str = "a b c d e f g h i j k l m n o p q r s t";

/// Five garbles, one of them boilerplate, in four of the eight segments.
fn gold() -> Gold {
    let spans: Vec<(usize, usize, usize)> = (0..8)
        .map(|n| (n / 4, n % 4 * 10, n % 4 * 10 + 9))
        .collect();
    let mut gold = with_segments(test_gold::gold(&[TEXT, TEXT]), &spans);
    gold.garbles = Some(vec![
        garble(0, 0, 5, "syntax", "minor"),
        garble(0, 12, 13, "meaning", "critical"),
        garble(0, 16, 17, "token", "major"),
        garble(1, 30, 39, "boilerplate", "minor"),
        garble(1, 20, 25, "lexical", "minor"),
    ]);
    if let Some(garbles) = &mut gold.garbles {
        garbles.sort_by_key(|garble| (garble.document, garble.span));
    }
    gold
}

fn perfect(gold: &Gold) -> Vec<PredictedGarble> {
    let garbles = gold.garbles.as_deref().unwrap_or_default();
    garbles
        .iter()
        .map(|garble| PredictedGarble {
            category: garble.category.clone(),
            ..flag(garble.document, garble.span.start, garble.span.end, 0.9)
        })
        .collect()
}

fn spans(predicted: &[PredictedGarble], gold: &Gold) -> Scored {
    score(Level::Span, Granularity::Span, predicted, 0.5, gold)
}

fn watched(key: &str) -> bool {
    let metrics = [
        "precision",
        "recall",
        "f1",
        "average_precision",
        "severity_weighted_recall",
        "mcc",
    ];
    key.split_once('/')
        .is_some_and(|(_, metric)| metrics.contains(&metric))
}

#[test]
fn a_perfect_prediction_is_perfect_everywhere() {
    let gold = gold();
    for level in [Level::Span, Level::Segment] {
        let scored = score(level, Granularity::Span, &perfect(&gold), 0.5, &gold);
        for measure in fold(&scored.outcomes) {
            assert_eq!(measure.value, Some(1.0), "{measure:?}");
        }
        for (key, value) in values(&scored).iter().filter(|(key, _)| watched(key)) {
            assert_eq!(*value, Some(1.0), "{key}");
        }
    }
    let folded = fold(&spans(&perfect(&gold), &gold).outcomes);
    let support = |slice: &str, rule: &str| {
        let found = folded
            .iter()
            .find(|m| m.slice == slice && m.match_rule == rule && m.metric == "recall");
        found.and_then(|m| m.support)
    };
    assert_eq!(support("all", "overlap"), Some(5));
    assert_eq!(support("all", "character"), Some(5 + 1 + 1 + 9 + 5));
    assert_eq!(support("severity=minor", "exact"), Some(3));
    assert_eq!(support("category=boilerplate", "character"), Some(9));
    assert_eq!(support("zone=body", "overlap"), Some(5));
}

#[test]
fn doubtful_garble_is_on_neither_side_of_any_rule() {
    let mut gold = gold();
    if let Some(garbles) = &mut gold.garbles {
        garbles[0].doubtful = true;
    }
    let full = perfect(&gold);
    let without = full[1..].to_vec();
    let mut inside = full.clone();
    inside[0].span = Span::new(2, 3);
    for predicted in [full, without, inside] {
        for level in [Level::Span, Level::Segment] {
            let scored = score(level, Granularity::Span, &predicted, 0.5, &gold);
            for (key, value) in values(&scored).iter().filter(|(key, _)| watched(key)) {
                assert_eq!(*value, Some(1.0), "{level} {key}");
            }
        }
    }
    // Characters beside the doubtful ones count.
    let mut beyond = perfect(&gold);
    beyond[0].span.end = 7;
    let scored = spans(&beyond, &gold);
    assert_eq!(value(&scored, "overlap/precision"), Some(1.0));
    assert_eq!(value(&scored, "character/precision"), Some(16.0 / 18.0));
}

#[test]
fn segments_with_boilerplate_only_leave_the_slice_without_it() {
    let gold = gold();
    let mut predicted = perfect(&gold);
    predicted.retain(|p| p.category != "boilerplate");
    let scored = score(Level::Segment, Granularity::Segment, &predicted, 0.5, &gold);
    let find = |slice: &str, metric: &str| {
        let folded = fold(&scored.outcomes);
        let mut all = folded.iter().chain(&scored.measures);
        all.find(|m| m.slice == slice && m.metric == metric)
            .cloned()
    };
    assert_eq!(find("all", "recall").and_then(|m| m.value), Some(0.75));
    assert_eq!(
        find("boilerplate=without", "recall").and_then(|m| m.value),
        Some(1.0)
    );
    assert_eq!(
        find("boilerplate=without", "mcc").and_then(|m| m.value),
        Some(1.0)
    );
    let counts = find("all", "mcc").and_then(|m| m.counts);
    let expected = Counts {
        true_positives: 3.0,
        false_positives: 0.0,
        false_negatives: 1.0,
        true_negatives: Some(4.0),
    };
    assert_eq!(counts, Some(expected));
    // 12 / sqrt(3 * 4 * 4 * 5)
    let mcc = find("all", "mcc").and_then(|m| m.value).unwrap_or(0.0);
    assert!((mcc - 12.0 / 240f64.sqrt()).abs() < 1e-12);
}

#[test]
fn a_level_finer_than_the_granularity_is_empty() {
    let gold = gold();
    let predicted = perfect(&gold);
    let of = |level, granularity| score(level, granularity, &predicted, 0.5, &gold);
    assert_eq!(of(Level::Span, Granularity::Segment), Scored::default());
    assert_eq!(of(Level::Segment, Granularity::Document), Scored::default());
    assert_ne!(
        of(Level::Document, Granularity::Document),
        Scored::default()
    );
    let bare = test_gold::gold(&[TEXT]);
    let on_bare = |level| score(level, Granularity::Span, &predicted[..1], 0.5, &bare);
    assert_eq!(
        [Level::Span, Level::Segment, Level::Document].map(on_bare),
        [(); 3].map(|()| Scored::default())
    );
}

#[test]
fn documents_are_ranked_by_the_weighted_share_of_garbled_tokens() {
    let mut gold = test_gold::gold(&["a b c d", "a b c d", "a b c d"]);
    gold.garbles = Some(vec![
        garble(1, 0, 3, "syntax", "minor"),
        garble(2, 0, 1, "meaning", "critical"),
    ]);
    // Gold: 0, 2/4, 5/4. The prediction ranks them 0, 2, 1.
    let predicted = [flag(1, 0, 7, 0.8), flag(2, 0, 7, 0.3)];
    let of = |granularity| score(Level::Document, granularity, &predicted, 0.5, &gold);
    assert_eq!(value(&of(Granularity::Document), "spearman"), Some(0.5));
    let kendall = value(&of(Granularity::Document), "kendall").unwrap_or(0.0);
    assert!((kendall - 1.0 / 3.0).abs() < 1e-12);
    // By spans only what reaches the threshold is flagged: 0, 1, 0.
    assert_eq!(
        value(&of(Granularity::Span), "spearman").map(|v| v.abs() < 1e-12),
        Some(true)
    );
}

#[test]
fn minimal_pairs_are_won_by_ranking_the_clean_text_cleaner() {
    let mut gold = test_gold::gold(&["a b", "a b", "a b", "a b"]);
    let pair = |clean, damaged| Preference {
        clean,
        damaged,
        category: "negation".to_owned(),
    };
    gold.preferences = Some(vec![pair(0, 1), pair(2, 3), pair(2, 0)]);
    let predicted = [flag(1, 0, 1, 0.9), flag(2, 0, 1, 0.9)];
    let scored = score(Level::Document, Granularity::Span, &predicted, 0.5, &gold);
    assert_eq!(value(&scored, "preference/preference"), Some(1.0 / 3.0));
    assert_eq!(value(&scored, "preference/preference_ties"), Some(0.0));
    assert_eq!(value(&scored, "preference/recall"), Some(1.0 / 3.0));
    assert!(!values(&scored).contains_key("preference/precision"));
    let silent = score(Level::Document, Granularity::Span, &[], 0.5, &gold);
    assert_eq!(value(&silent, "preference/preference"), Some(0.0));
    assert_eq!(value(&silent, "preference/preference_ties"), Some(1.0));
}

#[test]
fn critical_recall_takes_the_expected_value_over_ties() {
    // 40 tokens: 5 % are 2, 10 % are 4. Three flagged at 0.9, of which one is the critical one: 2 of 3 are drawn.
    let gold = gold();
    let predicted = [
        flag(0, 12, 13, 0.9),
        flag(1, 0, 3, 0.9),
        flag(0, 16, 17, 0.2),
    ];
    let scored = spans(&predicted, &gold);
    let two_thirds = value(&scored, "token/critical_recall_at_5").unwrap_or(0.0);
    assert!((two_thirds - 2.0 / 3.0).abs() < 1e-12);
    assert_eq!(value(&scored, "token/tokens_flagged_at_5"), Some(2.0));
    assert_eq!(value(&scored, "token/critical_recall_at_10"), Some(1.0));
    assert_eq!(value(&scored, "token/critical_found_at_10"), Some(1.0));
    // Nothing beyond what was predicted is ever flagged.
    assert_eq!(value(&scored, "token/tokens_flagged_at_10"), Some(4.0));
    assert_eq!(
        value(&spans(&[], &gold), "token/tokens_flagged_at_10"),
        Some(0.0)
    );
    assert_eq!(
        value(&spans(&[], &gold), "token/critical_recall_at_5"),
        Some(0.0)
    );
    let mut harmless = gold;
    if let Some(garbles) = &mut harmless.garbles {
        garbles.retain(|garble| garble.severity != "critical");
    }
    assert_eq!(
        value(&spans(&predicted, &harmless), "token/critical_recall_at_5"),
        None
    );
}
