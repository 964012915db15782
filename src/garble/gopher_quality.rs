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
//! - `source` (default `datatrove`): `datatrove` leaves words of nothing but punctuation out and wants two different stop words. `dolma` takes
//!   the median of the word lengths instead of the mean, counts words that hold `#` or `…` together, every line of `\n` with bullets `*` and `-`
//!   and the ellipsis `…`, and every occurrence of a stop word. `nemo` counts words that are an ellipsis or mostly `#`, lines that are not
//!   blank with bullets and ellipses of its own, and every occurrence of a stop word.
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
//! Rae et al. 2021, arXiv:2112.11446, table A1; `GopherQualityFilter` of datatrove 0.10.1, `gopher_v1` of Dolma, `WordCountFilter`,
//! `MeanWordLengthFilter`, `SymbolsToWordsFilter` and their siblings of NeMo Curator.

use serde::{Deserialize, Serialize};

use crate::corpus::{Corpus, Span};
use crate::garble::c4::Source;
use crate::garble::flags::Flags;
use crate::garble::judge::{Judge, Words};
use crate::garble::{GarbleDetector, GarbleModel, GarbleTraining, Granularity, PredictedGarble};
use crate::params::Algorithm;

mod counts;
#[cfg(test)]
mod tests;

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

impl GopherQuality {
    /// Reads one document.
    pub fn judge(&self, text: &str) -> Judge {
        let words = counts::words(text, self.words, self.source);
        let lines = counts::lines(text, self.source);
        let length = match self.source {
            Source::Dolma => words.median(),
            Source::Datatrove | Source::Nemo => {
                words.characters as f64 / (words.words as f64).max(1.0)
            }
        };
        let per_word = (words.all as f64).max(1.0);
        let per_line = (lines.all as f64).max(1.0);
        let mut judge = Judge::default();
        judge.at_least("short", words.words as f64, self.minimum_words as f64);
        judge.at_most("long", words.words as f64, self.maximum_words as f64);
        judge.at_least("short-words", length, self.minimum_length);
        judge.at_most("long-words", length, self.maximum_length);
        if self.source == Source::Datatrove {
            let hashes = text.bytes().filter(|&byte| byte == b'#').count();
            let dots = counts::ellipses(text);
            judge.at_most("hashes", hashes as f64 / per_word, self.symbols);
            judge.at_most("ellipses", dots as f64 / per_word, self.symbols);
        } else {
            judge.at_most("symbols", words.symbols as f64 / per_word, self.symbols);
        }
        judge.at_most("bullets", lines.bullets as f64 / per_line, self.bullets);
        judge.at_most(
            "ellipsis-lines",
            lines.ellipses as f64 / per_line,
            self.ellipses,
        );
        judge.at_least("letters", words.letters as f64 / per_word, self.letters);
        let stops = match self.source {
            Source::Datatrove => words.stop_kinds.count_ones(),
            Source::Dolma | Source::Nemo => words.stops,
        };
        judge.at_least("stop-words", f64::from(stops), f64::from(self.stop_words));
        judge
    }
}
