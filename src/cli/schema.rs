//! `karat schema`: the columns of the CSV files, and what each means.

use crate::compare::row::CompareRow;
use crate::error::{Error, Result};
use crate::predictions::PredictionRow;
use crate::record::{CurveRow, OutcomeRow, QualityRow, Record, ThroughputRow, columns};

/// Arguments of `karat schema`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// File whose columns are explained, such as predictions
    file: Option<String>,
    /// Print the header line only
    #[arg(long, requires = "file")]
    header: bool,
}

/// File, what it holds, and its columns in order.
type File = (&'static str, &'static str, &'static [&'static str]);

fn files() -> [File; 6] {
    [
        (
            "quality",
            "one value of one metric a row; written by `karat run`",
            QualityRow::header(),
        ),
        (
            "outcomes",
            "what became of one item a row; written by `karat run`",
            OutcomeRow::header(),
        ),
        (
            "curves",
            "one point of a precision-recall curve a row; written by `karat run`",
            CurveRow::header(),
        ),
        (
            "predictions",
            "one pair, mention, cluster member or garble a row; written by `karat run`, read by `karat score`",
            PredictionRow::header(),
        ),
        (
            "throughput",
            "one timed pass a row; written by `karat time`",
            ThroughputRow::header(),
        ),
        (
            "compare",
            "one metric of base and head a row; written by `karat compare` and `karat gate`",
            CompareRow::header(),
        ),
    ]
}

pub(super) fn run(args: &Args) -> Result<u8> {
    let Some(name) = &args.file else {
        for (file, what, _) in files() {
            println!("{file:<12} {what}");
        }
        return Ok(0);
    };
    let asked = name.strip_suffix(".csv").unwrap_or(name);
    let found = files().into_iter().find(|(file, _, _)| *file == asked);
    let Some((_, what, header)) = found else {
        let known: Vec<&str> = files().iter().map(|(file, _, _)| *file).collect();
        return Err(Error::invalid(
            "schema",
            format!("unknown file `{name}`"),
            format!("known: {}", known.join(", ")),
        ));
    };
    if args.header {
        println!("{}", header.join(","));
        return Ok(0);
    }
    println!("{what}\n");
    for column in header {
        println!(
            "{column:<16} {}",
            columns::meaning(column).unwrap_or_default()
        );
    }
    Ok(0)
}
