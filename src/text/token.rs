//! One tokenization for everything: words (with inner hyphens and apostrophes) and single punctuation marks.
//!
//! A word is a longest run of letters, digits and combining marks; a hyphen, apostrophe or (between digits) a point or comma joins two such runs. Every
//! other character that is not white space is a token of its own. ASCII takes a fast path without Unicode tables.

use crate::corpus::Span;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Letters and digits.
    Word,
    /// One mark.
    Mark,
}

/// A token of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// Where it stands.
    pub span: Span,
    /// Word or mark.
    pub kind: Kind,
}

/// Tokens of `text` in order.
pub fn tokens(text: &str) -> Tokens<'_> {
    Tokens { text, position: 0 }
}

/// Words of `text` in order, marks left out.
pub fn words(text: &str) -> impl Iterator<Item = Span> + '_ {
    tokens(text)
        .filter(|token| token.kind == Kind::Word)
        .map(|token| token.span)
}

/// Iterator over the tokens of a text, without allocation.
#[derive(Debug, Clone)]
pub struct Tokens<'a> {
    text: &'a str,
    position: usize,
}

impl Tokens<'_> {
    fn char_at(&self, at: usize) -> Option<char> {
        let byte = *self.text.as_bytes().get(at)?;
        if byte < 0x80 {
            Some(byte as char)
        } else {
            self.text[at..].chars().next()
        }
    }

    /// End of the run of word characters that starts at `at`.
    #[inline]
    fn run(&self, mut at: usize) -> usize {
        let bytes = self.text.as_bytes();
        loop {
            at = ascii_run(bytes, at);
            if bytes.get(at).is_none_or(u8::is_ascii) {
                return at;
            }
            match self.char_at(at) {
                Some(c) if is_word(c) => at += c.len_utf8(),
                _ => return at,
            }
        }
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let first = loop {
            let c = self.char_at(self.position)?;
            if !is_space(c) {
                break c;
            }
            self.position += c.len_utf8();
        };
        let start = self.position;
        if !is_word(first) {
            self.position += first.len_utf8();
            return Some(Token {
                span: Span::new(start, self.position),
                kind: Kind::Mark,
            });
        }
        let mut end = self.run(start);
        while let Some(joint) = self.char_at(end) {
            let after = end + joint.len_utf8();
            let joins = match joint {
                '-' | '\u{2010}' | '\u{2011}' | '\'' | '\u{2019}' => {
                    self.char_at(after).is_some_and(is_word)
                }
                '.' | ',' => {
                    self.text.as_bytes()[end - 1].is_ascii_digit()
                        && self
                            .text
                            .as_bytes()
                            .get(after)
                            .is_some_and(u8::is_ascii_digit)
                }
                _ => false,
            };
            if !joins {
                break;
            }
            end = self.run(after);
        }
        self.position = end;
        Some(Token {
            span: Span::new(start, end),
            kind: Kind::Word,
        })
    }
}

/// End of the run of ASCII letters and digits that starts at `at`, eight bytes at a time: a word costs one turn of the loop and
/// no guess about its length.
#[inline]
fn ascii_run(bytes: &[u8], mut at: usize) -> usize {
    while let Some(eight) = bytes.get(at..).and_then(|rest| rest.first_chunk()) {
        let others = !word_bytes(u64::from_le_bytes(*eight)) & HIGH;
        if others != 0 {
            return at + others.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    while bytes
        .get(at)
        .is_some_and(|&byte| ASCII_WORD[usize::from(byte)])
    {
        at += 1;
    }
    at
}

/// The highest bit of each of eight bytes: set in all that are not ASCII.
pub(crate) const HIGH: u64 = 0x8080_8080_8080_8080;

/// The highest bit of each byte that is an ASCII letter or digit; other bits mean nothing. In the sums, of seven bits each, a
/// byte from the first of a range on carries into its highest bit, one after the last in the second sum too.
#[inline]
const fn word_bytes(eight: u64) -> u64 {
    const fn of(byte: u8) -> u64 {
        byte as u64 * 0x0101_0101_0101_0101
    }
    let seven = eight & !HIGH;
    let small = seven | of(0x20);
    let letters = (small + of(0x80 - b'a')) & !(small + of(0x7f - b'z'));
    let digits = (seven + of(0x80 - b'0')) & !(seven + of(0x7f - b'9'));
    (letters | digits) & !eight
}

/// ASCII letters and digits by byte.
const ASCII_WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    table
};

fn is_space(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_whitespace() || c == '\u{b}'
    } else {
        c.is_whitespace() || c == '\u{feff}'
    }
}

fn is_word(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_alphanumeric()
    } else if matches!(c, '\u{2010}'..='\u{2027}') {
        // Dashes, quotation marks and the ellipsis: no need of the large tables.
        false
    } else {
        c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        tokens(text)
            .map(|token| &text[token.span.start..token.span.end])
            .collect()
    }

    #[test]
    fn words_keep_hyphens_and_apostrophes_and_marks_stand_alone() {
        assert_eq!(
            texts("Iran-backed, Shi’ite “militia’s” (PMF)."),
            [
                "Iran-backed",
                ",",
                "Shi’ite",
                "“",
                "militia’s",
                "”",
                "(",
                "PMF",
                ")",
                "."
            ]
        );
        assert_eq!(
            texts("5,000 U.S. 3.5 x-"),
            ["5,000", "U", ".", "S", ".", "3.5", "x", "-"]
        );
    }

    #[test]
    fn white_space_of_any_kind_separates() {
        assert_eq!(
            texts("\u{feff}a\u{a0}b\r\nc\u{2003}d"),
            ["a", "b", "c", "d"]
        );
        assert_eq!(texts(" \t\n"), [""; 0]);
    }

    /// Every byte at every place of the eight, with neighbours that would carry.
    #[test]
    fn eight_bytes_are_judged_as_one_by_one() {
        for byte in 0..=255 {
            for (place, around) in (0..8).flat_map(|place| [0, b'z', 0xff].map(|b| (place, b))) {
                let mut bytes = [around; 8];
                bytes[place] = byte;
                let found = word_bytes(u64::from_le_bytes(bytes)).to_le_bytes();
                for (found, byte) in found.iter().zip(bytes) {
                    assert_eq!(found >> 7 == 1, ASCII_WORD[usize::from(byte)], "{byte}");
                }
            }
        }
    }

    #[test]
    fn combining_marks_stay_with_their_letter() {
        assert_eq!(texts("cafe\u{301} 𝒳y"), ["cafe\u{301}", "𝒳y"]);
    }
}
