//! When a cue counts and how far its passage reaches, and which short lines are furniture as a whole.

use super::cues::{ACTION_WORDS, AGENCIES, CALENDAR, FILLERS, FURNITURE, Rule};
use crate::corpus::Span;

/// Longest line, in words, that is read word by word.
const SHORT: usize = 12;

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

/// Confidence with which a short line is furniture as a whole; `None` when it may be prose or a headline.
pub(super) fn whole_line(text: &str, line: Span, numbers: bool) -> Option<f64> {
    let line = &text[line.start..line.end];
    // The longest line of twelve short words; longer ones need no look.
    if line.len() > 120 || line.split_whitespace().nth(SHORT).is_some() {
        return None;
    }
    byline(line)
        .or_else(|| vocabulary(line, numbers))
        .or_else(|| address(line))
        .or_else(|| trail(line))
}

/// A navigation bar or trail: at least three labels of one to three words between bars, arrows or bullets.
fn trail(line: &str) -> Option<f64> {
    let marks = |c: char| matches!(c, '|' | '›' | '»' | '>' | '•' | '·');
    let mut labels = 0;
    for label in line.split(marks) {
        let words = label.split_whitespace().count();
        if !(1..=3).contains(&words) || label.trim_end().ends_with(['.', '?', '!', ',']) {
            return None;
        }
        labels += 1;
    }
    (labels >= 3).then_some(0.8)
}

/// A line that holds nothing but furniture words, calendar words, agencies, numbers and fillers.
fn vocabulary(line: &str, numbers: bool) -> Option<f64> {
    let (mut furniture, mut calendar, mut agencies, mut digits, mut fillers) = (0, 0, 0, 0, 0);
    let mut words = 0;
    for word in line.split_whitespace() {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        if word.is_empty() {
            continue;
        }
        words += 1;
        if counts(word) {
            digits += 1;
        } else if listed(FURNITURE, word) {
            furniture += 1;
        } else if listed(CALENDAR, word) {
            calendar += 1;
        } else if listed(AGENCIES, word) && word.starts_with(char::is_uppercase) {
            agencies += 1;
        } else if listed(FILLERS, word) {
            fillers += 1;
        } else {
            return None;
        }
    }
    if words == 0 {
        return None;
    }
    if digits == words {
        return numbers.then_some(0.9);
    }
    if words == fillers {
        return None;
    }
    // `Close the gap` style headlines of two furniture words are rare; one furniture word among fillers is not enough.
    let strong = furniture + agencies;
    let dated = calendar > 0 && digits > 0;
    if dated || strong * 2 >= words || (strong > 0 && digits > 0) {
        Some(0.9)
    } else {
        None
    }
}

/// Numbers, dates and times: digits with their marks, ordinals, `5k`, `10:30am`, and dates such as `2020-01-02`.
fn counts(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let tail = word.trim_start_matches(|c: char| {
        c.is_ascii_digit() || matches!(c, '.' | ',' | ':' | '/' | '-' | '–' | '\u{a0}')
    });
    digits > 0
        && (tail.is_empty()
            || [
                "st", "nd", "rd", "th", "k", "m", "am", "pm", "h", "min", "z",
            ]
            .iter()
            .any(|suffix| suffix.eq_ignore_ascii_case(tail)))
}

fn listed(list: &[&str], word: &str) -> bool {
    list.iter().any(|entry| entry.eq_ignore_ascii_case(word))
}

/// `By Jane Roe and John Doe, Reuters`: after `By` nothing but capitalised words, joints and roles; no full stop at the end.
fn byline(line: &str) -> Option<f64> {
    const JOINTS: &[&str] = &[
        "and",
        "with",
        "for",
        "in",
        "of",
        "the",
        "de",
        "van",
        "von",
        "al",
        "bin",
        "el",
        "la",
        "correspondent",
        "editor",
        "reporter",
        "writer",
        "staff",
    ];
    let mut words = line.split_whitespace();
    let first = words.next()?;
    if !matches!(first, "By" | "BY") || line.ends_with(['.', '?', '!']) {
        return None;
    }
    let mut names = 0;
    for word in words {
        let core = word.trim_matches(|c: char| !c.is_alphanumeric());
        if core.starts_with(char::is_uppercase) {
            names += 1;
        } else if !(core.is_empty() || JOINTS.contains(&core) || counts(core)) {
            return None;
        }
    }
    (names >= 1).then_some(0.85)
}

/// A line that is an electronic address, a page address or a handle.
fn address(line: &str) -> Option<f64> {
    let mut words = line.split_whitespace();
    let (first, rest) = (words.next()?, words.count());
    let looks = first.starts_with("http://")
        || first.starts_with("https://")
        || first.starts_with("www.")
        || (first.starts_with('@') && first.len() > 2)
        || (first.contains('@') && first.rsplit('@').next().is_some_and(|d| d.contains('.')));
    (looks && rest == 0).then_some(0.85)
}
