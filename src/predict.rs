//! Prediction on any corpus, without gold: streamed where the algorithm allows it, and the cleaned corpus for dedup.

use std::io::Write;
use std::path::PathBuf;

use rayon::prelude::*;
use serde::Serialize;

use crate::corpus::read::Source;
use crate::corpus::{Corpus, Document};
use crate::dedup::cluster::Clustering;
use crate::dedup::stream::{Found, Settings, Stage, deduplicate};
use crate::dedup::{Deduper, Request};
use crate::entity::{EntityResolver, MentionInput, RecognizerModel};
use crate::error::{Error, Result};
use crate::garble::GarbleModel;
use crate::label::document_units;
use crate::task::{Level, rounded};

/// One predicted thing, as a line of CSV or JSON.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// Document.
    pub document: String,
    /// First byte of the passage; absent for a whole document.
    pub start: Option<usize>,
    /// One past its last byte.
    pub end: Option<usize>,
    /// The other document of a pair.
    pub other_document: String,
    /// Entity type or garble category.
    pub label: String,
    /// Cluster of a mention or of a group of copies.
    pub cluster: String,
    /// Similarity or confidence.
    pub confidence: Option<f64>,
}

/// Which copy of a group stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Keep {
    /// The one that comes first.
    #[default]
    First,
    /// The longest, the first among equals.
    Longest,
    /// The one with the smallest share of flagged bytes, the longest among equals.
    Cleanest,
}

/// What is known of a document once it has been read.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Seen {
    /// Length in bytes.
    pub bytes: usize,
    /// Share of its bytes that a detector flagged.
    pub flagged: f64,
}

/// Which documents of a corpus stay: `kept[i]` is the document that stands for document `i`, itself when it stays.
pub fn choose(clusters: &[u32], seen: &[Seen], keep: Keep) -> Vec<u32> {
    let mut best: Vec<Option<u32>> = vec![None; clusters.len()];
    let better = |a: &Seen, b: &Seen| match keep {
        Keep::First => false,
        Keep::Longest => a.bytes > b.bytes,
        Keep::Cleanest => a.flagged < b.flagged || (a.flagged <= b.flagged && a.bytes > b.bytes),
    };
    for (index, &cluster) in (0u32..).zip(clusters) {
        let slot = &mut best[cluster as usize];
        match *slot {
            Some(current) if !better(&seen[index as usize], &seen[current as usize]) => {}
            _ => *slot = Some(index),
        }
    }
    clusters
        .iter()
        .map(|&cluster| best[cluster as usize].unwrap_or(cluster))
        .collect()
}

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
                    line(document, span.start, span.end, label, confidence)
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

/// Share of the bytes of a document that a detector flags from the threshold up; overlapping passages count once.
pub fn flagged_share(model: &dyn GarbleModel, threshold: f64, document: &Document) -> f64 {
    let corpus = Corpus {
        documents: vec![document.clone()],
    };
    let mut spans: Vec<_> = model
        .detect(0, &corpus)
        .into_iter()
        .filter(|garble| rounded(garble.confidence) >= threshold)
        .map(|garble| garble.span)
        .collect();
    spans.sort_unstable();
    let (mut covered, mut end) = (0, 0);
    for span in spans {
        covered += span.end.saturating_sub(span.start.max(end));
        end = end.max(span.end);
    }
    #[allow(clippy::cast_precision_loss, reason = "a share of a text's length")]
    let share = covered as f64 / document.text.len().max(1) as f64;
    share
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

/// Where lines go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// CSV with a header.
    Csv,
    /// One JSON object per line, empty fields left out.
    Jsonl,
}

/// Writes lines as they come; the file appears under its name only when all is written.
pub struct Sink {
    path: Option<PathBuf>,
    temporary: Option<tempfile::NamedTempFile>,
    writer: Writer,
}

enum Writer {
    Csv(Box<csv::Writer<Box<dyn Write>>>),
    Jsonl(Box<dyn Write>),
}

impl Sink {
    /// Opens a file, or standard output without a path.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn open(path: Option<PathBuf>, format: Format) -> Result<Self> {
        let (temporary, stream): (_, Box<dyn Write>) = match &path {
            None => (None, Box::new(std::io::BufWriter::new(std::io::stdout()))),
            Some(path) => {
                let (file, stream) = temporary(path)?;
                (Some(file), Box::new(stream))
            }
        };
        let writer = match format {
            Format::Csv => {
                let mut writer = csv::WriterBuilder::new()
                    .has_headers(false)
                    .from_writer(stream);
                let header = [
                    "document",
                    "start",
                    "end",
                    "other_document",
                    "label",
                    "cluster",
                    "confidence",
                ];
                writer
                    .write_record(header)
                    .map_err(|e| Error::Internal(e.to_string()))?;
                Writer::Csv(Box::new(writer))
            }
            Format::Jsonl => Writer::Jsonl(stream),
        };
        Ok(Self {
            path,
            temporary,
            writer,
        })
    }

    /// Writes lines.
    ///
    /// # Errors
    /// The system's own.
    pub fn write(&mut self, lines: &[Line]) -> Result<()> {
        let place = self
            .path
            .clone()
            .unwrap_or_else(|| PathBuf::from("standard output"));
        let io = |e: std::io::Error| Error::io("writing", &place, e);
        for line in lines {
            match &mut self.writer {
                Writer::Csv(writer) => writer
                    .serialize(line)
                    .map_err(|e| io(std::io::Error::other(e)))?,
                Writer::Jsonl(stream) => {
                    let mut value =
                        serde_json::to_value(line).map_err(|e| Error::Internal(e.to_string()))?;
                    if let Some(object) = value.as_object_mut() {
                        object.retain(|_, value| !value.is_null() && value.as_str() != Some(""));
                    }
                    writeln!(stream, "{value}").map_err(io)?;
                }
            }
        }
        Ok(())
    }

    /// Closes the stream and gives the file its name.
    ///
    /// # Errors
    /// The system's own.
    pub fn finish(self) -> Result<()> {
        let place = self
            .path
            .clone()
            .unwrap_or_else(|| PathBuf::from("standard output"));
        match self.writer {
            Writer::Csv(mut writer) => writer.flush(),
            Writer::Jsonl(mut stream) => stream.flush(),
        }
        .map_err(|e| Error::io("writing", &place, e))?;
        match (self.temporary, self.path) {
            (Some(file), Some(path)) => file
                .persist(&path)
                .map(|_| ())
                .map_err(|e| Error::io("writing", &path, e.error)),
            _ => Ok(()),
        }
    }
}

/// A temporary file beside `path`, and a buffered stream into it.
fn temporary(
    path: &std::path::Path,
) -> Result<(tempfile::NamedTempFile, std::io::BufWriter<std::fs::File>)> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(std::path::Path::new("."));
    let open = || -> std::io::Result<_> {
        let file = tempfile::Builder::new()
            .prefix(".karat-")
            .tempfile_in(folder)?;
        let stream = std::io::BufWriter::with_capacity(1 << 18, file.reopen()?);
        Ok((file, stream))
    };
    open().map_err(|e| Error::io("writing", path, e))
}

/// Writes the documents that stay, in their order, as JSON lines with the fields of the source; `.gz` and `.zst` compress.
///
/// # Errors
/// Those of the corpus and of the file.
pub fn write_clean(source: &Source, path: &std::path::Path, kept: &[u32]) -> Result<usize> {
    let (file, stream) = temporary(path)?;
    let io = |e| Error::io("writing", path, e);
    let name = path.to_string_lossy();
    let mut stream: Box<dyn Write> = if name.ends_with(".gz") {
        Box::new(flate2::write::GzEncoder::new(
            stream,
            flate2::Compression::default(),
        ))
    } else if name.ends_with(".zst") {
        Box::new(zstd::Encoder::new(stream, 3).map_err(io)?.auto_finish())
    } else {
        Box::new(stream)
    };
    let mut written = 0;
    for (index, document) in source.documents()?.enumerate() {
        let document = document?;
        if kept
            .get(index)
            .is_some_and(|&keeper| keeper as usize == index)
        {
            let value = serde_json::json!({ source.id_field.as_str(): document.id, source.text_field.as_str(): document.text });
            writeln!(stream, "{value}").map_err(io)?;
            written += 1;
        }
    }
    stream.flush().map_err(io)?;
    drop(stream);
    file.persist(path).map_err(|e| io(e.error))?;
    Ok(written)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_copy_that_stays_is_first_longest_or_cleanest() {
        let seen = [(10, 0.5), (30, 0.2), (20, 0.1), (20, 0.1), (5, 0.0)]
            .map(|(bytes, flagged)| Seen { bytes, flagged });
        let clusters = [0, 0, 0, 0, 4];
        assert_eq!(choose(&clusters, &seen, Keep::First), [0, 0, 0, 0, 4]);
        assert_eq!(choose(&clusters, &seen, Keep::Longest), [1, 1, 1, 1, 4]);
        assert_eq!(choose(&clusters, &seen, Keep::Cleanest), [2, 2, 2, 2, 4]);
    }

    proptest! {
        #[test]
        fn one_of_each_cluster_stays(labels in prop::collection::vec(0u32..8, 1..30), lengths in prop::collection::vec(0usize..50, 30)) {
            // Canonical labels: the smallest member names its cluster.
            let clusters: Vec<u32> = labels.iter().map(|label| labels.iter().position(|l| l == label).unwrap() as u32).collect();
            let seen: Vec<Seen> = lengths.iter().map(|&bytes| Seen { bytes, flagged: 0.0 }).collect();
            for keep in [Keep::First, Keep::Longest, Keep::Cleanest] {
                let kept = choose(&clusters, &seen, keep);
                for (index, &keeper) in kept.iter().enumerate() {
                    prop_assert_eq!(clusters[keeper as usize], clusters[index]);
                    prop_assert_eq!(kept[keeper as usize], keeper);
                }
            }
        }
    }
}
