//! Deduplicates made-up documents in bounded memory and prints the time of each stage:
//! `cargo run --release --example stream -- DOCUMENTS BYTES_EACH MEMORY_BYTES` (default 1,000,000 of 2,000 within 1 GiB).
#![expect(clippy::print_stdout, reason = "an example shows what it found")]

use std::path::Path;
use std::time::Instant;

use karat::corpus::Corpus;
use karat::dedup::cluster::Clustering;
use karat::dedup::minhash::MinHash;
use karat::dedup::stream::{Settings, deduplicate};
use karat::error::Result;
use karat::synthetic::{Generator, Synthetic};

fn main() -> Result<()> {
    let mut arguments = std::env::args()
        .skip(1)
        .map(|argument| argument.replace('_', "").parse().ok());
    let mut number = |default: usize| arguments.next().flatten().unwrap_or(default);
    let (documents, bytes, memory) = (number(1_000_000), number(2_000), number(1 << 30));
    let corpus =
        Corpus::from_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("gold/embassy/articles"))?;
    let recipe = Synthetic {
        document_bytes: bytes,
        ..Synthetic::default()
    };
    let generator = Generator::new(
        recipe,
        corpus
            .documents
            .iter()
            .map(|document| document.text.as_str()),
    );
    let sketcher = MinHash::default();
    let folder = std::env::temp_dir();
    let settings = Settings {
        seed: 1,
        threshold: 0.7,
        memory,
        folder: &folder,
    };
    let start = Instant::now();
    let texts = (0..documents).map(|index| Ok(generator.document(index)));
    let found = deduplicate(texts, &sketcher, &settings, |_, _| ())?;
    let labels = Clustering::Components.clusters(documents, &found.comparison, settings.threshold);
    println!(
        "{documents} documents of {bytes} bytes within {memory} bytes: {:.1} s (making them included)",
        start.elapsed().as_secs_f64()
    );
    for stage in &found.stages {
        println!("{:>10} {:8.2} s", stage.name, stage.wall.as_secs_f64());
    }
    println!("{:?}", found.comparison.counters);
    let source = |unit: u32| generator.original(unit as usize).unwrap_or(unit as usize);
    let wrong = (0..)
        .zip(&labels)
        .filter(|&(unit, &label)| source(unit) != source(label))
        .count();
    let copies = (0..documents)
        .filter(|&index| generator.original(index).is_some())
        .count();
    let joined = (0..)
        .zip(&labels)
        .filter(|(unit, label)| unit != *label)
        .count();
    println!(
        "{joined} documents joined an earlier one ({wrong} of them an unrelated one), {copies} copies planted"
    );
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    for line in status.lines().filter(|line| line.starts_with("VmHWM")) {
        println!("peak memory {}", line.trim_start_matches("VmHWM:").trim());
    }
    Ok(())
}
