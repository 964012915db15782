//! Families of regular expressions, each with a type: what wording alone gives away.
//!
//! # What it does
//! Finds names by patterns: a title before a person, a head noun behind an organisation, a legal form, an acronym in brackets,
//! the suffix of a nationality. The families are a file that a user can replace.
//!
//! # How it decides
//! Every pattern is searched in the whole text. The name is what its group `name` covers, or the whole match. Function words at
//! the beginning of a name are cut off; a name with fewer words than the pattern asks is dropped. Of names that overlap the
//! longest stays, then the surer one, then the one whose pattern comes first in the file.
//!
//! # Parameters
//! - `file` (default `shipped`): the families in `pattern/families.toml`, or the path of a file of that form:
//!   `[words]` are lists of literal words, `[parts]` pieces of regex, both put in where a regex says `{their name}`; each `[[pattern]]` has
//!   `name`, `type`, `regex`, and may have `confidence` (default 1) and `words` (default 1, fewest words of a name).
//!
//! # Cost
//! One search of the text per pattern, each linear.
//!
//! # Known to miss
//! Names without a give-away: a single word, a person without title, most places.
//!
//! # Reference
//! Appelt, Hobbs, Bear, Israel and Tyson 1993, FASTUS: a finite-state processor for information extraction; the patterns are our own.

use std::collections::BTreeMap;

use regex::Regex;
use serde::{Deserialize, Serialize};

use crate::corpus::{Document, Span};
use crate::entity::{EntityRecognizer, EntityTraining, Found, RecognizerModel};
use crate::params::Algorithm;
use crate::text::stop::is_stop_word;

#[cfg(test)]
mod tests;

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Pattern {
    /// `shipped`, or the path of a file.
    pub file: String,
}

impl Default for Pattern {
    fn default() -> Self {
        Self {
            file: "shipped".to_owned(),
        }
    }
}

impl Algorithm for Pattern {
    fn check(&self) -> Result<(), String> {
        if self.file.is_empty() {
            return Err("file is empty; it must be `shipped` or the path of a file".to_owned());
        }
        Ok(())
    }
}

impl EntityRecognizer for Pattern {
    fn fit(&self, _: &EntityTraining<'_>) -> Result<Box<dyn RecognizerModel>, String> {
        let model = match self.file.as_str() {
            "shipped" => Model::new(include_str!("pattern/families.toml")),
            path => {
                let text = std::fs::read_to_string(path)
                    .map_err(|error| format!("file {path}: {error}"))?;
                Model::new(&text).map_err(|error| format!("file {path}: {error}"))
            }
        };
        Ok(Box::new(model?))
    }
}

/// A file of families.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    words: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    parts: BTreeMap<String, String>,
    #[serde(default)]
    pattern: Vec<Row>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    #[serde(rename = "type")]
    entity_type: String,
    regex: String,
    #[serde(default = "sure")]
    confidence: f64,
    #[serde(default = "one")]
    words: usize,
}

const fn sure() -> f64 {
    1.0
}

const fn one() -> usize {
    1
}

/// Rounds in which parts may name further parts.
const DEPTH: usize = 8;

struct Family {
    regex: Regex,
    entity_type: String,
    confidence: f64,
    words: usize,
}

struct Model {
    families: Vec<Family>,
}

impl Model {
    /// Reads a file of families; names every pattern that is wrong.
    fn new(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        let mut pieces: Vec<(String, String)> = Vec::new();
        for (name, words) in &file.words {
            // Longer words first: an alternation takes the first that fits.
            let mut words: Vec<String> = words.iter().map(|word| regex::escape(word)).collect();
            words.sort_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
            pieces.push((format!("{{{name}}}"), format!("(?:{})", words.join("|"))));
        }
        for (name, part) in &file.parts {
            pieces.push((format!("{{{name}}}"), format!("(?:{part})")));
        }
        let mut faults = Vec::new();
        let mut families = Vec::new();
        for row in file.pattern {
            let mut regex = row.regex;
            for _ in 0..DEPTH {
                for (mark, piece) in &pieces {
                    regex = regex.replace(mark, piece);
                }
            }
            let fault = if row.entity_type.is_empty() {
                Some("`type` is empty".to_owned())
            } else if !(0.0..=1.0).contains(&row.confidence) {
                Some(format!(
                    "`confidence` is {}; it must be from 0 to 1",
                    row.confidence
                ))
            } else {
                None
            };
            match (Regex::new(&regex), fault) {
                (Ok(regex), None) => families.push(Family {
                    regex,
                    entity_type: row.entity_type,
                    confidence: row.confidence,
                    words: row.words,
                }),
                (Err(error), _) => faults.push(format!("pattern `{}`: {error}", row.name)),
                (_, Some(fault)) => faults.push(format!("pattern `{}`: {fault}", row.name)),
            }
        }
        if families.is_empty() && faults.is_empty() {
            faults.push("there is no `[[pattern]]` in it".to_owned());
        }
        if faults.is_empty() {
            Ok(Self { families })
        } else {
            Err(faults.join("\n"))
        }
    }

    /// Every name of every family: span, index of the family.
    fn candidates(&self, text: &str) -> Vec<(Span, usize)> {
        let mut found = Vec::new();
        for (index, family) in self.families.iter().enumerate() {
            let mut at = 0;
            while let Some(groups) = text
                .get(at..)
                .and_then(|_| family.regex.captures_at(text, at))
            {
                let Some(name) = groups.name("name").or_else(|| groups.get(0)) else {
                    break;
                };
                // The next search begins behind the name, not behind what only confirms it.
                let next = text
                    .get(name.end()..)
                    .and_then(|rest| rest.chars().next())
                    .map_or(1, char::len_utf8);
                at = if name.end() > at {
                    name.end()
                } else {
                    name.end() + next
                };
                if let Some(span) = trimmed(text, Span::new(name.start(), name.end()), family.words)
                {
                    found.push((span, index));
                }
            }
        }
        found
    }
}

/// The name without function words at its beginning and white space at its ends; `None` with fewer than `least` words left.
fn trimmed(text: &str, mut span: Span, least: usize) -> Option<Span> {
    loop {
        let name = span.text(text)?;
        let start = span.start + name.len() - name.trim_start().len();
        span = Span::new(start, start + name.trim().len());
        let name = span.text(text)?;
        let first = name.split(char::is_whitespace).next()?;
        if !is_stop_word(&first.to_lowercase()) {
            let words = name.split_whitespace().count();
            return (words >= least.max(1)).then_some(span);
        }
        span.start += first.len();
    }
}

impl RecognizerModel for Model {
    fn recognize<'a>(&'a self, document: &'a Document) -> Vec<Found<'a>> {
        let mut candidates = self.candidates(&document.text);
        candidates.sort_by(|(a, x), (b, y)| {
            let surer = self.families[*y]
                .confidence
                .total_cmp(&self.families[*x].confidence);
            b.len()
                .cmp(&a.len())
                .then(surer)
                .then(x.cmp(y))
                .then(a.cmp(b))
        });
        let mut taken: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
        for (span, family) in candidates {
            let before = taken.range(..span.end).next_back();
            if before.is_none_or(|(_, (end, _))| *end <= span.start) {
                taken.insert(span.start, (span.end, family));
            }
        }
        let names = taken.into_iter();
        names
            .map(|(start, (end, family))| {
                let family = &self.families[family];
                (
                    Span::new(start, end),
                    family.entity_type.as_str(),
                    family.confidence,
                )
            })
            .collect()
    }
}
