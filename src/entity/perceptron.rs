//! An averaged perceptron that tags tokens: learns names and their types from labelled text.
//!
//! # What it does
//! Gives every token a tag, `O`, `B-type` or `I-type`, and reads the names off them. Trains on the labels of other documents, or
//! loads a model; one trained on tweets is shipped.
//!
//! # How it decides
//! Sentences are split into tokens (hyphens, `'s` and marks stand alone, `U.S.` does not). 36 templates say what a token looks
//! like; each value has a row of weights, one per tag, found by hashing. The best sequence of tags under the
//! weights of its tokens and of neighbouring tags is the answer (Viterbi); `I` follows only `B` or `I` of its type.
//! The templates, where w is the word in small letters, s its shape (`Xx`), c its class (small, capital, capitals, one capital,
//! mixed, number, digits, points, mark, clitic, #, @, address, uncased), l its place in a shipped list of countries,
//! nationalities, peoples, regions and cities, q its cue (title, head noun of an organisation, facility or place, function
//! word; the lists of `capitals`), g whether it is a usual given name; -1 is the token before, +1 the one after:
//! - c; w; w s; s; first 2, 3 and 4 letters; last 1, 2, 3 and 4 letters; length and c
//! - w-1; w+1; w-2; w+2; w-1 w; w w+1; w-2 w-1; w+1 w+2; w-1 c; w+1 c
//! - s-1 s; s s+1; c-1 c c+1; c-2 c-1 c c+1 c+2; last 3 letters of -1 with c; last 3 of +1 with c
//! - l c; l-1 l l+1; g-1 g c c+1; q c; q-1 c g; q+1 c c+1; q+2 q+1 c c+1
//! - first of its sentence, c and the share of capitals in the sentence
//! - tag-1 with c (the transition weights)
//!
//! Training goes through the sentences in a drawn order; where tags are wrong, weights of the right ones rise by one and those of
//! the wrong ones fall by one; the answer is the mean over all steps, as integers of 16 bits.
//!
//! # Parameters
//! - `model` (default `training`): learn from the labels that the harness gives (folds). `shipped` is the model of the
//!   card in `perceptron/README.md`; anything else is the path of a file made by `karat train perceptron`.
//! - `types` (default none): types renamed in the answer, such as `{ person = "PER" }`; an empty name leaves a type out.
//! - `epochs` (default 6): passes over the sentences; the best on the development part of WNUT-17 (see the card).
//! - `bits` (default 17): logarithm of the number of rows; 18 gained nothing on the development part of WNUT-17.
//! - `recall` (default 64): in training, points that `O` gets for nothing where it is wrong; more of them find more names. The
//!   best of 0, 2, 4, ... 128 on the development part of WNUT-17.
//! - `seed` (default 1): draws the order of the sentences.
//!
//! # Cost
//! Linear in the text: 36 table rows and the square of the number of tags per token. 4 MB at 17 bits and up to seven types.
//!
//! # Known to miss
//! Nested names, names across sentences, whatever is unlike its training: the shipped model knows tweets of 2017.
//!
//! # Reference
//! Collins 2002, Discriminative training methods for hidden Markov models; Weinberger et al. 2009, Feature hashing for
//! large scale multitask learning.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::corpus::Document;
use crate::entity::{EntityRecognizer, EntityTraining, Found, RecognizerModel};
use crate::params::Algorithm;

mod decode;
mod features;
mod file;
mod listed;
mod tagger;
#[cfg(test)]
mod tests;
mod tokens;
mod train;

use tagger::Tagger;

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Perceptron {
    /// `training`, `shipped`, or the path of a file.
    pub model: String,
    /// New names of types.
    pub types: BTreeMap<String, String>,
    /// Passes over the sentences.
    pub epochs: u32,
    /// Logarithm of the number of rows.
    pub bits: u32,
    /// Points in training for wrongly seeing no name.
    pub recall: u32,
    /// Draws the order of the sentences.
    pub seed: u64,
}

impl Default for Perceptron {
    fn default() -> Self {
        Self {
            model: "training".to_owned(),
            types: BTreeMap::new(),
            epochs: 6,
            bits: 17,
            recall: 64,
            seed: 1,
        }
    }
}

/// The model of the card in `perceptron/README.md`.
const SHIPPED: &[u8] = include_bytes!("perceptron/wnut17.model");

impl Algorithm for Perceptron {
    fn check(&self) -> Result<(), String> {
        if !(8..=22).contains(&self.bits) {
            return Err(format!("bits is {}; it must be from 8 to 22", self.bits));
        }
        if self.epochs == 0 || self.epochs > 1000 {
            return Err(format!(
                "epochs is {}; it must be from 1 to 1000",
                self.epochs
            ));
        }
        if self.recall > 1000 {
            return Err(format!(
                "recall is {}; it must be 1000 or less",
                self.recall
            ));
        }
        if self.model.is_empty() {
            return Err(
                "model is empty; it must be `training`, `shipped` or the path of a file".to_owned(),
            );
        }
        Ok(())
    }
}

impl EntityRecognizer for Perceptron {
    fn learns(&self) -> bool {
        self.model == "training"
    }

    fn fit(&self, training: &EntityTraining<'_>) -> Result<Box<dyn RecognizerModel>, String> {
        let tagger = match self.model.as_str() {
            "training" => self.train(training, train::by_text(training), &mut |_| {})?,
            "shipped" => file::read(SHIPPED)?,
            path => {
                let bytes =
                    std::fs::read(path).map_err(|error| format!("model {path}: {error}"))?;
                file::read(&bytes).map_err(|error| format!("model {path}: {error}"))?
            }
        };
        Ok(Box::new(self.model(tagger)))
    }
}

/// How far training has come.
#[derive(Debug)]
pub struct Epoch<'a> {
    /// Passes made, from 1.
    pub number: u32,
    /// Tokens tagged wrong in this pass, before each correction.
    pub wrong: usize,
    /// Tokens in all.
    pub tokens: usize,
    settings: &'a Perceptron,
    trainer: &'a train::Trainer,
}

impl Epoch<'_> {
    /// The recognizer as it would be if training ended here.
    pub fn model(&self) -> Box<dyn RecognizerModel> {
        Box::new(self.settings.model(self.trainer.averaged()))
    }
}

impl Perceptron {
    /// Trains and gives the bytes of a model file. `about` says in the file what it was trained on; `watch` sees every pass.
    ///
    /// # Errors
    /// Training without names or with more types than tags can tell.
    pub fn train_file(
        &self,
        training: &EntityTraining<'_>,
        about: &str,
        watch: &mut dyn FnMut(&Epoch<'_>),
    ) -> Result<Vec<u8>, String> {
        let order = (0..training.corpus.documents.len()).collect();
        file::write(&self.train(training, order, watch)?, about)
    }

    fn train(
        &self,
        training: &EntityTraining<'_>,
        order: Vec<usize>,
        watch: &mut dyn FnMut(&Epoch<'_>),
    ) -> Result<Tagger, String> {
        let types = train::types(training);
        let tags = tagger::tags(types.len());
        if types.is_empty() {
            return Err("no labelled name to learn from; give labels, or set `model`".to_owned());
        }
        if tags > 255 || (decode::blocks(tags) << self.bits) > file::LARGEST {
            return Err(format!(
                "{} types at {} bits are too many; lower `bits`",
                types.len(),
                self.bits
            ));
        }
        let examples = train::examples(training, &types, order);
        let tokens = examples.iter().map(|example| example.tokens.len()).sum();
        let mut trainer = train::Trainer::new(types, self.bits, self.seed, self.recall);
        for number in 1..=self.epochs {
            let wrong = trainer.epoch(&examples);
            watch(&Epoch {
                number,
                wrong,
                tokens,
                settings: self,
                trainer: &trainer,
            });
        }
        Ok(trainer.averaged())
    }

    fn model(&self, tagger: Tagger) -> Model {
        let renamed = |kind: &String| self.types.get(kind).unwrap_or(kind).clone();
        Model {
            types: tagger.types.iter().map(renamed).collect(),
            tagger,
        }
    }
}

struct Model {
    tagger: Tagger,
    /// Types as they are called in the answer.
    types: Vec<String>,
}

impl RecognizerModel for Model {
    fn recognize<'a>(&'a self, document: &'a Document) -> Vec<Found<'a>> {
        let names = self.tagger.names(&document.text).into_iter();
        names
            .filter_map(|(span, kind)| {
                let kind = self.types.get(kind).filter(|kind| !kind.is_empty())?;
                Some((span, kind.as_str(), 1.0))
            })
            .collect()
    }
}
