//! From gold to jobs: what each worker gets to see, and how its answer is scored.

use crate::corpus::{Corpus, Document};
use crate::dedup::{self, cluster::Clustering};
use crate::entity::{self, PredictedMention};
use crate::folds::Folds;
use crate::garble::{self, Granularity};
use crate::label::{Gold, document_units};
use crate::task::{Level, Scored, Task};
use crate::variant::{Variant, split_params};
use crate::worker::{Job, Order, OwnedUnit, PROTOCOL, Prediction};

/// Pairs below this similarity are not asked for; a threshold below it lowers it.
const FLOOR: f64 = 0.05;

/// The levels at which the work is done on this dataset: garble detectors answer once for all levels they are scored at, under
/// the first one that the dataset has labels for.
pub fn work_levels(variant: &Variant, gold: &Gold) -> Vec<Level> {
    if variant.task != Task::Garble {
        return variant.levels.clone();
    }
    let labelled = |level: &&Level| missing_layer(variant.task, **level, gold).is_none();
    let level = variant
        .levels
        .iter()
        .find(labelled)
        .or(variant.levels.first());
    level.copied().into_iter().collect()
}

/// The levels that one answer is scored at.
pub fn score_levels(variant: &Variant, work_level: Level) -> Vec<Level> {
    match variant.task {
        Task::Garble => variant.levels.clone(),
        Task::Dedup | Task::Entity => vec![work_level],
    }
}

/// Why a dataset cannot be asked this question, or `None` when it can.
pub fn missing_layer(task: Task, level: Level, gold: &Gold) -> Option<&'static str> {
    let (present, layer) = match (task, level) {
        (Task::Dedup, Level::Segment) => (
            gold.segments.is_some() && gold.copy_groups.is_some(),
            "segments and copy_groups",
        ),
        (Task::Dedup, _) => (gold.document_pairs.is_some(), "document_pairs"),
        (Task::Entity, Level::Mention) => (gold.mentions.is_some(), "mentions"),
        (Task::Entity, Level::Resolution) => (
            gold.mentions.is_some() && (gold.entities.is_some() || gold.mention_pairs.is_some()),
            "mentions and entities",
        ),
        (Task::Entity, _) => (
            gold.mentions.is_some() && gold.entities.is_some(),
            "mentions and entities",
        ),
        (Task::Garble, Level::Segment) => (
            gold.garbles.is_some() && gold.segments.is_some(),
            "garbles and segments",
        ),
        (Task::Garble, Level::Document) => (
            gold.garbles.is_some() || gold.preferences.is_some(),
            "garbles or preferences",
        ),
        (Task::Garble, _) => (gold.garbles.is_some(), "garbles"),
    };
    (!present).then_some(layer)
}

/// The jobs of one variant at one level with one seed: one, or one per fold for what learns.
pub fn jobs(variant: &Variant, level: Level, seed: u64, gold: &Gold, folds: &Folds) -> Vec<Job> {
    let mut order = order(variant, level, seed);
    if level == Level::EndToEnd {
        order = recognizing(order);
    }
    let empty = Job {
        order,
        documents: Vec::new(),
        predict: Vec::new(),
        training: Vec::new(),
        training_mentions: Vec::new(),
        training_garbles: Vec::new(),
        units: Vec::new(),
        mentions: Vec::new(),
    };
    if variant.task == Task::Dedup {
        return vec![Job {
            units: units(level, gold),
            ..empty
        }];
    }
    let whole = Job {
        documents: gold.corpus.documents.clone(),
        predict: (0..gold.corpus.len()).collect(),
        ..empty
    };
    if level == Level::Resolution {
        let mentions = gold.mentions.as_deref().unwrap_or_default();
        return vec![Job {
            mentions: mentions
                .iter()
                .map(|m| (m.document, m.span, m.entity_type.clone()))
                .collect(),
            ..whole
        }];
    }
    if !variant.learns {
        return vec![whole];
    }
    folds
        .folds
        .iter()
        .map(|fold| Job {
            predict: fold.clone(),
            ..with_training(&whole, gold, fold)
        })
        .collect()
}

fn order(variant: &Variant, level: Level, seed: u64) -> Order {
    Order {
        protocol: PROTOCOL,
        task: variant.task,
        level,
        algorithm: variant.algorithm.clone(),
        params: variant.params.clone(),
        seed,
        floor: FLOOR.min(variant.threshold(level)),
        samples: 0,
        warmup: 0,
    }
}

/// The recognizer's part of an end-to-end order.
fn recognizing(order: Order) -> Order {
    let name = order
        .algorithm
        .split('+')
        .next()
        .unwrap_or_default()
        .to_owned();
    let (params, _) = split_params(&order.params).unwrap_or_default();
    Order {
        level: Level::Mention,
        algorithm: name,
        params,
        ..order
    }
}

/// The second step of an end-to-end variant: all recognized mentions of all folds are resolved together.
pub fn resolving(variant: &Variant, seed: u64, mentions: &[PredictedMention], gold: &Gold) -> Job {
    let order = order(variant, Level::EndToEnd, seed);
    let name = order
        .algorithm
        .split('+')
        .nth(1)
        .unwrap_or_default()
        .to_owned();
    let (_, params) = split_params(&order.params).unwrap_or_default();
    Job {
        order: Order {
            level: Level::Resolution,
            algorithm: name,
            params,
            ..order
        },
        documents: gold.corpus.documents.clone(),
        predict: (0..gold.corpus.len()).collect(),
        training: Vec::new(),
        training_mentions: Vec::new(),
        training_garbles: Vec::new(),
        units: Vec::new(),
        mentions: mentions
            .iter()
            .map(|m| (m.document, m.span, m.entity_type.clone()))
            .collect(),
    }
}

fn units(level: Level, gold: &Gold) -> Vec<OwnedUnit> {
    let units = if level == Level::Segment {
        gold.segment_units()
    } else {
        document_units(&gold.corpus)
    };
    units
        .into_iter()
        .map(|unit| OwnedUnit {
            document: unit.document,
            position: unit.position,
            text: unit.text.to_owned(),
        })
        .collect()
}

/// Adds texts and labels of all documents outside `fold`.
fn with_training(whole: &Job, gold: &Gold, fold: &[usize]) -> Job {
    let outside: Vec<usize> = (0..gold.corpus.len())
        .filter(|document| fold.binary_search(document).is_err())
        .collect();
    let index = |document: usize| outside.binary_search(&document).ok();
    let mentions = gold
        .mentions
        .as_deref()
        .unwrap_or_default()
        .iter()
        .filter_map(|mention| {
            let mut mention = mention.clone();
            mention.document = index(mention.document)?;
            Some(mention)
        });
    let garbles = gold
        .garbles
        .as_deref()
        .unwrap_or_default()
        .iter()
        .filter_map(|garble| {
            let mut garble = garble.clone();
            garble.document = index(garble.document)?;
            Some(garble)
        });
    Job {
        training: outside
            .iter()
            .map(|&document| gold.corpus.documents[document].clone())
            .collect(),
        training_mentions: mentions.collect(),
        training_garbles: garbles.collect(),
        ..whole.clone()
    }
}

/// A job over texts without gold, with the gold's documents to learn from: for timing and prediction.
pub fn plain_job(
    variant: &Variant,
    level: Level,
    seed: u64,
    corpus: &Corpus,
    units: Vec<OwnedUnit>,
    gold: Option<&Gold>,
) -> Job {
    let documents: Vec<Document> = if variant.task == Task::Dedup {
        Vec::new()
    } else {
        corpus.documents.clone()
    };
    let whole = Job {
        order: order(variant, level, seed),
        predict: (0..documents.len()).collect(),
        documents,
        training: Vec::new(),
        training_mentions: Vec::new(),
        training_garbles: Vec::new(),
        units,
        mentions: Vec::new(),
    };
    match gold {
        Some(gold) if variant.learns => with_training(&whole, gold, &[]),
        _ => whole,
    }
}

/// Puts the answers of the folds together.
pub fn merge(predictions: Vec<Prediction>) -> Option<Prediction> {
    let mut whole: Option<Prediction> = None;
    for prediction in predictions {
        whole = Some(match (whole, prediction) {
            (None, prediction) => prediction,
            (Some(Prediction::Mentions(mut all)), Prediction::Mentions(more)) => {
                all.extend(more);
                Prediction::Mentions(all)
            }
            (Some(Prediction::Garbles(mut all)), Prediction::Garbles(more)) => {
                all.extend(more);
                Prediction::Garbles(all)
            }
            // Only what learns is folded, and dedup and resolution do not learn.
            (Some(_), prediction) => prediction,
        });
    }
    whole
}

/// Scores an answer of a variant at one level.
pub fn score(variant: &Variant, level: Level, prediction: &Prediction, gold: &Gold) -> Scored {
    let how = How {
        threshold: variant.threshold(level),
        clustering: variant.clustering.unwrap_or_default(),
        granularity: variant.granularity.unwrap_or(Granularity::Span),
    };
    score_prediction(level, prediction, how, gold)
}

/// What the harness adds to a prediction before it is scored.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct How {
    /// Similarity or confidence from which a prediction counts.
    pub threshold: f64,
    /// How pairs are put together for the match rule `closure`.
    pub clustering: Clustering,
    /// How finely a garble detector points.
    pub granularity: Granularity,
}

/// Scores a prediction at one level, wherever it comes from.
pub fn score_prediction(level: Level, prediction: &Prediction, how: How, gold: &Gold) -> Scored {
    match prediction {
        Prediction::Pairs(comparison) => {
            dedup::score::score(level, comparison, how.threshold, how.clustering, gold)
        }
        Prediction::Mentions(mentions) => entity::score::mentions(mentions, gold),
        Prediction::Clusters(clusters) => entity::score::resolution(clusters, gold),
        Prediction::Resolved(mentions, clusters) => {
            entity::score::end_to_end(mentions, clusters, gold)
        }
        Prediction::Garbles(garbles) => {
            garble::score::score(level, how.granularity, garbles, how.threshold, gold)
        }
    }
}
