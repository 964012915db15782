//! When a cue counts and how far its passage reaches.

use super::cues::Rule;
use super::words::ACTION_WORDS;
use crate::corpus::Span;

/// Longest line, in words, that is read word by word.
pub(super) const SHORT: usize = 12;

/// The furniture that a cue at `at` announces in its (trimmed) line, with its confidence.
pub(super) fn passage(
    text: &str,
    line: Span,
    at: Span,
    rule: Rule,
    longest: usize,
) -> Option<(Span, f64)> {
    if !bounded(text, line, at, rule) {
        return None;
    }
    let words = || text[line.start..line.end].split_whitespace().count();
    match rule {
        Rule::Report => credit(text, line, at, longest),
        Rule::Credit => credit(text, line, at, SHORT),
        Rule::Contributed => {
            let start = text[line.start..at.start]
                .rfind(['.', '?', '!'])
                .map_or(line.start, |stop| line.start + stop + 1);
            let end = text[at.end..line.end]
                .find('.')
                .map_or(line.end, |stop| at.end + stop + 1);
            let start = start + blanks(&text[start..end]);
            Some((Span::new(start, end), 0.9))
        }
        Rule::Agency => agency(text, line, at),
        Rule::Footer => (words() <= longest).then_some((line, 0.9)),
        Rule::FooterStart => {
            (at.start == line.start && words() <= longest / 2).then_some((line, 0.8))
        }
        Rule::Action => {
            (opens_line(text, line, at) && words() <= longest / 2).then_some((line, 0.8))
        }
        Rule::WeakAction => {
            let count = words();
            let beside = text[at.end..line.end].split_whitespace().any(|word| {
                let word = word.trim_matches(|c: char| !c.is_alphanumeric());
                ACTION_WORDS
                    .iter()
                    .any(|listed| listed.eq_ignore_ascii_case(word))
            });
            (opens_line(text, line, at) && count <= longest / 2 && (beside || at.end == line.end))
                .then_some((line, 0.7))
        }
    }
}

/// True when the cue is not part of a longer word and is not followed by one.
fn bounded(text: &str, line: Span, at: Span, rule: Rule) -> bool {
    let before = text[line.start..at.start].chars().next_back();
    let after = text[at.end..line.end].chars().next();
    let ends_in_word = text[at.start..at.end].ends_with(char::is_alphanumeric);
    !before.is_some_and(char::is_alphanumeric)
        && (!ends_in_word
            || !after.is_some_and(char::is_alphanumeric)
            || matches!(rule, Rule::Footer))
        && at.end <= line.end
}

/// True at the start of a line, past bullets, arrows and opening brackets.
fn opens_line(text: &str, line: Span, at: Span) -> bool {
    text[line.start..at.start]
        .chars()
        .all(|c| !c.is_alphanumeric())
}

/// True at the start of a line or after the end of a sentence or a dividing mark.
fn opens_segment(text: &str, line: Span, at: usize) -> bool {
    let before = text[line.start..at].trim_end();
    before.chars().next_back().is_none_or(|c| {
        matches!(
            c,
            '.' | '?'
                | '!'
                | '"'
                | '\u{201d}'
                | '\''
                | '\u{2019}'
                | ')'
                | ']'
                | '|'
                | '•'
                | ';'
                | '/'
                | '-'
                | '–'
                | '—'
                | '@'
        )
    })
}

/// A credit: its whole bracket, or from the cue to the end of the line when the rest is short.
fn credit(text: &str, line: Span, at: Span, longest: usize) -> Option<(Span, f64)> {
    let capital = text[at.start..at.end].starts_with(char::is_uppercase);
    if let Some(bracket) = enclosing(text, line, at)
        && text[bracket.start..bracket.end].split_whitespace().count() <= longest
    {
        return Some((bracket, 0.95));
    }
    if !capital || !opens_segment(text, line, at.start) {
        return None;
    }
    // `Photo by` and `Reporting by` are followed by a name, in prose by anything.
    let next = text[at.end..line.end].trim_start();
    if text[at.start..at.end].ends_with('y') && !next.starts_with(char::is_uppercase) {
        return None;
    }
    let rest = &text[at.start..line.end];
    (rest.split_whitespace().count() <= longest).then_some((Span::new(at.start, line.end), 0.9))
}

/// The bracket around `at`, when both of its marks stand on the line, with a full stop that follows it.
fn enclosing(text: &str, line: Span, at: Span) -> Option<Span> {
    let open = text[line.start..at.start].rfind(['(', '['])? + line.start;
    let (opener, closer) = match text.as_bytes()[open] {
        b'(' => ('(', ')'),
        _ => ('[', ']'),
    };
    if text[open..at.start].contains(closer) {
        return None;
    }
    let mut depth = 0_usize;
    for (offset, c) in text[open..line.end].char_indices() {
        if c == opener {
            depth += 1;
        } else if c == closer {
            depth -= 1;
            if depth == 0 {
                return Some(Span::new(open, open + offset + 1));
            }
        }
    }
    None
}

/// `(Reuters) -` of a dateline near the start of a line, or `(AP/John Smith)` at its end.
fn agency(text: &str, line: Span, at: Span) -> Option<(Span, f64)> {
    let close = text[at.start..line.end].find(')')? + at.start + 1;
    let inside = &text[at.start + 1..close - 1];
    if !inside.starts_with(char::is_uppercase) || inside.split_whitespace().count() > 8 {
        return None;
    }
    let tail = &text[close..line.end];
    if at.start - line.start <= 80 {
        let mark = tail.trim_start();
        let dash = ['-', '–', '—']
            .into_iter()
            .find(|dash| mark.starts_with(*dash));
        if let Some(dash) = dash {
            let run = mark.chars().take_while(|c| *c == dash).count() * dash.len_utf8();
            let end = close + (tail.len() - mark.len()) + run;
            return Some((Span::new(at.start, end), 0.95));
        }
    }
    tail.chars()
        .all(|c| !c.is_alphanumeric())
        .then_some((Span::new(at.start, close), 0.9))
}

fn blanks(text: &str) -> usize {
    text.len() - text.trim_start().len()
}
