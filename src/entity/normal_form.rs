//! Mentions with equal normal forms are one entity: case, dots, hyphens, apostrophes and accents are levelled.
//!
//! # What it does
//! Joins `U.S.` and `US`, `Shi’ite` and `Shiite`, `AL-RUBAYE` and `Al Rubaye`.
//!
//! # How it decides
//! Groups by (type, normal form): NFKD without combining marks, small letters, no dots and apostrophes, spaces for other marks.
//!
//! # Parameters
//! - `types` (default true): mentions of different types stay apart.
//!
//! # Cost
//! One normal form and one map look-up per mention.
//!
//! # Known to miss
//! Other words for the same thing (`United States`), and names that differ by one letter.
//!
//! # Reference
//! Folklore; Unicode Standard Annex 15 for the decomposition.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::corpus::Corpus;
use crate::entity::name::normal_form;
use crate::entity::{EntityResolver, MentionInput};
use crate::params::Algorithm;

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NormalForm {
    /// Mentions of different types stay apart.
    pub types: bool,
}

impl Default for NormalForm {
    fn default() -> Self {
        Self { types: true }
    }
}

impl Algorithm for NormalForm {}

impl EntityResolver for NormalForm {
    fn resolve(&self, mentions: &[MentionInput<'_>], _corpus: &Corpus) -> Vec<u32> {
        let mut clusters = HashMap::new();
        mentions
            .iter()
            .map(|mention| {
                let next = u32::try_from(clusters.len()).unwrap_or(u32::MAX);
                let entity_type = if self.types { mention.entity_type } else { "" };
                *clusters
                    .entry((entity_type, normal_form(mention.text)))
                    .or_insert(next)
            })
            .collect()
    }

    fn similarity(&self, a: &MentionInput<'_>, b: &MentionInput<'_>) -> Option<f64> {
        Some(f64::from(u8::from(
            normal_form(a.text) == normal_form(b.text),
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entity::testing::{clusters, inputs};

    #[test]
    fn worked_example() {
        let mentions = inputs(&[
            ("GPE", "U.S."),
            ("GPE", "US"),
            ("NORP", "Shi’ite"),
            ("NORP", "SHIITE"),
            ("ORG", "US"),
        ]);
        let labels = NormalForm::default().resolve(&mentions, &Corpus::default());
        assert_eq!(clusters(&labels), [vec![0, 1], vec![2, 3], vec![4]]);
        let labels = NormalForm { types: false }.resolve(&mentions, &Corpus::default());
        assert_eq!(clusters(&labels), [vec![0, 1, 4], vec![2, 3]]);
    }
}
