use std::collections::{HashMap, HashSet};

use proptest::prelude::*;

use super::*;

#[test]
fn every_kind_of_rule_can_be_broken() {
    let cause = |text: &str| GopherRepetition::default().judge(text).cause();
    let distinct: String = (0..200).map(|n| format!("w{n} ")).collect();
    assert_eq!(cause(&distinct), None);
    assert_eq!(cause(""), Some("empty"));
    assert_eq!(cause(&"one line\n\n".repeat(4)), Some("paragraphs"));
    assert_eq!(cause(&"one line\n".repeat(4)), Some("lines"));
    assert_eq!(cause(&"ab cd ".repeat(40)), Some("top-2-gram"));
    let part: String = (0..40).map(|n| format!("v{n} ")).collect();
    assert_eq!(cause(&format!("{distinct}{part}x {part}")), None);
    assert_eq!(cause(&format!("{part}x {part}")), Some("repeated-5-grams"));
}

/// "a b a b a": 2-grams ab, ba, ab, ba; the first of the commonest is `a b`, twice, 3 characters with its space.
#[test]
fn ngrams_by_hand() {
    let ngrams = Ngrams::of("a b a b a", Words::Whitespace);
    assert_eq!(ngrams.top(2, true), Some((2, 3)));
    assert_eq!(ngrams.top(2, false), Some((2, 2)));
    assert_eq!(ngrams.top(5, false), Some((1, 5)));
    assert_eq!(ngrams.top(6, false), None);
    // Five words, a sixth other, the same five: one repeat of five characters.
    let ngrams = Ngrams::of("a b c d e x a b c d e", Words::Whitespace);
    let mut repeats = ngrams.repeats();
    assert_eq!(repeats.skipping(5), 5);
    assert_eq!(repeats.skipping(6), 0);
    assert!((ngrams.repeats().mass(5) - 10.0 / 35.0).abs() < 1e-12);
}

#[test]
fn pieces_are_those_of_re_split() {
    let cut = |text, breaks| pieces(text, breaks).collect::<Vec<_>>();
    assert_eq!(cut("a\nb\n\n\nc\n", 2), ["a\nb", "c\n"]);
    assert_eq!(cut("a\nb\n\n\nc\n", 1), ["a", "b", "c", ""]);
    assert_eq!(cut("\n\na", 1), ["", "a"]);
}

fn twin_top(words: &[&str], n: usize) -> Option<usize> {
    let grams: Vec<String> = words.windows(n).map(|w| w.join(" ")).collect();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for gram in &grams {
        *counts.entry(gram).or_default() += 1;
    }
    let most = counts.values().max()?;
    let first = grams.iter().find(|gram| counts[gram.as_str()] == *most)?;
    Some(first.len() * most)
}

fn twin_skipping(words: &[&str], n: usize) -> usize {
    let (mut seen, mut repeated, mut at) = (HashSet::new(), 0, 0);
    while at + n <= words.len() {
        let gram = words[at..at + n].join("\u{0}");
        if seen.insert(gram) {
            at += 1;
        } else {
            repeated += words[at..at + n].iter().map(|w| w.len()).sum::<usize>();
            at += n;
        }
    }
    repeated
}

proptest! {
    #[test]
    fn counts_are_those_of_the_twin(words in prop::collection::vec("[abc]{1,2}", 0..80)) {
        let text = words.join(" ");
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let ngrams = Ngrams::of(&text, Words::Whitespace);
        for n in 2..=4 {
            prop_assert_eq!(ngrams.top(n, true).map(|(count, length)| count as usize * length), twin_top(&words, n));
        }
        let mut repeats = ngrams.repeats();
        for n in 5..=10 {
            prop_assert_eq!(repeats.skipping(n), twin_skipping(&words, n));
        }
    }

    #[test]
    fn a_broken_rule_is_graded_at_least_one_half(text in "[ab \n]{0,80}") {
        let judge = GopherRepetition::default().judge(&text);
        prop_assert_eq!(judge.confidence() >= 0.5, judge.cause().is_some());
    }
}
