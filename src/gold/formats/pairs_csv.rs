//! Pairs CSV: `level,a,b,label`, one pair per row. `level` is `document` or `segment`; `a` and `b` are a document id, or `document:segment`.
//! Labels of documents: `exact`, `near-duplicate`, `same-event`, `unrelated`; of segments: `copy`, `same-fact`.
//!
//! The file has no texts, so an import needs a dataset to lay it over (`--gold`). Copy pairs of segments become groups by
//! connection; a group whose pairs are not all listed is reported. Imported document pairs are `listed`: other pairs are not judged.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::{Result, all_or_nothing};
use crate::gold::formats::clusters_csv::{base, segment_index, segment_name};
use crate::gold::formats::exchange::{self, fault};
use crate::gold::formats::{Exported, Imported, Options, Source};
use crate::gold::table::to_csv;
use crate::gold::write;
use crate::label::{DocumentPair, Gold, GroupMember, Judged, Redundant, Relation, SameFact};

const COLUMNS: [&str; 4] = ["level", "a", "b", "label"];

/// Reads pairs over the texts and segments of `options.base`.
///
/// # Errors
/// No base; unknown levels, ids, labels.
pub fn import(sources: &[Source], options: &Options) -> Result<Imported> {
    let mut imported = base(options, "pairs")?;
    let (mut faults, mut documents) = (Vec::new(), BTreeMap::new());
    let (mut copies, mut facts) = (Vec::new(), BTreeSet::new());
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
                        "columns are level,a,b,label",
                    ));
                    continue;
                }
            };
            let line = record
                .position()
                .map_or(0, |position| position.line() as usize);
            let cell = |at: usize| record.get(at).unwrap_or_default();
            let (level, a, b, label) = (cell(0), cell(1), cell(2), cell(3));
            let gold = &imported.gold;
            let pair = match level {
                "document" => (gold.corpus.index(a), gold.corpus.index(b)),
                "segment" => (segment_index(gold, a), segment_index(gold, b)),
                _ => (None, None),
            };
            let relation = [
                Relation::Exact,
                Relation::NearDuplicate,
                Relation::SameEvent,
                Relation::Unrelated,
            ]
            .into_iter()
            .find(|relation| write::relation(*relation) == label);
            match (pair, level, label, relation) {
                ((Some(x), Some(y)), "document", _, Some(relation)) if x != y => {
                    documents.insert((x.min(y), x.max(y)), relation);
                }
                ((Some(x), Some(y)), "segment", "copy", _) if x != y => copies.push((x, y)),
                ((Some(x), Some(y)), "segment", "same-fact", _) if x != y => {
                    facts.insert((x.min(y), x.max(y)));
                }
                _ => faults.push(fault(
                    &source.path,
                    line,
                    format!("`{level},{a},{b},{label}` is no pair of this dataset"),
                    "levels are document and segment; ids are those of the dataset given with --gold",
                )),
            }
        }
    }
    all_or_nothing(faults)?;
    if !documents.is_empty() {
        let pair = |((a, b), relation): ((usize, usize), Relation)| DocumentPair {
            a,
            b,
            relation,
            redundant: Redundant::Unjudged,
        };
        imported.gold.document_pairs = Some(documents.into_iter().map(pair).collect());
        imported
            .manifest
            .judged
            .insert("document_pairs".to_owned(), Judged::Listed);
    }
    if !copies.is_empty() {
        let (members, missing) = connect(&imported.gold, &copies);
        imported.gold.copy_groups = Some(members);
        if missing > 0 {
            imported.notices.push(format!("{missing} pairs are not listed but follow from others by connection; groups hold them too"));
        }
    }
    if !facts.is_empty() {
        imported.gold.same_fact = Some(facts.into_iter().map(|(a, b)| SameFact { a, b }).collect());
    }
    Ok(imported)
}

/// Groups of connected segments, and the number of cross-document pairs in them that were not listed.
fn connect(gold: &Gold, copies: &[(usize, usize)]) -> (Vec<GroupMember>, usize) {
    let mut group_of: BTreeMap<usize, usize> = BTreeMap::new();
    for (x, y) in copies {
        let a = *group_of.entry(*x).or_insert(*x);
        let b = *group_of.entry(*y).or_insert(*y);
        let (keep, drop) = (a.min(b), a.max(b));
        for group in group_of.values_mut().filter(|group| **group == drop) {
            *group = keep;
        }
    }
    let names: BTreeSet<usize> = group_of.values().copied().collect();
    let number: BTreeMap<usize, usize> = names.into_iter().zip(1..).collect();
    let listed: BTreeSet<(usize, usize)> =
        copies.iter().map(|(x, y)| (*x.min(y), *x.max(y))).collect();
    let document = |segment: usize| {
        gold.segments
            .as_deref()
            .and_then(|segments| segments.get(segment))
            .map(|s| s.document)
    };
    let mut missing = 0;
    for (x, a) in &group_of {
        for (y, b) in group_of.range(x + 1..) {
            missing +=
                usize::from(a == b && document(*x) != document(*y) && !listed.contains(&(*x, *y)));
        }
    }
    let mut members: Vec<GroupMember> = group_of
        .iter()
        .map(|(segment, group)| GroupMember {
            group: format!("g{:04}", number.get(group).copied().unwrap_or_default()),
            segment: *segment,
            piece: None,
            doubtful: false,
        })
        .collect();
    members.sort_by(|a, b| (&a.group, a.segment).cmp(&(&b.group, b.segment)));
    (members, missing)
}

/// Writes pairs: every document pair, and the cross-document pairs of each copy group that count as positive.
///
/// # Errors
/// None in practice.
pub fn export(gold: &Gold, _options: &Options) -> Result<Exported> {
    let mut rows: Vec<[String; 4]> = Vec::new();
    let mut notices = Vec::new();
    for pair in gold.document_pairs.iter().flatten() {
        rows.push([
            "document".to_owned(),
            gold.document_id(pair.a).to_owned(),
            gold.document_id(pair.b).to_owned(),
            write::relation(pair.relation).to_owned(),
        ]);
    }
    if gold
        .document_pairs
        .iter()
        .flatten()
        .any(|pair| pair.redundant != Redundant::Unjudged)
    {
        notices.push("pairs CSV has no place for `redundant`".to_owned());
    }
    let members = gold.copy_groups.as_deref().unwrap_or_default();
    let (mut pieces, mut doubtful) = (0, 0);
    for (at, member) in members.iter().enumerate() {
        for other in members[at + 1..]
            .iter()
            .filter(|other| other.group == member.group)
        {
            let document = |segment: usize| {
                gold.segments
                    .as_deref()
                    .and_then(|s| s.get(segment))
                    .map(|s| s.document)
            };
            let split = matches!((member.piece, other.piece), (Some(x), Some(y)) if x != y);
            if document(member.segment) == document(other.segment) || split {
                pieces += 1;
                continue;
            }
            doubtful += usize::from(member.doubtful || other.doubtful);
            let mut sides = [
                segment_name(gold, member.segment),
                segment_name(gold, other.segment),
            ];
            sides.sort();
            let [a, b] = sides;
            rows.push(["segment".to_owned(), a, b, "copy".to_owned()]);
        }
    }
    for pair in gold.same_fact.iter().flatten() {
        let mut sides = [segment_name(gold, pair.a), segment_name(gold, pair.b)];
        sides.sort();
        let [a, b] = sides;
        rows.push(["segment".to_owned(), a, b, "same-fact".to_owned()]);
    }
    for (count, what) in [
        (
            pieces,
            "pairs of pieces or inside one document are left out",
        ),
        (doubtful, "doubtful pairs are written like the others"),
    ] {
        if count > 0 {
            notices.push(format!("{count} {what}"));
        }
    }
    notices.extend(exchange::other_layers(
        gold,
        &["document_pairs", "copy_groups", "same_fact"],
        "pairs CSV",
    ));
    rows.sort();
    let files = [("pairs.csv".to_owned(), to_csv(&COLUMNS, rows)?)].into();
    Ok(Exported { files, notices })
}
