//! Locality-sensitive hashing: bands of a signature as candidate keys, the S-curve that a banding gives, and the choice of a
//! banding for a threshold.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::text::hash::mix;

/// A signature cut into `bands` bands of `rows` hashes: two units become candidates when all rows of any band agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Banding {
    /// Number of bands.
    pub bands: usize,
    /// Hashes per band.
    pub rows: usize,
}

impl Banding {
    /// Number of hashes used.
    pub const fn hashes(self) -> usize {
        self.bands * self.rows
    }

    /// Probability that two units whose hashes agree with probability `agreement` become candidates:
    /// 1 - (1 - s^rows)^bands.
    pub fn probability(self, agreement: f64) -> f64 {
        let band = agreement
            .clamp(0.0, 1.0)
            .powi(i32::try_from(self.rows).unwrap_or(i32::MAX));
        1.0 - (1.0 - band).powi(i32::try_from(self.bands).unwrap_or(i32::MAX))
    }

    /// The banding of at most `hashes` hashes with the least weighted error at `target`: the area under the S-curve below
    /// the target (false positives) and above the curve beyond it (false negatives), similarity taken as uniform. This is
    /// the rule of datasketch and text-dedup. Fewer bands win among equals.
    pub fn for_target(
        hashes: usize,
        target: f64,
        false_positive_weight: f64,
        false_negative_weight: f64,
    ) -> Self {
        let mut best = (f64::INFINITY, Self { bands: 1, rows: 1 });
        for bands in 1..=hashes {
            for rows in 1..=hashes / bands {
                let banding = Self { bands, rows };
                let below = area(0.0, target, |s| banding.probability(s));
                let above = area(target, 1.0, |s| 1.0 - banding.probability(s));
                let error = false_positive_weight * below + false_negative_weight * above;
                if error < best.0 {
                    best = (error, banding);
                }
            }
        }
        best.1
    }

    /// Similarity at which half of the pairs become candidates.
    pub fn half_way(self) -> f64 {
        (1.0 - 0.5f64.powf(1.0 / self.bands as f64)).powf(1.0 / self.rows as f64)
    }
}

/// Integral by Simpson's rule on 100 intervals; the curves are smooth.
fn area(from: f64, to: f64, f: impl Fn(f64) -> f64) -> f64 {
    let step = (to - from) / 100.0;
    let inner: f64 = (1..100)
        .map(|i| f(from + f64::from(i) * step) * if i % 2 == 1 { 4.0 } else { 2.0 })
        .sum();
    (f(from) + inner + f(to)) * step / 3.0
}

/// Key of band number `band` with these row values.
#[inline]
pub fn band_key(band: usize, rows: impl Iterator<Item = u32>) -> u64 {
    rows.fold(mix(band as u64), |key, row| {
        (key ^ u64::from(row))
            .wrapping_mul(0x9E37_79B9_7F4A_7C15)
            .rotate_left(29)
    })
}

/// Pairs of units with a common key, `a < b`, each once, sorted. `entries` are keys with their unit, in any order.
///
/// A key that many units share gives all their pairs: units that are equal should be taken out before.
pub fn candidates(mut entries: Vec<(u64, u32)>) -> Vec<(u32, u32)> {
    entries.par_sort_unstable();
    let mut pairs: Vec<(u32, u32)> = entries
        .par_chunk_by(|x, y| x.0 == y.0)
        .filter(|bucket| bucket.len() > 1)
        .flat_map_iter(|bucket| {
            (0..bucket.len()).flat_map(move |i| {
                bucket[i + 1..]
                    .iter()
                    .map(move |later| (bucket[i].1, later.1))
            })
        })
        .filter(|(a, b)| a != b)
        .collect();
    pairs.par_sort_unstable();
    pairs.dedup();
    pairs
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_s_curve_by_hand() {
        let banding = Banding { bands: 20, rows: 5 };
        // Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, figure 3.8.
        for (similarity, expected) in [
            (0.2, 0.006),
            (0.3, 0.047),
            (0.4, 0.186),
            (0.5, 0.470),
            (0.6, 0.802),
            (0.7, 0.975),
            (0.8, 0.9996),
        ] {
            assert!(
                (banding.probability(similarity) - expected).abs() < 6e-4,
                "{similarity}"
            );
        }
        assert!((banding.probability(banding.half_way()) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn a_target_moves_the_curve_and_weights_lean_it() {
        // datasketch chooses these for 128 hashes and equal weights.
        assert_eq!(
            Banding::for_target(128, 0.5, 0.5, 0.5),
            Banding { bands: 25, rows: 5 }
        );
        assert_eq!(
            Banding::for_target(128, 0.8, 0.5, 0.5),
            Banding { bands: 9, rows: 13 }
        );
        let careful = Banding::for_target(128, 0.8, 0.9, 0.1);
        let eager = Banding::for_target(128, 0.8, 0.1, 0.9);
        assert!(careful.probability(0.8) < eager.probability(0.8));
    }

    proptest! {
        #[test]
        fn candidates_equal_two_loops(keys in prop::collection::vec(prop::collection::vec(0u64..6, 0..4), 0..12)) {
            let entries = (0..).zip(&keys).flat_map(|(unit, keys)| keys.iter().map(move |&key| (key, unit))).collect();
            let mut expected = BTreeSet::new();
            for a in 0..keys.len() {
                for b in a + 1..keys.len() {
                    if keys[a].iter().any(|key| keys[b].contains(key)) {
                        expected.insert((a as u32, b as u32));
                    }
                }
            }
            prop_assert_eq!(candidates(entries), expected.into_iter().collect::<Vec<_>>());
        }

        #[test]
        fn probability_rises(bands in 1usize..40, rows in 1usize..20, x in 0.0f64..1.0, y in 0.0f64..1.0) {
            let banding = Banding { bands, rows };
            prop_assert!(banding.probability(x.min(y)) <= banding.probability(x.max(y)));
            prop_assert!((0.0..=1.0).contains(&banding.probability(x)));
        }
    }
}
