//! Rows of compare.csv.

use serde::{Deserialize, Serialize};

use crate::record::{Record, SCHEMA, number};

/// A row of compare.csv: one metric of base and head.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "the columns are explained in METHODOLOGY.md, section Comparing"
)]
pub struct CompareRow {
    pub schema: u32,
    pub dataset: String,
    pub task: String,
    pub level: String,
    pub base_variant: String,
    pub head_variant: String,
    pub seed: String,
    pub slice: String,
    pub match_rule: String,
    pub metric: String,
    #[serde(with = "number")]
    pub base: Option<f64>,
    #[serde(with = "number")]
    pub head: Option<f64>,
    #[serde(with = "number")]
    pub delta: Option<f64>,
    #[serde(with = "number")]
    pub ratio: Option<f64>,
    #[serde(with = "number")]
    pub ci_low: Option<f64>,
    #[serde(with = "number")]
    pub ci_high: Option<f64>,
    pub test: String,
    #[serde(with = "number")]
    pub p: Option<f64>,
    #[serde(with = "number")]
    pub p_adjusted: Option<f64>,
    pub adjust: String,
    pub stories: u64,
    pub fixed: u64,
    pub broken: u64,
    #[serde(with = "number")]
    pub mde: Option<f64>,
    #[serde(with = "number")]
    pub tolerance: Option<f64>,
    pub decision: String,
    pub gated: bool,
    pub reason: String,
}

impl CompareRow {
    /// A row with nothing in it.
    pub fn empty() -> Self {
        Self {
            schema: SCHEMA,
            dataset: String::new(),
            task: String::new(),
            level: String::new(),
            base_variant: String::new(),
            head_variant: String::new(),
            seed: String::new(),
            slice: String::new(),
            match_rule: String::new(),
            metric: String::new(),
            base: None,
            head: None,
            delta: None,
            ratio: None,
            ci_low: None,
            ci_high: None,
            test: String::new(),
            p: None,
            p_adjusted: None,
            adjust: String::new(),
            stories: 0,
            fixed: 0,
            broken: 0,
            mde: None,
            tolerance: None,
            decision: String::new(),
            gated: false,
            reason: String::new(),
        }
    }
}

impl Record for CompareRow {
    type Order = [String; 9];

    fn order(&self) -> Self::Order {
        [
            &self.dataset,
            &self.task,
            &self.level,
            &self.base_variant,
            &self.head_variant,
            &self.seed,
            &self.slice,
            &self.match_rule,
            &self.metric,
        ]
        .map(Clone::clone)
    }

    fn header() -> &'static [&'static str] {
        &[
            "schema",
            "dataset",
            "task",
            "level",
            "base_variant",
            "head_variant",
            "seed",
            "slice",
            "match_rule",
            "metric",
            "base",
            "head",
            "delta",
            "ratio",
            "ci_low",
            "ci_high",
            "test",
            "p",
            "p_adjusted",
            "adjust",
            "stories",
            "fixed",
            "broken",
            "mde",
            "tolerance",
            "decision",
            "gated",
            "reason",
        ]
    }
}
