//! Spaces on the wrong side of a mark, and words that ran into one.

use crate::corpus::Span;
use crate::garble::flags::Flags;

/// Flags wrong spaces and doubled marks of one line.
pub(super) fn marks(text: &str, line: Span, flags: &mut Flags) {
    let bytes = &text.as_bytes()[..line.end];
    let mut at = line.start;
    while let Some(offset) = bytes[at..]
        .iter()
        .position(|byte| matches!(byte, b'.' | b',' | b';' | b'?' | b'!'))
    {
        let here = at + offset;
        at = here + 1;
        let mark = bytes[here];
        let before = here
            .checked_sub(1)
            .filter(|&index| index >= line.start)
            .map(|index| bytes[index]);
        let after = bytes.get(at).copied();
        let words = |byte: Option<u8>| {
            byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte >= 0x80)
        };
        let span = Span::new(here, at);
        if before == Some(b' ') && here > line.start + 1 {
            // ` ...` is an ellipsis, ` .5` a number, ` .com` a domain.
            let ellipsis = mark == b'.' && (after == Some(b'.') || words(after));
            if !ellipsis && after.is_none_or(|byte| byte == b' ' || byte.is_ascii_punctuation()) {
                flags.push(span, "surface", 0.8);
            }
        } else if matches!(mark, b',' | b';') && after == Some(mark) {
            flags.push(Span::new(here, here + 2), "surface", 0.8);
            at = here + 2;
        } else if mark == b'.' && runs_on(bytes, here) {
            flags.push(span, "surface", 0.7);
        } else if mark == b'.' && stops_early(text, line, here) {
            flags.push(span, "surface", 0.6);
        }
    }
}

/// `ended.The`: two letters in lower case, a full stop, a capital and a letter in lower case.
fn runs_on(bytes: &[u8], stop: usize) -> bool {
    let lower = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at))
            .is_some_and(u8::is_ascii_lowercase)
    };
    lower(stop.checked_sub(1))
        && lower(stop.checked_sub(2))
        && bytes.get(stop + 1).is_some_and(u8::is_ascii_uppercase)
        && lower(Some(stop + 2))
}

/// `It was violent. in the square`: a word of three letters or more, a full stop, a space and a word in lower case.
fn stops_early(text: &str, line: Span, stop: usize) -> bool {
    let before = &text[line.start..stop];
    let word = before
        .rsplit(|c: char| !c.is_alphabetic())
        .next()
        .unwrap_or("");
    let Some(next) = text[stop + 1..line.end].strip_prefix(' ') else {
        return false;
    };
    let next_word = next
        .split(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or("");
    // Abbreviations are short or have a capital or no vowel; `eBay` and `iPhone` may open a sentence.
    word.len() >= 4
        && word.chars().all(char::is_lowercase)
        && word.contains(['a', 'e', 'i', 'o', 'u', 'y'])
        && !matches!(
            word,
            "approx" | "dept" | "govt" | "pres" | "illus" | "incl" | "misc"
        )
        && !next_word.is_empty()
        && next_word.chars().all(char::is_lowercase)
}

/// Flags `yesterdayThe`, when the second word stands alone elsewhere in the text.
pub(super) fn glued(text: &str, flags: &mut Flags) {
    let bytes = text.as_bytes();
    for at in 3..bytes.len().saturating_sub(2) {
        if !(bytes[at].is_ascii_uppercase()
            && bytes[at - 1].is_ascii_lowercase()
            && bytes[at - 2].is_ascii_lowercase()
            && bytes[at - 3].is_ascii_lowercase()
            && bytes[at + 1].is_ascii_lowercase()
            && bytes[at + 2].is_ascii_lowercase())
        {
            continue;
        }
        let run = |byte: &&u8| byte.is_ascii_lowercase();
        let end = at + 1 + bytes[at + 1..].iter().take_while(run).count();
        let start = at - bytes[..at].iter().rev().take_while(run).count();
        // A capital before the run makes it a name such as `YouTube`; an underscore or digit makes it an identifier.
        let glued_name =
            start > 0 && (bytes[start - 1].is_ascii_alphanumeric() || bytes[start - 1] == b'_');
        if glued_name || bytes.get(end).is_some_and(u8::is_ascii_alphanumeric) {
            continue;
        }
        if stands_alone(text, at, end) {
            flags.push(Span::new(start, end), "surface", 0.7);
        }
    }
}

/// True when the word `[start, end)` occurs elsewhere with no letter beside it.
fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let bytes = text.as_bytes();
    text.match_indices(&text[start..end]).any(|(at, word)| {
        let left = at.checked_sub(1).and_then(|index| bytes.get(index));
        let right = bytes.get(at + word.len());
        !left.is_some_and(u8::is_ascii_alphanumeric)
            && !right.is_some_and(u8::is_ascii_alphanumeric)
    })
}
