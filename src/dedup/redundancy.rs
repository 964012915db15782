//! Redundancy: is there nothing in one document that another does not say as well, so that it may be deleted?
//!
//! # What it does
//! Answers ordered pairs: `a` adds nothing to `b`. A near-duplicate with one sentence of its own is a near-duplicate, and not
//! redundant. It also counts what would be lost.
//!
//! # How it decides
//! `by = "grams"`: the share of the word n-grams of `a` that occur in `b`. `by = "aligned"`: the share of the words of `a` that stand in
//! sentences with an aligned partner in `b` (see `align`) in whose text every number and every word that is no function word
//! occurs; so moved and recased sentences count as kept, and a changed name or number as lost.
//! Similarity 1 means that nothing is lost.
//!
//! # Parameters
//! - `by` (`grams`): which of the two verifiers.
//! - `size` (3): words per n-gram, as in the information-preserving check of the marin corpus work.
//! - `normalize`: the knobs of normalisation.
//!
//! Default threshold 1: nothing may be lost; it follows from the question and needs no data.
//!
//! Counters: over pairs with at least half of one side in the other, tokens and bytes that would be lost if the first, the
//! longer or the shorter copy were kept (`lost_tokens_keep_first`, `lost_bytes_keep_longer`, ...).
//!
//! # Cost
//! As an exact index over n-grams, or as `align`; then one pass over the pairs found.
//!
//! # Known to miss
//! Documents that say the same in other words are never redundant here: it errs on the side of keeping.
//!
//! # Reference
//! Broder (1997) for containment; drop only what is contained: marin pull requests 7591 and 7831 (2025).

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use crate::corpus::Unit;
use crate::dedup::align::Align;
use crate::dedup::distinct::Distinct;
use crate::dedup::index::{self, Bags};
use crate::dedup::{Comparison, Deduper, Request, ScoredPair};
use crate::params::Algorithm;
use crate::task::Level;
use crate::text::hash;
use crate::text::normalize::Normalize;
use crate::text::sentence;
use crate::text::shingle::{Buffers, Shingle};
use crate::text::stop::STOP_WORDS;

/// Which verifier answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// Word n-grams of the one occur in the other.
    Grams,
    /// Sentences of the one have a partner in the other that holds all their content words.
    Aligned,
}

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Redundancy {
    /// Which verifier answers.
    pub by: By,
    /// Words per n-gram.
    pub size: usize,
    /// The knobs of normalisation.
    pub normalize: Normalize,
}

impl Default for Redundancy {
    fn default() -> Self {
        Self {
            by: By::Grams,
            size: 3,
            normalize: Normalize::default(),
        }
    }
}

impl Algorithm for Redundancy {
    fn check(&self) -> Result<(), String> {
        if !(1..=1000).contains(&self.size) {
            return Err(format!(
                "size is {}, must lie between 1 and 1000",
                self.size
            ));
        }
        Ok(())
    }
}

impl Deduper for Redundancy {
    fn compare(&self, units: &[Unit<'_>], request: &Request) -> Comparison {
        // Equal texts add nothing to each other: one of them is compared, all of them are a group.
        let families = Distinct::new(units, &self.normalize);
        let distinct = families.representatives(units);
        let mut found = match self.by {
            By::Grams => self.by_grams(&distinct),
            By::Aligned => self.by_alignment(&distinct),
        };
        let mut counters = self.losses(&distinct, &found);
        counters.insert("candidates".to_owned(), found.len() as u64);
        found.retain(|pair| pair.similarity >= request.floor);
        let mut comparison = families.spread_ordered(found);
        comparison.counters = counters;
        comparison
    }

    fn threshold(&self, _level: Level) -> f64 {
        1.0
    }

    fn levels(&self) -> &'static [Level] {
        &[Level::Redundancy]
    }
}

impl Redundancy {
    fn by_grams(&self, units: &[Unit<'_>]) -> Vec<ScoredPair> {
        let bags = Bags::new(units, |text, buffers, hashes| {
            Shingle::words(self.size).hashes(text, &self.normalize, buffers, hashes);
        });
        let ones = vec![1.0; bags.entries()];
        let found = index::pairs(&bags, &ones, &ones, usize::MAX, |_, _, shared| Some(shared));
        let share = |of: u32, shared: f64| shared / bags.ids(of as usize).len() as f64;
        let both = |pair: ScoredPair| {
            let (a, b, shared) = (pair.a, pair.b, pair.similarity);
            [
                ScoredPair {
                    a,
                    b,
                    similarity: share(a, shared),
                },
                ScoredPair {
                    a: b,
                    b: a,
                    similarity: share(b, shared),
                },
            ]
        };
        found.pairs.into_iter().flat_map(both).collect()
    }

    fn by_alignment(&self, units: &[Unit<'_>]) -> Vec<ScoredPair> {
        let mut sentences: Vec<Unit<'_>> = Vec::new();
        for (document, unit) in (0u32..).zip(units) {
            let spans = sentence::segments(unit.text);
            sentences.extend((0u32..).zip(spans).filter_map(|(position, span)| {
                Some(Unit {
                    text: span.text(unit.text)?,
                    document,
                    position,
                })
            }));
        }
        let align = Align {
            normalize: self.normalize,
            ..Align::default()
        };
        let request = Request {
            level: Level::Segment,
            seed: 0,
            floor: align.sentence_threshold,
        };
        let aligned = align.compare(&sentences, &request);
        let stop: FxHashSet<u64> = STOP_WORDS
            .iter()
            .map(|word| hash::bytes(word.as_bytes()))
            .collect();
        let words: Vec<Vec<u64>> = self.words(&sentences);
        let mut totals = vec![0usize; units.len()];
        for (sentence, words) in sentences.iter().zip(&words) {
            totals[sentence.document as usize] += words.len();
        }
        // Partners of each sentence in each other document.
        let mut partners: BTreeMap<(u32, u32), Vec<u32>> = BTreeMap::new();
        let linked = aligned.pairs.iter().map(|pair| (pair.a, pair.b));
        let grouped = aligned.groups.iter().flat_map(|group| {
            // Too many equal sentences to pair them all: the first of each document stands for it.
            let mut seen = BTreeSet::new();
            let firsts: Vec<u32> = group
                .iter()
                .copied()
                .filter(|&s| seen.insert(sentences[s as usize].document))
                .collect();
            group
                .iter()
                .flat_map(|&a| firsts.iter().map(move |&b| (a, b)).collect::<Vec<_>>())
                .filter(|&(a, b)| sentences[a as usize].document != sentences[b as usize].document)
                .collect::<Vec<_>>()
        });
        for (a, b) in linked.chain(grouped) {
            partners
                .entry((a, sentences[b as usize].document))
                .or_default()
                .push(b);
            partners
                .entry((b, sentences[a as usize].document))
                .or_default()
                .push(a);
        }
        let mut kept: BTreeMap<(u32, u32), usize> = BTreeMap::new();
        for ((sentence, other), partners) in partners {
            let said: FxHashSet<u64> = partners
                .iter()
                .flat_map(|&partner| words[partner as usize].iter().copied())
                .collect();
            let own = &words[sentence as usize];
            if own
                .iter()
                .all(|word| stop.contains(word) || said.contains(word))
            {
                *kept
                    .entry((sentences[sentence as usize].document, other))
                    .or_default() += own.len();
            }
        }
        kept.into_iter()
            .map(|((a, b), kept)| ScoredPair {
                a,
                b,
                similarity: kept as f64 / totals[a as usize] as f64,
            })
            .collect()
    }

    fn words(&self, units: &[Unit<'_>]) -> Vec<Vec<u64>> {
        units
            .par_iter()
            .map_init(Buffers::default, |buffers, unit| {
                self.normalize.words(unit.text, buffers);
                buffers.tokens.clone()
            })
            .collect()
    }

    /// What deleting one of two would lose, summed over pairs with at least half of one side in the other.
    fn losses(&self, units: &[Unit<'_>], pairs: &[ScoredPair]) -> BTreeMap<String, u64> {
        let lengths: Vec<usize> = self.words(units).iter().map(Vec::len).collect();
        let share: BTreeMap<(u32, u32), f64> = pairs
            .iter()
            .map(|pair| ((pair.a, pair.b), pair.similarity))
            .collect();
        let mut counters = BTreeMap::new();
        for keep in ["first", "longer", "shorter"] {
            counters.insert(format!("lost_tokens_keep_{keep}"), 0);
            counters.insert(format!("lost_bytes_keep_{keep}"), 0);
        }
        for (&(a, b), &of_a) in share.iter().filter(|((a, b), _)| a < b) {
            let of_b = share.get(&(b, a)).copied().unwrap_or(0.0);
            if of_a.max(of_b) < 0.5 {
                continue;
            }
            let longer_first = lengths[a as usize] >= lengths[b as usize];
            for (keep, drop_b) in [
                ("first", true),
                ("longer", longer_first),
                ("shorter", !longer_first),
            ] {
                let (dropped, said) = if drop_b { (b, of_b) } else { (a, of_a) };
                let lost = |size: usize| ((1.0 - said) * size as f64).round() as u64;
                for (unit, size) in [
                    ("tokens", lengths[dropped as usize]),
                    ("bytes", units[dropped as usize].text.len()),
                ] {
                    *counters
                        .entry(format!("lost_{unit}_keep_{keep}"))
                        .or_default() += lost(size);
                }
            }
        }
        counters
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dedup::distinct::units;

    const REQUEST: Request = Request {
        level: Level::Redundancy,
        seed: 0,
        floor: 0.0,
    };
    const LONG: &str = "The governor opened the new bridge on Monday. Crowds lined both banks of the river. The work took 7 years.";

    fn redundant(by: By, texts: &[&str]) -> Vec<(u32, u32)> {
        let algorithm = Redundancy {
            by,
            ..Redundancy::default()
        };
        let comparison = algorithm.compare(&units(texts), &REQUEST);
        spelled_out(&comparison)
            .into_iter()
            .filter(|pair| pair.similarity >= 1.0)
            .map(|pair| (pair.a, pair.b))
            .collect()
    }

    /// All ordered pairs, those within a group of equal texts included.
    fn spelled_out(comparison: &Comparison) -> Vec<ScoredPair> {
        let mut pairs = comparison.pairs.clone();
        for group in &comparison.groups {
            for &a in group {
                let others = group.iter().filter(|&&b| b != a);
                pairs.extend(others.map(|&b| ScoredPair {
                    a,
                    b,
                    similarity: 1.0,
                }));
            }
        }
        crate::dedup::distinct::sort(&mut pairs);
        pairs
    }

    #[test]
    fn an_injected_truncation_is_redundant_and_the_whole_is_not() {
        let cut = &LONG[..LONG.find(" The work").unwrap()];
        for by in [By::Grams, By::Aligned] {
            assert_eq!(redundant(by, &[LONG, cut]), [(1, 0)], "{by:?}");
            assert_eq!(redundant(by, &[cut, cut]), [(0, 1), (1, 0)], "{by:?}");
        }
    }

    #[test]
    fn a_changed_number_a_new_sentence_or_another_name_is_a_loss() {
        let number = LONG.replace('7', "9");
        let sentence = format!("{LONG} Nobody was hurt.");
        let name = LONG.replace("governor", "minister");
        for by in [By::Grams, By::Aligned] {
            for changed in [&number, &name] {
                assert_eq!(redundant(by, &[LONG, changed]), [], "{by:?} {changed}");
            }
            assert_eq!(redundant(by, &[LONG, &sentence]), [(0, 1)], "{by:?}");
        }
    }

    #[test]
    fn sentences_in_another_order_are_kept_for_alignment_and_lost_for_grams() {
        let turned = "Crowds lined both banks of the river. The governor opened the new bridge on Monday. The work took 7 years.";
        assert_eq!(redundant(By::Aligned, &[LONG, turned]), [(0, 1), (1, 0)]);
        assert_eq!(redundant(By::Grams, &[LONG, turned]), []);
    }

    #[test]
    fn losses_by_hand() {
        // Grams of one word: the first says all 4 words of the second, the second 4 of the first's 6.
        let algorithm = Redundancy {
            size: 1,
            ..Redundancy::default()
        };
        let counters = algorithm
            .compare(&units(&["a b c d e f", "a b c d"]), &REQUEST)
            .counters;
        assert_eq!(counters["lost_tokens_keep_first"], 0);
        assert_eq!(counters["lost_tokens_keep_longer"], 0);
        assert_eq!(counters["lost_tokens_keep_shorter"], 2);
        assert_eq!(counters["lost_bytes_keep_shorter"], 4);
    }

    proptest! {
        #[test]
        fn grams_equal_the_naive_twin_and_every_prefix_is_redundant(words in prop::collection::vec("[a-e]", 3..12), cut in 1usize..12) {
            let whole = words.join(" ");
            let part = words[..cut.min(words.len())].join(" ");
            let algorithm = Redundancy { size: 2, ..Redundancy::default() };
            let comparison = algorithm.compare(&units(&[&whole, &part]), &REQUEST);
            let grams = |text: &str| -> BTreeSet<String> {
                let words: Vec<&str> = text.split(' ').collect();
                words.windows(2.min(words.len())).map(|gram| gram.join(" ")).collect()
            };
            for pair in &comparison.pairs {
                let text = |unit: u32| grams(if unit == 0 { &whole } else { &part });
                let (a, b) = (text(pair.a), text(pair.b));
                prop_assert_eq!(pair.similarity, a.intersection(&b).count() as f64 / a.len() as f64);
            }
            if cut > 1 {
                prop_assert!(spelled_out(&comparison).iter().any(|pair| (pair.a, pair.b) == (1, 0) && pair.similarity == 1.0));
            }
        }
    }
}
