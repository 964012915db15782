//! What tests of resolvers share.

use std::collections::BTreeMap;

use crate::corpus::Span;
use crate::entity::MentionInput;

/// Mentions of one document from (type, text).
pub(crate) fn inputs<'a>(names: &[(&'a str, &'a str)]) -> Vec<MentionInput<'a>> {
    let mut at = 0;
    names
        .iter()
        .map(|&(entity_type, text)| {
            let span = Span::new(at, at + text.len());
            at = span.end + 1;
            MentionInput {
                document: 0,
                span,
                entity_type,
                text,
            }
        })
        .collect()
}

/// Members by cluster, in order of their first member.
pub(crate) fn clusters(labels: &[u32]) -> Vec<Vec<usize>> {
    let mut members: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (item, &label) in labels.iter().enumerate() {
        members.entry(label).or_default().push(item);
    }
    let mut all: Vec<Vec<usize>> = members.into_values().collect();
    all.sort();
    all
}

/// The controls that no resolver worth its name merges: (type, text, type, text).
pub(crate) const NEGATIVE_CONTROLS: &[(&str, &str, &str, &str)] = &[
    ("GPE", "Iran", "GPE", "Iraq"),
    ("ORG", "Hezbollah", "ORG", "Kataib Hezbollah"),
    ("PER", "Khalid Mohammed", "PER", "Mohammed Mohy"),
    ("FAC", "Washington embassy", "FAC", "Baghdad embassy"),
    ("GPE", "Washington", "FAC", "Baghdad embassy"),
];
