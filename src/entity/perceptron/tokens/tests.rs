use proptest::prelude::*;

use super::*;

fn all(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    read(text, Span::new(0, text.len()), &mut tokens);
    tokens
}

fn texts(text: &str) -> Vec<&str> {
    all(text)
        .iter()
        .map(|token| &text[token.start as usize..token.end as usize])
        .collect()
}

#[test]
fn worked_example() {
    assert_eq!(
        texts("Iran-backed U.S. Shi’ites don’t like @karat_x's http://a.b/c, 3.5 O'Neil #Go!"),
        [
            "Iran",
            "-",
            "backed",
            "U.S.",
            "Shi’ites",
            "don",
            "’t",
            "like",
            "@karat_x",
            "'s",
            "http://a.b/c,",
            "3.5",
            "O'Neil",
            "#Go",
            "!"
        ]
    );
    let tokens = all("the United States said NATO-7 mp3 iPhone X éa");
    let classes: Vec<Class> = tokens.iter().map(|token| token.class).collect();
    use Class::*;
    assert_eq!(
        classes,
        [
            Small, Capital, Capital, Small, Capitals, Mark, Number, Digits, Mixed, OneCapital,
            Small
        ]
    );
    assert_eq!(tokens[1].listed, 2);
    assert_eq!(tokens[2].listed, 3);
    assert_eq!(tokens[3].listed, 0);
    assert_eq!(tokens[0].cue, 6);
    // Equal but for case: equal word, prefix and suffix, another shape.
    let [a, b] = [all("Tokyo")[0], all("tokyo")[0]];
    assert!(a.word == b.word && a.prefix == b.prefix && a.suffix == b.suffix && a.shape != b.shape);
    assert_eq!(a.suffix.to_be_bytes(), *b"okyo");
}

proptest! {
    /// Tokens lie in order on character boundaries and cover every character that is no white space.
    #[test]
    fn nothing_is_lost(text in "\\PC{0,60}|[a-cA-C.'’@#_ \\n-]{0,60}") {
        let tokens = all(&text);
        let mut at = 0;
        for token in &tokens {
            let (start, end) = (token.start as usize, token.end as usize);
            prop_assert!(start < end && at <= start);
            let gap = text.get(at..start);
            let blank = gap.is_some_and(|gap| gap.chars().all(|c| c.is_whitespace() || c == '\u{feff}'));
            prop_assert!(blank, "{:?}", gap);
            prop_assert!(text.get(start..end).is_some());
            at = end;
        }
        let rest = text[at..].chars().all(|c| c.is_whitespace() || c == '\u{feff}');
        prop_assert!(rest);
    }
}
