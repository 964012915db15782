//! Cosine of BM25 weights: like tf-idf, with repeats saturating and long units discounted.
//!
//! # What it does
//! The weights of the ranking function most search engines use, as vectors: a word that stands ten times counts little more
//! than one that stands twice, and words of long units count less.
//!
//! # How it decides
//! Weight of a feature: `idf * count * (k1 + 1) / (count + k1 * (1 - b + b * length / mean length))`, with
//! `idf = ln(1 + (units - df + 0.5) / (df + 0.5))`. Vectors are scaled to length 1; similarity is their dot product.
//!
//! # Parameters
//! - `k1` (1.2) and `b` (0.75): saturation and discount for length; the defaults of Lucene and of the literature.
//! - `shingle` (`words-1`), `most_units` (5000), `normalize`: as in `tfidf`.
//!
//! Default thresholds, 0.15 for documents and 0.43 for segments: the best ones on the calibration data (documents of MLQE-PE
//! et-en 0.14, edited copies of TED talk 5 among strangers 0.43; printed by the calibration test of `src/dedup`).
//!
//! # Cost
//! As `tfidf`.
//!
//! # Known to miss
//! As `tfidf`. Where a feature is in almost every unit its weight is nearly nothing, so that in a corpus of two units
//! little is left to compare.
//!
//! # Reference
//! Robertson and Zaragoza, "The probabilistic relevance framework: BM25 and beyond" (2009).

use serde::{Deserialize, Serialize};

use crate::corpus::Unit;
use crate::dedup::index::Bags;
use crate::dedup::tfidf::cosine;
use crate::dedup::{Comparison, Deduper, Request};
use crate::params::Algorithm;
use crate::task::Level;
use crate::text::normalize::Normalize;
use crate::text::shingle::Shingle;

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Bm25 {
    /// Saturation: at 0 counts do not matter.
    pub k1: f64,
    /// Discount for length, 0 to 1.
    pub b: f64,
    /// The features.
    pub shingle: Shingle,
    /// Features in more units than this are left out.
    pub most_units: usize,
    /// The knobs of normalisation.
    pub normalize: Normalize,
}

impl Default for Bm25 {
    fn default() -> Self {
        Self {
            k1: 1.2,
            b: 0.75,
            shingle: Shingle::words(1),
            most_units: 5000,
            normalize: Normalize::default(),
        }
    }
}

impl Algorithm for Bm25 {
    fn check(&self) -> Result<(), String> {
        if !(self.k1 >= 0.0 && self.k1.is_finite()) {
            return Err(format!("k1 is {}, must be 0 or more", self.k1));
        }
        if !(0.0..=1.0).contains(&self.b) {
            return Err(format!("b is {}, must lie between 0 and 1", self.b));
        }
        Ok(())
    }
}

impl Bm25 {
    fn weigh(&self, bags: &Bags) -> Vec<f64> {
        let frequencies = bags.document_frequencies();
        let lengths: Vec<f64> = (0..bags.len())
            .map(|unit| {
                bags.counts(unit)
                    .iter()
                    .map(|&count| f64::from(count))
                    .sum()
            })
            .collect();
        let total = bags.len() as f64;
        let mean = lengths.iter().sum::<f64>() / total.max(1.0);
        bags.weights(|unit, id, count| {
            let frequency = f64::from(frequencies[id as usize]);
            let idf = (1.0 + (total - frequency + 0.5) / (frequency + 0.5)).ln();
            let count = f64::from(count);
            let norm = self.k1 * (1.0 - self.b + self.b * lengths[unit] / mean);
            idf * count * (self.k1 + 1.0) / (count + norm)
        })
    }
}

impl Deduper for Bm25 {
    fn compare(&self, units: &[Unit<'_>], request: &Request) -> Comparison {
        let of = (self.shingle, self.normalize);
        cosine(units, of, self.most_units, request.floor, |bags| {
            self.weigh(bags)
        })
    }

    fn threshold(&self, level: Level) -> f64 {
        if level == Level::Segment { 0.43 } else { 0.15 }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dedup::distinct::units;

    #[test]
    fn weights_by_hand() {
        // Lengths 3 and 1, mean 2. "a" in both: idf ln 1.2. "b" in one: idf ln 2, twice in a text of 3.
        let bags = Bags::from_hashes(&[vec![1, 2, 2], vec![1]]);
        let weights = Bm25::default().weigh(&bags);
        let long = 1.2 * (0.25 + 0.75 * 1.5);
        let short = 1.2 * (0.25 + 0.75 * 0.5);
        let expected = [
            1.2f64.ln() * 2.2 / (1.0 + long),
            2.0f64.ln() * 2.0 * 2.2 / (2.0 + long),
            1.2f64.ln() * 2.2 / (1.0 + short),
        ];
        assert!(
            weights
                .iter()
                .zip(expected)
                .all(|(x, y)| (x - y).abs() < 1e-12),
            "{weights:?}"
        );
    }

    #[test]
    fn parameters_out_of_range_are_refused() {
        assert!(
            Bm25 {
                b: 1.1,
                ..Bm25::default()
            }
            .check()
            .unwrap_err()
            .contains("b is 1.1")
        );
        assert!(
            Bm25 {
                k1: -1.0,
                ..Bm25::default()
            }
            .check()
            .is_err()
        );
        assert!(
            Bm25 {
                k1: f64::NAN,
                ..Bm25::default()
            }
            .check()
            .is_err()
        );
    }

    proptest! {
        #[test]
        fn similarities_lie_between_0_and_1_and_equal_bags_of_words_have_1(texts in prop::collection::vec("[abc]( [abcd]){0,5}", 0..8)) {
            let turned: Vec<String> = texts.iter().map(|text| text.split(' ').rev().collect::<Vec<_>>().join(" ")).collect();
            let all: Vec<&str> = texts.iter().chain(&turned).map(String::as_str).collect();
            let request = Request { level: Level::Document, seed: 0, floor: 0.0 };
            let comparison = Bm25::default().compare(&units(&all), &request);
            for pair in &comparison.pairs {
                prop_assert!((0.0..=1.0).contains(&pair.similarity));
                if pair.a as usize + texts.len() == pair.b as usize {
                    prop_assert!(pair.similarity > 1.0 - 1e-9);
                }
            }
            for at in 0..texts.len() {
                let (a, b) = (at as u32, (at + texts.len()) as u32);
                let paired = comparison.pairs.iter().any(|pair| (pair.a, pair.b) == (a, b));
                let grouped = comparison.groups.iter().any(|group| group.contains(&a) && group.contains(&b));
                prop_assert!(paired || grouped);
            }
        }
    }
}
