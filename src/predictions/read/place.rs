//! Where a row points to: a document, a span or a unit of the gold.

use super::Reader;
use crate::corpus::Span;
use crate::label::short_list;
use crate::predictions::PredictionRow;
use crate::task::{Level, rounded};

impl Reader<'_> {
    pub(super) fn document(&mut self, line: u64, id: &str) -> Option<usize> {
        let found = self.gold.corpus.index(id);
        if found.is_none() {
            let known = short_list(
                self.gold
                    .corpus
                    .documents
                    .iter()
                    .map(|document| document.id.as_str()),
            );
            self.fault(
                line,
                format!("unknown document `{id}`"),
                format!("documents of this gold: {known}"),
            );
        }
        found
    }

    /// A passage; `whole`: without offsets it is the whole document.
    pub(super) fn span(
        &mut self,
        line: u64,
        id: &str,
        start: Option<usize>,
        end: Option<usize>,
        whole: bool,
    ) -> Option<(usize, Span)> {
        let document = self.document(line, id)?;
        let text = &self.gold.corpus.documents[document].text;
        let span = Span::new(start.unwrap_or(0), end.unwrap_or(text.len()));
        let problem = match (start, end) {
            (None, Some(_)) | (Some(_), None) => {
                Some("start without end, or end without start".to_owned())
            }
            (None, None) if !whole => Some("no start and end".to_owned()),
            (None, None) => None,
            _ if span.is_empty() => Some(format!("span {span} is empty")),
            _ if span.end > text.len() => Some(format!(
                "span {span} leaves the text of {} bytes",
                text.len()
            )),
            _ if span.text(text).is_none() => Some(format!("span {span} cuts a character")),
            _ => None,
        };
        match problem {
            Some(problem) => {
                self.fault(
                    line,
                    problem,
                    "offsets are UTF-8 bytes, half-open, on character boundaries",
                );
                None
            }
            None => Some((document, span)),
        }
    }

    pub(super) fn confidence(&mut self, line: u64, row: &PredictionRow) -> f64 {
        let value = row.confidence.unwrap_or(1.0);
        if !(0.0..=1.0).contains(&value) {
            self.fault(
                line,
                format!("confidence {value} is outside 0 to 1"),
                "scale it",
            );
        }
        rounded(value)
    }

    /// The unit that a row points to.
    pub(super) fn unit(
        &mut self,
        level: Level,
        line: u64,
        id: &str,
        start: Option<usize>,
        end: Option<usize>,
    ) -> Option<u32> {
        if level != Level::Segment {
            if start.is_some() || end.is_some() {
                self.fault(
                    line,
                    format!("offsets at level `{level}`, which compares whole documents"),
                    "leave start and end empty, or name the level segment",
                );
                return None;
            }
            return self
                .document(line, id)
                .and_then(|document| u32::try_from(document).ok());
        }
        let (document, span) = self.span(line, id, start, end, false)?;
        let segments = self.gold.segments.as_deref().unwrap_or_default();
        let found = segments
            .binary_search_by_key(&(document, span.start), |s| (s.document, s.span.start))
            .ok();
        match found.filter(|&index| segments[index].span == span) {
            Some(index) => u32::try_from(index).ok(),
            None => {
                self.fault(
                    line,
                    format!("{span} is no segment of `{id}`"),
                    "use the segments of the gold's segments.csv",
                );
                None
            }
        }
    }
}
