//! Garble: what the author did not mean to stand there, from page furniture to fluent falsehoods.

use crate::corpus::{Corpus, Span};
use crate::label::Garble;
use crate::registry::{Entry, detector};

pub mod balance;
pub mod boilerplate;
pub mod c4;
pub mod char_lm;
pub mod charset;
pub mod compression;
pub mod consistency;
pub mod fineweb;
pub mod flags;
pub mod gopher_quality;
pub mod gopher_repetition;
pub mod inject;
pub mod judge;
pub mod lm;
pub mod logistic;
mod marks;
pub mod mojibake;
pub mod oov;
pub mod repetition;
pub mod score;
pub mod stack;
pub mod tortured;
pub mod witness;
pub mod word_lm;

/// How finely a detector points. It is scored at its granularity and at coarser levels.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Granularity {
    /// The tokens themselves.
    Span,
    /// A line or sentence.
    Segment,
    /// A whole document.
    Document,
}

/// A passage that a detector flags, or (at granularity `document`) a whole document.
#[derive(Debug, Clone, PartialEq)]
pub struct PredictedGarble {
    /// Index of the document in the corpus.
    pub document: usize,
    /// The passage.
    pub span: Span,
    /// Category, if the detector names one; else empty.
    pub category: String,
    /// How surely it is garbled, 0 to 1. All predictions are ranked by it; those at or above the threshold count.
    pub confidence: f64,
    /// Suggested reading; empty where there is none.
    pub suggestion: String,
}

/// Labelled documents to learn from: never the ones to be predicted, nor near-duplicates of them.
#[derive(Debug, Clone, Copy)]
pub struct GarbleTraining<'a> {
    /// The training documents.
    pub corpus: &'a Corpus,
    /// Their garbles; `document` is an index into `corpus`.
    pub garbles: &'a [Garble],
}

/// Finds garble: first `fit`, then one document at a time beside the rest of the corpus, unlabelled.
pub trait GarbleDetector: Send + Sync {
    /// How finely it points.
    fn granularity(&self) -> Granularity;

    /// Confidence from which a prediction counts, unless the variant says otherwise.
    fn threshold(&self) -> f64 {
        0.5
    }

    /// True when `fit` uses its training (labels or texts); the harness then folds.
    fn learns(&self) -> bool {
        false
    }

    /// True when every document is compared with every other (throughput is then measured on few documents).
    fn pairwise(&self) -> bool {
        false
    }

    /// Makes the model.
    ///
    /// # Errors
    /// A sentence for the user: a word list that cannot be found, a model that does not fit.
    fn fit(&self, training: &GarbleTraining<'_>) -> Result<Box<dyn GarbleModel>, String>;
}

/// A detector ready to read.
pub trait GarbleModel: Send + Sync {
    /// Flags passages of one document of the corpus, sorted by span. The other documents may serve as witnesses.
    fn detect(&self, document: usize, corpus: &Corpus) -> Vec<PredictedGarble>;

    /// A model that answers as this one does, for this corpus only, and has read already what every `detect` would have to read of the
    /// whole corpus anew. `None`, the default, where single documents are enough.
    fn prepare<'m>(&'m self, _corpus: &'m Corpus) -> Option<Box<dyn GarbleModel + 'm>> {
        None
    }
}

impl<M: GarbleModel + ?Sized> GarbleModel for &M {
    fn detect(&self, document: usize, corpus: &Corpus) -> Vec<PredictedGarble> {
        (**self).detect(document, corpus)
    }

    fn prepare<'m>(&'m self, corpus: &'m Corpus) -> Option<Box<dyn GarbleModel + 'm>> {
        (**self).prepare(corpus)
    }
}

/// The model as it is best asked about many documents of one corpus: what `prepare` makes, or the model itself.
pub fn prepared<'m>(
    model: &'m (dyn GarbleModel + 'm),
    corpus: &'m Corpus,
) -> Box<dyn GarbleModel + 'm> {
    model.prepare(corpus).unwrap_or_else(|| Box::new(model))
}

/// Every built-in detector: one line each.
pub fn algorithms() -> Vec<Entry<dyn GarbleDetector>> {
    vec![
        detector::<balance::Balance>("balance", include_str!("balance.rs")),
        detector::<boilerplate::Boilerplate>("boilerplate", include_str!("boilerplate.rs")),
        detector::<c4::C4>("c4", include_str!("c4.rs")),
        detector::<fineweb::FineWeb>("fineweb", include_str!("fineweb.rs")),
        detector::<gopher_repetition::GopherRepetition>(
            "gopher-repetition",
            include_str!("gopher_repetition.rs"),
        ),
        detector::<gopher_quality::GopherQuality>(
            "gopher-quality",
            include_str!("gopher_quality.rs"),
        ),
        detector::<mojibake::Mojibake>("mojibake", include_str!("mojibake.rs")),
        detector::<char_lm::CharLm>("char-lm", include_str!("char_lm.rs")),
        detector::<charset::Charset>("charset", include_str!("charset.rs")),
        detector::<compression::Compression>("compression", include_str!("compression.rs")),
        detector::<consistency::Consistency>("consistency", include_str!("consistency.rs")),
        detector::<oov::Oov>("oov", include_str!("oov.rs")),
        detector::<repetition::Repetition>("repetition", include_str!("repetition.rs")),
        detector::<stack::Stack>("stack", include_str!("stack.rs")).version(4),
        detector::<tortured::Tortured>("tortured", include_str!("tortured.rs")),
        detector::<witness::Witness>("witness", include_str!("witness.rs")).version(4),
        detector::<word_lm::WordLm>("word-lm", include_str!("word_lm.rs")),
    ]
}
