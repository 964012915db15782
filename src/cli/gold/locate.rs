//! `karat gold locate`: draft layers with quotes in, canonical layers with offsets out.

use std::fs;
use std::path::PathBuf;

use crate::corpus::Corpus;
use crate::error::{Error, Result, all_or_nothing};
use crate::gold;
use crate::gold::locate::{LocatedSegment, locate};
use crate::gold::write::write_file;

/// Arguments of `karat gold locate`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folder with the draft layers (mentions.csv, ...): the columns of the layer with `line`, `occurrence`
    /// and `text` in place of offsets; long texts as `first words [...] last words`
    draft: PathBuf,
    /// Dataset whose articles and vocabulary the labels belong to; the result is checked against it
    #[arg(
        long,
        value_name = "DIR",
        conflicts_with = "articles",
        required_unless_present = "articles"
    )]
    gold: Option<PathBuf>,
    /// Folder of .txt files, when there is no dataset yet
    #[arg(long, value_name = "DIR")]
    articles: Option<PathBuf>,
    /// Folder for the canonical layers; made when it does not exist
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

pub(super) fn run(args: &Args) -> Result<u8> {
    let (corpus, segments) = match (&args.gold, &args.articles) {
        (Some(dir), _) => {
            let loaded = gold::read(dir)?;
            (
                loaded.gold.corpus,
                known(loaded.gold.segments.unwrap_or_default()),
            )
        }
        (None, Some(articles)) => (Corpus::from_folder(articles)?, Vec::new()),
        (None, None) => {
            return Err(Error::invalid(
                "gold locate",
                "no articles",
                "give --gold or --articles",
            ));
        }
    };
    let files = locate(&args.draft, &corpus, &segments)?;
    fs::create_dir_all(&args.out).map_err(|error| Error::io("writing", &args.out, error))?;
    for (name, content) in &files {
        write_file(&args.out.join(name), content)?;
        let rows = content.lines().count().saturating_sub(1);
        println!("{name}: {rows} rows located");
    }
    if let Some(dir) = &args.gold {
        // The labels are in place; what they say may still break the rules.
        all_or_nothing(gold::load::read_pass(dir, &args.out)?.faults)?;
    }
    Ok(0)
}

fn known(segments: Vec<crate::label::Segment>) -> Vec<LocatedSegment> {
    segments
        .into_iter()
        .map(|segment| LocatedSegment {
            document: segment.document,
            span: segment.span,
            id: segment.id,
            zone: segment.zone,
        })
        .collect()
}
