//! CoNLL 2011/2012 coreference columns: one token a line, chains of mentions in the last column, `(12`, `12)` and `(12)`.
//!
//! Read for scoring against the public reference cases and for systems that write this format. Token text is not kept.

use std::path::Path;

use rustc_hash::FxHashMap;

use crate::error::{Fault, Result, all_or_nothing};

/// One document between `#begin document` and `#end document`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CorefDocument {
    /// The rest of the `#begin document` line.
    pub name: String,
    /// Mentions by chain, chains in order of first appearance; no two with the same tokens.
    pub mentions: Vec<CorefMention>,
    /// Mentions left out since an earlier one has the same tokens (in the same chain or in another one).
    pub repeated: usize,
}

/// A mention and its chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CorefMention {
    /// First token, counted from 0 in the document.
    pub start: u32,
    /// One past the last token.
    pub end: u32,
    /// Number of the chain, in order of first appearance.
    pub chain: u32,
}

/// Reads all documents of a file's text. `place` is named in faults.
///
/// # Errors
/// All faults at once: a line outside a document, a mention that is never opened or never closed, a document without end.
pub fn parse(text: &str, place: &Path) -> Result<Vec<CorefDocument>> {
    let mut documents = Vec::new();
    let mut faults = Vec::new();
    let mut open: Option<Reader> = None;
    let mut last = 0;
    for (number, line) in (1..).zip(text.lines()) {
        last = number;
        let line = line.trim();
        let mut fault = |problem: String| {
            faults.push(Fault::at(
                place,
                number,
                problem,
                "mend the coreference column",
            ));
        };
        if let Some(comment) = line.strip_prefix('#') {
            let comment = comment.trim_start();
            if let Some(name) = comment.strip_prefix("begin document") {
                if open.is_some() {
                    fault("`#begin document` inside a document".into());
                }
                open = Some(Reader::new(name.trim()));
            } else if comment.starts_with("end document") {
                match open.take() {
                    Some(reader) => documents.push(reader.finish(&mut fault)),
                    None => fault("`#end document` without `#begin document`".into()),
                }
            }
        } else if let Some(column) = line.split_whitespace().last() {
            match &mut open {
                Some(reader) => reader.token(column, &mut fault),
                None => fault("token outside a document".into()),
            }
        }
    }
    if open.is_some() {
        faults.push(Fault::at(
            place,
            last,
            "the last document does not end",
            "add `#end document`",
        ));
    }
    all_or_nothing(faults)?;
    Ok(documents)
}

/// Both documents' chains over their common list of mentions, as [`cluster_metrics`](crate::metrics::clusters::cluster_metrics)
/// takes them: mentions are the same when their tokens are.
pub fn align(
    key: &CorefDocument,
    response: &CorefDocument,
) -> (Vec<Option<u32>>, Vec<Option<u32>>) {
    let mut chains: Vec<_> = key.mentions.iter().map(|m| Some(m.chain)).collect();
    let mut answers = vec![None; chains.len()];
    let items: FxHashMap<_, _> = (0..)
        .zip(&key.mentions)
        .map(|(item, m): (usize, _)| ((m.start, m.end), item))
        .collect();
    for mention in &response.mentions {
        match items.get(&(mention.start, mention.end)) {
            Some(&item) => answers[item] = Some(mention.chain),
            None => {
                chains.push(None);
                answers.push(Some(mention.chain));
            }
        }
    }
    (chains, answers)
}

/// A document being read.
struct Reader {
    name: String,
    tokens: u32,
    numbers: FxHashMap<String, u32>,
    /// By chain: its mentions, and the starts of those still open.
    chains: Vec<(Vec<CorefMention>, Vec<u32>)>,
}

impl Reader {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            tokens: 0,
            numbers: FxHashMap::default(),
            chains: Vec::new(),
        }
    }

    fn chain(&mut self, name: &str) -> (u32, &mut (Vec<CorefMention>, Vec<u32>)) {
        let number = match self.numbers.get(name) {
            Some(&number) => number,
            None => {
                let number = self.chains.len() as u32;
                self.numbers.insert(name.to_owned(), number);
                self.chains.push(Default::default());
                number
            }
        };
        (number, &mut self.chains[number as usize])
    }

    /// One token's column: any sequence of `(id`, `id)` and `(id)`, with or without `|` between.
    fn token(&mut self, column: &str, fault: &mut impl FnMut(String)) {
        let at = self.tokens;
        self.tokens += 1;
        if column == "-" || column == "_" || column == "*" {
            return;
        }
        let mut rest = column;
        while !rest.is_empty() {
            rest = rest.trim_start_matches('|');
            let opens = rest.starts_with('(');
            let body = rest.strip_prefix('(').unwrap_or(rest);
            let length = body.find(['(', ')', '|']).unwrap_or(body.len());
            let (name, tail) = body.split_at(length);
            let closes = tail.starts_with(')');
            rest = tail.strip_prefix(')').unwrap_or(tail);
            if name.is_empty() || !(opens || closes) {
                return fault(format!("`{column}` is no coreference column"));
            }
            let (chain, (mentions, starts)) = self.chain(name);
            let start = if opens { Some(at) } else { starts.pop() };
            match start {
                None => fault(format!("mention of chain `{name}` ends but never began")),
                Some(start) if closes => mentions.push(CorefMention {
                    start,
                    end: at + 1,
                    chain,
                }),
                Some(start) => starts.push(start),
            }
        }
    }

    fn finish(self, fault: &mut impl FnMut(String)) -> CorefDocument {
        let mut document = CorefDocument {
            name: self.name,
            ..CorefDocument::default()
        };
        let mut seen = FxHashMap::default();
        for (number, (mentions, starts)) in (0u32..).zip(&self.chains) {
            if !starts.is_empty() {
                fault(format!(
                    "{} mention(s) of the chain numbered {number} by appearance never end",
                    starts.len()
                ));
            }
            for &mention in mentions {
                if seen.insert((mention.start, mention.end), number).is_none() {
                    document.mentions.push(mention);
                } else {
                    document.repeated += 1;
                }
            }
        }
        document
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::clusters::{ClusterMetrics, PrecisionRecall, Ratio, cluster_metrics};

    fn read(text: &str) -> Result<Vec<CorefDocument>> {
        parse(text, Path::new("x.key"))
    }

    fn spans(document: &CorefDocument) -> Vec<(u32, u32, u32)> {
        let mentions = document.mentions.iter();
        mentions.map(|m| (m.start, m.end, m.chain)).collect()
    }

    #[test]
    fn nested_chains_and_single_tokens() {
        let text = "#begin document (d); part 000\r\nw 0 (7(8)\r\n\r\nw 1 (8)\r\nw 2 7)|(9)\r\n#end document\r\n";
        let documents = read(text).unwrap();
        assert_eq!(documents[0].name, "(d); part 000");
        assert_eq!(
            spans(&documents[0]),
            [(0, 3, 0), (0, 1, 1), (1, 2, 1), (2, 3, 2)]
        );
    }

    #[test]
    fn b10_any_number_of_repeated_mentions_is_scored() {
        let opens = "(3".repeat(12);
        let closes = "3)".repeat(12);
        let text = format!("#begin document d\nw (1{opens}\nw {closes}1)\n#end document\n");
        let document = &read(&text).unwrap()[0];
        assert_eq!((document.mentions.len(), document.repeated), (1, 12));
    }

    #[test]
    fn all_faults_are_reported_at_once() {
        let text = "w (1\n#begin document d\nw 1)\nw (2\nw ?\n#end document\n";
        let message = read(text).unwrap_err().to_string();
        for part in [
            "x.key:1: token outside",
            "x.key:3: mention of chain `1`",
            "x.key:5: `?`",
            "x.key:6: 1 mention(s)",
        ] {
            assert!(message.contains(part), "{part} in {message}");
        }
    }

    /// Numerators and denominators as the reference scorer prints them, and its truncated percentages.
    fn printed(metrics: &ClusterMetrics, metric: &str) -> [f64; 7] {
        let whole = |value: Option<f64>| Ratio {
            numerator: value.unwrap_or(0.0),
            denominator: 1.0,
        };
        let (sides, f1) = match metric {
            "muc" => (metrics.muc, None),
            "bcub" => (metrics.b_cubed, None),
            "ceafm" => (metrics.ceaf_m, None),
            "ceafe" => (metrics.ceaf_e, None),
            "blanc" => (
                PrecisionRecall {
                    precision: whole(metrics.blanc.precision()),
                    recall: whole(metrics.blanc.recall()),
                },
                metrics.blanc.f1(),
            ),
            other => panic!("unknown metric {other}"),
        };
        let recall = sides.recall.value().unwrap_or(0.0);
        let precision = sides.precision.value().unwrap_or(0.0);
        let f1 = f1.unwrap_or(if recall + precision > 0.0 {
            2.0 * recall * precision / (recall + precision)
        } else {
            0.0
        });
        let percent = |value: f64| (value * 10_000.0).trunc() / 100.0;
        [
            sides.recall.numerator,
            sides.recall.denominator,
            percent(recall),
            sides.precision.numerator,
            sides.precision.denominator,
            percent(precision),
            percent(f1),
        ]
    }

    #[test]
    fn every_figure_of_the_reference_cases() {
        let Some(data) = crate::test_data::folder() else {
            return;
        };
        let folder = data.join("conll-coref");
        let load = |name: &str| {
            let path = folder.join(name);
            let text = std::fs::read_to_string(&path).unwrap();
            parse(&text, &path).unwrap().remove(0)
        };
        let expected = std::fs::read_to_string(folder.join("expected.csv")).unwrap();
        let mut figures = 0;
        for line in expected.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            let (key, response) = align(&load(cells[0]), &load(cells[1]));
            let ours = printed(&cluster_metrics(&key, &response), cells[2]);
            for (place, (ours, theirs)) in ours.into_iter().zip(&cells[3..]).enumerate() {
                let theirs: f64 = theirs.parse().unwrap();
                // Parts are printed with 15 digits, percentages cut after two decimals.
                let tolerance = if [2, 5, 6].contains(&place) {
                    1e-9
                } else {
                    1e-12 * theirs.max(1.0)
                };
                assert!(
                    (ours - theirs).abs() <= tolerance,
                    "{line}: {ours} at {place}"
                );
            }
            figures += 1;
        }
        assert_eq!(figures, 105);
    }
}
