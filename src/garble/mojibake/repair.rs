//! Undoing mojibake: write the text back in the wrong encoding, read it in the right one.

use std::borrow::Cow;

use regex::{Regex, bytes};
use rustc_hash::FxHashMap;

use super::bad::{CONTINUES, CONTINUES_STRICT, FIRST_OF_2, FIRST_OF_3, FIRST_OF_4};
use super::pages::PAGES;

/// Compiled patterns and encoding tables.
pub(super) struct Repair {
    /// For each page: character to byte.
    tables: Vec<FxHashMap<char, u8>>,
    /// UTF-8 in which a no-break space became a space.
    spaced: bytes::Regex,
    /// UTF-8 that lost bytes to the replacement character.
    lossy: bytes::Regex,
    /// Runs that look like UTF-8 read in some single-byte encoding.
    runs: Regex,
}

impl Repair {
    pub(super) fn new() -> Result<Self, String> {
        let tables = PAGES
            .iter()
            .map(|page| {
                (0x80_u8..=0xff)
                    .zip(page.upper)
                    .map(|(byte, c)| (c, byte))
                    .collect()
            })
            .collect();
        let spaced = r"[\xc2\xc3\xc5\xce\xd0\xd9] |[\xe2\xe3] [\x80-\x84\x86-\x9f\xa1-\xbf]|[\xe0-\xe3][\x80-\x84\x86-\x9f\xa1-\xbf] |\xf0 [\x80-\xbf][\x80-\xbf]|\xf0[\x80-\xbf] [\x80-\xbf]|\xf0[\x80-\xbf][\x80-\xbf] ";
        let lossy = r"[\xc2-\xdf]\x1a|[\xc2-\xc3]\?|\xed[\xa0-\xaf][\x1a?]\xed[\xb0-\xbf][\x1a?\x80-\xbf]|\xed[\xa0-\xaf][\x1a?\x80-\xbf]\xed[\xb0-\xbf][\x1a?]|[\xe0-\xef][\x1a?][\x1a\x80-\xbf]|[\xe0-\xef][\x1a\x80-\xbf][\x1a?]|[\xf0-\xf4][\x1a?][\x1a\x80-\xbf][\x1a\x80-\xbf]|[\xf0-\xf4][\x1a\x80-\xbf][\x1a?][\x1a\x80-\xbf]|[\xf0-\xf4][\x1a\x80-\xbf][\x1a\x80-\xbf][\x1a?]|\x1a";
        let class = |characters: &str| format!("[{}]", regex::escape(characters));
        let runs = format!(
            "(?:{}{}|{}{}{{2}}|{}{}{{3}})+",
            class(FIRST_OF_2),
            class(CONTINUES),
            class(FIRST_OF_3),
            class(CONTINUES),
            class(FIRST_OF_4),
            class(CONTINUES)
        );
        let compile = |pattern: &str| {
            bytes::Regex::new(&format!("(?-u){pattern}")).map_err(|error| error.to_string())
        };
        Ok(Self {
            tables,
            spaced: compile(spaced)?,
            lossy: compile(lossy)?,
            runs: Regex::new(&runs).map_err(|error| error.to_string())?,
        })
    }

    /// The text repaired step by step until it no longer looks bad or nothing helps; `None` when it stays as it is.
    pub(super) fn text(&self, text: &str, is_bad: &dyn Fn(&str) -> bool) -> Option<String> {
        let mut now = Cow::Borrowed(text);
        // Text that was mangled more than a few times does not occur; the bound keeps a cycle from running for ever.
        for _ in 0..16 {
            match self.step(&now, is_bad) {
                Some(next) if next != now => now = Cow::Owned(next),
                _ => break,
            }
        }
        match now {
            Cow::Owned(fixed) if fixed != text => Some(fixed),
            _ => None,
        }
    }

    fn step(&self, text: &str, is_bad: &dyn Fn(&str) -> bool) -> Option<String> {
        if text.is_ascii() || !is_bad(text) {
            return None;
        }
        let mut latin1 = false;
        for (page, table) in PAGES.iter().zip(&self.tables) {
            let Some(encoded) = encode(text, table, page.name) else {
                continue;
            };
            latin1 |= page.name == "latin-1";
            let encoded = if page.name == "macroman" {
                encoded
            } else {
                self.restore_spaces(encoded)
            };
            let encoded = if page.name.starts_with("sloppy") {
                self.lossy
                    .replace_all(&encoded, "\u{fffd}".as_bytes())
                    .into_owned()
            } else {
                encoded
            };
            if let Some(decoded) = decode(encoded) {
                return Some(decoded);
            }
        }
        if let Some(fixed) = self.runs(text, is_bad) {
            return Some(fixed);
        }
        let c1 = |c: char| ('\u{80}'..='\u{9f}').contains(&c);
        if !text.contains(c1) || (latin1 && !text.contains(c1)) {
            return None;
        }
        let windows = &PAGES[1].upper;
        Some(
            text.chars()
                .map(|c| if c1(c) { windows[c as usize - 0x80] } else { c })
                .collect(),
        )
    }

    /// Repairs runs that look like UTF-8, each by itself.
    fn runs(&self, text: &str, is_bad: &dyn Fn(&str) -> bool) -> Option<String> {
        let mut fixed = String::new();
        let (mut copied, mut at) = (0, 0);
        while let Some(run) = self.runs.find_at(text, at) {
            let before = text[..run.start()].chars().next_back();
            if before.is_some_and(|c| CONTINUES_STRICT.contains(c)) {
                // The run would start inside a larger garble: look on from its second character.
                at = run.start() + run.as_str().chars().next().map_or(1, char::len_utf8);
                continue;
            }
            at = run.end();
            if run.len() < text.len()
                && is_bad(run.as_str())
                && let Some(piece) = self.text(run.as_str(), is_bad)
            {
                fixed.push_str(&text[copied..run.start()]);
                fixed.push_str(&piece);
                copied = run.end();
            }
        }
        if copied == 0 {
            return None;
        }
        fixed.push_str(&text[copied..]);
        Some(fixed)
    }

    /// Puts back no-break spaces that had become spaces inside UTF-8 sequences; a lone `à` keeps the space after it.
    fn restore_spaces(&self, encoded: Vec<u8>) -> Vec<u8> {
        if !self.spaced.is_match(&encoded) {
            return encoded;
        }
        let mut graves = Vec::with_capacity(encoded.len() + 8);
        let mut rest = encoded.as_slice();
        while let Some((&byte, tail)) = rest.split_first() {
            graves.push(byte);
            rest = tail;
            if byte == 0xc3 && tail.first() == Some(&b' ') {
                let after = &tail[1..];
                let joined = [&b" "[..], b"quele", b"quela", b"quilo", b"s "]
                    .iter()
                    .any(|start| after.starts_with(start));
                if !joined {
                    graves.extend([0xa0, b' ']);
                    rest = after;
                }
            }
        }
        self.spaced
            .replace_all(&graves, |found: &bytes::Captures<'_>| -> Vec<u8> {
                found[0]
                    .iter()
                    .map(|&byte| if byte == b' ' { 0xa0 } else { byte })
                    .collect()
            })
            .into_owned()
    }
}

/// The bytes of the text in this encoding; `None` when it has a character that the encoding lacks. The sloppy encodings write the
/// replacement character as 0x1a.
fn encode(text: &str, table: &FxHashMap<char, u8>, name: &str) -> Option<Vec<u8>> {
    let sloppy = name.starts_with("sloppy");
    text.chars()
        .map(|c| match c {
            '\u{1a}' if sloppy => None,
            '\u{fffd}' if sloppy => Some(0x1a),
            _ if c.is_ascii() => Some(c as u8),
            _ => table.get(&c).copied(),
        })
        .collect()
}

/// Reads UTF-8, also with surrogate pairs written as two characters (CESU-8) and zeros as `c0 80`.
fn decode(encoded: Vec<u8>) -> Option<String> {
    let encoded = match String::from_utf8(encoded) {
        Ok(text) => return Some(text),
        Err(error) => error.into_bytes(),
    };
    if !encoded.contains(&0xed) && !encoded.contains(&0xc0) {
        return None;
    }
    let mut plain = Vec::with_capacity(encoded.len());
    let mut rest = encoded.as_slice();
    while !rest.is_empty() {
        match *rest {
            [0xed, a @ 0xa0..=0xaf, b, 0xed, c @ 0xb0..=0xbf, d, ..] => {
                let half = |x: u8, y: u8| (u32::from(x & 0x0f) << 6) | u32::from(y & 0x3f);
                let point = 0x1_0000 + (half(a, b) << 10) + half(c & 0x0f, d);
                let mut buffer = [0; 4];
                plain.extend_from_slice(char::from_u32(point)?.encode_utf8(&mut buffer).as_bytes());
                rest = &rest[6..];
            }
            [0xc0, 0x80, ..] => {
                plain.push(0);
                rest = &rest[2..];
            }
            _ => {
                plain.push(rest[0]);
                rest = &rest[1..];
            }
        }
    }
    String::from_utf8(plain).ok()
}
