//! The cleaned corpus: the documents that stay, each as it stands in the source.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use flate2::write::GzEncoder;
use serde_json::{Map, Value};

use crate::corpus::Document;
use crate::corpus::read::{Compression, ID_FIELD, Original, Source, is_json_lines};
use crate::error::{Error, Result};
use crate::predict::sink::temporary;

/// Writes the documents that stay, in their order, when document `i` stays if `kept[i] == i`.
///
/// Lines of JSON are copied as they are, with all their fields; `.gz` and `.zst` compress. A folder of text files becomes a folder
/// again, or JSON lines where `path` ends like such a file.
///
/// # Errors
/// Those of the corpus and of the files; a corpus that is not the one that was read before; a folder that is not empty.
pub fn write_clean(source: &Source, path: &Path, kept: &[u32]) -> Result<usize> {
    if source.path.is_dir() && !is_json_lines(path) {
        return write_folder(source, path, kept);
    }
    let (file, stream) = temporary(path)?;
    let io = |e| Error::io("writing", path, e);
    let mut stream = Packed::new(stream, Compression::of(path)).map_err(io)?;
    let written = each_kept(source, kept, |original| {
        let mut line = match original {
            Original::Line(line) => line,
            Original::File(document) => object(source, document).into_bytes(),
        };
        line.push(b'\n');
        stream.write(&line).map_err(io)
    })?;
    stream.finish().map_err(io)?;
    file.persist(path).map_err(|e| io(e.error))?;
    Ok(written)
}

/// A stream into a file that is compressed or not. What a compressor still holds is written by `finish`, whose error counts: a
/// full disk must not leave a file that is cut off.
enum Packed {
    Plain(BufWriter<File>),
    Gzip(GzEncoder<BufWriter<File>>),
    Zstandard(zstd::Encoder<'static, BufWriter<File>>),
}

impl Packed {
    fn new(stream: BufWriter<File>, compression: Compression) -> io::Result<Self> {
        Ok(match compression {
            Compression::None => Self::Plain(stream),
            Compression::Gzip => Self::Gzip(GzEncoder::new(stream, flate2::Compression::default())),
            Compression::Zstandard => Self::Zstandard(zstd::Encoder::new(stream, 3)?),
        })
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.write_all(bytes),
            Self::Gzip(stream) => stream.write_all(bytes),
            Self::Zstandard(stream) => stream.write_all(bytes),
        }
    }

    fn finish(self) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream,
            Self::Gzip(stream) => stream.finish()?,
            Self::Zstandard(stream) => stream.finish()?,
        }
        .flush()
    }
}

/// A text file as a line of JSON.
fn object(source: &Source, document: Document) -> String {
    let id = source.id_field.as_deref().unwrap_or(ID_FIELD);
    let fields = [
        (id.to_owned(), Value::String(document.id)),
        (source.text_field.clone(), Value::String(document.text)),
    ];
    Value::Object(Map::from_iter(fields)).to_string()
}

/// The folder gets its name when all files are in it.
fn write_folder(source: &Source, path: &Path, kept: &[u32]) -> Result<usize> {
    let io = |e| Error::io("writing", path, e);
    if fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_some()) {
        let remedy = "name a new folder, or a file that ends in .jsonl";
        return Err(Error::invalid(
            path.display(),
            "the folder is not empty",
            remedy,
        ));
    }
    let beside = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let whole = tempfile::Builder::new()
        .prefix(".karat-")
        .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o777))
        .tempdir_in(beside)
        .map_err(io)?;
    let written = each_kept(source, kept, |original| match original {
        Original::File(document) => {
            let file = whole.path().join(format!("{}.txt", document.id));
            fs::write(file, document.text).map_err(io)
        }
        Original::Line(_) => Err(changed(source)),
    })?;
    fs::rename(whole.path(), path).map_err(io)?;
    // It has another name now, so that nothing is left to remove.
    let _ = whole.keep();
    Ok(written)
}

/// Reads the corpus a second time and hands over what stays.
fn each_kept(
    source: &Source,
    kept: &[u32],
    mut each: impl FnMut(Original) -> Result<()>,
) -> Result<usize> {
    let (mut index, mut written) = (0, 0);
    for original in source.originals()? {
        let original = original?;
        let keeper = kept.get(index).ok_or_else(|| changed(source))?;
        if *keeper as usize == index {
            each(original)?;
            written += 1;
        }
        index += 1;
    }
    if index < kept.len() {
        return Err(changed(source));
    }
    Ok(written)
}

fn changed(source: &Source) -> Error {
    Error::invalid(
        source.path.display(),
        "the corpus has changed since it was read first",
        "run again on a corpus that nothing writes to",
    )
}
