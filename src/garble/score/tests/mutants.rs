//! Every way to damage flagged garble lowers exactly the metrics that it should; other orders none.

use super::*;
use crate::test_gold::{assert_same_values, joined, keys, moved};

fn damage(level: Level, change: impl Fn(&mut Vec<PredictedGarble>)) -> Vec<String> {
    let gold = gold();
    let of = |predicted: &[PredictedGarble]| score(level, Granularity::Span, predicted, 0.5, &gold);
    let before = perfect(&gold);
    let mut after = before.clone();
    change(&mut after);
    moved(&of(&before), &of(&after), watched)
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
    assert_eq!(
        span(everything),
        joined(&[
            keys("-", "exact", "f1 precision recall severity_weighted_recall"),
            keys("-", "overlap", "f1 recall severity_weighted_recall"),
            keys("-", "character", "f1 precision"),
            keys("-", "token", "average_precision"),
        ])
    );
    // With every segment flagged, no segment is a true negative: precision falls and MCC has no meaning.
    let all_segments = joined(&[
        keys("-", "overlap", "f1 precision"),
        keys("?", "overlap", "mcc"),
    ]);
    assert_eq!(segment(everything), all_segments);
    let gold = gold();
    let mut all = perfect(&gold);
    everything(&mut all);
    assert_eq!(value(&spans(&all, &gold), "overlap/recall"), Some(0.4));
    // Every token by itself: each garble is touched, those of one token are even exact, the blanks between are missed.
    let tokens = |p: &mut Vec<PredictedGarble>| {
        *p = (0..40)
            .map(|n| flag(n / 20, n % 20 * 2, n % 20 * 2 + 1, 0.9))
            .collect();
    };
    assert_eq!(
        span(tokens),
        joined(&[
            keys("-", "exact", "f1 precision recall severity_weighted_recall"),
            keys("-", "overlap", "f1 precision"),
            keys("-", "character", "f1 precision recall"),
            keys("-", "token", "average_precision"),
        ])
    );
    assert_eq!(segment(tokens), all_segments);
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
    for level in [Level::Span, Level::Segment] {
        assert_eq!(damage(level, |p| p.reverse()), [""; 0]);
    }
    // Documents in another order: no figure over all.
    let mut other = gold.clone();
    let swap = |document: &mut usize| *document = 1 - *document;
    if let Some(garbles) = &mut other.garbles {
        garbles.iter_mut().for_each(|g| swap(&mut g.document));
        garbles.sort_by_key(|g| (g.document, g.span));
    }
    let mut swapped = shuffled.clone();
    swapped.iter_mut().for_each(|p| swap(&mut p.document));
    for level in [Level::Span, Level::Segment, Level::Document] {
        let of = |predicted: &[PredictedGarble], gold: &Gold| {
            score(level, Granularity::Span, predicted, 0.5, gold)
        };
        assert_same_values(&of(&shuffled, &gold), &of(&swapped, &other));
    }
}

#[test]
fn each_mutant_of_a_ranking_of_documents_lowers_exactly_what_it_should() {
    let mut gold = test_gold::gold(&["a b c d"; 3]);
    gold.garbles = Some(vec![
        garble(1, 0, 3, "syntax", "minor"),
        garble(2, 0, 3, "meaning", "critical"),
    ]);
    let pair = |clean, damaged| Preference {
        clean,
        damaged,
        category: String::new(),
    };
    gold.preferences = Some(vec![pair(0, 1), pair(0, 2)]);
    let of = |predicted: &[PredictedGarble]| {
        score(Level::Document, Granularity::Span, predicted, 0.5, &gold)
    };
    // Shares 0, 1/4 and 4/4.
    let perfect = vec![flag(1, 0, 1, 0.9), flag(2, 0, 7, 0.9)];
    let before = of(&perfect);
    let watched = |key: &str| ["spearman", "kendall", "preference/preference"].contains(&key);
    for (key, value) in values(&before).iter().filter(|(key, _)| watched(key)) {
        assert_eq!(*value, Some(1.0), "{key}");
    }
    let damage = |change: &dyn Fn(&mut Vec<PredictedGarble>)| {
        let mut predicted = perfect.clone();
        change(&mut predicted);
        moved(&before, &of(&predicted), watched)
    };
    let all = ["-kendall", "-preference/preference", "-spearman"];
    // Two documents exchanged: both are still worse than the clean one.
    let exchange =
        |p: &mut Vec<PredictedGarble>| p.iter_mut().for_each(|g| g.document = 3 - g.document);
    assert_eq!(damage(&exchange), ["-kendall", "-spearman"]);
    // One lost, one below the threshold, one invented in the clean document.
    assert_eq!(damage(&|p| drop(p.remove(0))), all);
    assert_eq!(damage(&|p| p[0].confidence = 0.4), all);
    assert_eq!(damage(&|p| p.push(flag(0, 0, 7, 0.9))), all);
    // Everything and nothing rank nothing.
    let nothing = ["-preference/preference", "?kendall", "?spearman"];
    assert_eq!(damage(&Vec::clear), nothing);
    assert_eq!(
        damage(&|p| *p = (0..3).map(|document| flag(document, 0, 7, 0.9)).collect()),
        nothing
    );
    // The same twice, a boundary between the same tokens, another order, another category.
    assert_eq!(damage(&|p| p.push(p[0].clone())), [""; 0]);
    assert_eq!(damage(&|p| p[0].span.end = 2), [""; 0]);
    assert_eq!(damage(&|p| p.reverse()), [""; 0]);
    assert_eq!(damage(&|p| p[0].category = "name".to_owned()), [""; 0]);
}

#[test]
fn an_empty_document_changes_no_span_and_no_segment() {
    let gold = gold();
    let mut predicted = perfect(&gold);
    predicted[0].span.end = 9;
    predicted.push(flag(1, 2, 3, 0.7));
    let mut more = gold.clone();
    more.corpus = test_gold::gold(&[TEXT, TEXT, ""]).corpus;
    more.stories.push("story".to_owned());
    for level in [Level::Span, Level::Segment] {
        let of = |gold: &Gold| score(level, Granularity::Span, &predicted, 0.5, gold);
        assert_eq!(of(&gold), of(&more), "{level}");
    }
}
