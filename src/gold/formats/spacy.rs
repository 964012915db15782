//! spaCy and Prodigy JSONL: one JSON object per line with `text` and `spans` (`start`, `end`, `label`), as Prodigy exports and
//! `spacy convert` relatives read. Offsets are Unicode scalars. Also read: `entities` and `ents` as key, and spans as
//! `[start, end, label]`.
//!
//! Prodigy keeps further keys of a span, so nothing of a mention or garble is lost; the id is `meta.id`.

use serde_json::{Value, json};

use crate::corpus::{Document, Span};
use crate::error::{Fault, Result, all_or_nothing};
use crate::gold::formats::exchange::{self, SpanLabel, assemble, fault, safe_id};
use crate::gold::formats::{Exported, Imported, Options, Source};
use crate::label::Gold;
use crate::text::offset::{OffsetUnit, Offsets};

/// Reads JSONL.
///
/// # Errors
/// Lines that are no JSON object with a text, spans outside their text.
pub fn import(sources: &[Source], options: &Options) -> Result<Imported> {
    let unit = options.offsets.unwrap_or(OffsetUnit::Scalar);
    let mut documents = Vec::new();
    let mut spans = Vec::new();
    let mut faults = Vec::new();
    for source in sources {
        for (index, line) in source.text.lines().enumerate() {
            if line.trim().is_empty() {
                continue;
            }
            let mut refuse = |problem: String| faults.push(bad(&source.path, index + 1, problem));
            let value: Value = match serde_json::from_str(line) {
                Ok(value) => value,
                Err(error) => {
                    refuse(format!("not JSON: {error}"));
                    continue;
                }
            };
            let Some(text) = value.get("text").and_then(Value::as_str) else {
                refuse("no `text`".to_owned());
                continue;
            };
            let number = documents.len() + 1;
            let id = value
                .get("meta")
                .and_then(|meta| meta.get("id"))
                .or_else(|| value.get("id"));
            let id = id.map_or_else(String::new, |id| {
                id.as_str().map_or_else(|| id.to_string(), str::to_owned)
            });
            let list = ["spans", "entities", "ents", "label", "labels"]
                .iter()
                .find_map(|key| value.get(key).and_then(Value::as_array));
            let offsets = Offsets::new(text, unit);
            for span in list.into_iter().flatten() {
                match read_span(span, &offsets, documents.len()) {
                    Ok(span) => spans.push(span),
                    Err(problem) => refuse(problem),
                }
            }
            documents.push(Document {
                id: safe_id(&id, number),
                text: text.to_owned(),
            });
        }
    }
    all_or_nothing(faults)?;
    assemble(documents, spans, options, Vec::new())
}

fn bad(path: &str, line: usize, problem: String) -> Fault {
    fault(
        path,
        line,
        problem,
        "a line is {\"text\": ..., \"spans\": [{\"start\": 0, \"end\": 4, \"label\": ...}]}; offsets count Unicode scalars unless --offsets says otherwise",
    )
}

/// A span as an object with `start`, `end`, `label` and further keys, or as `[start, end, label]`.
pub(super) fn read_span(
    span: &Value,
    offsets: &Offsets,
    document: usize,
) -> Result<SpanLabel, String> {
    let (start, end, label) = match span.as_array() {
        Some(list) => (list.first(), list.get(1), list.get(2)),
        None => {
            let start = span.get("start").or_else(|| span.get("start_offset"));
            let end = span.get("end").or_else(|| span.get("end_offset"));
            (start, end, span.get("label"))
        }
    };
    let byte = |value: Option<&Value>| {
        let offset = usize::try_from(value?.as_u64()?).ok()?;
        offsets.to_byte(offset)
    };
    let place = (byte(start), byte(end));
    let ((Some(start), Some(end)), Some(label)) = (place, label.and_then(Value::as_str)) else {
        return Err(format!("span {span} has no label or leaves its text"));
    };
    if start >= end {
        return Err(format!("span {span} is empty"));
    }
    let known = [
        "entity",
        "garbled",
        "lowercase",
        "metonymic",
        "doubtful",
        "subtype",
        "severity",
        "intended",
    ];
    let fields = known
        .iter()
        .filter_map(|name| {
            let value = span.get(name)?;
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            Some(((*name).to_owned(), text))
        })
        .collect();
    Ok(SpanLabel {
        document,
        span: Span::new(start, end),
        label: label.to_owned(),
        fields,
    })
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
        let list: Vec<Value> = spans
            .iter()
            .filter(|span| span.document == index)
            .map(|span| {
                let mut value = json!({
                    "start": offsets.from_byte(span.span.start),
                    "end": offsets.from_byte(span.span.end),
                    "label": span.label,
                });
                if let Some(object) = value.as_object_mut() {
                    for (name, field) in &span.fields {
                        object.insert(name.clone(), Value::String(field.clone()));
                    }
                }
                value
            })
            .collect();
        let line = json!({"text": document.text, "meta": {"id": document.id}, "spans": list});
        text.push_str(&line.to_string());
        text.push('\n');
    }
    let notices = exchange::other_layers(gold, &[&options.layer], "spaCy")
        .into_iter()
        .collect();
    let files = [("dataset.jsonl".to_owned(), text)].into();
    Ok(Exported { files, notices })
}
