//! Repeated spans by suffix array: every run of words that stands in two units, however long.
//!
//! # What it does
//! Finds all spans of at least `least` words that two units have in common, without choosing windows or hashes beforehand,
//! and says how much of the shorter unit lies in such spans.
//!
//! # How it decides
//! Joins the normalised words of all units to one sequence (a mark of its own after each unit), sorts its suffixes, and
//! takes neighbours with a common prefix of `least` words or more together. A word of a unit is covered by another unit when
//! it lies in such a common span. Similarity is the share of covered words, in the unit with fewer words.
//!
//! # Parameters
//! - `least` (5): words of the shortest span that counts. passim takes 25 characters, about five words; Lee et al. delete
//!   from 50 subword tokens up, where a copy needs no second look.
//! - `most_units` (1000): spans in more units than this are taken for boilerplate and passed over.
//! - `normalize`: the knobs of normalisation.
//!
//! Default thresholds, 0.07 for documents and 0.28 for segments: the best ones on the calibration data (documents of MLQE-PE
//! et-en 0.07, edited copies of TED talk 5 among strangers 0.28; printed by the calibration test of `src/dedup`).
//!
//! # Cost
//! Linear in the number of words for the array (libsais), 16 bytes per word; then one step per span position and unit that
//! has it.
//!
//! # Known to miss
//! Rewording, as all that need equal runs of words. Inserting a word every four words hides a copy.
//!
//! # Reference
//! Lee et al., "Deduplicating training data makes language models better" (2022); Nong, Zhang and Chan (SA-IS, 2011);
//! Kasai et al. (common prefixes in linear time, 2001).

use std::collections::BTreeMap;

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::corpus::Unit;
use crate::dedup::distinct::{Distinct, sort};
use crate::dedup::{Comparison, Deduper, Request, ScoredPair};
use crate::params::Algorithm;
use crate::task::Level;
use crate::text::normalize::Normalize;
use crate::text::shingle::Buffers;

mod array;

use array::{common_prefixes, sequence, suffix_array};

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Suffix {
    /// Words of the shortest span that counts.
    pub least: usize,
    /// Spans in more units than this are passed over.
    pub most_units: usize,
    /// The knobs of normalisation.
    pub normalize: Normalize,
}

impl Default for Suffix {
    fn default() -> Self {
        Self {
            least: 5,
            most_units: 1000,
            normalize: Normalize::default(),
        }
    }
}

impl Algorithm for Suffix {
    fn check(&self) -> Result<(), String> {
        if self.least == 0 {
            return Err("least is 0, must be at least 1".to_owned());
        }
        Ok(())
    }
}

impl Deduper for Suffix {
    fn compare(&self, units: &[Unit<'_>], request: &Request) -> Comparison {
        let distinct = Distinct::new(units, &self.normalize);
        let words: Vec<Vec<u64>> = distinct
            .representatives(units)
            .par_iter()
            .map_init(Buffers::default, |buffers, unit| {
                self.normalize.words(unit.text, buffers);
                buffers.tokens.clone()
            })
            .collect();
        let mut counters = BTreeMap::new();
        let found = self.pairs(&words, request.floor, &mut counters);
        let mut comparison = distinct.spread(found);
        let bytes: usize = units.iter().map(|unit| unit.text.len()).sum();
        counters.insert("bytes".to_owned(), bytes as u64);
        comparison.counters = counters;
        comparison
    }

    fn threshold(&self, level: Level) -> f64 {
        if level == Level::Segment { 0.28 } else { 0.07 }
    }
}

/// A number for each word position whose next `least` words also stand elsewhere: equal numbers, equal words.
struct Repeats {
    /// Per unit: (position, number) in order of position.
    of_unit: Vec<Vec<(u32, u32)>>,
    /// Units of each number, sorted, each once.
    units: Vec<Vec<u32>>,
    /// Words of the longest repeated span.
    longest: usize,
}

impl Suffix {
    fn pairs(
        &self,
        words: &[Vec<u64>],
        floor: f64,
        counters: &mut BTreeMap<String, u64>,
    ) -> Vec<ScoredPair> {
        let repeats = self.repeats(words);
        counters.insert("longest_span".to_owned(), repeats.longest as u64);
        counters.insert(
            "words".to_owned(),
            words.iter().map(|words| words.len() as u64).sum(),
        );
        // Covered words of each unit by each other unit that shares a span with it.
        let covered: Vec<FxHashMap<u32, (usize, usize)>> = (0u32..)
            .zip(&repeats.of_unit)
            .collect::<Vec<_>>()
            .into_par_iter()
            .map(|(unit, positions)| {
                let mut covered: FxHashMap<u32, (usize, usize)> = FxHashMap::default();
                for &(at, number) in positions {
                    let (at, sharing) = (at as usize, &repeats.units[number as usize]);
                    if sharing.len() > self.most_units {
                        continue;
                    }
                    for &other in sharing.iter().filter(|&&other| other != unit) {
                        let (total, end) = covered.entry(other).or_insert((0, 0));
                        *total += at + self.least - at.max(*end);
                        *end = at + self.least;
                    }
                }
                covered
            })
            .collect();
        let mut pairs = Vec::new();
        for (a, covered_by) in (0u32..).zip(&covered) {
            let mut others: Vec<u32> = covered_by.keys().copied().filter(|&b| b > a).collect();
            others.sort_unstable();
            counters
                .entry("candidates".to_owned())
                .and_modify(|n| *n += others.len() as u64)
                .or_insert(others.len() as u64);
            for b in others {
                let share = |unit: u32, by: u32| {
                    let total = covered[unit as usize]
                        .get(&by)
                        .map_or(0, |(total, _)| *total);
                    total as f64 / words[unit as usize].len() as f64
                };
                let (left, right) = (words[a as usize].len(), words[b as usize].len());
                let similarity = match left.cmp(&right) {
                    std::cmp::Ordering::Less => share(a, b),
                    std::cmp::Ordering::Greater => share(b, a),
                    std::cmp::Ordering::Equal => share(a, b).max(share(b, a)),
                };
                if similarity >= floor {
                    pairs.push(ScoredPair { a, b, similarity });
                }
            }
        }
        sort(&mut pairs);
        pairs
    }

    fn repeats(&self, words: &[Vec<u64>]) -> Repeats {
        let mut repeats = Repeats {
            of_unit: vec![Vec::new(); words.len()],
            units: Vec::new(),
            longest: 0,
        };
        let (mut text, owners) = sequence(words);
        let Some(order) = suffix_array(&mut text) else {
            return repeats;
        };
        let prefixes = common_prefixes(&text, &order);
        let mut start = 0;
        while start < order.len() {
            let mut end = start + 1;
            while end < order.len() && prefixes[end] >= self.least {
                repeats.longest = repeats.longest.max(prefixes[end]);
                end += 1;
            }
            if end - start > 1 {
                let number = u32::try_from(repeats.units.len()).unwrap_or(u32::MAX);
                let mut units = Vec::new();
                for &suffix in &order[start..end] {
                    let (unit, position) = owners[suffix as usize];
                    units.push(unit);
                    repeats.of_unit[unit as usize].push((position, number));
                }
                units.sort_unstable();
                units.dedup();
                repeats.units.push(units);
            }
            start = end;
        }
        repeats
            .of_unit
            .iter_mut()
            .for_each(|positions| positions.sort_unstable());
        repeats
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dedup::distinct::units;

    #[test]
    fn coverage_by_hand() {
        // Spans of three words: "one two three four" (4 words) and "seven eight nine" (3 words) of the 9 of the shorter.
        let texts = [
            "one two three four x seven eight nine y",
            "z one two three four five six seven eight nine",
        ];
        let suffix = Suffix {
            least: 3,
            ..Suffix::default()
        };
        let request = Request {
            level: Level::Document,
            seed: 0,
            floor: 0.0,
        };
        let comparison = suffix.compare(&units(&texts), &request);
        assert_eq!(
            comparison.pairs,
            [ScoredPair {
                a: 0,
                b: 1,
                similarity: 7.0 / 9.0
            }]
        );
        assert_eq!(comparison.counters["longest_span"], 4);
    }

    proptest! {
        #[test]
        fn equals_the_naive_twin(words in prop::collection::vec(prop::collection::vec(0u64..3, 0..9), 0..5), least in 1usize..4) {
            let suffix = Suffix { least, ..Suffix::default() };
            let found = suffix.pairs(&words, 0.0, &mut BTreeMap::new());
            let share = |a: &[u64], b: &[u64]| {
                let mut covered = vec![false; a.len()];
                for start in 0..(a.len() + 1).saturating_sub(least) {
                    if b.windows(least).any(|window| window == &a[start..start + least]) {
                        covered[start..start + least].fill(true);
                    }
                }
                covered.iter().filter(|&&covered| covered).count() as f64 / a.len() as f64
            };
            let mut expected = Vec::new();
            for a in 0..words.len() {
                for b in a + 1..words.len() {
                    let (x, y) = (&words[a], &words[b]);
                    let similarity = if x.len() < y.len() { share(x, y) } else if y.len() < x.len() { share(y, x) } else { share(x, y).max(share(y, x)) };
                    if similarity > 0.0 {
                        expected.push(ScoredPair { a: a as u32, b: b as u32, similarity });
                    }
                }
            }
            prop_assert_eq!(found, expected);
        }
    }
}
