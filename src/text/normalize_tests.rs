//! Tests of normalisation: worked examples, and the quick path against the written-out text.

use proptest::prelude::*;

use super::*;

fn normal(knobs: Normalize, text: &str) -> String {
    let mut normal = String::from("left over");
    knobs.write(text, &mut normal);
    normal
}

#[test]
fn defaults_level_style_and_keep_content() {
    let knobs = Normalize::default();
    assert_eq!(
        normal(
            knobs,
            "  The U.S. Embassy\u{2014}\u{201c}Shi\u{2019}ite\u{201d} x 5,000\n(Caf\u{e9})!"
        ),
        "the us embassy shi'ite x 5,000 caf\u{e9}"
    );
    assert_eq!(
        normal(knobs, "\u{fb01}re co\u{ad}op e\u{301} at 5 a.m."),
        "fire coop \u{e9} at 5 am"
    );
    assert_eq!(
        normal(knobs, "I saw J. R. and x.yz but not a.b"),
        "i saw j r and x yz but not ab"
    );
    assert_eq!(normal(knobs, " \u{a0}\u{2014} "), "");
}

#[test]
fn every_knob_turns() {
    let base = Normalize::default();
    let case = Normalize {
        case: Case::Keep,
        ..base
    };
    assert_eq!(normal(case, "The U.S."), "The US");
    let marks = Normalize {
        punctuation: Punctuation::Keep,
        ..base
    };
    assert_eq!(
        normal(marks, "Well, \u{201c}no\u{201d}."),
        "well , \" no \" ."
    );
    let mask = Normalize {
        digits: Digits::Mask,
        ..base
    };
    assert_eq!(normal(mask, "5,000 men, F16 in 2020"), "0 men f0 in 0");
    let drop = Normalize {
        digits: Digits::Drop,
        ..base
    };
    assert_eq!(normal(drop, "5,000 men, F16 in 2020"), "men f16 in");
    let strip = Normalize {
        diacritics: Diacritics::Strip,
        ..base
    };
    assert_eq!(
        normal(strip, "Caf\u{e9} na\u{ef}ve \u{939}\u{93f}\u{902}"),
        "cafe naive \u{939}\u{93f}\u{902}"
    );
    let letters = Normalize {
        acronyms: Acronyms::Keep,
        ..base
    };
    assert_eq!(normal(letters, "The U.S."), "the u s");
    let stop = Normalize {
        stop_words: StopWords::Drop,
        ..base
    };
    assert_eq!(normal(stop, "The men and the women"), "men women");
    let nfc = Normalize {
        unicode: Unicode::Nfc,
        ..base
    };
    assert_eq!(normal(nfc, "\u{fb01}re e\u{301}"), "\u{fb01}re \u{e9}");
    let keep = Normalize {
        unicode: Unicode::Keep,
        ..base
    };
    assert_eq!(normal(keep, "e\u{301}"), "e\u{301}");
}

#[test]
fn only_changed_knobs_are_written() {
    let knobs = Normalize {
        digits: Digits::Mask,
        ..Normalize::default()
    };
    assert_eq!(
        serde_json::to_string(&knobs).unwrap(),
        r#"{"digits":"mask"}"#
    );
    assert_eq!(
        serde_json::from_str::<Normalize>(r#"{"digits":"mask"}"#).unwrap(),
        knobs
    );
    assert!(serde_json::from_str::<Normalize>(r#"{"digit":"mask"}"#).is_err());
}

fn any_knobs() -> impl Strategy<Value = Normalize> {
    let stop = prop_oneof![Just(StopWords::Keep), Just(StopWords::Drop)];
    (
        prop_oneof![Just(Case::Lower), Just(Case::Keep)],
        prop_oneof![
            Just(Unicode::Plain),
            Just(Unicode::Nfkc),
            Just(Unicode::Nfc),
            Just(Unicode::Keep)
        ],
        prop_oneof![Just(Punctuation::Drop), Just(Punctuation::Keep)],
        prop_oneof![Just(Digits::Keep), Just(Digits::Mask), Just(Digits::Drop)],
        prop_oneof![Just(Diacritics::Keep), Just(Diacritics::Strip)],
        prop_oneof![Just(Acronyms::Join), Just(Acronyms::Keep)],
        stop,
    )
        .prop_map(
            |(case, unicode, punctuation, digits, diacritics, acronyms, stop_words)| Normalize {
                case,
                unicode,
                punctuation,
                digits,
                diacritics,
                acronyms,
                stop_words,
            },
        )
}

fn quick_equals_written(knobs: Normalize, text: &str) -> Result<(), TestCaseError> {
    let mut buffers = Buffers::default();
    knobs.words(text, &mut buffers);
    // The slow twin: the whole text, character by character.
    let mut written = String::new();
    knobs.write_slowly(text, &mut written);
    prop_assert_eq!(&normal(knobs, text), &written);
    let expected: Vec<u64> = written
        .split(' ')
        .filter(|word| !word.is_empty())
        .map(|word| hash::bytes(word.as_bytes()))
        .collect();
    prop_assert_eq!(buffers.tokens, expected, "{:?}", written);
    Ok(())
}

proptest! {
    #[test]
    fn the_quick_path_hashes_the_written_text(knobs in any_knobs(), text in "(?s).{0,80}") {
        quick_equals_written(knobs, &text)?;
    }

    #[test]
    fn the_quick_path_hashes_typographic_text(text in "[A-Da-d0-3 .,'\\-\u{2019}\u{201c}\u{2014}\u{2011}\u{e9}\u{301}\u{a0}\u{2026}\u{ad}\n]{0,120}") {
        quick_equals_written(Normalize::default(), &text)?;
    }

    #[test]
    fn normalised_text_has_single_spaces_and_no_capitals(text in "(?s).{0,80}") {
        let normal = normal(Normalize::default(), &text);
        prop_assert!(!normal.contains("  ") && normal.trim_matches(' ') == normal);
        prop_assert!(!normal.chars().any(|c| c.is_ascii_uppercase()));
    }

    #[test]
    fn normalising_twice_changes_nothing(text in "[A-Da-d0-3 .,'\\-\u{2019}\u{201c}\u{2014}\u{e9}\u{fb01}\n]{0,120}") {
        let once = normal(Normalize::default(), &text);
        prop_assert_eq!(normal(Normalize::default(), &once), once);
    }
}
