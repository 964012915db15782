//! Word n-gram model: windows of words that are unlikely after the words before them.
//!
//! # What it does
//! Scores every word and mark by an n-gram model and flags the windows that are least likely for their document.
//!
//! # How it decides
//! Interpolated modified Kneser-Ney over words in lower case and marks, sentence by sentence, trained on the texts that the harness
//! hands over, which never hold the document or a near-duplicate of it, or read from an ARPA file. The mean log-probability of each window is
//! compared with the document's own mean: the confidence is 0.5 at `deviations` standard deviations below it.
//!
//! # Parameters
//! - `order` (default 3): as in Heafield's and Chen and Goodman's comparisons for small data.
//! - `window` (default 5 words): the usual reach of a word trigram on both sides of an error.
//! - `deviations` (default 2): about the lowest 2 to 3 % of the windows of a bell curve.
//! - `model` (default none): path of an ARPA file to use instead of training.
//!
//! # Cost
//! One vocabulary look-up and at most `2 (order - 1)` table look-ups per word, those of a sentence begun together. Training keeps all n-grams in memory.
//!
//! # Known to miss
//! Fluent falsehoods: replaced names and numbers, negation and omission score at chance or worse. Without training texts and without a file
//! nothing is flagged.
//!
//! # Reference
//! Chen and Goodman 1998, TR-10-98; Heafield et al. 2013 (`lmplz`), P13-2121.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::corpus::{Corpus, Span};
use crate::garble::flags::Flags;
use crate::garble::lm::estimate::Estimator;
use crate::garble::lm::{self, score::Reading};
use crate::garble::{GarbleDetector, GarbleModel, GarbleTraining, Granularity, PredictedGarble};
use crate::params::Algorithm;
use crate::text::sentence::segments;
use crate::text::token;

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WordLm {
    /// Longest n-grams.
    pub order: usize,
    /// Words per window.
    pub window: usize,
    /// Standard deviations under the mean of the document at which a window is flagged.
    pub deviations: f64,
    /// ARPA file to use instead of training; empty for none.
    pub model: String,
}

impl Default for WordLm {
    fn default() -> Self {
        Self {
            order: 3,
            window: 5,
            deviations: 2.0,
            model: String::new(),
        }
    }
}

impl Algorithm for WordLm {
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

impl GarbleDetector for WordLm {
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
            lm,
            window: self.window,
            deviations: self.deviations,
            idle: Mutex::new(Vec::new()),
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
    let mut buffer = String::new();
    for document in &corpus.documents {
        for segment in segments(&document.text) {
            estimator.start();
            for span in tokens(&document.text, segment) {
                estimator.push(lower(&document.text[span.start..span.end], &mut buffer));
            }
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
    lm: Option<lm::Model>,
    window: usize,
    deviations: f64,
    /// What earlier documents were read with: its memory serves the next ones, one for each thread that reads.
    idle: Mutex<Vec<Reading>>,
}

impl Reader {
    fn idle(&self) -> MutexGuard<'_, Vec<Reading>> {
        // A panic elsewhere leaves them whole: they are cleared before use.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl GarbleModel for Reader {
    fn detect(&self, document: usize, corpus: &Corpus) -> Vec<PredictedGarble> {
        let mut flags = Flags::new(document);
        if let Some(lm) = &self.lm {
            let text = corpus.documents[document].text.as_str();
            let mut buffer = String::new();
            let mut reading = self.idle().pop().unwrap_or_default();
            reading.clear();
            reading.reserve(text.len() / 4);
            for segment in segments(text) {
                for span in tokens(text, segment) {
                    let number = lm
                        .vocabulary
                        .get_lower(text, span.start, span.end)
                        .unwrap_or_else(|| {
                            let word = &text[span.start..span.end];
                            lm.vocabulary.get(lower(word, &mut buffer))
                        });
                    reading.push(span, number);
                }
                reading.finish(lm);
            }
            reading.flag(self.window, self.deviations, &mut flags);
            self.idle().push(reading);
        }
        flags.sorted()
    }
}

/// Places of the tokens of a segment.
fn tokens(text: &str, segment: Span) -> impl Iterator<Item = Span> {
    token::tokens(&text[segment.start..segment.end]).map(move |found| {
        Span::new(
            segment.start + found.span.start,
            segment.start + found.span.end,
        )
    })
}

/// A word in lower case, in the buffer where it is not so already.
fn lower<'a>(word: &'a str, buffer: &'a mut String) -> &'a str {
    if !word
        .bytes()
        .any(|byte| byte.is_ascii_uppercase() || byte >= 0x80)
    {
        return word;
    }
    buffer.clear();
    if word.is_ascii() {
        buffer.push_str(word);
        buffer.make_ascii_lowercase();
    } else {
        buffer.extend(word.chars().flat_map(char::to_lowercase));
    }
    buffer
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
        let model = WordLm::default()
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
        let model = WordLm::default().fit(&training).unwrap();
        assert_eq!(model.detect(0, &corpus(&["Some text."])), []);
        let missing = WordLm {
            model: "no/such.arpa".to_owned(),
            ..WordLm::default()
        };
        assert!(
            missing
                .fit(&training)
                .is_err_and(|error| error.contains("no/such.arpa"))
        );
        assert!(!missing.learns());
    }
}
