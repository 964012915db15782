use proptest::prelude::*;

use super::*;

fn names(text: &str) -> Vec<(String, String)> {
    let document = Document {
        id: "d".into(),
        text: text.into(),
    };
    Capitals::default()
        .recognize(&document)
        .into_iter()
        .map(|(span, kind, _)| (span.text(text).unwrap().to_owned(), kind.to_owned()))
        .collect()
}

fn check(text: &str, expected: &[(&str, &str)]) {
    let expected: Vec<(String, String)> = expected
        .iter()
        .map(|&(name, kind)| (name.into(), kind.into()))
        .collect();
    assert_eq!(names(text), expected, "{text}");
}

#[test]
fn worked_example() {
    check(
        "On Monday, French President Marie Dubois met the Ministry of Health in Lyon.",
        &[
            ("French", "NORP"),
            ("Marie Dubois", "PER"),
            ("Ministry of Health", "ORG"),
            ("Lyon", "GPE"),
        ],
    );
}

#[test]
fn titles_possessives_hyphens_and_brackets() {
    check(
        "Peru’s Foreign Minister Rosa Ortiz and Gen. Luis Vega hailed the Andean Trade Council (ATC), a Chile-backed body.",
        &[
            ("Peru", "GPE"),
            ("Rosa Ortiz", "PER"),
            ("Luis Vega", "PER"),
            ("Andean Trade Council", "ORG"),
            ("ATC", "ORG"),
            ("Chile", "GPE"),
        ],
    );
}

#[test]
fn head_nouns_make_a_name_longer_and_keep_the_place_inside() {
    check(
        "Guards of the French Embassy and the Italian Navy waited at the French embassy near the Amazon River.",
        &[
            ("French Embassy", "FAC"),
            ("French", "NORP"),
            ("Italian Navy", "ORG"),
            ("Italian", "NORP"),
            ("French", "NORP"),
            ("Amazon River", "LOC"),
        ],
    );
    check(
        "He left the U.S. embassy.",
        &[("U.S. embassy", "FAC"), ("U.S.", "GPE")],
    );
}

#[test]
fn sentence_starts_need_a_witness() {
    check("Hundreds came. Vexo sold cars.", &[]);
    check(
        "Hundreds came. Vexo sold cars. They like Vexo.",
        &[("Vexo", "ORG"), ("Vexo", "ORG")],
    );
    check(
        "Reporters wept. Pro Iranian men shouted.",
        &[("Iranian", "NORP")],
    );
}

#[test]
fn headlines_count_what_the_body_or_the_lists_know() {
    check(
        "Angry Crowds Meet Marie Dubois Before Vote In Spain\nThey met Marie Dubois.",
        &[
            ("Marie Dubois", "PER"),
            ("Spain", "GPE"),
            ("Marie Dubois", "PER"),
        ],
    );
    check("SPAIN VOTES TODAY AGAIN\n", &[("SPAIN", "GPE")]);
}

#[test]
fn small_letter_copies_and_glued_markup() {
    check(
        "He crossed the Quiet Zone. In the quiet zone, a media_cameraSpanish crew filmed.",
        &[
            ("Quiet Zone", "LOC"),
            ("quiet zone", "LOC"),
            ("Spanish", "NORP"),
        ],
    );
}

proptest! {
    /// Any text at all: spans lie on character boundaries, in order, and hold a letter.
    #[test]
    fn spans_are_sound(text in "\\PC{0,80}|[A-Za-z.'’\\-_ \\n(]{0,200}") {
        let document = Document { id: "d".into(), text: text.clone() };
        let capitals = Capitals::default();
        let found = capitals.recognize(&document);
        for pair in found.windows(2) {
            prop_assert!((pair[0].0.start, std::cmp::Reverse(pair[0].0.end)) < (pair[1].0.start, std::cmp::Reverse(pair[1].0.end)));
        }
        for (span, _, confidence) in found {
            let name = span.text(&text);
            prop_assert!(name.is_some_and(|name| name.chars().any(char::is_alphabetic)));
            prop_assert!((0.0..=1.0).contains(&confidence));
        }
    }

    /// Without capitals there is no name.
    #[test]
    fn small_letters_alone_hold_no_name(text in "[a-z .,'\\n]{0,200}") {
        prop_assert!(names(&text).is_empty());
    }
}
