//! Lines and the trimming of spans: what rules that look at page structure share.

use crate::corpus::Span;

/// Lines of `text` in order, without their line break (`\n` or `\r\n`); empty lines included.
pub fn lines(text: &str) -> impl Iterator<Item = Span> + '_ {
    let mut start = 0;
    text.split_inclusive('\n').map(move |line| {
        let body = line.strip_suffix('\n').unwrap_or(line);
        let body = body.strip_suffix('\r').unwrap_or(body);
        let span = Span::new(start, start + body.len());
        start += line.len();
        span
    })
}

/// The span without white space (and byte order marks) at its ends; empty at its start when nothing is left.
pub fn trimmed(text: &str, span: Span) -> Span {
    let blank = |c: char| c.is_whitespace() || c == '\u{feff}';
    let Some(piece) = span.text(text) else {
        return Span::new(span.start, span.start);
    };
    let core = piece.trim_start_matches(blank);
    let start = span.start + (piece.len() - core.len());
    let core = core.trim_end_matches(blank);
    if core.is_empty() {
        return Span::new(span.start, span.start);
    }
    Span::new(start, start + core.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_carry_no_break_and_cover_the_text() {
        let text = "a\r\n\n b \nc";
        let found: Vec<&str> = lines(text).map(|s| &text[s.start..s.end]).collect();
        assert_eq!(found, ["a", "", " b ", "c"]);
        assert_eq!(lines("").count(), 0);
    }

    #[test]
    fn trimming_keeps_offsets() {
        let text = "x \u{feff} é \u{a0}y";
        let span = trimmed(text, Span::new(1, 11));
        assert_eq!(span.text(text), Some("é"));
        assert!(trimmed("  ", Span::new(0, 2)).is_empty());
    }
}
