use proptest::prelude::*;

use super::*;

fn flagged(text: &str) -> Vec<(usize, String)> {
    let mut flags = Flags::new(0);
    Balance::default().read(text, &mut flags);
    flags
        .joined()
        .iter()
        .filter(|flag| flag.confidence >= 0.5)
        .map(|flag| {
            (
                flag.span.start,
                text[flag.span.start..flag.span.end].to_owned(),
            )
        })
        .collect()
}

fn marks(text: &str) -> Vec<String> {
    flagged(text).into_iter().map(|flag| flag.1).collect()
}

#[test]
fn what_has_no_partner_is_flagged() {
    assert_eq!(marks("He (once said so."), ["("]);
    assert_eq!(flagged("a) He said) so."), [(10, ")".to_owned())]);
    assert_eq!(marks("“ Go,” she said.”"), ["“", "”", "”"]);
    assert_eq!(flagged("A \"word and \"another\"."), [(2, "\"".to_owned())]);
    assert_eq!(marks("It ends here\"."), ["\""]);
    assert_eq!(marks("(a [b) c]"), ["[", "]"]);
    assert_eq!(marks("the ‘green zone is near"), ["‘"]);
}

#[test]
fn what_is_well_formed_stays() {
    for text in [
        "“One paragraph goes on.\n\n“The next one closes it.”",
        "the ‘green zone’ and the dogs’ bowl, ‘em and ’90s",
        "a 12\" pipe; she said: \"Go.\" (\"Now!\")",
        "« Bonjour », dit-il. :) 1) one 2) two",
        "Mr. Smith et al. in 2.5 days ... and .com, e.g. here",
        "YouTube, WhatsApp and McDonald are names",
    ] {
        assert_eq!(flagged(text), [], "{text}");
    }
}

#[test]
fn spaces_and_glued_words() {
    assert_eq!(marks("One , two .\nThree,, four."), [",", ".", ",,"]);
    assert_eq!(
        marks("It ended.Then it was violent. in the end"),
        [".", "."]
    );
    assert_eq!(marks("yesterdayThe dog. The cat."), ["yesterdayThe"]);
}

/// Brackets alone, by removing innermost pairs until nothing changes.
fn twin(text: &str) -> Vec<usize> {
    let mut left: Vec<(usize, char)> = text
        .char_indices()
        .filter(|(_, c)| "()[]".contains(*c))
        .collect();
    while let Some(at) = left
        .windows(2)
        .position(|pair| matches!((pair[0].1, pair[1].1), ('(', ')') | ('[', ']')))
    {
        left.drain(at..at + 2);
    }
    left.into_iter().map(|(at, _)| at).collect()
}

proptest! {
    /// With one kind of bracket, the flags are what is left when innermost pairs are removed.
    #[test]
    fn brackets_are_those_of_the_twin(text in "abcde[a ()]{0,30}") {
        let balance = Balance { quotes: false, spacing: false, glued: false, brackets: true };
        let mut flags = Flags::new(0);
        balance.read(&text, &mut flags);
        let found: Vec<usize> = flags.sorted().iter().map(|flag| flag.span.start).collect();
        prop_assert_eq!(found, twin(&text));
    }

    /// Any text: spans are sound, and closing what is open leaves no bracket flagged.
    #[test]
    fn spans_are_sound(text in "(\\(|\\)|\u{201c}|\u{201d}|\"|‘|’| |a|B|é|\\.|,|\n|endThe){0,40}") {
        let mut flags = Flags::new(0);
        Balance::default().read(&text, &mut flags);
        let found = flags.joined();
        for pair in found.windows(2) {
            prop_assert!(pair[0].span.end <= pair[1].span.start);
        }
        prop_assert!(found.iter().all(|flag| flag.span.text(&text).is_some()));
    }
}
