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
