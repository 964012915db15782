//! One pass over the bytes of a text that keeps its capitalised words and, per line, how its words are written.

use super::letters::{CLASS, LOWER, small_letters, word_end};
use super::opening::opens_sentence;

/// A word that opens with a capital letter, or the capitalised rest of glued markup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word {
    /// First byte.
    pub(super) start: u32,
    /// One past the last byte, a possessive `'s` left out.
    pub(super) end: u32,
    /// Index of its line.
    pub(super) line: u32,
    /// A sentence or quotation begins here, so that the capital says nothing.
    pub(super) opens: bool,
    /// A possessive `'s` or `'` follows.
    pub(super) possessive: bool,
    /// No small letter in it, and two letters or more.
    pub(super) capitals: bool,
}

/// How the words of one line are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Line {
    /// Words of four letters or more.
    pub(super) long: u32,
    /// Those of them that open with a capital.
    pub(super) capitalised: u32,
    /// Those of them without a small letter.
    pub(super) shouted: u32,
    /// Words of any length.
    pub(super) words: u32,
    /// It ends with a full stop, colon, question or exclamation mark.
    pub(super) stopped: bool,
}

impl Line {
    /// True for a headline in title case: most long words have capitals, though no sentence ends.
    pub(super) fn is_title_case(self) -> bool {
        self.long >= 3 && self.words >= 4 && !self.stopped && 10 * self.capitalised >= 7 * self.long
    }

    /// True for a line in capitals.
    pub(super) fn is_shouted(self) -> bool {
        self.long >= 2 && self.words >= 3 && 10 * self.shouted >= 8 * self.long
    }
}

/// Replaces `words` and `lines` by those of `text`.
pub(super) fn scan(text: &str, words: &mut Vec<Word>, lines: &mut Vec<Line>) {
    words.clear();
    lines.clear();
    let bytes = text.as_bytes();
    let mut line = Line::default();
    let mut last = 0u8;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match CLASS[byte as usize] {
            // Most of a text: a word in small letters alone.
            LOWER => {
                let end = at + small_letters(bytes, at);
                let next = bytes.get(end).copied().unwrap_or_default();
                if CLASS[next as usize] == 0 {
                    line.words += 1;
                    line.long += u32::from(end - at >= 4);
                    last = b'a';
                    // Most marks are spaces, which change nothing.
                    at = end + usize::from(next == b' ');
                } else {
                    last = b'a';
                    let end = word_end(text, at);
                    at = take(text, at, end, &mut line, lines.len() as u32, words);
                }
            }
            0 => {
                if byte == b'\n' {
                    line.stopped = matches!(last, b'.' | b':' | b'?' | b'!');
                    lines.push(line);
                    line = Line::default();
                    last = 0;
                } else if !matches!(byte, b' ' | b'\t' | b'\r' | b'"' | b'\'' | b')') {
                    last = byte;
                }
                at += 1;
            }
            _ => {
                let end = word_end(text, at);
                if end == at {
                    // A mark beyond ASCII: closing quotes leave the mark before them in force.
                    let length = text[at..].chars().next().map_or(1, char::len_utf8);
                    if !matches!(&bytes[at..at + length], [0xe2, 0x80, 0x99 | 0x9d]) {
                        last = byte;
                    }
                    at += length;
                    continue;
                }
                last = b'a';
                at = take(text, at, end, &mut line, lines.len() as u32, words);
            }
        }
    }
    line.stopped = matches!(last, b'.' | b':' | b'?' | b'!');
    lines.push(line);
}

/// Length of the apostrophe at `at`, or 0.
fn apostrophe(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at..) {
        Some([b'\'', ..]) => 1,
        Some([0xe2, 0x80, 0x99, ..]) => 3,
        _ => 0,
    }
}

/// Counts the word at `start..end`, keeps it when it is capitalised, and tells where to read on.
fn take(
    text: &str,
    start: usize,
    end: usize,
    line: &mut Line,
    number: u32,
    words: &mut Vec<Word>,
) -> usize {
    let bytes = text.as_bytes();
    line.words += 1;
    let long = end - start >= 4;
    line.long += u32::from(long);
    let mut first = start;
    if !opens_with_capital(text, start) {
        // media_cameraThe: markup with an underscore, glued to a capitalised word.
        let glued = start > 0 && bytes[start - 1] == b'_' && bytes[start].is_ascii_lowercase();
        let inner = || bytes[start..end].iter().position(u8::is_ascii_uppercase);
        match glued.then(inner).flatten() {
            Some(inner) => first = start + inner,
            None => return end,
        }
    }
    line.capitalised += u32::from(long);
    let word = &text[first..end];
    let capitals = if word.is_ascii() {
        end - first > 1 && !word.bytes().any(|byte| byte.is_ascii_lowercase())
    } else {
        word.chars().count() > 1 && !word.chars().any(char::is_lowercase)
    };
    line.shouted += u32::from(long && capitals);
    let (end, possessive) = with_apostrophes(text, first, end);
    let opens = first > start || opens_sentence(text, first);
    let narrow = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
    words.push(Word {
        start: narrow(first),
        end: narrow(end),
        line: number,
        opens,
        possessive,
        capitals,
    });
    end
}

/// Takes in `'ite` of `Shi'ite`, and tells a possessive from it.
fn with_apostrophes(text: &str, first: usize, mut end: usize) -> (usize, bool) {
    let bytes = text.as_bytes();
    loop {
        let mark = apostrophe(bytes, end);
        if mark == 0 {
            return (end, false);
        }
        let after = word_end(text, end + mark);
        match &bytes[end + mark..after] {
            b"s" | b"S" => return (end, true),
            // A closing quotation mark, unless it follows the s of a plural.
            [] => {
                return (
                    end,
                    bytes[end - 1] == b's' && bytes.get(after) == Some(&b' '),
                );
            }
            _ if end + mark > first => end = after,
            _ => return (end, false),
        }
    }
}

fn opens_with_capital(text: &str, at: usize) -> bool {
    match text.as_bytes()[at] {
        byte if byte < 0x80 => byte.is_ascii_uppercase(),
        _ => text[at..].chars().next().is_some_and(char::is_uppercase),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<(&str, bool)> {
        let (mut words, mut lines) = (Vec::new(), Vec::new());
        scan(text, &mut words, &mut lines);
        words
            .iter()
            .map(|word| (&text[word.start as usize..word.end as usize], word.opens))
            .collect()
    }

    #[test]
    fn capitalised_words_with_their_place_in_the_sentence() {
        assert_eq!(
            words(
                "The U.S. Embassy fell. “Go home,” Mr. Smith’s friend, a Shi’ite, said.\nIran-backed"
            ),
            [
                ("The", true),
                ("U.S.", false),
                ("Embassy", false),
                ("Go", true),
                ("Mr", false),
                ("Smith", false),
                ("Shi’ite", false),
                ("Iran", true)
            ]
        );
        assert_eq!(
            words("glue_markThe end of anti-French acts"),
            [("The", true), ("French", false)]
        );
    }

    #[test]
    fn headlines_and_capitals_lines_are_told_apart() {
        let (mut words, mut lines) = (Vec::new(), Vec::new());
        scan(
            "Crowds Storm Embassy In Capital\nMEN STORM THE GATE\nThe men stormed the gate.",
            &mut words,
            &mut lines,
        );
        let told: Vec<_> = lines
            .iter()
            .map(|line| (line.is_title_case(), line.is_shouted()))
            .collect();
        assert_eq!(told, [(true, false), (false, true), (false, false)]);
    }
}
