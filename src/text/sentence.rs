//! Sentences, for corpora without gold segments: the segmentation rules of the annotation guidelines.
//!
//! A line break ends a segment. Within a line a sentence ends at `.`, `?` or `!` together with any closing quote or bracket that
//! follows, when the next thing on the line is a space and then a capital letter, a digit, an opening quote or an opening
//! bracket. Abbreviations (`U.S.`, `Mr.`, single initials) do not end a sentence.

use crate::corpus::Span;

/// Segments of `text` in order: every non-blank character lies in exactly one, blanks at the ends in none.
pub fn segments(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        sentences(text, Span::new(start, start + line.len()), &mut spans);
        start += line.len();
    }
    spans
}

/// Appends the sentences of one line.
fn sentences(text: &str, line: Span, spans: &mut Vec<Span>) {
    let mut start = line.start;
    let bytes = &text.as_bytes()[..line.end];
    let mut at = line.start;
    while let Some(offset) = memchr::memchr3(b'.', b'?', b'!', &bytes[at..]) {
        let stop = at + offset;
        let mut end = stop + 1;
        for closing in text[end..line.end].chars() {
            if !matches!(
                closing,
                '.' | '?' | '!' | '"' | '\'' | ')' | ']' | '}' | '\u{201d}' | '\u{2019}' | '\u{bb}'
            ) {
                break;
            }
            end += closing.len_utf8();
        }
        at = end;
        let rest = &text[end..line.end];
        let after = rest.trim_start();
        if after.len() == rest.len() || !opens(after) {
            continue;
        }
        if bytes[stop] == b'.' && end == stop + 1 && is_abbreviation(&text[start..stop]) {
            continue;
        }
        push(text, start, end, spans);
        start = end;
    }
    push(text, start, line.end, spans);
}

fn push(text: &str, start: usize, end: usize, spans: &mut Vec<Span>) {
    let piece = &text[start..end];
    let trimmed = piece.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if !trimmed.is_empty() {
        let lead = piece.len()
            - piece
                .trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
                .len();
        spans.push(Span::new(start + lead, start + lead + trimmed.len()));
    }
}

/// True when a sentence may start here. A quotation mark or bracket opens something only when no blank follows it: turned the
/// wrong way it stays with the text before.
fn opens(text: &str) -> bool {
    let mut chars = text.chars();
    let Some(first) = chars.next() else {
        return false;
    };
    let mark = matches!(
        first,
        '"' | '\'' | '\u{201c}' | '\u{2018}' | '\u{ab}' | '(' | '[' | '{'
    );
    if mark {
        chars.next().is_some_and(|next| !next.is_whitespace())
    } else {
        first.is_uppercase() || first.is_numeric()
    }
}

/// True when the text before a full stop ends with an abbreviation that does not end a sentence.
fn is_abbreviation(before: &str) -> bool {
    const TITLES: &[&str] = &[
        "Mr", "Mrs", "Ms", "Dr", "Prof", "St", "Gen", "Col", "Lt", "Maj", "Capt", "Sgt", "Sen",
        "Rep", "Gov", "Jr", "Sr", "No", "vs", "Inc", "Corp", "Ltd", "Co",
    ];
    let word = before
        .rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '\u{201c}' | '"'))
        .next()
        .unwrap_or("");
    if TITLES.contains(&word) {
        return true;
    }
    // `U.S`, `J`, `a.m`: single letters between points.
    !word.is_empty()
        && word
            .split('.')
            .all(|part| part.chars().count() == 1 && part.chars().all(char::is_alphabetic))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        segments(text)
            .iter()
            .map(|span| &text[span.start..span.end])
            .collect()
    }

    #[test]
    fn lines_and_sentences_end_segments_and_abbreviations_do_not() {
        let text =
            " A title\n\nThe U.S. President spoke. “Go.” He left! (Editing by X) 5 men came.";
        assert_eq!(
            texts(text),
            [
                "A title",
                "The U.S. President spoke.",
                "“Go.”",
                "He left!",
                "(Editing by X) 5 men came."
            ]
        );
    }

    #[test]
    fn a_quotation_mark_turned_the_wrong_way_stays_with_the_text_before_it() {
        assert_eq!(
            texts("It is heard. \u{201c}\nNext."),
            ["It is heard. \u{201c}", "Next."]
        );
    }

    #[test]
    fn a_fragment_after_a_full_stop_in_lower_case_stays() {
        assert_eq!(
            texts("It was violent. in the embassy."),
            ["It was violent. in the embassy."]
        );
    }
}
