//! JSON lines as a stream: each line numbered, checked and turned into a document; the first fault ends it.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::path::PathBuf;

use rustc_hash::FxBuildHasher;
use serde_json::Value;
use xxhash_rust::xxh3::xxh3_128;

use crate::corpus::Document;
use crate::corpus::read::{ID_FIELD, Source};
use crate::error::{Error, Fault, Result};

/// What some programs put before UTF-8 text.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The lines of a stream that are not blank.
pub(super) struct Lines {
    path: PathBuf,
    reader: BufReader<Box<dyn Read + Send>>,
    buffer: Vec<u8>,
    number: u64,
    over: bool,
    /// Digests of the identifiers so far: whole identifiers would take several times as much.
    ids: HashSet<u128, FxBuildHasher>,
}

impl Lines {
    pub(super) fn new(path: PathBuf, reader: BufReader<Box<dyn Read + Send>>) -> Self {
        Self {
            path,
            reader,
            buffer: Vec::new(),
            number: 0,
            over: false,
            ids: HashSet::default(),
        }
    }

    /// The next line that is not blank, without its line break.
    pub(super) fn line(&mut self) -> Option<Result<&[u8]>> {
        while !self.over {
            self.buffer.clear();
            match self.reader.read_until(b'\n', &mut self.buffer) {
                Ok(0) => self.over = true,
                Ok(_) => {
                    self.number += 1;
                    if self.number == 1 && self.buffer.starts_with(BYTE_ORDER_MARK) {
                        self.buffer.drain(..BYTE_ORDER_MARK.len());
                    }
                    let end = self.buffer.trim_ascii_end().len();
                    if end > 0 {
                        return Some(Ok(&self.buffer[..end]));
                    }
                }
                Err(error) => {
                    self.over = true;
                    return Some(Err(self.broken(error)));
                }
            }
        }
        None
    }

    /// The next document.
    pub(super) fn document(&mut self, source: &Source) -> Option<Result<Document>> {
        let document = match self.line()? {
            Ok(line) => parse(line, source),
            Err(error) => return Some(Err(error)),
        };
        let document = document.and_then(|parsed| {
            let id = match parsed.id {
                Some(id) => id,
                None => format!("{:09}", self.number),
            };
            self.check(&id)?;
            Ok(Document {
                id,
                text: parsed.text,
            })
        });
        self.over |= document.is_err();
        Some(document.map_err(|(problem, remedy)| {
            Error::Invalid(vec![Fault::at(&self.path, self.number, problem, remedy)])
        }))
    }

    /// An identifier goes into CSV cells and lists of one per line, and must say which document is meant.
    fn check(&mut self, id: &str) -> Result<(), Wrong> {
        if id.is_empty() || id.contains(char::is_control) {
            let problem = format!("id {id:?} is empty or has control characters");
            return Err((problem, "name another field with --id-field".to_owned()));
        }
        if !self.ids.insert(xxh3_128(id.as_bytes())) {
            let problem = format!("id `{id}` stands in an earlier line too");
            let remedy =
                "give each document an id of its own, or name another field with --id-field";
            return Err((problem, remedy.to_owned()));
        }
        Ok(())
    }

    /// What the system says about plain files is a refusal; what a decompressor says is about the data.
    fn broken(&self, error: std::io::Error) -> Error {
        let of_data = matches!(
            error.kind(),
            ErrorKind::UnexpectedEof
                | ErrorKind::InvalidData
                | ErrorKind::InvalidInput
                | ErrorKind::Other
        );
        if !of_data {
            return Error::io("reading", &self.path, error);
        }
        let problem = format!("the compressed data are cut off or damaged: {error}");
        let remedy = "make or copy the file again; `gzip -t` or `zstd -t` checks it";
        Error::Invalid(vec![Fault::at(
            &self.path,
            self.number + 1,
            problem,
            remedy,
        )])
    }
}

/// A problem and its remedy.
type Wrong = (String, String);

struct Parsed {
    id: Option<String>,
    text: String,
}

fn parse(line: &[u8], source: &Source) -> Result<Parsed, Wrong> {
    let line = std::str::from_utf8(line).map_err(|error| {
        let problem = format!("not UTF-8 at byte {} of the line", error.valid_up_to());
        (
            problem,
            "convert the file to UTF-8, for example with iconv".to_owned(),
        )
    })?;
    let no_line = |problem: String| {
        let remedy = "write one JSON object per line, for example with `jq -c .`, or `jq -c '.[]'` for an array";
        (problem, remedy.to_owned())
    };
    let value = serde_json::from_str(line).map_err(|e| no_line(format!("not JSON: {e}")))?;
    let Value::Object(mut object) = value else {
        return Err(no_line(format!("{}, not a JSON object", kind(&value))));
    };
    let absent = |field: &str, object: &serde_json::Map<String, Value>, option: &str| {
        let fields: Vec<&str> = object.keys().map(String::as_str).collect();
        let problem = format!("no field `{field}`; this line has: {}", fields.join(", "));
        (problem, format!("name the field with {option}"))
    };
    let id_field = source.id_field.as_deref();
    let id = match object.get(id_field.unwrap_or(ID_FIELD)) {
        Some(Value::String(id)) => Some(id.clone()),
        Some(Value::Number(id)) => Some(id.to_string()),
        None | Some(Value::Null) => match id_field {
            Some(field) => return Err(absent(field, &object, "--id-field")),
            None => None,
        },
        Some(other) => {
            let field = id_field.unwrap_or(ID_FIELD);
            let problem = format!("field `{field}` is {}, not a text or number", kind(other));
            return Err((problem, "name the field with --id-field".to_owned()));
        }
    };
    match object.get_mut(&source.text_field).map(Value::take) {
        Some(Value::String(text)) => Ok(Parsed { id, text }),
        Some(other) => Err((
            format!(
                "field `{}` is {}, not a text",
                source.text_field,
                kind(&other)
            ),
            "name the text field with --text-field".to_owned(),
        )),
        None => Err(absent(&source.text_field, &object, "--text-field")),
    }
}

const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
