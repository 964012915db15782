//! `karat rank`: variants by a metric, with tie groups and frontiers.

use std::collections::BTreeSet;
use std::path::PathBuf;

use comfy_table::{CellAlignment, Table, presets};

use crate::cli::sides::Places;
use crate::compare::Options;
use crate::compare::rank::{Cell, Ranked, rank};
use crate::compare::reports::Reports;
use crate::error::{Error, Result};
use crate::record::write_whole;
use crate::report::comparison::ranking_markdown;
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
    /// Match rule [default: that of the headline, or the first that has the metric]
    #[arg(long)]
    match_rule: Option<String>,
    /// Slice
    #[arg(long, default_value = "all")]
    slice: String,
    /// Level of the tests behind tie groups
    #[arg(long, default_value_t = 0.05, value_name = "0..1")]
    significance_level: f64,
    /// Write the tables as Markdown
    #[arg(long, value_name = "FILE")]
    export_markdown: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> Result<u8> {
    if !(args.significance_level > 0.0 && args.significance_level < 1.0) {
        return Err(Error::invalid(
            "--significance-level",
            format!("{} is outside 0 to 1", args.significance_level),
            "give a share such as 0.05",
        ));
    }
    let reports = Reports::read(&args.places.reports)?;
    let options = Options {
        level: args.significance_level,
        ..Options::default()
    };
    let mut markdown = String::new();
    for &task in Task::ALL {
        for &level in Level::ALL {
            if args.task.is_some_and(|only| only != task)
                || args.level.is_some_and(|only| only != level)
            {
                continue;
            }
            let shown = headline(task, level, &reports.quality);
            let usual = match shown.metrics {
                [first, _, ""] => first,
                [_, _, last] => last,
            };
            let metric = args.metric.as_deref().unwrap_or(usual);
            let rule = match &args.match_rule {
                Some(rule) => rule.clone(),
                None => rule_of(&reports, task, level, metric, shown.rule),
            };
            let cell = Cell {
                task: task.to_string(),
                level: level.to_string(),
                match_rule: rule,
                metric: metric.to_owned(),
                slice: args.slice.clone(),
            };
            let (ranked, note) = rank(&reports, &cell, &options);
            if ranked.is_empty() {
                continue;
            }
            let name = [&cell.match_rule, &cell.metric]
                .into_iter()
                .filter(|part| !part.is_empty())
                .cloned()
                .collect::<Vec<_>>()
                .join(" ");
            println!(
                "{task} / {level}: {name} ({})\n{}\n{note}\n",
                cell.slice,
                table(&ranked)
            );
            markdown.push_str(&ranking_markdown(
                &format!("{task} / {level}: {name} ({})", cell.slice),
                &HEADER,
                &ranked.iter().map(cells).collect::<Vec<_>>(),
                &note,
            ));
        }
    }
    if markdown.is_empty() {
        return Err(Error::invalid(
            "rank",
            "no variant has this metric",
            "see the columns metric, match_rule and slice of quality.csv",
        ));
    }
    if let Some(path) = &args.export_markdown {
        write_whole(path, markdown.as_bytes())?;
    }
    Ok(0)
}

/// The match rule of the headline if it has this metric, else the first that has.
fn rule_of(reports: &Reports, task: Task, level: Level, metric: &str, usual: &str) -> String {
    let (task, level) = (task.to_string(), level.to_string());
    let rules: BTreeSet<&str> = reports
        .quality
        .iter()
        .filter(|row| row.task == task && row.level == level && row.metric == metric)
        .map(|row| row.match_rule.as_str())
        .collect();
    match rules.first() {
        Some(first) if !rules.contains(usual) => (*first).to_owned(),
        _ => usual.to_owned(),
    }
}

const HEADER: [&str; 7] = [
    "rank", "group", "variant", "value", "MB/s", "peak MiB", "frontier",
];

fn cells(one: &Ranked) -> [String; 7] {
    let frontier = match (one.frontier_throughput, one.frontier_memory) {
        (true, true) => "throughput, memory",
        (true, false) => "throughput",
        (false, true) => "memory",
        (false, false) => "",
    };
    [
        one.rank.to_string(),
        one.group.clone(),
        one.variant.clone(),
        format!("{:.4}", one.value),
        one.throughput.map_or_else(|| "-".to_owned(), figure),
        one.peak_bytes
            .map_or_else(|| "-".to_owned(), |peak| figure(peak / f64::from(1 << 20))),
        frontier.to_owned(),
    ]
}

fn table(ranked: &[Ranked]) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(comfy_table::ContentArrangement::Disabled);
    table.set_header(HEADER);
    for one in ranked {
        table.add_row(cells(one));
    }
    for index in [0, 3, 4, 5] {
        if let Some(column) = table.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.trim_fmt()
}
