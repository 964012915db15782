//! What every recognizer owes.

use karat::corpus::{Corpus, Document};
use karat::entity::{EntityRecognizer, EntityTraining};
use karat::label::Mention;
use karat::params::Params;
use karat::registry::Registry;

use crate::fixtures::{check_span, fixtures, megabyte, steady};
use crate::training::training;

#[test]
fn recognizers_are_steady_and_stay_on_character_boundaries_on_any_text() {
    let (corpus, mentions, _) = training(false);
    let mut texts = fixtures();
    texts.push(("megabyte", megabyte()));
    for entry in Registry::builtin().recognizers {
        let (recognizer, _) = entry.build(&Params::new()).unwrap();
        let model = recognizer
            .fit(&EntityTraining {
                corpus: &corpus,
                mentions: &mentions,
            })
            .unwrap_or_else(|e| panic!("{}: {e}", entry.name));
        for (fixture, text) in &texts {
            let name = format!("{} on {fixture}", entry.name);
            let document = Document {
                id: "x".to_owned(),
                text: text.clone(),
            };
            let found = steady(&name, || model.recognize(&document));
            for (span, entity_type, confidence) in &found {
                check_span(&name, *span, text);
                assert!(
                    !entity_type.is_empty() && (0.0..=1.0).contains(confidence),
                    "{name}: {entity_type} {confidence}"
                );
            }
            assert!(
                found.is_sorted_by_key(|(span, _, _)| (span.start, usize::MAX - span.end)),
                "{name}: not sorted by span: {found:?}"
            );
        }
        let nothing = Corpus::default();
        let untaught = recognizer.fit(&EntityTraining {
            corpus: &nothing,
            mentions: &[],
        });
        if let Ok(model) = untaught {
            model.recognize(&Document {
                id: "x".to_owned(),
                text: "Nothing was learnt in Baghdad.".to_owned(),
            });
        }
    }
}

#[test]
fn recognizers_learn_the_same_from_training_in_any_order() {
    let (corpus, mentions, _) = training(false);
    let (backward, its_mentions, _) = training(true);
    let nothing = Corpus::default();
    let read = |recognizer: &dyn EntityRecognizer, corpus: &Corpus, mentions: &[Mention]| {
        let model = recognizer
            .fit(&EntityTraining { corpus, mentions })
            .unwrap();
        let documents = fixtures().into_iter().map(|(id, text)| Document {
            id: id.to_owned(),
            text,
        });
        documents
            .map(|document| {
                let found = model.recognize(&document).into_iter();
                found
                    .map(|(span, label, confidence)| (span, label.to_owned(), confidence))
                    .collect::<Vec<_>>()
            })
            .collect::<Vec<_>>()
    };
    for entry in Registry::builtin().recognizers {
        let (recognizer, _) = entry.build(&Params::new()).unwrap();
        let recognizer = recognizer.as_ref();
        let one = read(recognizer, &corpus, &mentions);
        assert_eq!(
            one,
            read(recognizer, &backward, &its_mentions),
            "{}: the order of training counts",
            entry.name
        );
        if !recognizer.learns() {
            assert_eq!(
                one,
                read(recognizer, &nothing, &[]),
                "{}: learns, but says that it does not",
                entry.name
            );
        }
    }
}
