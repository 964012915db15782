//! A small labelled corpus to learn from.

use karat::corpus::{Corpus, Span};
use karat::label::{Garble, Mention, Nesting};

use crate::fixtures::corpus;

/// Two documents with their mentions and garbles; `reversed` puts the second first.
pub(crate) fn training(reversed: bool) -> (Corpus, Vec<Mention>, Vec<Garble>) {
    let text = "The U.S. Embassy in Baghdad said Ali Hassan of the PMF were left.\nOriginally published as A Thing\n";
    let mut people = ["Ali Hassan", "Omar Khalil"];
    if reversed {
        people.reverse();
    }
    let corpus = corpus(people.map(|person| text.replace("Ali Hassan", person)));
    let mut mentions = Vec::new();
    let mut garbles = Vec::new();
    for (document, person) in people.into_iter().enumerate() {
        let text = &corpus.documents[document].text;
        let span = |part: &str| {
            let start = text.find(part).unwrap();
            Span::new(start, start + part.len())
        };
        for (part, entity_type) in [
            ("U.S. Embassy", "FAC"),
            ("Baghdad", "GPE"),
            (person, "PER"),
            ("PMF", "ORG"),
        ] {
            mentions.push(Mention {
                document,
                span: span(part),
                entity_type: entity_type.to_owned(),
                entity: format!("{}:{part}", entity_type.to_lowercase()),
                nesting: Nesting::Outer,
                zone: "body".to_owned(),
                garbled: false,
                lowercase: false,
                metonymic: false,
                doubtful: false,
            });
        }
        for (part, category) in [
            ("were", "syntax"),
            ("Originally published as A Thing", "boilerplate"),
        ] {
            garbles.push(Garble {
                document,
                span: span(part),
                category: category.to_owned(),
                subtype: String::new(),
                severity: "minor".to_owned(),
                intended: String::new(),
                witness: String::new(),
                doubtful: false,
            });
        }
    }
    (corpus, mentions, garbles)
}
