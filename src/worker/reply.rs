//! Reading a worker's answer, strictly: a result counts only after an end message with the right count.

use std::collections::BTreeMap;

use crate::corpus::Span;
use crate::dedup::{Comparison, ScoredPair};
use crate::entity::PredictedMention;
use crate::garble::PredictedGarble;
use crate::task::{Level, Task, rounded};
use crate::worker::message::Output;
use crate::worker::{Failure, FailureKind, Job, PROTOCOL, Prediction, Reply};

/// Parses everything a worker wrote.
///
/// # Errors
/// [`FailureKind::Protocol`] with the line at fault, or [`FailureKind::Refused`] with the worker's own words.
pub fn parse(job: &Job, text: &str) -> Result<Reply, Failure> {
    let mut reader = Reader::new(job);
    for (index, line) in text.lines().enumerate() {
        reader.line(line).map_err(|failure| match failure.kind {
            FailureKind::Protocol => Failure::new(
                failure.kind,
                format!("line {} of its answer: {}", index + 1, failure.error),
            ),
            _ => failure,
        })?;
    }
    reader.finish()
}

struct Reader<'a> {
    job: &'a Job,
    ready: bool,
    done: Option<(usize, u64)>,
    comparison: Comparison,
    mentions: Vec<PredictedMention>,
    clusters: Vec<Option<u32>>,
    garbles: Vec<PredictedGarble>,
    counters: BTreeMap<String, u64>,
    samples: Vec<crate::worker::Sample>,
    predictions: usize,
}

fn protocol(error: impl Into<String>) -> Failure {
    Failure::new(FailureKind::Protocol, error)
}

impl<'a> Reader<'a> {
    fn new(job: &'a Job) -> Self {
        Self {
            job,
            ready: false,
            done: None,
            comparison: Comparison::default(),
            mentions: Vec::new(),
            clusters: Vec::new(),
            garbles: Vec::new(),
            counters: BTreeMap::new(),
            samples: Vec::new(),
            predictions: 0,
        }
    }

    fn line(&mut self, line: &str) -> Result<(), Failure> {
        if self.done.is_some() {
            return Err(protocol("something follows the `done` message"));
        }
        let message: Output = serde_json::from_str(line).map_err(|e| protocol(e.to_string()))?;
        if !self.ready && !matches!(message, Output::Ready { .. } | Output::Failed { .. }) {
            return Err(protocol("the first message is not `ready`"));
        }
        match message {
            Output::Ready {
                protocol: version, ..
            } => {
                if version != PROTOCOL {
                    return Err(protocol(format!(
                        "protocol {version} instead of {PROTOCOL}"
                    )));
                }
                if self.ready {
                    return Err(protocol("a second `ready` message"));
                }
                self.ready = true;
            }
            Output::Failed { problem } => return Err(Failure::new(FailureKind::Refused, problem)),
            Output::Sample(sample) => self.samples.push(sample),
            Output::Counter { name, value } => {
                if self.counters.insert(name.clone(), value).is_some() {
                    return Err(protocol(format!("counter `{name}` comes twice")));
                }
            }
            Output::Done {
                predictions,
                peak_bytes,
            } => self.done = Some((predictions, peak_bytes)),
            Output::Pair { .. }
            | Output::Group { .. }
            | Output::Span { .. }
            | Output::Cluster { .. }
            | Output::Garble { .. } => {
                self.predictions += 1;
                self.prediction(message)?;
            }
        }
        Ok(())
    }

    fn prediction(&mut self, message: Output) -> Result<(), Failure> {
        let order = &self.job.order;
        match (order.task, message) {
            (Task::Dedup, Output::Pair { a, b, similarity }) => {
                let units = self.job.units.len();
                if a as usize >= units || b as usize >= units || a == b {
                    return Err(protocol(format!("pair {a}, {b} among {units} units")));
                }
                let (a, b) = if a > b && order.level != Level::Redundancy {
                    (b, a)
                } else {
                    (a, b)
                };
                self.comparison.pairs.push(ScoredPair {
                    a,
                    b,
                    similarity: share("similarity", similarity)?,
                });
            }
            (Task::Dedup, Output::Group { members }) => {
                if members.len() < 2
                    || members
                        .iter()
                        .any(|&member| member as usize >= self.job.units.len())
                {
                    return Err(protocol("a group of fewer than two or of unknown units"));
                }
                self.comparison.groups.push(members);
            }
            (
                Task::Entity,
                Output::Span {
                    document,
                    start,
                    end,
                    label,
                    confidence,
                },
            ) if order.level != Level::Resolution => {
                let span = self.span(document, start, end)?;
                let confidence = share("confidence", confidence)?;
                self.mentions.push(PredictedMention {
                    document,
                    span,
                    entity_type: label,
                    confidence,
                });
            }
            (Task::Entity, Output::Cluster { mention, cluster })
                if order.level != Level::Mention =>
            {
                let known = if order.level == Level::Resolution {
                    self.job.mentions.len()
                } else {
                    self.mentions.len()
                };
                self.clusters.resize(known, None);
                match self.clusters.get_mut(mention) {
                    Some(slot @ None) => *slot = Some(cluster),
                    Some(_) => {
                        return Err(protocol(format!("mention {mention} is clustered twice")));
                    }
                    None => {
                        return Err(protocol(format!(
                            "cluster of mention {mention} among {known}"
                        )));
                    }
                }
            }
            (
                Task::Garble,
                Output::Garble {
                    document,
                    start,
                    end,
                    category,
                    confidence,
                    suggestion,
                },
            ) => {
                let span = self.span(document, start, end)?;
                let confidence = share("confidence", confidence)?;
                self.garbles.push(PredictedGarble {
                    document,
                    span,
                    category,
                    confidence,
                    suggestion,
                });
            }
            (task, _) => {
                return Err(protocol(format!(
                    "a prediction of another task than {task}/{}",
                    order.level
                )));
            }
        }
        Ok(())
    }

    fn span(&self, document: usize, start: usize, end: usize) -> Result<Span, Failure> {
        let span = Span::new(start, end);
        if self.job.predict.binary_search(&document).is_err() {
            return Err(protocol(format!(
                "document {document} was not to be predicted"
            )));
        }
        match span.text(&self.job.documents[document].text) {
            Some(text) if !text.is_empty() || self.job.documents[document].text.is_empty() => {
                Ok(span)
            }
            _ => Err(protocol(format!(
                "span {span} is empty, outside document {document} or cuts a character"
            ))),
        }
    }

    fn finish(mut self) -> Result<Reply, Failure> {
        let Some((announced, peak_bytes)) = self.done else {
            return Err(protocol("it ended without a `done` message"));
        };
        if announced != self.predictions {
            return Err(protocol(format!(
                "`done` announces {announced} predictions, {} came",
                self.predictions
            )));
        }
        let order = &self.job.order;
        let clusters = |expected: usize, given: Vec<Option<u32>>| -> Result<Vec<u32>, Failure> {
            let all: Vec<u32> = given.into_iter().flatten().collect();
            if all.len() == expected {
                Ok(all)
            } else {
                Err(protocol(format!(
                    "{} of {expected} mentions have a cluster",
                    all.len()
                )))
            }
        };
        let prediction = match (order.task, order.level) {
            (Task::Dedup, _) => {
                self.comparison.pairs.sort_by_key(|pair| (pair.a, pair.b));
                if let Some(twice) = self
                    .comparison
                    .pairs
                    .windows(2)
                    .find(|two| (two[0].a, two[0].b) == (two[1].a, two[1].b))
                {
                    return Err(protocol(format!(
                        "pair {}, {} comes twice",
                        twice[0].a, twice[0].b
                    )));
                }
                Prediction::Pairs(self.comparison)
            }
            (Task::Garble, _) => Prediction::Garbles(self.garbles),
            (Task::Entity, Level::Resolution) => {
                Prediction::Clusters(clusters(self.job.mentions.len(), self.clusters)?)
            }
            (Task::Entity, Level::EndToEnd) => {
                let clusters = clusters(self.mentions.len(), self.clusters)?;
                Prediction::Resolved(self.mentions, clusters)
            }
            (Task::Entity, _) => Prediction::Mentions(self.mentions),
        };
        Ok(Reply {
            prediction,
            counters: self.counters,
            samples: self.samples,
            peak_bytes,
        })
    }
}

fn share(what: &str, value: f64) -> Result<f64, Failure> {
    if (0.0..=1.0).contains(&value) {
        Ok(rounded(value))
    } else {
        Err(protocol(format!("{what} {value} is outside 0 to 1")))
    }
}
