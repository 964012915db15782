//! Exhaustive twins and properties of the statistics.

use proptest::prelude::*;

use super::super::interval::{delta_jackknife, jackknife_t, wilson};
use super::super::multiple::{benjamini_hochberg, holm};
use super::super::stories::{Pair, Ratio, delta, total};
use super::super::{mcnemar, swap, wilcoxon};
use super::{close, recall_pairs, tally};

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
