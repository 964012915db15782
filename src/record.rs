//! Records: the rows of every CSV file, written whole or not at all.
//!
//! UTF-8, LF, RFC 4180, fixed column order, header always, rows sorted by key, shortest round-trip numbers, empty = not
//! applicable. Columns are only ever appended; `schema` carries the version.

mod cell;
pub mod columns;
pub(crate) mod number;
mod rows;
#[cfg(test)]
mod tests;

use std::fs;
use std::io::Write;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use cell::{neutral, original};
pub use rows::{CurveRow, OutcomeRow, QualityRow, ThroughputRow};

use crate::error::{Error, Fault, Result, all_or_nothing};

/// Version of the columns.
pub const SCHEMA: u32 = 1;

/// What identifies the rows of one variant at one level: task, level, algorithm, parameters.
pub type Key = (String, String, String, String);

/// `algorithm(params)`, or the bare algorithm without parameters.
pub fn variant_name(algorithm: &str, params: &str) -> String {
    if params.is_empty() {
        algorithm.to_owned()
    } else {
        format!("{algorithm}({params})")
    }
}

/// Rows with a key that fixes their order in the file.
pub trait Record: Serialize + DeserializeOwned {
    /// Sort key; equal keys keep their order.
    type Order: Ord;

    /// The key.
    fn order(&self) -> Self::Order;

    /// Column names in order.
    fn header() -> &'static [&'static str];
}

/// The bytes of a file of rows, sorted by key.
///
/// # Errors
/// A row that cannot be serialised (a defect of karat).
pub fn to_bytes<R: Record>(rows: &mut [R]) -> Result<Vec<u8>> {
    rows.sort_by_cached_key(Record::order);
    let mut writer = csv::WriterBuilder::new()
        .has_headers(false)
        .from_writer(Vec::new());
    let internal = |e: csv::Error| Error::Internal(format!("row cannot be written: {e}"));
    writer.write_record(R::header()).map_err(internal)?;
    for row in rows.iter() {
        writer.serialize(row).map_err(internal)?;
    }
    writer
        .into_inner()
        .map_err(|e| Error::Internal(e.to_string()))
}

/// Sorts rows by key and writes them with a header.
///
/// # Errors
/// When the folder cannot be written; the old file is then untouched.
pub fn write<R: Record>(path: &Path, rows: &mut [R]) -> Result<()> {
    write_whole(path, &to_bytes(rows)?)
}

/// Writes a file whole: into a temporary file in the same folder, which is then renamed.
///
/// # Errors
/// When the folder cannot be made or written; the old file is then untouched.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|e| Error::io("creating", folder, e))?;
    let write = || -> std::io::Result<()> {
        let mut file = tempfile::Builder::new()
            .prefix(".karat-")
            .tempfile_in(folder)?;
        file.write_all(bytes)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            file.as_file()
                .set_permissions(fs::Permissions::from_mode(0o644))?;
        }
        file.persist(path).map_err(|e| e.error)?;
        Ok(())
    };
    write().map_err(|e| Error::io("writing", path, e))
}

/// Reads a file of rows.
///
/// # Errors
/// A missing file, a header that is not ours, and every row that cannot be read, with its line.
pub fn read<R: Record>(path: &Path) -> Result<Vec<R>> {
    let text = fs::read(path).map_err(|e| Error::io("reading", path, e))?;
    if text.last().is_some_and(|&byte| byte != b'\n') {
        return Err(Error::invalid(
            path.display(),
            "the last line is cut off",
            "write the file again",
        ));
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(true)
        .from_reader(text.as_slice());
    let header = reader.headers().map_err(|e| {
        Error::invalid(
            path.display(),
            e.to_string(),
            "the file is not CSV in UTF-8",
        )
    })?;
    if header.iter().ne(R::header().iter().copied()) {
        return Err(Error::Invalid(vec![Fault::at(
            path,
            1,
            format!(
                "header is `{}`",
                header.iter().collect::<Vec<_>>().join(",")
            ),
            format!("expected `{}`", R::header().join(",")),
        )]));
    }
    let mut rows = Vec::new();
    let mut faults = Vec::new();
    for row in reader.deserialize() {
        match row {
            Ok(row) => rows.push(row),
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                faults.push(Fault::at(
                    path,
                    line,
                    error.to_string(),
                    "mend the row or write the file again",
                ));
            }
        }
    }
    all_or_nothing(faults)?;
    Ok(rows)
}
