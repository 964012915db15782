//! karat measures corpus-cleaning algorithms against gold.

pub mod baseline;
pub mod cli;
pub mod compare;
pub mod config;
pub mod corpus;
pub mod dedup;
pub mod entity;
pub mod error;
pub mod garble;
pub mod gold;
pub mod label;
pub mod metrics;
pub mod pairing;
pub mod params;
pub mod place;
pub mod predict;
pub mod predictions;
pub mod progress;
pub mod record;
pub mod registry;
pub mod report;
pub mod run;
pub mod show;
pub mod stats;
pub mod synthetic;
pub mod task;
pub mod text;
pub mod throughput;
pub mod variant;
pub mod worker;

#[cfg(test)]
mod test_data;
#[cfg(test)]
mod test_gold;
#[cfg(test)]
mod worked_examples_tests;
