//! Copies in a corpus: as a stream where the algorithm sketches, else with all texts in memory.

use crate::corpus::read::Source;
use crate::corpus::{Corpus, Document};
use crate::dedup::cluster::Clustering;
use crate::dedup::stream::{Found, Settings, Stage, deduplicate};
use crate::dedup::{Deduper, Request};
use crate::error::{Error, Result};
use crate::label::document_units;
use crate::task::{Level, rounded};

/// Finds copies: streamed when the algorithm sketches, else with all texts in memory.
///
/// # Errors
/// Those of the corpus; and when the texts do not fit into `settings.memory` for an algorithm that cannot stream.
pub fn copies(
    source: &Source,
    name: &str,
    deduper: &dyn Deduper,
    settings: &Settings<'_>,
    mut each: impl FnMut(usize, &Document),
) -> Result<Found> {
    if let Some(sketcher) = deduper.sketcher() {
        return deduplicate(source.documents()?, sketcher, settings, each);
    }
    let start = std::time::Instant::now();
    let mut corpus = Corpus::default();
    let mut bytes = 0;
    for document in source.documents()? {
        let document = document?;
        bytes += document.text.len() + document.id.len();
        if bytes > settings.memory {
            return Err(Error::invalid(
                source.path.display(),
                format!(
                    "`{name}` needs all texts in memory, and they take more than {} MiB",
                    settings.memory >> 20
                ),
                "raise --memory, or take an algorithm that streams, such as minhash or simhash",
            ));
        }
        each(corpus.len(), &document);
        corpus.documents.push(document);
    }
    let read = Stage {
        name: "read",
        wall: start.elapsed(),
    };
    let start = std::time::Instant::now();
    let request = Request {
        level: Level::Document,
        seed: settings.seed,
        floor: settings.threshold,
    };
    let mut comparison = deduper.compare(&document_units(&corpus), &request);
    comparison
        .pairs
        .retain(|pair| rounded(pair.similarity) >= settings.threshold);
    let compare = Stage {
        name: "compare",
        wall: start.elapsed(),
    };
    Ok(Found {
        documents: corpus.len(),
        comparison,
        stages: vec![read, compare],
    })
}

/// Cluster of each document.
pub fn clusters(found: &Found, clustering: Clustering, threshold: f64) -> Vec<u32> {
    clustering.clusters(found.documents, &found.comparison, threshold)
}
