//! Decisions: what a comparison of one metric concludes, in one word.

use std::fmt;

/// What is concluded about one metric of one variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Decision {
    /// Worse on this gold, beyond the tolerance; says nothing about other texts.
    ChangedWorse,
    /// Better on this gold, beyond the tolerance; says nothing about other texts.
    ChangedBetter,
    /// Worse, by a paired test over stories.
    Regressed,
    /// Better, by a paired test over stories.
    Improved,
    /// Equal within the tolerance.
    Unchanged,
    /// Not decided: too few stories, too much spread, or a metric of which neither direction is better.
    Inconclusive,
    /// The two values do not measure the same thing.
    Incomparable,
    /// Only the head has it.
    New,
    /// Only the base has it.
    Missing,
}

impl Decision {
    /// The word in the column `decision`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ChangedWorse => "changed-worse",
            Self::ChangedBetter => "changed-better",
            Self::Regressed => "regressed",
            Self::Improved => "improved",
            Self::Unchanged => "unchanged",
            Self::Inconclusive => "inconclusive",
            Self::Incomparable => "incomparable",
            Self::New => "new",
            Self::Missing => "missing",
        }
    }

    /// True when the head lost something.
    pub const fn is_worse(self) -> bool {
        matches!(self, Self::ChangedWorse | Self::Regressed | Self::Missing)
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Which way a metric should go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// More is better.
    Higher,
    /// Less is better (work counters, wrong merges).
    Lower,
    /// Neither; a description, or a value tuned on the gold.
    Neither,
}

/// Suffixes of rows over seeds that describe the spread; only `_mean` is a value to go by.
const SPREAD: &[&str] = &["_min", "_max", "_sd"];

/// Metrics of which more is better, besides those that end in `precision`, `recall` or `f1`.
const HIGHER: &[&str] = &[
    "mcc",
    "ari",
    "v_measure",
    "homogeneity",
    "completeness",
    "exact_clusters",
    "pair_completeness",
    "reduction_ratio",
    "spearman",
    "kendall",
    "preference",
];

/// Metrics of which less is better, besides work counters.
const LOWER: &[&str] = &["over_merges", "under_merges", "preference_ties"];

/// Prefix of work counters.
pub const COUNTER: &str = "counter_";

impl Direction {
    /// The direction of a metric by its name. What is not known has none, and is then not gated unless named.
    pub fn of(metric: &str) -> Self {
        let metric = metric.strip_suffix("_mean").unwrap_or(metric);
        if metric.starts_with(COUNTER) || LOWER.contains(&metric) {
            return Self::Lower;
        }
        if SPREAD.iter().any(|suffix| metric.ends_with(suffix)) || metric.starts_with("best_") {
            return Self::Neither;
        }
        let ratio = ["precision", "recall", "f1"]
            .iter()
            .any(|name| metric.ends_with(name));
        let at_share = metric.starts_with("critical_recall_at_");
        if ratio || at_share || HIGHER.contains(&metric) {
            Self::Higher
        } else {
            Self::Neither
        }
    }

    /// Head minus base, turned so that more is better; `None` without direction.
    pub fn gain(self, delta: f64) -> Option<f64> {
        match self {
            Self::Higher => Some(delta),
            Self::Lower => Some(-delta),
            Self::Neither => None,
        }
    }
}
