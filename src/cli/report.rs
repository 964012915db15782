//! `karat report`: render the committed records.

use std::path::{Path, PathBuf};

use crate::cli::run::{read_throughput, throughput_files};
use crate::error::{Error, Result};
use crate::record::{self, QualityRow, write_whole};
use crate::report::{garble_loss, markdown, summary};

/// Arguments of `karat report`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folder of the reports
    #[arg(default_value = "reports", value_name = "DIR")]
    reports: PathBuf,
    /// Put the tables between the markers `<!-- karat:TASK/LEVEL -->` and `<!-- /karat:TASK/LEVEL -->` of this document; may be
    /// repeated
    #[arg(long, value_name = "FILE")]
    splice: Vec<PathBuf>,
}

pub(super) fn run(args: &Args) -> Result<u8> {
    let quality: Vec<QualityRow> = record::read(&args.reports.join("quality.csv"))?;
    if quality.is_empty() {
        return Err(Error::invalid(
            args.reports.display(),
            "quality.csv has no row",
            "write it with `karat run`",
        ));
    }
    let throughput = read_throughput(&args.reports)?;
    let sections = summary::sections(&quality, &throughput);
    let machines: Vec<String> = throughput_files(&args.reports)
        .iter()
        .filter_map(|path| {
            path.file_stem()
                .and_then(|stem| stem.to_str())
                .map(str::to_owned)
        })
        .collect();
    let readme = args.reports.join("README.md");
    write_whole(
        &readme,
        markdown::report(&sections, &quality, &machines).as_bytes(),
    )?;
    println!("wrote {}", readme.display());
    for path in &args.splice {
        splice(path, &sections, &quality)?;
        println!("spliced {}", path.display());
    }
    Ok(0)
}

fn splice(path: &Path, sections: &[summary::Section], quality: &[QualityRow]) -> Result<()> {
    let mut document = std::fs::read_to_string(path).map_err(|e| Error::io("reading", path, e))?;
    let mut any = false;
    for section in sections {
        let name = section.name();
        if document.contains(&format!("<!-- karat:{name} -->")) {
            document = markdown::splice(
                &document,
                &path.display().to_string(),
                &name,
                &markdown::table(section),
            )?;
            any = true;
        }
    }
    let name = garble_loss::NAME;
    if document.contains(&format!("<!-- karat:{name} -->"))
        && let Some(table) = garble_loss::table(quality)
    {
        document = markdown::splice(&document, &path.display().to_string(), name, &table)?;
        any = true;
    }
    if !any {
        return Err(Error::invalid(
            path.display(),
            "no marker such as `<!-- karat:dedup/document -->`",
            "add a pair of markers",
        ));
    }
    write_whole(path, document.as_bytes())
}
