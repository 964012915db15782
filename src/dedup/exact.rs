//! Equal texts after normalisation: one hash per unit.
//!
//! # What it does
//! Groups units whose texts are equal once Unicode form, case and white space are levelled.
//!
//! # How it decides
//! Normalises (NFC; optional lower case; runs of white space to one space), hashes to 128 bits, groups equal hashes. Equal hashes
//! have similarity 1, everything else is not returned.
//!
//! # Parameters
//! - `lowercase` (default true): ignore case.
//!
//! # Cost
//! Three passes over the bytes (levelling, white space, hash), each many bytes at a time; words with foreign letters letter by
//! letter. 16 bytes per unit.
//!
//! # Known to miss
//! Everything that differs in one letter.
//!
//! # Reference
//! Folklore; every corpus pipeline starts with it. Hash: XXH3-128.

use std::collections::BTreeMap;

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::corpus::Unit;
use crate::dedup::{Comparison, Deduper, Request};
use crate::params::Algorithm;
use crate::task::Level;
use crate::text::normalize::first_foreign;

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Exact {
    /// Ignore case.
    pub lowercase: bool,
}

impl Default for Exact {
    fn default() -> Self {
        Self { lowercase: true }
    }
}

impl Algorithm for Exact {}

impl Exact {
    /// Key of a text, `None` without letters; `normal` is reused.
    fn key(&self, text: &str, normal: &mut Vec<u8>) -> Option<u128> {
        normal.clear();
        self.level(text, normal);
        collapse(normal);
        (!normal.is_empty()).then(|| xxhash_rust::xxh3::xxh3_128(normal))
    }

    /// Appends the text with case and Unicode form levelled, and any white space as spaces.
    fn level(&self, text: &str, normal: &mut Vec<u8>) {
        let mut done = 0;
        let mut at = 0;
        while let Some(next) = first_foreign(&text.as_bytes()[at..]) {
            at += next;
            let Some(character) = text[at..].chars().next() else {
                break;
            };
            if is_inert(character) {
                at += character.len_utf8();
                continue;
            }
            // The word around it, by ASCII white space: nothing combines across that.
            let blank = |byte: &u8| is_blank(*byte);
            let before = text.as_bytes()[done..at].iter().rposition(blank);
            let start = before.map_or(done, |before| done + before + 1);
            let after = text.as_bytes()[at..].iter().position(blank);
            let end = after.map_or(text.len(), |after| at + after);
            self.push_plain(&text.as_bytes()[done..start], normal);
            self.push_words(&text[start..end], normal);
            (done, at) = (end, end);
        }
        self.push_plain(&text.as_bytes()[done..], normal);
    }

    /// Appends text in which only ASCII letters have case and only ASCII white space is white.
    fn push_plain(&self, text: &[u8], normal: &mut Vec<u8>) {
        let start = normal.len();
        normal.extend_from_slice(text);
        let pushed = normal.get_mut(start..).unwrap_or_default();
        // Sums instead of branches, so that the compiler takes sixteen bytes at a time.
        for byte in &mut *pushed {
            let white = u8::from(byte.wrapping_sub(b'\t') < 5).wrapping_neg();
            *byte = (*byte & !white) | (b' ' & white);
        }
        if self.lowercase {
            pushed.make_ascii_lowercase();
        }
    }

    /// Appends the words of any text, one space before each but the first.
    fn push_words(&self, text: &str, normal: &mut Vec<u8>) {
        let mut utf8 = [0; 4];
        for (number, word) in text.split_whitespace().enumerate() {
            if number > 0 {
                normal.push(b' ');
            }
            for character in word.nfc() {
                let mut push =
                    |c: char| normal.extend_from_slice(c.encode_utf8(&mut utf8).as_bytes());
                if self.lowercase {
                    character.to_lowercase().for_each(&mut push);
                } else {
                    push(character);
                }
            }
        }
    }
}

/// ASCII white space, as `char::is_whitespace` has it.
const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// Dashes, quotes, bullets and dots: no case, no white space, and no composition begins with them.
const fn is_inert(character: char) -> bool {
    matches!(character, '\u{2010}'..='\u{2027}')
}

/// Makes one space of each run of spaces, and none at the ends.
fn collapse(text: &mut Vec<u8>) {
    let mut to = 0;
    let mut from = text.iter().take_while(|byte| **byte == b' ').count();
    let finder = memchr::memmem::Finder::new(b"  ");
    while from < text.len() {
        // Up to and with the first space of a run.
        let double = finder.find(&text[from..]);
        let end = double.map_or(text.len(), |double| from + double + 1);
        text.copy_within(from..end, to);
        to += end - from;
        from = end + text[end..].iter().take_while(|byte| **byte == b' ').count();
    }
    text.truncate(to);
    if text.last() == Some(&b' ') {
        text.pop();
    }
}

impl Deduper for Exact {
    fn compare(&self, units: &[Unit<'_>], _request: &Request) -> Comparison {
        let keys: Vec<Option<u128>> = units
            .par_iter()
            .map_init(Vec::new, |normal, unit| self.key(unit.text, normal))
            .collect();
        let mut by_key: FxHashMap<u128, Vec<u32>> = FxHashMap::default();
        for (index, key) in keys.iter().enumerate() {
            if let Some(key) = key {
                by_key
                    .entry(*key)
                    .or_default()
                    .push(u32::try_from(index).unwrap_or(u32::MAX));
            }
        }
        let mut groups: Vec<Vec<u32>> = by_key
            .into_values()
            .filter(|group| group.len() > 1)
            .collect();
        groups.sort_unstable();
        let hashes = keys.iter().flatten().count() as u64;
        Comparison {
            pairs: Vec::new(),
            groups,
            counters: BTreeMap::from([("hashes".to_owned(), hashes)]),
        }
    }

    fn threshold(&self, _level: Level) -> f64 {
        1.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn equal_after_normalisation_and_empty_texts_in_no_group() {
        let texts = ["A  b", "a B\n", "cafe\u{301}", "caf\u{e9}", "", " "];
        let units: Vec<Unit<'_>> = texts
            .iter()
            .zip(0..)
            .map(|(text, document)| Unit {
                text,
                document,
                position: 0,
            })
            .collect();
        let request = Request {
            level: Level::Document,
            seed: 0,
            floor: 0.0,
        };
        assert_eq!(
            Exact::default().compare(&units, &request).groups,
            [vec![0, 1], vec![2, 3]]
        );
        assert_eq!(
            Exact { lowercase: false }.compare(&units, &request).groups,
            [vec![2, 3]]
        );
    }

    /// The obvious twin: word by word.
    fn naive(text: &str, lowercase: bool) -> Option<u128> {
        let words: Vec<String> = text
            .split_whitespace()
            .map(|word| {
                let composed: String = word.nfc().collect();
                if lowercase {
                    composed.chars().flat_map(char::to_lowercase).collect()
                } else {
                    composed
                }
            })
            .collect();
        let normal = words.join(" ");
        (!normal.is_empty()).then(|| xxhash_rust::xxh3::xxh3_128(normal.as_bytes()))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn equals_the_naive_twin(
            text in "[aZ \\n\\t\u{b}\u{85}\u{a0}\u{2003}\u{2014}\u{2019}\u{301}\u{338}\u{323}\u{e9}e\u{130}\u{212b}\u{3a3}.]{0,40}",
            lowercase: bool,
        ) {
            let exact = Exact { lowercase };
            prop_assert_eq!(exact.key(&text, &mut vec![b'x'; 3]), naive(&text, lowercase));
        }

        #[test]
        fn equals_the_naive_twin_on_any_text(text in "(\\PC|\\s){0,60}") {
            prop_assert_eq!(Exact::default().key(&text, &mut Vec::new()), naive(&text, true));
        }
    }
}
