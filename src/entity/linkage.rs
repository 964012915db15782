//! Agglomerative clustering of names over a chosen similarity, with pairs that must not be linked.
//!
//! # What it does
//! Joins the two nearest groups of names again and again until the nearest ones are too far apart.
//!
//! # How it decides
//! Distance is 1 minus the similarity of two names of one type. The distance of two groups is that of their nearest
//! (`single`), their farthest (`complete`) or the mean of all their pairs (`average`). A merge that would bring two names
//! together that contradict each other (other numbers, a word of its own on both sides, the end of the other name) does not
//! happen, and neither group takes part in further merges as one.
//!
//! # Parameters
//! - `method` (default `average`): or `single`, `complete`. Average stands between chains and crumbs.
//! - `similarity` (default `likeness`): or `jaro-winkler`, `token-set`, `tfidf-chars`.
//! - `threshold` (default 0.8): least similarity of two groups that are joined; the threshold of `likeness` in `sieve`.
//! - `forbid` (default true): names that contradict each other stay apart.
//! - `max_names` (default 4000): names of one type that are compared all with all (64 MB of distances); beyond it only names
//!   with the same first letter are, and beyond that only equal ones are joined.
//!
//! # Cost
//! Quadratic time and memory in the distinct names of a type.
//!
//! # Known to miss
//! Acronyms and surnames alone, which no string similarity sees.
//!
//! # Reference
//! Müllner 2011, Modern hierarchical, agglomerative clustering algorithms (crate `kodama`).

use std::collections::BTreeMap;

use kodama::{Method as Kodama, linkage};
use serde::{Deserialize, Serialize};

use crate::corpus::Corpus;
use crate::entity::forms::{Form, Forms, contradict};
use crate::entity::likeness::likeness;
use crate::entity::name::Unions;
use crate::entity::tfidf_chars::{cosine, grams, unit};
use crate::entity::token_set::token_set;
use crate::entity::{EntityResolver, MentionInput};
use crate::params::Algorithm;
use crate::task::rounded;
use crate::text::similarity::jaro_winkler;

/// Distance of two groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Mean of all pairs.
    #[default]
    Average,
    /// Nearest pair.
    Single,
    /// Farthest pair.
    Complete,
}

/// Similarity of two names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// Words matched with tolerance for spelling, initials and transliteration.
    #[default]
    Likeness,
    /// Letters in order.
    JaroWinkler,
    /// Words in common.
    TokenSet,
    /// Character trigrams in common.
    TfidfChars,
}

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Linkage {
    /// Distance of two groups.
    pub method: Method,
    /// Similarity of two names.
    pub similarity: Measure,
    /// Least similarity of two groups that are joined.
    pub threshold: f64,
    /// Names that contradict each other stay apart.
    pub forbid: bool,
    /// Names of one type that are compared all with all.
    pub max_names: usize,
}

impl Default for Linkage {
    fn default() -> Self {
        Self {
            method: Method::Average,
            similarity: Measure::Likeness,
            threshold: 0.8,
            forbid: true,
            max_names: 4000,
        }
    }
}

impl Algorithm for Linkage {
    fn check(&self) -> Result<(), String> {
        if self.max_names > 20_000 {
            return Err(format!(
                "max_names is {}; it must be 20000 or less (1.6 GB of distances)",
                self.max_names
            ));
        }
        super::check_threshold(self.threshold)
    }
}

impl Linkage {
    fn compare(&self, a: &Form<'_>, b: &Form<'_>) -> f64 {
        match self.similarity {
            Measure::Likeness => likeness(&a.normal, &b.normal, a.entity_type),
            Measure::JaroWinkler => jaro_winkler(&a.normal, &b.normal),
            Measure::TokenSet => token_set(&a.normal, &b.normal),
            Measure::TfidfChars => cosine(&unit(grams(&a.normal, 3)), &unit(grams(&b.normal, 3))),
        }
    }

    /// Joins the names of one group.
    fn group(&self, forms: &Forms<'_>, group: &[usize], unions: &mut Unions) {
        if group.len() < 2 || group.len() > self.max_names {
            return;
        }
        let mut distances = Vec::with_capacity(group.len() * (group.len() - 1) / 2);
        for (at, &a) in group.iter().enumerate() {
            for &b in &group[at + 1..] {
                distances.push(rounded(
                    1.0 - self.compare(&forms.forms[a], &forms.forms[b]),
                ));
            }
        }
        let method = match self.method {
            Method::Average => Kodama::Average,
            Method::Single => Kodama::Single,
            Method::Complete => Kodama::Complete,
        };
        let dendrogram = linkage(&mut distances, group.len(), method);
        // Members of each node; None for a merge that was refused.
        let mut nodes: Vec<Option<Vec<usize>>> =
            group.iter().map(|&form| Some(vec![form])).collect();
        for step in dendrogram.steps() {
            let near = rounded(step.dissimilarity) <= rounded(1.0 - self.threshold);
            let pair = (
                nodes.get(step.cluster1).cloned().flatten(),
                nodes.get(step.cluster2).cloned().flatten(),
            );
            let (true, (Some(left), Some(right))) = (near, pair) else {
                nodes.push(None);
                continue;
            };
            let contradicted = self.forbid
                && left.iter().any(|&a| {
                    right
                        .iter()
                        .any(|&b| contradict(&forms.forms[a], &forms.forms[b]))
                });
            if contradicted {
                nodes.push(None);
                continue;
            }
            unions.join(left[0], right[0]);
            nodes.push(Some([left, right].concat()));
        }
    }
}

impl EntityResolver for Linkage {
    fn resolve(&self, mentions: &[MentionInput<'_>], _corpus: &Corpus) -> Vec<u32> {
        let forms = Forms::new(mentions);
        let mut unions = forms.unions();
        for mut group in forms.by_type() {
            // Ties between equal distances are broken by text.
            group.sort_by(|&a, &b| forms.forms[a].normal.cmp(&forms.forms[b].normal));
            if group.len() <= self.max_names {
                self.group(&forms, &group, &mut unions);
                continue;
            }
            let mut blocks: BTreeMap<Option<char>, Vec<usize>> = BTreeMap::new();
            for form in group {
                blocks
                    .entry(forms.forms[form].normal.chars().next())
                    .or_default()
                    .push(form);
            }
            for block in blocks.values() {
                self.group(&forms, block, &mut unions);
            }
        }
        forms.labels(unions)
    }

    fn similarity(&self, a: &MentionInput<'_>, b: &MentionInput<'_>) -> Option<f64> {
        let pair = [*a, *b];
        match Forms::new(&pair).forms.as_slice() {
            [_] => Some(1.0),
            [a, b] if self.forbid && contradict(a, b) => Some(0.0),
            [a, b] => Some(self.compare(a, b)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::entity::testing::{NEGATIVE_CONTROLS, clusters, inputs};

    const ALL: [Method; 3] = [Method::Average, Method::Single, Method::Complete];

    #[test]
    fn worked_example() {
        // Token-set: ab~bc 1/2, bc~cd 1/2, ab~cd 0. Single chains at 0.5; complete stops after the first merge; average sees
        // (1/2 + 0) / 2 = 1/4 and stops as well.
        let mentions = inputs(&[("ORG", "aa bb"), ("ORG", "bb cc"), ("ORG", "cc dd")]);
        for (method, expected) in [
            (Method::Single, vec![vec![0, 1, 2]]),
            (Method::Complete, vec![vec![0, 1], vec![2]]),
            (Method::Average, vec![vec![0, 1], vec![2]]),
        ] {
            let linkage = Linkage {
                method,
                similarity: Measure::TokenSet,
                threshold: 0.5,
                forbid: false,
                ..Linkage::default()
            };
            assert_eq!(
                clusters(&linkage.resolve(&mentions, &Corpus::default())),
                expected,
                "{method:?}"
            );
        }
    }

    #[test]
    fn controls_stay_apart_at_any_threshold() {
        for method in ALL {
            for similarity in [
                Measure::Likeness,
                Measure::JaroWinkler,
                Measure::TokenSet,
                Measure::TfidfChars,
            ] {
                for &(type_a, a, type_b, b) in NEGATIVE_CONTROLS {
                    let linkage = Linkage {
                        method,
                        similarity,
                        threshold: 0.0,
                        ..Linkage::default()
                    };
                    let labels =
                        linkage.resolve(&inputs(&[(type_a, a), (type_b, b)]), &Corpus::default());
                    assert_ne!(labels[0], labels[1], "{a} / {b}");
                }
            }
        }
    }

    proptest! {
        /// Single link is the components of the graph of near pairs.
        #[test]
        fn single_link_is_components(names in prop::collection::vec("[a-c]{3,5}", 1..8)) {
            let pairs: Vec<(&str, &str)> = names.iter().map(|name| ("ORG", name.as_str())).collect();
            let mentions = inputs(&pairs);
            let linkage = Linkage { method: Method::Single, similarity: Measure::JaroWinkler, threshold: 0.8, forbid: false, ..Linkage::default() };
            let slow = Forms::new(&mentions).link(0.8, false, |a, b| jaro_winkler(&a.normal, &b.normal));
            prop_assert_eq!(clusters(&linkage.resolve(&mentions, &Corpus::default())), clusters(&slow));
        }
    }
}
