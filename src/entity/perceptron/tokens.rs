//! Tokens of a sentence with all that features need of them, made in one pass over its bytes.
//!
//! Finer than [`token`](crate::text::token): hyphens, possessives and clitics (`'s`, `'re`) stand alone, so that a name can end
//! before them. Points stay in `U.S.`; mentions, hash tags and addresses of the web are one token each.

use super::listed::{OPENS, list, number};
use crate::corpus::Span;
use crate::entity::lexicon;
use crate::entity::lists;
use crate::text::hash;

#[cfg(test)]
mod tests;

/// How a token is written. The number indexes transition weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Class {
    Border,
    Small,
    Capital,
    Capitals,
    OneCapital,
    Mixed,
    Number,
    Digits,
    Dotted,
    Mark,
    Clitic,
    HashTag,
    At,
    Address,
    Uncased,
}

/// Number of classes, rounded up.
pub(super) const CLASSES: usize = 16;

/// One token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    /// First byte in the document.
    pub(super) start: u32,
    /// One past the last byte.
    pub(super) end: u32,
    /// Hash of the word in small letters.
    pub(super) word: u64,
    /// Hash of its shape: `Xx`, `xx-XX`, runs of more than two counted as two.
    pub(super) shape: u32,
    /// First four bytes in small letters, fewer when shorter.
    pub(super) prefix: u32,
    /// Last four bytes in small letters, the last one lowest.
    pub(super) suffix: u32,
    /// Length in bytes, at most 255.
    pub(super) length: u8,
    /// How it is written.
    pub(super) class: Class,
    /// Kind of the listed name that it is in, and whether it opens it; 0 for none.
    pub(super) listed: u8,
    /// Its cue, 0 for none.
    pub(super) cue: u8,
    /// A usual given name.
    pub(super) given: bool,
}

/// What stands before and after a sentence.
pub(super) const BORDER: Token = Token {
    start: 0,
    end: 0,
    word: 0x5e17_e0ce,
    shape: 1,
    prefix: 0,
    suffix: 0,
    length: 0,
    class: Class::Border,
    listed: 0,
    cue: 0,
    given: false,
};

/// Appends the tokens of `text` within `sentence`; the text is shorter than 4 GiB.
pub(super) fn read(text: &str, sentence: Span, tokens: &mut Vec<Token>) {
    let first = tokens.len();
    let bytes = text.as_bytes().get(..sentence.end).unwrap_or_default();
    let mut at = sentence.start;
    while let Some(&byte) = bytes.get(at) {
        let (end, class) = match byte {
            b' ' | b'\t' | b'\n' | b'\r' => {
                at += 1;
                continue;
            }
            b'@' | b'#' if word_end(text, bytes, at + 1) > at + 1 => {
                let class = if byte == b'@' {
                    Class::At
                } else {
                    Class::HashTag
                };
                (word_end(text, bytes, at + 1), Some(class))
            }
            _ => next(text, bytes, at),
        };
        if end == at {
            // White space beyond ASCII.
            at += text[at..].chars().next().map_or(1, char::len_utf8);
            continue;
        }
        tokens.push(token(text, at, end, class));
        at = end;
    }
    list(text, &mut tokens[first..]);
}

/// End of the token at `at`, with its class where that is not told by its letters; `at` itself for white space.
fn next(text: &str, bytes: &[u8], at: usize) -> (usize, Option<Class>) {
    let rest = &bytes[at..];
    if [b"http://".as_slice(), b"https://", b"www."]
        .iter()
        .any(|start| rest.starts_with(start))
    {
        let length = rest
            .iter()
            .position(u8::is_ascii_whitespace)
            .unwrap_or(rest.len());
        return (at + length, Some(Class::Address));
    }
    if let Some(end) = clitic(text, bytes, at) {
        return (end, Some(Class::Clitic));
    }
    let mut end = word_end(text, bytes, at);
    if end == at {
        let mark = text[at..].chars().next();
        return match mark {
            Some(c) if c.is_whitespace() || c == '\u{feff}' => (at, None),
            Some(c) => (at + c.len_utf8(), Some(Class::Mark)),
            None => (at, None),
        };
    }
    if let Some(end) = dotted(bytes, at, end) {
        return (end, Some(Class::Dotted));
    }
    loop {
        let joint = match bytes.get(end) {
            Some(b'\'') => 1,
            Some(0xe2) if bytes[end..].starts_with("\u{2019}".as_bytes()) => 3,
            Some(b'.' | b',')
                if bytes[end - 1].is_ascii_digit()
                    && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) =>
            {
                1
            }
            _ => return (end, None),
        };
        let after = word_end(text, bytes, end + joint);
        if after == end + joint || clitic(text, bytes, end).is_some() {
            return (end, None);
        }
        end = after;
    }
}

/// End of the run of letters, digits and `_` that starts at `at`.
fn word_end(text: &str, bytes: &[u8], at: usize) -> usize {
    let mut end = at;
    while let Some(&byte) = bytes.get(end) {
        if byte.is_ascii_alphanumeric() || byte == b'_' {
            end += 1;
        } else if byte.is_ascii() {
            break;
        } else {
            match text.get(end..).and_then(|rest| rest.chars().next()) {
                Some(c)
                    if c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c) =>
                {
                    end += c.len_utf8();
                }
                _ => break,
            }
        }
    }
    end.min(bytes.len())
}

/// End of the clitic (`'s`, `'re`, `'t`) whose apostrophe stands at `at`.
fn clitic(text: &str, bytes: &[u8], at: usize) -> Option<usize> {
    let mark = match bytes.get(at)? {
        b'\'' => 1,
        0xe2 if bytes[at..].starts_with("\u{2019}".as_bytes()) => 3,
        _ => return None,
    };
    let end = word_end(text, bytes, at + mark);
    matches!(
        &bytes[at + mark..end],
        b"s" | b"S"
            | b"m"
            | b"M"
            | b"d"
            | b"D"
            | b"t"
            | b"T"
            | b"re"
            | b"RE"
            | b"ve"
            | b"VE"
            | b"ll"
            | b"LL"
    )
    .then_some(end)
}

/// End of `U.S.`, `J.P.`: single capitals with points.
fn dotted(bytes: &[u8], at: usize, end: usize) -> Option<usize> {
    if end != at + 1 || !bytes[at].is_ascii_uppercase() {
        return None;
    }
    let mut here = end;
    while bytes.get(here) == Some(&b'.')
        && bytes.get(here + 1).is_some_and(u8::is_ascii_uppercase)
        && !bytes.get(here + 2).is_some_and(u8::is_ascii_alphanumeric)
    {
        here += 2;
    }
    (here > end).then(|| here + usize::from(bytes.get(here) == Some(&b'.')))
}

const SMALL: u8 = 1;
const CAPITAL: u8 = 2;
const DIGIT: u8 = 4;
const OTHER: u8 = 8;

fn token(text: &str, start: usize, end: usize, class: Option<Class>) -> Token {
    let word = &text[start..end];
    let mut buffer = [0; lists::MAX];
    let folded = lists::fold(word, &mut buffer).unwrap_or(word.as_bytes());
    let (mut kinds, mut shape, mut last, mut run, mut capitals) = (0u8, 7u32, 0u8, 0u32, 0u32);
    for &byte in word.as_bytes() {
        let kind = match byte {
            b'a'..=b'z' => SMALL,
            b'A'..=b'Z' => CAPITAL,
            b'0'..=b'9' => DIGIT,
            _ => OTHER,
        };
        capitals += u32::from(kind == CAPITAL);
        kinds |= kind;
        run = if kind == last { run + 1 } else { 1 };
        last = kind;
        if run <= 2 {
            let sign = if kind == OTHER { byte } else { kind };
            shape = shape.wrapping_mul(0x01000193) ^ u32::from(sign);
        }
    }
    let class = class.unwrap_or_else(|| written(word, kinds, capitals));
    let key = hash::bytes(folded);
    let entry = lexicon::entry(key);
    let mut first = [0; 4];
    let length = folded.len().min(4);
    first[..length].copy_from_slice(&folded[..length]);
    let suffix = folded[folded.len() - length..]
        .iter()
        .fold(0, |all, &byte| all << 8 | u32::from(byte));
    let narrow = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
    Token {
        start: narrow(start),
        end: narrow(end),
        word: key,
        shape,
        prefix: u32::from_le_bytes(first),
        suffix,
        length: u8::try_from(word.len()).unwrap_or(u8::MAX),
        class,
        listed: if entry.opens > 0 {
            entry.opens | OPENS
        } else {
            0
        },
        cue: entry.cue.map_or(0, number),
        given: entry.given,
    }
}

/// Class of a word by the kinds of its bytes.
fn written(word: &str, kinds: u8, capitals: u32) -> Class {
    let opens = word.as_bytes()[0].is_ascii_uppercase();
    match kinds & (SMALL | CAPITAL | DIGIT) {
        DIGIT => Class::Number,
        0 if word.chars().any(char::is_lowercase) => {
            if word.chars().next().is_some_and(char::is_uppercase) {
                Class::Capital
            } else {
                Class::Small
            }
        }
        0 => Class::Uncased,
        set if set & DIGIT != 0 => Class::Digits,
        SMALL => match word.chars().next() {
            Some(c) if c.is_uppercase() => Class::Capital,
            _ => Class::Small,
        },
        CAPITAL if word.len() == 1 => Class::OneCapital,
        CAPITAL => Class::Capitals,
        _ if opens && capitals == 1 => Class::Capital,
        _ => Class::Mixed,
    }
}
