//! Precision, recall, F1 and MCC from counts. Undefined is `None`, never 0.

use crate::metrics::ranking;
use crate::task::Counts;

/// TP / (TP + FP): the share of what was predicted that is right. `None` when nothing was predicted.
pub fn precision(counts: &Counts) -> Option<f64> {
    ratio(
        counts.true_positives,
        counts.true_positives + counts.false_positives,
    )
}

/// TP / (TP + FN): the share of the gold that was found. `None` without gold.
pub fn recall(counts: &Counts) -> Option<f64> {
    ratio(
        counts.true_positives,
        counts.true_positives + counts.false_negatives,
    )
}

/// 2TP / (2TP + FP + FN): the harmonic mean of precision and recall, 0 when only one of them is defined. `None` without gold
/// and prediction.
pub fn f1(counts: &Counts) -> Option<f64> {
    ratio(
        2.0 * counts.true_positives,
        2.0 * counts.true_positives + counts.false_positives + counts.false_negatives,
    )
}

/// Matthews correlation, -1 to 1 (Matthews 1975). `None` without true negatives in the counts, or when a side of the table is
/// empty (everything predicted, nothing predicted, all gold, no gold).
pub fn mcc(counts: &Counts) -> Option<f64> {
    ranking::matthews(
        counts.true_positives,
        counts.false_positives,
        counts.false_negatives,
        counts.true_negatives?,
    )
}

/// `part / whole`, `None` when the whole is 0.
pub fn ratio(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(tp: f64, fp: f64, r#fn: f64, tn: Option<f64>) -> Counts {
        Counts {
            true_positives: tp,
            false_positives: fp,
            false_negatives: r#fn,
            true_negatives: tn,
        }
    }

    #[test]
    fn formulas_on_a_hand_worked_table() {
        let table = counts(3.0, 1.0, 2.0, Some(4.0));
        assert_eq!(precision(&table), Some(0.75));
        assert_eq!(recall(&table), Some(0.6));
        assert_eq!(f1(&table), Some(6.0 / 9.0));
        // (12 - 2) / sqrt(4 * 5 * 5 * 6)
        let expected = 10.0 / 600f64.sqrt();
        assert!((mcc(&table).expect("defined") - expected).abs() < 1e-12);
    }

    #[test]
    fn undefined_is_none_and_never_zero() {
        let empty = counts(0.0, 0.0, 0.0, Some(5.0));
        assert_eq!(
            [precision(&empty), recall(&empty), f1(&empty), mcc(&empty)],
            [None; 4]
        );
        // An empty prediction has no precision (peers print 0 or 1), recall 0 and F1 0.
        let silent = counts(0.0, 0.0, 3.0, None);
        assert_eq!(
            (precision(&silent), recall(&silent), f1(&silent)),
            (None, Some(0.0), Some(0.0))
        );
        assert_eq!(mcc(&silent), None);
    }
}
