//! Compression distance: how much less room two texts take together than apart.
//!
//! # What it does
//! Needs no notion of words: whatever a compressor can reuse from the one text in the other counts, long copied passages most.
//!
//! # How it decides
//! Similarity is `1 - NCD`, with `NCD = (C(ab) - min(C(a), C(b))) / max(C(a), C(b))` and `C` the bytes that zstd makes of the normalised
//! text; `C(ab)` is the smaller of both orders, cut to the range 0 to 1.
//!
//! # Parameters
//! - `effort` (19): level of zstd, 1 to 22. Its window (8 MiB at 19) must hold both texts.
//! - `normalize`: the knobs of normalisation.
//!
//! Default threshold 0.21: the best one for documents on the calibration data (MLQE-PE et-en; printed by the calibration test
//! of `src/dedup`).
//!
//! # Cost
//! Quadratic: two compressions per pair, about a millisecond for articles. For dozens of documents, not thousands; for sentences
//! the compressor has nothing to learn from, so only documents are answered.
//!
//! # Known to miss
//! Short passages in long documents; texts with little redundancy of their own are all alike to a compressor.
//!
//! # Reference
//! Cilibrasi and Vitányi, "Clustering by compression" (2005).

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::corpus::Unit;
use crate::dedup::distinct::Distinct;
use crate::dedup::{Comparison, Deduper, Request, ScoredPair};
use crate::params::Algorithm;
use crate::task::Level;
use crate::text::normalize::Normalize;

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Compression {
    /// Level of zstd.
    pub effort: i32,
    /// The knobs of normalisation.
    pub normalize: Normalize,
}

impl Default for Compression {
    fn default() -> Self {
        Self {
            effort: 19,
            normalize: Normalize::default(),
        }
    }
}

impl Algorithm for Compression {
    fn check(&self) -> Result<(), String> {
        if !(1..=22).contains(&self.effort) {
            return Err(format!(
                "effort is {}, must lie between 1 and 22",
                self.effort
            ));
        }
        Ok(())
    }
}

/// A compressor with its tables, which cost more to make than to fill for a short text, and a text to write into.
struct Zip {
    compressor: Option<zstd::bulk::Compressor<'static>>,
    text: String,
}

impl Zip {
    fn new(effort: i32) -> Self {
        Self {
            compressor: zstd::bulk::Compressor::new(effort).ok(),
            text: String::new(),
        }
    }

    /// Bytes of the compressed parts, one after the other; `None` when the compressor fails.
    fn size(&mut self, parts: &[&str]) -> Option<f64> {
        self.text.clear();
        self.text.extend(parts.iter().copied());
        let compressed = self.compressor.as_mut()?.compress(self.text.as_bytes());
        Some(compressed.ok()?.len() as f64)
    }
}

/// `1 - NCD`, cut to the range 0 to 1.
fn similarity(a: f64, b: f64, both: f64) -> f64 {
    (1.0 - (both - a.min(b)) / a.max(b)).clamp(0.0, 1.0)
}

impl Deduper for Compression {
    fn compare(&self, units: &[Unit<'_>], request: &Request) -> Comparison {
        let distinct = Distinct::new(units, &self.normalize);
        let representatives = distinct.representatives(units);
        let texts: Vec<String> = representatives
            .par_iter()
            .map(|unit| {
                let mut text = String::new();
                self.normalize.write(unit.text, &mut text);
                text.push('\n');
                text
            })
            .collect();
        let zip = || Zip::new(self.effort);
        let sizes: Vec<Option<f64>> = texts
            .par_iter()
            .map_init(zip, |zip, text| zip.size(&[text]))
            .collect();
        let found: Vec<ScoredPair> = (0..texts.len())
            .into_par_iter()
            .map_init(zip, |zip, a| {
                let mut like = |b: usize| {
                    let forth = zip.size(&[&texts[a], &texts[b]])?;
                    let back = zip.size(&[&texts[b], &texts[a]])?;
                    let similarity = similarity(sizes[a]?, sizes[b]?, forth.min(back));
                    let (a, b) = (u32::try_from(a).ok()?, u32::try_from(b).ok()?);
                    (similarity >= request.floor).then_some(ScoredPair { a, b, similarity })
                };
                (a + 1..texts.len())
                    .filter_map(&mut like)
                    .collect::<Vec<_>>()
            })
            .flatten_iter()
            .collect();
        let compared = (texts.len() * texts.len().saturating_sub(1) / 2) as u64;
        let mut comparison = distinct.spread(found);
        let bytes: usize = units.iter().map(|unit| unit.text.len()).sum();
        comparison.counters.insert("bytes".to_owned(), bytes as u64);
        comparison
            .counters
            .insert("candidates".to_owned(), compared);
        comparison
    }

    fn threshold(&self, _level: Level) -> f64 {
        0.21
    }

    fn levels(&self) -> &'static [Level] {
        &[Level::Document]
    }

    fn quadratic(&self) -> bool {
        true
    }

    fn pairwise(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dedup::distinct::units;

    #[test]
    fn the_distance_by_hand() {
        // C(a) = 100, C(b) = 80, C(ab) = 120: NCD = (120 - 80) / 100.
        assert!((similarity(100.0, 80.0, 120.0) - 0.6).abs() < 1e-12);
        assert_eq!(similarity(100.0, 80.0, 200.0), 0.0);
        assert_eq!(similarity(100.0, 100.0, 90.0), 1.0);
    }

    #[test]
    fn a_copied_half_is_nearer_than_a_stranger_and_order_does_not_matter() {
        let text = |seed: u64| {
            let mut numbers = crate::text::hash::SplitMix::new(seed);
            let words: Vec<String> = (0..120)
                .map(|_| format!("w{}", numbers.below(100_000)))
                .collect();
            words.join(" ")
        };
        let (a, b, stranger) = (text(1), text(2), text(3));
        let copy = format!("{}{}", &a[..a.len() / 2], b);
        let request = Request {
            level: Level::Document,
            seed: 0,
            floor: 0.0,
        };
        let of = |texts: &[&str]| {
            Compression::default()
                .compare(&units(texts), &request)
                .pairs
        };
        let near = of(&[&a, &copy])[0].similarity;
        assert!(near > 2.0 * of(&[&a, &stranger])[0].similarity, "{near}");
        assert_eq!(near, of(&[&copy, &a])[0].similarity);
        assert!(of(&[&a, &a]).is_empty());
    }
}
