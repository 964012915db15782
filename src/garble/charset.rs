//! Characters that do not belong: control characters, private use, replacement characters, letters of another script inside a word.
//!
//! # What it does
//! Flags control characters (save line breaks and tabs), unassigned-looking and private-use characters, replacement
//! characters, invisible direction marks inside words, and words that mix Latin with Cyrillic or Greek letters.
//!
//! # How it decides
//! By code point; mixed scripts by the blocks of the letters of one word. A word all in another script is fine.
//!
//! # Parameters
//! - `mixed` (default true): flag words of mixed scripts.
//!
//! # Cost
//! ASCII text costs one look at each byte.
//!
//! # Known to miss
//! Look-alike letters in words all in one script; wrong characters of the right script.
//!
//! # Reference
//! Unicode Technical Report 36 (mixed-script confusables); the Unicode block charts.

use serde::{Deserialize, Serialize};

use crate::corpus::{Corpus, Span};
use crate::garble::flags::Flags;
use crate::garble::{GarbleDetector, GarbleModel, GarbleTraining, Granularity, PredictedGarble};
use crate::params::Algorithm;
use crate::text::token;

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Charset {
    /// Flag words of mixed scripts.
    pub mixed: bool,
}

impl Default for Charset {
    fn default() -> Self {
        Self { mixed: true }
    }
}

impl Algorithm for Charset {}

impl GarbleDetector for Charset {
    fn granularity(&self) -> Granularity {
        Granularity::Span
    }

    fn fit(&self, _training: &GarbleTraining<'_>) -> Result<Box<dyn GarbleModel>, String> {
        Ok(Box::new(self.clone()))
    }
}

impl GarbleModel for Charset {
    fn detect(&self, document: usize, corpus: &Corpus) -> Vec<PredictedGarble> {
        let mut flags = Flags::new(document);
        self.read(&corpus.documents[document].text, &mut flags);
        flags.joined()
    }
}

impl Charset {
    fn read(&self, text: &str, flags: &mut Flags) {
        let odd = |byte: u8| {
            byte >= 0x80 || (byte < 0x20 && !matches!(byte, b'\n' | b'\r' | b'\t')) || byte == 0x7f
        };
        let mut at = 0;
        while let Some(found) = text.as_bytes()[at..].iter().position(|&byte| odd(byte)) {
            let start = at + found;
            let Some(c) = text[start..].chars().next() else {
                return;
            };
            at = start + c.len_utf8();
            if is_stray(c, start == 0) {
                flags.push(Span::new(start, at), "surface", 0.95);
            }
        }
        if self.mixed && !text.is_ascii() {
            for word in token::words(text) {
                let letters = &text[word.start..word.end];
                if !letters.is_ascii() && is_mixed(letters) {
                    flags.push(word, "surface", 0.9);
                }
            }
        }
    }
}

/// True for characters that no text holds on purpose. A byte order mark may open a text.
fn is_stray(c: char, first: bool) -> bool {
    matches!(c,
        '\0'..='\u{8}' | '\u{b}'..='\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}'
        | '\u{fffc}' | '\u{fffd}' | '\u{fff9}'..='\u{fffb}' | '\u{206a}'..='\u{206f}' | '\u{e000}'..='\u{f8ff}'
        | '\u{f0000}'..='\u{10ffff}')
        || (c == '\u{feff}' && !first)
        // Noncharacters.
        || (c as u32 & 0xfffe == 0xfffe)
        || ('\u{fdd0}'..='\u{fdef}').contains(&c)
}

/// Latin beside Cyrillic or Greek letters in one word, hyphenated parts apart.
fn is_mixed(word: &str) -> bool {
    word.split(['-', '\u{2010}', '\u{2011}']).any(|part| {
        let (mut latin, mut other) = (false, false);
        for c in part.chars() {
            latin |= c.is_ascii_alphabetic()
                || ('\u{c0}'..='\u{24f}').contains(&c) && c != '×' && c != '÷';
            other |= ('\u{400}'..='\u{52f}').contains(&c)
                || ('\u{370}'..='\u{3ff}').contains(&c) && c != 'μ' && c != 'Ω';
        }
        latin && other
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn flagged(text: &str) -> Vec<&str> {
        let mut flags = Flags::new(0);
        Charset::default().read(text, &mut flags);
        flags
            .joined()
            .iter()
            .map(|f| &text[f.span.start..f.span.end])
            .collect()
    }

    #[test]
    fn strays_and_mixed_words_are_flagged() {
        assert_eq!(
            flagged("a\u{0}b \u{fffd} Mоscow\u{feff}"),
            ["\u{0}", "\u{fffd}", "Mоscow", "\u{feff}"]
        );
        assert_eq!(
            flagged("\u{feff}“Naïve” Москва, α-particle, 5 μm\tΩ\r\n"),
            [""; 0]
        );
    }

    proptest! {
        #[test]
        fn flags_are_those_of_a_plain_loop(text in "[a\u{0}\u{1f}\n\té\u{fffd}\u{e000} ]{0,40}") {
            let plain: usize = text.chars().filter(|c| matches!(c, '\u{0}' | '\u{1f}' | '\u{fffd}' | '\u{e000}')).count();
            let mut flags = Flags::new(0);
            Charset { mixed: false }.read(&text, &mut flags);
            prop_assert_eq!(flags.sorted().len(), plain);
        }
    }
}
