use proptest::prelude::*;

use super::*;
use crate::corpus::{Corpus, Span};
use crate::label::{Mention, Nesting};

/// Documents with their names in brackets, `[Rome|LOC]`.
fn labelled(texts: &[&str]) -> (Corpus, Vec<Mention>) {
    let mut documents = Vec::new();
    let mut mentions = Vec::new();
    for (document, marked) in texts.iter().enumerate() {
        let mut text = String::new();
        let mut rest = *marked;
        while let Some((before, after)) = rest.split_once('[') {
            let (name, after) = after.split_once(']').unwrap();
            let (name, kind) = name.split_once('|').unwrap();
            text.push_str(before);
            let start = text.len();
            text.push_str(name);
            mentions.push(Mention {
                document,
                span: Span::new(start, text.len()),
                entity_type: kind.into(),
                entity: String::new(),
                nesting: Nesting::Outer,
                zone: String::new(),
                garbled: false,
                lowercase: false,
                metonymic: false,
                doubtful: false,
            });
            rest = after;
        }
        text.push_str(rest);
        documents.push(Document {
            id: document.to_string(),
            text,
        });
    }
    (Corpus { documents }, mentions)
}

const TAUGHT: [&str; 6] = [
    "Yesterday [Anna Berg|PER] went to [Tarmo|LOC] by boat.",
    "The boat from [Tarmo|LOC] brought [Olof Lind|PER] home.",
    "In [Vesby|LOC] nobody knew [Olof Lind|PER] or [Ida Holm|PER].",
    "He said that [Ida Holm|PER] lives in [Vesby|LOC].",
    "From [Vesby|LOC] to [Tarmo|LOC] it takes an hour.",
    "Then [Anna Berg|PER] said nothing.",
];

fn fitted(settings: &Perceptron) -> Box<dyn RecognizerModel> {
    let (corpus, mentions) = labelled(&TAUGHT);
    settings
        .fit(&EntityTraining {
            corpus: &corpus,
            mentions: &mentions,
        })
        .unwrap()
}

fn found(model: &dyn RecognizerModel, text: &str) -> Vec<(String, String)> {
    let document = Document {
        id: "d".into(),
        text: text.into(),
    };
    let names = model.recognize(&document).into_iter();
    names
        .map(|(span, kind, _)| (span.text(text).unwrap().to_owned(), kind.to_owned()))
        .collect()
}

fn names(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter()
        .map(|&(name, kind)| (name.to_owned(), kind.to_owned()))
        .collect()
}

#[test]
fn what_was_taught_is_known_and_new_names_follow_their_context() {
    let model = fitted(&Perceptron::default());
    for marked in TAUGHT {
        let (corpus, mentions) = labelled(&[marked]);
        let text = &corpus.documents[0].text;
        let expected: Vec<(String, String)> = mentions
            .iter()
            .map(|mention| {
                (
                    mention.span.text(text).unwrap().to_owned(),
                    mention.entity_type.clone(),
                )
            })
            .collect();
        assert_eq!(found(model.as_ref(), text), expected);
    }
    assert_eq!(
        found(
            model.as_ref(),
            "The boat from Sandvik brought Nils Borg home."
        ),
        names(&[("Sandvik", "LOC"), ("Nils Borg", "PER")])
    );
}

#[test]
fn types_can_be_renamed_and_left_out() {
    let types = [("PER", "person"), ("LOC", "")].map(|(from, to)| (from.to_owned(), to.to_owned()));
    let settings = Perceptron {
        types: types.into(),
        ..Perceptron::default()
    };
    assert_eq!(
        found(
            fitted(&settings).as_ref(),
            TAUGHT[5]
                .replace(['[', ']'], "")
                .replace("|PER", "")
                .as_str()
        ),
        names(&[("Anna Berg", "person")])
    );
}

#[test]
fn a_file_holds_the_same_model_and_damage_is_told() {
    let (corpus, mentions) = labelled(&TAUGHT);
    let training = EntityTraining {
        corpus: &corpus,
        mentions: &mentions,
    };
    let settings = Perceptron {
        bits: 12,
        ..Perceptron::default()
    };
    let mut watched = Vec::new();
    let bytes = settings
        .train_file(&training, "a test", &mut |epoch| {
            watched.push((epoch.number, epoch.wrong))
        })
        .unwrap();
    assert_eq!(watched.len(), 6);
    assert!(watched[0].1 > watched[5].1, "{watched:?}");
    assert_eq!(
        file::read(&bytes).unwrap(),
        settings
            .train(
                &training,
                (0..corpus.documents.len()).collect(),
                &mut |_| {}
            )
            .unwrap()
    );
    // Two runs give the same bytes; another seed another order, and other weights.
    let again = settings
        .train_file(&training, "a test", &mut |_| {})
        .unwrap();
    assert_eq!(bytes, again);
    let other = Perceptron {
        seed: 2,
        ..settings.clone()
    };
    assert_ne!(
        bytes,
        other.train_file(&training, "a test", &mut |_| {}).unwrap()
    );
    let header = bytes.iter().position(|&byte| byte == b'\n').unwrap();
    let more_bits = String::from_utf8_lossy(&bytes[..header]).replace("\"bits\":12", "\"bits\":13");
    let more_bits = more_bits.as_bytes();
    for (damaged, told) in [
        (b"hello\n".to_vec(), "no model file"),
        (bytes[..bytes.len() / 2].to_vec(), "read"),
        ([more_bits, &bytes[header..]].concat(), "number of weights"),
    ] {
        let error = file::read(&damaged).unwrap_err();
        assert!(error.contains(told), "{error}");
    }
    let missing = Perceptron {
        model: "/no/such.model".into(),
        ..Perceptron::default()
    };
    assert!(
        missing
            .fit(&training)
            .err()
            .unwrap()
            .contains("/no/such.model")
    );
}

#[test]
fn without_labels_there_is_nothing_to_learn() {
    let error = Perceptron::default()
        .fit(&EntityTraining {
            corpus: &Corpus::default(),
            mentions: &[],
        })
        .err()
        .unwrap();
    assert!(error.contains("no labelled name"), "{error}");
}

#[test]
fn the_shipped_model_knows_usual_names_in_running_text() {
    let settings = Perceptron {
        model: "shipped".into(),
        ..Perceptron::default()
    };
    let (corpus, mentions) = labelled(&[]);
    let model = settings
        .fit(&EntityTraining {
            corpus: &corpus,
            mentions: &mentions,
        })
        .unwrap();
    assert_eq!(
        found(
            model.as_ref(),
            "I am going to London with Michael Jackson ."
        ),
        names(&[("London", "location"), ("Michael Jackson", "person")])
    );
}

/// Twin: tags by the definition, with every template's row looked up one by one and every path scored in turn, one tag at a time.
#[test]
fn averages_are_the_mean_of_the_weights_over_all_steps() {
    let (corpus, mentions) = labelled(&TAUGHT);
    let training = EntityTraining {
        corpus: &corpus,
        mentions: &mentions,
    };
    let types = train::types(&training);
    let examples = train::examples(&training, &types, train::by_text(&training));
    let mut trainer = train::Trainer::new(types, 10, 3, 0);
    let mut sums: Vec<i64> = Vec::new();
    for round in 0..9 {
        // One sentence a call, so that the weights can be looked at after every step.
        trainer.epoch(&examples[round % 6..round % 6 + 1]);
        let now: Vec<i64> = trainer.weights().collect();
        sums.resize(now.len(), 0);
        sums.iter_mut()
            .zip(now)
            .for_each(|(sum, weight)| *sum += weight);
    }
    let greatest = sums.iter().map(|sum| sum.abs()).max().unwrap();
    let expected: Vec<i16> = sums
        .iter()
        .map(|&sum| (sum as f64 * f64::from(tagger::MOST) / greatest as f64).round() as i16)
        .collect();
    let found: Vec<i16> = trainer.averaged().table.into_iter().flatten().collect();
    assert_eq!(found, expected);
}

proptest! {
    /// Any text at all: names lie on character boundaries, in order, apart, and hold something other than white space.
    #[test]
    fn spans_are_sound(text in "\\PC{0,80}|[A-Za-z.'’ \\n(]{0,160}|(Anna|Vesby|said|in| |\\.|\n){0,30}") {
        let model = fitted(&Perceptron { bits: 10, epochs: 3, ..Perceptron::default() });
        let document = Document { id: "d".into(), text: text.clone() };
        let mut at = 0;
        for (span, kind, _) in model.recognize(&document) {
            prop_assert!(span.start >= at && span.start < span.end);
            prop_assert!(span.text(&text).is_some_and(|name| !name.trim().is_empty()));
            prop_assert!(kind == "PER" || kind == "LOC");
            at = span.end;
        }
    }
}
