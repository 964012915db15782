//! Agreement on document pairs, groups, same facts and entities.

use std::collections::{BTreeMap, BTreeSet};

use super::{Agreement, Disagreement};
use crate::corpus::Span;
use crate::gold::layer::{COPY_GROUPS, DOCUMENT_PAIRS, ENTITIES, Layer, SAME_FACT};
use crate::gold::write::{redundant, relation};
use crate::label::{Gold, GroupMember};
use crate::metrics::clusters::cluster_metrics;

/// A segment by its place, since two passes may number their segments differently.
type Place = (usize, Span);

pub(super) fn document_pairs(a: &Gold, b: &Gold, agreement: &mut Agreement) {
    let (Some(left), Some(right)) = (&a.document_pairs, &b.document_pairs) else {
        return;
    };
    let mut columns = [Vec::new(), Vec::new(), Vec::new(), Vec::new()];
    for x in left {
        let Some(y) = right.iter().find(|y| (y.a, y.b) == (x.a, x.b)) else {
            continue;
        };
        let values = [
            relation(x.relation),
            relation(y.relation),
            redundant(x.redundant),
            redundant(y.redundant),
        ];
        for (column, value) in columns.iter_mut().zip(values) {
            column.push(value);
        }
        let item = format!("{} ~ {}", a.document_id(x.a), a.document_id(x.b));
        for (one, other) in [(values[0], values[1]), (values[2], values[3])] {
            if one != other {
                agreement.disagreements.push(Disagreement {
                    layer: DOCUMENT_PAIRS.name,
                    item: item.clone(),
                    a: one.to_owned(),
                    b: other.to_owned(),
                    context: String::new(),
                });
            }
        }
    }
    agreement.paired(DOCUMENT_PAIRS, "relation", true, &columns[0], &columns[1]);
    agreement.paired(DOCUMENT_PAIRS, "redundant", true, &columns[2], &columns[3]);
}

/// Cross-document pairs of one group, as the guidelines count them.
struct Pairs {
    positive: BTreeSet<(Place, Place)>,
    /// Pairs inside one group that are neither positive nor negative.
    ignored: BTreeSet<(Place, Place)>,
    doubtful: BTreeSet<Place>,
}

pub(super) fn groups(layer: Layer, a: &Gold, b: &Gold, agreement: &mut Agreement) {
    let members = |gold: &Gold| -> Option<Vec<(Place, GroupMember)>> {
        let members = if layer == COPY_GROUPS {
            gold.copy_groups.as_ref()?
        } else {
            gold.boilerplate_groups.as_ref()?
        };
        let segments = gold.segments.as_deref()?;
        let place = |member: &GroupMember| {
            let segment = &segments[member.segment];
            ((segment.document, segment.span), member.clone())
        };
        Some(members.iter().map(place).collect())
    };
    let (Some(left), Some(right)) = (members(a), members(b)) else {
        return;
    };
    let (left_pairs, right_pairs) = (pairs(&left), pairs(&right));
    for doubtful in [true, false] {
        let judged = |pair: &&(Place, Place)| {
            let unsure = |place: &Place| {
                left_pairs.doubtful.contains(place) || right_pairs.doubtful.contains(place)
            };
            !left_pairs.ignored.contains(*pair)
                && !right_pairs.ignored.contains(*pair)
                && (doubtful || !(unsure(&pair.0) || unsure(&pair.1)))
        };
        let x: BTreeSet<_> = left_pairs.positive.iter().filter(judged).collect();
        let y: BTreeSet<_> = right_pairs.positive.iter().filter(judged).collect();
        let both = x.intersection(&y).count() as u64;
        let counts = [both, x.len() as u64 - both, y.len() as u64 - both];
        agreement.f1(layer, "F1 pairs", doubtful, counts);
        let sure = |(place, member): &&(Place, GroupMember)| {
            let _ = member;
            doubtful
                || !(left_pairs.doubtful.contains(place) || right_pairs.doubtful.contains(place))
        };
        let clusters = |side: &[(Place, GroupMember)]| {
            let kept = side.iter().filter(sure);
            kept.map(|(place, member)| (*place, member.group.clone()))
                .collect()
        };
        b_cubed(
            layer,
            doubtful,
            &clusters(&left),
            &clusters(&right),
            agreement,
        );
    }
    let name = |gold: &Gold, place: &Place| {
        let id = gold
            .segments
            .iter()
            .flatten()
            .find(|s| (s.document, s.span) == *place);
        let id = id.map_or("?", |segment| segment.id.as_str());
        format!("{}:{id}", gold.document_id(place.0))
    };
    for pair in left_pairs
        .positive
        .symmetric_difference(&right_pairs.positive)
    {
        let item = format!("{} ~ {}", name(a, &pair.0), name(a, &pair.1));
        let says = |side: &Pairs| {
            if side.positive.contains(pair) {
                "one group".to_owned()
            } else if side.ignored.contains(pair) {
                "one group, other piece".to_owned()
            } else {
                String::new()
            }
        };
        let quote = |place: &Place| {
            let text = place
                .1
                .text(&a.corpus.documents[place.0].text)
                .unwrap_or_default();
            text.chars().take(60).collect::<String>()
        };
        agreement.disagreements.push(Disagreement {
            layer: layer.name,
            item,
            a: says(&left_pairs),
            b: says(&right_pairs),
            context: format!("{} | {}", quote(&pair.0), quote(&pair.1)),
        });
    }
}

fn pairs(members: &[(Place, GroupMember)]) -> Pairs {
    let mut pairs = Pairs {
        positive: BTreeSet::new(),
        ignored: BTreeSet::new(),
        doubtful: members
            .iter()
            .filter(|(_, member)| member.doubtful)
            .map(|(place, _)| *place)
            .collect(),
    };
    for (at, (place, member)) in members.iter().enumerate() {
        for (other_place, other) in &members[at + 1..] {
            if member.group != other.group {
                continue;
            }
            let pair = (*place.min(other_place), *place.max(other_place));
            let split = matches!((member.piece, other.piece), (Some(x), Some(y)) if x != y);
            if place.0 == other_place.0 || split {
                pairs.ignored.insert(pair);
            } else {
                pairs.positive.insert(pair);
            }
        }
    }
    pairs
}

pub(super) fn same_fact(a: &Gold, b: &Gold, agreement: &mut Agreement) {
    let facts = |gold: &Gold| -> Option<BTreeSet<(Place, Place)>> {
        let segments = gold.segments.as_deref()?;
        let place = |index: usize| (segments[index].document, segments[index].span);
        let pairs = gold.same_fact.as_ref()?.iter();
        Some(pairs.map(|pair| (place(pair.a), place(pair.b))).collect())
    };
    if let (Some(left), Some(right)) = (facts(a), facts(b)) {
        let both = left.intersection(&right).count() as u64;
        let counts = [both, left.len() as u64 - both, right.len() as u64 - both];
        agreement.f1(SAME_FACT, "F1 pairs", true, counts);
    }
}

/// Entities as clusters of the mentions; their ids may differ.
pub(super) fn entities(a: &Gold, b: &Gold, agreement: &mut Agreement) {
    let (Some(left), Some(right)) = (&a.mentions, &b.mentions) else {
        return;
    };
    for doubtful in [true, false] {
        let unsure: BTreeSet<Place> = left
            .iter()
            .chain(right)
            .filter(|mention| mention.doubtful && !doubtful)
            .map(|mention| (mention.document, mention.span))
            .collect();
        let clusters = |mentions: &[crate::label::Mention]| -> BTreeMap<Place, String> {
            mentions
                .iter()
                .filter(|mention| !mention.entity.is_empty())
                .map(|mention| ((mention.document, mention.span), mention.entity.clone()))
                .filter(|(place, _)| !unsure.contains(place))
                .collect()
        };
        let (left, right) = (clusters(left), clusters(right));
        if left.is_empty() && right.is_empty() {
            return;
        }
        b_cubed(ENTITIES, doubtful, &left, &right, agreement);
        let common = left
            .iter()
            .filter_map(|(place, x)| Some((x, right.get(place)?)));
        let (x, y): (Vec<&str>, Vec<&str>) = common.map(|(x, y)| (x.as_str(), y.as_str())).unzip();
        agreement.paired(ENTITIES, "id of mentions", doubtful, &x, &y);
        if doubtful {
            for (place, x) in &left {
                if let Some(y) = right.get(place).filter(|y| *y != x) {
                    agreement.disagreements.push(Disagreement {
                        layer: ENTITIES.name,
                        item: format!("{}:{}", a.document_id(place.0), place.1),
                        a: x.clone(),
                        b: y.clone(),
                        context: super::spans::context(&a.corpus, place.0, place.1),
                    });
                }
            }
        }
    }
}

/// B-cubed of two clusterings; an item of one side only earns nothing there.
fn b_cubed(
    layer: Layer,
    doubtful: bool,
    a: &BTreeMap<Place, String>,
    b: &BTreeMap<Place, String>,
    agreement: &mut Agreement,
) {
    let places: BTreeSet<&Place> = a.keys().chain(b.keys()).collect();
    let numbers = |side: &BTreeMap<Place, String>| -> Vec<Option<u32>> {
        let names: BTreeSet<&String> = side.values().collect();
        let number: BTreeMap<&String, u32> = names.into_iter().zip(0..).collect();
        let of = |place: &&Place| number.get(side.get(*place)?).copied();
        places.iter().map(of).collect()
    };
    let metrics = cluster_metrics(&numbers(a), &numbers(b));
    let both = places
        .iter()
        .filter(|place| a.contains_key(**place) && b.contains_key(**place))
        .count() as u64;
    agreement.figures.push(super::Figure {
        layer: layer.name,
        metric: "F1 B-cubed".to_owned(),
        doubtful,
        value: metrics.b_cubed.f1(),
        both,
        only_a: a.len() as u64 - both,
        only_b: b.len() as u64 - both,
    });
}
