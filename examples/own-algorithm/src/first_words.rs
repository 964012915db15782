//! Units that open with the same words are copies: an example of an algorithm of one's own.
//!
//! # What it does
//! Pairs two units when their first words are equal, ignoring case.
//!
//! # How it decides
//! Reads the first `words` words of each unit, in lower case, and groups units with equal ones. Units with fewer words are left out.
//!
//! # Parameters
//! - `words` (default 5): how many words are compared. Chosen for the example, not measured.
//!
//! # Cost
//! One look at the head of each unit.
//!
//! # Known to miss
//! Copies whose first sentence was changed.
//!
//! # Reference
//! None: this is an example.

use std::collections::BTreeMap;

use karat::corpus::Unit;
use karat::dedup::{Comparison, Deduper, Request};
use karat::params::Algorithm;
use karat::task::Level;
use karat::text::token::words;
use serde::{Deserialize, Serialize};

/// See the module's manual page.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FirstWords {
    /// How many words are compared.
    pub words: usize,
}

impl Default for FirstWords {
    fn default() -> Self {
        Self { words: 5 }
    }
}

impl Algorithm for FirstWords {
    fn check(&self) -> Result<(), String> {
        if self.words == 0 {
            return Err("words = 0 would pair everything; give 1 or more".to_owned());
        }
        Ok(())
    }
}

impl Deduper for FirstWords {
    fn compare(&self, units: &[Unit<'_>], _request: &Request) -> Comparison {
        let mut groups: BTreeMap<Vec<String>, Vec<u32>> = BTreeMap::new();
        for (index, unit) in (0u32..).zip(units) {
            let head: Vec<String> = words(unit.text)
                .take(self.words)
                .map(|span| unit.text[span.start..span.end].to_lowercase())
                .collect();
            if head.len() == self.words {
                groups.entry(head).or_default().push(index);
            }
        }
        Comparison {
            groups: groups
                .into_values()
                .filter(|group| group.len() > 1)
                .collect(),
            ..Comparison::default()
        }
    }

    fn threshold(&self, _level: Level) -> f64 {
        1.0
    }
}
