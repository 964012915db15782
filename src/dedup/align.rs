//! Sentence alignment: which sentences of two documents render each other, read in order.
//!
//! # What it does
//! Finds sentences that were copied, edited, translated twice or spun from one source, even where no long run of words is
//! left. At level `document` it says how much of the shorter document is covered by such sentences in the same order.
//!
//! # How it decides
//! 1. Candidates, through an inverted index: pairs of sentences of different documents that share a tenth of their
//!    character 4-grams (Dice) or three tenths of the words of the shorter one.
//! 2. The likeness of a candidate is the mean of three: Dice of character 4-grams (survives inflection and typing errors),
//!    the share of the shorter sentence's different words (of at least four) that the other one has (survives cutting and
//!    splitting), and twice the longest
//!    common subsequence of words over both lengths (wants the same order).
//!    Sentences with equal words have likeness 1.
//! 3. Context within the pair of documents. A sentence that has a better partner over there, whose partner has a better one
//!    over here, is hardly a copy: its likeness is multiplied by `rival`. A pair that is best on both sides gains when its
//!    neighbours before and after are best pairs too: `s + lift * s * (1 - s) * mean likeness of the two neighbours`.
//! 4. Documents: of the sentence pairs at `sentence_threshold` or above, the heaviest chain that never crosses; its share of
//!    the words of the shorter document is the similarity.
//!
//! # Parameters
//! - `lift` (1.0): how much matching neighbours raise a pair, 0 to 1; 0 switches it off.
//! - `rival` (0.7): factor for a pair in which both have better partners, 0 to 1; 1 switches it off.
//! - `sentence_threshold` (0.51): likeness at which two sentences count as a match in a document.
//! - `most_sentences` (2000): 4-grams and words in more sentences than this propose no candidates.
//! - `normalize`: the knobs of normalisation.
//!
//! Where the defaults come from: talk 5 of the TED part of the WMT 2021 MQM data, three translations at a time, edited by
//! dropping, merging, splitting and moving sentences, among a thousand sentences of MLQE-PE that have nothing to do with it.
//! Pair F1 is best there at 0.51; talk 7, which decided nothing, agrees. The threshold of documents, 0.2, lies between the
//! middle of the gap between copies and strangers among documents built from MLQE-PE et-en (0.13) and the third of the
//! sentences that the annotation guidelines ask of a near-duplicate. The calibration test of `src/dedup` prints these
//! figures; no article of the gold had a part in them.
//!
//! # Cost
//! Work grows with the sum of squared document frequencies of 4-grams and words (bounded by `most_sentences`), then about
//! half a microsecond per candidate. For documents most candidates go no further: shared words bound the common subsequence
//! from above and neighbours can lift likeness `s` to `s + lift * s * (1 - s)` at most, so a pair of documents in which no
//! candidate can reach `sentence_threshold` is passed over whole, with the same answer (counter `verified` says what was
//! left). Memory: the 4-grams of all sentences, 8 bytes each, and the candidates, 24 bytes each.
//!
//! # Known to miss
//! Sentences reworded throughout with other words; pairs inside one document; documents whose passages were reordered count
//! only their longest part in order. A sentence that stands in more than 64 places is taken for boilerplate: equal copies
//! come back as one group and cover nothing of a document. Formulaic sentences shared by unrelated documents are found as sentences.
//!
//! # Reference
//! Local text reuse by n-gram index and alignment: Smith, Cordell and Dillon, "Infectious texts" (2013); sentence
//! alignment by length and order: Gale and Church (1993); reuse by sentence coverage: Clough et al., METER (2002).
//! Longest common subsequence by bits: Hyyrö (2004).

use std::collections::BTreeMap;

use rayon::prelude::*;
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use crate::corpus::Unit;
use crate::dedup::distinct::{Distinct, SPELLED_OUT, sort, spelled_out};
use crate::dedup::{Comparison, Deduper, Request, ScoredPair};
use crate::params::Algorithm;
use crate::task::Level;
use crate::text::align::{Link, chain};
use crate::text::normalize::Normalize;
use crate::text::sentence;
use crate::text::shingle::Buffers;

mod context;
mod likeness;

use likeness::{Candidate, Sentences};

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Align {
    /// How much matching neighbours raise a pair.
    pub lift: f64,
    /// Factor for a pair in which both have better partners.
    pub rival: f64,
    /// Likeness at which two sentences count as a match in a document.
    pub sentence_threshold: f64,
    /// 4-grams and words in more sentences than this propose no candidates.
    pub most_sentences: usize,
    /// The knobs of normalisation.
    pub normalize: Normalize,
}

impl Default for Align {
    fn default() -> Self {
        Self {
            lift: 1.0,
            rival: 0.7,
            sentence_threshold: 0.51,
            most_sentences: 2000,
            normalize: Normalize::default(),
        }
    }
}

impl Algorithm for Align {
    fn check(&self) -> Result<(), String> {
        for (name, value) in [
            ("lift", self.lift),
            ("rival", self.rival),
            ("sentence_threshold", self.sentence_threshold),
        ] {
            if !(0.0..=1.0).contains(&value) {
                return Err(format!("{name} is {value}, must lie between 0 and 1"));
            }
        }
        if self.most_sentences < 2 {
            return Err(format!(
                "most_sentences is {}, must be at least 2",
                self.most_sentences
            ));
        }
        Ok(())
    }
}

impl Deduper for Align {
    fn compare(&self, units: &[Unit<'_>], request: &Request) -> Comparison {
        if request.level == Level::Segment {
            let mut comparison = self.sentences(units, false);
            comparison
                .pairs
                .retain(|pair| pair.similarity >= request.floor);
            return comparison;
        }
        self.documents(units, request.floor)
    }

    fn threshold(&self, level: Level) -> f64 {
        if level == Level::Segment {
            self.sentence_threshold
        } else {
            0.2
        }
    }
}

impl Align {
    /// Pairs of sentences of different documents with their likeness in context, sorted, and groups of equal sentences that
    /// stand in too many places to be spelled out. With `matches` alone, pairs of documents without a match are passed over.
    fn sentences(&self, units: &[Unit<'_>], matches: bool) -> Comparison {
        let distinct = Distinct::new(units, &self.normalize);
        let members = distinct.members();
        let sentences = Sentences::new(&distinct.representatives(units), &self.normalize);
        let mut candidates = sentences.candidates(self.most_sentences);
        let bytes: usize = units.iter().map(|unit| unit.text.len()).sum();
        let mut counters = BTreeMap::from([
            ("bytes".to_owned(), bytes as u64),
            ("candidates".to_owned(), candidates.len() as u64),
            ("shingles".to_owned(), sentences.grams() as u64),
        ]);
        if matches {
            self.drop_hopeless(&mut candidates, members, units);
        }
        let scored = sentences.scored(&candidates);
        counters.insert("verified".to_owned(), scored.len() as u64);
        let mut comparison = Comparison::default();
        let mut push = |a: u32, b: u32, similarity: f64| {
            if units[a as usize].document != units[b as usize].document {
                let (a, b) = (a.min(b), a.max(b));
                comparison.pairs.push(ScoredPair { a, b, similarity });
            }
        };
        for pair in scored {
            for (a, b) in spelled_out(members, pair.a, pair.b) {
                push(a, b, pair.similarity);
            }
        }
        for group in members {
            for (a, b) in equals(group) {
                push(a, b, 1.0);
            }
            if group.len() * group.len() > SPELLED_OUT {
                comparison.groups.push(group.clone());
            }
        }
        sort(&mut comparison.pairs);
        self.in_context(units, &mut comparison.pairs);
        comparison.counters = counters;
        comparison
    }

    /// Drops the candidates between documents of which no pair can become a match, whatever its neighbours are. A pair's
    /// context lies within its two documents, so nothing else changes.
    fn drop_hopeless(
        &self,
        candidates: &mut Vec<Candidate>,
        members: &[Vec<u32>],
        units: &[Unit<'_>],
    ) {
        let documents = |(a, b): (u32, u32)| {
            let (a, b) = (units[a as usize].document, units[b as usize].document);
            (a.min(b), a.max(b))
        };
        let mut hopeful: FxHashSet<(u32, u32)> = members
            .iter()
            .flat_map(|group| equals(group))
            .map(documents)
            .collect();
        // Rounding must not lose a pair that just reaches the threshold.
        let enough = self.sentence_threshold - 1e-9;
        for candidate in candidates.iter() {
            if self.lifted(candidate.most) >= enough {
                hopeful.extend(spelled_out(members, candidate.a, candidate.b).map(documents));
            }
        }
        candidates.retain(|candidate| {
            spelled_out(members, candidate.a, candidate.b)
                .any(|pair| hopeful.contains(&documents(pair)))
        });
    }

    fn documents(&self, units: &[Unit<'_>], floor: f64) -> Comparison {
        self.covering(units, floor, true)
    }

    /// The answer for documents; `matches` says whether hopeless pairs of documents are passed over (which changes nothing).
    fn covering(&self, units: &[Unit<'_>], floor: f64, matches: bool) -> Comparison {
        let distinct = Distinct::new(units, &self.normalize);
        let documents = distinct.representatives(units);
        let mut sentences: Vec<Unit<'_>> = Vec::new();
        for (document, unit) in (0u32..).zip(&documents) {
            let spans = sentence::segments(unit.text);
            sentences.extend((0u32..).zip(spans).filter_map(|(position, span)| {
                Some(Unit {
                    text: span.text(unit.text)?,
                    document,
                    position,
                })
            }));
        }
        let aligned = self.sentences(&sentences, matches);
        let lengths = self.lengths(&sentences);
        let mut totals = vec![0.0; documents.len()];
        for (sentence, length) in sentences.iter().zip(&lengths) {
            totals[sentence.document as usize] += length;
        }
        let mut links: BTreeMap<(u32, u32), Vec<ScoredPair>> = BTreeMap::new();
        for pair in aligned.pairs {
            if pair.similarity >= self.sentence_threshold {
                let key = (
                    sentences[pair.a as usize].document,
                    sentences[pair.b as usize].document,
                );
                links.entry(key).or_default().push(pair);
            }
        }
        let found: Vec<ScoredPair> = links
            .into_par_iter()
            .filter_map(|((a, b), links)| {
                let similarity = covered(
                    &links,
                    &sentences,
                    &lengths,
                    (totals[a as usize], totals[b as usize]),
                );
                (similarity >= floor).then_some(ScoredPair { a, b, similarity })
            })
            .collect();
        let mut comparison = distinct.spread(found);
        comparison.counters = aligned.counters;
        comparison
    }

    /// Number of words of each sentence.
    fn lengths(&self, sentences: &[Unit<'_>]) -> Vec<f64> {
        sentences
            .par_iter()
            .map_init(Buffers::default, |buffers, unit| {
                self.normalize.words(unit.text, buffers);
                buffers.tokens.len() as f64
            })
            .collect()
    }
}

/// All pairs of one family of equal sentences; none of a very large one.
fn equals(group: &[u32]) -> impl Iterator<Item = (u32, u32)> {
    let small = group.len() * group.len() <= SPELLED_OUT;
    let group = if small { group } else { &[] };
    (0..group.len())
        .flat_map(move |at| group[at + 1..].iter().map(move |&right| (group[at], right)))
}

/// Share of the shorter document's words that lies in sentences of the heaviest chain; `totals` are the words of both.
///
/// Of equally heavy chains the one found first counts, read from the shorter document; with equal length both readings are
/// taken and the larger share counts, so that it does not matter which document comes first.
fn covered(
    pairs: &[ScoredPair],
    sentences: &[Unit<'_>],
    lengths: &[f64],
    totals: (f64, f64),
) -> f64 {
    let read = |turned: bool| {
        let ends = |pair: &ScoredPair| {
            if turned {
                (pair.b, pair.a)
            } else {
                (pair.a, pair.b)
            }
        };
        let links: Vec<Link> = pairs
            .iter()
            .map(|pair| {
                let (a, b) = ends(pair);
                Link {
                    a: sentences[a as usize].position,
                    b: sentences[b as usize].position,
                    weight: pair.similarity * lengths[a as usize].min(lengths[b as usize]),
                }
            })
            .collect();
        let mut sides: (Vec<u32>, Vec<u32>) =
            chain(&links).into_iter().map(|at| ends(&pairs[at])).unzip();
        sides.0.dedup();
        sides.1.dedup();
        sides
    };
    let share =
        |of: &[u32], total: f64| of.iter().map(|&unit| lengths[unit as usize]).sum::<f64>() / total;
    if totals.0 < totals.1 {
        return share(&read(false).0, totals.0);
    }
    if totals.1 < totals.0 {
        return share(&read(true).0, totals.1);
    }
    [false, true]
        .into_iter()
        .map(read)
        .map(|(left, right)| share(&left, totals.0).max(share(&right, totals.0)))
        .fold(0.0, f64::max)
}

#[cfg(test)]
#[path = "align_tests.rs"]
mod tests;
