//! brat standoff: `name.txt` and `name.ann` per document; a line `T1<tab>TYPE start end<tab>text` per label. Offsets are Unicode
//! scalars of the text file.
//!
//! Relations, events, attributes, normalizations and notes are reported and left out, and so are discontinuous spans. A type has
//! no spaces in brat; they are written as `_`.

use std::collections::BTreeMap;

use crate::corpus::{Document, Span};
use crate::error::{Result, all_or_nothing};
use crate::gold::formats::exchange::{self, SpanLabel, assemble, fault, safe_id};
use crate::gold::formats::{Exported, Imported, Options, Source};
use crate::label::Gold;
use crate::text::offset::{OffsetUnit, Offsets};

/// Reads a folder of `.txt` and `.ann` files.
///
/// # Errors
/// Annotations without text, lines that are none, spans outside their text.
pub fn import(sources: &[Source], options: &Options) -> Result<Imported> {
    let unit = options.offsets.unwrap_or(OffsetUnit::Scalar);
    let mut documents: Vec<Document> = Vec::new();
    let mut by_stem: BTreeMap<&str, usize> = BTreeMap::new();
    for source in sources {
        if let Some(stem) = source.name.strip_suffix(".txt") {
            by_stem.insert(stem, documents.len());
            documents.push(Document {
                id: safe_id(stem, documents.len() + 1),
                text: source.text.clone(),
            });
        }
    }
    let (mut spans, mut faults) = (Vec::new(), Vec::new());
    let mut left_out: BTreeMap<&'static str, usize> = BTreeMap::new();
    for source in sources {
        let Some(stem) = source.name.strip_suffix(".ann") else {
            continue;
        };
        let Some(&document) = by_stem.get(stem) else {
            faults.push(fault(
                &source.path,
                1,
                format!("no {stem}.txt beside it"),
                "import the folder that has both",
            ));
            continue;
        };
        let text = &documents[document].text;
        let offsets = Offsets::new(text, unit);
        for (index, line) in source
            .text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.is_empty())
        {
            let kind = match line.chars().next() {
                Some('T') => None,
                Some('R' | '*') => Some("relations"),
                Some('E') => Some("events"),
                Some('A' | 'M') => Some("attributes"),
                Some('N') => Some("normalizations"),
                _ => Some("notes"),
            };
            if let Some(kind) = kind {
                *left_out.entry(kind).or_default() += 1;
                continue;
            }
            if line
                .split('\t')
                .nth(1)
                .is_some_and(|head| head.contains(';'))
            {
                *left_out.entry("discontinuous spans").or_default() += 1;
                continue;
            }
            let span = read_line(line, &offsets);
            let quoted = line.splitn(3, '\t').nth(2).unwrap_or_default();
            match span {
                Some((label, span)) if plain(span.text(text).unwrap_or_default()) == plain(quoted) => {
                    spans.push(SpanLabel {
                        document,
                        span,
                        label: label.to_owned(),
                        fields: BTreeMap::new(),
                    });
                }
                _ => faults.push(fault(
                    &source.path,
                    index + 1,
                    format!("`{line}` does not fit its text"),
                    "a line is T1<tab>TYPE start end<tab>text; offsets count Unicode scalars unless --offsets says otherwise",
                )),
            }
        }
    }
    all_or_nothing(faults)?;
    let notices = left_out
        .iter()
        .map(|(kind, count)| format!("{count} {kind} are left out"))
        .collect();
    assemble(documents, spans, options, notices)
}

/// brat writes a line break inside a label as a space.
fn plain(text: &str) -> String {
    text.replace(['\n', '\r', '\t'], " ")
}

fn read_line<'a>(line: &'a str, offsets: &Offsets) -> Option<(&'a str, Span)> {
    let mut head = line.split('\t').nth(1)?.split(' ');
    let label = head.next()?;
    let mut byte = || offsets.to_byte(head.next()?.parse().ok()?);
    let span = Span::new(byte()?, byte()?);
    (!span.is_empty() && !label.is_empty()).then_some((label, span))
}

/// Writes two files per document.
///
/// # Errors
/// A layer that the dataset does not have.
pub fn export(gold: &Gold, options: &Options) -> Result<Exported> {
    let unit = options.offsets.unwrap_or(OffsetUnit::Scalar);
    let spans = exchange::spans(gold, &options.layer)?;
    let mut exported = Exported {
        files: BTreeMap::new(),
        notices: exchange::lost(gold, &options.layer, &spans, "brat"),
    };
    if spans
        .iter()
        .any(|span| span.label.contains(char::is_whitespace))
    {
        exported
            .notices
            .push("brat types have no spaces: written with `_`".to_owned());
    }
    for (index, document) in gold.corpus.documents.iter().enumerate() {
        let offsets = Offsets::new(&document.text, unit);
        let mut lines = String::new();
        for (number, span) in spans
            .iter()
            .filter(|span| span.document == index)
            .enumerate()
        {
            let place = (
                offsets.from_byte(span.span.start),
                offsets.from_byte(span.span.end),
            );
            if let (Some(start), Some(end)) = place {
                let quoted = plain(span.span.text(&document.text).unwrap_or_default());
                let label = span.label.replace(char::is_whitespace, "_");
                lines.push_str(&format!(
                    "T{}\t{label} {start} {end}\t{quoted}\n",
                    number + 1
                ));
            }
        }
        exported
            .files
            .insert(format!("{}.txt", document.id), document.text.clone());
        exported.files.insert(format!("{}.ann", document.id), lines);
    }
    Ok(exported)
}
