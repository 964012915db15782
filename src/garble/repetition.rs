//! Words and phrases said twice in a row.
//!
//! # What it does
//! Flags the second of two neighbouring equal words (`the the`) and of two neighbouring equal phrases (`in the end in the end`).
//!
//! # How it decides
//! Compares each word with the one before and each run of 2 to `longest` words with the run before, in lower case, inside one line
//! and with nothing but white space between the two. Words that English doubles on purpose (`that that`, `had had`, `very very`), numbers and names need a phrase.
//!
//! # Parameters
//! - `longest` (default 8 words): longest phrase; longer doublings are copied sentences, which dedup finds.
//!
//! # Cost
//! One hash per word and at most `longest` comparisons.
//!
//! # Known to miss
//! Repetition at a distance (see `gopher-repetition`); paraphrased repetition.
//!
//! # Reference
//! Usual proofreading practice (doubled words).

use serde::{Deserialize, Serialize};

use crate::corpus::{Corpus, Span};
use crate::garble::flags::Flags;
use crate::garble::{GarbleDetector, GarbleModel, GarbleTraining, Granularity, PredictedGarble};
use crate::params::Algorithm;
use crate::text::line::lines;
use crate::text::stop::is_stop_word;
use crate::text::token::{Kind, tokens};

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Repetition {
    /// Longest phrase in words.
    pub longest: usize,
}

impl Default for Repetition {
    fn default() -> Self {
        Self { longest: 8 }
    }
}

impl Algorithm for Repetition {
    fn check(&self) -> Result<(), String> {
        if self.longest == 0 {
            return Err("longest must be at least 1".to_owned());
        }
        Ok(())
    }
}

impl GarbleDetector for Repetition {
    fn granularity(&self) -> Granularity {
        Granularity::Span
    }

    fn fit(&self, _training: &GarbleTraining<'_>) -> Result<Box<dyn GarbleModel>, String> {
        Ok(Box::new(self.clone()))
    }
}

impl GarbleModel for Repetition {
    fn detect(&self, document: usize, corpus: &Corpus) -> Vec<PredictedGarble> {
        let mut flags = Flags::new(document);
        self.read(&corpus.documents[document].text, &mut flags);
        flags.joined()
    }
}

const DOUBLED: &[&str] = &[
    "that", "had", "very", "so", "no", "bye", "ha", "la", "blah", "knock", "is", "do", "more",
];

impl Repetition {
    fn read(&self, text: &str, flags: &mut Flags) {
        let mut words: Vec<Span> = Vec::new();
        for line in lines(text) {
            words.clear();
            let flush = |words: &mut Vec<Span>, flags: &mut Flags| {
                self.doubled(text, words, flags);
                words.clear();
            };
            for token in tokens(&text[line.start..line.end]) {
                if token.kind == Kind::Mark {
                    flush(&mut words, flags);
                } else {
                    words.push(Span::new(
                        line.start + token.span.start,
                        line.start + token.span.end,
                    ));
                }
            }
            flush(&mut words, flags);
        }
    }

    /// Doublings in a run of words without marks.
    fn doubled(&self, text: &str, words: &[Span], flags: &mut Flags) {
        let word = |at: usize| &text[words[at].start..words[at].end];
        let mut at = 1;
        while at < words.len() {
            let size = (1..=self.longest.min(at).min(words.len() - at))
                .rev()
                .find(|&size| {
                    (0..size).all(|i| word(at - size + i).eq_ignore_ascii_case(word(at + i)))
                });
            match size {
                Some(1)
                    if DOUBLED.iter().any(|d| d.eq_ignore_ascii_case(word(at)))
                        || word(at).bytes().all(|b| b.is_ascii_digit())
                        // `Duran Duran`: names are doubled on purpose.
                        || (word(at).starts_with(char::is_uppercase)
                            && word(at - 1).starts_with(char::is_uppercase)
                            && !is_stop_word(&word(at).to_lowercase())) =>
                {
                    at += 1;
                }
                Some(size) => {
                    flags.push(
                        Span::new(words[at].start, words[at + size - 1].end),
                        "token",
                        0.9,
                    );
                    at += size;
                }
                None => at += 1,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn flagged(text: &str) -> Vec<&str> {
        let mut flags = Flags::new(0);
        Repetition::default().read(text, &mut flags);
        flags
            .joined()
            .iter()
            .map(|f| &text[f.span.start..f.span.end])
            .collect()
    }

    #[test]
    fn the_second_of_two_is_flagged() {
        assert_eq!(flagged("He saw the the dog."), ["the"]);
        assert_eq!(flagged("In the end in the end it was"), ["in the end"]);
        assert_eq!(
            flagged("She said that that had had an end, an end. Duran Duran\nDuran"),
            [""; 0]
        );
    }

    proptest! {
        /// Doubling one phrase of a text of distinct words flags just the second.
        #[test]
        fn an_injected_doubling_is_found(size in 1_usize..6, at in 0_usize..10) {
            let words: Vec<String> = (0..16).map(|n| format!("w{n}x")).collect();
            let mut doubled = words[..at + size].to_vec();
            doubled.extend_from_slice(&words[at..]);
            let text = doubled.join(" ");
            prop_assert_eq!(flagged(&text), [words[at..at + size].join(" ")]);
            let clean = words.join(" ");
            prop_assert_eq!(flagged(&clean), [""; 0]);
        }
    }
}
