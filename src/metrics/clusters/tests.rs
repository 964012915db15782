use proptest::prelude::*;

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

fn percent(value: Option<f64>) -> String {
    format!("{:.2}", value.unwrap() * 100.0)
}

/// Key {a}{bc}{def}, response {a}{bcx}{dy}{z}: items a b c d e f x y z.
fn bugs_b12() -> (Vec<Option<u32>>, Vec<Option<u32>>) {
    (labels("0 1 1 2 2 2 - - -"), labels("0 1 1 2 - - 1 2 3"))
}

#[test]
fn b11_both_meanings_of_b_cubed_are_named() {
    // Clusters of 6, 2, 1 and 1 items; the large one is split into single items, so that weights matter.
    let key = labels("0 0 0 0 0 0 1 1 2 3");
    let response = labels("0 1 2 3 4 5 6 6 7 8");
    let metrics = cluster_metrics(&key, &response);
    // Items: (6 * 1/6 + 4) / 10. Clusters: (1/6 + 1 + 1 + 1) / 4.
    assert!(close(metrics.b_cubed.recall.value(), Some(0.5)));
    assert!(close(
        metrics.b_cubed_cluster.recall.value(),
        Some((1.0 / 6.0 + 3.0) / 4.0)
    ));
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
fn b12_invented_and_missed_mentions_count() {
    let (key, response) = bugs_b12();
    let metrics = cluster_metrics(&key, &response);
    assert_eq!(percent(metrics.b_cubed.f1()), "46.83");
    assert_eq!(percent(metrics.ceaf_e.f1()), "62.86");
    assert_eq!(percent(metrics.muc.f1()), "33.33");
    for measure in metrics.measures("all") {
        if measure.metric.ends_with("_f1") {
            assert!(measure.value.unwrap() < 1.0, "{}", measure.metric);
        }
    }
}

#[test]
fn b13_finding_two_mentions_of_ten_is_no_perfect_score() {
    // Clusters of four and six items, of which the response has two of the four.
    let key = labels("0 0 0 0 1 1 1 1 1 1");
    let response = labels("0 0 - - - - - - - -");
    let metrics = cluster_metrics(&key, &response);
    assert_eq!(percent(metrics.muc.f1()), "22.22");
    assert_eq!(percent(metrics.lea.f1()), "12.50");
    assert_eq!(percent(metrics.b_cubed.f1()), "18.18");
}

#[test]
fn b14_alignment_is_optimal_where_greedy_is_not() {
    // Overlaps: (A, x) 3, (A, y) 2, (B, x) 2. Greedy takes 3 and then nothing; the best takes 2 + 2.
    let key = labels("0 0 0 0 0 1 1");
    let response = labels("0 0 0 1 1 0 0");
    assert_eq!(
        cluster_metrics(&key, &response).ceaf_m.recall.numerator,
        4.0
    );
}

#[test]
fn b10_all_singletons_have_no_muc_and_duplicates_no_limit() {
    let key = labels("0 1 2 3");
    let metrics = cluster_metrics(&key, &key);
    assert_eq!(metrics.muc.f1(), None);
    assert_eq!(metrics.b_cubed.f1(), Some(1.0));
    assert_eq!(metrics.lea.f1(), Some(1.0));
    assert_eq!(metrics.blanc.f1(), Some(1.0));
    assert_eq!(metrics.adjusted_rand, Some(1.0));
    assert_eq!(metrics.v_measure.v_measure, Some(1.0));
}

#[test]
fn merging_is_not_free() {
    // text-dedup counts a gold cluster as found when it is a subset of the predicted one.
    let key = labels("0 0 1 1");
    let response = labels("0 0 0 0");
    let metrics = cluster_metrics(&key, &response);
    assert!(close(metrics.pairwise.precision.value(), Some(1.0 / 3.0)));
    assert_eq!(metrics.pairwise.recall.value(), Some(1.0));
    assert_eq!(
        (
            metrics.exact_clusters,
            metrics.over_merges,
            metrics.under_merges
        ),
        (0, 1, 0)
    );
}

#[test]
fn half_a_cluster_is_missed_and_not_wrong() {
    let key = labels("0 0 0");
    let response = labels("0 0 1");
    let metrics = cluster_metrics(&key, &response);
    assert_eq!(metrics.pairwise.precision.value(), Some(1.0));
    assert!(close(metrics.pairwise.recall.value(), Some(1.0 / 3.0)));
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

/// The slow obvious twin: definitions written down over sets of items, quadratic in items and exhaustive in alignments.
mod naive {
    use std::collections::BTreeSet;

    type Set = BTreeSet<usize>;

    pub(super) struct Sides {
        pub(super) key: Vec<Set>,
        pub(super) response: Vec<Set>,
    }

    pub(super) fn sides(key: &[Option<u32>], response: &[Option<u32>]) -> Sides {
        let clusters = |side: &[Option<u32>]| -> Vec<Set> {
            let names: BTreeSet<u32> = side.iter().flatten().copied().collect();
            names
                .iter()
                .map(|&name| (0..side.len()).filter(|&i| side[i] == Some(name)).collect())
                .collect()
        };
        Sides {
            key: clusters(key),
            response: clusters(response),
        }
    }

    fn links(clusters: &[Set]) -> BTreeSet<(usize, usize)> {
        let mut links = BTreeSet::new();
        for cluster in clusters {
            for &a in cluster {
                for &b in cluster {
                    if a < b {
                        links.insert((a, b));
                    }
                }
            }
        }
        links
    }

    fn non_links(clusters: &[Set]) -> BTreeSet<(usize, usize)> {
        let all: Set = clusters.iter().flatten().copied().collect();
        let links_ = links(clusters);
        let mut apart = links(std::slice::from_ref(&all));
        apart.retain(|link| !links_.contains(link));
        apart
    }

    fn share(found: f64, all: f64) -> Option<f64> {
        (all > 0.0).then(|| found / all)
    }

    fn harmonic(precision: Option<f64>, recall: Option<f64>) -> Option<f64> {
        match (precision, recall) {
            (None, None) => None,
            (precision, recall) => {
                let (p, r) = (precision.unwrap_or(0.0), recall.unwrap_or(0.0));
                Some(if p + r > 0.0 {
                    2.0 * p * r / (p + r)
                } else {
                    0.0
                })
            }
        }
    }

    fn of(cluster: &[Set], item: usize) -> Option<&Set> {
        cluster.iter().find(|set| set.contains(&item))
    }

    fn muc_recall(key: &[Set], response: &[Set]) -> Option<f64> {
        let mut found = 0;
        let mut all = 0;
        for cluster in key {
            let mut parts = 0;
            for other in response {
                parts += usize::from(other.intersection(cluster).next().is_some());
            }
            parts += cluster
                .iter()
                .filter(|&&i| of(response, i).is_none())
                .count();
            found += cluster.len() - parts;
            all += cluster.len() - 1;
        }
        share(found as f64, all as f64)
    }

    fn b_cubed_recall(key: &[Set], response: &[Set]) -> Option<f64> {
        let mut sum = 0.0;
        let mut items = 0.0;
        for cluster in key {
            for &item in cluster {
                items += 1.0;
                if let Some(other) = of(response, item) {
                    sum += cluster.intersection(other).count() as f64 / cluster.len() as f64;
                }
            }
        }
        share(sum, items)
    }

    fn b_cubed_cluster_recall(key: &[Set], response: &[Set]) -> Option<f64> {
        let mut sum = 0.0;
        for cluster in key {
            sum += b_cubed_recall(std::slice::from_ref(cluster), response).unwrap();
        }
        share(sum, key.len() as f64)
    }

    fn b_cubed_cluster_precision(key: &[Set], response: &[Set]) -> Option<f64> {
        let mut sum = 0.0;
        let mut weights = 0.0;
        for cluster in response {
            for &item in cluster {
                let (weight, shared) = match of(key, item) {
                    Some(own) => (1.0 / own.len() as f64, own.intersection(cluster).count()),
                    None => (1.0, 0),
                };
                sum += weight * shared as f64 / cluster.len() as f64;
                weights += weight;
            }
        }
        share(sum, weights)
    }

    fn best(key: &[Set], response: &[Set], phi: &dyn Fn(&Set, &Set) -> f64, taken: u32) -> f64 {
        let Some((cluster, rest)) = key.split_first() else {
            return 0.0;
        };
        let mut most = best(rest, response, phi, taken);
        for (j, other) in response.iter().enumerate() {
            if taken & (1 << j) == 0 {
                most = most.max(phi(cluster, other) + best(rest, response, phi, taken | 1 << j));
            }
        }
        most
    }

    fn lea_recall(key: &[Set], response: &[Set]) -> Option<f64> {
        let mut sum = 0.0;
        let mut items = 0.0;
        for cluster in key {
            let size = cluster.len() as f64;
            items += size;
            let resolved = if let [only] = cluster.iter().collect::<Vec<_>>()[..] {
                f64::from(u8::from(
                    of(response, *only).is_some_and(|set| set.len() == 1),
                ))
            } else {
                let own = links(std::slice::from_ref(cluster));
                own.intersection(&links(response)).count() as f64 / own.len() as f64
            };
            sum += size * resolved;
        }
        share(sum, items)
    }

    /// Every metric by name, as [`ClusterMetrics::measures`] names them.
    pub(super) fn all(sides: &Sides) -> Vec<(&'static str, Option<f64>)> {
        let Sides { key, response } = sides;
        let (k, r) = (links(key), links(response));
        let both = k.intersection(&r).count() as f64;
        let (nk, nr) = (non_links(key), non_links(response));
        let apart = nk.intersection(&nr).count() as f64;
        let mut values = Vec::new();
        let mut triple = |names: [&'static str; 3], p: Option<f64>, recall: Option<f64>| {
            values.push((names[0], p));
            values.push((names[1], recall));
            values.push((names[2], harmonic(p, recall)));
        };
        triple(
            ["pairwise_precision", "pairwise_recall", "pairwise_f1"],
            share(both, r.len() as f64),
            share(both, k.len() as f64),
        );
        triple(
            ["muc_precision", "muc_recall", "muc_f1"],
            muc_recall(response, key),
            muc_recall(key, response),
        );
        triple(
            ["b_cubed_precision", "b_cubed_recall", "b_cubed_f1"],
            b_cubed_recall(response, key),
            b_cubed_recall(key, response),
        );
        triple(
            [
                "b_cubed_cluster_precision",
                "b_cubed_cluster_recall",
                "b_cubed_cluster_f1",
            ],
            b_cubed_cluster_precision(key, response),
            b_cubed_cluster_recall(key, response),
        );
        let shared = |a: &Set, b: &Set| a.intersection(b).count() as f64;
        let dice = |a: &Set, b: &Set| 2.0 * shared(a, b) / (a.len() + b.len()) as f64;
        let phi3 = best(key, response, &shared, 0);
        let phi4 = best(key, response, &dice, 0);
        let items = |side: &[Set]| side.iter().map(Set::len).sum::<usize>() as f64;
        triple(
            ["ceaf_m_precision", "ceaf_m_recall", "ceaf_m_f1"],
            share(phi3, items(response)),
            share(phi3, items(key)),
        );
        triple(
            ["ceaf_e_precision", "ceaf_e_recall", "ceaf_e_f1"],
            share(phi4, response.len() as f64),
            share(phi4, key.len() as f64),
        );
        triple(
            ["lea_precision", "lea_recall", "lea_f1"],
            lea_recall(response, key),
            lea_recall(key, response),
        );
        let kinds = [
            (both, k.len() as f64, r.len() as f64),
            (apart, nk.len() as f64, nr.len() as f64),
        ];
        let in_key: Vec<_> = kinds.into_iter().filter(|kind| kind.1 > 0.0).collect();
        let mean = |value: &dyn Fn(&(f64, f64, f64)) -> f64| {
            share(in_key.iter().map(value).sum(), in_key.len() as f64)
        };
        values.push((
            "blanc_precision",
            mean(&|kind| share(kind.0, kind.2).unwrap_or(0.0)),
        ));
        values.push(("blanc_recall", mean(&|kind| kind.0 / kind.1)));
        values.push((
            "blanc_f1",
            mean(&|kind| harmonic(share(kind.0, kind.2), share(kind.0, kind.1)).unwrap()),
        ));
        values
    }
}

fn clustering(items: usize) -> impl Strategy<Value = Vec<Option<u32>>> {
    proptest::collection::vec(proptest::option::weighted(0.85, 0u32..6), items)
}

fn two_clusterings() -> impl Strategy<Value = (Vec<Option<u32>>, Vec<Option<u32>>)> {
    (0usize..14).prop_flat_map(|items| (clustering(items), clustering(items)))
}

fn value(metrics: &ClusterMetrics, name: &str) -> Option<f64> {
    metrics
        .measures("all")
        .into_iter()
        .find(|measure| measure.metric == name)
        .unwrap()
        .value
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn every_metric_equals_its_naive_twin((key, response) in two_clusterings()) {
        let metrics = cluster_metrics(&key, &response);
        for (name, expected) in naive::all(&naive::sides(&key, &response)) {
            prop_assert!(close(value(&metrics, name), expected), "{name}: {:?} {expected:?}", value(&metrics, name));
        }
    }

    #[test]
    fn values_are_in_bounds_and_swapping_sides_swaps_precision_and_recall((key, response) in two_clusterings()) {
        let metrics = cluster_metrics(&key, &response);
        for measure in metrics.measures("all") {
            if let (Some(value), false) = (measure.value, measure.metric.contains("merges") || measure.metric == "exact_clusters") {
                let low = if measure.metric == "ari" { -1.0 } else { 0.0 };
                prop_assert!((low..=1.0 + 1e-12).contains(&value), "{} {value}", measure.metric);
            }
        }
        let swapped = cluster_metrics(&response, &key);
        for (a, b) in [(metrics.muc, swapped.muc), (metrics.b_cubed, swapped.b_cubed), (metrics.ceaf_m, swapped.ceaf_m),
                       (metrics.ceaf_e, swapped.ceaf_e), (metrics.lea, swapped.lea), (metrics.pairwise, swapped.pairwise)] {
            prop_assert!(close(a.precision.value(), b.recall.value()) && close(a.recall.value(), b.precision.value()));
        }
        prop_assert!(close(metrics.v_measure.homogeneity, swapped.v_measure.completeness));
        prop_assert_eq!(metrics.over_merges, swapped.under_merges);
        prop_assert_eq!(metrics.exact_clusters, swapped.exact_clusters);
    }

    #[test]
    fn neither_labels_nor_order_matter((key, response) in two_clusterings(), seed in any::<u64>()) {
        let metrics = cluster_metrics(&key, &response);
        let mut order: Vec<usize> = (0..key.len()).collect();
        order.sort_by_key(|&i| (i as u64 + 1).wrapping_mul(seed | 1).rotate_left(17));
        let renamed = |side: &[Option<u32>]| -> Vec<Option<u32>> {
            order.iter().map(|&i| side[i].map(|label| u32::MAX - label * 7)).collect()
        };
        let other = cluster_metrics(&renamed(&key), &renamed(&response));
        for (a, b) in metrics.measures("all").iter().zip(other.measures("all")) {
            prop_assert!(close(a.value, b.value), "{}", a.metric);
        }
    }

    #[test]
    fn a_perfect_response_is_perfect(key in (0usize..20).prop_flat_map(clustering)) {
        let metrics = cluster_metrics(&key, &key);
        for measure in metrics.measures("all") {
            let whole = measure.metric.contains("merges") || measure.metric == "exact_clusters";
            prop_assert!(whole || measure.value.is_none_or(|value| (value - 1.0).abs() < 1e-12), "{}", measure.metric);
        }
        prop_assert_eq!(metrics.exact_clusters, metrics.key_clusters);
        prop_assert_eq!((metrics.over_merges, metrics.under_merges), (0, 0));
    }
}

/// Names of the metrics that are lower (or `None`) in `mutant` than 1.
fn lowered(key: &[Option<u32>], mutant: &[Option<u32>]) -> Vec<String> {
    cluster_metrics(key, mutant)
        .measures("all")
        .into_iter()
        .filter(|m| !m.metric.contains("merges") && m.metric != "exact_clusters")
        .filter(|m| m.value.is_none_or(|value| value < 1.0 - 1e-12))
        .map(|m| m.metric)
        .collect()
}

/// Damage lowers what it should and nothing else. `intact` = metrics that this damage does not touch.
fn damage_lowers(mutant: &str, intact: &[&str]) {
    let key = labels("0 0 0 1 1 2 3 3");
    let lowered = lowered(&key, &labels(mutant));
    for measure in cluster_metrics(&key, &key).measures("all") {
        let name = measure.metric;
        if !name.contains("merges") && name != "exact_clusters" {
            assert_eq!(
                lowered.contains(&name),
                !intact.contains(&name.as_str()),
                "{name} after {mutant}"
            );
        }
    }
}

#[test]
fn merging_two_clusters_lowers_precision() {
    // LEA keeps full recall: every link of the key is found, and the lone item is untouched.
    damage_lowers(
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
    damage_lowers(
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
    damage_lowers(
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
    damage_lowers(
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
    damage_lowers(
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
fn adding_an_item_lowers_precision() {
    let key = labels("0 0 0 1 1 2 3 3 -");
    let lowered = lowered(&key, &labels("0 0 0 1 1 2 3 3 3"));
    for name in [
        "pairwise_precision",
        "muc_precision",
        "b_cubed_precision",
        "ceaf_m_precision",
        "lea_precision",
    ] {
        assert!(lowered.iter().any(|metric| metric == name), "{name}");
    }
    for name in [
        "pairwise_recall",
        "muc_recall",
        "b_cubed_recall",
        "ceaf_m_recall",
        "lea_recall",
    ] {
        assert!(!lowered.iter().any(|metric| metric == name), "{name}");
    }
}

#[test]
fn nothing_at_all_scores_nothing() {
    damage_lowers("- - - - - - - -", &["homogeneity"]);
}
