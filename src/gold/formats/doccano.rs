//! Doccano JSONL (sequence labelling): `{"id": ..., "text": ..., "label": [[start, end, "LABEL"], ...]}` per line, offsets in Unicode
//! scalars. The form with `entities` (`start_offset`, `end_offset`, `label`) is read too.

use serde_json::{Value, json};

use crate::error::Result;
use crate::gold::formats::exchange;
use crate::gold::formats::{Exported, Imported, Options, Source, spacy};
use crate::label::Gold;
use crate::text::offset::{OffsetUnit, Offsets};

/// Reads JSONL.
///
/// # Errors
/// Lines that are no JSON object with a text, spans outside their text.
pub fn import(sources: &[Source], options: &Options) -> Result<Imported> {
    // The two formats differ in names only, and the reader knows both.
    let mut imported = spacy::import(sources, options)?;
    let related = |source: &Source| {
        source.text.contains("\"relations\"") || source.text.contains("\"Comments\"")
    };
    if sources.iter().any(related) {
        imported
            .notices
            .push("relations and comments are left out".to_owned());
    }
    Ok(imported)
}

/// Writes JSONL.
///
/// # Errors
/// A layer that the dataset does not have.
pub fn export(gold: &Gold, options: &Options) -> Result<Exported> {
    let unit = options.offsets.unwrap_or(OffsetUnit::Scalar);
    let spans = exchange::spans(gold, &options.layer)?;
    let mut text = String::new();
    for (index, document) in gold.corpus.documents.iter().enumerate() {
        let offsets = Offsets::new(&document.text, unit);
        let labels: Vec<Value> = spans
            .iter()
            .filter(|span| span.document == index)
            .map(|span| {
                json!([
                    offsets.from_byte(span.span.start),
                    offsets.from_byte(span.span.end),
                    span.label
                ])
            })
            .collect();
        let line = json!({"id": document.id, "text": document.text, "label": labels});
        text.push_str(&line.to_string());
        text.push('\n');
    }
    let notices = exchange::lost(gold, &options.layer, &spans, "Doccano");
    let files = [("dataset.jsonl".to_owned(), text)].into();
    Ok(Exported { files, notices })
}
