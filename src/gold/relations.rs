//! The layers that relate things to each other: document pairs, groups, same facts, entities, mention pairs, preferences.

use std::collections::BTreeMap;

use crate::corpus::Span;
use crate::gold::check::Checker;
use crate::gold::load::ordered;
use crate::gold::manifest::Manifest;
use crate::gold::table::{Row, Table};
use crate::label::{
    DocumentPair, Entity, Gold, GroupMember, MentionPair, Preference, Redundant, Relation,
    SameFact, Segment,
};

/// Reads `document_pairs.csv`: a before b, each pair once.
pub(crate) fn document_pairs(
    table: &Table,
    checker: &mut Checker<'_>,
) -> (Vec<DocumentPair>, Vec<u64>) {
    let mut rows = Vec::new();
    let mut seen = Seen::default();
    for row in table.rows() {
        let relation = match row.get("relation") {
            "exact" => Some(Relation::Exact),
            "near-duplicate" => Some(Relation::NearDuplicate),
            "same-event" => Some(Relation::SameEvent),
            "unrelated" => Some(Relation::Unrelated),
            other => checker.fault(
                &row,
                format!("unknown relation `{other}`"),
                "known: exact, near-duplicate, same-event, unrelated",
            ),
        };
        let redundant = match row.get("redundant") {
            "a" => Some(Redundant::A),
            "b" => Some(Redundant::B),
            "both" => Some(Redundant::Both),
            "none" => Some(Redundant::None),
            "" => Some(Redundant::Unjudged),
            other => checker.fault(
                &row,
                format!("unknown value of redundant `{other}`"),
                "known: a, b, both, none; empty when it was not judged",
            ),
        };
        let Some((a, b)) = two_documents(&row, "document_a", "document_b", checker) else {
            continue;
        };
        if a > b {
            checker.faults.push(row.fault(
                "document_b comes before document_a",
                "swap them (and `a` and `b` in redundant)",
            ));
            continue;
        }
        seen.check((a, b), "pair", &row, checker);
        if let (Some(relation), Some(redundant)) = (relation, redundant) {
            let pair = DocumentPair {
                a,
                b,
                relation,
                redundant,
            };
            rows.push((pair, row.line));
        }
    }
    ordered(rows, |pair| (pair.a, pair.b))
}

/// Reads `copy_groups.csv` or `boilerplate_groups.csv`: each row covers exactly its segment, no segment in two groups.
pub(crate) fn groups(
    table: &Table,
    gold: &Gold,
    checker: &mut Checker<'_>,
) -> (Vec<GroupMember>, Vec<u64>) {
    let mut rows = Vec::new();
    let mut seen = Seen::default();
    for row in table.rows() {
        let group = row.get("group");
        if group.is_empty() {
            checker
                .faults
                .push(row.fault("group is empty", "give the group an id such as g01"));
        }
        let doubtful = checker.flag(&row, "doubtful");
        let piece = match row.get("piece") {
            "" => Some(None),
            cell => match cell.parse::<u32>() {
                Ok(number) => Some(Some(number)),
                Err(_) => checker.fault(
                    &row,
                    format!("piece is `{cell}`"),
                    "a number, or empty for an unsplit segment",
                ),
            },
        };
        let Some(document) = checker.document(&row, "document") else {
            continue;
        };
        let span = checker.covered(&row, document);
        let Some(segment) = segment(&row, document, "segment", gold, checker) else {
            continue;
        };
        let whole = gold.segments.as_deref().unwrap_or_default()[segment].span;
        if let Some(span) = span
            && span != whole
        {
            checker.faults.push(row.fault(
                format!(
                    "span {span} is not segment {} ({whole})",
                    row.get("segment")
                ),
                "a row of a group covers exactly its segment",
            ));
        }
        seen.check(segment, "segment", &row, checker);
        if let (Some(doubtful), Some(piece)) = (doubtful, piece) {
            let member = GroupMember {
                group: group.to_owned(),
                segment,
                piece,
                doubtful,
            };
            rows.push((member, row.line));
        }
    }
    ordered(rows, |member| (member.group.clone(), member.segment))
}

/// Reads `same_fact.csv`: two segments of two documents, each pair once.
pub(crate) fn same_fact(
    table: &Table,
    gold: &Gold,
    checker: &mut Checker<'_>,
) -> (Vec<SameFact>, Vec<u64>) {
    let mut rows = Vec::new();
    let mut seen = Seen::default();
    for row in table.rows() {
        let Some((a, b)) = two_documents(&row, "document_a", "document_b", checker) else {
            continue;
        };
        let a = segment(&row, a, "segment_a", gold, checker);
        let b = segment(&row, b, "segment_b", gold, checker);
        if let (Some(a), Some(b)) = (a, b) {
            let (a, b) = (a.min(b), a.max(b));
            seen.check((a, b), "pair", &row, checker);
            rows.push((SameFact { a, b }, row.line));
        }
    }
    ordered(rows, |pair| (pair.a, pair.b))
}

/// Reads `entities.csv`: ids once, known types. (`derived_from` may name a thing that the dataset does not list; lint says so.)
pub(crate) fn entities(
    table: &Table,
    manifest: &Manifest,
    checker: &mut Checker<'_>,
) -> (Vec<Entity>, Vec<u64>) {
    let mut rows = Vec::new();
    let mut seen = Seen::default();
    for row in table.rows() {
        let id = row.get("entity");
        if id.is_empty() {
            checker
                .faults
                .push(row.fault("entity is empty", "give it an id such as gpe:iraq"));
            continue;
        }
        seen.check(id.to_owned(), "entity", &row, checker);
        let derived_from = row.get("derived_from");
        let types = &manifest.vocabulary.entity_types;
        if let Some(entity_type) = checker.word(&row, "entity_type", types) {
            let entity = Entity {
                id: id.to_owned(),
                entity_type,
                canonical: row.get("canonical").to_owned(),
                derived_from: derived_from.to_owned(),
                note: row.get("note").to_owned(),
            };
            rows.push((entity, row.line));
        }
    }
    ordered(rows, |entity| entity.id.clone())
}

/// Reads `mention_pairs.csv`: both sides are rows of `mentions.csv`, each pair once.
pub(crate) fn mention_pairs(
    table: &Table,
    gold: &Gold,
    checker: &mut Checker<'_>,
) -> (Vec<MentionPair>, Vec<u64>) {
    let mentions = gold.mentions.as_deref().unwrap_or_default();
    let by_place: BTreeMap<(usize, Span), usize> = mentions
        .iter()
        .enumerate()
        .map(|(at, mention)| ((mention.document, mention.span), at))
        .collect();
    let mut rows = Vec::new();
    let mut seen = Seen::default();
    for row in table.rows() {
        let mut side = |suffix: &str| {
            let document = checker.document(&row, &format!("document{suffix}"))?;
            let span = checker.span(&row, document, suffix)?;
            by_place.get(&(document, span)).copied().or_else(|| {
                checker.fault(
                    &row,
                    format!(
                        "no mention at {span} of {}",
                        row.get(&format!("document{suffix}"))
                    ),
                    "each side of a pair is a row of mentions.csv",
                )
            })
        };
        let (a, b) = (side("_a"), side("_b"));
        let same = checker.flag(&row, "same");
        if let (Some(a), Some(b), Some(same)) = (a, b, same) {
            let (a, b) = (a.min(b), a.max(b));
            seen.check((a, b), "pair", &row, checker);
            rows.push((MentionPair { a, b, same }, row.line));
        }
    }
    ordered(rows, |pair| (pair.a, pair.b))
}

/// Reads `preferences.csv`: two documents, the clean one first.
pub(crate) fn preferences(table: &Table, checker: &mut Checker<'_>) -> (Vec<Preference>, Vec<u64>) {
    let mut rows = Vec::new();
    let mut seen = Seen::default();
    for row in table.rows() {
        if let Some((clean, damaged)) = two_documents(&row, "clean", "damaged", checker) {
            seen.check((clean, damaged), "pair", &row, checker);
            let category = row.get("category").to_owned();
            let preference = Preference {
                clean,
                damaged,
                category,
            };
            rows.push((preference, row.line));
        }
    }
    ordered(rows, |preference| (preference.clean, preference.damaged))
}

/// What stood in earlier rows, to find what occurs twice.
#[derive(Debug)]
struct Seen<K>(BTreeMap<K, u64>);

impl<K> Default for Seen<K> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord> Seen<K> {
    fn check(&mut self, key: K, what: &str, row: &Row<'_>, checker: &mut Checker<'_>) {
        if let Some(line) = self.0.get(&key) {
            checker.faults.push(row.fault(
                format!("this {what} stands already on line {line}"),
                "keep one of the two rows",
            ));
        } else {
            self.0.insert(key, row.line);
        }
    }
}

fn two_documents(
    row: &Row<'_>,
    first: &str,
    second: &str,
    checker: &mut Checker<'_>,
) -> Option<(usize, usize)> {
    let a = checker.document(row, first);
    let b = checker.document(row, second);
    let (a, b) = (a?, b?);
    if a == b {
        return checker.fault(
            row,
            format!("both sides are document `{}`", row.get(first)),
            "name two different documents",
        );
    }
    Some((a, b))
}

/// Index of the segment that a cell names.
fn segment(
    row: &Row<'_>,
    document: usize,
    column: &str,
    gold: &Gold,
    checker: &mut Checker<'_>,
) -> Option<usize> {
    let id = row.get(column);
    let Some(segments) = &gold.segments else {
        return checker.fault(
            row,
            format!("segment `{id}` cannot be looked up: no segments.csv"),
            "add segments.csv; this layer points into it",
        );
    };
    let known = |segment: &Segment| segment.document == document && segment.id == id;
    segments.iter().position(known).or_else(|| {
        if segments.is_empty() {
            return None;
        }
        checker.fault(
            row,
            format!(
                "unknown segment `{id}` of {}",
                checker.corpus.documents[document].id
            ),
            "use an id of segments.csv",
        )
    })
}
