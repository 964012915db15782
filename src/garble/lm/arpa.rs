//! ARPA files: import and export, so that models of KenLM, SRILM and others can be used and ours can be used there.

use std::fmt::Write as _;
use std::path::Path;

use super::{Estimate, Model, Ngram, Vocabulary};
use crate::error::{Error, Fault, Result};

impl Model {
    /// Reads an ARPA file.
    ///
    /// # Errors
    /// The line that is no n-gram of its section, a section with another number of n-grams than announced, a missing end.
    pub fn from_arpa(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|e| Error::io("reading", path, e))?;
        parse(&text).map_err(|(line, problem)| {
            Error::Invalid(vec![Fault::at(
                path,
                line,
                problem,
                "export the model again, for example with `lmplz --arpa` or `karat`",
            )])
        })
    }
}

impl Estimate {
    /// The model as an ARPA file, with as many digits as double precision has.
    pub fn to_arpa(&self) -> String {
        let mut text = String::from("\\data\\\n");
        let of_length = |length| {
            self.ngrams
                .iter()
                .filter(move |ngram| ngram.symbols.len() == length)
        };
        for length in 1..=self.order {
            let _ = writeln!(text, "ngram {length}={}", of_length(length).count());
        }
        for length in 1..=self.order {
            let _ = write!(text, "\n\\{length}-grams:\n");
            for ngram in of_length(length) {
                let _ = write!(text, "{}", ngram.probability);
                for (index, &symbol) in ngram.symbols.iter().enumerate() {
                    text.push(if index == 0 { '\t' } else { ' ' });
                    text.push_str(self.vocabulary.symbol(symbol));
                }
                if length < self.order {
                    let _ = write!(text, "\t{}", ngram.backoff);
                }
                text.push('\n');
            }
        }
        text.push_str("\n\\end\\\n");
        text
    }
}

/// A fault: line and problem.
type Bad = (u64, String);

fn parse(text: &str) -> Result<Model, Bad> {
    let mut vocabulary = Vocabulary::default();
    let mut ngrams: Vec<Ngram> = Vec::new();
    let mut announced: Vec<usize> = Vec::new();
    let mut found: Vec<usize> = Vec::new();
    let mut length = 0;
    let mut ended = false;
    let mut last = 0;
    for (number, line) in (1_u64..).zip(text.lines()) {
        last = number;
        let line = line.trim_end_matches('\r');
        if line.trim().is_empty() || line == "\\data\\" {
            continue;
        }
        if line == "\\end\\" {
            ended = true;
            break;
        }
        if let Some(rest) = line.strip_prefix("ngram ").filter(|_| length == 0) {
            let count = rest
                .split_once('=')
                .and_then(|(_, count)| count.trim().parse().ok())
                .ok_or_else(|| (number, format!("`{line}` announces no number of n-grams")))?;
            announced.push(count);
            found.push(0);
            continue;
        }
        if let Some(name) = line.strip_prefix('\\') {
            length = name
                .strip_suffix("-grams:")
                .and_then(|n| n.parse().ok())
                .filter(|&n| n == length + 1 && n <= announced.len())
                .ok_or_else(|| {
                    (
                        number,
                        format!("section `{line}` is not the next one announced"),
                    )
                })?;
            continue;
        }
        if length == 0 {
            // Comments may stand before the first section.
            continue;
        }
        let mut parts = line.split([' ', '\t']).filter(|part| !part.is_empty());
        let bad = || (number, format!("no n-gram of length {length}: `{line}`"));
        let probability = parts.next().and_then(|p| p.parse().ok()).ok_or_else(bad)?;
        let mut symbols = Vec::with_capacity(length);
        for _ in 0..length {
            symbols.push(vocabulary.add(parts.next().ok_or_else(bad)?));
        }
        let backoff = match parts.next() {
            Some(weight) => weight.parse().map_err(|_| bad())?,
            None => 0.0,
        };
        if parts.next().is_some() {
            return Err(bad());
        }
        found[length - 1] += 1;
        ngrams.push(Ngram {
            symbols: symbols.into(),
            probability,
            backoff,
        });
    }
    if !ended || announced.is_empty() {
        return Err((
            last,
            "the file has no `\\end\\` after its sections".to_owned(),
        ));
    }
    for (index, (announced, found)) in announced.iter().zip(&found).enumerate() {
        if announced != found {
            let length = index + 1;
            return Err((
                last,
                format!("{announced} n-grams of length {length} announced, {found} found"),
            ));
        }
    }
    Ok(Model::new(vocabulary, announced.len(), &ngrams))
}
