//! Joining two sides: which row of the base belongs to which row of the head, and the outcomes behind both.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::evidence::Evidence;
use super::reports::Reports;
use crate::record::{OutcomeRow, QualityRow};

/// What rows are joined by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) group: Group,
    pub(super) slice: String,
    pub(super) match_rule: String,
    pub(super) metric: String,
}

/// A variant at a level with a seed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Group {
    pub(super) dataset: String,
    pub(super) task: String,
    pub(super) level: String,
    pub(super) variant: String,
    pub(super) seed: String,
}

impl Group {
    /// The group whatever its seed.
    fn variant(&self) -> [&str; 4] {
        [&self.dataset, &self.task, &self.level, &self.variant]
    }

    fn new(cells: [&String; 5], params: &str, across: bool) -> Self {
        let [dataset, task, level, algorithm, seed] = cells;
        // Two variants need not have drawn the same seeds: what is compared is "the first" or "over all".
        let seeds = if seed.contains('+') { "all" } else { "first" };
        Self {
            dataset: dataset.clone(),
            task: task.clone(),
            level: level.clone(),
            variant: if across {
                String::new()
            } else {
                crate::record::variant_name(algorithm, params)
            },
            seed: if across {
                seeds.to_owned()
            } else {
                seed.clone()
            },
        }
    }
}

/// Rows of one side by what they are joined by.
pub(super) type Keyed<'a> = BTreeMap<Key, &'a QualityRow>;

/// Files the rows of one side; `across` leaves the variant out of the key.
pub(super) fn keyed(reports: &Reports, across: bool) -> Keyed<'_> {
    reports
        .quality
        .iter()
        .map(|row| {
            let group = Group::new(
                [
                    &row.dataset,
                    &row.task,
                    &row.level,
                    &row.algorithm,
                    &row.seed,
                ],
                &row.params,
                across,
            );
            let key = Key {
                group,
                slice: row.slice.clone(),
                match_rule: row.match_rule.clone(),
                metric: row.metric.clone(),
            };
            (key, row)
        })
        .collect()
}

/// Which variants a side has, whatever their seeds, each with a row that says that it failed.
pub(super) struct Present<'a> {
    variants: BTreeMap<[&'a str; 4], Option<&'a QualityRow>>,
}

impl<'a> Present<'a> {
    pub(super) fn new(keyed: &'a Keyed<'_>) -> Self {
        let mut variants = BTreeMap::new();
        for (key, row) in keyed {
            let failed: &mut Option<&QualityRow> = variants.entry(key.group.variant()).or_default();
            if row.status != "ok" {
                failed.get_or_insert(row);
            }
        }
        Self { variants }
    }

    /// Why this side lacks a row: the whole variant is not there, or it failed with some seed (then true), or only this metric.
    pub(super) fn absence(&self, key: &Key, side: &str) -> (String, bool) {
        match self.variants.get(&key.group.variant()) {
            None => (format!("the {side} has no such variant"), false),
            Some(Some(failed)) => (
                format!("the {side} failed: {}: {}", failed.status, failed.error),
                true,
            ),
            Some(None) => (format!("the {side} has no such metric"), false),
        }
    }
}

/// Evidence by group and match rule, for groups that both sides have.
pub(super) struct Evidences {
    by_rule: BTreeMap<(Group, String), Evidence>,
}

impl Evidences {
    pub(super) fn new(
        base: &Reports,
        head: &Reports,
        across: bool,
        of_base: &Keyed<'_>,
        of_head: &Keyed<'_>,
    ) -> Self {
        let mut rows: BTreeMap<(Group, String), [Vec<&OutcomeRow>; 2]> = BTreeMap::new();
        for (side, reports) in [base, head].into_iter().enumerate() {
            for row in &reports.outcomes {
                let group = Group::new(
                    [
                        &row.dataset,
                        &row.task,
                        &row.level,
                        &row.algorithm,
                        &row.seed,
                    ],
                    &row.params,
                    across,
                );
                rows.entry((group, row.match_rule.clone())).or_default()[side].push(row);
            }
        }
        let groups = |keyed: &Keyed<'_>| {
            keyed
                .keys()
                .map(|key| key.group.clone())
                .collect::<std::collections::BTreeSet<_>>()
        };
        let (in_base, in_head) = (groups(of_base), groups(of_head));
        let by_rule = rows
            .into_par_iter()
            .filter(|((group, _), _)| in_base.contains(group) && in_head.contains(group))
            .map(|(key, [base, head])| (key, Evidence::new(base.into_iter(), head.into_iter())))
            .collect();
        Self { by_rule }
    }

    pub(super) fn of(&self, key: &Key) -> Option<&Evidence> {
        self.by_rule
            .get(&(key.group.clone(), key.match_rule.clone()))
    }
}
