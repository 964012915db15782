//! Quote to offsets: turns hand-written draft layers into canonical ones. Nobody types byte offsets.
//!
//! A draft has the columns of its layer without `start`, `end`, segment ids and zones, and instead `line` (of the article, from 1)
//! and `occurrence` (of exactly the quoted string in that line, from 1, also inside longer words; empty means the first). A
//! long text may be abridged as `first words [...] last words`. A document may be named by a unique prefix. A witness is
//! written `document@line "quote"`. Locating never adds, drops or changes a label.

use std::collections::BTreeMap;
use std::path::Path;

use crate::corpus::{Corpus, Span};
use crate::error::{Fault, Result, all_or_nothing};
use crate::gold::layer::{self, Layer};
use crate::gold::quote::{elsewhere, find, line_span};
use crate::gold::table::{Row, Table, to_csv};

/// Columns of a draft segment, mention, ... in the order of the guidelines.
const DRAFTS: &[(Layer, &[&str])] = &[
    (
        layer::SEGMENTS,
        &["document", "line", "occurrence", "text", "zone"],
    ),
    (layer::DOCUMENT_PAIRS, layer::DOCUMENT_PAIRS.columns),
    (
        layer::COPY_GROUPS,
        &[
            "group",
            "document",
            "line",
            "occurrence",
            "text",
            "piece",
            "doubtful",
        ],
    ),
    (
        layer::BOILERPLATE_GROUPS,
        &["group", "document", "line", "occurrence", "text"],
    ),
    (
        layer::SAME_FACT,
        &[
            "document_a",
            "line_a",
            "occurrence_a",
            "text_a",
            "document_b",
            "line_b",
            "occurrence_b",
            "text_b",
            "note",
        ],
    ),
    (layer::ENTITIES, layer::ENTITIES.columns),
    (
        layer::MENTIONS,
        &[
            "document",
            "line",
            "occurrence",
            "text",
            "entity_type",
            "entity",
            "nesting",
            "garbled",
            "lowercase",
            "metonymic",
            "doubtful",
        ],
    ),
    (
        layer::GARBLES,
        &[
            "document",
            "line",
            "occurrence",
            "text",
            "category",
            "subtype",
            "severity",
            "intended",
            "witness",
            "doubtful",
        ],
    ),
];

const OPTIONAL: &[&str] = &[
    "occurrence",
    "occurrence_a",
    "occurrence_b",
    "piece",
    "note",
    "derived_from",
    "redundant",
    "subtype",
    "intended",
    "witness",
    "nesting",
    "garbled",
    "lowercase",
    "metonymic",
    "doubtful",
    "entity",
];

/// A segment as far as locating needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocatedSegment {
    /// Index of the document.
    pub document: usize,
    /// Where it stands.
    pub span: Span,
    /// `s001`, ...
    pub id: String,
    /// Its zone.
    pub zone: String,
}

/// Locates every layer of a draft folder; gives file names and their canonical content.
///
/// `segments` serves drafts that bring no segments.csv of their own.
///
/// # Errors
/// Every row that does not locate, all at once; a folder without any draft layer.
pub fn locate(
    draft: &Path,
    corpus: &Corpus,
    segments: &[LocatedSegment],
) -> Result<Vec<(String, String)>> {
    let mut faults = Vec::new();
    let mut locator = Locator {
        corpus,
        segments: segments.to_vec(),
        faults: Vec::new(),
    };
    let mut files = Vec::new();
    for (layer, columns) in DRAFTS {
        let path = draft.join(layer.file());
        let Some(table) = Table::read(&path, columns, OPTIONAL, &mut faults)? else {
            continue;
        };
        let rows = locator.layer(*layer, &table);
        files.push((layer.file(), to_csv(layer.columns, rows)?));
    }
    faults.extend(locator.faults);
    if files.is_empty() && faults.is_empty() {
        faults.push(Fault::new(
            draft.display(),
            "no draft layer in this folder",
            "a draft is named as its layer, such as mentions.csv",
        ));
    }
    all_or_nothing(faults)?;
    Ok(files)
}

struct Locator<'a> {
    corpus: &'a Corpus,
    segments: Vec<LocatedSegment>,
    faults: Vec<Fault>,
}

/// A located row: its place for sorting, its row.
type Placed = ((usize, Span), Vec<String>);

impl Locator<'_> {
    fn layer(&mut self, layer: Layer, table: &Table) -> Vec<Vec<String>> {
        match layer.name {
            "segments" => self.segments(table),
            "document_pairs" => self.document_pairs(table),
            "entities" => {
                let mut rows: Vec<Vec<String>> = table
                    .rows()
                    .map(|row| {
                        layer
                            .columns
                            .iter()
                            .map(|column| row.get(column).to_owned())
                            .collect()
                    })
                    .collect();
                rows.sort();
                rows
            }
            "same_fact" => self.same_fact(table),
            "copy_groups" | "boilerplate_groups" => self.groups(layer, table),
            _ => self.spans(layer, table),
        }
    }

    fn segments(&mut self, table: &Table) -> Vec<Vec<String>> {
        let mut found: Vec<LocatedSegment> = Vec::new();
        for row in table.rows() {
            if let Some((document, span)) = self.place(&row, "") {
                found.push(LocatedSegment {
                    document,
                    span,
                    id: String::new(),
                    zone: row.get("zone").to_owned(),
                });
            }
        }
        found.sort_by_key(|segment| (segment.document, segment.span));
        let mut count = BTreeMap::new();
        for segment in &mut found {
            let number = count.entry(segment.document).or_insert(0);
            *number += 1;
            segment.id = format!("s{number:03}");
        }
        self.segments = found;
        self.segments
            .iter()
            .map(|segment| {
                vec![
                    self.corpus.documents[segment.document].id.clone(),
                    segment.id.clone(),
                    segment.span.start.to_string(),
                    segment.span.end.to_string(),
                    segment.zone.clone(),
                    self.text(segment.document, segment.span),
                ]
            })
            .collect()
    }

    /// Mentions and garbles: the canonical columns, filled from the row, the place, or the segment.
    fn spans(&mut self, layer: Layer, table: &Table) -> Vec<Vec<String>> {
        let mut placed: Vec<Placed> = Vec::new();
        for row in table.rows() {
            let witness = self.witness(&row);
            let Some((document, span)) = self.place(&row, "") else {
                continue;
            };
            let cells = layer.columns.iter().map(|column| match *column {
                "document" => self.corpus.documents[document].id.clone(),
                "start" => span.start.to_string(),
                "end" => span.end.to_string(),
                "text" => self.text(document, span),
                "zone" => self.zone(document, span),
                "witness" => witness.clone(),
                other => row.get(other).to_owned(),
            });
            // An enclosing span comes before what it encloses.
            let key = (document, Span::new(span.start, usize::MAX - span.end));
            placed.push((key, cells.collect()));
        }
        placed.sort();
        placed.into_iter().map(|(_, row)| row).collect()
    }

    fn groups(&mut self, layer: Layer, table: &Table) -> Vec<Vec<String>> {
        let mut placed: Vec<(String, Placed)> = Vec::new();
        for row in table.rows() {
            let Some((document, span)) = self.place(&row, "") else {
                continue;
            };
            let Some(segment) = self.segment(&row, document, span, "") else {
                continue;
            };
            let cells = layer.columns.iter().map(|column| match *column {
                "document" => self.corpus.documents[document].id.clone(),
                "segment" => segment.clone(),
                "start" => span.start.to_string(),
                "end" => span.end.to_string(),
                "text" => self.text(document, span),
                other => row.get(other).to_owned(),
            });
            placed.push((
                row.get("group").to_owned(),
                ((document, span), cells.collect()),
            ));
        }
        placed.sort();
        placed.into_iter().map(|(_, (_, row))| row).collect()
    }

    fn same_fact(&mut self, table: &Table) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        for row in table.rows() {
            let mut side = |suffix: &str| {
                let (document, span) = self.place(&row, suffix)?;
                let segment = self.segment(&row, document, span, suffix)?;
                Some([self.corpus.documents[document].id.clone(), segment])
            };
            let (a, b) = (side("_a"), side("_b"));
            if let (Some(a), Some(b)) = (a, b) {
                let note = row.get("note").to_owned();
                rows.push(a.into_iter().chain(b).chain([note]).collect());
            }
        }
        rows.sort();
        rows
    }

    fn document_pairs(&mut self, table: &Table) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        for row in table.rows() {
            let a = self.document(&row, "document_a");
            let b = self.document(&row, "document_b");
            if let (Some(a), Some(b)) = (a, b) {
                let mut cells = vec![
                    self.corpus.documents[a].id.clone(),
                    self.corpus.documents[b].id.clone(),
                ];
                cells.extend(["relation", "redundant", "note"].map(|c| row.get(c).to_owned()));
                rows.push(cells);
            }
        }
        rows.sort();
        rows
    }

    fn text(&self, document: usize, span: Span) -> String {
        span.text(&self.corpus.documents[document].text)
            .unwrap_or_default()
            .to_owned()
    }

    fn zone(&self, document: usize, span: Span) -> String {
        self.segments
            .iter()
            .find(|segment| segment.document == document && segment.span.overlaps(span))
            .map_or_else(String::new, |segment| segment.zone.clone())
    }

    fn document(&mut self, row: &Row<'_>, column: &str) -> Option<usize> {
        let prefix = row.get(column);
        self.by_prefix(prefix).or_else(|| {
            self.faults.push(row.fault(
                format!("`{prefix}` names no document, or more than one"),
                "use the id of an article or a unique beginning of it",
            ));
            None
        })
    }

    fn by_prefix(&self, prefix: &str) -> Option<usize> {
        if let Some(index) = self.corpus.index(prefix) {
            return Some(index);
        }
        let mut found = (0..self.corpus.len())
            .filter(|&index| self.corpus.documents[index].id.starts_with(prefix));
        let first = found.next().filter(|_| !prefix.is_empty());
        if found.next().is_some() { None } else { first }
    }

    /// Document and span of the quoted text of a row.
    fn place(&mut self, row: &Row<'_>, suffix: &str) -> Option<(usize, Span)> {
        let document = self.document(row, &format!("document{suffix}"))?;
        let text = &self.corpus.documents[document].text;
        let number = |column: String| {
            let cell = row.get(&column);
            cell.parse::<usize>()
                .ok()
                .filter(|&number| number > 0)
                .ok_or_else(|| {
                    row.fault(
                        format!("`{column}` is `{cell}`, not a number from 1"),
                        "lines and occurrences count from 1",
                    )
                })
        };
        let occurrence = if row.get(&format!("occurrence{suffix}")).is_empty() {
            Ok(1)
        } else {
            number(format!("occurrence{suffix}"))
        };
        let found = match (number(format!("line{suffix}")), occurrence) {
            (Ok(line), Ok(occurrence)) => {
                let quote = row.get(&format!("text{suffix}"));
                find(text, line, quote, occurrence).map_err(|problem| {
                    let elsewhere = elsewhere(text, quote);
                    row.fault(format!("{problem}: `{quote}`"), elsewhere)
                })
            }
            (line, occurrence) => {
                self.faults.extend(line.err());
                self.faults.extend(occurrence.err());
                return None;
            }
        };
        match found {
            Ok(span) => Some((document, span)),
            Err(fault) => {
                self.faults.push(fault);
                None
            }
        }
    }

    /// The segment that the span covers exactly.
    fn segment(
        &mut self,
        row: &Row<'_>,
        document: usize,
        span: Span,
        suffix: &str,
    ) -> Option<String> {
        let found = self
            .segments
            .iter()
            .find(|segment| segment.document == document && segment.span == span);
        if let Some(segment) = found {
            return Some(segment.id.clone());
        }
        let inside: Vec<&str> = self
            .segments
            .iter()
            .filter(|segment| segment.document == document && segment.span.overlaps(span))
            .map(|segment| segment.id.as_str())
            .collect();
        self.faults.push(row.fault(
            format!(
                "`{}` covers no segment exactly; it touches {}",
                row.get(&format!("text{suffix}")),
                if inside.is_empty() {
                    "none".to_owned()
                } else {
                    inside.join(", ")
                }
            ),
            "quote the whole segment, abridged with [...] if it is long",
        ));
        None
    }

    /// `000@17 "quote"` as `document:segment`; `inferred`, an empty cell and a canonical witness stay.
    fn witness(&mut self, row: &Row<'_>) -> String {
        let witness = row.get("witness").trim();
        let Some((prefix, rest)) = witness.split_once('@') else {
            return witness.to_owned();
        };
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (line, quote) = rest.split_at(digits);
        let quote = quote.trim();
        let quote = quote
            .strip_prefix('"')
            .and_then(|inner| inner.strip_suffix('"'))
            .unwrap_or(quote);
        match self.witness_segment(prefix, line, quote) {
            Ok(segment) => segment,
            Err(problem) => {
                self.faults.push(row.fault(
                    format!("witness `{witness}`: {problem}"),
                    "write `document@line \"quote\"` with a quote from one segment of that line, or `inferred`",
                ));
                String::new()
            }
        }
    }

    fn witness_segment(&self, prefix: &str, line: &str, quote: &str) -> Result<String, String> {
        let document = self
            .by_prefix(prefix)
            .ok_or_else(|| format!("`{prefix}` names no document"))?;
        let text = &self.corpus.documents[document].text;
        let number: usize = line
            .parse()
            .map_err(|_| format!("`{line}` is no line number"))?;
        let whole = line_span(text, number).ok_or_else(|| format!("there is no line {number}"))?;
        let on_line = || {
            self.segments
                .iter()
                .filter(|segment| segment.document == document && whole.contains(segment.span))
        };
        let name = |segment: &LocatedSegment| {
            format!("{}:{}", self.corpus.documents[document].id, segment.id)
        };
        if !quote.is_empty() {
            for occurrence in 1.. {
                let Ok(span) = find(text, number, quote, occurrence) else {
                    break;
                };
                if let Some(segment) = on_line().find(|segment| segment.span.contains(span)) {
                    return Ok(name(segment));
                }
            }
        }
        let mut all = on_line();
        match (all.next(), all.next()) {
            (Some(only), None) => Ok(name(only)),
            (None, _) => Err(format!("line {number} has no segment")),
            _ => Err(format!(
                "no segment of line {number} holds the quote, and the line has several"
            )),
        }
    }
}

#[cfg(test)]
#[path = "locate_tests.rs"]
mod tests;
