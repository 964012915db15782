//! From scores to records.

use std::collections::BTreeMap;

use crate::label::Gold;
use crate::metrics::fold::fold;
use crate::predictions;
use crate::record::{CurveRow, OutcomeRow, QualityRow, SCHEMA};
use crate::run::{Cell, Done, Records, intervals, job};
use crate::task::{Level, Measure, Outcome, Scored, Task};
use crate::variant::Variant;
use crate::worker::Failure;

/// What rows of one cell at one level have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Labels {
    /// Dataset name.
    pub dataset: String,
    /// Digest of the gold.
    pub gold_digest: String,
    /// Task.
    pub task: String,
    /// Level.
    pub level: String,
    /// Algorithm.
    pub algorithm: String,
    /// Written parameters.
    pub params: String,
    /// Number of stories in the gold.
    pub stories: u64,
}

impl Labels {
    /// Labels of a variant at a level.
    pub fn new(variant: &Variant, level: Level, gold: &Gold) -> Self {
        Self::named(
            variant.task,
            level,
            &variant.algorithm,
            &variant.params_text(level),
            gold,
        )
    }

    /// Labels of a prediction made elsewhere.
    pub fn named(task: Task, level: Level, algorithm: &str, params: &str, gold: &Gold) -> Self {
        let mut stories: Vec<&String> = gold.stories.iter().collect();
        stories.sort();
        stories.dedup();
        Self {
            dataset: gold.dataset.clone(),
            gold_digest: gold.digest.clone(),
            task: task.to_string(),
            level: level.to_string(),
            algorithm: algorithm.to_owned(),
            params: params.to_owned(),
            stories: stories.len() as u64,
        }
    }

    fn quality(&self, seed: &str, measure: &Measure) -> QualityRow {
        QualityRow {
            schema: SCHEMA,
            dataset: self.dataset.clone(),
            gold_digest: self.gold_digest.clone(),
            task: self.task.clone(),
            level: self.level.clone(),
            algorithm: self.algorithm.clone(),
            params: self.params.clone(),
            seed: seed.to_owned(),
            slice: measure.slice.clone(),
            match_rule: measure.match_rule.clone(),
            metric: measure.metric.clone(),
            metric_version: measure.metric_version,
            value: measure.value,
            ci_low: measure.interval.map(|interval| interval.0),
            ci_high: measure.interval.map(|interval| interval.1),
            ci_method: measure.ci_method.clone(),
            true_positives: measure.counts.map(|counts| counts.true_positives),
            false_positives: measure.counts.map(|counts| counts.false_positives),
            false_negatives: measure.counts.map(|counts| counts.false_negatives),
            true_negatives: measure.counts.and_then(|counts| counts.true_negatives),
            support: measure.support,
            stories: self.stories,
            status: "ok".to_owned(),
            error: String::new(),
        }
    }

    fn outcome(&self, seed: &str, outcome: &Outcome) -> OutcomeRow {
        OutcomeRow {
            schema: SCHEMA,
            dataset: self.dataset.clone(),
            task: self.task.clone(),
            level: self.level.clone(),
            algorithm: self.algorithm.clone(),
            params: self.params.clone(),
            seed: seed.to_owned(),
            match_rule: outcome.match_rule.to_owned(),
            document: outcome.document.clone(),
            item: outcome.item.clone(),
            verdict: outcome.verdict.to_string(),
            detail: outcome.detail.to_owned(),
            weight: Some(outcome.weight),
            confidence: outcome.confidence,
            story: outcome.story.clone(),
            zone: outcome.zone.clone(),
            gold_type: outcome.gold_type.clone(),
            predicted_type: outcome.predicted_type.clone(),
            category: outcome.category.clone(),
            severity: outcome.severity.clone(),
            gold_text: outcome.gold_text.clone(),
            predicted_text: outcome.predicted_text.clone(),
            slices: outcome.slices.join("|"),
        }
    }

    /// Adds the rows of one score.
    pub fn add(&self, seed: &str, scored: &Scored, records: &mut Records) {
        let mut measures = measures(scored);
        intervals::fill(&scored.outcomes, &mut measures);
        records
            .quality
            .extend(measures.iter().map(|measure| self.quality(seed, measure)));
        records.outcomes.extend(
            scored
                .outcomes
                .iter()
                .map(|outcome| self.outcome(seed, outcome)),
        );
        for (match_rule, points) in &scored.curves {
            records.curves.extend(points.iter().map(|point| CurveRow {
                schema: SCHEMA,
                dataset: self.dataset.clone(),
                task: self.task.clone(),
                level: self.level.clone(),
                algorithm: self.algorithm.clone(),
                params: self.params.clone(),
                seed: seed.to_owned(),
                match_rule: (*match_rule).to_owned(),
                threshold: Some(point.threshold),
                precision: point.precision,
                recall: point.recall,
                f1: point.f1,
                on_frontier: point.on_frontier,
            }));
        }
    }
}

/// Count metrics folded from the outcomes, and the metrics that are no counts.
pub fn measures(scored: &Scored) -> Vec<Measure> {
    let mut all = fold(&scored.outcomes);
    all.extend(scored.measures.iter().cloned());
    all
}

/// Adds what one cell gave. Of several seeds only the first has rows of its own; all go into the spread.
pub fn add(cell: &Cell<'_>, done: &Done, gold: &Gold, records: &mut Records, spread: &mut Spread) {
    let seed = cell.seed.to_string();
    for (index, (level, scored)) in done.scored.iter().enumerate() {
        let labels = Labels::new(cell.variant, *level, gold);
        if cell.variant.seeded() {
            spread.take(&labels, cell.seed, &measures(scored));
        }
        if !cell.first_seed {
            continue;
        }
        labels.add(&seed, scored, records);
        if index == 0 {
            for (name, &value) in &done.counters {
                #[allow(clippy::cast_precision_loss, reason = "counters stay far below 2^53")]
                let measure = Measure::new("all", format!("counter_{name}"), Some(value as f64));
                records.quality.push(labels.quality(&seed, &measure));
            }
            records.predictions.extend(predictions::rows(
                cell.variant,
                cell.level,
                &seed,
                &done.prediction,
                gold,
            ));
        }
    }
}

/// A failed cell is one row, never a hole.
pub fn add_failure(cell: &Cell<'_>, failure: &Failure, gold: &Gold, records: &mut Records) {
    for level in job::score_levels(cell.variant, cell.level) {
        let labels = Labels::new(cell.variant, level, gold);
        let row = labels.quality(&cell.seed.to_string(), &Measure::new("all", "", None));
        records.quality.push(QualityRow {
            status: failure.kind.name().to_owned(),
            error: failure.error.clone(),
            ..row
        });
    }
    records.failed.push(format!(
        "{}/{}/{} (seed {}): {}: {}",
        cell.variant.task,
        cell.level,
        cell.variant.name(cell.level),
        cell.seed,
        failure.kind.name(),
        failure.error
    ));
}

/// Values of one metric by seed.
type BySeed = BTreeMap<u64, f64>;

/// Spread of precision, recall and F1 over the seeds of seeded variants.
#[derive(Debug, Default)]
pub struct Spread {
    values: BTreeMap<(Labels, String, String), BySeed>,
}

impl Spread {
    fn take(&mut self, labels: &Labels, seed: u64, measures: &[Measure]) {
        for measure in measures.iter().filter(|measure| measure.slice == "all") {
            if let (Some(value), "precision" | "recall" | "f1" | "average_precision") =
                (measure.value, measure.metric.as_str())
            {
                let key = (
                    labels.clone(),
                    measure.match_rule.clone(),
                    measure.metric.clone(),
                );
                self.values.entry(key).or_default().insert(seed, value);
            }
        }
    }

    /// Adds rows `f1_min`, `f1_mean`, `f1_max`, `f1_sd` (sample standard deviation) and so on; their seed column lists all seeds.
    pub fn finish(self, _gold: &Gold, records: &mut Records) {
        for ((labels, match_rule, metric), by_seed) in self.values {
            let seeds: Vec<String> = by_seed.keys().map(u64::to_string).collect();
            let values: Vec<f64> = by_seed.into_values().collect();
            for (suffix, value) in summary(&values) {
                let mut measure = Measure::new("all", format!("{metric}_{suffix}"), value);
                measure.match_rule.clone_from(&match_rule);
                records
                    .quality
                    .push(labels.quality(&seeds.join("+"), &measure));
            }
        }
    }
}

/// Minimum, mean, maximum and sample standard deviation (undefined for one value).
fn summary(values: &[f64]) -> [(&'static str, Option<f64>); 4] {
    #[allow(clippy::cast_precision_loss, reason = "a handful of seeds")]
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    let sd = (values.len() > 1).then(|| (squares / (n - 1.0)).sqrt());
    [
        ("min", values.iter().copied().reduce(f64::min)),
        ("mean", (n > 0.0).then_some(mean)),
        ("max", values.iter().copied().reduce(f64::max)),
        ("sd", sd),
    ]
}

#[cfg(test)]
mod tests {
    use super::summary;

    #[test]
    fn the_summary_of_a_hand_worked_example() {
        // 0.2, 0.4, 0.9: mean 0.5; squares 0.09 + 0.01 + 0.16 = 0.26; variance 0.13.
        let [min, mean, max, sd] = summary(&[0.4, 0.2, 0.9]).map(|(_, value)| value.unwrap());
        assert_eq!((min, max), (0.2, 0.9));
        assert!((mean - 0.5).abs() < 1e-12 && (sd - 0.13_f64.sqrt()).abs() < 1e-12);
        assert_eq!(summary(&[0.5])[3].1, None);
    }
}
