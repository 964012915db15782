//! Comparison with near-duplicate witnesses: readings that the other tellings of the same sentence contradict.
//!
//! # What it does
//! Aligns every sentence with its near-duplicates in the other documents and flags the words that the witnesses do not have where
//! they have the words around them, and the words on both sides of a gap where they have more. Names the witness and its reading as suggestion.
//!
//! # How it decides
//! Sentences are aligned by character 4-grams and common subsequence, their words by weighted alignment. A word is supported by a witness that has
//! it, also in another inflection (irregular forms by a list), spelling or place, or as a number in words; it is contradicted by a witness that has the words before and after
//! but another reading between. A content word that a witness has in another place is half supported and half contradicted (who did what to whom); a
//! little word is everywhere, so its place is all that counts. A gap counts by the word that most witnesses have in it, half as much as a wrong word,
//! since two words are flagged for it. Copies do not vote twice: for two documents the share of their common words that lies in long identical runs
//! which no third document has tells how far one copied the other, and a second witness with the same words around counts only for the rest; support
//! from the document's own copy counts likewise. Each document has a reliability, the share of its comparable words that independent witnesses
//! support, estimated together with the votes by iteration; votes weigh by it. Negations, numbers and content words weigh more than prepositions,
//! pronouns and modal verbs, these more than articles, and more again when no other document has them anywhere; long differing runs are taken for
//! paraphrase.
//!
//! # Parameters
//! - `floor` (default 0.35): similarity from which a sentence is a witness; below half of the words agree and alignment is guesswork.
//! - `run` (default 8 words): length from which an identical run counts as copied; shingles of this length are the usual mark of copied text.
//! - `sharpness` (default 2.0): how fast the confidence rises with the doubt; it changes no ranking. At 2 a reading that one witness has and
//!   another has not stays below 0.5. Character F1 on the TED talks is best at 5 to 12, where that is flagged, five times out of six in vain.
//! - `rounds` (default 5): rounds of reliability estimation; it moves by less than 0.01 after that.
//! - `synonyms` (default none): file of synonyms, one group per line, words between spaces; they support each other.
//!
//! # Cost
//! Every text is compared with every other that shares three word stems with it; the comparison is done once per corpus. Identical
//! documents are one text: any number of copies costs as much as one.
//!
//! # Known to miss
//! What every copy shares; sentences without a near-duplicate; gaps of more than four words; garble in both of two tellings. Differing facts look like garble.
//!
//! # Reference
//! Dong, Berti-Equille and Srivastava 2009 (AccuSim, copy detection in truth discovery); textual collation (CollateX); passim.

use serde::{Deserialize, Serialize};

use crate::corpus::Corpus;
use crate::garble::flags::Flags;
use crate::garble::{GarbleDetector, GarbleModel, GarbleTraining, Granularity, PredictedGarble};
use crate::params::Algorithm;

mod collate;
mod index;
mod inflection;
mod omissions;
mod reading;
#[cfg(test)]
mod tests;
mod votes;

use index::Index;
use reading::Synonyms;

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Witness {
    /// Similarity from which a sentence is a witness.
    pub floor: f64,
    /// Length in words from which an identical run counts as copied.
    pub run: usize,
    /// How fast the confidence rises with the doubt.
    pub sharpness: f64,
    /// Rounds of reliability estimation.
    pub rounds: usize,
    /// File of synonym groups; empty for none.
    pub synonyms: String,
}

impl Default for Witness {
    fn default() -> Self {
        Self {
            floor: 0.35,
            run: 8,
            sharpness: 2.0,
            rounds: 5,
            synonyms: String::new(),
        }
    }
}

impl Algorithm for Witness {
    fn check(&self) -> Result<(), String> {
        if !(0.0..=1.0).contains(&self.floor) {
            return Err(format!("floor is {}, must be 0 to 1", self.floor));
        }
        if self.run == 0 || self.sharpness <= 0.0 {
            return Err("run must be at least 1 and sharpness above 0".to_owned());
        }
        Ok(())
    }
}

impl GarbleDetector for Witness {
    fn granularity(&self) -> Granularity {
        Granularity::Span
    }

    fn pairwise(&self) -> bool {
        true
    }

    fn fit(&self, _training: &GarbleTraining<'_>) -> Result<Box<dyn GarbleModel>, String> {
        let synonyms = if self.synonyms.is_empty() {
            Synonyms::default()
        } else {
            let text = std::fs::read_to_string(&self.synonyms)
                .map_err(|error| format!("synonyms file `{}`: {error}", self.synonyms))?;
            Synonyms::new(&text)
        };
        Ok(Box::new(Model {
            parameters: self.clone(),
            synonyms,
        }))
    }
}

struct Model {
    parameters: Witness,
    synonyms: Synonyms,
}

impl Model {
    /// The comparison of a whole corpus.
    fn compare(&self, corpus: &Corpus) -> Index {
        Index::new(corpus, &self.parameters, &self.synonyms)
    }

    fn judge(&self, document: usize, corpus: &Corpus, index: &Index) -> Vec<PredictedGarble> {
        let mut flags = Flags::new(document);
        for doubt in votes::doubts(index, index.text_of[document]) {
            let confidence = 1.0 - (-self.parameters.sharpness * doubt.weight).exp();
            let suggestion = doubt.reading.map_or_else(String::new, |(other, span)| {
                let witness = &corpus.documents[index.document_of[other]];
                let reading = span.text(&witness.text).unwrap_or_default();
                format!("{reading} ({}:{span})", witness.id)
            });
            flags.suggest(doubt.span, doubt.category, confidence, suggestion);
        }
        flags.sorted()
    }
}

impl GarbleModel for Model {
    fn detect(&self, document: usize, corpus: &Corpus) -> Vec<PredictedGarble> {
        self.judge(document, corpus, &self.compare(corpus))
    }

    fn prepare<'m>(&'m self, corpus: &'m Corpus) -> Option<Box<dyn GarbleModel + 'm>> {
        Some(Box::new(Prepared {
            model: self,
            index: self.compare(corpus),
        }))
    }
}

/// A model with the comparison of one corpus.
struct Prepared<'m> {
    model: &'m Model,
    index: Index,
}

impl GarbleModel for Prepared<'_> {
    fn detect(&self, document: usize, corpus: &Corpus) -> Vec<PredictedGarble> {
        self.model.judge(document, corpus, &self.index)
    }
}
