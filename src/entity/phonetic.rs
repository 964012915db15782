//! Names whose words sound alike are one entity, however they were transliterated.
//!
//! # What it does
//! Joins `Kataib` and `Kataeb`, `Mohammed` and `Muhamad`, `Qasim` and `Kasem`.
//!
//! # How it decides
//! Groups by type and the sound keys of all words, particles such as `al` left out. The key `transliteration` drops vowels and
//! `h` inside a word, doubled letters, and the choice of Latin letters for Arabic, Persian and Slavic sounds (`q`, `k`, `c`;
//! `kh`, `x`; `gh`, `g`; `w`, `v`); a word of few consonants keeps its last vowel. `double-metaphone` is the usual English key.
//!
//! # Parameters
//! - `key` (default `transliteration`): or `double-metaphone`.
//! - `min_length` (default 5): shorter words must be equal. Four letters hold too little (`Iran`, `Iraq` under coarser keys).
//!
//! # Cost
//! One key per distinct word and one map look-up per name.
//!
//! # Known to miss
//! Spellings that change a consonant; acronyms. Merges different names of one consonant skeleton.
//!
//! # Reference
//! Philips 2000, The Double Metaphone Search Algorithm; the transliteration key is ours, after the consonant skeletons that
//! Freeman, Condon and Ackerman 2006 use (Cross Linguistic Name Matching in English and Arabic).

use rphonetic::{DoubleMetaphone, Encoder};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::corpus::Corpus;
use crate::entity::forms::{Forms, words};
use crate::entity::name::{is_filler, normal_form, sound_key};
use crate::entity::{EntityResolver, MentionInput};
use crate::params::Algorithm;

/// How a word becomes a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Key {
    /// What transliterations share.
    #[default]
    Transliteration,
    /// Double Metaphone's first code.
    DoubleMetaphone,
}

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Phonetic {
    /// How a word becomes a key.
    pub key: Key,
    /// Shorter words must be equal, in letters.
    pub min_length: usize,
}

impl Default for Phonetic {
    fn default() -> Self {
        Self {
            key: Key::default(),
            min_length: 5,
        }
    }
}

impl Algorithm for Phonetic {}

impl Phonetic {
    /// Keys of all words of a normal form.
    pub(crate) fn name_key(&self, normal: &str) -> String {
        let mut key = String::new();
        for word in words(normal).into_iter().filter(|word| !is_filler(word)) {
            if !key.is_empty() {
                key.push(' ');
            }
            if word.chars().count() < self.min_length
                || !word.bytes().all(|byte| byte.is_ascii_lowercase())
            {
                key.push_str(word);
            } else {
                match self.key {
                    Key::Transliteration => key.push_str(&sound_key(word)),
                    Key::DoubleMetaphone => key.push_str(&DoubleMetaphone::default().encode(word)),
                }
            }
        }
        if key.is_empty() {
            normal.to_owned()
        } else {
            key
        }
    }
}

impl EntityResolver for Phonetic {
    fn resolve(&self, mentions: &[MentionInput<'_>], _corpus: &Corpus) -> Vec<u32> {
        let forms = Forms::new(mentions);
        let mut unions = forms.unions();
        let mut first: FxHashMap<(&str, String), usize> = FxHashMap::default();
        for (index, form) in forms.forms.iter().enumerate() {
            let with = *first
                .entry((form.entity_type, self.name_key(&form.normal)))
                .or_insert(index);
            unions.join(index, with);
        }
        forms.labels(unions)
    }

    fn similarity(&self, a: &MentionInput<'_>, b: &MentionInput<'_>) -> Option<f64> {
        let equal = self.name_key(&normal_form(a.text)) == self.name_key(&normal_form(b.text));
        Some(f64::from(u8::from(equal)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entity::testing::{NEGATIVE_CONTROLS, clusters, inputs};

    #[test]
    fn worked_example() {
        let mentions = inputs(&[
            ("ORG", "Kataib Hezbollah"),
            ("ORG", "Kataeb-Hezbollah"),
            ("ORG", "Hezbollah"),
            ("PER", "Qasim al-Araji"),
            ("PER", "Kassem Al Aragi"),
        ]);
        let labels = Phonetic::default().resolve(&mentions, &Corpus::default());
        assert_eq!(clusters(&labels), [vec![0, 1], vec![2], vec![3], vec![4]]);
        let metaphone = Phonetic {
            key: Key::DoubleMetaphone,
            ..Phonetic::default()
        };
        assert_eq!(
            clusters(&metaphone.resolve(&mentions, &Corpus::default()))[0],
            [0, 1]
        );
    }

    #[test]
    fn controls_stay_apart() {
        for key in [Key::Transliteration, Key::DoubleMetaphone] {
            for &(type_a, a, type_b, b) in NEGATIVE_CONTROLS {
                let resolver = Phonetic {
                    key,
                    ..Phonetic::default()
                };
                let labels =
                    resolver.resolve(&inputs(&[(type_a, a), (type_b, b)]), &Corpus::default());
                assert_ne!(labels[0], labels[1], "{a} / {b}");
            }
        }
    }
}
