//! Names from a list, found by an automaton in one pass.
//!
//! # What it does
//! Finds every name of its list that stands between word boundaries, the longest first.
//!
//! # How it decides
//! The list is learnt from the training documents (every labelled outer name with its most frequent type; ties: the first in
//! the alphabet), read from a file, or shipped (countries, nationalities, regions and cities; see `lists/README.md`). Matching
//! is leftmost-longest. A match counts when no letter or digit touches its ends.
//!
//! # Parameters
//! - `automaton` (default `daachorse`, the fastest measured): or `aho-corasick`. Both find the same matches.
//! - `case` (default `keep`): `ignore` also finds other cases of ASCII letters (with `daachorse` in a small-letter copy of the text,
//!   as that automaton has no such mode).
//! - `boundaries` (default true): letters and digits must not touch a match.
//! - `list` (default `training`): `shipped`, or the path of a file with one name per line, a tab and the type.
//! - `min_length` (default 2): shorter names are left out, in characters.
//!
//! # Cost
//! Linear in the text; the automaton takes some tens of bytes per letter of the list.
//!
//! # Known to miss
//! Names that it has not seen, and spellings that differ in one letter. A name that only begins inside a rejected longer
//! match is lost with it.
//!
//! # Reference
//! Aho and Corasick 1975, Efficient string matching; Kanda, Akabe and Oda 2023, Engineering faster double-array Aho-Corasick
//! automata.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::entity::{EntityRecognizer, EntityTraining, RecognizerModel, lists};
use crate::label::Nesting;
use crate::params::Algorithm;

mod finder;
#[cfg(test)]
mod tests;

use finder::Model;

/// What finds the names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Automaton {
    /// Double-array automaton over bytes.
    #[default]
    Daachorse,
    /// The automaton of the crate `aho-corasick`.
    AhoCorasick,
}

/// Whether case counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Case {
    /// As written.
    #[default]
    Keep,
    /// ASCII letters match in either case.
    Ignore,
}

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Gazetteer {
    /// What finds the names.
    pub automaton: Automaton,
    /// Whether case counts.
    pub case: Case,
    /// Letters and digits must not touch a match.
    pub boundaries: bool,
    /// `training`, `shipped`, or the path of a file.
    pub list: String,
    /// Shortest name in characters.
    pub min_length: usize,
}

impl Default for Gazetteer {
    fn default() -> Self {
        Self {
            automaton: Automaton::default(),
            case: Case::default(),
            boundaries: true,
            list: "training".to_owned(),
            min_length: 2,
        }
    }
}

impl Algorithm for Gazetteer {
    fn check(&self) -> Result<(), String> {
        if self.list.is_empty() {
            return Err(
                "list is empty; it must be `training`, `shipped` or the path of a file".to_owned(),
            );
        }
        Ok(())
    }
}

impl EntityRecognizer for Gazetteer {
    fn learns(&self) -> bool {
        self.list == "training"
    }

    fn fit(&self, training: &EntityTraining<'_>) -> Result<Box<dyn RecognizerModel>, String> {
        let mut types: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
        let mut add = |name: &str, entity_type: &str| {
            if !name.is_empty() && name.chars().count() >= self.min_length {
                let name = match self.case {
                    Case::Keep => name.to_owned(),
                    Case::Ignore => name.to_ascii_lowercase(),
                };
                *types
                    .entry(name)
                    .or_default()
                    .entry(entity_type.to_owned())
                    .or_default() += 1;
            }
        };
        match self.list.as_str() {
            "training" => {
                for mention in training
                    .mentions
                    .iter()
                    .filter(|mention| mention.nesting == Nesting::Outer)
                {
                    let text = training.corpus.documents.get(mention.document);
                    let text = text.and_then(|document| mention.span.text(&document.text));
                    add(text.unwrap_or_default(), &mention.entity_type);
                }
            }
            "shipped" => lists::shipped().for_each(|(name, entity_type)| add(name, entity_type)),
            path => read(Path::new(path))?
                .iter()
                .for_each(|(name, entity_type)| add(name, entity_type)),
        }
        let names: Vec<(String, String)> = types
            .into_iter()
            .map(|(name, counts)| (name, most_frequent(counts)))
            .collect();
        Ok(Box::new(Model::new(self, names)?))
    }
}

/// The most frequent type; ties go to the first in the alphabet.
fn most_frequent(counts: BTreeMap<String, u64>) -> String {
    let mut best = (String::new(), 0);
    for (label, count) in counts {
        if count > best.1 {
            best = (label, count);
        }
    }
    best.0
}

/// Reads `name`, tab, type, line by line; empty lines and lines that begin with `#` are left out.
fn read(path: &Path) -> Result<Vec<(String, String)>, String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("list {}: {error}", path.display()))?;
    let mut names = Vec::new();
    let mut faults = Vec::new();
    for (number, line) in text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))
    {
        match line
            .split_once('\t')
            .map(|(name, kind)| (name.trim(), kind.trim()))
        {
            Some((name, kind)) if !name.is_empty() && !kind.is_empty() && !kind.contains('\t') => {
                names.push((name.to_owned(), kind.to_owned()))
            }
            _ => faults.push(format!(
                "{}:{}: a line must be a name, one tab and a type",
                path.display(),
                number + 1
            )),
        }
    }
    if names.is_empty() && faults.is_empty() {
        faults.push(format!("{}: no name in this list", path.display()));
    }
    if faults.is_empty() {
        Ok(names)
    } else {
        Err(faults.join("\n"))
    }
}
