//! A recommendation in words: the table to paste, and how far it can be trusted.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::dedup::is_oracle;
use crate::error::{Error, Result};
use crate::params::Params;
use crate::recommend::measure::Line;
use crate::recommend::split::Split;
use crate::report::summary::metric;
use crate::stats::stories;

/// Differences in F1 below this are called none.
const ALIKE: f64 = 0.01;
/// A fall in F1 from one part to the other above this is pointed at.
const FALL: f64 = 0.05;

/// A `[[variant]]` table of karat.toml.
#[derive(Serialize)]
struct Table<'a> {
    task: String,
    algorithm: &'a str,
    levels: [&'a str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    clustering: Option<String>,
    threshold: BTreeMap<&'a str, f64>,
    #[serde(skip_serializing_if = "Params::is_empty")]
    params: &'a Params,
}

#[derive(Serialize)]
struct File<'a> {
    variant: [Table<'a>; 1],
}

/// The recommended variant as karat.toml has it.
///
/// # Errors
/// A parameter that TOML cannot say.
pub fn table(line: &Line) -> Result<String> {
    let (variant, level) = (&line.choice.variant, line.choice.level);
    let file = File {
        variant: [Table {
            task: variant.task.to_string(),
            algorithm: &variant.algorithm,
            levels: [level.name()],
            clustering: variant.clustering.map(|clustering| clustering.to_string()),
            threshold: BTreeMap::from([(level.name(), line.choice.threshold)]),
            params: &variant.params,
        }],
    };
    toml::to_string(&file).map_err(|e| Error::Internal(e.to_string()))
}

/// How far the recommendation of `lines[picked]` can be trusted.
pub fn trust(lines: &[Line], picked: usize, split: &Split) -> String {
    let line = &lines[picked];
    let (choose, report) = (&split.groups.0, &split.groups.1);
    let of = |names: &[String]| match (names, split.by_story) {
        ([one], true) => format!("story {one}"),
        (many, true) => format!("{} stories", many.len()),
        (many, false) => format!("{} sets of documents of one story", many.len()),
    };
    let mut text = format!(
        "Variant and threshold were chosen on {} ({} positive pairs, F1 {:.3}). On {} ({} positive pairs), which had no part in the choice, F1 is {} (precision {}, recall {}).",
        of(choose),
        split.positives.0,
        line.choice.f1,
        of(report),
        split.positives.1,
        metric(line.f1),
        metric(line.precision),
        metric(line.recall),
    );
    let fall = line.choice.f1 - line.f1.unwrap_or(0.0);
    if fall > FALL {
        text.push_str(&format!(
            " It fell by {fall:.3}: the threshold does not carry over well; label more texts before you rely on it."
        ));
    }
    match line.interval {
        Some(interval) if split.by_story => text.push_str(&format!(
            " For other stories like these expect F1 between {:.2} and {:.2} (95 %, over {} stories).",
            interval.low.max(0.0),
            interval.high.min(1.0),
            report.len()
        )),
        _ => text.push_str(&format!(
            " That is one look at {}; how F1 varies from story to story cannot be told from fewer than {} stories to report on.",
            of(report),
            stories::FEWEST
        )),
    }
    if let Some((low, high)) = line.spread.filter(|(low, high)| low < high) {
        text.push_str(&format!(
            " Over hash seeds F1 goes from {low:.3} to {high:.3}."
        ));
    }
    if is_oracle(&line.choice.variant.algorithm) {
        text.push_str(" It is an oracle: it compares every pair, so its time grows with the square of the documents; for many of them take the best variant without that mark.");
    }
    let rivals: Vec<String> = lines
        .iter()
        .enumerate()
        .filter(|&(at, other)| {
            at != picked && other.f1.unwrap_or(0.0) > line.f1.unwrap_or(0.0) - ALIKE
        })
        .map(|(_, other)| format!("`{}` ({})", name(other), metric(other.f1)))
        .collect();
    if !rivals.is_empty() {
        text.push_str(&format!(
            " As good there, or better: {}; take what is faster or simpler.",
            rivals.join(", ")
        ));
    }
    text
}

/// Algorithm and parameters, without the threshold.
pub fn name(line: &Line) -> String {
    let variant = &line.choice.variant;
    crate::record::variant_name(&variant.algorithm, &crate::params::text(&variant.params))
}
