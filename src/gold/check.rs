//! Checks of single cells: documents, spans, flags, words. Each failure is a fault of the row; parsing goes on.

use crate::corpus::{Corpus, Span};
use crate::error::Fault;
use crate::gold::table::Row;

/// Cell checks against one corpus; collects the faults.
#[derive(Debug)]
pub struct Checker<'a> {
    /// The articles.
    pub corpus: &'a Corpus,
    /// What was found wrong so far.
    pub faults: Vec<Fault>,
}

impl<'a> Checker<'a> {
    /// A checker without faults.
    pub const fn new(corpus: &'a Corpus) -> Self {
        Self {
            corpus,
            faults: Vec::new(),
        }
    }

    /// Records a fault of a row and gives `None`.
    pub fn fault<T>(
        &mut self,
        row: &Row<'_>,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Option<T> {
        self.faults.push(row.fault(problem, remedy));
        None
    }

    /// Index of the document that a cell names.
    pub fn document(&mut self, row: &Row<'_>, column: &str) -> Option<usize> {
        let id = row.get(column);
        self.corpus.index(id).or_else(|| {
            let near = self
                .corpus
                .documents
                .iter()
                .find(|document| !id.is_empty() && document.id.starts_with(id));
            let remedy = match near {
                Some(document) => format!("write the full id `{}`", document.id),
                None => "use the name of an article without .txt".to_owned(),
            };
            self.fault(row, format!("unknown document `{id}`"), remedy)
        })
    }

    /// A flag: `true`, `false`, or empty for false.
    pub fn flag(&mut self, row: &Row<'_>, column: &str) -> Option<bool> {
        match row.get(column) {
            "true" => Some(true),
            "false" | "" => Some(false),
            other => self.fault(
                row,
                format!("`{column}` is `{other}`"),
                "write `true` or `false`",
            ),
        }
    }

    /// A number of at least 0.
    pub fn number(&mut self, row: &Row<'_>, column: &str) -> Option<usize> {
        let cell = row.get(column);
        if let Ok(number) = cell.parse() {
            return Some(number);
        }
        self.fault(
            row,
            format!("`{column}` is `{cell}`, not a number"),
            "write the byte offset; `karat gold locate` finds it from quoted text",
        )
    }

    /// A word of a vocabulary; an empty vocabulary accepts every word but the empty one.
    pub fn word(
        &mut self,
        row: &Row<'_>,
        column: &str,
        vocabulary: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Option<String> {
        let cell = row.get(column);
        let words: Vec<String> = vocabulary
            .into_iter()
            .map(|word| word.as_ref().to_owned())
            .collect();
        if words.iter().any(|word| word == cell) || (words.is_empty() && !cell.is_empty()) {
            return Some(cell.to_owned());
        }
        let problem = format!("unknown {} `{cell}`", column.replace('_', " "));
        let remedy = if words.is_empty() {
            "fill in the cell".to_owned()
        } else {
            format!(
                "known: {}; or add the word to [vocabulary] in dataset.toml",
                words.join(", ")
            )
        };
        self.fault(row, problem, remedy)
    }

    /// The span in columns `start`, `end` (with a suffix such as `_a`).
    pub fn span(&mut self, row: &Row<'_>, document: usize, suffix: &str) -> Option<Span> {
        let start = self.number(row, &format!("start{suffix}"));
        let end = self.number(row, &format!("end{suffix}"));
        let span = Span::new(start?, end?);
        let text = &self.corpus.documents[document].text;
        if span.is_empty() {
            return self.fault(
                row,
                format!("span {span} is empty"),
                "spans are half-open, `start` before `end`",
            );
        }
        if span.end > text.len() {
            return self.fault(
                row,
                format!(
                    "span {span} leaves the article, which has {} bytes",
                    text.len()
                ),
                "offsets are bytes from the start of the article",
            );
        }
        if span.text(text).is_none() {
            return self.fault(
                row,
                format!("span {span} cuts a character"),
                "offsets are UTF-8 bytes on character boundaries, not characters",
            );
        }
        Some(span)
    }

    /// The span in `start`, `end`, whose text has to be the cell `text`.
    pub fn covered(&mut self, row: &Row<'_>, document: usize) -> Option<Span> {
        let span = self.span(row, document, "")?;
        let text = &self.corpus.documents[document].text;
        let covered = span.text(text).unwrap_or_default();
        let quoted = row.get("text");
        if covered == quoted {
            return Some(span);
        }
        let nearest = text
            .match_indices(quoted)
            .map(|(at, _)| at)
            .filter(|_| !quoted.is_empty())
            .min_by_key(|at| at.abs_diff(span.start));
        let remedy = match nearest {
            Some(at) => format!(
                "the quoted text stands at {}",
                Span::new(at, at + quoted.len())
            ),
            None => "quote the article byte for byte".to_owned(),
        };
        self.fault(
            row,
            format!("text is `{quoted}`, the article has `{covered}` at {span}"),
            remedy,
        )
    }
}
