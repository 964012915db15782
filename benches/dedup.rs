//! Speed of dedup by step: splitting, hashing, signatures, pairs. Megabytes are those of the raw text.
//!
//! `cargo bench --bench dedup` uses the widest registers of this CPU; `cargo bench --bench dedup --features baseline` is what an
//! x86-64 without AVX gets. Before anything is timed its answer is checked against a slower way to the same answer.

use std::hint::black_box;
use std::path::Path;

use criterion::measurement::WallTime;
use criterion::{
    BenchmarkGroup, BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group,
    criterion_main,
};
use karat::corpus::{Corpus, Document, Unit};
use karat::dedup::minhash::{Constants, MinHash, Scheme};
use karat::dedup::simhash::SimHash;
use karat::dedup::{Comparison, Deduper, Request, Scratch, Sketcher, signature};
use karat::synthetic::{Generator, SIZES, Synthetic};
use karat::task::Level;
use karat::text::hash;
use karat::text::normalize::Normalize;
use karat::text::shingle::{Buffers, Shingle};
use karat::text::words;

mod shared;

use shared::testing;

const SEED: u64 = 1;

fn documents(bytes: usize) -> Vec<Document> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("gold/embassy/articles");
    let corpus = Corpus::from_folder(&folder).expect("the articles belong to the repository");
    let texts = corpus
        .documents
        .iter()
        .map(|document| document.text.as_str());
    Generator::new(Synthetic::default(), texts).documents(bytes)
}

fn length(documents: &[Document]) -> usize {
    documents.iter().map(|document| document.text.len()).sum()
}

fn units(documents: &[Document]) -> Vec<Unit<'_>> {
    documents
        .iter()
        .zip(0..)
        .map(|(text, document)| Unit {
            text: &text.text,
            document,
            position: 0,
        })
        .collect()
}

fn group<'c>(
    criterion: &'c mut Criterion,
    name: &str,
    documents: &[Document],
) -> BenchmarkGroup<'c, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Bytes(length(documents) as u64));
    group.sampling_mode(SamplingMode::Flat);
    group
}

/// All sketches of a corpus on one thread.
fn sketch_all(
    sketcher: &dyn Sketcher,
    documents: &[Document],
    scratch: &mut Scratch,
    sketches: &mut [u32],
) {
    for (document, sketch) in documents
        .iter()
        .zip(sketches.chunks_exact_mut(sketcher.words()))
    {
        sketcher.sketch(&document.text, SEED, scratch, sketch);
    }
}

/// The written-out way to the same hashes: normalised text, its words one by one.
fn check_words(documents: &[Document]) {
    let (mut buffers, mut normal) = (Buffers::default(), String::new());
    for document in documents.iter().take(200) {
        Normalize::default().words(&document.text, &mut buffers);
        Normalize::default().write(&document.text, &mut normal);
        let slow: Vec<u64> = normal
            .split(' ')
            .map(|word| hash::bytes(word.as_bytes()))
            .collect();
        assert_eq!(buffers.tokens, slow, "{}", document.id);
    }
}

/// The sizes to time.
fn sizes() -> &'static [(&'static str, usize)] {
    if testing() { &SIZES[..1] } else { &SIZES }
}

/// From text to signatures, step by step; the difference between neighbouring steps is the share of a step.
fn steps(criterion: &mut Criterion) {
    let documents = documents(if testing() { 20_000 } else { 1_000_000 });
    check_words(&documents);
    let mut group = group(criterion, "steps", &documents);
    let (mut buffers, mut shingles) = (Buffers::default(), Vec::new());
    let mut edges = Vec::new();
    group.bench_function("1 split", |bench| {
        bench.iter(|| {
            for document in &documents {
                words::split(black_box(document.text.as_bytes()), &mut edges);
                black_box(&edges);
            }
        });
    });
    group.bench_function("2 split, hash words", |bench| {
        bench.iter(|| {
            for document in &documents {
                Normalize::default().words(black_box(&document.text), &mut buffers);
                black_box(&buffers.tokens);
            }
        });
    });
    group.bench_function("3 split, hash words, shingle", |bench| {
        bench.iter(|| {
            for document in &documents {
                Shingle::words(5).hashes(
                    black_box(&document.text),
                    &Normalize::default(),
                    &mut buffers,
                    &mut shingles,
                );
                black_box(&shingles);
            }
        });
    });
    let minhash = MinHash::default();
    let (mut scratch, mut sketches) = (
        Scratch::default(),
        vec![0; minhash.words() * documents.len()],
    );
    group.bench_function("4 split, hash words, shingle, 128 permutations", |bench| {
        bench.iter(|| sketch_all(&minhash, black_box(&documents), &mut scratch, &mut sketches));
    });
    group.bench_function("characters-4 shingles", |bench| {
        bench.iter(|| {
            for document in &documents {
                Shingle::characters(4).hashes(
                    black_box(&document.text),
                    &Normalize::default(),
                    &mut buffers,
                    &mut shingles,
                );
                black_box(&shingles);
            }
        });
    });
    group.finish();
}

/// The permutations alone, on ready shingles.
fn kernels(criterion: &mut Criterion) {
    let documents = documents(if testing() { 20_000 } else { 1_000_000 });
    let mut buffers = Buffers::default();
    let shingled: Vec<Vec<u64>> = documents
        .iter()
        .map(|document| {
            let mut shingles = Vec::new();
            Shingle::words(5).hashes(
                &document.text,
                &Normalize::default(),
                &mut buffers,
                &mut shingles,
            );
            shingles
        })
        .collect();
    let mut constants = Vec::new();
    signature::permutations(SEED, 128, &mut constants);
    let (mut wide, mut plain) = ([0; 128], [0; 128]);
    for shingles in &shingled {
        signature::classic(shingles, &constants, &mut wide);
        signature::classic_baseline(shingles, &constants, &mut plain);
        assert_eq!(wide, plain);
    }
    let mut group = group(
        criterion,
        "kernel on ready shingles, 128 hashes",
        &documents,
    );
    let mut run = |name: &str, kernel: &dyn Fn(&[u64], &mut [u32])| {
        group.bench_function(name, |bench| {
            bench.iter(|| {
                for shingles in &shingled {
                    kernel(black_box(shingles), &mut wide);
                    black_box(&wide);
                }
            });
        });
    };
    run("classic", &|shingles, signature| {
        signature::classic(shingles, &constants, signature)
    });
    run("classic without AVX", &|shingles, signature| {
        signature::classic_baseline(shingles, &constants, signature)
    });
    run("one permutation", &|shingles, signature| {
        signature::one_permutation(shingles, SEED, signature)
    });
    group.finish();
}

/// Raw text to sketches on one core, by size of corpus.
fn sketches(criterion: &mut Criterion) {
    let words = Shingle::words;
    let variants: [(&str, Box<dyn Sketcher>); 5] = [
        ("minhash 128, words-5", Box::new(MinHash::default())),
        (
            "minhash 128, words-5, one permutation",
            Box::new(MinHash {
                scheme: Scheme::OnePermutation,
                ..MinHash::default()
            }),
        ),
        (
            "minhash 128, words-5, 8 bits",
            Box::new(MinHash {
                bits: 8,
                ..MinHash::default()
            }),
        ),
        (
            "simhash 64, words",
            Box::new(SimHash {
                shingle: words(1),
                ..SimHash::default()
            }),
        ),
        (
            "simhash 64, words-5",
            Box::new(SimHash {
                shingle: words(5),
                ..SimHash::default()
            }),
        ),
    ];
    for &(size, bytes) in sizes() {
        let documents = documents(bytes);
        check_words(&documents);
        let mut group = group(criterion, "raw text to sketches, one core", &documents);
        for (name, sketcher) in &variants {
            let (mut scratch, mut sketches) = (
                Scratch::default(),
                vec![0; sketcher.words() * documents.len()],
            );
            group.bench_function(BenchmarkId::new(*name, size), |bench| {
                bench.iter(|| {
                    sketch_all(
                        sketcher.as_ref(),
                        black_box(&documents),
                        &mut scratch,
                        &mut sketches,
                    )
                });
            });
        }
        group.finish();
    }
}

/// Every planted copy with at most 5 % changed words must be found, and nothing that is no copy.
fn check_pairs(found: &Comparison, documents: usize) {
    let folder: [&str; 0] = [];
    let recipe = Generator::new(Synthetic::default(), folder);
    let originals: Vec<usize> = (0..documents)
        .map(|index| recipe.original(index).unwrap_or(index))
        .collect();
    let pairs = found
        .pairs
        .iter()
        .filter(|pair| pair.similarity >= 0.7)
        .map(|pair| (pair.a, pair.b));
    let mut reached = vec![false; documents];
    for (a, b) in pairs.chain(
        found
            .groups
            .iter()
            .flat_map(|group| group.iter().map(|&member| (group[0], member))),
    ) {
        assert_eq!(
            originals[a as usize], originals[b as usize],
            "{a} and {b} are no copies"
        );
        (reached[a as usize], reached[b as usize]) = (true, true);
    }
    let copies = (0..documents).filter(|&index| originals[index] != index);
    let (found, planted) = copies.fold((0, 0), |(found, planted), copy| {
        (found + usize::from(reached[copy]), planted + 1)
    });
    assert!(
        2 * found >= planted,
        "{found} of {planted} planted copies found"
    );
}

/// Raw text to verified pairs, on one thread and on two.
fn pairs(criterion: &mut Criterion) {
    for &(size, bytes) in sizes() {
        let documents = documents(bytes);
        let units = units(&documents);
        let request = Request {
            level: Level::Document,
            seed: SEED,
            floor: 0.7,
        };
        let minhash = MinHash::default();
        check_pairs(&minhash.compare(&units, &request), documents.len());
        let mut group = group(criterion, "raw text to verified pairs, 16 x 8", &documents);
        group.sample_size(10);
        for threads in [1, 2] {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .expect("threads start");
            group.bench_function(
                BenchmarkId::new(format!("threads {threads}"), size),
                |bench| {
                    bench.iter(|| pool.install(|| minhash.compare(black_box(&units), &request)));
                },
            );
        }
        group.finish();
    }
}

/// Keys and candidates from ready sketches of 20,000 documents.
fn lookup(criterion: &mut Criterion) {
    let minhash = MinHash::default();
    let mut constants = Constants::default();
    let mut numbers = hash::SplitMix::new(SEED);
    let count = if testing() { 500 } else { 20_000 };
    let mut data = vec![0; minhash.words() * count];
    for sketch in data.chunks_exact_mut(minhash.words()) {
        let shingles: Vec<u64> = (0..50).map(|_| numbers.next()).collect();
        minhash.sketch_shingles(&shingles, SEED, &mut constants, sketch);
    }
    let mut group = criterion.benchmark_group("lookup of ready sketches, 16 x 8");
    group.throughput(Throughput::Elements(count as u64));
    group.bench_function("20,000 unrelated documents", |bench| {
        bench.iter(|| {
            let mut entries = Vec::with_capacity(count * 16);
            let mut keys = Vec::new();
            for (sketch, unit) in data.chunks_exact(minhash.words()).zip(0..) {
                keys.clear();
                minhash.keys(sketch, &mut keys);
                entries.extend(keys.iter().map(|&key| (key, unit)));
            }
            karat::dedup::lsh::candidates(entries)
        });
    });
    group.finish();
}

criterion_group!(benches, steps, kernels, sketches, pairs, lookup);
criterion_main!(benches);
