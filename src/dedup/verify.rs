//! A second look: candidates of any other deduper, checked by exact similarity.
//!
//! # What it does
//! Sketches estimate; this algorithm lets one propose pairs and then computes the exact similarity of each proposed pair, so
//! that precision no longer depends on the estimate. Recall stays that of the proposer.
//!
//! # How it decides
//! Runs `inner` with `inner_params` and keeps its pairs from `candidates_from` up (groups of equal keys come back as they
//! are). The similarity of a kept pair is the exact one of their shingle sets.
//!
//! # Parameters
//! - `inner` (`minhash`) and `inner_params` (none): the algorithm that proposes.
//! - `candidates_from` (0): similarity by the inner algorithm from which a pair is checked; 0 checks all that it compared.
//! - `measure` (`jaccard`): `jaccard`, or `containment` (in the smaller of the two sets).
//! - `shingle` (`characters-4`) and `normalize`: what is compared.
//!
//! Default threshold 0.5 at every level: more shared than not, as for the exact `jaccard`.
//!
//! # Cost
//! That of the inner algorithm, and one merge of two sorted sets per candidate; the shingles of all units are kept, 8 bytes
//! each.
//!
//! # Known to miss
//! What the inner algorithm never proposes.
//!
//! # Reference
//! Broder, "On the resemblance and containment of documents" (1997); the second pass that pipelines have since dropped.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::corpus::Unit;
use crate::dedup::{Comparison, Deduper, Request, algorithms};
use crate::params::{Algorithm, Params};
use crate::registry::find;
use crate::task::Level;
use crate::text::normalize::Normalize;
use crate::text::shingle::{Buffers, Shingle, to_set};

/// What is computed for a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// Shared shingles over all shingles of both.
    Jaccard,
    /// Shared shingles over those of the smaller set.
    Containment,
}

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Verify {
    /// The algorithm that proposes.
    pub inner: String,
    /// Its parameters.
    pub inner_params: Params,
    /// Similarity by the inner algorithm from which a pair is checked.
    pub candidates_from: f64,
    /// What is computed for a candidate.
    pub measure: Measure,
    /// What is compared.
    pub shingle: Shingle,
    /// The knobs of normalisation.
    pub normalize: Normalize,
}

impl Default for Verify {
    fn default() -> Self {
        Self {
            inner: "minhash".to_owned(),
            inner_params: Params::new(),
            candidates_from: 0.0,
            measure: Measure::Jaccard,
            shingle: Shingle::characters(4),
            normalize: Normalize::default(),
        }
    }
}

impl Verify {
    fn inner(&self) -> Result<Box<dyn Deduper>, String> {
        if self.inner == "verify" {
            return Err("inner is `verify`; name the algorithm that proposes".to_owned());
        }
        let entries = algorithms();
        let (inner, _) = find(&entries, "deduper", &self.inner)?.build(&self.inner_params)?;
        Ok(inner)
    }

    fn similarity(&self, a: &[u64], b: &[u64]) -> f64 {
        let (mut i, mut j, mut shared) = (0, 0, 0usize);
        while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
            shared += usize::from(x == y);
            i += usize::from(x <= y);
            j += usize::from(y <= x);
        }
        let of = match self.measure {
            Measure::Jaccard => a.len() + b.len() - shared,
            Measure::Containment => a.len().min(b.len()),
        };
        if of == 0 {
            0.0
        } else {
            shared as f64 / of as f64
        }
    }
}

impl Algorithm for Verify {
    fn check(&self) -> Result<(), String> {
        if !(0.0..=1.0).contains(&self.candidates_from) {
            return Err(format!(
                "candidates_from is {}, must lie between 0 and 1",
                self.candidates_from
            ));
        }
        let inner = self.inner()?;
        if inner.levels().contains(&Level::Document) || inner.levels().contains(&Level::Segment) {
            return Ok(());
        }
        Err(format!("`{}` does not compare unordered pairs", self.inner))
    }
}

impl Deduper for Verify {
    fn compare(&self, units: &[Unit<'_>], request: &Request) -> Comparison {
        // Parameters were checked when the algorithm was built.
        let Ok(inner) = self.inner() else {
            return Comparison::default();
        };
        let asked = Request {
            floor: self.candidates_from,
            ..*request
        };
        let mut comparison = inner.compare(units, &asked);
        comparison
            .pairs
            .retain(|pair| pair.similarity >= self.candidates_from);
        let mut needed = vec![false; units.len()];
        for pair in &comparison.pairs {
            needed[pair.a as usize] = true;
            needed[pair.b as usize] = true;
        }
        let sets: Vec<Vec<u64>> = units
            .par_iter()
            .zip(&needed)
            .map_init(Buffers::default, |buffers, (unit, needed)| {
                let mut set = Vec::new();
                if *needed {
                    self.shingle
                        .hashes(unit.text, &self.normalize, buffers, &mut set);
                    to_set(&mut set);
                }
                set
            })
            .collect();
        comparison.pairs.par_iter_mut().for_each(|pair| {
            pair.similarity = self.similarity(&sets[pair.a as usize], &sets[pair.b as usize]);
        });
        comparison
            .counters
            .insert("verified".to_owned(), comparison.pairs.len() as u64);
        comparison
            .pairs
            .retain(|pair| pair.similarity >= request.floor);
        comparison
    }

    fn threshold(&self, _level: Level) -> f64 {
        0.5
    }

    fn levels(&self) -> &'static [Level] {
        &[Level::Document, Level::Segment]
    }

    fn seeded(&self) -> bool {
        self.inner().is_ok_and(|inner| inner.seeded())
    }

    fn quadratic(&self) -> bool {
        self.inner().is_ok_and(|inner| inner.quadratic())
    }

    fn pairwise(&self) -> bool {
        self.inner().is_ok_and(|inner| inner.pairwise())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::dedup::distinct::units;

    const REQUEST: Request = Request {
        level: Level::Segment,
        seed: 1,
        floor: 0.0,
    };

    fn verify(inner: &str) -> Verify {
        Verify {
            inner: inner.to_owned(),
            shingle: Shingle::words(1),
            ..Verify::default()
        }
    }

    #[test]
    fn the_similarity_is_exact_whatever_the_proposer_says() {
        let texts = ["a b c d", "a b c e f", "x y"];
        let comparison = verify("tfidf").compare(&units(&texts), &REQUEST);
        assert_eq!(comparison.pairs.len(), 1);
        assert_eq!(comparison.pairs[0].similarity, 3.0 / 6.0);
        assert_eq!(comparison.counters["verified"], 1);
        let contained = Verify {
            measure: Measure::Containment,
            ..verify("tfidf")
        };
        assert_eq!(
            contained.compare(&units(&texts), &REQUEST).pairs[0].similarity,
            3.0 / 4.0
        );
    }

    #[test]
    fn an_inner_algorithm_that_cannot_be_built_is_refused() {
        assert!(
            verify("nonsense")
                .check()
                .unwrap_err()
                .contains("unknown deduper")
        );
        assert!(verify("verify").check().is_err());
        assert!(verify("tfidf").check().is_ok());
        let params = Params::from_iter([("bands".to_owned(), serde_json::json!("many"))]);
        assert!(
            Verify {
                inner_params: params,
                ..Verify::default()
            }
            .check()
            .is_err()
        );
    }

    proptest! {
        #[test]
        fn equals_sets_of_strings_for_every_proposed_pair(texts in prop::collection::vec("[abc]( [abcd]){0,5}", 0..7)) {
            let units = units(&texts.iter().map(String::as_str).collect::<Vec<_>>());
            let proposed = find(&algorithms(), "deduper", "tfidf").unwrap().build(&Params::new()).unwrap().0.compare(&units, &REQUEST);
            let checked = verify("tfidf").compare(&units, &REQUEST);
            prop_assert_eq!(&checked.groups, &proposed.groups);
            prop_assert_eq!(checked.pairs.len(), proposed.pairs.len());
            for pair in &checked.pairs {
                let set = |unit: u32| -> BTreeSet<&str> { texts[unit as usize].split(' ').collect() };
                let (a, b) = (set(pair.a), set(pair.b));
                prop_assert_eq!(pair.similarity, a.intersection(&b).count() as f64 / a.union(&b).count() as f64);
            }
        }
    }
}
