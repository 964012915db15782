use proptest::prelude::*;

use super::counts::STOP_WORDS;
use super::*;
use crate::garble::marks::is_punctuation;

fn prose(words: usize) -> String {
    "the cat and those dogs ".repeat(words / 5)
}

#[test]
fn every_rule_can_be_broken() {
    let cause = |text: &str| GopherQuality::default().judge(text).cause();
    assert_eq!(cause(&prose(50)), None);
    assert_eq!(cause(&prose(45)), Some("short"));
    assert_eq!(cause(""), Some("short"));
    assert_eq!(cause(&"a the b and ".repeat(50)), Some("short-words"));
    assert_eq!(
        cause(&"internationalisation ".repeat(60)),
        Some("long-words")
    );
    assert_eq!(
        cause(&format!("{}{}", prose(60), "#".repeat(9))),
        Some("hashes")
    );
    assert_eq!(
        cause(&format!("{}{}", prose(60), "... ".repeat(10))),
        Some("ellipses")
    );
    assert_eq!(
        cause(&"- the cat and those dogs\n".repeat(20)),
        Some("bullets")
    );
    assert_eq!(
        cause(&"the cat and those dogs were not there today\n…\n".repeat(8)),
        Some("ellipsis-lines")
    );
    assert_eq!(
        cause(&format!("{}{}", prose(60), "123 ".repeat(30))),
        Some("letters")
    );
    assert_eq!(
        cause(&"some cats chase dogs ".repeat(15)),
        Some("stop-words")
    );
}

/// Where the implementations part: words of punctuation, stop words that are said twice, symbols, bullets and the ends of lines.
#[test]
fn implementations_differ_where_the_manual_says() {
    let cause = |source, text: &str| {
        let rules = GopherQuality {
            source,
            words: Words::Whitespace,
            ..GopherQuality::default()
        };
        rules.judge(text).cause()
    };
    let all = [Source::Datatrove, Source::Dolma, Source::Nemo];
    let causes = |text: &str| all.map(|source| cause(source, text));
    let plain = "some cats chase dogs today ".repeat(12);
    // 45 words and ten dashes.
    let dashes = format!("{}{}", prose(45), "-- ".repeat(10));
    assert_eq!(causes(&dashes), [Some("short"), None, None]);
    // `the` twice is one kind of stop word.
    assert_eq!(
        causes(&format!("{plain}the the")),
        [Some("stop-words"), None, None]
    );
    // Eight words of 60 with `#` inside, of which none is mostly `#`.
    let tags = format!("{}{}", prose(50), "C#-code ".repeat(8));
    assert_eq!(causes(&tags), [Some("hashes"), Some("symbols"), None]);
    // Nothing but `*` at the start of lines.
    let stars = "* the cats and those dogs\n".repeat(19) + "* the cats and those dogs";
    assert_eq!(causes(&stars), [None, Some("bullets"), None]);
    // Lines that are cut off with three points, which do not stand alone.
    let cut = "the cats and those dogs were not there...\n".repeat(7);
    assert_eq!(
        causes(&cut),
        [Some("ellipses"), None, Some("ellipsis-lines")]
    );
    let cut =
        "the cats and those dogs were not there today because it rained Read more\n".repeat(7);
    assert_eq!(causes(&cut), [None, None, Some("ellipsis-lines")]);
}

#[test]
fn dolma_takes_the_median() {
    // 39 words of two letters and 21 of twelve: mean 5.5, median 2.
    let text = format!("{}{}", "to be of ".repeat(13), "abcdefghijkl ".repeat(21));
    let with = |source| GopherQuality {
        source,
        ..GopherQuality::default()
    };
    assert_eq!(with(Source::Datatrove).judge(&text).cause(), None);
    assert_eq!(
        with(Source::Dolma).judge(&text).cause(),
        Some("short-words")
    );
}

/// The filter as plainly as it can be said, from lists of words.
fn twin(text: &str) -> Option<&'static str> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let real: Vec<&&str> = words
        .iter()
        .filter(|w| w.chars().any(|c| !is_punctuation(c)))
        .collect();
    let share = |count: usize| count as f64 / words.len() as f64;
    if real.len() < 5 {
        return Some("short");
    }
    let mean = real.iter().map(|w| w.chars().count()).sum::<usize>() as f64 / real.len() as f64;
    if mean < 3.0 {
        return Some("short-words");
    }
    if mean > 10.0 {
        return Some("long-words");
    }
    if share(text.matches('#').count()) > 0.1 {
        return Some("hashes");
    }
    if share(text.matches("...").count() + text.matches('…').count()) > 0.1 {
        return Some("ellipses");
    }
    let lines: Vec<&str> = text.lines().collect();
    let of_lines = |count: usize| count as f64 / lines.len() as f64;
    if of_lines(
        lines
            .iter()
            .filter(|l| l.trim_start().starts_with(['-', '•']))
            .count(),
    ) > 0.9
    {
        return Some("bullets");
    }
    if of_lines(
        lines
            .iter()
            .filter(|l| l.trim_end().ends_with("...") || l.trim_end().ends_with('…'))
            .count(),
    ) > 0.3
    {
        return Some("ellipsis-lines");
    }
    if share(
        words
            .iter()
            .filter(|w| w.chars().any(char::is_alphabetic))
            .count(),
    ) < 0.8
    {
        return Some("letters");
    }
    let stops = STOP_WORDS
        .iter()
        .filter(|stop| words.contains(stop))
        .count();
    (stops < 2).then_some("stop-words")
}

proptest! {
    #[test]
    fn the_cause_is_that_of_the_twin(text in "(the |and |cats |internationally |# |\\.\\.\\. |… |- |•|\n|12 |é |, ){0,60}") {
        let rules = GopherQuality { minimum_words: 5, words: Words::Whitespace, ..GopherQuality::default() };
        let judge = rules.judge(&text);
        prop_assert_eq!(judge.cause(), twin(&text));
        prop_assert_eq!(judge.confidence() >= 0.5, judge.cause().is_some());
    }
}
