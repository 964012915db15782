//! The rows of the four report files: their columns, and the key that each file is sorted by.

use serde::{Deserialize, Serialize};

use super::{Key, Record, cell, number, variant_name};

/// A row of quality.csv: one value of one metric.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "the columns are explained in record/columns.rs, by `karat schema`"
)]
pub struct QualityRow {
    pub schema: u32,
    pub dataset: String,
    pub gold_digest: String,
    pub task: String,
    pub level: String,
    pub algorithm: String,
    pub params: String,
    pub seed: String,
    pub slice: String,
    pub match_rule: String,
    pub metric: String,
    pub metric_version: u32,
    #[serde(with = "number")]
    pub value: Option<f64>,
    #[serde(with = "number")]
    pub ci_low: Option<f64>,
    #[serde(with = "number")]
    pub ci_high: Option<f64>,
    pub ci_method: String,
    #[serde(with = "number")]
    pub true_positives: Option<f64>,
    #[serde(with = "number")]
    pub false_positives: Option<f64>,
    #[serde(with = "number")]
    pub false_negatives: Option<f64>,
    #[serde(with = "number")]
    pub true_negatives: Option<f64>,
    pub support: Option<u64>,
    pub stories: u64,
    pub status: String,
    pub error: String,
}

/// A row of outcomes.csv: what became of one item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "as above")]
pub struct OutcomeRow {
    pub schema: u32,
    pub dataset: String,
    pub task: String,
    pub level: String,
    pub algorithm: String,
    pub params: String,
    pub seed: String,
    pub match_rule: String,
    pub document: String,
    pub item: String,
    pub verdict: String,
    pub detail: String,
    #[serde(with = "number")]
    pub weight: Option<f64>,
    #[serde(with = "number")]
    pub confidence: Option<f64>,
    pub story: String,
    pub zone: String,
    pub gold_type: String,
    pub predicted_type: String,
    pub category: String,
    pub severity: String,
    #[serde(with = "cell")]
    pub gold_text: String,
    #[serde(with = "cell")]
    pub predicted_text: String,
    pub slices: String,
}

/// A row of curves.csv: one point of a precision-recall curve.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "as above")]
pub struct CurveRow {
    pub schema: u32,
    pub dataset: String,
    pub task: String,
    pub level: String,
    pub algorithm: String,
    pub params: String,
    pub seed: String,
    pub match_rule: String,
    #[serde(with = "number")]
    pub threshold: Option<f64>,
    #[serde(with = "number")]
    pub precision: Option<f64>,
    #[serde(with = "number")]
    pub recall: Option<f64>,
    #[serde(with = "number")]
    pub f1: Option<f64>,
    pub on_frontier: bool,
}

/// A row of `throughput/<machine>.csv`: one timed pass.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "as above")]
pub struct ThroughputRow {
    pub schema: u32,
    pub run: String,
    pub input: String,
    pub task: String,
    pub level: String,
    pub algorithm: String,
    pub params: String,
    pub seed: String,
    pub threads: u64,
    pub sample: u64,
    pub phase: String,
    pub wall_ns: Option<u64>,
    pub cpu_user_ns: Option<u64>,
    pub cpu_sys_ns: Option<u64>,
    pub peak_bytes: Option<u64>,
    pub documents: u64,
    pub bytes: u64,
    pub output_hash: String,
    pub status: String,
    pub error: String,
}

impl ThroughputRow {
    /// What a row that is not `ok` says to the user: the variant, the status and the reason.
    pub fn failure(&self) -> Option<String> {
        (self.status != "ok").then(|| {
            format!(
                "{}/{}/{}: {}: {}",
                self.task,
                self.level,
                variant_name(&self.algorithm, &self.params),
                self.status,
                self.error
            )
        })
    }
}

impl QualityRow {
    /// Task, level, algorithm, parameters.
    pub fn key(&self) -> Key {
        (
            self.task.clone(),
            self.level.clone(),
            self.algorithm.clone(),
            self.params.clone(),
        )
    }

    /// `algorithm(params)`.
    pub fn variant(&self) -> String {
        variant_name(&self.algorithm, &self.params)
    }
}

macro_rules! record {
    ($row:ident, $order:ty, |$it:ident| $key:expr, [$($column:literal),+ $(,)?]) => {
        impl Record for $row {
            type Order = $order;
            fn order(&self) -> $order { let $it = self; $key }
            fn header() -> &'static [&'static str] { &[$($column),+] }
        }
    };
}

record!(
    QualityRow,
    (Key, String, String, String, String),
    |r| (
        r.key(),
        r.seed.clone(),
        r.slice.clone(),
        r.match_rule.clone(),
        r.metric.clone()
    ),
    [
        "schema",
        "dataset",
        "gold_digest",
        "task",
        "level",
        "algorithm",
        "params",
        "seed",
        "slice",
        "match_rule",
        "metric",
        "metric_version",
        "value",
        "ci_low",
        "ci_high",
        "ci_method",
        "true_positives",
        "false_positives",
        "false_negatives",
        "true_negatives",
        "support",
        "stories",
        "status",
        "error",
    ]
);
record!(
    OutcomeRow,
    (Key, String, String, String, String, String, String),
    |r| (
        (
            r.task.clone(),
            r.level.clone(),
            r.algorithm.clone(),
            r.params.clone()
        ),
        r.seed.clone(),
        r.match_rule.clone(),
        r.document.clone(),
        r.item.clone(),
        r.verdict.clone(),
        format!(
            "{}\u{0}{}\u{0}{}",
            r.gold_type, r.predicted_type, r.predicted_text
        )
    ),
    [
        "schema",
        "dataset",
        "task",
        "level",
        "algorithm",
        "params",
        "seed",
        "match_rule",
        "document",
        "item",
        "verdict",
        "detail",
        "weight",
        "confidence",
        "story",
        "zone",
        "gold_type",
        "predicted_type",
        "category",
        "severity",
        "gold_text",
        "predicted_text",
        "slices",
    ]
);
record!(
    CurveRow,
    (Key, String, String, u64),
    |r| (
        (
            r.task.clone(),
            r.level.clone(),
            r.algorithm.clone(),
            r.params.clone()
        ),
        r.seed.clone(),
        r.match_rule.clone(),
        u64::MAX - r.threshold.unwrap_or(0.0).max(0.0).to_bits()
    ),
    [
        "schema",
        "dataset",
        "task",
        "level",
        "algorithm",
        "params",
        "seed",
        "match_rule",
        "threshold",
        "precision",
        "recall",
        "f1",
        "on_frontier",
    ]
);
record!(
    ThroughputRow,
    (Key, String, String, String, u64),
    |r| (
        (
            r.task.clone(),
            r.level.clone(),
            r.algorithm.clone(),
            r.params.clone()
        ),
        r.seed.clone(),
        r.input.clone(),
        r.phase.clone(),
        r.sample
    ),
    [
        "schema",
        "run",
        "input",
        "task",
        "level",
        "algorithm",
        "params",
        "seed",
        "threads",
        "sample",
        "phase",
        "wall_ns",
        "cpu_user_ns",
        "cpu_sys_ns",
        "peak_bytes",
        "documents",
        "bytes",
        "output_hash",
        "status",
        "error",
    ]
);
