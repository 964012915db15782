//! `karat show`: one item, gold and predictions side by side.

use std::path::PathBuf;

use crate::error::Result;
use crate::gold;
use crate::record::{self, OutcomeRow};
use crate::show::{places, render};

/// Arguments of `karat show`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Item as in outcomes.csv, such as `embassy/mention/003:1066-1078` or `001:s004~002:s007`
    item: String,
    /// Dataset folder
    #[arg(long, default_value = "gold/embassy", value_name = "DIR")]
    gold: PathBuf,
    /// Folder of the reports
    #[arg(long, default_value = "reports", value_name = "DIR")]
    reports: PathBuf,
    /// Only variants of this algorithm
    #[arg(short = 'e', long = "algorithm", value_name = "NAME")]
    algorithm: Option<String>,
}

pub(super) fn run(args: &Args) -> Result<u8> {
    let gold = gold::load(&args.gold)?;
    let places = places(&args.item, &gold)?;
    let path = args.reports.join("outcomes.csv");
    let mut outcomes: Vec<OutcomeRow> = if path.exists() {
        record::read(&path)?
    } else {
        Vec::new()
    };
    if let Some(name) = &args.algorithm {
        outcomes.retain(|row| &row.algorithm == name);
    }
    print!("{}", render(&args.item, &places, &gold, &outcomes));
    Ok(0)
}
