//! Times one recognizer over documents from standard input, for the comparison scripts in `scripts/peers`.
//!
//! `entity_probe RECOGNIZER [PARAMETERS]` reads lines of JSON with `id` and `text`, and prints the median throughput over five passes in
//! MB/s on one thread, and the number of names found.
#![allow(clippy::print_stdout, reason = "an example speaks to its terminal")]

use std::io::BufRead as _;
use std::time::Instant;

use karat::corpus::{Corpus, Document};
use karat::entity::{EntityTraining, recognizers};
use karat::params::Params;
use karat::registry::find;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let name = arguments.first().ok_or("name a recognizer")?;
    let params: Params = match arguments.get(1) {
        Some(text) => serde_json::from_str(text)?,
        None => Params::new(),
    };
    let mut documents = Vec::new();
    for line in std::io::stdin().lock().lines() {
        documents.push(serde_json::from_str::<Document>(&line?)?);
    }
    let corpus = Corpus::new(documents)?;
    let none = Corpus::default();
    let (recognizer, _) = find(&recognizers(), "recognizer", name)?.build(&params)?;
    let model = recognizer.fit(&EntityTraining {
        corpus: &none,
        mentions: &[],
    })?;
    let mut rates = Vec::new();
    let mut found = 0;
    for _ in 0..5 {
        let start = Instant::now();
        found = corpus
            .documents
            .iter()
            .map(|document| model.recognize(document).len())
            .sum();
        rates.push(corpus.bytes() as f64 / 1e6 / start.elapsed().as_secs_f64());
    }
    rates.sort_by(f64::total_cmp);
    println!("{:.1} {found}", rates[rates.len() / 2]);
    Ok(())
}
