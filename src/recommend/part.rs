//! Some documents of a dataset as a dataset of their own, with the layers that dedup is scored by.

use std::collections::BTreeMap;

use crate::corpus::Corpus;
use crate::label::{DocumentPair, Gold, GroupMember, SameFact, Segment};

/// The documents with these indices (rising). Pairs and groups keep what lies inside.
pub fn part(gold: &Gold, documents: &[usize]) -> Gold {
    let document = |old: usize| documents.binary_search(&old).ok();
    let mut segments: Vec<Segment> = Vec::new();
    let mut moved: BTreeMap<usize, usize> = BTreeMap::new();
    for (old, segment) in gold.segments.iter().flatten().enumerate() {
        if let Some(document) = document(segment.document) {
            moved.insert(old, segments.len());
            segments.push(Segment {
                document,
                ..segment.clone()
            });
        }
    }
    let members = |layer: &Option<Vec<GroupMember>>| -> Option<Vec<GroupMember>> {
        let member = |member: &GroupMember| {
            Some(GroupMember {
                segment: *moved.get(&member.segment)?,
                ..member.clone()
            })
        };
        Some(layer.as_ref()?.iter().filter_map(member).collect())
    };
    let pair = |pair: &DocumentPair| {
        Some(DocumentPair {
            a: document(pair.a)?,
            b: document(pair.b)?,
            ..pair.clone()
        })
    };
    let fact = |fact: &SameFact| {
        Some(SameFact {
            a: *moved.get(&fact.a)?,
            b: *moved.get(&fact.b)?,
        })
    };
    let chosen = documents.iter();
    Gold {
        dataset: gold.dataset.clone(),
        digest: gold.digest.clone(),
        corpus: Corpus {
            documents: chosen
                .clone()
                .map(|&document| gold.corpus.documents[document].clone())
                .collect(),
        },
        stories: chosen
            .map(|&document| gold.stories[document].clone())
            .collect(),
        judged: gold.judged.clone(),
        segments: gold.segments.is_some().then_some(segments),
        document_pairs: gold
            .document_pairs
            .as_ref()
            .map(|pairs| pairs.iter().filter_map(pair).collect()),
        copy_groups: members(&gold.copy_groups),
        boilerplate_groups: members(&gold.boilerplate_groups),
        same_fact: gold
            .same_fact
            .as_ref()
            .map(|facts| facts.iter().filter_map(fact).collect()),
        ..Gold::default()
    }
}
