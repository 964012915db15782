use proptest::prelude::*;

use super::*;
use crate::entity::name::sound_key;
use crate::text::similarity::jaro_winkler;

/// The twin: strings all the way, each looked at again for each pair.
fn slow(a: &str, b: &str, entity_type: &str) -> f64 {
    if a == b {
        return 1.0;
    }
    let person = is_person(entity_type);
    Plain::new(a, person).likeness(&Plain::new(b, person), person)
}

struct Plain {
    words: Vec<(String, f64)>,
}

impl Plain {
    fn new(normal: &str, person: bool) -> Self {
        let mut vocabulary = Vocabulary::default();
        let name = Name::new(normal, person, &mut vocabulary);
        let words = name.words.iter();
        Self {
            words: words
                .map(|&(word, weight)| (vocabulary.word(word).text.to_string(), weight))
                .collect(),
        }
    }

    fn likeness(&self, other: &Self, person: bool) -> f64 {
        let mut pairs = Vec::new();
        for (i, (a, weight_a)) in self.words.iter().enumerate() {
            for (j, (b, weight_b)) in other.words.iter().enumerate() {
                let alike = slow_words(a, b, person);
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
        if a.is_ascii() && b.is_ascii() && digits(&a).eq(digits(&b)) {
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

/// How surely two words are spellings of one, 0 to 1.
fn slow_words(a: &str, b: &str, person: bool) -> f64 {
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
    fn the_twin_agrees(
        a in prop::collection::vec("[a-eh]{1,7}|mohammed|muhamad|ltd|al|mr|[0-9a]{1,2}|ж", 1..5),
        b in prop::collection::vec("[a-eh]{1,7}|mohammed|muhamad|ltd|al|mr|[0-9a]{1,2}|ж", 1..5),
        slip in "[a-e]?",
        kind in prop::sample::select(vec!["PER", "ORG"]),
    ) {
        let (a, b) = (a.join(" "), b.join(" "));
        prop_assert_eq!(likeness(&a, &b, kind), slow(&a, &b, kind));
        // Names that are nearly equal.
        let near = format!("{slip}{a}");
        prop_assert_eq!(likeness(&a, &near, kind), slow(&a, &near, kind));
    }

    #[test]
    fn symmetric_and_bounded(a in "[a-f]{1,6}( [a-f]{1,6}){0,3}", b in "[a-f]{1,6}( [a-f]{1,6}){0,3}", person in any::<bool>()) {
        let kind = if person { "PER" } else { "ORG" };
        let like = likeness(&a, &b, kind);
        prop_assert!((0.0..=1.0).contains(&like));
        prop_assert_eq!(likeness(&a, &a, kind), 1.0);
    }
}
