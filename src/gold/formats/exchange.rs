//! What the span formats share: labelled spans out of a dataset, and a dataset out of labelled spans.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::corpus::{Corpus, Document, Span};
use crate::error::{Error, Fault, Result};
use crate::gold::formats::{Imported, Options};
use crate::gold::manifest::Manifest;
use crate::label::{Garble, Gold, Mention, Nesting};

/// A labelled span with everything else that the layer knows about it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SpanLabel {
    /// Index of the document.
    pub document: usize,
    /// Where it stands.
    pub span: Span,
    /// Entity type or garble category.
    pub label: String,
    /// Other columns that are not empty, `false` or `outer`, by name.
    pub fields: BTreeMap<String, String>,
}

/// The labelled spans of a layer.
///
/// # Errors
/// A layer that the dataset does not have, or that has no labelled spans.
pub fn spans(gold: &Gold, layer: &str) -> Result<Vec<SpanLabel>> {
    let missing = || {
        Error::invalid(
            "--layer",
            format!("the dataset has no layer `{layer}` of labelled spans"),
            "layers of labelled spans are mentions and garbles",
        )
    };
    let kept = |pairs: Vec<(&str, String)>| {
        pairs
            .into_iter()
            .filter(|(_, value)| !matches!(value.as_str(), "" | "false" | "outer"))
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    };
    match layer {
        "mentions" => {
            let mentions = gold.mentions.as_ref().ok_or_else(missing)?;
            let label = |mention: &Mention| SpanLabel {
                document: mention.document,
                span: mention.span,
                label: mention.entity_type.clone(),
                fields: kept(vec![
                    ("entity", mention.entity.clone()),
                    ("garbled", mention.garbled.to_string()),
                    ("lowercase", mention.lowercase.to_string()),
                    ("metonymic", mention.metonymic.to_string()),
                    ("doubtful", mention.doubtful.to_string()),
                ]),
            };
            Ok(mentions.iter().map(label).collect())
        }
        "garbles" => {
            let garbles = gold.garbles.as_ref().ok_or_else(missing)?;
            let label = |garble: &Garble| SpanLabel {
                document: garble.document,
                span: garble.span,
                label: garble.category.clone(),
                fields: kept(vec![
                    ("subtype", garble.subtype.clone()),
                    ("severity", garble.severity.clone()),
                    ("intended", garble.intended.clone()),
                    ("witness", garble.witness.clone()),
                    ("doubtful", garble.doubtful.to_string()),
                ]),
            };
            Ok(garbles.iter().map(label).collect())
        }
        _ => Err(missing()),
    }
}

/// One sentence per field that has values and no place in a format, and one for the layers left out.
pub fn lost(gold: &Gold, layer: &str, spans: &[SpanLabel], format: &str) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for name in spans.iter().flat_map(|span| span.fields.keys()) {
        *counts.entry(name).or_default() += 1;
    }
    let mut notices: Vec<String> = counts
        .iter()
        .map(|(name, count)| {
            format!("{format} has no place for `{name}`: {count} values of {layer} are left out")
        })
        .collect();
    notices.extend(other_layers(gold, &[layer], format));
    notices
}

/// One sentence that names the layers of a dataset that an export leaves out.
pub fn other_layers(gold: &Gold, kept: &[&str], format: &str) -> Option<String> {
    let others: Vec<&str> = crate::gold::layer::ALL
        .iter()
        .filter(|layer| !kept.contains(&layer.name))
        .filter(|layer| {
            crate::gold::write::rows(**layer, gold).is_some_and(|rows| !rows.is_empty())
        })
        .map(|layer| layer.name)
        .collect();
    (!others.is_empty()).then(|| format!("{format}: layers left out: {}", others.join(", ")))
}

/// Makes a dataset of documents and labelled spans of `options.layer`.
///
/// Documents may come in any order. Of two equal spans with equal labels one is kept; mentions that cross or share a span are
/// kept, and the layer is then marked as overlapping.
///
/// # Errors
/// Two documents with one id; a layer that has no labelled spans.
pub fn assemble(
    documents: Vec<Document>,
    mut spans: Vec<SpanLabel>,
    options: &Options,
    mut notices: Vec<String>,
) -> Result<Imported> {
    let ids: Vec<String> = documents
        .iter()
        .map(|document| document.id.clone())
        .collect();
    let corpus = Corpus::new(documents)?;
    for span in &mut spans {
        let id = ids
            .get(span.document)
            .map(String::as_str)
            .unwrap_or_default();
        span.document = corpus.index(id).unwrap_or_default();
    }
    spans.sort_by(|a, b| {
        let key = |s: &SpanLabel| (s.document, s.span.start, Reverse(s.span.end));
        key(a).cmp(&key(b)).then_with(|| a.label.cmp(&b.label))
    });
    let before = spans.len();
    spans.dedup_by(|a, b| (a.document, a.span, &a.label) == (b.document, b.span, &b.label));
    if spans.len() < before {
        notices.push(format!(
            "{} spans stood twice with one label; kept once",
            before - spans.len()
        ));
    }
    let mut manifest = Manifest {
        name: options.name.clone(),
        ..Manifest::default()
    };
    let labels: BTreeSet<String> = spans.iter().map(|span| span.label.clone()).collect();
    let stories = corpus
        .documents
        .iter()
        .map(|document| document.id.clone())
        .collect();
    let mut gold = Gold {
        dataset: options.name.clone(),
        stories,
        corpus,
        ..Gold::default()
    };
    if !ordinary(&spans, options.layer == "mentions") {
        manifest.overlapping.push(options.layer.clone());
        notices.push(format!(
            "some {} cross or share a span; dataset.toml lists the layer as overlapping",
            options.layer
        ));
    }
    let field = |span: &SpanLabel, name: &str| span.fields.get(name).cloned().unwrap_or_default();
    let flag =
        |span: &SpanLabel, name: &str| span.fields.get(name).is_some_and(|value| value == "true");
    match options.layer.as_str() {
        "mentions" => {
            manifest.vocabulary.entity_types = labels.into_iter().collect();
            let mut mentions: Vec<Mention> = Vec::new();
            // Of the mentions before it, the one that reaches furthest encloses a nested mention.
            let mut furthest = (usize::MAX, 0);
            for span in &spans {
                let inside = furthest.0 == span.document && furthest.1 >= span.span.end;
                if furthest.0 != span.document || span.span.end > furthest.1 {
                    furthest = (span.document, span.span.end);
                }
                mentions.push(Mention {
                    document: span.document,
                    span: span.span,
                    entity_type: span.label.clone(),
                    entity: field(span, "entity"),
                    nesting: if inside {
                        Nesting::Inner
                    } else {
                        Nesting::Outer
                    },
                    zone: String::new(),
                    garbled: flag(span, "garbled"),
                    lowercase: flag(span, "lowercase"),
                    metonymic: flag(span, "metonymic"),
                    doubtful: flag(span, "doubtful"),
                });
            }
            gold.mentions = Some(mentions);
        }
        "garbles" => {
            manifest.vocabulary.garbles = labels
                .into_iter()
                .map(|label| (label, Vec::new()))
                .collect();
            let mut severities = BTreeSet::new();
            let mut garbles = Vec::new();
            for span in &spans {
                let severity = field(span, "severity");
                let severity = if severity.is_empty() {
                    "minor".to_owned()
                } else {
                    severity
                };
                severities.insert(severity.clone());
                let subtype = field(span, "subtype");
                if let Some(subtypes) = manifest.vocabulary.garbles.get_mut(&span.label)
                    && !subtype.is_empty()
                    && !subtypes.contains(&subtype)
                {
                    subtypes.push(subtype.clone());
                }
                garbles.push(Garble {
                    document: span.document,
                    span: span.span,
                    category: span.label.clone(),
                    subtype,
                    severity,
                    intended: field(span, "intended"),
                    witness: String::new(),
                    doubtful: flag(span, "doubtful"),
                });
            }
            manifest.vocabulary.severities = severities.into_iter().collect();
            gold.garbles = Some(garbles);
        }
        other => {
            return Err(Error::invalid(
                "--layer",
                format!("`{other}` is no layer of labelled spans"),
                "use mentions or garbles",
            ));
        }
    }
    Ok(Imported {
        manifest,
        gold,
        notices,
    })
}

/// True when no two spans share or cross, and (unless they may nest) none lies in another. Spans come sorted.
fn ordinary(spans: &[SpanLabel], may_nest: bool) -> bool {
    let mut open: Vec<&SpanLabel> = Vec::new();
    for span in spans {
        open.retain(|other| other.document == span.document && other.span.end > span.span.start);
        let fine = |other: &&SpanLabel| {
            may_nest && other.span.contains(span.span) && other.span != span.span
        };
        if !open.iter().all(fine) {
            return false;
        }
        open.push(span);
    }
    true
}

/// An id that is safe as a file name; `number` serves when nothing is left of it.
pub fn safe_id(id: &str, number: usize) -> String {
    let safe: String = id
        .trim()
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || "._-".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect();
    let safe = safe.trim_start_matches('.').to_owned();
    if safe.is_empty() {
        format!("{number:05}")
    } else {
        safe
    }
}

/// A fault in a line of an imported file.
pub fn fault(
    path: &str,
    line: usize,
    problem: impl Into<String>,
    remedy: impl Into<String>,
) -> Fault {
    Fault::at(std::path::Path::new(path), line as u64, problem, remedy)
}
