//! The `[gate]` table of `karat.toml`: what is gated, and when a difference fails.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::compare::decision::{COUNTER, Decision, Direction};
use crate::compare::row::CompareRow;
use crate::compare::{Compared, Options};
use crate::error::{Error, Result};

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

    pub(super) fn options(&self) -> Options {
        Options {
            tolerance: self.tolerance,
            seeded_tolerance: self.seeded_tolerance,
            level: self.level,
            ..Options::default()
        }
    }

    pub(super) fn gates(&self, compared: &Compared, means: &BTreeSet<Place>) -> bool {
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
pub(super) type Place = [String; 7];

/// Place of a metric.
pub(super) fn place(row: &CompareRow, metric: &str) -> Place {
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
