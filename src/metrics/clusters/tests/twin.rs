//! Every cluster metric against a slow obvious twin, and properties that hold for any two clusterings.

use proptest::prelude::*;

use super::*;

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
