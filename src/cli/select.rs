//! Options that several verbs share: which gold, which variants, which limits.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use regex::Regex;

use crate::config::Config;
use crate::error::{Error, Result};
use crate::registry::Registry;
use crate::task::Task;
use crate::variant::Variant;
use crate::worker::process::Stop;

/// Which variants.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Selection {
    /// Configuration with the variants
    #[arg(long, default_value = "karat.toml", value_name = "FILE")]
    pub(super) config: PathBuf,
    /// Only variants whose `task/level/algorithm(params)` matches
    #[arg(short, long, value_name = "REGEX")]
    filter: Option<String>,
    /// Only algorithms with this name; may be repeated
    #[arg(short = 'e', long = "algorithm", value_name = "NAME")]
    algorithms: Vec<String>,
    /// Only this task; may be repeated
    #[arg(short, long = "task", value_name = "TASK")]
    tasks: Vec<Task>,
    /// Only variants with this tag; may be repeated
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// Only variants of this suite in the configuration
    #[arg(long, value_name = "NAME")]
    suite: Option<String>,
}

impl Selection {
    /// True when everything is selected.
    pub(super) fn is_all(&self) -> bool {
        self.filter.is_none()
            && self.algorithms.is_empty()
            && self.tasks.is_empty()
            && self.tags.is_empty()
            && self.suite.is_none()
    }

    /// Reads the configuration.
    pub(super) fn config(&self, registry: &Registry) -> Result<Config> {
        Config::read(&self.config, registry)
    }

    /// The selected variants, cut down to the selected levels.
    pub(super) fn variants(&self, config: &Config, registry: &Registry) -> Result<Vec<Variant>> {
        let filter = self
            .filter
            .as_deref()
            .map(Regex::new)
            .transpose()
            .map_err(|e| {
                Error::invalid(
                    "--filter",
                    e.to_string(),
                    "write a regular expression such as `dedup/.*minhash`",
                )
            })?;
        let suite = match &self.suite {
            None => None,
            Some(name) => Some(config.suites.get(name).ok_or_else(|| {
                let known: Vec<&str> = config.suites.keys().map(String::as_str).collect();
                Error::invalid(
                    "--suite",
                    format!("unknown suite `{name}`"),
                    format!("known: {}", known.join(", ")),
                )
            })?),
        };
        for name in &self.algorithms {
            let known = config
                .variants
                .iter()
                .any(|variant| &variant.algorithm == name);
            if !known {
                let registered = registered(registry, name);
                let problem = if registered {
                    format!("no variant of `{name}` in the configuration")
                } else {
                    format!("unknown algorithm `{name}`")
                };
                let remedy = if registered {
                    "add a [[variant]] table"
                } else {
                    "see `karat list`"
                };
                return Err(Error::invalid("--algorithm", problem, remedy));
            }
        }
        let mut chosen = Vec::new();
        for variant in &config.variants {
            let takes = (self.algorithms.is_empty()
                || self.algorithms.contains(&variant.algorithm))
                && (self.tasks.is_empty() || self.tasks.contains(&variant.task))
                && (self.tags.is_empty() || self.tags.iter().any(|tag| variant.tags.contains(tag)))
                && suite.is_none_or(|suite| suite.takes(variant));
            if !takes {
                continue;
            }
            let mut variant = variant.clone();
            if let Some(filter) = &filter {
                let task = variant.task;
                let named: Vec<_> = variant
                    .levels
                    .iter()
                    .copied()
                    .filter(|&level| {
                        filter.is_match(&format!("{task}/{level}/{}", variant.name(level)))
                    })
                    .collect();
                variant.levels = named;
            }
            if !variant.levels.is_empty() {
                chosen.push(variant);
            }
        }
        if chosen.is_empty() {
            return Err(Error::invalid(
                "selection",
                "no variant is left",
                "see `karat run --list` and loosen the filters",
            ));
        }
        Ok(chosen)
    }
}

fn registered(registry: &Registry, name: &str) -> bool {
    registry.dedupers.iter().any(|entry| entry.name == name)
        || registry.recognizers.iter().any(|entry| entry.name == name)
        || registry.resolvers.iter().any(|entry| entry.name == name)
        || registry.detectors.iter().any(|entry| entry.name == name)
}

/// Raises its flag on SIGINT and SIGTERM, so that work can end in order.
pub(super) fn stop_on_signals() -> Result<Stop> {
    let stop: Stop = Arc::new(AtomicUsize::new(0));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        let number = usize::try_from(signal).unwrap_or(2);
        signal_hook::flag::register_usize(signal, Arc::clone(&stop), number)
            .map_err(|e| Error::Internal(format!("signal {signal} cannot be watched: {e}")))?;
    }
    Ok(stop)
}

/// Number of cores.
pub(super) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Columns of the terminal, `None` when the output is piped.
pub(super) fn terminal_width() -> Option<u16> {
    use std::io::IsTerminal;
    std::io::stdout()
        .is_terminal()
        .then(|| comfy_table::Table::new().width().unwrap_or(100))
}
