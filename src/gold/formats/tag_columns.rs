//! Tag columns: one token a line, its tag in the last column, a blank line between sentences.
//!
//! Predictions are joined to gold by line, since systems rewrite tokens; `CRLF` and `LF` both end a line.

use std::path::Path;

use crate::error::{Error, Fault, Result};
use crate::metrics::tags::{Sentences, TagSet};

/// A gold file, ready to be joined with any number of predictions.
#[derive(Debug, Clone)]
pub struct TagGold<'a> {
    /// By line: first and last column of a token, `None` for a blank line.
    lines: Vec<Option<(&'a str, &'a str)>>,
}

/// A prediction joined to gold.
#[derive(Debug, Clone, Default)]
pub struct Joined {
    /// Gold tags.
    pub gold: Sentences,
    /// Predicted tags of the same tokens.
    pub predicted: Sentences,
    /// Distinct tags of both.
    pub tags: TagSet,
    /// Tokens that the prediction spells differently (its tag counts all the same).
    pub different_tokens: usize,
}

impl<'a> TagGold<'a> {
    /// Reads gold from a file's text.
    pub fn new(text: &'a str) -> Self {
        let mut lines: Vec<_> = text.lines().map(columns).collect();
        while lines.last() == Some(&None) {
            lines.pop();
        }
        Self { lines }
    }

    /// Joins a prediction. `place` is named in faults.
    ///
    /// # Errors
    /// The lines at which one side has a token and the other none (at most ten are listed, with the number of the rest).
    pub fn join(&self, prediction: &str, place: &Path) -> Result<Joined> {
        let mut joined = Joined::default();
        let mut faults = Vec::new();
        let mut others = prediction.lines().map(columns);
        let mut open = false;
        for (number, &line) in (1u64..).zip(&self.lines) {
            match (line, others.next().flatten()) {
                (Some((token, tag)), Some((other, predicted))) => {
                    joined.gold.push(joined.tags.number(tag));
                    joined.predicted.push(joined.tags.number(predicted));
                    joined.different_tokens += usize::from(token != other);
                    open = true;
                }
                (None, None) => {
                    if open {
                        joined.gold.end_sentence();
                        joined.predicted.end_sentence();
                    }
                    open = false;
                }
                (Some(_), None) => faults.push((number, "no tag where gold has a token")),
                (None, Some(_)) => faults.push((number, "a tag where gold has no token")),
            }
        }
        let beyond = self.lines.len() as u64;
        faults.extend(
            (beyond + 1..)
                .zip(others)
                .filter(|(_, line)| line.is_some())
                .map(|(number, _)| (number, "a tag after the end of gold")),
        );
        if open {
            joined.gold.end_sentence();
            joined.predicted.end_sentence();
        }
        if faults.is_empty() {
            return Ok(joined);
        }
        let more = faults.len().saturating_sub(10);
        let mut all: Vec<Fault> = faults
            .into_iter()
            .take(10)
            .map(|(line, what)| Fault::at(place, line, what, "write one line per line of gold"))
            .collect();
        if more > 0 {
            all.push(Fault::new(
                place.display(),
                format!("{more} more lines do not fit gold"),
                "",
            ));
        }
        Err(Error::Invalid(all))
    }
}

/// First and last column, which are the same where there is only one.
fn columns(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_matches(['\r', '\n', ' ', '\t', '\u{feff}']);
    if line.is_empty() {
        return None;
    }
    let first = line.split([' ', '\t']).next()?;
    let last = line.rsplit([' ', '\t']).next()?;
    Some((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::tags::{Mode, Scheme, score_tags};

    #[test]
    fn joins_by_line_whatever_the_line_ends() {
        let gold = TagGold::new("a\tO\nb\tB-X\n\nc\tI-X\n\n\n");
        let joined = gold
            .join("a O\r\nB I-X\r\n\r\nc O\r\n", Path::new("p"))
            .unwrap();
        assert_eq!(joined.gold.ends(), [2, 3]);
        assert_eq!(joined.predicted.ends(), [2, 3]);
        assert_eq!(joined.tags.names(), ["O", "B-X", "I-X"]);
        assert_eq!(joined.different_tokens, 1);
    }

    #[test]
    fn every_line_that_does_not_fit_is_named() {
        let gold = TagGold::new("a O\n\nb O\nc O");
        let message = gold
            .join("a O\nx O\n\nc O\nd O", Path::new("p"))
            .unwrap_err()
            .to_string();
        for part in ["p:2: a tag where gold", "p:3: no tag", "p:5: a tag after"] {
            assert!(message.contains(part), "{message}");
        }
    }

    /// The table of the public WNUT-17 test set, scored by seqeval 1.2.2.
    #[test]
    fn the_seven_submissions_to_wnut_17() {
        let Some(data) = crate::test_data::folder() else {
            return;
        };
        let folder = data.join("wnut17");
        let text = std::fs::read_to_string(folder.join("emerging.test.annotated")).unwrap();
        let gold = TagGold::new(&text);
        let expected = [
            ("uh_ritual", "57.54 32.90 41.86 41.86"),
            ("spinningbytes.txt", "47.09 35.96 40.78 41.31"),
            ("sjtu_adapt.txt", "50.21 33.83 40.42 40.42"),
            ("arcada", "47.40 34.57 39.98 39.98"),
            ("flytxt", "47.92 31.97 38.35 38.35"),
            ("mic-cis.txt", "40.97 33.83 37.06 37.30"),
            ("drexel_cci", "50.39 17.79 26.30 26.30"),
        ];
        for (system, row) in expected {
            let path = folder.join("submissions").join(system);
            let joined = gold
                .join(&std::fs::read_to_string(&path).unwrap(), &path)
                .unwrap();
            let micro = |mode| {
                score_tags(
                    &joined.gold,
                    &joined.predicted,
                    &joined.tags,
                    mode,
                    Scheme::Iob2,
                )
                .unwrap()
                .micro()
            };
            let lenient = micro(Mode::Seqeval);
            let values = [
                lenient.precision,
                lenient.recall,
                lenient.f1,
                micro(Mode::SeqevalStrict).f1,
            ];
            let ours = values
                .map(|value| format!("{:.2}", value * 100.0))
                .join(" ");
            assert_eq!(ours, row, "{system}");
        }
    }
}
