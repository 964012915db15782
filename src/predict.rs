//! Prediction on any corpus, without gold: streamed where the algorithm allows it, and the cleaned corpus for dedup.

mod clean;
mod copies;
mod keep;
mod passages;
mod sink;
#[cfg(test)]
mod tests;

use serde::Serialize;

pub use clean::write_clean;
pub use copies::{clusters, copies};
pub use keep::{Keep, Seen, choose, flagged_share};
pub use passages::{garbles, in_batches, mentions, resolved};
pub use sink::{Format, Sink};

/// One predicted thing, as a line of CSV or JSON.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// Document.
    pub document: String,
    /// First byte of the passage; absent for a whole document.
    pub start: Option<usize>,
    /// One past its last byte.
    pub end: Option<usize>,
    /// The other document of a pair.
    pub other_document: String,
    /// Entity type or garble category.
    pub label: String,
    /// Cluster of a mention or of a group of copies.
    pub cluster: String,
    /// Similarity or confidence.
    pub confidence: Option<f64>,
}
