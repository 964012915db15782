//! Character n-gram model: windows of characters that are unlikely after the ones before them.
//!
//! # What it does
//! Scores every character by an n-gram model and flags the windows that are least likely for their document: misspellings, stray
//! foreign words, glued words.
//!
//! # How it decides
//! As `word-lm`, over characters, case and marks kept, runs of white space as one space.
//!
//! # Parameters
//! - `order` (default 6): the order of the published comparison of character models on DEMETR error classes.
//! - `window` (default 12 characters): two short words or one long one.
//! - `deviations` (default 2): about the lowest 2 to 3 % of the windows of a bell curve.
//! - `model` (default none): path of an ARPA file over characters (`<sp>` for the space) to use instead of training.
//!
//! # Cost
//! One vocabulary look-up and at most `order - 1` table look-ups per character. Training keeps all n-grams in memory.
//!
//! # Known to miss
//! Everything that is spelled well. Names that the training texts lack are flagged.
//!
//! # Reference
//! Chen and Goodman 1998, TR-10-98; monocleaner's character 7-gram fluency.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::corpus::{Corpus, Span};
use crate::garble::flags::Flags;
use crate::garble::lm::estimate::Estimator;
use crate::garble::lm::{self, UNKNOWN, Vocabulary, score::Reading};
use crate::garble::{GarbleDetector, GarbleModel, GarbleTraining, Granularity, PredictedGarble};
use crate::params::Algorithm;
use crate::text::sentence::segments;

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CharLm {
    /// Longest n-grams.
    pub order: usize,
    /// Characters per window.
    pub window: usize,
    /// Standard deviations under the mean of the document at which a window is flagged.
    pub deviations: f64,
    /// ARPA file to use instead of training; empty for none.
    pub model: String,
}

impl Default for CharLm {
    fn default() -> Self {
        Self {
            order: 6,
            window: 12,
            deviations: 2.0,
            model: String::new(),
        }
    }
}

impl Algorithm for CharLm {
    fn check(&self) -> Result<(), String> {
        if !(1..=10).contains(&self.order) {
            return Err(format!("order is {}, must be 1 to 10", self.order));
        }
        if self.window == 0 {
            return Err("window must be at least 1".to_owned());
        }
        Ok(())
    }
}

impl GarbleDetector for CharLm {
    fn granularity(&self) -> Granularity {
        Granularity::Span
    }

    fn learns(&self) -> bool {
        self.model.is_empty()
    }

    fn fit(&self, training: &GarbleTraining<'_>) -> Result<Box<dyn GarbleModel>, String> {
        let lm = if self.model.is_empty() {
            train(self.order, training.corpus)?
        } else {
            let path = std::path::Path::new(&self.model);
            Some(lm::Model::from_arpa(path).map_err(|error| error.to_string())?)
        };
        Ok(Box::new(Reader {
            lm: lm.map(|lm| (Numbers::new(&lm.vocabulary), lm)),
            window: self.window,
            deviations: self.deviations,
        }))
    }
}

/// Estimates a model on every sentence of a corpus; `None` without any.
///
/// # Errors
/// What the estimation refuses.
pub fn train(order: usize, corpus: &Corpus) -> Result<Option<lm::Model>, String> {
    let mut estimator = Estimator::new(order);
    let mut any = false;
    for document in &corpus.documents {
        for segment in segments(&document.text) {
            estimator.start();
            characters(&document.text, segment, |_, c| {
                let mut buffer = [0; 4];
                estimator.push(match c {
                    Some(c) => c.encode_utf8(&mut buffer),
                    None => BLANK,
                });
            });
            any |= estimator.finish();
        }
    }
    if any {
        estimator.estimate().map(|estimate| Some(estimate.model()))
    } else {
        Ok(None)
    }
}

/// A model with its windows.
struct Reader {
    lm: Option<(Numbers, lm::Model)>,
    window: usize,
    deviations: f64,
}

impl GarbleModel for Reader {
    fn detect(&self, document: usize, corpus: &Corpus) -> Vec<PredictedGarble> {
        let mut flags = Flags::new(document);
        if let Some((numbers, lm)) = &self.lm {
            let text = corpus.documents[document].text.as_str();
            let mut reading = Reading::default();
            for segment in segments(text) {
                characters(text, segment, |span, c| reading.push(span, numbers.of(c)));
                reading.finish(lm);
            }
            reading.flag(self.window, self.deviations, &mut flags);
        }
        flags.sorted()
    }
}

/// Symbol of a run of white space.
const BLANK: &str = "<sp>";

/// Numbers of the characters, without a look into the vocabulary for those of ASCII.
struct Numbers {
    ascii: [u32; 128],
    others: FxHashMap<char, u32>,
    blank: u32,
}

impl Numbers {
    fn new(vocabulary: &Vocabulary) -> Self {
        let mut numbers = Self {
            ascii: [UNKNOWN; 128],
            others: FxHashMap::default(),
            blank: vocabulary.get(BLANK),
        };
        for (number, symbol) in (0..).zip(vocabulary.symbols()) {
            let mut chars = symbol.chars();
            if let (Some(c), None) = (chars.next(), chars.next()) {
                match numbers.ascii.get_mut(c as usize) {
                    Some(slot) => *slot = number,
                    None => {
                        numbers.others.insert(c, number);
                    }
                }
            }
        }
        numbers
    }

    /// Number of a character, or of the blank.
    fn of(&self, c: Option<char>) -> u32 {
        let Some(c) = c else {
            return self.blank;
        };
        match self.ascii.get(c as usize) {
            Some(&number) => number,
            None => self.others.get(&c).copied().unwrap_or(UNKNOWN),
        }
    }
}

/// Calls `each` with every character of a segment, `None` for a run of white space.
fn characters(text: &str, segment: Span, mut each: impl FnMut(Span, Option<char>)) {
    let mut blank: Option<Span> = None;
    for (at, c) in text[segment.start..segment.end].char_indices() {
        let start = segment.start + at;
        let span = Span::new(start, start + c.len_utf8());
        if c.is_whitespace() {
            let from = blank.map_or(span.start, |before| before.start);
            blank = Some(Span::new(from, span.end));
            continue;
        }
        if let Some(blank) = blank.take() {
            each(blank, None);
        }
        each(span, Some(c));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Document;

    fn corpus(texts: &[&str]) -> Corpus {
        let document = |(index, text): (usize, &&str)| Document {
            id: format!("d{index}"),
            text: (*text).to_owned(),
        };
        Corpus::new(texts.iter().enumerate().map(document).collect()).unwrap()
    }

    #[test]
    fn the_shuffled_sentence_is_the_least_likely() {
        let training = corpus(&[
            "The dog barked at the cat. The cat ran up the tree. The dog sat under the tree.\n\
            The cat sat in the tree. The dog ran at the cat.",
        ]);
        let texts = corpus(&[
            "The cat ran up the tree. The dog sat under the tree. Tree the up dgo xq zat. The dog ran at the cat.",
        ]);
        let model = CharLm::default()
            .fit(&GarbleTraining {
                corpus: &training,
                garbles: &[],
            })
            .unwrap();
        let found = model.detect(0, &texts);
        let worst = found
            .iter()
            .max_by(|a, b| a.confidence.total_cmp(&b.confidence))
            .unwrap();
        let garbled = texts.documents[0].text.find("Tree the").unwrap();
        assert!(
            worst.span.start >= garbled && worst.span.end <= garbled + 24,
            "{worst:?}"
        );
    }

    #[test]
    fn without_training_nothing_is_flagged_and_a_missing_file_is_named() {
        let none = corpus(&[]);
        let training = GarbleTraining {
            corpus: &none,
            garbles: &[],
        };
        let model = CharLm::default().fit(&training).unwrap();
        assert_eq!(model.detect(0, &corpus(&["Some text."])), []);
        let missing = CharLm {
            model: "no/such.arpa".to_owned(),
            ..CharLm::default()
        };
        assert!(
            missing
                .fit(&training)
                .is_err_and(|error| error.contains("no/such.arpa"))
        );
        assert!(!missing.learns());
    }
}
