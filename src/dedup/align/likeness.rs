//! Which sentences may render each other, and how alike they are out of context (steps 1 and 2 of the manual page).

use rayon::prelude::*;

use crate::corpus::Unit;
use crate::dedup::ScoredPair;
use crate::dedup::distinct::sort;
use crate::dedup::index::{self, Bags};
use crate::text::align::Pattern;
use crate::text::normalize::Normalize;
use crate::text::shingle::{Buffers, Shingle};

/// Least Dice of character 4-grams of a candidate.
pub(super) const GRAMS: f64 = 0.1;
/// Least share of the shorter sentence's words of a candidate.
pub(super) const WORDS: f64 = 0.3;
/// A sentence of fewer different words counts as one of so many: a shared word or two prove nothing.
const FEW: usize = 4;
/// Candidates below this likeness are dropped: no context can lift them to a match.
pub(super) const LEAST: f64 = 0.2;

/// Two sentences that share enough to be compared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub(super) a: u32,
    pub(super) b: u32,
    /// Dice of 4-grams plus share of words.
    base: f64,
    /// Their likeness is at most this.
    pub(super) most: f64,
}

/// What is compared of each sentence.
pub(super) struct Sentences {
    grams: Bags,
    /// Different words.
    bags: Bags,
    /// All words in order, in one piece.
    words: Vec<u64>,
    starts: Vec<usize>,
}

impl Sentences {
    pub(super) fn new(units: &[Unit<'_>], normalize: &Normalize) -> Self {
        let grams = Bags::new(units, |text, buffers, hashes| {
            Shingle::characters(4).hashes(text, normalize, buffers, hashes);
        });
        let each: Vec<Vec<u64>> = units
            .par_iter()
            .map_init(Buffers::default, |buffers, unit| {
                normalize.words(unit.text, buffers);
                buffers.tokens.clone()
            })
            .collect();
        let mut starts = vec![0];
        for sentence in &each {
            starts.push(starts.last().unwrap_or(&0) + sentence.len());
        }
        Self {
            grams,
            bags: Bags::from_hashes(&each),
            words: each.concat(),
            starts,
        }
    }

    /// 4-grams of all sentences.
    pub(super) fn grams(&self) -> usize {
        self.grams.entries()
    }

    fn words(&self, unit: u32) -> &[u64] {
        let unit = unit as usize;
        &self.words[self.starts[unit]..self.starts[unit + 1]]
    }

    /// Pairs that share enough 4-grams or words, sorted. Features in more than `most` sentences propose none.
    pub(super) fn candidates(&self, most: usize) -> Vec<Candidate> {
        let by_grams = proposed(&self.grams, most, |a, b, shared| {
            2.0 * shared >= GRAMS * (a + b) as f64
        });
        let by_words = proposed(&self.bags, most, |a, b, shared| {
            shared >= WORDS * a.min(b).max(FEW) as f64
        });
        let mut pairs = by_grams;
        pairs.extend(by_words);
        sort(&mut pairs);
        pairs.dedup_by_key(|pair| (pair.a, pair.b));
        pairs
            .into_par_iter()
            .map(|pair| self.candidate(pair.a, pair.b))
            .collect()
    }

    fn candidate(&self, a: u32, b: u32) -> Candidate {
        let sizes = |bags: &Bags| (bags.ids(a as usize).len(), bags.ids(b as usize).len());
        let (grams, bags) = (sizes(&self.grams), sizes(&self.bags));
        let dice = 2.0 * shared(&self.grams, a, b) as f64 / (grams.0 + grams.1) as f64;
        let words = shared(&self.bags, a, b);
        let contained = words as f64 / bags.0.min(bags.1).max(FEW) as f64;
        // A common subsequence holds shared words only, each as often as the sentence with fewer of it has it.
        let (left, right) = (self.words(a).len(), self.words(b).len());
        let common = words + (left - bags.0).min(right - bags.1);
        let base = dice + contained;
        Candidate {
            a,
            b,
            base,
            most: (base + 2.0 * common as f64 / (left + right) as f64) / 3.0,
        }
    }

    /// Likeness of the candidates that have at least [`LEAST`] of it, sorted as they were.
    pub(super) fn scored(&self, candidates: &[Candidate]) -> Vec<ScoredPair> {
        // Candidates of one sentence stand together, so that its bit masks are made once.
        let blocks: Vec<&[Candidate]> = candidates.chunk_by(|x, y| x.a == y.a).collect();
        let scored: Vec<Vec<ScoredPair>> = blocks
            .into_par_iter()
            .map_init(
                || (Pattern::default(), Vec::new()),
                |(pattern, scratch), block| {
                    let a = block[0].a;
                    pattern.set(self.words(a));
                    let likeness = |candidate: &Candidate| {
                        let b = candidate.b;
                        let common = pattern.common(self.words(b), scratch);
                        let lengths = self.words(a).len() + self.words(b).len();
                        let similarity =
                            (candidate.base + 2.0 * common as f64 / lengths as f64) / 3.0;
                        (similarity >= LEAST).then_some(ScoredPair { a, b, similarity })
                    };
                    let may = block.iter().filter(|candidate| candidate.most >= LEAST);
                    may.filter_map(likeness).collect()
                },
            )
            .collect();
        scored.concat()
    }
}

/// Pairs of which `keep` likes the sizes of both and the number of shared features.
fn proposed(
    bags: &Bags,
    most: usize,
    keep: impl Fn(usize, usize, f64) -> bool + Sync,
) -> Vec<ScoredPair> {
    let ones = vec![1.0; bags.entries()];
    let size = |unit: u32| bags.ids(unit as usize).len();
    index::pairs(bags, &ones, &ones, most, |a, b, shared| {
        keep(size(a), size(b), shared).then_some(0.0)
    })
    .pairs
}

/// Features that both units have.
fn shared(bags: &Bags, a: u32, b: u32) -> usize {
    let (a, b) = (bags.ids(a as usize), bags.ids(b as usize));
    let (mut i, mut j, mut shared) = (0, 0, 0);
    // Sums instead of branches: which side is behind cannot be predicted.
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        shared += usize::from(x == y);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    shared
}
