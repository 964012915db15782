//! name_bench CSV (opensanctions/nomenklatura `contrib/name_bench`): `case_group,schema,name1,name2,is_match,...`, a judged pair of names per
//! row.
//!
//! One document per case, a name per line, each name one mention of type `schema`; the pair goes to mention_pairs.csv. Only the listed
//! pairs are judged. The case group is the story. Quality, category and notes have no place and are reported.

use std::collections::BTreeSet;

use crate::corpus::{Corpus, Document, Span};
use crate::error::{Result, all_or_nothing};
use crate::gold::formats::exchange::fault;
use crate::gold::formats::{Imported, Options, Source};
use crate::gold::manifest::Manifest;
use crate::label::{Gold, Judged, Mention, MentionPair, Nesting};

/// Reads the CSV.
///
/// # Errors
/// Missing columns, rows without two names or with another verdict than `true` or `false`.
pub fn import(sources: &[Source], options: &Options) -> Result<Imported> {
    let mut faults = Vec::new();
    let (mut documents, mut mentions, mut pairs) = (Vec::new(), Vec::new(), Vec::new());
    let mut manifest = Manifest {
        name: options.name.clone(),
        ..Manifest::default()
    };
    let mut types = BTreeSet::new();
    let mut extra = 0;
    for source in sources {
        let mut reader = csv::Reader::from_reader(source.text.as_bytes());
        let header = reader.headers().cloned().unwrap_or_default();
        let column = |name: &str| header.iter().position(|cell| cell == name);
        let wanted = ["case_group", "schema", "name1", "name2", "is_match"];
        let places: Vec<usize> = wanted.iter().filter_map(|name| column(name)).collect();
        let &[group, schema, first, second, verdict] = places.as_slice() else {
            faults.push(fault(
                &source.path,
                1,
                "wrong header",
                "columns: case_group,schema,name1,name2,is_match,...",
            ));
            continue;
        };
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
                        "mend the row",
                    ));
                    continue;
                }
            };
            let line = record
                .position()
                .map_or(0, |position| position.line() as usize);
            let cell = |at: usize| record.get(at).unwrap_or_default().trim();
            let same = match cell(verdict).to_lowercase().as_str() {
                "true" => Some(true),
                "false" => Some(false),
                _ => None,
            };
            let broken = |name: &str| name.is_empty() || name.contains('\n');
            let (Some(same), false) = (same, broken(cell(first)) || broken(cell(second))) else {
                faults.push(fault(
                    &source.path,
                    line,
                    "no judged pair of names",
                    "is_match is true or false, names are one line each",
                ));
                continue;
            };
            extra += usize::from(
                record
                    .iter()
                    .enumerate()
                    .any(|(at, cell)| !places.contains(&at) && !cell.is_empty()),
            );
            let document = documents.len();
            let id = format!("case-{:06}", document + 1);
            manifest.stories.insert(id.clone(), cell(group).to_owned());
            let break_at = cell(first).len();
            documents.push(Document {
                id,
                text: format!("{}\n{}\n", cell(first), cell(second)),
            });
            types.insert(cell(schema).to_owned());
            pairs.push(MentionPair {
                a: mentions.len(),
                b: mentions.len() + 1,
                same,
            });
            let ends = [
                (0, break_at),
                (break_at + 1, break_at + 1 + cell(second).len()),
            ];
            for (start, end) in ends {
                mentions.push(Mention {
                    document,
                    span: Span::new(start, end),
                    entity_type: cell(schema).to_owned(),
                    entity: String::new(),
                    nesting: Nesting::Outer,
                    zone: String::new(),
                    garbled: false,
                    lowercase: false,
                    metonymic: false,
                    doubtful: false,
                });
            }
        }
    }
    all_or_nothing(faults)?;
    // Ids are padded, so sorting keeps the order for up to a million cases; indices are made for that order.
    let corpus = Corpus::new(documents)?;
    manifest.vocabulary.entity_types = types.into_iter().collect();
    for layer in ["mentions", "mention_pairs"] {
        manifest.judged.insert(layer.to_owned(), Judged::Listed);
    }
    let gold = Gold {
        dataset: options.name.clone(),
        stories: manifest.stories_of(&corpus),
        corpus,
        judged: manifest.judged.clone(),
        mentions: Some(mentions),
        mention_pairs: Some(pairs),
        ..Gold::default()
    };
    let notices =
        (extra > 0).then(|| format!("quality, category and notes of {extra} cases are left out"));
    Ok(Imported {
        manifest,
        gold,
        notices: notices.into_iter().collect(),
    })
}
