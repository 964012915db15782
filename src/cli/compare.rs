//! `karat compare BASE HEAD`: what changed, which items, and is it proven.

use std::path::PathBuf;

use crate::cli::select::terminal_width;
use crate::cli::sides::Places;
use crate::compare::decision::Decision;
use crate::compare::row::CompareRow;
use crate::compare::{Compared, Options, compare};
use crate::error::{Error, Result};
use crate::record::{self, write_whole};
use crate::report::comparison;

/// Arguments of `karat compare`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Report folder, baseline, or variant such as `minhash(bands=16)`
    base: String,
    /// The same for what is judged
    head: String,
    #[command(flatten)]
    places: Places,
    /// Compare every slice and not only `all`
    #[arg(long)]
    slices: bool,
    /// Print unchanged rows too
    #[arg(long)]
    all: bool,
    /// Difference on this gold that does not matter
    #[arg(long, default_value_t = 0.0, value_name = "0..1")]
    noise_threshold: f64,
    /// Level of the tests
    #[arg(long, default_value_t = 0.05, value_name = "0..1")]
    significance_level: f64,
    /// Replicates of Monte Carlo tests (more than 16 stories)
    #[arg(long, default_value_t = crate::stats::swap::REPLICATES, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    replicates: u32,
    /// Seed of Monte Carlo tests
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// Write all rows as CSV (compare.csv)
    #[arg(long, value_name = "FILE")]
    export_csv: Option<PathBuf>,
    /// Write the rows printed as Markdown
    #[arg(long, value_name = "FILE")]
    export_markdown: Option<PathBuf>,
    /// Write all rows with their items as JSON lines
    #[arg(long, value_name = "FILE")]
    export_json: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> Result<u8> {
    for (name, value) in [
        ("--noise-threshold", args.noise_threshold),
        ("--significance-level", args.significance_level),
    ] {
        if !(0.0..1.0).contains(&value) {
            return Err(Error::invalid(
                name,
                format!("{value} is outside 0 to 1"),
                "give a share such as 0.05",
            ));
        }
    }
    let (mut base, mut head) = (args.places.side(&args.base)?, args.places.side(&args.head)?);
    if base.variant != head.variant {
        let remedy = "compare two folders or baselines, or two variants of one run";
        return Err(Error::invalid(
            "compare",
            "one side is a variant and the other is not",
            remedy,
        ));
    }
    if !args.slices {
        base.reports.quality.retain(|row| row.slice == "all");
        head.reports.quality.retain(|row| row.slice == "all");
    }
    let options = Options {
        tolerance: args.noise_threshold,
        level: args.significance_level,
        replicates: args.replicates,
        seed: args.seed,
        ..Options::default()
    };
    let compared = compare(&base.reports, &head.reports, base.variant, &options);
    let printed: Vec<&Compared> = compared
        .iter()
        .filter(|row| args.all || comparison::notable(row))
        .collect();
    export(args, &compared, &printed)?;
    print!(
        "{}",
        comparison::table(printed.iter().copied(), terminal_width())
    );
    print!("{}", comparison::items(printed.iter().copied()));
    println!("\n{}", headline(&compared));
    let comparable = |row: &Compared| {
        !matches!(
            row.decision,
            Decision::Incomparable | Decision::New | Decision::Missing
        )
    };
    if !compared.iter().any(comparable) {
        return Err(Error::invalid(
            "compare",
            "nothing could be compared",
            "the reasons stand in the table above",
        ));
    }
    Ok(0)
}

/// Counts by decision.
pub(super) fn headline(compared: &[Compared]) -> String {
    let mut counts = std::collections::BTreeMap::new();
    for compared in compared {
        *counts.entry(compared.decision).or_insert(0_usize) += 1;
    }
    let parts: Vec<String> = counts
        .iter()
        .map(|(decision, count)| format!("{count} {decision}"))
        .collect();
    format!("{} rows: {}", compared.len(), parts.join(", "))
}

fn export(args: &Args, compared: &[Compared], printed: &[&Compared]) -> Result<()> {
    if let Some(path) = &args.export_csv {
        let mut rows: Vec<CompareRow> = compared
            .iter()
            .map(|compared| compared.row.clone())
            .collect();
        record::write(path, &mut rows)?;
    }
    if let Some(path) = &args.export_markdown {
        let title = format!(
            "{} against {}: {}",
            args.head,
            args.base,
            headline(compared)
        );
        write_whole(
            path,
            comparison::markdown(&title, printed, usize::MAX).as_bytes(),
        )?;
    }
    if let Some(path) = &args.export_json {
        let mut text = String::new();
        for compared in compared {
            let items: Vec<serde_json::Value> = compared
                .changes
                .iter()
                .map(|c| serde_json::json!({"item": c.item, "broken": c.broken, "before": c.before, "after": c.after, "text": c.text}))
                .collect();
            let line = serde_json::json!({"row": compared.row, "items": items});
            text.push_str(&line.to_string());
            text.push('\n');
        }
        write_whole(path, text.as_bytes())?;
    }
    Ok(())
}
