//! `karat predict`: run one algorithm on any corpus, without gold.

mod dedup;

use std::path::PathBuf;

use serde_json::Value;

use crate::cli::select::cores;
use crate::cli::words::counted;
use crate::corpus::Corpus;
use crate::corpus::read::Source;
use crate::dedup::cluster::Clustering;
use crate::entity::EntityTraining;
use crate::error::{Error, Fault, Result, all_or_nothing};
use crate::garble::GarbleTraining;
use crate::gold;
use crate::label::Gold;
use crate::params::Params;
use crate::predict::{Format, Keep, Sink, garbles, in_batches, mentions, resolved};
use crate::progress::Progress;
use crate::registry::{Registry, find};
use crate::task::Task;
use crate::worker::execute::peak_bytes;

/// Arguments of `karat predict`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folder of .txt files, .jsonl file (also .gz, .zst), or - for JSON lines on standard input
    corpus: PathBuf,
    /// dedup, entity or garble
    #[arg(short, long)]
    task: Task,
    /// Algorithm; for entity a recognizer, or recognizer+resolver
    #[arg(short = 'e', long, value_name = "NAME")]
    algorithm: String,
    /// A parameter, NAME=VALUE; may be repeated
    #[arg(short, long = "param", value_name = "NAME=VALUE")]
    params: Vec<String>,
    /// Field with the text
    #[arg(long, default_value = "text", value_name = "FIELD")]
    text_field: String,
    /// Field with the identifier, which every line must have [default: `id`, else the number of the line]
    #[arg(long, value_name = "FIELD")]
    id_field: Option<String>,
    /// Similarity or confidence from which a prediction counts [default: the algorithm's own]
    #[arg(long, value_name = "0..1")]
    threshold: Option<f64>,
    /// Seed of algorithms that draw hash functions
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// Dataset whose labels an algorithm that learns is taught with
    #[arg(long, value_name = "DIR")]
    train: Option<PathBuf>,
    /// MiB of memory for texts, keys and sketches; beside it about 200 bytes per document for identifiers and digests
    #[arg(long, default_value_t = 1024, value_name = "MIB", value_parser = clap::value_parser!(u64).range(1..))]
    memory: u64,
    /// Folder for temporary files [default: the system's]
    #[arg(long, value_name = "DIR")]
    temporary: Option<PathBuf>,
    /// File for the predictions [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Format of the predictions
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,
    /// Dedup: how pairs become clusters: components, complete-link, star, verified [default: components]
    #[arg(long, value_name = "NAME")]
    clustering: Option<Clustering>,
    /// Dedup: which copy stays [default: first]
    #[arg(long, value_enum)]
    keep: Option<Keep>,
    /// Dedup: detector whose flagged bytes make a copy less clean, with `--keep cleanest` [default: boilerplate]
    #[arg(long, value_name = "NAME")]
    cleanest_by: Option<String>,
    /// Dedup: file for the identifiers that stay
    #[arg(long, value_name = "FILE")]
    kept: Option<PathBuf>,
    /// Dedup: file for the identifiers that go, each with the one that stands for it
    #[arg(long, value_name = "FILE")]
    removed: Option<PathBuf>,
    /// Dedup: where the documents that stay are written, as they are in the corpus: a JSON lines file (also .gz, .zst), or for a
    /// folder of .txt files a new folder
    #[arg(long, value_name = "FILE")]
    write_clean: Option<PathBuf>,
}

pub(super) fn run(args: &Args, registry: &Registry) -> Result<u8> {
    let params = parse(&args.params)?;
    if args
        .threshold
        .is_some_and(|threshold| !(0.0..=1.0).contains(&threshold))
    {
        return Err(Error::invalid(
            "--threshold",
            "outside 0 to 1",
            "give a share",
        ));
    }
    if args.task != Task::Dedup {
        only_for_dedup(args)?;
    }
    let source = Source {
        path: args.corpus.clone(),
        text_field: args.text_field.clone(),
        id_field: args.id_field.clone(),
    };
    match args.task {
        Task::Dedup => dedup::dedup(args, &params, &source, registry),
        Task::Entity => entity(args, &params, &source, registry),
        Task::Garble => garble(args, &params, &source, registry),
    }
}

/// An option that does nothing must not look as if it did something.
fn only_for_dedup(args: &Args) -> Result<()> {
    let given = [
        ("--clustering", args.clustering.is_some()),
        ("--keep", args.keep.is_some()),
        ("--cleanest-by", args.cleanest_by.is_some()),
        ("--kept", args.kept.is_some()),
        ("--removed", args.removed.is_some()),
        ("--write-clean", args.write_clean.is_some()),
    ];
    let faults = given
        .into_iter()
        .filter(|(_, given)| *given)
        .map(|(option, _)| Fault::new(option, "is for `--task dedup`", "leave it out"));
    all_or_nothing(faults.collect())
}

/// A corpus without documents is more likely a broken export than a question.
fn not_empty(documents: usize, source: &Source) -> Result<()> {
    if documents > 0 {
        return Ok(());
    }
    let remedy = "check how the corpus was written; nothing was predicted";
    Err(Error::invalid(
        source.path.display(),
        "no document in this corpus",
        remedy,
    ))
}

/// What the process needed, for whoever sets `--memory`.
fn print_peak() {
    let peak = peak_bytes();
    if peak > 0 {
        eprintln!("karat: peak memory {} MiB", peak >> 20);
    }
}

/// Values are read as JSON where they are JSON, else as text.
pub(super) fn parse(given: &[String]) -> Result<Params> {
    let mut params = Params::new();
    for one in given {
        let Some((name, value)) = one.split_once('=') else {
            return Err(Error::invalid(
                "--param",
                format!("`{one}` has no `=`"),
                "write NAME=VALUE",
            ));
        };
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
        params.insert(name.to_owned(), value);
    }
    Ok(params)
}

fn user<T>(result: std::result::Result<T, String>, args: &Args) -> Result<T> {
    result.map_err(|problem| {
        Error::invalid(
            &args.algorithm,
            problem,
            "`karat list NAME` prints the manual page",
        )
    })
}

fn megabytes(args: &Args) -> usize {
    usize::try_from(args.memory)
        .unwrap_or(usize::MAX)
        .saturating_mul(1 << 20)
}

/// The dataset to learn from, which an algorithm that learns cannot do without.
fn training(args: &Args, learns: bool) -> Result<Gold> {
    match (&args.train, learns) {
        (Some(dir), true) => gold::load(dir),
        (None, true) => Err(Error::invalid(
            &args.algorithm,
            "learns from labels",
            "name a dataset with --train DIR",
        )),
        (Some(_), false) => Err(Error::invalid(
            "--train",
            format!("`{}` does not learn", args.algorithm),
            "leave it out",
        )),
        (None, false) => Ok(Gold::default()),
    }
}

fn entity(args: &Args, params: &Params, source: &Source, registry: &Registry) -> Result<u8> {
    let (name, resolver) = match args.algorithm.split_once('+') {
        None => (args.algorithm.as_str(), None),
        Some((name, resolver)) => (name, Some(resolver)),
    };
    let (of_recognizer, of_resolver) = match resolver {
        None => (params.clone(), Params::new()),
        Some(_) => user(crate::variant::split_params(params), args)?,
    };
    let (recognizer, _) = user(
        find(&registry.recognizers, "recognizer", name)
            .and_then(|entry| entry.build(&of_recognizer)),
        args,
    )?;
    let gold = training(args, recognizer.learns())?;
    let labels = gold.mentions.as_deref().unwrap_or_default();
    let model = user(
        recognizer.fit(&EntityTraining {
            corpus: &gold.corpus,
            mentions: labels,
        }),
        args,
    )?;
    let mut sink = Sink::open(args.out.clone(), args.format)?;
    let mut found = 0;
    let progress = Progress::counting("documents");
    let documents = match resolver {
        None => in_batches(source, batch_bytes(args), |batch| {
            let lines = mentions(model.as_ref(), &batch);
            progress.step(batch.len());
            found += lines.len();
            sink.write(&lines)
        })?,
        Some(resolver) => {
            let (resolver, _) = user(
                find(&registry.resolvers, "resolver", resolver)
                    .and_then(|entry| entry.build(&of_resolver)),
                args,
            )?;
            let mut whole = Corpus::default();
            let documents = in_batches(source, batch_bytes(args), |batch| {
                progress.step(batch.len());
                whole.documents.extend(batch.documents);
                if whole.bytes() > megabytes(args) {
                    let problem = format!(
                        "names are resolved across the whole corpus, which takes more than {} MiB",
                        args.memory
                    );
                    return Err(Error::invalid(
                        source.path.display(),
                        problem,
                        "raise --memory, or recognize only",
                    ));
                }
                Ok(())
            })?;
            let lines = resolved(model.as_ref(), resolver.as_ref(), &whole);
            found += lines.len();
            sink.write(&lines)?;
            documents
        }
    };
    progress.finish();
    not_empty(documents, source)?;
    sink.finish()?;
    eprintln!(
        "karat: {}, {}",
        counted(documents, "document"),
        counted(found, "mention")
    );
    print_peak();
    Ok(0)
}

fn garble(args: &Args, params: &Params, source: &Source, registry: &Registry) -> Result<u8> {
    let (detector, _) = user(
        find(&registry.detectors, "detector", &args.algorithm)
            .and_then(|entry| entry.build(params)),
        args,
    )?;
    let gold = training(args, detector.learns())?;
    let labels = gold.garbles.as_deref().unwrap_or_default();
    let model = user(
        detector.fit(&GarbleTraining {
            corpus: &gold.corpus,
            garbles: labels,
        }),
        args,
    )?;
    let threshold = args.threshold.unwrap_or_else(|| detector.threshold());
    let mut sink = Sink::open(args.out.clone(), args.format)?;
    let mut found = 0;
    let progress = Progress::counting("documents");
    let documents = in_batches(source, batch_bytes(args), |batch| {
        progress.step(batch.len());
        let lines = garbles(model.as_ref(), threshold, &batch);
        found += lines.len();
        sink.write(&lines)
    })?;
    progress.finish();
    not_empty(documents, source)?;
    sink.finish()?;
    eprintln!(
        "karat: {}, {} flagged from confidence {threshold} up",
        counted(documents, "document"),
        counted(found, "passage")
    );
    print_peak();
    Ok(0)
}

/// A batch takes a share of the memory: its texts, and what is predicted on them.
fn batch_bytes(args: &Args) -> usize {
    (megabytes(args) / 8).clamp(1 << 16, (64 << 20) * cores())
}
