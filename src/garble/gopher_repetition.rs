//! The repetition rules of Gopher: duplicate lines and paragraphs, the commonest and the repeated word n-grams.
//!
//! # What it does
//! Drops whole documents that repeat themselves, and points at the repeated lines and n-grams.
//!
//! # How it decides
//! Lines and paragraphs that occurred before: at most 0.30 of their number and 0.20 of the characters. The commonest 2-, 3- and 4-gram
//! covers at most 0.20, 0.18 and 0.16 of the characters; repeated 5- to 10-grams at most 0.15, 0.14, 0.13, 0.12, 0.11 and 0.10. The first broken rule is the
//! cause; the confidence is graded as in `gopher-quality`.
//!
//! # Parameters
//! - `source` (default `datatrove`): `datatrove` counts lines and paragraphs after their first occurrence, runs of line breaks as one,
//!   and skips past a repeated n-gram. `dolma` counts every occurrence of a line that occurs twice, blank lines too, and has no
//!   paragraphs; characters are those of the words, and repeated n-grams are set against the mass of all n-grams. `nemo` leaves blank lines out,
//!   wants 0.7 of the lines and 0.8 of their characters to be unique, counts each character in repeated n-grams once, and drops a text that
//!   is too short for an n-gram. (NeMo takes the commonest n-gram out of the text as a string, which also finds it inside of words; here its
//!   occurrences as words count.)
//! - `words` (default `tokens`; `whitespace`): how words are cut.
//! - `lines` 0.30, `line_characters` 0.20 (the same for paragraphs); `top` and `repeated`: limits from the 2-gram and the 5-gram on; all as published.
//!
//! # Cost
//! One hash per word and n-gram. Only positions whose shorter n-gram occurs again are looked at for the longer one.
//!
//! # Known to miss
//! Paraphrased repetition; a phrase repeated below the limits.
//!
//! # Reference
//! Rae et al. 2021, arXiv:2112.11446, table A1; `GopherRepetitionFilter` of datatrove 0.10.1, `gopher_v1` of Dolma, `RepeatedLinesFilter`,
//! `RepeatingTopNGramsFilter` and their siblings of NeMo Curator.

use std::collections::hash_map::Entry;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::corpus::{Corpus, Span};
use crate::garble::c4::Source;
use crate::garble::flags::Flags;
use crate::garble::judge::{Judge, Words};
use crate::garble::{GarbleDetector, GarbleModel, GarbleTraining, Granularity, PredictedGarble};
use crate::params::Algorithm;
use crate::text::line::python_space;

mod ngrams;
#[cfg(test)]
mod tests;

use ngrams::Ngrams;

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GopherRepetition {
    /// Whose version is followed.
    pub source: Source,
    /// How words are cut.
    pub words: Words,
    /// Largest share of repeated lines, and of repeated paragraphs.
    pub lines: f64,
    /// Largest share of characters in them.
    pub line_characters: f64,
    /// Largest share of characters in the commonest 2-, 3- and 4-gram.
    pub top: [f64; 3],
    /// Largest share of characters in repeated 5- to 10-grams.
    pub repeated: [f64; 6],
}

impl Default for GopherRepetition {
    fn default() -> Self {
        Self {
            source: Source::Datatrove,
            words: Words::Tokens,
            lines: 0.30,
            line_characters: 0.20,
            top: [0.20, 0.18, 0.16],
            repeated: [0.15, 0.14, 0.13, 0.12, 0.11, 0.10],
        }
    }
}

impl Algorithm for GopherRepetition {}

impl GarbleDetector for GopherRepetition {
    fn granularity(&self) -> Granularity {
        Granularity::Document
    }

    fn fit(&self, _training: &GarbleTraining<'_>) -> Result<Box<dyn GarbleModel>, String> {
        Ok(Box::new(self.clone()))
    }
}

impl GarbleModel for GopherRepetition {
    fn detect(&self, document: usize, corpus: &Corpus) -> Vec<PredictedGarble> {
        let text = corpus.documents[document].text.as_str();
        let mut flags = Flags::new(document);
        flags.push(Span::new(0, text.len()), "", self.judge(text).confidence());
        flags.sorted()
    }
}

const TOP: [&str; 3] = ["top-2-gram", "top-3-gram", "top-4-gram"];
const REPEATED: [&str; 6] = [
    "repeated-5-grams",
    "repeated-6-grams",
    "repeated-7-grams",
    "repeated-8-grams",
    "repeated-9-grams",
    "repeated-10-grams",
];

impl GopherRepetition {
    /// Reads one document.
    pub fn judge(&self, text: &str) -> Judge {
        let mut judge = Judge::default();
        if text.is_empty() {
            judge.at_least("empty", 0.0, 1.0);
            return judge;
        }
        let ngrams = Ngrams::of(text, self.words);
        // Dolma relates everything to the characters of the words, the others to all characters.
        let characters = match self.source {
            Source::Dolma => ngrams.characters() as f64,
            Source::Datatrove | Source::Nemo => characters(text) as f64,
        }
        .max(1.0);
        self.lines(text, characters, &mut judge);
        self.ngrams(&ngrams, characters, &mut judge);
        judge
    }

    fn lines(&self, text: &str, characters: f64, judge: &mut Judge) {
        const LINES: [&str; 2] = ["lines", "line-characters"];
        const PARAGRAPHS: [&str; 2] = ["paragraphs", "paragraph-characters"];
        let mut limit = |names: [&'static str; 2], pieces: f64, characters: f64| {
            judge.at_most(names[0], pieces, self.lines);
            judge.at_most(names[1], characters, self.line_characters);
        };
        match self.source {
            Source::Datatrove => {
                let body = text.trim_matches(python_space);
                for (names, found) in [
                    (PARAGRAPHS, Repeats::of(pieces(body, 2))),
                    (LINES, Repeats::of(pieces(text, 1))),
                ] {
                    limit(
                        names,
                        found.later.share(found.all.pieces),
                        found.later.characters as f64 / characters,
                    );
                }
            }
            // Every occurrence of what occurs twice, blank lines too; no paragraphs.
            Source::Dolma => {
                let found = Repeats::of(text.split('\n'));
                limit(
                    LINES,
                    found.every.share(found.all.pieces),
                    found.every.characters as f64 / characters,
                );
            }
            // What is left without repeats, of lines that are not blank; both the other way round, as shares that must stay.
            Source::Nemo => {
                let lines = text.split('\n').filter(|line| !blank(line));
                for (names, found) in [
                    (PARAGRAPHS, Repeats::of(text.split("\n\n"))),
                    (LINES, Repeats::of(lines)),
                ] {
                    let all = (found.all.characters as f64).max(1.0);
                    let unique = 1.0 - found.later.share(found.all.pieces);
                    judge.at_least(names[0], unique, 1.0 - self.lines);
                    let unique = 1.0 - found.later.characters as f64 / all;
                    judge.at_least(names[1], unique, 1.0 - self.line_characters);
                }
            }
        }
    }

    fn ngrams(&self, ngrams: &Ngrams, characters: f64, judge: &mut Judge) {
        let mut growing = ngrams.growing();
        for (index, limit) in self.top.into_iter().enumerate() {
            let n = index + 2;
            let top = growing.top(n, self.source != Source::Dolma);
            let share = match top {
                Some((count, length)) => f64::from(count) * length as f64 / characters,
                // NeMo drops a text without any n-gram.
                None if self.source == Source::Nemo => 1.0,
                None => continue,
            };
            judge.at_most(TOP[index], share, limit);
        }
        for (index, limit) in self.repeated.into_iter().enumerate() {
            let n = index + 5;
            let share = match self.source {
                Source::Datatrove => growing.skipping(n) as f64 / characters,
                Source::Dolma => growing.mass(n),
                Source::Nemo if ngrams.positions(n) == 0 => 1.0,
                Source::Nemo => growing.covered(n) as f64 / characters,
            };
            judge.at_most(REPEATED[index], share, limit);
        }
    }
}

fn blank(line: &str) -> bool {
    line.trim_matches(python_space).is_empty()
}

/// Some of the pieces of a text, and their characters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Part {
    pieces: usize,
    characters: usize,
}

impl Part {
    fn add(&mut self, pieces: usize, characters: usize) {
        self.pieces += pieces;
        self.characters += pieces * characters;
    }

    fn share(self, of: usize) -> f64 {
        self.pieces as f64 / (of as f64).max(1.0)
    }
}

/// How many pieces occur again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Repeats {
    all: Part,
    /// Those that occurred before.
    later: Part,
    /// Every occurrence of those that occur at least twice.
    every: Part,
}

impl Repeats {
    fn of<'t>(pieces: impl Iterator<Item = &'t str>) -> Self {
        // Of each piece whether it occurred more than once.
        let mut seen: FxHashMap<u64, bool> = FxHashMap::default();
        let mut found = Self::default();
        for piece in pieces {
            let length = characters(piece);
            found.all.add(1, length);
            match seen.entry(xxh3_64(piece.as_bytes())) {
                Entry::Vacant(slot) => {
                    slot.insert(false);
                }
                Entry::Occupied(mut slot) => {
                    found.later.add(1, length);
                    let first = !slot.insert(true);
                    found.every.add(1 + usize::from(first), length);
                }
            }
        }
        found
    }
}

/// The text cut at every run of at least `breaks` line breaks, as `re.split` cuts it: empty ends count.
fn pieces(text: &str, breaks: usize) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let this = rest?;
        let mut from = 0;
        loop {
            let Some(at) = this[from..].find('\n') else {
                rest = None;
                return Some(this);
            };
            let start = from + at;
            let run = this[start..].bytes().take_while(|&b| b == b'\n').count();
            if run >= breaks {
                rest = Some(&this[start + run..]);
                return Some(&this[..start]);
            }
            from = start + run;
        }
    })
}

fn characters(text: &str) -> usize {
    text.bytes().filter(|&byte| byte & 0xc0 != 0x80).count()
}
