//! Several detectors as one: a logistic regression over what each of them says about every token.
//!
//! # What it does
//! Learns from labelled documents how far to trust each member, alone and together, and flags runs of tokens by the joint verdict.
//!
//! # How it decides
//! Each member reads the documents. A token's numbers are, for every member, the highest confidence of the flags that touch it, and the mean of that over
//! the two tokens on each side. Logistic regression (L2 on standardised numbers) learns the labels of the training tokens. Members that learn
//! themselves are trained for each cluster of near-duplicate training documents on the other clusters, so that what is learnt from is what such a
//! member says about unseen text; where the training is one cluster, there is no such text, and those members get no weight. The sum is
//! shifted so that 0.5 is the cut of the best F1 to be expected on the training tokens, by the learnt chances. Neighbouring tokens at or above 0.5
//! are one span with their mean confidence; the category is that of the surest member that names one.
//!
//! # Parameters
//! - `members` (default: every built-in detector of spans or segments that needs no file): their default parameters are used. Leaving one out shows what it
//!   adds (`scripts/stack-ablation`).
//! - `penalty` (default 100): weight of the penalty on squared weights, about a hundred tokens' worth. On the whole of the TED talks it hardly matters
//!   up to 100, on parts of six documents more is better (`scripts/stack-penalty`).
//!
//! # Cost
//! The sum of its members; training costs tokens times numbers squared for each of about ten steps.
//!
//! # Known to miss
//! What no member sees. With few labelled documents of another kind than those to be judged it can be worse than its best member: weights learnt on
//! page furniture say nothing about false readings. On the five articles its character F1 is hardly above that of `boilerplate` alone (table in
//! reports/README.md), and it finds fewer of the critical readings than `witness`. Without labelled training nothing is flagged.
//!
//! # Reference
//! Wolpert 1992, Stacked Generalization; Ting and Witten 1999 (class probabilities into logistic regression); Lipton, Elkan and
//! Naryanaswamy 2014, Optimal Thresholding of Classifiers to Maximize F1 Measure.

use serde::{Deserialize, Serialize};

use crate::corpus::{Corpus, Span};
use crate::garble::flags::Flags;
use crate::garble::logistic::{Logistic, sigmoid};
use crate::garble::{
    GarbleDetector, GarbleModel, GarbleTraining, Granularity, PredictedGarble, prepared,
};
use crate::params::Algorithm;
use crate::registry::members;

mod clusters;
mod signals;
#[cfg(test)]
mod tests;

use signals::Signals;

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Stack {
    /// Names of the detectors.
    pub members: Vec<String>,
    /// Weight of the penalty on squared weights.
    pub penalty: f64,
}

/// The members by default.
const MEMBERS: &[&str] = &[
    "balance",
    "boilerplate",
    "c4",
    "char-lm",
    "charset",
    "compression",
    "consistency",
    "mojibake",
    "repetition",
    "witness",
    "word-lm",
];

impl Default for Stack {
    fn default() -> Self {
        Self {
            members: MEMBERS.iter().map(|&name| name.to_owned()).collect(),
            penalty: 100.0,
        }
    }
}

type Member = Box<dyn GarbleDetector>;

impl Stack {
    fn build(&self) -> Result<Vec<Member>, String> {
        let built = members(&super::algorithms(), "detector", "stack", &self.members)?;
        for (member, name) in built.iter().zip(&self.members) {
            if member.granularity() == Granularity::Document {
                return Err(format!("`{name}` judges documents, not tokens"));
            }
        }
        Ok(built)
    }
}

impl Algorithm for Stack {
    fn check(&self) -> Result<(), String> {
        if !self.penalty.is_finite() || self.penalty <= 0.0 {
            return Err(format!("penalty is {}, must be above 0", self.penalty));
        }
        self.build().map(|_| ())
    }
}

impl GarbleDetector for Stack {
    fn granularity(&self) -> Granularity {
        Granularity::Span
    }

    fn learns(&self) -> bool {
        true
    }

    fn pairwise(&self) -> bool {
        self.build()
            .is_ok_and(|members| members.iter().any(|member| member.pairwise()))
    }

    fn fit(&self, training: &GarbleTraining<'_>) -> Result<Box<dyn GarbleModel>, String> {
        let members = self.build()?;
        let learned = learn(&members, training, self.penalty)?;
        let models = members
            .iter()
            .map(|member| member.fit(training))
            .collect::<Result<_, _>>()?;
        Ok(Box::new(Model { models, learned }))
    }
}

/// Weights and the sum at which 0.5 lies; `None` without labels of both kinds.
fn learn(
    members: &[Member],
    training: &GarbleTraining<'_>,
    penalty: f64,
) -> Result<Option<(Logistic, f64)>, String> {
    let documents = training.corpus.len();
    let mut signals: Vec<Signals> = training
        .corpus
        .documents
        .iter()
        .map(|document| Signals::new(&document.text, members.len()))
        .collect();
    let clusters = clusters::clusters(training.corpus);
    for (number, member) in members.iter().enumerate() {
        let folds: Vec<Vec<usize>> = if member.learns() {
            clusters.clone()
        } else {
            vec![(0..documents).collect()]
        };
        for fold in folds {
            let (corpus, garbles) = if member.learns() {
                clusters::without(training, &fold)
            } else {
                (Corpus::default(), Vec::new())
            };
            let model = member.fit(&GarbleTraining {
                corpus: &corpus,
                garbles: &garbles,
            })?;
            let model = prepared(model.as_ref(), training.corpus);
            for document in fold {
                signals[document].hear(number, &model.detect(document, training.corpus));
            }
        }
    }
    let mut learnt: Vec<(Vec<f64>, bool)> = Vec::new();
    for (document, signals) in signals.iter().enumerate() {
        let labels: Vec<(Span, bool)> = training
            .garbles
            .iter()
            .filter(|garble| garble.document == document)
            .map(|garble| (garble.span, garble.doubtful))
            .collect();
        for (token, numbers) in signals.tokens.iter().zip(signals.numbers()) {
            let mut on = labels.iter().filter(|(span, _)| span.overlaps(*token));
            let garbled = on.clone().any(|&(_, doubtful)| !doubtful);
            if garbled || on.next().is_none() {
                learnt.push((numbers, garbled));
            }
        }
    }
    // Sums of floating point hang on their order, and the order of documents must not count.
    learnt.sort_by(|(a, x), (b, y)| {
        let numbers = a.iter().zip(b).map(|(a, b)| a.total_cmp(b));
        let differ = numbers.into_iter().find(|order| order.is_ne());
        differ.unwrap_or_else(|| x.cmp(y))
    });
    let (rows, answers): (Vec<Vec<f64>>, Vec<bool>) = learnt.into_iter().unzip();
    let importance = vec![1.0; rows.len()];
    Ok(
        Logistic::fit(&rows, &answers, &importance, penalty).map(|learned| {
            let cut = cut(&learned, &rows);
            (learned, cut)
        }),
    )
}

/// The sum from which flagging gives the best F1 to be expected, if each chance is what it says; of equal ones the highest.
///
/// The labels could say it too, but where they are few the best of many noisy sums hangs on single tokens; the regression has smoothed the
/// chances.
fn cut(learned: &Logistic, rows: &[Vec<f64>]) -> f64 {
    let mut sums: Vec<f64> = rows.iter().map(|row| learned.sum(row)).collect();
    sums.sort_by(|a, b| b.total_cmp(a));
    let garbled: f64 = sums.iter().map(|&sum| sigmoid(sum)).sum();
    let (mut hits, mut best) = (0.0, (0.0, 0.0));
    for (flagged, &sum) in sums.iter().enumerate() {
        hits += sigmoid(sum);
        let last = sums.get(flagged + 1).is_none_or(|&next| next < sum);
        let f1 = 2.0 * hits / ((flagged + 1) as f64 + garbled);
        if last && f1 > best.0 {
            best = (f1, sum);
        }
    }
    best.1
}

/// Members ready to read, and how far to trust them.
struct Model {
    models: Vec<Box<dyn GarbleModel>>,
    learned: Option<(Logistic, f64)>,
}

impl Model {
    /// The joint verdict of the members.
    fn judge(
        &self,
        document: usize,
        corpus: &Corpus,
        members: &[Box<dyn GarbleModel + '_>],
    ) -> Vec<PredictedGarble> {
        let mut flags = Flags::new(document);
        let Some((learned, cut)) = &self.learned else {
            return flags.sorted();
        };
        let mut signals = Signals::new(&corpus.documents[document].text, members.len());
        for (number, member) in members.iter().enumerate() {
            signals.hear(number, &member.detect(document, corpus));
        }
        let confidences: Vec<f64> = signals
            .numbers()
            .map(|numbers| sigmoid(learned.sum(&numbers) - cut))
            .collect();
        let mut at = 0;
        while at < confidences.len() {
            let end = (at..confidences.len())
                .find(|&end| confidences[end] < 0.5)
                .unwrap_or(confidences.len())
                .max(at + 1);
            let run = &confidences[at..end];
            let mean = run.iter().sum::<f64>() / run.len() as f64;
            // What no member says anything about is not ranked.
            if run.len() > 1 || signals.any(at) {
                let span = Span::new(signals.tokens[at].start, signals.tokens[end - 1].end);
                flags.push(span, signals.category(at..end), mean);
            }
            at = end;
        }
        flags.sorted()
    }
}

impl GarbleModel for Model {
    fn detect(&self, document: usize, corpus: &Corpus) -> Vec<PredictedGarble> {
        self.judge(document, corpus, &self.models)
    }

    fn prepare<'m>(&'m self, corpus: &'m Corpus) -> Option<Box<dyn GarbleModel + 'm>> {
        let members = self
            .models
            .iter()
            .map(|model| prepared(model.as_ref(), corpus));
        Some(Box::new(Prepared {
            model: self,
            members: members.collect(),
        }))
    }
}

/// A model whose members have read one corpus.
struct Prepared<'m> {
    model: &'m Model,
    members: Vec<Box<dyn GarbleModel + 'm>>,
}

impl GarbleModel for Prepared<'_> {
    fn detect(&self, document: usize, corpus: &Corpus) -> Vec<PredictedGarble> {
        self.model.judge(document, corpus, &self.members)
    }
}
