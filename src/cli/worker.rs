//! `karat worker`: the child side, started by the harness and by nobody else.

use std::io::{BufReader, BufWriter, stdin, stdout};
use std::path::Path;

use crate::error::{Error, Result};
use crate::registry::Registry;
use crate::worker::process::limit_self;
use crate::worker::serve::serve;

/// Arguments of `karat worker`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// CPU seconds
    #[arg(long)]
    cpu: u64,
    /// Writable memory in MiB
    #[arg(long)]
    memory: u64,
}

pub(super) fn run(args: &Args, registry: &Registry) -> Result<u8> {
    limit_self(args.cpu, args.memory)
        .map_err(|e| Error::io("limiting", Path::new("karat worker"), e))?;
    serve(
        BufReader::new(stdin().lock()),
        BufWriter::new(stdout().lock()),
        registry,
    )
    .map_err(|e| Error::io("writing", Path::new("stdout"), e))?;
    Ok(0)
}
