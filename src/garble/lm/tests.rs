use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::estimate::{Estimator, discounts};
use super::*;

fn estimate(order: usize, sentences: &[&str]) -> Model {
    let mut estimator = Estimator::new(order);
    for sentence in sentences {
        estimator.add(sentence.split(' ').filter(|word| !word.is_empty()));
    }
    estimator.estimate().unwrap()
}

fn probability(model: &Model, context: &[&str], word: &str) -> f64 {
    let context: Vec<u32> = context.iter().map(|w| model.vocabulary.get(w)).collect();
    10_f64.powf(f64::from(
        model.log10(&context, model.vocabulary.get(word)).0,
    ))
}

/// Two sentences, "a b" and "a c", order 2. Bigrams: <s> a (2), a b (1), b </s> (1), a c (1), c </s> (1).
/// Adjusted unigram counts (symbols seen before): a 1, b 1, c 1, </s> 2; sum 5. Counts of counts are too thin, so the discounts are 0.5, 1, 1.5.
/// Unigrams: discounted mass 0.5 + 0.5 + 0.5 + 1 = 2.5, over 5 symbols (a, b, c, </s>, <unk>): 2.5 / 5 / 5 = 0.1 each.
/// p(a) = 0.5 / 5 + 0.1 = 0.2, p(</s>) = 1 / 5 + 0.1 = 0.3, p(<unk>) = 0.1. Bigrams: after `a` total 2, mass 1:
/// p(b | a) = 0.5 / 2 + 0.5 * 0.2 = 0.35; p(</s> | a) = 0.5 * 0.3 = 0.15. After `<s>`: (2 - 1) / 2 + 0.5 * 0.2 = 0.6.
#[test]
fn two_sentences_by_hand() {
    let model = estimate(2, &["a b", "a c"]);
    let near =
        |value: f64, expected: f64| assert!((value - expected).abs() < 1e-6, "{value} {expected}");
    near(probability(&model, &[], "a"), 0.2);
    near(probability(&model, &[], "</s>"), 0.3);
    near(probability(&model, &[], "zzz"), 0.1);
    near(probability(&model, &["a"], "b"), 0.35);
    near(probability(&model, &["a"], "</s>"), 0.15);
    near(probability(&model, &["<s>"], "a"), 0.6);
}

/// n1 = 4, n2 = 2, n3 = 1, n4 = 1: Y = 4 / 8 = 0.5; D1 = 1 - 2 * 0.5 * 2 / 4 = 0.5; D2 = 2 - 3 * 0.5 * 1 / 2 = 1.25;
/// D3+ = 3 - 4 * 0.5 * 1 / 1 = 1.
#[test]
fn discounts_by_hand() {
    let counts = [1, 1, 1, 1, 2, 2, 3, 4, 9];
    let grams: BTreeMap<Vec<u32>, u64> = counts
        .iter()
        .enumerate()
        .map(|(i, &c)| (vec![i as u32], c))
        .collect();
    assert_eq!(discounts(&grams), [0.5, 1.25, 1.0]);
    assert_eq!(discounts(&BTreeMap::new()), [0.5, 1.0, 1.5]);
}

#[test]
fn arpa_faults_name_the_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.arpa");
    for (text, expected) in [
        (
            "\\data\\\nngram 1=1\n\n\\1-grams:\n-1 a b c\n\\end\\\n",
            ":5: ",
        ),
        (
            "\\data\\\nngram 1=2\n\n\\1-grams:\n-1 a\n\\end\\\n",
            "2 n-grams of length 1 announced, 1 found",
        ),
        ("\\data\\\nngram 1=1\n\\2-grams:\n", "not the next one"),
        ("nothing", "no `\\end\\`"),
    ] {
        std::fs::write(&path, text).unwrap();
        let error = Model::from_arpa(&path).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

/// Kneser-Ney from its definition, by recursion over plain counts, with nothing shared with the estimator.
struct Slow {
    order: usize,
    counts: Vec<BTreeMap<Vec<String>, u64>>,
    words: usize,
}

impl Slow {
    fn new(order: usize, sentences: &[Vec<String>]) -> Self {
        let padded: Vec<Vec<String>> = sentences
            .iter()
            .map(|s| {
                let mut all = vec!["<s>".to_owned()];
                all.extend(s.iter().cloned());
                all.push("</s>".to_owned());
                all
            })
            .collect();
        let raw = |n: usize| {
            let mut counts: BTreeMap<Vec<String>, u64> = BTreeMap::new();
            for window in padded.iter().flat_map(|s| s.windows(n)) {
                *counts.entry(window.to_vec()).or_default() += 1;
            }
            counts
        };
        let counts = (1..=order)
            .map(|n| {
                let mut these = raw(n);
                these.remove(&vec!["<s>".to_owned()]);
                if n < order {
                    for (gram, count) in &mut these {
                        if gram[0] != "<s>" {
                            let left: BTreeSet<String> = raw(n + 1)
                                .into_keys()
                                .filter(|longer| longer[1..] == gram[..])
                                .map(|longer| longer[0].clone())
                                .collect();
                            *count = left.len() as u64;
                        }
                    }
                }
                these
            })
            .collect();
        let words: BTreeSet<&String> = padded.iter().flatten().filter(|w| *w != "<s>").collect();
        Self {
            order,
            counts,
            words: words.len() + 1,
        }
    }

    fn probability(&self, context: &[String], word: &str) -> f64 {
        let context = &context[context.len().saturating_sub(self.order - 1)..];
        let n = context.len() + 1;
        let grams = &self.counts[n - 1];
        let numbered: BTreeMap<Vec<u32>, u64> = grams
            .values()
            .enumerate()
            .map(|(i, &c)| (vec![i as u32], c))
            .collect();
        let d = discounts(&numbered);
        let d = |count: u64| d[(count.min(3) - 1) as usize];
        let after: Vec<(&Vec<String>, &u64)> = grams
            .iter()
            .filter(|(gram, _)| gram[..n - 1] == *context)
            .collect();
        let lower = if n == 1 {
            1.0 / self.words as f64
        } else {
            self.probability(&context[1..], word)
        };
        let total: u64 = after.iter().map(|(_, c)| **c).sum();
        if total == 0 {
            return lower;
        }
        let mass: f64 = after.iter().map(|(_, c)| d(**c)).sum();
        let own = after
            .iter()
            .find(|(gram, _)| gram[n - 1] == word)
            .map_or(0.0, |(_, c)| **c as f64 - d(**c));
        own / total as f64 + mass / total as f64 * lower
    }
}

proptest! {
    #[test]
    fn probabilities_are_those_of_the_definition(
        sentences in prop::collection::vec(prop::collection::vec("[abcd]", 1..8), 1..12),
        context in prop::collection::vec("[abcdx]", 0..4),
        word in "[abcdx]",
        order in 1_usize..5,
    ) {
        let lines: Vec<String> = sentences.iter().map(|s| s.join(" ")).collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let model = estimate(order, &lines);
        let slow = Slow::new(order, &sentences);
        let plain: Vec<&str> = context.iter().map(String::as_str).collect();
        let (fast, expected) = (probability(&model, &plain, &word), slow.probability(&context, &word));
        prop_assert!((fast - expected).abs() < 1e-5, "{} {}", fast, expected);
    }

    /// After any context the probabilities of all symbols but `<s>` sum to one.
    #[test]
    fn probabilities_sum_to_one(sentences in prop::collection::vec("[abc]( [abc]){0,6}", 1..8), context in prop::collection::vec("[abcx]", 0..3)) {
        let lines: Vec<&str> = sentences.iter().map(String::as_str).collect();
        let model = estimate(3, &lines);
        let context: Vec<u32> = context.iter().map(|w| model.vocabulary.get(w)).collect();
        let sum: f64 = (0..model.vocabulary.len() as u32)
            .filter(|&symbol| symbol != START)
            .map(|symbol| 10_f64.powf(f64::from(model.log10(&context, symbol).0)))
            .sum();
        prop_assert!((sum - 1.0).abs() < 1e-4, "{}", sum);
    }

    /// What is written as ARPA reads back with the same probabilities.
    #[test]
    fn arpa_goes_round(sentences in prop::collection::vec("[abc]( [abc]){0,6}", 1..6)) {
        let lines: Vec<&str> = sentences.iter().map(String::as_str).collect();
        let model = estimate(3, &lines);
        let size = model.vocabulary.len() as u32;
        let mut ngrams: Vec<Vec<u32>> = (0..size).map(|a| vec![a]).collect();
        ngrams.extend((0..size).flat_map(|a| (0..size).map(move |b| vec![a, b])).filter(|n| model.entry(n).is_some()).collect::<Vec<_>>());
        let triples: Vec<Vec<u32>> = (0..size * size * size).map(|i| vec![i / size / size, i / size % size, i % size]).collect();
        ngrams.extend(triples.into_iter().filter(|n| model.entry(n).is_some()));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.arpa");
        std::fs::write(&path, model.to_arpa(&ngrams)).unwrap();
        let back = Model::from_arpa(&path).unwrap();
        for ngram in &ngrams {
            prop_assert_eq!(model.entry(ngram), back.entry(ngram));
        }
    }
}
