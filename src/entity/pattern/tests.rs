use std::io::Write;

use proptest::prelude::*;

use super::*;
use crate::corpus::Corpus;

fn model(file: &str) -> Box<dyn RecognizerModel> {
    let none = Corpus::default();
    let training = EntityTraining {
        corpus: &none,
        mentions: &[],
    };
    Pattern {
        file: file.to_owned(),
    }
    .fit(&training)
    .unwrap()
}

fn names(model: &dyn RecognizerModel, text: &str) -> Vec<(String, String)> {
    let document = Document {
        id: "d".into(),
        text: text.into(),
    };
    let found = model.recognize(&document).into_iter();
    found
        .map(|(span, kind, _)| (span.text(text).unwrap().to_owned(), kind.to_owned()))
        .collect()
}

fn check(text: &str, expected: &[(&str, &str)]) {
    let expected: Vec<(String, String)> = expected
        .iter()
        .map(|&(name, kind)| (name.into(), kind.into()))
        .collect();
    assert_eq!(names(model("shipped").as_ref(), text), expected, "{text}");
}

#[test]
fn worked_example() {
    check(
        "President Marie Dubois, Dr. J. van der Berg and Rosa Ortiz, 45, met at the Ministry of Health of Peru.",
        &[
            ("Marie Dubois", "PER"),
            ("J. van der Berg", "PER"),
            ("Rosa Ortiz", "PER"),
            ("Ministry of Health", "ORG"),
        ],
    );
}

#[test]
fn families_of_organisations_places_and_peoples() {
    check(
        "The Andean Trade Council (ATC) and Vexo Motors Ltd. left the Grand Hotel by the Amazon River.",
        &[
            ("Andean Trade Council", "ORG"),
            ("ATC", "ORG"),
            ("Vexo Motors Ltd.", "ORG"),
            ("Grand Hotel", "FAC"),
            ("Amazon River", "LOC"),
        ],
    );
    check(
        "Norwegian ships near Mount Erebus won the Polar Cup in Vesby, Norland, in the province of Tarmo.",
        &[
            ("Norwegian", "NORP"),
            ("Mount Erebus", "LOC"),
            ("Polar Cup", "MISC"),
            ("Vesby", "GPE"),
            ("Tarmo", "GPE"),
        ],
    );
    // A head noun alone is no name, nor is one behind a function word.
    check("The Council met. The University rose.", &[]);
}

#[test]
fn a_file_of_ones_own_replaces_the_families_and_its_faults_are_named() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let text = "[words]\nhead = [\"Crew\", \"Crew 2.0\"]\n[parts]\ncap = '[A-Z][a-z]+'\nruns = '{cap} {cap}'\n[[pattern]]\nname = \"crews\"\n\
        type = \"CREW\"\nregex = '{runs} {head}'\n";
    file.write_all(text.as_bytes()).unwrap();
    let path = file.path().display().to_string();
    assert_eq!(
        names(model(&path).as_ref(), "Old Red Crew 2.0, Crew 2x0"),
        [("Old Red Crew 2.0".to_owned(), "CREW".to_owned())]
    );
    let wrong = "[[pattern]]\nname = \"a\"\ntype = \"X\"\nregex = '('\n[[pattern]]\nname = \"b\"\ntype = \"\"\nregex = 'b'\n";
    let error = Model::new(wrong).err().unwrap();
    assert!(
        error.contains("pattern `a`") && error.contains("pattern `b`: `type` is empty"),
        "{error}"
    );
    assert!(Model::new("").err().unwrap().contains("no `[[pattern]]`"));
    let none = Corpus::default();
    let missing = Pattern {
        file: "/no/such.toml".into(),
    };
    let error = missing
        .fit(&EntityTraining {
            corpus: &none,
            mentions: &[],
        })
        .err()
        .unwrap();
    assert!(error.contains("/no/such.toml"), "{error}");
}

proptest! {
    /// The twin takes candidates one by one, each against all that were taken.
    #[test]
    fn names_are_those_of_the_twin(text in "(Dr\\. |Rosa |Ortiz |Council |of |the |River|, 45,|\\(ATC\\) |é|\n){0,24}") {
        let model = Model::new(include_str!("families.toml")).unwrap();
        let mut rest = model.candidates(&text);
        let mut taken: Vec<(Span, usize)> = Vec::new();
        while !rest.is_empty() {
            let mut best = 0;
            for at in 1..rest.len() {
                let key = |(span, family): (Span, usize)| (span.len(), (model.families[family].confidence * 1e6) as i64, std::cmp::Reverse(family), std::cmp::Reverse(span));
                if key(rest[at]) > key(rest[best]) {
                    best = at;
                }
            }
            let one = rest.remove(best);
            if taken.iter().all(|(other, _)| !other.overlaps(one.0)) {
                taken.push(one);
            }
        }
        taken.sort();
        let expected: Vec<(Span, String)> = taken.iter().map(|&(span, family)| (span, model.families[family].entity_type.clone())).collect();
        let document = Document { id: "d".into(), text: text.clone() };
        let found: Vec<(Span, String)> = model.recognize(&document).into_iter().map(|(span, kind, _)| (span, kind.to_owned())).collect();
        prop_assert_eq!(found, expected);
    }
}
