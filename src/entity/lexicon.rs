//! What the word lists know of a single word, found by one look-up: its cue, whether it opens a listed name, whether it is a
//! given name.
//!
//! Readers of running text ask this of every word, so the lists of `cues` and `lists` are merged into one table by the hash
//! of the folded word. Words of equal 64-bit hashes are taken for equal: with 12,000 listed words the chance that another word
//! of a text is taken for a listed one is below 10⁻¹⁵.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use unicode_normalization::char::is_combining_mark;

use crate::entity::capitals::cues::{self, Cue};
use crate::entity::lists;
use crate::text::hash;

/// What is known of a word.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    /// What it says about the name around it.
    pub(crate) cue: Option<Cue>,
    /// Most words of a listed name that begins with it; 0 when none does.
    pub(crate) opens: u8,
    /// A usual given name.
    pub(crate) given: bool,
}

/// What the lists know of the word with this [`key`].
#[inline]
pub(crate) fn entry(key: u64) -> Entry {
    ENTRIES.get(&key).copied().unwrap_or_default()
}

/// Key of a word in any case, with straight or curly apostrophe. Words of more than 64 bytes have a key, but no entry.
#[inline]
pub(crate) fn key(word: &str) -> u64 {
    let mut buffer = [0; lists::MAX];
    match lists::fold(word, &mut buffer) {
        Some(folded) => hash::bytes(folded),
        None => hash::bytes(word.as_bytes()),
    }
}

static ENTRIES: LazyLock<FxHashMap<u64, Entry>> = LazyLock::new(|| {
    let mut entries: FxHashMap<u64, Entry> = FxHashMap::default();
    for (word, cue) in cues::all() {
        entries.entry(key(word)).or_default().cue.get_or_insert(cue);
    }
    for name in lists::given_names() {
        entries.entry(key(name)).or_default().given = true;
    }
    let mut opens = |word: &str, words: usize| {
        let entry = entries.entry(key(word)).or_default();
        entry.opens = entry.opens.max(u8::try_from(words).unwrap_or(u8::MAX));
    };
    for name in lists::names() {
        let runs = |c: char| {
            let joins = matches!(c, '\'' | '\u{2019}') || is_combining_mark(c);
            !c.is_alphanumeric() && !joins
        };
        let words = name.split(runs).filter(|word| !word.is_empty()).count();
        let first = name.split(runs).next().unwrap_or_default();
        opens(first, words);
        // Points belong to the first word in `U.S.` and not in `St. Lucia`, as the reader cuts it.
        if name.contains('.') {
            opens(name.split([' ', '-']).next().unwrap_or_default(), words);
        }
        // Plurals of peoples are no rows of the lists.
        if words == 1 {
            opens(&format!("{name}s"), 1);
        }
    }
    entries
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_look_up_knows_all_lists() {
        let of = |word: &str| entry(key(word));
        assert_eq!(of("President").cue, Some(Cue::Title));
        assert_eq!(of("the").cue, Some(Cue::Stop));
        assert!(of("WILLIAM").given && !of("Embassy").given);
        assert!(of("United").opens >= 3 && of("U.S.").opens >= 1 && of("Americans").opens == 1);
        assert_eq!(of("Shi\u{2019}ites").opens, 1);
        assert_eq!(of("qwerty"), Entry::default());
        assert_eq!(of(&"x".repeat(1000)), Entry::default());
    }

    /// The twin asks the lists: a word that opens a listed name says so, with enough words.
    #[test]
    fn every_listed_name_is_announced_by_its_first_word() {
        for name in lists::names() {
            let words: Vec<&str> = name
                .split([' ', '-'])
                .filter(|word| word.contains(char::is_alphanumeric))
                .collect();
            // The reader ends a word at any mark but points and apostrophes.
            let ends = |c: char| {
                let inside = matches!(c, '.' | '\'' | '\u{2019}') || is_combining_mark(c);
                !c.is_alphanumeric() && !inside
            };
            let first = name.split(ends).next().unwrap_or_default();
            assert!(of_first(first) as usize >= words.len(), "{name}");
            let length = name.len();
            for name in [name.to_uppercase(), format!("{name}s")] {
                if first.len() == length && lists::find(&name).is_some() {
                    assert!(entry(key(&name)).opens >= 1, "{name}");
                }
            }
        }
    }

    fn of_first(word: &str) -> u8 {
        entry(key(word))
            .opens
            .max(entry(key(word.trim_end_matches('.'))).opens)
    }
}
