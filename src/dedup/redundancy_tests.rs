use proptest::prelude::*;

use super::*;
use crate::dedup::distinct::units;

const REQUEST: Request = Request {
    level: Level::Redundancy,
    seed: 0,
    floor: 0.0,
};
const LONG: &str = "The governor opened the new bridge on Monday. Crowds lined both banks of the river. The work took 7 years.";

fn redundant(by: By, texts: &[&str]) -> Vec<(u32, u32)> {
    let algorithm = Redundancy {
        by,
        ..Redundancy::default()
    };
    let comparison = algorithm.compare(&units(texts), &REQUEST);
    spelled_out(&comparison)
        .into_iter()
        .filter(|pair| pair.similarity >= 1.0)
        .map(|pair| (pair.a, pair.b))
        .collect()
}

/// All ordered pairs, those within a group of equal texts included.
fn spelled_out(comparison: &Comparison) -> Vec<ScoredPair> {
    let mut pairs = comparison.pairs.clone();
    for group in &comparison.groups {
        for &a in group {
            let others = group.iter().filter(|&&b| b != a);
            pairs.extend(others.map(|&b| ScoredPair {
                a,
                b,
                similarity: 1.0,
            }));
        }
    }
    crate::dedup::distinct::sort(&mut pairs);
    pairs
}

#[test]
fn an_injected_truncation_is_redundant_and_the_whole_is_not() {
    let cut = &LONG[..LONG.find(" The work").unwrap()];
    for by in [By::Grams, By::Aligned] {
        assert_eq!(redundant(by, &[LONG, cut]), [(1, 0)], "{by:?}");
        assert_eq!(redundant(by, &[cut, cut]), [(0, 1), (1, 0)], "{by:?}");
    }
}

#[test]
fn a_changed_number_a_new_sentence_or_another_name_is_a_loss() {
    let number = LONG.replace('7', "9");
    let sentence = format!("{LONG} Nobody was hurt.");
    let name = LONG.replace("governor", "minister");
    for by in [By::Grams, By::Aligned] {
        for changed in [&number, &name] {
            assert_eq!(redundant(by, &[LONG, changed]), [], "{by:?} {changed}");
        }
        assert_eq!(redundant(by, &[LONG, &sentence]), [(0, 1)], "{by:?}");
    }
}

#[test]
fn sentences_in_another_order_are_kept_for_alignment_and_lost_for_grams() {
    let turned = "Crowds lined both banks of the river. The governor opened the new bridge on Monday. The work took 7 years.";
    assert_eq!(redundant(By::Aligned, &[LONG, turned]), [(0, 1), (1, 0)]);
    assert_eq!(redundant(By::Grams, &[LONG, turned]), []);
}

#[test]
fn losses_by_hand() {
    // Grams of one word: the first says all 4 words of the second, the second 4 of the first's 6.
    let algorithm = Redundancy {
        size: 1,
        ..Redundancy::default()
    };
    let counters = algorithm
        .compare(&units(&["a b c d e f", "a b c d"]), &REQUEST)
        .counters;
    assert_eq!(counters["lost_tokens_keep_first"], 0);
    assert_eq!(counters["lost_tokens_keep_longer"], 0);
    assert_eq!(counters["lost_tokens_keep_shorter"], 2);
    assert_eq!(counters["lost_bytes_keep_shorter"], 4);
}

proptest! {
    #[test]
    fn grams_equal_the_naive_twin_and_every_prefix_is_redundant(words in prop::collection::vec("[a-e]", 3..12), cut in 1usize..12) {
        let whole = words.join(" ");
        let part = words[..cut.min(words.len())].join(" ");
        let algorithm = Redundancy { size: 2, ..Redundancy::default() };
        let comparison = algorithm.compare(&units(&[&whole, &part]), &REQUEST);
        let grams = |text: &str| -> BTreeSet<String> {
            let words: Vec<&str> = text.split(' ').collect();
            words.windows(2.min(words.len())).map(|gram| gram.join(" ")).collect()
        };
        for pair in &comparison.pairs {
            let text = |unit: u32| grams(if unit == 0 { &whole } else { &part });
            let (a, b) = (text(pair.a), text(pair.b));
            prop_assert_eq!(pair.similarity, a.intersection(&b).count() as f64 / a.len() as f64);
        }
        if cut > 1 {
            prop_assert!(spelled_out(&comparison).iter().any(|pair| (pair.a, pair.b) == (1, 0) && pair.similarity == 1.0));
        }
    }
}
