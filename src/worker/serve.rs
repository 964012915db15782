//! The worker's side of the messages: reads a job from a stream, does it, writes the answer.

use std::io::{BufRead, Write};

use crate::corpus::Document;
use crate::registry::Registry;
use crate::worker::execute::execute;
use crate::worker::message::{Input, Output};
use crate::worker::{Job, PROTOCOL, Prediction, Reply};

/// Reads one job from `input`, carries it out and writes the answer to `output`.
///
/// # Errors
/// Only when `output` cannot be written; what is wrong with the job goes to the harness as a `failed` message.
pub fn serve(
    input: impl BufRead,
    mut output: impl Write,
    registry: &Registry,
) -> std::io::Result<()> {
    let reply = read_job(input).and_then(|job| {
        write(
            &mut output,
            &Output::Ready {
                protocol: PROTOCOL,
                algorithm: job.order.algorithm.clone(),
            },
        )
        .map_err(|e| e.to_string())?;
        execute(&job, registry)
    });
    match reply {
        Ok(reply) => write_reply(&mut output, &reply),
        Err(problem) => write(&mut output, &Output::Failed { problem }),
    }?;
    output.flush()
}

/// Reads a job up to its end message.
///
/// # Errors
/// The line that is malformed, or that the input ended early.
pub fn read_job(input: impl BufRead) -> Result<Job, String> {
    let mut job: Option<Job> = None;
    for (index, line) in input.lines().enumerate() {
        let number = index + 1;
        let line = line.map_err(|e| format!("line {number} of the job: {e}"))?;
        let message: Input =
            serde_json::from_str(&line).map_err(|e| format!("line {number} of the job: {e}"))?;
        let Some(job) = &mut job else {
            let Input::Job(order) = message else {
                return Err("the first line is not a `job` message".to_owned());
            };
            if order.protocol != PROTOCOL {
                return Err(format!(
                    "protocol {} is not spoken here; this worker speaks {PROTOCOL}",
                    order.protocol
                ));
            }
            job = Some(Job {
                order,
                documents: Vec::new(),
                predict: Vec::new(),
                training: Vec::new(),
                training_mentions: Vec::new(),
                training_garbles: Vec::new(),
                units: Vec::new(),
                mentions: Vec::new(),
            });
            continue;
        };
        match message {
            Input::Job(_) => return Err(format!("line {number}: a second `job` message")),
            Input::Document { id, text, predict } => {
                if predict {
                    job.predict.push(job.documents.len());
                }
                job.documents.push(Document { id, text });
            }
            Input::Training { id, text } => job.training.push(Document { id, text }),
            Input::MentionLabel(label) => job.training_mentions.push(label.into()),
            Input::GarbleLabel(label) => job.training_garbles.push(label.into()),
            Input::Unit(unit) => job.units.push(unit),
            Input::Mention {
                document,
                start,
                end,
                entity_type,
            } => {
                job.mentions
                    .push((document, crate::corpus::Span::new(start, end), entity_type));
            }
            Input::End { lines } => {
                if lines + 2 != number {
                    return Err(format!(
                        "`end` announces {lines} lines, {} came",
                        number.saturating_sub(2)
                    ));
                }
                return check(job);
            }
        }
    }
    Err("the job ended without an `end` message".to_owned())
}

/// Labels must point into the training documents.
fn check(job: &mut Job) -> Result<Job, String> {
    let inside = |document: usize, span: crate::corpus::Span| {
        job.training
            .get(document)
            .is_some_and(|document| span.text(&document.text).is_some())
    };
    let faulty = job
        .training_mentions
        .iter()
        .any(|m| !inside(m.document, m.span))
        || job
            .training_garbles
            .iter()
            .any(|g| !inside(g.document, g.span));
    if faulty {
        return Err("a training label lies outside its document".to_owned());
    }
    Ok(job.clone())
}

/// Writes a job as lines.
///
/// # Errors
/// The stream's own.
pub fn write_job(mut output: impl Write, job: &Job) -> std::io::Result<()> {
    let mut lines = 0;
    write(&mut output, &Input::Job(job.order.clone()))?;
    let mut line = |message: &Input| {
        lines += 1;
        write(&mut output, message)
    };
    for (index, document) in job.documents.iter().enumerate() {
        let predict = job.predict.binary_search(&index).is_ok();
        line(&Input::Document {
            id: document.id.clone(),
            text: document.text.clone(),
            predict,
        })?;
    }
    for document in &job.training {
        line(&Input::Training {
            id: document.id.clone(),
            text: document.text.clone(),
        })?;
    }
    for mention in &job.training_mentions {
        line(&Input::MentionLabel(mention.into()))?;
    }
    for garble in &job.training_garbles {
        line(&Input::GarbleLabel(garble.into()))?;
    }
    for unit in &job.units {
        line(&Input::Unit(unit.clone()))?;
    }
    for (document, span, entity_type) in &job.mentions {
        line(&Input::Mention {
            document: *document,
            start: span.start,
            end: span.end,
            entity_type: entity_type.clone(),
        })?;
    }
    write(&mut output, &Input::End { lines })?;
    output.flush()
}

/// Writes an answer as lines, all but the `ready` message.
///
/// # Errors
/// The stream's own.
pub fn write_reply(mut output: impl Write, reply: &Reply) -> std::io::Result<()> {
    for sample in &reply.samples {
        write(&mut output, &Output::Sample(sample.clone()))?;
    }
    let spans = |output: &mut dyn Write,
                 mentions: &[crate::entity::PredictedMention]|
     -> std::io::Result<()> {
        for mention in mentions {
            let message = Output::Span {
                document: mention.document,
                start: mention.span.start,
                end: mention.span.end,
                label: mention.entity_type.clone(),
                confidence: mention.confidence,
            };
            write(&mut *output, &message)?;
        }
        Ok(())
    };
    let clustered = |output: &mut dyn Write, clusters: &[u32]| -> std::io::Result<()> {
        for (mention, &cluster) in clusters.iter().enumerate() {
            write(&mut *output, &Output::Cluster { mention, cluster })?;
        }
        Ok(())
    };
    match &reply.prediction {
        Prediction::Pairs(comparison) => {
            for pair in &comparison.pairs {
                write(
                    &mut output,
                    &Output::Pair {
                        a: pair.a,
                        b: pair.b,
                        similarity: pair.similarity,
                    },
                )?;
            }
            for members in &comparison.groups {
                write(
                    &mut output,
                    &Output::Group {
                        members: members.clone(),
                    },
                )?;
            }
        }
        Prediction::Mentions(mentions) => spans(&mut output, mentions)?,
        Prediction::Clusters(clusters) => clustered(&mut output, clusters)?,
        Prediction::Resolved(mentions, clusters) => {
            spans(&mut output, mentions)?;
            clustered(&mut output, clusters)?;
        }
        Prediction::Garbles(garbles) => {
            for garble in garbles {
                let message = Output::Garble {
                    document: garble.document,
                    start: garble.span.start,
                    end: garble.span.end,
                    category: garble.category.clone(),
                    confidence: garble.confidence,
                    suggestion: garble.suggestion.clone(),
                };
                write(&mut output, &message)?;
            }
        }
    }
    for (name, &value) in &reply.counters {
        write(
            &mut output,
            &Output::Counter {
                name: name.clone(),
                value,
            },
        )?;
    }
    write(
        &mut output,
        &Output::Done {
            predictions: reply.prediction.len(),
            peak_bytes: reply.peak_bytes,
        },
    )
}

fn write(mut output: impl Write, message: &impl serde::Serialize) -> std::io::Result<()> {
    serde_json::to_writer(&mut output, message)?;
    output.write_all(b"\n")
}
