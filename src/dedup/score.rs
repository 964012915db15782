//! Scoring of dedupers: pairs as emitted, pairs after clustering, the curve over all thresholds, the candidate stage.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::dedup::Comparison;
use crate::dedup::cluster::Clustering;
use crate::dedup::judge::{self, Judge, Truth, pairs_of};
use crate::label::Gold;
use crate::metrics::clusters::cluster_metrics;
use crate::metrics::{counts, ranking};
use crate::place::{Places, reaches};
use crate::task::{Counts, Level, Measure, Outcome, Scored, Verdict, rounded};

/// Scores a comparison of the gold's documents or segments at one of the levels `document`, `segment` and `redundancy`.
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
    let emitted = emitted(comparison, &judge);
    let positives = judge.positives();
    let writer = Writer::new(level, gold, &positives);
    let mut scored = Scored::default();

    let predicted = emitted
        .iter()
        .filter(|(_, similarity)| reaches(*similarity, threshold))
        .map(|&(pair, similarity)| (pair, Some(similarity)));
    writer.write("pairs", predicted, &judge, &mut scored);
    if !judge.ordered() {
        let labels = clustering.clusters(judge.units(), comparison, threshold);
        let similarity: FxHashMap<(u32, u32), f64> = emitted.iter().copied().collect();
        let closed = within_clusters(&labels)
            .into_iter()
            .map(|pair| (pair, similarity.get(&pair).copied()));
        writer.write("closure", closed, &judge, &mut scored);
        scored
            .measures
            .extend(cluster_measures(level, &labels, gold));
    }
    rank(&emitted, &positives, &judge, &mut scored);
    candidates(comparison, &emitted, &positives, &judge, &mut scored);
    scored.outcomes.sort_by(|a, b| {
        (a.match_rule, &a.document, &a.item, a.verdict).cmp(&(
            b.match_rule,
            &b.document,
            &b.item,
            b.verdict,
        ))
    });
    scored
}

type Pair = (u32, u32);

/// Every emitted pair once with its greatest similarity, in order.
fn emitted(comparison: &Comparison, judge: &Judge) -> Vec<(Pair, f64)> {
    let mut all: Vec<(Pair, f64)> = comparison
        .pairs
        .iter()
        .filter_map(|pair| Some((judge.pair(pair.a, pair.b)?, rounded(pair.similarity))))
        .collect();
    for group in &comparison.groups {
        for (index, &a) in group.iter().enumerate() {
            for &b in &group[index + 1..] {
                all.extend(judge.pair(a, b).map(|pair| (pair, 1.0)));
                if judge.ordered() {
                    all.extend(judge.pair(b, a).map(|pair| (pair, 1.0)));
                }
            }
        }
    }
    all.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
    all.dedup_by_key(|entry| entry.0);
    all
}

/// All pairs inside clusters.
fn within_clusters(labels: &[u32]) -> Vec<Pair> {
    let mut clusters: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (unit, &label) in labels.iter().enumerate() {
        clusters.entry(label).or_default().push(unit as u32);
    }
    let mut pairs = Vec::new();
    for members in clusters.values() {
        for (index, &a) in members.iter().enumerate() {
            pairs.extend(members[index + 1..].iter().map(|&b| (a, b)));
        }
    }
    pairs
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

/// Makes outcomes of pairs.
struct Writer<'a> {
    level: Level,
    places: Places<'a>,
    positives: &'a [Pair],
    same_fact: FxHashSet<Pair>,
}

impl<'a> Writer<'a> {
    fn new(level: Level, gold: &'a Gold, positives: &'a [Pair]) -> Self {
        let facts = gold.same_fact.as_deref().unwrap_or_default().iter();
        let same_fact = facts
            .map(|fact| (fact.a.min(fact.b) as u32, fact.a.max(fact.b) as u32))
            .collect();
        Self {
            level,
            places: Places::new(gold),
            positives,
            same_fact,
        }
    }

    /// Outcomes of the predicted pairs and of the gold pairs that were missed; true negatives are counted, not listed.
    fn write(
        &self,
        rule: &'static str,
        predicted: impl Iterator<Item = (Pair, Option<f64>)>,
        judge: &Judge,
        scored: &mut Scored,
    ) {
        let mut found: FxHashSet<Pair> = FxHashSet::default();
        let mut table = Counts::default();
        for (pair, similarity) in predicted {
            let verdict = match judge.truth(pair.0, pair.1) {
                Truth::Positive => {
                    found.insert(pair);
                    table.true_positives += 1.0;
                    Verdict::TruePositive
                }
                Truth::Negative => {
                    table.false_positives += 1.0;
                    Verdict::FalsePositive
                }
                Truth::Ignored => Verdict::Ignored,
            };
            scored
                .outcomes
                .push(self.outcome(rule, pair, verdict, similarity));
        }
        for &pair in self.positives {
            if !found.contains(&pair) {
                table.false_negatives += 1.0;
                let outcome = self.outcome(rule, pair, Verdict::FalseNegative, None);
                scored.outcomes.push(outcome);
            }
        }
        let judged = judge.judged() as f64;
        table.true_negatives =
            Some(judged - table.true_positives - table.false_positives - table.false_negatives);
        scored.measures.push(Measure {
            match_rule: rule.to_owned(),
            counts: Some(table),
            support: Some(self.positives.len() as u64),
            ..Measure::new("all", "mcc", counts::mcc(&table))
        });
    }

    fn outcome(
        &self,
        rule: &'static str,
        pair: Pair,
        verdict: Verdict,
        similarity: Option<f64>,
    ) -> Outcome {
        let places = &self.places;
        let (a, b) = (pair.0 as usize, pair.1 as usize);
        let dataset = &places.gold.dataset;
        let segments = places.gold.segments.as_deref().unwrap_or_default();
        let (documents, item) = match self.level {
            Level::Segment => (
                (segments[a].document, segments[b].document),
                format!("{dataset}/pair/{}~{}", places.segment(a), places.segment(b)),
            ),
            Level::Redundancy => (
                (a, b),
                format!(
                    "{dataset}/redundancy/{}~{}",
                    places.short(a),
                    places.short(b)
                ),
            ),
            _ => (
                (a, b),
                format!("{dataset}/pair/{}~{}", places.short(a), places.short(b)),
            ),
        };
        let id = places.gold.document_id(documents.0);
        let mut outcome = Outcome::new(rule, id, item, verdict);
        outcome.confidence = similarity;
        let (first, second) = (places.story(documents.0), places.story(documents.1));
        outcome.story = match first.cmp(second) {
            std::cmp::Ordering::Equal => first.to_owned(),
            std::cmp::Ordering::Less => format!("{first}+{second}"),
            std::cmp::Ordering::Greater => format!("{second}+{first}"),
        };
        if self.level == Level::Segment {
            outcome.zone.clone_from(&segments[a].zone);
            if self.same_fact.contains(&pair) {
                outcome.slices.push("pair=same_fact".to_owned());
            }
            places.segment_slices(
                places.is_copied(a) || places.is_copied(b),
                places.is_garbled(a) || places.is_garbled(b),
                &mut outcome.slices,
            );
        }
        outcome
    }
}

/// Curve, average precision and best F1 over everything that was emitted and is judged.
fn rank(emitted: &[(Pair, f64)], positives: &[Pair], judge: &Judge, scored: &mut Scored) {
    let (similarities, positive): (Vec<f64>, Vec<bool>) = emitted
        .iter()
        .filter_map(|&((a, b), similarity)| match judge.truth(a, b) {
            Truth::Ignored => None,
            truth => Some((similarity, truth == Truth::Positive)),
        })
        .unzip();
    let support = positives.len() as u64;
    let steps = ranking::steps(&similarities, &positive);
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
    emitted: &[(Pair, f64)],
    positives: &[Pair],
    judge: &Judge,
    scored: &mut Scored,
) {
    let known: FxHashSet<Pair> = emitted.iter().map(|entry| entry.0).collect();
    let reached = positives.iter().filter(|pair| known.contains(pair)).count();
    let compared = comparison
        .counters
        .get("candidates")
        .map_or(emitted.len() as f64, |&n| n as f64);
    let possible = pairs_of(judge.units() as u64) * if judge.ordered() { 2 } else { 1 };
    let completeness = counts::ratio(reached as f64, positives.len() as f64);
    let reduction = counts::ratio(possible as f64 - compared, possible as f64);
    scored.measures.extend([
        Measure {
            support: Some(positives.len() as u64),
            ..Measure::new("all", "pair_completeness", completeness)
        },
        Measure::new("all", "reduction_ratio", reduction),
    ]);
}
