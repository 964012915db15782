use proptest::prelude::*;

use super::*;
use crate::label::{Judged, Nesting};
use crate::metrics::fold::fold;
use crate::test_gold::{self, garble, keys, mention, moved, predicted, value, with_segments};

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

/// Precision, recall and F1 of the five tables.
fn watched(key: &str) -> bool {
    let metrics = ["precision", "recall", "f1"];
    key.split_once('/')
        .is_some_and(|(_, metric)| metrics.contains(&metric))
}

fn damage(change: impl Fn(&mut Vec<PredictedMention>)) -> Vec<String> {
    let gold = gold();
    let mut prediction = perfect(&gold);
    let before = mentions(&prediction, &gold);
    change(&mut prediction);
    moved(&before, &mentions(&prediction, &gold), watched)
}

const ALL: &str = "strict exact partial type unique-surface";

fn joined(parts: &[Vec<String>]) -> Vec<String> {
    let mut all = parts.concat();
    all.sort();
    all
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
fn each_mutant_lowers_exactly_what_it_should() {
    // A lost mention: recall, never precision.
    assert_eq!(damage(|p| drop(p.remove(2))), keys("-", ALL, "f1 recall"));
    // An invented one: precision, never recall.
    assert_eq!(
        damage(|p| p.push(predicted(&mention(0, 46, 52, "LOC")))),
        keys("-", ALL, "f1 precision")
    );
    // The same one twice: precision of everything but the set of surfaces.
    assert_eq!(
        damage(|p| p.push(p[2].clone())),
        keys("-", "strict exact partial type", "f1 precision")
    );
    // A shifted boundary: everything but `type`.
    assert_eq!(
        damage(|p| p[3].span.end -= 3),
        joined(&[
            keys("-", "strict exact partial", "f1 precision recall"),
            // The surface is still found in the other document, so that only the wrong one counts.
            keys("-", "unique-surface", "f1 precision"),
        ])
    );
    // A wrong type: `strict` and `type`.
    assert_eq!(
        damage(|p| p[7].entity_type = "GPE".to_owned()),
        keys("-", "strict type unique-surface", "f1 precision recall")
    );
    // A name cut in two: one half is still half right, the other is invented.
    assert_eq!(
        damage(|p| {
            let mut half = p[6].clone();
            p[6].span.end = 21;
            half.span.start = 22;
            p.push(half);
        }),
        joined(&[
            keys("-", "strict exact partial", "f1 precision recall"),
            keys("-", "type unique-surface", "f1 precision"),
        ])
    );
    // Two names taken for one.
    assert_eq!(
        damage(|p| {
            p[4].span.end = 13;
            p.remove(5);
        }),
        joined(&[
            keys("-", "strict exact partial", "f1 precision recall"),
            keys("-", "type", "f1 recall"),
            keys("-", "unique-surface", "f1 precision recall"),
        ])
    );
    // Nothing: recall 0, precision undefined.
    let gold = gold();
    let scored = mentions(&[], &gold);
    for rule in ALL.split(' ') {
        assert_eq!(value(&scored, &format!("{rule}/recall")), Some(0.0));
        assert_eq!(value(&scored, &format!("{rule}/precision")), None);
        assert_eq!(value(&scored, &format!("{rule}/f1")), Some(0.0));
    }
    // Another order: nothing at all.
    let mut prediction = perfect(&gold);
    prediction.push(predicted(&mention(0, 1, 12, "FAC")));
    let before = mentions(&prediction, &gold);
    prediction.reverse();
    assert_eq!(before, mentions(&prediction, &gold));
}

#[test]
fn peers_b1_half_credit_survives_any_number_of_documents() {
    // COR 2 and PAR 3 over 5 predictions and 5 gold mentions: (2 + 0.5 x 3) / 5 = 0.70.
    let text = "aaaa bbbb cccc dddd eeee";
    let mut gold = test_gold::gold(&[text, ""]);
    let starts = [0, 5, 10, 15, 20];
    gold.mentions = Some(
        starts
            .map(|start| mention(0, start, start + 4, "PER"))
            .to_vec(),
    );
    let mut prediction = perfect(&gold);
    for partial in &mut prediction[2..] {
        partial.span.end -= 1;
    }
    for texts in [vec![text], vec![text, ""], vec![text, "", "", ""]] {
        gold.corpus = test_gold::gold(&texts).corpus;
        let scored = mentions(&prediction, &gold);
        for metric in ["precision", "recall", "f1"] {
            assert_eq!(value(&scored, &format!("partial/{metric}")), Some(0.7));
        }
        assert_eq!(value(&scored, "partial/partial"), Some(3.0));
    }
}

#[test]
fn peers_b2_what_matches_nothing_is_spurious_once() {
    let gold = gold();
    let mut prediction = perfect(&gold);
    prediction.push(predicted(&mention(0, 46, 52, "PER")));
    let scored = mentions(&prediction, &gold);
    for rule in ["strict", "exact", "partial", "type"] {
        assert_eq!(value(&scored, &format!("{rule}/spurious")), Some(1.0));
    }
}

#[test]
fn peers_b4_tables_by_type_add_up_to_the_whole() {
    let gold = gold();
    let mut prediction = perfect(&gold);
    prediction[3].entity_type = "ORG".to_owned();
    prediction[6].span.end -= 1;
    let scored = mentions(&prediction, &gold);
    let folded = fold(&scored.outcomes);
    for rule in ["strict", "exact", "partial", "type"] {
        let of = |slice: &str| {
            let measures = folded
                .iter()
                .filter(|m| m.match_rule == rule && m.metric == "recall");
            let mut sums = [0.0; 3];
            for counts in measures
                .filter(|m| m.slice.starts_with(slice))
                .filter_map(|m| m.counts)
            {
                sums[0] += counts.true_positives;
                sums[1] += counts.false_positives;
                sums[2] += counts.false_negatives;
            }
            sums
        };
        assert_eq!(of("all"), of("entity_type="), "{rule}");
        assert_eq!(of("all"), of("document="), "{rule}");
        assert_eq!(of("all"), of("zone="), "{rule}");
        assert_eq!(of("all"), of("nesting="), "{rule}");
    }
    // PER taken for ORG is one wrong pair in the confusion, not a miss and an invention.
    let confused = scored
        .measures
        .iter()
        .find(|m| m.slice == "gold_type=PER predicted_type=ORG");
    assert_eq!(confused.and_then(|m| m.value), Some(1.0));
    let rows: f64 = scored
        .measures
        .iter()
        .filter(|m| m.slice.starts_with("gold_type=PER "))
        .filter_map(|m| m.value)
        .sum();
    assert_eq!(rows, 2.0);
}

#[test]
fn peers_b7_a_malformed_prediction_is_never_dropped_to_raise_f1() {
    // A name with a wrong first part costs precision, as does any other wrong span; leaving it out would raise F1.
    let gold = gold();
    let mut with = perfect(&gold);
    with.push(predicted(&mention(1, 18, 21, "PER")));
    let f1 = value(&mentions(&with, &gold), "strict/f1");
    assert!(f1 < value(&mentions(&perfect(&gold), &gold), "strict/f1"));
}

#[test]
fn peers_b9_a_prediction_inside_a_token_counts_against_precision() {
    let gold = gold();
    let mut prediction = perfect(&gold);
    prediction.push(predicted(&mention(1, 45, 47, "LOC")));
    assert_eq!(
        value(&mentions(&prediction, &gold), "strict/precision"),
        Some(8.0 / 9.0)
    );
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
fn resolution_mutants_move_the_side_they_should() {
    let gold = gold();
    let truth = clusters_of(&gold);
    let before = resolution(&truth, &gold);
    let main = |key: &str| {
        [
            "b_cubed_precision",
            "b_cubed_recall",
            "exact-cluster/recall",
            "over_merges",
            "under_merges",
        ]
        .contains(&key)
    };
    let after = |clusters: &[u32]| moved(&before, &resolution(clusters, &gold), main);
    // Two entities taken for one.
    let mut merged = truth.clone();
    merged[5] = merged[4];
    assert_eq!(
        after(&merged),
        [
            "+over_merges",
            "-b_cubed_precision",
            "-exact-cluster/recall"
        ]
    );
    // One entity taken for two.
    let mut split = truth.clone();
    split[6] = 99;
    assert_eq!(
        after(&split),
        ["+under_merges", "-b_cubed_recall", "-exact-cluster/recall"]
    );
    // All in one and all apart.
    assert_eq!(
        after(&[7; 8]),
        [
            "+over_merges",
            "-b_cubed_precision",
            "-exact-cluster/recall"
        ]
    );
    let apart: Vec<u32> = (0..8).collect();
    assert_eq!(
        after(&apart),
        ["+under_merges", "-b_cubed_recall", "-exact-cluster/recall"]
    );
    // Other names for the same clusters.
    let renamed: Vec<u32> = truth.iter().map(|label| 1000 - label * 7).collect();
    assert_eq!(before, resolution(&renamed, &gold));
    for key in [
        "b_cubed_f1",
        "muc_f1",
        "ceaf_e_f1",
        "lea_f1",
        "exact-cluster/recall",
    ] {
        assert_eq!(value(&before, key), Some(1.0), "{key}");
    }
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
fn peers_b12_and_b13_missed_and_invented_mentions_count_end_to_end() {
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
        slow.extend(scored.measures.iter().cloned());
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
