//! Agreement of two labelling passes over the same articles, layer by layer, with the list of disagreements.
//!
//! Every figure exists with all labels, and without the doubtful ones: a label that either pass calls doubtful is then on neither
//! side, and a label that touches only doubtful labels of the other pass is no disagreement.

use crate::gold::layer::{self, Layer};
use crate::label::Gold;
use crate::metrics::agreement::{cohen_kappa, krippendorff_alpha};

mod relations;
mod spans;

/// One figure of agreement.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Layer (file stem).
    pub layer: &'static str,
    /// What is measured, such as `F1 strict` or `kappa zone`.
    pub metric: String,
    /// True when doubtful labels take part.
    pub doubtful: bool,
    /// From 0 (kappa and alpha: below 0, worse than chance) to 1; `None` when undefined.
    pub value: Option<f64>,
    /// Items on which both agree (kappa and alpha: compared items).
    pub both: u64,
    /// Items of the first pass only.
    pub only_a: u64,
    /// Items of the second pass only.
    pub only_b: u64,
}

/// One item on which the passes differ.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Disagreement {
    /// Layer (file stem).
    pub layer: &'static str,
    /// Where: document and span, or the pair.
    pub item: String,
    /// What the first pass says; empty for nothing.
    pub a: String,
    /// What the second pass says; empty for nothing.
    pub b: String,
    /// The text around it, the label between `>>>` and `<<<`.
    pub context: String,
}

/// How far two passes agree.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Agreement {
    /// Figures by layer.
    pub figures: Vec<Figure>,
    /// Disagreements by layer and place.
    pub disagreements: Vec<Disagreement>,
}

impl Agreement {
    /// Compares two passes over the same articles. Layers that one of them does not have are left out.
    pub fn of(a: &Gold, b: &Gold) -> Self {
        let mut agreement = Self::default();
        spans::segments(a, b, &mut agreement);
        relations::document_pairs(a, b, &mut agreement);
        relations::groups(layer::COPY_GROUPS, a, b, &mut agreement);
        relations::groups(layer::BOILERPLATE_GROUPS, a, b, &mut agreement);
        relations::same_fact(a, b, &mut agreement);
        spans::mentions(a, b, &mut agreement);
        relations::entities(a, b, &mut agreement);
        spans::garbles(a, b, &mut agreement);
        agreement
    }

    /// The figure of a metric of a layer.
    pub fn figure(&self, layer: &str, metric: &str, doubtful: bool) -> Option<&Figure> {
        self.figures.iter().find(|figure| {
            figure.layer == layer && figure.metric == metric && figure.doubtful == doubtful
        })
    }

    /// F1 = 2 both / (2 both + only a + only b).
    fn f1(&mut self, layer: Layer, metric: &str, doubtful: bool, [both, only_a, only_b]: [u64; 3]) {
        let items = 2 * both + only_a + only_b;
        self.figures.push(Figure {
            layer: layer.name,
            metric: metric.to_owned(),
            doubtful,
            value: (items > 0).then(|| 2.0 * both as f64 / items as f64),
            both,
            only_a,
            only_b,
        });
    }

    /// Share of equal labels, Cohen's kappa and Krippendorff's alpha of paired labels.
    fn paired(&mut self, layer: Layer, what: &str, doubtful: bool, a: &[&str], b: &[&str]) {
        let n = a.len() as u64;
        let equal = a.iter().zip(b).filter(|(a, b)| a == b).count() as u64;
        let units: Vec<Vec<&str>> = a.iter().zip(b).map(|(a, b)| vec![*a, *b]).collect();
        let values = [
            ("equal", (n > 0).then(|| equal as f64 / n as f64)),
            ("kappa", cohen_kappa(a, b)),
            ("alpha", krippendorff_alpha(&units)),
        ];
        for (metric, value) in values {
            self.figures.push(Figure {
                layer: layer.name,
                metric: format!("{metric} {what}"),
                doubtful,
                value,
                both: equal,
                only_a: n - equal,
                only_b: n - equal,
            });
        }
    }
}

#[cfg(test)]
mod tests;
