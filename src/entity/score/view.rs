//! The CoNLL-2003 view: outer mentions only, with the four types of that shared task (Tjong Kim Sang and De Meulder 2003).

use crate::entity::PredictedMention;
use crate::label::{Judged, Mention, Nesting};
use crate::metrics::fold::{ALL, Tables};
use crate::metrics::spans::{self, Rule};
use crate::task::Measure;

use super::sides::{Sides, nested};
use super::tables::{NestingOf, Tally};

/// Types of the annotation guidelines and what they are in CoNLL-2003.
const TYPES: &[(&str, &str)] = &[
    ("FAC", "LOC"),
    ("GPE", "LOC"),
    ("LOC", "LOC"),
    ("MISC", "MISC"),
    ("NORP", "MISC"),
    ("ORG", "ORG"),
    ("PER", "PER"),
];

fn mapped(entity_type: &str) -> Option<&'static str> {
    TYPES
        .iter()
        .find(|(own, _)| *own == entity_type)
        .map(|(_, theirs)| *theirs)
}

/// Precision, recall and F1 by every match rule under `view=conll4`, and by type under `view=conll4 entity_type=X`.
///
/// Empty where the gold has other types than ours. Inner mentions leave both sides; of the predictions those are inner that
/// stand strictly inside another one.
pub(super) fn conll4(
    predicted: &[PredictedMention],
    layer: &[Mention],
    judged: Judged,
) -> Vec<Measure> {
    let outer = layer
        .iter()
        .filter(|mention| mention.nesting == Nesting::Outer);
    let gold: Option<Vec<Mention>> = outer
        .map(|mention| {
            Some(Mention {
                entity_type: mapped(&mention.entity_type)?.to_owned(),
                ..mention.clone()
            })
        })
        .collect();
    let Some(gold) = gold.filter(|gold| !gold.is_empty()) else {
        return Vec::new();
    };
    let inner = nested(predicted);
    let predicted: Vec<PredictedMention> = predicted
        .iter()
        .zip(inner)
        .filter(|(_, inner)| !inner)
        .map(|(mention, _)| PredictedMention {
            entity_type: mapped(&mention.entity_type)
                .unwrap_or(&mention.entity_type)
                .to_owned(),
            ..mention.clone()
        })
        .collect();
    let sides = Sides::new(&predicted, &gold, judged);
    let alignment = spans::align(&sides.gold, &sides.predicted);
    let nesting = NestingOf::new(&sides, &gold, &vec![false; predicted.len()]);
    let mut tables = Tables::default();
    for rule in Rule::ALL {
        Tally::new(rule, &alignment, &sides, &nesting).add(rule, &sides, &mut tables);
    }
    let measures = tables.measures().into_iter();
    measures
        .filter_map(|mut measure| {
            measure.slice = match measure.slice.as_str() {
                ALL => "view=conll4".to_owned(),
                slice if slice.starts_with("entity_type=") => format!("view=conll4 {slice}"),
                _ => return None,
            };
            Some(measure)
        })
        .collect()
}
