//! Reading corpora of any size as a stream of documents: a folder of text files, or JSON lines, plain or compressed.

mod folder;
mod lines;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{BufReader, Read, stdin};
use std::path::{Path, PathBuf};

use crate::corpus::Document;
use crate::error::{Error, Result};

pub(in crate::corpus) use folder::text;
use lines::Lines;

/// Where documents come from and how their fields are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// A folder of `.txt` files, a `.jsonl` file (also `.gz` or `.zst`), or `-` for JSON lines on standard input.
    pub path: PathBuf,
    /// Field that holds the text.
    pub text_field: String,
    /// Field that holds the identifier, which every line then must have. `None`: the field `id` where a line has one, else the
    /// number of the line (`000000001` is the first).
    pub id_field: Option<String>,
}

/// A stream of documents; a fault ends it.
pub type Documents = Box<dyn Iterator<Item = Result<Document>> + Send>;

/// What a document looks like in its source, so that it can be copied with everything that karat does not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Original {
    /// A line of JSON without its line break.
    Line(Vec<u8>),
    /// A file of a folder.
    File(Document),
}

/// Field of the identifier when none is named.
pub(crate) const ID_FIELD: &str = "id";

impl Source {
    /// A source with the usual field names, `text` and `id`.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            text_field: "text".to_owned(),
            id_field: None,
        }
    }

    /// True when the corpus comes through standard input, which can be read only once.
    pub fn is_stdin(&self) -> bool {
        self.path.as_os_str() == "-"
    }

    /// Opens the stream. Identifiers are checked to be distinct, which takes about 25 bytes per document.
    ///
    /// # Errors
    /// When the path is missing or is no kind of corpus that can be read.
    pub fn documents(&self) -> Result<Documents> {
        if self.path.is_dir() {
            return folder::documents(&self.path);
        }
        let mut lines = self.lines()?;
        let source = self.clone();
        Ok(Box::new(std::iter::from_fn(move || {
            lines.document(&source)
        })))
    }

    /// The documents once more, each as it stands in the source, in the same order. Nothing is parsed.
    ///
    /// # Errors
    /// As [`Source::documents`].
    pub fn originals(&self) -> Result<Box<dyn Iterator<Item = Result<Original>> + Send>> {
        if self.path.is_dir() {
            let files = folder::documents(&self.path)?;
            return Ok(Box::new(files.map(|document| document.map(Original::File))));
        }
        let mut lines = self.lines()?;
        Ok(Box::new(std::iter::from_fn(move || {
            let line = lines.line()?.map(|line| Original::Line(line.to_vec()));
            Some(line)
        })))
    }

    fn lines(&self) -> Result<Lines> {
        let stream: Box<dyn Read + Send> = if self.is_stdin() {
            Box::new(stdin())
        } else {
            self.file()?
        };
        let reader = BufReader::with_capacity(1 << 20, stream);
        Ok(Lines::new(self.path.clone(), reader))
    }

    fn file(&self) -> Result<Box<dyn Read + Send>> {
        let file = File::open(&self.path).map_err(|e| Error::io("reading", &self.path, e))?;
        if !is_json_lines(&self.path) {
            let remedy = "give a folder of .txt files, a .jsonl file (also .jsonl.gz or .jsonl.zst), or - for JSON lines on standard input";
            return Err(Error::invalid(
                self.path.display(),
                "this kind of file is not a corpus",
                remedy,
            ));
        }
        Ok(match Compression::of(&self.path) {
            Compression::None => Box::new(file),
            Compression::Gzip => Box::new(flate2::read::MultiGzDecoder::new(file)),
            Compression::Zstandard => {
                Box::new(zstd::Decoder::new(file).map_err(|e| Error::io("reading", &self.path, e))?)
            }
        })
    }
}

/// How a file is compressed, by the end of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compression {
    None,
    Gzip,
    Zstandard,
}

impl Compression {
    pub(crate) fn of(path: &Path) -> Self {
        match path.extension() {
            Some(ending) if ending.eq_ignore_ascii_case("gz") => Self::Gzip,
            Some(ending) if ending.eq_ignore_ascii_case("zst") => Self::Zstandard,
            _ => Self::None,
        }
    }
}

/// True for names that JSON lines go by, compressed or not.
pub(crate) fn is_json_lines(path: &Path) -> bool {
    let inner = match Compression::of(path) {
        Compression::None => path,
        Compression::Gzip | Compression::Zstandard => {
            Path::new(path.file_stem().unwrap_or_default())
        }
    };
    inner.extension().is_some_and(|ending| {
        ["jsonl", "ndjson", "json"]
            .iter()
            .any(|known| ending.eq_ignore_ascii_case(known))
    })
}
