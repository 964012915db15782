//! Tests of MinHash: examples, agreement with the naive estimate, and recall against the S-curve.

use proptest::prelude::*;

use super::*;
use crate::text::hash::SplitMix;

fn units<'a>(texts: &'a [&str]) -> Vec<Unit<'a>> {
    texts
        .iter()
        .zip(0..)
        .map(|(text, document)| Unit {
            text,
            document,
            position: 0,
        })
        .collect()
}

fn request(seed: u64) -> Request {
    Request {
        level: Level::Document,
        seed,
        floor: 0.0,
    }
}

const DOG: &str = "the dog bit him and ran away from us before we could call the owner of that dog";

#[test]
fn equal_texts_are_a_group_and_empty_ones_are_not() {
    let copy = DOG.to_uppercase();
    let texts = [
        DOG,
        "",
        copy.as_str(),
        " ",
        "an unrelated text about the weather of last winter in the north",
    ];
    for scheme in [Scheme::Classic, Scheme::OnePermutation] {
        for bits in [1, 8, 32] {
            let algorithm = MinHash {
                scheme,
                bits,
                ..MinHash::default()
            };
            let found = algorithm.compare(&units(&texts), &request(3));
            assert_eq!(found.groups, [[0, 2]]);
            assert!(found.pairs.iter().all(|pair| pair.similarity < 0.5));
        }
    }
}

#[test]
fn an_edited_copy_is_found_and_counted() {
    let edited = DOG.replace("owner", "keeper");
    let texts = [DOG, edited.as_str()];
    let algorithm = MinHash {
        bands: 64,
        rows: 1,
        shingle: Shingle::words(2),
        ..MinHash::default()
    };
    let found = algorithm.compare(&units(&texts), &request(1));
    // Pairs of words: 17 each, 15 shared: Jaccard 15/19 = 0.79.
    assert_eq!(found.pairs.len(), 1);
    assert!((found.pairs[0].similarity - 15.0 / 19.0).abs() < 0.2);
    assert_eq!(found.counters["shingles"], 34);
    assert_eq!(found.counters["hashes"], 34 * 64);
    assert_eq!(found.counters["candidates"], 1);
}

#[test]
fn a_target_chooses_the_banding_and_faults_are_named() {
    let algorithm = MinHash {
        target: Some(0.5),
        ..MinHash::default()
    };
    assert_eq!(algorithm.banding(), Banding { bands: 25, rows: 5 });
    assert_eq!(algorithm.words(), 126);
    assert_eq!(algorithm.threshold(Level::Document), 0.5);
    for wrong in [
        MinHash {
            bands: 0,
            ..MinHash::default()
        },
        MinHash {
            bits: 3,
            ..MinHash::default()
        },
        MinHash {
            target: Some(1.0),
            ..MinHash::default()
        },
        MinHash {
            false_positive_weight: -1.0,
            ..MinHash::default()
        },
    ] {
        assert!(wrong.check().is_err());
    }
    let full = serde_json::to_value(MinHash::default()).unwrap();
    let expected = serde_json::json!({"bands": 16, "rows": 8, "scheme": "classic", "bits": 32, "shingle": "words-5", "normalize": {}});
    assert_eq!(full, expected);
}

/// Two sets of uniform hashes with `shared` common elements of `all`.
fn sets(numbers: &mut SplitMix, shared: usize, all: usize) -> (Vec<u64>, Vec<u64>) {
    let common: Vec<u64> = (0..shared).map(|_| numbers.next()).collect();
    let mut side = |count: usize| {
        common
            .iter()
            .copied()
            .chain((0..count).map(|_| numbers.next()))
            .collect::<Vec<u64>>()
    };
    let half = (all - shared) / 2;
    (side(half), side(all - shared - half))
}

/// Measured and analytic recall of a banding in each tenth of similarity, over `pairs` pairs per tenth.
fn curve(algorithm: &MinHash, pairs: usize) -> Vec<(f64, f64)> {
    let mut numbers = SplitMix::new(20);
    let mut constants = Constants::default();
    let mut sketches = [vec![0; algorithm.words()], vec![0; algorithm.words()]];
    (0..10)
        .map(|tenth| {
            let (mut found, mut expected) = (0usize, 0.0);
            for pair in 0..pairs {
                let all = 100 + numbers.below(300);
                let similarity = (tenth as f64 + numbers.unit()) / 10.0;
                let shared = (similarity * all as f64).round() as usize;
                let (a, b) = sets(&mut numbers, shared, all);
                // A seed of its own for every pair: the curve is a statement over hash functions.
                algorithm.sketch_shingles(&a, pair as u64, &mut constants, &mut sketches[0]);
                algorithm.sketch_shingles(&b, pair as u64, &mut constants, &mut sketches[1]);
                let keys = sketches.each_ref().map(|sketch| {
                    let mut keys = Vec::new();
                    algorithm.keys(sketch, &mut keys);
                    keys
                });
                found += usize::from(keys[0].iter().zip(&keys[1]).any(|(a, b)| a == b));
                expected += algorithm.analytic(shared as f64 / all as f64).unwrap();
            }
            (found as f64 / pairs as f64, expected / pairs as f64)
        })
        .collect()
}

fn follows(algorithm: &MinHash, pairs: usize, within: f64) {
    let curve = curve(algorithm, pairs);
    let farthest = curve.iter().map(|(x, y)| (x - y).abs()).fold(0.0, f64::max);
    println!(
        "{} x {}, {:?}, {} bits, {pairs} pairs a tenth: at most {farthest:.4} off",
        algorithm.bands, algorithm.rows, algorithm.scheme, algorithm.bits
    );
    for (tenth, (measured, analytic)) in curve.into_iter().enumerate() {
        println!("{tenth}: measured {measured:.4}, analytic {analytic:.4}");
        assert!(
            (measured - analytic).abs() <= within,
            "tenth {tenth}: measured {measured}, analytic {analytic}"
        );
    }
}

#[test]
fn recall_follows_the_s_curve() {
    // Four standard deviations of 150 draws.
    follows(&MinHash::default(), 150, 0.165);
    follows(
        &MinHash {
            bands: 32,
            rows: 4,
            scheme: Scheme::OnePermutation,
            ..MinHash::default()
        },
        150,
        0.165,
    );
}

#[test]
#[ignore = "takes a minute without optimisation: cargo test --release --lib minhash -- --ignored"]
fn recall_is_within_three_hundredths_of_the_s_curve() {
    for (bands, rows) in [(16, 8), (32, 4), (9, 13)] {
        follows(
            &MinHash {
                bands,
                rows,
                ..MinHash::default()
            },
            4800,
            0.03,
        );
        follows(
            &MinHash {
                bands,
                rows,
                scheme: Scheme::OnePermutation,
                ..MinHash::default()
            },
            4800,
            0.03,
        );
    }
    follows(
        &MinHash {
            bits: 8,
            ..MinHash::default()
        },
        4800,
        0.03,
    );
}

#[test]
fn the_estimate_is_unbiased() {
    for (scheme, bits) in [
        (Scheme::Classic, 32),
        (Scheme::OnePermutation, 32),
        (Scheme::Classic, 2),
        (Scheme::OnePermutation, 8),
    ] {
        let algorithm = MinHash {
            scheme,
            bits,
            ..MinHash::default()
        };
        let mut numbers = SplitMix::new(5);
        let mut constants = Constants::default();
        let mut sketches = [vec![0; algorithm.words()], vec![0; algorithm.words()]];
        let mean = (0..200)
            .map(|seed| {
                let (a, b) = sets(&mut numbers, 120, 200);
                algorithm.sketch_shingles(&a, seed, &mut constants, &mut sketches[0]);
                algorithm.sketch_shingles(&b, seed, &mut constants, &mut sketches[1]);
                algorithm.similarity(&sketches[0], &sketches[1])
            })
            .sum::<f64>()
            / 200.0;
        assert!((mean - 0.6).abs() < 0.02, "{scheme:?} {bits}: {mean}");
    }
}

proptest! {
    #[test]
    fn pairs_are_what_the_sketches_say(texts in prop::collection::vec("[a-c ]{0,20}", 0..8), seed: u64, bits in prop_oneof![Just(4u32), Just(32)]) {
        let algorithm = MinHash { bands: 8, rows: 1, bits, shingle: Shingle::words(1), ..MinHash::default() };
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let units = units(&texts);
        let found = algorithm.compare(&units, &request(seed));
        let sketches = sketched::Sketches::new(&algorithm, &units, seed);
        for a in 0..units.len() as u32 {
            for b in a + 1..units.len() as u32 {
                let (x, y) = (sketches.get(a), sketches.get(b));
                let mut keys = [Vec::new(), Vec::new()];
                algorithm.keys(x, &mut keys[0]);
                algorithm.keys(y, &mut keys[1]);
                let candidate = keys[0].iter().zip(&keys[1]).any(|(a, b)| a == b);
                let listed = found.pairs.iter().find(|pair| (pair.a, pair.b) == (a, b));
                let grouped = found.groups.iter().any(|group| group.contains(&a) && group.contains(&b));
                prop_assert_eq!(grouped, candidate && x == y);
                prop_assert_eq!(listed.is_some(), candidate && x != y);
                if let Some(pair) = listed {
                    prop_assert_eq!(pair.similarity, crate::task::rounded(algorithm.similarity(x, y)));
                }
            }
        }
    }
}
