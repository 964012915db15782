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
//! - `case` (default `keep`): `ignore` also finds other cases of ASCII letters (by `aho-corasick` on either setting, as the
//!   other automaton has no such mode).
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

use aho_corasick::AhoCorasick;
use daachorse::{DoubleArrayAhoCorasick, DoubleArrayAhoCorasickBuilder, MatchKind};
use serde::{Deserialize, Serialize};

use crate::corpus::{Document, Span};
use crate::entity::{EntityRecognizer, EntityTraining, RecognizerModel, lists};
use crate::label::Nesting;
use crate::params::Algorithm;

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

enum Finder {
    Double(DoubleArrayAhoCorasick<u32>),
    Plain(AhoCorasick),
    /// An empty list, which neither crate builds alike.
    Nothing,
}

struct Model {
    finder: Finder,
    boundaries: bool,
    labels: Vec<String>,
}

impl Model {
    fn new(settings: &Gazetteer, names: Vec<(String, String)>) -> Result<Self, String> {
        let (patterns, labels): (Vec<String>, Vec<String>) = names.into_iter().unzip();
        let finder = if patterns.is_empty() {
            Finder::Nothing
        } else if settings.automaton == Automaton::Daachorse && settings.case == Case::Keep {
            DoubleArrayAhoCorasickBuilder::new()
                .match_kind(MatchKind::LeftmostLongest)
                .build(&patterns)
                .map(Finder::Double)
                .map_err(|error| error.to_string())?
        } else {
            AhoCorasick::builder()
                .match_kind(aho_corasick::MatchKind::LeftmostLongest)
                .ascii_case_insensitive(settings.case == Case::Ignore)
                .build(&patterns)
                .map(Finder::Plain)
                .map_err(|error| error.to_string())?
        };
        Ok(Self {
            finder,
            boundaries: settings.boundaries,
            labels,
        })
    }

    fn take(
        &self,
        text: &str,
        start: usize,
        end: usize,
        label: usize,
        found: &mut Vec<(Span, String, f64)>,
    ) {
        if (!self.boundaries || free(text, start, end))
            && let Some(label) = self.labels.get(label)
        {
            found.push((Span::new(start, end), label.clone(), 1.0));
        }
    }
}

/// True when no letter or digit touches `start..end`. Most neighbours are ASCII and need no decoding.
fn free(text: &str, start: usize, end: usize) -> bool {
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
    fn recognize(&self, document: &Document) -> Vec<(Span, String, f64)> {
        let text = document.text.as_str();
        let mut found = Vec::new();
        match &self.finder {
            Finder::Double(finder) => {
                for hit in finder.leftmost_find_iter(text) {
                    self.take(
                        text,
                        hit.start(),
                        hit.end(),
                        hit.value() as usize,
                        &mut found,
                    );
                }
            }
            Finder::Plain(finder) => {
                for hit in finder.find_iter(text) {
                    self.take(
                        text,
                        hit.start(),
                        hit.end(),
                        hit.pattern().as_usize(),
                        &mut found,
                    );
                }
            }
            Finder::Nothing => {}
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use proptest::prelude::*;

    use super::*;
    use crate::corpus::Corpus;

    const BOTH: [Automaton; 2] = [Automaton::Daachorse, Automaton::AhoCorasick];

    fn find(settings: &Gazetteer, names: &[&str], text: &str) -> Vec<String> {
        let names = names
            .iter()
            .map(|&name| (name.to_owned(), "ORG".to_owned()))
            .collect();
        let document = Document {
            id: "d".into(),
            text: text.into(),
        };
        let found = Model::new(settings, names).unwrap().recognize(&document);
        found
            .iter()
            .map(|(span, ..)| span.text(text).unwrap().to_owned())
            .collect()
    }

    #[test]
    fn worked_example() {
        for automaton in BOTH {
            let settings = Gazetteer {
                automaton,
                ..Gazetteer::default()
            };
            let names = ["Oil", "Oil Ministry", "Ali"];
            assert_eq!(
                find(
                    &settings,
                    &names,
                    "Oil Ministry, Oilfield, Ali’s oil; Ali2 éAli"
                ),
                ["Oil Ministry", "Ali"]
            );
            let loose = Gazetteer {
                boundaries: false,
                case: Case::Ignore,
                ..settings
            };
            assert_eq!(find(&loose, &["oil"], "Oilfield OIL"), ["Oil", "OIL"]);
        }
    }

    #[test]
    fn lists_come_from_files_and_bad_ones_say_where() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        writeln!(file, "# names\nOil Ministry\tORG\nbroken line\n\tORG").unwrap();
        let settings = Gazetteer {
            list: file.path().display().to_string(),
            ..Gazetteer::default()
        };
        let none = Corpus::default();
        let training = EntityTraining {
            corpus: &none,
            mentions: &[],
        };
        let error = settings.fit(&training).err().unwrap();
        assert!(
            error.contains(":3: a line must be") && error.contains(":4: "),
            "{error}"
        );
        let missing = Gazetteer {
            list: "/no/such/list.tsv".to_owned(),
            ..Gazetteer::default()
        };
        assert!(
            missing
                .fit(&training)
                .err()
                .unwrap()
                .contains("/no/such/list.tsv")
        );
        let shipped = Gazetteer {
            list: "shipped".to_owned(),
            ..Gazetteer::default()
        };
        let document = Document {
            id: "d".into(),
            text: "In Peru, Peruvians".into(),
        };
        assert_eq!(
            shipped.fit(&training).unwrap().recognize(&document).len(),
            1
        );
        assert!(
            Gazetteer::default()
                .fit(&training)
                .unwrap()
                .recognize(&document)
                .is_empty()
        );
    }

    proptest! {
        /// The twin tries every place and every name, the longest first, and goes on behind what it took.
        #[test]
        fn both_automata_are_the_twin(names in prop::collection::btree_set("[ab]{1,3}", 1..5), text in "[ab ]{0,30}") {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let mut expected = Vec::new();
            let mut at = 0;
            while at < text.len() {
                match names.iter().filter(|name| text[at..].starts_with(**name)).max_by_key(|name| name.len()) {
                    Some(name) => {
                        if free(&text, at, at + name.len()) {
                            expected.push((*name).to_owned());
                        }
                        at += name.len();
                    }
                    None => at += 1,
                }
            }
            for automaton in BOTH {
                let settings = Gazetteer { automaton, ..Gazetteer::default() };
                prop_assert_eq!(&find(&settings, &names, &text), &expected);
            }
        }
    }
}
