//! The automaton over the names, and the check of word boundaries.

use aho_corasick::AhoCorasick;
use daachorse::{DoubleArrayAhoCorasick, DoubleArrayAhoCorasickBuilder, MatchKind};

use super::{Automaton, Case, Gazetteer};
use crate::corpus::{Document, Span};
use crate::entity::forms::narrow;
use crate::entity::{Found, RecognizerModel};

enum Finder {
    /// Its values are types: no table of names, which would miss the cache at every hit.
    Double(DoubleArrayAhoCorasick<u32>),
    /// With the type of each name.
    Plain(AhoCorasick, Vec<u32>),
    /// An empty list, which neither crate builds alike.
    Nothing,
}

/// Names ready to be found.
pub(super) struct Model {
    finder: Finder,
    boundaries: bool,
    /// Text is read in small letters; the names are in small letters already.
    small: bool,
    /// The types that there are.
    types: Vec<String>,
}

impl Model {
    /// Builds the automaton; names are distinct, and in small letters where case is ignored.
    pub(super) fn new(settings: &Gazetteer, names: Vec<(String, String)>) -> Result<Self, String> {
        let mut types: Vec<String> = names.iter().map(|(_, label)| label.clone()).collect();
        types.sort_unstable();
        types.dedup();
        let number = |label: &String| types.binary_search(label).map_or(u32::MAX, narrow);
        let (patterns, labels): (Vec<String>, Vec<u32>) = names
            .into_iter()
            .map(|(name, label)| (name, number(&label)))
            .unzip();
        let finder = if patterns.is_empty() {
            Finder::Nothing
        } else if settings.automaton == Automaton::Daachorse {
            DoubleArrayAhoCorasickBuilder::new()
                .match_kind(MatchKind::LeftmostLongest)
                .build_with_values(patterns.iter().zip(labels))
                .map(Finder::Double)
                .map_err(|error| error.to_string())?
        } else {
            AhoCorasick::builder()
                .match_kind(aho_corasick::MatchKind::LeftmostLongest)
                .ascii_case_insensitive(settings.case == Case::Ignore)
                .build(&patterns)
                .map(|finder| Finder::Plain(finder, labels))
                .map_err(|error| error.to_string())?
        };
        Ok(Self {
            finder,
            boundaries: settings.boundaries,
            small: settings.case == Case::Ignore && settings.automaton == Automaton::Daachorse,
            types,
        })
    }

    fn take<'a>(
        &'a self,
        text: &str,
        start: usize,
        end: usize,
        label: u32,
        found: &mut Vec<Found<'a>>,
    ) {
        if (!self.boundaries || free(text, start, end))
            && let Some(label) = self.types.get(label as usize)
        {
            found.push((Span::new(start, end), label.as_str(), 1.0));
        }
    }
}

/// True when no letter or digit touches `start..end`. Most neighbours are ASCII and need no decoding.
pub(super) fn free(text: &str, start: usize, end: usize) -> bool {
    let bytes = text.as_bytes();
    let before = match start.checked_sub(1).and_then(|at| bytes.get(at)) {
        None => false,
        Some(byte) if byte.is_ascii() => byte.is_ascii_alphanumeric(),
        Some(_) => text
            .get(..start)
            .is_none_or(|before| before.ends_with(char::is_alphanumeric)),
    };
    let after = match bytes.get(end) {
        None => false,
        Some(byte) if byte.is_ascii() => byte.is_ascii_alphanumeric(),
        Some(_) => text
            .get(end..)
            .is_none_or(|after| after.starts_with(char::is_alphanumeric)),
    };
    !before && !after
}

impl RecognizerModel for Model {
    fn recognize<'a>(&'a self, document: &'a Document) -> Vec<Found<'a>> {
        // Small ASCII letters keep every offset.
        let small = self.small.then(|| document.text.to_ascii_lowercase());
        let text = small.as_deref().unwrap_or(&document.text);
        let mut found = Vec::new();
        match &self.finder {
            Finder::Double(finder) => {
                for hit in finder.leftmost_find_iter(text) {
                    self.take(text, hit.start(), hit.end(), hit.value(), &mut found);
                }
            }
            Finder::Plain(finder, labels) => {
                for hit in finder.find_iter(text) {
                    let label = labels.get(hit.pattern().as_usize());
                    let label = label.copied().unwrap_or(u32::MAX);
                    self.take(text, hit.start(), hit.end(), label, &mut found);
                }
            }
            Finder::Nothing => {}
        }
        found
    }
}
