//! Every way to damage a clustering lowers exactly the metrics that it should.

use super::*;

const KEY: &str = "0 0 0 1 1 2 3 3";

/// Damage of the key lowers every metric (or leaves it undefined) but for those named `intact`.
fn lowers(mutant: &str, intact: &[&str]) {
    lowers_from(KEY, mutant, intact);
}

fn lowers_from(key: &str, mutant: &str, intact: &[&str]) {
    let key = labels(key);
    let perfect = cluster_metrics(&key, &key).measures("all");
    let damaged = cluster_metrics(&key, &labels(mutant)).measures("all");
    for (before, after) in perfect.iter().zip(damaged) {
        let name = after.metric.as_str();
        if name.contains("merges") {
            continue;
        }
        let (before, after) = (before.value.unwrap(), after.value);
        let lowered = after.is_none_or(|after| after < before - 1e-12);
        assert!(
            lowered || after.is_some_and(|after| after <= before + 1e-12),
            "{name} rose"
        );
        assert_eq!(lowered, !intact.contains(&name), "{name} after {mutant}");
    }
}

#[test]
fn merging_two_clusters_lowers_precision() {
    // LEA keeps full recall: every link of the key is found, and the lone item is untouched.
    lowers(
        "0 0 0 0 0 2 3 3",
        &[
            "pairwise_recall",
            "muc_recall",
            "b_cubed_recall",
            "b_cubed_cluster_recall",
            "lea_recall",
            "completeness",
        ],
    );
}

#[test]
fn splitting_a_cluster_lowers_recall() {
    lowers(
        "0 0 9 1 1 2 3 3",
        &[
            "pairwise_precision",
            "muc_precision",
            "b_cubed_precision",
            "b_cubed_cluster_precision",
            "homogeneity",
        ],
    );
}

#[test]
fn all_in_one_lowers_precision() {
    lowers(
        "0 0 0 0 0 0 0 0",
        &[
            "pairwise_recall",
            "muc_recall",
            "b_cubed_recall",
            "b_cubed_cluster_recall",
            "completeness",
        ],
    );
}

#[test]
fn all_apart_lowers_recall() {
    lowers(
        "0 1 2 3 4 5 6 7",
        &[
            "b_cubed_precision",
            "b_cubed_cluster_precision",
            "homogeneity",
        ],
    );
}

#[test]
fn dropping_an_item_lowers_recall() {
    lowers(
        "0 0 - 1 1 2 3 3",
        &[
            "pairwise_precision",
            "muc_precision",
            "b_cubed_precision",
            "b_cubed_cluster_precision",
            "ceaf_m_precision",
            "lea_precision",
            "blanc_precision",
            "homogeneity",
        ],
    );
}

#[test]
fn adding_an_item_to_a_cluster_lowers_precision() {
    lowers_from(
        "0 0 0 1 1 2 3 3 -",
        "0 0 0 1 1 2 3 3 3",
        &[
            "pairwise_recall",
            "muc_recall",
            "b_cubed_recall",
            "b_cubed_cluster_recall",
            "ceaf_m_recall",
            "lea_recall",
            "blanc_recall",
            "completeness",
        ],
    );
}

#[test]
fn adding_a_lone_item_lowers_precision_of_what_knows_clusters_of_one() {
    lowers_from(
        "0 0 0 1 1 2 3 3 -",
        "0 0 0 1 1 2 3 3 4",
        &[
            "pairwise_precision",
            "pairwise_recall",
            "pairwise_f1",
            "muc_precision",
            "muc_recall",
            "muc_f1",
            "b_cubed_recall",
            "b_cubed_cluster_recall",
            "ceaf_m_recall",
            "ceaf_e_recall",
            "lea_recall",
            "blanc_recall",
            "ari",
            "homogeneity",
            "completeness",
            "v_measure",
            "exact_clusters",
        ],
    );
}

#[test]
fn an_item_in_the_wrong_cluster_lowers_everything() {
    lowers("0 0 1 1 1 2 3 3", &[]);
}

#[test]
fn other_names_and_another_order_change_no_metric() {
    let (key, response) = (labels("0 0 0 1 1 2 3 3 -"), labels("0 0 1 1 1 - 3 3 4"));
    let before = cluster_metrics(&key, &response);
    let renamed = |side: &[Option<u32>]| -> Vec<Option<u32>> {
        side.iter()
            .rev()
            .map(|label| label.map(|label| 40 - 7 * label))
            .collect()
    };
    let after = cluster_metrics(&renamed(&key), &renamed(&response));
    for (a, b) in before.measures("all").iter().zip(after.measures("all")) {
        assert!(close(a.value, b.value), "{}", a.metric);
    }
}

#[test]
fn nothing_at_all_scores_nothing() {
    lowers("- - - - - - - -", &["homogeneity"]);
}
