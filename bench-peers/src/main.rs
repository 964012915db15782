//! Dedup jobs of karat and gaoya 0.2.2 on made-up documents: raw text to MinHash signatures (128 hashes, word 5-shingles), to pairs
//! (16 bands of 8 rows, similarity 0.7), to SimHash.
//!
//! gaoya is wired at its best: the text split once, windows of five words hashed in place with ahash, 32-bit signatures.

use std::collections::BTreeMap;
use std::fs::File;
use std::hash::{BuildHasher, Hasher};
use std::hint::black_box;
use std::io::{BufRead, BufWriter, Write};
use std::path::Path;
use std::time::Instant;

use gaoya::minhash::{MinHashIndex, MinHasher, MinHasher32};
use karat::corpus::{Corpus, Document, Unit};
use karat::dedup::exact::Exact;
use karat::dedup::minhash::MinHash;
use karat::dedup::simhash::SimHash;
use karat::dedup::{Deduper, Request, Scratch, Sketcher, signature};
use karat::synthetic::{Generator, Synthetic};
use karat::task::Level;
use karat::text::normalize::Normalize;
use karat::text::shingle::{Buffers, Shingle};
use karat::text::words;
use rayon::prelude::*;

const RUNS: usize = 5;
const SEED: u64 = 1;

/// What jobs work on.
struct Data {
    documents: Vec<Document>,
    shingles: Vec<Vec<u64>>,
    one: rayon::ThreadPool,
    two: rayon::ThreadPool,
}

type Job = fn(&Data);

fn jobs() -> BTreeMap<&'static str, Job> {
    let jobs: [(&str, Job); 13] = [
        ("karat signatures", karat_signatures),
        ("karat signatures, 2 threads", |data| {
            data.two.install(|| karat_parallel(data));
        }),
        ("karat signatures, 1 thread of rayon", |data| {
            data.one.install(|| karat_parallel(data));
        }),
        ("karat kernel", karat_kernel),
        ("karat pairs", |data| data.one.install(|| karat_pairs(data))),
        ("karat pairs, 2 threads", |data| {
            data.two.install(|| karat_pairs(data));
        }),
        ("karat simhash", karat_simhash),
        ("karat split", |data| {
            let mut edges = Vec::new();
            for document in &data.documents {
                words::split(document.text.as_bytes(), &mut edges);
                black_box(&edges);
            }
        }),
        ("karat words", |data| {
            let mut buffers = Buffers::default();
            for document in &data.documents {
                Normalize::default().words(&document.text, &mut buffers);
                black_box(&buffers.tokens);
            }
        }),
        ("karat shingles", |data| {
            black_box(shingles(&data.documents));
        }),
        ("karat exact", |data| {
            data.one.install(|| compare(&Exact::default(), data));
        }),
        ("gaoya signatures", |data| {
            gaoya_signatures(data, |signature| drop(black_box(signature)));
        }),
        ("gaoya pairs", gaoya_pairs),
    ];
    BTreeMap::from(jobs)
}

fn main() {
    let pool = |threads| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("threads start")
    };
    let documents = documents();
    let data = Data {
        shingles: shingles(&documents),
        documents,
        one: pool(1),
        two: pool(2),
    };
    let bytes: usize = data
        .documents
        .iter()
        .map(|document| document.text.len())
        .sum();
    match std::env::args().nth(1) {
        Some(file) => serve(&data, &file, bytes),
        None => table(&data, bytes),
    }
}

fn documents() -> Vec<Document> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../gold/embassy/articles");
    let corpus = Corpus::from_folder(&folder).expect("the articles belong to the repository");
    let texts = corpus
        .documents
        .iter()
        .map(|document| document.text.as_str());
    let mut documents = Generator::new(Synthetic::default(), texts).documents(16_000_000);
    // One document a line for those who read them from the file.
    for document in &mut documents {
        document.text = document.text.replace('\n', " ");
    }
    documents
}

fn shingles(documents: &[Document]) -> Vec<Vec<u64>> {
    let mut buffers = Buffers::default();
    let of = |document: &Document| {
        let mut shingles = Vec::new();
        Shingle::words(5).hashes(
            &document.text,
            &Normalize::default(),
            &mut buffers,
            &mut shingles,
        );
        shingles
    };
    documents.iter().map(of).collect()
}

/// Median of five of every job, in turns.
fn table(data: &Data, bytes: usize) {
    let mut seconds: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for _ in 0..RUNS {
        for (name, job) in jobs() {
            seconds.entry(name).or_default().push(timed(|| job(data)));
        }
    }
    for (name, mut seconds) in seconds {
        seconds.sort_by(f64::total_cmp);
        println!(
            "{name:<36} {:>7.1} MB/s",
            bytes as f64 / seconds[seconds.len() / 2] / 1e6
        );
    }
}

/// Writes the documents to `file`, then answers each line of standard input, the name of a job, with its seconds.
fn serve(data: &Data, file: &str, bytes: usize) {
    let mut out = BufWriter::new(File::create(file).expect("the file can be written"));
    for document in &data.documents {
        writeln!(out, "{}", document.text).expect("the file can be written");
    }
    out.flush().expect("the file can be written");
    println!("{bytes}");
    let jobs = jobs();
    for line in std::io::stdin().lock().lines() {
        let name = line.expect("lines of text");
        let job = jobs
            .get(name.as_str())
            .unwrap_or_else(|| panic!("no job `{name}`"));
        println!("{}", timed(|| job(data)));
    }
}

fn timed(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

fn sketch_all(sketcher: &dyn Sketcher, documents: &[Document]) {
    let (mut scratch, mut sketch) = (Scratch::default(), vec![0; sketcher.words()]);
    for document in documents {
        sketcher.sketch(&document.text, SEED, &mut scratch, &mut sketch);
        black_box(&sketch);
    }
}

fn karat_signatures(data: &Data) {
    sketch_all(&MinHash::default(), &data.documents);
}

fn karat_simhash(data: &Data) {
    let words = SimHash {
        shingle: Shingle::words(1),
        ..SimHash::default()
    };
    sketch_all(&words, &data.documents);
}

fn karat_parallel(data: &Data) {
    let minhash = MinHash::default();
    data.documents
        .par_chunks(64)
        .for_each(|documents| sketch_all(&minhash, documents));
}

fn karat_kernel(data: &Data) {
    let mut constants = Vec::new();
    signature::permutations(SEED, 128, &mut constants);
    let mut sketch = [0; 128];
    for shingles in &data.shingles {
        signature::classic(shingles, &constants, &mut sketch);
        black_box(&sketch);
    }
}

fn karat_pairs(data: &Data) {
    compare(&MinHash::default(), data);
}

fn compare(deduper: &dyn Deduper, data: &Data) {
    let units: Vec<Unit<'_>> = data
        .documents
        .iter()
        .zip(0..)
        .map(|(document, index)| Unit {
            text: &document.text,
            document: index,
            position: 0,
        })
        .collect();
    let request = Request {
        level: Level::Document,
        seed: SEED,
        floor: 0.7,
    };
    black_box(deduper.compare(&units, &request));
}

fn gaoya_signatures(data: &Data, mut each: impl FnMut(Vec<u32>)) {
    let hasher = MinHasher32::new(128);
    let state = ahash::RandomState::with_seeds(1, 2, 3, 4);
    let mut words: Vec<String> = Vec::new();
    for document in &data.documents {
        words.clear();
        let split = document
            .text
            .split(|c: char| c.is_ascii_whitespace() || c.is_ascii_punctuation());
        words.extend(split.filter(|word| !word.is_empty()).map(str::to_lowercase));
        let shingles = words.windows(5).map(|window| {
            let mut hash = state.build_hasher();
            window.iter().for_each(|word| hash.write(word.as_bytes()));
            hash.finish()
        });
        each(hasher.create_signature(shingles));
    }
}

fn gaoya_pairs(data: &Data) {
    let mut index: MinHashIndex<u32, u32> = MinHashIndex::new(16, 8, 0.7);
    let mut signatures = Vec::new();
    gaoya_signatures(data, |signature| signatures.push(signature));
    for (id, signature) in (0..).zip(&signatures) {
        index.insert(id, signature.clone());
    }
    for signature in &signatures {
        black_box(index.query(signature));
    }
}
