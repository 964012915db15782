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
        .replace("said", "say")
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

/// Confidence and suggestion at the word that starts at this byte.
fn at(corpus: &Corpus, document: usize, start: usize) -> Option<(f64, String)> {
    let found = detect(corpus, document);
    let flag = found.into_iter().find(|flag| flag.span.start == start);
    flag.map(|flag| (flag.confidence, flag.suggestion))
}

const TOLD: &str = "After the flood damaged two pillars, the old bridge over the river was shut on Tuesday. \
    Engineers did not say if the repair would take three months and cost a million dollars.";

/// Both words beside the gap are flagged, with what a witness has there; a lost negation more than a lost noun; and what only one witness
/// puts in is no gap for the others.
#[test]
fn a_missing_word_is_flagged_on_both_sides_of_the_gap() {
    let other = TOLD
        .replace("After the flood", "When a flood")
        .replace("cost", "would cost");
    let lost = |words: &str| {
        let short = TOLD.replace(&format!("{words} "), "");
        let corpus = corpus(&[TOLD, &short, &other]);
        let next = TOLD.find(words).unwrap();
        let before = TOLD[..next - 1].rfind(' ').unwrap() + 1;
        let (one, two) = (
            at(&corpus, 1, before).unwrap(),
            at(&corpus, 1, next).unwrap(),
        );
        assert!(
            one.1.contains(words) && two.1.contains(words),
            "{one:?} {two:?}"
        );
        assert_eq!(one.0, two.0);
        one.0
    };
    let (negation, noun) = (lost("not"), lost("million"));
    assert!(negation > noun && noun > 0.3, "{negation} {noun}");
    // `would cost` stands in one telling only: hardly a gap in the others.
    let corpus = corpus(&[TOLD, TOLD.replace("Tuesday", "Monday").as_str(), &other]);
    let cost = TOLD.find("cost").unwrap();
    assert!(at(&corpus, 0, cost).is_none_or(|(confidence, _)| confidence < 0.25));
}

/// Who did it and to whom: the words are the same, the places are not.
#[test]
fn two_names_in_each_others_place_are_doubted() {
    let told =
        "On Monday the soldiers of the north attacked a camp that rebels held near the border.";
    let again = told
        .replace("On Monday the", "The")
        .replace("held", "had held");
    let turned = told
        .replace("soldiers", "x")
        .replace("rebels", "soldiers")
        .replace('x', "rebels");
    let corpus = corpus(&[told, &again, &turned]);
    let doubt = |document: usize, word: &str| {
        let start = corpus.documents[document].text.find(word).unwrap();
        at(&corpus, document, start).map_or(0.0, |(confidence, _)| confidence)
    };
    let turned = doubt(2, "rebels").max(doubt(2, "soldiers"));
    assert!(turned > 0.4, "{turned}");
    assert!(doubt(0, "attacked") < 0.1 && doubt(2, "attacked") < 0.1);
}

/// A preposition is doubted where the witnesses have another one, though they use it elsewhere in the sentence; more than an article.
#[test]
fn little_words_are_not_excused_by_standing_elsewhere() {
    let told = "The letter to the council was written by the mayor in the old town hall.";
    let again = told.replace("old town", "town");
    let odd = |from: &str, to: &str| {
        let odd = told.replace(from, to);
        let start = told.find(from).unwrap() + from.find(' ').unwrap() + 1;
        at(&corpus(&[told, &again, &odd]), 2, start).map_or(0.0, |(confidence, _)| confidence)
    };
    let (preposition, article) = (odd("written by", "written to"), odd("to the", "to a"));
    assert!(
        preposition > article && article > 0.0,
        "{preposition} {article}"
    );
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

    /// Whatever word is lost in the middle of a sentence that two others tell: a word beside the gap is flagged.
    #[test]
    fn a_lost_word_leaves_a_flag(word in prop::sample::select(vec!["damaged", "two", "old", "river", "shut", "not", "repair", "three", "million"])) {
        let short = TOLD.replacen(&format!(" {word}"), "", 1);
        let other = TOLD.replace("After", "When");
        let gap = TOLD.find(&format!(" {word}")).unwrap();
        let found = detect(&corpus(&[&short, TOLD, &other]), 0);
        prop_assert!(found.iter().any(|flag| flag.span.end == gap || flag.span.start == gap + 1), "{found:?}");
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
