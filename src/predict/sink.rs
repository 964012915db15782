//! Where predictions go: a file that appears when it is whole, or standard output.

use std::fs::{File, Permissions};
use std::io::{BufWriter, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::{Error, Result};
use crate::predict::Line;

/// Where lines go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// CSV with a header.
    Csv,
    /// One JSON object per line, empty fields left out.
    Jsonl,
}

/// Writes lines as they come; the file appears under its name only when all is written.
pub struct Sink {
    path: Option<PathBuf>,
    temporary: Option<tempfile::NamedTempFile>,
    writer: Writer,
}

enum Writer {
    Csv(Box<csv::Writer<Box<dyn Write>>>),
    Jsonl(Box<dyn Write>),
}

impl Sink {
    /// Opens a file, or standard output without a path.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn open(path: Option<PathBuf>, format: Format) -> Result<Self> {
        let (temporary, stream): (_, Box<dyn Write>) = match &path {
            None => (None, Box::new(std::io::BufWriter::new(std::io::stdout()))),
            Some(path) => {
                let (file, stream) = temporary(path)?;
                (Some(file), Box::new(stream))
            }
        };
        let writer = match format {
            Format::Csv => {
                let mut writer = csv::WriterBuilder::new()
                    .has_headers(false)
                    .from_writer(stream);
                let header = [
                    "document",
                    "start",
                    "end",
                    "other_document",
                    "label",
                    "cluster",
                    "confidence",
                ];
                writer
                    .write_record(header)
                    .map_err(|e| Error::Internal(e.to_string()))?;
                Writer::Csv(Box::new(writer))
            }
            Format::Jsonl => Writer::Jsonl(stream),
        };
        Ok(Self {
            path,
            temporary,
            writer,
        })
    }

    /// Writes lines.
    ///
    /// # Errors
    /// The system's own.
    pub fn write(&mut self, lines: &[Line]) -> Result<()> {
        let place = self
            .path
            .clone()
            .unwrap_or_else(|| PathBuf::from("standard output"));
        let io = |e: std::io::Error| Error::io("writing", &place, e);
        for line in lines {
            match &mut self.writer {
                Writer::Csv(writer) => writer
                    .serialize(line)
                    .map_err(|e| io(std::io::Error::other(e)))?,
                Writer::Jsonl(stream) => {
                    let mut value =
                        serde_json::to_value(line).map_err(|e| Error::Internal(e.to_string()))?;
                    if let Some(object) = value.as_object_mut() {
                        object.retain(|_, value| !value.is_null() && value.as_str() != Some(""));
                    }
                    writeln!(stream, "{value}").map_err(io)?;
                }
            }
        }
        Ok(())
    }

    /// Closes the stream and gives the file its name.
    ///
    /// # Errors
    /// The system's own.
    pub fn finish(self) -> Result<()> {
        let place = self
            .path
            .clone()
            .unwrap_or_else(|| PathBuf::from("standard output"));
        match self.writer {
            Writer::Csv(mut writer) => writer.flush(),
            Writer::Jsonl(mut stream) => stream.flush(),
        }
        .map_err(|e| Error::io("writing", &place, e))?;
        match (self.temporary, self.path) {
            (Some(file), Some(path)) => file
                .persist(&path)
                .map(|_| ())
                .map_err(|e| Error::io("writing", &path, e.error)),
            _ => Ok(()),
        }
    }
}

/// A temporary file beside `path`, and a buffered stream into it.
pub(super) fn temporary(path: &Path) -> Result<(NamedTempFile, BufWriter<File>)> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let open = || -> std::io::Result<_> {
        let file = tempfile::Builder::new()
            .prefix(".karat-")
            // As any new file, cut down by the umask: the default of a temporary file is for its owner only.
            .permissions(Permissions::from_mode(0o666))
            .tempfile_in(folder)?;
        let stream = BufWriter::with_capacity(1 << 18, file.reopen()?);
        Ok((file, stream))
    };
    open().map_err(|e| Error::io("writing", path, e))
}
