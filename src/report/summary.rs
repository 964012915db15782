//! The headline figures of each variant at each level, joined with its throughput.

use std::collections::BTreeMap;

use crate::record::{Key, QualityRow, ThroughputRow, variant_name};
use crate::task::{Level, Task};

/// One line of a headline table.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// `algorithm(params)`.
    pub variant: String,
    /// Precision (for a document ranking: Spearman's rho).
    pub precision: Option<f64>,
    /// Recall (for a document ranking: Kendall's tau).
    pub recall: Option<f64>,
    /// F1.
    pub f1: Option<f64>,
    /// Smallest and largest F1 over seeds.
    pub spread: Option<(f64, f64)>,
    /// True positives, false positives, false negatives.
    pub counts: Option<(f64, f64, f64)>,
    /// What the throughput file says.
    pub speed: Option<Speed>,
    /// Status other than `ok`, with the error.
    pub failure: Option<(String, String)>,
}

/// Median throughput of one variant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Speed {
    /// Documents per second.
    pub documents_per_second: f64,
    /// Megabytes (10^6) per second.
    pub megabytes_per_second: f64,
    /// Peak memory in bytes.
    pub peak_bytes: u64,
}

/// A table: one task at one level.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Task.
    pub task: Task,
    /// Level.
    pub level: Level,
    /// Match rule or family of metrics that the columns show.
    pub rule: &'static str,
    /// Lines in order of variant.
    pub lines: Vec<Line>,
}

/// Which match rule and which metric names a level's headline shows.
pub fn headline(task: Task, level: Level) -> (&'static str, [&'static str; 3]) {
    match (task, level) {
        (Task::Dedup, _) => ("pairs", ["precision", "recall", "f1"]),
        (Task::Entity, Level::Mention) => ("strict", ["precision", "recall", "f1"]),
        (Task::Entity, _) => ("", ["b_cubed_precision", "b_cubed_recall", "b_cubed_f1"]),
        (Task::Garble, Level::Document) => ("", ["spearman", "kendall", ""]),

        (Task::Garble, _) => ("overlap", ["precision", "recall", "f1"]),
    }
}

/// What the columns of a level's headline are called.
pub fn columns(task: Task, level: Level) -> [&'static str; 3] {
    if (task, level) == (Task::Garble, Level::Document) {
        ["Spearman", "Kendall", ""]
    } else {
        ["P", "R", "F1"]
    }
}

/// Builds the sections from records.
pub fn sections(quality: &[QualityRow], throughput: &[ThroughputRow]) -> Vec<Section> {
    let speeds = speeds(throughput);
    let mut by_key: BTreeMap<(Task, Level, String, String), Vec<&QualityRow>> = BTreeMap::new();
    for row in quality.iter().filter(|row| row.slice == "all") {
        if let (Ok(task), Ok(level)) = (row.task.parse(), row.level.parse()) {
            by_key
                .entry((task, level, row.algorithm.clone(), row.params.clone()))
                .or_default()
                .push(row);
        }
    }
    let mut sections: Vec<Section> = Vec::new();
    for ((task, level, algorithm, params), rows) in by_key {
        let (rule, names) = headline(task, level);
        if sections
            .last()
            .is_none_or(|section| (section.task, section.level) != (task, level))
        {
            let rule = if rule.is_empty() && task == Task::Entity {
                "b_cubed"
            } else {
                rule
            };
            sections.push(Section {
                task,
                level,
                rule,
                lines: Vec::new(),
            });
        }
        let key = (task.to_string(), level.to_string(), algorithm, params);
        if let Some(section) = sections.last_mut() {
            section.lines.push(line(&key, &rows, rule, names, &speeds));
        }
    }
    sections
}

fn line(
    key: &Key,
    rows: &[&QualityRow],
    rule: &str,
    names: [&str; 3],
    speeds: &BTreeMap<Key, Speed>,
) -> Line {
    let find = |metric: &str| {
        rows.iter()
            .find(|row| row.match_rule == rule && row.metric == metric && !metric.is_empty())
    };
    let value = |metric: &str| find(metric).and_then(|row| row.value);
    let counts = find(names[2]).and_then(|row| {
        Some((
            row.true_positives?,
            row.false_positives?,
            row.false_negatives?,
        ))
    });
    let spread = value(&format!("{}_min", names[2])).zip(value(&format!("{}_max", names[2])));
    let failure = rows
        .iter()
        .find(|row| row.status != "ok")
        .map(|row| (row.status.clone(), row.error.clone()));
    Line {
        variant: variant_name(&key.2, &key.3),
        precision: value(names[0]),
        recall: value(names[1]),
        f1: value(names[2]),
        spread,
        counts,
        speed: speeds.get(key).copied(),
        failure,
    }
}

/// Median speed of each variant at each level over its `predict` samples.
pub fn speeds(throughput: &[ThroughputRow]) -> BTreeMap<Key, Speed> {
    let mut samples: BTreeMap<Key, Vec<&ThroughputRow>> = BTreeMap::new();
    for row in throughput
        .iter()
        .filter(|row| row.phase == "predict" && row.status == "ok" && row.wall_ns.is_some())
    {
        let key = (
            row.task.clone(),
            row.level.clone(),
            row.algorithm.clone(),
            row.params.clone(),
        );
        samples.entry(key).or_default().push(row);
    }
    samples
        .into_iter()
        .filter_map(|(key, mut rows)| {
            rows.sort_by_key(|row| row.wall_ns);
            let median = rows.get(rows.len() / 2)?;
            #[allow(
                clippy::cast_precision_loss,
                reason = "figures to be read, far below 2^53"
            )]
            let per_second =
                |amount: u64| amount as f64 / (median.wall_ns.unwrap_or(0).max(1) as f64 / 1e9);
            let peak_bytes = rows
                .iter()
                .filter_map(|row| row.peak_bytes)
                .max()
                .unwrap_or(0);
            let speed = Speed {
                documents_per_second: per_second(median.documents),
                megabytes_per_second: per_second(median.bytes) / 1e6,
                peak_bytes,
            };
            Some((key, speed))
        })
        .collect()
}

/// A metric with three decimals; `-` where it is undefined.
pub fn metric(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"))
}

/// A figure with three significant digits.
pub fn figure(value: f64) -> String {
    let digits = match value {
        v if v >= 100.0 => 0,
        v if v >= 10.0 => 1,
        _ => 2,
    };
    format!("{value:.digits$}")
}
