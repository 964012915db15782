//! Mojibake: UTF-8 that was read in another encoding, found as spans with the repaired reading.
//!
//! # What it does
//! Flags runs of characters such as `â€™` or `Ã©` and suggests what they stood for.
//!
//! # How it decides
//! As ftfy: character sequences that hardly anybody writes on purpose make a line suspicious. A suspicious line is confirmed (confidence
//! 0.95) when writing it back in one of ten single-byte encodings and reading that as UTF-8 succeeds, also where a no-break space had
//! become a space or bytes were lost, or when a part of it that looks like UTF-8 can be repaired, or when it holds C1 controls that
//! stand for Windows-1252 characters. Suspicious lines that nothing repairs get 0.3.
//!
//! # Parameters
//! None.
//!
//! # Cost
//! ASCII is skipped 64 bytes at a time. The rules are asked only about lines where two characters outside ASCII touch or one
//! of the few that are telling alone occurs.
//!
//! # Known to miss
//! Of the ten cases that ftfy lists as known failures, three stay unseen (UTF-8 as codepage 437 in Spanish, a lone `à` as Windows-1251, UTF-8 as
//! MacRoman in Italian that looks like mathematics) and one clean title in capitals with a no-break space is flagged; the other six are
//! seen, though repaired wrongly as there (`cargo test cases_of_ftfy -- --nocapture` with the cases at hand). Mojibake between two single-byte
//! encodings; HTML entities (see `boilerplate`).
//!
//! # Reference
//! R. Speer, ftfy 6.3.1 (Zenodo, doi:10.5281/zenodo.2591652).

use std::ops::Range;

use regex::Regex;
use serde::{Deserialize, Serialize};

use crate::corpus::{Corpus, Span};
use crate::garble::flags::Flags;
use crate::garble::{GarbleDetector, GarbleModel, GarbleTraining, Granularity, PredictedGarble};
use crate::params::Algorithm;

mod bad;
mod pages;
mod repair;
#[cfg(test)]
mod tests;

/// See the module's manual page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mojibake {}

impl Algorithm for Mojibake {}

impl GarbleDetector for Mojibake {
    fn granularity(&self) -> Granularity {
        Granularity::Span
    }

    fn fit(&self, _training: &GarbleTraining<'_>) -> Result<Box<dyn GarbleModel>, String> {
        Ok(Box::new(Model::new()?))
    }
}

/// What a character becomes when its UTF-8 is read as Windows-1252.
pub(super) fn mangled(c: char) -> String {
    let upper = &pages::PAGES[1].upper;
    let mut buffer = [0; 4];
    let bytes = c.encode_utf8(&mut buffer).bytes();
    bytes
        .map(|byte| match byte {
            0..0x80 => char::from(byte),
            _ => upper[usize::from(byte) - 0x80],
        })
        .collect()
}

/// The rules, compiled.
pub struct Model {
    bad: Regex,
    repair: repair::Repair,
}

impl Model {
    /// Compiles the rules.
    ///
    /// # Errors
    /// Never with the built-in rules.
    pub fn new() -> Result<Self, String> {
        Ok(Self {
            bad: Regex::new(&bad::BAD.join("|")).map_err(|error| error.to_string())?,
            repair: repair::Repair::new()?,
        })
    }

    /// The text with its mojibake repaired; `None` when there is nothing to repair, or no way.
    pub fn repaired(&self, text: &str) -> Option<String> {
        self.repair.text(text, &|piece| self.bad.is_match(piece))
    }

    fn read(&self, text: &str, flags: &mut Flags) {
        let mut at = 0;
        while let Some(found) = suspect(text.as_bytes(), at) {
            let line = line_around(text, found);
            at = line.end;
            let piece = &text[line.clone()];
            if !self.bad.is_match(piece) {
                continue;
            }
            let confirmed = self.repaired(piece).is_some();
            let mut last = 0;
            for hit in self.bad.find_iter(piece) {
                let run = widened(piece, hit.range());
                if run.start < last {
                    continue;
                }
                last = run.end;
                let span = Span::new(line.start + run.start, line.start + run.end);
                let suggestion = if confirmed {
                    self.repaired(&piece[run]).unwrap_or_default()
                } else {
                    String::new()
                };
                let confidence = if confirmed { 0.95 } else { 0.3 };
                flags.suggest(span, "surface", confidence, suggestion);
            }
        }
    }
}

impl GarbleModel for Model {
    fn detect(&self, document: usize, corpus: &Corpus) -> Vec<PredictedGarble> {
        let mut flags = Flags::new(document);
        self.read(&corpus.documents[document].text, &mut flags);
        flags.joined()
    }
}

/// The next byte from `at` on that no rule could do without: one of two touching characters outside ASCII, a C1 control, or
/// one of `Ã Â Œ œ`, which tell by themselves.
fn suspect(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        while let Some(block) = bytes.get(at..at + 64)
            && block.is_ascii()
        {
            at += 64;
        }
        at += bytes[at..]
            .iter()
            .take(64)
            .position(|byte| !byte.is_ascii())
            .unwrap_or(64);
        let lead = *bytes.get(at)?;
        let length = match lead {
            0..0x80 => {
                // Sixty-four ASCII bytes that did not start on a block.
                continue;
            }
            0x80..0xe0 => 2,
            0xe0..0xf0 => 3,
            _ => 4,
        };
        let next = bytes.get(at + 1).copied().unwrap_or(0);
        let alone = matches!(
            (lead, next),
            (0xc2, 0x80..=0x9f) | (0xc3, 0x82 | 0x83) | (0xc5, 0x92 | 0x93)
        );
        if alone || bytes.get(at + length).is_some_and(|byte| !byte.is_ascii()) {
            return Some(at);
        }
        at += length;
    }
}

/// The line that holds this byte, without its line break.
fn line_around(text: &str, at: usize) -> Range<usize> {
    let start = text[..at].rfind('\n').map_or(0, |found| found + 1);
    let end = text[at..].find('\n').map_or(text.len(), |found| at + found);
    start..end
}

/// The run of characters outside ASCII around a hit. Spaces at its ends do not belong to it.
fn widened(text: &str, hit: Range<usize>) -> Range<usize> {
    let odd = |c: &char| !c.is_ascii();
    let core = &text[hit.clone()];
    let lead = core.len() - core.trim_start_matches(|c: char| c.is_ascii()).len();
    let tail = core.len() - core.trim_end_matches(|c: char| c.is_ascii()).len();
    let (start, end) = (hit.start + lead, hit.end.saturating_sub(tail));
    let left: usize = text[..start]
        .chars()
        .rev()
        .take_while(odd)
        .map(char::len_utf8)
        .sum();
    let right: usize = text[end..]
        .chars()
        .take_while(odd)
        .map(char::len_utf8)
        .sum();
    start - left..end + right
}
