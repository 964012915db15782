//! Speed of the swap test: 10,000 replicates over 100,000 outcomes must stay below one second.
//!
//! Outcomes are added up per story first; the worst case is one story per outcome, with as many different differences as halved
//! weights allow. The answer is checked before it is timed.
#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use karat::stats::random::Random;
use karat::stats::stories::{Pair, Ratio, Stories, Tally, add, joined};
use karat::stats::swap;

mod shared;

use shared::testing;

const OUTCOMES: usize = 100_000;

/// Outcomes spread over this many stories, drawn with a fixed seed.
fn sides(stories: usize) -> Vec<(String, Tally, Tally)> {
    let mut random = Random::new(1);
    let mut side = |hit: f64, weight: f64| {
        let found = random.unit() < hit;
        Tally {
            true_positives: if found { weight } else { 0.0 },
            false_positives: if random.unit() < 0.1 { weight } else { 0.0 },
            false_negatives: if found { 0.0 } else { weight },
        }
    };
    (0..OUTCOMES)
        .map(|i| {
            let weight = [1.0, 0.5][i % 2];
            (
                format!("s{:06}", i % stories),
                side(0.80, weight),
                side(0.81, weight),
            )
        })
        .collect()
}

fn per_story(sides: &[(String, Tally, Tally)]) -> Vec<Pair> {
    let (mut base, mut head) = (Stories::new(), Stories::new());
    for (story, of_base, of_head) in sides {
        add(&mut base, story, *of_base);
        add(&mut head, story, *of_head);
    }
    joined(&base, &head)
}

fn benches(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("stats/swap-10000-replicates");
    group.sample_size(10);
    group.throughput(Throughput::Elements(OUTCOMES as u64));
    let sizes = [40, 2_000, OUTCOMES];
    for stories in sizes.into_iter().take(if testing() { 2 } else { 3 }) {
        let sides = sides(stories);
        let p = swap::test(&per_story(&sides), Ratio::F1, swap::REPLICATES, 1)
            .unwrap()
            .p;
        assert!(
            p > 0.0 && p < 0.05,
            "a gain of one point over 100,000 outcomes is seen: {p}"
        );
        group.bench_with_input(
            BenchmarkId::from_parameter(stories),
            &sides,
            |bencher, sides| {
                bencher.iter(|| swap::test(&per_story(sides), Ratio::F1, swap::REPLICATES, 1));
            },
        );
    }
    group.finish();
}

criterion_group!(stats, benches);
criterion_main!(stats);
