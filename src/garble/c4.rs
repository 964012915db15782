//! The line and document rules of C4, with the end marks of three implementations.
//!
//! # What it does
//! Flags the lines that C4's clean-up drops: no end mark, fewer than three words, a word of over 1,000 characters, `javascript`,
//! cookie and policy phrases. Where a rule drops the whole document, flags what caused it (`{`, `lorem ipsum`; with too few sentences the whole text).
//!
//! # How it decides
//! Line by line, in the order of the implementation named by `source`: a line that an earlier rule drops is not read further.
//!
//! # Parameters
//! - `source` (default `datatrove`): `datatrove` ends lines with `. ? ! " '` but not `...`, removes `[1]` and `[edit]` first, and wants
//!   five sentences; `dolma` ends them with `. ? ! "`, has no policy rule and no sentence count, takes `javascript` only
//!   as a word by itself, and looks for `{` and `lorem ipsum` in lines that go, too; `nemo` has the marks of `datatrove`
//!   with `...` allowed, and drops a document when more than 0.85 of its lines have no end mark.
//! - `curly_quotes` (default false, as published): closing curly quotes end a line too. None of the three has them, and prose that
//!   ends in a quotation is dropped.
//! - `minimum_words` (3), `longest_word` (1,000 characters), `minimum_sentences` (5): as published.
//!
//! # Cost
//! Two passes over the bytes: cue phrases by Aho-Corasick, then lines.
//!
//! # Known to miss
//! Everything inside a well-formed line; furniture that ends in a full stop. Drops headlines. Sentences are counted by their end
//! marks, not by a trained splitter, and the bad-words list of the original is left out.
//!
//! # Reference
//! Raffel et al. 2020, arXiv:1910.10683; `C4QualityFilter` of datatrove 0.10.1, `c4_v1` of Dolma, `PunctuationFilter` of NeMo Curator.

use std::iter::Peekable;

use aho_corasick::{AhoCorasick, FindIter};
use serde::{Deserialize, Serialize};

use crate::corpus::{Corpus, Span};
use crate::garble::flags::Flags;
use crate::garble::{GarbleDetector, GarbleModel, GarbleTraining, Granularity, PredictedGarble};
use crate::params::Algorithm;
use crate::text::line::{python_lines, python_space};

mod cause;
mod line;
#[cfg(test)]
mod tests;

pub use cause::Cause;
use cause::{CUES, rank};
use line::{count_sentences, has_long_word, stands_alone, trimmed, without_citations};

/// Whose version of a published rule is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// Hugging Face datatrove 0.10.1.
    #[default]
    Datatrove,
    /// AI2 Dolma.
    Dolma,
    /// NVIDIA NeMo Curator.
    Nemo,
}

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct C4 {
    /// Whose end marks and rules.
    pub source: Source,
    /// Closing curly quotes end a line too.
    pub curly_quotes: bool,
    /// Lines with fewer words are dropped.
    pub minimum_words: usize,
    /// Lines with a longer word (characters) are dropped.
    pub longest_word: usize,
    /// Documents with fewer sentences in the kept lines are dropped; 0 switches it off.
    pub minimum_sentences: usize,
}

impl Default for C4 {
    fn default() -> Self {
        Self {
            source: Source::Datatrove,
            curly_quotes: false,
            minimum_words: 3,
            longest_word: 1000,
            minimum_sentences: 5,
        }
    }
}

impl Algorithm for C4 {}

impl GarbleDetector for C4 {
    fn granularity(&self) -> Granularity {
        Granularity::Segment
    }

    fn fit(&self, _training: &GarbleTraining<'_>) -> Result<Box<dyn GarbleModel>, String> {
        Ok(Box::new(self.model()?))
    }
}

/// The rules, ready to read.
pub struct Model {
    cues: AhoCorasick,
    rules: C4,
}

impl C4 {
    /// Builds the automaton over the cue phrases.
    ///
    /// # Errors
    /// Never with the built-in phrases; the automaton's own limits otherwise.
    pub fn model(&self) -> Result<Model, String> {
        let cues = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(CUES.iter().map(|cue| cue.0))
            .map_err(|error| error.to_string())?;
        Ok(Model {
            cues,
            rules: self.clone(),
        })
    }

    /// True when the line ends as prose does.
    fn ends(&self, line: &str) -> bool {
        let Some(last) = line.chars().next_back() else {
            return false;
        };
        match last {
            '.' => self.source != Source::Datatrove || !line.ends_with("..."),
            '?' | '!' | '"' => true,
            '\'' => self.source != Source::Dolma,
            '\u{201d}' | '\u{2019}' => self.curly_quotes,
            _ => false,
        }
    }
}

impl Model {
    /// Every dropped line with its cause, in order, and the causes that drop the document.
    pub fn causes(&self, text: &str, mut found: impl FnMut(Span, Cause)) {
        let rules = &self.rules;
        let datatrove = rules.source == Source::Datatrove;
        let dolma = rules.source == Source::Dolma;
        let mut cues = self.cues.find_iter(text).peekable();
        let (mut sentences, mut lines, mut unmarked) = (0_usize, 0_usize, 0_usize);
        for full in python_lines(text) {
            let line = text[full.start..full.end].trim_matches(python_space);
            let span = trimmed(text, full, line);
            while cues.next_if(|cue| cue.start() < span.start).is_some() {}
            if line.is_empty() {
                continue;
            }
            lines += 1;
            let cue = self.strongest_cue(text, span, &mut cues);
            // Dolma asks every line, also those that go.
            if let Some((cause, at)) = cue
                && dolma
                && cause.is_document()
            {
                found(at, cause);
            }
            if datatrove && has_long_word(line, rules.longest_word) {
                found(span, Cause::LongWord);
                continue;
            }
            let cleaned = if datatrove && line.contains('[') {
                without_citations(line)
            } else {
                None
            };
            let body = cleaned.as_deref().unwrap_or(line);
            if !rules.ends(body) {
                unmarked += 1;
                found(span, Cause::NoEndMark);
                continue;
            }
            if line
                .split(python_space)
                .filter(|word| !word.is_empty())
                .take(rules.minimum_words)
                .count()
                < rules.minimum_words
            {
                found(span, Cause::FewWords);
                continue;
            }
            match cue {
                Some((cause, _)) if cause.is_document() && dolma => {}
                Some((cause, at)) if cause.is_document() => {
                    found(at, cause);
                    if datatrove {
                        return;
                    }
                }
                Some((cause, _)) => {
                    found(span, cause);
                    continue;
                }
                None => {}
            }
            sentences += count_sentences(body);
        }
        let whole = Span::new(0, text.len());
        match rules.source {
            Source::Datatrove if sentences < rules.minimum_sentences => {
                found(whole, Cause::FewSentences);
            }
            Source::Nemo if unmarked * 100 > lines * 85 => found(whole, Cause::FewEndMarks),
            _ => {}
        }
    }

    /// The cue of a line that decides, and where it stands, in the order of the original: lorem ipsum, javascript, bracket, policy. The
    /// line's cues are used up.
    fn strongest_cue(
        &self,
        text: &str,
        line: Span,
        cues: &mut Peekable<FindIter<'_, '_>>,
    ) -> Option<(Cause, Span)> {
        let dolma = self.rules.source == Source::Dolma;
        let mut strongest: Option<(Cause, Span)> = None;
        while let Some(cue) = cues.next_if(|cue| cue.start() < line.end) {
            let cause = CUES[cue.pattern().as_usize()].1;
            let at = Span::new(cue.start(), cue.end());
            let counts = match cause {
                Cause::Policy => !dolma,
                Cause::JavaScript => !dolma || stands_alone(text, line, at),
                _ => true,
            };
            if counts && strongest.is_none_or(|(before, _)| rank(cause) < rank(before)) {
                strongest = Some((cause, at));
            }
        }
        strongest
    }

    /// Why the document is dropped; `None` when it is kept (without its dropped lines).
    pub fn document(&self, text: &str) -> Option<Cause> {
        let mut dropped = None;
        self.causes(text, |_, cause| {
            if cause.is_document() && dropped.is_none() {
                dropped = Some(cause);
            }
        });
        dropped
    }
}

impl GarbleModel for Model {
    fn detect(&self, document: usize, corpus: &Corpus) -> Vec<PredictedGarble> {
        let mut flags = Flags::new(document);
        self.causes(&corpus.documents[document].text, |span, cause| {
            let category = match cause {
                Cause::JavaScript | Cause::Policy => "boilerplate",
                _ => "",
            };
            flags.push(span, category, 1.0);
        });
        flags.joined()
    }
}
