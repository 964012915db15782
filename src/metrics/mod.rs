//! Metrics as pure functions over counts, spans, pairs, clusters and rankings.

pub mod agreement;
pub mod assignment;
pub mod case;
pub mod clusters;
pub mod counts;
pub mod fold;
pub mod matching;
pub mod ranking;
pub mod spans;
pub mod tags;
