//! Every registered algorithm on inputs of 20 KB (the articles), 1 MB and 16 MB (the articles' text multiplied, each copy perturbed).
//!
//! Names read `task/algorithm/size`, so that `cargo bench --bench algorithms -- dedup/`, `-- minhash` and `-- 1MB` filter by task, algorithm and
//! size; `-- --save-baseline x` and `-- --baseline x` compare runs. What the filter leaves out costs nothing. Before an algorithm
//! is timed its answer is taken twice and must be equal. Quadratic algorithms stop at 1 MB, and whatever takes more than three seconds for a pass at one size is not
//! timed at the next; what compares every pair reads 200 KB at 1 MB. All of this is said on stderr. One thread.
#![allow(
    clippy::print_stderr,
    clippy::unwrap_used,
    missing_docs,
    reason = "a bench speaks to its reader"
)]

use std::path::Path;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use karat::corpus::Corpus;
use karat::gold;
use karat::label::Gold;
use karat::registry::Registry;
use karat::run::job::{plain_job, work_levels};
use karat::synthetic::{Generator, Grain, SIZES, Synthetic};
use karat::task::{Level, Task};
use karat::throughput::{Plan, input};
use karat::variant::Variant;
use karat::worker::Job;
use karat::worker::execute::{digest, execute};
use regex::Regex;

/// The longest pass that is repeated.
const PATIENCE: Duration = Duration::from_secs(3);

/// What the command line asks for. Criterion filters by itself, but only when the answers have been checked already.
struct Asked {
    filter: Option<Regex>,
    /// Only names are wanted.
    list: bool,
    /// A run as a test (`cargo test --benches`) only shows that everything works: the small input is enough.
    test: bool,
}

/// Options of criterion that are followed by a value, which is no filter.
const WITH_VALUE: &[&str] = &[
    "-b",
    "--baseline",
    "--baseline-lenient",
    "-s",
    "--save-baseline",
    "--load-baseline",
    "-c",
    "--color",
    "--colour",
    "--sample-size",
    "--warm-up-time",
    "--measurement-time",
    "--nresamples",
    "--noise-threshold",
    "--confidence-level",
    "--significance-level",
    "--profile-time",
    "--format",
    "--output-format",
    "--plotting-backend",
];

impl Asked {
    fn of(arguments: &[String]) -> Self {
        let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
        let after_value = |at: usize| at > 0 && WITH_VALUE.contains(&arguments[at - 1].as_str());
        let filter = (0..arguments.len())
            .find(|&at| !arguments[at].starts_with('-') && !after_value(at))
            .and_then(|at| Regex::new(&arguments[at]).ok());
        Self {
            filter,
            list: has("--list"),
            test: has("--test") || !has("--bench"),
        }
    }

    fn takes(&self, name: &str) -> bool {
        !self.list
            && self
                .filter
                .as_ref()
                .is_none_or(|filter| filter.is_match(name))
    }
}

/// All registered algorithms with default parameters.
fn variants(registry: &Registry) -> Vec<Variant> {
    let mut table = String::new();
    let mut add = |task: &str, level: Option<&str>, name: &str| {
        table.push_str(&format!(
            "[[variant]]\ntask = \"{task}\"\nalgorithm = \"{name}\"\n"
        ));
        if let Some(level) = level {
            table.push_str(&format!("levels = [\"{level}\"]\n"));
        }
    };
    registry
        .dedupers
        .iter()
        .for_each(|entry| add("dedup", None, entry.name));
    registry
        .recognizers
        .iter()
        .for_each(|entry| add("entity", Some("mention"), entry.name));
    registry
        .resolvers
        .iter()
        .for_each(|entry| add("entity", Some("resolution"), entry.name));
    registry
        .detectors
        .iter()
        .for_each(|entry| add("garble", None, entry.name));
    karat::config::Config::parse(&table, Path::new("registry"), registry)
        .unwrap()
        .variants
}

/// The job of a variant on an input of this size, and the input's size in bytes.
fn job(variant: &Variant, level: Level, gold: &Gold, bytes: usize) -> (Job, u64) {
    if bytes <= gold.corpus.bytes() && level != Level::Resolution {
        let corpus = Corpus {
            documents: gold.corpus.documents.clone(),
        };
        let units = gold.document_units().into_iter();
        let units = units.map(|unit| karat::worker::OwnedUnit {
            document: unit.document,
            position: unit.position,
            text: unit.text.to_owned(),
        });
        let units = if variant.task == Task::Dedup {
            units.collect()
        } else {
            Vec::new()
        };
        return (
            plain_job(variant, level, 1, &corpus, units, Some(gold)),
            gold.corpus.bytes() as u64,
        );
    }
    let (_, mut job) = input(
        variant,
        level,
        gold,
        Plan {
            bytes,
            ..Plan::default()
        },
    );
    job.order.samples = 0;
    // Not `bytes`: what compares every pair gets less than was asked for.
    let read: usize = if variant.task == Task::Dedup {
        job.units.iter().map(|unit| unit.text.len()).sum()
    } else {
        job.documents
            .iter()
            .map(|document| document.text.len())
            .sum()
    };
    (job, read as u64)
}

fn algorithms(criterion: &mut Criterion) {
    rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build_global()
        .unwrap();
    let registry = Registry::builtin();
    let gold = gold::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("gold/embassy")).unwrap();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let asked = Asked::of(&arguments);
    for variant in variants(&registry) {
        let Some(level) = work_levels(&variant, &gold).first().copied() else {
            continue;
        };
        let mut group =
            criterion.benchmark_group(format!("{}/{}", variant.task, variant.algorithm));
        group
            .sample_size(10)
            .warm_up_time(Duration::from_millis(300))
            .measurement_time(Duration::from_secs(2));
        for (name, bytes) in SIZES {
            if asked.test && bytes > 20_000 {
                break;
            }
            if !asked.takes(&format!("{}/{}/{name}", variant.task, variant.algorithm)) {
                // Known to criterion all the same, for `--list`.
                if asked.list {
                    group.bench_function(name, |_| ());
                }
                continue;
            }
            if variant.quadratic && bytes > 1_000_000 {
                eprintln!("{}: quadratic, not timed at {name}", variant.algorithm);
                break;
            }
            let (job, read) = job(&variant, level, &gold, bytes);
            if read < bytes as u64 / 2 {
                eprintln!(
                    "{}: compares every pair, reads {} KB at {name}",
                    variant.algorithm,
                    read / 1000
                );
            }
            let start = Instant::now();
            let first = match execute(&job, &registry) {
                Ok(reply) => digest(&reply.prediction),
                Err(problem) => {
                    eprintln!("{}: not timed: {problem}", variant.algorithm);
                    break;
                }
            };
            let pass = start.elapsed();
            let again = execute(&job, &registry).unwrap();
            assert_eq!(
                first,
                digest(&again.prediction),
                "{}: two passes give different answers",
                variant.algorithm
            );
            group.throughput(Throughput::Bytes(read));
            group.bench_function(name, |bencher| bencher.iter(|| execute(&job, &registry)));
            if pass > PATIENCE {
                eprintln!(
                    "{}: {:.1} s a pass at {name}, larger inputs are not timed",
                    variant.algorithm,
                    pass.as_secs_f64()
                );
                break;
            }
        }
        group.finish();
    }
}

/// Sentences of made-up lines are what recognizers and detectors read: the generator must give the size that is asked for.
fn generator(criterion: &mut Criterion) {
    let gold = gold::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("gold/embassy")).unwrap();
    let sources: Vec<&str> = gold
        .corpus
        .documents
        .iter()
        .map(|document| document.text.as_str())
        .collect();
    let recipe = Synthetic {
        grain: Grain::Lines,
        ..Synthetic::default()
    };
    let mut group = criterion.benchmark_group("harness/generator");
    group
        .sample_size(10)
        .throughput(Throughput::Bytes(1_000_000));
    group.bench_function("1MB", |bencher| {
        bencher.iter(|| Generator::new(recipe, sources.iter().copied()).documents(1_000_000))
    });
    group.finish();
}

criterion_group!(benches, algorithms, generator);
criterion_main!(benches);
