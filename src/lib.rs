//! karat measures corpus-cleaning algorithms against gold.

pub mod cli;
pub mod corpus;
pub mod dedup;
pub mod entity;
pub mod error;
pub mod garble;
pub mod gold;
pub mod label;
pub mod metrics;
pub mod params;
pub mod registry;
pub mod stats;
pub mod synthetic;
pub mod task;
pub mod text;

#[cfg(test)]
mod test_data;
