//! Documents, corpora, spans and units: the text that everything else points into.

pub mod read;

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Fault, Result, all_or_nothing};

/// A half-open range of bytes `[start, end)` of one document, on character boundaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The span `[start, end)`.
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// Length in bytes.
    pub const fn len(self) -> usize {
        self.end.saturating_sub(self.start)
    }

    /// True when it covers no byte.
    pub const fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// Number of bytes that both cover. Half-open: `0..2` and `2..4` share none.
    pub fn overlap(self, other: Self) -> usize {
        self.end
            .min(other.end)
            .saturating_sub(self.start.max(other.start))
    }

    /// True when both cover at least one common byte.
    pub fn overlaps(self, other: Self) -> bool {
        self.overlap(other) > 0
    }

    /// True when `other` lies inside.
    pub const fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The covered text, or `None` when the span leaves the text or cuts a character.
    pub fn text(self, of: &str) -> Option<&str> {
        of.get(self.start..self.end)
    }
}

impl std::fmt::Display for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.start, self.end)
    }
}

/// One text with its identifier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Identifier, unique in its corpus (for a folder: the file name without `.txt`).
    pub id: String,
    /// The text as it came, never repaired.
    pub text: String,
}

/// Documents in order of their identifiers. Other structures refer to a document by its index here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Corpus {
    /// The documents, sorted by `id`.
    pub documents: Vec<Document>,
}

impl Corpus {
    /// Sorts the documents by identifier.
    ///
    /// # Errors
    /// Names every identifier that occurs twice.
    pub fn new(mut documents: Vec<Document>) -> Result<Self> {
        documents.sort_by(|a, b| a.id.cmp(&b.id));
        let faults = documents
            .windows(2)
            .filter(|pair| pair[0].id == pair[1].id)
            .map(|pair| {
                Fault::new(
                    "corpus",
                    format!("document id `{}` occurs twice", pair[0].id),
                    "give each document an id of its own",
                )
            })
            .collect();
        all_or_nothing(faults)?;
        Ok(Self { documents })
    }

    /// Reads every `*.txt` of a folder (not its subfolders) as one document each.
    ///
    /// # Errors
    /// A missing folder, a folder without `.txt`, and every file that is not UTF-8 (all of them at once).
    pub fn from_folder(folder: &Path) -> Result<Self> {
        let entries = fs::read_dir(folder).map_err(|e| Error::io("reading", folder, e))?;
        let mut documents = Vec::new();
        let mut faults = Vec::new();
        for entry in entries {
            let path = entry.map_err(|e| Error::io("reading", folder, e))?.path();
            if path.extension().is_none_or(|extension| extension != "txt") {
                continue;
            }
            let Some(id) = path
                .file_stem()
                .and_then(|stem| stem.to_str())
                .map(str::to_owned)
            else {
                faults.push(Fault::new(
                    path.display(),
                    "file name is not UTF-8",
                    "rename the file",
                ));
                continue;
            };
            match read::text(&path) {
                Ok(text) => documents.push(Document { id, text }),
                Err(Error::Invalid(found)) => faults.extend(found),
                Err(error) => return Err(error),
            }
        }
        all_or_nothing(faults)?;
        if documents.is_empty() {
            return Err(Error::invalid(
                folder.display(),
                "no .txt file in this folder",
                "put one document per .txt file there",
            ));
        }
        Self::new(documents)
    }

    /// Number of documents.
    pub fn len(&self) -> usize {
        self.documents.len()
    }

    /// True without documents.
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }

    /// Total length of all texts in bytes.
    pub fn bytes(&self) -> usize {
        self.documents
            .iter()
            .map(|document| document.text.len())
            .sum()
    }

    /// Index of the document with this identifier.
    pub fn index(&self, id: &str) -> Option<usize> {
        self.documents
            .binary_search_by(|document| document.id.as_str().cmp(id))
            .ok()
    }

    /// BLAKE3 digest over identifiers and texts, 32 hexadecimal digits; equal corpora have equal digests.
    pub fn digest(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for document in &self.documents {
            hasher
                .update(&(document.id.len() as u64).to_le_bytes())
                .update(document.id.as_bytes());
            hasher
                .update(&(document.text.len() as u64).to_le_bytes())
                .update(document.text.as_bytes());
        }
        hasher.finalize().to_hex()[..32].to_owned()
    }
}

/// What a deduper compares: a document or a segment. It sees the text, the document and the position, nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unit<'a> {
    /// The text of the unit.
    pub text: &'a str,
    /// Index of the document it comes from.
    pub document: u32,
    /// Its position among the units of that document, from 0.
    pub position: u32,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn span() -> impl Strategy<Value = Span> {
        (0usize..20, 0usize..20).prop_map(|(start, end)| Span::new(start, end))
    }

    proptest! {
        /// Spans as sets of bytes, the slow obvious way; one that ends before it starts covers nothing.
        #[test]
        fn spans_are_sets_of_bytes(a in span(), b in span()) {
            let set = |span: Span| (span.start..span.end).collect::<BTreeSet<usize>>();
            let common = set(a).intersection(&set(b)).count();
            prop_assert_eq!(a.overlap(b), common);
            prop_assert_eq!(a.overlaps(b), common > 0);
            prop_assert_eq!(a.len(), set(a).len());
            prop_assert_eq!(a.is_empty(), set(a).is_empty());
            if !b.is_empty() {
                prop_assert_eq!(a.contains(b), set(b).is_subset(&set(a)));
            }
        }

        /// Any offsets into any text: covered text or nothing, never a panic, and only on character boundaries.
        #[test]
        fn covered_text_is_cut_on_characters(text in "\\PC{0,6}", span in span()) {
            let whole = span.start <= span.end && text.is_char_boundary(span.start.min(text.len())) && text.is_char_boundary(span.end.min(text.len())) && span.end <= text.len();
            prop_assert_eq!(span.text(&text).is_some(), whole);
        }

        #[test]
        fn a_corpus_is_sorted_and_found_by_id_and_its_digest_knows_every_byte(ids in prop::collection::btree_set("[a-c]{1,3}", 1..8), other in "[a-c]{1,3}") {
            let documents: Vec<Document> = ids.iter().rev().map(|id| Document { id: id.clone(), text: id.repeat(2) }).collect();
            let corpus = Corpus::new(documents.clone()).unwrap();
            prop_assert!(corpus.documents.is_sorted_by(|a, b| a.id < b.id));
            prop_assert_eq!(corpus.index(&other).is_some(), ids.contains(&other));
            prop_assert_eq!(corpus.bytes(), ids.iter().map(|id| id.len() * 2).sum::<usize>());
            let mut changed = corpus.clone();
            changed.documents[0].text.push('x');
            prop_assert_ne!(changed.digest(), corpus.digest());
            let twice = [documents.clone(), vec![documents[0].clone()]].concat();
            let fault = Corpus::new(twice).unwrap_err().to_string();
            let expected = format!("document id `{}` occurs twice", documents[0].id);
            prop_assert!(fault.contains(&expected), "{}", fault);
        }
    }
}
