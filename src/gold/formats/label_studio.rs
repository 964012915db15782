//! Label Studio JSON: a list of tasks, each with `data.text` and `annotations[].result[]` of type `labels`, whose `value` has `start`,
//! `end`, `text`, `labels`. Its offsets are those of JavaScript strings: UTF-16 code units.

use serde_json::{Value, json};

use crate::corpus::{Document, Span};
use crate::error::{Result, all_or_nothing};
use crate::gold::formats::exchange::{self, SpanLabel, assemble, fault, safe_id};
use crate::gold::formats::{Exported, Imported, Options, Source};
use crate::label::Gold;
use crate::text::offset::{OffsetUnit, Offsets};

/// Reads tasks. Of several annotations of a task the first is taken.
///
/// # Errors
/// Text that is no list of tasks, results outside their text.
pub fn import(sources: &[Source], options: &Options) -> Result<Imported> {
    let unit = options.offsets.unwrap_or(OffsetUnit::Utf16);
    let (mut documents, mut spans) = (Vec::new(), Vec::new());
    let (mut faults, mut notices) = (Vec::new(), Vec::new());
    let (mut others, mut more_labels, mut more_passes) = (0, 0, 0);
    for source in sources {
        let tasks: Vec<Value> = match serde_json::from_str(&source.text) {
            Ok(tasks) => tasks,
            Err(error) => {
                faults.push(fault(
                    &source.path,
                    error.line(),
                    format!("no list of tasks: {error}"),
                    "export as JSON (not JSON-MIN)",
                ));
                continue;
            }
        };
        for (number, task) in tasks.iter().enumerate() {
            let data = task.get("data");
            let Some(text) = data
                .and_then(|data| data.get("text"))
                .and_then(Value::as_str)
            else {
                faults.push(fault(
                    &source.path,
                    1,
                    format!("task {} has no data.text", number + 1),
                    "karat reads text tasks",
                ));
                continue;
            };
            let id = data
                .and_then(|data| data.get("id"))
                .or_else(|| task.get("id"));
            let id = id.map_or_else(String::new, |id| {
                id.as_str().map_or_else(|| id.to_string(), str::to_owned)
            });
            let offsets = Offsets::new(text, unit);
            let passes = task.get("annotations").and_then(Value::as_array);
            more_passes += passes.map_or(0, |list| list.len().saturating_sub(1));
            let results = passes
                .and_then(|list| list.first())
                .and_then(|annotation| annotation.get("result"))
                .and_then(Value::as_array);
            for result in results.into_iter().flatten() {
                let value = result.get("value");
                let labels = value
                    .and_then(|value| value.get("labels"))
                    .and_then(Value::as_array);
                let Some(label) = labels
                    .and_then(|labels| labels.first())
                    .and_then(Value::as_str)
                else {
                    others += 1;
                    continue;
                };
                more_labels += labels.map_or(0, |labels| labels.len().saturating_sub(1));
                let byte = |key: &str| {
                    let offset = value?.get(key)?.as_u64()?;
                    offsets.to_byte(usize::try_from(offset).ok()?)
                };
                match (byte("start"), byte("end")) {
                    (Some(start), Some(end)) if start < end => spans.push(SpanLabel {
                        document: documents.len(),
                        span: Span::new(start, end),
                        label: label.to_owned(),
                        fields: Default::default(),
                    }),
                    _ => faults.push(fault(
                        &source.path,
                        1,
                        format!("task {}: result {result} leaves its text", number + 1),
                        "offsets count UTF-16 units unless --offsets says otherwise",
                    )),
                }
            }
            documents.push(Document {
                id: safe_id(&id, documents.len() + 1),
                text: text.to_owned(),
            });
        }
    }
    all_or_nothing(faults)?;
    for (count, what) in [
        (others, "results without labels (relations, choices)"),
        (more_labels, "second labels of one span"),
        (more_passes, "further annotations of one task"),
    ] {
        if count > 0 {
            notices.push(format!("{count} {what} are left out"));
        }
    }
    assemble(documents, spans, options, notices)
}

/// Writes tasks.
///
/// # Errors
/// A layer that the dataset does not have.
pub fn export(gold: &Gold, options: &Options) -> Result<Exported> {
    let unit = options.offsets.unwrap_or(OffsetUnit::Utf16);
    let spans = exchange::spans(gold, &options.layer)?;
    let mut tasks = Vec::new();
    for (index, document) in gold.corpus.documents.iter().enumerate() {
        let offsets = Offsets::new(&document.text, unit);
        let here = spans.iter().filter(|span| span.document == index);
        let results: Vec<Value> = here
            .enumerate()
            .map(|(number, span)| {
                json!({
                    "id": format!("r{}", number + 1),
                    "from_name": "label",
                    "to_name": "text",
                    "type": "labels",
                    "value": {
                        "start": offsets.from_byte(span.span.start),
                        "end": offsets.from_byte(span.span.end),
                        "text": span.span.text(&document.text),
                        "labels": [span.label],
                    },
                })
            })
            .collect();
        tasks.push(json!({
            "id": index + 1,
            "data": {"id": document.id, "text": document.text},
            "annotations": [{"result": results}],
        }));
    }
    let notices = exchange::lost(gold, &options.layer, &spans, "Label Studio");
    let text = format!("{:#}\n", Value::Array(tasks));
    let files = [("dataset.json".to_owned(), text)].into();
    Ok(Exported { files, notices })
}
