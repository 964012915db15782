//! One side of a comparison: the records of a report folder or baseline, read whole or refused.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::compare::evidence::counted;
use crate::error::{Error, Fault, Result, all_or_nothing};
use crate::record::{self, OutcomeRow, QualityRow, ThroughputRow, variant_name};
use crate::stats::stories::{Ratio, Tally};
use crate::task::Verdict;

/// Values that should be equal but were summed in another order differ by less than this.
pub(crate) const SLACK: f64 = 1e-9;

/// The records of one side.
#[derive(Debug, Clone, Default)]
pub struct Reports {
    /// Where they come from, for messages.
    pub name: String,
    /// Rows of quality.csv.
    pub quality: Vec<QualityRow>,
    /// Rows of outcomes.csv.
    pub outcomes: Vec<OutcomeRow>,
    /// Rows of throughput files by name of the file.
    pub throughput: BTreeMap<String, Vec<ThroughputRow>>,
}

impl Reports {
    /// Reads quality.csv, outcomes.csv and throughput/*.csv of a folder and checks that they belong together.
    ///
    /// # Errors
    /// Missing, empty or torn files, rows that cannot be read (NaN is no number), rows that occur twice, and counts in quality.csv
    /// that outcomes.csv does not add up to. A comparison with such records is never a pass.
    pub fn read(folder: &Path) -> Result<Self> {
        let mut reports = Self {
            name: folder.display().to_string(),
            quality: record::read(&folder.join("quality.csv"))?,
            outcomes: record::read(&folder.join("outcomes.csv"))?,
            throughput: BTreeMap::new(),
        };
        reports.check(folder)?;
        let timed = folder.join("throughput");
        if timed.is_dir() {
            for entry in fs::read_dir(&timed).map_err(|e| Error::io("reading", &timed, e))? {
                let path = entry.map_err(|e| Error::io("reading", &timed, e))?.path();
                if path.extension().is_some_and(|extension| extension == "csv") {
                    let name = path
                        .file_stem()
                        .map(|stem| stem.to_string_lossy().into_owned());
                    reports
                        .throughput
                        .insert(name.unwrap_or_default(), record::read(&path)?);
                }
            }
        }
        Ok(reports)
    }

    fn check(&self, folder: &Path) -> Result<()> {
        let path = folder.join("quality.csv");
        if self.quality.is_empty() {
            return Err(Error::invalid(
                path.display(),
                "holds no row",
                "write it again with `karat run`",
            ));
        }
        let mut faults = Vec::new();
        let mut seen = BTreeSet::new();
        for (index, row) in self.quality.iter().enumerate() {
            let line = index as u64 + 2;
            let key = (
                (
                    &row.dataset,
                    &row.task,
                    &row.level,
                    &row.algorithm,
                    &row.params,
                ),
                (
                    &row.seed,
                    &row.slice,
                    &row.match_rule,
                    &row.metric,
                    &row.status,
                ),
            );
            if !seen.insert(key) {
                let problem = format!(
                    "`{}` {} {} {} stands twice",
                    row.variant(),
                    row.slice,
                    row.match_rule,
                    row.metric
                );
                faults.push(Fault::at(
                    &path,
                    line,
                    problem,
                    "write the file again with `karat run`",
                ));
            }
            if row.status.is_empty() {
                faults.push(Fault::at(
                    &path,
                    line,
                    "the status is empty",
                    "write the file again with `karat run`",
                ));
            }
        }
        self.check_sums(&path, &mut faults);
        let path = folder.join("outcomes.csv");
        for (index, row) in self.outcomes.iter().enumerate() {
            let line = index as u64 + 2;
            if row.verdict.parse::<Verdict>().is_err() {
                let problem = format!("unknown verdict `{}`", row.verdict);
                faults.push(Fault::at(
                    &path,
                    line,
                    problem,
                    "write the file again with `karat run`",
                ));
            }
        }
        all_or_nothing(faults)
    }

    /// Counts at slice `all` must be the sums over outcomes, wherever the match rule has outcomes; a variant with counts but
    /// without any outcome has lost them.
    fn check_sums(&self, path: &Path, faults: &mut Vec<Fault>) {
        let mut sums: BTreeMap<(Group<'_>, &str), Tally> = BTreeMap::new();
        let mut groups: BTreeSet<Group<'_>> = BTreeSet::new();
        for row in &self.outcomes {
            let group = (
                row.dataset.as_str(),
                row.task.as_str(),
                row.level.as_str(),
                row.algorithm.as_str(),
                row.params.as_str(),
                row.seed.as_str(),
            );
            groups.insert(group);
            let sum = sums.entry((group, &row.match_rule)).or_default();
            *sum = sum.plus(counted(row), 1.0);
        }
        for (index, row) in self.quality.iter().enumerate() {
            let (Some(tp), Some(fp), Some(fnn)) =
                (row.true_positives, row.false_positives, row.false_negatives)
            else {
                continue;
            };
            if row.slice != "all" || Ratio::named(&row.metric).is_none() {
                continue;
            }
            let group = (
                row.dataset.as_str(),
                row.task.as_str(),
                row.level.as_str(),
                row.algorithm.as_str(),
                row.params.as_str(),
                row.seed.as_str(),
            );
            let sum = sums.get(&(group, row.match_rule.as_str()));
            let lost = sum.is_none() && !groups.contains(&group) && tp + fp + fnn > 0.0;
            let differs = sum.is_some_and(|sum| {
                let apart = (sum.true_positives - tp).abs()
                    + (sum.false_positives - fp).abs()
                    + (sum.false_negatives - fnn).abs();
                apart > 1e-5
            });
            if lost || differs {
                let problem = format!(
                    "counts of `{}` {} {} are not those of outcomes.csv",
                    row.variant(),
                    row.match_rule,
                    row.metric
                );
                faults.push(Fault::at(
                    path,
                    index as u64 + 2,
                    problem,
                    "the two files are not of one run; write them again with `karat run`",
                ));
            }
        }
    }

    /// Only the rows of one variant (`minhash(bands=16)`), or `None` when it has none.
    pub fn only(&self, variant: &str) -> Option<Self> {
        let wanted = |algorithm: &str, params: &str| variant_name(algorithm, params) == variant;
        let quality: Vec<QualityRow> = self
            .quality
            .iter()
            .filter(|row| wanted(&row.algorithm, &row.params))
            .cloned()
            .collect();
        (!quality.is_empty()).then(|| Self {
            name: variant.to_owned(),
            quality,
            outcomes: self
                .outcomes
                .iter()
                .filter(|row| wanted(&row.algorithm, &row.params))
                .cloned()
                .collect(),
            throughput: self
                .throughput
                .iter()
                .map(|(name, rows)| {
                    (
                        name.clone(),
                        rows.iter()
                            .filter(|row| wanted(&row.algorithm, &row.params))
                            .cloned()
                            .collect(),
                    )
                })
                .collect(),
        })
    }

    /// Names of all variants, sorted.
    pub fn variants(&self) -> Vec<String> {
        let names: BTreeSet<String> = self.quality.iter().map(QualityRow::variant).collect();
        names.into_iter().collect()
    }
}

/// Dataset, task, level, algorithm, parameters, seed.
type Group<'a> = (&'a str, &'a str, &'a str, &'a str, &'a str, &'a str);
