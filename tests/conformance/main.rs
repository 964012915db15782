//! What every registered algorithm owes, whatever it does: a new one inherits all of this from its registry line.
#![allow(clippy::unwrap_used, reason = "a failed test is the message")]

mod dedupers;
mod detectors;
mod fixtures;
mod parameters;
mod recognizers;
mod resolvers;
mod training;
