//! Scoring mistakes of other dedup tools, one test each: what the mistake is, and that karat does not make it.

use std::collections::BTreeMap;
use std::path::Path;

use crate::config::Config;
use crate::dedup::cluster::Clustering;
use crate::dedup::score::score;
use crate::dedup::{Comparison, ScoredPair};
use crate::entity::score::mentions;
use crate::garble::{Granularity, score::score as score_garble};
use crate::gold;
use crate::label::Gold;
use crate::metrics::clusters::cluster_metrics;
use crate::registry::Registry;
use crate::task::{Level, Scored};
use crate::test_gold::{self, garble, member, mention, predicted, value, with_segments};

/// One segment in each of so many documents; copy groups as given.
fn gold_of(segments: usize, groups: &[&[usize]]) -> Gold {
    let spans: Vec<(usize, usize, usize)> = (0..segments).map(|n| (n, 0, 1)).collect();
    let mut gold = with_segments(test_gold::gold(&vec!["x"; segments]), &spans);
    let members = groups.iter().enumerate().flat_map(|(group, segments)| {
        let name = format!("g{group}");
        segments.iter().map(move |&segment| member(&name, segment))
    });
    gold.copy_groups = Some(members.collect());
    gold
}

fn comparison(pairs: &[(u32, u32, f64)]) -> Comparison {
    let pair = |&(a, b, similarity): &(u32, u32, f64)| ScoredPair { a, b, similarity };
    Comparison {
        pairs: pairs.iter().map(pair).collect(),
        ..Comparison::default()
    }
}

fn scored(pairs: &[(u32, u32, f64)], gold: &Gold) -> Scored {
    let clustering = Clustering::Components;
    score(Level::Segment, &comparison(pairs), 0.5, clustering, gold)
}

#[test]
fn text_dedup_calls_macro_precision_macro_f1() {
    // Type A: P 1, R 1/2, F1 2/3. Type B: P 1, R 1, F1 1.
    let mut gold = test_gold::gold(&["aa bb cc"]);
    gold.mentions = Some(vec![
        mention(0, 0, 2, "A"),
        mention(0, 3, 5, "A"),
        mention(0, 6, 8, "B"),
    ]);
    let found = [mention(0, 0, 2, "A"), mention(0, 6, 8, "B")].map(|m| predicted(&m));
    let scored = mentions(&found, &gold);
    assert_eq!(value(&scored, "strict/macro_precision"), Some(1.0));
    assert_eq!(
        value(&scored, "strict/macro_f1"),
        Some((2.0 / 3.0 + 1.0) / 2.0)
    );
}

#[test]
fn text_dedup_counts_a_gold_set_inside_a_larger_prediction_as_found() {
    // Every two gold groups of two merged: its P, R and "F1" are 1.
    let gold = gold_of(8, &[&[0, 1], &[2, 3], &[4, 5], &[6, 7]]);
    let merged: Vec<(u32, u32, f64)> = [(0, 1), (1, 2), (2, 3), (4, 5), (5, 6), (6, 7)]
        .map(|(a, b)| (a, b, 1.0))
        .to_vec();
    let scored = scored(&merged, &gold);
    assert_eq!(value(&scored, "closure/precision"), Some(1.0 / 3.0));
    assert_eq!(value(&scored, "closure/recall"), Some(1.0));
    assert_eq!(value(&scored, "closure/f1"), Some(0.5));
    assert_eq!(value(&scored, "over_merges"), Some(2.0));
    assert_eq!(value(&scored, "exact_clusters"), Some(0.0));
}

#[test]
fn text_dedup_counts_a_set_found_in_part_as_a_false_positive() {
    // Groups of three of which two are found, no wrong pair: its P and R are 0.
    let gold = gold_of(6, &[&[0, 1, 2], &[3, 4, 5]]);
    let scored = scored(&[(0, 1, 1.0), (3, 4, 1.0)], &gold);
    for rule in ["pairs", "closure"] {
        assert_eq!(value(&scored, &format!("{rule}/precision")), Some(1.0));
        assert_eq!(value(&scored, &format!("{rule}/recall")), Some(1.0 / 3.0));
    }
    assert_eq!(value(&scored, "under_merges"), Some(2.0));
}

#[test]
fn text_dedup_and_gaoya_give_an_empty_prediction_precision_0_or_recall_1() {
    let gold = gold_of(4, &[&[0, 1]]);
    let mut spans = test_gold::gold(&["aa bb"]);
    spans.mentions = Some(vec![mention(0, 0, 2, "A")]);
    spans.garbles = Some(vec![garble(0, 0, 2, "token", "minor")]);
    let garbles = score_garble(Level::Span, Granularity::Span, &[], 0.5, &spans);
    for (scored, rules) in [
        (scored(&[], &gold), "pairs closure"),
        (
            mentions(&[], &spans),
            "strict exact partial type unique-surface",
        ),
        (garbles, "overlap exact character"),
    ] {
        for rule in rules.split(' ') {
            assert_eq!(value(&scored, &format!("{rule}/precision")), None, "{rule}");
            assert_eq!(
                value(&scored, &format!("{rule}/recall")),
                Some(0.0),
                "{rule}"
            );
            assert_eq!(value(&scored, &format!("{rule}/f1")), Some(0.0), "{rule}");
        }
    }
    // Without gold it is the recall that is undefined.
    let nothing = scored(&[(0, 1, 1.0)], &gold_of(4, &[]));
    assert_eq!(value(&nothing, "pairs/precision"), Some(0.0));
    assert_eq!(value(&nothing, "pairs/recall"), None);
}

#[test]
fn text_dedup_puts_verified_pairs_back_into_the_cluster_that_verification_should_split() {
    // 0-1 and 1-2 hold, 0-2 was compared and refused.
    let gold = gold_of(3, &[&[0, 1]]);
    let chain = comparison(&[(0, 1, 0.9), (0, 2, 0.1), (1, 2, 0.6)]);
    let precision = |clustering| {
        let scored = score(Level::Segment, &chain, 0.5, clustering, &gold);
        value(&scored, "closure/precision")
    };
    assert_eq!(precision(Clustering::Components), Some(1.0 / 3.0));
    assert_eq!(precision(Clustering::CompleteLink), Some(1.0));
}

#[test]
fn news_copy_emits_self_pairs_and_both_directions() {
    let gold = gold_of(4, &[&[0, 1], &[2, 3]]);
    let doubled = scored(&[(0, 1, 0.9), (1, 0, 0.9), (0, 0, 1.0), (3, 3, 1.0)], &gold);
    assert_eq!(value(&doubled, "pairs/precision"), Some(1.0));
    assert_eq!(value(&doubled, "pairs/recall"), Some(0.5));
    assert_eq!(doubled, scored(&[(0, 1, 0.9)], &gold));
}

#[test]
fn rensa_and_lshbloom_call_agreement_with_another_approximate_tool_accuracy() {
    // Two tools agree on every pair, and every pair is wrong: quality is measured against labels only.
    let gold = gold_of(6, &[&[0, 1], &[2, 3]]);
    let (one, other) = ([(0, 4, 0.9), (1, 5, 0.8)], [(1, 5, 0.7), (0, 4, 0.6)]);
    for tool in [&one, &other] {
        let scored = scored(tool, &gold);
        assert_eq!(value(&scored, "pairs/precision"), Some(0.0));
        assert_eq!(value(&scored, "pairs/recall"), Some(0.0));
    }
}

#[test]
fn minhash_tools_report_one_seed_and_no_variance() {
    // The committed report: what draws hash functions has the spread over its seeds beside it.
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut reader = csv::Reader::from_path(root.join("reports/quality.csv")).unwrap();
    let mut metrics: BTreeMap<[String; 4], Vec<String>> = BTreeMap::new();
    for row in reader.deserialize::<BTreeMap<String, String>>() {
        let row = row.unwrap();
        if row["algorithm"] == "minhash" && row["slice"] == "all" && row["status"] == "ok" {
            let key = ["dataset", "level", "params", "match_rule"].map(|name| row[name].clone());
            metrics.entry(key).or_default().push(row["metric"].clone());
        }
    }
    assert!(!metrics.is_empty(), "no minhash in the committed report");
    let mut checked = 0;
    for (key, names) in metrics.iter().filter(|(key, _)| key[3] == "pairs") {
        for metric in ["recall", "f1", "average_precision"] {
            for part in ["min", "mean", "max", "sd"] {
                let name = format!("{metric}_{part}");
                assert!(names.contains(&name), "{key:?} has no {name}");
                checked += 1;
            }
        }
    }
    assert!(checked > 0, "no pairs of minhash in the committed report");
}

#[test]
fn semhash_curator_and_data_juicer_let_the_share_removed_stand_for_quality() {
    // Both remove two of six units; one is right and one is wrong.
    let gold = gold_of(6, &[&[0, 1], &[2, 3]]);
    let right = scored(&[(0, 1, 0.9), (2, 3, 0.9)], &gold);
    let wrong = scored(&[(0, 4, 0.9), (1, 5, 0.9)], &gold);
    for metric in ["precision", "recall", "f1", "average_precision"] {
        let key = format!("pairs/{metric}");
        assert_eq!(
            (value(&right, &key), value(&wrong, &key)),
            (Some(1.0), Some(0.0)),
            "{metric}"
        );
    }
}

#[test]
fn news_copy_reports_one_ari_that_hides_over_and_under_merging() {
    // All in one and all apart have the same ARI.
    let key = [0, 0, 1, 1].map(Some);
    let merged = cluster_metrics(&key, &[7; 4].map(Some));
    let apart = cluster_metrics(&key, &[0, 1, 2, 3].map(Some));
    assert_eq!(merged.adjusted_rand, Some(0.0));
    assert_eq!(apart.adjusted_rand, Some(0.0));
    assert_eq!((merged.over_merges, merged.under_merges), (1, 0));
    assert_eq!((apart.over_merges, apart.under_merges), (0, 2));
    assert!(merged.b_cubed.precision.value() < merged.b_cubed.recall.value());
    assert!(apart.b_cubed.precision.value() > apart.b_cubed.recall.value());
}

#[test]
fn goldenmatch_injects_paraphrases_that_lowercasing_undoes() {
    // The committed gold was read, not injected: hardly any of its copies is the same text but for case and signs, or but for the
    // order of its letters (adjacent swaps).
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let gold = gold::load(&root.join("gold/embassy")).unwrap();
    let segments = gold.segments.as_deref().unwrap();
    let folded = |segment: usize| -> String {
        let place = &segments[segment];
        let text = place
            .span
            .text(&gold.corpus.documents[place.document].text)
            .unwrap();
        text.chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect()
    };
    let letters = |text: &str| {
        let mut letters: Vec<char> = text.chars().collect();
        letters.sort_unstable();
        letters
    };
    let members = gold.copy_groups.as_deref().unwrap();
    let (mut pairs, mut same, mut swapped) = (0, 0, 0);
    for (at, a) in members.iter().enumerate() {
        for b in members[at + 1..].iter().filter(|b| b.group == a.group) {
            let (one, other) = (folded(a.segment), folded(b.segment));
            pairs += 1;
            same += u32::from(one == other);
            swapped += u32::from(one != other && letters(&one) == letters(&other));
        }
    }
    assert!(pairs > 20, "{pairs} copies");
    assert!(
        same * 2 < pairs,
        "{same} of {pairs} copies are equal but for case and signs"
    );
    assert_eq!(swapped, 0);
}

#[test]
fn text_dedup_sets_other_parameters_for_each_test_set() {
    // A variant has one set of parameters for all datasets; a variant for one dataset cannot be written down.
    let parse = |more: &str| {
        let text = format!("[[variant]]\ntask = \"dedup\"\nalgorithm = \"jaccard\"\n{more}");
        Config::parse(&text, Path::new("karat.toml"), &Registry::builtin())
    };
    assert!(parse("").is_ok());
    for more in [
        "dataset = \"embassy\"\n",
        "[variant.embassy]\nthreshold = 0.3\n",
    ] {
        assert!(parse(more).is_err(), "{more}");
    }
}
