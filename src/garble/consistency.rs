//! Names that are spelled differently inside one document.
//!
//! # What it does
//! Flags the rarer spelling of a name or the rarer form of a quoted phrase that occurs in another form in the same document, and suggests the commoner one.
//!
//! # How it decides
//! Capitalised words inside sentences that start with the same letter, have at least `shortest` letters and differ by one edit (two
//! from nine letters on) are taken for one name when they are no inflection of each other. Quoted phrases of four or more words
//! that share all but one word are taken for one quotation. The rarer form is flagged, of equally frequent ones the later.
//!
//! # Parameters
//! - `shortest` (default 5 letters): shorter names differ by one letter too often.
//!
//! # Cost
//! Distinct capitalised words of a document are compared pairwise within their first letter.
//!
//! # Known to miss
//! Names that are always misspelled; numbers that contradict each other in other words.
//!
//! # Reference
//! Damerau 1964 (four of five misspellings are one edit away).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::corpus::{Corpus, Span};
use crate::garble::flags::Flags;
use crate::garble::{GarbleDetector, GarbleModel, GarbleTraining, Granularity, PredictedGarble};
use crate::params::Algorithm;
use crate::text::token::words;

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Consistency {
    /// Letters that a name needs.
    pub shortest: usize,
}

impl Default for Consistency {
    fn default() -> Self {
        Self { shortest: 5 }
    }
}

impl Algorithm for Consistency {}

impl GarbleDetector for Consistency {
    fn granularity(&self) -> Granularity {
        Granularity::Span
    }

    fn fit(&self, _training: &GarbleTraining<'_>) -> Result<Box<dyn GarbleModel>, String> {
        Ok(Box::new(self.clone()))
    }
}

impl GarbleModel for Consistency {
    fn detect(&self, document: usize, corpus: &Corpus) -> Vec<PredictedGarble> {
        let text = corpus.documents[document].text.as_str();
        let mut flags = Flags::new(document);
        self.names(text, &mut flags);
        quotations(text, &mut flags);
        flags.joined()
    }
}

impl Consistency {
    fn names(&self, text: &str, flags: &mut Flags) {
        let mut found: BTreeMap<&str, Vec<Span>> = BTreeMap::new();
        for span in words(text) {
            let word = &text[span.start..span.end];
            let word = word
                .strip_suffix("’s")
                .or(word.strip_suffix("'s"))
                .unwrap_or(word);
            if word.starts_with(char::is_uppercase)
                && word.chars().count() >= self.shortest
                && word.chars().all(char::is_alphabetic)
            {
                found
                    .entry(word)
                    .or_default()
                    .push(Span::new(span.start, span.start + word.len()));
            }
        }
        let names: Vec<(&&str, &Vec<Span>)> = found.iter().collect();
        for (index, (a, spans_a)) in names.iter().enumerate() {
            for (b, spans_b) in names[index + 1..]
                .iter()
                .take_while(|(b, _)| b.chars().next() == a.chars().next())
            {
                if !one_name(a, b) {
                    continue;
                }
                let rarer = (spans_a.len(), std::cmp::Reverse(spans_a[0]))
                    < (spans_b.len(), std::cmp::Reverse(spans_b[0]));
                let (spans, meant) = if rarer { (spans_a, b) } else { (spans_b, a) };
                for span in *spans {
                    flags.suggest(*span, "name", 0.7, (**meant).to_owned());
                }
            }
        }
    }
}

/// One edit apart (two from nine letters on), and neither an inflection of the other.
fn one_name(a: &str, b: &str) -> bool {
    const ENDINGS: &[&str] = &[
        "s", "es", "n", "an", "ns", "i", "is", "e", "ed", "d", "r", "y", "ly",
    ];
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if long
        .strip_prefix(short)
        .is_some_and(|rest| ENDINGS.contains(&rest))
    {
        return false;
    }
    let allowed = if short.chars().count() >= 9 { 2 } else { 1 };
    distance(short, long) <= allowed
}

/// Edit distance in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let best = (corner + usize::from(x != *y))
                .min(row[j] + 1)
                .min(row[j + 1] + 1);
            corner = row[j + 1];
            row[j + 1] = best;
        }
    }
    row[b.len()]
}

/// Quotations of four or more words that differ in one word.
fn quotations(text: &str, flags: &mut Flags) {
    let mut quoted: Vec<Vec<Span>> = Vec::new();
    let mut rest = 0;
    while let Some(open) = text[rest..]
        .find('\u{201c}')
        .map(|at| rest + at + '\u{201c}'.len_utf8())
    {
        let Some(close) = text[open..].find('\u{201d}').map(|at| open + at) else {
            break;
        };
        let inside: Vec<Span> = words(&text[open..close])
            .map(|span| Span::new(open + span.start, open + span.end))
            .collect();
        if (4..=40).contains(&inside.len()) {
            for other in &quoted {
                if other.len() != inside.len() {
                    continue;
                }
                let differ: Vec<usize> = (0..inside.len())
                    .filter(|&i| {
                        !text[inside[i].start..inside[i].end]
                            .eq_ignore_ascii_case(&text[other[i].start..other[i].end])
                    })
                    .collect();
                if let [one] = differ[..] {
                    let meant = text[other[one].start..other[one].end].to_owned();
                    flags.suggest(inside[one], "lexical", 0.6, meant);
                }
            }
            quoted.push(inside);
        }
        rest = close;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::corpus::Document;

    fn found(text: &str) -> Vec<(String, String)> {
        let document = Document {
            id: "d".to_owned(),
            text: text.to_owned(),
        };
        let corpus = Corpus::new(vec![document]).unwrap();
        let flags = Consistency::default().detect(0, &corpus);
        flags
            .into_iter()
            .map(|f| (text[f.span.start..f.span.end].to_owned(), f.suggestion))
            .collect()
    }

    #[test]
    fn the_rarer_form_is_flagged() {
        assert_eq!(
            found("Mr Kowalski came. Kowalski’s dog and Kowalsky met American Americans."),
            [("Kowalsky".to_owned(), "Kowalski".to_owned())]
        );
        assert_eq!(
            found("“We will not give in,” he said. They wrote: “We will never give in”."),
            [("never".to_owned(), "not".to_owned())]
        );
        assert_eq!(
            found("Iran and Iraq, Austria and Australia, Korea and Koreas."),
            []
        );
    }

    fn slow(a: &[char], b: &[char]) -> usize {
        match (a, b) {
            ([], _) => b.len(),
            (_, []) => a.len(),
            ([x, a2 @ ..], [y, b2 @ ..]) => (slow(a2, b2) + usize::from(x != y))
                .min(slow(a2, b) + 1)
                .min(slow(a, b2) + 1),
        }
    }

    proptest! {
        #[test]
        fn distance_is_that_of_the_recursion(a in "[abé]{0,6}", b in "[abé]{0,6}") {
            let (x, y): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            prop_assert_eq!(distance(&a, &b), slow(&x, &y));
        }
    }
}
