//! Match rule `character`: every character (Unicode scalar) counts for itself. Characters of doubtful garble leave both sides.
//!
//! One outcome per longest run of characters that share gold, prediction and segment, weighted by its characters.

use crate::corpus::Span;
use crate::garble::PredictedGarble;
use crate::task::{Scored, Verdict, rounded};

use super::Ground;
use super::spans::describe;

/// What lies on one byte; equal neighbours form a run. Indices into the gold layer, the predictions and the segments.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Layer {
    gold: Option<u32>,
    doubtful: bool,
    predicted: Option<u32>,
    segment: Option<u32>,
}

const EMPTY: Layer = Layer {
    gold: None,
    doubtful: false,
    predicted: None,
    segment: None,
};

pub(super) fn score(ground: &Ground<'_>, scored: &mut Scored) {
    let garbles = ground.garbles.unwrap_or_default();
    let mut counted: Vec<&PredictedGarble> = ground.counted().collect();
    // The surest prediction is written last and so wins where several lie; equal ones keep their order from the back.
    counted.reverse();
    counted.sort_by(|a, b| {
        a.document
            .cmp(&b.document)
            .then(rounded(a.confidence).total_cmp(&rounded(b.confidence)))
    });
    let segments = ground.gold().segments.as_deref().unwrap_or_default();
    let mut bytes: Vec<Layer> = Vec::new();
    for (document, text) in ground.gold().corpus.documents.iter().enumerate() {
        let gold_at = garbles.partition_point(|g| g.document < document);
        let gold = garbles[gold_at..]
            .iter()
            .take_while(|g| g.document == document);
        let predicted_at = counted.partition_point(|p| p.document < document);
        let predicted = counted[predicted_at..]
            .iter()
            .take_while(|p| p.document == document);
        if gold.clone().next().is_none() && predicted.clone().next().is_none() {
            continue;
        }
        bytes.clear();
        bytes.resize(text.text.len(), EMPTY);
        let segments_at = segments.partition_point(|s| s.document < document);
        let of_document = segments[segments_at..]
            .iter()
            .take_while(|s| s.document == document);
        for (index, segment) in of_document.enumerate() {
            paint(&mut bytes, segment.span, |byte| {
                byte.segment = Some((segments_at + index) as u32);
            });
        }
        for (index, garble) in gold.enumerate() {
            paint(&mut bytes, garble.span, |byte| {
                if garble.doubtful {
                    byte.doubtful = true;
                } else if byte.gold.is_none() {
                    byte.gold = Some((gold_at + index) as u32);
                }
            });
        }
        for (index, garble) in predicted.enumerate() {
            paint(&mut bytes, garble.span, |byte| {
                byte.predicted = Some((predicted_at + index) as u32);
            });
        }
        runs(ground, document, &text.text, &bytes, &counted, scored);
    }
}

fn paint(bytes: &mut [Layer], span: Span, change: impl FnMut(&mut Layer)) {
    let end = span.end.min(bytes.len());
    if let Some(covered) = bytes.get_mut(span.start.min(end)..end) {
        covered.iter_mut().for_each(change);
    }
}

fn runs(
    ground: &Ground<'_>,
    document: usize,
    text: &str,
    bytes: &[Layer],
    counted: &[&PredictedGarble],
    scored: &mut Scored,
) {
    let mut run: Option<(usize, u64, Layer)> = None;
    for (at, _) in text.char_indices() {
        let layer = bytes[at];
        match &mut run {
            Some((_, characters, current)) if *current == layer => *characters += 1,
            _ => {
                if let Some(run) = run.replace((at, 1, layer)) {
                    emit(ground, document, run, at, counted, scored);
                }
            }
        }
    }
    if let Some(run) = run {
        emit(ground, document, run, text.len(), counted, scored);
    }
}

fn emit(
    ground: &Ground<'_>,
    document: usize,
    (start, characters, layer): (usize, u64, Layer),
    end: usize,
    counted: &[&PredictedGarble],
    scored: &mut Scored,
) {
    let verdict = match (layer.gold, layer.predicted) {
        (None, None) => return,
        (None, Some(_)) if layer.doubtful || ground.listed => Verdict::Ignored,
        (Some(_), Some(_)) => Verdict::TruePositive,
        (None, Some(_)) => Verdict::FalsePositive,
        (Some(_), None) => Verdict::FalseNegative,
    };
    let places = &ground.places;
    let span = Span::new(start, end);
    let id = places.span_item("garble", document, span);
    let mut outcome = places.outcome("character", document, span, id, verdict);
    outcome.weight = characters as f64;
    if let Some(predicted) = layer.predicted.map(|index| counted[index as usize]) {
        outcome.category.clone_from(&predicted.category);
        outcome.predicted_type.clone_from(&predicted.category);
        outcome.predicted_text = places.text(document, span).to_owned();
        outcome.confidence = Some(rounded(predicted.confidence));
    }
    if let Some(index) = layer.gold {
        let garbles = ground.garbles.unwrap_or_default();
        describe(&mut outcome, &garbles[index as usize]);
        outcome.gold_text = places.text(document, span).to_owned();
    }
    scored.outcomes.push(outcome);
}
