//! `karat gold new`: a dataset to fill in.

use std::path::PathBuf;

use crate::error::Result;
use crate::gold::skeleton::write_skeleton;

/// Arguments of `karat gold new`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folder of the new dataset; must not exist or be empty
    dir: PathBuf,
}

pub(super) fn run(args: &Args) -> Result<u8> {
    write_skeleton(&args.dir)?;
    println!("{}: read README.md there", args.dir.display());
    Ok(0)
}
