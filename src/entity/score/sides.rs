//! Gold and predicted mentions as numbers.

use rustc_hash::FxHashMap;

use crate::entity::PredictedMention;
use crate::label::{Judged, Mention};
use crate::metrics::spans::{self, Item};

/// Both sides as numbers, without doubtful gold and don't-care predictions.
pub(super) struct Sides<'a> {
    /// Names of the labels, in order.
    pub(super) labels: Vec<&'a str>,
    pub(super) gold: Vec<Item>,
    /// Index into the layer of each item of `gold`.
    pub(super) gold_index: Vec<usize>,
    pub(super) predicted: Vec<Item>,
    /// Index into the predictions of each item of `predicted`.
    pub(super) predicted_index: Vec<usize>,
    pub(super) ignored: Vec<usize>,
    /// The layer's doubtful mentions.
    pub(super) doubtful: Vec<Item>,
}

impl<'a> Sides<'a> {
    pub(super) fn new(
        predicted: &'a [PredictedMention],
        layer: &'a [Mention],
        judged: Judged,
    ) -> Self {
        let mut names = Names::default();
        let mut all_gold: Vec<Item> = layer
            .iter()
            .map(|mention| Item {
                document: mention.document as u32,
                span: mention.span,
                label: names.number(&mention.entity_type),
                rank: 0,
            })
            .collect();
        let mut all_predicted: Vec<Item> = predicted
            .iter()
            .map(|mention| Item {
                document: mention.document as u32,
                span: mention.span,
                label: names.number(&mention.entity_type),
                rank: rank(mention.confidence),
            })
            .collect();
        let (labels, place) = names.in_order();
        for item in all_gold.iter_mut().chain(&mut all_predicted) {
            item.label = place[item.label as usize];
        }
        let doubtful: Vec<bool> = layer.iter().map(|mention| mention.doubtful).collect();
        let dont_care = spans::dont_care(
            &all_gold,
            &doubtful,
            &all_predicted,
            judged == Judged::Listed,
        );
        let (doubts, gold_index): (Vec<usize>, Vec<usize>) =
            (0..layer.len()).partition(|&i| doubtful[i]);
        let (ignored, predicted_index): (Vec<usize>, Vec<usize>) =
            (0..predicted.len()).partition(|&i| dont_care[i]);
        Self {
            labels,
            gold: gold_index.iter().map(|&i| all_gold[i]).collect(),
            predicted: predicted_index.iter().map(|&i| all_predicted[i]).collect(),
            doubtful: doubts.iter().map(|&i| all_gold[i]).collect(),
            gold_index,
            predicted_index,
            ignored,
        }
    }
}

/// Label names as numbers, in the order in which they are first seen.
#[derive(Default)]
struct Names<'a> {
    names: Vec<&'a str>,
    numbers: FxHashMap<&'a str, u32>,
}

impl<'a> Names<'a> {
    fn number(&mut self, name: &'a str) -> u32 {
        // Nearly always there are few types, and comparing with eight short names costs less than a hash.
        if let Some(known) = self.names.iter().take(8).position(|known| *known == name) {
            return known as u32;
        }
        let next = self.names.len() as u32;
        let number = *self.numbers.entry(name).or_insert(next);
        if number == next {
            self.names.push(name);
        }
        number
    }

    /// The names sorted, and the place of each number among them.
    fn in_order(self) -> (Vec<&'a str>, Vec<u32>) {
        let mut order: Vec<u32> = (0..self.names.len() as u32).collect();
        order.sort_unstable_by_key(|&number| self.names[number as usize]);
        let mut place = vec![0; order.len()];
        for (at, &number) in (0..).zip(&order) {
            place[number as usize] = at;
        }
        let names = order.iter().map(|&number| self.names[number as usize]);
        (names.collect(), place)
    }
}

/// Higher confidence first.
fn rank(confidence: f64) -> u64 {
    let millionths = (confidence.clamp(0.0, 1.0) * 1e6).round() as u64;
    1_000_000 - millionths.min(1_000_000)
}

/// For each prediction: does it stand strictly inside another one of its document?
pub(super) fn nested(predicted: &[PredictedMention]) -> Vec<bool> {
    let place = |mention: &PredictedMention| (mention.document, mention.span.start);
    let mut order: Vec<u32> = (0..predicted.len() as u32).collect();
    if !predicted.is_sorted_by_key(place) {
        order.sort_by_key(|&index| place(&predicted[index as usize]));
    }
    let mut inside = vec![false; predicted.len()];
    // The furthest end of the spans that start earlier in the document.
    let mut earlier = (0, 0);
    for same_start in
        order.chunk_by(|&a, &b| place(&predicted[a as usize]) == place(&predicted[b as usize]))
    {
        let end = |index: u32| predicted[index as usize].span.end;
        let document = predicted[same_start[0] as usize].document;
        if earlier.0 != document {
            earlier = (document, 0);
        }
        let furthest = same_start
            .iter()
            .map(|&index| end(index))
            .max()
            .unwrap_or(0);
        for &index in same_start {
            inside[index as usize] = earlier.1 >= end(index) || furthest > end(index);
        }
        earlier.1 = earlier.1.max(furthest);
    }
    inside
}
