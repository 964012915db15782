//! `karat tag`: a recognizer's answer as CoNLL columns.

use std::fmt::Write as _;
use std::path::PathBuf;

use crate::cli::predict::parse;
use crate::corpus::{Corpus, Document, Span};
use crate::entity::{EntityTraining, RecognizerModel};
use crate::error::{Error, Result};
use crate::gold::formats::conll::Scheme;
use crate::gold::formats::sources;
use crate::registry::{Registry, find};

/// Arguments of `karat tag`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Tokens in the first column, a blank line between sentences; other columns are left alone
    file: PathBuf,
    /// Recognizer that needs no training
    #[arg(short = 'e', long, value_name = "NAME")]
    algorithm: String,
    /// A parameter, NAME=VALUE; may be repeated
    #[arg(short, long = "param", value_name = "NAME=VALUE")]
    params: Vec<String>,
    /// Tag scheme of the answer
    #[arg(long, default_value = "iob2")]
    scheme: Scheme,
}

pub(super) fn run(args: &Args, registry: &Registry) -> Result<u8> {
    let params = parse(&args.params)?;
    let user = |problem: String| {
        Error::invalid(
            &args.algorithm,
            problem,
            format!("see `karat list {}`", args.algorithm),
        )
    };
    let (recognizer, _) = find(&registry.recognizers, "recognizer", &args.algorithm)
        .and_then(|entry| entry.build(&params))
        .map_err(user)?;
    if recognizer.learns() {
        return Err(user(
            "it learns from labels, and there are none here".to_owned(),
        ));
    }
    let none = Corpus::default();
    let model = recognizer
        .fit(&EntityTraining {
            corpus: &none,
            mentions: &[],
        })
        .map_err(user)?;
    let mut out = String::new();
    for source in sources(&args.file)? {
        let mut sentence: Vec<&str> = Vec::new();
        for line in source.text.lines().chain([""]) {
            match line.split_whitespace().next() {
                Some(token) => sentence.push(token),
                None => {
                    tag(&sentence, model.as_ref(), args.scheme, &mut out);
                    sentence.clear();
                }
            }
        }
    }
    print!("{out}");
    Ok(0)
}

/// Appends the columns of one sentence and a blank line.
fn tag(sentence: &[&str], model: &dyn RecognizerModel, scheme: Scheme, out: &mut String) {
    if sentence.is_empty() {
        return;
    }
    let document = Document {
        id: String::new(),
        text: sentence.join(" "),
    };
    let mut at = 0;
    let spans: Vec<Span> = sentence
        .iter()
        .map(|token| {
            let span = Span::new(at, at + token.len());
            at = span.end + 1;
            span
        })
        .collect();
    let mut names: Vec<(usize, usize, String)> = Vec::new();
    for (span, label, _) in model.recognize(&document) {
        let first = spans.iter().position(|token| token.overlaps(span));
        let last = spans.iter().rposition(|token| token.overlaps(span));
        // Columns cannot nest: of names that share a token the first and longest stays.
        if let (Some(first), Some(last)) = (first, last)
            && names.last().is_none_or(|(_, before, _)| *before < first)
        {
            names.push((first, last, label.to_owned()));
        }
    }
    for (token, tag) in sentence.iter().zip(scheme.encode(sentence.len(), &names)) {
        let _ = writeln!(out, "{token}\t{tag}");
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entity::EntityRecognizer;
    use crate::entity::capitals::Capitals;

    #[test]
    fn names_become_tags_of_the_tokens_that_they_touch() {
        let none = Corpus::default();
        let model = Capitals::default()
            .fit(&EntityTraining {
                corpus: &none,
                mentions: &[],
            })
            .unwrap();
        let mut out = String::new();
        tag(
            &[
                "He",
                "left",
                "the",
                "U.S.",
                "Embassy",
                "in",
                "Iran-backed",
                "Peru",
                ".",
            ],
            model.as_ref(),
            Scheme::Iob2,
            &mut out,
        );
        let tags: Vec<&str> = out
            .lines()
            .filter_map(|line| line.split_once('\t'))
            .map(|(_, tag)| tag)
            .collect();
        assert_eq!(
            tags,
            ["O", "O", "O", "B-FAC", "I-FAC", "O", "B-GPE", "B-GPE", "O"]
        );
    }
}
