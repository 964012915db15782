//! `karat gold`: make, check, compare and exchange datasets.

use clap::Subcommand;

use crate::error::Result;

mod lint;
mod locate;

/// Arguments of `karat gold`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Report everything that is wrong with a dataset
    Lint(lint::Args),
    /// Turn quoted text of hand-written label files into byte offsets
    Locate(locate::Args),
}

pub(super) fn run(args: &Args) -> Result<u8> {
    match &args.verb {
        Verb::Lint(args) => lint::run(args),
        Verb::Locate(args) => locate::run(args),
    }
}
