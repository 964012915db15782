//! Where a sentence or quotation begins, so that a capital says nothing.

use super::cues::is_abbreviation;

/// True when nothing but spaces and opening marks stand between `at` and the end of a sentence or line.
pub(super) fn opens_sentence(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    let mut here = at;
    let mut quoted = false;
    loop {
        match bytes[..here] {
            [] | [.., b'\n' | b'.' | b'?' | b'!' | b'|'] => break,
            [.., b' ' | b'\t' | b'\r' | b'*' | b'-'] if here < at || bytes[here - 1] != b'-' => {
                here -= 1
            }
            [.., b'"'] => {
                quoted = true;
                here -= 1;
            }
            [.., 0xe2, 0x80, 0x98 | 0x9c] => {
                quoted = true;
                here -= 3;
            }
            [.., 0xe2, 0x80, 0xa2 | 0x99 | 0x9d] => here -= 3,
            [.., b',' | b':'] => return quoted || bytes[here - 1] == b':',
            _ => return false,
        }
    }
    if here == 0 || bytes[here - 1] != b'.' {
        return true;
    }
    if here == at {
        return false;
    }
    let before = &text[..here - 1];
    let word = before
        .rsplit(|c: char| !c.is_alphanumeric() && c != '.')
        .next()
        .unwrap_or_default();
    let mut letters = word.chars();
    let single = letters.next().is_some() && letters.next().is_none();
    let dotted = word.len() > 1 && word.split('.').all(|part| part.chars().count() == 1);
    let mut small = String::new();
    if word.len() <= 5 {
        small.push_str(word);
        small.make_ascii_lowercase();
    }
    !(single || dotted || is_abbreviation(&small))
}
