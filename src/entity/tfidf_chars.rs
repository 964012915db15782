//! Names that share rare letter sequences are one entity: cosine of tf-idf over character n-grams.
//!
//! # What it does
//! Joins names with the same distinctive parts, in any order and with small spelling differences.
//!
//! # How it decides
//! Each normal form, with a space at both ends, becomes a vector of its character n-grams, weighted by count times
//! ln(1 + names / names with it). Names of one type with a cosine of `threshold` or more are joined unless they contradict each
//! other. A pair alone has no statistics: all weights are the counts.
//!
//! # Parameters
//! - `n` (default 3): length of an n-gram; 3 is the usual choice for names (Cohen, Ravikumar and Fienberg 2003 use 2 to 3).
//! - `threshold` (default 0.6): above it, two names of ten letters share about six of ten trigrams.
//! - `forbid` (default true): names that contradict each other stay apart.
//!
//! # Cost
//! All pairs of distinct names, each a merge of two short sorted lists.
//!
//! # Known to miss
//! Acronyms, short names with one other letter, translated names.
//!
//! # Reference
//! Cohen, Ravikumar and Fienberg 2003, A Comparison of String Distance Metrics for Name-Matching Tasks.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::corpus::Corpus;
use crate::entity::forms::{Forms, contradict};
use crate::entity::name::normal_form;
use crate::entity::{EntityResolver, MentionInput};
use crate::params::Algorithm;
use crate::text::hash;

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TfidfChars {
    /// Characters of an n-gram.
    pub n: usize,
    /// Least similarity that joins.
    pub threshold: f64,
    /// Names that contradict each other stay apart.
    pub forbid: bool,
}

impl Default for TfidfChars {
    fn default() -> Self {
        Self {
            n: 3,
            threshold: 0.6,
            forbid: true,
        }
    }
}

impl Algorithm for TfidfChars {
    fn check(&self) -> Result<(), String> {
        if !(1..=8).contains(&self.n) {
            return Err(format!("n is {}; it must be from 1 to 8", self.n));
        }
        super::check_threshold(self.threshold)
    }
}

/// Weights by n-gram, sorted by n-gram, of length 1.
pub(crate) type Vector = Vec<(u64, f64)>;

/// Counts of the n-grams of a normal form with a space at both ends, sorted.
pub(crate) fn grams(normal: &str, n: usize) -> Vector {
    let padded = format!(" {normal} ");
    let starts: Vec<usize> = padded
        .char_indices()
        .map(|(at, _)| at)
        .chain([padded.len()])
        .collect();
    let mut grams: Vec<u64> = starts
        .windows(n + 1)
        .map(|window| hash::bytes(&padded.as_bytes()[window[0]..window[n]]))
        .collect();
    if grams.is_empty() {
        grams.push(hash::bytes(padded.as_bytes()));
    }
    grams.sort_unstable();
    let mut counted: Vector = Vec::new();
    for gram in grams {
        match counted.last_mut() {
            Some((last, count)) if *last == gram => *count += 1.0,
            _ => counted.push((gram, 1.0)),
        }
    }
    counted
}

/// Scales to length 1.
pub(crate) fn unit(mut vector: Vector) -> Vector {
    let length = vector
        .iter()
        .map(|(_, weight)| weight * weight)
        .sum::<f64>()
        .sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|(_, weight)| *weight /= length);
    }
    vector
}

/// Inner product of two sorted vectors.
pub(crate) fn cosine(a: &Vector, b: &Vector) -> f64 {
    let (mut i, mut j, mut sum) = (0, 0, 0.0);
    while let (Some((x, left)), Some((y, right))) = (a.get(i), b.get(j)) {
        match x.cmp(y) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                sum += left * right;
                i += 1;
                j += 1;
            }
        }
    }
    sum
}

/// Unit vectors of all forms, weighted by their rarity among the forms.
pub(crate) fn vectors(forms: &Forms<'_>, n: usize) -> Vec<Vector> {
    let counts: Vec<Vector> = forms
        .forms
        .iter()
        .map(|form| grams(&form.normal, n))
        .collect();
    let mut holders: FxHashMap<u64, f64> = FxHashMap::default();
    for (gram, _) in counts.iter().flatten() {
        *holders.entry(*gram).or_default() += 1.0;
    }
    let names = counts.len() as f64;
    counts
        .into_iter()
        .map(|counted| {
            let weigh = |(gram, count): (u64, f64)| {
                let with = holders.get(&gram).copied().unwrap_or(1.0);
                (gram, count * (names / with).ln_1p())
            };
            unit(counted.into_iter().map(weigh).collect())
        })
        .collect()
}

impl EntityResolver for TfidfChars {
    fn resolve(&self, mentions: &[MentionInput<'_>], _corpus: &Corpus) -> Vec<u32> {
        let forms = Forms::new(mentions);
        let vectors = vectors(&forms, self.n);
        let mut unions = forms.unions();
        for group in forms.by_type() {
            for (at, &a) in group.iter().enumerate() {
                for &b in &group[at + 1..] {
                    let similar =
                        crate::task::rounded(cosine(&vectors[a], &vectors[b])) >= self.threshold;
                    if similar && !(self.forbid && contradict(&forms.forms[a], &forms.forms[b])) {
                        unions.join(a, b);
                    }
                }
            }
        }
        forms.labels(unions)
    }

    fn similarity(&self, a: &MentionInput<'_>, b: &MentionInput<'_>) -> Option<f64> {
        let vector = |text| unit(grams(&normal_form(text), self.n));
        Some(cosine(&vector(a.text), &vector(b.text)).min(1.0))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::entity::testing::{clusters, inputs};

    #[test]
    fn worked_example() {
        // " ab " and " ac " in bigrams: {" a", "ab", "b "} and {" a", "ac", "c "}: one of three in common, cosine 1/3.
        let similarity = TfidfChars {
            n: 2,
            ..TfidfChars::default()
        }
        .similarity(&inputs(&[("ORG", "ab")])[0], &inputs(&[("ORG", "ac")])[0]);
        assert!((similarity.unwrap() - 1.0 / 3.0).abs() < 1e-12);
        let mentions = inputs(&[
            ("ORG", "Kataib Hezbollah"),
            ("ORG", "Kataeb Hezbollah"),
            ("ORG", "Hezbollah"),
            ("ORG", "Red Crescent"),
        ]);
        let labels = TfidfChars {
            threshold: 0.4,
            ..TfidfChars::default()
        }
        .resolve(&mentions, &Corpus::default());
        assert_eq!(clusters(&labels), [vec![0, 1], vec![2], vec![3]]);
    }

    proptest! {
        /// The twin multiplies every gram with every gram.
        #[test]
        fn cosine_twin(a in "[a-c ]{0,12}", b in "[a-c ]{0,12}") {
            let (x, y) = (unit(grams(&a, 2)), unit(grams(&b, 2)));
            let slow: f64 = x.iter().flat_map(|p| y.iter().filter(move |q| p.0 == q.0).map(move |q| p.1 * q.1)).sum();
            prop_assert!((cosine(&x, &y) - slow).abs() < 1e-12);
            prop_assert!((cosine(&x, &x) - 1.0).abs() < 1e-9);
        }
    }
}
