//! Workers: every variant runs in a child process of its own, built-in or not.
//!
//! `catch_unwind` stops a panic and nothing else. An algorithm that calls `exit(0)`, overflows its stack, hangs or eats all
//! memory must become one failed row, so the binary starts itself as `karat worker`, speaks batched NDJSON over stdio
//! ([`message`]), and holds limits and process group ([`process`]). [`execute`] is the work itself, shared by the child and
//! by `--in-process`.

pub mod execute;
pub mod message;
pub mod process;
pub mod reply;
pub mod serve;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::corpus::{Document, Span};
use crate::dedup::Comparison;
use crate::entity::PredictedMention;
use crate::garble::PredictedGarble;
use crate::label::{Garble, Mention};
use crate::params::Params;
use crate::task::{Level, Task};

/// Version of the messages.
pub const PROTOCOL: u32 = 1;

/// What a worker is asked to do. It knows nothing of the gold but the labels of its training documents.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// The order itself.
    pub order: Order,
    /// Documents of the corpus (not for dedup).
    pub documents: Vec<Document>,
    /// Indices of the documents to predict; the others may serve as witnesses.
    pub predict: Vec<usize>,
    /// Training documents: never those to predict, nor their near-duplicates.
    pub training: Vec<Document>,
    /// Mentions of the training documents (`document` indexes `training`).
    pub training_mentions: Vec<Mention>,
    /// Garbles of the training documents (`document` indexes `training`).
    pub training_garbles: Vec<Garble>,
    /// Units to compare (dedup).
    pub units: Vec<OwnedUnit>,
    /// Mentions to resolve: document, span, type.
    pub mentions: Vec<(usize, Span, String)>,
}

/// The order at the head of a job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// Version of the messages, [`PROTOCOL`].
    pub protocol: u32,
    /// Task.
    pub task: Task,
    /// Level of the input.
    pub level: Level,
    /// Algorithm; `recognizer+resolver` at level `end-to-end`.
    pub algorithm: String,
    /// Its parameters.
    pub params: Params,
    /// Seed.
    pub seed: u64,
    /// Pairs below this similarity need not be returned.
    pub floor: f64,
    /// Timed passes; 0 = predict once, untimed.
    pub samples: u32,
    /// Untimed passes before the timed ones.
    pub warmup: u32,
}

/// A unit with a text of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnedUnit {
    /// Index of its document.
    pub document: u32,
    /// Position in its document.
    pub position: u32,
    /// Text.
    pub text: String,
}

/// What a worker predicts.
#[derive(Debug, Clone, PartialEq)]
pub enum Prediction {
    /// Dedup.
    Pairs(Comparison),
    /// Entity mentions.
    Mentions(Vec<PredictedMention>),
    /// Cluster of each given mention.
    Clusters(Vec<u32>),
    /// Mentions and the cluster of each.
    Resolved(Vec<PredictedMention>, Vec<u32>),
    /// Garble.
    Garbles(Vec<PredictedGarble>),
}

impl Prediction {
    /// Number of predicted things, as announced in the end message.
    pub fn len(&self) -> usize {
        match self {
            Self::Pairs(comparison) => comparison.pairs.len() + comparison.groups.len(),
            Self::Mentions(mentions) => mentions.len(),
            Self::Clusters(clusters) => clusters.len(),
            Self::Resolved(mentions, clusters) => mentions.len() + clusters.len(),
            Self::Garbles(garbles) => garbles.len(),
        }
    }

    /// True when nothing was predicted.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// One timed pass inside a worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// Number of the pass, from 1.
    pub sample: u32,
    /// `fit` or `predict`.
    pub phase: String,
    /// Wall time in nanoseconds.
    pub wall_ns: u64,
    /// User CPU time in nanoseconds.
    pub cpu_user_ns: u64,
    /// System CPU time in nanoseconds.
    pub cpu_sys_ns: u64,
    /// Digest of the prediction, so that a pass that answers otherwise is seen.
    pub output_hash: String,
}

/// What came back from a worker.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// The prediction.
    pub prediction: Prediction,
    /// Work counters by name.
    pub counters: BTreeMap<String, u64>,
    /// Timed passes.
    pub samples: Vec<Sample>,
    /// The worker's own VmHWM in bytes, 0 where the system does not tell.
    pub peak_bytes: u64,
}

/// Why a worker gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureKind {
    /// It ended by a signal or with an exit status other than 0.
    Crash,
    /// It ran out of time.
    Timeout,
    /// It ran out of memory.
    MemoryLimit,
    /// It did not keep to the messages: no end message, wrong count, malformed line, too much output.
    Protocol,
    /// It said itself what is wrong.
    Refused,
}

impl FailureKind {
    /// The name in the column `status`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Crash => "crash",
            Self::Timeout => "timeout",
            Self::MemoryLimit => "memory-limit",
            Self::Protocol => "protocol",
            Self::Refused => "refused",
        }
    }
}

/// A failure that becomes one row with `status` and `error`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What kind.
    pub kind: FailureKind,
    /// In words, with the last line of stderr where that helps; no process numbers, no times, so that reports stay equal.
    pub error: String,
}

impl Failure {
    /// A failure in words.
    pub fn new(kind: FailureKind, error: impl Into<String>) -> Self {
        Self {
            kind,
            error: error.into(),
        }
    }
}
