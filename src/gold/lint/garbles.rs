//! Lints of garbles, by section 5 of the guidelines.

use super::Context;
use crate::corpus::Span;
use crate::gold::layer::GARBLES;
use crate::label::Garble;
use crate::text::token::tokens;

pub(super) fn lint(context: &mut Context<'_>) {
    let gold = context.gold();
    let garbles = gold.garbles.as_deref().unwrap_or_default();
    for (at, garble) in garbles.iter().enumerate() {
        let text = context.text(garble.document, garble.span);
        if garble.intended.trim().is_empty() && needs_reading(garble) {
            context.at(
                "garble-reading",
                GARBLES,
                at,
                format!("`{text}` has no intended reading"),
                "no intended reading, no span: fill in `intended` (empty only for a deletion)",
            );
        }
        if garble.intended == text {
            context.at(
                "garble-reading",
                GARBLES,
                at,
                format!("`{text}` is also its intended reading"),
                "a garble says something else than was meant",
            );
        }
        if garble.witness.is_empty() {
            context.at(
                "garble-witness",
                GARBLES,
                at,
                format!("`{text}` has no witness"),
                "name the segment that shows the reading, or `inferred`",
            );
        }
        let subtypes = context
            .loaded
            .manifest
            .vocabulary
            .garbles
            .get(&garble.category);
        if garble.subtype.is_empty() && subtypes.is_some_and(|known| !known.is_empty()) {
            context.at(
                "garble-subtype",
                GARBLES,
                at,
                format!("`{text}` has no subtype of {}", garble.category),
                format!(
                    "known: {}",
                    subtypes.map_or_else(String::new, |known| known.join(", "))
                ),
            );
        }
        if matches!(garble.category.as_str(), "boilerplate" | "surface")
            && garble.severity != "minor"
        {
            context.at(
                "garble-severity",
                GARBLES,
                at,
                format!("`{text}` is {} and {}", garble.category, garble.severity),
                "boilerplate and surface are always minor",
            );
        }
    }
    // Injected damage covers exactly the bytes that changed, whatever tokens they lie in.
    if !gold.is_synthetic() {
        cut_tokens(context, garbles);
    }
}

/// False where deleting the span may be the repair.
fn needs_reading(garble: &Garble) -> bool {
    match garble.category.as_str() {
        "lexical" | "name" => true,
        "token" => !matches!(garble.subtype.as_str(), "stray" | "duplicated" | "repeat"),
        "syntax" => matches!(
            garble.subtype.as_str(),
            "order" | "attachment" | "agreement" | "tense"
        ),
        _ => false,
    }
}

/// A garble is a run of whole tokens; only glued markup may split one.
fn cut_tokens(context: &mut Context<'_>, garbles: &[Garble]) {
    let gold = context.gold();
    for (index, document) in gold.corpus.documents.iter().enumerate() {
        let here = |garble: &&Garble| garble.document == index;
        let markup: Vec<usize> = garbles
            .iter()
            .filter(here)
            .filter(|garble| garble.category == "boilerplate")
            .flat_map(|garble| [garble.span.start, garble.span.end])
            .collect();
        let inner: Vec<Span> = tokens(&document.text).map(|token| token.span).collect();
        for (at, garble) in garbles
            .iter()
            .enumerate()
            .filter(|(_, garble)| here(garble))
        {
            for edge in [garble.span.start, garble.span.end] {
                let after = inner.partition_point(|token| token.end <= edge);
                let cut = inner.get(after).filter(|token| token.start < edge);
                if let Some(token) = cut
                    && !markup.contains(&edge)
                {
                    context.at(
                        "garble-token",
                        GARBLES,
                        at,
                        format!(
                            "`{}` cuts the token `{}`",
                            context.text(index, garble.span),
                            context.text(index, *token)
                        ),
                        "mark whole tokens; only glued markup splits one",
                    );
                }
            }
        }
    }
}
