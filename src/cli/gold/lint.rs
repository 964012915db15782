//! `karat gold lint`: every fault of a dataset, errors first.

use std::path::PathBuf;

use crate::cli::words::counted;
use crate::error::Result;
use crate::gold::lint::{LINTS, Weight, lint_pass};

/// Arguments of `karat gold lint`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Dataset folder
    #[arg(default_value = "gold/embassy")]
    dir: PathBuf,
    /// Lint the label files of this folder (a pass) over the articles of the dataset
    #[arg(long, value_name = "DIR")]
    pass: Option<PathBuf>,
    /// Treat warnings as errors
    #[arg(long)]
    deny_warnings: bool,
    /// List the lints instead
    #[arg(long)]
    list: bool,
}

pub(super) fn run(args: &Args) -> Result<u8> {
    if args.list {
        for (name, weight, what) in LINTS {
            println!("{name:<18} {:<8} {what}", word(*weight));
        }
        return Ok(0);
    }
    let pass = args.pass.as_ref().unwrap_or(&args.dir);
    let findings = lint_pass(&args.dir, pass)?;
    for finding in &findings {
        println!(
            "{}[{}] {}",
            word(finding.weight),
            finding.lint,
            finding.fault
        );
    }
    let errors = findings
        .iter()
        .filter(|finding| finding.weight == Weight::Error)
        .count();
    let warnings = findings.len() - errors;
    println!(
        "{}: {}, {}",
        pass.display(),
        counted(errors, "error"),
        counted(warnings, "warning")
    );
    let failed = errors > 0 || (args.deny_warnings && warnings > 0);
    Ok(if failed { 2 } else { 0 })
}

const fn word(weight: Weight) -> &'static str {
    match weight {
        Weight::Error => "error",
        Weight::Warning => "warning",
    }
}
