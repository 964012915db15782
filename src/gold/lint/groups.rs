//! Lints of groups, same facts and document pairs.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization as _;

use super::Context;
use crate::gold::layer::{BOILERPLATE_GROUPS, COPY_GROUPS, DOCUMENT_PAIRS, Layer, SAME_FACT};
use crate::label::{Gold, GroupMember, Judged, Relation, Segment};

pub(super) fn lint(context: &mut Context<'_>) {
    let gold = context.gold();
    lonely(context, gold, COPY_GROUPS, gold.copy_groups.as_deref());
    lonely(
        context,
        gold,
        BOILERPLATE_GROUPS,
        gold.boilerplate_groups.as_deref(),
    );
    same_facts(context, gold);
    pairs(context, gold);
}

pub(super) fn lint_guidelines(context: &mut Context<'_>) {
    let gold = context.gold();
    for (at, member) in gold.copy_groups.iter().flatten().enumerate() {
        let Some(segment) = segment(gold, member.segment) else {
            continue;
        };
        if matches!(segment.zone.as_str(), "credit" | "furniture") {
            context.at(
                "group-zone",
                COPY_GROUPS,
                at,
                format!("{} is {}", segment.id, segment.zone),
                "equal furniture and credits go to boilerplate_groups.csv",
            );
        }
    }
    let mut first: BTreeMap<&str, String> = BTreeMap::new();
    for (at, member) in gold.boilerplate_groups.iter().flatten().enumerate() {
        let Some(segment) = segment(gold, member.segment) else {
            continue;
        };
        let text = masked(context.text(segment.document, segment.span));
        let other = first.entry(&member.group).or_insert_with(|| text.clone());
        if *other != text {
            let problem = format!("`{text}` is not `{other}` of the same group");
            context.at(
                "boilerplate-text",
                BOILERPLATE_GROUPS,
                at,
                problem,
                "boilerplate is equal when it is identical after case folding and masking digits",
            );
        }
    }
}

/// Lower case, every digit `0`.
fn masked(text: &str) -> String {
    let digit = |c: char| if c.is_numeric() { '0' } else { c };
    text.to_lowercase().chars().map(digit).collect()
}

fn segment(gold: &Gold, index: usize) -> Option<&Segment> {
    gold.segments.as_deref()?.get(index)
}

/// Groups with one member, or with members of one document only.
fn lonely(context: &mut Context<'_>, gold: &Gold, layer: Layer, members: Option<&[GroupMember]>) {
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, member) in members.unwrap_or_default().iter().enumerate() {
        groups.entry(&member.group).or_default().push(at);
    }
    for (group, members_at) in groups {
        let documents = members_at.iter().filter_map(|&at| {
            let member = members.unwrap_or_default().get(at)?;
            Some(segment(gold, member.segment)?.document)
        });
        let documents: std::collections::BTreeSet<usize> = documents.collect();
        let problem = match (members_at.len(), documents.len()) {
            (1, _) => format!("group {group} has one member"),
            (_, 1) => format!("group {group} has members of one document only"),
            _ => continue,
        };
        context.at(
            "group-of-one",
            layer,
            members_at[0],
            problem,
            "a group joins segments of two or more documents",
        );
    }
}

fn same_facts(context: &mut Context<'_>, gold: &Gold) {
    let group = |index: usize| {
        let mut members = gold.copy_groups.iter().flatten();
        members
            .find(|member| member.segment == index)
            .map(|member| &member.group)
    };
    for (at, pair) in gold.same_fact.iter().flatten().enumerate() {
        let document = |index| segment(gold, index).map(|segment| segment.document);
        let problem = if group(pair.a).is_some() && group(pair.a) == group(pair.b) {
            "both segments are in one copy group"
        } else if document(pair.a) == document(pair.b) {
            "both segments are of one document"
        } else {
            continue;
        };
        context.at(
            "same-fact-copy",
            SAME_FACT,
            at,
            problem,
            "a same fact is told in independent words by two documents",
        );
    }
}

fn pairs(context: &mut Context<'_>, gold: &Gold) {
    let Some(pairs) = &gold.document_pairs else {
        return;
    };
    let plain = |document: usize| {
        let text: String = gold.corpus.documents[document].text.nfc().collect();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    for (at, pair) in pairs.iter().enumerate() {
        let equal = plain(pair.a) == plain(pair.b);
        if equal != (pair.relation == Relation::Exact) {
            context.at(
                "pair-exact",
                DOCUMENT_PAIRS,
                at,
                if equal {
                    "the texts are equal, the relation is not `exact`"
                } else {
                    "the relation is `exact`, the texts differ"
                },
                "`exact` means equal after Unicode NFC and white-space collapse",
            );
        }
    }
    let documents = gold.corpus.len();
    let all = documents * documents.saturating_sub(1) / 2;
    if gold.judged(DOCUMENT_PAIRS.name) == Judged::All && pairs.len() < all {
        context.whole(
            "pair-missing",
            DOCUMENT_PAIRS,
            format!("{} of {all} pairs are judged", pairs.len()),
            "judge every pair, or say `document_pairs = \"listed\"` under [judged]",
        );
    }
}
