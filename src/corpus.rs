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
            let bytes = fs::read(&path).map_err(|e| Error::io("reading", &path, e))?;
            match String::from_utf8(bytes) {
                Ok(text) => documents.push(Document { id, text }),
                Err(error) => {
                    let at = error.utf8_error().valid_up_to();
                    let line = 1 + error.as_bytes()[..at]
                        .iter()
                        .filter(|&&byte| byte == b'\n')
                        .count() as u64;
                    faults.push(Fault::at(
                        &path,
                        line,
                        format!("not UTF-8 at byte {at}"),
                        "convert the file to UTF-8, for example with iconv",
                    ));
                }
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
