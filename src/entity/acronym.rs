//! An acronym is one entity with the name whose initials it spells.
//!
//! # What it does
//! Joins `PMF` and `Popular Mobilization Forces`, and whatever else has equal normal forms.
//!
//! # How it decides
//! A mention in capitals of two to eight letters (points allowed) joins a name of its type whose initials it spells, with or
//! without articles and prepositions. A name that stands right before the acronym's bracket is joined in any case; others
//! only when the acronym has `min_length` letters.
//!
//! # Parameters
//! - `min_length` (default 3): letters of an acronym that needs no bracket; two letters fit too many names.
//!
//! # Cost
//! One map look-up per name.
//!
//! # Known to miss
//! Acronyms of another language (`ISIS` and `Daesh`), and letters from inside words (`Hezb`).
//!
//! # Reference
//! Schwartz and Hearst 2003, A Simple Algorithm for Identifying Abbreviation Definitions in Biomedical Text (for the bracket).

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::corpus::Corpus;
use crate::entity::forms::Forms;
use crate::entity::name::{Unions, initials};
use crate::entity::{EntityResolver, MentionInput};
use crate::params::Algorithm;

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Acronym {
    /// Letters of an acronym that needs no bracket.
    pub min_length: usize,
}

impl Default for Acronym {
    fn default() -> Self {
        Self { min_length: 3 }
    }
}

impl Algorithm for Acronym {
    fn check(&self) -> Result<(), String> {
        if self.min_length < 2 {
            return Err(format!(
                "min_length is {}; it must be 2 or more",
                self.min_length
            ));
        }
        Ok(())
    }
}

impl Acronym {
    /// Joins acronyms with their long names.
    pub(crate) fn join(
        &self,
        mentions: &[MentionInput<'_>],
        corpus: &Corpus,
        forms: &Forms<'_>,
        unions: &mut Unions,
    ) {
        let mut long: FxHashMap<(&str, String), Vec<usize>> = FxHashMap::default();
        for (index, form) in forms.forms.iter().enumerate() {
            if form.normal.contains(' ') {
                let mut keys = vec![initials(&form.normal, false), initials(&form.normal, true)];
                keys.dedup();
                for key in keys {
                    long.entry((form.entity_type, key)).or_default().push(index);
                }
            }
        }
        for (index, form) in forms.forms.iter().enumerate() {
            if !is_acronym(form.text) {
                continue;
            }
            let Some(names) = long.get(&(form.entity_type, form.normal.clone())) else {
                continue;
            };
            let spelled = |mention: u32| {
                bracketed(mentions, corpus, mention as usize, |name| {
                    forms
                        .of
                        .get(name)
                        .is_some_and(|&form| names.contains(&(form as usize)))
                })
            };
            if let Some(name) = form.mentions.iter().find_map(|&mention| spelled(mention))
                && let Some(&name) = forms.of.get(name)
            {
                unions.join(index, name as usize);
            }
            if form.normal.chars().count() >= self.min_length {
                for &name in names {
                    unions.join(index, name);
                }
            }
        }
    }
}

/// True for two to eight capitals, with points or without.
fn is_acronym(text: &str) -> bool {
    let letters = text.chars().filter(|&c| c != '.');
    (2..=8).contains(&letters.clone().count()) && letters.clone().all(|c| c.is_uppercase())
}

/// The mention right before the bracket in which `mention` stands, if `fits`.
fn bracketed(
    mentions: &[MentionInput<'_>],
    corpus: &Corpus,
    mention: usize,
    fits: impl Fn(usize) -> bool,
) -> Option<usize> {
    let acronym = mentions.get(mention)?;
    let text = &corpus.documents.get(acronym.document)?.text;
    let before = text
        .get(..acronym.span.start)?
        .strip_suffix('(')?
        .trim_end()
        .len();
    (mention.saturating_sub(4)..mention).rev().find(|&name| {
        mentions.get(name).is_some_and(|other| {
            other.document == acronym.document && other.span.end == before && fits(name)
        })
    })
}

impl EntityResolver for Acronym {
    fn resolve(&self, mentions: &[MentionInput<'_>], corpus: &Corpus) -> Vec<u32> {
        let forms = Forms::new(mentions);
        let mut unions = forms.unions();
        self.join(mentions, corpus, &forms, &mut unions);
        forms.labels(unions)
    }

    fn similarity(&self, a: &MentionInput<'_>, b: &MentionInput<'_>) -> Option<f64> {
        let pair = [*a, *b];
        let labels = self.resolve(&pair, &Corpus::default());
        Some(f64::from(u8::from(labels.first() == labels.get(1))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::{Document, Span};
    use crate::entity::testing::{NEGATIVE_CONTROLS, clusters, inputs};

    #[test]
    fn worked_example() {
        let mentions = inputs(&[
            ("ORG", "Bank of North Sealand"),
            ("ORG", "BNS"),
            ("ORG", "B.O.N.S."),
            ("GPE", "BNS"),
        ]);
        let labels = Acronym::default().resolve(&mentions, &Corpus::default());
        assert_eq!(clusters(&labels), [vec![0, 1, 2], vec![3]]);
    }

    #[test]
    fn two_letters_need_a_bracket() {
        let text = "Green Line (GL) met Great Lakes";
        let corpus = Corpus {
            documents: vec![Document {
                id: "d".into(),
                text: text.into(),
            }],
        };
        let at = |start: usize, end: usize| MentionInput {
            document: 0,
            span: Span::new(start, end),
            entity_type: "ORG",
            text: &text[start..end],
        };
        let labels = Acronym::default().resolve(&[at(0, 10), at(12, 14), at(20, 31)], &corpus);
        assert_eq!(clusters(&labels), [vec![0, 1], vec![2]]);
    }

    #[test]
    fn controls_stay_apart() {
        for &(type_a, a, type_b, b) in NEGATIVE_CONTROLS {
            let labels = Acronym::default()
                .resolve(&inputs(&[(type_a, a), (type_b, b)]), &Corpus::default());
            assert_ne!(labels[0], labels[1], "{a} / {b}");
        }
    }
}
