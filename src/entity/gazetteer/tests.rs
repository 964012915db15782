use std::io::Write;

use proptest::prelude::*;

use super::finder::free;
use super::*;
use crate::corpus::{Corpus, Document};
use crate::entity::RecognizerModel;

const BOTH: [Automaton; 2] = [Automaton::Daachorse, Automaton::AhoCorasick];

fn find(settings: &Gazetteer, names: &[&str], text: &str) -> Vec<String> {
    let names = names
        .iter()
        .map(|&name| (name.to_owned(), "ORG".to_owned()))
        .collect();
    let document = Document {
        id: "d".into(),
        text: text.into(),
    };
    let model = Model::new(settings, names).unwrap();
    let found = model.recognize(&document);
    found
        .iter()
        .map(|(span, ..)| span.text(text).unwrap().to_owned())
        .collect()
}

#[test]
fn worked_example() {
    for automaton in BOTH {
        let settings = Gazetteer {
            automaton,
            ..Gazetteer::default()
        };
        let names = ["Oil", "Oil Ministry", "Ali"];
        assert_eq!(
            find(
                &settings,
                &names,
                "Oil Ministry, Oilfield, Ali’s oil; Ali2 éAli"
            ),
            ["Oil Ministry", "Ali"]
        );
        let loose = Gazetteer {
            boundaries: false,
            case: Case::Ignore,
            ..settings
        };
        assert_eq!(find(&loose, &["oil"], "Oilfield OIL"), ["Oil", "OIL"]);
    }
}

#[test]
fn lists_come_from_files_and_bad_ones_say_where() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "# names\nOil Ministry\tORG\nbroken line\n\tORG").unwrap();
    let settings = Gazetteer {
        list: file.path().display().to_string(),
        ..Gazetteer::default()
    };
    let none = Corpus::default();
    let training = EntityTraining {
        corpus: &none,
        mentions: &[],
    };
    let error = settings.fit(&training).err().unwrap();
    assert!(
        error.contains(":3: a line must be") && error.contains(":4: "),
        "{error}"
    );
    let missing = Gazetteer {
        list: "/no/such/list.tsv".to_owned(),
        ..Gazetteer::default()
    };
    assert!(
        missing
            .fit(&training)
            .err()
            .unwrap()
            .contains("/no/such/list.tsv")
    );
    let shipped = Gazetteer {
        list: "shipped".to_owned(),
        ..Gazetteer::default()
    };
    let document = Document {
        id: "d".into(),
        text: "In Peru, Peruvians".into(),
    };
    assert_eq!(
        shipped.fit(&training).unwrap().recognize(&document).len(),
        1
    );
    assert!(
        Gazetteer::default()
            .fit(&training)
            .unwrap()
            .recognize(&document)
            .is_empty()
    );
}

proptest! {
    /// The twin tries every place and every name, the longest first, and goes on behind what it took.
    #[test]
    fn both_automata_are_the_twin(names in prop::collection::btree_set("[ab]{1,3}", 1..5), text in "[ab ]{0,30}") {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut expected = Vec::new();
        let mut at = 0;
        while at < text.len() {
            match names.iter().filter(|name| text[at..].starts_with(**name)).max_by_key(|name| name.len()) {
                Some(name) => {
                    if free(&text, at, at + name.len()) {
                        expected.push((*name).to_owned());
                    }
                    at += name.len();
                }
                None => at += 1,
            }
        }
        for automaton in BOTH {
            let settings = Gazetteer { automaton, ..Gazetteer::default() };
            prop_assert_eq!(&find(&settings, &names, &text), &expected);
            // In any case the same places.
            let ignore = Gazetteer { case: Case::Ignore, ..settings };
            let shouted: Vec<String> = expected.iter().map(|name| name.to_uppercase()).collect();
            prop_assert_eq!(&find(&ignore, &names, &text.to_uppercase()), &shouted);
        }
    }
}
