//! Names from a list, found by Aho-Corasick.
//!
//! # What it does
//! Finds every name of its list that stands between word boundaries, the longest first.
//!
//! # How it decides
//! The list is learnt from the training documents: every labelled outer name with its most frequent type (ties: the first in
//! the alphabet). Leftmost-longest matching; a match counts when no letter or digit touches its ends.
//!
//! # Parameters
//! - `min_length` (default 2): shorter names are left out, in characters.
//!
//! # Cost
//! Linear in the text; the automaton takes some tens of bytes per letter of the list.
//!
//! # Known to miss
//! Names that it has not seen, and spellings that differ in one letter.
//!
//! # Reference
//! Aho and Corasick 1975, Efficient string matching.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, MatchKind};
use serde::{Deserialize, Serialize};

use crate::corpus::{Document, Span};
use crate::entity::{EntityRecognizer, EntityTraining, RecognizerModel};
use crate::label::Nesting;
use crate::params::Algorithm;

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Gazetteer {
    /// Shortest name in characters.
    pub min_length: usize,
}

impl Default for Gazetteer {
    fn default() -> Self {
        Self { min_length: 2 }
    }
}

impl Algorithm for Gazetteer {}

impl EntityRecognizer for Gazetteer {
    fn learns(&self) -> bool {
        true
    }

    fn fit(&self, training: &EntityTraining<'_>) -> Result<Box<dyn RecognizerModel>, String> {
        let mut types: BTreeMap<&str, BTreeMap<&str, u64>> = BTreeMap::new();
        for mention in training
            .mentions
            .iter()
            .filter(|mention| mention.nesting == Nesting::Outer)
        {
            let text = mention
                .span
                .text(&training.corpus.documents[mention.document].text)
                .unwrap_or_default();
            if text.chars().count() >= self.min_length {
                *types
                    .entry(text)
                    .or_default()
                    .entry(&mention.entity_type)
                    .or_default() += 1;
            }
        }
        let mut names = Vec::new();
        let mut labels = Vec::new();
        for (name, counts) in types {
            let mut best = ("", 0);
            for (label, count) in counts {
                if count > best.1 {
                    best = (label, count);
                }
            }
            names.push(name);
            labels.push(best.0.to_owned());
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(&names)
            .map_err(|e| e.to_string())?;
        Ok(Box::new(Model { automaton, labels }))
    }
}

struct Model {
    automaton: AhoCorasick,
    labels: Vec<String>,
}

impl RecognizerModel for Model {
    fn recognize(&self, document: &Document) -> Vec<(Span, String, f64)> {
        let text = document.text.as_str();
        self.automaton
            .find_iter(text)
            .filter(|found| {
                let before = text[..found.start()].chars().next_back();
                let after = text[found.end()..].chars().next();
                !before.is_some_and(char::is_alphanumeric)
                    && !after.is_some_and(char::is_alphanumeric)
            })
            .map(|found| {
                (
                    Span::new(found.start(), found.end()),
                    self.labels[found.pattern().as_usize()].clone(),
                    1.0,
                )
            })
            .collect()
    }
}
