//! MinHash signatures with banded locality-sensitive hashing: Jaccard similarity without comparing all pairs.
//!
//! # What it does
//! Sketches every unit into a fixed number of hash minima; two units whose minima agree on a whole band become candidates,
//! and the share of all minima that agree is the similarity.
//!
//! # How it decides
//! Normalises, takes shingles, keeps the smallest value of each of `bands * rows` seeded hash functions. Candidates share all rows
//! of a band; their similarity is the share of agreeing minima, an unbiased estimate of Jaccard similarity with standard
//! deviation sqrt(J(1 - J) / hashes). Units with equal signatures are one group.
//!
//! # Parameters
//! - `bands` (default 16), `rows` (default 8): half of the pairs with Jaccard 0.71 become candidates. 128 hashes are what
//!   RedPajama-V2, Zyda and duplodocus use; 16 x 8 puts the half-way point at 0.7, the default of text-dedup and datatrove.
//! - `target` (default none): instead of `bands` and `rows` as given, the banding of at most `bands * rows` hashes that fits this
//!   similarity best, false positives weighted with `false_positive_weight` (default 0.5), false negatives with
//!   `false_negative_weight` (default 0.5), as in datasketch.
//! - `scheme` (default `classic`): `classic` hash functions, or `one-permutation` with optimal densification (one hash per shingle).
//! - `bits` (default 32): bits kept of each minimum; 1, 2, 4, 8, 16 or 32. Chance agreements are taken out of the estimate.
//! - `shingle` (default `words-5`), `normalize`: as for `jaccard`.
//!
//! Default threshold: 0.7 for documents and segments, the half-way point of the default banding and the default of
//! text-dedup; with a `target`, that target. Bandings for lower similarities want a lower threshold of their own.
//!
//! # Cost
//! `bands * rows` multiplications per shingle in wide registers (one hash with `one-permutation`), `bits` / 8 bytes per hash and 4
//! more per unit (516 bytes at the defaults), and sorting `bands` keys of 12 bytes per unit.
//!
//! # Known to miss
//! Pairs under the S-curve of the banding (`karat curve --analytic`); news rewrites, whose Jaccard is often 0.1 to 0.3, at the
//! defaults; copies of a part. The answer depends on the seed.
//!
//! # Reference
//! A. Broder, On the resemblance and containment of documents, SEQUENCES 1997. P. Indyk and R. Motwani, STOC 1998. A.
//! Shrivastava, Optimal densification for fast and accurate minwise hashing, ICML 2017. P. Li and A. C. König, b-bit minwise
//! hashing, WWW 2010.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::corpus::Unit;
use crate::dedup::lsh::{Banding, band_key};
use crate::dedup::{Comparison, Deduper, Request, Scratch, Sketcher, signature, sketched};
use crate::params::Algorithm;
use crate::task::Level;
use crate::text::normalize::Normalize;
use crate::text::shingle::Shingle;

/// How minima are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scheme {
    /// One hash function per minimum.
    Classic,
    /// One hash function, one bin per minimum.
    OnePermutation,
}

/// See the module's manual page.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MinHash {
    /// Number of bands.
    pub bands: usize,
    /// Hashes per band.
    pub rows: usize,
    /// Similarity for which bands and rows are chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<f64>,
    /// Weight of false positives in that choice.
    #[serde(skip_serializing_if = "is_half")]
    pub false_positive_weight: f64,
    /// Weight of false negatives in that choice.
    #[serde(skip_serializing_if = "is_half")]
    pub false_negative_weight: f64,
    /// How minima are made.
    pub scheme: Scheme,
    /// Bits kept of each minimum.
    pub bits: u32,
    /// What is compared.
    pub shingle: Shingle,
    /// What counts as a difference.
    pub normalize: Normalize,
    /// The banding chosen for the target, once it was asked for; leave it empty.
    #[serde(skip)]
    pub chosen: OnceLock<Banding>,
}

impl Default for MinHash {
    fn default() -> Self {
        Self {
            bands: 16,
            rows: 8,
            target: None,
            false_positive_weight: 0.5,
            false_negative_weight: 0.5,
            scheme: Scheme::Classic,
            bits: 32,
            shingle: Shingle::words(5),
            normalize: Normalize::default(),
            chosen: OnceLock::new(),
        }
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_half(weight: &f64) -> bool {
    *weight == 0.5
}

impl Algorithm for MinHash {
    fn check(&self) -> Result<(), String> {
        if self.bands == 0 || self.rows == 0 || self.bands.saturating_mul(self.rows) > 16_384 {
            return Err(format!(
                "bands is {}, rows is {}, must be 1 or more and 16384 hashes at most",
                self.bands, self.rows
            ));
        }
        if !matches!(self.bits, 1 | 2 | 4 | 8 | 16 | 32) {
            return Err(format!(
                "bits is {}, must be 1, 2, 4, 8, 16 or 32",
                self.bits
            ));
        }
        if let Some(target) = self.target
            && !(target > 0.0 && target < 1.0)
        {
            return Err(format!("target is {target}, must lie between 0 and 1"));
        }
        let weights = [self.false_positive_weight, self.false_negative_weight];
        if !weights
            .iter()
            .all(|weight| weight.is_finite() && *weight >= 0.0)
            || weights.iter().sum::<f64>() <= 0.0
        {
            return Err(
                "weights of false positives and negatives must be 0 or more, one of them above 0"
                    .to_owned(),
            );
        }
        Ok(())
    }
}

impl MinHash {
    /// The banding in use: as given, or chosen for the target.
    pub fn banding(&self) -> Banding {
        let given = Banding {
            bands: self.bands,
            rows: self.rows,
        };
        let Some(target) = self.target else {
            return given;
        };
        *self.chosen.get_or_init(|| {
            Banding::for_target(
                given.hashes(),
                target,
                self.false_positive_weight,
                self.false_negative_weight,
            )
        })
    }

    /// Probability that one kept value agrees by chance.
    fn chance(&self) -> f64 {
        if self.bits == 32 {
            0.0
        } else {
            0.5f64.powi(self.bits as i32)
        }
    }

    /// Writes the sketch of ready shingle hashes: their number, then the packed minima.
    pub fn sketch_shingles(
        &self,
        shingles: &[u64],
        seed: u64,
        scratch: &mut Constants,
        sketch: &mut [u32],
    ) {
        let Some((count, packed)) = sketch.split_first_mut() else {
            return;
        };
        *count = u32::try_from(shingles.len()).unwrap_or(u32::MAX);
        let hashes = self.banding().hashes();
        if self.bits == 32 {
            return self.minima(shingles, seed, hashes, scratch, packed);
        }
        let mut wide = std::mem::take(&mut scratch.wide);
        wide.resize(hashes, 0);
        self.minima(shingles, seed, hashes, scratch, &mut wide);
        signature::pack(&wide, self.bits, packed);
        scratch.wide = wide;
    }

    fn minima(
        &self,
        shingles: &[u64],
        seed: u64,
        hashes: usize,
        scratch: &mut Constants,
        minima: &mut [u32],
    ) {
        match self.scheme {
            Scheme::OnePermutation => signature::one_permutation(shingles, seed, minima),
            Scheme::Classic => {
                signature::classic(shingles, scratch.permutations(seed, hashes), minima)
            }
        }
    }
}

/// What a sketcher derives from its seed, kept from one text to the next.
#[derive(Debug, Default, Clone)]
pub struct Constants {
    permutations: Vec<u32>,
    made_for: Option<(u64, usize)>,
    wide: Vec<u32>,
}

impl Constants {
    fn permutations(&mut self, seed: u64, hashes: usize) -> &[u32] {
        if self.made_for != Some((seed, hashes)) {
            signature::permutations(seed, hashes, &mut self.permutations);
            self.made_for = Some((seed, hashes));
        }
        &self.permutations
    }
}

impl Sketcher for MinHash {
    fn words(&self) -> usize {
        1 + (self.banding().hashes() * self.bits as usize).div_ceil(32)
    }

    fn sketch(&self, text: &str, seed: u64, scratch: &mut Scratch, sketch: &mut [u32]) {
        let Scratch {
            buffers,
            shingles,
            constants,
        } = scratch;
        self.shingle
            .hashes(text, &self.normalize, buffers, shingles);
        self.sketch_shingles(shingles, seed, constants, sketch);
    }

    fn keys(&self, sketch: &[u32], keys: &mut Vec<u64>) {
        let Some((&count, packed)) = sketch.split_first() else {
            return;
        };
        if count == 0 {
            return;
        }
        let Banding { bands, rows } = self.banding();
        if self.bits == 32 {
            let bands = packed.chunks_exact(rows).take(bands).enumerate();
            keys.extend(bands.map(|(band, minima)| band_key(band, minima.iter().copied())));
        } else {
            keys.extend((0..bands).map(|band| {
                let rows = band * rows..(band + 1) * rows;
                band_key(
                    band,
                    rows.map(|row| signature::unpack(packed, self.bits, row)),
                )
            }));
        }
    }

    fn similarity(&self, a: &[u32], b: &[u32]) -> f64 {
        let (Some((&of_a, a)), Some((&of_b, b))) = (a.split_first(), b.split_first()) else {
            return 0.0;
        };
        if of_a == 0 || of_b == 0 {
            return 0.0;
        }
        let hashes = self.banding().hashes();
        let agreement = signature::agreements(a, b, self.bits, hashes) as f64 / hashes as f64;
        ((agreement - self.chance()) / (1.0 - self.chance())).max(0.0)
    }

    fn hashes_per_shingle(&self) -> u64 {
        match self.scheme {
            Scheme::Classic => self.banding().hashes() as u64,
            Scheme::OnePermutation => 1,
        }
    }
}

impl Deduper for MinHash {
    fn compare(&self, units: &[Unit<'_>], request: &Request) -> Comparison {
        sketched::compare(self, units, request)
    }

    fn threshold(&self, _level: Level) -> f64 {
        self.target.unwrap_or(0.7)
    }

    fn seeded(&self) -> bool {
        true
    }

    fn analytic(&self, similarity: f64) -> Option<f64> {
        let agreement = similarity + (1.0 - similarity) * self.chance();
        Some(self.banding().probability(agreement))
    }

    fn sketcher(&self) -> Option<&dyn Sketcher> {
        Some(self)
    }
}

#[cfg(test)]
#[path = "minhash_tests.rs"]
mod tests;
