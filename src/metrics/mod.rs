//! Metrics as pure functions over counts, spans, pairs, clusters and rankings.

pub mod agreement;
pub mod assignment;
pub mod clusters;
pub mod ranking;
