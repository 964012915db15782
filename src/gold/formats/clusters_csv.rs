//! Clusters CSV: `kind,item,cluster`, one item per row. `kind` is `copy` or `boilerplate` (items `document:segment`) or `entity` (items
//! `document:start-end`, a mention by its byte offsets).
//!
//! The file has no texts, so an import needs a dataset to lay it over (`--gold`): its segments for groups, its mentions for
//! entities. Pieces, doubt and everything else about an item stay as they are in that dataset or empty.

use std::collections::BTreeMap;

use crate::corpus::Span;
use crate::error::{Error, Result, all_or_nothing};
use crate::gold::formats::exchange::{self, fault};
use crate::gold::formats::{Exported, Imported, Options, Source};
use crate::gold::manifest::{Manifest, Vocabulary};
use crate::gold::table::to_csv;
use crate::label::{Gold, GroupMember};

const COLUMNS: [&str; 3] = ["kind", "item", "cluster"];

/// The texts, segments and mentions of the base, without its relations.
///
/// # Errors
/// No base.
pub(super) fn base(options: &Options, format: &str) -> Result<Imported> {
    let Some(gold) = &options.base else {
        return Err(Error::invalid(
            "--gold",
            format!("{format} CSV has no texts"),
            "name the dataset that has them with --gold",
        ));
    };
    let words = |words: Vec<&String>| {
        let set: std::collections::BTreeSet<String> = words.into_iter().cloned().collect();
        set.into_iter().collect()
    };
    let manifest = Manifest {
        name: options.name.clone(),
        judged: gold.judged.clone(),
        vocabulary: Vocabulary {
            entity_types: words(
                gold.mentions
                    .iter()
                    .flatten()
                    .map(|mention| &mention.entity_type)
                    .collect(),
            ),
            zones: words(
                gold.segments
                    .iter()
                    .flatten()
                    .map(|segment| &segment.zone)
                    .collect(),
            ),
            ..Vocabulary::default()
        },
        stories: gold
            .corpus
            .documents
            .iter()
            .zip(&gold.stories)
            .map(|(document, story)| (document.id.clone(), story.clone()))
            .collect(),
        ..Manifest::default()
    };
    let gold = Gold {
        dataset: options.name.clone(),
        corpus: gold.corpus.clone(),
        stories: gold.stories.clone(),
        judged: gold.judged.clone(),
        segments: gold.segments.clone(),
        mentions: gold.mentions.clone(),
        ..Gold::default()
    };
    Ok(Imported {
        manifest,
        gold,
        notices: Vec::new(),
    })
}

/// Index of the segment `document:segment`.
pub(super) fn segment_index(gold: &Gold, name: &str) -> Option<usize> {
    let (document, id) = name.rsplit_once(':')?;
    let document = gold.corpus.index(document)?;
    let known = |segment: &crate::label::Segment| segment.document == document && segment.id == id;
    gold.segments.as_deref()?.iter().position(known)
}

/// `document:segment`.
pub(super) fn segment_name(gold: &Gold, index: usize) -> String {
    let segment = gold
        .segments
        .as_deref()
        .and_then(|segments| segments.get(index));
    segment.map_or_else(String::new, |segment| {
        format!("{}:{}", gold.document_id(segment.document), segment.id)
    })
}

/// Index of the mention `document:start-end`.
fn mention_index(gold: &Gold, name: &str) -> Option<usize> {
    let (document, place) = name.rsplit_once(':')?;
    let (start, end) = place.split_once('-')?;
    let span = Span::new(start.parse().ok()?, end.parse().ok()?);
    let document = gold.corpus.index(document)?;
    let known =
        |mention: &crate::label::Mention| mention.document == document && mention.span == span;
    gold.mentions.as_deref()?.iter().position(known)
}

/// Reads clusters over the texts, segments and mentions of `options.base`.
///
/// # Errors
/// No base; unknown kinds and items.
pub fn import(sources: &[Source], options: &Options) -> Result<Imported> {
    let mut imported = base(options, "clusters")?;
    let mut faults = Vec::new();
    let mut groups: BTreeMap<&str, BTreeMap<usize, String>> = BTreeMap::new();
    let mut entities: BTreeMap<usize, String> = BTreeMap::new();
    for source in sources {
        let mut reader = csv::Reader::from_reader(source.text.as_bytes());
        for record in reader.records() {
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    let line = error
                        .position()
                        .map_or(1, |position| position.line() as usize);
                    faults.push(fault(
                        &source.path,
                        line,
                        format!("{error}"),
                        "columns are kind,item,cluster",
                    ));
                    continue;
                }
            };
            let line = record
                .position()
                .map_or(0, |position| position.line() as usize);
            let cell = |at: usize| record.get(at).unwrap_or_default();
            let (kind, item, cluster) = (cell(0), cell(1), cell(2).to_owned());
            let gold = &imported.gold;
            let taken = match kind {
                "copy" => segment_index(gold, item)
                    .map(|at| groups.entry("copy").or_default().insert(at, cluster)),
                "boilerplate" => segment_index(gold, item)
                    .map(|at| groups.entry("boilerplate").or_default().insert(at, cluster)),
                "entity" => mention_index(gold, item).map(|at| entities.insert(at, cluster)),
                _ => None,
            };
            let (problem, remedy) = match taken {
                None => (
                    format!("`{kind},{item}` is no item of this dataset"),
                    "kinds are copy, boilerplate, entity; ids are those of the dataset given with --gold",
                ),
                Some(Some(_)) => (
                    format!("`{kind},{item}` stands twice"),
                    "an item is in one cluster",
                ),
                Some(None) => continue,
            };
            faults.push(fault(&source.path, line, problem, remedy));
        }
    }
    all_or_nothing(faults)?;
    for (kind, members) in groups {
        let mut members: Vec<GroupMember> = members
            .into_iter()
            .map(|(segment, group)| GroupMember {
                group,
                segment,
                piece: None,
                doubtful: false,
            })
            .collect();
        members.sort_by(|a, b| (&a.group, a.segment).cmp(&(&b.group, b.segment)));
        if kind == "copy" {
            imported.gold.copy_groups = Some(members);
        } else {
            imported.gold.boilerplate_groups = Some(members);
        }
    }
    for (at, mention) in imported.gold.mentions.iter_mut().flatten().enumerate() {
        mention.entity = entities.remove(&at).unwrap_or_default();
    }
    Ok(imported)
}

/// Writes clusters.
///
/// # Errors
/// None in practice.
pub fn export(gold: &Gold, _options: &Options) -> Result<Exported> {
    let mut rows: Vec<[String; 3]> = Vec::new();
    let mut notices = Vec::new();
    for (kind, members) in [
        ("copy", &gold.copy_groups),
        ("boilerplate", &gold.boilerplate_groups),
    ] {
        for member in members.iter().flatten() {
            rows.push([
                kind.to_owned(),
                segment_name(gold, member.segment),
                member.group.clone(),
            ]);
        }
    }
    for mention in gold
        .mentions
        .iter()
        .flatten()
        .filter(|mention| !mention.entity.is_empty())
    {
        let item = format!("{}:{}", gold.document_id(mention.document), mention.span);
        rows.push(["entity".to_owned(), item, mention.entity.clone()]);
    }
    let pieces = gold
        .copy_groups
        .iter()
        .flatten()
        .filter(|member| member.piece.is_some())
        .count();
    let doubtful = gold
        .copy_groups
        .iter()
        .flatten()
        .filter(|member| member.doubtful)
        .count();
    for (count, what) in [(pieces, "piece numbers"), (doubtful, "doubtful flags")] {
        if count > 0 {
            notices.push(format!("clusters CSV has no place for {count} {what}"));
        }
    }
    notices.extend(exchange::other_layers(
        gold,
        &["copy_groups", "boilerplate_groups", "mentions"],
        "clusters CSV",
    ));
    rows.sort();
    let files = [("clusters.csv".to_owned(), to_csv(&COLUMNS, rows)?)].into();
    Ok(Exported { files, notices })
}
