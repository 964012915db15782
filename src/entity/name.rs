//! What resolvers share: normal forms, keys and sets of joined mentions.

use unicode_normalization::UnicodeNormalization;

/// Small letters without accents, dots and apostrophes; hyphens and other marks are spaces; one space between words.
///
/// `U.S.` and `US` are `us`; `Shi’ite` is `shiite`; `Al-Rubaye` is `al rubaye`.
pub fn normal_form(text: &str) -> String {
    let mut normal = String::with_capacity(text.len());
    let mut push = |c: char| {
        if c.is_alphanumeric() {
            normal.push(c);
        } else if !is_dropped(c) && !normal.is_empty() && !normal.ends_with(' ') {
            normal.push(' ');
        }
    };
    if text.is_ascii() {
        text.chars().for_each(|c| push(c.to_ascii_lowercase()));
    } else {
        text.nfkd()
            .filter(|&c| !unicode_normalization::char::is_combining_mark(c))
            .flat_map(char::to_lowercase)
            .for_each(push);
    }
    normal.truncate(normal.trim_end().len());
    normal
}

/// Marks that stand inside one word.
fn is_dropped(c: char) -> bool {
    matches!(
        c,
        '.' | '\''
            | '\u{2018}'
            | '\u{2019}'
            | '\u{201b}'
            | '\u{2bc}'
            | '\u{2be}'
            | '\u{2bf}'
            | '`'
            | '\u{ad}'
    )
}

/// True for a word between the parts of a name that tells nobody apart (`al`, `bin`, `of`, `the`).
pub fn is_filler(word: &str) -> bool {
    matches!(
        word,
        "of" | "the" | "and" | "for" | "in" | "on" | "to" | "a" | "an"
    ) || is_particle(word)
}

/// True for a particle of personal names.
pub fn is_particle(word: &str) -> bool {
    crate::entity::capitals::cues::PARTICLES
        .binary_search(&word)
        .is_ok()
        || matches!(
            word,
            "ad" | "an" | "ar" | "as" | "ash" | "at" | "az" | "ul" | "ud" | "ould" | "ben"
        )
}

/// First letters of the words of a normal form, fillers left out; with fillers when `all`.
pub fn initials(normal: &str, all: bool) -> String {
    normal
        .split(' ')
        .filter(|word| all || !is_filler(word))
        .filter_map(|word| word.chars().next())
        .collect()
}

/// A key that spellings of one transliterated name share: what vowels, doubled letters and the choice of Latin letters for
/// Arabic, Persian and Slavic sounds leave over. `kataib` and `kataeb`, `mohammed` and `muhamad`, `qaddafi` and `gadhafi` agree.
///
/// Vowels vanish after the first letter; an opening vowel becomes `a`. `k`, `q`, `c`, `g` and `gh` before other vowels than
/// `e`, `i` agree only where transliteration mixes them (`q`, `k`, `c`; `gh`, `g`). Words of fewer than three consonants keep their last vowel,
/// so that short names stay apart.
pub fn sound_key(word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    let mut key = String::with_capacity(word.len());
    let mut at = 0;
    let mut sounded = usize::MAX;
    while let Some(&c) = letters.get(at) {
        let next = letters.get(at + 1).copied();
        let mut used = 1;
        let sound = match (c, next) {
            ('s' | 'z' | 't' | 'd' | 'g' | 'k', Some('h')) => {
                used = 2;
                match c {
                    's' => 'S',
                    'z' => 'j',
                    't' => 't',
                    'd' => 'd',
                    'g' => 'g',
                    _ => 'H',
                }
            }
            ('c', Some('h')) => {
                used = 2;
                'C'
            }
            ('p', Some('h')) => {
                used = 2;
                'f'
            }
            ('t', Some('z' | 's')) => {
                used = 2;
                's'
            }
            ('c' | 'q', _) => 'k',
            ('x', _) => 'H',
            ('w', _) => 'v',
            ('a' | 'e' | 'i' | 'o' | 'u' | 'y', _) => {
                if key.is_empty() {
                    'a'
                } else {
                    at += 1;
                    continue;
                }
            }
            ('h', _) if !key.is_empty() => {
                at += 1;
                continue;
            }
            (other, _) => other,
        };
        // A doubled letter counts once; the same sound after a vowel counts again.
        if sounded != at || !key.ends_with(sound) {
            key.push(sound);
        }
        at += used;
        sounded = at;
    }
    if key.chars().count() < 3
        && let Some(vowel) = letters
            .iter()
            .rev()
            .find(|c| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y'))
    {
        key.push(vowel.to_ascii_uppercase());
    }
    key
}

/// Sets of mentions that are joined step by step. The smallest member stands for its set, so that the order of joining does not
/// show.
#[derive(Debug, Clone)]
pub struct Unions {
    parent: Vec<u32>,
}

impl Unions {
    /// `count` sets of one.
    pub fn new(count: usize) -> Self {
        Self {
            parent: (0..u32::try_from(count).unwrap_or(u32::MAX)).collect(),
        }
    }

    /// The smallest member of the set of `item`.
    pub fn find(&mut self, item: usize) -> usize {
        let mut at = item;
        while let Some(&parent) = self.parent.get(at) {
            let parent = parent as usize;
            if parent == at {
                break;
            }
            let grand = self.parent.get(parent).copied().unwrap_or_default();
            if let Some(slot) = self.parent.get_mut(at) {
                *slot = grand;
            }
            at = parent;
        }
        at
    }

    /// Joins the sets of `a` and `b`.
    pub fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.find(a), self.find(b));
        let (low, high) = (a.min(b), a.max(b));
        if let Some(slot) = self.parent.get_mut(high) {
            *slot = u32::try_from(low).unwrap_or(u32::MAX);
        }
    }

    /// One number per item: equal for the members of a set.
    pub fn labels(mut self) -> Vec<u32> {
        (0..self.parent.len())
            .map(|item| u32::try_from(self.find(item)).unwrap_or(u32::MAX))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn normal_forms() {
        for (text, normal) in [
            ("U.S.", "us"),
            ("Shi’ite", "shiite"),
            ("Al-Rubaye", "al rubaye"),
            ("São  Tomé", "sao tome"),
            (" A&B. ", "a b"),
        ] {
            assert_eq!(normal_form(text), normal);
        }
        assert_eq!(initials("front for the liberation of x", false), "flx");
    }

    #[test]
    fn transliterations_share_a_key_and_neighbours_do_not() {
        for (a, b) in [
            ("kataib", "kataeb"),
            ("mohammed", "muhamad"),
            ("qasim", "kasem"),
            ("hussein", "husayn"),
            ("khamenei", "xamenei"),
            ("yusuf", "yousef"),
        ] {
            assert_eq!(sound_key(a), sound_key(b), "{a} {b}");
        }
        for (a, b) in [
            ("iran", "iraq"),
            ("ali", "alo"),
            ("khalid", "mohy"),
            ("mahdi", "majid"),
        ] {
            assert_ne!(sound_key(a), sound_key(b), "{a} {b}");
        }
    }

    proptest! {
        #[test]
        fn normal_form_is_stable(text in "\\PC{0,40}") {
            let once = normal_form(&text);
            prop_assert_eq!(normal_form(&once), once);
        }

        /// The twin: repeated relabelling.
        #[test]
        fn unions_agree_with_relabelling(joins in prop::collection::vec((0usize..12, 0usize..12), 0..20)) {
            let mut unions = Unions::new(12);
            let mut slow: Vec<u32> = (0..12).collect();
            for (a, b) in joins {
                unions.join(a, b);
                let (low, high) = (slow[a].min(slow[b]), slow[a].max(slow[b]));
                for label in &mut slow {
                    if *label == high {
                        *label = low;
                    }
                }
            }
            prop_assert_eq!(unions.labels(), slow);
        }
    }
}
