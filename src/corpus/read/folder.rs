//! A folder of text files as a stream: one document per file, in order of names.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::corpus::Document;
use crate::corpus::read::Documents;
use crate::error::{Error, Fault, Result, all_or_nothing};

/// Every `*.txt` of the folder, not of its subfolders.
pub(super) fn documents(folder: &Path) -> Result<Documents> {
    let mut paths: BTreeMap<String, PathBuf> = BTreeMap::new();
    let mut faults = Vec::new();
    for entry in fs::read_dir(folder).map_err(|e| Error::io("reading", folder, e))? {
        let path = entry.map_err(|e| Error::io("reading", folder, e))?.path();
        if path.extension().is_none_or(|extension| extension != "txt") {
            continue;
        }
        match path.file_stem().and_then(|stem| stem.to_str()) {
            Some(id) => {
                paths.insert(id.to_owned(), path);
            }
            None => faults.push(Fault::new(
                path.display(),
                "file name is not UTF-8",
                "rename the file",
            )),
        }
    }
    all_or_nothing(faults)?;
    if paths.is_empty() {
        return Err(Error::invalid(
            folder.display(),
            "no .txt file in this folder",
            "put one document per .txt file there",
        ));
    }
    Ok(Box::new(paths.into_iter().map(|(id, path)| {
        Ok(Document {
            id,
            text: text(&path)?,
        })
    })))
}

/// A whole file, which must be UTF-8.
///
/// # Errors
/// The system's own, and the first line that is not UTF-8.
pub(in crate::corpus) fn text(path: &Path) -> Result<String> {
    let bytes = fs::read(path).map_err(|e| Error::io("reading", path, e))?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let before = &error.as_bytes()[..at];
        let line = 1 + memchr::memchr_iter(b'\n', before).count() as u64;
        Error::Invalid(vec![Fault::at(
            path,
            line,
            format!("not UTF-8 at byte {at}"),
            "convert the file to UTF-8, for example with iconv",
        )])
    })
}
