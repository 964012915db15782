//! Metrics as pure functions over counts, spans, pairs, clusters and rankings.

pub mod assignment;
pub mod clusters;
