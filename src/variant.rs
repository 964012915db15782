//! Variants: an algorithm with parameters, and what the harness adds (threshold, clustering, seeds).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::config::{Table, Threshold};
use crate::dedup::cluster::Clustering;
use crate::garble::Granularity;
use crate::params::{self, Params};
use crate::registry::{Registry, find};
use crate::task::{Level, Task};

/// An algorithm with parameters, ready to run.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// What it does.
    pub task: Task,
    /// Levels at which it is scored.
    pub levels: Vec<Level>,
    /// Name in the registry; `recognizer+resolver` at level `end-to-end`.
    pub algorithm: String,
    /// Parameters as written in the configuration.
    pub params: Params,
    /// All parameters with their values.
    pub full_params: Params,
    /// Seeds; one (0) for an algorithm that draws nothing.
    pub seeds: Vec<u64>,
    /// Labels for suites.
    pub tags: Vec<String>,
    /// Thresholds written in the configuration; other levels take the algorithm's own.
    pub thresholds: BTreeMap<Level, f64>,
    /// Threshold in force at each level.
    pub effective_thresholds: BTreeMap<Level, f64>,
    /// Clustering written in the configuration.
    pub clustering: Option<Clustering>,
    /// How finely a garble detector points.
    pub granularity: Option<Granularity>,
    /// Needs training, and so is folded.
    pub learns: bool,
    /// Version of the algorithm's behaviour.
    pub version: u32,
    /// Work grows with the square of the input.
    pub quadratic: bool,
    /// Every pair is compared in full.
    pub pairwise: bool,
}

impl Variant {
    /// Written parameters, threshold and clustering as `bands=16,rows=8`.
    pub fn params_text(&self, level: Level) -> String {
        let mut all = self.params.clone();
        if let Some(&threshold) = self.thresholds.get(&level) {
            all.insert("threshold".to_owned(), Value::from(threshold));
        }
        if let Some(clustering) = self.clustering {
            all.insert("clustering".to_owned(), Value::from(clustering.to_string()));
        }
        params::text(&all)
    }

    /// `minhash(bands=16,rows=8)`, or the bare name without written parameters.
    pub fn name(&self, level: Level) -> String {
        let params = self.params_text(level);
        if params.is_empty() {
            self.algorithm.clone()
        } else {
            format!("{}({params})", self.algorithm)
        }
    }

    /// Threshold at a level.
    pub fn threshold(&self, level: Level) -> f64 {
        self.effective_thresholds
            .get(&level)
            .copied()
            .unwrap_or(0.5)
    }

    /// True when several seeds are run.
    pub fn seeded(&self) -> bool {
        self.seeds.len() > 1
    }
}

/// Expands a table to one variant per combination of its matrix; each is a variant or what is wrong with it.
pub(crate) fn expand(table: &Table, registry: &Registry) -> Vec<Result<Variant, String>> {
    let mut combinations = vec![table.params.clone()];
    for (name, values) in &table.matrix {
        if values.is_empty() {
            return vec![Err(format!("matrix `{name}` has no value"))];
        }
        if table.params.contains_key(name) {
            return vec![Err(format!("`{name}` stands in params and in matrix"))];
        }
        combinations = combinations
            .into_iter()
            .flat_map(|params| {
                values.iter().map(move |value| {
                    let mut params = params.clone();
                    params.insert(name.clone(), value.clone());
                    params
                })
            })
            .collect();
    }
    combinations
        .into_iter()
        .map(|params| resolve(table, params, registry))
        .collect()
}

/// What the registry knows of an algorithm built with these parameters.
struct Known {
    full_params: Params,
    levels: Vec<Level>,
    thresholds: BTreeMap<Level, f64>,
    seeded: bool,
    granularity: Option<Granularity>,
    learns: bool,
    version: u32,
    quadratic: bool,
    pairwise: bool,
}

impl Known {
    fn new(full_params: Params, levels: &[Level], version: u32) -> Self {
        Self {
            full_params,
            levels: levels.to_vec(),
            thresholds: BTreeMap::new(),
            seeded: false,
            granularity: None,
            learns: false,
            version,
            quadratic: false,
            pairwise: false,
        }
    }
}

fn resolve(table: &Table, params: Params, registry: &Registry) -> Result<Variant, String> {
    let asked = table.levels.levels();
    let context = |problem: String| format!("{} `{}`: {problem}", table.task, table.algorithm);
    let known =
        look_up(table.task, &table.algorithm, &asked, &params, registry).map_err(context)?;
    let levels = if asked.is_empty() {
        default_levels(table.task, &known.levels)
    } else {
        asked
    };
    if let Some(level) = levels.iter().find(|level| !known.levels.contains(level)) {
        let can: Vec<&str> = known.levels.iter().map(|level| level.name()).collect();
        return Err(context(format!(
            "cannot be scored at level `{level}`; possible: {}",
            can.join(", ")
        )));
    }
    let thresholds: BTreeMap<Level, f64> = match &table.threshold {
        None => BTreeMap::new(),
        Some(Threshold::One(value)) => levels.iter().map(|&level| (level, *value)).collect(),
        Some(Threshold::Each(each)) => each.clone(),
    };
    if let Some((level, value)) = thresholds
        .iter()
        .find(|(_, value)| !(0.0..=1.0).contains(*value))
    {
        return Err(context(format!(
            "threshold {value} at level `{level}` is outside 0 to 1"
        )));
    }
    let mut effective_thresholds = known.thresholds;
    effective_thresholds.extend(thresholds.iter().map(|(&level, &value)| (level, value)));
    let clustering = table
        .clustering
        .as_deref()
        .map(str::parse::<Clustering>)
        .transpose()
        .map_err(context)?;
    let seeds = match (known.seeded, table.seeds.is_empty()) {
        (true, false) => table.seeds.clone(),
        (true, true) => vec![1, 2, 3, 4, 5],
        (false, true) => vec![0],
        (false, false) => {
            return Err(context(
                "draws nothing at random, so `seeds` has no meaning".to_owned(),
            ));
        }
    };
    Ok(Variant {
        task: table.task,
        levels,
        algorithm: table.algorithm.clone(),
        params,
        full_params: known.full_params,
        seeds,
        tags: table.tags.clone(),
        thresholds,
        effective_thresholds,
        clustering,
        granularity: known.granularity,
        learns: known.learns,
        version: known.version,
        quadratic: known.quadratic,
        pairwise: known.pairwise,
    })
}

/// Levels of a table that names none: all but `redundancy`, which is another question.
fn default_levels(task: Task, possible: &[Level]) -> Vec<Level> {
    let levels: Vec<Level> = possible
        .iter()
        .copied()
        .filter(|&level| level != Level::Redundancy)
        .collect();
    if task == Task::Dedup && levels.is_empty() {
        possible.to_vec()
    } else {
        levels
    }
}

fn look_up(
    task: Task,
    algorithm: &str,
    asked: &[Level],
    params: &Params,
    registry: &Registry,
) -> Result<Known, String> {
    match task {
        Task::Dedup => {
            let entry = find(&registry.dedupers, "deduper", algorithm)?;
            let (deduper, full) = entry.build(params)?;
            let mut known = Known::new(full, deduper.levels(), entry.version);
            known.thresholds = deduper
                .levels()
                .iter()
                .map(|&level| (level, deduper.threshold(level)))
                .collect();
            known.seeded = deduper.seeded();
            known.quadratic = deduper.quadratic();
            known.pairwise = deduper.pairwise();
            Ok(known)
        }
        Task::Garble => {
            let entry = find(&registry.detectors, "detector", algorithm)?;
            let (detector, full) = entry.build(params)?;
            let levels: &[Level] = match detector.granularity() {
                Granularity::Span => &[Level::Span, Level::Segment, Level::Document],
                Granularity::Segment => &[Level::Segment, Level::Document],
                Granularity::Document => &[Level::Document],
            };
            let mut known = Known::new(full, levels, entry.version);
            known.thresholds = levels
                .iter()
                .map(|&level| (level, detector.threshold()))
                .collect();
            known.granularity = Some(detector.granularity());
            known.learns = detector.learns();
            known.pairwise = detector.pairwise();
            known.quadratic = known.pairwise;
            Ok(known)
        }
        Task::Entity => look_up_entity(algorithm, asked, params, registry),
    }
}

fn look_up_entity(
    algorithm: &str,
    asked: &[Level],
    params: &Params,
    registry: &Registry,
) -> Result<Known, String> {
    if let Some((recognizer, resolver)) = algorithm.split_once('+') {
        let (of_recognizer, of_resolver) = split_params(params)?;
        let first = find(&registry.recognizers, "recognizer", recognizer)?;
        let second = find(&registry.resolvers, "resolver", resolver)?;
        let (built, full_first) = first.build(&of_recognizer)?;
        let (_, full_second) = second.build(&of_resolver)?;
        let full = Map::from_iter([
            ("recognizer".to_owned(), Value::Object(full_first)),
            ("resolver".to_owned(), Value::Object(full_second)),
        ]);
        let mut known = Known::new(full, &[Level::EndToEnd], first.version.max(second.version));
        known.learns = built.learns();
        return Ok(known);
    }
    let is_recognizer = registry
        .recognizers
        .iter()
        .any(|entry| entry.name == algorithm);
    let is_resolver = registry
        .resolvers
        .iter()
        .any(|entry| entry.name == algorithm);
    if is_recognizer && is_resolver && asked.is_empty() {
        return Err(
            "names a recognizer and a resolver; say levels = [\"mention\"] or [\"resolution\"]"
                .to_owned(),
        );
    }
    if is_resolver && (!is_recognizer || asked.contains(&Level::Resolution)) {
        let entry = find(&registry.resolvers, "resolver", algorithm)?;
        let (_, full) = entry.build(params)?;
        return Ok(Known::new(full, &[Level::Resolution], entry.version));
    }
    let entry = find(&registry.recognizers, "recognizer or resolver", algorithm)?;
    let (recognizer, full) = entry.build(params)?;
    let mut known = Known::new(full, &[Level::Mention], entry.version);
    known.learns = recognizer.learns();
    Ok(known)
}

/// Splits the parameters of an end-to-end variant into those of the recognizer and those of the resolver.
///
/// # Errors
/// Keys other than `recognizer` and `resolver`.
pub fn split_params(params: &Params) -> Result<(Params, Params), String> {
    let mut parts = (Params::new(), Params::new());
    for (name, value) in params {
        match (name.as_str(), value) {
            ("recognizer", Value::Object(map)) => parts.0 = map.clone(),
            ("resolver", Value::Object(map)) => parts.1 = map.clone(),
            _ => {
                return Err(format!(
                    "parameter `{name}` is unknown; write params.recognizer.X or params.resolver.X"
                ));
            }
        }
    }
    Ok(parts)
}
