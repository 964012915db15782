//! Components of the task `entity`: automata over names, readers of running text, resolution of many mentions, similarity of names.
//!
//! `gazetteer/...` stands beside `daachorse/...`, the raw automaton on the same names and texts. Names are given names joined with
//! names of cities; texts are the articles' words in another order with a name after every thirty words. One thread.
#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a bench speaks to its reader"
)]

use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use karat::corpus::{Corpus, Document, Span};
use karat::entity::capitals::Capitals;
use karat::entity::gazetteer::{Automaton, Case, Gazetteer};
use karat::entity::pattern::Pattern;
use karat::entity::perceptron::Perceptron;
use karat::entity::sieve::Sieve;
use karat::entity::{
    EntityRecognizer, EntityResolver, EntityTraining, MentionInput, RecognizerModel,
};
use karat::synthetic::{Generator, Grain, Synthetic};
use karat::text::hash::SplitMix;
use karat::text::similarity::{Choices, jaro_winkler};

mod shared;

use shared::testing;

const BYTES: usize = 4_000_000;

fn articles() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("gold/embassy/articles");
    let corpus = Corpus::from_folder(&folder).unwrap();
    corpus
        .documents
        .into_iter()
        .map(|document| document.text)
        .collect()
}

/// Documents of 2.4 KB.
fn documents(grain: Grain, bytes: usize) -> Vec<Document> {
    let articles = articles();
    let recipe = Synthetic {
        grain,
        ..Synthetic::default()
    };
    Generator::new(recipe, articles.iter().map(String::as_str)).documents(bytes)
}

/// So many distinct names.
fn names(count: usize) -> Vec<String> {
    let lists = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/entity/lists");
    let read = |file: &str| std::fs::read_to_string(lists.join(file)).unwrap();
    let (given, cities) = (read("given-names.txt"), read("cities.txt"));
    let (given, cities): (Vec<&str>, Vec<&str>) =
        (given.lines().collect(), cities.lines().collect());
    let mut draw = SplitMix::new(7);
    let mut names = std::collections::BTreeSet::new();
    while names.len() < count {
        names.insert(format!(
            "{} {}",
            given[draw.below(given.len())],
            cities[draw.below(cities.len())]
        ));
    }
    names.into_iter().collect()
}

/// Texts with a name after every thirty words.
fn with_names(names: &[String], bytes: usize) -> Vec<Document> {
    let mut draw = SplitMix::new(3);
    let mut documents = documents(Grain::Words, bytes);
    for document in &mut documents {
        let words: Vec<&str> = document.text.split_inclusive([' ', '\n']).collect();
        let mut text = String::with_capacity(document.text.len() * 5 / 4);
        for chunk in words.chunks(30) {
            text.extend(chunk.iter().copied());
            text.push_str(&names[draw.below(names.len())]);
            text.push(' ');
        }
        document.text = text;
    }
    documents
}

fn fitted(recognizer: &impl EntityRecognizer) -> Box<dyn RecognizerModel> {
    let none = Corpus::default();
    recognizer
        .fit(&EntityTraining {
            corpus: &none,
            mentions: &[],
        })
        .unwrap()
}

fn bytes(documents: &[Document]) -> u64 {
    documents
        .iter()
        .map(|document| document.text.len() as u64)
        .sum()
}

fn count(model: &dyn RecognizerModel, documents: &[Document]) -> usize {
    documents
        .iter()
        .map(|document| model.recognize(document).len())
        .sum()
}

fn gazetteers(criterion: &mut Criterion) {
    let sizes: &[usize] = if testing() {
        &[100]
    } else {
        &[100, 5_000, 50_000]
    };
    for &size in sizes {
        let names = names(size);
        let documents = with_names(&names, if testing() { 20_000 } else { BYTES });
        let mut file = tempfile::NamedTempFile::new().unwrap();
        for name in &names {
            writeln!(file, "{name}\tPER").unwrap();
        }
        let gazetteer = |automaton, case| Gazetteer {
            automaton,
            case,
            list: file.path().display().to_string(),
            ..Gazetteer::default()
        };
        let mut group = criterion.benchmark_group(format!("names-{size}"));
        group
            .sample_size(10)
            .warm_up_time(Duration::from_millis(300))
            .measurement_time(Duration::from_secs(2));
        group.bench_function("build", |bencher| {
            bencher.iter(|| fitted(&gazetteer(Automaton::Daachorse, Case::Keep)));
        });
        group.throughput(Throughput::Bytes(bytes(&documents)));
        let raw: daachorse::DoubleArrayAhoCorasick<u32> =
            daachorse::DoubleArrayAhoCorasickBuilder::new()
                .match_kind(daachorse::MatchKind::LeftmostLongest)
                .build(&names)
                .unwrap();
        group.bench_function("raw daachorse", |bencher| {
            bencher.iter(|| {
                let hits = documents
                    .iter()
                    .map(|document| raw.leftmost_find_iter(&document.text).count());
                black_box(hits.sum::<usize>())
            });
        });
        for (name, automaton, case) in [
            ("gazetteer", Automaton::Daachorse, Case::Keep),
            ("gazetteer any case", Automaton::Daachorse, Case::Ignore),
            ("gazetteer aho-corasick", Automaton::AhoCorasick, Case::Keep),
        ] {
            let model = fitted(&gazetteer(automaton, case));
            assert!(count(model.as_ref(), &documents) > 0);
            group.bench_function(name, |bencher| {
                bencher.iter(|| count(model.as_ref(), &documents))
            });
        }
        group.finish();
    }
}

fn readers(criterion: &mut Criterion) {
    let documents = documents(Grain::Lines, if testing() { 20_000 } else { BYTES });
    let mut group = criterion.benchmark_group("readers");
    group
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2));
    group.throughput(Throughput::Bytes(bytes(&documents)));
    let shipped = Perceptron {
        model: "shipped".to_owned(),
        ..Perceptron::default()
    };
    for (name, model) in [
        ("capitals", fitted(&Capitals::default())),
        ("pattern", fitted(&Pattern::default())),
        ("perceptron", fitted(&shipped)),
    ] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| count(model.as_ref(), &documents))
        });
    }
    group.finish();
}

fn resolvers(criterion: &mut Criterion) {
    let size = if testing() { 1_000 } else { 100_000 };
    // Every entity under three spellings, the first ones far more often than the last.
    let mut draw = SplitMix::new(5);
    let entities = names(size / 10);
    let texts: Vec<String> = (0..size)
        .map(|_| {
            let name = &entities[draw.below(entities.len()).min(draw.below(entities.len()))];
            match (draw.below(4), name.split_once(' ')) {
                (0, Some((given, rest))) => format!("{}. {rest}", &given[..1]),
                (1, Some((_, rest))) => rest.to_owned(),
                _ => name.clone(),
            }
        })
        .collect();
    let mentions: Vec<MentionInput<'_>> = texts
        .iter()
        .enumerate()
        .map(|(at, text)| MentionInput {
            document: at / 50,
            span: Span::new(at % 50 * 100, at % 50 * 100 + text.len()),
            entity_type: ["PER", "ORG", "GPE"][at % 3],
            text,
        })
        .collect();
    let corpus = Corpus {
        documents: (0..size / 50 + 1)
            .map(|number| Document {
                id: number.to_string(),
                text: String::new(),
            })
            .collect(),
    };
    let mut group = criterion.benchmark_group("resolvers");
    group
        .sample_size(10)
        .measurement_time(Duration::from_secs(5));
    group.throughput(Throughput::Elements(size as u64));
    group.bench_function("sieve", |bencher| {
        bencher.iter(|| Sieve::default().resolve(&mentions, &corpus))
    });
    group.finish();
}

fn similarity(criterion: &mut Criterion) {
    let names = names(1_000);
    let mut group = criterion.benchmark_group("similarity");
    group
        .sample_size(10)
        .measurement_time(Duration::from_secs(2));
    group.throughput(Throughput::Elements((names.len() * names.len()) as u64));
    group.bench_function("jaro-winkler", |bencher| {
        let mut values = Vec::new();
        bencher.iter(|| {
            let choices = Choices::new(names.iter().map(String::as_str));
            let mut sum = 0.0;
            for name in &names {
                choices.jaro_winkler(name, &mut values);
                sum += values.iter().sum::<f64>();
            }
            black_box(sum)
        });
    });
    group.bench_function("jaro-winkler one by one", |bencher| {
        bencher.iter(|| {
            let mut sum = 0.0;
            for name in &names {
                sum += names
                    .iter()
                    .map(|other| jaro_winkler(name, other))
                    .sum::<f64>();
            }
            black_box(sum)
        });
    });
    group.finish();
}

criterion_group!(benches, gazetteers, readers, resolvers, similarity);
criterion_main!(benches);
