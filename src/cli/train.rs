//! `karat train`: models from labelled text.

use std::path::{Path, PathBuf};

use crate::cli::predict::parse;
use crate::entity::perceptron::{Epoch, Perceptron};
use crate::entity::score::mention_measures;
use crate::entity::{EntityTraining, PredictedMention};
use crate::error::{Error, Result};
use crate::gold::formats::{Options, conll, sources};
use crate::label::Gold;
use crate::params::build;
use crate::record::write_whole;

/// Arguments of `karat train`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    model: Model,
}

#[derive(Debug, clap::Subcommand)]
enum Model {
    /// A tagger of names, for the recognizer `perceptron`
    Perceptron(PerceptronArgs),
}

#[derive(Debug, clap::Args)]
struct PerceptronArgs {
    /// CoNLL columns: a token and its tag per line, a blank line between sentences
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Model file to write
    #[arg(short, long, value_name = "FILE")]
    out: PathBuf,
    /// CoNLL columns to score after each pass; nothing is learnt from them
    #[arg(long, value_name = "FILE")]
    dev: Option<PathBuf>,
    /// A parameter of the recognizer, NAME=VALUE (epochs, bits, seed); may be repeated
    #[arg(short, long = "param", value_name = "NAME=VALUE")]
    params: Vec<String>,
    /// Tag scheme of the files: iob1, iob2, ioe1, ioe2, bilou or iobes
    #[arg(long, default_value = "iob2")]
    scheme: conll::Scheme,
    /// What the model file says of its training data
    #[arg(long, default_value = "", value_name = "TEXT")]
    about: String,
}

pub(super) fn run(args: &Args) -> Result<u8> {
    match &args.model {
        Model::Perceptron(args) => perceptron(args),
    }
}

fn perceptron(args: &PerceptronArgs) -> Result<u8> {
    let invalid =
        |problem: String| Error::invalid("--param", problem, "see `karat list perceptron`");
    let settings: Perceptron = build(&parse(&args.params)?).map_err(invalid)?;
    let gold = import(&args.files, args.scheme)?;
    let dev = match &args.dev {
        Some(path) => Some(import(std::slice::from_ref(path), args.scheme)?),
        None => None,
    };
    let training = EntityTraining {
        corpus: &gold.corpus,
        mentions: gold.mentions.as_deref().unwrap_or_default(),
    };
    println!(
        "pass,tokens,wrong{}",
        if dev.is_some() {
            ",precision,recall,f1"
        } else {
            ""
        }
    );
    let mut watch = |epoch: &Epoch<'_>| {
        let scores = dev
            .as_ref()
            .map_or_else(String::new, |dev| score(epoch, dev));
        println!("{},{},{}{scores}", epoch.number, epoch.tokens, epoch.wrong);
    };
    let bytes = settings
        .train_file(&training, &args.about, &mut watch)
        .map_err(|problem| {
            Error::invalid(
                args.files[0].display(),
                problem,
                "give CoNLL columns with names, or change the parameters",
            )
        })?;
    write_whole(&args.out, &bytes)?;
    eprintln!(
        "karat: {} documents, {} names, {} bytes: {}",
        gold.corpus.len(),
        training.mentions.len(),
        bytes.len(),
        args.out.display()
    );
    Ok(0)
}

/// Strict precision, recall and F1 on the development set.
fn score(epoch: &Epoch<'_>, dev: &Gold) -> String {
    let model = epoch.model();
    let mut found = Vec::new();
    for (index, document) in dev.corpus.documents.iter().enumerate() {
        found.extend(model.recognize(document).into_iter().map(
            |(span, entity_type, confidence)| PredictedMention {
                document: index,
                span,
                entity_type: entity_type.to_owned(),
                confidence,
            },
        ));
    }
    let measures = mention_measures(&found, dev);
    let value = |metric: &str| {
        let measure = measures.iter().find(|measure| {
            (
                measure.slice.as_str(),
                measure.match_rule.as_str(),
                measure.metric.as_str(),
            ) == ("all", "strict", metric)
        });
        let value = measure.and_then(|measure| measure.value);
        value.map_or_else(|| ",".to_owned(), |value| format!(",{value:.4}"))
    };
    ["precision", "recall", "f1"].map(value).concat()
}

fn import(paths: &[PathBuf], scheme: conll::Scheme) -> Result<Gold> {
    let mut all = Vec::new();
    for path in paths {
        all.extend(sources(Path::new(path))?);
    }
    let options = Options {
        scheme,
        ..Options::default()
    };
    Ok(conll::import(&all, &options)?.gold)
}
