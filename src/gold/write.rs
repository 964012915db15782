//! Writing a dataset in canonical form, and its digest.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use crate::corpus::Span;
use crate::error::{Error, Result};
use crate::gold::layer::{self, Layer};
use crate::gold::manifest::Manifest;
use crate::gold::table;
use crate::label::{Gold, Judged, Nesting, Redundant, Relation};

/// Writes `dataset.toml`, `articles/` and every layer of `gold` to a folder, which is made when it does not exist.
///
/// # Errors
/// The operating system's refusals.
pub fn write_dataset(dir: &Path, manifest: &Manifest, gold: &Gold) -> Result<()> {
    let articles = dir.join("articles");
    fs::create_dir_all(&articles).map_err(|error| Error::io("writing", &articles, error))?;
    for document in &gold.corpus.documents {
        write_file(
            &articles.join(format!("{}.txt", document.id)),
            &document.text,
        )?;
    }
    let mut manifest = manifest.clone();
    manifest.seal(&gold.corpus);
    write_file(&dir.join("dataset.toml"), &manifest.to_toml()?)?;
    write_layers(dir, gold)
}

/// Writes every layer of `gold` to a folder, which is made when it does not exist.
///
/// # Errors
/// The operating system's refusals.
pub fn write_layers(dir: &Path, gold: &Gold) -> Result<()> {
    fs::create_dir_all(dir).map_err(|error| Error::io("writing", dir, error))?;
    for layer in layer::ALL {
        if let Some(rows) = rows(layer, gold) {
            write_file(
                &dir.join(layer.file()),
                &table::to_csv(layer.columns, rows)?,
            )?;
        }
    }
    Ok(())
}

/// Writes a file in one piece: to a temporary file in the same folder, then renamed.
///
/// # Errors
/// The operating system's refusals.
pub fn write_file(path: &Path, text: &str) -> Result<()> {
    let refuse = |error| Error::io("writing", path, error);
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    let mut builder = tempfile::Builder::new();
    // A temporary file is private by default; a report or label file is for everyone the umask allows.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder).map_err(refuse)?;
    file.write_all(text.as_bytes()).map_err(refuse)?;
    file.persist(path).map_err(|error| refuse(error.error))?;
    Ok(())
}

/// BLAKE3 over the articles, their stories, what is judged, and all layers in canonical form, 32 hexadecimal digits. Remarks
/// (`note` columns) do not count.
///
/// # Errors
/// None in practice.
pub(crate) fn digest(gold: &Gold) -> Result<String> {
    let mut hasher = blake3::Hasher::new();
    let mut part = |text: &str| {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    part(&gold.corpus.digest());
    part(&gold.dataset);
    for story in &gold.stories {
        part(story);
    }
    for (layer, judged) in &gold.judged {
        part(layer);
        part(match judged {
            Judged::All => "all",
            Judged::Listed => "listed",
        });
    }
    for layer in layer::ALL {
        if let Some(rows) = rows(layer, gold) {
            part(layer.name);
            part(&table::to_csv(layer.columns, rows)?);
        }
    }
    Ok(hasher.finalize().to_hex()[..32].to_owned())
}

/// The rows of a layer in canonical order; `None` when the dataset does not have it. Remarks that `gold` does not keep are empty.
pub fn rows(layer: Layer, gold: &Gold) -> Option<Vec<Vec<String>>> {
    match layer.name {
        "segments" => Some(segments(gold)?),
        "document_pairs" => Some(
            gold.document_pairs
                .as_ref()?
                .iter()
                .map(|pair| {
                    vec![
                        gold.document_id(pair.a).to_owned(),
                        gold.document_id(pair.b).to_owned(),
                        relation(pair.relation).to_owned(),
                        redundant(pair.redundant).to_owned(),
                        String::new(),
                    ]
                })
                .collect(),
        ),
        "copy_groups" | "boilerplate_groups" => groups(layer, gold),
        "same_fact" => Some(
            gold.same_fact
                .as_ref()?
                .iter()
                .map(|pair| {
                    let mut row = segment_id(gold, pair.a);
                    row.extend(segment_id(gold, pair.b));
                    row.push(String::new());
                    row
                })
                .collect(),
        ),
        "entities" => Some(
            gold.entities
                .as_ref()?
                .iter()
                .map(|entity| {
                    vec![
                        entity.id.clone(),
                        entity.entity_type.clone(),
                        entity.canonical.clone(),
                        entity.derived_from.clone(),
                        String::new(),
                    ]
                })
                .collect(),
        ),
        "mentions" => mentions(gold),
        "garbles" => garbles(gold),
        "mention_pairs" => {
            let mentions = gold.mentions.as_deref().unwrap_or_default();
            let side = |at: usize| {
                let mention = &mentions[at];
                [
                    gold.document_id(mention.document).to_owned(),
                    mention.span.start.to_string(),
                    mention.span.end.to_string(),
                ]
            };
            Some(
                gold.mention_pairs
                    .as_ref()?
                    .iter()
                    .map(|pair| {
                        let tail = [pair.same.to_string(), String::new()];
                        side(pair.a)
                            .into_iter()
                            .chain(side(pair.b))
                            .chain(tail)
                            .collect()
                    })
                    .collect(),
            )
        }
        "preferences" => Some(
            gold.preferences
                .as_ref()?
                .iter()
                .map(|preference| {
                    vec![
                        gold.document_id(preference.clean).to_owned(),
                        gold.document_id(preference.damaged).to_owned(),
                        preference.category.clone(),
                        String::new(),
                    ]
                })
                .collect(),
        ),
        _ => None,
    }
}

fn segments(gold: &Gold) -> Option<Vec<Vec<String>>> {
    let row = |segment: &crate::label::Segment| {
        let [start, end, text] = place(gold, segment.document, segment.span);
        vec![
            gold.document_id(segment.document).to_owned(),
            segment.id.clone(),
            start,
            end,
            segment.zone.clone(),
            text,
        ]
    };
    Some(gold.segments.as_ref()?.iter().map(row).collect())
}

fn groups(layer: Layer, gold: &Gold) -> Option<Vec<Vec<String>>> {
    let copies = layer.name == "copy_groups";
    let members = if copies {
        gold.copy_groups.as_ref()?
    } else {
        gold.boilerplate_groups.as_ref()?
    };
    let segments = gold.segments.as_deref()?;
    let row = |member: &crate::label::GroupMember| {
        let segment = &segments[member.segment];
        let [start, end, text] = place(gold, segment.document, segment.span);
        let mut row = vec![member.group.clone()];
        row.extend(segment_id(gold, member.segment));
        if copies {
            row.push(
                member
                    .piece
                    .map_or_else(String::new, |piece| piece.to_string()),
            );
        }
        row.extend([start, end, text]);
        if copies {
            row.push(member.doubtful.to_string());
        }
        row
    };
    Some(members.iter().map(row).collect())
}

fn mentions(gold: &Gold) -> Option<Vec<Vec<String>>> {
    let row = |mention: &crate::label::Mention| {
        let [start, end, text] = place(gold, mention.document, mention.span);
        let nesting = match mention.nesting {
            Nesting::Outer => "outer",
            Nesting::Inner => "inner",
        };
        vec![
            gold.document_id(mention.document).to_owned(),
            start,
            end,
            text,
            mention.entity_type.clone(),
            mention.entity.clone(),
            nesting.to_owned(),
            mention.zone.clone(),
            mention.garbled.to_string(),
            mention.lowercase.to_string(),
            mention.metonymic.to_string(),
            mention.doubtful.to_string(),
        ]
    };
    Some(gold.mentions.as_ref()?.iter().map(row).collect())
}

fn garbles(gold: &Gold) -> Option<Vec<Vec<String>>> {
    let row = |garble: &crate::label::Garble| {
        let [start, end, text] = place(gold, garble.document, garble.span);
        vec![
            gold.document_id(garble.document).to_owned(),
            start,
            end,
            text,
            garble.category.clone(),
            garble.subtype.clone(),
            garble.severity.clone(),
            garble.intended.clone(),
            garble.witness.clone(),
            garble.doubtful.to_string(),
        ]
    };
    Some(gold.garbles.as_ref()?.iter().map(row).collect())
}

/// Start, end and covered text as cells.
fn place(gold: &Gold, document: usize, span: Span) -> [String; 3] {
    let text = span.text(&gold.corpus.documents[document].text);
    [
        span.start.to_string(),
        span.end.to_string(),
        text.unwrap_or_default().to_owned(),
    ]
}

/// Document and segment id as cells.
fn segment_id(gold: &Gold, segment: usize) -> Vec<String> {
    let segment = &gold.segments.as_deref().unwrap_or_default()[segment];
    vec![
        gold.document_id(segment.document).to_owned(),
        segment.id.clone(),
    ]
}

/// The word for a relation.
pub const fn relation(relation: Relation) -> &'static str {
    match relation {
        Relation::Exact => "exact",
        Relation::NearDuplicate => "near-duplicate",
        Relation::SameEvent => "same-event",
        Relation::Unrelated => "unrelated",
    }
}

/// The word for a redundant side; empty when it was not judged.
pub const fn redundant(redundant: Redundant) -> &'static str {
    match redundant {
        Redundant::A => "a",
        Redundant::B => "b",
        Redundant::Both => "both",
        Redundant::None => "none",
        Redundant::Unjudged => "",
    }
}
