//! Worked examples of the statistics; [`properties`] holds exhaustive twins and properties, [`timing`] the speed gate's.

mod properties;
mod timing;

use super::interval::{delta_jackknife, jackknife_t, mean_t, t_quantile, wilson};
use super::multiple::{benjamini_hochberg, holm};
use super::power::minimum_detectable_effect;
use super::simulation::{Setting, rejected};
use super::stories::{self, Pair, Ratio, Stories, Tally, total};
use super::swap::{self, Method};
use super::{mcnemar, wilcoxon};

fn tally(true_positives: f64, false_positives: f64, false_negatives: f64) -> Tally {
    Tally {
        true_positives,
        false_positives,
        false_negatives,
    }
}

fn close(a: f64, b: f64, within: f64) {
    assert!((a - b).abs() <= within, "{a} is not {b}");
}

fn recall_pairs(hits: &[(u8, u8)], of: u8) -> Vec<Pair> {
    hits.iter()
        .map(|&(base, head)| Pair {
            base: tally(f64::from(base), 0.0, f64::from(of - base)),
            head: tally(f64::from(head), 0.0, f64::from(of - head)),
        })
        .collect()
}

#[test]
fn a_pair_across_two_stories_counts_half_to_each() {
    let mut counted = Stories::new();
    stories::add(&mut counted, "fire", tally(1.0, 0.0, 0.0));
    stories::add(&mut counted, "fire+flood", tally(0.0, 1.0, 0.0));
    assert_eq!(counted["fire"], tally(1.0, 0.5, 0.0));
    assert_eq!(counted["flood"], tally(0.0, 0.5, 0.0));
    let pairs = stories::joined(&counted, &Stories::new());
    assert_eq!(total(&pairs).base, tally(1.0, 1.0, 0.0));
}

#[test]
fn ratios_without_denominator_are_undefined() {
    assert_eq!(Ratio::Precision.of(tally(0.0, 0.0, 3.0)), None);
    assert_eq!(Ratio::Recall.of(tally(0.0, 3.0, 0.0)), None);
    assert_eq!(Ratio::F1.of(tally(0.0, 0.0, 3.0)), Some(0.0));
    assert_eq!(Ratio::F1.of(tally(2.0, 1.0, 1.0)), Some(4.0 / 6.0));
}

/// METHODOLOGY's example: 6 stories of 2 gold items; the head loses one item in every story. Only "swap none" and "swap all" of
/// the 64 swaps differ as much, so p = 2/64.
#[test]
fn swap_of_six_stories_by_hand() {
    let test = swap::test(&recall_pairs(&[(2, 1); 6], 2), Ratio::Recall, 0, 0).unwrap();
    assert_eq!((test.p, test.method), (2.0 / 64.0, Method::Exact));
}

#[test]
fn five_stories_allow_no_inference() {
    let pairs = recall_pairs(&[(2, 0); 5], 2);
    assert_eq!(swap::test(&pairs, Ratio::Recall, 100, 1), None);
    assert_eq!(delta_jackknife(&pairs, Ratio::Recall, 0.95), None);
}

#[test]
fn equal_sides_have_p_1() {
    for stories in [8, 30] {
        let test = swap::test(
            &recall_pairs(&vec![(1, 1); stories], 2),
            Ratio::Recall,
            200,
            1,
        )
        .unwrap();
        close(test.p, 1.0, 1e-12);
    }
}

#[test]
fn monte_carlo_p_is_never_0() {
    let test = swap::test(&recall_pairs(&[(9, 0); 40], 9), Ratio::Recall, 199, 1).unwrap();
    assert_eq!(
        (test.p, test.method),
        (1.0 / 200.0, Method::MonteCarlo(199))
    );
}

#[test]
fn wilson_by_hand() {
    // Brown, Cai and DasGupta's form with z = 1.959964: 8 of 10 gives centre (0.8 + 0.19207)/1.38415 = 0.71674.
    let (low, high) = wilson(8.0, 10.0, 0.95).unwrap();
    close(low, 0.490_16, 1e-5);
    close(high, 0.943_32, 1e-5);
    assert_eq!(wilson(0.0, 0.0, 0.95), None);
    assert_eq!(wilson(0.0, 5.0, 0.95).unwrap().0, 0.0);
}

#[test]
fn student_by_the_table() {
    for (freedom, quantile) in [(1.0, 12.7062), (5.0, 2.5706), (7.0, 2.3646), (39.0, 2.0227)] {
        close(t_quantile(0.975, freedom).unwrap(), quantile, 1e-4);
    }
    assert_eq!(t_quantile(1.0, 5.0), None);
    // Mean of 1..=5 is 3, variance 2.5, error sqrt(1/2), t(0.975, 4) = 2.77645.
    let interval = mean_t(&[1.0, 2.0, 3.0, 4.0, 5.0], 0.95).unwrap();
    close(interval.low, 3.0 - 2.776_45 * 0.5_f64.sqrt(), 1e-4);
}

#[test]
fn jackknife_of_a_mean_is_students_interval() {
    let values = [1.0, 4.0, 2.0, 8.0, 5.0, 7.0, 1.5];
    let n = values.len() as f64;
    let sum: f64 = values.iter().sum();
    let jackknife = jackknife_t(sum / n, values.len(), 0.95, |k| {
        Some((sum - values[k]) / (n - 1.0))
    })
    .unwrap();
    let student = mean_t(&values, 0.95).unwrap();
    close(jackknife.low, student.low, 1e-9);
    close(jackknife.high, student.high, 1e-9);
}

#[test]
fn mcnemar_by_hand() {
    // 1 fixed, 6 broken: 2 (1 + 7) / 128 = 0.125.
    close(mcnemar::test(1, 6), 0.125, 1e-12);
    assert_eq!(mcnemar::test(0, 0), 1.0);
    assert_eq!(mcnemar::test(3, 3), 1.0);
    assert!(mcnemar::test(4000, 5000) < 1e-20);
}

#[test]
fn holm_and_benjamini_hochberg_by_hand() {
    let p = [0.01, 0.04, 0.03, 0.005];
    for (adjusted, expected) in [
        (holm(&p), [0.03, 0.06, 0.06, 0.02]),
        (benjamini_hochberg(&p), [0.02, 0.04, 0.04, 0.02]),
    ] {
        for (a, b) in adjusted.iter().zip(expected) {
            close(*a, b, 1e-12);
        }
    }
}

#[test]
fn wilcoxon_by_hand() {
    // Values 1 to 6: Walsh averages run from 1 to 6, their median is 3.5; n = 6 allows only the outermost at 95 %.
    let shift = wilcoxon::shift(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 0.95).unwrap();
    assert_eq!((shift.estimate, shift.low, shift.high), (3.5, 1.0, 6.0));
    // Hollander and Wolfe, table A.4: for n = 10 the 95 % interval takes the 9th smallest and 9th largest Walsh average.
    let ten: Vec<f64> = (0..10).map(|i| f64::from(1 << i)).collect();
    let mut walsh: Vec<f64> = (0..10)
        .flat_map(|i| (i..10).map(move |j| (i, j)))
        .map(|(i, j)| (ten[i] + ten[j]) / 2.0)
        .collect();
    walsh.sort_by(f64::total_cmp);
    let shift = wilcoxon::shift(&ten, 0.95).unwrap();
    assert_eq!((shift.low, shift.high), (walsh[8], walsh[55 - 9]));
    close(
        wilcoxon::signed_rank(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
        2.0 / 64.0,
        1e-12,
    );
    assert_eq!(wilcoxon::signed_rank(&[0.0, 0.0]), 1.0);
    assert_eq!(wilcoxon::shift(&[1.0, f64::NAN], 0.95), None);
}

#[test]
fn minimum_detectable_effect_by_hand() {
    // 11 degrees of freedom: (2.20099 + 0.87553) x 0.05.
    close(
        minimum_detectable_effect(0.05, 12, 0.05, 0.8).unwrap(),
        0.153_83,
        1e-4,
    );
    assert_eq!(minimum_detectable_effect(0.0, 12, 0.05, 0.8), None);
    assert_eq!(minimum_detectable_effect(0.1, 1, 0.05, 0.8), None);
}

/// Quick version of `scripts/simulate-size`: at most 6 % false alarms at a nominal 5 %, where treating items as independent
/// gives far more; and a difference of the minimum detectable size is seen about as often as promised.
#[test]
fn size_and_power_hold_in_simulation() {
    // 3,000 trials: the Monte Carlo error of the share is 0.4 %.
    for stories in [8, 12, 20, 40] {
        let result = rejected(Setting::equal(stories), 3000, 199, 20_240 + stories as u64);
        assert!(result.swap <= 0.06, "K = {stories}: {result:?}");
        assert!(result.jackknife <= 0.08, "K = {stories}: {result:?}");
        assert!(result.items >= 0.10, "K = {stories}: {result:?}");
    }
    let better = Setting {
        gain: 1.2,
        ..Setting::equal(20)
    };
    let power = rejected(better, 200, 199, 7);
    assert!(power.swap > 0.8, "{power:?}");
}
