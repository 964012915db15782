//! Texts, corpora and the check that an answer does not wander.

use std::fmt::Debug;

use karat::corpus::{Corpus, Document, Span};

/// Texts that no article has: astral, combining and bidirectional characters, CRLF, byte order mark, NFD, no-break spaces, control
/// characters, a word of 5,000 letters, unbalanced marks, and plain news prose.
pub(crate) fn fixtures() -> Vec<(&'static str, String)> {
    let prose = "BAGHDAD – The U.S. Embassy said on Monday that 750 troops had left Kuwait. “We are safe,” said Mr. Ali Hassan, \
        a spokesman for the Popular Mobilization Forces (PMF).\n\nIran-backed groups denied it.\n(Reporting by A. Writer)\n";
    vec![
        ("empty", String::new()),
        ("one byte", "a".to_owned()),
        ("one mark", "”".to_owned()),
        ("blank", " \n\t\u{a0}\u{3000}\r\n ".to_owned()),
        ("astral", "𝒳𝒴 went 👩‍👩‍👧 to 𐍈𐌰𐌲𐌳𐌰𐌳. 𝕀𝕣𝕒𝕟 said no!".to_owned()),
        // Decomposed letters (NFD), a mark without letter, three marks on one.
        (
            "combining",
            "Cafe\u{301} A\u{30a}ngstro\u{308}m \u{301}alone e\u{301}\u{301}\u{301}.".to_owned(),
        ),
        (
            "bidirectional",
            "قال \u{202b}الحشد الشعبي\u{202c} إن U.S. forces left. עיראק!".to_owned(),
        ),
        (
            "crlf",
            "Line one ends.\r\nLine two (open\r\n\r\n“Line three.\r\n".to_owned(),
        ),
        (
            "byte order mark",
            "\u{feff}The Embassy\u{feff} of Iraq".to_owned(),
        ),
        (
            "no-break",
            "U.S.\u{a0}Embassy in\u{202f}Baghdad\u{a0}: 5\u{a0}000 men".to_owned(),
        ),
        (
            "control",
            "a\u{0}b\u{1}c\u{7f}\u{85}d â€œquotedâ€\u{9d} Ã©".to_owned(),
        ),
        ("long word", format!("x{} ends.", "y".repeat(5000))),
        ("marks", "“((“[[{{”’‘\"'`--––…!!!???..,,;;::".to_owned()),
        ("case", "İSTANBUL ſtraße ǅ ﬁn ẞ STRASSE".to_owned()),
        ("prose", prose.to_owned()),
        ("prose again", prose.to_owned()),
        (
            "prose edited",
            prose.replace("750", "500").replace("denied", "confirmed"),
        ),
    ]
}

pub(crate) fn corpus(texts: impl IntoIterator<Item = String>) -> Corpus {
    let documents = texts
        .into_iter()
        .enumerate()
        .map(|(index, text)| Document {
            id: format!("{index:06}"),
            text,
        })
        .collect();
    Corpus::new(documents).unwrap()
}

/// A megabyte of prose without repeated lines.
pub(crate) fn megabyte() -> String {
    let words = [
        "iraq", "Embassy", "troops", "said", "the", "of", "Baghdad", "protest", "Monday",
        "withdrew", "and", "to",
    ];
    let mut text = String::with_capacity(1_100_000);
    let mut state = 7u64;
    while text.len() < 1_000_000 {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        text.push_str(words[(state >> 33) as usize % words.len()]);
        text.push_str(&(state >> 54).to_string());
        text.push_str(if (state >> 40).is_multiple_of(20) {
            ".\n"
        } else {
            " "
        });
    }
    text
}

fn in_pool<R: Send>(threads: usize, work: impl FnOnce() -> R + Send) -> R {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap()
        .install(work)
}

/// The same answer twice and on other numbers of threads.
pub(crate) fn steady<R: Send + PartialEq + Debug>(
    name: &str,
    work: impl Fn() -> R + Send + Sync,
) -> R {
    let first = in_pool(1, &work);
    assert!(first == in_pool(1, &work), "{name}: two calls differ");
    assert!(
        first == in_pool(3, &work),
        "{name}: three threads answer otherwise than one"
    );
    first
}

/// A span that lies in its text, on character boundaries, and covers something.
pub(crate) fn check_span(name: &str, span: Span, text: &str) {
    assert!(
        span.text(text).is_some_and(|covered| !covered.is_empty()),
        "{name}: span {span} of a text of {} bytes",
        text.len()
    );
}
