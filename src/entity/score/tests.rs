mod mutants;

use proptest::prelude::*;

use super::*;
use crate::label::{Judged, Nesting};
use crate::metrics::fold::fold;
use crate::test_gold::{self, garble, mention, predicted, value, with_segments};

const TEXTS: [&str; 2] = [
    "U.S. Embassy in Baghdad, said Ali Khamenei on Monday.",
    "Iran and Iraq met Ali Khamenei near Kirkuk in the north.",
];

/// Two documents, eight mentions of four types, one of them nested.
fn gold() -> Gold {
    let mut gold = with_segments(test_gold::gold(&TEXTS), &[(0, 0, 53), (1, 0, 56)]);
    let mut mentions = vec![
        mention(0, 0, 12, "FAC"),
        mention(0, 0, 4, "GPE"),
        mention(0, 16, 23, "GPE"),
        mention(0, 30, 42, "PER"),
        mention(1, 0, 4, "GPE"),
        mention(1, 9, 13, "GPE"),
        mention(1, 18, 30, "PER"),
        mention(1, 36, 42, "LOC"),
    ];
    mentions[1].nesting = Nesting::Inner;
    let entities = [
        "embassy", "us", "baghdad", "ali", "iran", "iraq", "ali", "kirkuk",
    ];
    for (mention, entity) in mentions.iter_mut().zip(entities) {
        mention.entity = entity.to_owned();
    }
    gold.mentions = Some(mentions);
    gold
}

fn perfect(gold: &Gold) -> Vec<PredictedMention> {
    let layer = gold.mentions.as_deref().unwrap_or_default();
    layer.iter().map(predicted).collect()
}

#[test]
fn a_perfect_prediction_is_perfect_everywhere() {
    let gold = gold();
    let scored = mentions(&perfect(&gold), &gold);
    for measure in fold(&scored.outcomes) {
        assert_eq!(measure.value, Some(1.0), "{measure:?}");
    }
    assert_eq!(value(&scored, "unique-surface/f1"), Some(1.0));
    assert_eq!(value(&scored, "strict/correct"), Some(8.0));
    assert_eq!(value(&scored, "strict/spurious"), Some(0.0));
}

#[test]
fn doubtful_mentions_leave_both_sides() {
    let mut gold = gold();
    if let Some(layer) = &mut gold.mentions {
        layer[2].doubtful = true;
    }
    let full = perfect(&gold);
    let found = mentions(&full, &gold);
    let mut without = full.clone();
    without.remove(2);
    let missed = mentions(&without, &gold);
    let mut shifted = full;
    shifted[2].span.end -= 2;
    shifted[2].entity_type = "ORG".to_owned();
    let touched = mentions(&shifted, &gold);
    for scored in [&found, &missed, &touched] {
        for measure in fold(&scored.outcomes).iter().filter(|m| m.slice == "all") {
            assert_eq!(measure.value, Some(1.0), "{measure:?}");
            assert_eq!(measure.support, Some(7));
        }
        assert_eq!(value(scored, "unique-surface/f1"), Some(1.0));
    }
    let ignored = |scored: &Scored| {
        scored
            .outcomes
            .iter()
            .filter(|o| o.verdict == Verdict::Ignored)
            .count()
    };
    assert_eq!([&found, &missed, &touched].map(ignored), [4, 0, 4]);
}

#[test]
fn only_listed_mentions_are_judged_where_the_layer_says_so() {
    let mut gold = gold();
    gold.judged.insert("mentions".to_owned(), Judged::Listed);
    let mut prediction = perfect(&gold);
    prediction.push(predicted(&mention(0, 46, 52, "PER")));
    assert_eq!(
        value(&mentions(&prediction, &gold), "strict/precision"),
        Some(1.0)
    );
    // Beside a judged mention the ground is judged.
    prediction.push(predicted(&mention(0, 30, 33, "PER")));
    assert_eq!(
        value(&mentions(&prediction, &gold), "strict/precision"),
        Some(8.0 / 9.0)
    );
}

#[test]
fn slices_tell_what_garble_costs() {
    let mut gold = gold();
    gold.garbles = Some(vec![
        garble(1, 43, 45, "syntax", "minor"),
        garble(0, 46, 52, "boilerplate", "minor"),
    ]);
    let mut prediction = perfect(&gold);
    prediction.remove(4);
    let folded = fold(&mentions(&prediction, &gold).outcomes);
    let recall = |slice: &str| {
        let found = folded
            .iter()
            .find(|m| m.slice == slice && m.match_rule == "strict" && m.metric == "recall");
        found.and_then(|m| m.value)
    };
    assert_eq!(recall("segment=garbled"), Some(0.75));
    assert_eq!(recall("segment=clean"), Some(1.0));
    assert_eq!(recall("nesting=inner"), Some(1.0));
    assert_eq!(recall("document=001_x"), Some(0.75));
    assert_eq!(recall("zone=body"), Some(0.875));
    let ids: Vec<String> = mentions(&prediction, &gold)
        .outcomes
        .into_iter()
        .map(|o| o.item)
        .collect();
    assert!(ids.contains(&"toy/mention/001:0-4".to_owned()), "{ids:?}");
}

fn clusters_of(gold: &Gold) -> Vec<u32> {
    let layer = gold.mentions.as_deref().unwrap_or_default();
    let first = |entity: &str| layer.iter().position(|m| m.entity == entity).unwrap_or(0) as u32;
    layer.iter().map(|m| first(&m.entity)).collect()
}

#[test]
fn doubtful_mentions_leave_both_sides_of_clusters() {
    let mut gold = gold();
    if let Some(layer) = &mut gold.mentions {
        layer[6].doubtful = true;
    }
    let mut clusters = clusters_of(&gold);
    let before = resolution(&clusters, &gold);
    clusters[6] = clusters[0];
    assert_eq!(before, resolution(&clusters, &gold));
    assert_eq!(value(&before, "b_cubed_f1"), Some(1.0));
}

#[test]
fn missed_and_invented_mentions_count_end_to_end() {
    let gold = gold();
    let all = perfect(&gold);
    let clusters = clusters_of(&gold);
    let perfect = end_to_end(&all, &clusters, &gold);
    assert_eq!(value(&perfect, "b_cubed_f1"), Some(1.0));
    // Two of eight mentions found, rightly resolved: no metric may be perfect on the common ones alone.
    let few = end_to_end(&[all[3].clone(), all[6].clone()], &[1, 1], &gold);
    assert_eq!(value(&few, "exact-cluster/recall"), Some(0.25));
    // An invented mention in the cluster of a right one.
    let mut more = all.clone();
    more.push(predicted(&mention(0, 46, 52, "PER")));
    let mut labels = clusters.clone();
    labels.push(labels[3]);
    let more = end_to_end(&more, &labels, &gold);
    assert!(value(&more, "b_cubed_precision") < Some(1.0));
    assert_eq!(value(&more, "exact-cluster/recall"), Some(0.75));
    // The type does not matter for the alignment, the span does.
    let mut shifted = all;
    shifted[3].entity_type = "ORG".to_owned();
    assert_eq!(
        value(&end_to_end(&shifted, &clusters, &gold), "b_cubed_f1"),
        Some(1.0)
    );
    shifted[3].span.end -= 1;
    assert!(value(&end_to_end(&shifted, &clusters, &gold), "b_cubed_f1") < Some(1.0));
}

#[test]
fn a_gold_set_without_mentions_or_entities_scores_nothing() {
    let bare = test_gold::gold(&["text"]);
    assert_eq!(
        mentions(&[predicted(&mention(0, 0, 4, "PER"))], &bare),
        Scored::default()
    );
    assert_eq!(resolution(&[], &bare), Scored::default());
    assert_eq!(end_to_end(&[], &[], &bare), Scored::default());
    let mut named = bare;
    named.mentions = Some(vec![Mention {
        entity: String::new(),
        ..mention(0, 0, 4, "PER")
    }]);
    assert_eq!(resolution(&[0], &named), Scored::default());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// Folded counts equal the grades of the alignment, whatever is predicted, and an empty document changes nothing.
    #[test]
    fn folded_counts_equal_the_grades(
        spans in prop::collection::vec((0usize..2, 0usize..50, 1usize..12, 0usize..4), 0..12)
    ) {
        let mut gold = gold();
        let prediction: Vec<PredictedMention> = spans
            .into_iter()
            .map(|(document, start, length, label)| {
                predicted(&mention(document, start, start + length, ["PER", "GPE", "LOC", "FAC"][label]))
            })
            .collect();
        let scored = mentions(&prediction, &gold);
        for rule in Rule::ALL {
            let of = |code: &str| value(&scored, &format!("{}/{code}", rule.name())).unwrap_or(0.0);
            let credit = of("correct") + 0.5 * of("partial");
            let ratio = |whole: f64| (whole > 0.0).then(|| credit / whole);
            prop_assert_eq!(value(&scored, &format!("{}/precision", rule.name())), ratio(prediction.len() as f64));
            prop_assert_eq!(value(&scored, &format!("{}/recall", rule.name())), ratio(8.0));
        }
        // The way without outcomes gives the same rows.
        let mut quick = mention_measures(&prediction, &gold);
        let mut slow = fold(&scored.outcomes);
        slow.retain(|m| m.slice == "all" || m.slice.starts_with("entity_type=") || m.slice.starts_with("nesting="));
        let grades = ["correct", "incorrect", "partial", "missing", "spurious"];
        // The quick way leaves out the CoNLL-4 view.
        let other = scored.measures.iter().filter(|m| !m.slice.starts_with("view="));
        let other = other.filter(|m| m.slice == "all" || !grades.contains(&m.metric.as_str()));
        slow.extend(other.cloned());
        for measures in [&mut quick, &mut slow] {
            measures.sort_by(|a, b| {
                (&a.slice, &a.match_rule, &a.metric).cmp(&(&b.slice, &b.match_rule, &b.metric))
            });
        }
        prop_assert_eq!(quick, slow);
        // Strict is never better than exact or type, nor these than partial credit allows.
        prop_assert!(value(&scored, "strict/recall") <= value(&scored, "exact/recall"));
        prop_assert!(value(&scored, "strict/recall") <= value(&scored, "type/recall"));
        prop_assert!(value(&scored, "exact/recall") <= value(&scored, "partial/recall"));
        gold.corpus.documents.push(crate::corpus::Document { id: "002_x".to_owned(), text: String::new() });
        gold.stories.push("story".to_owned());
        prop_assert_eq!(scored, mentions(&prediction, &gold));
    }
}

#[test]
fn listed_mention_pairs_are_judged_and_nothing_else() {
    use crate::label::MentionPair;
    let mut gold = gold();
    for mention in gold.mentions.iter_mut().flatten() {
        mention.entity.clear();
    }
    let pair = |a, b, same| MentionPair { a, b, same };
    // Found, missed, wrongly joined, rightly kept apart; 6 and 7 share a cluster but are not listed.
    gold.mention_pairs = Some(vec![
        pair(3, 6, true),
        pair(0, 1, true),
        pair(4, 5, false),
        pair(2, 7, false),
    ]);
    let scored = resolution(&[0, 1, 2, 3, 4, 4, 3, 3], &gold);
    let verdicts: Vec<Verdict> = scored.outcomes.iter().map(|o| o.verdict).collect();
    let expected = [
        Verdict::TruePositive,
        Verdict::FalseNegative,
        Verdict::FalsePositive,
    ];
    assert_eq!(verdicts, expected);
    let f1 = fold(&scored.outcomes)
        .into_iter()
        .find(|m| m.slice == "all" && m.metric == "f1");
    assert_eq!(f1.unwrap().value, Some(0.5));
    // A gold without the layer has no such outcome.
    gold.mention_pairs = None;
    assert!(resolution(&[0; 8], &gold).outcomes.is_empty());
}
