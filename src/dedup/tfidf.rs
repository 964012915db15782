//! Cosine of tf-idf vectors: texts about the same thing in the same words.
//!
//! # What it does
//! Weighs each word by how often it stands in the unit and by how few units have it, and compares the directions of the
//! resulting vectors. Order does not count, so that rewritten copies are found, and so are independent reports of one event.
//!
//! # How it decides
//! Weight of a feature: `(1 + ln count) * idf`, with `idf = ln((1 + units) / (1 + units with it)) + 1`, vectors scaled to
//! length 1. Similarity is their dot product, summed through an inverted index. Equal texts count once in `idf`.
//!
//! # Parameters
//! - `shingle` (`words-1`): the features; `words-2` or `characters-4` make it stricter.
//! - `most_units` (5000): features in more units than this are left out of the products, which bounds the work.
//! - `normalize`: the knobs of normalisation.
//!
//! Default thresholds, 0.22 for documents and 0.44 for segments: the best ones on the calibration data (documents of MLQE-PE
//! et-en 0.22, edited copies of TED talk 5 among strangers 0.44; printed by the calibration test of `src/dedup`).
//!
//! # Cost
//! The sum of squared document frequencies of all features, about 2 ns per product; 12 bytes per feature of a unit.
//!
//! # Known to miss
//! Nothing tells a copy from another report of the same event; in short units one shared rare name weighs too much. The
//! weights depend on the whole corpus: a pair's similarity changes when other units come in.
//!
//! # Reference
//! Salton and Buckley, "Term-weighting approaches in automatic text retrieval" (1988). Smoothed idf as in scikit-learn.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::corpus::Unit;
use crate::dedup::distinct::Distinct;
use crate::dedup::index::{self, Bags};
use crate::dedup::{Comparison, Deduper, Request};
use crate::params::Algorithm;
use crate::task::Level;
use crate::text::normalize::Normalize;
use crate::text::shingle::Shingle;

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TfIdf {
    /// The features.
    pub shingle: Shingle,
    /// Features in more units than this are left out.
    pub most_units: usize,
    /// The knobs of normalisation.
    pub normalize: Normalize,
}

impl Default for TfIdf {
    fn default() -> Self {
        Self {
            shingle: Shingle::words(1),
            most_units: 5000,
            normalize: Normalize::default(),
        }
    }
}

impl Algorithm for TfIdf {}

impl Deduper for TfIdf {
    fn compare(&self, units: &[Unit<'_>], request: &Request) -> Comparison {
        let weigh = |bags: &Bags| {
            let frequencies = bags.document_frequencies();
            let total = bags.len() as f64;
            bags.weights(|_, id, count| {
                let frequency = f64::from(frequencies[id as usize]);
                (1.0 + f64::from(count).ln()) * (((1.0 + total) / (1.0 + frequency)).ln() + 1.0)
            })
        };
        let of = (self.shingle, self.normalize);
        cosine(units, of, self.most_units, request.floor, weigh)
    }

    fn threshold(&self, level: Level) -> f64 {
        if level == Level::Segment { 0.44 } else { 0.22 }
    }
}

/// Cosine of weighted feature vectors for all pairs of units that share a feature.
pub(crate) fn cosine(
    units: &[Unit<'_>],
    (shingle, normalize): (Shingle, Normalize),
    most_units: usize,
    floor: f64,
    weigh: impl Fn(&Bags) -> Vec<f64>,
) -> Comparison {
    let distinct = Distinct::new(units, &normalize);
    let bags = Bags::new(&distinct.representatives(units), |text, buffers, hashes| {
        shingle.hashes(text, &normalize, buffers, hashes);
    });
    let mut weights = weigh(&bags);
    bags.scale_to_length_one(&mut weights);
    let found = index::pairs(&bags, &weights, &weights, most_units, |_, _, product| {
        let similarity = product.min(1.0);
        (similarity >= floor).then_some(similarity)
    });
    let mut comparison = distinct.spread(found.pairs);
    comparison.counters = counters(units, &bags, found.candidates);
    comparison
}

/// The work counters of a pass through the index.
pub(crate) fn counters(units: &[Unit<'_>], bags: &Bags, candidates: u64) -> BTreeMap<String, u64> {
    let bytes: usize = units.iter().map(|unit| unit.text.len()).sum();
    BTreeMap::from([
        ("bytes".to_owned(), bytes as u64),
        ("candidates".to_owned(), candidates),
        ("shingles".to_owned(), bags.entries() as u64),
    ])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dedup::distinct::units;

    fn compare(texts: &[&str]) -> Comparison {
        let request = Request {
            level: Level::Document,
            seed: 0,
            floor: 0.0,
        };
        TfIdf::default().compare(&units(texts), &request)
    }

    #[test]
    fn a_cosine_by_hand() {
        // Three texts; "a" in all (idf 1), "b" in two (ln(4/3) + 1 = 1.2877), "c" and "d" in one (ln 2 + 1 = 1.6931).
        let comparison = compare(&["a b c", "a b d", "a"]);
        let (b, c) = ((4.0f64 / 3.0).ln() + 1.0, 2.0f64.ln() + 1.0);
        let length = (1.0 + b * b + c * c).sqrt();
        assert!((comparison.pairs[0].similarity - (1.0 + b * b) / (length * length)).abs() < 1e-12);
        assert!((comparison.pairs[1].similarity - 1.0 / length).abs() < 1e-12);
        assert_eq!(comparison.counters["candidates"], 3);
    }

    #[test]
    fn equal_texts_are_a_group_and_empty_ones_nothing() {
        let comparison = compare(&["x y", "X, y", "", "?"]);
        assert_eq!(
            (comparison.groups, comparison.pairs),
            (vec![vec![0, 1]], Vec::new())
        );
    }

    proptest! {
        #[test]
        fn equals_the_naive_twin(texts in prop::collection::hash_set("[abc]( [abcd]){0,5}", 0..8)) {
            let mut texts: Vec<String> = texts.into_iter().collect();
            texts.sort();
            let split: Vec<Vec<&str>> = texts.iter().map(|text| text.split(' ').collect()).collect();
            let vector = |words: &[&str]| -> BTreeMap<String, f64> {
                let weight = |word: &str| {
                    let count = words.iter().filter(|other| **other == word).count() as f64;
                    let units = split.iter().filter(|unit| unit.contains(&word)).count() as f64;
                    (1.0 + count.ln()) * (((1.0 + split.len() as f64) / (1.0 + units)).ln() + 1.0)
                };
                words.iter().map(|word| ((*word).to_owned(), weight(word))).collect()
            };
            let vectors: Vec<_> = split.iter().map(|words| vector(words)).collect();
            let dot = |a: &BTreeMap<String, f64>, b: &BTreeMap<String, f64>| -> f64 {
                a.iter().filter_map(|(word, x)| Some(x * b.get(word)?)).sum()
            };
            let comparison = compare(&texts.iter().map(String::as_str).collect::<Vec<_>>());
            let mut found = comparison.pairs.iter();
            for a in 0..texts.len() {
                for b in a + 1..texts.len() {
                    let product = dot(&vectors[a], &vectors[b]);
                    if product > 0.0 {
                        let cosine = product / (dot(&vectors[a], &vectors[a]) * dot(&vectors[b], &vectors[b])).sqrt();
                        let pair = found.next().unwrap();
                        prop_assert_eq!((pair.a as usize, pair.b as usize), (a, b));
                        prop_assert!((pair.similarity - cosine).abs() < 1e-9);
                    }
                }
            }
            prop_assert!(found.next().is_none());
        }
    }
}
