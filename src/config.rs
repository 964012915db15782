//! `karat.toml`: variants, suites and limits.
//!
//! ```toml
//! [limits]
//! timeout = 120          # seconds of wall time per worker
//! memory = 4096          # MiB per worker
//!
//! [suite.quick]
//! tasks = ["dedup"]
//! tags = ["fast"]
//!
//! [[variant]]
//! task = "dedup"
//! algorithm = "minhash"
//! levels = ["document", "segment"]
//! tags = ["sketch"]
//! seeds = [1, 2, 3, 4, 5]
//! threshold = { document = 0.5, segment = 0.7 }
//! [variant.params]
//! bands = 16
//! [variant.matrix]        # one variant per combination
//! rows = [4, 8]
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use crate::error::{Error, Fault, Result, all_or_nothing};
use crate::params::Params;
use crate::registry::Registry;
use crate::task::{Level, Task};
use crate::variant::{self, Variant};

/// Everything that `karat.toml` says.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Limits of every worker.
    pub limits: Limits,
    /// Named selections of variants.
    pub suites: BTreeMap<String, Suite>,
    /// All variants, matrices expanded, in the order of the file.
    pub variants: Vec<Variant>,
    /// The `[gate]` table, read by the gate.
    pub gate: Option<toml::Table>,
}

/// What a worker may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Wall and CPU time in seconds.
    pub timeout: u64,
    /// Memory in MiB.
    pub memory: u64,
    /// Output in MiB.
    pub output: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            timeout: 120,
            memory: 4096,
            output: 1024,
        }
    }
}

/// A selection of variants: those of any of these tasks (all when empty) that carry any of these tags (all when empty).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Suite {
    /// Tasks.
    pub tasks: Vec<Task>,
    /// Tags.
    pub tags: Vec<String>,
}

impl Suite {
    /// True when the suite takes this variant.
    pub fn takes(&self, variant: &Variant) -> bool {
        (self.tasks.is_empty() || self.tasks.contains(&variant.task))
            && (self.tags.is_empty() || self.tags.iter().any(|tag| variant.tags.contains(tag)))
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    limits: Limits,
    #[serde(default)]
    suite: BTreeMap<String, Suite>,
    #[serde(default)]
    gate: Option<toml::Table>,
    #[serde(default)]
    variant: Vec<toml::Spanned<Table>>,
}

/// One `[[variant]]` table as written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    pub(crate) task: Task,
    #[serde(default, alias = "level")]
    pub(crate) levels: OneOrMany,
    pub(crate) algorithm: String,
    #[serde(default)]
    pub(crate) tags: Vec<String>,
    #[serde(default)]
    pub(crate) seeds: Vec<u64>,
    #[serde(default)]
    pub(crate) threshold: Option<Threshold>,
    #[serde(default)]
    pub(crate) clustering: Option<String>,
    #[serde(default)]
    pub(crate) params: Params,
    #[serde(default)]
    pub(crate) matrix: BTreeMap<String, Vec<Value>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum OneOrMany {
    One(Level),
    Many(Vec<Level>),
}

impl Default for OneOrMany {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl OneOrMany {
    pub(crate) fn levels(&self) -> Vec<Level> {
        match self {
            Self::One(level) => vec![*level],
            Self::Many(levels) => levels.clone(),
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Threshold {
    One(f64),
    Each(BTreeMap<Level, f64>),
}

impl Config {
    /// Reads a configuration and checks every variant against the registry.
    ///
    /// # Errors
    /// All faults at once: unknown keys, algorithms, parameters, levels, values out of range, variants that occur twice.
    pub fn read(path: &Path, registry: &Registry) -> Result<Self> {
        let text = fs::read_to_string(path).map_err(|e| Error::io("reading", path, e))?;
        Self::parse(&text, path, registry)
    }

    /// Parses the text of a configuration; `path` is for messages.
    ///
    /// # Errors
    /// As [`Config::read`].
    pub fn parse(text: &str, path: &Path, registry: &Registry) -> Result<Self> {
        let file: File = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| line_of(text, span.start));
            Error::Invalid(vec![Fault::at(
                path,
                line,
                error.message().to_owned(),
                "see `karat help run` and karat.toml of the project for the keys",
            )])
        })?;
        let mut faults = Vec::new();
        let mut variants: Vec<Variant> = Vec::new();
        let mut seen: BTreeMap<String, u64> = BTreeMap::new();
        for spanned in &file.variant {
            let line = line_of(text, spanned.span().start);
            for expanded in variant::expand(spanned.get_ref(), registry) {
                match expanded {
                    Ok(variant) => {
                        for level in &variant.levels {
                            let key = format!("{}/{level}/{}", variant.task, variant.name(*level));
                            if let Some(first) = seen.insert(key.clone(), line) {
                                faults.push(Fault::at(
                                    path,
                                    line,
                                    format!("`{key}` stands already in the table at line {first}"),
                                    "remove one of them or change a parameter",
                                ));
                            }
                        }
                        variants.push(variant);
                    }
                    Err(problem) => faults.push(Fault::at(
                        path,
                        line,
                        problem,
                        "`karat list NAME` prints the manual page with all parameters",
                    )),
                }
            }
        }
        all_or_nothing(faults)?;
        Ok(Self {
            limits: file.limits,
            suites: file.suite,
            variants,
            gate: file.gate,
        })
    }
}

fn line_of(text: &str, offset: usize) -> u64 {
    1 + text
        .as_bytes()
        .iter()
        .take(offset)
        .filter(|&&byte| byte == b'\n')
        .count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Config> {
        Config::parse(text, Path::new("karat.toml"), &Registry::builtin())
    }

    #[test]
    fn a_matrix_expands_to_one_variant_per_combination() {
        let config = parse("[[variant]]\ntask='dedup'\nalgorithm='exact'\n[variant.matrix]\nlowercase=[true,false]\n").unwrap();
        let names: Vec<String> = config
            .variants
            .iter()
            .map(|v| v.name(Level::Document))
            .collect();
        assert_eq!(names, ["exact(lowercase=true)", "exact(lowercase=false)"]);
    }

    #[test]
    fn every_fault_is_named_with_its_line() {
        let error = parse(
            "[[variant]]\ntask='dedup'\nalgorithm='exakt'\n[[variant]]\ntask='dedup'\nalgorithm='exact'\nparams={x=1}\n[[variant]]\ntask='dedup'\nalgorithm='exact'\nlevels=['span']\n",
        )
        .unwrap_err();
        let Error::Invalid(faults) = error else {
            panic!("{error}")
        };
        let lines: Vec<Option<u64>> = faults.iter().map(|fault| fault.line).collect();
        assert_eq!(lines, [Some(1), Some(4), Some(8)]);
        assert!(
            faults[0].problem.contains("unknown deduper `exakt`"),
            "{}",
            faults[0]
        );
        assert!(
            faults[1].problem.contains("unknown field `x`"),
            "{}",
            faults[1]
        );
        assert!(faults[2].problem.contains("span"), "{}", faults[2]);
    }

    #[test]
    fn a_variant_that_stands_twice_is_a_fault() {
        let table = "[[variant]]\ntask='dedup'\nalgorithm='exact'\n";
        assert!(
            parse(&format!("{table}{table}"))
                .unwrap_err()
                .to_string()
                .contains("already")
        );
    }
}
