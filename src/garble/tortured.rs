//! Tortured phrases: fixed expressions that a paraphrasing program replaced by odd synonyms, from a list.
//!
//! # What it does
//! Flags every phrase of a list (`counterfeit consciousness`) and suggests the expression that was meant (`artificial intelligence`).
//!
//! # How it decides
//! Looks the phrases up in the text, upper and lower case alike, at word boundaries, the longest first.
//!
//! # Parameters
//! - `list` (default none): path of a file with one phrase per line, after a tab the expression that was meant. Without it the algorithm
//!   cannot be built into a model: no list comes with the tool, since the published ones have licences of their own. For the
//!   same reason no variant of karat.toml uses it.
//!
//! # Cost
//! One Aho-Corasick pass.
//!
//! # Known to miss
//! Every phrase that is not on the list.
//!
//! # Reference
//! Cabanac, Labbé and Magazinov 2021, arXiv:2107.06751 (Problematic Paper Screener).

use aho_corasick::{AhoCorasick, MatchKind};
use serde::{Deserialize, Serialize};

use crate::corpus::{Corpus, Span};
use crate::garble::flags::Flags;
use crate::garble::{GarbleDetector, GarbleModel, GarbleTraining, Granularity, PredictedGarble};
use crate::params::Algorithm;

/// See the module's manual page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tortured {
    /// File of phrases.
    pub list: String,
}

impl Algorithm for Tortured {}

impl GarbleDetector for Tortured {
    fn granularity(&self) -> Granularity {
        Granularity::Span
    }

    fn fit(&self, _training: &GarbleTraining<'_>) -> Result<Box<dyn GarbleModel>, String> {
        if self.list.is_empty() {
            return Err(
                "tortured needs a phrase list: set `list` to a file with one phrase per line"
                    .to_owned(),
            );
        }
        let text = std::fs::read_to_string(&self.list)
            .map_err(|error| format!("phrase list `{}`: {error}", self.list))?;
        Ok(Box::new(Model::new(&text)?))
    }
}

struct Model {
    phrases: AhoCorasick,
    meant: Vec<String>,
}

impl Model {
    fn new(list: &str) -> Result<Self, String> {
        let (phrases, meant): (Vec<&str>, Vec<String>) = list
            .lines()
            .map(|line| line.split_once('\t').unwrap_or((line, "")))
            .map(|(phrase, meant)| (phrase.trim(), meant.trim().to_owned()))
            .filter(|(phrase, _)| !phrase.is_empty())
            .unzip();
        let phrases = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::LeftmostLongest)
            .build(phrases)
            .map_err(|error| error.to_string())?;
        Ok(Self { phrases, meant })
    }
}

impl GarbleModel for Model {
    fn detect(&self, document: usize, corpus: &Corpus) -> Vec<PredictedGarble> {
        let text = corpus.documents[document].text.as_str();
        let mut flags = Flags::new(document);
        for found in self.phrases.find_iter(text) {
            let before = text[..found.start()].chars().next_back();
            let after = text[found.end()..].chars().next();
            if !before.is_some_and(char::is_alphanumeric)
                && !after.is_some_and(char::is_alphanumeric)
            {
                let span = Span::new(found.start(), found.end());
                let meant = self.meant[found.pattern().as_usize()].clone();
                flags.suggest(span, "lexical", 0.95, meant);
            }
        }
        flags.sorted()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::corpus::Document;

    fn found(list: &str, text: &str) -> Vec<(String, String)> {
        let document = Document {
            id: "d".to_owned(),
            text: text.to_owned(),
        };
        let corpus = Corpus::new(vec![document]).unwrap();
        let flags = Model::new(list).unwrap().detect(0, &corpus);
        flags
            .into_iter()
            .map(|f| (text[f.span.start..f.span.end].to_owned(), f.suggestion))
            .collect()
    }

    #[test]
    fn phrases_are_found_at_word_boundaries_with_what_was_meant() {
        let list = "counterfeit consciousness\tartificial intelligence\n\nbig dog\n";
        assert_eq!(
            found(list, "Counterfeit consciousness and a big dogma."),
            [(
                "Counterfeit consciousness".to_owned(),
                "artificial intelligence".to_owned()
            )]
        );
        let none = Corpus::default();
        let training = GarbleTraining {
            corpus: &none,
            garbles: &[],
        };
        assert!(
            Tortured::default()
                .fit(&training)
                .is_err_and(|e| e.contains("phrase list"))
        );
    }

    proptest! {
        #[test]
        fn hits_are_those_of_a_plain_search(text in "(big|dog| |x|big dog){0,20}") {
            let plain = text.match_indices("big dog").filter(|(at, hit)| {
                let end = at + hit.len();
                !text[..*at].ends_with(char::is_alphanumeric) && !text[end..].starts_with(char::is_alphanumeric)
            }).count();
            prop_assert_eq!(found("big dog", &text).len(), plain);
        }
    }
}
