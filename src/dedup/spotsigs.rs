//! SpotSigs: chains of content words that follow a function word, so that boilerplate counts for little.
//!
//! # What it does
//! Navigation, captions and tickers hardly use articles and auxiliaries; prose does. Each such word (an antecedent) makes one
//! signature: the next content words after it. Units are compared by their signatures as multisets.
//!
//! # How it decides
//! At each antecedent takes the next `chain` words that are no function words, `distance` apart. Similarity is the Jaccard
//! similarity of the multisets of signatures (smaller counts over larger counts).
//!
//! # Parameters
//! - `antecedents` (`a an the is was`): words that start a chain, separated by spaces; those of the paper's examples.
//! - `chain` (3) and `distance` (1): content words per signature and step between them. The paper's example reads
//!   `that:presidential:campaign:hit`, three words one apart.
//! - `most_units` (5000): signatures in more units than this are passed over.
//! - `normalize`: the knobs of normalisation (stop words must stay).
//!
//! Default threshold of documents 0.03, of segments 0.04: the best ones on the calibration data (documents of MLQE-PE et-en
//! 0.03, edited copies of TED talk 5 among strangers 0.04; printed by the calibration test of `src/dedup`). The paper takes 0.44 for copies of whole web pages.
//!
//! # Cost
//! One signature per antecedent, about one per ten words of prose; the sum of their squared document frequencies.
//!
//! # Known to miss
//! Sentences without an antecedent have no signature at all, so recall on segments is low; changed articles break chains.
//!
//! # Reference
//! Theobald, Siddharth and Paepcke, "SpotSigs: robust and efficient near duplicate detection in large web collections" (2008).

use serde::{Deserialize, Serialize};

use crate::corpus::Unit;
use crate::dedup::distinct::Distinct;
use crate::dedup::index::{self, Bags};
use crate::dedup::tfidf::counters;
use crate::dedup::{Comparison, Deduper, Request};
use crate::params::Algorithm;
use crate::task::Level;
use crate::text::hash;
use crate::text::normalize::{Normalize, StopWords};
use crate::text::stop::STOP_WORDS;

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SpotSigs {
    /// Words that start a chain, separated by spaces.
    pub antecedents: String,
    /// Content words per signature.
    pub chain: usize,
    /// Every how manyeth content word is taken.
    pub distance: usize,
    /// Signatures in more units than this are passed over.
    pub most_units: usize,
    /// The knobs of normalisation.
    pub normalize: Normalize,
}

impl Default for SpotSigs {
    fn default() -> Self {
        Self {
            antecedents: "a an the is was".to_owned(),
            chain: 3,
            distance: 1,
            most_units: 5000,
            normalize: Normalize::default(),
        }
    }
}

impl Algorithm for SpotSigs {
    fn check(&self) -> Result<(), String> {
        if self.chain == 0 || self.distance == 0 {
            return Err("chain and distance must be at least 1".to_owned());
        }
        if self.antecedents.split_whitespace().next().is_none() {
            return Err("antecedents is empty; name at least one word".to_owned());
        }
        if self.normalize.stop_words == StopWords::Drop {
            return Err(
                "normalize.stop_words must be `keep`: chains start at stop words".to_owned(),
            );
        }
        Ok(())
    }
}

impl SpotSigs {
    /// Appends the signatures of a text of hashed words; the second equal one gets a number, so that sets count as multisets.
    fn signatures(
        &self,
        words: &[u64],
        antecedents: &[u64],
        stop: &[u64],
        signatures: &mut Vec<u64>,
    ) {
        let content: Vec<usize> = (0..words.len())
            .filter(|&at| stop.binary_search(&words[at]).is_err())
            .collect();
        for (at, word) in words.iter().enumerate() {
            if antecedents.binary_search(word).is_err() {
                continue;
            }
            let next = content.partition_point(|&position| position <= at);
            let chain: Vec<u64> = content[next..]
                .iter()
                .step_by(self.distance)
                .take(self.chain)
                .map(|&position| words[position])
                .collect();
            if chain.len() == self.chain {
                signatures.push(
                    chain
                        .iter()
                        .fold(*word, |sum, &next| hash::mix(sum.rotate_left(5) ^ next)),
                );
            }
        }
        signatures.sort_unstable();
        let mut seen = 0u64;
        let mut last = None;
        for signature in signatures {
            seen = if last == Some(*signature) {
                seen + 1
            } else {
                0
            };
            last = Some(*signature);
            *signature = signature.wrapping_add(hash::mix(seen));
        }
    }
}

fn hashes<'a>(words: impl Iterator<Item = &'a str>) -> Vec<u64> {
    let mut hashes: Vec<u64> = words.map(|word| hash::bytes(word.as_bytes())).collect();
    hashes.sort_unstable();
    hashes
}

impl Deduper for SpotSigs {
    fn compare(&self, units: &[Unit<'_>], request: &Request) -> Comparison {
        let antecedents = hashes(self.antecedents.split_whitespace());
        let stop = hashes(STOP_WORDS.iter().copied());
        let distinct = Distinct::new(units, &self.normalize);
        let bags = Bags::new(
            &distinct.representatives(units),
            |text, buffers, signatures| {
                self.normalize.words(text, buffers);
                self.signatures(&buffers.tokens, &antecedents, &stop, signatures);
            },
        );
        let ones = vec![1.0; bags.entries()];
        let found = index::pairs(&bags, &ones, &ones, self.most_units, |a, b, shared| {
            let total = (bags.ids(a as usize).len() + bags.ids(b as usize).len()) as f64;
            let similarity = shared / (total - shared);
            (similarity >= request.floor).then_some(similarity)
        });
        let mut comparison = distinct.spread(found.pairs);
        comparison.counters = counters(units, &bags, found.candidates);
        comparison
    }

    fn threshold(&self, level: Level) -> f64 {
        if level == Level::Segment { 0.04 } else { 0.03 }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dedup::distinct::units;

    fn signatures(text: &str, algorithm: &SpotSigs) -> usize {
        let mut found = Vec::new();
        let words: Vec<u64> = text
            .split(' ')
            .map(|word| hash::bytes(word.as_bytes()))
            .collect();
        algorithm.signatures(
            &words,
            &hashes(algorithm.antecedents.split_whitespace()),
            &hashes(STOP_WORDS.iter().copied()),
            &mut found,
        );
        found.len()
    }

    #[test]
    fn chains_skip_function_words_and_end_with_the_text() {
        let text = "at the rally to celebrate the party a candidate spoke";
        // the: rally celebrate party; the: party candidate spoke; a: only two content words are left.
        assert_eq!(signatures(text, &SpotSigs::default()), 2);
        assert_eq!(
            signatures(
                text,
                &SpotSigs {
                    chain: 2,
                    ..SpotSigs::default()
                }
            ),
            3
        );
        assert_eq!(signatures("home news sport", &SpotSigs::default()), 0);
    }

    #[test]
    fn multisets_by_hand() {
        // Chains of one word: {the cat, the cat, the dog} and {the cat, the bird}: 1 shared of 4.
        let one = SpotSigs {
            chain: 1,
            ..SpotSigs::default()
        };
        let request = Request {
            level: Level::Document,
            seed: 0,
            floor: 0.0,
        };
        let texts = ["The cat, the cat, the dog.", "The cat, the bird."];
        let comparison = one.compare(&units(&texts), &request);
        assert_eq!(comparison.pairs[0].similarity, 0.25);
        let furniture = ["Home News the cat the bird Sport", "The cat, the bird."];
        assert_eq!(
            one.compare(&units(&furniture), &request).pairs[0].similarity,
            1.0
        );
    }

    #[test]
    fn parameters_that_make_no_sense_are_refused() {
        assert!(
            SpotSigs {
                chain: 0,
                ..SpotSigs::default()
            }
            .check()
            .is_err()
        );
        assert!(
            SpotSigs {
                antecedents: " ".to_owned(),
                ..SpotSigs::default()
            }
            .check()
            .is_err()
        );
    }

    proptest! {
        #[test]
        fn equals_counting_chains_of_strings(texts in prop::collection::vec("(the|a|cat|dog|of)( (the|a|cat|dog|of)){0,9}", 2..5)) {
            let two = SpotSigs { chain: 2, ..SpotSigs::default() };
            let chains = |text: &str| -> Vec<String> {
                let words: Vec<&str> = text.split(' ').collect();
                let mut chains = Vec::new();
                for (at, word) in words.iter().enumerate() {
                    let rest: Vec<&str> = words[at + 1..].iter().copied().filter(|word| ["cat", "dog"].contains(word)).take(2).collect();
                    if ["the", "a"].contains(word) && rest.len() == 2 {
                        chains.push(format!("{word} {}", rest.join(" ")));
                    }
                }
                chains
            };
            let request = Request { level: Level::Document, seed: 0, floor: 0.0 };
            let comparison = two.compare(&units(&texts.iter().map(String::as_str).collect::<Vec<_>>()), &request);
            for pair in &comparison.pairs {
                let (a, mut b) = (chains(&texts[pair.a as usize]), chains(&texts[pair.b as usize]));
                let total = a.len() + b.len();
                let shared = a.iter().filter(|chain| b.iter().position(|other| other == *chain).map(|at| b.swap_remove(at)).is_some()).count();
                prop_assert!((pair.similarity - shared as f64 / (total - shared) as f64).abs() < 1e-12);
                prop_assert!(shared > 0);
            }
        }
    }
}
