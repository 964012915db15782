//! Equal texts after normalisation: one hash per unit.
//!
//! # What it does
//! Groups units whose texts are equal once Unicode form, case and white space are levelled.
//!
//! # How it decides
//! Normalises (NFC; optional lower case; runs of white space to one space), hashes to 128 bits, groups equal hashes. Equal hashes
//! have similarity 1, everything else is not returned.
//!
//! # Parameters
//! - `lowercase` (default true): ignore case.
//!
//! # Cost
//! One pass over the bytes, 16 bytes per unit.
//!
//! # Known to miss
//! Everything that differs in one letter.
//!
//! # Reference
//! Folklore; every corpus pipeline starts with it. Hash: XXH3-128.

use std::collections::BTreeMap;

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::corpus::Unit;
use crate::dedup::{Comparison, Deduper, Request};
use crate::params::Algorithm;
use crate::task::Level;

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Exact {
    /// Ignore case.
    pub lowercase: bool,
}

impl Default for Exact {
    fn default() -> Self {
        Self { lowercase: true }
    }
}

impl Algorithm for Exact {}

impl Exact {
    fn key(&self, text: &str) -> Option<u128> {
        let mut normal = String::with_capacity(text.len());
        for word in text.split_whitespace() {
            if !normal.is_empty() {
                normal.push(' ');
            }
            if self.lowercase {
                normal.extend(word.nfc().flat_map(char::to_lowercase));
            } else {
                normal.extend(word.nfc());
            }
        }
        (!normal.is_empty()).then(|| xxhash_rust::xxh3::xxh3_128(normal.as_bytes()))
    }
}

impl Deduper for Exact {
    fn compare(&self, units: &[Unit<'_>], _request: &Request) -> Comparison {
        let keys: Vec<Option<u128>> = units.par_iter().map(|unit| self.key(unit.text)).collect();
        let mut by_key: FxHashMap<u128, Vec<u32>> = FxHashMap::default();
        for (index, key) in keys.iter().enumerate() {
            if let Some(key) = key {
                by_key
                    .entry(*key)
                    .or_default()
                    .push(u32::try_from(index).unwrap_or(u32::MAX));
            }
        }
        let mut groups: Vec<Vec<u32>> = by_key
            .into_values()
            .filter(|group| group.len() > 1)
            .collect();
        groups.sort_unstable();
        let hashes = keys.iter().flatten().count() as u64;
        Comparison {
            pairs: Vec::new(),
            groups,
            counters: BTreeMap::from([("hashes".to_owned(), hashes)]),
        }
    }

    fn threshold(&self, _level: Level) -> f64 {
        1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_after_normalisation_and_empty_texts_in_no_group() {
        let texts = ["A  b", "a B\n", "cafe\u{301}", "caf\u{e9}", "", " "];
        let units: Vec<Unit<'_>> = texts
            .iter()
            .zip(0..)
            .map(|(text, document)| Unit {
                text,
                document,
                position: 0,
            })
            .collect();
        let request = Request {
            level: Level::Document,
            seed: 0,
            floor: 0.0,
        };
        assert_eq!(
            Exact::default().compare(&units, &request).groups,
            [vec![0, 1], vec![2, 3]]
        );
        assert_eq!(
            Exact { lowercase: false }.compare(&units, &request).groups,
            [vec![2, 3]]
        );
    }
}
