//! `karat gold export`: a karat dataset in, files of another tool out.

use std::path::PathBuf;

use crate::cli::words::counted;
use crate::error::{Error, Result, all_or_nothing};
use crate::gold;
use crate::gold::formats::{self, Options, conll::Scheme};
use crate::gold::write::write_file;
use crate::text::offset::OffsetUnit;

/// Arguments of `karat gold export`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Dataset folder
    dir: PathBuf,
    /// Format to write; `karat gold import --list` names them
    #[arg(long)]
    format: String,
    /// File to write, or folder for a format with a file per document
    #[arg(long, value_name = "PATH")]
    out: PathBuf,
    /// Which layer the labelled spans are
    #[arg(long, default_value = "mentions", value_parser = ["mentions", "garbles"])]
    layer: String,
    /// Tag scheme of CoNLL columns: iob1, iob2, ioe1, ioe2, bilou, iobes
    #[arg(long, default_value = "iob2")]
    scheme: Scheme,
    /// Take white space alone as token border (CoNLL), for texts that came as tokens
    #[arg(long)]
    space_tokens: bool,
    /// What offsets count, when not the format's usual unit: byte, scalar, utf16
    #[arg(long)]
    offsets: Option<OffsetUnit>,
}

pub(super) fn run(args: &Args) -> Result<u8> {
    let format = formats::format(&args.format)?;
    let Some(export) = format.export else {
        return Err(Error::invalid(
            "--format",
            format!("`{}` is read, not written", format.name),
            "choose another format",
        ));
    };
    // In the words of the dataset: a type map serves scoring.
    let loaded = gold::read(&args.dir)?;
    all_or_nothing(loaded.faults)?;
    let options = Options {
        layer: args.layer.clone(),
        scheme: args.scheme,
        space_tokens: args.space_tokens,
        offsets: args.offsets,
        ..Options::default()
    };
    let exported = export(&loaded.gold, &options)?;
    for notice in &exported.notices {
        eprintln!("notice: {notice}");
    }
    if format.single {
        for text in exported.files.values() {
            write_file(&args.out, text)?;
        }
    } else {
        std::fs::create_dir_all(&args.out)
            .map_err(|error| Error::io("writing", &args.out, error))?;
        for (name, text) in &exported.files {
            write_file(&args.out.join(name), text)?;
        }
    }
    println!(
        "{}: {} of {}",
        args.out.display(),
        format.name,
        counted(loaded.gold.corpus.len(), "document")
    );
    Ok(0)
}
