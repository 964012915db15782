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

mod config;
mod memory;

pub use config::{GateConfig, Memory, Mode};
pub use memory::PEAK;

use crate::compare::decision::{COUNTER, Decision, Direction};
use crate::compare::evidence::Change;
use crate::compare::reports::Reports;
use crate::compare::{Compared, adjust, compare};
use config::place;
use memory::memory_rows;

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
