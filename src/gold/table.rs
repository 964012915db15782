//! CSV files as tables with line numbers, so that every fault can name its row.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Fault, Result};

/// A CSV file with a checked header.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// Where it was read.
    pub path: PathBuf,
    header: Vec<String>,
    records: Vec<(u64, csv::StringRecord)>,
}

/// One row of a [`Table`].
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    table: &'a Table,
    record: &'a csv::StringRecord,
    /// Line of the file on which the row starts, from 1.
    pub line: u64,
}

impl Table {
    /// Reads a file; `None` when there is none or when it cannot be used, which is then in `faults`.
    ///
    /// Columns may stand in any order. A column that is not in `columns`, or is missing and not in `optional`, is a fault, and so
    /// is every row with another number of cells than the header.
    ///
    /// # Errors
    /// Refusals of the operating system.
    pub fn read(
        path: &Path,
        columns: &[&str],
        optional: &[&str],
        faults: &mut Vec<Fault>,
    ) -> Result<Option<Self>> {
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::io("reading", path, error)),
        };
        let text = match std::str::from_utf8(&bytes) {
            Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
            Err(error) => {
                let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
                let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count() as u64;
                faults.push(Fault::at(
                    path,
                    line,
                    "not UTF-8",
                    "save the file as UTF-8, for example with iconv",
                ));
                return Ok(None);
            }
        };
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let mut records = reader.records();
        let header: Vec<String> = match records.next() {
            Some(Ok(record)) => record.iter().map(|cell| cell.trim().to_owned()).collect(),
            _ => Vec::new(),
        };
        if !check_header(path, &header, columns, optional, faults) {
            return Ok(None);
        }
        let mut table = Self {
            path: path.to_owned(),
            header,
            records: Vec::new(),
        };
        for record in records {
            match record {
                Ok(record) => table.push(record, faults),
                Err(error) => faults.push(Fault::new(
                    path.display(),
                    format!("not CSV: {error}"),
                    "quote cells as RFC 4180 says",
                )),
            }
        }
        Ok(Some(table))
    }

    fn push(&mut self, record: csv::StringRecord, faults: &mut Vec<Fault>) {
        let line = record.position().map_or(0, csv::Position::line);
        if record.len() == self.header.len() {
            self.records.push((line, record));
        } else {
            faults.push(Fault::at(
                &self.path,
                line,
                format!(
                    "{} cells, the header has {}",
                    record.len(),
                    self.header.len()
                ),
                "give the row one cell per column; quote cells that hold a comma",
            ));
        }
    }

    /// The rows in file order.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.records.iter().map(|(line, record)| Row {
            table: self,
            record,
            line: *line,
        })
    }

    /// True when the file has this column.
    pub fn has(&self, column: &str) -> bool {
        self.header.iter().any(|name| name == column)
    }
}

impl<'a> Row<'a> {
    /// The cell of a column; empty when the file does not have the column.
    pub fn get(&self, column: &str) -> &'a str {
        let at = self.table.header.iter().position(|name| name == column);
        at.and_then(|at| self.record.get(at)).unwrap_or_default()
    }

    /// A fault in this row.
    pub fn fault(&self, problem: impl Into<String>, remedy: impl Into<String>) -> Fault {
        Fault::at(&self.table.path, self.line, problem, remedy)
    }

    /// All cells, to find rows that occur twice.
    pub fn cells(&self) -> Vec<&'a str> {
        self.record.iter().collect()
    }
}

fn check_header(
    path: &Path,
    header: &[String],
    columns: &[&str],
    optional: &[&str],
    faults: &mut Vec<Fault>,
) -> bool {
    let unknown: Vec<&str> = header
        .iter()
        .map(String::as_str)
        .filter(|name| !columns.contains(name))
        .collect();
    let missing: Vec<&str> = columns
        .iter()
        .copied()
        .filter(|name| !optional.contains(name) && !header.iter().any(|have| have == name))
        .collect();
    let twice = header
        .iter()
        .enumerate()
        .any(|(at, name)| header[..at].contains(name));
    if unknown.is_empty() && missing.is_empty() && !twice {
        return true;
    }
    let mut problem = String::from("wrong header");
    if !missing.is_empty() {
        problem += &format!(", missing: {}", missing.join(", "));
    }
    if !unknown.is_empty() {
        problem += &format!(", unknown: {}", unknown.join(", "));
    }
    if twice {
        problem += ", a column occurs twice";
    }
    let remedy = format!("the columns are {}", columns.join(","));
    faults.push(Fault::at(path, 1, problem, remedy));
    false
}

/// A CSV file as text: header and rows, LF, quoted where needed.
///
/// # Errors
/// None in practice: writing to memory.
pub fn to_csv<R, C>(columns: &[&str], rows: R) -> Result<String>
where
    R: IntoIterator<Item = C>,
    C: IntoIterator<Item = String>,
{
    let mut writer = csv::WriterBuilder::new()
        .flexible(true)
        .from_writer(Vec::new());
    let internal = |error: csv::Error| Error::Internal(format!("writing CSV: {error}"));
    writer.write_record(columns).map_err(internal)?;
    for row in rows {
        writer.write_record(row).map_err(internal)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| Error::Internal(format!("writing CSV: {error}")))?;
    String::from_utf8(bytes).map_err(|error| Error::Internal(format!("writing CSV: {error}")))
}
