//! Mentions with equal texts are one entity: the floor of name resolution.
//!
//! # What it does
//! Puts two mentions into one cluster when type and text are equal to the byte.
//!
//! # How it decides
//! Groups by (type, text).
//!
//! # Parameters
//! None.
//!
//! # Cost
//! One hash map look-up per mention.
//!
//! # Known to miss
//! Every variant spelling: `US` and `U.S.` stay apart.
//!
//! # Reference
//! Folklore; the baseline of every resolution paper.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::corpus::Corpus;
use crate::entity::{EntityResolver, MentionInput};
use crate::params::Algorithm;

/// See the module's manual page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ExactText {}

impl Algorithm for ExactText {}

impl EntityResolver for ExactText {
    fn resolve(&self, mentions: &[MentionInput<'_>], _corpus: &Corpus) -> Vec<u32> {
        let mut clusters = BTreeMap::new();
        mentions
            .iter()
            .map(|mention| {
                let next = u32::try_from(clusters.len()).unwrap_or(u32::MAX);
                *clusters
                    .entry((mention.entity_type, mention.text))
                    .or_insert(next)
            })
            .collect()
    }

    fn similarity(&self, a: &MentionInput<'_>, b: &MentionInput<'_>) -> Option<f64> {
        Some(f64::from(u8::from(a.text == b.text)))
    }
}
