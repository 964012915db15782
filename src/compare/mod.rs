//! Comparing: is the head better than the base, on this gold and beyond it?
//!
//! Two questions are kept apart. *On this gold* the answer is exact: items were fixed or broken, and the words are
//! `changed-worse`, `changed-better` and `unchanged`. *Beyond it* the answer needs inference over stories: `regressed` and
//! `improved` are said only where swapping whole stories ([`crate::stats::swap`]) gives an adjusted p of at most the level, and with
//! fewer than six stories never.
//!
//! [`reports`] reads a side, [`evidence`] adds outcomes up per story, [`decision`] names the conclusions, [`gate`] turns them into an
//! exit code, [`rank`] orders the variants of one run.

pub mod decision;
pub mod evidence;
pub mod gate;
mod infer;
mod join;
pub mod rank;
pub mod reports;
pub mod row;
pub mod texts;

#[cfg(test)]
pub(crate) mod tests;

use rayon::prelude::*;

use crate::record::QualityRow;
use crate::stats::stories::Ratio;
use crate::stats::{multiple, swap};
use decision::{Decision, Direction};
use evidence::{Change, Evidence};
use infer::{infer, tolerance};
use join::{Evidences, Key, Present, keyed};
use reports::{Reports, SLACK};
use row::CompareRow;

/// How to compare.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Difference on fixed gold that does not matter, for variants that draw nothing at random.
    pub tolerance: f64,
    /// The same for means over at least [`SEEDS`] seeds.
    pub seeded_tolerance: f64,
    /// Level of the tests, such as 0.05.
    pub level: f64,
    /// Replicates of Monte Carlo tests.
    pub replicates: u32,
    /// Seed of Monte Carlo tests.
    pub seed: u64,
}

/// Fewest seeds whose mean may use the seeded tolerance.
pub const SEEDS: usize = 5;

impl Default for Options {
    fn default() -> Self {
        Self {
            tolerance: 0.0,
            seeded_tolerance: 0.005,
            level: 0.05,
            replicates: swap::REPLICATES,
            seed: 1,
        }
    }
}

/// A metric compared, with the items behind the difference.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// The row as it is written.
    pub row: CompareRow,
    /// What it concludes.
    pub decision: Decision,
    /// Items fixed and broken under its match rule and slice; empty for metrics that are no sum over items.
    pub changes: Vec<Change>,
    /// True when the row is missing because the head variant failed.
    pub failed: bool,
}

/// Compares two sides. Rows are joined by dataset, task, level, variant, seed, slice, match rule and metric; `across` joins
/// two different variants instead, so that each side must hold one variant only. Sorted by key.
pub fn compare(base: &Reports, head: &Reports, across: bool, options: &Options) -> Vec<Compared> {
    let (of_base, of_head) = (keyed(base, across), keyed(head, across));
    let evidence = Evidences::new(base, head, across, &of_base, &of_head);
    let (in_base, in_head) = (Present::new(&of_base), Present::new(&of_head));
    let keys: Vec<&Key> = of_base
        .keys()
        .chain(of_head.keys().filter(|key| !of_base.contains_key(*key)))
        .collect();
    let mut compared: Vec<Compared> = keys
        .into_par_iter()
        .map(|key| {
            one(
                key,
                of_base.get(key).copied(),
                of_head.get(key).copied(),
                &evidence,
                [&in_base, &in_head],
                options,
            )
        })
        .collect();
    compared.sort_by_cached_key(|compared| crate::record::Record::order(&compared.row));
    adjust(&mut compared, |_| true, "benjamini-hochberg", options.level);
    compared
}

/// Adjusts the p of one family, and decides `regressed` and `improved` by it.
pub(crate) fn adjust(
    compared: &mut [Compared],
    family: impl Fn(&Compared) -> bool,
    method: &str,
    level: f64,
) {
    let members: Vec<usize> = (0..compared.len())
        .filter(|&i| compared[i].row.p.is_some() && family(&compared[i]))
        .collect();
    let p: Vec<f64> = members.iter().filter_map(|&i| compared[i].row.p).collect();
    let adjusted = if method == "holm" {
        multiple::holm(&p)
    } else {
        multiple::benjamini_hochberg(&p)
    };
    for (&index, p) in members.iter().zip(adjusted) {
        let compared = &mut compared[index];
        compared.row.p_adjusted = Some(p);
        method.clone_into(&mut compared.row.adjust);
        let decision = match compared.decision {
            Decision::ChangedWorse | Decision::Regressed if p <= level => Decision::Regressed,
            Decision::ChangedBetter | Decision::Improved if p <= level => Decision::Improved,
            Decision::Regressed => Decision::ChangedWorse,
            Decision::Improved => Decision::ChangedBetter,
            other => other,
        };
        compared.decide(decision);
    }
}

impl Compared {
    fn decide(&mut self, decision: Decision) {
        self.decision = decision;
        decision.name().clone_into(&mut self.row.decision);
    }
}

fn one(
    key: &Key,
    base: Option<&QualityRow>,
    head: Option<&QualityRow>,
    evidence: &Evidences,
    [in_base, in_head]: [&Present<'_>; 2],
    options: &Options,
) -> Compared {
    let mut row = labels(key, base, head);
    row.base = base.and_then(|row| row.value);
    row.head = head.and_then(|row| row.value);
    row.stories = base.or(head).map_or(0, |row| row.stories);
    let ok = |row: Option<&QualityRow>| row.is_some_and(|row| row.status == "ok");
    let mut compared = Compared {
        row,
        decision: Decision::Incomparable,
        changes: Vec::new(),
        failed: head.is_some() && !ok(head),
    };
    let (decision, reason) = match (base, head) {
        (Some(base), Some(head)) if ok(Some(base)) && ok(Some(head)) => {
            match incomparable(base, head) {
                Some(reason) => (Decision::Incomparable, reason),
                None => values(key, &mut compared, evidence.of(key), options),
            }
        }
        (Some(base), None) if ok(Some(base)) => {
            let (reason, failed) = in_head.absence(key, "head");
            compared.failed = failed;
            (Decision::Missing, reason)
        }
        (None, Some(head)) if ok(Some(head)) => (Decision::New, in_base.absence(key, "base").0),
        (_, Some(head)) if !ok(Some(head)) => (
            Decision::Missing,
            format!("the head failed: {}: {}", head.status, head.error),
        ),
        (Some(base), _) => (
            Decision::New,
            format!("the base had failed: {}", base.status),
        ),
        (None, _) => (Decision::Incomparable, String::new()),
    };
    compared.row.reason = reason;
    compared.decide(decision);
    compared
}

fn labels(key: &Key, base: Option<&QualityRow>, head: Option<&QualityRow>) -> CompareRow {
    let variant = |row: Option<&QualityRow>| row.map(QualityRow::variant).unwrap_or_default();
    CompareRow {
        dataset: key.group.dataset.clone(),
        task: key.group.task.clone(),
        level: key.group.level.clone(),
        base_variant: variant(base),
        head_variant: variant(head),
        seed: key.group.seed.clone(),
        slice: key.slice.clone(),
        match_rule: key.match_rule.clone(),
        metric: key.metric.clone(),
        ..CompareRow::empty()
    }
}

/// Why two values do not measure the same thing, if so.
fn incomparable(base: &QualityRow, head: &QualityRow) -> Option<String> {
    if base.gold_digest != head.gold_digest {
        return Some(format!(
            "gold differs: {} and {}; score the stored predictions again",
            base.gold_digest, head.gold_digest
        ));
    }
    if base.metric_version != head.metric_version {
        return Some(format!(
            "metric version differs: {} and {}",
            base.metric_version, head.metric_version
        ));
    }
    None
}

/// Decides on two comparable rows; fills difference, items and inference.
fn values(
    key: &Key,
    compared: &mut Compared,
    evidence: Option<&Evidence>,
    options: &Options,
) -> (Decision, String) {
    let row = &mut compared.row;
    let (base, head) = match (row.base, row.head) {
        (Some(base), Some(head)) => (base, head),
        (Some(_), None) => return (Decision::Missing, "undefined in the head".to_owned()),
        (None, Some(_)) => return (Decision::New, "was undefined in the base".to_owned()),
        (None, None) => return (Decision::Unchanged, "undefined on both sides".to_owned()),
    };
    let delta = head - base;
    row.delta = Some(delta);
    row.ratio = (base != 0.0).then(|| head / base);
    let tolerance = tolerance(key, options);
    row.tolerance = Some(tolerance);
    let mut reason = Vec::new();
    if let Some(evidence) = evidence.filter(|_| Ratio::named(&key.metric).is_some()) {
        compared.changes = evidence.changes(&key.slice).to_vec();
        row.broken = compared
            .changes
            .iter()
            .filter(|change| change.broken)
            .count() as u64;
        row.fixed = compared.changes.len() as u64 - row.broken;
    }
    let inference = infer(key, row, evidence, options);
    if let Some(why_not) = inference {
        reason.push(why_not);
    }
    let Some(gain) = Direction::of(&key.metric).gain(delta) else {
        let decision = if delta.abs() <= SLACK {
            Decision::Unchanged
        } else {
            Decision::Inconclusive
        };
        return (decision, "neither direction is better".to_owned());
    };
    let decision = if gain.abs() <= tolerance + SLACK {
        Decision::Unchanged
    } else if gain < 0.0 {
        Decision::ChangedWorse
    } else {
        Decision::ChangedBetter
    };
    (decision, reason.join("; "))
}
