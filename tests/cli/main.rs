//! The command line as a user meets it: output, files and exit codes.
#![allow(clippy::unwrap_used, reason = "a failed test is the message")]

mod formats;
mod gold;
mod help;
mod inject;
mod predict;
mod run;
mod score;
mod support;
mod tables;
