//! WebAnno TSV 3 (WebAnno, INCEpTION): a file per document, a `#Text=` line per sentence, then a row per token with sentence-token
//! number, `begin-end`, token, and one column per feature. Offsets are those of Java strings: UTF-16 code units.
//!
//! One span layer with one feature is written (`NamedEntity|value`); on reading the first feature column that holds values of
//! the first span layer is taken. `PER[2]` is one part of span 2; stacked labels stand between `|`. Rows of parts of tokens
//! (`1-3.1`) are read; on export tokens are split at label edges instead. Characters between the sentences are not in the file;
//! they come back as line feeds.

use std::collections::BTreeMap;

use crate::corpus::{Document, Span};
use crate::error::{Fault, Result, all_or_nothing};
use crate::gold::formats::exchange::{self, SpanLabel, assemble, fault, safe_id};
use crate::gold::formats::{Exported, Imported, Options, Source};
use crate::label::Gold;
use crate::text::offset::{OffsetUnit, Offsets};
use crate::text::token::tokens;

const HEADER: &str =
    "#FORMAT=WebAnno TSV 3.3\n#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|value\n";

/// Reads a file per document.
///
/// # Errors
/// Rows that are no token rows, offsets that do not fit.
pub fn import(sources: &[Source], options: &Options) -> Result<Imported> {
    let unit = options.offsets.unwrap_or(OffsetUnit::Utf16);
    let (mut documents, mut spans) = (Vec::new(), Vec::new());
    let (mut faults, mut notices) = (Vec::new(), Vec::new());
    for source in sources
        .iter()
        .filter(|source| source.name.ends_with(".tsv"))
    {
        let mut reader = Reader::new(source, unit);
        reader.read(&mut faults);
        if reader.more_columns {
            notices.push(format!("{}: only the first feature is read", source.name));
        }
        let offsets = Offsets::new(&reader.text, unit);
        for ((label, _), (begin, end)) in reader.found {
            match (offsets.to_byte(begin), offsets.to_byte(end)) {
                (Some(start), Some(end)) if start < end => spans.push(SpanLabel {
                    document: documents.len(),
                    span: Span::new(start, end),
                    label,
                    fields: BTreeMap::new(),
                }),
                _ => faults.push(bad(
                    source,
                    1,
                    format!("label {label} at {begin}-{end} does not fit the text"),
                )),
            }
        }
        documents.push(Document {
            id: safe_id(source.name.trim_end_matches(".tsv"), documents.len() + 1),
            text: reader.text,
        });
    }
    all_or_nothing(faults)?;
    assemble(documents, spans, options, notices)
}

fn bad(source: &Source, line: usize, problem: String) -> Fault {
    fault(
        &source.path,
        line,
        problem,
        "a row is number<tab>begin-end<tab>token<tab>value, after a #Text= line",
    )
}

struct Reader<'a> {
    source: &'a Source,
    unit: OffsetUnit,
    text: String,
    /// Length of `text` in the unit of the file.
    length: usize,
    /// The sentence whose place is known with its first token.
    sentence: Option<String>,
    found: BTreeMap<(String, String), (usize, usize)>,
    more_columns: bool,
}

impl<'a> Reader<'a> {
    fn new(source: &'a Source, unit: OffsetUnit) -> Self {
        Self {
            source,
            unit,
            text: String::new(),
            length: 0,
            sentence: None,
            found: BTreeMap::new(),
            more_columns: false,
        }
    }

    fn width(&self, text: &str) -> usize {
        match self.unit {
            OffsetUnit::Byte => text.len(),
            OffsetUnit::Scalar => text.chars().count(),
            OffsetUnit::Utf16 => text.encode_utf16().count(),
        }
    }

    fn read(&mut self, faults: &mut Vec<Fault>) {
        for (index, line) in self.source.text.split('\n').enumerate() {
            if let Some(sentence) = line.strip_prefix("#Text=") {
                self.sentence = Some(unescape(sentence));
            } else if line.is_empty() || line.starts_with('#') {
                continue;
            } else if let Err(problem) = self.row(index, line) {
                faults.push(bad(self.source, index + 1, problem));
            }
        }
    }

    fn row(&mut self, index: usize, line: &str) -> Result<(), String> {
        let cells: Vec<&str> = line.split('\t').collect();
        let (&[number, place, token], values) =
            cells.split_first_chunk::<3>().ok_or("too few cells")?;
        let (begin, end) = place
            .split_once('-')
            .ok_or_else(|| format!("`{place}` is no begin-end"))?;
        let offset = |cell: &str| {
            cell.parse::<usize>()
                .map_err(|_| format!("`{cell}` is no offset"))
        };
        let (begin, end) = (offset(begin)?, offset(end)?);
        if let Some(sentence) = self.sentence.take() {
            let token = unescape(token);
            let at = sentence
                .find(&token)
                .ok_or_else(|| format!("`{token}` is not in its sentence"))?;
            let start = begin
                .checked_sub(self.width(&sentence[..at]))
                .filter(|start| *start >= self.length)
                .ok_or("the sentence overlaps the one before")?;
            let gap = start - self.length;
            // A gap this long is a wrong offset, not white space.
            if gap > 1_000_000 {
                return Err(format!("a gap of {gap} before the sentence"));
            }
            self.text.extend(std::iter::repeat_n('\n', gap));
            self.length = start + self.width(&sentence);
            self.text.push_str(&sentence);
        }
        self.more_columns |= values.iter().filter(|value| !value.is_empty()).count() > 1;
        let value = values.first().copied().unwrap_or("_");
        for (part, label) in split_unescaped(value, '|').into_iter().enumerate() {
            if label.is_empty() || label == "_" || label == "*" {
                continue;
            }
            let (name, id) = match label
                .strip_suffix(']')
                .and_then(|label| label.rsplit_once('['))
            {
                Some((name, id)) => (name, id.to_owned()),
                None => (label.as_str(), format!("{index}/{number}/{part}")),
            };
            let span = self
                .found
                .entry((unescape(name), id))
                .or_insert((begin, end));
            *span = (span.0.min(begin), span.1.max(end));
        }
        Ok(())
    }
}

/// Writes a file per document.
///
/// # Errors
/// A layer that the dataset does not have.
pub fn export(gold: &Gold, options: &Options) -> Result<Exported> {
    let unit = options.offsets.unwrap_or(OffsetUnit::Utf16);
    let spans = exchange::spans(gold, &options.layer)?;
    let mut exported = Exported {
        files: BTreeMap::new(),
        notices: exchange::lost(gold, &options.layer, &spans, "WebAnno TSV"),
    };
    for (index, document) in gold.corpus.documents.iter().enumerate() {
        let here: Vec<&SpanLabel> = spans.iter().filter(|span| span.document == index).collect();
        let (file, blanks) = write(document, &here, unit);
        if blanks {
            exported.notices.push(format!(
                "{}: blanks outside sentences come back as line feeds",
                document.id
            ));
        }
        exported.files.insert(format!("{}.tsv", document.id), file);
    }
    Ok(exported)
}

/// The file of a document, and whether white space other than line feeds stands between its sentences.
fn write(document: &Document, labels: &[&SpanLabel], unit: OffsetUnit) -> (String, bool) {
    let text = &document.text;
    let offsets = Offsets::new(text, unit);
    let at = |byte: usize| offsets.from_byte(byte).unwrap_or_default();
    let mut file = HEADER.to_owned();
    let mut covered = 0;
    let mut blanks = false;
    for (number, sentence) in sentences(text, labels).iter().enumerate() {
        let (Some(first), Some(last)) = (sentence.first(), sentence.last()) else {
            continue;
        };
        blanks |= text
            .get(covered..first.start)
            .is_some_and(|gap| gap.contains(|c| c != '\n'));
        covered = last.end;
        let whole = text.get(first.start..last.end).unwrap_or_default();
        file.push_str(&format!("\n\n#Text={}\n", escape(whole, false)));
        for (place, token) in sentence.iter().enumerate() {
            let on: Vec<String> = labels
                .iter()
                .enumerate()
                .filter(|(_, label)| label.span.overlaps(*token))
                .map(|(id, label)| format!("{}[{}]", escape(&label.label, true), id + 1))
                .collect();
            let value = if on.is_empty() {
                "_".to_owned()
            } else {
                on.join("|")
            };
            file.push_str(&format!(
                "{}-{}\t{}-{}\t{}\t{value}\t\n",
                number + 1,
                place + 1,
                at(token.start),
                at(token.end),
                escape(token.text(text).unwrap_or_default(), false)
            ));
        }
    }
    blanks |= text.get(covered..).is_some_and(|rest| !rest.is_empty());
    (file, blanks)
}

/// Tokens by line, split at the edges of labels; a label over a line break joins its lines.
fn sentences(text: &str, labels: &[&SpanLabel]) -> Vec<Vec<Span>> {
    let mut edges: Vec<usize> = labels
        .iter()
        .flat_map(|label| [label.span.start, label.span.end])
        .collect();
    edges.sort_unstable();
    edges.dedup();
    let mut sentences: Vec<Vec<Span>> = Vec::new();
    let mut end = 0;
    for token in tokens(text) {
        let mut start = token.span.start;
        let broken = text.get(end..start).is_some_and(|gap| gap.contains('\n'));
        let within = labels
            .iter()
            .any(|label| label.span.start < start && start < label.span.end);
        end = token.span.end;
        let inner: Vec<usize> = edges
            .iter()
            .copied()
            .filter(|edge| start < *edge && *edge < end)
            .collect();
        if sentences.is_empty() || (broken && !within) {
            sentences.push(Vec::new());
        }
        if let Some(sentence) = sentences.last_mut() {
            for edge in inner.into_iter().chain([end]) {
                sentence.push(Span::new(start, edge));
                start = edge;
            }
        }
    }
    sentences
}

/// Escapes what has a meaning in the file; in a value also what has a meaning there.
fn escape(text: &str, value: bool) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '\\' => escaped.push_str("\\\\"),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            '[' | ']' | '|' | '_' | ';' | '*' if value => {
                escaped.push('\\');
                escaped.push(c);
            }
            _ => escaped.push(c),
        }
    }
    escaped
}

fn unescape(text: &str) -> String {
    let mut plain = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('n') => plain.push('\n'),
                Some('r') => plain.push('\r'),
                Some('t') => plain.push('\t'),
                Some(other) => plain.push(other),
                None => plain.push('\\'),
            },
            _ => plain.push(c),
        }
    }
    plain
}

/// Splits where the mark is not escaped; the parts stay escaped.
fn split_unescaped(text: &str, mark: char) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut escaped = false;
    for c in text.chars() {
        if c == mark && !escaped {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(c);
        }
        escaped = c == '\\' && !escaped;
    }
    parts
}
