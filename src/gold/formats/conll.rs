//! CoNLL columns: one token per line, its tag in the last column, a blank line after each sentence.
//!
//! The format holds no white space and no ids: an imported document is its tokens joined by single spaces, a line per sentence.
//! A file with `-DOCSTART-` lines has documents of several sentences; without them every sentence is a document. Nested
//! mentions cannot be tagged; only the outermost is exported. On export tokens are split at label edges (`[Iran]-backed`).
//!
//! Schemes: IOB1 (`B` only between neighbours of one type; Ramshaw and Marcus 1995), IOB2 (`B` starts every name), IOE1 and IOE2
//! (the same with `E` at the end; Tjong Kim Sang and Veenstra 1999), BILOU (`L` last, `U` unit; Ratinov and Roth 2009), IOBES.

use std::str::FromStr;

use crate::corpus::{Document, Span};
use crate::error::{Result, all_or_nothing};
use crate::gold::formats::exchange::{self, SpanLabel, assemble};
use crate::gold::formats::{Exported, Imported, Options, Source};
use crate::label::Gold;
use crate::text::token::tokens;

/// How tags say where a name begins and ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// `I`, and `B` only where a name follows another of its type at once.
    Iob1,
    /// `B` first, `I` after.
    Iob2,
    /// `I`, and `E` only where another name of the type follows at once.
    Ioe1,
    /// `E` last, `I` before.
    Ioe2,
    /// `B`, `I`, `L`; `U` alone.
    Bilou,
    /// `B`, `I`, `E`; `S` alone.
    Iobes,
}

impl Scheme {
    /// Every scheme.
    pub const ALL: [Self; 6] = [
        Self::Iob1,
        Self::Iob2,
        Self::Ioe1,
        Self::Ioe2,
        Self::Bilou,
        Self::Iobes,
    ];

    /// Name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Iob1 => "iob1",
            Self::Iob2 => "iob2",
            Self::Ioe1 => "ioe1",
            Self::Ioe2 => "ioe2",
            Self::Bilou => "bilou",
            Self::Iobes => "iobes",
        }
    }

    /// Tags of a sentence of `length` tokens with these names (first and last token, type), which do not overlap and are sorted.
    pub fn encode(self, length: usize, names: &[(usize, usize, String)]) -> Vec<String> {
        let mut tags = vec!["O".to_owned(); length];
        for (at, (first, last, label)) in names.iter().enumerate() {
            let neighbour =
                |other: Option<&(usize, usize, String)>,
                 touch: &dyn Fn(&(usize, usize, String)) -> bool| {
                    other.is_some_and(|other| other.2 == *label && touch(other))
                };
            let before = at.checked_sub(1).and_then(|at| names.get(at));
            let follows = neighbour(before, &|other| other.1 + 1 == *first);
            let followed = neighbour(names.get(at + 1), &|other| last + 1 == other.0);
            for token in *first..=*last {
                let mark = match self {
                    Self::Iob1 if token == *first && follows => 'B',
                    Self::Iob2 if token == *first => 'B',
                    Self::Ioe1 if token == *last && followed => 'E',
                    Self::Ioe2 if token == *last => 'E',
                    Self::Bilou if first == last => 'U',
                    Self::Bilou if token == *first => 'B',
                    Self::Bilou if token == *last => 'L',
                    Self::Iobes if first == last => 'S',
                    Self::Iobes if token == *first => 'B',
                    Self::Iobes if token == *last => 'E',
                    _ => 'I',
                };
                if let Some(tag) = tags.get_mut(token) {
                    *tag = format!("{mark}-{label}");
                }
            }
        }
        tags
    }
}

impl FromStr for Scheme {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|scheme| scheme.name() == text)
            .ok_or_else(|| {
                format!("unknown scheme `{text}`; known: iob1, iob2, ioe1, ioe2, bilou, iobes")
            })
    }
}

/// Names of a tagged sentence (first and last token, type). One decoder reads all six schemes, as `conlleval` does: a name ends
/// after `E`, `L`, `S`, `U`, before `B`, `S`, `U`, `O`, and where the type changes.
pub fn decode(tags: &[&str]) -> Vec<(usize, usize, String)> {
    let mut names: Vec<(usize, usize, String)> = Vec::new();
    let mut open = false;
    for (at, tag) in tags.iter().enumerate() {
        let (mark, label) = match tag.split_once('-') {
            Some((mark, label)) => (mark, label),
            None if *tag == "O" => ("O", ""),
            None => (*tag, ""),
        };
        if mark == "O" {
            open = false;
            continue;
        }
        let goes_on = open
            && matches!(mark, "I" | "E" | "L")
            && names.last().is_some_and(|name| name.2 == label);
        match names.last_mut() {
            Some(name) if goes_on => name.1 = at,
            _ => names.push((at, at, label.to_owned())),
        }
        open = !matches!(mark, "E" | "L" | "S" | "U");
    }
    names
}

/// Reads CoNLL columns.
///
/// # Errors
/// Lines without a tag, tags that are none.
pub fn import(sources: &[Source], options: &Options) -> Result<Imported> {
    let mut reader = Reader::default();
    for source in sources {
        // Documents never span files.
        let starts = source
            .text
            .lines()
            .any(|line| line.starts_with("-DOCSTART-"));
        reader.end_document();
        for (index, line) in source.text.lines().enumerate() {
            if line.trim().is_empty() {
                reader.end_sentence(options.scheme);
                if !starts {
                    reader.end_document();
                }
            } else if line.starts_with("-DOCSTART-") {
                reader.end_sentence(options.scheme);
                reader.end_document();
            } else {
                reader.token(&source.path, index + 1, line);
            }
        }
        reader.end_sentence(options.scheme);
        reader.end_document();
    }
    all_or_nothing(reader.faults)?;
    let mut notices = Vec::new();
    if reader.columns > 2 {
        notices.push(format!(
            "{} columns; only the first (token) and the last (tag) are read",
            reader.columns
        ));
    }
    if reader.odd > 0 {
        notices.push(format!(
            "{} sentences have tags that {} would write otherwise; read by the rules of conlleval",
            reader.odd,
            options.scheme.name()
        ));
    }
    assemble(reader.documents, reader.spans, options, notices)
}

#[derive(Default)]
struct Reader {
    documents: Vec<Document>,
    spans: Vec<SpanLabel>,
    text: String,
    sentence: Vec<(Span, String)>,
    faults: Vec<crate::error::Fault>,
    columns: usize,
    odd: usize,
}

impl Reader {
    fn token(&mut self, path: &str, line: usize, content: &str) {
        // A tab separates, else any white space; a token never holds white space.
        let cells: Vec<&str> = content.split_whitespace().collect();
        let tag = cells.last().copied().unwrap_or_default();
        let known = tag == "O"
            || tag.split_once('-').is_some_and(|(mark, label)| {
                matches!(mark, "B" | "I" | "E" | "L" | "S" | "U") && !label.is_empty()
            });
        if cells.len() < 2 || !known {
            self.faults.push(exchange::fault(
                path,
                line,
                format!("`{content}` is no token with a tag"),
                "a line is a token, white space and a tag such as O, B-PER, I-PER",
            ));
            return;
        }
        self.columns = self.columns.max(cells.len());
        if !self.sentence.is_empty() {
            self.text.push(' ');
        } else if !self.text.is_empty() {
            self.text.push('\n');
        }
        let start = self.text.len();
        self.text.push_str(cells[0]);
        self.sentence
            .push((Span::new(start, self.text.len()), tag.to_owned()));
    }

    fn end_sentence(&mut self, scheme: Scheme) {
        let tags: Vec<&str> = self.sentence.iter().map(|(_, tag)| tag.as_str()).collect();
        let names = decode(&tags);
        if scheme.encode(tags.len(), &names) != tags {
            self.odd += 1;
        }
        for (first, last, label) in names {
            self.spans.push(SpanLabel {
                document: self.documents.len(),
                span: Span::new(self.sentence[first].0.start, self.sentence[last].0.end),
                label,
                fields: Default::default(),
            });
        }
        self.sentence.clear();
    }

    fn end_document(&mut self) {
        if !self.text.is_empty() {
            let id = format!("{:05}", self.documents.len() + 1);
            let text = std::mem::take(&mut self.text);
            self.documents.push(Document { id, text });
        }
    }
}

/// Writes CoNLL columns.
///
/// # Errors
/// A layer that the dataset does not have.
pub fn export(gold: &Gold, options: &Options) -> Result<Exported> {
    let spans = exchange::spans(gold, &options.layer)?;
    let mut notices = exchange::lost(gold, &options.layer, &spans, "CoNLL");
    notices.push("CoNLL has no place for document ids and white space".to_owned());
    let mut nested = 0;
    let mut text = String::new();
    let lines = |document: &Document| {
        document
            .text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .count()
    };
    let several = gold
        .corpus
        .documents
        .iter()
        .any(|document| lines(document) != 1);
    for (index, document) in gold.corpus.documents.iter().enumerate() {
        let mut flat: Vec<&SpanLabel> = Vec::new();
        for span in spans.iter().filter(|span| span.document == index) {
            if flat
                .last()
                .is_some_and(|last| last.span.end > span.span.start)
            {
                nested += 1;
            } else {
                flat.push(span);
            }
        }
        if several {
            text.push_str("-DOCSTART- O\n\n");
        }
        for sentence in sentences(&document.text, &flat, options.space_tokens) {
            let names: Vec<(usize, usize, String)> = flat
                .iter()
                .filter_map(|span| {
                    let inside = |token: &Span| span.span.overlaps(*token);
                    let first = sentence.iter().position(inside)?;
                    let last = sentence.iter().rposition(inside)?;
                    Some((first, last, span.label.replace(char::is_whitespace, "_")))
                })
                .collect();
            let tags = options.scheme.encode(sentence.len(), &names);
            for (token, tag) in sentence.iter().zip(tags) {
                text.push_str(token.text(&document.text).unwrap_or_default());
                text.push('\t');
                text.push_str(&tag);
                text.push('\n');
            }
            text.push('\n');
        }
    }
    if nested > 0 {
        notices.push(format!(
            "CoNLL cannot nest: {nested} inner or crossing labels are left out"
        ));
    }
    if spans
        .iter()
        .any(|span| span.label.contains(char::is_whitespace))
    {
        notices.push("CoNLL labels have no spaces: written with `_`".to_owned());
    }
    let files = [("dataset.conll".to_owned(), text)].into();
    Ok(Exported { files, notices })
}

/// Tokens by line, split at the edges of labels; a label over a line break joins its lines.
fn sentences(text: &str, labels: &[&SpanLabel], space: bool) -> Vec<Vec<Span>> {
    let mut all: Vec<Span> = if space {
        text.split_whitespace()
            .map(|word| {
                let start = word.as_ptr() as usize - text.as_ptr() as usize;
                Span::new(start, start + word.len())
            })
            .collect()
    } else {
        tokens(text).map(|token| token.span).collect()
    };
    for label in labels {
        for edge in [label.span.start, label.span.end] {
            if let Some(at) = all
                .iter()
                .position(|token| token.start < edge && edge < token.end)
            {
                let token = all[at];
                all[at] = Span::new(token.start, edge);
                all.insert(at + 1, Span::new(edge, token.end));
            }
        }
    }
    let mut sentences: Vec<Vec<Span>> = Vec::new();
    let mut end = 0;
    for token in all {
        let broken = text
            .get(end..token.start)
            .is_some_and(|gap| gap.contains('\n'));
        let within = labels
            .iter()
            .any(|label| label.span.start < token.start && token.start < label.span.end);
        match sentences.last_mut() {
            Some(sentence) if !broken || within => sentence.push(token),
            _ => sentences.push(vec![token]),
        }
        end = token.end;
    }
    sentences
}
