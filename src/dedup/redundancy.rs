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

mod losses;

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
}

#[cfg(test)]
#[path = "redundancy_tests.rs"]
mod tests;
