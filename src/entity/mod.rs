//! Entities: where names stand, and which names are the same thing.

use crate::corpus::{Corpus, Document, Span};
use crate::label::Mention;
use crate::registry::{Entry, recognizer, resolver};

pub mod acronym;
pub mod capitals;
#[cfg(test)]
mod controls_tests;
pub mod ensemble;
pub mod exact;
pub mod forms;
pub mod gazetteer;
pub mod jaro_winkler;
pub(crate) mod lexicon;
pub mod likeness;
pub mod linkage;
pub mod lists;
pub mod name;
pub mod normal_form;
pub mod pattern;
pub mod perceptron;
pub mod phonetic;
pub mod score;
pub mod sieve;
pub mod surname;
#[cfg(test)]
mod testing;
pub mod tfidf_chars;
pub mod token_set;
pub(crate) mod vocabulary;

/// A name that a recognizer found.
#[derive(Debug, Clone, PartialEq)]
pub struct PredictedMention {
    /// Index of the document in the corpus.
    pub document: usize,
    /// Where it stands.
    pub span: Span,
    /// Entity type.
    pub entity_type: String,
    /// From 0 to 1; 1 where the algorithm has no opinion.
    pub confidence: f64,
}

/// Labelled documents to learn from: never the ones to be predicted, nor near-duplicates of them.
#[derive(Debug, Clone, Copy)]
pub struct EntityTraining<'a> {
    /// The training documents.
    pub corpus: &'a Corpus,
    /// Their mentions; `document` is an index into `corpus`.
    pub mentions: &'a [Mention],
}

/// Finds names in texts: first `fit`, then one document at a time.
pub trait EntityRecognizer: Send + Sync {
    /// True when `fit` uses its training; the harness then folds.
    fn learns(&self) -> bool {
        false
    }

    /// Makes the model.
    ///
    /// # Errors
    /// A sentence for the user: a list that cannot be read, a model that does not fit.
    fn fit(&self, training: &EntityTraining<'_>) -> Result<Box<dyn RecognizerModel>, String>;
}

/// A name as (span, type, confidence); the type is borrowed, since a name is found faster than its type is copied.
pub type Found<'a> = (Span, &'a str, f64);

/// A recognizer ready to read.
pub trait RecognizerModel: Send + Sync {
    /// Names in one document, sorted by span; may nest.
    fn recognize<'a>(&'a self, document: &'a Document) -> Vec<Found<'a>>;
}

/// A mention as a resolver sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MentionInput<'a> {
    /// Index of the document.
    pub document: usize,
    /// Where it stands.
    pub span: Span,
    /// Entity type.
    pub entity_type: &'a str,
    /// The covered text.
    pub text: &'a str,
}

/// Says which mentions name the same entity.
pub trait EntityResolver: Send + Sync {
    /// One cluster number per mention; equal numbers mean the same entity. Mentions come sorted by document and span.
    fn resolve(&self, mentions: &[MentionInput<'_>], corpus: &Corpus) -> Vec<u32>;

    /// How surely two mentions alone are the same, 0 to 1, for listed name pairs; `None` when the method needs context.
    fn similarity(&self, a: &MentionInput<'_>, b: &MentionInput<'_>) -> Option<f64> {
        let _ = (a, b);
        None
    }
}

/// Every built-in recognizer: one line each.
pub fn recognizers() -> Vec<Entry<dyn EntityRecognizer>> {
    vec![
        recognizer::<capitals::Capitals>("capitals", include_str!("capitals.rs")),
        recognizer::<ensemble::Ensemble>("ensemble", include_str!("ensemble.rs")),
        recognizer::<gazetteer::Gazetteer>("gazetteer", include_str!("gazetteer.rs")),
        recognizer::<pattern::Pattern>("pattern", include_str!("pattern.rs")),
        recognizer::<perceptron::Perceptron>("perceptron", include_str!("perceptron.rs")),
    ]
}

/// Every built-in resolver: one line each.
pub fn resolvers() -> Vec<Entry<dyn EntityResolver>> {
    vec![
        resolver::<exact::ExactText>("exact", include_str!("exact.rs")),
        resolver::<acronym::Acronym>("acronym", include_str!("acronym.rs")),
        resolver::<jaro_winkler::JaroWinkler>("jaro-winkler", include_str!("jaro_winkler.rs")),
        resolver::<linkage::Linkage>("linkage", include_str!("linkage.rs")),
        resolver::<phonetic::Phonetic>("phonetic", include_str!("phonetic.rs")),
        resolver::<sieve::Sieve>("sieve", include_str!("sieve.rs")),
        resolver::<surname::Surname>("surname", include_str!("surname.rs")),
        resolver::<tfidf_chars::TfidfChars>("tfidf-chars", include_str!("tfidf_chars.rs")),
        resolver::<token_set::TokenSet>("token-set", include_str!("token_set.rs")),
        resolver::<normal_form::NormalForm>("normal-form", include_str!("normal_form.rs")),
    ]
}

/// Shared check of thresholds.
fn check_threshold(threshold: f64) -> Result<(), String> {
    if (0.0..=1.0).contains(&threshold) {
        return Ok(());
    }
    Err(format!("threshold is {threshold}; it must be from 0 to 1"))
}
