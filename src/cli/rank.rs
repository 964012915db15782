//! `karat rank`: variants by a metric, with tie groups and frontiers.

use comfy_table::{CellAlignment, Table, presets};

use crate::cli::sides::Places;
use crate::compare::Options;
use crate::compare::rank::{Cell, Ranked, rank};
use crate::compare::reports::Reports;
use crate::error::{Error, Result};
use crate::report::summary::{figure, headline};
use crate::task::{Level, Task};

/// Arguments of `karat rank`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    places: Places,
    /// Only this task
    #[arg(short, long)]
    task: Option<Task>,
    /// Only this level
    #[arg(short, long)]
    level: Option<Level>,
    /// Metric [default: the headline metric of each level]
    #[arg(short, long)]
    metric: Option<String>,
    /// Match rule [default: that of the headline]
    #[arg(long)]
    match_rule: Option<String>,
    /// Slice
    #[arg(long, default_value = "all")]
    slice: String,
    /// Level of the tests behind tie groups
    #[arg(long, default_value_t = 0.05, value_name = "0..1")]
    significance_level: f64,
}

pub(super) fn run(args: &Args) -> Result<u8> {
    let reports = Reports::read(&args.places.reports)?;
    let options = Options {
        level: args.significance_level,
        ..Options::default()
    };
    let mut any = false;
    for &task in Task::ALL {
        for &level in Level::ALL {
            if args.task.is_some_and(|only| only != task)
                || args.level.is_some_and(|only| only != level)
            {
                continue;
            }
            let (rule, metrics) = headline(task, level);
            let usual = if metrics[2].is_empty() {
                metrics[0]
            } else {
                metrics[2]
            };
            let cell = Cell {
                task: task.to_string(),
                level: level.to_string(),
                match_rule: args.match_rule.clone().unwrap_or_else(|| rule.to_owned()),
                metric: args.metric.clone().unwrap_or_else(|| usual.to_owned()),
                slice: args.slice.clone(),
            };
            let (ranked, note) = rank(&reports, &cell, &options);
            if ranked.is_empty() {
                continue;
            }
            any = true;
            println!(
                "{task} / {level}: {} {} ({})\n{}\n{note}\n",
                cell.match_rule,
                cell.metric,
                cell.slice,
                table(&ranked)
            );
        }
    }
    if !any {
        return Err(Error::invalid(
            "rank",
            "no variant has this metric",
            "see the columns metric, match_rule and slice of quality.csv",
        ));
    }
    Ok(0)
}

fn table(ranked: &[Ranked]) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(comfy_table::ContentArrangement::Disabled);
    table.set_header([
        "rank", "group", "variant", "value", "MB/s", "peak MiB", "frontier",
    ]);
    for one in ranked {
        let frontier = match (one.frontier_throughput, one.frontier_memory) {
            (true, true) => "throughput, memory",
            (true, false) => "throughput",
            (false, true) => "memory",
            (false, false) => "",
        };
        table.add_row([
            one.rank.to_string(),
            one.group.clone(),
            one.variant.clone(),
            format!("{:.4}", one.value),
            one.throughput.map_or_else(|| "-".to_owned(), figure),
            one.peak_bytes
                .map_or_else(|| "-".to_owned(), |peak| figure(peak / f64::from(1 << 20))),
            frontier.to_owned(),
        ]);
    }
    for index in [0, 3, 4, 5] {
        if let Some(column) = table.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.trim_fmt()
}
