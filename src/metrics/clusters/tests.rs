mod mutants;
mod twin;

use super::*;

fn close(left: Option<f64>, right: Option<f64>) -> bool {
    match (left, right) {
        (Some(left), Some(right)) => (left - right).abs() < 1e-9,
        _ => left == right,
    }
}

fn labels(text: &str) -> Vec<Option<u32>> {
    text.split_whitespace()
        .map(|word| word.parse().ok())
        .collect()
}

/// Key {a}{bc}{def}, response {a}{bcx}{dy}{z}: items a b c d e f x y z.
fn bugs_b12() -> (Vec<Option<u32>>, Vec<Option<u32>>) {
    (labels("0 1 1 2 2 2 - - -"), labels("0 1 1 2 - - 1 2 3"))
}

#[test]
fn cluster_weighted_b_cubed_is_that_of_er_evaluation() {
    // The example in the documentation of ER-Evaluation's `b_cubed_precision`.
    let response = labels("1 1 2 3 2 4 4 4");
    let key = labels("1 1 1 2 2 3 3 4");
    let metrics = cluster_metrics(&key, &response);
    assert!(close(
        metrics.b_cubed_cluster.precision.value(),
        Some(0.645_833_333_333_333_3)
    ));
}

#[test]
fn nothing_predicted_has_no_precision() {
    let key = labels("0 0 1");
    let metrics = cluster_metrics(&key, &[]);
    assert_eq!(metrics.pairwise.precision.value(), None);
    assert_eq!(metrics.b_cubed.precision.value(), None);
    assert_eq!(metrics.b_cubed.f1(), Some(0.0));
    let empty = cluster_metrics(&[], &[]);
    for measure in empty.measures("all") {
        let counted = ["over_merges", "under_merges", "exact_clusters"];
        assert_eq!(
            measure.value.is_some(),
            counted.contains(&measure.metric.as_str()),
            "{}",
            measure.metric
        );
    }
}

#[test]
fn singletons_may_earn_credit_when_asked() {
    let (key, response) = bugs_b12();
    let metrics = cluster_metrics_with(&key, &response, Unmatched::Singletons);
    // Recall of e and f: alone in the response, 1/3 each, on top of the reference's 10/3; z is found exactly.
    let recall = metrics.b_cubed.recall;
    assert!(close(
        Some(recall.numerator),
        Some(10.0 / 3.0 + 2.0 / 3.0 + 3.0)
    ));
    assert_eq!(recall.denominator, 9.0);
    let reference = cluster_metrics(&key, &response);
    assert_eq!(metrics.muc, reference.muc);
    assert_eq!(metrics.pairwise, reference.pairwise);
    assert!(close(metrics.adjusted_rand, reference.adjusted_rand));
    assert!(close(
        metrics.v_measure.v_measure,
        reference.v_measure.v_measure
    ));
}
