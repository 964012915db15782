//! `karat gold import`: files of another tool in, a karat dataset out.

use std::path::PathBuf;

use crate::cli::words::counted;
use crate::error::{Error, Result};
use crate::gold;
use crate::gold::formats::{self, Options, conll::Scheme};
use crate::gold::write_dataset;
use crate::text::offset::OffsetUnit;

/// Arguments of `karat gold import`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// File or folder to read
    #[arg(required_unless_present = "list")]
    path: Option<PathBuf>,
    /// Format of the files; `karat gold import --list` names them
    #[arg(long, required_unless_present = "list")]
    format: Option<String>,
    /// Folder of the new dataset; must not exist or be empty
    #[arg(long, value_name = "DIR", required_unless_present = "list")]
    out: Option<PathBuf>,
    /// Name of the dataset [default: the name of the folder]
    #[arg(long)]
    name: Option<String>,
    /// What labelled spans are
    #[arg(long, default_value = "mentions", value_parser = ["mentions", "garbles"])]
    layer: String,
    /// Tag scheme of CoNLL columns; a file in another one is still read, and reported
    #[arg(long, default_value = "iob2")]
    scheme: Scheme,
    /// What offsets count, when not the format's usual unit: byte, scalar, utf16
    #[arg(long)]
    offsets: Option<OffsetUnit>,
    /// Dataset with the texts, for formats without texts (pairs, clusters)
    #[arg(long, value_name = "DIR")]
    gold: Option<PathBuf>,
    /// List the formats instead
    #[arg(long)]
    list: bool,
}

pub(super) fn run(args: &Args) -> Result<u8> {
    if args.list {
        for format in formats::FORMATS {
            let export = if format.export.is_some() {
                "import, export"
            } else {
                "import"
            };
            println!("{:<13} {export:<15} {}", format.name, format.what);
        }
        return Ok(0);
    }
    let (Some(path), Some(format), Some(out)) = (&args.path, &args.format, &args.out) else {
        return Err(Error::invalid(
            "gold import",
            "no path, --format or --out",
            "give all three",
        ));
    };
    let format = formats::format(format)?;
    let occupied = std::fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_some());
    if occupied {
        return Err(Error::invalid(
            out.display(),
            "the folder is not empty",
            "name a new folder",
        ));
    }
    let folder = out
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let options = Options {
        name: args.name.clone().unwrap_or(folder),
        layer: args.layer.clone(),
        scheme: args.scheme,
        offsets: args.offsets,
        base: args.gold.as_deref().map(gold::load).transpose()?,
        ..Options::default()
    };
    let imported = (format.import)(&formats::sources(path)?, &options)?;
    write_dataset(out, &imported.manifest, &imported.gold)?;
    for notice in &imported.notices {
        eprintln!("notice: {notice}");
    }
    let gold = gold::load(out)?;
    println!(
        "{}: {}, {} bytes",
        out.display(),
        counted(gold.corpus.len(), "document"),
        gold.corpus.bytes()
    );
    for row in gold::stats::counts(&gold)
        .iter()
        .filter(|row| row.slice == "all")
    {
        println!("{}: {}", row.layer, row.count);
    }
    Ok(0)
}
