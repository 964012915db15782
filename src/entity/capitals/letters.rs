//! Letters and words in bytes: the inner loops of `scan`.

use crate::text::token::HIGH;

pub(super) const LOWER: u8 = 1;
pub(super) const UPPER: u8 = 2;
pub(super) const DIGIT: u8 = 3;
pub(super) const FOREIGN: u8 = 4;

/// Kind of each byte; 0 for marks and spaces.
pub(super) const CLASS: [u8; 256] = {
    let mut class = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        class[byte] = match byte as u8 {
            b'a'..=b'z' => LOWER,
            b'A'..=b'Z' => UPPER,
            b'0'..=b'9' => DIGIT,
            0x80.. => FOREIGN,
            _ => 0,
        };
        byte += 1;
    }
    class
};

/// Number of small ASCII letters from `at` on, counted eight at a time.
pub(super) fn small_letters(bytes: &[u8], at: usize) -> usize {
    let mut length = 0;
    while let Some(eight) = bytes
        .get(at + length..)
        .and_then(|rest| rest.first_chunk::<8>())
    {
        let eight = u64::from_le_bytes(*eight);
        // The high bit of a byte: from `a` on; beyond `z`; beyond ASCII.
        let from_a = (eight & !HIGH) + 0x1f1f_1f1f_1f1f_1f1f;
        let beyond_z = (eight & !HIGH) + 0x0505_0505_0505_0505;
        let others = !(from_a & !beyond_z & !eight) & HIGH;
        if others != 0 {
            return length + others.trailing_zeros() as usize / 8;
        }
        length += 8;
    }
    let rest = bytes.get(at + length..).unwrap_or_default();
    length
        + rest
            .iter()
            .take_while(|byte| byte.is_ascii_lowercase())
            .count()
}

/// End of the word that begins at `at`, or `at` when none does. Apostrophes join letters; points join single capitals.
pub(super) fn word_end(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let mut end = at;
    loop {
        match bytes.get(end).map_or(0, |&byte| CLASS[byte as usize]) {
            LOWER => end += small_letters(bytes, end),
            UPPER | DIGIT => end += 1,
            // Dashes and curly quotes, U+2000 to U+203F: no letter among them, and nothing to look up.
            FOREIGN if matches!(bytes[end..], [0xe2, 0x80, ..]) => break,
            FOREIGN => match text[end..].chars().next() {
                Some(c)
                    if c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c) =>
                {
                    end += c.len_utf8()
                }
                _ => break,
            },
            _ => break,
        }
    }
    if end == at + 1 && bytes[at].is_ascii_uppercase() {
        // U.S., U.A.E., J.P. Morgan: the last point belongs to the abbreviation.
        let mut letters = end;
        while bytes.get(letters) == Some(&b'.')
            && bytes.get(letters + 1).is_some_and(u8::is_ascii_uppercase)
            && !bytes
                .get(letters + 2)
                .is_some_and(u8::is_ascii_alphanumeric)
        {
            letters += 2;
        }
        if letters > end {
            return if bytes.get(letters) == Some(&b'.') {
                letters + 1
            } else {
                letters
            };
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn general_punctuation_is_no_part_of_a_word() {
        for c in '\u{2000}'..='\u{203f}' {
            assert!(!c.is_alphanumeric() && !unicode_normalization::char::is_combining_mark(c));
            assert!(c.to_string().as_bytes().starts_with(&[0xe2, 0x80]));
        }
    }

    #[test]
    fn small_letters_are_counted_one_by_one() {
        let texts = [
            "",
            "a",
            "abcdefghij",
            "abcdefgh",
            "zazaZ",
            "ab{",
            "ab`",
            "abcé",
            "abcdefghijklmnopqrstu-v",
            "\u{e1}",
        ];
        for text in texts {
            let bytes = text.as_bytes();
            for at in 0..=bytes.len() {
                let slow = bytes[at..]
                    .iter()
                    .take_while(|byte| byte.is_ascii_lowercase())
                    .count();
                assert_eq!(small_letters(bytes, at), slow, "{text} {at}");
            }
        }
    }
}
