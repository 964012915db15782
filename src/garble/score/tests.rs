use proptest::prelude::*;

use super::*;
use crate::corpus::Span;
use crate::label::Preference;
use crate::metrics::fold::fold;
use crate::task::{Counts, Verdict};
use crate::test_gold::{self, flag, garble, keys, moved, value, values, with_segments};

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

fn damage(level: Level, change: impl Fn(&mut Vec<PredictedGarble>)) -> Vec<String> {
    let gold = gold();
    let of = |predicted: &[PredictedGarble]| score(level, Granularity::Span, predicted, 0.5, &gold);
    let before = perfect(&gold);
    let mut after = before.clone();
    change(&mut after);
    moved(&of(&before), &of(&after), watched)
}

fn joined(parts: &[Vec<String>]) -> Vec<String> {
    let mut all = parts.concat();
    all.sort();
    all
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
fn each_mutant_lowers_exactly_what_it_should() {
    let span = |change: fn(&mut Vec<PredictedGarble>)| damage(Level::Span, change);
    let segment = |change: fn(&mut Vec<PredictedGarble>)| damage(Level::Segment, change);
    // A lost garble.
    let lose = |p: &mut Vec<PredictedGarble>| {
        p.remove(0);
    };
    assert_eq!(
        span(lose),
        joined(&[
            keys("-", "overlap exact character", "f1 recall"),
            keys("-", "overlap exact", "severity_weighted_recall"),
            keys("-", "token", "average_precision"),
        ])
    );
    assert_eq!(segment(lose), keys("-", "overlap", "f1 mcc recall"));
    // An invented one, in a clean segment.
    let invent = |p: &mut Vec<PredictedGarble>| p.push(flag(1, 0, 3, 0.95));
    assert_eq!(
        span(invent),
        joined(&[
            keys("-", "overlap exact character", "f1 precision"),
            keys("-", "token", "average_precision"),
        ])
    );
    assert_eq!(segment(invent), keys("-", "overlap", "f1 mcc precision"));
    // The same one twice: only one-to-one matching minds.
    let repeat = |p: &mut Vec<PredictedGarble>| p.push(p[0].clone());
    assert_eq!(span(repeat), keys("-", "overlap exact", "f1 precision"));
    assert_eq!(segment(repeat), [""; 0]);
    // A boundary too short: the overlap stands.
    let shorten = |p: &mut Vec<PredictedGarble>| p[0].span.end = 3;
    assert_eq!(
        span(shorten),
        joined(&[
            keys("-", "exact", "f1 precision recall severity_weighted_recall"),
            keys("-", "character", "f1 recall"),
            keys("-", "token", "average_precision"),
        ])
    );
    assert_eq!(segment(shorten), [""; 0]);
    // A boundary too long, inside the segment.
    let widen = |p: &mut Vec<PredictedGarble>| p[0].span.end = 7;
    assert_eq!(
        span(widen),
        joined(&[
            keys("-", "exact", "f1 precision recall severity_weighted_recall"),
            keys("-", "character", "f1 precision"),
            keys("-", "token", "average_precision"),
        ])
    );
    // One garble cut in two; the characters do not mind but for the blank between.
    let cut = |p: &mut Vec<PredictedGarble>| {
        p[0].span.end = 2;
        p.push(flag(0, 2, 5, 0.9));
    };
    assert_eq!(
        span(cut),
        joined(&[
            keys("-", "exact", "f1 precision recall severity_weighted_recall"),
            keys("-", "overlap", "f1 precision"),
        ])
    );
    // Two garbles taken for one.
    let join = |p: &mut Vec<PredictedGarble>| {
        p[1].span.end = 17;
        p.remove(2);
    };
    assert_eq!(
        span(join),
        joined(&[
            keys("-", "exact", "f1 precision recall severity_weighted_recall"),
            keys("-", "overlap", "f1 recall severity_weighted_recall"),
            keys("-", "character", "f1 precision"),
            keys("-", "token", "average_precision"),
        ])
    );
    // One span over everything is one hit, not five.
    let everything =
        |p: &mut Vec<PredictedGarble>| *p = vec![flag(0, 0, 39, 0.9), flag(1, 0, 39, 0.9)];
    let gold = gold();
    let mut all = perfect(&gold);
    everything(&mut all);
    assert_eq!(value(&spans(&all, &gold), "overlap/recall"), Some(0.4));
    assert_eq!(value(&spans(&all, &gold), "character/recall"), Some(1.0));
    // Another category moves no figure over all, but its slices.
    let rename = |p: &mut Vec<PredictedGarble>| p[0].category = "name".to_owned();
    assert_eq!(span(rename), [""; 0]);
    // Below the threshold: only the ranking still sees it.
    let doubt = |p: &mut Vec<PredictedGarble>| p[0].confidence = 0.4;
    assert_eq!(
        span(doubt),
        joined(&[
            keys("-", "overlap exact character", "f1 recall"),
            keys("-", "overlap exact", "severity_weighted_recall"),
        ])
    );
    // Another order: nothing at all.
    let mut shuffled = perfect(&gold);
    shuffled.push(flag(0, 2, 30, 0.7));
    let before = spans(&shuffled, &gold);
    shuffled.reverse();
    assert_eq!(before, spans(&shuffled, &gold));
    // Empty.
    let empty = spans(&[], &gold);
    for rule in ["overlap", "exact", "character"] {
        assert_eq!(value(&empty, &format!("{rule}/precision")), None);
        assert_eq!(value(&empty, &format!("{rule}/recall")), Some(0.0));
    }
    assert_eq!(value(&empty, "token/average_precision"), Some(0.0));
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

/// Every set of `drawn` out of `tied`, as bits.
fn draws(tied: usize, drawn: usize) -> impl Iterator<Item = u32> {
    (0u32..1 << tied).filter(move |set| set.count_ones() as usize == drawn)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn characters_tokens_and_segments_equal_their_naive_twins(
        golds in prop::collection::vec((0usize..2, 0usize..19, 1usize..4, 0usize..4), 0..6),
        flags in prop::collection::vec((0usize..2, 0usize..39, 1usize..9, 0u32..4), 0..9),
    ) {
        let mut gold = gold();
        let mut garbles: Vec<Garble> = golds
            .into_iter()
            .map(|(document, start, length, kind)| Garble {
                doubtful: kind == 3,
                ..garble(document, start * 2, (start * 2 + length).min(39), "token", ["minor", "major", "critical", "minor"][kind])
            })
            .collect();
        garbles.sort_by_key(|g| (g.document, g.span));
        let mut end = (usize::MAX, 0);
        garbles.retain(|g| {
            let free = end.0 != g.document || g.span.start >= end.1;
            if free {
                end = (g.document, g.span.end);
            }
            free
        });
        gold.garbles = Some(garbles.clone());
        let predicted: Vec<PredictedGarble> = flags
            .into_iter()
            .map(|(document, start, length, confidence)| {
                flag(document, start, (start + length).min(39), [0.2, 0.5, 0.7, 0.9][confidence as usize])
            })
            .collect();
        let scored = spans(&predicted, &gold);
        let folded = fold(&scored.outcomes);
        let counts = |rule: &str| {
            let found = folded.iter().find(|m| m.slice == "all" && m.match_rule == rule);
            found.and_then(|m| m.counts).unwrap_or_default()
        };
        let covers = |span: Span, at: usize| span.start <= at && at < span.end;
        let over = |document: usize, at: usize, doubtful: bool| {
            garbles.iter().any(|g| g.document == document && g.doubtful == doubtful && covers(g.span, at))
        };

        // Characters, one by one.
        let mut table = Counts::default();
        for document in 0..2 {
            for at in 0..TEXT.len() {
                let found = predicted
                    .iter()
                    .any(|p| p.document == document && p.confidence >= 0.5 && covers(p.span, at));
                match (over(document, at, false), found) {
                    (true, true) => table.true_positives += 1.0,
                    (true, false) => table.false_negatives += 1.0,
                    (false, true) if !over(document, at, true) => table.false_positives += 1.0,
                    _ => {}
                }
            }
        }
        prop_assert_eq!(counts("character"), table);

        // Tokens stand at even places: average precision threshold by threshold.
        let token = |document: usize, at: usize| {
            let sure = predicted.iter().filter(|p| p.document == document && covers(p.span, at));
            let confidence = sure.map(|p| p.confidence).fold(-1.0, f64::max);
            (over(document, at, false), confidence, !over(document, at, false) && over(document, at, true))
        };
        let tokens: Vec<(usize, usize, bool, f64)> = (0..2)
            .flat_map(|document| (0..20).map(move |n| (document, n * 2)))
            .map(|(document, at)| (document, at, token(document, at)))
            .filter(|(_, _, token)| !token.2)
            .map(|(document, at, token)| (document, at, token.0, token.1))
            .collect();
        let positives = tokens.iter().filter(|t| t.2).count() as f64;
        let mut expected = 0.0;
        let mut before = 0.0;
        for threshold in [0.9, 0.7, 0.5, 0.2] {
            let hits = tokens.iter().filter(|t| t.3 >= threshold && t.2).count() as f64;
            let all = tokens.iter().filter(|t| t.3 >= threshold).count() as f64;
            if hits > before {
                expected += (hits - before) / positives * hits / all;
            }
            before = hits;
        }
        match value(&scored, "token/average_precision") {
            Some(found) => prop_assert!((found - expected).abs() < 1e-12),
            None => prop_assert_eq!(positives, 0.0),
        }

        // Critical recall: the mean over every way to draw the tied tokens.
        for (percent, key) in [(5, "token/critical_recall_at_5"), (10, "token/critical_recall_at_10")] {
            let budget = tokens.len() * percent / 100;
            let mut ranked: Vec<&(usize, usize, bool, f64)> = tokens.iter().filter(|t| t.3 >= 0.0).collect();
            ranked.sort_by(|a, b| b.3.total_cmp(&a.3));
            let critical: Vec<&Garble> =
                garbles.iter().filter(|g| !g.doubtful && g.severity == "critical").collect();
            let border = ranked.get(budget.saturating_sub(1)).map_or(-1.0, |t| t.3);
            let sure: Vec<_> = ranked.iter().filter(|t| budget > 0 && t.3 > border).collect();
            let tied: Vec<_> = ranked.iter().filter(|t| budget > 0 && t.3 == border).collect();
            if tied.len() > 14 {
                continue;
            }
            let (mut found, mut ways) = (0.0, 0.0);
            for set in draws(tied.len(), (budget - sure.len().min(budget)).min(tied.len())) {
                ways += 1.0;
                for garble in &critical {
                    let hit = |t: &(usize, usize, bool, f64)| t.0 == garble.document && covers(garble.span, t.1);
                    let drawn = tied.iter().enumerate().any(|(n, t)| set & (1 << n) != 0 && hit(t));
                    found += f64::from(u8::from(drawn || sure.iter().any(|t| hit(t))));
                }
            }
            match value(&scored, key) {
                Some(value) => prop_assert!((value - found / ways / critical.len() as f64).abs() < 1e-9),
                None => prop_assert!(critical.is_empty()),
            }
        }

        // Segments.
        let of_segments = score(Level::Segment, Granularity::Span, &predicted, 0.5, &gold);
        let mut table = Counts { true_negatives: Some(0.0), ..Counts::default() };
        for segment in gold.segments.as_deref().unwrap_or_default() {
            let near = |document: usize, span: Span| document == segment.document && span.overlaps(segment.span);
            let certain = garbles.iter().any(|g| !g.doubtful && near(g.document, g.span));
            let doubtful = garbles.iter().any(|g| g.doubtful && near(g.document, g.span));
            let found = predicted.iter().any(|p| p.confidence >= 0.5 && near(p.document, p.span));
            match (certain, found) {
                (true, true) => table.true_positives += 1.0,
                (true, false) => table.false_negatives += 1.0,
                (false, _) if doubtful => {}
                (false, true) => table.false_positives += 1.0,
                (false, false) => table.true_negatives = table.true_negatives.map(|n| n + 1.0),
            }
        }
        let measure = of_segments.measures.iter().find(|m| m.slice == "all" && m.metric == "mcc");
        prop_assert_eq!(measure.and_then(|m| m.counts), Some(table));
        let listed = of_segments.outcomes.iter().filter(|o| o.verdict != Verdict::Ignored).count() as f64;
        prop_assert_eq!(listed, table.true_positives + table.false_positives + table.false_negatives);
    }
}
