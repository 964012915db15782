//! I-Match: one hash over the informative words of a unit, repeated over randomly thinned word lists.
//!
//! # What it does
//! Leaves out the words that most units have and those that only one has, hashes the set of the rest, and calls units with
//! equal hashes copies. Several random sub-lists of words make it tolerant: a changed word that is not on a list changes
//! nothing there.
//!
//! # How it decides
//! The lexicon holds the words whose normalised idf (0: in every unit, 1: in one unit) lies between `low` and `high`. Besides the
//! full lexicon, `lists` sub-lists each lose a random share `drop` of it. Similarity is the share of the `lists + 1`
//! hashes that two units have in common. A unit with fewer than `least` words on a list has no hash for it.
//!
//! # Parameters
//! - `low` (0.2), `high` (0.9): bounds of normalised idf; the paper found the middle of the range best.
//! - `lists` (10), `drop` (0.33): number of thinned lists and the share that each loses, as recommended by Kołcz et al.
//! - `least` (4): fewest lexicon words of a hash: three words in common are no copy.
//! - `normalize`: the knobs of normalisation.
//!
//! Default threshold: one of eleven hashes (0.09), at every level, as in the paper (a single match is a match).
//!
//! # Cost
//! One pass for document frequencies, one for hashes; `lists + 1` keys of 8 bytes per unit. The fastest of all at scale.
//!
//! # Known to miss
//! Almost everything reworded: it wants equal sets of informative words. The lexicon depends on the corpus.
//!
//! # Reference
//! Chowdhury et al., "Collection statistics for fast duplicate document detection" (2002); Kołcz, Chowdhury and Alspector,
//! "Improved robustness of signature-based near-replica detection via lexicon randomization" (2004).

use serde::{Deserialize, Serialize};

use crate::corpus::Unit;
use crate::dedup::distinct::Distinct;
use crate::dedup::index::{self, Bags};
use crate::dedup::{Comparison, Deduper, Request};
use crate::params::Algorithm;
use crate::task::Level;
use crate::text::hash;
use crate::text::normalize::Normalize;

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IMatch {
    /// Least normalised idf of a word of the lexicon.
    pub low: f64,
    /// Greatest normalised idf.
    pub high: f64,
    /// Number of thinned lists besides the full lexicon.
    pub lists: usize,
    /// Share of the lexicon that a thinned list loses.
    pub drop: f64,
    /// Fewest lexicon words of a hash.
    pub least: usize,
    /// The knobs of normalisation.
    pub normalize: Normalize,
}

impl Default for IMatch {
    fn default() -> Self {
        Self {
            low: 0.2,
            high: 0.9,
            lists: 10,
            drop: 0.33,
            least: 4,
            normalize: Normalize::default(),
        }
    }
}

impl Algorithm for IMatch {
    fn check(&self) -> Result<(), String> {
        let shares = [("low", self.low), ("high", self.high), ("drop", self.drop)];
        if let Some((name, value)) = shares
            .into_iter()
            .find(|(_, value)| !(0.0..=1.0).contains(value))
        {
            return Err(format!("{name} is {value}, must lie between 0 and 1"));
        }
        if self.low >= self.high {
            return Err(format!(
                "low ({}) must be below high ({})",
                self.low, self.high
            ));
        }
        if self.lists > 1000 {
            return Err(format!("lists is {}, must be at most 1000", self.lists));
        }
        Ok(())
    }
}

impl IMatch {
    /// For each feature number: is it in the lexicon?
    fn lexicon(&self, words: &Bags) -> Vec<bool> {
        let total = words.len() as f64;
        let rarest = total.ln();
        words
            .document_frequencies()
            .into_iter()
            .map(|frequency| {
                let idf = if rarest > 0.0 {
                    (total / f64::from(frequency)).ln() / rarest
                } else {
                    0.0
                };
                (self.low..=self.high).contains(&idf)
            })
            .collect()
    }

    /// The hashes of every unit over the full lexicon and its thinned lists.
    fn signatures(&self, words: &Bags, keys: &[u64], seed: u64) -> Vec<Vec<u64>> {
        let lexicon = self.lexicon(words);
        let mut hashes = Vec::with_capacity(words.len());
        for unit in 0..words.len() {
            let listed: Vec<u32> = words
                .ids(unit)
                .iter()
                .copied()
                .filter(|&id| lexicon[id as usize])
                .collect();
            let mut signatures = Vec::with_capacity(self.lists + 1);
            for list in 0..=self.lists as u64 {
                let of_list = hash::mix(seed ^ hash::mix(list));
                // A word is lost by a list or not, whichever unit it stands in.
                let kept =
                    |key: u64| list == 0 || unit_interval(hash::mix(key ^ of_list)) >= self.drop;
                let kept = listed
                    .iter()
                    .map(|&id| keys[id as usize])
                    .filter(|&key| kept(key));
                let (mut sum, mut count) = (0u64, 0);
                for key in kept {
                    sum = sum.wrapping_add(hash::mix(key));
                    count += 1;
                }
                if count >= self.least.max(1) {
                    signatures.push(hash::mix(sum ^ of_list));
                }
            }
            hashes.push(signatures);
        }
        hashes
    }
}

fn unit_interval(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1u64 << 53) as f64
}

impl Deduper for IMatch {
    fn compare(&self, units: &[Unit<'_>], request: &Request) -> Comparison {
        let distinct = Distinct::new(units, &self.normalize);
        let (words, keys) =
            Bags::with_keys(&distinct.representatives(units), |text, buffers, hashes| {
                self.normalize.words(text, buffers);
                hashes.extend(&buffers.tokens);
            });
        let signatures = Bags::from_hashes(&self.signatures(&words, &keys, request.seed));
        let ones = vec![1.0; signatures.entries()];
        let all = (self.lists + 1) as f64;
        let found = index::pairs(&signatures, &ones, &ones, usize::MAX, |_, _, shared| {
            let similarity = shared / all;
            (similarity >= request.floor).then_some(similarity)
        });
        let mut comparison = distinct.spread(found.pairs);
        comparison.counters = crate::dedup::tfidf::counters(units, &words, found.candidates);
        comparison
            .counters
            .insert("hashes".to_owned(), signatures.entries() as u64);
        comparison
    }

    fn threshold(&self, _level: Level) -> f64 {
        crate::task::rounded(1.0 / (self.lists + 1) as f64)
    }

    fn seeded(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dedup::distinct::units;

    fn compare(algorithm: &IMatch, texts: &[&str], seed: u64) -> Comparison {
        let request = Request {
            level: Level::Document,
            seed,
            floor: 0.0,
        };
        algorithm.compare(&units(texts), &request)
    }

    const TEXTS: [&str; 4] = [
        "the red fox ran over nine hills and fell",
        "nine hills: the red fox ran and over fell",
        "the grey cat slept on nine chairs and woke",
        "the grey cat slept on nine chairs and dreamed",
    ];

    #[test]
    fn order_does_not_count_and_words_of_one_unit_do_not_either() {
        // "woke" and "dreamed" stand in one unit each: not in the lexicon, so the last two are equal on all lists.
        let one = IMatch {
            least: 1,
            ..IMatch::default()
        };
        let comparison = compare(&one, &TEXTS, 7);
        let pairs: Vec<(u32, u32)> = comparison
            .pairs
            .iter()
            .map(|pair| (pair.a, pair.b))
            .collect();
        assert_eq!(pairs, [(0, 1), (2, 3)]);
        assert!(comparison.pairs.iter().all(|pair| pair.similarity == 1.0));
    }

    #[test]
    fn thinned_lists_forgive_a_changed_word() {
        let texts = [
            "alpha beta gamma delta epsilon zeta eta theta",
            "alpha beta gamma delta epsilon zeta eta iota",
            "theta one",
            "iota two",
            "three four",
            "five six",
        ];
        let pairs = compare(
            &IMatch {
                lists: 100,
                ..IMatch::default()
            },
            &texts,
            1,
        )
        .pairs;
        assert_eq!((pairs[0].a, pairs[0].b), (0, 1));
        // Both words that differ must be off the list: a third of a third, about 11 of 100.
        assert!((0.03..0.25).contains(&pairs[0].similarity), "{pairs:?}");
        assert!(
            compare(
                &IMatch {
                    lists: 0,
                    ..IMatch::default()
                },
                &texts,
                1
            )
            .pairs
            .is_empty()
        );
    }

    #[test]
    fn parameters_out_of_range_are_refused() {
        assert!(
            IMatch {
                low: 0.9,
                ..IMatch::default()
            }
            .check()
            .unwrap_err()
            .contains("below")
        );
        assert!(
            IMatch {
                drop: 2.0,
                ..IMatch::default()
            }
            .check()
            .is_err()
        );
    }

    proptest! {
        #[test]
        fn the_full_lexicon_pairs_units_with_equal_sets_of_informative_words(texts in prop::collection::hash_set("[a-f]( [a-f]){0,6}", 2..7)) {
            let mut texts: Vec<String> = texts.into_iter().collect();
            texts.sort();
            let algorithm = IMatch { lists: 0, least: 1, ..IMatch::default() };
            let comparison = compare(&algorithm, &texts.iter().map(String::as_str).collect::<Vec<_>>(), 3);
            let total = texts.len() as f64;
            let informative = |text: &str| -> std::collections::BTreeSet<String> {
                let units = |word: &str| texts.iter().filter(|other| other.split(' ').any(|w| w == word)).count() as f64;
                let idf = |word: &str| (total / units(word)).ln() / total.ln();
                text.split(' ').filter(|word| (0.2..=0.9).contains(&idf(word))).map(str::to_owned).collect()
            };
            let mut expected = Vec::new();
            for a in 0..texts.len() {
                for b in a + 1..texts.len() {
                    let set = informative(&texts[a]);
                    if !set.is_empty() && set == informative(&texts[b]) {
                        expected.push((a as u32, b as u32));
                    }
                }
            }
            prop_assert_eq!(comparison.pairs.iter().map(|pair| (pair.a, pair.b)).collect::<Vec<_>>(), expected);
        }
    }
}
