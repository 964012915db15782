//! Words that no dictionary knows.
//!
//! # What it does
//! Flags words that are in no form of a dictionary found on the system, unless they are names that other documents use too.
//!
//! # How it decides
//! The dictionary is a hunspell pair (`.dic` with `.aff`; prefixes and suffixes are taken off by the rules of the `.aff` file) or a plain list of
//! words. A word is known as it stands, in lower case, with capital, without possessive, or when all parts between its hyphens are known. Digits
//! make a word known. Unknown words with a capital that occur in at least `documents` documents of the corpus are names.
//!
//! # Parameters
//! - `dictionary` (default none): path of a `.dic` file or word list; without it `/usr/share/hunspell/en_US.dic`,
//!   `/usr/share/myspell/dicts/en_US.dic` and `/usr/share/dict/words` are tried, and it is an error when none is there. No dictionary is built in.
//! - `documents` (default 2): documents that make an unknown capitalised word a name.
//! - `names` (default false): flag unknown capitalised words that only one document uses, at confidence 0.4.
//!
//! No variant of karat.toml uses it: what it finds depends on the dictionary of the machine, while committed reports must be the same
//! everywhere. Put a variant with `dictionary` into a configuration of your own, or use `karat predict -t garble -e oov`. Without a dictionary
//! the variant is one failed row that says what to install, and the others are complete.
//!
//! # Cost
//! One hash look-up per word; unknown words try each suffix rule. Names cost one pass over the corpus.
//!
//! # Known to miss
//! Wrong words that are words; compounds that the dictionary builds by rules other than hyphens.
//!
//! # Reference
//! hunspell(5).

use std::path::Path;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::corpus::Corpus;
use crate::garble::flags::Flags;
use crate::garble::{GarbleDetector, GarbleModel, GarbleTraining, Granularity, PredictedGarble};
use crate::params::Algorithm;
use crate::text::token::words;

mod dictionary;

use dictionary::Dictionary;

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Oov {
    /// Path of a dictionary.
    pub dictionary: String,
    /// Documents that make an unknown capitalised word a name.
    pub documents: usize,
    /// Flag other unknown capitalised words at low confidence.
    pub names: bool,
}

impl Default for Oov {
    fn default() -> Self {
        Self {
            dictionary: String::new(),
            documents: 2,
            names: false,
        }
    }
}

impl Algorithm for Oov {}

const USUAL: &[&str] = &[
    "/usr/share/hunspell/en_US.dic",
    "/usr/share/myspell/dicts/en_US.dic",
    "/usr/share/dict/words",
];

impl GarbleDetector for Oov {
    fn granularity(&self) -> Granularity {
        Granularity::Span
    }

    fn fit(&self, _training: &GarbleTraining<'_>) -> Result<Box<dyn GarbleModel>, String> {
        let path = if self.dictionary.is_empty() {
            *USUAL.iter().find(|path| Path::new(path).is_file()).ok_or_else(|| {
                format!(
                    "oov found no dictionary at {}; install one (Debian: hunspell-en-us) or set `dictionary`",
                    USUAL.join(", ")
                )
            })?
        } else {
            &self.dictionary
        };
        Ok(Box::new(Model {
            dictionary: Dictionary::read(Path::new(path))?,
            parameters: self.clone(),
        }))
    }
}

struct Model {
    dictionary: Dictionary,
    parameters: Oov,
}

impl Model {
    fn is_known(&self, word: &str) -> bool {
        let plain = word.replace('\u{2019}', "'");
        let plain = plain.strip_suffix("'s").unwrap_or(&plain);
        if plain.chars().any(char::is_numeric) || plain.chars().count() < 2 {
            return true;
        }
        let known = |part: &str| {
            let lower = part.to_lowercase();
            let mut title = lower.clone();
            if let Some(first) = title.get(..1) {
                let upper = first.to_ascii_uppercase();
                title.replace_range(..1, &upper);
            }
            [part, lower.as_str(), title.as_str()]
                .iter()
                .any(|form| self.dictionary.knows(form))
        };
        known(plain)
            || (plain.contains('-') && plain.split('-').all(|part| part.is_empty() || known(part)))
    }
}

/// In how many documents of a corpus each word that begins with a capital occurs.
fn names(corpus: &Corpus) -> FxHashMap<&str, usize> {
    let mut names: FxHashMap<&str, (usize, usize)> = FxHashMap::default();
    for (index, document) in corpus.documents.iter().enumerate() {
        for span in words(&document.text) {
            let word = &document.text[span.start..span.end];
            if word.starts_with(char::is_uppercase) {
                let (documents, last) = names.entry(word).or_insert((0, usize::MAX));
                *documents += usize::from(*last != index);
                *last = index;
            }
        }
    }
    names
        .into_iter()
        .map(|(word, (documents, _))| (word, documents))
        .collect()
}

impl Model {
    fn judge(
        &self,
        document: usize,
        corpus: &Corpus,
        names: &FxHashMap<&str, usize>,
    ) -> Vec<PredictedGarble> {
        let text = corpus.documents[document].text.as_str();
        let mut flags = Flags::new(document);
        for span in words(text) {
            let word = &text[span.start..span.end];
            if self.is_known(word) {
                continue;
            }
            if !word.starts_with(char::is_uppercase) {
                flags.push(span, "lexical", 0.7);
            } else if self.parameters.names
                && names.get(word).copied().unwrap_or(0) < self.parameters.documents
            {
                flags.push(span, "name", 0.4);
            }
        }
        flags.sorted()
    }
}

impl GarbleModel for Model {
    fn detect(&self, document: usize, corpus: &Corpus) -> Vec<PredictedGarble> {
        self.judge(document, corpus, &names(corpus))
    }

    fn prepare<'m>(&'m self, corpus: &'m Corpus) -> Option<Box<dyn GarbleModel + 'm>> {
        Some(Box::new(Prepared {
            model: self,
            names: names(corpus),
        }))
    }
}

/// A model that has counted the names of one corpus.
struct Prepared<'m> {
    model: &'m Model,
    names: FxHashMap<&'m str, usize>,
}

impl GarbleModel for Prepared<'_> {
    fn detect(&self, document: usize, corpus: &Corpus) -> Vec<PredictedGarble> {
        self.model.judge(document, corpus, &self.names)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::corpus::Document;

    fn model(names: bool) -> Model {
        Model {
            dictionary: Dictionary::new(dictionary::tests::LIST, dictionary::tests::RULES),
            parameters: Oov {
                names,
                ..Oov::default()
            },
        }
    }

    #[test]
    fn names_that_other_documents_use_are_fine() {
        let document = |id: &str, text: &str| Document {
            id: id.to_owned(),
            text: text.to_owned(),
        };
        let corpus = Corpus::new(vec![
            document("a", "The dgo locked Baghdad and Zzyzx. PARIS’s dog-city 5k"),
            document("b", "Baghdad"),
        ])
        .unwrap();
        let found = |names| -> Vec<String> {
            let flags = model(names).detect(0, &corpus);
            flags
                .iter()
                .map(|f| corpus.documents[0].text[f.span.start..f.span.end].to_owned())
                .collect()
        };
        assert_eq!(found(false), ["dgo", "and"]);
        assert_eq!(found(true), ["dgo", "and", "Zzyzx"]);
    }

    #[test]
    fn a_missing_dictionary_is_an_error_with_a_remedy() {
        let none = Corpus::default();
        let training = GarbleTraining {
            corpus: &none,
            garbles: &[],
        };
        let missing = Oov {
            dictionary: "no/such.dic".to_owned(),
            ..Oov::default()
        };
        assert!(
            missing
                .fit(&training)
                .is_err_and(|error| error.contains("no/such.dic"))
        );
    }

    proptest! {
        /// Words of the list in any case are known; the same with a letter that no word holds are not.
        #[test]
        fn listed_words_are_known(word in prop::sample::select(vec!["city", "dog", "lock", "the", "Paris"]), upper in any::<bool>()) {
            let form = if upper { word.to_uppercase() } else { word.to_owned() };
            let known = model(false).is_known(&form);
            prop_assert!(known);
            let other = model(false).is_known(&format!("{form}q"));
            prop_assert!(!other);
        }
    }
}
