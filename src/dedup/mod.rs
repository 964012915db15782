//! Dedup: which units are copies of each other, and which adds nothing to another.
//!
//! A [`Deduper`] returns every pair it compared with its similarity down to a floor (and groups of equal keys, so that
//! 10,000 identical texts are one group and not 50 million pairs). The harness applies threshold and clustering, so that
//! curves and average precision come from one run.

use std::collections::BTreeMap;

use crate::corpus::Unit;
use crate::registry::{Entry, deduper};
use crate::task::Level;
use crate::text::shingle::Buffers;

pub mod align;
pub mod bloom;
pub mod bm25;
#[cfg(test)]
mod calibration_tests;
pub mod cluster;
pub mod compression;
pub mod containment;
pub(crate) mod distinct;
pub mod exact;
pub mod imatch;
pub(crate) mod index;
pub mod jaccard;
pub mod judge;
pub mod lsh;
pub mod minhash;
pub mod redundancy;
pub mod score;
pub mod seen;
pub mod sets;
pub mod signature;
pub mod simhash;
pub mod sketched;
pub mod spill;
pub mod spotsigs;
pub mod stream;
pub mod suffix;
pub mod tfidf;
pub mod verify;
pub mod winnowing;

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

    /// True when every pair is compared in full, with no index before it (throughput is then measured on few documents, too).
    fn pairwise(&self) -> bool {
        false
    }

    /// Probability that two units of this similarity become candidates, where the construction gives it.
    fn analytic(&self, _similarity: f64) -> Option<f64> {
        None
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

    /// Similarity of two sketches, 0 to 1; 0 when either text was empty.
    fn similarity(&self, a: &[u32], b: &[u32]) -> f64;

    /// Hash functions evaluated per shingle, for the work counters.
    fn hashes_per_shingle(&self) -> u64 {
        1
    }

    /// Version of the sketch's layout and hashes; stored sketches of another version are not comparable.
    fn version(&self) -> u32 {
        1
    }
}

/// Buffers that sketchers reuse, so that no token costs an allocation.
#[derive(Debug, Default)]
pub struct Scratch {
    /// Normalised text and hashes of tokens.
    pub buffers: Buffers,
    /// Hashes of shingles.
    pub shingles: Vec<u64>,
    /// Derived from the seed.
    pub constants: minhash::Constants,
}

/// True for algorithms that compare exactly what sketches estimate: they are there to measure the others by.
pub fn is_oracle(name: &str) -> bool {
    matches!(name, "jaccard" | "containment" | "compression")
}

/// Every built-in deduper: one line each.
pub fn algorithms() -> Vec<Entry<dyn Deduper>> {
    vec![
        // 2: which of two chains or twins counts no longer hangs on the order of documents.
        deduper::<align::Align>("align", include_str!("align.rs")).version(2),
        deduper::<bloom::Bloom>("bloom", include_str!("bloom.rs")),
        deduper::<bm25::Bm25>("bm25", include_str!("bm25.rs")),
        deduper::<compression::Compression>("compression", include_str!("compression.rs")),
        deduper::<containment::Containment>("containment", include_str!("containment.rs")),
        deduper::<exact::Exact>("exact", include_str!("exact.rs")),
        deduper::<imatch::IMatch>("imatch", include_str!("imatch.rs")),
        deduper::<jaccard::Jaccard>("jaccard", include_str!("jaccard.rs")),
        deduper::<minhash::MinHash>("minhash", include_str!("minhash.rs")),
        deduper::<redundancy::Redundancy>("redundancy", include_str!("redundancy.rs")).version(2),
        deduper::<simhash::SimHash>("simhash", include_str!("simhash.rs")),
        deduper::<spotsigs::SpotSigs>("spotsigs", include_str!("spotsigs.rs")),
        deduper::<suffix::Suffix>("suffix", include_str!("suffix.rs")),
        deduper::<tfidf::TfIdf>("tfidf", include_str!("tfidf.rs")),
        deduper::<verify::Verify>("verify", include_str!("verify.rs")),
        deduper::<winnowing::Winnowing>("winnowing", include_str!("winnowing.rs")),
    ]
}
