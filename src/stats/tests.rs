//! Worked examples, exhaustive twins and properties of the statistics.

use proptest::prelude::*;

use super::interval::{delta_jackknife, jackknife_t, mean_t, t_quantile, wilson};
use super::multiple::{benjamini_hochberg, holm};
use super::power::minimum_detectable_effect;
use super::random::Random;
use super::simulation::{Setting, rejected};
use super::stories::{self, Pair, Ratio, Stories, Tally, delta, total};
use super::swap::{self, Method};
use super::timing::{Finding, Options, Set, Side, measure};
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

/// Every subset by counting up, with fresh sums each time.
fn swap_twin(pairs: &[Pair], ratio: Ratio) -> f64 {
    let observed = delta(ratio, total(pairs)).unwrap().abs();
    let subsets = 1_u32 << pairs.len();
    let extreme = (0..subsets)
        .filter(|subset| {
            let swapped: Vec<Pair> = pairs
                .iter()
                .enumerate()
                .map(|(k, pair)| {
                    if subset >> k & 1 == 1 {
                        Pair {
                            base: pair.head,
                            head: pair.base,
                        }
                    } else {
                        *pair
                    }
                })
                .collect();
            delta(ratio, total(&swapped)).is_none_or(|delta| delta.abs() >= observed - 1e-9)
        })
        .count();
    extreme as f64 / f64::from(subsets)
}

fn any_pairs(stories: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Pair>> {
    let side = || {
        (0_u8..8, 0_u8..4, 0_u8..6)
            .prop_map(|(a, b, c)| tally(f64::from(a) / 2.0, f64::from(b), f64::from(c) / 2.0))
    };
    proptest::collection::vec(
        (side(), side()).prop_map(|(base, head)| Pair { base, head }),
        stories,
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn exact_swap_equals_its_twin(pairs in any_pairs(6..11)) {
        for ratio in [Ratio::Precision, Ratio::Recall, Ratio::F1] {
            if let Some(test) = swap::test(&pairs, ratio, 0, 0) {
                close(test.p, swap_twin(&pairs, ratio), 1e-12);
            }
        }
    }

    #[test]
    fn swap_knows_neither_order_nor_direction(pairs in any_pairs(6..30), seed in 0_u64..100) {
        let mut turned: Vec<Pair> = pairs.iter().map(|pair| Pair { base: pair.head, head: pair.base }).collect();
        let there = swap::test(&pairs, Ratio::F1, 300, seed).map(|test| test.p);
        let mut shuffled = pairs;
        shuffled.reverse();
        prop_assert_eq!(there, swap::test(&shuffled, Ratio::F1, 300, seed).map(|test| test.p));
        turned.reverse();
        let back = swap::test(&turned, Ratio::F1, 300, seed).map(|test| test.p);
        match (there, back) {
            // Groups of differences are drawn in another order when turned round, so Monte Carlo agrees within its error.
            (Some(a), Some(b)) => {
                let within = if turned.len() <= swap::EXACT_UP_TO { 1e-12 } else { 0.2 };
                prop_assert!((a - b).abs() <= within);
            }
            (a, b) => prop_assert_eq!(a, b),
        }
    }

    #[test]
    fn jackknife_equals_refolding_without_the_story(pairs in any_pairs(6..12)) {
        let twin = jackknife_t(
            delta(Ratio::F1, total(&pairs)).unwrap_or(f64::NAN),
            pairs.len(),
            0.95,
            |k| {
                let mut rest = pairs.clone();
                rest.remove(k);
                delta(Ratio::F1, total(&rest))
            },
        );
        let interval = delta_jackknife(&pairs, Ratio::F1, 0.95);
        match (interval, twin) {
            (Some(a), Some(b)) => { close(a.low, b.low, 1e-9); close(a.high, b.high, 1e-9); prop_assert!(a.low <= a.estimate && a.estimate <= a.high); }
            (None, _) => {}
            (Some(_), None) => prop_assert!(false, "twin is undefined"),
        }
    }

    #[test]
    fn mcnemar_is_the_swap_test_of_one_item_per_story(hits in proptest::collection::vec((0_u8..2, 0_u8..2), 6..14)) {
        let pairs = recall_pairs(&hits, 1);
        let fixed = hits.iter().filter(|&&(base, head)| base < head).count() as u64;
        let broken = hits.iter().filter(|&&(base, head)| base > head).count() as u64;
        close(swap::test(&pairs, Ratio::Recall, 0, 0).unwrap().p, mcnemar::test(fixed, broken), 1e-12);
    }

    #[test]
    fn adjusted_p_keep_order_and_never_shrink(p in proptest::collection::vec(0.0_f64..=1.0, 0..20)) {
        let (strict, lenient) = (holm(&p), benjamini_hochberg(&p));
        for i in 0..p.len() {
            prop_assert!(p[i] <= lenient[i] && lenient[i] <= strict[i] + 1e-12 && strict[i] <= 1.0);
            for j in 0..p.len() {
                prop_assert!(p[i] > p[j] || (strict[i] <= strict[j] && lenient[i] <= lenient[j]));
            }
        }
    }

    #[test]
    fn adjusted_p_equal_their_definitions(p in proptest::collection::vec(0.0_f64..=1.0, 1..12)) {
        // Holm: largest over all not larger p of (how many are at least as large) times p; Benjamini-Hochberg: smallest over all
        // not smaller p of n/rank times p. Ranks count ties at their far end.
        let n = p.len() as f64;
        for (i, &own) in p.iter().enumerate() {
            let by_holm = p.iter().filter(|&&other| other <= own).map(|&other| {
                (p.iter().filter(|&&x| x >= other).count() as f64 * other).min(1.0)
            }).fold(0.0, f64::max);
            let by_bh = p.iter().filter(|&&other| other >= own).map(|&other| {
                n / p.iter().filter(|&&x| x <= other).count() as f64 * other
            }).fold(1.0, f64::min);
            close(holm(&p)[i], by_holm, 1e-12);
            close(benjamini_hochberg(&p)[i], by_bh, 1e-12);
        }
    }

    #[test]
    fn wilcoxon_interval_covers_the_estimate_and_moves_with_the_values(values in proptest::collection::vec(-5.0_f64..5.0, 1..30), by in -3.0_f64..3.0) {
        let shift = wilcoxon::shift(&values, 0.95).unwrap();
        prop_assert!(shift.low <= shift.estimate && shift.estimate <= shift.high);
        prop_assert_eq!(shift.low.is_finite(), values.len() >= 6);
        let moved: Vec<f64> = values.iter().map(|value| value + by).collect();
        close(wilcoxon::shift(&moved, 0.95).unwrap().estimate, shift.estimate + by, 1e-9);
    }

    #[test]
    fn signed_rank_equals_all_signs(values in proptest::collection::btree_set(1_i32..1000, 1..11), signs in any::<u16>()) {
        let magnitudes: Vec<i32> = values.into_iter().collect();
        let n = magnitudes.len();
        let w = |signs: u32| (0..n).filter(|i| signs >> i & 1 == 1).map(|i| i + 1).sum::<usize>();
        let half = n * (n + 1) / 2;
        let own = w(u32::from(signs)).min(half - w(u32::from(signs)));
        let extreme = (0..1_u32 << n).filter(|&s| w(s).min(half - w(s)) <= own).count();
        let signed: Vec<f64> = magnitudes.iter().enumerate()
            .map(|(i, &m)| if signs >> i & 1 == 1 { f64::from(m) } else { -f64::from(m) }).collect();
        let expected = extreme as f64 / f64::from(1_u32 << n);
        // Twice one tail counts the very middle twice; the exhaustive count cannot exceed 1.
        close(wilcoxon::signed_rank(&signed), expected.min(1.0), 1e-9);
    }

    #[test]
    fn wilson_covers_the_share(n in 1_u32..500, hits in 0_u32..500) {
        let hits = hits.min(n);
        let (low, high) = wilson(f64::from(hits), f64::from(n), 0.95).unwrap();
        let share = f64::from(hits) / f64::from(n);
        prop_assert!(0.0 <= low && low <= share && share <= high && high <= 1.0);
    }
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
    for stories in [8, 12, 40] {
        let result = rejected(Setting::equal(stories), 3000, 199, 20_240 + stories as u64);
        assert!(result.swap <= 0.06, "K = {stories}: {result:?}");
        assert!(result.jackknife <= 0.08, "K = {stories}: {result:?}");
    }
    let better = Setting {
        gain: 1.2,
        ..Setting::equal(20)
    };
    let power = rejected(better, 200, 199, 7);
    assert!(power.swap > 0.8, "{power:?}");
}

/// A machine whose every observation is `true_time * exp(noise)`.
fn machine(seed: u64, head: f64, control: f64, noise: f64) -> impl FnMut(Side) -> Result<f64, ()> {
    let mut random = Random::new(seed);
    let mut drift = 0.0;
    move |side| {
        drift += 0.01;
        let time = match side {
            Side::Base => 1.0,
            Side::Head => head,
            Side::Control => control,
        };
        Ok(time * (drift + noise * random.normal()).exp())
    }
}

#[test]
fn timing_finds_what_is_there_despite_drift() {
    let options = Options::default();
    for (head, expected) in [
        (1.0, Finding::Equal),
        (1.2, Finding::Slower),
        (0.8, Finding::Faster),
    ] {
        let measured = measure(&options, machine(1, head, 1.0, 0.02)).unwrap();
        assert_eq!(measured.conclusion(), expected, "{measured:?}");
        assert!(measured.first.ratios.len() <= options.most_pairs);
    }
}

#[test]
fn an_unfit_machine_decides_nothing() {
    let measured = measure(&Options::default(), machine(1, 1.3, 1.2, 0.01)).unwrap();
    assert_eq!(measured.conclusion(), Finding::Unfit);
    assert_eq!(measured.first.ratios.len(), 20);
}

#[test]
fn what_a_fresh_set_does_not_confirm_is_no_finding() {
    // The head is slow during its first set only.
    let mut seen = 0;
    let measured = measure(&Options::default(), |side| {
        seen += usize::from(side == Side::Head);
        Ok::<f64, ()>(if side == Side::Head && seen <= 8 {
            1.2
        } else {
            1.0
        })
    })
    .unwrap();
    assert_eq!(measured.finding, Finding::Slower);
    assert_eq!(measured.conclusion(), Finding::Wide);
}

#[test]
fn noise_alone_is_no_finding() {
    let options = Options::default();
    let alarms = (0..300)
        .filter(|&seed| {
            matches!(
                measure(&options, machine(seed, 1.0, 1.0, 0.06))
                    .unwrap()
                    .conclusion(),
                Finding::Slower | Finding::Faster
            )
        })
        .count();
    assert_eq!(alarms, 0);
    let found = (0..300)
        .filter(|&seed| {
            measure(&options, machine(seed, 1.1, 1.0, 0.02))
                .unwrap()
                .conclusion()
                == Finding::Slower
        })
        .count();
    assert!(found >= 240, "{found} of 300");
}

#[test]
fn drift_alone_cancels_within_a_block() {
    let mut set = Set::default();
    let measured = measure(
        &Options {
            fewest_pairs: 20,
            ..Options::default()
        },
        machine(3, 1.0, 1.0, 0.0),
    )
    .unwrap();
    set.ratios.clone_from(&measured.first.ratios);
    assert!(set.shift(0.95).unwrap().estimate.abs() < 1e-9, "{set:?}");
}
