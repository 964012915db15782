//! `karat list`: which algorithms there are, and the manual page of one.

use crate::error::{Error, Result};
use crate::registry::{Entry, Registry};

/// Arguments of `karat list`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Print the manual page of this algorithm
    name: Option<String>,
}

pub(super) fn run(args: &Args, registry: &Registry) -> Result<u8> {
    let mut rows = Vec::new();
    collect("deduper", &registry.dedupers, &mut rows);
    collect("recognizer", &registry.recognizers, &mut rows);
    collect("resolver", &registry.resolvers, &mut rows);
    collect("detector", &registry.detectors, &mut rows);
    match &args.name {
        None => {
            for row in &rows {
                println!(
                    "{:<11} {:<16} {}",
                    row.0,
                    row.1,
                    row.2.lines().next().unwrap_or_default()
                );
            }
        }
        Some(name) => {
            let pages: Vec<_> = rows.iter().filter(|row| row.1 == name).collect();
            if pages.is_empty() {
                return Err(Error::invalid(
                    "list",
                    format!("unknown algorithm `{name}`"),
                    "see `karat list`",
                ));
            }
            for (kind, name, manual) in pages {
                println!("{kind} {name}\n\n{manual}\n");
            }
        }
    }
    Ok(0)
}

fn collect<T: ?Sized>(
    kind: &'static str,
    entries: &[Entry<T>],
    rows: &mut Vec<(&'static str, &'static str, String)>,
) {
    rows.extend(
        entries
            .iter()
            .map(|entry| (kind, entry.name, entry.manual())),
    );
}
