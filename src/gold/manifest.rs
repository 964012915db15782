//! `dataset.toml`: what a dataset is called, where its documents come from, and which words its labels use.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::corpus::Corpus;
use crate::error::{Error, Fault, Result};
use crate::gold::layer;
use crate::label::{Judged, SYNTHETIC};

/// The content of `dataset.toml`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Name of the dataset, used in item ids.
    pub name: String,
    /// Language of the texts (BCP 47).
    #[serde(default)]
    pub language: String,
    /// Version of the guidelines by which the labels were made; 0 when there are none.
    #[serde(default)]
    pub guidelines: u32,
    /// How the labels were put in by program; empty for labels made by reading. Such a dataset is reported under a name that says
    /// so, and never in one table with others.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub synthetic: String,
    /// Layers (file stems) whose spans may overlap freely; else garbles never overlap and mentions only nest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overlapping: Vec<String>,
    /// Per layer what is judged; absent means `all`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub judged: BTreeMap<String, Judged>,
    /// Words that the labels may use.
    #[serde(default)]
    pub vocabulary: Vocabulary,
    /// Words of this dataset that are replaced by others on loading.
    #[serde(default, skip_serializing_if = "TypeMap::is_empty")]
    pub type_map: TypeMap,
    /// Story of each document. Empty: every document is a story of its own.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub stories: BTreeMap<String, String>,
    /// BLAKE3 of each article, 64 hexadecimal digits as `b3sum` prints them. Empty: not checked.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub articles: BTreeMap<String, String>,
}

/// The words of a dataset. An empty list means that the layer is free (every word is accepted).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vocabulary {
    /// Types of mentions and entities.
    #[serde(default)]
    pub entity_types: Vec<String>,
    /// Zones of segments.
    #[serde(default)]
    pub zones: Vec<String>,
    /// Severities of garbles, the worst first.
    #[serde(default)]
    pub severities: Vec<String>,
    /// Categories of garbles with their subtypes.
    #[serde(default)]
    pub garbles: BTreeMap<String, Vec<String>>,
}

/// Words of the dataset and what they are called in karat's own vocabulary; words that are not listed stay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypeMap {
    /// Entity types.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub entity_types: BTreeMap<String, String>,
    /// Zones.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub zones: BTreeMap<String, String>,
    /// Garble categories.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub garbles: BTreeMap<String, String>,
    /// Severities.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub severities: BTreeMap<String, String>,
}

impl TypeMap {
    /// True when nothing is replaced.
    pub fn is_empty(&self) -> bool {
        self.entity_types.is_empty()
            && self.zones.is_empty()
            && self.garbles.is_empty()
            && self.severities.is_empty()
    }
}

impl Vocabulary {
    /// The words of the guidelines (`gold/GUIDELINES.md`).
    pub fn guidelines() -> Self {
        let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect();
        let garbles: [(&str, &[&str]); 7] = [
            ("boilerplate", &["nav", "meta", "markup", "credit"]),
            (
                "surface",
                &[
                    "quote",
                    "punctuation",
                    "hyphen",
                    "case",
                    "space",
                    "encoding",
                ],
            ),
            ("name", &[]),
            (
                "meaning",
                &["polarity", "modality", "role", "agent", "number", "cause"],
            ),
            (
                "token",
                &["missing", "stray", "duplicated", "truncated", "merged"],
            ),
            ("lexical", &["nonsense", "collocation", "false friend"]),
            (
                "syntax",
                &[
                    "order",
                    "attachment",
                    "agreement",
                    "tense",
                    "pronoun",
                    "preposition",
                    "article",
                ],
            ),
        ];
        Self {
            entity_types: words(&["PER", "ORG", "GPE", "LOC", "FAC", "NORP", "MISC"]),
            zones: words(&[
                "headline",
                "subhead",
                "body",
                "caption",
                "credit",
                "furniture",
            ]),
            severities: words(&["critical", "major", "minor"]),
            garbles: garbles
                .iter()
                .map(|(category, subtypes)| ((*category).to_owned(), words(subtypes)))
                .collect(),
        }
    }
}

impl Manifest {
    /// Reads `dataset.toml` of a dataset folder. A file that cannot be understood is a fault and gives the empty manifest, so that
    /// the articles and layers can still be checked.
    ///
    /// # Errors
    /// Refusals of the operating system.
    pub fn read(dir: &Path, faults: &mut Vec<Fault>) -> Result<Self> {
        let path = dir.join("dataset.toml");
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => match Error::io("reading", &path, error) {
                Error::Invalid(_) => {
                    faults.push(Fault::new(
                        path.display(),
                        "no such file",
                        "a dataset is a folder with dataset.toml and articles/; make one with `karat gold new`",
                    ));
                    return Ok(Self::default());
                }
                Error::Io { source, .. } if source.kind() == std::io::ErrorKind::InvalidData => {
                    faults.push(Fault::new(path.display(), "not UTF-8", "save it as UTF-8"));
                    return Ok(Self::default());
                }
                other => return Err(other),
            },
        };
        let manifest: Self = match toml::from_str(&text) {
            Ok(manifest) => manifest,
            Err(error) => {
                let line = error.span().map_or(1, |span| {
                    1 + text
                        .bytes()
                        .take(span.start)
                        .filter(|&b| b == b'\n')
                        .count() as u64
                });
                faults.push(Fault::at(
                    &path,
                    line,
                    error.message().to_owned(),
                    "`karat gold new` writes an example",
                ));
                return Ok(Self::default());
            }
        };
        manifest.check_words(&path, faults);
        Ok(manifest)
    }

    fn check_words(&self, path: &Path, faults: &mut Vec<Fault>) {
        let known: Vec<&str> = layer::ALL.iter().map(|layer| layer.name).collect();
        for name in self.judged.keys().chain(&self.overlapping) {
            if !known.contains(&name.as_str()) {
                faults.push(Fault::new(
                    path.display(),
                    format!("unknown layer `{name}`"),
                    format!("the layers are {}", known.join(", ")),
                ));
            }
        }
        if self.name.is_empty() {
            faults.push(Fault::new(
                path.display(),
                "`name` is empty",
                "give the dataset a name",
            ));
        }
        if self.synthetic.is_empty() && self.name.starts_with(SYNTHETIC) {
            faults.push(Fault::new(
                path.display(),
                format!("`{}` is the name of a synthetic dataset", self.name),
                "say in `synthetic` how its labels were put in, or rename it",
            ));
        }
    }

    /// The name under which the dataset is reported: a synthetic one says so.
    pub fn reported_name(&self) -> String {
        if self.synthetic.is_empty() || self.name.starts_with(SYNTHETIC) {
            self.name.clone()
        } else {
            format!("{SYNTHETIC}{}", self.name)
        }
    }

    /// Compares stories and digests with the articles.
    pub fn check_articles(&self, dir: &Path, corpus: &Corpus, faults: &mut Vec<Fault>) {
        let path = dir.join("dataset.toml");
        for (table, name) in [(&self.stories, "stories"), (&self.articles, "articles")] {
            for id in table.keys().filter(|id| corpus.index(id).is_none()) {
                faults.push(Fault::new(
                    path.display(),
                    format!("[{name}] names `{id}`, which is no article"),
                    "remove the line or add the article",
                ));
            }
            for document in &corpus.documents {
                if !table.is_empty() && !table.contains_key(&document.id) {
                    faults.push(Fault::new(
                        path.display(),
                        format!("[{name}] does not name article `{}`", document.id),
                        "add a line for it",
                    ));
                }
            }
        }
        for document in &corpus.documents {
            let digest = article_digest(&document.text);
            if let Some(expected) = self.articles.get(&document.id)
                && *expected != digest
            {
                faults.push(Fault::new(
                    dir.join("articles")
                        .join(format!("{}.txt", document.id))
                        .display(),
                    format!("digest is {digest}, dataset.toml says {expected}"),
                    "restore the article; labels point into its bytes",
                ));
            }
        }
    }

    /// Story of each document, by document index.
    pub fn stories_of(&self, corpus: &Corpus) -> Vec<String> {
        corpus
            .documents
            .iter()
            .map(|document| {
                self.stories
                    .get(&document.id)
                    .unwrap_or(&document.id)
                    .clone()
            })
            .collect()
    }

    /// True when the spans of a layer may overlap freely.
    pub fn may_overlap(&self, layer: &str) -> bool {
        self.overlapping.iter().any(|name| name == layer)
    }

    /// Fills in the digests of all articles.
    pub fn seal(&mut self, corpus: &Corpus) {
        self.articles = corpus
            .documents
            .iter()
            .map(|document| (document.id.clone(), article_digest(&document.text)))
            .collect();
    }

    /// As TOML text.
    ///
    /// # Errors
    /// None in practice: every field has a TOML form.
    pub fn to_toml(&self) -> Result<String> {
        toml::to_string(self)
            .map_err(|error| Error::Internal(format!("writing dataset.toml: {error}")))
    }
}

fn article_digest(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}
