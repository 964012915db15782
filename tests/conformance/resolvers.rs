//! What every resolver owes.

use karat::corpus::{Corpus, Span};
use karat::entity::MentionInput;
use karat::params::Params;
use karat::registry::Registry;

use crate::fixtures::{corpus, fixtures, megabyte, steady};

/// Clusters as sets of texts with positions, so that numbering does not matter.
fn partition(labels: &[u32]) -> Vec<Vec<usize>> {
    let mut groups: std::collections::BTreeMap<u32, Vec<usize>> = std::collections::BTreeMap::new();
    for (index, &label) in labels.iter().enumerate() {
        groups.entry(label).or_default().push(index);
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    groups.sort();
    groups
}

#[test]
fn resolvers_give_each_mention_a_cluster_and_do_not_depend_on_its_document() {
    let names = [
        ("PER", "Donald Trump"),
        ("PER", "Trump"),
        ("GPE", "U.S."),
        ("GPE", "US"),
        ("ORG", "PMF"),
        ("ORG", "Popular Mobilization Forces"),
        ("PER", "𝒳"),
        ("PER", "’"),
        ("ORG", "e\u{301}"),
        ("ORG", "\u{a0}"),
        ("GPE", "İ"),
        ("PER", "Donald Trump"),
    ];
    let build = |order: &[usize]| {
        let corpus = corpus(
            order
                .iter()
                .map(|&index| format!("So said {} today.", names[index].1)),
        );
        let spans: Vec<Span> = order
            .iter()
            .map(|&index| Span::new(8, 8 + names[index].1.len()))
            .collect();
        (corpus, spans)
    };
    let forward: Vec<usize> = (0..names.len()).collect();
    let backward: Vec<usize> = (0..names.len()).rev().collect();
    for entry in Registry::builtin().resolvers {
        let (resolver, _) = entry.build(&Params::new()).unwrap();
        let resolve = |order: &[usize]| {
            let (corpus, spans) = build(order);
            let mentions: Vec<MentionInput<'_>> = spans
                .iter()
                .enumerate()
                .map(|(document, &span)| MentionInput {
                    document,
                    span,
                    entity_type: names[order[document]].0,
                    text: span.text(&corpus.documents[document].text).unwrap(),
                })
                .collect();
            let labels = steady(entry.name, || resolver.resolve(&mentions, &corpus));
            assert_eq!(
                labels.len(),
                mentions.len(),
                "{}: one cluster per mention",
                entry.name
            );
            for (a, b) in mentions.iter().zip(mentions.iter().rev()) {
                if let Some(similarity) = resolver.similarity(a, b) {
                    assert!(
                        (0.0..=1.0).contains(&similarity),
                        "{}: similarity {similarity}",
                        entry.name
                    );
                    assert_eq!(
                        Some(similarity),
                        resolver.similarity(b, a),
                        "{}: similarity is not symmetric",
                        entry.name
                    );
                }
            }
            labels
        };
        let one = resolve(&forward);
        let mut other = resolve(&backward);
        other.reverse();
        assert_eq!(
            partition(&one),
            partition(&other),
            "{}: the order of documents changes the clusters",
            entry.name
        );
        assert_eq!(one[0], one[11], "{}: equal mentions are apart", entry.name);
        assert!(resolver.resolve(&[], &Corpus::default()).is_empty());
    }
}

/// One mention per text, which covers all of it; blank ones are no mentions.
fn covering(corpus: &Corpus) -> Vec<MentionInput<'_>> {
    let documents = corpus.documents.iter().enumerate();
    let whole = documents.map(|(document, of)| MentionInput {
        document,
        span: Span::new(0, of.text.len()),
        entity_type: "ORG",
        text: &of.text,
    });
    whole.filter(|mention| !mention.text.is_empty()).collect()
}

#[test]
fn resolvers_take_any_text_for_a_name_and_stand_alone() {
    let mut texts: Vec<String> = fixtures().into_iter().map(|(_, text)| text).collect();
    texts.push(format!("{}Baghdad", megabyte()));
    let all = corpus(texts);
    let mut mentions = covering(&all);
    // The megabyte is where a name stands, not the name.
    let last = mentions.last_mut().unwrap();
    last.span.start = last.span.end - "Baghdad".len();
    last.text = "Baghdad";
    for entry in Registry::builtin().resolvers {
        let (resolver, _) = entry.build(&Params::new()).unwrap();
        let labels = steady(entry.name, || resolver.resolve(&mentions, &all));
        assert_eq!(labels.len(), mentions.len(), "{}", entry.name);
        for mention in &mentions {
            let alone = resolver.resolve(&[*mention], &all);
            assert_eq!(alone.len(), 1, "{} on {:.40}", entry.name, mention.text);
        }
    }
}

#[test]
fn thousands_of_equal_mentions_are_one_entity() {
    let all = corpus(std::iter::repeat_n(
        "Popular Mobilization Forces".to_owned(),
        3000,
    ));
    let mentions = covering(&all);
    for entry in Registry::builtin().resolvers {
        let (resolver, _) = entry.build(&Params::new()).unwrap();
        let labels = resolver.resolve(&mentions, &all);
        assert_eq!(partition(&labels).len(), 1, "{}", entry.name);
    }
}
