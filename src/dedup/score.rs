//! Scoring of dedupers: pairs as emitted, pairs after clustering, the curve over all thresholds, the candidate stage.

mod emitted;
mod slices;
mod writer;

use crate::dedup::Comparison;
use crate::dedup::cluster::Clustering;
use crate::dedup::judge::{self, Judge, Truth, pairs_of};
use crate::label::Gold;
use crate::metrics::clusters::cluster_metrics;
use crate::metrics::counts;
use crate::metrics::ranking::{self, Ranked};
use crate::place::reaches;
use crate::task::{Level, Measure, Scored};

use emitted::{Emitted, Partition};
use writer::Writer;

/// Two units as [`Judge::pair`] keeps them.
type Pair = (u32, u32);

/// Scores a comparison of the gold's documents or segments at one of the levels `document`, `segment` and `redundancy`.
///
/// Match rule `pairs`: what was emitted at or above the threshold. Match rule `closure`: every pair inside a cluster. Pairs in
/// groups or clusters of more than 200 units are not listed one by one: each unit gets one outcome `...~*` that carries half the
/// weight of its pairs (at `redundancy`, all of its outgoing ones), so that 10,000 identical texts are 10,000 rows and not 50
/// million, and the counts are the same.
///
/// Empty when the gold lacks the layers of the level. `redundancy` judges ordered pairs and has no clusters.
pub fn score(
    level: Level,
    comparison: &Comparison,
    threshold: f64,
    clustering: Clustering,
    gold: &Gold,
) -> Scored {
    let Some(judge) = Judge::new(level, gold) else {
        return Scored::default();
    };
    let emitted = Emitted::new(comparison, &judge);
    let writer = Writer::new(level, gold, &judge);
    let mut scored = Scored::default();

    let predicted = emitted
        .pairs
        .iter()
        .filter(|(_, similarity)| reaches(*similarity, threshold))
        .map(|&(pair, similarity)| (pair, Some(similarity)));
    writer.write("pairs", predicted, &emitted.large, &mut scored);
    if !judge.ordered() {
        let labels = clustering.clusters(judge.units(), comparison, threshold);
        let closure = Partition::new(&labels);
        let closed = closure
            .pairs
            .iter()
            .map(|&pair| (pair, emitted.similarity(pair)));
        writer.write("closure", closed, &closure.large, &mut scored);
        scored
            .measures
            .extend(cluster_measures(level, &labels, gold));
    }
    rank(&emitted, &writer, &judge, &mut scored);
    candidates(comparison, &emitted, &writer, &judge, &mut scored);
    let by_slice = slices::measures(&emitted, &writer, &judge, &scored.outcomes);
    scored.measures.extend(by_slice);
    scored.outcomes.sort_by(|a, b| {
        (a.match_rule, &a.document, &a.item, a.verdict, &a.slices).cmp(&(
            b.match_rule,
            &b.document,
            &b.item,
            b.verdict,
            &b.slices,
        ))
    });
    scored
}

/// Cluster metrics against the gold's clusters. Doubtful segments and members of boilerplate groups leave both sides; none when
/// only listed pairs are judged, since the clusters are then unknown.
fn cluster_measures(level: Level, labels: &[u32], gold: &Gold) -> Vec<Measure> {
    let Some(key) = judge::gold_clusters(level, gold) else {
        return Vec::new();
    };
    let (key, response): (Vec<Option<u32>>, Vec<Option<u32>>) = key
        .into_iter()
        .zip(labels)
        .filter(|(cluster, _)| cluster.is_some())
        .map(|(cluster, &label)| (cluster, Some(label)))
        .unzip();
    cluster_metrics(&key, &response).measures("all")
}

/// Curve, average precision and best F1 over everything that was emitted and is judged.
fn rank(emitted: &Emitted, writer: &Writer<'_>, judge: &Judge, scored: &mut Scored) {
    let mut ranked: Vec<Ranked> = emitted
        .pairs
        .iter()
        .map(|&((a, b), similarity)| {
            let truth = judge.truth(a, b);
            Ranked {
                score: similarity,
                positives: u64::from(truth == Truth::Positive),
                negatives: u64::from(truth == Truth::Negative),
            }
        })
        .collect();
    let (positives, negatives) = writer.inside(&emitted.large);
    ranked.push(Ranked {
        score: 1.0,
        positives,
        negatives,
    });
    ranked.retain(|item| item.positives + item.negatives > 0);
    let support = writer.positives().len() as u64;
    let steps = ranking::steps_of_counts(&ranked);
    let curve = ranking::precision_recall_curve(&steps, support);
    let best = ranking::best_f1(&curve);
    let average_precision = ranking::average_precision_of(&steps, support);
    let measure = |metric: &str, value: Option<f64>, ci_method: &str| Measure {
        match_rule: "pairs".to_owned(),
        ci_method: ci_method.to_owned(),
        support: Some(support),
        ..Measure::new("all", metric, value)
    };
    scored.measures.extend([
        measure("average_precision", average_precision, ""),
        measure("best_f1", best.and_then(|point| point.f1), "tuned_on_gold"),
        measure(
            "best_f1_threshold",
            best.map(|point| point.threshold),
            "tuned_on_gold",
        ),
    ]);
    scored.curves.push(("pairs", curve));
}

/// How good the candidates are: the share of gold pairs among what was compared (down to the floor), and the share of all
/// possible pairs that was never compared.
fn candidates(
    comparison: &Comparison,
    emitted: &Emitted,
    writer: &Writer<'_>,
    judge: &Judge,
    scored: &mut Scored,
) {
    let positives = writer.positives();
    let reached = positives
        .iter()
        .filter(|&&pair| emitted.similarity(pair).is_some())
        .count();
    let directions = if judge.ordered() { 2 } else { 1 };
    let in_groups: u64 = emitted
        .large
        .iter()
        .map(|group| pairs_of(group.len() as u64) * directions)
        .sum();
    let compared = comparison
        .counters
        .get("candidates")
        .copied()
        .unwrap_or(emitted.pairs.len() as u64 + in_groups);
    let possible = pairs_of(judge.units() as u64) * directions;
    let completeness = counts::ratio(reached as f64, positives.len() as f64);
    let reduction = counts::ratio(possible as f64 - compared as f64, possible as f64);
    scored.measures.extend([
        Measure {
            support: Some(positives.len() as u64),
            ..Measure::new("all", "pair_completeness", completeness)
        },
        Measure::new("all", "reduction_ratio", reduction),
    ]);
}

#[cfg(test)]
mod tests;
