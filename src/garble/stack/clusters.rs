//! Clusters of near-duplicate training documents, so that members that learn speak about unseen text.

use std::collections::BTreeMap;

use crate::corpus::Corpus;
use crate::dedup::containment::copies;
use crate::garble::GarbleTraining;
use crate::label::Garble;

/// Documents by cluster: copies of a part are one cluster.
pub(super) fn clusters(corpus: &Corpus) -> Vec<Vec<usize>> {
    let mut clusters: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (document, label) in copies(corpus).into_iter().enumerate() {
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
