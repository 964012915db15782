//! Paragraph n-grams in a Bloom filter: how much of a text was seen before, in one bit array.
//!
//! # What it does
//! Takes the texts one after the other. Of each it asks which of its word n-grams the filter has seen, then puts them in. The
//! share that was seen says how much of the text is nothing new; this is how dolma and BFF remove paragraphs and documents.
//!
//! # How it decides
//! 1. A text is cut into paragraphs (lines), a paragraph into overlapping runs of `ngram` words. A paragraph of fewer words than
//!    that is one run; one of fewer than `shortest` is passed over.
//! 2. `by = "paragraphs"`: a paragraph counts as seen when at least `paragraph_share` of its runs were seen, and the
//!    similarity of a document is the share of its runs that lie in seen paragraphs. `by = "document"`: runs go across
//!    paragraphs, and the similarity is the share of runs that were seen. Segments are one paragraph each, and their
//!    similarity is the share of their runs.
//! 3. A filter knows that a run was seen, not where. A second pass over the texts asks of the seen runs alone who had them
//!    first; the text is paired with the one that had most of them (the first on a tie). So each text has at most one
//!    partner, and the copies of one text form a star: `closure` has all pairs, `pairs` those of the star.
//! 4. Order: what is seen depends on what came before. Tools that stream take texts as they arrive; here the text with most
//!    runs comes first (equal numbers by text), so that the answer does not depend on the order of the input, and a cut copy meets
//!    the whole. Texts with equal words are one group.
//!
//! # Parameters
//! - `ngram` (13): words per run; BFF's default.
//! - `shortest` (5): paragraphs of fewer words are passed over; BFF's default.
//! - `by` (`paragraphs`): or `document`.
//! - `paragraph_share` (0.8): share of a paragraph's runs that makes it seen; BFF's default.
//! - `false_positive_rate` (0.01): share of new runs that the full filter takes for seen; the rate of DCLM's runs of BFF.
//! - `normalize`: the knobs of normalisation.
//!
//! Default threshold 0.8 for documents and segments: BFF removes both at that share. None of it was fitted to anything here.
//! The filter's hashes depend on the seed.
//!
//! # Cost
//! One pass of hashing and two look-ups per run. The filter takes 10 bits per run at one per cent (counter `filter_bytes`),
//! about one tenth of the text. [`Bloom::stream`] needs the filter and nothing else, in the order of arrival; the comparison
//! here keeps the hashes of all runs too, 8 bytes each, and 12 bytes per seen run.
//!
//! # Known to miss
//! Every change breaks the 13 runs around it: of a paragraph edited at every tenth word nothing was seen. What was put together
//! from two texts is paired with one of them. Runs seen by a false positive alone are paired with nobody (counter
//! `unattributed`).
//!
//! # Reference
//! Bloom, "Space/time trade-offs in hash coding with allowable errors" (1970); Groeneveld, "The big friendly filter" (BFF, 2023);
//! Soldaini et al., "Dolma" (2024); Li et al., "DataComp-LM" (2024), appendix on deduplication.

use std::collections::BTreeMap;

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::corpus::Unit;
use crate::dedup::distinct::Distinct;
use crate::dedup::seen::Seen;
use crate::dedup::{Comparison, Deduper, Request, ScoredPair};
use crate::params::Algorithm;
use crate::task::Level;
use crate::text::normalize::Normalize;
use crate::text::shingle::{Buffers, combine};

/// What is judged as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// Each paragraph; a document by the size of its seen paragraphs.
    Paragraphs,
    /// The document, across paragraphs.
    Document,
}

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Bloom {
    /// Words per run.
    pub ngram: usize,
    /// Paragraphs of fewer words are passed over.
    pub shortest: usize,
    /// What is judged as a whole.
    pub by: By,
    /// Share of a paragraph's runs that makes it seen.
    pub paragraph_share: f64,
    /// Share of new runs that the full filter takes for seen.
    pub false_positive_rate: f64,
    /// The knobs of normalisation.
    pub normalize: Normalize,
}

impl Default for Bloom {
    fn default() -> Self {
        Self {
            ngram: 13,
            shortest: 5,
            by: By::Paragraphs,
            paragraph_share: 0.8,
            false_positive_rate: 0.01,
            normalize: Normalize::default(),
        }
    }
}

impl Algorithm for Bloom {
    fn check(&self) -> Result<(), String> {
        if !(1..=1000).contains(&self.ngram) {
            return Err(format!(
                "ngram is {}, must lie between 1 and 1000",
                self.ngram
            ));
        }
        if !(0.0..=1.0).contains(&self.paragraph_share) {
            return Err(format!(
                "paragraph_share is {}, must lie between 0 and 1",
                self.paragraph_share
            ));
        }
        if !(1e-12..=0.5).contains(&self.false_positive_rate) {
            return Err(format!(
                "false_positive_rate is {}, must lie between 1e-12 and 0.5",
                self.false_positive_rate
            ));
        }
        Ok(())
    }
}

/// The runs of one text.
#[derive(Debug, Clone, Default, PartialEq)]
struct Runs {
    hashes: Vec<u64>,
    /// Where each paragraph's runs end.
    ends: Vec<usize>,
}

impl Bloom {
    /// A step of a stream: the share of `text` that `seen` has seen; after it, the text was seen.
    pub fn stream(&self, text: &str, level: Level, seen: &mut Seen, buffers: &mut Buffers) -> f64 {
        let runs = self.runs(text, level, buffers);
        let share = self.share(&runs, level, seen, |_| ());
        for &hash in &runs.hashes {
            seen.insert(hash);
        }
        share
    }

    fn whole(&self, level: Level) -> bool {
        level == Level::Segment || self.by == By::Document
    }

    fn runs(&self, text: &str, level: Level, buffers: &mut Buffers) -> Runs {
        let mut runs = Runs::default();
        let mut add = |paragraph: &str| {
            self.normalize.words(paragraph, buffers);
            if buffers.tokens.len() >= self.shortest.max(1) {
                combine(&buffers.tokens, self.ngram, &mut runs.hashes);
                runs.ends.push(runs.hashes.len());
            }
        };
        if self.whole(level) {
            add(text);
        } else {
            text.lines().for_each(add);
        }
        runs
    }

    /// Share of the runs that count as seen; `each` gets those.
    fn share(&self, runs: &Runs, level: Level, seen: &Seen, mut each: impl FnMut(u64)) -> f64 {
        let mut start = 0;
        let mut counted = 0;
        for &end in &runs.ends {
            let paragraph = runs.hashes.get(start..end).unwrap_or_default();
            start = end;
            let found = || paragraph.iter().filter(|&&hash| seen.contains(hash));
            let hits = found().count();
            if self.whole(level) {
                counted += hits;
            } else if hits as f64 >= self.paragraph_share * paragraph.len() as f64 {
                counted += paragraph.len();
            } else {
                continue;
            }
            found().copied().for_each(&mut each);
        }
        if counted == 0 {
            0.0
        } else {
            counted as f64 / runs.hashes.len() as f64
        }
    }
}

/// A text of which something was seen before.
struct Found {
    /// Its number.
    text: u32,
    similarity: f64,
    /// Its seen runs.
    hits: Vec<u64>,
}

impl Deduper for Bloom {
    fn compare(&self, units: &[Unit<'_>], request: &Request) -> Comparison {
        let distinct = Distinct::new(units, &self.normalize);
        // Texts with equal words may differ in paragraphs: the least of them stands for all, in any order of the input.
        let members = distinct.members().iter();
        let texts: Vec<&str> = members
            .map(|members| {
                let texts = members.iter().map(|&unit| units[unit as usize].text);
                texts.min().unwrap_or_default()
            })
            .collect();
        let runs: Vec<Runs> = texts
            .par_iter()
            .map_init(Buffers::default, |buffers, text| {
                self.runs(text, request.level, buffers)
            })
            .collect();
        let mut order: Vec<u32> = (0..texts.len() as u32).collect();
        order.par_sort_unstable_by_key(|&text| {
            let text = text as usize;
            (usize::MAX - runs[text].hashes.len(), texts[text])
        });

        let total: usize = runs.iter().map(|runs| runs.hashes.len()).sum();
        let mut seen = Seen::new(total, self.false_positive_rate, request.seed);
        let mut found = Vec::new();
        for &text in &order {
            let runs = &runs[text as usize];
            let mut hits = Vec::new();
            let similarity = self.share(runs, request.level, &seen, |hash| hits.push(hash));
            if similarity >= request.floor && !hits.is_empty() {
                found.push(Found {
                    text,
                    similarity,
                    hits,
                });
            }
            for &hash in &runs.hashes {
                seen.insert(hash);
            }
        }
        let pairs = attribute(&found, &runs, &order);
        let unattributed = found.len() - pairs.len();
        let mut comparison = distinct.spread(pairs);
        let positions = u64::from(seen.positions());
        comparison.counters = BTreeMap::from([
            (
                "bytes".to_owned(),
                units.iter().map(|unit| unit.text.len() as u64).sum(),
            ),
            ("shingles".to_owned(), total as u64),
            ("hashes".to_owned(), 2 * positions * total as u64),
            ("filter_bytes".to_owned(), seen.bytes() as u64),
            ("candidates".to_owned(), found.len() as u64),
            ("unattributed".to_owned(), unattributed as u64),
        ]);
        comparison
    }

    fn threshold(&self, _level: Level) -> f64 {
        0.8
    }

    fn seeded(&self) -> bool {
        true
    }
}

/// Pairs each found text with the earlier one that was first to have most of its seen runs.
fn attribute(found: &[Found], runs: &[Runs], order: &[u32]) -> Vec<ScoredPair> {
    const NOBODY: u32 = u32::MAX;
    let hits = found.iter().flat_map(|found| &found.hits);
    let mut first: FxHashMap<u64, u32> = hits.map(|&hash| (hash, NOBODY)).collect();
    for (place, &text) in (0u32..).zip(order) {
        for hash in &runs[text as usize].hashes {
            if let Some(first) = first.get_mut(hash) {
                *first = place.min(*first);
            }
        }
    }
    let mut places = vec![NOBODY; order.len()];
    for (place, &text) in (0u32..).zip(order) {
        places[text as usize] = place;
    }
    let mut owners: Vec<u32> = Vec::new();
    let pair = |found: &Found| {
        let own = places[found.text as usize];
        owners.clear();
        owners.extend(found.hits.iter().filter_map(|hash| first.get(hash)));
        owners.retain(|&owner| owner < own);
        owners.sort_unstable();
        // `max_by_key` takes the last of equals, so go backwards.
        let most = owners.chunk_by(|a, b| a == b).rev();
        let owner = *most.max_by_key(|same| same.len())?.first()?;
        let other = *order.get(owner as usize)?;
        Some(ScoredPair {
            a: found.text.min(other),
            b: found.text.max(other),
            similarity: found.similarity,
        })
    };
    found.iter().filter_map(pair).collect()
}

#[cfg(test)]
#[path = "bloom_tests.rs"]
mod tests;
