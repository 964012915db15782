//! `karat score-tags`: tag columns scored as seqeval, conlleval or nervaluate score them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::gold::formats::tag_columns::{Joined, TagGold};
use crate::metrics::tags::nervaluate::{Schema, SchemaCounts};
use crate::metrics::tags::{Mode, Scheme, Score, TagScores, nervaluate_tags, score_tags};

/// Arguments of `karat score-tags`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Gold: one token a line, tag in the last column, a blank line between sentences
    gold: PathBuf,
    /// Predictions in the same form, joined to gold by line
    #[arg(required = true)]
    predictions: Vec<PathBuf>,
    /// Whose rules: seqeval, seqeval-strict, conlleval or nervaluate-1.2.1; several with commas
    #[arg(long, default_value = "seqeval", value_delimiter = ',')]
    mode: Vec<Mode>,
    /// Scheme of the strict mode: IOB1, IOB2, IOE1, IOE2, IOBES or BILOU
    #[arg(long, default_value = "IOB2")]
    scheme: Scheme,
    /// Also print every type, and the macro and weighted averages
    #[arg(long)]
    by_type: bool,
}

pub(super) fn run(args: &Args) -> Result<u8> {
    let text = read(&args.gold)?;
    let gold = TagGold::new(&text);
    println!(
        "prediction,mode,average,precision,recall,f1,correct,incorrect,partial,missed,spurious,support"
    );
    for path in &args.predictions {
        let joined = gold.join(&read(path)?, path)?;
        if joined.different_tokens > 0 {
            eprintln!(
                "karat: {}: {} tokens are spelled differently than in gold",
                path.display(),
                joined.different_tokens
            );
        }
        for &mode in &args.mode {
            print(path, &joined, mode, args)?;
        }
    }
    Ok(0)
}

fn print(path: &Path, joined: &Joined, mode: Mode, args: &Args) -> Result<()> {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let (gold, predicted, tags) = (&joined.gold, &joined.predicted, &joined.tags);
    let bad = |error: crate::metrics::tags::BadTag| {
        Error::invalid(
            path.display(),
            error.to_string(),
            "choose another --mode or --scheme",
        )
    };
    if mode == Mode::Nervaluate {
        let result = nervaluate_tags(gold, predicted, tags).map_err(bad)?;
        print_schemas(&name, "all", &result.overall);
        if args.by_type {
            for (label, counts) in &result.types {
                print_schemas(&name, label, counts);
            }
        }
        return Ok(());
    }
    let scores = score_tags(gold, predicted, tags, mode, args.scheme).map_err(bad)?;
    print_counts(&name, mode, "micro", &scores);
    if args.by_type {
        for (average, score) in [
            ("macro", scores.macro_average()),
            ("weighted", scores.weighted_average()),
        ] {
            if let Some(score) = score {
                println!(
                    "{name},{mode},{average},{},,,,,,{}",
                    percent(&score),
                    score.support
                );
            }
        }
        for (label, counts) in scores.types {
            let one = TagScores {
                types: vec![(label.clone(), counts)],
            };
            print_counts(&name, mode, &label, &one);
        }
    }
    Ok(())
}

fn print_counts(name: &str, mode: Mode, average: &str, scores: &TagScores) {
    let score = scores.micro();
    let sum = |value: fn(&crate::metrics::tags::TypeCounts) -> u64| -> u64 {
        scores.types.iter().map(|(_, counts)| value(counts)).sum()
    };
    let correct = sum(|counts| counts.correct);
    println!(
        "{name},{mode},{average},{},{correct},,,{},{},{}",
        percent(&score),
        score.support - correct,
        sum(|counts| counts.predicted) - correct,
        score.support
    );
}

fn print_schemas(name: &str, label: &str, counts: &[SchemaCounts; 4]) {
    for (schema, counts) in Schema::ALL.into_iter().zip(counts) {
        let score = Score {
            precision: counts.precision(),
            recall: counts.recall(),
            f1: counts.f1(),
            support: counts.correct + counts.incorrect + counts.partial + counts.missed,
        };
        println!(
            "{name},{} {},{label},{},{},{},{},{},{},{}",
            Mode::Nervaluate,
            schema.name(),
            percent(&score),
            counts.correct,
            counts.incorrect,
            counts.partial,
            counts.missed,
            counts.spurious,
            score.support
        );
    }
}

fn percent(score: &Score) -> String {
    [score.precision, score.recall, score.f1]
        .map(|value| format!("{:.2}", value * 100.0))
        .join(",")
}

fn read(path: &Path) -> Result<String> {
    let bytes = fs::read(path).map_err(|error| Error::io("reading", path, error))?;
    String::from_utf8(bytes)
        .map_err(|_| Error::invalid(path.display(), "not UTF-8", "convert the file to UTF-8"))
}
