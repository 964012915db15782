//! Gold and predicted mentions as numbers.

use crate::corpus::Span;
use crate::entity::PredictedMention;
use crate::label::{Judged, Mention};
use crate::metrics::spans::{self, Item};

/// Both sides as numbers, without doubtful gold and don't-care predictions.
pub(super) struct Sides<'a> {
    pub(super) labels: Vec<&'a str>,
    pub(super) gold: Vec<Item>,
    /// Index into the layer of each item of `gold`.
    pub(super) gold_index: Vec<usize>,
    pub(super) predicted: Vec<Item>,
    /// Index into the predictions of each item of `predicted`.
    pub(super) predicted_index: Vec<usize>,
    pub(super) ignored: Vec<usize>,
}

impl<'a> Sides<'a> {
    pub(super) fn new(
        predicted: &'a [PredictedMention],
        layer: &'a [Mention],
        judged: Judged,
    ) -> Self {
        let mut labels: Vec<&str> = Vec::new();
        for name in layer
            .iter()
            .map(|mention| mention.entity_type.as_str())
            .chain(predicted.iter().map(|mention| mention.entity_type.as_str()))
        {
            // Few types, mostly in runs: a scan from the end beats a map.
            if !labels.iter().rev().any(|known| *known == name) {
                labels.push(name);
            }
        }
        labels.sort_unstable();
        let label = |name: &str| labels.binary_search(&name).unwrap_or(0) as u32;
        let all_gold: Vec<Item> = layer
            .iter()
            .map(|mention| Item {
                document: mention.document as u32,
                span: mention.span,
                label: label(&mention.entity_type),
                rank: 0,
            })
            .collect();
        let all_predicted: Vec<Item> = predicted
            .iter()
            .map(|mention| Item {
                document: mention.document as u32,
                span: mention.span,
                label: label(&mention.entity_type),
                rank: rank(mention.confidence),
            })
            .collect();
        let doubtful: Vec<bool> = layer.iter().map(|mention| mention.doubtful).collect();
        let dont_care = spans::dont_care(
            &all_gold,
            &doubtful,
            &all_predicted,
            judged == Judged::Listed,
        );
        let gold_index: Vec<usize> = (0..layer.len()).filter(|&i| !doubtful[i]).collect();
        let (ignored, predicted_index): (Vec<usize>, Vec<usize>) =
            (0..predicted.len()).partition(|&i| dont_care[i]);
        Self {
            gold: gold_index.iter().map(|&i| all_gold[i]).collect(),
            predicted: predicted_index.iter().map(|&i| all_predicted[i]).collect(),
            labels,
            gold_index,
            predicted_index,
            ignored,
        }
    }
}

/// Higher confidence first.
fn rank(confidence: f64) -> u64 {
    let millionths = (confidence.clamp(0.0, 1.0) * 1e6).round() as u64;
    1_000_000 - millionths.min(1_000_000)
}

/// For each prediction: does it stand strictly inside another one of its document?
pub(super) fn nested(predicted: &[PredictedMention]) -> Vec<bool> {
    let mut order: Vec<usize> = (0..predicted.len()).collect();
    order.sort_by_key(|&index| {
        let mention = &predicted[index];
        (
            mention.document,
            mention.span.start,
            usize::MAX - mention.span.end,
        )
    });
    let mut inside = vec![false; predicted.len()];
    // The furthest end so far, and the span that has it (the first, which is the widest).
    let mut widest: Option<(usize, Span)> = None;
    for index in order {
        let (document, span) = (predicted[index].document, predicted[index].span);
        match widest {
            Some((other, outer)) if other == document && outer.end >= span.end => {
                inside[index] = outer != span;
            }
            _ => widest = Some((document, span)),
        }
    }
    inside
}
