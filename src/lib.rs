//! karat measures how well and how fast corpus-cleaning algorithms work, against hand-labelled gold.
//!
//! # The path
//!
//! [`gold::load()`] reads and checks a dataset: articles and labels. A [`variant::Variant`] names an algorithm of the
//! [`registry::Registry`] with parameters. [`run::run`] gives each variant a worker process, which predicts ([`worker`]); a scorer turns
//! prediction and gold into outcomes ([`task::Outcome`]), from which metrics are folded ([`metrics::fold`]); all of it becomes records
//! ([`record`]) and reports ([`report`]). [`compare`] says what changed between two reports.
//!
//! # An algorithm on two texts
//!
//! ```
//! use karat::corpus::Unit;
//! use karat::dedup::{Deduper, Request, jaccard::Jaccard};
//! use karat::task::Level;
//!
//! let texts = ["Protesters left the embassy on Wednesday.", "Protesters left the embassy on Wednesday night."];
//! let units: Vec<Unit> = texts.iter().zip(0..).map(|(text, document)| Unit { text, document, position: 0 }).collect();
//! let request = Request { level: Level::Document, seed: 0, floor: 0.0 };
//! let found = Jaccard::default().compare(&units, &request);
//! assert_eq!((found.pairs[0].a, found.pairs[0].b), (0, 1));
//! assert!(found.pairs[0].similarity > 0.4);
//! ```
//!
//! # Where to start reading
//!
//! [`task`] for the words, [`dedup`], [`entity`] and [`garble`] for the four traits, [`run`] for the harness. `ARCHITECTURE.md` lists all
//! modules in the order in which they may use each other; `METHODOLOGY.md` defines every number.

pub mod baseline;
pub mod cli;
pub mod compare;
pub mod config;
pub mod corpus;
pub mod dedup;
pub mod entity;
pub mod error;
pub mod folds;
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
pub mod recommend;
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
mod peer_mistakes_dedup_tests;
#[cfg(test)]
mod peer_mistakes_entity_tests;
#[cfg(test)]
mod test_data;
#[cfg(test)]
mod test_gold;
#[cfg(test)]
mod worked_examples_tests;
