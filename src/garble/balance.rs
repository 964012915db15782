//! Quotes and brackets that do not pair up, spaces on the wrong side of a mark, and words glued together.
//!
//! # What it does
//! Flags a closing mark without an opening one, an opening mark that is never closed, a quotation mark with a space on its inner side, a
//! space before a comma or full stop, a missing space after a full stop, doubled commas, a full stop in the middle of a
//! sentence, and two words that ran into one (`yesterdayThe`).
//!
//! # How it decides
//! Reads each line with a stack of opening marks. A quotation that runs over several paragraphs is fine when the next paragraph
//! opens with a quotation mark again. Straight quotes open after a space or bracket and close otherwise. Single curly quotes are
//! checked only when they open, since the closing one is also the apostrophe. Two glued words count only when the second stands alone elsewhere in the document.
//!
//! # Parameters
//! - `quotes`, `brackets`, `spacing`, `glued` (all true): which groups of rules are on.
//!
//! # Cost
//! One pass over the bytes; only marks and capitals are looked at.
//!
//! # Known to miss
//! Marks that pair up by chance; quotations closed in another line without a new opening mark are flagged; names such as
//! `YouTube` stay unflagged only while `Tube` is not a word of the document.
//!
//! # Reference
//! Usual typographic practice (Unicode general categories Ps, Pe, Pi, Pf; The Chicago Manual of Style, chapters 6 and 13).

use serde::{Deserialize, Serialize};

use crate::corpus::{Corpus, Span};
use crate::garble::flags::Flags;
use crate::garble::{GarbleDetector, GarbleModel, GarbleTraining, Granularity, PredictedGarble};
use crate::params::Algorithm;
use crate::text::line::lines;

mod spacing;
#[cfg(test)]
mod tests;

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Balance {
    /// Quotation marks, curly, straight and angled.
    pub quotes: bool,
    /// Round, square and curly brackets.
    pub brackets: bool,
    /// Spaces beside marks.
    pub spacing: bool,
    /// Words that ran into one.
    pub glued: bool,
}

impl Default for Balance {
    fn default() -> Self {
        Self {
            quotes: true,
            brackets: true,
            spacing: true,
            glued: true,
        }
    }
}

impl Algorithm for Balance {}

impl GarbleDetector for Balance {
    fn granularity(&self) -> Granularity {
        Granularity::Span
    }

    fn fit(&self, _training: &GarbleTraining<'_>) -> Result<Box<dyn GarbleModel>, String> {
        Ok(Box::new(self.clone()))
    }
}

impl GarbleModel for Balance {
    fn detect(&self, document: usize, corpus: &Corpus) -> Vec<PredictedGarble> {
        let mut flags = Flags::new(document);
        self.read(&corpus.documents[document].text, &mut flags);
        flags.joined()
    }
}

/// A mark that waits for its partner.
#[derive(Debug, Clone, Copy)]
struct Open {
    closer: char,
    at: Span,
}

impl Balance {
    /// Flags of one text.
    fn read(&self, text: &str, flags: &mut Flags) {
        // Quotations of the line before that wait for a line that opens with a mark of the same kind.
        let mut carried: Vec<Open> = Vec::new();
        let mut open: Vec<Open> = Vec::new();
        for line in lines(text) {
            let body = &text[line.start..line.end];
            let start = body.trim_start();
            if start.is_empty() {
                continue;
            }
            if !start.starts_with(['\u{201c}', '"', '\u{ab}']) {
                for mark in carried.drain(..) {
                    flags.push(mark.at, "surface", 0.9);
                }
            }
            carried.clear();
            self.pair(text, line, &mut open, flags);
            for mark in open.drain(..) {
                match mark.closer {
                    '\u{201d}' | '"' | '\u{bb}' => carried.push(mark),
                    _ => flags.push(mark.at, "surface", 0.9),
                }
            }
            if self.spacing {
                spacing::marks(text, line, flags);
            }
        }
        for mark in carried {
            flags.push(mark.at, "surface", 0.9);
        }
        if self.glued {
            spacing::glued(text, flags);
        }
    }

    /// Pairs the marks of one line; what stays open is left in `open`.
    fn pair(&self, text: &str, line: Span, open: &mut Vec<Open>, flags: &mut Flags) {
        let bytes = text.as_bytes();
        let mut at = line.start;
        while let Some(offset) = bytes[at..line.end]
            .iter()
            .position(|&byte| MARKS[byte as usize])
        {
            let start = at + offset;
            let Some(c) = text[start..line.end].chars().next() else {
                return;
            };
            at = start + c.len_utf8();
            let span = Span::new(start, at);
            let before = text[line.start..start].chars().next_back();
            let after = text[at..line.end].chars().next();
            match c {
                '(' | '[' | '{' if self.brackets => open.push(Open {
                    closer: match c {
                        '(' => ')',
                        '[' => ']',
                        _ => '}',
                    },
                    at: span,
                }),
                ')' | ']' | '}' if self.brackets => {
                    // `1)` and `a)` number the points of a list, `:)` smiles.
                    let word = text[line.start..start]
                        .rsplit(|c: char| !c.is_alphanumeric())
                        .next()
                        .unwrap_or("");
                    let point = matches!(before, Some(':' | ';'))
                        || (c == ')' && matches!(word.len(), 1 | 2));
                    close(open, c, span, if point { 0.3 } else { 0.9 }, flags);
                }
                '\u{201c}' | '\u{ab}' if self.quotes => {
                    let closer = if c == '\u{ab}' { '\u{bb}' } else { '\u{201d}' };
                    // French sets a space inside its guillemets.
                    if c == '\u{201c}' && after.is_none_or(char::is_whitespace) {
                        flags.push(span, "surface", 0.9);
                    } else {
                        open.push(Open { closer, at: span });
                    }
                }
                '\u{201d}' if self.quotes && before.is_some_and(char::is_whitespace) => {
                    flags.push(span, "surface", 0.9);
                    forget(open, c);
                }
                '\u{201d}' | '\u{bb}' if self.quotes => close(open, c, span, 0.9, flags),
                '"' if self.quotes => straight(open, span, before, after, flags),
                // A decade or a clipped word (‘90s, ‘em) opens nothing.
                '\u{2018}' if self.quotes && after.is_some_and(char::is_alphabetic) => {
                    let rest = &text[at..line.end];
                    let closes = rest.match_indices('\u{2019}').any(|(offset, mark)| {
                        !rest[offset + mark.len()..].starts_with(char::is_alphabetic)
                    });
                    if !closes && !rest.starts_with("em ") && !rest.starts_with("tis ") {
                        flags.push(span, "surface", 0.7);
                    }
                }
                _ => {}
            }
        }
    }
}

/// First bytes of the marks that pair.
const MARKS: [bool; 256] = {
    let mut table = [false; 256];
    let marks = b"()[]{}\"\xe2\xc2";
    let mut index = 0;
    while index < marks.len() {
        table[marks[index] as usize] = true;
        index += 1;
    }
    table
};

/// Closes the innermost mark that waits for `c`; marks left open inside it are flagged, as is `c` when nothing waits for it.
fn close(open: &mut Vec<Open>, c: char, span: Span, confidence: f64, flags: &mut Flags) {
    match open.iter().rposition(|mark| mark.closer == c) {
        Some(index) => {
            for left in open.drain(index..).skip(1) {
                flags.push(left.at, "surface", 0.9);
            }
        }
        None => flags.push(span, "surface", confidence),
    }
}

fn forget(open: &mut Vec<Open>, c: char) {
    if let Some(index) = open.iter().rposition(|mark| mark.closer == c) {
        open.remove(index);
    }
}

/// A straight quote: inches after a digit, else closing when one waits and nothing speaks against it, else opening.
fn straight(
    open: &mut Vec<Open>,
    span: Span,
    before: Option<char>,
    after: Option<char>,
    flags: &mut Flags,
) {
    let waits = open.iter().any(|mark| mark.closer == '"');
    let space_before =
        before.is_none_or(|c| c.is_whitespace() || matches!(c, '(' | '[' | '-' | '–' | '—' | '/'));
    let space_after = after.is_none_or(|c| !c.is_alphanumeric());
    if waits {
        if before.is_some_and(char::is_whitespace) && after.is_some_and(char::is_alphanumeric) {
            // A second opening: the first was never closed.
            forget_flagged(open, flags);
            open.push(Open {
                closer: '"',
                at: span,
            });
            return;
        }
        if before.is_some_and(char::is_whitespace) {
            flags.push(span, "surface", 0.8);
        }
        close(open, '"', span, 0.9, flags);
    } else if space_before || !space_after {
        if after.is_some_and(char::is_whitespace) {
            flags.push(span, "surface", 0.8);
        } else {
            open.push(Open {
                closer: '"',
                at: span,
            });
        }
    } else if before.is_some_and(|c| c.is_ascii_digit()) {
        // Inches.
    } else {
        flags.push(span, "surface", 0.9);
    }
}

fn forget_flagged(open: &mut Vec<Open>, flags: &mut Flags) {
    if let Some(index) = open.iter().rposition(|mark| mark.closer == '"') {
        flags.push(open.remove(index).at, "surface", 0.9);
    }
}
