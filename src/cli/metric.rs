//! `karat metric`: metrics from raw data, for checking karat against other scorers and for scorers in other languages.
//!
//! One JSON case a line in, one JSON object of metric names and values a line out, in the same order; `null` = undefined.

use std::io::{BufRead, BufWriter, Write, stdin, stdout};
use std::time::Instant;

use crate::error::{Error, Result};
use crate::metrics::case::{CASES, Case, compute};

/// Arguments of `karat metric`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = CASES)]
pub(super) struct Args {
    /// Also give the seconds that each case took to compute, without reading and writing
    #[arg(long)]
    seconds: bool,
}

pub(super) fn run(args: &Args) -> Result<u8> {
    let mut out = BufWriter::new(stdout().lock());
    for (number, line) in (1u64..).zip(stdin().lock().lines()) {
        let invalid = |problem: String| {
            Error::invalid(
                format!("standard input:{number}"),
                problem,
                "see `karat metric --help` for the cases",
            )
        };
        let line = line.map_err(|error| invalid(error.to_string()))?;
        if line.trim().is_empty() {
            continue;
        }
        let case: Case = serde_json::from_str(&line).map_err(|error| invalid(error.to_string()))?;
        let start = Instant::now();
        let mut values = compute(case).map_err(invalid)?;
        if args.seconds {
            values["seconds"] = start.elapsed().as_secs_f64().into();
        }
        let written = writeln!(out, "{values}").and_then(|()| out.flush());
        written.map_err(|error| Error::Internal(format!("standard output: {error}")))?;
    }
    Ok(0)
}
