//! Speed of metrics on large inputs; the answer is checked before it is timed.
//!
//! - all cluster metrics on 100,000 mentions in 25,000 clusters of Pareto sizes, a tenth of the mentions moved at random (their
//!   overlaps make one component of some 9,400 clusters): at most 1.5 s, CEAF exact;
//! - average precision and curve over 1,000,000 pairs: at most 0.2 s;
//! - tag scores of 100,000 gold entities, in many sentences and in one (no quadratic path).
#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use karat::metrics::clusters::cluster_metrics;
use karat::metrics::ranking::{average_precision, precision_recall_curve, steps};
use karat::metrics::tags::{Mode, Scheme, Sentences, TagSet, nervaluate_tags, score_tags};
use karat::stats::random::Random;

mod shared;

use shared::testing;

/// Key with Pareto sizes, and a response with a tenth of the items in another cluster.
fn clusterings(items: usize, clusters: usize) -> (Vec<Option<u32>>, Vec<Option<u32>>) {
    let mut random = Random::new(1);
    let weights: Vec<f64> = (0..clusters)
        .map(|_| (1.0 - random.unit()).powf(-1.0 / 1.2))
        .collect();
    let mut ends = Vec::with_capacity(clusters);
    let mut sum = 0.0;
    for weight in &weights {
        sum += weight;
        ends.push(sum);
    }
    let draw = |random: &mut Random| {
        let at = random.unit() * sum;
        Some(ends.partition_point(|&end| end <= at).min(clusters - 1) as u32)
    };
    // One item for each cluster, the rest by weight.
    let key: Vec<_> = (0..items)
        .map(|item| {
            if item < clusters {
                Some(item as u32)
            } else {
                draw(&mut random)
            }
        })
        .collect();
    let response = (key.iter())
        .map(|&label| {
            if random.unit() < 0.1 {
                Some((random.unit() * clusters as f64) as u32)
            } else {
                label
            }
        })
        .collect();
    (key, response)
}

fn clusters(c: &mut Criterion) {
    let mut group = c.benchmark_group("clusters");
    group.sample_size(10);
    let sizes = [(4_000, 1_000), (100_000, 25_000)];
    for (items, clusters) in sizes.into_iter().take(if testing() { 1 } else { 2 }) {
        let (key, response) = clusterings(items, clusters);
        let metrics = cluster_metrics(&key, &response);
        assert_eq!(metrics.key_clusters, clusters as u64);
        assert!((0.85..0.95).contains(&metrics.ceaf_m.f1().unwrap()));
        group.throughput(Throughput::Elements(items as u64));
        group.bench_function(format!("all/{items}"), |b| {
            b.iter(|| cluster_metrics(&key, &response));
        });
    }
    group.finish();
}

fn ranking(c: &mut Criterion) {
    let mut random = Random::new(2);
    let pairs = if testing() { 10_000 } else { 1_000_000 };
    let positive: Vec<bool> = (0..pairs).map(|_| random.unit() < 0.1).collect();
    let scores: Vec<f64> = positive
        .iter()
        .map(|&positive| random.unit() + if positive { 0.5 } else { 0.0 })
        .collect();
    assert!((0.4..0.8).contains(&average_precision(&scores, &positive).unwrap()));
    let mut group = c.benchmark_group("ranking");
    group.sample_size(10);
    group.throughput(Throughput::Elements(pairs));
    group.bench_function("average-precision-and-curve/1000000", |b| {
        b.iter(|| {
            let steps = steps(&scores, &positive);
            let all = steps.last().map_or(0, |step| step.true_positives);
            let value = karat::metrics::ranking::average_precision_of(&steps, all);
            (value, precision_recall_curve(&steps, all).len())
        });
    });
    group.finish();
}

/// 100,000 entities of four types in 500,000 tokens, every sixth of them damaged in the prediction.
fn tags(entities: usize, per_sentence: usize) -> (Sentences, Sentences, TagSet) {
    let mut set = TagSet::default();
    let mut numbers = |prefix: &str| -> Vec<u32> {
        ["PER", "LOC", "ORG", "MISC"]
            .map(|kind| set.number(&format!("{prefix}-{kind}")))
            .into()
    };
    let (begin, inside) = (numbers("B"), numbers("I"));
    let outside = set.number("O");
    let (mut gold, mut predicted) = (Sentences::default(), Sentences::default());
    let mut random = Random::new(3);
    for entity in 1..=entities {
        let kind = (random.unit() * 4.0) as usize;
        let damage = (random.unit() * 12.0) as usize;
        for (tag, other) in [
            (
                begin[kind],
                if damage == 0 {
                    begin[(kind + 1) % 4]
                } else {
                    begin[kind]
                },
            ),
            (
                inside[kind],
                if damage == 1 { outside } else { inside[kind] },
            ),
            (outside, outside),
            (outside, outside),
            (outside, outside),
        ] {
            gold.push(tag);
            predicted.push(other);
        }
        if entity % per_sentence == 0 {
            gold.end_sentence();
            predicted.end_sentence();
        }
    }
    (gold, predicted, set)
}

fn tag_scores(c: &mut Criterion) {
    let mut group = c.benchmark_group("tags");
    group.sample_size(10);
    let entities = if testing() { 2_000 } else { 100_000 };
    for (name, per_sentence) in [("sentences", 5), ("one-sentence", entities)] {
        let (gold, predicted, set) = tags(entities, per_sentence);
        for mode in [Mode::Seqeval, Mode::SeqevalStrict, Mode::Conlleval] {
            let run = || score_tags(&gold, &predicted, &set, mode, Scheme::Iob2).unwrap();
            assert_eq!(run().micro().support, entities as u64);
            group.bench_function(format!("{mode}/{name}"), |b| b.iter(run));
        }
        let run = || nervaluate_tags(&gold, &predicted, &set).unwrap();
        assert!(run().overall[3].correct as f64 > 0.8 * entities as f64);
        group.bench_function(format!("nervaluate/{name}"), |b| b.iter(run));
    }
    group.finish();
}

criterion_group!(benches, clusters, ranking, tag_scores);
criterion_main!(benches);
