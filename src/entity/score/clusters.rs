//! Clusters of mentions against entities.

use std::collections::BTreeMap;

use crate::corpus::Span;
use crate::label::{Gold, Mention};
use crate::metrics::clusters::{Unmatched, cluster_metrics_with};
use crate::place::Places;
use crate::task::{Outcome, Scored, Verdict};

/// A mention on one or both sides: index of the gold mention, number of the predicted cluster.
#[derive(Clone, Copy)]
pub(super) struct Link<'a> {
    pub(super) gold: Option<usize>,
    pub(super) predicted: Option<u32>,
    /// Where it stands, and its type: of the gold mention where there is one.
    pub(super) document: usize,
    pub(super) span: Span,
    pub(super) entity_type: &'a str,
}

impl<'a> Link<'a> {
    pub(super) fn of_gold(index: usize, mention: &'a Mention, predicted: Option<u32>) -> Self {
        Self {
            gold: Some(index),
            predicted,
            document: mention.document,
            span: mention.span,
            entity_type: &mention.entity_type,
        }
    }
}

/// `unmatched` says what a mention earns that one side does not have.
pub(super) fn score(
    links: &[Link<'_>],
    unmatched: Unmatched,
    layer: &[Mention],
    gold: &Gold,
) -> Scored {
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
        measures: cluster_metrics_with(&key, &response, unmatched).measures("all"),
        ..Scored::default()
    };
    by_slice(links, &key, &response, unmatched, layer, gold, &mut scored);
    exact_clusters(links, &key, &response, layer, gold, &mut scored.outcomes);
    super::sort(&mut scored);
    scored
}

/// The cluster metrics among the mentions of each slice, as if there were no others; undefined ones are left out.
fn by_slice(
    links: &[Link<'_>],
    key: &[Option<u32>],
    response: &[Option<u32>],
    unmatched: Unmatched,
    layer: &[Mention],
    gold: &Gold,
    scored: &mut Scored,
) {
    let places = Places::new(gold);
    let mut members: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, link) in links.iter().enumerate() {
        let mut slices = places.slices_at(link.document, link.span);
        if let Some(zone) = link
            .gold
            .map(|index| &layer[index].zone)
            .filter(|zone| !zone.is_empty())
        {
            slices.retain(|slice| !slice.starts_with("zone="));
            slices.push(format!("zone={zone}"));
        }
        slices.push(format!("entity_type={}", link.entity_type));
        for slice in slices {
            members.entry(slice).or_default().push(index);
        }
    }
    for (slice, members) in members {
        let side = |labels: &[Option<u32>]| -> Vec<Option<u32>> {
            members.iter().map(|&index| labels[index]).collect()
        };
        let metrics = cluster_metrics_with(&side(key), &side(response), unmatched);
        let defined = metrics
            .measures(&slice)
            .into_iter()
            .filter(|m| m.value.is_some());
        scored.measures.extend(defined);
    }
}

/// One outcome per gold mention: right when its predicted cluster is exactly its entity.
fn exact_clusters(
    links: &[Link<'_>],
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
