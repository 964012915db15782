//! `karat time --against`: is this binary slower than another, or than a baseline?

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use crate::baseline;
use crate::cli::pipe::say;
use crate::compare::gate::Memory;
use crate::error::{Error, Result};
use crate::label::Gold;
use crate::pairing::{BASE, Duel, Stopped, judge};
use crate::progress::Progress;
use crate::record::{self, ThroughputRow};
use crate::registry::Registry;
use crate::run::Options;
use crate::run::provenance::{TOOL, machine_slug};
use crate::stats::timing;
use crate::task::Level;
use crate::throughput::{Plan, time};
use crate::variant::Variant;
use crate::worker::FailureKind;

/// Options of the speed gate.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Against {
    /// Judge speed against another karat binary, pair by pair; or show the times stored in a baseline
    #[arg(long, value_name = "BINARY|BASELINE")]
    pub(super) against: Option<PathBuf>,
    /// Relative slowdown that passes
    #[arg(
        long,
        default_value_t = 0.05,
        value_name = "0..1",
        requires = "against"
    )]
    noise_threshold: f64,
    /// Pairs at most, and as many again to confirm
    #[arg(long, default_value_t = 20, value_name = "N", requires = "against", value_parser = clap::value_parser!(u64).range(8..=500))]
    pairs: u64,
    /// Undecided variants fail with exit code 4
    #[arg(long, requires = "against")]
    strict: bool,
    /// Folder of the baselines
    #[arg(
        long,
        default_value = "baselines",
        value_name = "DIR",
        requires = "against"
    )]
    baselines: PathBuf,
}

/// What the speed gate works on.
pub(super) struct Work<'a> {
    pub(super) variants: &'a [Variant],
    pub(super) gold: &'a Gold,
    pub(super) registry: &'a Registry,
    pub(super) plan: Plan,
    pub(super) options: &'a Options,
    /// How much more memory passes: the table `[gate.memory]`, else its defaults.
    pub(super) memory: Memory,
}

pub(super) fn run(args: &Against, against: &Path, work: &Work<'_>) -> Result<u8> {
    if !(0.0..1.0).contains(&args.noise_threshold) {
        let problem = format!("{} is outside 0 to 1", args.noise_threshold);
        return Err(Error::invalid(
            "--noise-threshold",
            problem,
            "give a share such as 0.05",
        ));
    }
    if against.is_file() {
        return against_binary(args, against, work);
    }
    let folder = baseline::folder(&args.baselines, &against.to_string_lossy())
        .unwrap_or_else(|_| against.to_owned());
    let stored = folder
        .join("throughput")
        .join(format!("{}.csv", machine_slug()));
    if !stored.is_file() {
        let problem = "is neither a karat binary nor a baseline with times of this machine";
        return Err(Error::invalid(
            against.display(),
            problem,
            format!(
                "build the base commit and name its binary; looked for {}",
                stored.display()
            ),
        ));
    }
    against_times(args, &record::read(&stored)?, work)
}

fn against_binary(args: &Against, base: &Path, work: &Work<'_>) -> Result<u8> {
    let head = std::env::current_exe().map_err(|e| Error::io("finding", Path::new("karat"), e))?;
    let duel = Duel {
        base: base
            .canonicalize()
            .map_err(|e| Error::io("reading", base, e))?,
        head,
        timing: timing::Options {
            tolerance: args.noise_threshold,
            most_pairs: usize::try_from(args.pairs).unwrap_or(20),
            ..timing::Options::default()
        },
        memory: work.memory,
    };
    let cells: Vec<(&Variant, Level)> = cells(work.variants, work.gold);
    let progress = Progress::new(cells.len(), "time");
    let (mut worse, mut undecided, mut failed, mut compared) = (false, false, false, false);
    for (variant, level) in cells {
        let name = format!("{}/{level}/{}", variant.task, variant.name(level));
        match judge(
            variant,
            level,
            work.gold,
            work.registry,
            work.plan,
            &duel,
            work.options,
        ) {
            Ok(judged) => {
                compared = true;
                worse |= judged.is_worse();
                undecided |= judged.is_undecided();
                say(&format!(
                    "{name:<50} time   {:<14} {} ({} passes a process)",
                    judged.speed.0, judged.speed.1, judged.passes
                ));
                say(&format!(
                    "{name:<50} memory {:<14} {}",
                    judged.memory.0, judged.memory.1
                ));
                for (counter, before, after) in &judged.counters {
                    let word = if after > before {
                        "changed-worse"
                    } else {
                        "changed-better"
                    };
                    say(&format!("{name:<50} {counter} {word} {before} -> {after}"));
                }
            }
            Err(Stopped::Interrupted) => {
                let signal = work.options.stop.load(Ordering::Relaxed);
                return Err(Error::Interrupted(i32::try_from(signal).unwrap_or(2)));
            }
            // A variant that is new in the head is no failure: a base that does not know it has nothing to lose.
            Err(Stopped::Failed(BASE, failure)) if failure.kind == FailureKind::Refused => {
                say(&format!(
                    "{name:<50} time   new            not gated: {}",
                    failure.error
                ));
            }
            Err(Stopped::Failed(side, failure)) => {
                failed = true;
                eprintln!(
                    "karat: {name}: the {side} failed: {}: {}",
                    failure.kind.name(),
                    failure.error
                );
            }
        }
        progress.tick(&name);
    }
    progress.finish();
    if !compared && !failed {
        return Err(Error::invalid(
            base.display(),
            "nothing was measured: the base knows none of these variants",
            "name a binary of the same tool, or other variants",
        ));
    }
    let code = code(worse, failed, undecided && args.strict);
    say(&format!(
        "speed gate {}",
        [
            "passed",
            "",
            "",
            "regression",
            "undecided",
            "variants failed"
        ]
        .get(usize::from(code))
        .unwrap_or(&"")
    ));
    Ok(code)
}

/// Stored times were taken in another state of the machine, so they decide nothing; memory is stable and does.
fn against_times(args: &Against, stored: &[ThroughputRow], work: &Work<'_>) -> Result<u8> {
    let limits = work.memory;
    let (mut worse, mut failed, mut compared) = (false, false, false);
    for variant in work.variants {
        let rows = time(
            variant,
            work.gold,
            work.registry,
            work.plan,
            work.options,
            TOOL,
        )?;
        failed |= rows.iter().any(|row| row.status != "ok");
        for level in crate::run::job::work_levels(variant, work.gold) {
            let level_name = level.to_string();
            let of = |rows: &[ThroughputRow]| -> (Option<f64>, Option<f64>) {
                let mine: Vec<&ThroughputRow> = rows
                    .iter()
                    .filter(|row| {
                        row.task == variant.task.name()
                            && row.level == level_name
                            && row.algorithm == variant.algorithm
                    })
                    .filter(|row| {
                        row.params == variant.params_text(level)
                            && row.phase == "predict"
                            && row.status == "ok"
                    })
                    .collect();
                let mut times: Vec<f64> = mine
                    .iter()
                    .filter_map(|row| {
                        Some((row.cpu_user_ns? + row.cpu_sys_ns?) as f64 / row.bytes.max(1) as f64)
                    })
                    .collect();
                times.sort_by(f64::total_cmp);
                (
                    times.get(times.len() / 2).copied(),
                    mine.iter()
                        .filter_map(|row| row.peak_bytes)
                        .max()
                        .map(|peak| peak as f64),
                )
            };
            let ((Some(before), peak_before), (Some(after), peak_after)) = (of(stored), of(&rows))
            else {
                continue;
            };
            compared = true;
            let name = format!("{}/{level}/{}", variant.task, variant.name(level));
            let percent = 100.0 * (after / before - 1.0);
            say(&format!(
                "{name:<50} time   inconclusive   {percent:+.1} % against stored times; name a binary to decide"
            ));
            if let (Some(before), Some(after)) = (peak_before, peak_after) {
                let delta = after - before;
                let too_much = delta > limits.absolute * f64::from(1 << 20)
                    && delta > limits.relative * before;
                worse |= too_much;
                let word = if too_much {
                    "changed-worse"
                } else {
                    "unchanged"
                };
                say(&format!(
                    "{name:<50} memory {word:<14} {:.1} -> {:.1} MiB",
                    before / f64::from(1 << 20),
                    after / f64::from(1 << 20)
                ));
            }
        }
    }
    if !compared && !failed {
        return Err(Error::invalid(
            "--against",
            "the baseline holds no times of these variants",
            "run `karat time`, then `karat baseline save`",
        ));
    }
    Ok(code(worse, failed, args.strict))
}

fn cells<'a>(variants: &'a [Variant], gold: &Gold) -> Vec<(&'a Variant, Level)> {
    variants
        .iter()
        .flat_map(|variant| {
            crate::run::job::work_levels(variant, gold)
                .into_iter()
                .map(move |level| (variant, level))
        })
        .filter(|(_, level)| *level != Level::Redundancy)
        .collect()
}

fn code(worse: bool, failed: bool, undecided: bool) -> u8 {
    if worse {
        3
    } else if failed {
        5
    } else if undecided {
        4
    } else {
        0
    }
}
