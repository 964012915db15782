//! Clusters of mentions against entities.

use std::collections::BTreeMap;

use crate::label::{Gold, Mention};
use crate::metrics::clusters::{Unmatched, cluster_metrics_with};
use crate::place::Places;
use crate::task::{Outcome, Scored, Verdict};

/// A mention on one or both sides: index of the gold mention, number of the predicted cluster. A missing number stands for a
/// cluster of its own.
#[derive(Clone, Copy)]
pub(super) struct Link {
    pub(super) gold: Option<usize>,
    pub(super) predicted: Option<u32>,
}

pub(super) fn score(links: &[Link], layer: &[Mention], gold: &Gold) -> Scored {
    let mut names: BTreeMap<&str, u32> = BTreeMap::new();
    for mention in layer {
        let next = names.len() as u32;
        names.entry(&mention.entity).or_insert(next);
    }
    let entity = |index: usize| {
        let entity = layer[index].entity.as_str();
        // A mention without an entity is known to be a name and nothing else: alone.
        names.get(entity).copied().filter(|_| !entity.is_empty())
    };
    let mut alone = names.len() as u32;
    let key: Vec<Option<u32>> = links
        .iter()
        .map(|link| {
            link.gold.map(|index| {
                entity(index).unwrap_or_else(|| {
                    alone += 1;
                    alone
                })
            })
        })
        .collect();
    let response: Vec<Option<u32>> = links.iter().map(|link| link.predicted).collect();
    let mut scored = Scored {
        measures: cluster_metrics_with(&key, &response, Unmatched::Singletons).measures("all"),
        ..Scored::default()
    };
    exact_clusters(links, &key, &response, layer, gold, &mut scored.outcomes);
    super::sort(&mut scored);
    scored
}

/// One outcome per gold mention: right when its predicted cluster is exactly its entity.
fn exact_clusters(
    links: &[Link],
    key: &[Option<u32>],
    response: &[Option<u32>],
    layer: &[Mention],
    gold: &Gold,
    outcomes: &mut Vec<Outcome>,
) {
    let places = Places::new(gold);
    let mut key_sizes: BTreeMap<u32, u32> = BTreeMap::new();
    let mut response_sizes: BTreeMap<u32, u32> = BTreeMap::new();
    let mut common: BTreeMap<(u32, u32), u32> = BTreeMap::new();
    for (key, response) in key.iter().zip(response) {
        for (label, sizes) in [(key, &mut key_sizes), (response, &mut response_sizes)] {
            if let Some(label) = label {
                *sizes.entry(*label).or_default() += 1;
            }
        }
        if let (Some(key), Some(response)) = (key, response) {
            *common.entry((*key, *response)).or_default() += 1;
        }
    }
    for ((link, key), response) in links.iter().zip(key).zip(response) {
        let Some(index) = link.gold else { continue };
        let mention = &layer[index];
        // A mention that was not recognized is in no predicted cluster, not even in one of its own.
        let exact = match (key, response) {
            (Some(key), Some(response)) => {
                let size = common.get(&(*key, *response));
                size == key_sizes.get(key) && size == response_sizes.get(response)
            }
            _ => false,
        };
        let verdict = if exact {
            Verdict::TruePositive
        } else {
            Verdict::FalseNegative
        };
        let item = places.span_item("mention", mention.document, mention.span);
        let mut outcome = places.outcome(
            "exact-cluster",
            mention.document,
            mention.span,
            item,
            verdict,
        );
        if !mention.zone.is_empty() {
            outcome.zone.clone_from(&mention.zone);
        }
        outcome.gold_type.clone_from(&mention.entity_type);
        outcome.gold_text = places.text(mention.document, mention.span).to_owned();
        outcomes.push(outcome);
    }
}
