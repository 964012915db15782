//! Precision-recall curve, average precision and best F1 of ranked pairs.
//!
//! Gold pairs that were never emitted count as never retrieved: they stay in the denominator of recall and no threshold reaches
//! them.

use crate::metrics::counts;
use crate::task::{Counts, CurvePoint};

/// One point per distinct similarity, highest first: everything at or above it is predicted.
///
/// `ranked` holds (similarity, is positive, number of pairs) of everything judged; `positives` is the number of gold pairs,
/// emitted or not. The order of `ranked` does not matter.
pub fn curve(ranked: &[Ranked], positives: u64) -> Vec<CurvePoint> {
    let mut points = Vec::new();
    let mut best_precision = f64::NEG_INFINITY;
    for (threshold, counts) in steps(ranked, positives) {
        points.push(CurvePoint {
            threshold,
            precision: counts::precision(&counts),
            recall: counts::recall(&counts),
            f1: counts::f1(&counts),
            on_frontier: false,
        });
    }
    // From the greatest recall down, a point is on the frontier when no point of greater recall has greater precision.
    let mut end = points.len();
    while end > 0 {
        let recall = points[end - 1].recall;
        let start = points[..end].partition_point(|point| point.recall < recall);
        for point in &mut points[start..end] {
            point.on_frontier = point.recall.is_some()
                && point
                    .precision
                    .is_some_and(|precision| precision >= best_precision);
        }
        for point in &points[start..end] {
            best_precision = best_precision.max(point.precision.unwrap_or(f64::NEG_INFINITY));
        }
        end = start;
    }
    points
}

/// A judged pair, or several of equal similarity and judgement.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ranked {
    /// Rounded similarity.
    pub similarity: f64,
    /// True when gold has it.
    pub positive: bool,
    /// How many pairs this stands for.
    pub count: u64,
}

/// Sum over thresholds of (recall gained) x (precision there), without interpolation. `None` without gold pairs.
pub fn average_precision(ranked: &[Ranked], positives: u64) -> Option<f64> {
    if positives == 0 {
        return None;
    }
    let mut before = 0.0;
    let mut sum = 0.0;
    for (_, counts) in steps(ranked, positives) {
        let gained = counts.true_positives - before;
        before = counts.true_positives;
        sum += gained * counts::precision(&counts).unwrap_or(0.0);
    }
    Some(sum / positives as f64)
}

/// The point of greatest F1, the one with the highest threshold on a tie. Tuned on gold: no estimate for other data.
pub fn best_f1(curve: &[CurvePoint]) -> Option<CurvePoint> {
    let mut best: Option<CurvePoint> = None;
    for &point in curve {
        if point.f1.is_some() && best.is_none_or(|chosen| point.f1 > chosen.f1) {
            best = Some(point);
        }
    }
    best
}

/// Cumulative counts at each distinct similarity, highest first.
fn steps(ranked: &[Ranked], positives: u64) -> Vec<(f64, Counts)> {
    // Similarities as integers that sort like the floats, with the judgement in a second place.
    let mut sorted: Vec<(u64, u64, bool)> = ranked
        .iter()
        .filter(|pair| pair.count > 0)
        .map(|pair| (descending(pair.similarity), pair.count, pair.positive))
        .collect();
    sorted.sort_unstable_by_key(|entry| entry.0);
    let mut steps: Vec<(f64, Counts)> = Vec::new();
    let (mut tp, mut fp) = (0u64, 0u64);
    let mut index = 0;
    while index < sorted.len() {
        let key = sorted[index].0;
        while let Some(&(_, count, positive)) = sorted.get(index).filter(|entry| entry.0 == key) {
            if positive {
                tp += count;
            } else {
                fp += count;
            }
            index += 1;
        }
        steps.push((
            ascending(key),
            Counts {
                true_positives: tp as f64,
                false_positives: fp as f64,
                false_negatives: positives.saturating_sub(tp) as f64,
                true_negatives: None,
            },
        ));
    }
    steps
}

/// A key that sorts floats from high to low (`-0.0` as `0.0`).
fn descending(value: f64) -> u64 {
    let bits = (value + 0.0).to_bits();
    let ascending = if bits >> 63 == 1 {
        !bits
    } else {
        bits | 1 << 63
    };
    !ascending
}

fn ascending(key: u64) -> f64 {
    let ascending = !key;
    f64::from_bits(if ascending >> 63 == 1 {
        ascending & !(1 << 63)
    } else {
        !ascending
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ranked(pairs: &[(f64, bool)]) -> Vec<Ranked> {
        pairs
            .iter()
            .map(|&(similarity, positive)| Ranked {
                similarity,
                positive,
                count: 1,
            })
            .collect()
    }

    #[test]
    fn average_precision_by_hand_with_a_tie_and_a_pair_never_emitted() {
        // At 0.9: 1/1; at 0.5: a tie of one right and one wrong, 2/3; third gold pair never emitted.
        let pairs = ranked(&[(0.5, false), (0.9, true), (0.5, true)]);
        let expected = (1.0 + 2.0 / 3.0) / 3.0;
        assert_eq!(average_precision(&pairs, 3), Some(expected));
        let points = curve(&pairs, 3);
        assert_eq!(points.len(), 2);
        assert_eq!(points[0].recall, Some(1.0 / 3.0));
        assert_eq!(points[1].precision, Some(2.0 / 3.0));
        assert!(points[0].on_frontier && points[1].on_frontier);
        assert_eq!(best_f1(&points).map(|point| point.threshold), Some(0.5));
    }

    #[test]
    fn undefined_without_gold_and_empty_without_prediction() {
        assert_eq!(average_precision(&ranked(&[(0.5, false)]), 0), None);
        assert_eq!(average_precision(&[], 4), Some(0.0));
        assert!(curve(&[], 4).is_empty());
        assert_eq!(best_f1(&[]), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn equals_the_naive_twin(
            pairs in prop::collection::vec((0u32..12, any::<bool>()), 0..30), hidden in 0u64..4
        ) {
            let pairs: Vec<(f64, bool)> =
                pairs.into_iter().map(|(s, positive)| (f64::from(s) / 10.0, positive)).collect();
            let positives = pairs.iter().filter(|pair| pair.1).count() as u64 + hidden;
            let points = curve(&ranked(&pairs), positives);
            let mut thresholds: Vec<f64> = pairs.iter().map(|pair| pair.0).collect();
            thresholds.sort_by(|a, b| b.total_cmp(a));
            thresholds.dedup();
            prop_assert_eq!(points.iter().map(|p| p.threshold).collect::<Vec<_>>(), thresholds);
            let mut expected = 0.0;
            let mut before = 0.0;
            for point in &points {
                let at = |positive| pairs.iter().filter(|p| p.0 >= point.threshold && p.1 == positive).count() as f64;
                let (tp, fp) = (at(true), at(false));
                prop_assert_eq!(point.precision, Some(tp / (tp + fp)));
                prop_assert_eq!(point.recall, (positives > 0).then(|| tp / positives as f64));
                if positives > 0 {
                    expected += (tp - before) / positives as f64 * (tp / (tp + fp));
                    before = tp;
                }
                let dominated = points.iter().any(|q| q.precision > point.precision && q.recall > point.recall);
                prop_assert_eq!(point.on_frontier, positives > 0 && !dominated);
            }
            match average_precision(&ranked(&pairs), positives) {
                Some(value) => prop_assert!((value - expected).abs() < 1e-12),
                None => prop_assert_eq!(positives, 0),
            }
        }
    }
}
