//! Winnowing: fingerprints chosen by position-independent minima, so that a shared passage always shares one.
//!
//! # What it does
//! Of all character grams of a unit it keeps the least hash of every window. Two units that share a passage of
//! `gram + window - 1` characters share a fingerprint for certain; passages shorter than `gram` never do.
//!
//! # How it decides
//! Slides a window of `window` gram hashes over the normalised text and keeps the least hash in it (the last one on a tie).
//! Similarity is the share of the smaller set of fingerprints that the other unit has too.
//!
//! # Parameters
//! - `gram` (16): characters per gram: longer than common phrases of two words.
//! - `window` (8): window size; larger is smaller and blinder. With the defaults 23 shared characters are always seen.
//! - `most_units` (5000): fingerprints in more units than this are taken for boilerplate and passed over.
//! - `normalize`: the knobs of normalisation.
//!
//! Default thresholds, 0.05 for documents and 0.19 for segments: the best ones on the calibration data (documents of MLQE-PE
//! et-en 0.05, edited copies of TED talk 5 among strangers 0.19; printed by the calibration test of `src/dedup`).
//!
//! # Cost
//! One pass over the characters; about `2 / (window + 1)` fingerprints per character, 12 bytes each.
//!
//! # Known to miss
//! Rewording: a changed word every four leaves no gram of 16 characters. Units shorter than `gram` are one fingerprint.
//!
//! # Reference
//! Schleimer, Wilkerson and Aiken, "Winnowing: local algorithms for document fingerprinting" (2003).

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::corpus::Unit;
use crate::dedup::distinct::Distinct;
use crate::dedup::index::{self, Bags};
use crate::dedup::tfidf::counters;
use crate::dedup::{Comparison, Deduper, Request};
use crate::params::Algorithm;
use crate::task::Level;
use crate::text::normalize::Normalize;
use crate::text::shingle::{Shingle, to_set};

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Winnowing {
    /// Characters per gram.
    pub gram: usize,
    /// Grams per window.
    pub window: usize,
    /// Fingerprints in more units than this are passed over.
    pub most_units: usize,
    /// The knobs of normalisation.
    pub normalize: Normalize,
}

impl Default for Winnowing {
    fn default() -> Self {
        Self {
            gram: 16,
            window: 8,
            most_units: 5000,
            normalize: Normalize::default(),
        }
    }
}

impl Algorithm for Winnowing {
    fn check(&self) -> Result<(), String> {
        for (name, value) in [("gram", self.gram), ("window", self.window)] {
            if !(1..=1000).contains(&value) {
                return Err(format!("{name} is {value}, must lie between 1 and 1000"));
            }
        }
        Ok(())
    }
}

impl Deduper for Winnowing {
    fn compare(&self, units: &[Unit<'_>], request: &Request) -> Comparison {
        let distinct = Distinct::new(units, &self.normalize);
        let bags = Bags::new(&distinct.representatives(units), |text, buffers, hashes| {
            let mut grams = Vec::new();
            Shingle::characters(self.gram).hashes(text, &self.normalize, buffers, &mut grams);
            winnow(&grams, self.window, hashes);
            to_set(hashes);
        });
        let found = smaller_share(&bags, self.most_units, request.floor);
        let mut comparison = distinct.spread(found.pairs);
        comparison.counters = counters(units, &bags, found.candidates);
        comparison
    }

    fn threshold(&self, level: Level) -> f64 {
        if level == Level::Segment { 0.19 } else { 0.05 }
    }
}

/// Appends the least of every `window` neighbouring hashes, the last one on a tie, each choice once.
fn winnow(hashes: &[u64], window: usize, fingerprints: &mut Vec<u64>) {
    // Positions in the window whose hashes rise: the first is the least.
    let mut rising: VecDeque<usize> = VecDeque::new();
    let mut last = None;
    let window = window.min(hashes.len()).max(1);
    for (at, hash) in hashes.iter().enumerate() {
        while rising.back().is_some_and(|&back| hashes[back] >= *hash) {
            rising.pop_back();
        }
        rising.push_back(at);
        if rising.front().is_some_and(|&front| front + window <= at) {
            rising.pop_front();
        }
        if at + 1 >= window && last != rising.front().copied() {
            last = rising.front().copied();
            fingerprints.extend(last.map(|least| hashes[least]));
        }
    }
}

/// Share of the smaller bag (as a set) that the other has too, for all pairs that share a feature.
pub(crate) fn smaller_share(bags: &Bags, most_units: usize, floor: f64) -> index::Found {
    let ones = vec![1.0; bags.entries()];
    index::pairs(bags, &ones, &ones, most_units, |a, b, shared| {
        let least = bags.ids(a as usize).len().min(bags.ids(b as usize).len());
        let similarity = shared / least as f64;
        (similarity >= floor).then_some(similarity)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dedup::distinct::units;

    #[test]
    fn the_example_of_the_paper() {
        // Hashes of 5-grams and the fingerprints of windows of 4, figure 2 of the paper.
        let hashes = [
            77, 74, 42, 17, 98, 50, 17, 98, 8, 88, 67, 39, 77, 74, 42, 17, 98,
        ];
        let mut fingerprints = Vec::new();
        winnow(&hashes, 4, &mut fingerprints);
        assert_eq!(fingerprints, [17, 17, 8, 39, 17]);
    }

    #[test]
    fn a_shared_passage_of_the_guaranteed_length_is_found() {
        let passage = "thousands marched past the gate";
        let (a, b) = (
            format!("On Monday {passage} and sang"),
            format!("Then {passage} once more"),
        );
        let request = Request {
            level: Level::Document,
            seed: 0,
            floor: 0.0,
        };
        let comparison =
            Winnowing::default().compare(&units(&[&a, &b, "nothing of that sort here"]), &request);
        assert_eq!(comparison.pairs.len(), 1);
        assert_eq!((comparison.pairs[0].a, comparison.pairs[0].b), (0, 1));
    }

    #[test]
    fn parameters_out_of_range_are_refused() {
        assert!(
            Winnowing {
                window: 0,
                ..Winnowing::default()
            }
            .check()
            .unwrap_err()
            .contains("window is 0")
        );
    }

    proptest! {
        #[test]
        fn equals_the_naive_twin(hashes in prop::collection::vec(0u64..20, 0..60), window in 1usize..9) {
            let mut fast = Vec::new();
            winnow(&hashes, window, &mut fast);
            let mut chosen: Vec<usize> = Vec::new();
            let size = window.min(hashes.len()).max(1);
            for (start, part) in hashes.windows(size).enumerate() {
                let least = part.iter().min().unwrap();
                let at = start + part.iter().rposition(|hash| hash == least).unwrap();
                if chosen.last() != Some(&at) {
                    chosen.push(at);
                }
            }
            prop_assert_eq!(fast, chosen.into_iter().map(|at| hashes[at]).collect::<Vec<_>>());
        }

        #[test]
        fn every_shared_passage_of_the_guaranteed_length_shares_a_fingerprint(
            before in "[a-c]{0,9}", other in "[a-c]{0,9}", passage in "[a-z]{12,20}", after in "[a-c]{0,9}",
        ) {
            let algorithm = Winnowing { gram: 5, window: 8, ..Winnowing::default() };
            let (a, b) = (format!("{before}{passage}{after}"), format!("{other}{passage}"));
            let request = Request { level: Level::Document, seed: 0, floor: 0.0 };
            let comparison = algorithm.compare(&units(&[&a, &b]), &request);
            prop_assert_eq!(comparison.pairs.len() + comparison.groups.len(), 1);
        }
    }
}
