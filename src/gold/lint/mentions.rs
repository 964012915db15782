//! Lints of mentions and entities.

use std::collections::{BTreeMap, BTreeSet};

use super::Context;
use crate::corpus::Span;
use crate::gold::layer::{ENTITIES, MENTIONS};
use crate::label::{Gold, Judged, Mention};

pub(super) fn lint(context: &mut Context<'_>) {
    let gold = context.gold();
    let mentions = gold.mentions.as_deref().unwrap_or_default();
    let Some(entities) = &gold.entities else {
        return;
    };
    for (at, mention) in mentions.iter().enumerate() {
        let entity = entities.iter().find(|entity| entity.id == mention.entity);
        if let Some(entity) = entity
            && entity.entity_type != mention.entity_type
        {
            context.at(
                "entity-type",
                MENTIONS,
                at,
                format!(
                    "`{}` is {}, its entity {} is {}",
                    context.text(mention.document, mention.span),
                    mention.entity_type,
                    entity.id,
                    entity.entity_type
                ),
                "give both one type, or the mention another entity",
            );
        }
    }
    for (at, entity) in entities.iter().enumerate() {
        let used = mentions.iter().any(|mention| mention.entity == entity.id)
            || entities.iter().any(|other| other.derived_from == entity.id);
        if !used && gold.mentions.is_some() {
            context.at(
                "entity-unused",
                ENTITIES,
                at,
                format!("no mention names {}", entity.id),
                "remove it, or label its mention",
            );
        }
        let known = entities.iter().any(|other| other.id == entity.derived_from);
        if !entity.derived_from.is_empty() && !known {
            context.at(
                "derived-from",
                ENTITIES,
                at,
                format!(
                    "{} derives from {}, which is not listed",
                    entity.id, entity.derived_from
                ),
                "list that entity; it needs no mention of its own",
            );
        }
    }
}

pub(super) fn lint_guidelines(context: &mut Context<'_>) {
    let gold = context.gold();
    same_name(context, gold);
    unlabelled(context, gold);
    for (at, mention) in gold.mentions.iter().flatten().enumerate() {
        let text = context.text(mention.document, mention.span);
        edges(context, at, text);
        case(context, at, text, mention);
    }
}

/// One written name, one type and one entity.
fn same_name(context: &mut Context<'_>, gold: &Gold) {
    let mut first: BTreeMap<&str, (usize, &Mention)> = BTreeMap::new();
    for (at, mention) in gold.mentions.iter().flatten().enumerate() {
        let text = context.text(mention.document, mention.span);
        let (other_at, other) = *first.entry(text).or_insert((at, mention));
        if mention.entity_type == other.entity_type && mention.entity == other.entity {
            continue;
        }
        let line = context.line(MENTIONS, other_at).unwrap_or_default();
        context.at(
            "same-name",
            MENTIONS,
            at,
            format!(
                "`{text}` is {} {}, on line {line} it is {} {}",
                mention.entity_type, mention.entity, other.entity_type, other.entity
            ),
            "the same text in the same role gets the same label",
        );
    }
}

/// A name that is labelled once is labelled wherever it stands as whole words, unless inside a longer name.
fn unlabelled(context: &mut Context<'_>, gold: &Gold) {
    if gold.judged(MENTIONS.name) == Judged::Listed {
        return;
    }
    let mentions = gold.mentions.as_deref().unwrap_or_default();
    let names: BTreeSet<&str> = mentions
        .iter()
        .map(|mention| context.text(mention.document, mention.span))
        .collect();
    for (index, document) in gold.corpus.documents.iter().enumerate() {
        let text = &document.text;
        for name in &names {
            for (start, _) in text.match_indices(name) {
                let span = Span::new(start, start + name.len());
                let inside = |c: char| c.is_alphanumeric();
                let cut =
                    text[..span.start].ends_with(inside) || text[span.end..].starts_with(inside);
                let labelled = mentions
                    .iter()
                    .any(|mention| mention.document == index && mention.span.overlaps(span));
                if !cut && !labelled {
                    context.whole(
                        "unlabelled-name",
                        MENTIONS,
                        format!(
                            "`{name}` at {span} of {} has no label, elsewhere it has",
                            document.id
                        ),
                        "the same text in the same role gets the same label",
                    );
                }
            }
        }
    }
}

fn edges(context: &mut Context<'_>, at: usize, text: &str) {
    let mark = |c: char| "\"'“”‘’«»()[]{},;:".contains(c);
    // A full stop belongs to an abbreviated name (`U.S.`, `Inc.`) only.
    let stop = text.ends_with('.') && text.matches('.').count() == 1 && text.chars().count() > 5;
    if text.starts_with(mark) || text.ends_with(mark) || text.starts_with('.') || stop {
        context.at(
            "mention-edge",
            MENTIONS,
            at,
            format!("`{text}` carries punctuation at its edge"),
            "label the name only, unless the mark belongs to it",
        );
    }
}

fn case(context: &mut Context<'_>, at: usize, text: &str, mention: &Mention) {
    let starts_low = |word: &str| word.chars().next().is_some_and(char::is_lowercase);
    let words = || {
        text.split(|c: char| c.is_whitespace())
            .filter(|word| !word.is_empty())
    };
    if mention.lowercase && !words().any(starts_low) {
        context.at(
            "mention-case",
            MENTIONS,
            at,
            format!("`{text}` is flagged lowercase and has no lower-case word"),
            "set lowercase to false",
        );
    } else if !mention.lowercase && words().all(starts_low) {
        context.at(
            "mention-case",
            MENTIONS,
            at,
            format!("`{text}` is in lower case and not flagged"),
            "set lowercase to true",
        );
    }
}
