//! Every way to damage pairs lowers exactly the metrics that it should; other names and orders none.

use super::*;
use crate::test_gold::{
    assert_same_values, cluster_keys, cluster_metric_names, joined, keys, moved,
};

fn damage(change: impl Fn(&mut Vec<(u32, u32, f64)>)) -> Vec<String> {
    let gold = gold();
    let mut pairs = PERFECT.to_vec();
    change(&mut pairs);
    let names = cluster_metric_names();
    let all = |key: &str| watched(key) || names.iter().any(|name| name == key);
    moved(&scored(&PERFECT, &gold), &scored(&pairs, &gold), all)
}

fn completeness() -> Vec<String> {
    vec!["-pair_completeness".to_owned()]
}

const FEWER: &str = "average_precision best_f1 f1 mcc recall";
const MORE: &str = "average_precision best_f1 f1 mcc precision";
const SPLIT: &str =
    "pairwise_precision muc_precision b_cubed_precision b_cubed_cluster_precision homogeneity";
const MERGED: &str =
    "pairwise_recall muc_recall b_cubed_recall b_cubed_cluster_recall completeness";

#[test]
fn each_mutant_lowers_exactly_what_it_should() {
    // A lost pair that the closure restores.
    assert_eq!(
        damage(|p| p.retain(|pair| *pair != PERFECT[0])),
        joined(&[keys("-", "pairs", FEWER), completeness()])
    );
    // A lost pair that the closure does not restore.
    assert_eq!(
        damage(|p| p.retain(|pair| *pair != PERFECT[2])),
        joined(&[
            keys("-", "pairs", FEWER),
            keys("-", "closure", "f1 mcc recall"),
            completeness(),
            cluster_keys(SPLIT, ""),
        ])
    );
    // Both links of one member: a group taken for two.
    assert_eq!(
        damage(|p| p.retain(|pair| pair.1 != 6)),
        joined(&[
            keys("-", "pairs", FEWER),
            keys("-", "closure", "f1 mcc recall"),
            completeness(),
            cluster_keys(SPLIT, ""),
        ])
    );
    // A pair that fell below the threshold: the ranking does not mind.
    assert_eq!(
        damage(|p| p[2].2 = 0.4),
        joined(&[
            keys("-", "pairs", "f1 mcc recall"),
            keys("-", "closure", "f1 mcc recall"),
            cluster_keys(SPLIT, ""),
        ])
    );
    // A wrong pair above all others; it also joins a lone segment to a group of three.
    assert_eq!(
        damage(|p| p.push((3, 7, 0.95))),
        joined(&[
            keys("-", "pairs", MORE),
            keys("-", "closure", "f1 mcc precision"),
            cluster_keys(MERGED, ""),
        ])
    );
    // A wrong pair below all others, with boilerplate: neither the ranking nor the clusters mind.
    assert_eq!(
        damage(|p| p.push((5, 7, 0.55))),
        joined(&[
            keys("-", "pairs", "f1 mcc precision"),
            keys("-", "closure", "f1 mcc precision"),
        ])
    );
    // The wrong partner: a miss and an invention.
    assert_eq!(
        damage(|p| p[2] = (1, 8, 0.7)),
        joined(&[
            keys(
                "-",
                "pairs",
                "average_precision best_f1 f1 mcc precision recall"
            ),
            keys("-", "closure", "f1 mcc precision recall"),
            completeness(),
            cluster_keys("", ""),
        ])
    );
    // One false pair joins two copy groups: cheap in pairs, dear in the closure.
    assert_eq!(
        damage(|p| p.push((1, 3, 0.9))),
        joined(&[
            keys("-", "pairs", MORE),
            keys("-", "closure", "f1 mcc precision"),
            cluster_keys(&format!("{MERGED} lea_recall"), ""),
        ])
    );
    let merged = scored(&[&PERFECT[..], &[(1, 3, 0.9)]].concat(), &gold());
    assert_eq!(value(&merged, "pairs/precision"), Some(0.8));
    // Four right, four wrong ones across documents; pairs inside a document are ignored.
    assert_eq!(value(&merged, "closure/precision"), Some(0.5));
    assert_eq!(value(&merged, "over_merges"), Some(1.0));
    // All in one group, by a star.
    assert_eq!(
        damage(|p| *p = (1..9).map(|unit| (0, unit, 1.0)).collect()),
        joined(&[
            keys(
                "-",
                "pairs",
                "average_precision best_f1 f1 mcc precision recall"
            ),
            keys("-", "closure", "f1 precision"),
            // No true negative is left.
            keys("?", "closure", "mcc"),
            completeness(),
            cluster_keys(MERGED, ""),
        ])
    );
    // Nothing: all apart.
    assert_eq!(
        damage(Vec::clear),
        joined(&[
            keys("-", "pairs", "average_precision f1 recall"),
            keys("?", "pairs", "best_f1 mcc precision"),
            keys("-", "closure", "f1 recall"),
            keys("?", "closure", "mcc precision"),
            completeness(),
            cluster_keys(
                "b_cubed_precision b_cubed_cluster_precision homogeneity",
                "pairwise_precision muc_precision"
            ),
        ])
    );
}

#[test]
fn documents_in_another_order_change_no_figure_over_all() {
    let gold = gold();
    // Document d becomes 2 - d; the segments keep their places in it.
    let moved_to = |segment: usize| (2 - segment / 3) * 3 + segment % 3;
    let mut other = gold.clone();
    for groups in [&mut other.copy_groups, &mut other.boilerplate_groups] {
        groups
            .iter_mut()
            .flatten()
            .for_each(|m| m.segment = moved_to(m.segment));
    }
    for fact in other.same_fact.iter_mut().flatten() {
        (fact.a, fact.b) = (moved_to(fact.a), moved_to(fact.b));
    }
    let pairs = [&PERFECT[1..], &[(1, 7, 0.9), (2, 8, 0.65)]].concat();
    let renamed: Vec<(u32, u32, f64)> = pairs
        .iter()
        .map(|&(a, b, s)| (moved_to(a as usize) as u32, moved_to(b as usize) as u32, s))
        .collect();
    assert_same_values(&scored(&pairs, &gold), &scored(&renamed, &other));
}

#[test]
fn an_empty_document_changes_no_pair() {
    let gold = gold();
    let pairs = [&PERFECT[1..], &[(1, 7, 0.9)]].concat();
    let mut more = gold.clone();
    more.corpus = test_gold::gold(&["a b c", "a b c", "a b c", ""]).corpus;
    more.stories.push("story".to_owned());
    assert_eq!(scored(&pairs, &gold), scored(&pairs, &more));
}

#[test]
fn permutations_duplicates_and_self_pairs_change_nothing() {
    let gold = gold();
    let before = scored(&PERFECT, &gold);
    let mut other: Vec<(u32, u32, f64)> =
        PERFECT.iter().rev().map(|&(a, b, s)| (b, a, s)).collect();
    other.extend([(0, 3, 0.2), (4, 4, 1.0), (6, 0, 0.8), (2, 40, 1.0)]);
    assert_eq!(before.outcomes, scored(&other, &gold).outcomes);
    assert_eq!(before.measures, scored(&other, &gold).measures);
}
