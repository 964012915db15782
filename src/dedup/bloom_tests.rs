use std::collections::HashSet;

use proptest::prelude::*;

use super::*;
use crate::dedup::distinct::units;

fn request(level: Level) -> Request {
    Request {
        level,
        seed: 1,
        floor: 0.0,
    }
}

/// Two words per run, every paragraph counts, hardly any false positive.
fn small(by: By) -> Bloom {
    Bloom {
        ngram: 2,
        shortest: 2,
        by,
        false_positive_rate: 1e-9,
        ..Bloom::default()
    }
}

#[test]
fn by_hand_in_the_order_of_size() {
    let texts = [
        "red fox\nthe cow and the pig went by",
        "a b\nthe cow and the pig sat",
        "one two\nthe hen",
    ];
    // First comes the first text: runs red-fox, the-cow, cow-and, and-the, the-pig, pig-went, went-by. Of the second, a-b and
    // pig-sat are new, the-cow, cow-and, and-the and the-pig were seen: 4 of the 5 runs of its second paragraph, so 5 of 6.
    let comparison = small(By::Paragraphs).compare(&units(&texts), &request(Level::Document));
    assert_eq!(
        comparison.pairs,
        [ScoredPair {
            a: 0,
            b: 1,
            similarity: 5.0 / 6.0
        }]
    );
    assert_eq!(comparison.counters["candidates"], 1);
    assert_eq!(comparison.counters["shingles"], 7 + 6 + 2);
    // Across paragraphs the first has fox-the too, the second b-the: 4 of 7.
    let comparison = small(By::Document).compare(&units(&texts), &request(Level::Document));
    assert_eq!(comparison.pairs[0].similarity, 4.0 / 7.0);
    // A stricter paragraph is not seen.
    let strict = Bloom {
        paragraph_share: 0.9,
        ..small(By::Paragraphs)
    };
    let comparison = strict.compare(&units(&texts), &request(Level::Document));
    assert_eq!(comparison.pairs, []);
}

#[test]
fn copies_form_a_star_around_the_longest() {
    let texts = ["b c d e f", "a b c d e f", "b c d e"];
    let comparison = small(By::Document).compare(&units(&texts), &request(Level::Segment));
    let pairs: Vec<(u32, u32, f64)> = comparison
        .pairs
        .iter()
        .map(|pair| (pair.a, pair.b, pair.similarity))
        .collect();
    assert_eq!(pairs, [(0, 1, 1.0), (1, 2, 1.0)]);
}

#[test]
fn short_paragraphs_are_passed_over() {
    let texts = [
        "Share this\nabc def ghi jkl mno",
        "Share this\nvw xy z ab cd",
    ];
    let comparison = Bloom::default().compare(&units(&texts), &request(Level::Document));
    assert_eq!(comparison.pairs, []);
    let shorter = Bloom {
        shortest: 1,
        paragraph_share: 1.0,
        ..Bloom::default()
    };
    let comparison = shorter.compare(&units(&texts), &request(Level::Document));
    assert_eq!(comparison.pairs[0].similarity, 0.5);
}

#[test]
fn parameters_out_of_range_are_refused() {
    for (algorithm, part) in [
        (
            Bloom {
                ngram: 0,
                ..Bloom::default()
            },
            "ngram is 0",
        ),
        (
            Bloom {
                paragraph_share: 1.5,
                ..Bloom::default()
            },
            "paragraph_share is 1.5",
        ),
        (
            Bloom {
                false_positive_rate: 0.0,
                ..Bloom::default()
            },
            "false_positive_rate is 0",
        ),
    ] {
        assert!(algorithm.check().unwrap_err().contains(part));
    }
}

/// The paragraphs of a text as windows of words.
fn windows(text: &str, algorithm: &Bloom, whole: bool) -> Vec<Vec<String>> {
    let one = text.replace('\n', " ");
    let paragraphs: Vec<&str> = if whole {
        vec![&one]
    } else {
        text.lines().collect()
    };
    let words = paragraphs
        .into_iter()
        .map(|p| p.split_whitespace().collect());
    words
        .filter(|words: &Vec<&str>| words.len() >= algorithm.shortest)
        .map(|words| {
            let size = algorithm.ngram.min(words.len());
            words.windows(size).map(|window| window.join(" ")).collect()
        })
        .collect()
}

/// The obvious twin: exact sets of strings; who had a window first is found by asking one text after the other.
fn naive(texts: &[String], algorithm: &Bloom, level: Level) -> Vec<(u32, u32, f64)> {
    let whole = level == Level::Segment || algorithm.by == By::Document;
    let cut: Vec<Vec<Vec<String>>> = texts
        .iter()
        .map(|text| windows(text, algorithm, whole))
        .collect();
    let size = |text: usize| cut[text].iter().map(Vec::len).sum::<usize>();
    let mut order: Vec<usize> = (0..texts.len()).collect();
    order.sort_by(|&x, &y| size(y).cmp(&size(x)).then(texts[x].cmp(&texts[y])));
    let mut pairs = Vec::new();
    let mut before: HashSet<&String> = HashSet::new();
    for (place, &text) in order.iter().enumerate() {
        let mut counted = 0;
        let mut hits = Vec::new();
        for paragraph in &cut[text] {
            let seen: Vec<&String> = paragraph.iter().filter(|w| before.contains(w)).collect();
            if whole {
                counted += seen.len();
                hits.extend(seen);
            } else if seen.len() as f64 >= algorithm.paragraph_share * paragraph.len() as f64 {
                counted += paragraph.len();
                hits.extend(seen);
            }
        }
        let mut most = (0, 0);
        for (rank, &other) in order[..place].iter().enumerate() {
            let first = |window: &&&String| {
                let has = |text: usize| cut[text].iter().flatten().any(|w| w == **window);
                has(other) && !order[..rank].iter().any(|&earlier| has(earlier))
            };
            let count = hits.iter().filter(first).count();
            if count > most.0 {
                most = (count, other);
            }
        }
        if most.0 > 0 {
            let (a, b) = (text.min(most.1) as u32, text.max(most.1) as u32);
            pairs.push((a, b, counted as f64 / size(text) as f64));
        }
        before.extend(cut[text].iter().flatten());
    }
    pairs.sort_by_key(|pair| (pair.0, pair.1));
    pairs
}

fn prose() -> impl Strategy<Value = String> {
    "((a|b|c|d) ){1,6}(\n((a|b|c|d) ){1,6}){0,2}"
}

proptest! {
    #[test]
    fn equals_the_naive_twin(texts in prop::collection::hash_set(prose(), 0..7), paragraphs: bool, segment: bool, share in 0.1f64..1.0) {
        // One text per sequence of words: equal words are a group, which the twin does not know.
        let mut words = HashSet::new();
        let texts: Vec<String> = texts.into_iter().filter(|text| words.insert(text.split_whitespace().collect::<Vec<_>>().join(" "))).collect();
        let level = if segment { Level::Segment } else { Level::Document };
        let by = if paragraphs { By::Paragraphs } else { By::Document };
        let algorithm = Bloom { paragraph_share: share, ..small(by) };
        let comparison = algorithm.compare(&units(&texts.iter().map(String::as_str).collect::<Vec<_>>()), &request(level));
        let found: Vec<(u32, u32, f64)> = comparison.pairs.iter().map(|pair| (pair.a, pair.b, pair.similarity)).collect();
        prop_assert_eq!(found, naive(&texts, &algorithm, level));
    }

    /// A filter with many false positives sees more, never less.
    #[test]
    fn false_positives_only_add(texts in prop::collection::vec(prose(), 0..8)) {
        let shares = |rate: f64| -> Vec<f64> {
            let algorithm = small(By::Document);
            let mut seen = Seen::new(60, rate, 4);
            let mut buffers = Buffers::default();
            texts.iter().map(|text| algorithm.stream(text, Level::Document, &mut seen, &mut buffers)).collect()
        };
        for (exact, rough) in shares(1e-9).into_iter().zip(shares(0.4)) {
            prop_assert!(exact <= rough);
        }
    }

    /// A stream that brings the longest texts first gives each the similarity that the comparison gives.
    #[test]
    fn a_stream_in_that_order_gives_the_same_similarities(texts in prop::collection::hash_set("(a|b|c)( (a|b|c)){1,7}", 0..8)) {
        let mut texts: Vec<String> = texts.into_iter().collect();
        texts.sort_by(|x, y| y.len().cmp(&x.len()).then(x.cmp(y)));
        let algorithm = small(By::Document);
        let comparison = algorithm.compare(&units(&texts.iter().map(String::as_str).collect::<Vec<_>>()), &request(Level::Segment));
        let mut seen = Seen::new(100, 1e-9, 1);
        let mut buffers = Buffers::default();
        for (text, index) in texts.iter().zip(0u32..) {
            let share = algorithm.stream(text, Level::Segment, &mut seen, &mut buffers);
            let found = comparison.pairs.iter().find(|pair| pair.b == index).map_or(0.0, |pair| pair.similarity);
            prop_assert_eq!(share, found);
        }
    }
}
