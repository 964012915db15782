use proptest::prelude::*;

use super::*;
use crate::corpus::Document;

fn corpus(texts: &[&str]) -> Corpus {
    let document = |(index, text): (usize, &&str)| Document {
        id: format!("d{index}"),
        text: (*text).to_owned(),
    };
    Corpus::new(texts.iter().enumerate().map(document).collect()).unwrap()
}

fn detect(corpus: &Corpus, document: usize) -> Vec<PredictedGarble> {
    let none = Corpus::default();
    let training = GarbleTraining {
        corpus: &none,
        garbles: &[],
    };
    Witness::default()
        .fit(&training)
        .unwrap()
        .detect(document, corpus)
}

fn doubted(corpus: &Corpus, document: usize) -> Vec<(String, String)> {
    let text = &corpus.documents[document].text;
    detect(corpus, document)
        .into_iter()
        .filter(|flag| flag.confidence >= 0.5)
        .map(|flag| {
            (
                text[flag.span.start..flag.span.end].to_owned(),
                flag.suggestion,
            )
        })
        .collect()
}

const CLEAN: &str = "The old bridge over the river was closed on Tuesday after the flood damaged two pillars. \
    Engineers said the repair would take at least three months and cost a million dollars. \
    Residents of the village must use the ferry until the bridge is open again.";

#[test]
fn the_odd_reading_is_flagged_with_witness_and_suggestion() {
    let odd = CLEAN.replace("repair would", "banana would");
    let other = CLEAN.replace("Engineers said", "The engineers say");
    let corpus = corpus(&[CLEAN, &odd, &other]);
    let at = CLEAN.find("repair").unwrap();
    assert_eq!(
        doubted(&corpus, 1),
        [(
            "banana".to_owned(),
            format!("repair (d0:{}-{})", at, at + 6)
        )]
    );
    assert_eq!(doubted(&corpus, 0), []);
}

#[test]
fn paraphrase_is_forgiven() {
    let spelled = CLEAN
        .replace("three months", "3 months")
        .replace("damaged", "damages")
        .replace("pillars", "pillar");
    let corpus = corpus(&[CLEAN, &spelled, CLEAN]);
    assert_eq!(doubted(&corpus, 1), []);
}

/// Two copies of one garbled ancestor do not outvote two independent tellings.
#[test]
fn copies_of_a_garble_count_once() {
    let garbled = CLEAN.replace("ferry", "cheese").replace("flood", "dentist");
    let told = "After the flood damaged two pillars, the old bridge over the river was shut on Tuesday. \
        The repair, engineers said, would take three months at least, and a million dollars. \
        Until it is open again, residents of the village use the ferry.";
    let corpus = corpus(&[&garbled, &garbled, CLEAN, told]);
    let found: Vec<String> = doubted(&corpus, 0).into_iter().map(|d| d.0).collect();
    assert!(
        found.contains(&"cheese".to_owned()) && found.contains(&"dentist".to_owned()),
        "{found:?}"
    );
}

/// A copy is no witness of its own, however many there are, and gets the flags of its text.
#[test]
fn identical_documents_are_one_telling() {
    let odd = CLEAN.replace("repair would", "banana would");
    let other = CLEAN.replace("Engineers said", "The engineers say");
    let few = corpus(&[&odd, CLEAN, &other]);
    let mut texts = vec![odd.as_str(); 300];
    texts.extend([CLEAN, &other]);
    let many = corpus(&texts);
    let spans = |corpus: &Corpus, document: usize| -> Vec<(crate::corpus::Span, f64)> {
        let found = detect(corpus, document).into_iter();
        found.map(|flag| (flag.span, flag.confidence)).collect()
    };
    let expected = spans(&few, 0);
    assert!(!expected.is_empty());
    assert_eq!(spans(&many, 0), expected);
    assert_eq!(spans(&many, 299), expected);
}

/// A word that nobody else uses anywhere is doubted more than one that another text has in another place.
#[test]
fn a_word_that_is_used_elsewhere_is_doubted_less() {
    let told = CLEAN.replace("Engineers said", "The engineers say");
    let doubt = |word: &str| {
        let odd = CLEAN.replace("repair would", &format!("{word} would"));
        let corpus = corpus(&[
            CLEAN,
            &odd,
            &told,
            "A giraffe stood in the garden all day long.",
        ]);
        let at = odd.find(&format!("{word} would")).unwrap();
        let found = detect(&corpus, 1);
        found
            .iter()
            .find(|flag| flag.span.start == at)
            .map(|flag| flag.confidence)
    };
    assert!(doubt("giraffe").is_some());
    assert!(doubt("giraffe") < doubt("penguin"));
}

#[test]
fn without_witnesses_nothing_is_flagged() {
    assert_eq!(detect(&corpus(&[CLEAN]), 0), []);
    assert_eq!(
        detect(
            &corpus(&[CLEAN, "Nothing of the kind is told in here at all."]),
            0
        ),
        []
    );
    assert_eq!(detect(&corpus(&["", " \n"]), 0), []);
}

proptest! {
    /// The order in which documents are named changes nothing about what is flagged.
    #[test]
    fn the_order_of_documents_does_not_matter(word in prop::sample::select(vec!["river", "flood", "repair", "dollars", "ferry"])) {
        let odd = CLEAN.replace(word, "zzz");
        let spans = |texts: &[&str], at: usize| -> Vec<(crate::corpus::Span, u64)> {
            detect(&corpus(texts), at).into_iter().map(|f| (f.span, (f.confidence * 1e6).round() as u64)).collect()
        };
        let third = CLEAN.replace("Engineers said", "The engineers say");
        prop_assert_eq!(spans(&[CLEAN, &odd, &third], 1), spans(&[&odd, &third, CLEAN], 0));
    }

    /// Whatever the texts: spans are words of the document, in order, each once.
    #[test]
    fn spans_are_sound(texts in prop::collection::vec("(the |old |bridge |was |closed |é |\u{201d}|\\. A|\n){0,30}", 0..4)) {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let corpus = corpus(&texts);
        for (document, text) in texts.iter().enumerate() {
            let found = detect(&corpus, document);
            for pair in found.windows(2) {
                prop_assert!(pair[0].span.end <= pair[1].span.start);
            }
            for flag in found {
                prop_assert!(flag.span.text(text).is_some());
                prop_assert!((0.0..=1.0).contains(&flag.confidence));
            }
        }
    }
}
