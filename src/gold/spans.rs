//! The layers that mark spans of articles: segments, mentions, garbles.

use std::cmp::Reverse;

use crate::corpus::Span;
use crate::error::Fault;
use crate::gold::check::Checker;
use crate::gold::load::ordered;
use crate::gold::manifest::Manifest;
use crate::gold::table::Table;
use crate::label::{Garble, Gold, Judged, Mention, Nesting, Segment};

/// Reads `segments.csv`: no overlaps, ids in order, every non-blank character in one segment.
pub(crate) fn segments(
    table: &Table,
    manifest: &Manifest,
    checker: &mut Checker<'_>,
) -> (Vec<Segment>, Vec<u64>) {
    let mut rows = Vec::new();
    for row in table.rows() {
        let zone = checker.word(&row, "zone", &manifest.vocabulary.zones);
        let Some(document) = checker.document(&row, "document") else {
            continue;
        };
        let span = checker.covered(&row, document);
        if let (Some(span), Some(zone)) = (span, zone) {
            let id = row.get("segment").to_owned();
            let segment = Segment {
                document,
                id,
                span,
                zone,
            };
            rows.push((segment, row.line));
        }
    }
    let complete = rows.len() == table.rows().count();
    let (segments, lines) = ordered(rows, |segment| (segment.document, segment.span));
    for (at, pair) in segments.windows(2).enumerate() {
        if pair[0].document == pair[1].document && pair[1].span.start < pair[0].span.end {
            checker.faults.push(Fault::at(
                &table.path,
                lines[at + 1],
                format!(
                    "segment {} overlaps {} (line {})",
                    pair[1].id, pair[0].id, lines[at]
                ),
                "a character lies in exactly one segment",
            ));
        }
    }
    let mut number = 0;
    let mut document = usize::MAX;
    for (segment, line) in segments.iter().zip(&lines).filter(|_| complete) {
        number = if segment.document == document {
            number + 1
        } else {
            1
        };
        document = segment.document;
        let expected = format!("s{number:03}");
        if segment.id != expected {
            checker.faults.push(Fault::at(
                &table.path,
                *line,
                format!("segment id is `{}`, its place is `{expected}`", segment.id),
                "number the segments of a document in order, s001, s002, ...",
            ));
        }
    }
    let all = manifest
        .judged
        .get("segments")
        .is_none_or(|judged| *judged == Judged::All);
    if all && complete && !table.path.as_os_str().is_empty() {
        uncovered(table, &segments, checker);
    }
    (segments, lines)
}

/// Reports every run of text that lies in no segment.
fn uncovered(table: &Table, segments: &[Segment], checker: &mut Checker<'_>) {
    let corpus = checker.corpus;
    for (index, document) in corpus.documents.iter().enumerate() {
        let text = &document.text;
        let mut start = 0;
        let ends = segments.iter().filter(|segment| segment.document == index);
        let end = Span::new(text.len(), text.len());
        for span in ends.map(|segment| segment.span).chain([end]) {
            let gap = text.get(start..span.start).unwrap_or_default();
            let blank = |c: char| c.is_whitespace() || c == '\u{feff}';
            let trimmed = gap.trim_matches(blank);
            if !trimmed.is_empty() {
                let at = start + (gap.len() - gap.trim_start_matches(blank).len());
                let quote: String = trimmed.chars().take(60).collect();
                checker.faults.push(Fault::new(
                    table.path.display(),
                    format!(
                        "`{quote}` of {} at {} lies in no segment",
                        document.id,
                        Span::new(at, at + trimmed.len())
                    ),
                    "add a segment: every non-blank character lies in exactly one",
                ));
            }
            start = start.max(span.end);
        }
    }
}

/// Reads `mentions.csv`: mentions nest but do not cross; zones agree with the segments, entities are known.
pub(crate) fn mentions(
    table: &Table,
    manifest: &Manifest,
    gold: &Gold,
    checker: &mut Checker<'_>,
) -> (Vec<Mention>, Vec<u64>) {
    let mut rows = Vec::new();
    for row in table.rows() {
        let entity_type = checker.word(&row, "entity_type", &manifest.vocabulary.entity_types);
        let nesting = match row.get("nesting") {
            "outer" | "" => Some(Nesting::Outer),
            "inner" => Some(Nesting::Inner),
            other => checker.fault(
                &row,
                format!("nesting is `{other}`"),
                "write `outer` or `inner`",
            ),
        };
        let flags = ["garbled", "lowercase", "metonymic", "doubtful"];
        let flags = flags.map(|column| checker.flag(&row, column));
        let entity = row.get("entity");
        if let Some(entities) = &gold.entities
            && !entity.is_empty()
            && !entities.is_empty()
            && !entities.iter().any(|known| known.id == entity)
        {
            checker.faults.push(row.fault(
                format!("unknown entity `{entity}`"),
                "add it to entities.csv or use an id that is there",
            ));
        }
        let Some(document) = checker.document(&row, "document") else {
            continue;
        };
        let Some(span) = checker.covered(&row, document) else {
            continue;
        };
        let zone = row.get("zone");
        if let Some(segment) = gold.segment_at(document, span) {
            let segment = &gold.segments.as_deref().unwrap_or_default()[segment];
            if segment.zone != zone {
                checker.faults.push(row.fault(
                    format!(
                        "zone is `{zone}`, its segment {} is `{}`",
                        segment.id, segment.zone
                    ),
                    "a mention has the zone of its segment",
                ));
            }
        }
        if let (
            Some(entity_type),
            Some(nesting),
            [
                Some(garbled),
                Some(lowercase),
                Some(metonymic),
                Some(doubtful),
            ],
        ) = (entity_type, nesting, flags)
        {
            let mention = Mention {
                document,
                span,
                entity_type,
                entity: entity.to_owned(),
                nesting,
                zone: zone.to_owned(),
                garbled,
                lowercase,
                metonymic,
                doubtful,
            };
            rows.push((mention, row.line));
        }
    }
    let (mentions, lines) = ordered(rows, |mention| {
        (
            mention.document,
            mention.span.start,
            Reverse(mention.span.end),
        )
    });
    if !manifest.may_overlap("mentions") {
        nesting(table, &mentions, &lines, checker);
    }
    (mentions, lines)
}

/// Mentions come sorted so that an enclosing one precedes what it encloses.
fn nesting(table: &Table, mentions: &[Mention], lines: &[u64], checker: &mut Checker<'_>) {
    let mut open: Vec<usize> = Vec::new();
    for (at, mention) in mentions.iter().enumerate() {
        open.retain(|&other| {
            mentions[other].document == mention.document
                && mentions[other].span.end > mention.span.start
        });
        let mut fault = |problem: String, remedy: &str| {
            checker
                .faults
                .push(Fault::at(&table.path, lines[at], problem, remedy));
        };
        if let Some(&other) = open
            .iter()
            .find(|&&other| mentions[other].span == mention.span)
        {
            fault(
                format!("the same span as line {}", lines[other]),
                "one name, one mention",
            );
        } else if let Some(&other) = open
            .iter()
            .find(|&&other| !mentions[other].span.contains(mention.span))
        {
            fault(
                format!("span {} crosses line {}", mention.span, lines[other]),
                "mentions may nest, not cross; else list `mentions` in `overlapping` of dataset.toml",
            );
        } else if mention.nesting == Nesting::Inner && open.is_empty() {
            fault(
                "`inner` without an enclosing mention".to_owned(),
                "write `outer`, or label the longer name",
            );
        } else if mention.nesting == Nesting::Outer && !open.is_empty() {
            fault(
                format!("`outer` inside the mention of line {}", lines[open[0]]),
                "write `inner`",
            );
        }
        open.push(at);
    }
}

/// Reads `garbles.csv`: no overlaps, known categories and witnesses.
pub(crate) fn garbles(
    table: &Table,
    manifest: &Manifest,
    gold: &Gold,
    checker: &mut Checker<'_>,
) -> (Vec<Garble>, Vec<u64>) {
    let vocabulary = &manifest.vocabulary;
    let mut rows = Vec::new();
    for row in table.rows() {
        let category = checker.word(&row, "category", vocabulary.garbles.keys());
        let severity = checker.word(&row, "severity", &vocabulary.severities);
        let subtype = row.get("subtype");
        if let Some(known) = category
            .as_ref()
            .and_then(|name| vocabulary.garbles.get(name))
            && !subtype.is_empty()
            && !known.iter().any(|name| name == subtype)
        {
            let remedy = if known.is_empty() {
                "this category has no subtypes: leave the cell empty".to_owned()
            } else {
                format!("known: {}", known.join(", "))
            };
            checker
                .faults
                .push(row.fault(format!("unknown subtype `{subtype}`"), remedy));
        }
        witness(&row, gold, checker);
        let doubtful = checker.flag(&row, "doubtful");
        let Some(document) = checker.document(&row, "document") else {
            continue;
        };
        let span = checker.covered(&row, document);
        if let (Some(span), Some(category), Some(severity), Some(doubtful)) =
            (span, category, severity, doubtful)
        {
            let garble = Garble {
                document,
                span,
                category,
                subtype: subtype.to_owned(),
                severity,
                intended: row.get("intended").to_owned(),
                witness: row.get("witness").to_owned(),
                doubtful,
            };
            rows.push((garble, row.line));
        }
    }
    let (garbles, lines) = ordered(rows, |garble| (garble.document, garble.span));
    for (at, pair) in garbles.windows(2).enumerate() {
        if !manifest.may_overlap("garbles")
            && pair[0].document == pair[1].document
            && pair[0].span.overlaps(pair[1].span)
        {
            checker.faults.push(Fault::at(
                &table.path,
                lines[at + 1],
                format!("span {} overlaps line {}", pair[1].span, lines[at]),
                "one error, one span; garbles never overlap",
            ));
        }
    }
    (garbles, lines)
}

/// A witness is empty, `inferred`, or `document:segment`.
fn witness(row: &crate::gold::table::Row<'_>, gold: &Gold, checker: &mut Checker<'_>) {
    let witness = row.get("witness");
    if witness.is_empty() || witness == "inferred" {
        return;
    }
    let known = witness.split_once(':').is_some_and(|(document, segment)| {
        let Some(document) = checker.corpus.index(document) else {
            return false;
        };
        gold.segments.as_ref().is_none_or(|segments| {
            segments.is_empty()
                || segments
                    .iter()
                    .any(|known| known.document == document && known.id == segment)
        })
    });
    if !known {
        checker.faults.push(row.fault(
            format!("unknown witness `{witness}`"),
            "write `document:segment` (such as `a1:s004`) or `inferred`",
        ));
    }
}
