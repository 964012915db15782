use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::estimate::{Estimator, discounts};
use super::*;

fn estimate(order: usize, sentences: &[&str]) -> Model {
    let mut estimator = Estimator::new(order);
    for sentence in sentences {
        estimator.add(sentence.split(' ').filter(|word| !word.is_empty()));
    }
    estimator.estimate().unwrap().model()
}

fn probability(model: &Model, context: &[&str], word: &str) -> f64 {
    let words = context.iter().chain([&word]);
    let symbols: Vec<u32> = words.map(|w| model.vocabulary.get(w)).collect();
    10_f64.powf(model.log10(&symbols).0)
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
    assert_eq!(discounts(counts.into_iter()), [0.5, 1.25, 1.0]);
    assert_eq!(discounts(std::iter::empty()), [0.5, 1.0, 1.5]);
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
        let d = discounts(grams.values().copied());
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
        prop_assert!((fast - expected).abs() < 1e-6, "{} {}", fast, expected);
    }

    /// In double precision every n-gram of the estimate has the probability of the definition, but for the last digits.
    #[test]
    fn estimates_are_those_of_the_definition(
        sentences in prop::collection::vec(prop::collection::vec("[abcd]", 1..8), 1..12),
        order in 1_usize..5,
    ) {
        let mut estimator = Estimator::new(order);
        for sentence in &sentences {
            estimator.add(sentence.iter().map(String::as_str));
        }
        let estimate = estimator.estimate().unwrap();
        let slow = Slow::new(order, &sentences);
        for ngram in &estimate.ngrams {
            let words: Vec<String> = ngram.symbols.iter().map(|&s| estimate.vocabulary.symbol(s).to_owned()).collect();
            let (word, context) = words.split_last().unwrap();
            if word != "<s>" {
                let expected = slow.probability(context, word);
                prop_assert!((10_f64.powf(ngram.probability) / expected - 1.0).abs() < 1e-12, "{:?}", words);
            }
        }
    }

    /// Keys that are packed and keys that are mixed give the same model.
    #[test]
    fn a_large_vocabulary_changes_nothing(sentences in prop::collection::vec("[abc]( [abc]){0,6}", 1..8), symbols in prop::collection::vec(0_u32..6, 1..6)) {
        // Ten symbols of 6 bits fit into a key, ten of 7 do not.
        let mut estimator = Estimator::new(10);
        for sentence in &sentences {
            estimator.add(sentence.split(' '));
        }
        let mut estimate = estimator.estimate().unwrap();
        let small = estimate.clone().model();
        let symbols: Vec<u32> = symbols.iter().map(|s| s % small.vocabulary.len() as u32).collect();
        for number in 0..64 {
            estimate.vocabulary.add(&format!("w{number}"));
        }
        prop_assert_eq!(estimate.model().log10(&symbols), small.log10(&symbols));
    }

    /// All symbols of a sentence at once have the probabilities that each has by itself, to the last bit, with packed and with mixed keys.
    #[test]
    fn all_at_once_is_one_by_one(sentences in prop::collection::vec("[abc]( [abc]){0,6}", 1..8), symbols in prop::collection::vec(0_u32..8, 0..12), order in 1_usize..5, large in any::<bool>()) {
        let mut estimator = Estimator::new(order);
        for sentence in &sentences {
            estimator.add(sentence.split(' '));
        }
        let mut estimate = estimator.estimate().unwrap();
        if large {
            // Symbols of 17 bits: four of them do not fit into a key.
            for number in 0..70_000 {
                estimate.vocabulary.add(&format!("w{number}"));
            }
        }
        let model = estimate.model();
        let symbols: Vec<u32> = symbols.iter().map(|s| s % model.vocabulary.len() as u32).collect();
        let expected: Vec<f64> = (2..=symbols.len()).map(|end| model.log10(&symbols[..end]).0).collect();
        let (mut buffers, mut all) = (Buffers::default(), vec![1.0]);
        model.log10_all(&symbols, &mut buffers, &mut all);
        prop_assert_eq!(&all[1..], expected.as_slice());
    }

    /// After any context the probabilities of all symbols but `<s>` sum to one.
    #[test]
    fn probabilities_sum_to_one(sentences in prop::collection::vec("[abc]( [abc]){0,6}", 1..8), context in prop::collection::vec("[abcx]", 0..3)) {
        let lines: Vec<&str> = sentences.iter().map(String::as_str).collect();
        let model = estimate(3, &lines);
        let mut symbols: Vec<u32> = context.iter().map(|w| model.vocabulary.get(w)).collect();
        symbols.push(0);
        let mut sum = 0.0;
        for symbol in (0..model.vocabulary.len() as u32).filter(|&symbol| symbol != START) {
            *symbols.last_mut().unwrap() = symbol;
            sum += 10_f64.powf(model.log10(&symbols).0);
        }
        prop_assert!((sum - 1.0).abs() < 1e-5, "{}", sum);
    }

    /// What is written as ARPA reads back with the same probabilities.
    #[test]
    fn arpa_goes_round(sentences in prop::collection::vec("[abc]( [abc]){0,6}", 1..6)) {
        let lines: Vec<&str> = sentences.iter().map(String::as_str).collect();
        let mut estimator = Estimator::new(3);
        for line in &lines {
            estimator.add(line.split(' '));
        }
        let estimate = estimator.estimate().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.arpa");
        std::fs::write(&path, estimate.to_arpa()).unwrap();
        let back = Model::from_arpa(&path).unwrap();
        for ngram in &estimate.ngrams {
            // Numbers are given anew, in the order of the file.
            let words = ngram.symbols.iter().map(|&s| estimate.vocabulary.symbol(s));
            let symbols: Vec<u32> = words.map(|word| back.vocabulary.get(word)).collect();
            prop_assert_eq!(back.entry(&symbols), Some(ngram.into()));
        }
    }
}
