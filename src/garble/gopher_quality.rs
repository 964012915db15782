//! The quality rules of Gopher: word count, word length, symbols, bullets, ellipses, letters, stop words.
//!
//! # What it does
//! Drops whole documents whose counts lie outside published limits.
//!
//! # How it decides
//! 50 to 100,000 words that are not punctuation; mean word length 3 to 10 characters; at most 0.1 `#` and 0.1 ellipses per word; at
//! most 0.9 of the lines start with a bullet and 0.3 end with an ellipsis; at least 0.8 of the words hold a letter; at least two different
//! words of `the be to of and that have with`. The first broken rule is the cause. The confidence grows with the
//! nearness to the nearest limit, so that documents can be ranked; it is at least 0.5 exactly when a rule is broken.
//!
//! # Parameters
//! - `source` (default `datatrove`): `dolma` takes the median of the word lengths, `datatrove` and `nemo` the mean.
//! - `words` (default `tokens`; `whitespace`): how words are cut. datatrove uses spaCy, which cuts marks off as `tokens` does.
//! - the limits, all as published: `minimum_words` 50, `maximum_words` 100000, `minimum_length` 3, `maximum_length` 10, `symbols` 0.1,
//!   `bullets` 0.9, `ellipses` 0.3, `letters` 0.8, `stop_words` 2.
//!
//! # Cost
//! One pass over the words, one over the lines.
//!
//! # Known to miss
//! Everything about meaning; a garbled document of normal shape passes.
//!
//! # Reference
//! Rae et al. 2021, arXiv:2112.11446, table A1; `GopherQualityFilter` of datatrove 0.10.1, `gopher_v1` of Dolma.

use serde::{Deserialize, Serialize};

use crate::corpus::{Corpus, Span};
use crate::garble::c4::Source;
use crate::garble::flags::Flags;
use crate::garble::judge::{Judge, Words};
use crate::garble::marks::is_punctuation;
use crate::garble::{GarbleDetector, GarbleModel, GarbleTraining, Granularity, PredictedGarble};
use crate::params::Algorithm;
use crate::text::line::{python_lines, python_space};

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GopherQuality {
    /// Whose version is followed.
    pub source: Source,
    /// How words are cut.
    pub words: Words,
    /// Fewest words that are not punctuation.
    pub minimum_words: usize,
    /// Most words that are not punctuation.
    pub maximum_words: usize,
    /// Shortest mean (or median) word, in characters.
    pub minimum_length: f64,
    /// Longest mean (or median) word, in characters.
    pub maximum_length: f64,
    /// Most `#`, and most ellipses, per word.
    pub symbols: f64,
    /// Largest share of lines that start with a bullet.
    pub bullets: f64,
    /// Largest share of lines that end with an ellipsis.
    pub ellipses: f64,
    /// Smallest share of words with a letter.
    pub letters: f64,
    /// Fewest different stop words.
    pub stop_words: u32,
}

impl Default for GopherQuality {
    fn default() -> Self {
        Self {
            source: Source::Datatrove,
            words: Words::Tokens,
            minimum_words: 50,
            maximum_words: 100_000,
            minimum_length: 3.0,
            maximum_length: 10.0,
            symbols: 0.1,
            bullets: 0.9,
            ellipses: 0.3,
            letters: 0.8,
            stop_words: 2,
        }
    }
}

impl Algorithm for GopherQuality {}

impl GarbleDetector for GopherQuality {
    fn granularity(&self) -> Granularity {
        Granularity::Document
    }

    fn fit(&self, _training: &GarbleTraining<'_>) -> Result<Box<dyn GarbleModel>, String> {
        Ok(Box::new(self.clone()))
    }
}

impl GarbleModel for GopherQuality {
    fn detect(&self, document: usize, corpus: &Corpus) -> Vec<PredictedGarble> {
        let text = corpus.documents[document].text.as_str();
        let mut flags = Flags::new(document);
        flags.push(Span::new(0, text.len()), "", self.judge(text).confidence());
        flags.sorted()
    }
}

const STOP_WORDS: [&str; 8] = ["the", "be", "to", "of", "and", "that", "have", "with"];

impl GopherQuality {
    /// Reads one document.
    pub fn judge(&self, text: &str) -> Judge {
        let mut lengths = [0_usize; 64];
        let (mut all, mut words, mut characters, mut letters, mut stops) = (0, 0, 0, 0, 0_u8);
        self.words.each(text, |word| {
            all += 1;
            let shape = Shape::of(word);
            letters += usize::from(shape.letter);
            if shape.word {
                words += 1;
                characters += shape.characters;
                lengths[shape.characters.min(63)] += 1;
            }
            if word.len() <= 4
                && let Some(index) = STOP_WORDS.iter().position(|stop| *stop == word)
            {
                stops |= 1 << index;
            }
        });
        let length = match self.source {
            Source::Dolma => median(&lengths, words),
            _ => characters as f64 / (words as f64).max(1.0),
        };
        let (mut lines, mut bullets, mut ellipses) = (0_usize, 0_usize, 0_usize);
        for line in python_lines(text) {
            let line = &text[line.start..line.end];
            lines += 1;
            bullets += usize::from(
                line.trim_start_matches(python_space)
                    .starts_with(['•', '-']),
            );
            let end = line.trim_end_matches(python_space);
            ellipses += usize::from(end.ends_with("...") || end.ends_with('…'));
        }
        let per_word = (all as f64).max(1.0);
        let per_line = (lines as f64).max(1.0);
        let hashes = text.bytes().filter(|&byte| byte == b'#').count();
        let dots = ellipsis_count(text);

        let mut judge = Judge::default();
        judge.at_least("short", words as f64, self.minimum_words as f64);
        judge.at_most("long", words as f64, self.maximum_words as f64);
        judge.at_least("short-words", length, self.minimum_length);
        judge.at_most("long-words", length, self.maximum_length);
        judge.at_most("hashes", hashes as f64 / per_word, self.symbols);
        judge.at_most("ellipses", dots as f64 / per_word, self.symbols);
        judge.at_most("bullets", bullets as f64 / per_line, self.bullets);
        judge.at_most("ellipsis-lines", ellipses as f64 / per_line, self.ellipses);
        judge.at_least("letters", letters as f64 / per_word, self.letters);
        judge.at_least(
            "stop-words",
            f64::from(stops.count_ones()),
            f64::from(self.stop_words),
        );
        judge
    }
}

/// What a word is made of.
struct Shape {
    characters: usize,
    letter: bool,
    /// Not all of its characters are punctuation.
    word: bool,
}

impl Shape {
    fn of(word: &str) -> Self {
        if word.is_ascii() {
            let letter = word.bytes().any(|byte| byte.is_ascii_alphabetic());
            return Self {
                characters: word.len(),
                letter,
                word: letter || !word.bytes().all(|byte| is_punctuation(byte as char)),
            };
        }
        Self {
            characters: word.chars().count(),
            letter: word.chars().any(char::is_alphabetic),
            word: !word.chars().all(is_punctuation),
        }
    }
}

/// Occurrences of `...` (without overlap) and of `…`.
fn ellipsis_count(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut count, mut at) = (0, 0);
    while let Some(offset) = bytes[at..]
        .iter()
        .position(|&byte| byte == b'.' || byte == 0xe2)
    {
        at += offset;
        match &bytes[at..] {
            [b'.', b'.', b'.', ..] | [0xe2, 0x80, 0xa6, ..] => {
                count += 1;
                at += 3;
            }
            _ => at += 1,
        }
    }
    count
}

/// Median from counts by length (lengths of 63 and more share a place).
fn median(lengths: &[usize; 64], total: usize) -> f64 {
    let nth = |n: usize| {
        let mut seen = 0;
        lengths
            .iter()
            .position(|&count| {
                seen += count;
                seen > n
            })
            .unwrap_or(0) as f64
    };
    if total == 0 {
        return 0.0;
    }
    f64::midpoint(nth((total - 1) / 2), nth(total / 2))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn prose(words: usize) -> String {
        "the cat and those dogs ".repeat(words / 5)
    }

    #[test]
    fn every_rule_can_be_broken() {
        let cause = |text: &str| GopherQuality::default().judge(text).cause();
        assert_eq!(cause(&prose(50)), None);
        assert_eq!(cause(&prose(45)), Some("short"));
        assert_eq!(cause(""), Some("short"));
        assert_eq!(cause(&"a the b and ".repeat(50)), Some("short-words"));
        assert_eq!(
            cause(&"internationalisation ".repeat(60)),
            Some("long-words")
        );
        assert_eq!(
            cause(&format!("{}{}", prose(60), "#".repeat(9))),
            Some("hashes")
        );
        assert_eq!(
            cause(&format!("{}{}", prose(60), "... ".repeat(10))),
            Some("ellipses")
        );
        assert_eq!(
            cause(&"- the cat and those dogs\n".repeat(20)),
            Some("bullets")
        );
        assert_eq!(
            cause(&"the cat and those dogs were not there today\n…\n".repeat(8)),
            Some("ellipsis-lines")
        );
        assert_eq!(
            cause(&format!("{}{}", prose(60), "123 ".repeat(30))),
            Some("letters")
        );
        assert_eq!(
            cause(&"some cats chase dogs ".repeat(15)),
            Some("stop-words")
        );
    }

    #[test]
    fn dolma_takes_the_median() {
        // 39 words of two letters and 21 of twelve: mean 5.5, median 2.
        let text = format!("{}{}", "to be of ".repeat(13), "abcdefghijkl ".repeat(21));
        let with = |source| GopherQuality {
            source,
            ..GopherQuality::default()
        };
        assert_eq!(with(Source::Datatrove).judge(&text).cause(), None);
        assert_eq!(
            with(Source::Dolma).judge(&text).cause(),
            Some("short-words")
        );
    }

    /// The filter as plainly as it can be said, from lists of words.
    fn twin(text: &str) -> Option<&'static str> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let real: Vec<&&str> = words
            .iter()
            .filter(|w| w.chars().any(|c| !is_punctuation(c)))
            .collect();
        let share = |count: usize| count as f64 / words.len() as f64;
        if real.len() < 5 {
            return Some("short");
        }
        let mean = real.iter().map(|w| w.chars().count()).sum::<usize>() as f64 / real.len() as f64;
        if mean < 3.0 {
            return Some("short-words");
        }
        if mean > 10.0 {
            return Some("long-words");
        }
        if share(text.matches('#').count()) > 0.1 {
            return Some("hashes");
        }
        if share(text.matches("...").count() + text.matches('…').count()) > 0.1 {
            return Some("ellipses");
        }
        let lines: Vec<&str> = text.lines().collect();
        let of_lines = |count: usize| count as f64 / lines.len() as f64;
        if of_lines(
            lines
                .iter()
                .filter(|l| l.trim_start().starts_with(['-', '•']))
                .count(),
        ) > 0.9
        {
            return Some("bullets");
        }
        if of_lines(
            lines
                .iter()
                .filter(|l| l.trim_end().ends_with("...") || l.trim_end().ends_with('…'))
                .count(),
        ) > 0.3
        {
            return Some("ellipsis-lines");
        }
        if share(
            words
                .iter()
                .filter(|w| w.chars().any(char::is_alphabetic))
                .count(),
        ) < 0.8
        {
            return Some("letters");
        }
        let stops = STOP_WORDS
            .iter()
            .filter(|stop| words.contains(stop))
            .count();
        (stops < 2).then_some("stop-words")
    }

    proptest! {
        #[test]
        fn the_cause_is_that_of_the_twin(text in "(the |and |cats |internationally |# |\\.\\.\\. |… |- |•|\n|12 |é |, ){0,60}") {
            let rules = GopherQuality { minimum_words: 5, words: Words::Whitespace, ..GopherQuality::default() };
            let judge = rules.judge(&text);
            prop_assert_eq!(judge.cause(), twin(&text));
            prop_assert_eq!(judge.confidence() >= 0.5, judge.cause().is_some());
        }
    }
}
