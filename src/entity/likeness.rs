//! How alike two names are: their words matched one to one, with tolerance for spelling, initials, order and legal forms.
//!
//! Every word has a weight: 1, but less for particles, and little for legal forms of companies (`Ltd`, `GmbH`), which are first
//! brought to one word each. Words are paired greedily, the most alike first (ties by position), and the similarity is twice the
//! matched weight over all weight. Words that join or split (`SiemensAG`) and slips of the pen are caught by the edits between the names
//! written together: one in six letters or more, two in ten or more, none in digits.
//! A personal name with an unmatched word on both sides is somebody else's.

use any_ascii::any_ascii;

mod words;

use words::{LEGAL_FORMS, LONG_LEGAL_FORMS, TITLES, legal_form};

use crate::entity::name::{is_filler, is_particle, normal_form, sound_key};
use crate::text::similarity::jaro_winkler;

/// Similarity of two normal forms, 0 to 1. Names beyond Latin letters are transliterated first.
pub fn likeness(a: &str, b: &str, entity_type: &str) -> f64 {
    if a == b {
        return 1.0;
    }
    let person = matches!(entity_type, "PER" | "PERSON" | "Person" | "person");
    let (x, y) = (Name::new(a, person), Name::new(b, person));
    x.likeness(&y, person)
}

struct Name {
    words: Vec<(String, f64)>,
}

impl Name {
    fn new(normal: &str, person: bool) -> Self {
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
        let mut words: Vec<(String, f64)> = text
            .split(' ')
            .filter(|word| !word.is_empty())
            .map(|word| {
                let weight = if person && TITLES.binary_search(&word).is_ok() {
                    0.0
                } else if is_particle(word) || is_filler(word) {
                    0.2
                } else if !person && LEGAL_FORMS.iter().any(|(_, form)| *form == word) {
                    0.3
                } else {
                    1.0
                };
                (word.to_owned(), weight)
            })
            .collect();
        // A name written twice is one name.
        let half = words.len() / 2;
        if half > 0 && words.len().is_multiple_of(2) && words[..half] == words[half..] {
            words.truncate(half);
        }
        if words.iter().all(|(_, weight)| *weight == 0.0) {
            words.iter_mut().for_each(|(_, weight)| *weight = 1.0);
        }
        Self { words }
    }

    fn likeness(&self, other: &Self, person: bool) -> f64 {
        let mut pairs = Vec::new();
        for (i, (a, weight_a)) in self.words.iter().enumerate() {
            for (j, (b, weight_b)) in other.words.iter().enumerate() {
                let alike = word_likeness(a, b, person);
                if alike > 0.0 {
                    pairs.push((crate::task::rounded(alike * (weight_a + weight_b)), i, j));
                }
            }
        }
        pairs.sort_by(|x, y| y.0.total_cmp(&x.0).then(x.1.cmp(&y.1)).then(x.2.cmp(&y.2)));
        let mut used_a = vec![false; self.words.len()];
        let mut used_b = vec![false; other.words.len()];
        let mut matched = 0.0;
        for (weight, i, j) in pairs {
            if !used_a[i] && !used_b[j] {
                (used_a[i], used_b[j]) = (true, true);
                matched += weight;
            }
        }
        let weight = |name: &Self| name.words.iter().map(|(_, weight)| weight).sum::<f64>();
        let all = weight(self) + weight(other);
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
        if own(self, &used_a) && own(other, &used_b) {
            like *= if person { 0.6 } else { 0.8 };
        }
        // Words joined or split, and one or two slips in the whole name.
        let joined = |name: &Self| {
            name.words
                .iter()
                .filter(|(_, weight)| *weight > 0.25)
                .map(|(word, _)| word.as_str())
                .collect::<String>()
        };
        let (a, b) = (joined(self), joined(other));
        if a.is_ascii() && b.is_ascii() && digits(&a) == digits(&b) {
            let length = a.len().max(b.len());
            let allowed = match length {
                0..6 => 0,
                6..10 => 1,
                _ => 2,
            };
            let slips = slips(a.as_bytes(), b.as_bytes(), allowed);
            if slips <= allowed && length > 0 {
                like = like.max(1.0 - slips as f64 / length as f64);
            }
        }
        like
    }
}

/// The digits of a name, in order.
fn digits(name: &str) -> String {
    name.chars().filter(char::is_ascii_digit).collect()
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

/// How surely two words are spellings of one, 0 to 1.
fn word_likeness(a: &str, b: &str, person: bool) -> f64 {
    if a == b {
        return 1.0;
    }
    if a.chars().any(|c| c.is_numeric()) || b.chars().any(|c| c.is_numeric()) {
        return 0.0;
    }
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.len() == 1 {
        return if person && long.starts_with(short) {
            0.85
        } else {
            0.0
        };
    }
    if short.len() <= 2 {
        return 0.0;
    }
    let letters = jaro_winkler(a, b);
    let sounds = sound_key(a) == sound_key(b) && short.len() >= 3;
    if sounds && short.len() >= 4 {
        return letters.max(0.95);
    }
    let least = if short.len() <= 4 { 0.91 } else { 0.88 };
    if letters >= least {
        return letters;
    }
    0.0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn worked_examples() {
        let like = |a: &str, b: &str, kind: &str| likeness(&normal_form(a), &normal_form(b), kind);
        // ivan, petrov and the initial: 1 + 1 on one side and 1 + 0.85 shared twice: (2 + 1.7) / 4.
        assert!((like("I. Petrov", "Ivan Petrov", "PER") - 3.7 / 4.0).abs() < 1e-9);
        assert_eq!(like("Petrov Ivan", "Ivan Petrov", "PER"), 1.0);
        assert!(like("Acme Limited", "Acme Ltd.", "ORG") > 0.99);
        assert!(like("Иван Петров", "Ivan Petrov", "PER") > 0.9);
        assert!(like("Anna Petrova", "Olga Petrova", "PER") < 0.5);
        // One letter too many in fifteen.
        assert!((like("Acme Corporatiion", "Acme Corporation", "PER") - 1.0).abs() < 0.1);
        assert_eq!(slips(b"martha", b"marhta", 2), 1);
        assert!(like("Acme Trust 3", "Acme Trust 4", "ORG") < 0.7);
    }

    proptest! {
        #[test]
        fn symmetric_and_bounded(a in "[a-f]{1,6}( [a-f]{1,6}){0,3}", b in "[a-f]{1,6}( [a-f]{1,6}){0,3}", person in any::<bool>()) {
            let kind = if person { "PER" } else { "ORG" };
            let like = likeness(&a, &b, kind);
            prop_assert!((0.0..=1.0).contains(&like));
            prop_assert_eq!(likeness(&a, &a, kind), 1.0);
        }
    }
}
