use proptest::prelude::*;

use super::*;
use crate::dedup::minhash::MinHash;
use crate::dedup::{Deduper, Request};
use crate::label::document_units;
use crate::task::Level;

fn documents(texts: &[String]) -> Vec<Document> {
    texts
        .iter()
        .enumerate()
        .map(|(index, text)| Document {
            id: format!("{index:06}"),
            text: text.clone(),
        })
        .collect()
}

/// Clusters of documents, which must not depend on the way they were found.
fn clusters(comparison: &Comparison, count: usize, threshold: f64) -> Vec<u32> {
    crate::dedup::cluster::Clustering::Components.clusters(count, comparison, threshold)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn a_stream_finds_the_clusters_that_memory_finds(texts in prop::collection::vec("([a-e]{1,2} ){0,12}", 0..40), memory in prop::sample::select(vec![0usize, 4 << 20])) {
        let corpus = crate::corpus::Corpus { documents: documents(&texts) };
        let minhash = MinHash::default();
        let threshold = minhash.threshold(Level::Document);
        let request = Request { level: Level::Document, seed: 5, floor: threshold };
        let expected = minhash.compare(&document_units(&corpus), &request);
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings { seed: 5, threshold, memory, folder: folder.path() };
        let mut seen = 0;
        let found = deduplicate(corpus.documents.iter().cloned().map(Ok), minhash.sketcher().unwrap(), &settings, |index, document| {
            assert_eq!(document.id, format!("{index:06}"));
            seen += 1;
        }).unwrap();
        prop_assert_eq!((seen, found.documents), (texts.len(), texts.len()));
        prop_assert_eq!(&found.comparison.groups, &expected.groups);
        prop_assert_eq!(clusters(&found.comparison, texts.len(), threshold), clusters(&expected, texts.len(), threshold));
    }
}

#[test]
fn a_fault_in_the_stream_ends_it() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings {
        seed: 1,
        threshold: 0.5,
        memory: 1 << 20,
        folder: folder.path(),
    };
    let minhash = MinHash::default();
    let stream = [
        Ok(Document {
            id: "a".into(),
            text: "x".into(),
        }),
        Err(Error::invalid("a.jsonl", "not JSON", "")),
    ];
    assert!(
        deduplicate(
            stream.into_iter(),
            minhash.sketcher().unwrap(),
            &settings,
            |_, _| {}
        )
        .is_err()
    );
}
