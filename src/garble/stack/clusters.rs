//! Clusters of near-duplicate training documents, so that members that learn speak about unseen text.

use std::collections::BTreeMap;

use crate::corpus::Corpus;
use crate::dedup::cluster::Clustering;
use crate::dedup::containment::Containment;
use crate::dedup::{Deduper, Request};
use crate::garble::GarbleTraining;
use crate::label::{Garble, document_units};
use crate::task::Level;

/// Documents by cluster: copies of a part are one cluster.
pub(super) fn clusters(corpus: &Corpus) -> Vec<Vec<usize>> {
    let deduper = Containment::default();
    let threshold = deduper.threshold(Level::Document);
    let request = Request {
        level: Level::Document,
        seed: 0,
        floor: threshold,
    };
    let comparison = deduper.compare(&document_units(corpus), &request);
    let labels = Clustering::Components.clusters(corpus.len(), &comparison, threshold);
    let mut clusters: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (document, label) in labels.into_iter().enumerate() {
        clusters.entry(label).or_default().push(document);
    }
    clusters.into_values().collect()
}

/// The training without some of its documents.
pub(super) fn without(training: &GarbleTraining<'_>, fold: &[usize]) -> (Corpus, Vec<Garble>) {
    let rest: Vec<usize> = (0..training.corpus.len())
        .filter(|document| !fold.contains(document))
        .collect();
    let garbles = training.garbles.iter().filter_map(|garble| {
        let document = rest.binary_search(&garble.document).ok()?;
        Some(Garble {
            document,
            ..garble.clone()
        })
    });
    let corpus = Corpus {
        documents: rest
            .iter()
            .map(|&document| training.corpus.documents[document].clone())
            .collect(),
    };
    (corpus, garbles.collect())
}
