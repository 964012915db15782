//! One item in context: its text, what the gold says, and what each variant made of it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::corpus::Span;
use crate::error::{Error, Result};
use crate::label::{Gold, Redundant, Relation};
use crate::record::{OutcomeRow, variant_name};

/// A place that an item id names: a document, a segment or a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Index of the document.
    pub document: usize,
    /// The passage; `None` for the whole document.
    pub span: Option<Span>,
}

/// The places of an item such as `embassy/mention/003:1066-1078` or `embassy/pair/001:s004~002:s007` (for ordered pairs the
/// separator is `>`); the dataset's name and the kind may be left out.
///
/// # Errors
/// Names what part of the id matches nothing.
pub fn places(item: &str, gold: &Gold) -> Result<Vec<Place>> {
    let last = item.rsplit('/').next().unwrap_or(item);
    last.split(['~', '>'])
        .map(|part| place(part, item, gold))
        .collect()
}

fn place(part: &str, item: &str, gold: &Gold) -> Result<Place> {
    let invalid = |problem: String| {
        Error::invalid(
            item,
            problem,
            "write it as in outcomes.csv, for example 003:1066-1078 or 001:s004~002:s007",
        )
    };
    let (name, within) = part
        .split_once(':')
        .map_or((part, None), |(name, within)| (name, Some(within)));
    let short = gold.short_ids();
    let document = gold
        .corpus
        .index(name)
        .or_else(|| short.iter().position(|id| *id == name));
    let document = document.ok_or_else(|| invalid(format!("unknown document `{name}`")))?;
    let Some(within) = within else {
        return Ok(Place {
            document,
            span: None,
        });
    };
    let segment = gold
        .segments
        .iter()
        .flatten()
        .find(|segment| segment.document == document && segment.id == within);
    if let Some(segment) = segment {
        return Ok(Place {
            document,
            span: Some(segment.span),
        });
    }
    let bounds = within
        .split_once('-')
        .and_then(|(start, end)| Some(Span::new(start.parse().ok()?, end.parse().ok()?)));
    let span = bounds.ok_or_else(|| {
        invalid(format!(
            "`{within}` is neither a segment nor a span of `{name}`"
        ))
    })?;
    if span.text(&gold.corpus.documents[document].text).is_none() {
        return Err(invalid(format!(
            "{span} lies outside `{name}` or cuts a character"
        )));
    }
    Ok(Place {
        document,
        span: Some(span),
    })
}

/// Bytes of context on each side of a span, at most.
const CONTEXT: usize = 160;
/// Bytes of a whole document that are shown, at most.
const WHOLE: usize = 600;

/// The item as text: each place in context with the passage between « and », the gold labels there, and one line per outcome.
pub fn render(item: &str, places: &[Place], gold: &Gold, outcomes: &[OutcomeRow]) -> String {
    let mut text = format!("{item}\n");
    for place in places {
        let document = &gold.corpus.documents[place.document];
        let _ = writeln!(text, "\n{}", document.id);
        let _ = writeln!(
            text,
            "  {}",
            context(&document.text, place.span).replace('\n', "\n  ")
        );
        if let Some(span) = place.span {
            labels(&mut text, place.document, span, gold);
        }
    }
    relation(&mut text, places, gold);
    let matching: Vec<&OutcomeRow> = outcomes
        .iter()
        .filter(|row| row.item == item || row.item.ends_with(&format!("/{item}")))
        .collect();
    if matching.is_empty() {
        text.push_str("\nno outcome: no variant predicted it and the gold does not count it, or `karat run` has not been run\n");
        let here = items_here(places, gold, outcomes);
        if !here.is_empty() {
            let _ = writeln!(text, "items that touch it: {}", here.join(", "));
        }
        return text;
    }
    text.push_str("\noutcomes\n");
    let names: Vec<String> = matching
        .iter()
        .map(|row| {
            format!(
                "{}/{}/{}",
                row.task,
                row.level,
                variant_name(&row.algorithm, &row.params)
            )
        })
        .collect();
    let width = names
        .iter()
        .map(|name| name.chars().count())
        .max()
        .unwrap_or(0);
    for (row, name) in matching.iter().zip(names) {
        let _ = write!(
            text,
            "  {name:<width$}  {:<12} {:<14}",
            row.match_rule, row.verdict
        );
        if !row.detail.is_empty() {
            let _ = write!(text, " {}", row.detail);
        }
        if let Some(confidence) = row.confidence {
            let _ = write!(text, " confidence {confidence}");
        }
        let predicted = [row.predicted_type.as_str(), row.predicted_text.as_str()].join(" ");
        if !predicted.trim().is_empty() {
            let _ = write!(text, " predicted: {}", predicted.trim().replace('\n', " "));
        }
        text.push('\n');
    }
    text
}

/// Items of the outcomes that overlap the only passage that was asked for.
fn items_here<'a>(places: &[Place], gold: &Gold, outcomes: &'a [OutcomeRow]) -> Vec<&'a str> {
    let [
        Place {
            document,
            span: Some(asked),
        },
    ] = *places
    else {
        return Vec::new();
    };
    let items: BTreeSet<&str> = outcomes.iter().map(|row| row.item.as_str()).collect();
    let touches = |item: &str| {
        let found = self::places(item, gold).unwrap_or_default();
        found.iter().any(|place| {
            place.document == document && place.span.is_some_and(|span| span.overlaps(asked))
        })
    };
    items.into_iter().filter(|item| touches(item)).collect()
}

/// The passage between « and », with context up to the ends of its line.
fn context(text: &str, span: Option<Span>) -> String {
    let Some(span) = span else {
        let mut end = text.len().min(WHOLE);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let more = if end < text.len() { " …" } else { "" };
        return format!("{}{more}", text[..end].trim());
    };
    let mut start = text[..span.start]
        .rfind('\n')
        .map_or(0, |at| at + 1)
        .max(span.start.saturating_sub(CONTEXT));
    while !text.is_char_boundary(start) {
        start += 1;
    }
    let mut end = text[span.end..]
        .find('\n')
        .map_or(text.len(), |at| span.end + at)
        .min(span.end + CONTEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!(
        "{}«{}»{}",
        &text[start..span.start],
        &text[span.start..span.end],
        &text[span.end..end]
    )
}

/// Gold labels that overlap a span.
fn labels(text: &mut String, document: usize, span: Span, gold: &Gold) {
    for mention in gold
        .mentions
        .iter()
        .flatten()
        .filter(|m| m.document == document && m.span.overlaps(span))
    {
        let covered = mention
            .span
            .text(&gold.corpus.documents[document].text)
            .unwrap_or_default();
        let doubtful = if mention.doubtful { ", doubtful" } else { "" };
        let _ = writeln!(
            text,
            "    gold mention {} {} `{covered}` = {}{doubtful}",
            mention.span, mention.entity_type, mention.entity
        );
    }
    for garble in gold
        .garbles
        .iter()
        .flatten()
        .filter(|g| g.document == document && g.span.overlaps(span))
    {
        let covered = garble
            .span
            .text(&gold.corpus.documents[document].text)
            .unwrap_or_default();
        let doubtful = if garble.doubtful { ", doubtful" } else { "" };
        let intended = if garble.intended.is_empty() {
            "(deleted)"
        } else {
            &garble.intended
        };
        let _ = writeln!(
            text,
            "    gold garble {} {} {} `{covered}` -> `{intended}` (witness {}{doubtful})",
            garble.span, garble.category, garble.severity, garble.witness
        );
    }
}

const fn relation_name(relation: Relation) -> &'static str {
    match relation {
        Relation::Exact => "exact copies",
        Relation::NearDuplicate => "near-duplicates",
        Relation::SameEvent => "one event, written independently",
        Relation::Unrelated => "unrelated",
    }
}

/// What the gold says of a pair.
fn relation(text: &mut String, places: &[Place], gold: &Gold) {
    let [a, b] = places else { return };
    if a.span.is_none() && b.span.is_none() {
        for pair in gold.document_pairs.iter().flatten() {
            if (pair.a, pair.b) == (a.document.min(b.document), a.document.max(b.document)) {
                let (a, b) = (gold.document_id(pair.a), gold.document_id(pair.b));
                let redundant = match pair.redundant {
                    Redundant::A => format!("; {a} adds nothing to {b}"),
                    Redundant::B => format!("; {b} adds nothing to {a}"),
                    Redundant::Both => "; neither adds anything to the other".to_owned(),
                    Redundant::None => "; each says something that the other does not".to_owned(),
                    Redundant::Unjudged => String::new(),
                };
                let _ = writeln!(text, "\ngold: {}{redundant}", relation_name(pair.relation));
            }
        }
        return;
    }
    let segments = gold.segments.as_deref().unwrap_or_default();
    let group_of = |place: &Place| {
        gold.copy_groups.iter().flatten().find(|member| {
            segments
                .get(member.segment)
                .is_some_and(|s| s.document == place.document && Some(s.span) == place.span)
        })
    };
    let name = |place: &Place| {
        group_of(place).map_or_else(|| "none".to_owned(), |member| member.group.clone())
    };
    let _ = writeln!(text, "\ngold: copy group {} and {}", name(a), name(b));
}
