//! `karat gold`: make, check, compare and exchange datasets.

use clap::Subcommand;

use crate::error::Result;

mod agree;
mod export;
mod import;
mod lint;
mod locate;
mod new;
mod stats;

/// Arguments of `karat gold`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Write a dataset to fill in
    New(new::Args),
    /// Turn quoted text of hand-written label files into byte offsets
    Locate(locate::Args),
    /// Report everything that is wrong with a dataset
    Lint(lint::Args),
    /// Count labels, and say what that support can show
    Stats(stats::Args),
    /// Measure how far two passes agree, and list where they do not
    Agree(agree::Args),
    /// Make a dataset of files of another tool
    Import(import::Args),
    /// Write a dataset as files of another tool
    Export(export::Args),
}

pub(super) fn run(args: &Args) -> Result<u8> {
    match &args.verb {
        Verb::New(args) => new::run(args),
        Verb::Locate(args) => locate::run(args),
        Verb::Lint(args) => lint::run(args),
        Verb::Stats(args) => stats::run(args),
        Verb::Agree(args) => agree::run(args),
        Verb::Import(args) => import::run(args),
        Verb::Export(args) => export::run(args),
    }
}
