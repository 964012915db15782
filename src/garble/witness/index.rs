//! The comparison of a corpus: segments, their witnesses, who copied whom, and how reliable each document is.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use xxhash_rust::xxh3::xxh3_64;

use super::Witness;
use super::collate::{Collation, collate};
use super::reading::{Role, Synonyms, Word, alike, words};
use crate::corpus::{Corpus, Span};
use crate::text::sentence::segments;
use crate::text::sibling::{Pair, Prepared, Siblings};

/// A document cut into segments and words.
pub(super) struct Text {
    pub(super) segments: Vec<Vec<Word>>,
    /// Stems that occur anywhere, for support in another place.
    pub(super) stems: FxHashSet<u64>,
    /// Hashes of runs of exact words, as long as a copied run.
    runs: FxHashSet<u64>,
    /// Hash of the text: the order in which witnesses are heard, so that names and positions decide nothing.
    key: u64,
}

/// What another document has for one segment.
pub(super) struct Testimony {
    /// Index of the witness's text.
    pub(super) document: usize,
    /// Words of the witness's segments, in order.
    pub(super) words: Vec<Word>,
    pub(super) collation: Collation,
    pub(super) similarity: f64,
    /// For each word of the segment, little ones left out: the witness has it in these segments, but in another place.
    pub(super) elsewhere: Vec<bool>,
    /// For each word: it lies in a long identical run.
    pub(super) copied: Vec<bool>,
}

/// Everything that voting needs. Identical texts are one text here: copies say nothing new, neither for each other nor together.
pub(super) struct Index {
    /// By document of the corpus: its text here.
    pub(super) text_of: Vec<usize>,
    /// By text: the first document that has it.
    pub(super) document_of: Vec<usize>,
    pub(super) texts: Vec<Text>,
    /// Stems that stand in two texts or more.
    pub(super) shared: FxHashSet<u64>,
    /// By text and segment: what each witness has.
    pub(super) testimonies: Vec<Vec<Vec<Testimony>>>,
    /// By pair of texts: how far one copied the other, 0 to 1.
    dependence: FxHashMap<(usize, usize), f64>,
    /// By text, 0 to 1.
    pub(super) reliability: Vec<f64>,
}

impl Index {
    pub(super) fn new(corpus: &Corpus, parameters: &Witness, synonyms: &Synonyms) -> Self {
        let mut known: FxHashMap<&str, usize> = FxHashMap::default();
        let mut document_of = Vec::new();
        let text_of = corpus
            .documents
            .iter()
            .enumerate()
            .map(|(index, document)| {
                *known.entry(&document.text).or_insert_with(|| {
                    document_of.push(index);
                    document_of.len() - 1
                })
            })
            .collect();
        let (texts, prepared): (Vec<Text>, Vec<Vec<Prepared>>) = document_of
            .par_iter()
            .map(|&index| Text::new(&corpus.documents[index].text, parameters.run))
            .unzip();
        let testimonies: Vec<Vec<Vec<Testimony>>> = partners(&texts, &prepared, parameters.floor)
            .into_par_iter()
            .enumerate()
            .map(|(document, partners)| testify(document, &partners, &texts, parameters, synonyms))
            .collect();
        let dependence = dependence(&texts, &testimonies, parameters.run);
        let (mut seen, mut shared) = (FxHashSet::default(), FxHashSet::default());
        for stem in texts.iter().flat_map(|text| &text.stems) {
            if !seen.insert(*stem) {
                shared.insert(*stem);
            }
        }
        let mut index = Self {
            shared,
            text_of,
            document_of,
            reliability: vec![0.8; texts.len()],
            texts,
            testimonies,
            dependence,
        };
        for _ in 0..parameters.rounds {
            index.reliability = (0..index.texts.len())
                .map(|document| super::votes::supported(&index, document))
                .collect();
        }
        index
    }

    /// How far one of two documents copied the other.
    pub(super) fn dependence(&self, a: usize, b: usize) -> f64 {
        self.dependence
            .get(&(a.min(b), a.max(b)))
            .copied()
            .unwrap_or(0.0)
    }
}

impl Text {
    /// A text, and its segments ready for comparison.
    fn new(text: &str, run: usize) -> (Self, Vec<Prepared>) {
        let spans: Vec<Span> = segments(text);
        let segments: Vec<Vec<Word>> = spans.iter().map(|&span| words(text, span)).collect();
        let prepared = spans
            .iter()
            .map(|span| Prepared::new(&text[span.start..span.end]))
            .collect();
        let stems = segments.iter().flatten().map(|word| word.stem).collect();
        let all: Vec<u64> = segments
            .iter()
            .flatten()
            .filter(|word| word.role != Role::Mark)
            .map(|word| word.exact)
            .collect();
        let text = Self {
            segments,
            stems,
            runs: all
                .windows(run)
                .map(|window| together(window.iter().copied()))
                .collect(),
            key: xxh3_64(text.as_bytes()),
        };
        (text, prepared)
    }
}

/// One hash of a run of words.
pub(super) fn together(words: impl Iterator<Item = u64>) -> u64 {
    words.fold(0, |key, word| {
        (key.rotate_left(17) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    })
}

/// By text: the other texts with which it shares segments and at least three stems, in order, and which segments those are. A pair of texts is
/// compared once, and both hear of it.
fn partners(
    texts: &[Text],
    prepared: &[Vec<Prepared>],
    floor: f64,
) -> Vec<Vec<(usize, Vec<Pair>)>> {
    let siblings = Siblings::new(prepared);
    let later: Vec<Vec<(usize, Vec<Pair>)>> = (0..texts.len())
        .into_par_iter()
        .map(|text| {
            let mut found = siblings.later(text, floor);
            let stems = &texts[text].stems;
            found.retain(|(other, _)| stems.intersection(&texts[*other].stems).nth(2).is_some());
            found
        })
        .collect();
    let mut partners: Vec<Vec<(usize, Vec<Pair>)>> = vec![Vec::new(); texts.len()];
    for (text, found) in later.into_iter().enumerate() {
        for (other, pairs) in found {
            let mut turned: Vec<Pair> = pairs.iter().map(|pair| pair.turned()).collect();
            turned.sort_by_key(|pair| (pair.a, pair.b));
            partners[other].push((text, turned));
            partners[text].push((other, pairs));
        }
    }
    partners
}

/// Everything that the other documents have for the segments of one.
fn testify(
    document: usize,
    partners: &[(usize, Vec<Pair>)],
    texts: &[Text],
    parameters: &Witness,
    synonyms: &Synonyms,
) -> Vec<Vec<Testimony>> {
    let text = &texts[document];
    let mut found: Vec<Vec<Testimony>> = text.segments.iter().map(|_| Vec::new()).collect();
    for &(other, ref all) in partners {
        let witness = &texts[other];
        for same in all.chunk_by(|a, b| a.a == b.a) {
            let segment = same[0].a;
            let best = same.iter().map(|pair| pair.similarity).fold(0.0, f64::max);
            // A sentence that was split has two partners; much weaker ones only share a topic.
            let mut words: Vec<Word> = Vec::new();
            for pair in same.iter().filter(|pair| pair.similarity >= 0.75 * best) {
                words.extend_from_slice(&witness.segments[pair.b]);
            }
            let own = &text.segments[segment];
            if own.len() < 4 || words.len() > 6 * own.len() + 40 {
                continue;
            }
            let collation = collate(own, &words, synonyms);
            let elsewhere = own
                .iter()
                .zip(&collation.partner)
                .map(|(word, partner)| {
                    partner.is_none()
                        && !word.role.is_little()
                        && words.iter().any(|w| alike(word, w, synonyms) > 0.0)
                })
                .collect();
            let copied = identical_runs(own, &words, &collation, parameters.run);
            found[segment].push(Testimony {
                document: other,
                words,
                collation,
                similarity: best,
                elsewhere,
                copied,
            });
        }
    }
    for testimonies in &mut found {
        testimonies.sort_by_key(|testimony| texts[testimony.document].key);
    }
    found
}

/// Marks the words in runs of at least `run` words that are equal in both, marks not counted.
fn identical_runs(own: &[Word], words: &[Word], collation: &Collation, run: usize) -> Vec<bool> {
    let mut copied = vec![false; own.len()];
    let (mut start, mut length, mut last): (usize, usize, Option<usize>) = (0, 0, None);
    for i in 0..=own.len() {
        let partner = (i < own.len())
            .then(|| collation.partner[i])
            .flatten()
            .filter(|&(j, _)| own[i].exact == words[j].exact)
            .map(|(j, _)| j);
        let goes_on = matches!((partner, last), (Some(j), Some(before)) if j == before + 1);
        if !goes_on {
            if length >= run {
                copied[start..i].fill(true);
            }
            (start, length) = (i, 0);
        }
        if partner.is_some() {
            length += usize::from(i < own.len() && own[i].role != Role::Mark);
        }
        last = partner;
    }
    copied
}

/// For every pair: the share of the words they have in common that lies in copied runs which no third document has.
fn dependence(
    texts: &[Text],
    testimonies: &[Vec<Vec<Testimony>>],
    run: usize,
) -> FxHashMap<(usize, usize), f64> {
    // Texts that have each run: a third has it when there are more than the two.
    let mut having: FxHashMap<u64, usize> = FxHashMap::default();
    for run in texts.iter().flat_map(|text| &text.runs) {
        *having.entry(*run).or_default() += 1;
    }
    let mut counts: FxHashMap<(usize, usize), (f64, f64)> = FxHashMap::default();
    for (document, segments) in testimonies.iter().enumerate() {
        for (own, testimonies) in texts[document].segments.iter().zip(segments) {
            let words: Vec<usize> = (0..own.len())
                .filter(|&i| own[i].role != Role::Mark)
                .collect();
            for testimony in testimonies {
                let pair = (
                    document.min(testimony.document),
                    document.max(testimony.document),
                );
                let slot = counts.entry(pair).or_default();
                for (position, &i) in words.iter().enumerate() {
                    if testimony.collation.partner[i].is_none() {
                        continue;
                    }
                    slot.1 += 1.0;
                    if !testimony.copied[i] {
                        continue;
                    }
                    let start = position
                        .saturating_sub(run / 2)
                        .min(words.len().saturating_sub(run));
                    let window = &words[start..(start + run).min(words.len())];
                    let key = together(window.iter().map(|&at| own[at].exact));
                    let ours = usize::from(texts[document].runs.contains(&key))
                        + usize::from(texts[testimony.document].runs.contains(&key));
                    let third =
                        window.len() == run && having.get(&key).is_some_and(|&all| all > ours);
                    slot.0 += if third { 0.0 } else { 1.0 };
                }
            }
        }
    }
    counts
        .into_iter()
        .map(|(pair, (copied, common))| (pair, if common > 0.0 { copied / common } else { 0.0 }))
        .collect()
}
