//! Quotes and brackets that do not pair up, and spaces on the wrong side of them.
//!
//! # What it does
//! Flags a closing mark without an opening one, an opening mark that its line never closes, and a quotation mark with a space
//! inside the quotation.
//!
//! # How it decides
//! Reads each line with a stack of opening marks.
//!
//! # Parameters
//! None.
//!
//! # Cost
//! One pass over the characters.
//!
//! # Known to miss
//! Straight quotes, which look alike on both sides; quotations that run over several paragraphs are flagged.
//!
//! # Reference
//! Usual typographic practice (Unicode general categories Ps, Pe, Pi, Pf).

use serde::{Deserialize, Serialize};

use crate::corpus::{Corpus, Span};
use crate::garble::{GarbleDetector, GarbleModel, GarbleTraining, Granularity, PredictedGarble};
use crate::params::Algorithm;

/// See the module's manual page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Balance {}

impl Algorithm for Balance {}

impl GarbleDetector for Balance {
    fn granularity(&self) -> Granularity {
        Granularity::Span
    }

    fn fit(&self, _training: &GarbleTraining<'_>) -> Result<Box<dyn GarbleModel>, String> {
        Ok(Box::new(self.clone()))
    }
}

const PAIRS: &[(char, char)] = &[
    ('(', ')'),
    ('[', ']'),
    ('{', '}'),
    ('\u{201c}', '\u{201d}'),
    ('\u{ab}', '\u{bb}'),
];

impl GarbleModel for Balance {
    fn detect(&self, document: usize, corpus: &Corpus) -> Vec<PredictedGarble> {
        let text = corpus.documents[document].text.as_str();
        let mut spans = Vec::new();
        let mut open: Vec<(char, Span)> = Vec::new();
        for (start, c) in text.char_indices() {
            let span = Span::new(start, start + c.len_utf8());
            if c == '\n' {
                spans.extend(open.drain(..).map(|(_, span)| span));
            } else if PAIRS.iter().any(|pair| pair.0 == c) {
                let spaced = text[span.end..].starts_with(' ');
                if spaced {
                    spans.push(span);
                } else {
                    open.push((c, span));
                }
            } else if let Some(pair) = PAIRS.iter().find(|pair| pair.1 == c) {
                match open.last() {
                    Some(&(opener, _)) if opener == pair.0 => {
                        open.pop();
                    }
                    _ => spans.push(span),
                }
            }
        }
        spans.extend(open.drain(..).map(|(_, span)| span));
        spans.sort_unstable();
        spans
            .into_iter()
            .map(|span| PredictedGarble {
                document,
                span,
                category: "surface".to_owned(),
                confidence: 1.0,
                suggestion: String::new(),
            })
            .collect()
    }
}
