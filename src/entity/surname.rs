//! A surname alone is the person with that surname who was named last.
//!
//! # What it does
//! Joins `Trump` and `Donald Trump`, `Abdul-Mahdi` and `Adel Abdul Mahdi`, and equal normal forms.
//!
//! # How it decides
//! A personal name whose words are the last words of a longer personal name (particles left out) belongs to it: to the
//! longer name last read in the same document before it, else the first one after it, else to the only one in the corpus.
//! With several candidates elsewhere it stays alone.
//!
//! # Parameters
//! - `types` (default `["PER"]`): entity types that are persons.
//!
//! # Cost
//! One map look-up per mention of a short name, and a walk over the mentions of the candidates.
//!
//! # Known to miss
//! Given names alone, nicknames, spellings that differ. Merges two people with one surname in one article.
//!
//! # Reference
//! The convention of news style: full name first, surname after.

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use crate::corpus::Corpus;
use crate::entity::forms::Forms;
use crate::entity::name::{Unions, is_particle};
use crate::entity::{EntityResolver, MentionInput};
use crate::params::Algorithm;

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Surname {
    /// Entity types that are persons.
    pub types: Vec<String>,
}

impl Default for Surname {
    fn default() -> Self {
        Self {
            types: vec!["PER".to_owned()],
        }
    }
}

impl Algorithm for Surname {}

impl Surname {
    /// Joins short names with long ones. Sets of forms made so far count as one candidate.
    pub(crate) fn join(
        &self,
        mentions: &[MentionInput<'_>],
        forms: &Forms<'_>,
        unions: &mut Unions,
    ) {
        let person: Vec<bool> = forms
            .forms
            .iter()
            .map(|form| self.types.iter().any(|kind| kind == form.entity_type))
            .collect();
        let cores: Vec<Vec<&str>> = forms
            .forms
            .iter()
            .map(|form| {
                form.words()
                    .into_iter()
                    .filter(|word| !is_particle(word))
                    .collect()
            })
            .collect();
        // Longer names by their proper ends.
        let mut by_end: FxHashMap<&[&str], Vec<usize>> = FxHashMap::default();
        for (index, words) in cores.iter().enumerate().filter(|&(index, _)| person[index]) {
            for start in 1..words.len() {
                by_end.entry(&words[start..]).or_default().push(index);
            }
        }
        let mut joins = Vec::new();
        for (index, words) in cores.iter().enumerate().filter(|&(index, _)| person[index]) {
            let Some(candidates) = by_end.get(words.as_slice()) else {
                continue;
            };
            let sets: FxHashSet<usize> = candidates
                .iter()
                .map(|&candidate| unions.find(candidate))
                .collect();
            let target = if sets.len() == 1 {
                candidates.first().copied()
            } else {
                // One form is one name here, so the whole form follows its first mention that has a neighbour.
                nearest(mentions, forms, index, candidates)
            };
            if let Some(target) = target {
                joins.push((index, target));
            }
        }
        for (index, target) in joins {
            unions.join(index, target);
        }
    }
}

/// The candidate named last before the first mention of the form in its document, else next after it.
fn nearest(
    mentions: &[MentionInput<'_>],
    forms: &Forms<'_>,
    form: usize,
    candidates: &[usize],
) -> Option<usize> {
    let first = *forms.forms.get(form)?.mentions.first()? as usize;
    let document = mentions.get(first)?.document;
    let here = |mention: u32| {
        mentions
            .get(mention as usize)
            .is_some_and(|other| other.document == document)
    };
    let mut before: Option<(u32, usize)> = None;
    let mut after: Option<(u32, usize)> = None;
    for &candidate in candidates {
        for &mention in forms
            .forms
            .get(candidate)?
            .mentions
            .iter()
            .filter(|&&mention| here(mention))
        {
            if (mention as usize) < first {
                before = before.max(Some((mention, candidate)));
            } else if after.is_none_or(|(next, _)| mention < next) {
                after = Some((mention, candidate));
            }
        }
    }
    before.or(after).map(|(_, candidate)| candidate)
}

impl EntityResolver for Surname {
    fn resolve(&self, mentions: &[MentionInput<'_>], _corpus: &Corpus) -> Vec<u32> {
        let forms = Forms::new(mentions);
        let mut unions = forms.unions();
        self.join(mentions, &forms, &mut unions);
        forms.labels(unions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entity::testing::{NEGATIVE_CONTROLS, clusters, inputs};

    #[test]
    fn worked_example() {
        let mentions = inputs(&[
            ("PER", "Rosa Ortiz"),
            ("PER", "Ortiz"),
            ("PER", "Karim al-Badri"),
            ("PER", "Badri"),
            ("GPE", "Ortiz"),
        ]);
        let labels = Surname::default().resolve(&mentions, &Corpus::default());
        assert_eq!(clusters(&labels), [vec![0, 1], vec![2, 3], vec![4]]);
    }

    #[test]
    fn of_two_namesakes_the_last_one_read_is_meant() {
        let mentions = inputs(&[
            ("PER", "Rosa Ortiz"),
            ("PER", "Juan Ortiz"),
            ("PER", "Ortiz"),
        ]);
        let labels = Surname::default().resolve(&mentions, &Corpus::default());
        assert_eq!(clusters(&labels), [vec![0], vec![1, 2]]);
    }

    #[test]
    fn a_given_name_is_no_surname_and_controls_stay_apart() {
        let mentions = inputs(&[
            ("PER", "Khalid Mohammed"),
            ("PER", "Mohammed Mohy"),
            ("PER", "Mohammed"),
        ]);
        let labels = Surname::default().resolve(&mentions, &Corpus::default());
        assert_eq!(clusters(&labels), [vec![0, 2], vec![1]]);
        for &(type_a, a, type_b, b) in NEGATIVE_CONTROLS {
            let labels = Surname::default()
                .resolve(&inputs(&[(type_a, a), (type_b, b)]), &Corpus::default());
            assert_ne!(labels[0], labels[1], "{a} / {b}");
        }
    }
}
