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

/// Lines as Python's `str.splitlines` cuts them: also at `\r`, form feed and the Unicode line and paragraph separators. Filters
/// written in Python count these.
pub fn python_lines(text: &str) -> impl Iterator<Item = Span> + '_ {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        if at >= bytes.len() {
            return None;
        }
        let start = at;
        let mut here = at;
        loop {
            let Some(offset) = bytes[here..].iter().position(|&byte| BREAKS[byte as usize]) else {
                at = bytes.len();
                return Some(Span::new(start, at));
            };
            here += offset;
            let broken = match &bytes[here..] {
                [b'\r', b'\n', ..] | [0xc2, 0x85, ..] => 2,
                [0xe2, 0x80, 0xa8 | 0xa9, ..] => 3,
                [0xe2 | 0xc2, ..] => 0,
                _ => 1,
            };
            if broken > 0 {
                at = here + broken;
                return Some(Span::new(start, here));
            }
            here += 1;
        }
    })
}

/// Bytes at which a Python line may end (the two large ones only with their followers).
const BREAKS: [bool; 256] = {
    let mut table = [false; 256];
    let breaks = [b'\n', b'\r', 0x0b, 0x0c, 0x1c, 0x1d, 0x1e, 0xc2, 0xe2];
    let mut index = 0;
    while index < breaks.len() {
        table[breaks[index] as usize] = true;
        index += 1;
    }
    table
};

/// White space as Python's `str.split` and `str.strip` see it: Unicode white space and the four information separators.
pub fn python_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
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
    fn python_lines_are_those_of_splitlines() {
        // 'a\rb\r\nc\x0bd\u2028e\x85éâ\n\nf\n'.splitlines() of CPython 3.11.
        let text = "a\rb\r\nc\u{b}d\u{2028}e\u{85}éâ\n\nf\n";
        let found: Vec<&str> = python_lines(text).map(|s| &text[s.start..s.end]).collect();
        assert_eq!(found, ["a", "b", "c", "d", "e", "éâ", "", "f"]);
    }

    #[test]
    fn trimming_keeps_offsets() {
        let text = "x \u{feff} é \u{a0}y";
        let span = trimmed(text, Span::new(1, 11));
        assert_eq!(span.text(text), Some("é"));
        assert!(trimmed("  ", Span::new(0, 2)).is_empty());
    }
}
