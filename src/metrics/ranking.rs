//! Metrics of rankings: average precision, precision-recall curves, rank correlation; and Matthews' coefficient.

use crate::task::CurvePoint;

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
    let mut items: Vec<(u64, bool)> = scores
        .iter()
        .zip(positive)
        .filter(|(score, _)| !score.is_nan())
        .map(|(&score, &positive)| (descending(score), positive))
        .collect();
    items.sort_unstable();
    let mut steps: Vec<Step> = Vec::with_capacity(items.len());
    let (mut true_positives, mut false_positives) = (0, 0);
    let mut last = None;
    for (key, positive) in items {
        true_positives += u64::from(positive);
        false_positives += u64::from(!positive);
        let step = Step {
            threshold: score_of(key),
            true_positives,
            false_positives,
        };
        match steps.last_mut() {
            Some(previous) if last == Some(key) => *previous = step,
            _ => steps.push(step),
        }
        last = Some(key);
    }
    steps
}

/// As [`steps`], from items counted by score beforehand (ten thousand equal texts are one entry, not fifty million pairs).
pub fn steps_of_counts(items: &[Ranked]) -> Vec<Step> {
    let mut items: Vec<&Ranked> = items.iter().filter(|item| !item.score.is_nan()).collect();
    items.sort_by_key(|item| descending(item.score));
    let mut steps: Vec<Step> = Vec::new();
    let (mut true_positives, mut false_positives) = (0, 0);
    for item in items {
        true_positives += item.positives;
        false_positives += item.negatives;
        let step = Step {
            threshold: item.score,
            true_positives,
            false_positives,
        };
        match steps.last_mut() {
            Some(last) if descending(last.threshold) == descending(item.score) => *last = step,
            _ => steps.push(step),
        }
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

/// Spearman's rank correlation: Pearson's correlation of ranks, equal values sharing their mean rank. `None` for fewer than two
/// items, a NaN, or when all values of a side are equal. Lists of unequal length are compared over the shorter.
pub fn spearman(left: &[f64], right: &[f64]) -> Option<f64> {
    let (left, right) = same_length(left, right)?;
    let (left, right) = (mean_ranks(left), mean_ranks(right));
    let mean = (left.len() as f64 + 1.0) / 2.0;
    let (mut both, mut of_left, mut of_right) = (0.0, 0.0, 0.0);
    for (a, b) in left.iter().zip(&right) {
        both += (a - mean) * (b - mean);
        of_left += (a - mean) * (a - mean);
        of_right += (b - mean) * (b - mean);
    }
    (of_left > 0.0 && of_right > 0.0).then(|| (both / (of_left * of_right).sqrt()).clamp(-1.0, 1.0))
}

/// Kendall's tau-b, which corrects for ties, in `O(n log n)` (Knight 1966). `None` as in [`spearman`].
pub fn kendall_tau_b(left: &[f64], right: &[f64]) -> Option<f64> {
    let (left, right) = same_length(left, right)?;
    let mut items: Vec<(u64, u64)> = left
        .iter()
        .zip(right)
        .map(|(&a, &b)| (descending(a), descending(b)))
        .collect();
    items.sort_unstable();
    let tied_left = tied_pairs(items.iter().map(|item| item.0));
    let tied_both = tied_pairs(items.iter().copied());
    let mut ordered: Vec<u64> = items.into_iter().map(|item| item.1).collect();
    let discordant = inversions(&mut ordered);
    let tied_right = tied_pairs(ordered.into_iter());
    let n = left.len() as u64;
    let all = n * (n - 1) / 2;
    let concordant = all + tied_both - tied_left - tied_right - discordant;
    let (of_left, of_right) = ((all - tied_left) as f64, (all - tied_right) as f64);
    (of_left > 0.0 && of_right > 0.0).then(|| {
        let difference = concordant as f64 - discordant as f64;
        (difference / (of_left * of_right).sqrt()).clamp(-1.0, 1.0)
    })
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

fn same_length<'a>(left: &'a [f64], right: &'a [f64]) -> Option<(&'a [f64], &'a [f64])> {
    let length = left.len().min(right.len());
    let (left, right) = (&left[..length], &right[..length]);
    let nan = |side: &[f64]| side.iter().any(|value| value.is_nan());
    (length >= 2 && !nan(left) && !nan(right)).then_some((left, right))
}

/// Ranks from 1 for the highest value; equal values share the mean of their ranks.
fn mean_ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<(u64, u32)> = (0u32..)
        .zip(values)
        .map(|(i, &value)| (descending(value), i))
        .collect();
    order.sort_unstable();
    let mut ranks = vec![0.0; values.len()];
    let mut first = 0;
    for same in order.chunk_by(|a, b| a.0 == b.0) {
        let rank = (2 * first + same.len() + 1) as f64 / 2.0;
        for &(_, index) in same {
            ranks[index as usize] = rank;
        }
        first += same.len();
    }
    ranks
}

/// Pairs of equal neighbours in a sorted sequence.
fn tied_pairs<T: PartialEq>(sorted: impl Iterator<Item = T>) -> u64 {
    let mut pairs = 0;
    let mut run = 0;
    let mut last = None;
    for value in sorted {
        run = if last.as_ref() == Some(&value) {
            run + 1
        } else {
            0
        };
        pairs += run;
        last = Some(value);
    }
    pairs
}

/// Sorts and counts the pairs that stood the wrong way round (bottom-up merge sort).
fn inversions(values: &mut Vec<u64>) -> u64 {
    let n = values.len();
    let mut from = std::mem::take(values);
    let mut to = from.clone();
    let mut count = 0;
    let mut width = 1;
    while width < n {
        for start in (0..n).step_by(2 * width) {
            let middle = (start + width).min(n);
            let end = (start + 2 * width).min(n);
            let (mut a, mut b) = (start, middle);
            for slot in &mut to[start..end] {
                if a < middle && (b >= end || from[a] <= from[b]) {
                    *slot = from[a];
                    a += 1;
                } else {
                    *slot = from[b];
                    b += 1;
                    count += (middle - a) as u64;
                }
            }
        }
        std::mem::swap(&mut from, &mut to);
        width *= 2;
    }
    *values = from;
    count
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn close(left: Option<f64>, right: Option<f64>) -> bool {
        match (left, right) {
            (Some(left), Some(right)) => (left - right).abs() < 1e-9,
            _ => left == right,
        }
    }

    /// Twin: precision and recall recounted from all items at every distinct threshold.
    fn naive_average_precision(scores: &[f64], positive: &[bool]) -> Option<f64> {
        let all = positive.iter().filter(|&&p| p).count();
        let mut thresholds = scores.to_vec();
        thresholds.sort_by(|a, b| b.total_cmp(a));
        thresholds.dedup();
        let (mut sum, mut last) = (0.0, 0.0);
        for threshold in thresholds {
            let kept: Vec<bool> = (0..scores.len())
                .filter(|&i| scores[i] >= threshold)
                .map(|i| positive[i])
                .collect();
            let hits = kept.iter().filter(|&&p| p).count() as f64;
            let recall = hits / all as f64;
            sum += (recall - last) * hits / kept.len() as f64;
            last = recall;
        }
        (all > 0).then_some(sum)
    }

    /// Twin: all pairs.
    fn naive_kendall(left: &[f64], right: &[f64]) -> Option<f64> {
        let (mut sum, mut of_left, mut of_right) = (0.0, 0.0, 0.0);
        let sign = |a: f64, b: f64| {
            if a > b {
                1.0
            } else if a < b {
                -1.0
            } else {
                0.0
            }
        };
        for i in 0..left.len() {
            for j in 0..i {
                let (a, b) = (sign(left[i], left[j]), sign(right[i], right[j]));
                sum += a * b;
                of_left += f64::abs(a);
                of_right += f64::abs(b);
            }
        }
        (of_left > 0.0 && of_right > 0.0).then(|| sum / f64::sqrt(of_left * of_right))
    }

    /// Twin: ranks by counting, then Pearson.
    fn naive_spearman(left: &[f64], right: &[f64]) -> Option<f64> {
        let ranks = |side: &[f64]| -> Vec<f64> {
            side.iter()
                .map(|a| {
                    side.iter()
                        .map(|b| {
                            if b < a {
                                1.0
                            } else if b == a {
                                0.5
                            } else {
                                0.0
                            }
                        })
                        .sum()
                })
                .collect()
        };
        let (x, y) = (ranks(left), ranks(right));
        let n = x.len() as f64;
        let mean = |v: &[f64]| v.iter().sum::<f64>() / n;
        let covariance = |a: &[f64], b: &[f64]| -> f64 {
            a.iter()
                .zip(b)
                .map(|(p, q)| (p - mean(a)) * (q - mean(b)))
                .sum()
        };
        let scale = (covariance(&x, &x) * covariance(&y, &y)).sqrt();
        (scale > 1e-12).then(|| covariance(&x, &y) / scale)
    }

    #[test]
    fn ties_enter_together_in_any_order() {
        let a = average_precision(&[0.5, 0.5], &[true, false]);
        assert_eq!(a, Some(0.5));
        assert_eq!(a, average_precision(&[0.5, 0.5], &[false, true]));
        assert_eq!(steps(&[0.0, -0.0], &[true, false]).len(), 1);
    }

    #[test]
    fn positives_never_retrieved_lower_it() {
        let retrieved = steps(&[0.9, f64::NAN], &[true, true]);
        assert_eq!(retrieved.len(), 1);
        assert_eq!(average_precision_of(&retrieved, 2), Some(0.5));
        assert_eq!(average_precision(&[0.9], &[false]), None);
    }

    #[test]
    fn curve_has_its_frontier_and_best_point() {
        let scores = [0.9, 0.8, 0.7, 0.6, 0.5];
        let curve = precision_recall_curve(&steps(&scores, &[true, false, false, true, true]), 3);
        let frontier: Vec<bool> = curve.iter().map(|point| point.on_frontier).collect();
        // 1, 1/2, 1/3, 1/2, 3/5: the points at recall 1/3 below 3/5 and the one at 2/3 are dominated.
        assert_eq!(frontier, [true, false, false, false, true]);
        assert_eq!(best_f1(&curve).unwrap().threshold, 0.5);
        assert_eq!(best_f1(&[]), None);
    }

    #[test]
    fn correlation_of_trivial_lists_is_undefined() {
        assert_eq!(spearman(&[1.0], &[2.0]), None);
        assert_eq!(spearman(&[1.0, 1.0], &[2.0, 3.0]), None);
        assert_eq!(kendall_tau_b(&[1.0, f64::NAN], &[2.0, 3.0]), None);
        assert_eq!(
            kendall_tau_b(&[1.0, 2.0, 3.0], &[9.0, 8.0, 7.0]),
            Some(-1.0)
        );
        assert_eq!(spearman(&[1.0, 2.0, 3.0], &[7.0, 8.0, 9.0]), Some(1.0));
    }

    #[test]
    fn matthews_by_hand() {
        assert_eq!(matthews(6.0, 1.0, 2.0, 3.0), Some(16.0 / 1120f64.sqrt()));
        assert_eq!(matthews(5.0, 0.0, 0.0, 5.0), Some(1.0));
        assert_eq!(matthews(5.0, 5.0, 0.0, 0.0), None);
    }

    fn values(n: usize) -> impl Strategy<Value = Vec<f64>> {
        proptest::collection::vec(prop_oneof![(-4i8..4).prop_map(f64::from), -1.0..1.0f64], n)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]
        #[test]
        fn equal_their_naive_twins((left, right, positive) in (0usize..25).prop_flat_map(|n| (
            values(n), values(n), proptest::collection::vec(any::<bool>(), n)
        ))) {
            prop_assert!(close(average_precision(&left, &positive), naive_average_precision(&left, &positive)));
            prop_assert!(close(kendall_tau_b(&left, &right), naive_kendall(&left, &right)));
            prop_assert!(close(spearman(&left, &right), naive_spearman(&left, &right)));
        }

        #[test]
        fn frontier_equals_its_definition((scores, positive) in (1usize..25).prop_flat_map(|n| (
            values(n), proptest::collection::vec(any::<bool>(), n)
        ))) {
            let all = positive.iter().filter(|&&p| p).count() as u64;
            let curve = precision_recall_curve(&steps(&scores, &positive), all);
            for point in &curve {
                let beaten = curve.iter().any(|other| other.precision > point.precision && other.recall > point.recall);
                prop_assert_eq!(point.on_frontier, point.recall.is_some() && !beaten);
            }
        }

        #[test]
        fn counted_items_give_the_same_steps((scores, positive) in (0usize..25).prop_flat_map(|n| (
            values(n), proptest::collection::vec(any::<bool>(), n)
        ))) {
            let counted: Vec<Ranked> = scores.iter().zip(&positive).map(|(&score, &positive)| Ranked {
                score, positives: positive.into(), negatives: (!positive).into()
            }).collect();
            prop_assert_eq!(steps_of_counts(&counted), steps(&scores, &positive));
        }

        #[test]
        fn better_ranked_positives_never_lower_average_precision((scores, positive, lift) in (1usize..25).prop_flat_map(|n| (
            values(n), proptest::collection::vec(any::<bool>(), n), 0..n
        ))) {
            let before = average_precision(&scores, &positive);
            if positive[lift] {
                let mut lifted = scores.clone();
                lifted[lift] += 100.0;
                prop_assert!(average_precision(&lifted, &positive).unwrap() >= before.unwrap() - 1e-12);
                prop_assert!((0.0..=1.0 + 1e-12).contains(&before.unwrap()));
            }
        }
    }
}
