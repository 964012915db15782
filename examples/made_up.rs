//! Made-up documents as JSON lines with known copies, for trying `karat predict` at any size:
//! `cargo run --release --example made_up -- DOCUMENTS BYTES_EACH > corpus.jsonl` (default 1,000,000 of 2,000 bytes: 2 GB).
//!
//! Every tenth document is a copy of an earlier one with 0, 2, 5 or 10 % of its words changed; its field `copy_of` names it.

use std::io::{BufWriter, Write, stdout};
use std::path::Path;

use karat::corpus::Corpus;
use karat::error::{Error, Result};
use karat::synthetic::{Generator, Synthetic};

fn main() -> Result<()> {
    let mut arguments = std::env::args()
        .skip(1)
        .map(|argument| argument.replace('_', ""));
    let mut number = |name: &str, default: usize| match arguments.next() {
        None => Ok(default),
        Some(text) => text.parse().map_err(|_| {
            Error::invalid(name, format!("`{text}` is not a number"), "give a number")
        }),
    };
    let (documents, bytes) = (
        number("DOCUMENTS", 1_000_000)?,
        number("BYTES_EACH", 2_000)?,
    );
    let articles =
        Corpus::from_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("gold/embassy/articles"))?;
    let recipe = Synthetic {
        document_bytes: bytes,
        ..Synthetic::default()
    };
    let sources = articles
        .documents
        .iter()
        .map(|document| document.text.as_str());
    let generator = Generator::new(recipe, sources);
    let mut out = BufWriter::with_capacity(1 << 20, stdout().lock());
    for index in 0..documents {
        let document = generator.document(index);
        let original = generator
            .original(index)
            .map(|original| format!("{original:09}"));
        let line =
            serde_json::json!({ "id": document.id, "text": document.text, "copy_of": original });
        writeln!(out, "{line}")
            .map_err(|e| Error::io("writing", Path::new("standard output"), e))?;
    }
    out.flush()
        .map_err(|e| Error::io("writing", Path::new("standard output"), e))
}
