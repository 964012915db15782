//! Every way to damage mentions and their clusters lowers exactly the metrics that it should; other names and orders none.

use super::*;
use crate::test_gold::{
    assert_same_values, cluster_keys, cluster_metric_names, joined, keys, moved,
};

const ALL: &str = "strict exact partial type unique-surface";

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
    // One name over everything: one overlap a document, of the right type by chance.
    assert_eq!(
        damage(|p| {
            *p = vec![
                predicted(&mention(0, 0, 53, "PER")),
                predicted(&mention(1, 0, 56, "PER")),
            ];
        }),
        joined(&[
            keys(
                "-",
                "strict exact partial unique-surface",
                "f1 precision recall"
            ),
            keys("-", "type", "f1 recall"),
        ])
    );
    // Every word a name.
    assert_eq!(
        damage(|p| {
            p.clear();
            for (document, text) in TEXTS.iter().enumerate() {
                let mut start = 0;
                for word in text.split(' ') {
                    p.push(predicted(&mention(
                        document,
                        start,
                        start + word.len(),
                        "GPE",
                    )));
                    start += word.len() + 1;
                }
            }
        }),
        keys("-", ALL, "f1 precision recall")
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
    // Documents in another order: no figure over all.
    let swap = |document: &mut usize| *document = 1 - *document;
    let mut other = gold.clone();
    other.corpus = test_gold::gold(&[TEXTS[1], TEXTS[0]]).corpus;
    other.segments = with_segments(other.clone(), &[(0, 0, 56), (1, 0, 53)]).segments;
    other
        .mentions
        .iter_mut()
        .flatten()
        .for_each(|m| swap(&mut m.document));
    prediction.iter_mut().for_each(|m| swap(&mut m.document));
    assert_same_values(&before, &mentions(&prediction, &other));
}

/// Entities of three, two, one and two mentions, each figure perfect before the damage.
fn clustered() -> (Gold, Vec<u32>) {
    let mut gold = gold();
    let truth = vec![0, 0, 0, 1, 1, 2, 3, 3];
    for (mention, entity) in gold.mentions.iter_mut().flatten().zip(&truth) {
        mention.entity = format!("e{entity}");
    }
    (gold, truth)
}

fn watched_clusters(key: &str) -> bool {
    key == "exact-cluster/recall"
        || key.ends_with("_merges")
        || cluster_metric_names().iter().any(|name| name == key)
}

const SPLIT: &str =
    "pairwise_precision muc_precision b_cubed_precision b_cubed_cluster_precision homogeneity";
const MERGED: &str =
    "pairwise_recall muc_recall b_cubed_recall b_cubed_cluster_recall completeness";
const EXACT: &str = "-exact-cluster/recall";

fn expected(intact: &str, undefined: &str, more: &[&str]) -> Vec<String> {
    let more = more.iter().map(|&key| key.to_owned()).collect();
    joined(&[cluster_keys(intact, undefined), more])
}

#[test]
fn each_mutant_of_a_resolution_lowers_exactly_what_it_should() {
    let (gold, truth) = clustered();
    let before = resolution(&truth, &gold);
    for name in cluster_metric_names() {
        let best = if name == "exact_clusters" { 4.0 } else { 1.0 };
        assert_eq!(value(&before, &name), Some(best), "{name}");
    }
    let after = |clusters: &[u32]| moved(&before, &resolution(clusters, &gold), watched_clusters);
    // Two entities taken for one.
    assert_eq!(
        after(&[0, 0, 0, 0, 0, 2, 3, 3]),
        expected(
            &format!("{MERGED} lea_recall"),
            "",
            &[EXACT, "+over_merges"]
        )
    );
    // One taken for two.
    assert_eq!(
        after(&[0, 0, 9, 1, 1, 2, 3, 3]),
        expected(SPLIT, "", &[EXACT, "+under_merges"])
    );
    // A mention put into another entity.
    assert_eq!(
        after(&[0, 0, 1, 1, 1, 2, 3, 3]),
        expected("", "", &[EXACT, "+over_merges", "+under_merges"])
    );
    // All in one, all apart.
    assert_eq!(
        after(&[7; 8]),
        expected(MERGED, "", &[EXACT, "+over_merges"])
    );
    let apart = expected(
        "b_cubed_precision b_cubed_cluster_precision homogeneity",
        "pairwise_precision muc_precision",
        &[EXACT, "+under_merges"],
    );
    assert_eq!(after(&[0, 1, 2, 3, 4, 5, 6, 7]), apart);
    // Other names for the same clusters.
    assert_eq!(
        before,
        resolution(
            &truth
                .iter()
                .map(|label| 1000 - label * 7)
                .collect::<Vec<_>>(),
            &gold
        )
    );
}

#[test]
fn each_mutant_end_to_end_lowers_exactly_what_it_should() {
    let (gold, truth) = clustered();
    let all = perfect(&gold);
    let before = end_to_end(&all, &truth, &gold);
    let after = |change: &dyn Fn(&mut Vec<PredictedMention>, &mut Vec<u32>)| {
        let (mut found, mut clusters) = (all.clone(), truth.clone());
        change(&mut found, &mut clusters);
        moved(
            &before,
            &end_to_end(&found, &clusters, &gold),
            watched_clusters,
        )
    };
    // A mention of a larger entity was not found.
    assert_eq!(
        after(&|found, clusters| {
            found.remove(2);
            clusters.remove(2);
        }),
        expected(
            &format!("{SPLIT} ceaf_m_precision lea_precision blanc_precision"),
            "",
            &[EXACT, "+under_merges"]
        )
    );
    // A lone mention was not found: no link is lost, but it costs.
    assert_eq!(
        after(&|found, clusters| {
            found.remove(5);
            clusters.remove(5);
        }),
        expected(&format!("{PARTITION} {LINKS} {PRECISIONS}"), "", &[EXACT])
    );
    // A lone mention was invented: it costs too.
    assert_eq!(
        after(&|found, clusters| {
            found.push(predicted(&mention(0, 46, 52, "PER")));
            clusters.push(9);
        }),
        expected(
            &format!("{PARTITION} {LINKS} {RECALLS} exact_clusters"),
            "",
            &[]
        )
    );
    // One was invented in an entity; the same mention twice is just that.
    let invented = expected(
        &format!("{MERGED} ceaf_m_recall lea_recall blanc_recall"),
        "",
        &[EXACT, "+over_merges"],
    );
    assert_eq!(
        after(&|found, clusters| {
            found.push(predicted(&mention(0, 46, 52, "PER")));
            clusters.push(0);
        }),
        invented
    );
    assert_eq!(
        after(&|found, clusters| {
            found.push(found[0].clone());
            clusters.push(0);
        }),
        invented
    );
    // A shifted boundary is a miss and an invention; the wrong type is neither.
    assert_eq!(
        after(&|found, _| found[2].span.end -= 1),
        expected("", "", &[EXACT, "+over_merges", "+under_merges"])
    );
    assert_eq!(
        after(&|found, _| found[2].entity_type = "PER".to_owned()),
        [""; 0]
    );
    // Another order.
    assert_eq!(
        after(&|found, clusters| {
            found.reverse();
            clusters.reverse();
        }),
        [""; 0]
    );
    // Nothing found.
    assert_eq!(
        after(&|found, clusters| {
            found.clear();
            clusters.clear();
        }),
        expected(
            "homogeneity",
            "pairwise_precision muc_precision b_cubed_precision b_cubed_cluster_precision ceaf_m_precision ceaf_e_precision lea_precision",
            &[EXACT, "+under_merges"]
        )
    );
}

/// Where a lone mention on one side changes nothing: partitions see it as alone on both sides, and it has no link.
const PARTITION: &str = "ari homogeneity completeness v_measure";
const LINKS: &str =
    "pairwise_precision pairwise_recall pairwise_f1 muc_precision muc_recall muc_f1";
const PRECISIONS: &str = "b_cubed_precision b_cubed_cluster_precision ceaf_m_precision ceaf_e_precision lea_precision blanc_precision";
const RECALLS: &str =
    "b_cubed_recall b_cubed_cluster_recall ceaf_m_recall ceaf_e_recall lea_recall blanc_recall";
