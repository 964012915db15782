//! `karat gold agree`: how far two passes agree, and where they do not.

use std::path::{Path, PathBuf};

use comfy_table::{CellAlignment, Table, presets};

use crate::cli::words::counted;
use crate::error::{Error, Result};
use crate::gold::agree::Agreement;
use crate::gold::load_pass;
use crate::gold::table::to_csv;
use crate::gold::write::write_file;

/// Arguments of `karat gold agree`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folder with the label files of the first pass
    a: PathBuf,
    /// Folder with the label files of the second pass
    b: PathBuf,
    /// Dataset with the articles and the vocabulary [default: the folder above A that has a dataset.toml]
    #[arg(long, value_name = "DIR")]
    gold: Option<PathBuf>,
    /// Write the figures to this file
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Write the disagreements to this file
    #[arg(long, value_name = "FILE")]
    disagreements: Option<PathBuf>,
    /// Print the figures only
    #[arg(long)]
    summary: bool,
}

pub(super) fn run(args: &Args) -> Result<u8> {
    let dataset = match &args.gold {
        Some(dir) => dir.clone(),
        None => dataset_above(&args.a)?,
    };
    let a = load_pass(&dataset, &args.a)?;
    let b = load_pass(&dataset, &args.b)?;
    let agreement = Agreement::of(&a, &b);
    if agreement.figures.is_empty() {
        return Err(Error::invalid(
            "gold agree",
            "the two folders have no layer in common",
            "give two folders with label files such as mentions.csv",
        ));
    }
    println!("{}", table(&agreement));
    if !args.summary {
        for item in &agreement.disagreements {
            let or_nothing = |text: &str| {
                if text.is_empty() {
                    "nothing".to_owned()
                } else {
                    text.to_owned()
                }
            };
            println!("{} {}", item.layer, item.item);
            println!(
                "    a: {}\n    b: {}",
                or_nothing(&item.a),
                or_nothing(&item.b)
            );
            if !item.context.is_empty() {
                println!("    {}", item.context);
            }
        }
    }
    println!("{}", counted(agreement.disagreements.len(), "disagreement"));
    if let Some(path) = &args.csv {
        let rows = agreement.figures.iter().map(|figure| {
            [
                figure.layer.to_owned(),
                figure.metric.clone(),
                figure.doubtful.to_string(),
                figure
                    .value
                    .map_or_else(String::new, |value| value.to_string()),
                figure.both.to_string(),
                figure.only_a.to_string(),
                figure.only_b.to_string(),
            ]
        });
        let columns = [
            "layer", "metric", "doubtful", "value", "both", "only_a", "only_b",
        ];
        write_file(path, &to_csv(&columns, rows)?)?;
    }
    if let Some(path) = &args.disagreements {
        let rows = agreement.disagreements.iter().map(|item| {
            [
                item.layer.to_owned(),
                item.item.clone(),
                item.a.clone(),
                item.b.clone(),
                item.context.clone(),
            ]
        });
        write_file(
            path,
            &to_csv(&["layer", "item", "a", "b", "context"], rows)?,
        )?;
    }
    Ok(0)
}

/// One line per layer and metric, with and without doubtful labels side by side.
fn table(agreement: &Agreement) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header([
        "layer",
        "metric",
        "all labels",
        "both",
        "only a",
        "only b",
        "without doubtful",
    ]);
    let show =
        |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.4}"));
    for figure in agreement.figures.iter().filter(|figure| figure.doubtful) {
        let sure = agreement.figure(figure.layer, &figure.metric, false);
        table.add_row([
            figure.layer.to_owned(),
            figure.metric.clone(),
            show(figure.value),
            figure.both.to_string(),
            figure.only_a.to_string(),
            figure.only_b.to_string(),
            sure.map_or_else(String::new, |figure| show(figure.value)),
        ]);
    }
    for column in 2..7 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

fn dataset_above(pass: &Path) -> Result<PathBuf> {
    let whole = pass
        .canonicalize()
        .map_err(|error| Error::io("reading", pass, error))?;
    let mut above = whole.ancestors();
    above
        .find(|dir| dir.join("dataset.toml").is_file())
        .map(Path::to_owned)
        .ok_or_else(|| {
            Error::invalid(
                pass.display(),
                "no dataset.toml here or above",
                "name the dataset with --gold",
            )
        })
}
