//! Speed of the scorers: 100,000 gold mentions by all span metrics in at most 70 ms on one thread, one document of that size in at
//! most twice that; curve and average precision over 1,000,000 pairs in at most 0.2 s. Answers are checked before they are timed.
//!
//! `spans` is the alignment with the five counts of the four match rules, on numbers. `mentions` is everything that a report has over
//! all, by type and by nesting, from mentions with texts and type names, to measures. `with-outcomes` also makes the outcomes (four
//! rows of text for each mention) with all slices.
#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use karat::corpus::{Corpus, Document, Span};
use karat::entity::PredictedMention;
use karat::entity::score::{mention_measures, mentions};
use karat::label::{Gold, Mention, Nesting};
use karat::metrics::fold::fold;
use karat::metrics::ranking;
use karat::metrics::spans::{Item, Rule, align};
use karat::stats::random::Random;
use karat::task::Measure;

mod shared;

use shared::testing;

/// Gold mentions of a case, in so many documents of the larger one.
fn sizes() -> (usize, usize) {
    if testing() {
        (2_000, 400)
    } else {
        (100_000, 20_000)
    }
}

const TYPES: [&str; 4] = ["GPE", "LOC", "ORG", "PER"];

/// Gold over so many documents, one mention per 25 bytes, every tenth with an inner one; the prediction loses one in ten, invents
/// one in ten, shifts one in ten and renames one in ten.
fn case(documents: usize) -> (Gold, Vec<PredictedMention>) {
    let mut random = Random::new(7);
    let per_document = sizes().0 / documents;
    let words = [
        "Kirkuk",
        "Baghdad",
        "Tehran",
        "Washington",
        "Mosul",
        "Basra",
        "Erbil",
    ];
    let mut gold = Gold {
        dataset: "bench".to_owned(),
        ..Gold::default()
    };
    let (mut layer, mut predicted) = (Vec::new(), Vec::new());
    let mut texts = Vec::new();
    for document in 0..documents {
        let mut text = String::new();
        let mut count = 0;
        while count < per_document {
            let start = text.len();
            let first = words[(random.unit() * 7.0) as usize];
            text.push_str(first);
            text.push(' ');
            text.push_str(words[(random.unit() * 7.0) as usize]);
            let span = Span::new(start, text.len());
            text.push_str(" and so on, ");
            let label = TYPES[(random.unit() * 4.0) as usize];
            layer.push(mention(document, span, label, Nesting::Outer));
            count += 1;
            let inner = Span::new(start, start + first.len());
            let nests = random.unit() < 0.1 && count < per_document;
            if nests {
                layer.push(mention(document, inner, "GPE", Nesting::Inner));
                predicted.push(prediction(document, inner, "GPE"));
                count += 1;
            }
            let fate = random.unit();
            if fate < 0.1 {
                continue;
            }
            predicted.push(match fate {
                f if f < 0.2 => prediction(document, inner, label),
                f if f < 0.3 => prediction(document, span, "MISC"),
                _ => prediction(document, span, label),
            });
            if random.unit() < 0.1 {
                predicted.push(prediction(
                    document,
                    Span::new(span.end + 1, span.end + 4),
                    label,
                ));
            }
        }
        texts.push(Document {
            id: format!("{document:06}"),
            text,
        });
    }
    gold.stories = vec!["one".to_owned(); documents];
    gold.corpus = Corpus::new(texts).unwrap();
    gold.mentions = Some(layer);
    (gold, predicted)
}

fn mention(document: usize, span: Span, entity_type: &str, nesting: Nesting) -> Mention {
    Mention {
        document,
        span,
        entity_type: entity_type.to_owned(),
        entity: String::new(),
        nesting,
        zone: String::new(),
        garbled: false,
        lowercase: false,
        metonymic: false,
        doubtful: false,
    }
}

fn prediction(document: usize, span: Span, entity_type: &str) -> PredictedMention {
    PredictedMention {
        document,
        span,
        entity_type: entity_type.to_owned(),
        confidence: 1.0,
    }
}

fn f1(measures: &[Measure]) -> f64 {
    let found = measures.iter().find(|m| {
        (m.slice.as_str(), m.match_rule.as_str(), m.metric.as_str()) == ("all", "strict", "f1")
    });
    found.and_then(|m| m.value).unwrap()
}

/// Both sides as numbers.
fn items(gold: &Gold, predicted: &[PredictedMention]) -> [Vec<Item>; 2] {
    let label = |name: &str| {
        TYPES
            .iter()
            .position(|known| *known == name)
            .unwrap_or(TYPES.len())
    };
    let item = |document: usize, span: Span, name: &str| Item {
        document: document as u32,
        span,
        label: label(name) as u32,
        rank: 0,
    };
    let layer = gold.mentions.iter().flatten();
    [
        layer
            .map(|m| item(m.document, m.span, &m.entity_type))
            .collect(),
        predicted
            .iter()
            .map(|m| item(m.document, m.span, &m.entity_type))
            .collect(),
    ]
}

fn spans(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("score");
    let (mentions_in_all, many) = sizes();
    group
        .throughput(Throughput::Elements(mentions_in_all as u64))
        .sample_size(20);
    for (name, documents) in [
        ("mentions/20000-documents", many),
        ("mentions/1-document", 1),
    ] {
        let (gold, predicted) = case(documents);
        let quick = f1(&mention_measures(&predicted, &gold));
        let slow = f1(&fold(&mentions(&predicted, &gold).outcomes));
        assert!((0.6..0.9).contains(&quick), "{quick}");
        assert_eq!(quick, slow, "both ways give one answer");
        group.bench_function(name, |bencher| {
            bencher.iter(|| mention_measures(black_box(&predicted), black_box(&gold)));
        });
        let [golds, others] = items(&gold, &predicted);
        group.bench_function(name.replace("mentions", "spans"), |bencher| {
            bencher.iter(|| {
                let alignment = align(black_box(&golds), black_box(&others));
                Rule::ALL.map(|rule| alignment.grades(rule, &golds, &others))
            });
        });
    }
    let (gold, predicted) = case(many);
    group
        .sample_size(10)
        .bench_function("mentions/with-outcomes", |bencher| {
            bencher.iter(|| mentions(black_box(&predicted), black_box(&gold)));
        });
    group.finish();
}

fn pairs(criterion: &mut Criterion) {
    let mut random = Random::new(3);
    let mut similarity = Vec::new();
    let mut positive = Vec::new();
    let count: u64 = if testing() { 10_000 } else { 1_000_000 };
    for _ in 0..count {
        let hit = random.unit() < 0.2;
        let value = if hit {
            0.3 + 0.7 * random.unit()
        } else {
            0.7 * random.unit()
        };
        similarity.push((value * 1e6).round() / 1e6);
        positive.push(hit);
    }
    let run = |similarity: &[f64], positive: &[bool]| {
        let steps = ranking::steps(similarity, positive);
        let curve = ranking::precision_recall_curve(&steps, count * 21 / 100);
        (
            ranking::average_precision_of(&steps, count * 21 / 100),
            ranking::best_f1(&curve),
        )
    };
    let (average, best) = run(&similarity, &positive);
    assert!((0.5..1.0).contains(&average.unwrap()) && best.unwrap().f1 > Some(0.5));
    let mut group = criterion.benchmark_group("score");
    group
        .throughput(Throughput::Elements(count))
        .sample_size(20);
    group.bench_function("pairs/average-precision-and-curve", |bencher| {
        bencher.iter(|| run(black_box(&similarity), black_box(&positive)));
    });
    group.finish();
}

criterion_group!(benches, spans, pairs);
criterion_main!(benches);
