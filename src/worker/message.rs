//! The messages between harness and worker: one JSON object per line, version 1.
//!
//! The harness writes `job`, then `document`, `training`, `mention_label`, `garble_label`, `unit` and `mention` lines, then
//! `end` with their number. The worker answers `ready`, then `sample` lines, then its predictions once (`pair`, `group`,
//! `span`, `cluster`, `garble`), `counter` lines, and `done` with the number of predictions; or `failed` with a sentence.

use serde::{Deserialize, Serialize};

use crate::corpus::Span;
use crate::label::{Garble, Mention, Nesting};
use crate::worker::{Order, OwnedUnit, Sample};

/// A line to the worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Input {
    /// The order; always first.
    Job(Order),
    /// A document of the corpus.
    Document {
        /// Identifier.
        id: String,
        /// Text.
        text: String,
        /// True when it is to be predicted.
        predict: bool,
    },
    /// A document to learn from.
    Training {
        /// Identifier.
        id: String,
        /// Text.
        text: String,
    },
    /// A mention of a training document.
    MentionLabel(MentionLabel),
    /// A garble of a training document.
    GarbleLabel(GarbleLabel),
    /// A unit to compare.
    Unit(OwnedUnit),
    /// A mention to resolve.
    Mention {
        /// Index of the document.
        document: usize,
        /// First byte.
        start: usize,
        /// One past the last byte.
        end: usize,
        /// Entity type.
        entity_type: String,
    },
    /// Nothing more comes.
    End {
        /// Number of lines between `job` and `end`.
        lines: usize,
    },
}

/// A labelled mention to learn from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MentionLabel {
    document: usize,
    start: usize,
    end: usize,
    entity_type: String,
    entity: String,
    nesting: Nesting,
    zone: String,
    garbled: bool,
    lowercase: bool,
    metonymic: bool,
    doubtful: bool,
}

impl From<&Mention> for MentionLabel {
    fn from(mention: &Mention) -> Self {
        Self {
            document: mention.document,
            start: mention.span.start,
            end: mention.span.end,
            entity_type: mention.entity_type.clone(),
            entity: mention.entity.clone(),
            nesting: mention.nesting,
            zone: mention.zone.clone(),
            garbled: mention.garbled,
            lowercase: mention.lowercase,
            metonymic: mention.metonymic,
            doubtful: mention.doubtful,
        }
    }
}

impl From<MentionLabel> for Mention {
    fn from(label: MentionLabel) -> Self {
        Self {
            document: label.document,
            span: Span::new(label.start, label.end),
            entity_type: label.entity_type,
            entity: label.entity,
            nesting: label.nesting,
            zone: label.zone,
            garbled: label.garbled,
            lowercase: label.lowercase,
            metonymic: label.metonymic,
            doubtful: label.doubtful,
        }
    }
}

/// A labelled garble to learn from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GarbleLabel {
    document: usize,
    start: usize,
    end: usize,
    category: String,
    subtype: String,
    severity: String,
    doubtful: bool,
}

impl From<&Garble> for GarbleLabel {
    fn from(garble: &Garble) -> Self {
        Self {
            document: garble.document,
            start: garble.span.start,
            end: garble.span.end,
            category: garble.category.clone(),
            subtype: garble.subtype.clone(),
            severity: garble.severity.clone(),
            doubtful: garble.doubtful,
        }
    }
}

impl From<GarbleLabel> for Garble {
    /// Reading and witness are not part of the training: they would give away what other documents say.
    fn from(label: GarbleLabel) -> Self {
        Self {
            document: label.document,
            span: Span::new(label.start, label.end),
            category: label.category,
            subtype: label.subtype,
            severity: label.severity,
            intended: String::new(),
            witness: String::new(),
            doubtful: label.doubtful,
        }
    }
}

/// A line from the worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Output {
    /// The job is understood; always first.
    Ready {
        /// Version of the messages.
        protocol: u32,
        /// The algorithm that will answer.
        algorithm: String,
    },
    /// A timed pass.
    Sample(Sample),
    /// Two units and their similarity.
    Pair {
        /// Index of one unit.
        a: u32,
        /// Index of the other.
        b: u32,
        /// 0 to 1.
        similarity: f64,
    },
    /// Units with equal keys.
    Group {
        /// Indices of the units.
        members: Vec<u32>,
    },
    /// A recognized name.
    Span {
        /// Index of the document.
        document: usize,
        /// First byte.
        start: usize,
        /// One past the last byte.
        end: usize,
        /// Entity type.
        label: String,
        /// 0 to 1.
        confidence: f64,
    },
    /// Cluster of a mention.
    Cluster {
        /// Index of the mention, in the order given (or of the `span` lines).
        mention: usize,
        /// Number of its cluster.
        cluster: u32,
    },
    /// A flagged passage.
    Garble {
        /// Index of the document.
        document: usize,
        /// First byte.
        start: usize,
        /// One past the last byte.
        end: usize,
        /// Category, or empty.
        #[serde(default)]
        category: String,
        /// 0 to 1.
        confidence: f64,
        /// Suggested reading, or empty.
        #[serde(default)]
        suggestion: String,
    },
    /// A work counter.
    Counter {
        /// Name.
        name: String,
        /// Value.
        value: u64,
    },
    /// The worker cannot do the job and says why.
    Failed {
        /// In words for the user.
        problem: String,
    },
    /// All is said.
    Done {
        /// Number of prediction lines.
        predictions: usize,
        /// The worker's own peak memory in bytes, 0 if unknown.
        #[serde(default)]
        peak_bytes: u64,
    },
}
