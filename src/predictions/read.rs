//! Predictions made elsewhere: from rows to what scorers take. What matches nothing in the gold is a fault, never a silent zero.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::corpus::Span;
use crate::dedup::{Comparison, ScoredPair};
use crate::entity::PredictedMention;
use crate::error::{Error, Fault, Result, all_or_nothing};
use crate::garble::{Granularity, PredictedGarble};
use crate::label::{Gold, short_list};
use crate::predictions::PredictionRow;
use crate::record;
use crate::task::{Level, Task, rounded};
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
            Err(problem) => reader.fault(line, problem, "see the columns in METHODOLOGY.md"),
            Ok((task, level)) if !levels_of(task).contains(&level) => {
                reader.fault(
                    line,
                    format!("task `{task}` has no level `{level}`"),
                    "see the columns in METHODOLOGY.md",
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
            (Task::Garble, _) => Prediction::Garbles(self.garbles(rows)),
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

    fn document(&mut self, line: u64, id: &str) -> Option<usize> {
        let found = self.gold.corpus.index(id);
        if found.is_none() {
            let known = short_list(
                self.gold
                    .corpus
                    .documents
                    .iter()
                    .map(|document| document.id.as_str()),
            );
            self.fault(
                line,
                format!("unknown document `{id}`"),
                format!("documents of this gold: {known}"),
            );
        }
        found
    }

    fn span(
        &mut self,
        line: u64,
        id: &str,
        start: Option<usize>,
        end: Option<usize>,
    ) -> Option<(usize, Span)> {
        let document = self.document(line, id)?;
        let text = &self.gold.corpus.documents[document].text;
        let span = Span::new(start.unwrap_or(0), end.unwrap_or(text.len()));
        let problem = match (start, end) {
            (None, Some(_)) | (Some(_), None) => {
                Some("start without end, or end without start".to_owned())
            }
            (None, None) => None,
            _ if span.is_empty() => Some(format!("span {span} is empty")),
            _ if span.end > text.len() => Some(format!(
                "span {span} leaves the text of {} bytes",
                text.len()
            )),
            _ if span.text(text).is_none() => Some(format!("span {span} cuts a character")),
            _ => None,
        };
        match problem {
            Some(problem) => {
                self.fault(
                    line,
                    problem,
                    "offsets are UTF-8 bytes, half-open, on character boundaries",
                );
                None
            }
            None => Some((document, span)),
        }
    }

    fn confidence(&mut self, line: u64, row: &PredictionRow) -> f64 {
        let value = row.confidence.unwrap_or(1.0);
        if !(0.0..=1.0).contains(&value) {
            self.fault(
                line,
                format!("confidence {value} is outside 0 to 1"),
                "scale it",
            );
        }
        rounded(value)
    }

    /// The unit that a row points to.
    fn unit(
        &mut self,
        level: Level,
        line: u64,
        id: &str,
        start: Option<usize>,
        end: Option<usize>,
    ) -> Option<u32> {
        if level != Level::Segment {
            return self
                .document(line, id)
                .and_then(|document| u32::try_from(document).ok());
        }
        let (document, span) = self.span(line, id, start, end)?;
        let segments = self.gold.segments.as_deref().unwrap_or_default();
        let found = segments
            .binary_search_by_key(&(document, span.start), |s| (s.document, s.span.start))
            .ok();
        match found.filter(|&index| segments[index].span == span) {
            Some(index) => u32::try_from(index).ok(),
            None => {
                self.fault(
                    line,
                    format!("{span} is no segment of `{id}`"),
                    "use the segments of the gold's segments.csv",
                );
                None
            }
        }
    }

    fn pairs(&mut self, level: Level, rows: &[(u64, &PredictionRow)]) -> Comparison {
        let mut pairs: BTreeMap<(u32, u32), f64> = BTreeMap::new();
        let mut clusters: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
        let mut clustered: BTreeSet<u32> = BTreeSet::new();
        for &(line, row) in rows {
            let similarity = self.confidence(line, row);
            let Some(a) = self.unit(level, line, &row.document, row.start, row.end) else {
                continue;
            };
            if row.other_document.is_empty() {
                if row.cluster.is_empty() {
                    self.fault(
                        line,
                        "neither another document nor a cluster",
                        "fill other_document (a pair) or cluster (a member)",
                    );
                } else if clustered.insert(a) {
                    clusters.entry(&row.cluster).or_default().insert(a);
                } else {
                    self.fault(
                        line,
                        format!("`{}` stands in two clusters or twice", row.document),
                        "give each unit one cluster",
                    );
                }
                continue;
            }
            let Some(b) = self.unit(
                level,
                line,
                &row.other_document,
                row.other_start,
                row.other_end,
            ) else {
                continue;
            };
            let pair = if level == Level::Redundancy || a < b {
                (a, b)
            } else {
                (b, a)
            };
            if a == b {
                self.fault(line, "a pair of one unit with itself", "remove it");
            } else if pairs.insert(pair, similarity).is_some() {
                self.fault(line, "this pair stands twice", "remove one of them");
            }
        }
        Comparison {
            pairs: pairs
                .into_iter()
                .map(|((a, b), similarity)| ScoredPair { a, b, similarity })
                .collect(),
            groups: clusters
                .into_values()
                .filter(|members| members.len() > 1)
                .map(|members| members.into_iter().collect())
                .collect(),
            counters: BTreeMap::new(),
        }
    }

    fn mentions(&mut self, rows: &[(u64, &PredictionRow)]) -> Vec<PredictedMention> {
        let mut mentions = Vec::new();
        let mut seen = BTreeSet::new();
        for &(line, row) in rows {
            let confidence = self.confidence(line, row);
            if row.label.is_empty() {
                self.fault(line, "no entity type", "fill the column `label`");
            }
            if let Some((document, span)) = self.span(line, &row.document, row.start, row.end) {
                if !seen.insert((document, span, row.label.as_str())) {
                    self.fault(line, "this mention stands twice", "remove one of them");
                }
                mentions.push(PredictedMention {
                    document,
                    span,
                    entity_type: row.label.clone(),
                    confidence,
                });
            }
        }
        mentions
    }

    /// Clusters in the order of the gold's mentions.
    fn clusters(&mut self, rows: &[(u64, &PredictionRow)]) -> Vec<u32> {
        let gold = self.gold;
        let mentions = gold.mentions.as_deref().unwrap_or_default();
        let mut names: Vec<Option<&str>> = vec![None; mentions.len()];
        for &(line, row) in rows {
            let Some((document, span)) = self.span(line, &row.document, row.start, row.end) else {
                continue;
            };
            let found = mentions.iter().position(|m| {
                m.document == document
                    && m.span == span
                    && (row.label.is_empty() || m.entity_type == row.label)
            });
            match found {
                None => self.fault(
                    line,
                    format!("{span} is no mention of `{}`", row.document),
                    "resolve the mentions of the gold's mentions.csv",
                ),
                Some(index) if names[index].is_some() => {
                    self.fault(line, "this mention stands twice", "remove one of them")
                }
                Some(index) => names[index] = Some(&row.cluster),
            }
        }
        let missing = names
            .iter()
            .filter(|name| name.is_none_or(str::is_empty))
            .count();
        if missing > 0 {
            let problem = format!("{missing} of {} mentions have no cluster", mentions.len());
            self.faults.push(Fault::new(
                self.path.display(),
                problem,
                "give every mention of the gold a cluster, singletons too",
            ));
        }
        let names: Vec<&str> = names.into_iter().map(Option::unwrap_or_default).collect();
        numbered(&names)
    }

    fn garbles(&mut self, rows: &[(u64, &PredictionRow)]) -> Vec<PredictedGarble> {
        let mut garbles = Vec::new();
        for &(line, row) in rows {
            let confidence = self.confidence(line, row);
            if let Some((document, span)) = self.span(line, &row.document, row.start, row.end) {
                garbles.push(PredictedGarble {
                    document,
                    span,
                    category: row.label.clone(),
                    confidence,
                    suggestion: String::new(),
                });
            }
        }
        garbles
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
