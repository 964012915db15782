//! Which short lines are furniture as a whole.

use super::rules::SHORT;
use super::words::{AGENCIES, CALENDAR, FILLERS, FURNITURE};
use crate::corpus::Span;

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
