//! MinHash signatures of 128 hashes from raw text, word 5-shingles: karat and gaoya 0.2.2 in turns, median of five.
//!
//! gaoya is wired at its best: the text split once, windows of five words hashed in place with ahash, 32-bit signatures.

use std::hash::{BuildHasher, Hasher};
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use gaoya::minhash::{MinHasher, MinHasher32};
use karat::corpus::{Corpus, Document};
use karat::dedup::minhash::MinHash;
use karat::dedup::{Scratch, Sketcher};
use karat::synthetic::{Generator, Synthetic};

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../gold/embassy/articles");
    let corpus = Corpus::from_folder(&folder).expect("the articles belong to the repository");
    let texts = corpus.documents.iter().map(|document| document.text.as_str());
    let documents = Generator::new(Synthetic::default(), texts).documents(16_000_000);
    let bytes: usize = documents.iter().map(|document| document.text.len()).sum();
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        ours.push(timed(|| karat_signatures(&documents)));
        theirs.push(timed(|| gaoya_signatures(&documents)));
    }
    let rate = |seconds: &mut Vec<f64>| {
        seconds.sort_by(f64::total_cmp);
        bytes as f64 / seconds[seconds.len() / 2] / 1e6
    };
    let (ours, theirs) = (rate(&mut ours), rate(&mut theirs));
    println!("karat {ours:.1} MB/s, gaoya 0.2.2 {theirs:.1} MB/s, ratio {:.1}", ours / theirs);
}

fn timed(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

fn karat_signatures(documents: &[Document]) {
    let minhash = MinHash::default();
    let (mut scratch, mut sketch) = (Scratch::default(), vec![0; minhash.words()]);
    for document in documents {
        minhash.sketch(&document.text, 1, &mut scratch, &mut sketch);
        black_box(&sketch);
    }
}

fn gaoya_signatures(documents: &[Document]) {
    let hasher = MinHasher32::new(128);
    let state = ahash::RandomState::with_seeds(1, 2, 3, 4);
    let mut words: Vec<String> = Vec::new();
    for document in documents {
        words.clear();
        let split = document.text.split(|c: char| c.is_ascii_whitespace() || c.is_ascii_punctuation());
        words.extend(split.filter(|word| !word.is_empty()).map(str::to_lowercase));
        let shingles = words.windows(5).map(|window| {
            let mut hash = state.build_hasher();
            window.iter().for_each(|word| hash.write(word.as_bytes()));
            hash.finish()
        });
        black_box(hasher.create_signature(shingles));
    }
}
