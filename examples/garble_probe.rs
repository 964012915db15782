//! Runs one garble detector over documents from standard input, for the comparison scripts in `scripts/peers`.
//!
//! `garble_probe ALGORITHM [PARAMETERS]` reads lines of JSON with `id` and `text` and prints one line of JSON per document: `id`, `cause` (for
//! rule families that decide on documents) and `spans` as `[start, end, category, confidence, suggestion]` with byte offsets.
//! `garble_probe --time PASSES ALGORITHM [PARAMETERS]` prints the median throughput over the passes in MB/s on one thread instead.
//! `garble_probe --arpa FILE ORDER` trains a model on the lines before the first empty one (symbols between spaces), writes it to FILE and, for each
//! line after it, prints the log10 probabilities of its symbols and of its end.
//! A third argument names a file of training documents in the same form, for detectors that learn.
#![allow(clippy::print_stdout, reason = "an example speaks to its terminal")]

use std::io::{BufRead, Write};
use std::time::Instant;

use karat::corpus::{Corpus, Document};
use karat::garble::lm::{END, START, estimate::Estimator};
use karat::garble::{
    self, GarbleTraining, c4, fineweb, gopher_quality, gopher_repetition, prepared,
};
use karat::params::{Params, build};
use karat::registry::find;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == "--arpa") {
        return arpa(&arguments[1..]);
    }
    let passes = if arguments.first().is_some_and(|first| first == "--time") {
        arguments.remove(0);
        Some(arguments.remove(0).parse::<usize>()?)
    } else {
        None
    };
    let name = arguments.first().ok_or("name an algorithm")?.clone();
    let params: Params = match arguments.get(1).filter(|text| !text.is_empty()) {
        Some(text) => serde_json::from_str(text)?,
        None => Params::new(),
    };
    let corpus = read(std::io::stdin().lock())?;
    let training = match arguments.get(2) {
        Some(path) => read(std::io::BufReader::new(std::fs::File::open(path)?))?,
        None => Corpus::default(),
    };
    let (detector, _) = find(&garble::algorithms(), "detector", &name)?.build(&params)?;
    let model = detector.fit(&GarbleTraining {
        corpus: &training,
        garbles: &[],
    })?;
    if let Some(passes) = passes {
        let mut rates: Vec<f64> = (0..passes.max(1))
            .map(|_| {
                let start = Instant::now();
                let model = prepared(model.as_ref(), &corpus);
                let flags: usize = (0..corpus.len())
                    .map(|document| model.detect(document, &corpus).len())
                    .sum();
                std::hint::black_box(flags);
                corpus.bytes() as f64 / 1e6 / start.elapsed().as_secs_f64()
            })
            .collect();
        rates.sort_by(f64::total_cmp);
        println!("{name}\t{:.1}", rates[rates.len() / 2]);
        return Ok(());
    }
    let model = prepared(model.as_ref(), &corpus);
    let cause = decider(&name, &params)?;
    let mut out = std::io::stdout().lock();
    for (index, document) in corpus.documents.iter().enumerate() {
        let spans: Vec<serde_json::Value> = model
            .detect(index, &corpus)
            .into_iter()
            .map(|flag| {
                serde_json::json!([
                    flag.span.start,
                    flag.span.end,
                    flag.category,
                    flag.confidence,
                    flag.suggestion
                ])
            })
            .collect();
        let line =
            serde_json::json!({"id": document.id, "cause": cause(&document.text), "spans": spans});
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// Trains, exports and scores a word model.
fn arpa(arguments: &[String]) -> Result<(), Failure> {
    let [path, order] = arguments else {
        return Err("--arpa needs a file and an order".into());
    };
    let lines: Vec<String> = std::io::stdin().lock().lines().collect::<Result<_, _>>()?;
    let blank = lines.iter().position(String::is_empty);
    let (training, lines) = lines.split_at(blank.unwrap_or(lines.len()));
    let mut estimator = Estimator::new(order.parse()?);
    for line in training {
        estimator.add(line.split(' ').filter(|word| !word.is_empty()));
    }
    let estimate = estimator.estimate()?;
    std::fs::write(path, estimate.to_arpa())?;
    let model = estimate.model();
    for line in lines.iter().skip(1) {
        let words = line.split(' ').filter(|word| !word.is_empty());
        let symbols: Vec<u32> = words.map(|word| model.vocabulary.get(word)).collect();
        let mut sentence = vec![START];
        let mut printed = Vec::new();
        for symbol in symbols.into_iter().chain([END]) {
            sentence.push(symbol);
            printed.push(model.log10(&sentence).0.to_string());
        }
        println!("{}", printed.join(" "));
    }
    Ok(())
}

/// Says why a document is dropped.
type Decider = Box<dyn Fn(&str) -> Option<String>>;

/// Why a rule family drops a document.
fn decider(name: &str, params: &Params) -> Result<Decider, Failure> {
    Ok(match name {
        "c4" => {
            let model = build::<c4::C4>(params)?.model()?;
            Box::new(move |text| model.document(text).map(|cause| format!("{cause:?}")))
        }
        "gopher-quality" => {
            let rules = build::<gopher_quality::GopherQuality>(params)?;
            Box::new(move |text| rules.judge(text).cause().map(str::to_owned))
        }
        "gopher-repetition" => {
            let rules = build::<gopher_repetition::GopherRepetition>(params)?;
            Box::new(move |text| rules.judge(text).cause().map(str::to_owned))
        }
        "fineweb" => {
            let rules = build::<fineweb::FineWeb>(params)?;
            Box::new(move |text| rules.judge(text).cause().map(str::to_owned))
        }
        _ => Box::new(|_| None),
    })
}

fn read(input: impl BufRead) -> Result<Corpus, Failure> {
    let mut documents = Vec::new();
    for line in input.lines() {
        documents.push(serde_json::from_str::<Document>(&line?)?);
    }
    Ok(Corpus::new(documents)?)
}
