//! Predictions made elsewhere: from rows to what scorers take. What matches nothing in the gold is a fault, never a silent zero.

mod place;
mod rows;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::Path;

use crate::error::{Error, Fault, Result, all_or_nothing};
use crate::garble::Granularity;
use crate::label::Gold;
use crate::predictions::PredictionRow;
use crate::record;
use crate::task::{Level, Task};
use crate::worker::Prediction;

/// All rows of one algorithm at one level with one seed.
#[derive(Debug, Clone, PartialEq)]
pub struct Predicted {
    /// Task.
    pub task: Task,
    /// Level at which it was predicted.
    pub level: Level,
    /// Algorithm.
    pub algorithm: String,
    /// Parameters.
    pub params: String,
    /// Seed.
    pub seed: String,
    /// What was predicted.
    pub prediction: Prediction,
}

impl Predicted {
    /// How finely a garble prediction points: at the level that its rows name.
    pub fn granularity(&self) -> Granularity {
        match self.level {
            Level::Document => Granularity::Document,
            Level::Segment => Granularity::Segment,
            _ => Granularity::Span,
        }
    }

    /// Levels at which it can be scored: its own, and for garble the coarser ones.
    pub fn score_levels(&self) -> Vec<Level> {
        match (self.task, self.level) {
            (Task::Garble, Level::Span) => vec![Level::Span, Level::Segment, Level::Document],
            (Task::Garble, Level::Segment) => vec![Level::Segment, Level::Document],
            (_, level) => vec![level],
        }
    }
}

/// Task, level, algorithm, parameters, seed.
type GroupKey = (String, String, String, String, String);

/// What a level may be asked for.
fn levels_of(task: Task) -> &'static [Level] {
    match task {
        Task::Dedup => &[Level::Document, Level::Segment, Level::Redundancy],
        Task::Entity => &[Level::Mention, Level::Resolution, Level::EndToEnd],
        Task::Garble => &[Level::Span, Level::Segment, Level::Document],
    }
}

/// Reads a file of predictions for this gold.
///
/// # Errors
/// All faults at once: rows of another corpus, unknown documents, spans that leave the text, cut a character or are no segment or
/// mention of the gold, values out of range, rows that stand twice, mentions without cluster.
pub fn read(path: &Path, gold: &Gold) -> Result<Vec<Predicted>> {
    let rows: Vec<PredictionRow> = record::read(path)?;
    if rows.is_empty() {
        return Err(Error::invalid(
            path.display(),
            "no prediction in this file",
            "an empty prediction cannot be told from a broken export",
        ));
    }
    let mut groups: BTreeMap<GroupKey, Vec<(u64, &PredictionRow)>> = BTreeMap::new();
    for (index, row) in rows.iter().enumerate() {
        let key = (
            row.task.clone(),
            row.level.clone(),
            row.algorithm.clone(),
            row.params.clone(),
            row.seed.clone(),
        );
        groups.entry(key).or_default().push((index as u64 + 2, row));
    }
    let mut reader = Reader {
        path,
        gold,
        digest: gold.corpus.digest(),
        faults: Vec::new(),
    };
    let mut all = Vec::new();
    for ((task, level, algorithm, params, seed), rows) in groups {
        let line = rows.first().map_or(0, |row| row.0);
        let parsed = task
            .parse::<Task>()
            .and_then(|task| level.parse::<Level>().map(|level| (task, level)));
        match parsed {
            Err(problem) => reader.fault(
                line,
                problem,
                "`karat schema predictions` explains the columns",
            ),
            Ok((task, level)) if !levels_of(task).contains(&level) => {
                reader.fault(
                    line,
                    format!("task `{task}` has no level `{level}`"),
                    "`karat schema predictions` explains the columns",
                );
            }
            Ok((task, level)) => {
                let prediction = reader.group(task, level, &rows);
                all.push(Predicted {
                    task,
                    level,
                    algorithm,
                    params,
                    seed,
                    prediction,
                });
            }
        }
    }
    all_or_nothing(reader.faults)?;
    Ok(all)
}

/// Turns rows into predictions and collects what is wrong with them.
struct Reader<'a> {
    path: &'a Path,
    gold: &'a Gold,
    digest: String,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    fn fault(&mut self, line: u64, problem: impl Into<String>, remedy: impl Into<String>) {
        self.faults
            .push(Fault::at(self.path, line, problem, remedy));
    }

    fn group(&mut self, task: Task, level: Level, rows: &[(u64, &PredictionRow)]) -> Prediction {
        for &(line, row) in rows {
            if !row.corpus_digest.is_empty() && row.corpus_digest != self.digest {
                self.fault(
                    line,
                    format!(
                        "made on corpus {}, this gold's corpus is {}",
                        row.corpus_digest, self.digest
                    ),
                    "predict on this corpus",
                );
                break;
            }
        }
        match (task, level) {
            (Task::Dedup, _) => Prediction::Pairs(self.pairs(level, rows)),
            (Task::Garble, _) => Prediction::Garbles(self.garbles(level, rows)),
            (Task::Entity, Level::Mention) => Prediction::Mentions(self.mentions(rows)),
            (Task::Entity, Level::Resolution) => Prediction::Clusters(self.clusters(rows)),
            (Task::Entity, _) => {
                let mentions = self.mentions(rows);
                let names: Vec<&str> = rows.iter().map(|(_, row)| row.cluster.as_str()).collect();
                for &(line, row) in rows.iter().filter(|(_, row)| row.cluster.is_empty()) {
                    self.fault(
                        line,
                        format!("mention in `{}` has no cluster", row.document),
                        "give each mention a cluster",
                    );
                }
                Prediction::Resolved(mentions, numbered(&names))
            }
        }
    }
}

/// Numbers for names, in order of first appearance.
fn numbered(names: &[&str]) -> Vec<u32> {
    let mut numbers: BTreeMap<&str, u32> = BTreeMap::new();
    names
        .iter()
        .map(|name| {
            let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
            *numbers.entry(name).or_insert(next)
        })
        .collect()
}
