//! Tasks, levels, outcomes and measures: the vocabulary in which every algorithm is scored.
//!
//! An algorithm predicts; a scorer turns prediction and gold into [`Outcome`]s (one per item) and, for metrics that are no sum
//! over items, into [`Measure`]s. Count metrics are folded from outcomes and from nothing else, so that quality.csv and
//! outcomes.csv cannot disagree.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What kind of cleaning is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Task {
    /// Finding near-copies.
    Dedup,
    /// Finding names and which of them are the same.
    Entity,
    /// Finding what the author did not mean.
    Garble,
}

/// At which level a task is predicted and scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Whole documents (dedup, garble).
    Document,
    /// Segments (dedup, garble).
    Segment,
    /// Ordered document pairs: the first adds nothing to the second (dedup).
    Redundancy,
    /// Names in texts (entity).
    Mention,
    /// Which gold mentions name the same entity (entity).
    Resolution,
    /// Recognized, then resolved (entity).
    EndToEnd,
    /// Spans (garble).
    Span,
}

macro_rules! names {
    ($kind:ident, $what:literal, $($variant:ident => $name:literal),+ $(,)?) => {
        impl $kind {
            /// Every value, in the order of the documents.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name used in configuration, columns and prose.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }

        impl fmt::Display for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.name())
            }
        }

        impl FromStr for $kind {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                Self::ALL.iter().copied().find(|value| value.name() == text).ok_or_else(|| {
                    let known: Vec<&str> = Self::ALL.iter().map(|value| value.name()).collect();
                    format!(concat!("unknown ", $what, " `{}`; known: {}"), text, known.join(", "))
                })
            }
        }
    };
}

names!(Task, "task", Dedup => "dedup", Entity => "entity", Garble => "garble");
names!(Level, "level",
    Document => "document", Segment => "segment", Redundancy => "redundancy",
    Mention => "mention", Resolution => "resolution", EndToEnd => "end-to-end", Span => "span");
names!(Verdict, "verdict",
    TruePositive => "true positive", FalsePositive => "false positive", FalseNegative => "false negative", Ignored => "ignored");

/// What became of one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Verdict {
    /// In gold and predicted.
    #[serde(rename = "true positive")]
    TruePositive,
    /// Predicted, not in gold.
    #[serde(rename = "false positive")]
    FalsePositive,
    /// In gold, not predicted.
    #[serde(rename = "false negative")]
    FalseNegative,
    /// Doubtful or not judged: on neither side of any count.
    #[serde(rename = "ignored")]
    Ignored,
}

/// One scored item under one match rule.
///
/// A match rule that gives part of the credit (`partial`) splits an item into several outcomes whose weights say how much
/// counts as true positive, false positive and false negative.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Match rule, such as `pairs`, `strict`, `overlap`.
    pub match_rule: &'static str,
    /// Document (the first one of a pair).
    pub document: String,
    /// Stable, typable identifier such as `embassy/mention/003:1066-1078`.
    pub item: String,
    /// What became of it.
    pub verdict: Verdict,
    /// `COR`, `INC`, `PAR`, `MIS`, `SPU` for spans; else empty.
    pub detail: &'static str,
    /// How much it counts; 1 unless a match rule divides credit.
    pub weight: f64,
    /// What the algorithm attached, rounded to 6 decimals.
    pub confidence: Option<f64>,
    /// Story of the document (of both, joined by `+`, for a pair across two stories).
    pub story: String,
    /// Zone of the segment; empty without segments.
    pub zone: String,
    /// Type in gold.
    pub gold_type: String,
    /// Predicted type.
    pub predicted_type: String,
    /// Garble category.
    pub category: String,
    /// Garble severity.
    pub severity: String,
    /// Text in gold.
    pub gold_text: String,
    /// Predicted text.
    pub predicted_text: String,
    /// Further slices that the item belongs to, as `name=value`, sorted (`segment=garbled`, `surface=unseen`, ...).
    pub slices: Vec<String>,
}

impl Outcome {
    /// An outcome with everything else empty and weight 1.
    pub fn new(
        match_rule: &'static str,
        document: impl Into<String>,
        item: impl Into<String>,
        verdict: Verdict,
    ) -> Self {
        Self {
            match_rule,
            document: document.into(),
            item: item.into(),
            verdict,
            detail: "",
            weight: 1.0,
            confidence: None,
            story: String::new(),
            zone: String::new(),
            gold_type: String::new(),
            predicted_type: String::new(),
            category: String::new(),
            severity: String::new(),
            gold_text: String::new(),
            predicted_text: String::new(),
            slices: Vec::new(),
        }
    }
}

/// Weighted counts behind a metric. True negatives are `None` where they are not defined.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Counts {
    /// Weight of true positives.
    pub true_positives: f64,
    /// Weight of false positives.
    pub false_positives: f64,
    /// Weight of false negatives.
    pub false_negatives: f64,
    /// Weight of true negatives.
    pub true_negatives: Option<f64>,
}

/// One value of one metric on one slice.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// `all`, or `name=value`.
    pub slice: String,
    /// Match rule; empty where there is none.
    pub match_rule: String,
    /// Metric name.
    pub metric: String,
    /// Version of the metric's definition; raised when the definition changes.
    pub metric_version: u32,
    /// The value; `None` = undefined.
    pub value: Option<f64>,
    /// Lower and upper end of an interval.
    pub interval: Option<(f64, f64)>,
    /// How the interval was made; empty without one.
    pub ci_method: String,
    /// Counts, for metrics that are made of counts.
    pub counts: Option<Counts>,
    /// Number of gold items behind the value.
    pub support: Option<u64>,
}

impl Measure {
    /// A measure without match rule, interval and counts.
    pub fn new(slice: impl Into<String>, metric: impl Into<String>, value: Option<f64>) -> Self {
        Self {
            slice: slice.into(),
            match_rule: String::new(),
            metric: metric.into(),
            metric_version: 1,
            value,
            interval: None,
            ci_method: String::new(),
            counts: None,
            support: None,
        }
    }
}

/// One point of a precision-recall curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurvePoint {
    /// Everything at this similarity or above is predicted.
    pub threshold: f64,
    /// Precision at this threshold.
    pub precision: Option<f64>,
    /// Recall at this threshold.
    pub recall: Option<f64>,
    /// F1 at this threshold.
    pub f1: Option<f64>,
    /// No other point has both higher precision and higher recall.
    pub on_frontier: bool,
}

/// Everything that scoring one prediction at one level gives.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scored {
    /// One per item and match rule.
    pub outcomes: Vec<Outcome>,
    /// Metrics that are no count over outcomes, and the true negatives of those that are.
    pub measures: Vec<Measure>,
    /// Precision-recall curves by match rule.
    pub curves: Vec<(&'static str, Vec<CurvePoint>)>,
}

/// Confidences and similarities are rounded to 6 decimals before they meet a threshold, so that the last bit of `ln` or `exp`
/// on another machine changes no verdict.
pub fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}
