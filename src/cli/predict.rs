//! `karat predict`: run one algorithm on any corpus, without gold.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::cli::select::cores;
use crate::corpus::Corpus;
use crate::corpus::read::Source;
use crate::dedup::cluster::Clustering;
use crate::dedup::stream::Settings;
use crate::entity::EntityTraining;
use crate::error::{Error, Result};
use crate::garble::{GarbleModel, GarbleTraining};
use crate::gold;
use crate::label::Gold;
use crate::params::Params;
use crate::predict::{
    Format, Keep, Line, Seen, Sink, choose, clusters, copies, flagged_share, garbles, in_batches,
    mentions, resolved, write_clean,
};
use crate::record::write_whole;
use crate::registry::{Registry, find};
use crate::task::{Level, Task};

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
    /// Field with the identifier
    #[arg(long, default_value = "id", value_name = "FIELD")]
    id_field: String,
    /// Similarity or confidence from which a prediction counts [default: the algorithm's own]
    #[arg(long, value_name = "0..1")]
    threshold: Option<f64>,
    /// Seed of algorithms that draw hash functions
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// Dataset whose labels an algorithm that learns is taught with
    #[arg(long, value_name = "DIR")]
    train: Option<PathBuf>,
    /// MiB of memory for texts, keys and sketches
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
    /// Dedup: how pairs become clusters
    #[arg(long, default_value = "components", value_name = "NAME")]
    clustering: Clustering,
    /// Dedup: which copy stays
    #[arg(long, value_enum, default_value_t = Keep::First)]
    keep: Keep,
    /// Dedup: detector whose flagged bytes make a copy less clean
    #[arg(long, default_value = "boilerplate", value_name = "NAME")]
    cleanest_by: String,
    /// Dedup: file for the identifiers that stay
    #[arg(long, value_name = "FILE")]
    kept: Option<PathBuf>,
    /// Dedup: file for the identifiers that go, each with the one that stands for it
    #[arg(long, value_name = "FILE")]
    removed: Option<PathBuf>,
    /// Dedup: JSON lines file for the documents that stay (also .gz, .zst)
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
    let source = Source {
        path: args.corpus.clone(),
        text_field: args.text_field.clone(),
        id_field: args.id_field.clone(),
    };
    match args.task {
        Task::Dedup => dedup(args, &params, &source, registry),
        Task::Entity => entity(args, &params, &source, registry),
        Task::Garble => garble(args, &params, &source, registry),
    }
}

/// Values are read as JSON where they are JSON, else as text.
fn parse(given: &[String]) -> Result<Params> {
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
        (_, false) => Ok(Gold::default()),
    }
}

fn dedup(args: &Args, params: &Params, source: &Source, registry: &Registry) -> Result<u8> {
    let (deduper, _) = user(
        find(&registry.dedupers, "deduper", &args.algorithm).and_then(|entry| entry.build(params)),
        args,
    )?;
    if !deduper.levels().contains(&Level::Document) {
        return Err(Error::invalid(
            &args.algorithm,
            "does not compare documents",
            "see `karat list`",
        ));
    }
    if args.write_clean.is_some() && args.corpus == Path::new("-") {
        return Err(Error::invalid(
            "--write-clean",
            "reads the corpus a second time, which standard input does not allow",
            "give a file",
        ));
    }
    let threshold = args
        .threshold
        .unwrap_or_else(|| deduper.threshold(Level::Document));
    let judge = cleanness(args, registry)?;
    let system = std::env::temp_dir();
    let settings = Settings {
        seed: args.seed,
        threshold,
        memory: megabytes(args),
        folder: args.temporary.as_deref().unwrap_or(&system),
    };
    let mut ids: Vec<String> = Vec::new();
    let mut seen: Vec<Seen> = Vec::new();
    let found = copies(
        source,
        &args.algorithm,
        deduper.as_ref(),
        &settings,
        |_, document| {
            let flagged = judge.as_ref().map_or(0.0, |(model, threshold)| {
                flagged_share(model.as_ref(), *threshold, document)
            });
            ids.push(document.id.clone());
            seen.push(Seen {
                bytes: document.text.len(),
                flagged,
            });
        },
    )?;
    let kept = choose(
        &clusters(&found, args.clustering, threshold),
        &seen,
        args.keep,
    );
    let mut sink = Sink::open(args.out.clone(), args.format)?;
    for pair in &found.comparison.pairs {
        sink.write(&[pair_line(
            &ids[pair.a as usize],
            &ids[pair.b as usize],
            pair.similarity,
        )])?;
    }
    for group in &found.comparison.groups {
        let Some((&first, rest)) = group.split_first() else {
            continue;
        };
        for &other in rest {
            sink.write(&[pair_line(&ids[first as usize], &ids[other as usize], 1.0)])?;
        }
    }
    sink.finish()?;
    let (stay, go): (Vec<usize>, Vec<usize>) =
        (0..ids.len()).partition(|&index| kept[index] as usize == index);
    if let Some(path) = &args.kept {
        let lines: String = stay
            .iter()
            .map(|&index| format!("{}\n", ids[index]))
            .collect();
        write_whole(path, lines.as_bytes())?;
    }
    if let Some(path) = &args.removed {
        let lines: String = go
            .iter()
            .map(|&index| format!("{}\t{}\n", ids[index], ids[kept[index] as usize]))
            .collect();
        write_whole(path, lines.as_bytes())?;
    }
    if let Some(path) = &args.write_clean {
        write_clean(source, path, &kept)?;
    }
    let removed: usize = go.iter().map(|&index| seen[index].bytes).sum();
    let total: usize = seen.iter().map(|seen| seen.bytes).sum();
    eprintln!(
        "karat: {} documents, {} stay, {} go ({} of {} bytes); {} pairs from similarity {threshold} up",
        ids.len(),
        stay.len(),
        go.len(),
        removed,
        total,
        found.comparison.pairs.len()
    );
    for stage in &found.stages {
        eprintln!(
            "karat: {:<11} {:.2} s",
            stage.name,
            stage.wall.as_secs_f64()
        );
    }
    for (name, value) in &found.comparison.counters {
        eprintln!("karat: {name:<14} {value}");
    }
    Ok(0)
}

fn pair_line(document: &str, other: &str, similarity: f64) -> Line {
    Line {
        document: document.to_owned(),
        start: None,
        end: None,
        other_document: other.to_owned(),
        label: String::new(),
        cluster: String::new(),
        confidence: Some(similarity),
    }
}

/// The detector that says how clean a copy is; only made when it is asked for.
fn cleanness(args: &Args, registry: &Registry) -> Result<Option<(Box<dyn GarbleModel>, f64)>> {
    if args.keep != Keep::Cleanest {
        return Ok(None);
    }
    let (detector, _) = find(&registry.detectors, "detector", &args.cleanest_by)
        .and_then(|entry| entry.build(&Params::new()))
        .map_err(|problem| Error::invalid("--cleanest-by", problem, "see `karat list`"))?;
    if detector.learns() {
        return Err(Error::invalid(
            "--cleanest-by",
            format!("`{}` learns", args.cleanest_by),
            "take one that does not",
        ));
    }
    let nothing = Corpus::default();
    let model = user(
        detector.fit(&GarbleTraining {
            corpus: &nothing,
            garbles: &[],
        }),
        args,
    )?;
    Ok(Some((model, detector.threshold())))
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
    let documents = match resolver {
        None => in_batches(source, batch_bytes(args), |batch| {
            let lines = mentions(model.as_ref(), &batch);
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
    sink.finish()?;
    eprintln!("karat: {documents} documents, {found} mentions");
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
    let documents = in_batches(source, batch_bytes(args), |batch| {
        let lines = garbles(model.as_ref(), threshold, &batch);
        found += lines.len();
        sink.write(&lines)
    })?;
    sink.finish()?;
    eprintln!(
        "karat: {documents} documents, {found} passages flagged from confidence {threshold} up"
    );
    Ok(0)
}

/// A batch takes a share of the memory: its texts, and what is predicted on them.
fn batch_bytes(args: &Args) -> usize {
    (megabytes(args) / 8).clamp(1 << 16, (64 << 20) * cores())
}
