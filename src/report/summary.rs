//! The headline figures of each variant at each level, joined with its throughput.

use std::collections::BTreeMap;

use crate::dedup::is_oracle;
use crate::label::SYNTHETIC;
use crate::record::{Key, QualityRow, ThroughputRow, variant_name};
use crate::task::{Level, Task};

/// One line of a headline table.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// `algorithm(params)`.
    pub variant: String,
    /// True for a deduper that the others are measured by; tables say so behind its name.
    pub oracle: bool,
    /// Precision (for a document ranking: Spearman's rho).
    pub precision: Option<f64>,
    /// Recall (for a document ranking: Kendall's tau).
    pub recall: Option<f64>,
    /// F1.
    pub f1: Option<f64>,
    /// Mean of the F1 of each type, where the level has types: a frequent type decides the F1 of all.
    pub macro_f1: Option<f64>,
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

/// A table: one task at one level, on real or on synthetic gold.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// True when the labels were put in by program.
    pub synthetic: bool,
    /// Task.
    pub task: Task,
    /// Level.
    pub level: Level,
    /// Match rule or family of metrics that the columns show.
    pub rule: &'static str,
    /// What the first three columns are called.
    pub columns: [&'static str; 3],
    /// Lines in order of variant.
    pub lines: Vec<Line>,
}

impl Section {
    /// What the table is about: `garble/span`, `synthetic/garble/span`.
    pub fn name(&self) -> String {
        let synthetic = if self.synthetic { "synthetic/" } else { "" };
        format!("{synthetic}{}/{}", self.task, self.level)
    }

    /// True when a line has a macro F1: the table then has a column for it.
    pub fn has_macro(&self) -> bool {
        self.lines.iter().any(|line| line.macro_f1.is_some())
    }

    /// The line above the table.
    pub fn heading(&self) -> String {
        let synthetic = if self.synthetic {
            ", synthetic damage"
        } else {
            ""
        };
        format!("{} / {}{synthetic}", self.task, self.level)
    }
}

/// What the table of a level shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Headline {
    /// Match rule; empty for metrics without one.
    pub rule: &'static str,
    /// Names of the metrics; the last may be empty.
    pub metrics: [&'static str; 3],
    /// What their columns are called.
    pub columns: [&'static str; 3],
}

const fn by_counts(rule: &'static str) -> Headline {
    Headline {
        rule,
        metrics: ["precision", "recall", "f1"],
        columns: ["P", "R", "F1"],
    }
}

const PAIRS: &[Headline] = &[by_counts("pairs")];
const MENTIONS: &[Headline] = &[by_counts("strict")];
const SPANS: &[Headline] = &[by_counts("overlap")];

/// Of listed pairs of names the clusters are unknown.
const ENTITIES: &[Headline] = &[
    Headline {
        rule: "",
        metrics: ["b_cubed_precision", "b_cubed_recall", "b_cubed_f1"],
        columns: ["P", "R", "F1"],
    },
    by_counts("listed"),
];

/// Minimal pairs of texts have no ranking of all documents.
const RANKINGS: &[Headline] = &[
    Headline {
        rule: "",
        metrics: ["spearman", "kendall", ""],
        columns: ["Spearman", "Kendall", ""],
    },
    Headline {
        rule: "preference",
        metrics: ["preference", "preference_ties", ""],
        columns: ["preferred", "ties", ""],
    },
];

/// What the table of a level shows: the usual headline, or where the dataset's labels give no value for it, the next one.
pub fn headline<'a>(
    task: Task,
    level: Level,
    quality: impl IntoIterator<Item = &'a QualityRow>,
) -> Headline {
    let known = match (task, level) {
        (Task::Dedup, _) => PAIRS,
        (Task::Entity, Level::Mention) => MENTIONS,
        (Task::Entity, _) => ENTITIES,
        (Task::Garble, Level::Document) => RANKINGS,
        (Task::Garble, _) => SPANS,
    };
    let (task, level) = (task.to_string(), level.to_string());
    let mut present = vec![false; known.len()];
    for row in quality {
        if row.task != task || row.level != level || row.slice != "all" || row.value.is_none() {
            continue;
        }
        for (headline, present) in known.iter().zip(&mut present) {
            *present |=
                headline.rule == row.match_rule && headline.metrics.contains(&row.metric.as_str());
        }
    }
    let chosen = present.iter().position(|&present| present).unwrap_or(0);
    known[chosen]
}

/// Builds the sections from records.
pub fn sections(quality: &[QualityRow], throughput: &[ThroughputRow]) -> Vec<Section> {
    let speeds = speeds(throughput);
    // Whether the gold is synthetic comes first: such results never share a table with others.
    let mut by_key: BTreeMap<(bool, Task, Level, String, String), Vec<&QualityRow>> =
        BTreeMap::new();
    for row in quality.iter().filter(|row| row.slice == "all") {
        if let (Ok(task), Ok(level)) = (row.task.parse(), row.level.parse()) {
            by_key
                .entry((
                    row.dataset.starts_with(SYNTHETIC),
                    task,
                    level,
                    row.algorithm.clone(),
                    row.params.clone(),
                ))
                .or_default()
                .push(row);
        }
    }
    let mut sections: Vec<Section> = Vec::new();
    let mut shown = by_counts("");
    for ((synthetic, task, level, algorithm, params), rows) in by_key {
        if sections.last().is_none_or(|section| {
            (section.synthetic, section.task, section.level) != (synthetic, task, level)
        }) {
            shown = headline(task, level, quality);
            let rule = shown.rule;
            let rule = if rule.is_empty() && task == Task::Entity {
                "b_cubed"
            } else {
                rule
            };
            sections.push(Section {
                synthetic,
                task,
                level,
                rule,
                columns: shown.columns,
                lines: Vec::new(),
            });
        }
        let key = (task.to_string(), level.to_string(), algorithm, params);
        if let Some(section) = sections.last_mut() {
            section.lines.push(line(&key, &rows, shown, &speeds));
        }
    }
    sections
}

fn line(key: &Key, rows: &[&QualityRow], shown: Headline, speeds: &BTreeMap<Key, Speed>) -> Line {
    let (rule, names) = (shown.rule, shown.metrics);
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
        oracle: key.0 == Task::Dedup.to_string() && is_oracle(&key.2),
        precision: value(names[0]),
        recall: value(names[1]),
        f1: value(names[2]),
        macro_f1: value("macro_f1"),
        spread,
        counts,
        speed: speed_of(key, speeds),
        failure,
    }
}

/// Speed of a variant at a level. A detector of garble reads a text in one pass, timed once for all levels that it is scored at.
fn speed_of(key: &Key, speeds: &BTreeMap<Key, Speed>) -> Option<Speed> {
    let timed = speeds.get(key).copied();
    if timed.is_some() || key.0 != Task::Garble.to_string() {
        return timed;
    }
    let mut same = speeds.iter().filter(|((task, _, algorithm, params), _)| {
        (task, algorithm, params) == (&key.0, &key.2, &key.3)
    });
    same.next().map(|(_, speed)| *speed)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::tests::quality;

    #[test]
    fn a_dataset_of_minimal_pairs_shows_preferences_instead_of_empty_ranks() {
        let row = |rule: &str, metric: &str, value| QualityRow {
            task: "garble".into(),
            level: "document".into(),
            match_rule: rule.into(),
            ..quality("a", metric, value)
        };
        let mut rows = vec![
            row("", "spearman", None),
            row("preference", "preference", Some(0.75)),
            row("preference", "preference_ties", Some(0.125)),
        ];
        let section = &sections(&rows, &[])[0];
        assert_eq!(section.columns, ["preferred", "ties", ""]);
        assert_eq!(section.rule, "preference");
        let line = &section.lines[0];
        assert_eq!((line.precision, line.recall), (Some(0.75), Some(0.125)));
        rows[0].value = Some(0.5);
        assert_eq!(sections(&rows, &[])[0].columns[0], "Spearman");
    }

    #[test]
    fn macro_f1_has_a_column_where_there_are_types() {
        let mut rows = vec![
            quality("balance", "f1", Some(0.75)),
            quality("balance", "macro_f1", Some(0.25)),
        ];
        for row in &mut rows {
            row.task = "entity".into();
            row.level = "mention".into();
            row.match_rule = "strict".into();
        }
        let with = sections(&rows, &[]);
        let without = sections(&rows[..1], &[]);
        for (sections, shown) in [(with, true), (without, false)] {
            let markdown = crate::report::markdown::table(&sections[0]);
            let terminal = crate::report::table::render(&sections, None);
            for text in [&markdown, &terminal] {
                assert_eq!(text.contains("macro F1"), shown, "{text}");
                assert_eq!(text.contains("0.250"), shown, "{text}");
            }
            let cells: Vec<usize> = markdown.lines().map(|l| l.matches('|').count()).collect();
            assert!(
                cells.iter().all(|&cells| cells == cells_of(shown)),
                "{markdown}"
            );
        }
    }

    fn cells_of(with_macro: bool) -> usize {
        12 + usize::from(with_macro)
    }

    #[test]
    fn a_detector_is_timed_once_for_all_levels() {
        let key = |task: &str, level: &str| -> Key {
            (task.into(), level.into(), "balance".into(), String::new())
        };
        let speed = Speed {
            documents_per_second: 1.0,
            megabytes_per_second: 2.0,
            peak_bytes: 3,
        };
        let speeds = BTreeMap::from([
            (key("garble", "span"), speed),
            (key("dedup", "document"), speed),
        ]);
        assert_eq!(speed_of(&key("garble", "segment"), &speeds), Some(speed));
        assert_eq!(speed_of(&key("garble", "span"), &speeds), Some(speed));
        assert_eq!(speed_of(&key("dedup", "segment"), &speeds), None);
        let other = ("garble".into(), "span".into(), "c4".into(), String::new());
        assert_eq!(speed_of(&other, &speeds), None);
    }

    #[test]
    fn oracles_are_marked_among_dedupers_only() {
        let rows: Vec<QualityRow> = [
            ("dedup", "jaccard"),
            ("dedup", "minhash"),
            ("garble", "compression"),
        ]
        .iter()
        .map(|&(task, algorithm)| QualityRow {
            task: task.into(),
            level: "segment".into(),
            algorithm: algorithm.into(),
            ..quality(algorithm, "f1", Some(0.5))
        })
        .collect();
        let sections = sections(&rows, &[]);
        let marks: Vec<bool> = sections
            .iter()
            .flat_map(|section| &section.lines)
            .map(|line| line.oracle)
            .collect();
        assert_eq!(marks, [true, false, false]);
        assert!(crate::report::markdown::table(&sections[0]).contains("| `jaccard` (oracle) |"));
        assert!(crate::report::table::render(&sections, None).contains("jaccard (oracle)"));
    }
}
