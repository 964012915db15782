//! Scoring of garble detectors at the levels span, segment and document.

mod characters;
mod documents;
mod segments;
mod spans;
mod tokens;

use crate::garble::{Granularity, PredictedGarble};
use crate::label::{Garble, Gold, Judged};
use crate::place::{Places, reaches};
use crate::task::{Level, Scored};

/// Scores what a detector flagged at one level.
///
/// Predictions at or above the threshold count; rankings use all of them. A level finer than the detector's granularity is empty,
/// as is a level whose gold layers are missing. The order of the predictions changes nothing.
pub fn score(
    level: Level,
    granularity: Granularity,
    predicted: &[PredictedGarble],
    threshold: f64,
    gold: &Gold,
) -> Scored {
    let ground = Ground::new(granularity, predicted, threshold, gold);
    let mut scored = Scored::default();
    match (level, granularity) {
        (Level::Span, Granularity::Span) if ground.garbles.is_some() => {
            spans::score(&ground, &mut scored);
            characters::score(&ground, &mut scored);
            tokens::score(&ground, &mut scored);
        }
        (Level::Segment, Granularity::Span | Granularity::Segment) => {
            segments::score(&ground, &mut scored);
        }
        (Level::Document, _) => documents::score(&ground, &mut scored),
        _ => {}
    }
    scored.outcomes.sort_by(|a, b| {
        (
            a.match_rule,
            &a.document,
            &a.item,
            a.verdict,
            &a.predicted_type,
        )
            .cmp(&(
                b.match_rule,
                &b.document,
                &b.item,
                b.verdict,
                &b.predicted_type,
            ))
            .then(
                a.confidence
                    .partial_cmp(&b.confidence)
                    .unwrap_or(std::cmp::Ordering::Equal),
            )
    });
    scored
}

/// How much a garble of this severity weighs (MQM: a major error counts as five minor ones; critical counts as major).
pub fn severity_weight(severity: &str) -> f64 {
    match severity {
        "critical" | "major" => 5.0,
        _ => 1.0,
    }
}

/// Both sides in canonical order.
struct Ground<'a> {
    places: Places<'a>,
    granularity: Granularity,
    /// The gold layer; `None` when the dataset has none.
    garbles: Option<&'a [Garble]>,
    /// True when only listed garbles are judged.
    listed: bool,
    /// Every prediction inside the corpus, by document, span, falling confidence and category.
    predicted: Vec<&'a PredictedGarble>,
    threshold: f64,
}

impl<'a> Ground<'a> {
    fn new(
        granularity: Granularity,
        predicted: &'a [PredictedGarble],
        threshold: f64,
        gold: &'a Gold,
    ) -> Self {
        let mut sorted: Vec<&PredictedGarble> = predicted
            .iter()
            .filter(|garble| garble.document < gold.corpus.len())
            .collect();
        sorted.sort_by(|a, b| {
            (a.document, a.span)
                .cmp(&(b.document, b.span))
                .then(b.confidence.total_cmp(&a.confidence))
                .then_with(|| a.category.cmp(&b.category))
        });
        Self {
            places: Places::new(gold),
            granularity,
            garbles: gold.garbles.as_deref(),
            listed: gold.judged("garbles") == Judged::Listed,
            predicted: sorted,
            threshold,
        }
    }

    fn gold(&self) -> &'a Gold {
        self.places.gold
    }

    /// The predictions that count.
    fn counted(&self) -> impl Iterator<Item = &'a PredictedGarble> + '_ {
        self.predicted
            .iter()
            .copied()
            .filter(|garble| reaches(garble.confidence, self.threshold))
    }
}

#[cfg(test)]
mod tests;
