//! Dedup: which units are copies of each other, and which adds nothing to another.
//!
//! A [`Deduper`] returns every pair it compared with its similarity down to a floor (and groups of equal keys, so that
//! 10,000 identical texts are one group and not 50 million pairs). The harness applies threshold and clustering, so that
//! curves and average precision come from one run.

use std::collections::BTreeMap;

use crate::corpus::Unit;
use crate::registry::{Entry, deduper};
use crate::task::Level;

pub mod align;
#[cfg(test)]
mod calibration;
pub mod cluster;
pub(crate) mod distinct;
pub mod exact;
pub(crate) mod index;
pub mod judge;
pub mod score;

/// Two units and how alike they are.
///
/// Unordered (`a < b`) at the levels `document` and `segment`; at `redundancy` ordered: `a` adds nothing to `b`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoredPair {
    /// Index of one unit.
    pub a: u32,
    /// Index of the other.
    pub b: u32,
    /// From 0 (nothing shared) to 1.
    pub similarity: f64,
}

/// What a deduper found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Comparison {
    /// Every compared pair with a similarity of at least the floor, each once, sorted by `(a, b)`.
    pub pairs: Vec<ScoredPair>,
    /// Groups of units with equal keys (similarity 1 among each other); members sorted, no unit in two groups.
    pub groups: Vec<Vec<u32>>,
    /// Work counters by name (`candidates`, `hashes`, `shingles`, `verified`, `bytes`), deterministic.
    pub counters: BTreeMap<String, u64>,
}

/// What the harness tells a deduper beside the units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Request {
    /// Level of the units.
    pub level: Level,
    /// Seed for algorithms that draw hash functions; others ignore it.
    pub seed: u64,
    /// Pairs below this similarity need not be returned.
    pub floor: f64,
}

/// Finds pairs of units that are copies.
pub trait Deduper: Send + Sync {
    /// Compares the units. The answer must not depend on the number of threads.
    fn compare(&self, units: &[Unit<'_>], request: &Request) -> Comparison;

    /// Similarity from which a pair counts as predicted, unless the variant says otherwise.
    fn threshold(&self, level: Level) -> f64;

    /// Levels that this algorithm can answer.
    fn levels(&self) -> &'static [Level] {
        &[Level::Document, Level::Segment]
    }

    /// True when the seed changes the answer.
    fn seeded(&self) -> bool {
        false
    }

    /// True when the work grows with the square of the number of units (benches cap those inputs and say so).
    fn quadratic(&self) -> bool {
        false
    }

    /// The sketching steps, for algorithms that can stream.
    fn sketcher(&self) -> Option<&dyn Sketcher> {
        None
    }
}

/// The pure steps of a sketching deduper: they can stream, run in parallel and be written to disk.
pub trait Sketcher: Send + Sync {
    /// Number of 32-bit words of one sketch.
    fn words(&self) -> usize;

    /// Sketches one text into `sketch` (exactly [`Sketcher::words`] long). `scratch` is reused between calls.
    fn sketch(&self, text: &str, seed: u64, scratch: &mut Scratch, sketch: &mut [u32]);

    /// Appends the candidate keys of a sketch: two units with a common key are compared. None for an empty text.
    fn keys(&self, sketch: &[u32], keys: &mut Vec<u64>);

    /// Similarity of two sketches, 0 to 1.
    fn similarity(&self, a: &[u32], b: &[u32]) -> f64;
}

/// Buffers that sketchers reuse, so that no token costs an allocation.
#[derive(Debug, Default)]
pub struct Scratch {
    /// Normalised text.
    pub text: String,
    /// Hashes of tokens.
    pub tokens: Vec<u64>,
    /// Hashes of shingles.
    pub shingles: Vec<u64>,
}

/// Every built-in deduper: one line each.
pub fn algorithms() -> Vec<Entry<dyn Deduper>> {
    vec![
        deduper::<align::Align>("align", include_str!("align.rs")),
        deduper::<exact::Exact>("exact", include_str!("exact.rs")),
    ]
}
