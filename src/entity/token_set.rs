//! Names that share most words, in any order, are one entity.
//!
//! # What it does
//! Joins `Mahdi, Adel Abdul` and `Adel Abdul Mahdi`.
//!
//! # How it decides
//! Similarity is twice the number of common words over the number of all words (Dice), on normal forms without articles and
//! prepositions. Names of one type at `threshold` or more are joined unless they contradict each other.
//!
//! # Parameters
//! - `threshold` (default 0.75): three of four words in common; half would join every two names of two words with one in common.
//! - `forbid` (default true): names that contradict each other stay apart.
//!
//! # Cost
//! All pairs of distinct names.
//!
//! # Known to miss
//! Any change inside a word; acronyms; surnames alone.
//!
//! # Reference
//! Dice 1945, Measures of the Amount of Ecologic Association Between Species.

use serde::{Deserialize, Serialize};

use crate::corpus::Corpus;
use crate::entity::forms::{Forms, words};
use crate::entity::name::{is_filler, normal_form};
use crate::entity::{EntityResolver, MentionInput};
use crate::params::Algorithm;

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TokenSet {
    /// Least similarity that joins.
    pub threshold: f64,
    /// Names that contradict each other stay apart.
    pub forbid: bool,
}

impl Default for TokenSet {
    fn default() -> Self {
        Self {
            threshold: 0.75,
            forbid: true,
        }
    }
}

impl Algorithm for TokenSet {
    fn check(&self) -> Result<(), String> {
        super::check_threshold(self.threshold)
    }
}

/// Twice the common words over all words of two normal forms.
pub(crate) fn token_set(a: &str, b: &str) -> f64 {
    let set = |normal| {
        let mut set: Vec<&str> = words(normal)
            .into_iter()
            .filter(|word| !is_filler(word))
            .collect();
        set.sort_unstable();
        set.dedup();
        set
    };
    let (a, b) = (set(a), set(b));
    let common = a
        .iter()
        .filter(|word| b.binary_search(word).is_ok())
        .count();
    match a.len() + b.len() {
        0 => 1.0,
        all => 2.0 * common as f64 / all as f64,
    }
}

impl EntityResolver for TokenSet {
    fn resolve(&self, mentions: &[MentionInput<'_>], _corpus: &Corpus) -> Vec<u32> {
        Forms::new(mentions).link(self.threshold, self.forbid, |a, b| {
            token_set(&a.normal, &b.normal)
        })
    }

    fn similarity(&self, a: &MentionInput<'_>, b: &MentionInput<'_>) -> Option<f64> {
        Some(token_set(&normal_form(a.text), &normal_form(b.text)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::entity::testing::{clusters, inputs};

    #[test]
    fn worked_example() {
        // {adel, abdul, mahdi} on both sides: 6 / 6; {popular, mobilization, forces} and {peoples, mobilization, forces}: 4 / 6.
        let mentions = inputs(&[
            ("PER", "Mahdi, Adel Abdul"),
            ("PER", "Adel Abdul Mahdi"),
            ("ORG", "Popular Mobilization Forces"),
            ("ORG", "People's Mobilization Forces"),
        ]);
        let labels = TokenSet::default().resolve(&mentions, &Corpus::default());
        assert_eq!(clusters(&labels), [vec![0, 1], vec![2], vec![3]]);
        assert!(
            (token_set("popular mobilization forces", "peoples mobilization forces") - 4.0 / 6.0)
                .abs()
                < 1e-12
        );
    }

    proptest! {
        /// The twin compares every word with every word.
        #[test]
        fn twin(a in "[a-d]{1,2}( [a-d]{1,2}){0,4}", b in "[a-d]{1,2}( [a-d]{1,2}){0,4}") {
            let set = |text: &str| -> std::collections::BTreeSet<String> { text.split(' ').filter(|word| !is_filler(word)).map(str::to_owned).collect() };
            let (x, y) = (set(&a), set(&b));
            let expected = if x.is_empty() && y.is_empty() { 1.0 } else { 2.0 * x.intersection(&y).count() as f64 / (x.len() + y.len()) as f64 };
            prop_assert!((token_set(&a, &b) - expected).abs() < 1e-12);
        }
    }
}
