//! How alike two names are: their words matched one to one, with tolerance for spelling, initials, order and legal forms.
//!
//! Every word has a weight: 1, but less for particles, and little for legal forms of companies (`Ltd`, `GmbH`), which are first
//! brought to one word each. Words are paired greedily, the most alike first (ties by position), and the similarity is twice the
//! matched weight over all weight. Words that join or split (`SiemensAG`) and slips of the pen are caught by the edits between the names
//! written together: one in six letters or more, two in ten or more, none in digits.
//! A personal name with an unmatched word on both sides is somebody else's.

use std::cmp::Ordering;

use any_ascii::any_ascii;

mod words;

use words::{LEGAL_FORMS, LONG_LEGAL_FORMS, TITLES, legal_form};

use crate::entity::name::{is_filler, is_particle, normal_form};
use crate::entity::vocabulary::{Vocabulary, Word, letters};
use crate::text::similarity::jaro_winkler;

/// Similarity of two normal forms, 0 to 1. Names beyond Latin letters are transliterated first.
pub fn likeness(a: &str, b: &str, entity_type: &str) -> f64 {
    if a == b {
        return 1.0;
    }
    let person = is_person(entity_type);
    let mut vocabulary = Vocabulary::default();
    let x = Name::new(a, person, &mut vocabulary);
    let y = Name::new(b, person, &mut vocabulary);
    x.likeness(&y, person, &vocabulary, &mut Room::default())
}

/// True for the types of persons' names.
pub(crate) fn is_person(entity_type: &str) -> bool {
    matches!(entity_type, "PER" | "PERSON" | "Person" | "person")
}

/// A normal form prepared for [`likeness`] with others of its type.
#[derive(Debug, Clone)]
pub(crate) struct Name {
    /// Words by number with their weights.
    words: Vec<(u32, f64)>,
    weight: f64,
    /// Words that weigh something, written together.
    joined: String,
    /// Of `joined`; see [`letters`].
    letters: u64,
}

/// What a comparison writes down; kept from one to the next.
#[derive(Debug, Default)]
pub(crate) struct Room {
    pairs: Vec<(f64, usize, usize)>,
    used: [Vec<bool>; 2],
}

impl Name {
    pub(crate) fn new(normal: &str, person: bool, vocabulary: &mut Vocabulary) -> Self {
        let latin = if normal.is_ascii() {
            normal.to_owned()
        } else {
            normal_form(&any_ascii(normal))
        };
        let mut text = latin;
        if !person {
            for (long, short) in LONG_LEGAL_FORMS {
                if text.contains(long) {
                    text = text.replace(long, short);
                }
            }
            let words: Vec<&str> = text
                .split(' ')
                .map(|word| legal_form(word).unwrap_or(word))
                .collect();
            text = words.join(" ");
        }
        let weight = |word: &str| {
            if person && TITLES.binary_search(&word).is_ok() {
                0.0
            } else if is_particle(word) || is_filler(word) {
                0.2
            } else if !person && LEGAL_FORMS.iter().any(|(_, form)| *form == word) {
                0.3
            } else {
                1.0
            }
        };
        let mut words: Vec<(&str, f64)> = text
            .split(' ')
            .filter(|word| !word.is_empty())
            .map(|word| (word, weight(word)))
            .collect();
        // A name written twice is one name.
        let half = words.len() / 2;
        if half > 0 && words.len().is_multiple_of(2) && words[..half] == words[half..] {
            words.truncate(half);
        }
        if words.iter().all(|(_, weight)| *weight == 0.0) {
            words.iter_mut().for_each(|(_, weight)| *weight = 1.0);
        }
        let joined: String = words
            .iter()
            .filter(|(_, weight)| *weight > 0.25)
            .map(|(word, _)| *word)
            .collect();
        Self {
            weight: words.iter().map(|(_, weight)| weight).sum(),
            letters: letters(&joined),
            joined,
            words: words
                .into_iter()
                .map(|(word, weight)| (vocabulary.number(word), weight))
                .collect(),
        }
    }

    /// Likeness with a name prepared with the same vocabulary for the same kind of type.
    pub(crate) fn likeness(
        &self,
        other: &Self,
        person: bool,
        vocabulary: &Vocabulary,
        room: &mut Room,
    ) -> f64 {
        let Room {
            pairs,
            used: [used_a, used_b],
        } = room;
        pairs.clear();
        for (i, &(a, weight_a)) in self.words.iter().enumerate() {
            for (j, &(b, weight_b)) in other.words.iter().enumerate() {
                let alike = if a == b {
                    1.0
                } else {
                    word_likeness(vocabulary.word(a), vocabulary.word(b), person)
                };
                if alike > 0.0 {
                    pairs.push((crate::task::rounded(alike * (weight_a + weight_b)), i, j));
                }
            }
        }
        pairs.sort_unstable_by(|x, y| match y.0.total_cmp(&x.0) {
            Ordering::Equal => (x.1, x.2).cmp(&(y.1, y.2)),
            unequal => unequal,
        });
        for (name, used) in [(self, &mut *used_a), (other, &mut *used_b)] {
            used.clear();
            used.resize(name.words.len(), false);
        }
        let mut matched = 0.0;
        for &(weight, i, j) in pairs.iter() {
            if !used_a[i] && !used_b[j] {
                (used_a[i], used_b[j]) = (true, true);
                matched += weight;
            }
        }
        let all = self.weight + other.weight;
        let own = |name: &Self, used: &[bool]| {
            name.words
                .iter()
                .zip(used)
                .any(|((_, weight), used)| !used && *weight >= 1.0)
        };
        let mut like = if all > 0.0 {
            (matched / all).min(1.0)
        } else {
            0.0
        };
        if own(self, used_a) && own(other, used_b) {
            like *= if person { 0.6 } else { 0.8 };
        }
        match self.few_slips(other) {
            Some((slips, length)) => like.max(1.0 - slips as f64 / length as f64),
            None => like,
        }
    }

    /// Words joined or split, and one or two slips in the whole name: their number and the length of the longer name.
    fn few_slips(&self, other: &Self) -> Option<(usize, usize)> {
        let (a, b) = (&self.joined, &other.joined);
        let length = a.len().max(b.len());
        let allowed = match length {
            0 => return None,
            1..6 => 0,
            6..10 => 1,
            _ => 2,
        };
        // One slip takes away one letter or brings one in.
        let foreign = |x: u64, y: u64| (x & !y).count_ones() as usize;
        if a.len().abs_diff(b.len()) > allowed
            || foreign(self.letters, other.letters) > allowed
            || foreign(other.letters, self.letters) > allowed
            || !a.is_ascii()
            || !b.is_ascii()
            || !digits(a).eq(digits(b))
        {
            return None;
        }
        let slips = slips(a.as_bytes(), b.as_bytes(), allowed);
        (slips <= allowed).then_some((slips, length))
    }
}

/// The digits of a name, in order.
fn digits(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().filter(u8::is_ascii_digit)
}

/// Least number of letters inserted, deleted, replaced or swapped with their neighbour that makes `b` of `a`; anything above
/// `limit` may come out as any number above it.
fn slips(a: &[u8], b: &[u8], limit: usize) -> usize {
    if a.len().abs_diff(b.len()) > limit {
        return limit + 1;
    }
    let width = b.len() + 1;
    let mut before: Vec<usize> = vec![0; width];
    let mut last: Vec<usize> = (0..width).collect();
    let mut this = vec![0; width];
    for (i, x) in a.iter().enumerate() {
        this[0] = i + 1;
        let mut least = i + 1;
        for (j, y) in b.iter().enumerate() {
            let mut cost = (last[j] + usize::from(x != y))
                .min(last[j + 1] + 1)
                .min(this[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                cost = cost.min(before[j - 1] + 1);
            }
            this[j + 1] = cost;
            least = least.min(cost);
        }
        if least > limit + 1 {
            return limit + 1;
        }
        std::mem::swap(&mut before, &mut last);
        std::mem::swap(&mut last, &mut this);
    }
    last.last().copied().unwrap_or_default()
}

/// How surely two words that are not equal are spellings of one, 0 to 1.
fn word_likeness(a: &Word, b: &Word, person: bool) -> f64 {
    if a.numeric || b.numeric {
        return 0.0;
    }
    let (short, long) = if a.text.len() <= b.text.len() {
        (a, b)
    } else {
        (b, a)
    };
    match short.text.len() {
        1 if person && long.text.starts_with(&*short.text) => 0.85,
        0..=2 => 0.0,
        length => {
            if length >= 4 && a.sound == b.sound {
                return jaro_winkler(&a.text, &b.text).max(0.95);
            }
            let least = if length <= 4 { 0.91 } else { 0.88 };
            a.alike(b, least).unwrap_or_default()
        }
    }
}

#[cfg(test)]
mod tests;
