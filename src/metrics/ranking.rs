//! Metrics of rankings: average precision, precision-recall curves, rank correlation; and Matthews' coefficient.

mod correlation;

use crate::task::CurvePoint;

pub use correlation::{kendall_tau_b, spearman};

/// Items that share one score: predicted together or not at all.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Ranked {
    /// Their score; the higher, the earlier.
    pub score: f64,
    /// How many of them are positive.
    pub positives: u64,
    /// How many of them are not.
    pub negatives: u64,
}

/// What is retrieved at a threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Everything at this score or above is retrieved.
    pub threshold: f64,
    /// Positives retrieved.
    pub true_positives: u64,
    /// Others retrieved.
    pub false_positives: u64,
}

/// The distinct scores from the highest down, with what is retrieved at each. Items of equal score enter together, so that the
/// order of the input never matters. An item whose score is NaN is never retrieved.
pub fn steps(scores: &[f64], positive: &[bool]) -> Vec<Step> {
    // Each kind is sorted by itself: plain integers sort several times faster than pairs.
    let keys = |wanted: bool| -> Vec<u64> {
        let items = scores.iter().zip(positive);
        let mut keys: Vec<u64> = items
            .filter(|(score, positive)| **positive == wanted && !score.is_nan())
            .map(|(&score, _)| descending(score))
            .collect();
        keys.sort_unstable();
        keys
    };
    let (positives, negatives) = (keys(true), keys(false));
    let mut steps: Vec<Step> = Vec::with_capacity(positives.len() + negatives.len());
    let (mut p, mut n) = (0, 0);
    loop {
        let key = match (positives.get(p), negatives.get(n)) {
            (Some(&a), Some(&b)) => a.min(b),
            (Some(&key), None) | (None, Some(&key)) => key,
            (None, None) => return steps,
        };
        while positives.get(p) == Some(&key) {
            p += 1;
        }
        while negatives.get(n) == Some(&key) {
            n += 1;
        }
        steps.push(Step {
            threshold: score_of(key),
            true_positives: p as u64,
            false_positives: n as u64,
        });
    }
}

/// As [`steps`], from items counted by score beforehand (ten thousand equal texts are one entry, not fifty million pairs).
pub fn steps_of_counts(items: &[Ranked]) -> Vec<Step> {
    let mut items: Vec<(u64, u64, u64)> = items
        .iter()
        .filter(|item| !item.score.is_nan())
        .map(|item| (descending(item.score), item.positives, item.negatives))
        .collect();
    items.sort_unstable_by_key(|item| item.0);
    let mut steps: Vec<Step> = Vec::with_capacity(items.len());
    let (mut true_positives, mut false_positives) = (0, 0);
    for equal in items.chunk_by(|a, b| a.0 == b.0) {
        for &(_, positives, negatives) in equal {
            true_positives += positives;
            false_positives += negatives;
        }
        steps.push(Step {
            threshold: score_of(equal[0].0),
            true_positives,
            false_positives,
        });
    }
    steps
}

/// Average precision: precision at each step, weighted by the recall that the step adds. No interpolation.
///
/// `positives` is the number of all positives, those never retrieved included. `None` without positives.
pub fn average_precision_of(steps: &[Step], positives: u64) -> Option<f64> {
    if positives == 0 {
        return None;
    }
    let mut before = 0;
    let mut sum = 0.0;
    for step in steps {
        let added = step.true_positives - before;
        if added > 0 {
            let retrieved = step.true_positives + step.false_positives;
            sum += added as f64 * (step.true_positives as f64 / retrieved as f64);
        }
        before = step.true_positives;
    }
    Some(sum / positives as f64)
}

/// Average precision of scored items; `None` without a positive one.
///
/// ```
/// use karat::metrics::ranking::average_precision;
///
/// let value = average_precision(&[0.9, 0.8, 0.8, 0.1], &[true, false, true, true]);
/// // 1/3 at precision 1, 1/3 at 2/3 (two items tie at 0.8), 1/3 at 3/4.
/// assert_eq!(value, Some((1.0 + 2.0 / 3.0 + 0.75) / 3.0));
/// ```
pub fn average_precision(scores: &[f64], positive: &[bool]) -> Option<f64> {
    let positives = positive.iter().filter(|&&positive| positive).count() as u64;
    average_precision_of(&steps(scores, positive), positives)
}

/// Precision, recall and F1 at every threshold, from the highest down. `positives` as in [`average_precision_of`].
pub fn precision_recall_curve(steps: &[Step], positives: u64) -> Vec<CurvePoint> {
    let mut curve: Vec<CurvePoint> = steps
        .iter()
        .map(|step| {
            let retrieved = step.true_positives + step.false_positives;
            let share = |whole: u64| (whole > 0).then(|| step.true_positives as f64 / whole as f64);
            CurvePoint {
                threshold: step.threshold,
                precision: share(retrieved),
                recall: share(positives),
                f1: (retrieved + positives > 0)
                    .then(|| 2.0 * step.true_positives as f64 / (retrieved + positives) as f64),
                on_frontier: false,
            }
        })
        .collect();
    mark_frontier(&mut curve);
    curve
}

/// The point of the highest F1; the highest threshold of several. It is tuned on the very items it is measured on.
pub fn best_f1(curve: &[CurvePoint]) -> Option<CurvePoint> {
    let mut best: Option<CurvePoint> = None;
    for &point in curve {
        if point.f1.is_some() && best.is_none_or(|best| point.f1 > best.f1) {
            best = Some(point);
        }
    }
    best
}

/// Recall only grows along the curve, so one pass from its end knows the best precision at any higher recall.
fn mark_frontier(curve: &mut [CurvePoint]) {
    let mut best_beyond = f64::NEG_INFINITY;
    let mut best_here = f64::NEG_INFINITY;
    let mut recall_here = None;
    for point in curve.iter_mut().rev() {
        let (Some(precision), Some(recall)) = (point.precision, point.recall) else {
            continue;
        };
        if recall_here != Some(recall) {
            best_beyond = best_beyond.max(best_here);
            best_here = f64::NEG_INFINITY;
            recall_here = Some(recall);
        }
        best_here = best_here.max(precision);
        point.on_frontier = precision >= best_beyond;
    }
}

/// Matthews' correlation coefficient of a two-by-two table (Matthews 1975). `None` when a row or column of it is empty.
pub fn matthews(
    true_positives: f64,
    false_positives: f64,
    false_negatives: f64,
    true_negatives: f64,
) -> Option<f64> {
    // One square root over the whole product: a perfect table gives exactly 1.
    let product = (true_positives + false_positives)
        * (true_positives + false_negatives)
        * (true_negatives + false_positives)
        * (true_negatives + false_negatives);
    (product > 0.0).then(|| {
        let difference = true_positives * true_negatives - false_positives * false_negatives;
        (difference / product.sqrt()).clamp(-1.0, 1.0)
    })
}

/// An integer that orders as the score does, from the highest down; 0 and -0 are the same.
fn descending(score: f64) -> u64 {
    let bits = (score + 0.0).to_bits();
    let ascending = if bits >> 63 == 1 {
        !bits
    } else {
        bits | 1 << 63
    };
    !ascending
}

fn score_of(key: u64) -> f64 {
    let ascending = !key;
    f64::from_bits(if ascending >> 63 == 1 {
        ascending & !(1 << 63)
    } else {
        !ascending
    })
}

#[cfg(test)]
mod tests;
