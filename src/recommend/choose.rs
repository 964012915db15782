//! The threshold of a variant on the part to choose on.

use crate::record::CurveRow;
use crate::task::Level;
use crate::variant::Variant;

/// A variant at one level with the threshold that was best for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// The variant, at this level only, with this threshold.
    pub variant: Variant,
    /// Level.
    pub level: Level,
    /// Threshold.
    pub threshold: f64,
    /// F1 there, on the part that chose it: an upper bound.
    pub f1: f64,
}

impl Choice {
    /// The choice for a variant from its curve, of the first seed; `None` when it found no copy.
    pub fn new(variant: &Variant, level: Level, curves: &[CurveRow]) -> Option<Self> {
        let params = variant.params_text(level);
        let points: Vec<(f64, f64)> = curves
            .iter()
            .filter(|row| {
                row.match_rule == "pairs"
                    && row.level == level.name()
                    && row.algorithm == variant.algorithm
                    && row.params == params
            })
            .filter_map(|row| Some((row.threshold?, row.f1?)))
            .collect();
        let (threshold, f1) = threshold(&points)?;
        let mut variant = variant.clone();
        variant.levels = vec![level];
        variant.thresholds.insert(level, threshold);
        variant.effective_thresholds.insert(level, threshold);
        Some(Self {
            variant,
            level,
            threshold,
            f1,
        })
    }
}

/// Threshold of the best F1 among points (similarity, F1), and that F1: half-way to the next lower similarity, so that a pair a
/// hair less alike than the last one counts too, with as few decimals as fit. The highest of equals. `None` when F1 is 0
/// everywhere.
pub fn threshold(points: &[(f64, f64)]) -> Option<(f64, f64)> {
    let mut points = points.to_vec();
    points.sort_by(|x, y| y.0.total_cmp(&x.0));
    let mut best: Option<usize> = None;
    for (at, point) in points.iter().enumerate() {
        if point.1 > best.map_or(0.0, |best| points[best].1) {
            best = Some(at);
        }
    }
    let (similarity, f1) = *points.get(best?)?;
    let below = points.iter().find(|point| point.0 < similarity);
    let middle = below.map_or(similarity, |below| f64::midpoint(similarity, below.0));
    let round = |digits: i32| {
        let scale = 10f64.powi(digits);
        (middle * scale).round() / scale
    };
    let fits = |value: &f64| *value <= similarity && below.is_none_or(|below| *value > below.0);
    Some(((2..=6).map(round).find(fits).unwrap_or(similarity), f1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn half_way_to_the_next_lower_similarity() {
        assert_eq!(
            threshold(&[(0.4, 0.5), (0.9, 0.6), (0.6, 0.9)]),
            Some((0.5, 0.9))
        );
        // 0.51 and 0.52 are too high, 0.515 is not.
        assert_eq!(threshold(&[(0.516, 0.9), (0.514, 0.2)]), Some((0.515, 0.9)));
        assert_eq!(threshold(&[(1.0, 0.4)]), Some((1.0, 0.4)));
        assert_eq!(threshold(&[(0.3, 0.0)]), None);
        assert_eq!(threshold(&[]), None);
    }

    proptest! {
        #[test]
        fn the_threshold_takes_what_the_best_point_takes(points in prop::collection::btree_map(1u32..1_000_000, 0.0f64..1.0, 1..20)) {
            let points: Vec<(f64, f64)> = points.into_iter().map(|(s, f1)| (f64::from(s) / 1e6, f1)).collect();
            if let Some((threshold, f1)) = threshold(&points) {
                let taken: Vec<&(f64, f64)> = points.iter().filter(|point| point.0 >= threshold).collect();
                prop_assert_eq!(taken[0].1, f1);
                prop_assert!(points.iter().all(|point| point.1 <= f1));
            }
        }
    }
}
