//! `karat inject`: damage a clean corpus and write it as a dataset whose garbles are known exactly.

use std::path::PathBuf;

use crate::corpus::Document;
use crate::corpus::read::Source;
use crate::error::{Error, Result};
use crate::garble::inject::Operator;
use crate::gold::injected::{Recipe, injected};
use crate::gold::write_dataset;

/// Arguments of `karat inject`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Clean corpus: folder of .txt files, .jsonl file (also .gz, .zst), or - for JSON lines on standard input
    corpus: PathBuf,
    /// Folder of the new dataset; must not exist or be empty
    out: PathBuf,
    /// Operators, each drawn equally often
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = Operator::ALL.to_vec(), value_name = "NAME,...")]
    operators: Vec<Operator>,
    /// Damages per word
    #[arg(long, default_value_t = 0.01, value_name = "0..1")]
    rate: f64,
    /// Changes which places are damaged
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// Name of the dataset; `synthetic-` is put before it [default: the name of the folder]
    #[arg(long)]
    name: Option<String>,
    /// Field with the text
    #[arg(long, default_value = "text", value_name = "FIELD")]
    text_field: String,
    /// Field with the identifier [default: id, or the number of the line]
    #[arg(long, value_name = "FIELD")]
    id_field: Option<String>,
}

pub(super) fn run(args: &Args) -> Result<u8> {
    if !(args.rate > 0.0 && args.rate <= 1.0) {
        return Err(Error::invalid(
            "--rate",
            format!("{} is outside 0 to 1", args.rate),
            "give the share of words that are damaged, such as 0.01",
        ));
    }
    if std::fs::read_dir(&args.out).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(Error::invalid(
            args.out.display(),
            "the folder is not empty",
            "name a new folder",
        ));
    }
    let source = Source {
        path: args.corpus.clone(),
        text_field: args.text_field.clone(),
        id_field: args.id_field.clone(),
    };
    let documents: Vec<Document> = source.documents()?.collect::<Result<_>>()?;
    if documents.is_empty() {
        return Err(Error::invalid(
            args.corpus.display(),
            "the corpus is empty",
            "give documents to damage",
        ));
    }
    let folder = args
        .out
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let mut operators = args.operators.clone();
    operators.sort_unstable();
    operators.dedup();
    let recipe = Recipe {
        operators,
        rate: args.rate,
        seed: args.seed,
    };
    let name = args.name.clone().unwrap_or(folder);
    let (manifest, gold) = injected(&name, documents, &recipe)?;
    write_dataset(&args.out, &manifest, &gold)?;
    let garbles = gold.garbles.as_deref().unwrap_or_default();
    println!(
        "{}: {} documents, {} bytes, {} damages",
        args.out.display(),
        gold.corpus.len(),
        gold.corpus.bytes(),
        garbles.len()
    );
    for operator in recipe.operators {
        let count = garbles
            .iter()
            .filter(|garble| garble.subtype == operator.name())
            .count();
        println!("{:<9} {count}", operator.name());
    }
    if garbles.is_empty() {
        eprintln!("karat: no damage fell on these texts: raise --rate or give more text");
    }
    Ok(0)
}
