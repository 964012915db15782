//! The gate: which comparisons may stop a build, and the exit code they give.
//!
//! ```toml
//! [gate]
//! mode = "exact"                  # or "proven-worse", "non-inferior"
//! metrics = ["recall", "f1"]      # default: every metric that has a better direction
//! slices = ["all"]
//! tolerance = 0.0                 # on fixed gold
//! seeded_tolerance = 0.005        # means over at least 5 seeds
//! margin = 0.02                   # non-inferior: how much worse is still no worse
//! critical = ["embassy/pair/001:s004~002:s007"]
//! critical_severities = ["critical"]
//! [gate.memory]                   # both must be exceeded
//! absolute = 16                   # MiB
//! relative = 0.10
//! ```
//!
//! It fails closed: what is missing, undefined, failed or not comparable in the head is never a pass, and a gate that compared
//! nothing is invalid.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::compare::decision::{COUNTER, Decision, Direction};
use crate::compare::evidence::Change;
use crate::compare::reports::Reports;
use crate::compare::row::CompareRow;
use crate::compare::{Compared, Options, adjust, compare};
use crate::error::{Error, Result};
use crate::record::ThroughputRow;

/// When a difference fails the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Any loss on this gold beyond the tolerance.
    #[default]
    Exact,
    /// Only a loss proven over stories (Holm over all gated cells).
    ProvenWorse,
    /// Whatever is not shown to be at most `margin` worse is undecided; what is shown to be worse than that fails. Each cell must
    /// pass on its own, so no correction for many tests is needed.
    NonInferior,
}

/// The `[gate]` table of `karat.toml`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GateConfig {
    /// When a difference fails.
    pub mode: Mode,
    /// Metrics to gate; empty = every metric with a better direction.
    pub metrics: Vec<String>,
    /// Slices to gate.
    pub slices: Vec<String>,
    /// Match rules to gate; empty = all.
    pub match_rules: Vec<String>,
    /// Tasks to gate; empty = all.
    pub tasks: Vec<String>,
    /// Levels to gate; empty = all.
    pub levels: Vec<String>,
    /// Variants to gate, as printed; empty = all.
    pub variants: Vec<String>,
    /// Loss on fixed gold that passes.
    pub tolerance: f64,
    /// Loss of a mean over at least 5 seeds that passes.
    pub seeded_tolerance: f64,
    /// Margin of mode `non-inferior`.
    pub margin: f64,
    /// Level of the tests.
    pub level: f64,
    /// Items that must not break, whatever else is gained.
    pub critical: Vec<String>,
    /// Severities whose items must not break.
    pub critical_severities: Vec<String>,
    /// Gate work counters: any increase fails.
    pub counters: bool,
    /// Gate peak memory; absent = not gated.
    pub memory: Option<Memory>,
}

/// How much more memory passes. A loss must exceed both.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Memory {
    /// MiB.
    pub absolute: f64,
    /// Share of the base.
    pub relative: f64,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            absolute: 16.0,
            relative: 0.10,
        }
    }
}

impl Default for GateConfig {
    fn default() -> Self {
        Self {
            mode: Mode::Exact,
            metrics: Vec::new(),
            slices: vec!["all".to_owned()],
            match_rules: Vec::new(),
            tasks: Vec::new(),
            levels: Vec::new(),
            variants: Vec::new(),
            tolerance: 0.0,
            seeded_tolerance: 0.005,
            margin: 0.02,
            level: 0.05,
            critical: Vec::new(),
            critical_severities: vec!["critical".to_owned()],
            counters: true,
            memory: None,
        }
    }
}

impl GateConfig {
    /// From the table in `karat.toml`; defaults without one.
    ///
    /// # Errors
    /// Unknown keys, wrong types and values out of range.
    pub fn new(table: Option<&toml::Table>) -> Result<Self> {
        let Some(table) = table else {
            return Ok(Self::default());
        };
        let invalid = |problem: String| {
            Error::invalid(
                "karat.toml, table [gate]",
                problem,
                "see README, section In CI, for the keys",
            )
        };
        let config: Self = table
            .clone()
            .try_into()
            .map_err(|e: toml::de::Error| invalid(e.message().to_owned()))?;
        for (name, value) in [
            ("tolerance", config.tolerance),
            ("seeded_tolerance", config.seeded_tolerance),
            ("margin", config.margin),
            ("level", config.level),
        ] {
            if !(0.0..1.0).contains(&value) {
                return Err(invalid(format!(
                    "{name} is {value}; it must be at least 0 and below 1"
                )));
            }
        }
        if let Some(Memory { absolute, relative }) = config.memory
            && !(absolute >= 0.0 && relative >= 0.0)
        {
            return Err(invalid("memory limits must be at least 0".to_owned()));
        }
        if config.slices.is_empty() || config.level == 0.0 {
            return Err(invalid(
                "slices must name at least one slice, and level must be above 0".to_owned(),
            ));
        }
        Ok(config)
    }

    fn options(&self) -> Options {
        Options {
            tolerance: self.tolerance,
            seeded_tolerance: self.seeded_tolerance,
            level: self.level,
            ..Options::default()
        }
    }

    fn gates(&self, compared: &Compared, means: &BTreeSet<Place>) -> bool {
        let row = &compared.row;
        let listed = |list: &[String], value: &str| {
            list.is_empty() || list.iter().any(|entry| entry == value)
        };
        let variant = if row.base_variant.is_empty() {
            &row.head_variant
        } else {
            &row.base_variant
        };
        let selected = listed(&self.tasks, &row.task)
            && listed(&self.levels, &row.level)
            && listed(&self.variants, variant);
        if !selected || compared.decision == Decision::New {
            return false;
        }
        if row.metric.is_empty() {
            return true; // A failed variant has one row without metric.
        }
        if row.metric.starts_with(COUNTER) {
            return self.counters;
        }
        let of_seeds = row.metric.strip_suffix("_mean");
        let metric = of_seeds.unwrap_or(&row.metric);
        let wanted = if self.metrics.is_empty() {
            Direction::of(&row.metric) != Direction::Neither
        } else {
            self.metrics.iter().any(|name| name == metric)
        };
        // Of a seeded variant the mean counts, not the first seed.
        let covered = of_seeds.is_none() && means.contains(&place(row, &row.metric));
        let defined =
            row.base.is_some() || row.head.is_some() || compared.decision != Decision::Unchanged;
        wanted
            && !covered
            && defined
            && listed(&self.slices, &row.slice)
            && listed(&self.match_rules, &row.match_rule)
    }
}

/// What a row and its mean over seeds have in common.
type Place = [String; 7];

/// Place of a metric.
fn place(row: &CompareRow, metric: &str) -> Place {
    let cells = [
        &row.dataset,
        &row.task,
        &row.level,
        &row.base_variant,
        &row.slice,
        &row.match_rule,
    ];
    let [dataset, task, level, variant, slice, match_rule] = cells.map(Clone::clone);
    [
        dataset,
        task,
        level,
        variant,
        slice,
        match_rule,
        metric.to_owned(),
    ]
}

/// How one gated cell ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    /// Nothing to object.
    Passed,
    /// Neither pass nor fail.
    Undecided,
    /// The head variant failed.
    VariantFailed,
    /// Worse.
    Failed,
    /// Not comparable.
    Invalid,
}

/// A gate's result.
#[derive(Debug, Clone, PartialEq)]
pub struct Gate {
    /// All comparisons; the gated ones are marked in their rows.
    pub compared: Vec<Compared>,
    /// Broken items that may not break, each once.
    pub critical: Vec<Change>,
    /// What a reader should know although it fails nothing.
    pub warnings: Vec<String>,
    /// Exit code: 0, 2, 3, 4 or 5.
    pub code: u8,
}

impl Gate {
    /// Gated cells in order of key.
    pub fn gated(&self) -> impl Iterator<Item = (&Compared, Ending)> {
        self.compared
            .iter()
            .filter(|compared| compared.row.gated)
            .map(|compared| (compared, ending(compared)))
    }

    /// One line that says it all.
    pub fn headline(&self) -> String {
        let count = |wanted: Ending| self.gated().filter(|(_, ending)| *ending == wanted).count();
        let verdict = match self.code {
            0 => "passed",
            2 => "invalid",
            3 => "regression",
            4 => "undecided",
            _ => "variants failed",
        };
        let parts: Vec<String> = [
            ("passed", Ending::Passed),
            ("worse", Ending::Failed),
            ("undecided", Ending::Undecided),
            ("of failed variants", Ending::VariantFailed),
            ("not comparable", Ending::Invalid),
        ]
        .iter()
        .map(|&(word, ending)| (count(ending), word))
        .filter(|&(cells, word)| cells > 0 || word == "passed")
        .map(|(cells, word)| format!("{cells} {word}"))
        .collect();
        format!(
            "gate {verdict}: {} cells: {}",
            self.gated().count(),
            parts.join(", ")
        )
    }
}

/// How a gated cell ended.
pub fn ending(compared: &Compared) -> Ending {
    match compared.decision {
        Decision::Incomparable => Ending::Invalid,
        _ if compared.failed => Ending::VariantFailed,
        decision if decision.is_worse() => Ending::Failed,
        Decision::Inconclusive => Ending::Undecided,
        _ => Ending::Passed,
    }
}

/// Compares and judges. `strict` turns undecided cells into exit code 4.
pub fn judge(base: &Reports, head: &Reports, config: &GateConfig, strict: bool) -> Gate {
    let mut compared = compare(base, head, false, &config.options());
    if let Some(memory) = config.memory {
        compared.extend(memory_rows(base, head, memory));
    }
    let means = compared
        .iter()
        .filter(|compared| compared.row.seed.contains('+'))
        .filter_map(|compared| {
            Some(place(
                &compared.row,
                compared.row.metric.strip_suffix("_mean")?,
            ))
        })
        .collect();
    for compared in &mut compared {
        compared.row.gated = compared.row.metric == PEAK || config.gates(compared, &means);
    }
    // Ordinary cells were adjusted for exploration; the gated family is adjusted anew, and more strictly.
    adjust(
        &mut compared,
        |compared| compared.row.gated,
        "holm",
        config.level,
    );
    for compared in compared
        .iter_mut()
        .filter(|compared| compared.row.gated && compared.row.metric != PEAK)
    {
        apply(config, compared);
    }
    let critical = critical(config, &mut compared);
    let warnings = warnings(&compared);
    let mut gate = Gate {
        compared,
        critical,
        warnings,
        code: 0,
    };
    gate.code = code(&gate, strict);
    gate
}

/// Turns the decision of a gated cell into that of the mode.
fn apply(config: &GateConfig, compared: &mut Compared) {
    let row = &compared.row;
    if row.metric.starts_with(COUNTER) || row.metric.is_empty() {
        return;
    }
    let direction = Direction::of(&row.metric);
    let (decision, reason) = match (config.mode, compared.decision) {
        (Mode::ProvenWorse, Decision::ChangedWorse) => (
            Decision::Inconclusive,
            "worse on this gold, not proven over stories".to_owned(),
        ),
        (
            Mode::NonInferior,
            Decision::ChangedWorse
            | Decision::ChangedBetter
            | Decision::Regressed
            | Decision::Improved
            | Decision::Unchanged,
        ) => {
            let gains = |value: Option<f64>| value.and_then(|value| direction.gain(value));
            let (Some(a), Some(b)) = (gains(row.ci_low), gains(row.ci_high)) else {
                if compared.decision == Decision::Unchanged
                    && compared.changes.is_empty()
                    && row.delta == Some(0.0)
                {
                    return;
                }
                let reason = "no interval, so not shown to be non-inferior".to_owned();
                compared.reasoned(Decision::Inconclusive, &reason);
                return;
            };
            let (low, high) = (a.min(b), a.max(b));
            if low >= -config.margin {
                let better = matches!(
                    compared.decision,
                    Decision::Improved | Decision::ChangedBetter
                );
                (
                    if better {
                        compared.decision
                    } else {
                        Decision::Unchanged
                    },
                    format!("at most {} worse", config.margin),
                )
            } else if high < -config.margin {
                (
                    Decision::Regressed,
                    format!("more than {} worse", config.margin),
                )
            } else {
                (
                    Decision::Inconclusive,
                    format!("may be more than {} worse", config.margin),
                )
            }
        }
        _ => return,
    };
    compared.reasoned(decision, &reason);
}

impl Compared {
    fn reasoned(&mut self, decision: Decision, reason: &str) {
        self.decide(decision);
        let row = &mut self.row.reason;
        *row = if row.is_empty() {
            reason.to_owned()
        } else {
            format!("{reason}; {row}")
        };
    }
}

/// Finds broken critical items in gated cells; such a cell is worse whatever else it gained.
fn critical(config: &GateConfig, compared: &mut [Compared]) -> Vec<Change> {
    let mut all: Vec<Change> = Vec::new();
    for compared in compared.iter_mut().filter(|compared| compared.row.gated) {
        let broken: Vec<Change> = compared
            .changes
            .iter()
            .filter(|change| change.broken)
            .filter(|change| {
                config.critical.contains(&change.item)
                    || config.critical_severities.contains(&change.severity)
            })
            .cloned()
            .collect();
        let Some(first) = broken.first() else {
            continue;
        };
        let others = if broken.len() > 1 {
            format!(" and {} more", broken.len() - 1)
        } else {
            String::new()
        };
        let decision = if compared.decision == Decision::Regressed {
            Decision::Regressed
        } else {
            Decision::ChangedWorse
        };
        compared.reasoned(
            decision,
            &format!("critical item broken: {}{others}", first.item),
        );
        all.extend(broken);
    }
    all.sort();
    all.dedup();
    all
}

fn warnings(compared: &[Compared]) -> Vec<String> {
    let mut new: Vec<String> = compared
        .iter()
        .filter(|compared| {
            compared.decision == Decision::New && compared.row.reason.ends_with("no such variant")
        })
        .map(|compared| {
            format!(
                "new variant, not gated: {}/{}/{}",
                compared.row.task, compared.row.level, compared.row.head_variant
            )
        })
        .collect();
    new.sort();
    new.dedup();
    new
}

fn code(gate: &Gate, strict: bool) -> u8 {
    let has = |wanted: Ending| gate.gated().any(|(_, ending)| ending == wanted);
    if has(Ending::Invalid) || gate.gated().next().is_none() {
        2
    } else if has(Ending::Failed) {
        3
    } else if has(Ending::VariantFailed) {
        5
    } else if strict && has(Ending::Undecided) {
        4
    } else {
        0
    }
}

/// Metric name of memory rows.
pub const PEAK: &str = "peak_bytes";

/// Peak memory per machine, variant and input, where both sides have it; where only the base has it, it is missing.
fn memory_rows(base: &Reports, head: &Reports, limits: Memory) -> Vec<Compared> {
    let mut rows = Vec::new();
    for (machine, of_base) in &base.throughput {
        let of_base = peaks(of_base);
        let of_head = head
            .throughput
            .get(machine)
            .map(|rows| peaks(rows))
            .unwrap_or_default();
        for (key, before) in of_base {
            let after = of_head.get(&key).copied();
            let [task, level, variant, seed, input] = key;
            let delta = after.map(|after| after - before);
            let too_much = delta.is_some_and(|delta| {
                delta > limits.absolute * f64::from(1 << 20) && delta > limits.relative * before
            });
            let decision = match delta {
                None => Decision::Inconclusive,
                Some(_) if too_much => Decision::ChangedWorse,
                Some(_) => Decision::Unchanged,
            };
            let reason = match delta {
                None => "the head was not timed on this machine".to_owned(),
                Some(_) => format!(
                    "may grow by {} MiB or {} %, whichever is more",
                    limits.absolute,
                    limits.relative * 100.0
                ),
            };
            let row = CompareRow {
                task,
                level,
                base_variant: variant.clone(),
                head_variant: if after.is_some() {
                    variant
                } else {
                    String::new()
                },
                seed,
                slice: format!("input={input}"),
                match_rule: machine.clone(),
                metric: PEAK.to_owned(),
                base: Some(before),
                head: after,
                delta,
                ratio: after.map(|after| after / before),
                tolerance: Some(limits.relative),
                decision: decision.name().to_owned(),
                reason,
                ..CompareRow::empty()
            };
            rows.push(Compared {
                row,
                decision,
                changes: Vec::new(),
                failed: false,
            });
        }
    }
    rows
}

/// Largest peak by task, level, variant, seed and input.
fn peaks(rows: &[ThroughputRow]) -> BTreeMap<[String; 5], f64> {
    let mut peaks = BTreeMap::new();
    for row in rows.iter().filter(|row| row.status == "ok") {
        let Some(peak) = row.peak_bytes.filter(|&peak| peak > 0) else {
            continue;
        };
        let variant = crate::record::variant_name(&row.algorithm, &row.params);
        let key = [
            row.task.clone(),
            row.level.clone(),
            variant,
            row.seed.clone(),
            row.input.clone(),
        ];
        let largest: &mut f64 = peaks.entry(key).or_default();
        *largest = largest.max(peak as f64);
    }
    peaks
}
