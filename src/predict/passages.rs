//! Names and garbles of a corpus, batch by batch.

use rayon::prelude::*;

use crate::corpus::read::Source;
use crate::corpus::{Corpus, Document};
use crate::entity::{EntityResolver, MentionInput, RecognizerModel};
use crate::error::Result;
use crate::garble::{GarbleModel, prepared};
use crate::predict::Line;
use crate::task::rounded;

/// Hands the corpus to `each` in batches of at most `bytes` of text, as corpora in the order of the stream.
///
/// # Errors
/// Those of the corpus and of `each`.
pub fn in_batches(
    source: &Source,
    bytes: usize,
    mut each: impl FnMut(Corpus) -> Result<()>,
) -> Result<usize> {
    let mut batch = Corpus::default();
    let (mut held, mut count) = (0, 0);
    for document in source.documents()? {
        let document = document?;
        held += document.text.len() + size_of::<Document>();
        count += 1;
        batch.documents.push(document);
        if held >= bytes {
            each(std::mem::take(&mut batch))?;
            held = 0;
        }
    }
    if !batch.is_empty() {
        each(batch)?;
    }
    Ok(count)
}

/// Names of one batch, in order of documents.
pub fn mentions(model: &dyn RecognizerModel, batch: &Corpus) -> Vec<Line> {
    let of_documents: Vec<Vec<Line>> = batch
        .documents
        .par_iter()
        .map(|document| {
            let found = model.recognize(document);
            found
                .into_iter()
                .map(|(span, label, confidence)| {
                    line(document, span.start, span.end, label.to_owned(), confidence)
                })
                .collect()
        })
        .collect();
    of_documents.into_iter().flatten().collect()
}

/// Names of a batch with the cluster of each.
pub fn resolved(
    model: &dyn RecognizerModel,
    resolver: &dyn EntityResolver,
    corpus: &Corpus,
) -> Vec<Line> {
    let found: Vec<Vec<_>> = corpus
        .documents
        .par_iter()
        .map(|document| model.recognize(document))
        .collect();
    let inputs: Vec<MentionInput<'_>> = found
        .iter()
        .enumerate()
        .flat_map(|(document, of_document)| {
            let text = &corpus.documents[document].text;
            of_document
                .iter()
                .map(move |(span, entity_type, _)| MentionInput {
                    document,
                    span: *span,
                    entity_type,
                    text: span.text(text).unwrap_or_default(),
                })
        })
        .collect();
    let clusters = resolver.resolve(&inputs, corpus);
    let confidences = found.iter().flatten().map(|(_, _, confidence)| *confidence);
    inputs
        .iter()
        .zip(clusters)
        .zip(confidences)
        .map(|((mention, cluster), confidence)| {
            let document = &corpus.documents[mention.document];
            let label = mention.entity_type.to_owned();
            Line {
                cluster: cluster.to_string(),
                ..line(
                    document,
                    mention.span.start,
                    mention.span.end,
                    label,
                    confidence,
                )
            }
        })
        .collect()
}

/// Flagged passages of one batch from the threshold up, in order of documents. The batch is what witnesses are looked for in.
pub fn garbles(model: &dyn GarbleModel, threshold: f64, batch: &Corpus) -> Vec<Line> {
    let model = prepared(model, batch);
    let of_documents: Vec<Vec<Line>> = (0..batch.len())
        .into_par_iter()
        .map(|index| {
            let document = &batch.documents[index];
            let found = model
                .detect(index, batch)
                .into_iter()
                .filter(|garble| rounded(garble.confidence) >= threshold);
            found
                .map(|garble| {
                    line(
                        document,
                        garble.span.start,
                        garble.span.end,
                        garble.category,
                        garble.confidence,
                    )
                })
                .collect()
        })
        .collect();
    of_documents.into_iter().flatten().collect()
}

fn line(document: &Document, start: usize, end: usize, label: String, confidence: f64) -> Line {
    Line {
        document: document.id.clone(),
        start: Some(start),
        end: Some(end),
        other_document: String::new(),
        label,
        cluster: String::new(),
        confidence: Some(rounded(confidence)),
    }
}
