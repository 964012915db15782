//! The words of many names, each looked at once, so that pairs of names are compared by number.
//!
//! Resolvers compare far more pairs than there are names, and names repeat few words. Length, letters and sound key of a word are
//! found once; most pairs of words are then told apart by the sets of their letters, and Jaro-Winkler is left for the rest.

use rustc_hash::FxHashMap;

use crate::entity::forms::{narrow, words};
use crate::entity::name::{is_filler, is_particle, sound_key};
use crate::text::similarity::{jaro_winkler, jaro_winkler_at_most};

/// Words and sound keys by number.
#[derive(Debug, Clone, Default)]
pub(crate) struct Vocabulary {
    words: Vec<Word>,
    numbers: FxHashMap<Box<str>, u32>,
    sounds: FxHashMap<String, u32>,
}

/// What comparisons ask of a word.
#[derive(Debug, Clone)]
pub(crate) struct Word {
    pub(crate) text: Box<str>,
    /// Number of its sound key.
    pub(crate) sound: u32,
    /// True with a digit or another number.
    pub(crate) numeric: bool,
    filler: bool,
    particle: bool,
    /// In characters.
    length: u32,
    /// Its characters; see [`letters`].
    letters: u64,
}

/// The set of the characters of a text; those equal modulo 64 fall together.
pub(crate) fn letters(text: &str) -> u64 {
    text.chars().fold(0, |set, c| set | 1 << (c as u32 % 64))
}

impl Word {
    /// Jaro-Winkler similarity with another word, when it is `least` or more.
    pub(crate) fn alike(&self, other: &Self, least: f64) -> Option<f64> {
        // A letter that the other word lacks has no partner there.
        let shared = |a: &Self, b: &Self| a.length - (a.letters & !b.letters).count_ones();
        let common = shared(self, other).min(shared(other, self));
        let same = self.text.chars().next() == other.text.chars().next();
        let most = jaro_winkler_at_most(common, (self.length, other.length), same);
        // Far more than the last bits of the two computations can differ.
        if most < least - 1e-9 {
            return None;
        }
        Some(jaro_winkler(&self.text, &other.text)).filter(|&value| value >= least)
    }
}

/// The words of a normal form, by number.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    /// Without a leading article.
    pub(crate) words: Vec<u32>,
    /// Words with numbers, sorted.
    numbers: Vec<u32>,
    /// All words written together.
    joined: u32,
}

impl Vocabulary {
    /// The number of a word.
    pub(crate) fn number(&mut self, word: &str) -> u32 {
        if let Some(&number) = self.numbers.get(word) {
            return number;
        }
        let next = narrow(self.sounds.len());
        let number = narrow(self.words.len());
        self.words.push(Word {
            text: word.into(),
            sound: *self.sounds.entry(sound_key(word)).or_insert(next),
            numeric: word.chars().any(char::is_numeric),
            filler: is_filler(word),
            particle: is_particle(word),
            length: narrow(word.chars().count()),
            letters: letters(word),
        });
        self.numbers.insert(word.into(), number);
        number
    }

    /// A word by its number.
    pub(crate) fn word(&self, number: u32) -> &Word {
        &self.words[number as usize]
    }

    /// The words of a normal form.
    pub(crate) fn parts(&mut self, normal: &str) -> Parts {
        let texts = words(normal);
        let words: Vec<u32> = texts.iter().map(|word| self.number(word)).collect();
        let mut numbers = words.clone();
        numbers.retain(|&word| self.word(word).numeric);
        numbers.sort_unstable();
        Parts {
            words,
            numbers,
            joined: self.number(&texts.concat()),
        }
    }

    /// [`akin`](crate::entity::forms::akin) of two words.
    fn akin(&self, a: u32, b: u32) -> bool {
        if a == b {
            return true;
        }
        let (x, y) = (self.word(a), self.word(b));
        (x.text.len() == 1 && y.text.starts_with(&*x.text))
            || (y.text.len() == 1 && x.text.starts_with(&*y.text))
            || (x.particle && y.particle)
            || (x.text.len().min(y.text.len()) >= 5
                && (x.sound == y.sound || x.alike(y, 0.92).is_some()))
    }

    /// [`contradict_words`](crate::entity::forms::contradict_words) of two names.
    pub(crate) fn contradict(&self, a: &Parts, b: &Parts, ends: bool) -> bool {
        if a.numbers != b.numbers {
            return true;
        }
        let own = |left: &Parts, right: &Parts| {
            let mut words = left.words.iter();
            words.any(|&word| {
                !self.word(word).filler
                    && !right.words.contains(&word)
                    && !right.words.iter().any(|&other| self.akin(word, other))
            })
        };
        if own(a, b) && own(b, a) {
            return a.joined != b.joined;
        }
        ends && a.words.len() != b.words.len() && {
            let (short, long) = if a.words.len() < b.words.len() {
                (&a.words, &b.words)
            } else {
                (&b.words, &a.words)
            };
            !long.iter().zip(short).all(|(&x, &y)| self.akin(x, y))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::entity::forms::{akin, contradict_words};

    const WORD: &str = "[a-dh]{1,7}|mohammed|muhamad|[éжa]{1,6}|al|bin|of|the|[0-9a]{1,2}";

    proptest! {
        /// The twins: the same questions about strings.
        #[test]
        fn numbers_answer_as_strings_do(a in prop::collection::vec(WORD, 1..5), b in prop::collection::vec(WORD, 1..5), ends in any::<bool>()) {
            let mut vocabulary = Vocabulary::default();
            let (a, b) = (a.join(" "), b.join(" "));
            let (x, y) = (vocabulary.parts(&a), vocabulary.parts(&b));
            let (a, b) = (words(&a), words(&b));
            prop_assert_eq!(vocabulary.contradict(&x, &y, ends), contradict_words(&a, &b, ends));
            for (&x, a) in x.words.iter().zip(&a) {
                for (&y, b) in y.words.iter().zip(&b) {
                    prop_assert_eq!(vocabulary.akin(x, y), akin(a, b), "{} {}", a, b);
                    let whole = jaro_winkler(a, b);
                    for least in [0.5, 0.8, whole] {
                        let alike = vocabulary.word(x).alike(vocabulary.word(y), least);
                        prop_assert_eq!(alike, (whole >= least).then_some(whole), "{} {}", a, b);
                    }
                }
            }
        }
    }
}
