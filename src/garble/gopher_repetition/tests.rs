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
    let mut growing = ngrams.growing();
    assert_eq!(growing.top(2, true), Some((2, 3)));
    assert_eq!(growing.top(2, false), Some((2, 2)));
    assert_eq!(growing.top(5, false), Some((1, 5)));
    assert_eq!(growing.top(6, false), None);
    // Five words, a sixth other, the same five: one repeat of five characters.
    let ngrams = Ngrams::of("a b c d e x a b c d e", Words::Whitespace);
    let mut growing = ngrams.growing();
    assert_eq!(growing.skipping(5), 5);
    assert_eq!(growing.covered(5), 5 + 4);
    assert_eq!(growing.skipping(6), 0);
    assert!((ngrams.growing().mass(5) - 10.0 / 35.0).abs() < 1e-12);
    // `a b a b a b`: the 2-gram at word 2 was seen (2 letters, 1 space), that at 3 shares a word with it (1 letter, 1 space), and so on: 3 + 2 + 2.
    let ngrams = Ngrams::of("a b a b a b", Words::Whitespace);
    assert_eq!(ngrams.growing().covered(2), 7);
    assert_eq!(ngrams.growing().skipping(2), 4);
}

/// Three lines `x`, one `yy`, two blank ones and the empty end, seven pieces: of `x` two came later and three are every occurrence,
/// and of the empty ones too.
#[test]
fn lines_by_hand() {
    let text = "x\nyy\nx\n\n\nx\n";
    let part = |pieces, characters| Part { pieces, characters };
    let found = Repeats::of(text.split('\n'));
    assert_eq!(
        (found.all, found.later, found.every),
        (part(7, 5), part(4, 2), part(6, 3))
    );
    let found = Repeats::of(text.split('\n').filter(|line| !blank(line)));
    assert_eq!((found.all, found.later), (part(4, 5), part(2, 2)));
}

/// Where the implementations part: each text is dropped by some of them only.
#[test]
fn implementations_differ_where_the_manual_says() {
    let cause = |source, text: &str| {
        let rules = GopherRepetition {
            source,
            words: Words::Whitespace,
            ..GopherRepetition::default()
        };
        rules.judge(text).cause()
    };
    let line = |name: &str| -> String { (0..12).map(|n| format!("{name}{n} ")).collect() };
    let lines = |names: &[&str], gap: &str| -> String {
        names.iter().map(|name| line(name) + gap).collect()
    };
    // Two of ten lines say the same: one in ten came before, two in ten are every occurrence, and so are their characters.
    let text = lines(&["a", "b", "c", "d", "e", "f", "g", "h", "i", "a"], "\n");
    assert_eq!(cause(Source::Datatrove, &text), None);
    assert_eq!(cause(Source::Dolma, &text), Some("line-characters"));
    assert_eq!(cause(Source::Nemo, &text), None);
    // Blank lines repeat each other only for Dolma.
    let text = lines(&["a", "b", "c", "d", "e", "f"], "\n\n");
    assert_eq!(cause(Source::Datatrove, &text), None);
    assert_eq!(cause(Source::Dolma, &text), Some("lines"));
    assert_eq!(cause(Source::Nemo, &text), None);
    // 36 of 300 words are said again. Jumping past them finds at most 36 words of 78 letters among 950 characters, 0.08; every occurrence
    // is 64 of 296 5-grams, 0.22; and 78 letters with 35 spaces are 0.119, which is above 0.11 but not above 0.12.
    let text = lines(
        &[
            "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q",
            "r", "s", "t", "u", "v", "a", "b", "c",
        ],
        "",
    );
    assert_eq!(cause(Source::Datatrove, &text), None);
    assert_eq!(cause(Source::Dolma, &text), Some("repeated-5-grams"));
    assert_eq!(cause(Source::Nemo, &text), Some("repeated-9-grams"));
    // Too short for a 2-gram.
    assert_eq!(cause(Source::Datatrove, "word"), None);
    assert_eq!(cause(Source::Nemo, "word"), Some("top-2-gram"));
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

/// NeMo's loop as it stands there: the overlap runs down by one word at a time.
fn twin_covered(words: &[&str], n: usize) -> usize {
    let (mut seen, mut covered, mut overlap) = (HashSet::new(), 0, 0_usize);
    for gram in words.windows(n) {
        if !seen.insert(gram) {
            covered += gram[overlap..].iter().map(|w| w.len()).sum::<usize>();
            covered += (n - overlap).min(n - 1);
            overlap = n;
        }
        overlap = overlap.saturating_sub(1);
    }
    covered
}

proptest! {
    #[test]
    fn counts_are_those_of_the_twin(words in prop::collection::vec("[abc]{1,2}", 0..80)) {
        let text = words.join(" ");
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let ngrams = Ngrams::of(&text, Words::Whitespace);
        let mut growing = ngrams.growing();
        for n in 2..=4 {
            prop_assert_eq!(growing.top(n, true).map(|(count, length)| count as usize * length), twin_top(&words, n));
        }
        for n in 5..=10 {
            prop_assert_eq!(growing.skipping(n), twin_skipping(&words, n));
            prop_assert_eq!(growing.covered(n), twin_covered(&words, n));
        }
    }

    #[test]
    fn a_broken_rule_is_graded_at_least_one_half(text in "[ab \n]{0,80}") {
        let judge = GopherRepetition::default().judge(&text);
        prop_assert_eq!(judge.confidence() >= 0.5, judge.cause().is_some());
    }
}
