//! The speed gate: two binaries timed side by side on one input, pair by pair.
//!
//! Each observation is one process: a worker of the base or of the head does the same job and tells its own CPU time and its own
//! VmHWM. What the pairs say is decided in [`crate::stats::timing`]; work counters, which no machine disturbs, have no tolerance.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::compare::decision::Decision;
use crate::compare::gate::Memory;
use crate::label::Gold;
use crate::registry::Registry;
use crate::run::{Options, run_job};
use crate::stats::timing::{self, Finding, Measurement, Side};
use crate::task::Level;
use crate::throughput::{self, Plan};
use crate::variant::Variant;
use crate::worker::{Failure, Job, Reply};

/// CPU time that one observation should take at least, in nanoseconds: below, the scheduler's grain shows.
const OBSERVATION_NS: u64 = 15_000_000;

/// Most passes in one process.
const MOST_PASSES: u64 = 200;

/// A worker that uses this much more CPU than wall time works on several threads, and is judged by wall time.
const PARALLEL: f64 = 1.2;

/// How two binaries are compared.
#[derive(Debug, Clone)]
pub struct Duel {
    /// What is compared against.
    pub base: PathBuf,
    /// What is judged.
    pub head: PathBuf,
    /// How to measure and decide.
    pub timing: timing::Options,
    /// How much more memory passes.
    pub memory: Memory,
}

/// What timing one variant at one level concluded.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// Time.
    pub speed: (Decision, String),
    /// Peak memory.
    pub memory: (Decision, String),
    /// Work counters that changed, with what they were and are.
    pub counters: Vec<(String, u64, u64)>,
    /// The pairs behind it.
    pub measurement: Measurement,
    /// Passes per process.
    pub passes: u32,
}

impl Judged {
    /// True when anything got worse.
    pub fn is_worse(&self) -> bool {
        self.speed.0.is_worse()
            || self.memory.0.is_worse()
            || self
                .counters
                .iter()
                .any(|(_, before, after)| after > before)
    }

    /// True when time or memory could not be decided.
    pub fn is_undecided(&self) -> bool {
        self.speed.0 == Decision::Inconclusive
    }
}

/// Why there is no conclusion.
#[derive(Debug, Clone, PartialEq)]
pub enum Stopped {
    /// A worker of this side failed.
    Failed(&'static str, Failure),
    /// The user stopped it.
    Interrupted,
}

/// Times a variant at one level.
///
/// # Errors
/// A worker that failed, or the user's wish to stop.
pub fn judge(
    variant: &Variant,
    level: Level,
    gold: &Gold,
    registry: &Registry,
    plan: Plan,
    duel: &Duel,
    options: &Options,
) -> Result<Judged, Stopped> {
    let plan = Plan {
        warmup: 0,
        runs: 1,
        ..plan
    };
    let (_, mut job) = throughput::input(variant, level, gold, plan);
    let run = |side: Side, job: &Job| -> Result<Reply, Stopped> {
        let (name, program) = match side {
            Side::Head => ("head", &duel.head),
            Side::Base | Side::Control => ("base", &duel.base),
        };
        let options = Options {
            program: Some(program.clone()),
            ..options.clone()
        };
        match run_job(job, registry, &options) {
            Ok(Some(reply)) => Ok(reply),
            Ok(None) => Err(Stopped::Interrupted),
            Err(failure) => Err(Stopped::Failed(name, failure)),
        }
    };
    // One process of each side first: it says how many passes make an observation long enough, and what the answers are.
    let (base, head) = (run(Side::Base, &job)?, run(Side::Head, &job)?);
    let passes = (OBSERVATION_NS / cpu_ns(&base).max(1) + 1).clamp(1, MOST_PASSES);
    job.order.samples = u32::try_from(passes).unwrap_or(1);
    let by_wall = cpu_ns(&base) as f64 > PARALLEL * wall_ns(&base) as f64;
    let mut peaks = [peak(&base), peak(&head)].map(|peak| vec![peak]);
    let measurement = timing::measure(&duel.timing, |side| -> Result<f64, Stopped> {
        let reply = run(side, &job)?;
        peaks[usize::from(side == Side::Head)].push(peak(&reply));
        let time = if by_wall {
            wall_ns(&reply)
        } else {
            cpu_ns(&reply)
        };
        Ok(time.max(1) as f64)
    })?;
    let mut speed = decide(&measurement, &duel.timing);
    if by_wall {
        speed.1.push_str("; wall time, since several threads work");
    }
    if answers(&base) != answers(&head) {
        speed.1.push_str("; the answers differ");
    }
    Ok(Judged {
        speed,
        memory: memory(&mut peaks, duel.memory),
        counters: counters(&base.counters, &head.counters),
        measurement,
        passes: job.order.samples,
    })
}

/// The decision and its reason.
fn decide(measurement: &Measurement, options: &timing::Options) -> (Decision, String) {
    let percent = |log_ratio: f64| 100.0 * log_ratio.exp_m1();
    let set = &measurement.first;
    let (Some(shift), Some(control)) = (
        set.shift(options.confidence),
        set.control(options.confidence),
    ) else {
        return (Decision::Inconclusive, "no pairs".to_owned());
    };
    let mut reason = format!(
        "{:+.1} % ({:+.1} to {:+.1}) over {} pairs, control {:+.1} %",
        percent(shift.estimate),
        percent(shift.low),
        percent(shift.high),
        set.ratios.len(),
        percent(control.estimate)
    );
    let decision = match measurement.conclusion() {
        Finding::Slower => Decision::Regressed,
        Finding::Faster => Decision::Improved,
        Finding::Equal => Decision::Unchanged,
        Finding::Unfit => {
            reason.push_str("; the machine is unfit: base and base seem to differ");
            Decision::Inconclusive
        }
        Finding::Wide => Decision::Inconclusive,
    };
    if let Some((second, finding)) = &measurement.confirmation {
        let estimate = second
            .shift(options.confidence)
            .map_or(f64::NAN, |shift| percent(shift.estimate));
        let word = if *finding == measurement.finding {
            "confirmed"
        } else {
            "not confirmed"
        };
        reason.push_str(&format!(
            "; {word} by {} fresh pairs ({estimate:+.1} %)",
            second.ratios.len()
        ));
    }
    (decision, reason)
}

/// Medians of the peaks; a loss must exceed both limits.
fn memory(peaks: &mut [Vec<f64>; 2], limits: Memory) -> (Decision, String) {
    let [base, head] = peaks;
    for side in [&mut *base, &mut *head] {
        side.sort_by(f64::total_cmp);
    }
    let median = |side: &[f64]| side.get(side.len() / 2).copied().unwrap_or(0.0);
    let (base, head) = (median(base), median(head));
    if base <= 0.0 || head <= 0.0 {
        return (
            Decision::Inconclusive,
            "the system does not tell peak memory".to_owned(),
        );
    }
    let mib = f64::from(1 << 20);
    let beyond = |delta: f64| delta > limits.absolute * mib && delta > limits.relative * base;
    let decision = match head - base {
        delta if beyond(delta) => Decision::ChangedWorse,
        delta if beyond(-delta) => Decision::ChangedBetter,
        _ => Decision::Unchanged,
    };
    (
        decision,
        format!("{:.1} -> {:.1} MiB", base / mib, head / mib),
    )
}

fn counters(base: &BTreeMap<String, u64>, head: &BTreeMap<String, u64>) -> Vec<(String, u64, u64)> {
    base.iter()
        .filter_map(|(name, &before)| {
            let after = *head.get(name)?;
            (before != after).then(|| (name.clone(), before, after))
        })
        .collect()
}

fn cpu_ns(reply: &Reply) -> u64 {
    reply
        .samples
        .iter()
        .map(|sample| sample.cpu_user_ns + sample.cpu_sys_ns)
        .sum()
}

fn wall_ns(reply: &Reply) -> u64 {
    reply.samples.iter().map(|sample| sample.wall_ns).sum()
}

fn peak(reply: &Reply) -> f64 {
    reply.peak_bytes as f64
}

fn answers(reply: &Reply) -> Vec<&str> {
    reply
        .samples
        .iter()
        .map(|sample| sample.output_hash.as_str())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::timing::{Options, Set};

    fn measured(ratio: f64, control: f64, confirm: Option<f64>) -> Measurement {
        let set = |ratio: f64| Set {
            ratios: vec![ratio.ln(); 10],
            controls: vec![control.ln(); 10],
        };
        let first = set(ratio);
        let finding = first.judge(&Options::default());
        let confirmation = confirm.map(|ratio| (set(ratio), set(ratio).judge(&Options::default())));
        Measurement {
            first,
            finding,
            confirmation,
        }
    }

    #[test]
    fn reasons_say_estimate_control_and_confirmation() {
        let options = Options::default();
        assert_eq!(
            decide(&measured(1.1, 1.0, Some(1.12)), &options),
            (Decision::Regressed, "+10.0 % (+10.0 to +10.0) over 10 pairs, control +0.0 %; confirmed by 10 fresh pairs (+12.0 %)".to_owned())
        );
        let (decision, reason) = decide(&measured(1.1, 1.0, Some(1.0)), &options);
        assert!(
            decision == Decision::Inconclusive && reason.contains("not confirmed"),
            "{reason}"
        );
        let (decision, reason) = decide(&measured(1.3, 1.2, None), &options);
        assert!(
            decision == Decision::Inconclusive && reason.contains("unfit"),
            "{reason}"
        );
        assert_eq!(
            decide(&measured(1.0, 1.0, None), &options).0,
            Decision::Unchanged
        );
        assert_eq!(
            decide(&measured(0.8, 1.0, Some(0.8)), &options).0,
            Decision::Improved
        );
    }

    #[test]
    fn memory_must_exceed_both_limits() {
        let mib = f64::from(1 << 20);
        let decided = |base: f64, head: f64| {
            memory(
                &mut [vec![base * mib; 3], vec![head * mib; 3]],
                Memory::default(),
            )
            .0
        };
        assert_eq!(decided(100.0, 115.0), Decision::Unchanged);
        assert_eq!(decided(100.0, 120.0), Decision::ChangedWorse);
        assert_eq!(decided(1000.0, 1050.0), Decision::Unchanged);
        assert_eq!(decided(120.0, 90.0), Decision::ChangedBetter);
        assert_eq!(decided(0.0, 90.0), Decision::Inconclusive);
    }

    #[test]
    fn only_common_counters_that_changed_are_named() {
        let map = |pairs: &[(&str, u64)]| {
            pairs
                .iter()
                .map(|&(name, value)| (name.to_owned(), value))
                .collect()
        };
        let changed = counters(
            &map(&[("a", 1), ("b", 2), ("c", 3)]),
            &map(&[("a", 1), ("b", 4)]),
        );
        assert_eq!(changed, [("b".to_owned(), 2, 4)]);
    }
}
