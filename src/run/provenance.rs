//! Where a report comes from: tool, commit, compiler, machine, gold, folds. Written to run.json, never to the exact files.

use serde::Serialize;

use crate::config::Limits;
use crate::folds::Folds;
use crate::label::Gold;
use crate::variant::Variant;

/// Name and version of this tool.
pub const TOOL: &str = concat!("karat ", env!("CARGO_PKG_VERSION"));

/// Contents of run.json.
#[derive(Debug, Serialize)]
pub struct Provenance {
    tool: &'static str,
    commit: &'static str,
    compiler: &'static str,
    cpu: String,
    cores: usize,
    dataset: String,
    gold_digest: String,
    corpus_digest: String,
    fold_rule: String,
    folds: Vec<Vec<String>>,
    limits: Limits,
    jobs: usize,
    variants: Vec<Described>,
}

#[derive(Debug, Serialize)]
struct Described {
    task: String,
    algorithm: String,
    version: u32,
    params: crate::params::Params,
    thresholds: std::collections::BTreeMap<crate::task::Level, f64>,
    clustering: Option<String>,
    seeds: Vec<u64>,
    tags: Vec<String>,
}

impl Provenance {
    /// Gathers it.
    pub fn new(
        variants: &[&Variant],
        gold: &Gold,
        folds: &Folds,
        limits: Limits,
        jobs: usize,
    ) -> Self {
        Self {
            tool: TOOL,
            commit: env!("KARAT_COMMIT"),
            compiler: env!("KARAT_COMPILER"),
            cpu: cpu_model(),
            cores: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            dataset: gold.dataset.clone(),
            gold_digest: gold.digest.clone(),
            corpus_digest: gold.corpus.digest(),
            fold_rule: folds.rule.clone(),
            folds: folds
                .folds
                .iter()
                .map(|fold| {
                    fold.iter()
                        .map(|&d| gold.document_id(d).to_owned())
                        .collect()
                })
                .collect(),
            limits,
            jobs,
            variants: variants
                .iter()
                .map(|variant| Described {
                    task: variant.task.to_string(),
                    algorithm: variant.algorithm.clone(),
                    version: variant.version,
                    params: variant.full_params.clone(),
                    thresholds: variant.effective_thresholds.clone(),
                    clustering: variant.clustering.map(|clustering| clustering.to_string()),
                    seeds: variant.seeds.clone(),
                    tags: variant.tags.clone(),
                })
                .collect(),
        }
    }
}

/// Model name of the CPU, or the architecture where the system does not tell.
pub fn cpu_model() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| {
        line.strip_prefix("model name")?
            .split_once(':')
            .map(|(_, name)| name.trim().to_owned())
    });
    model.unwrap_or_else(|| std::env::consts::ARCH.to_owned())
}

/// The CPU as a file name: lower case, words joined by hyphens, never a host name.
pub fn machine_slug() -> String {
    let words: Vec<String> = cpu_model()
        .to_lowercase()
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty() && !matches!(*word, "r" | "tm" | "cpu" | "processor"))
        .map(str::to_owned)
        .collect();
    words.join("-")
}
