//! Predictions as CSV, the public form: what karat writes for baselines and what `karat score` reads from any tool.

pub mod read;

use serde::{Deserialize, Serialize};

use crate::entity::PredictedMention;
use crate::label::{Gold, Segment};
use crate::record::{Key, Record, SCHEMA};
use crate::task::Level;
use crate::variant::Variant;
use crate::worker::Prediction;

/// A row of predictions.csv: one pair, mention, cluster membership or garble.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "the columns are explained in record/columns.rs, by `karat schema`"
)]
pub struct PredictionRow {
    pub schema: u32,
    pub dataset: String,
    pub corpus_digest: String,
    pub task: String,
    pub level: String,
    pub algorithm: String,
    pub params: String,
    pub seed: String,
    pub document: String,
    pub start: Option<usize>,
    pub end: Option<usize>,
    pub other_document: String,
    pub other_start: Option<usize>,
    pub other_end: Option<usize>,
    pub label: String,
    pub cluster: String,
    pub confidence: Option<f64>,
}

/// Document, start and end of both sides, then seed.
type Place = (String, Option<usize>, Option<usize>);

impl Record for PredictionRow {
    type Order = (Key, String, Place, Place, String);

    fn order(&self) -> Self::Order {
        (
            (
                self.task.clone(),
                self.level.clone(),
                self.algorithm.clone(),
                self.params.clone(),
            ),
            self.seed.clone(),
            (self.document.clone(), self.start, self.end),
            (
                self.other_document.clone(),
                self.other_start,
                self.other_end,
            ),
            format!("{}\u{0}{}", self.label, self.cluster),
        )
    }

    fn header() -> &'static [&'static str] {
        &[
            "schema",
            "dataset",
            "corpus_digest",
            "task",
            "level",
            "algorithm",
            "params",
            "seed",
            "document",
            "start",
            "end",
            "other_document",
            "other_start",
            "other_end",
            "label",
            "cluster",
            "confidence",
        ]
    }
}

/// The rows of one prediction.
pub fn rows(
    variant: &Variant,
    level: Level,
    seed: &str,
    prediction: &Prediction,
    gold: &Gold,
) -> Vec<PredictionRow> {
    let blank = PredictionRow {
        schema: SCHEMA,
        dataset: gold.dataset.clone(),
        corpus_digest: gold.corpus.digest(),
        task: variant.task.to_string(),
        level: level.to_string(),
        algorithm: variant.algorithm.clone(),
        params: variant.params_text(level),
        seed: seed.to_owned(),
        document: String::new(),
        start: None,
        end: None,
        other_document: String::new(),
        other_start: None,
        other_end: None,
        label: String::new(),
        cluster: String::new(),
        confidence: None,
    };
    let id = |document: usize| gold.document_id(document).to_owned();
    match prediction {
        Prediction::Pairs(comparison) => {
            let segments = gold.segments.as_deref().unwrap_or_default();
            let place = |unit: u32| place(unit, level, segments, gold);
            let pairs = comparison.pairs.iter().map(|pair| {
                let ((document, start, end), (other_document, other_start, other_end)) =
                    (place(pair.a), place(pair.b));
                let confidence = Some(pair.similarity);
                PredictionRow {
                    document,
                    start,
                    end,
                    other_document,
                    other_start,
                    other_end,
                    confidence,
                    ..blank.clone()
                }
            });
            let groups = comparison.groups.iter().flat_map(|group| {
                let name = group
                    .first()
                    .map_or_else(String::new, |first| format!("g{first}"));
                group.iter().map(move |&unit| (name.clone(), unit))
            });
            let members = groups.map(|(cluster, unit)| {
                let (document, start, end) = place(unit);
                PredictionRow {
                    document,
                    start,
                    end,
                    cluster,
                    confidence: Some(1.0),
                    ..blank.clone()
                }
            });
            pairs.chain(members).collect()
        }
        Prediction::Mentions(mentions) => mentions
            .iter()
            .map(|mention| mention_row(mention, &blank, gold))
            .collect(),
        Prediction::Clusters(clusters) => gold
            .mentions
            .iter()
            .flatten()
            .zip(clusters)
            .map(|(mention, cluster)| PredictionRow {
                document: id(mention.document),
                start: Some(mention.span.start),
                end: Some(mention.span.end),
                label: mention.entity_type.clone(),
                cluster: cluster.to_string(),
                ..blank.clone()
            })
            .collect(),
        Prediction::Resolved(mentions, clusters) => mentions
            .iter()
            .zip(clusters)
            .map(|(mention, cluster)| PredictionRow {
                cluster: cluster.to_string(),
                ..mention_row(mention, &blank, gold)
            })
            .collect(),
        Prediction::Garbles(garbles) => garbles
            .iter()
            .map(|garble| PredictionRow {
                document: id(garble.document),
                start: Some(garble.span.start),
                end: Some(garble.span.end),
                label: garble.category.clone(),
                confidence: Some(garble.confidence),
                ..blank.clone()
            })
            .collect(),
    }
}

fn mention_row(mention: &PredictedMention, blank: &PredictionRow, gold: &Gold) -> PredictionRow {
    PredictionRow {
        document: gold.document_id(mention.document).to_owned(),
        start: Some(mention.span.start),
        end: Some(mention.span.end),
        label: mention.entity_type.clone(),
        confidence: Some(mention.confidence),
        ..blank.clone()
    }
}

/// Where a unit stands: a whole document has no offsets.
fn place(unit: u32, level: Level, segments: &[Segment], gold: &Gold) -> Place {
    match (level, segments.get(unit as usize)) {
        (Level::Segment, Some(segment)) => (
            gold.document_id(segment.document).to_owned(),
            Some(segment.span.start),
            Some(segment.span.end),
        ),
        _ => (gold.document_id(unit as usize).to_owned(), None, None),
    }
}
