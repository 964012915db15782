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
//! 100 ns per candidate. Memory: the 4-grams of all sentences, 8 bytes each, and the candidates above likeness 0.2.
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
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::corpus::Unit;
use crate::dedup::distinct::{Distinct, SPELLED_OUT, sort};
use crate::dedup::index::{self, Bags};
use crate::dedup::{Comparison, Deduper, Request, ScoredPair};
use crate::params::Algorithm;
use crate::task::Level;
use crate::text::align::{Link, Pattern, chain};
use crate::text::normalize::Normalize;
use crate::text::sentence;
use crate::text::shingle::{Buffers, Shingle};

/// Least Dice of character 4-grams of a candidate.
const GRAMS: f64 = 0.1;
/// Least share of the shorter sentence's words of a candidate.
const WORDS: f64 = 0.3;
/// A sentence of fewer different words counts as one of so many: a shared word or two prove nothing.
const FEW: usize = 4;
/// Candidates below this likeness are dropped: no context can lift them to a match.
const LEAST: f64 = 0.2;

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
            let mut comparison = self.sentences(units);
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

/// Document and position.
type Place = (u32, u32);

/// The words of all sentences, in one piece.
struct Words {
    starts: Vec<usize>,
    words: Vec<u64>,
}

impl Words {
    fn of(&self, unit: u32) -> &[u64] {
        let unit = unit as usize;
        &self.words[self.starts[unit]..self.starts[unit + 1]]
    }
}

impl Align {
    /// Pairs of sentences of different documents with their likeness in context, sorted, and groups of equal sentences that
    /// stand in too many places to be spelled out.
    fn sentences(&self, units: &[Unit<'_>]) -> Comparison {
        let distinct = Distinct::new(units, &self.normalize);
        let mut counters = BTreeMap::new();
        let scored = self.scored(&distinct.representatives(units), &mut counters);
        let members = distinct.members();
        let mut comparison = Comparison::default();
        let mut push = |a: u32, b: u32, similarity: f64| {
            if units[a as usize].document != units[b as usize].document {
                let (a, b) = (a.min(b), a.max(b));
                comparison.pairs.push(ScoredPair { a, b, similarity });
            }
        };
        for pair in scored {
            let (a, b) = (&members[pair.a as usize], &members[pair.b as usize]);
            let whole = a.len() * b.len() <= SPELLED_OUT;
            for &left in if whole { a.as_slice() } else { &a[..1] } {
                for &right in if whole { b.as_slice() } else { &b[..1] } {
                    push(left, right, pair.similarity);
                }
            }
        }
        for group in members.iter().filter(|group| group.len() > 1) {
            if group.len() * group.len() > SPELLED_OUT {
                comparison.groups.push(group.clone());
                continue;
            }
            for (at, &left) in group.iter().enumerate() {
                for &right in &group[at + 1..] {
                    push(left, right, 1.0);
                }
            }
        }
        sort(&mut comparison.pairs);
        self.in_context(units, &mut comparison.pairs);
        comparison.counters = counters;
        comparison
    }

    /// Pairs of different sentences with their likeness out of context.
    fn scored(&self, units: &[Unit<'_>], counters: &mut BTreeMap<String, u64>) -> Vec<ScoredPair> {
        let grams = Bags::new(units, |text, buffers, hashes| {
            Shingle::characters(4).hashes(text, &self.normalize, buffers, hashes);
        });
        let words = self.words(units);
        let bags = Bags::new(units, |text, buffers, hashes| {
            self.normalize.words(text, buffers);
            hashes.extend(&buffers.tokens);
        });
        let by_grams = self.candidates(&grams, |a, b, shared| {
            let total = grams.ids(a as usize).len() + grams.ids(b as usize).len();
            2.0 * shared >= GRAMS * total as f64
        });
        let by_words = self.candidates(&bags, |a, b, shared| {
            let least = bags.ids(a as usize).len().min(bags.ids(b as usize).len());
            shared >= WORDS * least.max(FEW) as f64
        });
        let mut candidates = by_grams;
        candidates.extend(by_words);
        sort(&mut candidates);
        candidates.dedup_by_key(|pair| (pair.a, pair.b));
        counters.insert("candidates".to_owned(), candidates.len() as u64);
        counters.insert("shingles".to_owned(), grams.entries() as u64);
        let bytes: usize = units.iter().map(|unit| unit.text.len()).sum();
        counters.insert("bytes".to_owned(), bytes as u64);

        // Candidates of one sentence stand together, so that its bit masks are made once.
        let blocks: Vec<&[ScoredPair]> = candidates.chunk_by(|x, y| x.a == y.a).collect();
        let scored: Vec<Vec<ScoredPair>> = blocks
            .into_par_iter()
            .map_init(
                || (Pattern::default(), Vec::new()),
                |(pattern, scratch), block| {
                    let a = block[0].a;
                    pattern.set(words.of(a));
                    let likeness = |pair: &ScoredPair| {
                        let common = pattern.common(words.of(pair.b), scratch);
                        let lengths = words.of(a).len() + words.of(pair.b).len();
                        let similarity = (dice(&grams, a, pair.b)
                            + containment(&bags, a, pair.b)
                            + 2.0 * common as f64 / lengths as f64)
                            / 3.0;
                        (similarity >= LEAST).then_some(ScoredPair {
                            similarity,
                            ..*pair
                        })
                    };
                    block.iter().filter_map(likeness).collect()
                },
            )
            .collect();
        let pairs = scored.concat();
        counters.insert("verified".to_owned(), pairs.len() as u64);
        pairs
    }

    fn candidates(
        &self,
        bags: &Bags,
        keep: impl Fn(u32, u32, f64) -> bool + Sync,
    ) -> Vec<ScoredPair> {
        let ones = vec![1.0; bags.entries()];
        index::pairs(bags, &ones, &ones, self.most_sentences, |a, b, shared| {
            keep(a, b, shared).then_some(0.0)
        })
        .pairs
    }

    fn words(&self, units: &[Unit<'_>]) -> Words {
        let each: Vec<Vec<u64>> = units
            .par_iter()
            .map_init(Buffers::default, |buffers, unit| {
                self.normalize.words(unit.text, buffers);
                buffers.tokens.clone()
            })
            .collect();
        let mut words = Words {
            starts: vec![0],
            words: Vec::new(),
        };
        for sentence in each {
            words.words.extend(sentence);
            words.starts.push(words.words.len());
        }
        words
    }

    /// Lowers pairs with better partners on both sides, raises best pairs between best pairs (step 3 of the manual page).
    fn in_context(&self, units: &[Unit<'_>], pairs: &mut [ScoredPair]) {
        let place = |unit: u32| {
            let unit = &units[unit as usize];
            (unit.document, unit.position)
        };
        // The best partner of each sentence in each other document.
        let mut best: FxHashMap<(u32, u32), f64> = FxHashMap::default();
        for pair in pairs.iter() {
            for (unit, other) in [(pair.a, pair.b), (pair.b, pair.a)] {
                let likeness = best.entry((unit, place(other).0)).or_insert(0.0);
                *likeness = likeness.max(pair.similarity);
            }
        }
        let beaten = |pair: &ScoredPair, unit: u32, other: u32| {
            best.get(&(unit, place(other).0))
                .is_some_and(|&likeness| likeness > pair.similarity)
        };
        let mut mutual: FxHashMap<(Place, Place), f64> = FxHashMap::default();
        for pair in pairs.iter() {
            if !beaten(pair, pair.a, pair.b) && !beaten(pair, pair.b, pair.a) {
                let (a, b) = (place(pair.a), place(pair.b));
                mutual.insert((a.min(b), a.max(b)), pair.similarity);
            }
        }
        let changed: Vec<f64> = pairs
            .iter()
            .map(|pair| {
                let s = pair.similarity;
                if beaten(pair, pair.a, pair.b) && beaten(pair, pair.b, pair.a) {
                    return self.rival * s;
                }
                let (a, b) = (place(pair.a), place(pair.b));
                let (a, b) = (a.min(b), a.max(b));
                let neighbour = |a: Option<u32>, b: Option<u32>, documents: (u32, u32)| {
                    let key = ((documents.0, a?), (documents.1, b?));
                    mutual.get(&key).copied()
                };
                let before = neighbour(a.1.checked_sub(1), b.1.checked_sub(1), (a.0, b.0));
                let after = neighbour(a.1.checked_add(1), b.1.checked_add(1), (a.0, b.0));
                let support = (before.unwrap_or(0.0) + after.unwrap_or(0.0)) / 2.0;
                s + self.lift * s * (1.0 - s) * support
            })
            .collect();
        for (pair, similarity) in pairs.iter_mut().zip(changed) {
            pair.similarity = similarity;
        }
    }

    fn documents(&self, units: &[Unit<'_>], floor: f64) -> Comparison {
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
        let aligned = self.sentences(&sentences);
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

/// Share of the shorter document's words that lies in sentences of the heaviest chain; `totals` are the words of both.
fn covered(
    pairs: &[ScoredPair],
    sentences: &[Unit<'_>],
    lengths: &[f64],
    totals: (f64, f64),
) -> f64 {
    let links: Vec<Link> = pairs
        .iter()
        .map(|pair| Link {
            a: sentences[pair.a as usize].position,
            b: sentences[pair.b as usize].position,
            weight: pair.similarity * lengths[pair.a as usize].min(lengths[pair.b as usize]),
        })
        .collect();
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for at in chain(&links) {
        left.push(pairs[at].a);
        right.push(pairs[at].b);
    }
    let share = |mut of: Vec<u32>, total: f64| {
        of.dedup();
        of.iter().map(|&unit| lengths[unit as usize]).sum::<f64>() / total
    };
    if totals.0 < totals.1 {
        share(left, totals.0)
    } else if totals.1 < totals.0 {
        share(right, totals.1)
    } else {
        share(left, totals.0).max(share(right, totals.1))
    }
}

fn shared(bags: &Bags, a: u32, b: u32) -> f64 {
    let (mut a, mut b) = (bags.ids(a as usize), bags.ids(b as usize));
    let mut shared = 0u32;
    while let (Some(x), Some(y)) = (a.first(), b.first()) {
        shared += u32::from(x == y);
        if x <= y {
            a = &a[1..];
        }
        if y <= x {
            b = &b[1..];
        }
    }
    f64::from(shared)
}

fn dice(bags: &Bags, a: u32, b: u32) -> f64 {
    let total = bags.ids(a as usize).len() + bags.ids(b as usize).len();
    2.0 * shared(bags, a, b) / total as f64
}

fn containment(bags: &Bags, a: u32, b: u32) -> f64 {
    let least = bags.ids(a as usize).len().min(bags.ids(b as usize).len());
    shared(bags, a, b) / least.max(FEW) as f64
}

#[cfg(test)]
#[path = "align_tests.rs"]
mod tests;
