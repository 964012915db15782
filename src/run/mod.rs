//! Running: every variant in a worker of its own, scored, and turned into records.

mod intervals;
pub mod job;
pub mod provenance;
pub mod rows;
pub mod store;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::config::Limits;
use crate::error::{Error, Result};
use crate::folds::{self, Folds};
use crate::label::Gold;
use crate::record::{CurveRow, OutcomeRow, QualityRow};
use crate::registry::Registry;
use crate::run::store::Store;
use crate::task::{Level, Scored};
use crate::variant::Variant;
use crate::worker::execute::execute;
use crate::worker::process::{self, Launch, Stop};
use crate::worker::{Failure, FailureKind, Job, Prediction, Reply};

/// How workers are run.
#[derive(Debug, Clone)]
pub struct Options {
    /// Workers at a time.
    pub jobs: usize,
    /// Limits of each worker.
    pub limits: Limits,
    /// The program that serves as worker; `None` runs everything in this process (no limits, no protection).
    pub program: Option<PathBuf>,
    /// Where finished work is kept for `--resume`; `None` keeps nothing.
    pub store: Option<Store>,
    /// Raised when the user asks to stop.
    pub stop: Stop,
}

/// One variant at one work level with one seed.
#[derive(Debug, Clone, Copy)]
pub struct Cell<'a> {
    /// The variant.
    pub variant: &'a Variant,
    /// Level at which the work is done.
    pub level: Level,
    /// Seed.
    pub seed: u64,
    /// True for the first seed: only its outcomes are kept.
    pub first_seed: bool,
}

/// What a cell gave.
#[derive(Debug, Clone)]
pub struct Done {
    /// The whole prediction.
    pub prediction: Prediction,
    /// Work counters, summed over folds.
    pub counters: BTreeMap<String, u64>,
    /// Scores by level.
    pub scored: Vec<(Level, Scored)>,
}

/// Everything that a run writes.
#[derive(Debug, Clone, Default)]
pub struct Records {
    /// Rows of quality.csv.
    pub quality: Vec<QualityRow>,
    /// Rows of outcomes.csv.
    pub outcomes: Vec<OutcomeRow>,
    /// Rows of curves.csv.
    pub curves: Vec<CurveRow>,
    /// Rows of predictions.csv.
    pub predictions: Vec<crate::predictions::PredictionRow>,
    /// Variants that failed, as `task/level/variant: status: error`.
    pub failed: Vec<String>,
    /// Cells skipped, as `task/level/variant`, by the layer that the dataset lacks.
    pub skipped: BTreeMap<&'static str, Vec<String>>,
    /// How many cells were taken from the store.
    pub resumed: usize,
}

/// Cells of these variants that the dataset can answer, and those that it cannot.
pub fn cells<'a>(
    variants: &[&'a Variant],
    gold: &Gold,
) -> (Vec<Cell<'a>>, BTreeMap<&'static str, Vec<String>>) {
    let mut cells = Vec::new();
    let mut skipped: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    for &variant in variants {
        for level in job::work_levels(variant, gold) {
            if let Some(layer) = job::missing_layer(variant.task, level, gold) {
                let name = format!("{}/{level}/{}", variant.task, variant.name(level));
                skipped.entry(layer).or_default().push(name);
                continue;
            }
            cells.extend(variant.seeds.iter().enumerate().map(|(index, &seed)| Cell {
                variant,
                level,
                seed,
                first_seed: index == 0,
            }));
        }
    }
    (cells, skipped)
}

/// Runs and scores these variants. `tick` is called after each cell with its name.
///
/// # Errors
/// [`Error::Interrupted`] when the user stops the run; what was finished is in the store.
pub fn run(
    variants: &[&Variant],
    gold: &Gold,
    registry: &Registry,
    options: &Options,
    tick: &(dyn Fn(&str) + Sync),
) -> Result<Records> {
    let folds = folds::folds(gold);
    let (cells, skipped) = cells(variants, gold);
    let results: Vec<Mutex<Option<Result<Done, Failure>>>> =
        cells.iter().map(|_| Mutex::new(None)).collect();
    let next = AtomicUsize::new(0);
    let resumed = AtomicUsize::new(0);
    let work = || {
        while options.stop.load(Ordering::Relaxed) == 0 {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(cell) = cells.get(index) else { break };
            let result = run_cell(cell, gold, &folds, registry, options, &resumed);
            let Some(result) = result.transpose() else {
                break;
            };
            if let Ok(mut slot) = results[index].lock() {
                *slot = Some(result);
            }
            tick(&format!(
                "{}/{}/{}",
                cell.variant.task,
                cell.level,
                cell.variant.name(cell.level)
            ));
        }
    };
    thread::scope(|scope| {
        for _ in 0..options.jobs.max(1) {
            scope.spawn(work);
        }
    });
    let signal = options.stop.load(Ordering::Relaxed);
    if signal != 0 {
        return Err(Error::Interrupted(i32::try_from(signal).unwrap_or(2)));
    }
    let mut records = Records {
        skipped,
        resumed: resumed.into_inner(),
        ..Records::default()
    };
    let mut spread = rows::Spread::default();
    for (cell, slot) in cells.iter().zip(results) {
        let result = slot.into_inner().ok().flatten();
        match result.unwrap_or_else(|| Err(Failure::new(FailureKind::Crash, "its result was lost")))
        {
            Ok(done) => rows::add(cell, &done, gold, &mut records, &mut spread),
            Err(failure) => rows::add_failure(cell, &failure, gold, &mut records),
        }
    }
    spread.finish(gold, &mut records);
    Ok(records)
}

/// Runs one cell. `Ok(None)` when the user stopped it.
fn run_cell(
    cell: &Cell<'_>,
    gold: &Gold,
    folds: &Folds,
    registry: &Registry,
    options: &Options,
    resumed: &AtomicUsize,
) -> Result<Option<Done>, Failure> {
    let mut counters: BTreeMap<String, u64> = BTreeMap::new();
    let mut all_stored = true;
    let mut answer = |job: &Job| -> Result<Option<Prediction>, Failure> {
        let version = cell.variant.version;
        let stored = options
            .store
            .as_ref()
            .and_then(|store| store.get(job, version));
        let reply = match stored {
            Some(reply) => reply,
            None => {
                all_stored = false;
                let Some(reply) = run_job(job, registry, options)? else {
                    return Ok(None);
                };
                if let Some(store) = &options.store {
                    store.put(job, version, &reply);
                }
                reply
            }
        };
        for (name, value) in reply.counters {
            *counters.entry(name).or_default() += value;
        }
        Ok(Some(reply.prediction))
    };
    let mut predictions = Vec::new();
    for job in job::jobs(cell.variant, cell.level, cell.seed, gold, folds) {
        match answer(&job)? {
            Some(prediction) => predictions.push(prediction),
            None => return Ok(None),
        }
    }
    let mut prediction = job::merge(predictions);
    if let (Level::EndToEnd, Some(Prediction::Mentions(mentions))) = (cell.level, &prediction) {
        let Some(second) = answer(&job::resolving(cell.variant, cell.seed, mentions, gold))? else {
            return Ok(None);
        };
        if let Prediction::Clusters(clusters) = second {
            prediction = Some(Prediction::Resolved(mentions.clone(), clusters));
        }
    }
    let Some(prediction) = prediction else {
        return Err(Failure::new(
            FailureKind::Refused,
            "there is nothing to predict",
        ));
    };
    if all_stored {
        resumed.fetch_add(1, Ordering::Relaxed);
    }
    let scored = job::score_levels(cell.variant, cell.level)
        .into_iter()
        .filter(|&level| job::missing_layer(cell.variant.task, level, gold).is_none())
        .map(|level| (level, job::score(cell.variant, level, &prediction, gold)))
        .collect();
    Ok(Some(Done {
        prediction,
        counters,
        scored,
    }))
}

/// Runs one job, in a worker or in this process. `Ok(None)` when the user stopped it.
///
/// # Errors
/// What became of the worker.
pub fn run_job(
    job: &Job,
    registry: &Registry,
    options: &Options,
) -> Result<Option<Reply>, Failure> {
    let Some(program) = &options.program else {
        return execute(job, registry)
            .map(Some)
            .map_err(|problem| Failure::new(FailureKind::Refused, problem));
    };
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let launch = Launch {
        program: program.clone(),
        args: vec![
            "worker".to_owned(),
            format!(
                "--cpu={}",
                options.limits.timeout.saturating_mul(cores as u64)
            ),
            format!("--memory={}", options.limits.memory),
        ],
        limits: options.limits,
        threads: (cores / options.jobs.max(1)).max(1),
    };
    match process::run(&launch, job, &options.stop) {
        Ok(reply) => Ok(Some(reply)),
        Err(None) => Ok(None),
        Err(Some(failure)) => Err(failure),
    }
}
