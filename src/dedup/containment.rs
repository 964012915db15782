//! Exact containment of shingle sets over all pairs: how much of one text stands in another, whatever else the other says.
//!
//! # What it does
//! Finds copies of a part: a report cut short, a wire story inside a longer article. At the level `redundancy` it answers
//! which text adds nothing to another.
//!
//! # How it decides
//! Counts shared shingles for all pairs as `jaccard` does and divides by the number of shingles of the smaller set
//! (`of = "smaller"`), of the larger (`"larger"`), or of both (`"mean"`, the mean of the two shares). At the level `redundancy`
//! pairs are ordered and the share is always that of the first text: 1 means that every shingle of `a` occurs in `b`.
//!
//! # Parameters
//! - `shingle` (default `words-5`): as for `jaccard`. For `redundancy` three words refuse less over an edited comma.
//! - `of` (default `smaller`): by which side the shared shingles are divided.
//! - `smallest` (default 20): a text with fewer shingles than this is compared as if it had so many, so that a headline
//!   that occurs in every article does not pair with all of them. Not applied to segments or to `redundancy`.
//! - `normalize`: as for `jaccard`.
//!
//! Default threshold: for documents by words 0.1, which is what two quoted sentences of 25 words make of an article of 450
//! words (42 of 446 shingles): more than that is no quotation. For documents by characters 0.7 and for segments 0.6, since short
//! character runs are shared by chance. For redundancy 1.0: `a` may go only if all of it is in `b`.
//!
//! # Cost
//! As `jaccard`: exact and quadratic in the worst case.
//!
//! # Known to miss
//! Rewritten text. It pairs a digest with every story it quotes from, which is right for `redundancy` and often too much
//! for near-duplicates.
//!
//! # Reference
//! A. Broder, On the resemblance and containment of documents, SEQUENCES 1997.

use serde::{Deserialize, Serialize};

use crate::corpus::{Corpus, Unit};
use crate::dedup::cluster::Clustering;
use crate::dedup::sets::Sets;
use crate::dedup::{Comparison, Deduper, Request};
use crate::label::document_units;
use crate::params::Algorithm;
use crate::task::Level;
use crate::text::normalize::Normalize;
use crate::text::shingle::{Of, Shingle};

/// By which side the shared shingles are divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// The smaller set: finds a part in a whole.
    Smaller,
    /// The larger set: both must be of one size.
    Larger,
    /// The mean of both shares.
    Mean,
}

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Containment {
    /// What is compared.
    pub shingle: Shingle,
    /// By which side the shared shingles are divided.
    pub of: Side,
    /// Least number of shingles that a document is divided by.
    pub smallest: usize,
    /// What counts as a difference.
    pub normalize: Normalize,
}

impl Default for Containment {
    fn default() -> Self {
        Self {
            shingle: Shingle::words(5),
            of: Side::Smaller,
            smallest: 20,
            normalize: Normalize::default(),
        }
    }
}

impl Algorithm for Containment {}

impl Containment {
    fn share(&self, level: Level, shared: usize, a: usize, b: usize) -> f64 {
        let least = if level == Level::Document {
            self.smallest
        } else {
            1
        };
        let part = |size: usize| shared as f64 / size.max(least).max(1) as f64;
        match (level, self.of) {
            (Level::Redundancy, _) => part(a),
            (_, Side::Smaller) => part(a.min(b)),
            (_, Side::Larger) => part(a.max(b)),
            (_, Side::Mean) => (part(a) + part(b)) / 2.0,
        }
    }
}

impl Deduper for Containment {
    fn compare(&self, units: &[Unit<'_>], request: &Request) -> Comparison {
        let sets = Sets::new(units, self.shingle, &self.normalize);
        let ordered = request.level == Level::Redundancy;
        sets.compare(request.floor, ordered, |shared, a, b| {
            self.share(request.level, shared, a, b)
        })
    }

    fn threshold(&self, level: Level) -> f64 {
        match (level, self.shingle.of) {
            (Level::Redundancy, _) => 1.0,
            (Level::Document, Of::Words) => 0.1,
            (Level::Document, Of::Characters) => 0.7,
            _ => 0.6,
        }
    }

    fn levels(&self) -> &'static [Level] {
        &[Level::Document, Level::Segment, Level::Redundancy]
    }

    fn quadratic(&self) -> bool {
        true
    }
}

/// Cluster of each document of a corpus that nobody labelled: copies, also of a part, stand in one cluster, as far as this
/// algorithm finds them at its defaults. What learns must not be judged on what it has read in another copy.
pub(crate) fn copies(corpus: &Corpus) -> Vec<u32> {
    let deduper = Containment::default();
    let threshold = deduper.threshold(Level::Document);
    let request = Request {
        level: Level::Document,
        seed: 0,
        floor: threshold,
    };
    let comparison = deduper.compare(&document_units(corpus), &request);
    Clustering::Components.clusters(corpus.len(), &comparison, threshold)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dedup::ScoredPair;

    fn compare(algorithm: &Containment, texts: &[String], level: Level) -> Comparison {
        let units: Vec<Unit<'_>> = texts
            .iter()
            .zip(0..)
            .map(|(text, document)| Unit {
                text,
                document,
                position: 0,
            })
            .collect();
        algorithm.compare(
            &units,
            &Request {
                level,
                seed: 0,
                floor: 0.0,
            },
        )
    }

    #[test]
    fn a_text_cut_short_adds_nothing_to_the_whole() {
        let texts = [
            "The dog bit him and ran.",
            "The dog bit him",
            "the dog slept",
        ]
        .map(str::to_owned);
        let twos = Containment {
            shingle: Shingle::words(2),
            ..Containment::default()
        };
        let pair = |a, b, similarity| ScoredPair { a, b, similarity };
        // Shingles of two words: 5, 3 and 2; shared 3, 1, 1.
        assert_eq!(
            compare(&twos, &texts, Level::Redundancy).pairs,
            [
                pair(0, 1, 0.6),
                pair(0, 2, 0.2),
                pair(1, 0, 1.0),
                pair(1, 2, 0.333333),
                pair(2, 0, 0.5),
                pair(2, 1, 0.5)
            ]
        );
        assert_eq!(
            compare(&twos, &texts, Level::Segment).pairs,
            [pair(0, 1, 1.0), pair(0, 2, 0.5), pair(1, 2, 0.5)]
        );
        // A document of three shingles is divided by twenty.
        assert_eq!(
            compare(&twos, &texts, Level::Document).pairs[0],
            pair(0, 1, 0.15)
        );
        let mean = Containment {
            of: Side::Mean,
            ..twos.clone()
        };
        assert_eq!(
            compare(&mean, &texts, Level::Segment).pairs[0],
            pair(0, 1, 0.8)
        );
        let larger = Containment {
            of: Side::Larger,
            ..twos
        };
        assert_eq!(
            compare(&larger, &texts, Level::Segment).pairs[0],
            pair(0, 1, 0.6)
        );
    }

    proptest! {
        #[test]
        fn a_prefix_is_always_contained(words in prop::collection::vec("[a-c]{1,2}", 5..40), cut in 1usize..40) {
            let whole = words.join(" ");
            let part = words[..cut.min(words.len())].join(" ");
            prop_assume!(cut >= 3);
            let algorithm = Containment { shingle: Shingle::words(3), ..Containment::default() };
            let found = compare(&algorithm, &[whole, part], Level::Redundancy);
            let contained = found.pairs.iter().any(|pair| (pair.a, pair.b) == (1, 0) && pair.similarity == 1.0);
            prop_assert!(contained || found.groups == [[0, 1]]);
        }
    }
}
