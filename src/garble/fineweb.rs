//! The quality rules of FineWeb: end marks, short lines, duplicate lines, line breaks per word.
//!
//! # What it does
//! Drops whole documents that look like lists, menus or repeated lines.
//!
//! # How it decides
//! Of the lines that are not blank at least 0.12 must end in an end mark, at most 0.67 may have 30 characters or fewer, and at
//! most 0.01 of the characters may lie in lines that occurred before; at most 0.3 line breaks per word. The first broken rule is the
//! cause; the confidence is graded as in `gopher-quality`.
//!
//! # Parameters
//! - `end_marks` 0.12, `short_lines` 0.67, `short_length` 30, `duplicates` 0.01, `line_breaks` 0.3: as published.
//! - `curly_quotes` (default false, as published): closing curly quotes and brackets end a line too.
//! - `words` (default `tokens`; `whitespace`): how words are cut.
//!
//! # Cost
//! One pass over the lines and one over the words.
//!
//! # Known to miss
//! Everything inside well-formed lines; prose full of quotations loses end marks.
//!
//! # Reference
//! Penedo et al. 2024, arXiv:2406.17557; `FineWebQualityFilter` of datatrove 0.10.1.

use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::corpus::{Corpus, Span};
use crate::garble::flags::Flags;
use crate::garble::judge::{Judge, Words};
use crate::garble::marks::is_terminal;
use crate::garble::{GarbleDetector, GarbleModel, GarbleTraining, Granularity, PredictedGarble};
use crate::params::Algorithm;
use crate::text::line::python_space;

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FineWeb {
    /// Smallest share of lines that end in an end mark.
    pub end_marks: f64,
    /// Largest share of short lines.
    pub short_lines: f64,
    /// Longest short line, in characters.
    pub short_length: usize,
    /// Largest share of characters in lines that occurred before.
    pub duplicates: f64,
    /// Most line breaks per word.
    pub line_breaks: f64,
    /// Closing curly quotes and brackets end a line too.
    pub curly_quotes: bool,
    /// How words are cut.
    pub words: Words,
}

impl Default for FineWeb {
    fn default() -> Self {
        Self {
            end_marks: 0.12,
            short_lines: 0.67,
            short_length: 30,
            duplicates: 0.01,
            line_breaks: 0.3,
            curly_quotes: false,
            words: Words::Tokens,
        }
    }
}

impl Algorithm for FineWeb {}

impl GarbleDetector for FineWeb {
    fn granularity(&self) -> Granularity {
        Granularity::Document
    }

    fn fit(&self, _training: &GarbleTraining<'_>) -> Result<Box<dyn GarbleModel>, String> {
        Ok(Box::new(self.clone()))
    }
}

impl GarbleModel for FineWeb {
    fn detect(&self, document: usize, corpus: &Corpus) -> Vec<PredictedGarble> {
        let text = corpus.documents[document].text.as_str();
        let mut flags = Flags::new(document);
        flags.push(Span::new(0, text.len()), "", self.judge(text).confidence());
        flags.sorted()
    }
}

impl FineWeb {
    /// Reads one document.
    pub fn judge(&self, text: &str) -> Judge {
        let (mut lines, mut ended, mut short, mut repeated, mut characters, mut breaks) =
            (0_usize, 0_usize, 0_usize, 0_usize, 0_usize, 0_usize);
        let mut seen = FxHashSet::default();
        for (index, line) in text.split('\n').enumerate() {
            breaks = index;
            let length = count(line);
            characters += length;
            if line.trim_matches(python_space).is_empty() {
                continue;
            }
            lines += 1;
            ended += usize::from(line.chars().next_back().is_some_and(|c| {
                is_terminal(c)
                    || (self.curly_quotes && matches!(c, '\u{201d}' | '\u{2019}' | ')' | '"'))
            }));
            short += usize::from(length <= self.short_length);
            if !seen.insert(xxh3_64(line.as_bytes())) {
                repeated += length;
            }
        }
        let mut words = 0_usize;
        self.words.each(text, |_| words += 1);

        let mut judge = Judge::default();
        judge.at_least("empty", lines as f64, 1.0);
        let lines = (lines as f64).max(1.0);
        judge.at_least("end-marks", ended as f64 / lines, self.end_marks);
        judge.at_most("short-lines", short as f64 / lines, self.short_lines);
        judge.at_most(
            "duplicates",
            repeated as f64 / (characters as f64).max(1.0),
            self.duplicates,
        );
        judge.at_most(
            "line-breaks",
            breaks as f64 / (words as f64).max(1.0),
            self.line_breaks,
        );
        judge
    }
}

/// Characters of a line; bytes when it is ASCII.
fn count(line: &str) -> usize {
    line.bytes().filter(|&byte| byte & 0xc0 != 0x80).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cause(text: &str) -> Option<&'static str> {
        FineWeb::default().judge(text).cause()
    }

    #[test]
    fn every_rule_can_be_broken() {
        let line = |n: usize| format!("Line number {n} is long enough to be read as prose.\n");
        let prose: String = (0..10).map(line).collect();
        assert_eq!(cause(&prose), None);
        assert_eq!(cause(" \n\n"), Some("empty"));
        assert_eq!(cause(&prose.replace('.', "")), Some("end-marks"));
        assert_eq!(
            cause(&prose.replace("prose.", "prose.”")),
            Some("end-marks")
        );
        let fixed = FineWeb {
            curly_quotes: true,
            ..FineWeb::default()
        };
        assert_eq!(
            fixed.judge(&prose.replace("prose.", "prose.”")).cause(),
            None
        );
        assert_eq!(cause("A b c d.\nE f g h.\nI j k l."), Some("short-lines"));
        assert_eq!(cause(&format!("{prose}{}", line(3))), Some("duplicates"));
        assert_eq!(
            cause(&prose.replace('\n', "\n\n\n\n\n")),
            Some("line-breaks")
        );
    }

    fn twin(text: &str) -> Option<&'static str> {
        let lines: Vec<&str> = text.split('\n').filter(|l| !l.trim().is_empty()).collect();
        if lines.is_empty() {
            return Some("empty");
        }
        let share = |count: usize| count as f64 / lines.len() as f64;
        if share(
            lines
                .iter()
                .filter(|l| l.ends_with(['.', '?', '!', '。']))
                .count(),
        ) < 0.12
        {
            return Some("end-marks");
        }
        if share(lines.iter().filter(|l| l.chars().count() <= 30).count()) > 0.67 {
            return Some("short-lines");
        }
        let repeated: usize = (0..lines.len())
            .filter(|&i| lines[..i].contains(&lines[i]))
            .map(|i| lines[i].chars().count())
            .sum();
        if repeated as f64 / text.replace('\n', "").chars().count() as f64 > 0.01 {
            return Some("duplicates");
        }
        let breaks = text.matches('\n').count() as f64 / text.split_whitespace().count() as f64;
        (breaks > 0.3).then_some("line-breaks")
    }

    proptest! {
        #[test]
        fn the_cause_is_that_of_the_twin(text in "(this line is a long line of prose number [0-9]{1,2}|b|é|。|\\.|!| |\n|\n\n){0,30}") {
            let rules = FineWeb { words: Words::Whitespace, ..FineWeb::default() };
            prop_assert_eq!(rules.judge(&text).cause(), twin(&text));
        }
    }
}
