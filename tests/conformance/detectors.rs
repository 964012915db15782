//! What every detector owes.

use karat::corpus::Corpus;
use karat::garble::{
    GarbleDetector, GarbleModel, GarbleTraining, Granularity, PredictedGarble, prepared,
};
use karat::params::Params;
use karat::registry::Registry;

use crate::fixtures::{check_span, corpus, fixtures, megabyte, steady};
use crate::training::training;

#[test]
fn detectors_are_steady_and_stay_in_bounds_on_any_text() {
    let (training, _, garbles) = training(false);
    let mut texts: Vec<String> = fixtures().into_iter().map(|(_, text)| text).collect();
    texts.push(megabyte());
    let all = corpus(texts);
    for entry in Registry::builtin().detectors {
        let (detector, _) = entry.build(&Params::new()).unwrap();
        assert!(
            (0.0..=1.0).contains(&detector.threshold()),
            "{}: threshold",
            entry.name
        );
        // A detector that needs a list or dictionary from the system may say that it is missing.
        let model = match detector.fit(&GarbleTraining {
            corpus: &training,
            garbles: &garbles,
        }) {
            Ok(model) => model,
            Err(problem) => {
                assert!(problem.len() > 10, "{}: `{problem}` is no help", entry.name);
                continue;
            }
        };
        let found = steady(entry.name, || {
            let model = prepared(model.as_ref(), &all);
            (0..all.len())
                .map(|document| model.detect(document, &all))
                .collect::<Vec<_>>()
        });
        for (document, garbles) in found.iter().enumerate() {
            let text = &all.documents[document].text;
            for garble in garbles {
                assert_eq!(garble.document, document, "{}", entry.name);
                assert!(
                    (0.0..=1.0).contains(&garble.confidence),
                    "{}: confidence {}",
                    entry.name,
                    garble.confidence
                );
                if detector.granularity() != Granularity::Document {
                    check_span(entry.name, garble.span, text);
                }
            }
            assert!(
                garbles.is_sorted_by_key(|garble| garble.span),
                "{}: not sorted by span",
                entry.name
            );
        }
        let alone = corpus(["Only one document is here.".to_owned()]);
        model.detect(0, &alone);
        if let Ok(untaught) = detector.fit(&GarbleTraining {
            corpus: &Corpus::default(),
            garbles: &[],
        }) {
            untaught.detect(0, &alone);
        }
    }
}

/// A detector fitted on the small training, and what it says when it cannot be: a list of the system may be missing.
fn fitted(detector: &dyn GarbleDetector, reversed: bool) -> Result<Box<dyn GarbleModel>, String> {
    let (corpus, _, garbles) = training(reversed);
    detector.fit(&GarbleTraining {
        corpus: &corpus,
        garbles: &garbles,
    })
}

/// Garbles of each text, under the text and not under the number that it has in the corpus.
fn by_text(model: &dyn GarbleModel, corpus: &Corpus) -> Vec<(String, Vec<PredictedGarble>)> {
    let model = prepared(model, corpus);
    let documents = corpus.documents.iter().enumerate();
    let mut found: Vec<_> = documents
        .map(|(document, of)| {
            let mut garbles = model.detect(document, corpus);
            // A suggestion names its witness by id, and these ids are the order.
            for garble in &mut garbles {
                garble.document = 0;
                garble.suggestion.clear();
            }
            (of.text.clone(), garbles)
        })
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

#[test]
fn detectors_do_not_depend_on_the_order_of_documents_nor_of_training() {
    let texts: Vec<String> = fixtures().into_iter().map(|(_, text)| text).collect();
    let (forward, backward) = (corpus(texts.clone()), corpus(texts.into_iter().rev()));
    for entry in Registry::builtin().detectors {
        let (detector, _) = entry.build(&Params::new()).unwrap();
        let (Ok(model), Ok(other)) = (
            fitted(detector.as_ref(), false),
            fitted(detector.as_ref(), true),
        ) else {
            continue;
        };
        let one = by_text(model.as_ref(), &forward);
        assert_eq!(
            one,
            by_text(model.as_ref(), &backward),
            "{}: the order of documents counts",
            entry.name
        );
        assert_eq!(
            one,
            by_text(other.as_ref(), &forward),
            "{}: the order of training counts",
            entry.name
        );
        if !detector.learns() {
            let nothing = GarbleTraining {
                corpus: &Corpus::default(),
                garbles: &[],
            };
            let untaught = detector.fit(&nothing).unwrap();
            assert_eq!(
                one,
                by_text(untaught.as_ref(), &forward),
                "{}: learns, but says that it does not",
                entry.name
            );
        }
    }
}

#[test]
fn detectors_answer_alike_whether_or_not_they_have_read_the_corpus_before() {
    let corpus = corpus(fixtures().into_iter().map(|(_, text)| text));
    for entry in Registry::builtin().detectors {
        let (detector, _) = entry.build(&Params::new()).unwrap();
        let Ok(model) = fitted(detector.as_ref(), false) else {
            continue;
        };
        let Some(prepared) = model.prepare(&corpus) else {
            continue;
        };
        for document in 0..corpus.len() {
            assert_eq!(
                model.detect(document, &corpus),
                prepared.detect(document, &corpus),
                "{}: {document}",
                entry.name
            );
        }
    }
}

#[test]
fn detectors_read_among_thousands_of_identical_texts() {
    let text = fixtures().pop().unwrap().1;
    let thousands = corpus(std::iter::repeat_n(text.clone(), 3000));
    let dozens = corpus(std::iter::repeat_n(text.clone(), 48));
    for entry in Registry::builtin().detectors {
        let (detector, _) = entry.build(&Params::new()).unwrap();
        let Ok(model) = fitted(detector.as_ref(), false) else {
            continue;
        };
        // What compares all documents takes minutes without optimisation: scripts/full/conformance does it whole.
        let compares = ["witness", "stack"].contains(&entry.name);
        let many = if cfg!(debug_assertions) && compares {
            &dozens
        } else {
            &thousands
        };
        let model = prepared(model.as_ref(), many);
        let first = model.detect(0, many);
        let mut last = model.detect(many.len() - 1, many);
        last.iter_mut().for_each(|garble| garble.document = 0);
        assert_eq!(
            first, last,
            "{}: equal documents are judged otherwise",
            entry.name
        );
        if detector.granularity() != Granularity::Document {
            first
                .iter()
                .for_each(|garble| check_span(entry.name, garble.span, &text));
        }
    }
}
