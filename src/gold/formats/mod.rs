//! Formats of other tools, one file each. What a format cannot hold is reported as a notice, never dropped silently.

use std::collections::BTreeMap;
use std::path::Path;

use crate::error::{Error, Result};
use crate::gold::manifest::Manifest;
use crate::label::Gold;
use crate::text::offset::OffsetUnit;

pub mod brat;
pub mod clusters_csv;
pub mod conll;
pub mod conll_coref;
pub mod demetr;
pub mod doccano;
pub mod exchange;
pub mod label_studio;
pub mod mlqe_pe;
pub mod mqm;
pub mod name_bench;
pub mod pairs_csv;
pub mod spacy;
pub mod tag_columns;
pub mod webanno;

/// One format: how to read it, and how to write it where that makes sense.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// Name on the command line.
    pub name: &'static str,
    /// What it is.
    pub what: &'static str,
    /// Reads files into a dataset.
    pub import: fn(&[Source], &Options) -> Result<Imported>,
    /// Writes a dataset as files.
    pub export: Option<fn(&Gold, &Options) -> Result<Exported>>,
    /// True when a whole dataset is one file.
    pub single: bool,
}

/// Every format.
pub const FORMATS: &[Format] = &[
    Format {
        name: "conll",
        what: "CoNLL columns: a token and its tag per line (IOB1, IOB2, IOE1, IOE2, BILOU, IOBES)",
        import: conll::import,
        export: Some(conll::export),
        single: true,
    },
    Format {
        name: "spacy",
        what: "spaCy and Prodigy JSONL: text and spans per line",
        import: spacy::import,
        export: Some(spacy::export),
        single: true,
    },
    Format {
        name: "brat",
        what: "brat standoff: a .txt and an .ann file per document",
        import: brat::import,
        export: Some(brat::export),
        single: false,
    },
    Format {
        name: "label-studio",
        what: "Label Studio JSON: a list of tasks with labelled results",
        import: label_studio::import,
        export: Some(label_studio::export),
        single: true,
    },
    Format {
        name: "webanno",
        what: "WebAnno TSV 3: a .tsv file per document",
        import: webanno::import,
        export: Some(webanno::export),
        single: false,
    },
    Format {
        name: "doccano",
        what: "Doccano JSONL: text and [start, end, label] per line",
        import: doccano::import,
        export: Some(doccano::export),
        single: true,
    },
    Format {
        name: "pairs",
        what: "pairs CSV: documents or segments that are copies (needs the texts of a dataset)",
        import: pairs_csv::import,
        export: Some(pairs_csv::export),
        single: true,
    },
    Format {
        name: "clusters",
        what: "clusters CSV: copy groups, boilerplate groups, entities (needs the texts of a dataset)",
        import: clusters_csv::import,
        export: Some(clusters_csv::export),
        single: true,
    },
    Format {
        name: "mqm",
        what: "MQM TSV: target texts with <v> error spans, by system and segment",
        import: mqm::import,
        export: Some(mqm::export),
        single: true,
    },
    Format {
        name: "mlqe-pe",
        what: "MLQE-PE folder: machine translation, its human post-edit and word tags, line by line",
        import: mlqe_pe::import,
        export: None,
        single: false,
    },
    Format {
        name: "name-bench",
        what: "name_bench CSV: pairs of names that are or are not the same",
        import: name_bench::import,
        export: None,
        single: true,
    },
    Format {
        name: "demetr",
        what: "DEMETR JSONL: a clean sentence beside the same with one error",
        import: demetr::import,
        export: None,
        single: false,
    },
];

/// A file to import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Where it was, for messages.
    pub path: String,
    /// File name without folder.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// Choices of an import or export.
#[derive(Debug, Clone)]
pub struct Options {
    /// Name of the imported dataset.
    pub name: String,
    /// Which layer the labelled spans are: `mentions`, `garbles`.
    pub layer: String,
    /// Tag scheme of CoNLL columns.
    pub scheme: conll::Scheme,
    /// True to take white space alone as token border (CoNLL export of texts that came as tokens).
    pub space_tokens: bool,
    /// Offset unit, where it is not the format's usual one.
    pub offsets: Option<OffsetUnit>,
    /// The dataset whose texts and segments the labels belong to, for formats without texts.
    pub base: Option<Gold>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            name: "imported".to_owned(),
            layer: "mentions".to_owned(),
            scheme: conll::Scheme::Iob2,
            space_tokens: false,
            offsets: None,
            base: None,
        }
    }
}

/// A dataset made from files of another tool.
#[derive(Debug, Clone, Default)]
pub struct Imported {
    /// Its `dataset.toml`.
    pub manifest: Manifest,
    /// Texts and labels.
    pub gold: Gold,
    /// What was left out or changed, in words.
    pub notices: Vec<String>,
}

/// A dataset as files of another tool.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exported {
    /// Content by file name.
    pub files: BTreeMap<String, String>,
    /// What the format cannot hold, in words.
    pub notices: Vec<String>,
}

impl Exported {
    /// As the files of an import.
    pub fn sources(&self) -> Vec<Source> {
        let source = |(name, text): (&String, &String)| Source {
            path: name.clone(),
            name: name.clone(),
            text: text.clone(),
        };
        self.files.iter().map(source).collect()
    }
}

/// The format with this name.
///
/// # Errors
/// An unknown name.
pub fn format(name: &str) -> Result<&'static Format> {
    FORMATS
        .iter()
        .find(|format| format.name == name)
        .ok_or_else(|| {
            let known: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
            Error::invalid(
                "--format",
                format!("unknown format `{name}`"),
                format!("known: {}", known.join(", ")),
            )
        })
}

/// Reads a file, or every file of a folder in order of names.
///
/// # Errors
/// A missing path, a file that is not UTF-8, the operating system's refusals.
pub fn sources(path: &Path) -> Result<Vec<Source>> {
    let mut paths = Vec::new();
    if path.is_dir() {
        let entries = std::fs::read_dir(path).map_err(|error| Error::io("reading", path, error))?;
        for entry in entries {
            let file = entry
                .map_err(|error| Error::io("reading", path, error))?
                .path();
            if file.is_file() {
                paths.push(file);
            }
        }
        paths.sort();
    } else {
        paths.push(path.to_owned());
    }
    let read = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).map_err(|error| {
            if error.kind() == std::io::ErrorKind::InvalidData {
                Error::invalid(
                    path.display(),
                    "not UTF-8",
                    "convert it, for example with iconv",
                )
            } else {
                Error::io("reading", path, error)
            }
        })?;
        Ok(Source {
            path: path.display().to_string(),
            name: path
                .file_name()
                .map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
            text,
        })
    };
    paths.iter().map(read).collect()
}

#[cfg(test)]
mod fault_tests;
#[cfg(test)]
mod public_tests;
#[cfg(test)]
mod tests;
