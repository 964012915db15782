//! Deduplicating a stream of documents in bounded memory, with any sketching algorithm.
//!
//! 1. *sketch*: documents are read in batches and sketched in parallel; sketches go to a file, candidate keys to a sorter that
//!    spills to disk. A document whose sketch was seen before joins that document's group and needs no keys.
//! 2. *candidates*: keys are merged; documents with a common key become candidate pairs, sorted and made distinct.
//! 3. *verify*: the sketches of each candidate pair are compared; pairs from the threshold up are kept.
//!
//! Memory: the bound given, of which one quarter holds texts, one quarter keys or pairs being sorted, and one half sketches
//! being compared (read from the file where they do not fit); beside it about 50 bytes per document for the table of seen
//! sketches, and 16 bytes per kept pair.

use std::collections::BTreeMap;
use std::io::{BufWriter, Seek, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::corpus::Document;
use crate::dedup::spill::Sorter;
use crate::dedup::{Comparison, ScoredPair, Scratch, Sketcher};
use crate::error::{Error, Result};
use crate::task::rounded;

mod table;

use table::SketchTable;

/// How a stream is deduplicated.
#[derive(Debug, Clone, Copy)]
pub struct Settings<'a> {
    /// Seed of the sketches.
    pub seed: u64,
    /// Pairs from this similarity up are kept.
    pub threshold: f64,
    /// Memory in bytes.
    pub memory: usize,
    /// Folder for temporary files, which vanish with the process.
    pub folder: &'a Path,
}

/// What a stage took.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// `sketch`, `candidates` or `verify`.
    pub name: &'static str,
    /// Wall time.
    pub wall: Duration,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Found {
    /// Number of documents read.
    pub documents: usize,
    /// Groups of equal sketches, and pairs between the first members of groups and single documents.
    pub comparison: Comparison,
    /// Time by stage.
    pub stages: Vec<Stage>,
}

/// Under one key, so many documents are compared all with all; in a larger crowd each is compared with the first and with its
/// neighbour only. Crowds of that size come from shared boilerplate; equal documents are no crowd, they were grouped before.
const CROWD: usize = 256;

/// Reads all documents and finds the near-copies among them. `each` sees every document once, in order.
///
/// # Errors
/// Those of the stream, and of temporary files.
pub fn deduplicate(
    documents: impl Iterator<Item = Result<Document>>,
    sketcher: &dyn Sketcher,
    settings: &Settings<'_>,
    mut each: impl FnMut(usize, &Document),
) -> Result<Found> {
    let io = |e| Error::io("writing", settings.folder, e);
    let words = sketcher.words().max(1);
    let start = Instant::now();
    let mut sketches =
        BufWriter::with_capacity(1 << 20, tempfile::tempfile_in(settings.folder).map_err(io)?);
    let mut keys = Sorter::new(settings.folder, settings.memory / 4);
    let mut first_of: FxHashMap<u128, u32> = FxHashMap::default();
    let mut groups: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    let mut counters: BTreeMap<String, u64> = BTreeMap::new();
    let mut count = 0usize;
    let mut documents = documents.peekable();
    while documents.peek().is_some() {
        let batch = next_batch(&mut documents, settings.memory / 4)?;
        let sketched: Vec<(Vec<u32>, Vec<u64>, u64)> = batch
            .par_iter()
            .map_init(Scratch::default, |scratch, document| {
                let mut sketch = vec![0; words];
                sketcher.sketch(&document.text, settings.seed, scratch, &mut sketch);
                let mut keys = Vec::new();
                sketcher.keys(&sketch, &mut keys);
                (sketch, keys, scratch.shingles.len() as u64)
            })
            .collect();
        for (document, (sketch, of_sketch, shingles)) in batch.iter().zip(sketched) {
            let number = u32::try_from(count).map_err(|_| {
                Error::invalid("corpus", "more than 2^32 documents", "split the corpus")
            })?;
            each(count, document);
            count += 1;
            *counters.entry("bytes".to_owned()).or_default() += document.text.len() as u64;
            *counters.entry("shingles".to_owned()).or_default() += shingles;
            let bytes: Vec<u8> = sketch.iter().flat_map(|word| word.to_le_bytes()).collect();
            sketches.write_all(&bytes).map_err(io)?;
            if of_sketch.is_empty() {
                continue;
            }
            let first = *first_of
                .entry(xxhash_rust::xxh3::xxh3_128(&bytes))
                .or_insert(number);
            if first != number {
                groups
                    .entry(first)
                    .or_insert_with(|| vec![first])
                    .push(number);
                continue;
            }
            for key in of_sketch {
                keys.push(key, number)?;
            }
        }
    }
    drop(first_of);
    let mut file = sketches.into_inner().map_err(|e| io(e.into_error()))?;
    file.rewind().map_err(io)?;
    counters.insert("sketch_bytes".to_owned(), (count * words * 4) as u64);
    counters.insert("spilled_bytes".to_owned(), keys.spilled);
    let mut stages = vec![Stage {
        name: "sketch",
        wall: start.elapsed(),
    }];

    let start = Instant::now();
    let candidates = candidates(keys, settings)?;
    *counters.entry("spilled_bytes".to_owned()).or_default() += candidates.spilled;
    stages.push(Stage {
        name: "candidates",
        wall: start.elapsed(),
    });

    let start = Instant::now();
    let table = SketchTable::open(file, words, count, settings.memory / 2, settings.folder)?;
    let (pairs, verified) = verify(candidates, &table, sketcher, settings)?;
    counters.insert("candidates".to_owned(), verified);
    counters.insert("verified".to_owned(), verified);
    stages.push(Stage {
        name: "verify",
        wall: start.elapsed(),
    });
    let comparison = Comparison {
        pairs,
        groups: groups.into_values().collect(),
        counters,
    };
    Ok(Found {
        documents: count,
        comparison,
        stages,
    })
}

/// Documents until their texts reach `bytes`; at least one.
fn next_batch(
    documents: &mut impl Iterator<Item = Result<Document>>,
    bytes: usize,
) -> Result<Vec<Document>> {
    let mut batch = Vec::new();
    let mut total = 0;
    // Small batches keep latency low and the progress bar moving.
    let most = bytes.clamp(1, 64 << 20);
    for document in documents {
        let document = document?;
        total += document.text.len() + size_of::<Document>();
        batch.push(document);
        if total >= most {
            break;
        }
    }
    Ok(batch)
}

/// Candidate pairs as sorted keys: the smaller number in the upper half, and the other.
fn candidates<'a>(keys: Sorter<'_>, settings: &Settings<'a>) -> Result<Sorter<'a>> {
    let mut pairs = Sorter::new(settings.folder, settings.memory / 4);
    let mut key = None;
    let mut members: Vec<u32> = Vec::new();
    let mut flush = |members: &mut Vec<u32>| -> Result<()> {
        for (at, &a) in members.iter().enumerate() {
            let others = &members[at + 1..];
            let crowd = members.len() > CROWD && at > 0;
            let others = if crowd {
                others.get(..1).unwrap_or_default()
            } else {
                others
            };
            for &b in others {
                pairs.push(u64::from(a), b)?;
            }
        }
        members.clear();
        Ok(())
    };
    keys.merge(|of, document| {
        if key != Some(of) {
            flush(&mut members)?;
            key = Some(of);
        }
        members.push(document);
        Ok(())
    })?;
    flush(&mut members)?;
    Ok(pairs)
}

/// Candidate pairs that are verified at a time.
const CHUNK: usize = 1 << 16;

fn verify(
    candidates: Sorter<'_>,
    table: &SketchTable<'_>,
    sketcher: &dyn Sketcher,
    settings: &Settings<'_>,
) -> Result<(Vec<ScoredPair>, u64)> {
    let mut kept = Vec::new();
    let mut verified = 0u64;
    let mut chunk: Vec<(u32, u32)> = Vec::with_capacity(CHUNK);
    let mut flush = |chunk: &mut Vec<(u32, u32)>| -> Result<()> {
        verified += chunk.len() as u64;
        let scored: Vec<Result<Option<ScoredPair>>> = chunk
            .par_iter()
            .map_init(
                || (vec![0; table.words], vec![0; table.words]),
                |(one, other), &(a, b)| {
                    table.read(a, one)?;
                    table.read(b, other)?;
                    let similarity = rounded(sketcher.similarity(one, other));
                    Ok((similarity >= settings.threshold).then_some(ScoredPair {
                        a,
                        b,
                        similarity,
                    }))
                },
            )
            .collect();
        for pair in scored {
            kept.extend(pair?);
        }
        chunk.clear();
        Ok(())
    };
    candidates.merge(|a, b| {
        chunk.push((u32::try_from(a).unwrap_or(u32::MAX), b));
        if chunk.len() == CHUNK {
            flush(&mut chunk)
        } else {
            Ok(())
        }
    })?;
    flush(&mut chunk)?;
    Ok((kept, verified))
}

#[cfg(test)]
#[path = "stream_tests.rs"]
mod tests;
