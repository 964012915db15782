//! `karat compare BASE HEAD`: what changed, which items, and is it proven.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::cli::select::terminal_width;
use crate::cli::sides::Places;
use crate::compare::decision::Decision;
use crate::compare::reports::Reports;
use crate::compare::row::CompareRow;
use crate::compare::texts;
use crate::compare::{Compared, Options, compare};
use crate::error::{Error, Result};
use crate::gold;
use crate::record::{self, QualityRow, write_whole};
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
    /// Dataset from which texts of pairs are shown
    #[arg(long, default_value = "gold/embassy", value_name = "DIR")]
    gold: PathBuf,
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
    if base.variant {
        in_common(&mut base.reports, &mut head.reports);
    }
    let options = Options {
        tolerance: args.noise_threshold,
        level: args.significance_level,
        replicates: args.replicates,
        seed: args.seed,
        ..Options::default()
    };
    let mut compared = compare(&base.reports, &head.reports, base.variant, &options);
    if args.gold.is_dir()
        && let Ok(gold) = gold::load(&args.gold)
    {
        texts::fill(compared.iter_mut().flat_map(|row| &mut row.changes), &gold);
    }
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

/// Two variants are compared where both stand: algorithms of two tasks may bear one name, as `exact` does.
fn in_common(base: &mut Reports, head: &mut Reports) {
    type Place = (String, String, String);
    let place =
        |row: &QualityRow| -> Place { (row.dataset.clone(), row.task.clone(), row.level.clone()) };
    let places = |side: &Reports| side.quality.iter().map(place).collect::<BTreeSet<Place>>();
    let (of_base, of_head) = (places(base), places(head));
    base.quality.retain(|row| of_head.contains(&place(row)));
    head.quality.retain(|row| of_base.contains(&place(row)));
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
                .map(|c| serde_json::json!({"item": c.item, "broken": c.broken, "before": c.before, "after": c.after, "text": c.text, "other_text": c.other_text}))
                .collect();
            let line = serde_json::json!({"row": compared.row, "items": items});
            text.push_str(&line.to_string());
            text.push('\n');
        }
        write_whole(path, text.as_bytes())?;
    }
    Ok(())
}
