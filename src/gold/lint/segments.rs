//! Lints of segments, by section 1 of the guidelines, and of segments of equal text.

use std::collections::BTreeMap;

use super::Context;
use crate::corpus::Span;
use crate::gold::layer::{GARBLES, Layer, MENTIONS, SEGMENTS};
use crate::label::Segment;
use crate::text::sentence;

pub(super) fn lint(context: &mut Context<'_>) {
    let gold = context.gold();
    let segments = gold.segments.as_deref().unwrap_or_default();
    for (at, segment) in segments.iter().enumerate() {
        let text = context.text(segment.document, segment.span);
        if text.contains('\n') {
            context.at(
                "segment-line",
                SEGMENTS,
                at,
                format!("{} runs over a line break", segment.id),
                "a line break ends a segment",
            );
        } else if segment.zone != "credit" && segment.zone != "furniture" {
            // A mark alone (a quotation mark turned the wrong way) stays with the text before it.
            let says = |span: &Span| {
                let piece = span.text(text).unwrap_or_default();
                piece.chars().any(char::is_alphanumeric)
            };
            let mut inside = sentence::segments(text);
            inside.retain(says);
            if let [first, second, ..] = inside.as_slice() {
                context.at(
                    "segment-unsplit",
                    SEGMENTS,
                    at,
                    format!(
                        "{} holds two sentences: `{}` and `{}`",
                        segment.id,
                        short(first.text(text).unwrap_or_default()),
                        short(second.text(text).unwrap_or_default())
                    ),
                    "a sentence ends at . ? or ! before a space and a capital, digit or opening mark",
                );
            }
        }
    }
    for (at, pair) in segments.windows(2).enumerate() {
        oversplit(context, at + 1, &pair[0], &pair[1]);
    }
    same_segment(context, segments);
}

/// Two segments of one line need a sentence end between them, unless one of them is a credit or furniture.
fn oversplit(context: &mut Context<'_>, at: usize, first: &Segment, second: &Segment) {
    if first.document != second.document {
        return;
    }
    let text = &context.gold().corpus.documents[first.document].text;
    let between = text.get(first.span.end..second.span.start).unwrap_or("\n");
    let content = |segment: &Segment| segment.zone != "credit" && segment.zone != "furniture";
    if between.contains('\n') || !content(first) || !content(second) {
        return;
    }
    let before = context.text(first.document, first.span);
    let stripped = before.trim_end_matches(|c: char| "\"'“”‘’)]} ".contains(c));
    if !stripped.ends_with(['.', '?', '!', '…']) {
        context.at(
            "segment-oversplit",
            SEGMENTS,
            at,
            format!(
                "{} starts in the middle of a sentence: `{}` stands before it",
                second.id,
                short(before)
            ),
            "a line is split only where a sentence ends",
        );
    }
}

/// Segments of equal text carry equal zones, mentions and garbles.
fn same_segment(context: &mut Context<'_>, segments: &[Segment]) {
    let gold = context.gold();
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, segment) in segments.iter().enumerate() {
        let text = context.text(segment.document, segment.span);
        let other = *first.entry(text).or_insert(at);
        if other == at {
            continue;
        }
        let twin = &segments[other];
        let name =
            |segment: &Segment| format!("{}:{}", gold.document_id(segment.document), segment.id);
        let mut report = |layer: Layer, what: &str, here: Vec<String>, there: Vec<String>| {
            let only_here: Vec<&String> = here.iter().filter(|x| !there.contains(x)).collect();
            let only_there: Vec<&String> = there.iter().filter(|x| !here.contains(x)).collect();
            if only_here.is_empty() && only_there.is_empty() {
                return;
            }
            context.whole(
                "same-segment",
                layer,
                format!(
                    "{} and {} have equal text and other {what}: only the first {}, only the second {}",
                    name(twin),
                    name(segment),
                    listed(&only_there),
                    listed(&only_here)
                ),
                "the same text in the same role gets the same label",
            );
        };
        report(
            SEGMENTS,
            "zones",
            vec![segment.zone.clone()],
            vec![twin.zone.clone()],
        );
        let labels = |of: &Segment| {
            let mentions = gold.mentions.iter().flatten();
            let mentions = mentions
                .filter(|label| label.document == of.document && of.span.contains(label.span));
            mentions
                .map(|label| {
                    format!(
                        "`{}`+{} {} {}",
                        label
                            .span
                            .text(&gold.corpus.documents[of.document].text)
                            .unwrap_or_default(),
                        label.span.start - of.span.start,
                        label.entity_type,
                        label.entity
                    )
                })
                .collect::<Vec<_>>()
        };
        report(MENTIONS, "mentions", labels(segment), labels(twin));
        let labels = |of: &Segment| {
            let garbles = gold.garbles.iter().flatten();
            let garbles = garbles
                .filter(|label| label.document == of.document && of.span.contains(label.span));
            garbles
                .map(|label| {
                    format!(
                        "`{}`+{} {} {} {}",
                        label
                            .span
                            .text(&gold.corpus.documents[of.document].text)
                            .unwrap_or_default(),
                        label.span.start - of.span.start,
                        label.category,
                        label.subtype,
                        label.severity
                    )
                })
                .collect::<Vec<_>>()
        };
        report(GARBLES, "garbles", labels(segment), labels(twin));
    }
}

fn listed(items: &[&String]) -> String {
    if items.is_empty() {
        return "nothing".to_owned();
    }
    items
        .iter()
        .map(|item| item.as_str())
        .collect::<Vec<_>>()
        .join(", ")
}

/// The first words of a text, for a message.
fn short(text: &str) -> String {
    let mut short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        short.push_str(" ...");
    }
    short
}
