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
//! - `source` (default `datatrove`): `datatrove` counts a repeat after its first occurrence and skips past a repeated n-gram; `dolma` counts
//!   every occurrence, over the mass of all n-grams and the characters of the words; `nemo` as `datatrove`, but keeps a document while 0.7 of its lines and
//!   paragraphs are unique.
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
//! Rae et al. 2021, arXiv:2112.11446, table A1; `GopherRepetitionFilter` of datatrove 0.10.1, `gopher_v1` of Dolma.

use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::corpus::{Corpus, Span};
use crate::garble::c4::Source;
use crate::garble::flags::Flags;
use crate::garble::judge::{Judge, Words};
use crate::garble::{GarbleDetector, GarbleModel, GarbleTraining, Granularity, PredictedGarble};
use crate::params::Algorithm;

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
        let characters = characters(text) as f64;
        for (names, parts) in [
            (
                ["paragraphs", "paragraph-characters"],
                Repeats::of(pieces(
                    text.trim_matches(crate::text::line::python_space),
                    2,
                )),
            ),
            (["lines", "line-characters"], Repeats::of(pieces(text, 1))),
        ] {
            if self.source == Source::Nemo {
                judge.at_least(names[0], parts.unique(), 1.0 - self.lines);
            } else {
                judge.at_most(names[0], parts.share(), self.lines);
            }
            judge.at_most(
                names[1],
                parts.characters as f64 / characters,
                self.line_characters,
            );
        }
        let ngrams = Ngrams::of(text, self.words);
        let dolma = self.source == Source::Dolma;
        for (index, limit) in self.top.into_iter().enumerate() {
            let Some((count, length)) = ngrams.top(index + 2, !dolma) else {
                continue;
            };
            let whole = if dolma {
                ngrams.characters() as f64
            } else {
                characters
            };
            let share = count as f64 * length as f64 / whole.max(1.0);
            judge.at_most(TOP[index], share, limit);
        }
        let mut repeats = ngrams.repeats();
        for (index, limit) in self.repeated.into_iter().enumerate() {
            let share = if dolma {
                repeats.mass(index + 5)
            } else {
                repeats.skipping(index + 5) as f64 / characters
            };
            judge.at_most(REPEATED[index], share, limit);
        }
        judge
    }
}

/// How many pieces occurred before, and their characters.
struct Repeats {
    pieces: usize,
    repeated: usize,
    characters: usize,
}

impl Repeats {
    fn of<'t>(pieces: impl Iterator<Item = &'t str>) -> Self {
        let mut seen = FxHashSet::default();
        let mut found = Self {
            pieces: 0,
            repeated: 0,
            characters: 0,
        };
        for piece in pieces {
            found.pieces += 1;
            if !seen.insert(xxh3_64(piece.as_bytes())) {
                found.repeated += 1;
                found.characters += characters(piece);
            }
        }
        found
    }

    fn share(&self) -> f64 {
        self.repeated as f64 / (self.pieces as f64).max(1.0)
    }

    fn unique(&self) -> f64 {
        1.0 - self.share()
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
