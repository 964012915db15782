//! `karat run`: predict, score, write the exact reports.

use std::path::{Path, PathBuf};

use crate::cli::pipe::end_when_closed;
use crate::cli::select::{Selection, cores, stop_on_signals, terminal_width};
use crate::error::{Error, Result};
use crate::folds::folds;
use crate::gold;
use crate::label::{Gold, SYNTHETIC};
use crate::progress::Progress;
use crate::record::{self, QualityRow, ThroughputRow, write_whole};
use crate::registry::Registry;
use crate::report::{summary, table};
use crate::run::store::Store;
use crate::run::{self, Options, Records, provenance::Provenance};
use crate::variant::Variant;

/// Arguments of `karat run`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Dataset folder
    #[arg(long, default_value = "gold/embassy", value_name = "DIR")]
    gold: PathBuf,
    /// Folder for the reports
    #[arg(short, long, default_value = "reports", value_name = "DIR")]
    out: PathBuf,
    #[command(flatten)]
    selection: Selection,
    /// List the selected variants and stop
    #[arg(long)]
    list: bool,
    /// Workers at a time [default: number of cores]
    #[arg(short, long, value_name = "N")]
    jobs: Option<usize>,
    /// Seconds that a worker may take [default: from the configuration]
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<u64>,
    /// MiB of memory that a worker may take [default: from the configuration]
    #[arg(long, value_name = "MIB")]
    memory: Option<u64>,
    /// Run the algorithms in this process, without limits: for debuggers
    #[arg(long)]
    in_process: bool,
    /// Take over what an interrupted run has finished
    #[arg(long)]
    resume: bool,
}

pub(super) fn run(args: &Args, registry: &Registry) -> Result<u8> {
    let config = args.selection.config(registry)?;
    let variants = args.selection.variants(&config, registry)?;
    if args.list {
        for variant in &variants {
            for &level in &variant.levels {
                println!("{}/{level}/{}", variant.task, variant.name(level));
            }
        }
        return Ok(0);
    }
    if args.jobs == Some(0) {
        return Err(Error::invalid(
            "--jobs",
            "0 workers do nothing",
            "give a number from 1",
        ));
    }
    let gold = gold::load(&args.gold)?;
    // A partial run must not overwrite the reports of the whole: it gets a folder of its own.
    let out = if args.selection.is_all() {
        args.out.clone()
    } else {
        args.out.join("partial")
    };
    unmixed(&out, &gold)?;
    let mut limits = config.limits;
    limits.timeout = args.timeout.unwrap_or(limits.timeout);
    limits.memory = args.memory.unwrap_or(limits.memory);
    let program =
        std::env::current_exe().map_err(|e| Error::io("finding", Path::new("karat"), e))?;
    let options = Options {
        jobs: args.jobs.unwrap_or_else(cores),
        limits,
        program: (!args.in_process).then_some(program),
        store: Some(Store::open(&out.join(".cells"), args.resume)?),
        stop: stop_on_signals()?,
    };
    let chosen: Vec<&Variant> = variants.iter().collect();
    let progress = Progress::new(run::cells(&chosen, &gold).0.len(), "run");
    let records = run::run(&chosen, &gold, registry, &options, &|what| {
        progress.tick(what)
    });
    progress.finish();
    let mut records = records?;
    write(&out, &mut records)?;
    let provenance = Provenance::new(&chosen, &gold, &folds(&gold), limits, options.jobs);
    let json =
        serde_json::to_vec_pretty(&provenance).map_err(|e| Error::Internal(e.to_string()))?;
    write_whole(&out.join("run.json"), &json)?;
    conclude(args, &out, &records, &gold)
}

/// Refuses to write results on synthetic gold over those on real gold, and the other way round.
fn unmixed(out: &Path, gold: &Gold) -> Result<()> {
    let path = out.join("quality.csv");
    // Reports that cannot be read are about to be replaced anyway.
    let Ok(rows) = record::read::<QualityRow>(&path) else {
        return Ok(());
    };
    let other = rows
        .iter()
        .find(|row| row.dataset.starts_with(SYNTHETIC) != gold.is_synthetic());
    match other {
        None => Ok(()),
        Some(row) => Err(Error::invalid(
            path.display(),
            format!(
                "holds results on `{}`; real and synthetic gold (`{}`) are kept apart",
                row.dataset, gold.dataset
            ),
            "name another folder with --out",
        )),
    }
}

/// Writes the exact files.
pub(super) fn write(out: &Path, records: &mut Records) -> Result<()> {
    record::write(&out.join("quality.csv"), &mut records.quality)?;
    record::write(&out.join("outcomes.csv"), &mut records.outcomes)?;
    record::write(&out.join("curves.csv"), &mut records.curves)?;
    record::write(&out.join("predictions.csv"), &mut records.predictions)
}

fn conclude(args: &Args, out: &Path, records: &Records, gold: &Gold) -> Result<u8> {
    end_when_closed();
    let throughput = read_throughput(&args.out)?;
    let sections = summary::sections(&records.quality, &throughput);
    print!("{}", table::render(&sections, terminal_width()));
    if throughput.is_empty() {
        println!("No throughput has been measured yet: `karat time` does it.");
    }
    // One line per layer: a dataset that lacks one would print as many lines as there are variants.
    for (layer, cells) in &records.skipped {
        eprintln!(
            "karat: skipped {}: the dataset has no {layer}",
            cells.join(", ")
        );
    }
    for failed in &records.failed {
        eprintln!("karat: failed {failed}");
    }
    println!(
        "{}: {} quality rows, {} outcomes; written to {} (quality.csv, outcomes.csv, curves.csv, predictions.csv, run.json)",
        gold.dataset,
        records.quality.len(),
        records.outcomes.len(),
        out.display()
    );
    if records.resumed > 0 {
        println!(
            "{} variants were taken over from the interrupted run",
            records.resumed
        );
    }
    if records.quality.is_empty() {
        return Err(Error::invalid(
            args.gold.display(),
            "nothing was measured",
            "the dataset has no layer for the selected variants",
        ));
    }
    Ok(if records.failed.is_empty() { 0 } else { 5 })
}

/// All committed throughput rows of a report folder; none is no error.
pub(super) fn read_throughput(out: &Path) -> Result<Vec<ThroughputRow>> {
    let mut rows = Vec::new();
    for path in throughput_files(out) {
        rows.extend(record::read::<ThroughputRow>(&path)?);
    }
    Ok(rows)
}

/// The files of `throughput/`, sorted.
pub(super) fn throughput_files(out: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(out.join("throughput")) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "csv"))
        .collect();
    paths.sort();
    paths
}
