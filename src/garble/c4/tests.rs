use proptest::prelude::*;

use super::*;

fn causes(rules: &C4, text: &str) -> Vec<(String, Cause)> {
    let mut found = Vec::new();
    rules.model().unwrap().causes(text, |span, cause| {
        found.push((text[span.start..span.end].to_owned(), cause));
    });
    found
}

fn lines_only(source: Source) -> C4 {
    C4 {
        source,
        minimum_sentences: 0,
        ..C4::default()
    }
}

#[test]
fn each_rule_has_a_line_that_it_drops() {
    let text = "A headline without an end mark\nToo short.\nPlease enable JavaScript to go on.\n\
        This site uses cookies for you.\nOne two three.\nWait for it...\nHe said “go on”";
    let dropped = causes(&lines_only(Source::Datatrove), text);
    let expected = [
        ("A headline without an end mark", Cause::NoEndMark),
        ("Too short.", Cause::FewWords),
        ("Please enable JavaScript to go on.", Cause::JavaScript),
        ("This site uses cookies for you.", Cause::Policy),
        ("Wait for it...", Cause::NoEndMark),
        ("He said “go on”", Cause::NoEndMark),
    ];
    assert_eq!(
        dropped,
        expected.map(|(line, cause)| (line.to_owned(), cause))
    );
}

#[test]
fn implementations_differ_where_the_manual_says() {
    let ends = |source, curly_quotes, line: &str| {
        C4 {
            source,
            curly_quotes,
            ..C4::default()
        }
        .ends(line)
    };
    assert!(
        ends(Source::Datatrove, false, "the dogs'") && !ends(Source::Dolma, false, "the dogs'")
    );
    assert!(!ends(Source::Datatrove, false, "so...") && ends(Source::Nemo, false, "so..."));
    for source in [Source::Datatrove, Source::Dolma, Source::Nemo] {
        assert!(!ends(source, false, "said “go.”") && ends(source, true, "said “go.”"));
    }
    assert!(causes(&lines_only(Source::Dolma), "We use cookies here.").is_empty());
    let found = |source, text: &str| -> Vec<Cause> {
        causes(&lines_only(source), text)
            .into_iter()
            .map(|found| found.1)
            .collect()
    };
    let script = "Your JavaScript-enabled browser here.\nTurn on JavaScript now.";
    assert_eq!(found(Source::Datatrove, script), [Cause::JavaScript; 2]);
    assert_eq!(found(Source::Dolma, script), [Cause::JavaScript]);
    let code = "let x = { y };\nOne two three.";
    assert_eq!(found(Source::Datatrove, code), [Cause::NoEndMark]);
    assert_eq!(
        found(Source::Dolma, code),
        [Cause::CurlyBracket, Cause::NoEndMark]
    );
}

#[test]
fn document_rules_name_their_cause() {
    let five = "One two three. One two three! One two three? One two three. One two three.";
    let c4 = C4::default().model().unwrap();
    assert_eq!(c4.document(five), None);
    assert_eq!(c4.document(&five[..60]), Some(Cause::FewSentences));
    assert_eq!(
        c4.document(&format!("{five}\nfn main() {{ is code.")),
        Some(Cause::CurlyBracket)
    );
    assert_eq!(
        c4.document(&format!("{five}\nA {{ }} line without end mark")),
        None
    );
    assert_eq!(
        c4.document(&format!("{five}\nHere Lorem Ipsum {{ dolor sit.")),
        Some(Cause::LoremIpsum)
    );
    assert_eq!(c4.document(""), Some(Cause::FewSentences));
}

#[test]
fn citations_go_before_the_end_is_read() {
    assert_eq!(
        without_citations("It is so.[12][edit]").as_deref(),
        Some("It is so.")
    );
    assert_eq!(without_citations("See [a] and [1b]."), None);
    assert_eq!(
        without_citations("[] x [citation needed]").as_deref(),
        Some(" x ")
    );
}

/// The datatrove filter line by line, as plainly as it can be said.
fn twin(text: &str) -> Vec<Cause> {
    let mut found = Vec::new();
    for line in text.split(['\n', '\r']) {
        let line = line.trim();
        let words: Vec<&str> = line.split_whitespace().collect();
        let lower = line.to_lowercase();
        if line.is_empty() {
            continue;
        }
        if !line.ends_with(['.', '?', '!', '"', '\'']) || line.ends_with("...") {
            found.push(Cause::NoEndMark);
        } else if words.len() < 3 {
            found.push(Cause::FewWords);
        } else if lower.contains("lorem ipsum") {
            found.push(Cause::LoremIpsum);
            return found;
        } else if lower.contains("javascript") {
            found.push(Cause::JavaScript);
        } else if line.contains('{') {
            found.push(Cause::CurlyBracket);
            return found;
        } else if [
            "terms of use",
            "privacy policy",
            "cookie policy",
            "uses cookies",
            "use of cookies",
            "use cookies",
        ]
        .iter()
        .any(|phrase| lower.contains(phrase))
        {
            found.push(Cause::Policy);
        }
    }
    found
}

proptest! {
    #[test]
    fn causes_are_those_of_the_twin(text in "(a|b |\\. |\\.|!|\"|'|\n|\r\n|javascript |Lorem |lorem ipsum |\\{|use cookies |privacy policy|é| ){0,40}") {
        let found: Vec<Cause> = causes(&lines_only(Source::Datatrove), &text).into_iter().map(|f| f.1).collect();
        prop_assert_eq!(found, twin(&text));
    }

    #[test]
    fn curly_quotes_never_drop_more(text in "(a |b|\\.|\u{201d}|\u{2019}|\n){0,40}") {
        let plain = causes(&lines_only(Source::Datatrove), &text).len();
        let fixed = causes(&C4 { curly_quotes: true, ..lines_only(Source::Datatrove) }, &text).len();
        prop_assert!(fixed <= plain);
    }
}
