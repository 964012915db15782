//! `karat gold`: make, check, compare and exchange datasets.

use clap::Subcommand;

use crate::error::Result;

mod agree;
mod lint;
mod locate;
mod stats;

/// Arguments of `karat gold`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Measure how far two passes agree, and list where they do not
    Agree(agree::Args),
    /// Count labels, and say what that support can show
    Stats(stats::Args),
    /// Report everything that is wrong with a dataset
    Lint(lint::Args),
    /// Turn quoted text of hand-written label files into byte offsets
    Locate(locate::Args),
}

pub(super) fn run(args: &Args) -> Result<u8> {
    match &args.verb {
        Verb::Agree(args) => agree::run(args),
        Verb::Stats(args) => stats::run(args),
        Verb::Lint(args) => lint::run(args),
        Verb::Locate(args) => locate::run(args),
    }
}
