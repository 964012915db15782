//! Tests of clustering: worked examples, and each way against a slow twin over the full matrix.

use proptest::prelude::*;

use super::*;

fn pair(a: u32, b: u32, similarity: f64) -> ScoredPair {
    ScoredPair { a, b, similarity }
}

fn comparison(pairs: &[ScoredPair], groups: &[Vec<u32>]) -> Comparison {
    Comparison {
        pairs: pairs.to_vec(),
        groups: groups.to_vec(),
        ..Comparison::default()
    }
}

/// A chain 0-1-2 and a triangle 3-4-5 that hangs on 2.
fn chain_and_triangle() -> Comparison {
    let pairs = [
        pair(0, 1, 0.9),
        pair(1, 2, 0.8),
        pair(2, 3, 0.6),
        pair(3, 4, 0.9),
        pair(3, 5, 0.9),
        pair(4, 5, 0.7),
    ];
    comparison(&pairs, &[])
}

#[test]
fn four_ways_to_cut_a_chain() {
    let found = chain_and_triangle();
    let labels = |way: Clustering| way.clusters(7, &found, 0.5);
    assert_eq!(labels(Clustering::Components), [0, 0, 0, 0, 0, 0, 6]);
    assert_eq!(labels(Clustering::CompleteLink), [0, 0, 2, 3, 3, 3, 6]);
    // Centres: 3 (three pairs), then 1 (the remaining two); 2 is nearer to 1.
    assert_eq!(labels(Clustering::Star), [0, 0, 0, 3, 3, 3, 6]);
    // 0 kept, 1 joins it, 2 has no pair with 0 and is kept, 3 joins 2, 4 and 5: no pair with 2, 5 joins 4.
    assert_eq!(labels(Clustering::Verified), [0, 0, 2, 2, 4, 4, 6]);
    assert_eq!(
        Clustering::Components.clusters(7, &found, 0.65),
        [0, 0, 0, 3, 3, 3, 6]
    );
}

#[test]
fn groups_count_as_one_and_above_one_nothing_counts() {
    let found = comparison(&[pair(2, 3, 0.5)], &[vec![0, 2, 4]]);
    assert_eq!(
        Clustering::Components.clusters(5, &found, 0.5),
        [0, 1, 0, 0, 0]
    );
    assert_eq!(
        Clustering::CompleteLink.clusters(5, &found, 0.5),
        [0, 1, 0, 3, 0]
    );
    assert_eq!(
        Clustering::Components.clusters(5, &found, 1.1),
        [0, 1, 2, 3, 4]
    );
}

#[test]
fn what_names_no_unit_is_ignored() {
    let found = comparison(&[pair(0, 9, 1.0), pair(1, 1, 1.0)], &[vec![0, 9]]);
    for way in Clustering::ALL {
        assert_eq!(way.clusters(2, &found, 0.5), [0, 1]);
        assert_eq!(way.name().parse::<Clustering>().unwrap(), *way);
    }
    assert!(
        "louvain"
            .parse::<Clustering>()
            .unwrap_err()
            .contains("complete-link")
    );
}

type Matrix = Vec<Vec<Option<f64>>>;

fn matrix(units: usize, found: &Comparison, threshold: f64) -> Matrix {
    let mut matrix = vec![vec![None; units]; units];
    let mut put = |a: u32, b: u32, similarity: f64| {
        for (a, b) in [(a as usize, b as usize), (b as usize, a as usize)] {
            if similarity >= threshold && matrix[a][b].is_none_or(|old: f64| old < similarity) {
                matrix[a][b] = Some(similarity);
            }
        }
    };
    for group in &found.groups {
        for &a in group {
            group
                .iter()
                .filter(|&&b| a != b)
                .for_each(|&b| put(a, b, 1.0));
        }
    }
    found
        .pairs
        .iter()
        .for_each(|pair| put(pair.a, pair.b, pair.similarity));
    matrix
}

fn relabel_until_still(matrix: &Matrix) -> Vec<u32> {
    let mut labels: Vec<u32> = (0..matrix.len() as u32).collect();
    loop {
        let before = labels.clone();
        for a in 0..matrix.len() {
            for b in 0..matrix.len() {
                if matrix[a][b].is_some() {
                    labels[a] = labels[a].min(labels[b]);
                }
            }
        }
        if labels == before {
            return labels;
        }
    }
}

/// Agglomerates the two clusters whose least similar pair is most similar; among equals the pair seen last decides, which is
/// the order in which the fast way completes them.
fn agglomerate(matrix: &Matrix) -> Vec<u32> {
    let mut clusters: Vec<Vec<usize>> = (0..matrix.len()).map(|unit| vec![unit]).collect();
    loop {
        let mut best: Option<(f64, (usize, usize), usize, usize)> = None;
        for x in 0..clusters.len() {
            for y in x + 1..clusters.len() {
                let mut last: Option<(f64, (usize, usize))> = None;
                let mut complete = true;
                for &a in &clusters[x] {
                    for &b in &clusters[y] {
                        let Some(similarity) = matrix[a][b] else {
                            complete = false;
                            continue;
                        };
                        let ends = (a.min(b), a.max(b));
                        if last.is_none_or(|(low, old)| {
                            similarity < low || (similarity == low && ends > old)
                        }) {
                            last = Some((similarity, ends));
                        }
                    }
                }
                let Some((low, ends)) = last.filter(|_| complete) else {
                    continue;
                };
                if best.is_none_or(|(high, old, ..)| low > high || (low == high && ends < old)) {
                    best = Some((low, ends, x, y));
                }
            }
        }
        let Some((_, _, x, y)) = best else { break };
        let gone = clusters.remove(y);
        clusters[x].extend(gone);
    }
    let mut labels = vec![0; matrix.len()];
    for cluster in &clusters {
        let smallest = *cluster.iter().min().unwrap() as u32;
        cluster.iter().for_each(|&unit| labels[unit] = smallest);
    }
    labels
}

fn most_similar(row: &[Option<f64>], chosen: &[bool]) -> Option<usize> {
    let mut best: Option<(f64, usize)> = None;
    for (other, similarity) in row.iter().enumerate() {
        if let Some(similarity) = similarity.filter(|_| chosen[other])
            && best.is_none_or(|(high, _)| similarity > high)
        {
            best = Some((similarity, other));
        }
    }
    best.map(|(_, other)| other)
}

fn stars(matrix: &Matrix) -> Vec<u32> {
    let units = matrix.len();
    let mut open: Vec<bool> = vec![true; units];
    let mut centre = vec![false; units];
    while open.iter().any(|&open| open) {
        let weight = |unit: usize| {
            let row: Vec<f64> = matrix[unit].iter().flatten().copied().collect();
            (row.len(), rounded(row.iter().sum::<f64>()))
        };
        let next = (0..units).filter(|&unit| open[unit]).reduce(|best, unit| {
            if weight(unit) > weight(best) {
                unit
            } else {
                best
            }
        });
        let next = next.unwrap();
        centre[next] = true;
        open[next] = false;
        (0..units)
            .filter(|&other| matrix[next][other].is_some())
            .for_each(|other| open[other] = false);
    }
    let mut labels: Vec<u32> =
        (0..units).map(|unit| if centre[unit] { unit } else { most_similar(&matrix[unit], &centre).unwrap() } as u32).collect();
    canonical(&mut labels);
    labels
}

fn leaders(matrix: &Matrix) -> Vec<u32> {
    let mut kept = vec![false; matrix.len()];
    let mut labels = Vec::new();
    for unit in 0..matrix.len() {
        let leader = most_similar(&matrix[unit], &kept);
        kept[unit] = leader.is_none();
        labels.push(leader.unwrap_or(unit) as u32);
    }
    labels
}

fn any_comparison() -> impl Strategy<Value = Comparison> {
    let pairs = prop::collection::btree_map((0u32..9, 0u32..9), 0u32..6, 0..24);
    let groups = prop_oneof![
        Just(Vec::new()),
        Just(vec![vec![1, 4]]),
        Just(vec![vec![0, 2, 5], vec![3, 8]]),
    ];
    (pairs, groups).prop_map(|(pairs, groups)| {
        let inside = |a: u32, b: u32| {
            groups
                .iter()
                .any(|group: &Vec<u32>| group.contains(&a) && group.contains(&b))
        };
        let pairs: Vec<ScoredPair> = pairs
            .into_iter()
            .filter(|&((a, b), _)| a < b && !inside(a, b))
            .map(|((a, b), tenth)| pair(a, b, f64::from(tenth) / 5.0))
            .collect();
        comparison(&pairs, &groups)
    })
}

proptest! {
    #[test]
    fn each_way_equals_its_twin(found in any_comparison(), threshold in 0u32..6) {
        let threshold = f64::from(threshold) / 5.0;
        let matrix = matrix(9, &found, threshold);
        prop_assert_eq!(Clustering::Components.clusters(9, &found, threshold), relabel_until_still(&matrix));
        prop_assert_eq!(Clustering::Star.clusters(9, &found, threshold), stars(&matrix));
        prop_assert_eq!(Clustering::Verified.clusters(9, &found, threshold), leaders(&matrix));
        if found.groups.is_empty() {
            prop_assert_eq!(Clustering::CompleteLink.clusters(9, &found, threshold), agglomerate(&matrix));
        }
    }

    #[test]
    fn labels_are_smallest_members_and_every_way_refines_components(found in any_comparison(), threshold in 0u32..6) {
        let threshold = f64::from(threshold) / 5.0;
        let matrix = matrix(9, &found, threshold);
        let components = Clustering::Components.clusters(9, &found, threshold);
        for way in Clustering::ALL {
            let labels = way.clusters(9, &found, threshold);
            for (unit, &label) in labels.iter().enumerate() {
                prop_assert!(label as usize <= unit && labels[label as usize] == label);
                prop_assert_eq!(components[label as usize], components[unit]);
                if *way == Clustering::Verified && label as usize != unit {
                    prop_assert!(matrix[unit][label as usize].is_some());
                }
                if *way == Clustering::CompleteLink {
                    for other in (0..9).filter(|&other| other != unit && labels[other] == label) {
                        prop_assert!(matrix[unit][other].is_some());
                    }
                }
            }
        }
    }
}
