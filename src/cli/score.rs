//! `karat score`: score predictions made elsewhere.

use std::path::PathBuf;

use crate::cli::run::write;
use crate::cli::select::terminal_width;
use crate::error::{Error, Result};
use crate::gold;
use crate::predictions::read::{Predicted, read};
use crate::record::{QualityRow, variant_name};
use crate::report::{summary, table};
use crate::run::Records;
use crate::run::job::{How, missing_layer, score_prediction};
use crate::run::rows::Labels;

/// Arguments of `karat score`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Predictions in the public schema (columns of predictions.csv)
    #[arg(value_name = "FILE")]
    predictions: PathBuf,
    /// Dataset folder
    #[arg(long, default_value = "gold/embassy", value_name = "DIR")]
    gold: PathBuf,
    /// Similarity or confidence from which a prediction counts
    #[arg(long, default_value_t = 0.5, value_name = "0..1")]
    threshold: f64,
    /// How pairs are put together for the match rule `closure`
    #[arg(long, default_value = "components", value_name = "NAME")]
    clustering: crate::dedup::cluster::Clustering,
    /// Folder for quality.csv, outcomes.csv and curves.csv; without it only the table is printed
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> Result<u8> {
    if !(0.0..=1.0).contains(&args.threshold) {
        return Err(Error::invalid(
            "--threshold",
            format!("{} is outside 0 to 1", args.threshold),
            "give a share",
        ));
    }
    let gold = gold::load(&args.gold)?;
    let predicted = read(&args.predictions, &gold)?;
    let mut records = Records::default();
    for one in &predicted {
        for level in one.score_levels() {
            if let Some(layer) = missing_layer(one.task, level, &gold) {
                eprintln!(
                    "karat: skipped {}/{level}/{}: the dataset has no {layer}",
                    one.task,
                    name(one)
                );
                continue;
            }
            let how = How {
                threshold: args.threshold,
                clustering: args.clustering,
                granularity: one.granularity(),
            };
            let scored = score_prediction(level, &one.prediction, how, &gold);
            Labels::named(one.task, level, &one.algorithm, &one.params, &gold).add(
                &one.seed,
                &scored,
                &mut records,
            );
        }
    }
    if records.quality.is_empty() {
        return Err(Error::invalid(
            args.gold.display(),
            "nothing was measured",
            "the dataset has no layer for these predictions",
        ));
    }
    let quality: &[QualityRow] = &records.quality;
    print!(
        "{}",
        table::render(&summary::sections(quality, &[]), terminal_width())
    );
    if let Some(out) = &args.out {
        write(out, &mut records)?;
        println!(
            "written to {} (quality.csv, outcomes.csv, curves.csv)",
            out.display()
        );
    }
    Ok(0)
}

fn name(predicted: &Predicted) -> String {
    variant_name(&predicted.algorithm, &predicted.params)
}
