//! Agreement between annotators beyond chance.

use std::collections::BTreeMap;

/// Cohen's kappa (1960) of two annotators over the same items; chance agreement from each annotator's own label shares.
///
/// `None` without items, and when chance agreement is total (both use one and the same label only). Lists of unequal length are
/// compared over the shorter.
///
/// ```
/// use karat::metrics::agreement::cohen_kappa;
///
/// // Observed 3/4; by chance 1/2 * 3/4 + 1/2 * 1/4 = 1/2.
/// assert_eq!(cohen_kappa(&["a", "a", "b", "b"], &["a", "a", "a", "b"]), Some(0.5));
/// ```
pub fn cohen_kappa<T: Ord>(left: &[T], right: &[T]) -> Option<f64> {
    let mut shares: BTreeMap<&T, (u64, u64)> = BTreeMap::new();
    let mut items = 0u64;
    let mut agreed = 0u64;
    for (a, b) in left.iter().zip(right) {
        items += 1;
        agreed += u64::from(a == b);
        shares.entry(a).or_default().0 += 1;
        shares.entry(b).or_default().1 += 1;
    }
    // Scaled by items squared, so that the counts stay whole and exact.
    let chance: u64 = shares.values().map(|(a, b)| a * b).sum();
    let all = items * items;
    (chance < all).then(|| {
        let observed = (agreed * items) as f64;
        (observed - chance as f64) / (all - chance) as f64
    })
}

/// Krippendorff's alpha (1970) for nominal labels: any number of annotators, labels may be missing.
///
/// One entry per unit, holding the labels that it got (missing ones left out). Units with fewer than two labels say nothing
/// about agreement and are left out. `None` when no unit is left, or when all labels left are the same.
pub fn krippendorff_alpha<T: Ord>(units: &[Vec<T>]) -> Option<f64> {
    let mut totals: BTreeMap<&T, u64> = BTreeMap::new();
    let mut disagreement = 0.0;
    let mut n = 0u64;
    for unit in units.iter().filter(|unit| unit.len() >= 2) {
        let mut counts: BTreeMap<&T, u64> = BTreeMap::new();
        for label in unit {
            *counts.entry(label).or_default() += 1;
            *totals.entry(label).or_default() += 1;
        }
        let m = unit.len() as u64;
        let equal: u64 = counts.values().map(|count| count * count).sum();
        disagreement += (m * m - equal) as f64 / (m - 1) as f64;
        n += m;
    }
    let equal: u64 = totals.values().map(|count| count * count).sum();
    let expected = (n * n - equal) as f64;
    (expected > 0.0).then(|| 1.0 - (n - 1) as f64 * disagreement / expected)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn krippendorffs_own_example() {
        // Four annotators, twelve units, `.` missing; Krippendorff (2011) gives 0.743.
        let annotators = [
            "123321412...",
            "1233224125.3",
            ".3332342251.",
            "12332441251.",
        ];
        let units: Vec<Vec<char>> = (0..12)
            .map(|unit| {
                annotators
                    .iter()
                    .filter_map(|row| row.chars().nth(unit).filter(|&label| label != '.'))
                    .collect()
            })
            .collect();
        assert_eq!(
            format!("{:.3}", krippendorff_alpha(&units).unwrap()),
            "0.743"
        );
    }

    #[test]
    fn undefined_where_chance_explains_all() {
        assert_eq!(cohen_kappa::<u8>(&[], &[]), None);
        assert_eq!(cohen_kappa(&[1, 1], &[1, 1]), None);
        assert_eq!(cohen_kappa(&[1, 2], &[1, 2]), Some(1.0));
        assert_eq!(krippendorff_alpha(&[vec![1, 1]]), None);
        assert_eq!(krippendorff_alpha(&[vec![1], vec![2]]), None);
        assert_eq!(krippendorff_alpha(&[vec![1, 1], vec![2, 2]]), Some(1.0));
    }

    /// Twin of alpha: observed and expected disagreement counted over ordered pairs of values.
    fn naive_alpha(units: &[Vec<u8>]) -> Option<f64> {
        let units: Vec<&Vec<u8>> = units.iter().filter(|unit| unit.len() >= 2).collect();
        let all: Vec<u8> = units.iter().flat_map(|unit| unit.iter().copied()).collect();
        let n = all.len() as f64;
        let mut observed = 0.0;
        for unit in &units {
            for i in 0..unit.len() {
                for j in 0..unit.len() {
                    if i != j && unit[i] != unit[j] {
                        observed += 1.0 / (unit.len() - 1) as f64 / n;
                    }
                }
            }
        }
        let mut expected = 0.0;
        for i in 0..all.len() {
            for j in 0..all.len() {
                if all[i] != all[j] {
                    expected += 1.0 / (n * (n - 1.0));
                }
            }
        }
        (expected > 0.0).then(|| 1.0 - observed / expected)
    }

    /// Twin of kappa: chance agreement over all pairs of items.
    fn naive_kappa(pairs: &[(u8, u8)]) -> Option<f64> {
        let n = pairs.len() as f64;
        let observed = pairs.iter().filter(|(a, b)| a == b).count() as f64 / n;
        let mut chance = 0.0;
        for (a, _) in pairs {
            for (_, b) in pairs {
                chance += f64::from(u8::from(a == b)) / (n * n);
            }
        }
        (chance < 1.0 - 1e-12).then(|| (observed - chance) / (1.0 - chance))
    }

    fn close(left: Option<f64>, right: Option<f64>) -> bool {
        match (left, right) {
            (Some(left), Some(right)) => (left - right).abs() < 1e-9,
            _ => left == right,
        }
    }

    proptest! {
        #[test]
        fn equal_their_naive_twins(
            units in proptest::collection::vec(proptest::collection::vec(0u8..4, 0..5), 0..10),
            pairs in proptest::collection::vec((0u8..4, 0u8..4), 1..20),
        ) {
            prop_assert!(close(krippendorff_alpha(&units), naive_alpha(&units)));
            let (left, right): (Vec<u8>, Vec<u8>) = pairs.iter().copied().unzip();
            let kappa = cohen_kappa(&left, &right);
            prop_assert!(close(kappa, naive_kappa(&pairs)));
            prop_assert!(close(kappa, cohen_kappa(&right, &left)));
            prop_assert!(kappa.is_none_or(|kappa| (-1.0..=1.0).contains(&kappa)));
        }
    }
}
