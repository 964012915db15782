//! `karat gold stats`: what a dataset holds, and how precise figures on it can be.

use std::collections::BTreeSet;
use std::path::PathBuf;

use comfy_table::{CellAlignment, Table, presets};

use crate::error::Result;
use crate::gold;
use crate::gold::stats::counts;
use crate::stats::stories::FEWEST;

/// Arguments of `karat gold stats`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Dataset folder
    #[arg(default_value = "gold/embassy")]
    dir: PathBuf,
    /// Count the label files of this folder (a pass) over the articles of the dataset
    #[arg(long, value_name = "DIR")]
    pass: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> Result<u8> {
    let pass = args.pass.as_ref().unwrap_or(&args.dir);
    let gold = gold::load_pass(&args.dir, pass)?;
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header([
        "layer",
        "slice",
        "count",
        "doubtful",
        "± at 0.5",
        "± at 0.9",
    ]);
    for row in counts(&gold) {
        let corpus = row.layer == "corpus" || row.slice == "groups";
        let [half, ninth] = match row.half_widths().filter(|_| !corpus) {
            Some(halves) => halves.map(|half| format!("{half:.3}")),
            None => Default::default(),
        };
        let doubtful = if corpus {
            String::new()
        } else {
            row.doubtful.to_string()
        };
        table.add_row([
            row.layer.to_owned(),
            row.slice.clone(),
            row.count.to_string(),
            doubtful,
            half,
            ninth,
        ]);
    }
    for column in 2..6 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    println!("{table}");
    println!(
        "\n± is half the width of the 95 % interval (Wilson) of a recall of 0.5 or 0.9 measured on these labels, doubtful ones left\n\
         out: two figures that differ by less say nothing. The interval takes labels as independent; labels of one story are not,\n\
         so the truth is wider."
    );
    let stories = gold.stories.iter().collect::<BTreeSet<_>>().len();
    if stories < FEWEST {
        println!(
            "Stories: {stories}. With fewer than {FEWEST} no inference beyond this dataset is possible at all."
        );
    } else {
        println!("Stories: {stories}.");
    }
    Ok(0)
}
