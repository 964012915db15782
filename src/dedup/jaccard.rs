//! Exact Jaccard similarity of shingle sets over all pairs: the oracle that sketches are measured against.
//!
//! # What it does
//! Takes the set of word or character shingles of every unit and finds, for all pairs that share any shingle, the share of
//! their common shingles among all shingles of both.
//!
//! # How it decides
//! Normalises, hashes shingles to 64 bits, builds an index from shingle to units and counts shared shingles per pair. Units
//! with equal sets are one group. Pairs that share nothing have similarity 0 and are never returned.
//!
//! # Parameters
//! - `shingle` (default `words-5`): `words-N` or `characters-N`. Five words are the usual choice for web text (Broder used
//!   ten, Lee et al. 2022 and datatrove five); use `characters-4` for single sentences.
//! - `normalize` (default: lower case, plain Unicode, no punctuation, `U.S.` as `us`): see `src/text/normalize.rs`.
//!
//! Default threshold: for documents by words 0.05, which is what two quoted sentences of 25 words make of two articles of
//! 450 words (42 of 850 shingles): more than that is no quotation. For documents by characters, and for segments, 0.5:
//! more shared than not, per side about two thirds. Corpus pipelines use 0.7 to 0.8 and find hardly more than verbatim copies.
//!
//! # Cost
//! Exact, so quadratic where everything shares a shingle: the sum over shingles of the square of the number of units that
//! contain it. Memory 28 bytes per shingle. For corpora take `minhash`.
//!
//! # Known to miss
//! Rewritten text (one changed word in five breaks all five-word shingles) and copies of a small part of a long text (take
//! `containment`).
//!
//! # Reference
//! A. Broder, On the resemblance and containment of documents, SEQUENCES 1997.

use serde::{Deserialize, Serialize};

use crate::corpus::Unit;
use crate::dedup::sets::Sets;
use crate::dedup::{Comparison, Deduper, Request};
use crate::params::Algorithm;
use crate::task::Level;
use crate::text::normalize::Normalize;
use crate::text::shingle::{Of, Shingle};

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Jaccard {
    /// What is compared.
    pub shingle: Shingle,
    /// What counts as a difference.
    pub normalize: Normalize,
}

impl Default for Jaccard {
    fn default() -> Self {
        Self {
            shingle: Shingle::words(5),
            normalize: Normalize::default(),
        }
    }
}

impl Algorithm for Jaccard {}

impl Deduper for Jaccard {
    fn compare(&self, units: &[Unit<'_>], request: &Request) -> Comparison {
        let sets = Sets::new(units, self.shingle, &self.normalize);
        sets.compare(request.floor, false, |shared, a, b| {
            shared as f64 / (a + b - shared) as f64
        })
    }

    fn threshold(&self, level: Level) -> f64 {
        match (level, self.shingle.of) {
            (Level::Document, Of::Words) => 0.05,
            _ => 0.5,
        }
    }

    fn quadratic(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::dedup::ScoredPair;

    fn compare(texts: &[String], shingle: Shingle, floor: f64) -> Comparison {
        let units: Vec<Unit<'_>> = texts
            .iter()
            .zip(0..)
            .map(|(text, document)| Unit {
                text,
                document,
                position: 0,
            })
            .collect();
        let request = Request {
            level: Level::Document,
            seed: 0,
            floor,
        };
        Jaccard {
            shingle,
            ..Jaccard::default()
        }
        .compare(&units, &request)
    }

    #[test]
    fn hand_worked() {
        // Pairs of words: {the dog, dog bit, bit him} and {the dog, dog bit, bit her}: 2 of 4.
        let texts = [
            "The dog bit him.",
            "the dog bit her",
            "The dog, bit him",
            "",
            "nothing shared here",
        ]
        .map(str::to_owned);
        let found = compare(&texts, Shingle::words(2), 0.0);
        assert_eq!(found.groups, [[0, 2]]);
        let pair = |a, b| ScoredPair {
            a,
            b,
            similarity: 0.5,
        };
        assert_eq!(found.pairs, [pair(0, 1), pair(1, 2)]);
        assert_eq!(found.counters["candidates"], 1);
        assert_eq!(compare(&texts, Shingle::words(2), 0.6).pairs, []);
    }

    proptest! {
        #[test]
        fn equals_sets_of_strings(texts in prop::collection::vec("[ab ]{0,12}", 0..8), size in 1usize..4) {
            let windows = |text: &str| -> BTreeSet<Vec<String>> {
                let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
                words.windows(size.min(words.len()).max(1)).map(<[String]>::to_vec).collect()
            };
            let sets: Vec<_> = texts.iter().map(|text| windows(text)).collect();
            let found = compare(&texts, Shingle::words(size), 0.0);
            for a in 0..sets.len() {
                for b in a + 1..sets.len() {
                    let shared = sets[a].intersection(&sets[b]).count();
                    let all = sets[a].union(&sets[b]).count();
                    let (x, y) = (a as u32, b as u32);
                    let listed = found.pairs.iter().find(|pair| (pair.a, pair.b) == (x, y)).map(|pair| pair.similarity);
                    let grouped = found.groups.iter().any(|group| group.contains(&x) && group.contains(&y));
                    let expected = (shared > 0).then(|| crate::task::rounded(shared as f64 / all as f64));
                    prop_assert_eq!(if grouped { Some(1.0) } else { listed }, expected);
                    prop_assert!(!(grouped && listed.is_some()));
                }
            }
        }
    }
}
