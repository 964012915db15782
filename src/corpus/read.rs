//! Reading corpora of any size as a stream of documents: a folder of text files, or JSON lines, plain or compressed.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, stdin};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::corpus::Document;
use crate::error::{Error, Fault, Result};

/// Where documents come from and how their fields are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// A folder of `.txt` files, a `.jsonl` file (also `.gz` or `.zst`), or `-` for JSON lines on standard input.
    pub path: PathBuf,
    /// Field that holds the text.
    pub text_field: String,
    /// Field that holds the identifier; lines without it are numbered (`000000001` is the first).
    pub id_field: String,
}

/// A stream of documents; a fault ends it.
pub type Documents = Box<dyn Iterator<Item = Result<Document>> + Send>;

impl Source {
    /// A source with the usual field names, `text` and `id`.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            text_field: "text".to_owned(),
            id_field: "id".to_owned(),
        }
    }

    /// Opens the stream.
    ///
    /// # Errors
    /// When the path is missing or is no kind of corpus that can be read.
    pub fn documents(&self) -> Result<Documents> {
        if self.path.is_dir() {
            return self.folder();
        }
        let lines: Box<dyn Read + Send> = if self.path.as_os_str() == "-" {
            Box::new(stdin())
        } else {
            self.file()?
        };
        let source = self.clone();
        let mut lines = Lines {
            reader: BufReader::with_capacity(1 << 20, lines),
            number: 0,
        };
        Ok(Box::new(std::iter::from_fn(move || lines.next(&source))))
    }

    fn file(&self) -> Result<Box<dyn Read + Send>> {
        let file = File::open(&self.path).map_err(|e| Error::io("reading", &self.path, e))?;
        let name = self
            .path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default()
            .to_lowercase();
        let inner = name.trim_end_matches(".gz").trim_end_matches(".zst");
        if ![".jsonl", ".ndjson", ".json"]
            .iter()
            .any(|ending| inner.ends_with(ending))
        {
            let remedy = "give a folder of .txt files, a .jsonl file (also .jsonl.gz or .jsonl.zst), or - for JSON lines on standard input";
            return Err(Error::invalid(
                self.path.display(),
                "this kind of file is not a corpus",
                remedy,
            ));
        }
        Ok(if name.ends_with(".gz") {
            Box::new(flate2::read::MultiGzDecoder::new(file))
        } else if name.ends_with(".zst") {
            Box::new(zstd::Decoder::new(file).map_err(|e| Error::io("reading", &self.path, e))?)
        } else {
            Box::new(file)
        })
    }

    fn folder(&self) -> Result<Documents> {
        let mut paths: BTreeMap<String, PathBuf> = BTreeMap::new();
        for entry in fs::read_dir(&self.path).map_err(|e| Error::io("reading", &self.path, e))? {
            let path = entry
                .map_err(|e| Error::io("reading", &self.path, e))?
                .path();
            if path.extension().is_some_and(|extension| extension == "txt")
                && let Some(id) = path.file_stem().and_then(|stem| stem.to_str())
            {
                paths.insert(id.to_owned(), path);
            }
        }
        if paths.is_empty() {
            return Err(Error::invalid(
                self.path.display(),
                "no .txt file in this folder",
                "put one document per .txt file there",
            ));
        }
        Ok(Box::new(paths.into_iter().map(|(id, path)| {
            Ok(Document {
                id,
                text: read_text(&path)?,
            })
        })))
    }
}

fn read_text(path: &Path) -> Result<String> {
    let bytes = fs::read(path).map_err(|e| Error::io("reading", path, e))?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = 1 + error.as_bytes()[..at]
            .iter()
            .filter(|&&byte| byte == b'\n')
            .count() as u64;
        Error::Invalid(vec![Fault::at(
            path,
            line,
            format!("not UTF-8 at byte {at}"),
            "convert the file to UTF-8, for example with iconv",
        )])
    })
}

/// JSON lines with their numbers; ends after the first fault.
struct Lines<R> {
    reader: BufReader<R>,
    number: u64,
}

impl<R: Read> Lines<R> {
    fn next(&mut self, source: &Source) -> Option<Result<Document>> {
        let mut line = Vec::new();
        loop {
            if self.number == u64::MAX {
                return None;
            }
            line.clear();
            self.number += 1;
            match self.reader.read_until(b'\n', &mut line) {
                Ok(0) => return None,
                Ok(_) if line.trim_ascii().is_empty() => {}
                Ok(_) => {
                    let document = parse(&line, self.number, source);
                    if document.is_err() {
                        self.number = u64::MAX;
                    }
                    return Some(document);
                }
                Err(error) => {
                    self.number = u64::MAX;
                    return Some(Err(Error::io("reading", &source.path, error)));
                }
            }
        }
    }
}

fn parse(line: &[u8], number: u64, source: &Source) -> Result<Document> {
    let fault = |problem: String, remedy: String| {
        Error::Invalid(vec![Fault::at(&source.path, number, problem, remedy)])
    };
    let mut value: Value = serde_json::from_slice(line).map_err(|e| {
        fault(
            format!("not JSON: {e}"),
            "one JSON object per line".to_owned(),
        )
    })?;
    let fields = value.as_object().map_or_else(String::new, |object| {
        object.keys().cloned().collect::<Vec<_>>().join(", ")
    });
    let id = match value.get(&source.id_field) {
        None | Some(Value::Null) => format!("{number:09}"),
        Some(Value::String(id)) => id.clone(),
        Some(other) => other.to_string(),
    };
    match value.get_mut(&source.text_field).map(Value::take) {
        Some(Value::String(text)) => Ok(Document { id, text }),
        Some(_) => Err(fault(
            format!("field `{}` is not a string", source.text_field),
            "name the text field with --text-field".to_owned(),
        )),
        None => Err(fault(
            format!("no field `{}`; this line has: {fields}", source.text_field),
            "name the text field with --text-field".to_owned(),
        )),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn read(source: &Source) -> Result<Vec<(String, String)>> {
        source
            .documents()?
            .map(|document| document.map(|d| (d.id, d.text)))
            .collect()
    }

    #[test]
    fn plain_and_compressed_lines_give_the_same_documents() {
        let folder = tempfile::tempdir().unwrap();
        let text =
            "{\"id\":\"b\",\"text\":\"x\\ny\"}\n\n{\"text\":\"𝒳\",\"id\":7}\n{\"text\":\"\"}";
        let expected = [("b", "x\ny"), ("7", "𝒳"), ("000000004", "")]
            .map(|(a, b)| (a.to_owned(), b.to_owned()));
        let plain = folder.path().join("a.jsonl");
        fs::write(&plain, text).unwrap();
        let gz = folder.path().join("a.jsonl.gz");
        let mut encoder =
            flate2::write::GzEncoder::new(File::create(&gz).unwrap(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap();
        let zst = folder.path().join("a.jsonl.zst");
        fs::write(&zst, zstd::encode_all(text.as_bytes(), 1).unwrap()).unwrap();
        for path in [plain, gz, zst] {
            assert_eq!(read(&Source::new(path)).unwrap(), expected);
        }
    }

    #[test]
    fn faults_name_file_line_and_remedy() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        for (text, part) in [
            (
                "{\"text\":\"a\"}\n{\"body\":\"b\"}\n",
                "a.jsonl:2: no field `text`; this line has: body",
            ),
            ("{\"text\":1}\n", "a.jsonl:1: field `text` is not a string"),
            (
                "{\"text\":\"a\"}\nnonsense\n{\"text\":\"c\"}\n",
                "a.jsonl:2: not JSON",
            ),
        ] {
            fs::write(&path, text).unwrap();
            let message = read(&Source::new(&path)).unwrap_err().to_string();
            assert!(message.contains(part), "{message}");
        }
        fs::write(folder.path().join("a.parquet"), "").unwrap();
        assert!(
            read(&Source::new(folder.path().join("a.parquet")))
                .unwrap_err()
                .to_string()
                .contains("not a corpus")
        );
        assert_eq!(
            read(&Source::new(folder.path().join("none.jsonl")))
                .unwrap_err()
                .exit_code(),
            2
        );
    }

    #[test]
    fn after_a_fault_the_stream_is_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        fs::write(&path, "x\n{\"text\":\"c\"}\n").unwrap();
        assert_eq!(Source::new(&path).documents().unwrap().count(), 1);
    }
}
