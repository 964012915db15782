//! Throughput: how fast and in how much memory a variant works on inputs of at least 1 MB.
//!
//! Inputs are made from the dataset's own texts, multiplied and perturbed ([`crate::synthetic`]); the answers are not scored.
//! Each variant works in one child process: untimed passes first, then timed ones whose answers must be equal.

use crate::corpus::{Corpus, Span};
use crate::error::Result;
use crate::label::Gold;
use crate::record::{SCHEMA, ThroughputRow};
use crate::registry::Registry;
use crate::run::job::{plain_job, work_levels};
use crate::run::{Options, run_job};
use crate::synthetic::{Generator, Grain, Synthetic};
use crate::task::{Level, Task};
use crate::text::sentence;
use crate::variant::Variant;
use crate::worker::{Failure, FailureKind, Job, OwnedUnit, Reply};

/// What is timed, and how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Size of the input in bytes.
    pub bytes: usize,
    /// Untimed passes.
    pub warmup: u32,
    /// Timed passes.
    pub runs: u32,
    /// Threads that a worker may use.
    pub threads: usize,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            bytes: 1_000_000,
            warmup: 1,
            runs: 5,
            threads: 1,
        }
    }
}

/// Quadratic algorithms compare segments of at most so many bytes of text, and those without an index documents too: more would
/// time patience, not speed.
const QUADRATIC_BYTES: usize = 200_000;

/// Times one variant at each of its work levels with its first seed.
///
/// # Errors
/// None of its own: what fails is a row with status and error.
pub fn time(
    variant: &Variant,
    gold: &Gold,
    registry: &Registry,
    plan: Plan,
    options: &Options,
    run: &str,
) -> Result<Vec<ThroughputRow>> {
    let mut rows = Vec::new();
    for level in work_levels(variant, gold) {
        // The redundancy question is answered by the same work as the document question.
        if level == Level::Redundancy {
            continue;
        }
        let (input, job) = input(variant, level, gold, plan);
        let blank = blank(variant, level, &input, &job, plan, run);
        match run_job(&job, registry, options) {
            Ok(Some(reply)) => rows.extend(samples(&blank, &reply)),
            Ok(None) => break,
            Err(failure) => rows.push(failed(blank, &failure)),
        }
    }
    Ok(rows)
}

fn blank(
    variant: &Variant,
    level: Level,
    input: &str,
    job: &Job,
    plan: Plan,
    run: &str,
) -> ThroughputRow {
    let (documents, bytes) = if variant.task == Task::Dedup {
        (
            job.units.len(),
            job.units.iter().map(|unit| unit.text.len()).sum::<usize>(),
        )
    } else {
        (
            job.documents.len(),
            job.documents
                .iter()
                .map(|document| document.text.len())
                .sum(),
        )
    };
    ThroughputRow {
        schema: SCHEMA,
        run: run.to_owned(),
        input: input.to_owned(),
        task: variant.task.to_string(),
        level: level.to_string(),
        algorithm: variant.algorithm.clone(),
        params: variant.params_text(level),
        seed: variant.seeds.first().copied().unwrap_or(0).to_string(),
        threads: plan.threads as u64,
        sample: 0,
        phase: "predict".to_owned(),
        wall_ns: None,
        cpu_user_ns: None,
        cpu_sys_ns: None,
        peak_bytes: None,
        documents: documents as u64,
        bytes: bytes as u64,
        output_hash: String::new(),
        status: "ok".to_owned(),
        error: String::new(),
    }
}

fn samples(blank: &ThroughputRow, reply: &Reply) -> Vec<ThroughputRow> {
    let mut hashes: Vec<&str> = reply
        .samples
        .iter()
        .filter(|sample| sample.phase == "predict")
        .map(|sample| sample.output_hash.as_str())
        .collect();
    hashes.dedup();
    if hashes.len() > 1 {
        let failure = Failure::new(
            FailureKind::Protocol,
            "two passes over one input gave different answers",
        );
        return vec![failed(blank.clone(), &failure)];
    }
    reply
        .samples
        .iter()
        .map(|sample| ThroughputRow {
            sample: u64::from(sample.sample),
            phase: sample.phase.clone(),
            wall_ns: Some(sample.wall_ns),
            cpu_user_ns: Some(sample.cpu_user_ns),
            cpu_sys_ns: Some(sample.cpu_sys_ns),
            peak_bytes: Some(reply.peak_bytes),
            output_hash: sample.output_hash.clone(),
            ..blank.clone()
        })
        .collect()
}

fn failed(blank: ThroughputRow, failure: &Failure) -> ThroughputRow {
    ThroughputRow {
        status: failure.kind.name().to_owned(),
        error: failure.error.clone(),
        ..blank
    }
}

/// The input of a variant: its name and the job.
pub fn input(variant: &Variant, level: Level, gold: &Gold, plan: Plan) -> (String, Job) {
    let seed = variant.seeds.first().copied().unwrap_or(0);
    let mut bytes = plan.bytes;
    if variant.pairwise || variant.quadratic && level == Level::Segment {
        bytes = bytes.min(QUADRATIC_BYTES);
    }
    let (name, mut job) = if level == Level::Resolution {
        let (corpus, mentions) = repeated(gold, bytes);
        let job = plain_job(variant, level, seed, &corpus, Vec::new(), None);
        (
            format!("articles x{}", corpus.len() / gold.corpus.len().max(1)),
            Job { mentions, ..job },
        )
    } else {
        let grain = if variant.task == Task::Dedup && level == Level::Document {
            Grain::Words
        } else {
            Grain::Lines
        };
        let corpus = made_up(gold, grain, bytes);
        let units = if variant.task == Task::Dedup {
            units(&corpus, level)
        } else {
            Vec::new()
        };
        (
            format!("synthetic {} KB", bytes / 1000),
            plain_job(variant, level, seed, &corpus, units, Some(gold)),
        )
    };
    job.order.samples = plan.runs;
    job.order.warmup = plan.warmup;
    (name, job)
}

/// Made-up documents of at least so many bytes in all.
fn made_up(gold: &Gold, grain: Grain, bytes: usize) -> Corpus {
    let sources = gold
        .corpus
        .documents
        .iter()
        .map(|document| document.text.as_str());
    let generator = Generator::new(
        Synthetic {
            grain,
            ..Synthetic::default()
        },
        sources,
    );
    Corpus {
        documents: generator.documents(bytes),
    }
}

/// The articles and their mentions, repeated up to so many bytes.
fn repeated(gold: &Gold, bytes: usize) -> (Corpus, Vec<(usize, Span, String)>) {
    let mut corpus = Corpus::default();
    let mut mentions = Vec::new();
    let times = bytes.div_ceil(gold.corpus.bytes().max(1));
    for copy in 0..times {
        let first = corpus.len();
        corpus
            .documents
            .extend(gold.corpus.documents.iter().map(|document| {
                let mut document = document.clone();
                document.id = format!("{copy:06}/{}", document.id);
                document
            }));
        let of_gold = gold.mentions.as_deref().unwrap_or_default();
        mentions.extend(
            of_gold
                .iter()
                .map(|m| (first + m.document, m.span, m.entity_type.clone())),
        );
    }
    (corpus, mentions)
}

fn units(corpus: &Corpus, level: Level) -> Vec<OwnedUnit> {
    let number = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
    let mut units = Vec::new();
    for (index, document) in corpus.documents.iter().enumerate() {
        if level == Level::Segment {
            let spans = sentence::segments(&document.text);
            units.extend(
                spans
                    .into_iter()
                    .enumerate()
                    .filter_map(|(position, span)| {
                        let text = span.text(&document.text)?.to_owned();
                        Some(OwnedUnit {
                            document: number(index),
                            position: number(position),
                            text,
                        })
                    }),
            );
        } else {
            units.push(OwnedUnit {
                document: number(index),
                position: 0,
                text: document.text.clone(),
            });
        }
    }
    units
}
