//! The speed gate: two binaries timed side by side on one input, pair by pair.
//!
//! Each observation is one process: a worker of the base or of the head does the same job and tells its own CPU time and its own
//! VmHWM. What the pairs say is decided in [`crate::stats::timing`]; work counters, which no machine disturbs, have no tolerance.

mod conclude;

use std::path::PathBuf;

use crate::compare::decision::Decision;
use crate::compare::gate::Memory;
use crate::label::Gold;
use crate::registry::Registry;
use crate::run::{Options, run_job};
use crate::stats::timing::{self, Measurement, Side};
use crate::task::Level;
use crate::throughput::{self, Plan};
use crate::variant::Variant;
use crate::worker::{Failure, Job, Reply};
use conclude::{counters, decide, memory};

/// CPU time that one observation should take at least, in nanoseconds: below, the scheduler's grain shows.
const OBSERVATION_NS: u64 = 15_000_000;

/// Most passes in one process.
const MOST_PASSES: u64 = 200;

/// A worker that uses this much more CPU than wall time works on several threads, and is judged by wall time.
const PARALLEL: f64 = 1.2;

/// The side in [`Stopped::Failed`] that is compared against.
pub const BASE: &str = "base";

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
            Side::Base | Side::Control => (BASE, &duel.base),
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
