//! How well one clustering reproduces another.
//!
//! Input is one label per item and side; all metrics come from one sparse overlap table, so that 100,000 items take well under a
//! second, CEAF's exact alignment included.
//!
//! # Items on one side only
//!
//! A recognizer misses mentions and invents others, so the two clusterings may be over different items. Such items always count;
//! scoring only the common ones would make a response perfect that finds one mention in ten. There are two conventions, and they
//! differ for B-cubed, CEAF, BLANC and LEA ([`Unmatched`]); pairwise and MUC figures are the same under both, and ARI and V-measure
//! exist under the second one only.
//!
//! # Undefined values
//!
//! A ratio without denominator is `None`. F1 is defined as soon as either side has something to find: it is then 0.

mod link;
mod mention;
mod partition;
mod table;

use crate::task::{Counts, Measure};

pub use link::Blanc;
pub use partition::VMeasure;
pub use table::{Cell, OverlapTable};

/// What an item earns that one side does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unmatched {
    /// Nothing: it stays in its own side's cluster and in the denominators, as in the CoNLL reference scorer.
    #[default]
    NoCredit,
    /// It is put on the other side as a cluster of its own, and may earn what a cluster of one earns.
    Singletons,
}

/// A numerator over a denominator, undefined over 0.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Ratio {
    /// What was found.
    pub numerator: f64,
    /// What there was to find.
    pub denominator: f64,
}

impl Ratio {
    fn of(numerator: u64, denominator: u64) -> Self {
        Self {
            numerator: numerator as f64,
            denominator: denominator as f64,
        }
    }

    /// The quotient; `None` when there was nothing to find.
    pub fn value(self) -> Option<f64> {
        (self.denominator > 0.0).then(|| self.numerator / self.denominator)
    }
}

/// Precision and recall by their parts.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PrecisionRecall {
    /// Of what the response says, the share that the key agrees with.
    pub precision: Ratio,
    /// Of what the key says, the share that the response finds.
    pub recall: Ratio,
}

impl PrecisionRecall {
    /// Harmonic mean; 0 when nothing is right; `None` when neither side has anything to find.
    pub fn f1(&self) -> Option<f64> {
        let denominators = self.precision.denominator + self.recall.denominator;
        if denominators <= 0.0 {
            return None;
        }
        if self.precision.numerator == self.recall.numerator {
            return Some(2.0 * self.recall.numerator / denominators);
        }
        let precision = self.precision.value().unwrap_or_default();
        let recall = self.recall.value().unwrap_or_default();
        let sum = precision + recall;
        Some(if sum > 0.0 {
            2.0 * precision * recall / sum
        } else {
            0.0
        })
    }
}

/// All cluster metrics of one response against one key.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ClusterMetrics {
    /// Items in the key.
    pub key_items: u64,
    /// Items in the response.
    pub response_items: u64,
    /// Clusters in the key.
    pub key_clusters: u64,
    /// Clusters in the response.
    pub response_clusters: u64,
    /// Pairs of items in one cluster.
    pub pairwise: PrecisionRecall,
    /// Links that hold clusters together.
    pub muc: PrecisionRecall,
    /// B-cubed, items weighing the same.
    pub b_cubed: PrecisionRecall,
    /// B-cubed, key clusters weighing the same.
    pub b_cubed_cluster: PrecisionRecall,
    /// CEAF by items.
    pub ceaf_m: PrecisionRecall,
    /// CEAF by clusters.
    pub ceaf_e: PrecisionRecall,
    /// Links and missing links.
    pub blanc: Blanc,
    /// Links weighted by cluster size.
    pub lea: PrecisionRecall,
    /// Adjusted Rand index.
    pub adjusted_rand: Option<f64>,
    /// Homogeneity, completeness, V-measure.
    pub v_measure: VMeasure,
    /// Clusters that both sides have with the very same items.
    pub exact_clusters: u64,
    /// Joins too many: links that would have to be cut in the response's clusters.
    pub over_merges: u64,
    /// Joins too few: links that would have to be added to complete the key's clusters.
    pub under_merges: u64,
}

/// All cluster metrics, by the reference convention for items on one side only.
///
/// Item `i` is in key cluster `key[i]` and in response cluster `response[i]`; `None` = the item is on the other side only (an
/// item on neither side is no item). Labels are names, their order and values do not matter. Where one list is shorter, its
/// missing end is `None`.
///
/// ```
/// use karat::metrics::clusters::cluster_metrics;
///
/// let key = [0, 0, 1, 1, 1].map(Some);
/// let response = [7, 7, 8, 8, 9].map(Some);
/// let metrics = cluster_metrics(&key, &response);
/// assert_eq!(metrics.pairwise.precision.value(), Some(1.0));
/// assert_eq!(metrics.pairwise.recall.value(), Some(0.5));
/// assert_eq!((metrics.exact_clusters, metrics.over_merges, metrics.under_merges), (1, 0, 1));
/// ```
pub fn cluster_metrics(key: &[Option<u32>], response: &[Option<u32>]) -> ClusterMetrics {
    cluster_metrics_with(key, response, Unmatched::NoCredit)
}

/// As [`cluster_metrics`], with a choice of what items on one side only earn.
pub fn cluster_metrics_with(
    key: &[Option<u32>],
    response: &[Option<u32>],
    unmatched: Unmatched,
) -> ClusterMetrics {
    match unmatched {
        Unmatched::NoCredit => from_table(&OverlapTable::new(key, response)),
        Unmatched::Singletons => {
            let (key, response) = with_singletons(key, response);
            from_table(&OverlapTable::new(&key, &response))
        }
    }
}

/// All cluster metrics from an overlap table.
pub fn from_table(table: &OverlapTable) -> ClusterMetrics {
    let muc = link::muc(table);
    let missing = |ratio: Ratio| (ratio.denominator - ratio.numerator) as u64;
    ClusterMetrics {
        key_items: table.key_items(),
        response_items: table.response_items(),
        key_clusters: table.key_sizes.len() as u64,
        response_clusters: table.response_sizes.len() as u64,
        pairwise: link::pairwise(table),
        b_cubed: mention::b_cubed(table),
        b_cubed_cluster: mention::b_cubed_cluster(table),
        ceaf_m: mention::ceaf_m(table),
        ceaf_e: mention::ceaf_e(table),
        blanc: link::blanc(table),
        lea: link::lea(table),
        adjusted_rand: partition::adjusted_rand(table),
        v_measure: partition::v_measure(table),
        exact_clusters: partition::exact_clusters(table),
        over_merges: missing(muc.precision),
        under_merges: missing(muc.recall),
        muc,
    }
}

/// All cluster metrics as measures of one slice, by the reference convention for items on one side only.
pub fn cluster_measures(
    slice: &str,
    key: &[Option<u32>],
    response: &[Option<u32>],
) -> Vec<Measure> {
    cluster_metrics(key, response).measures(slice)
}

impl ClusterMetrics {
    /// As measures of one slice. Support is the number of items in the key, of exact clusters the number of clusters in the key.
    pub fn measures(&self, slice: &str) -> Vec<Measure> {
        let mut measures = Vec::new();
        let mut push = |metric: String, value: Option<f64>| {
            let mut measure = Measure::new(slice, metric, value);
            measure.support = Some(self.key_items);
            measures.push(measure);
        };
        for (name, sides) in [
            ("pairwise", &self.pairwise),
            ("muc", &self.muc),
            ("b_cubed", &self.b_cubed),
            ("b_cubed_cluster", &self.b_cubed_cluster),
            ("ceaf_m", &self.ceaf_m),
            ("ceaf_e", &self.ceaf_e),
            ("lea", &self.lea),
        ] {
            push(format!("{name}_precision"), sides.precision.value());
            push(format!("{name}_recall"), sides.recall.value());
            push(format!("{name}_f1"), sides.f1());
        }
        push("blanc_precision".into(), self.blanc.precision());
        push("blanc_recall".into(), self.blanc.recall());
        push("blanc_f1".into(), self.blanc.f1());
        push("ari".into(), self.adjusted_rand);
        push("homogeneity".into(), self.v_measure.homogeneity);
        push("completeness".into(), self.v_measure.completeness);
        push("v_measure".into(), self.v_measure.v_measure);
        push("over_merges".into(), Some(self.over_merges as f64));
        push("under_merges".into(), Some(self.under_merges as f64));
        let exact = self.exact_clusters as f64;
        let mut measure = Measure::new(slice, "exact_clusters", Some(exact));
        measure.support = Some(self.key_clusters);
        measure.counts = Some(Counts {
            true_positives: exact,
            false_positives: self.response_clusters as f64 - exact,
            false_negatives: self.key_clusters as f64 - exact,
            true_negatives: None,
        });
        measures.push(measure);
        measures
    }
}

/// Puts every item that one side does not have there as a cluster of its own.
fn with_singletons(
    key: &[Option<u32>],
    response: &[Option<u32>],
) -> (Vec<Option<u32>>, Vec<Option<u32>>) {
    let items = key.len().max(response.len());
    let complete = |side: &[Option<u32>], other: &[Option<u32>]| -> Vec<Option<u32>> {
        let mut fresh = Fresh::avoiding(side);
        (0..items)
            .map(|item| {
                let on_other = other.get(item).copied().flatten();
                side.get(item)
                    .copied()
                    .flatten()
                    .or_else(|| on_other.map(|_| fresh.next()))
            })
            .collect()
    };
    (complete(key, response), complete(response, key))
}

/// Labels that a side does not use.
struct Fresh {
    used: Vec<u32>,
    at: usize,
    next: u32,
}

impl Fresh {
    fn avoiding(side: &[Option<u32>]) -> Self {
        let mut used: Vec<u32> = side.iter().flatten().copied().collect();
        used.sort_unstable();
        used.dedup();
        Self {
            used,
            at: 0,
            next: 0,
        }
    }

    fn next(&mut self) -> u32 {
        while self.used.get(self.at) == Some(&self.next) {
            self.at += 1;
            self.next += 1;
        }
        self.next += 1;
        self.next - 1
    }
}

/// Unordered pairs among `size` items.
fn halves(size: f64) -> f64 {
    size * (size - 1.0) / 2.0
}

#[cfg(test)]
mod tests;
