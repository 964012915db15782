//! `karat gate --baseline NAME`: fail the build when the head is worse.

use std::io::Write;
use std::path::PathBuf;

use crate::baseline;
use crate::cli::select::terminal_width;
use crate::compare::Compared;
use crate::compare::gate::{Ending, Gate, GateConfig, Mode, judge};
use crate::compare::reports::Reports;
use crate::compare::row::CompareRow;
use crate::compare::texts;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::gold;
use crate::record::{self, write_whole};
use crate::registry::Registry;
use crate::report::{comparison, github, junit};

/// Arguments of `karat gate`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Name of the baseline
    #[arg(long, value_name = "NAME")]
    baseline: String,
    /// Folder of the baselines
    #[arg(long, default_value = "baselines", value_name = "DIR")]
    baselines: PathBuf,
    /// Reports to judge
    #[arg(long, default_value = "reports", value_name = "DIR")]
    reports: PathBuf,
    /// Configuration with the table [gate]
    #[arg(long, default_value = "karat.toml", value_name = "FILE")]
    config: PathBuf,
    /// Dataset by which the baseline is scored again when its gold has changed, and from which texts of items are shown
    #[arg(long, default_value = "gold/embassy", value_name = "DIR")]
    gold: PathBuf,
    /// When a difference fails [default: from the configuration, else exact]
    #[arg(long, value_name = "exact|proven-worse|non-inferior", value_parser = mode)]
    mode: Option<Mode>,
    /// Undecided cells fail with exit code 4
    #[arg(long)]
    strict: bool,
    /// Write JUnit XML
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Write Markdown for a pull-request comment
    #[arg(long, value_name = "FILE")]
    export_markdown: Option<PathBuf>,
    /// Write all rows as CSV (compare.csv)
    #[arg(long, value_name = "FILE")]
    export_csv: Option<PathBuf>,
    /// Print GitHub annotations and append to $GITHUB_STEP_SUMMARY [default: when GITHUB_ACTIONS is set]
    #[arg(long)]
    github: bool,
}

fn mode(text: &str) -> std::result::Result<Mode, String> {
    match text {
        "exact" => Ok(Mode::Exact),
        "proven-worse" => Ok(Mode::ProvenWorse),
        "non-inferior" => Ok(Mode::NonInferior),
        _ => Err("known: exact, proven-worse, non-inferior".to_owned()),
    }
}

pub(super) fn run(args: &Args, registry: &Registry) -> Result<u8> {
    let configuration = Config::read(&args.config, registry)?;
    let mut config = GateConfig::new(configuration.gate.as_ref())?;
    config.mode = args.mode.unwrap_or(config.mode);
    let folder = baseline::folder(&args.baselines, &args.baseline)?;
    if !folder.is_dir() {
        let known = baseline::list(&args.baselines)?.join(", ");
        let remedy = format!(
            "save one with `karat baseline save {}`; known: {known}",
            args.baseline
        );
        return Err(Error::invalid(folder.display(), "no such baseline", remedy));
    }
    let mut base = Reports::read(&folder)?;
    let head = Reports::read(&args.reports)?;
    let changed = head.quality.iter().any(|row| {
        base.quality
            .iter()
            .any(|old| old.dataset == row.dataset && old.gold_digest != row.gold_digest)
    });
    if changed && folder.join("predictions.csv").exists() {
        let gold = gold::load(&args.gold)?;
        let (again, note) = baseline::for_gold(base, &folder, &gold, &configuration.variants)?;
        base = again;
        if !note.is_empty() {
            println!("{note}");
        }
    }
    let mut gate = judge(&base, &head, &config, args.strict);
    // Texts are a help to the reader only: a gate does not fail for want of the dataset.
    if let Ok(gold) = gold::load(&args.gold) {
        let changes = gate.compared.iter_mut().flat_map(|row| &mut row.changes);
        texts::fill(changes.chain(&mut gate.critical), &gold);
    }
    export(args, &gate)?;
    print(&gate);
    if args.github || std::env::var_os("GITHUB_ACTIONS").is_some() {
        print!("{}", github::annotations(&gate));
        step_summary(&gate)?;
    }
    Ok(gate.code)
}

fn print(gate: &Gate) {
    let wanted = |ending: Ending| ending != Ending::Passed;
    let rows: Vec<&Compared> = gate
        .gated()
        .filter(|(compared, ending)| wanted(*ending) || comparison::notable(compared))
        .map(|(c, _)| c)
        .collect();
    if !rows.is_empty() {
        print!(
            "{}",
            comparison::table(rows.iter().copied(), terminal_width())
        );
        print!("{}", comparison::items(rows.iter().copied()));
        println!();
    }
    for change in &gate.critical {
        println!(
            "critical item broken: {} {}",
            change.item,
            comparison::quoted(change)
        );
    }
    for warning in &gate.warnings {
        eprintln!("karat: {warning}");
    }
    println!("{}", gate.headline());
    if gate.gated().next().is_none() {
        eprintln!(
            "karat: no cell was gated: check [gate] in the configuration, and that baseline and reports hold the same variants"
        );
    }
}

fn export(args: &Args, gate: &Gate) -> Result<()> {
    if let Some(path) = &args.junit {
        write_whole(path, junit::xml(gate)?.as_bytes())?;
    }
    if let Some(path) = &args.export_markdown {
        write_whole(
            path,
            comparison::gate_markdown(gate, github::COMMENT_LIMIT).as_bytes(),
        )?;
    }
    if let Some(path) = &args.export_csv {
        let mut rows: Vec<CompareRow> = gate
            .compared
            .iter()
            .map(|compared| compared.row.clone())
            .collect();
        record::write(path, &mut rows)?;
    }
    Ok(())
}

/// Appends to the step summary; nothing outside GitHub.
fn step_summary(gate: &Gate) -> Result<()> {
    let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").map(PathBuf::from) else {
        return Ok(());
    };
    let open = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(&path);
    open.and_then(|mut file| file.write_all(github::summary(gate).as_bytes()))
        .map_err(|e| Error::io("writing", &path, e))
}
