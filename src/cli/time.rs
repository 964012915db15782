//! `karat time`: throughput and peak memory, into `throughput/<machine>.csv`.

use std::path::{Path, PathBuf};

use crate::cli::against::{self, Against, Work};
use crate::cli::pipe::end_when_closed;
use crate::cli::select::{Selection, stop_on_signals};
use crate::compare::gate::GateConfig;
use crate::error::{Error, Result};
use crate::gold;
use crate::progress::Progress;
use crate::record::{self, ThroughputRow};
use crate::registry::Registry;
use crate::report::summary::{figure, speeds};
use crate::run::Options;
use crate::run::provenance::{TOOL, machine_slug};
use crate::throughput::{Plan, time};

/// Arguments of `karat time`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Dataset folder: its texts are multiplied and perturbed to make the input
    #[arg(long, default_value = "gold/embassy", value_name = "DIR")]
    gold: PathBuf,
    /// Folder of the reports; the file is throughput/<machine>.csv in it
    #[arg(short, long, default_value = "reports", value_name = "DIR")]
    out: PathBuf,
    #[command(flatten)]
    selection: Selection,
    /// Untimed passes
    #[arg(short, long, default_value_t = 1, value_name = "N")]
    warmup: u32,
    /// Timed passes
    #[arg(short, long, default_value_t = 5, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
    /// Threads that an algorithm may use
    #[arg(long, default_value_t = 1, value_name = "N")]
    threads: usize,
    /// Kilobytes of input, at least 1000
    #[arg(long, default_value_t = 1000, value_name = "KB", value_parser = clap::value_parser!(u64).range(1000..))]
    size: u64,
    #[command(flatten)]
    against: Against,
}

pub(super) fn run(args: &Args, registry: &Registry) -> Result<u8> {
    let config = args.selection.config(registry)?;
    let variants = args.selection.variants(&config, registry)?;
    let gold = gold::load(&args.gold)?;
    let program =
        std::env::current_exe().map_err(|e| Error::io("finding", Path::new("karat"), e))?;
    let options = Options {
        // `run_job` divides the cores among so many workers.
        jobs: (crate::cli::select::cores() / args.threads.max(1)).max(1),
        limits: config.limits,
        program: Some(program),
        store: None,
        stop: stop_on_signals()?,
    };
    let bytes = usize::try_from(args.size)
        .unwrap_or(usize::MAX)
        .saturating_mul(1000);
    let plan = Plan {
        bytes,
        warmup: args.warmup,
        runs: args.runs,
        threads: args.threads,
    };
    if let Some(other) = &args.against.against {
        let work = Work {
            variants: &variants,
            gold: &gold,
            registry,
            plan,
            options: &options,
            memory: GateConfig::new(config.gate.as_ref())?
                .memory
                .unwrap_or_default(),
        };
        return against::run(&args.against, other, &work);
    }
    let path = args
        .out
        .join("throughput")
        .join(format!("{}.csv", machine_slug()));
    let mut kept: Vec<ThroughputRow> = if path.exists() {
        record::read(&path)?
    } else {
        Vec::new()
    };
    let progress = Progress::new(variants.len(), "time");
    let mut rows = Vec::new();
    for variant in &variants {
        rows.extend(time(variant, &gold, registry, plan, &options, TOOL)?);
        progress.tick(&variant.algorithm);
        let signal = options.stop.load(std::sync::atomic::Ordering::Relaxed);
        if signal != 0 {
            return Err(Error::Interrupted(i32::try_from(signal).unwrap_or(2)));
        }
    }
    progress.finish();
    let failed: Vec<String> = rows.iter().filter_map(ThroughputRow::failure).collect();
    // Rows of variants that were not timed now stay; of a whole run nothing old stays.
    let timed = |row: &ThroughputRow| {
        rows.iter().any(|new| {
            (&new.task, &new.algorithm, &new.params) == (&row.task, &row.algorithm, &row.params)
        })
    };
    kept.retain(|row| !args.selection.is_all() && !timed(row));
    kept.extend(rows.iter().cloned());
    record::write(&path, &mut kept)?;
    end_when_closed();
    for (key, speed) in speeds(&rows) {
        let name = format!(
            "{}/{}/{}",
            key.0,
            key.1,
            record::variant_name(&key.2, &key.3)
        );
        println!(
            "{name:<60} {:>10} documents/s {:>9} MB/s {:>6} MiB",
            figure(speed.documents_per_second),
            figure(speed.megabytes_per_second),
            speed.peak_bytes >> 20
        );
    }
    println!("wrote {}", path.display());
    for failed in &failed {
        eprintln!("karat: failed {failed}");
    }
    Ok(if failed.is_empty() { 0 } else { 5 })
}
