//! Names that share most letters in the same order are one entity: Jaro-Winkler on normal forms.
//!
//! # What it does
//! Joins names with small spelling differences: `Kataib Hezbollah` and `Kataeb Hezbollah`.
//!
//! # How it decides
//! Every two names of one type with a Jaro-Winkler similarity of the normal forms of `threshold` or more are joined, unless
//! they contradict each other: other numbers, a word of its own on both sides, the end of the other name.
//!
//! # Parameters
//! - `threshold` (default 0.92, the value that record linkage has used for names since Winkler 1990).
//! - `forbid` (default true): names that contradict each other stay apart. Without it `Iran` and `Iraq` (0.883) fall together
//!   at 0.88.
//!
//! # Cost
//! All pairs of distinct names, each some tenths of a microsecond (`cargo bench --bench entity -- similarity`).
//!
//! # Known to miss
//! Acronyms, other words for the same thing, surnames alone.
//!
//! # Reference
//! Winkler 1990, String Comparator Metrics and Enhanced Decision Rules in the Fellegi-Sunter Model of Record Linkage.

use serde::{Deserialize, Serialize};

use crate::corpus::Corpus;
use crate::entity::forms::{Forms, contradict};
use crate::entity::name::normal_form;
use crate::entity::{EntityResolver, MentionInput};
use crate::params::Algorithm;
use crate::text::similarity::jaro_winkler;

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct JaroWinkler {
    /// Least similarity that joins.
    pub threshold: f64,
    /// Names that contradict each other stay apart.
    pub forbid: bool,
}

impl Default for JaroWinkler {
    fn default() -> Self {
        Self {
            threshold: 0.92,
            forbid: true,
        }
    }
}

impl Algorithm for JaroWinkler {
    fn check(&self) -> Result<(), String> {
        super::check_threshold(self.threshold)
    }
}

impl EntityResolver for JaroWinkler {
    fn resolve(&self, mentions: &[MentionInput<'_>], _corpus: &Corpus) -> Vec<u32> {
        Forms::new(mentions).link(self.threshold, self.forbid, |a, b| {
            jaro_winkler(&a.normal, &b.normal)
        })
    }

    fn similarity(&self, a: &MentionInput<'_>, b: &MentionInput<'_>) -> Option<f64> {
        let pair = [*a, *b];
        let forms = Forms::new(&pair);
        if let [a, b] = forms.forms.as_slice()
            && self.forbid
            && contradict(a, b)
        {
            return Some(0.0);
        }
        Some(jaro_winkler(&normal_form(a.text), &normal_form(b.text)))
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
            ("ORG", "Kataeb Hezbollah"),
            ("ORG", "Hezbollah"),
            ("GPE", "Iran"),
            ("GPE", "Iraq"),
        ]);
        let labels = JaroWinkler::default().resolve(&mentions, &Corpus::default());
        assert_eq!(clusters(&labels), [vec![0, 1], vec![2], vec![3], vec![4]]);
        let loose = JaroWinkler {
            threshold: 0.88,
            forbid: false,
        };
        assert_eq!(
            clusters(&loose.resolve(&mentions, &Corpus::default())),
            [vec![0, 1], vec![2], vec![3, 4]]
        );
    }

    #[test]
    fn controls_stay_apart_at_any_threshold() {
        for &(type_a, a, type_b, b) in NEGATIVE_CONTROLS {
            let resolver = JaroWinkler {
                threshold: 0.0,
                forbid: true,
            };
            let labels = resolver.resolve(&inputs(&[(type_a, a), (type_b, b)]), &Corpus::default());
            assert_ne!(labels[0], labels[1], "{a} / {b}");
        }
    }
}
