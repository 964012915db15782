//! Ranking: places, ties, groups, frontiers, and variants without a value.

use super::super::rank::{Cell, Ranked, rank};
use super::*;

#[test]
fn variants_rank_with_ties_groups_and_frontiers() {
    let all = [
        ("a", "tttt", 10, 50),
        ("b", "tttn", 5, 60),
        ("c", "tnnn", 20, 40),
        ("d", "tttn", 40, 60),
    ];
    let mut joined = Reports::default();
    for (variant, verdicts, ms, mib) in all {
        let one = reports(variant, &[verdicts; 8]);
        joined.quality.extend(one.quality);
        joined.outcomes.extend(one.outcomes);
        joined
            .throughput
            .entry("cpu".into())
            .or_default()
            .push(throughput(variant, ms * 1_000_000, mib << 20));
    }
    let cell = Cell {
        task: "dedup".into(),
        level: "segment".into(),
        match_rule: "pairs".into(),
        metric: "recall".into(),
        slice: "all".into(),
    };
    let (ranked, note) = rank(&joined, &cell, &Options::default());
    let seen: Vec<(usize, &str, &str)> = ranked
        .iter()
        .map(|r| (r.rank, r.group.as_str(), r.variant.as_str()))
        .collect();
    assert_eq!(
        seen,
        [(1, "A", "a"), (2, "B", "b"), (2, "B", "d"), (4, "C", "c")]
    );
    assert!(note.contains("8 stories"), "{note}");
    // a is best; b is worse but faster; d is slower than a and c worse than both: neither is on the frontier.
    assert_eq!(
        ranked
            .iter()
            .map(|r| r.frontier_throughput)
            .collect::<Vec<_>>(),
        [true, true, false, false]
    );
    assert_eq!(
        ranked.iter().map(|r| r.frontier_memory).collect::<Vec<_>>(),
        [true, false, false, true]
    );
    joined.quality.retain(|row| row.metric == "recall");
    for row in joined.outcomes.iter_mut() {
        row.story = "one".into();
    }
    let (ranked, note) = rank(&joined, &cell, &Options::default());
    assert!(
        ranked.iter().all(|r| r.group.is_empty()) && note.starts_with("no inference"),
        "{note}"
    );
}

#[test]
fn where_less_is_better_the_lowest_leads_and_nothing_vanishes() {
    let mut joined = Reports::default();
    for (variant, merges) in [("a", Some(3.0)), ("b", Some(1.0)), ("c", None)] {
        joined.quality.push(quality(variant, "over_merges", merges));
        joined
            .throughput
            .entry("cpu".into())
            .or_default()
            .push(throughput(variant, 10_000_000, 50 << 20));
    }
    let mut failed = quality("d", "", None);
    failed.status = "timeout".into();
    joined.quality.push(failed);
    let cell = Cell {
        task: "dedup".into(),
        level: "segment".into(),
        match_rule: String::new(),
        metric: "over_merges".into(),
        slice: "all".into(),
    };
    let (ranked, note) = rank(&joined, &cell, &Options::default());
    let order: Vec<&str> = ranked.iter().map(|r| r.variant.as_str()).collect();
    assert_eq!(order, ["b", "a"]);
    let on_frontier = |r: &Ranked| r.frontier_throughput;
    assert!(on_frontier(&ranked[0]) && !on_frontier(&ranked[1]));
    assert!(
        note.ends_with("; not ranked: c (undefined), d (timeout)"),
        "{note}"
    );
}
