//! Several passes from sure to unsure, each joining whole groups: the resolver we recommend.
//!
//! # What it does
//! Joins spellings, countries under all their names, acronyms, surnames, transliterations and shortened names, and keeps apart
//! what contradicts itself.
//!
//! # How it decides
//! Names of one type are joined, in this order:
//! 1. `normal form`: equal normal forms, articles and plurals of nationalities aside.
//! 2. `countries`: names of one country (ISO 3166, CLDR), adjectives of one country; the stem of an adjective (`America` of `American`);
//!    a long form cut before `of` (`Islamic Republic`) is the country with such a name that is named most often.
//! 3. `places`: organisations and buildings whose names differ only in how they name the country in front (`US`, `American`).
//! 4. `sounds`: equal sound keys of all words of five letters or more (see `phonetic`).
//! 5. `acronyms`: see `acronym`.
//! 6. `surnames`: see `surname`.
//! 7. `shortened`: an organisation's name cut after its first words (`Kataib` for `Kataib Hezbollah`), a place without or with
//!    its kind of place (`Tigris`, `Tigris River`; `Gulf`, `Persian Gulf`), a country left out before a head noun (`U.S. Marines`, `Marines`);
//!    only when one group alone fits.
//! 8. `likeness`: persons and organisations whose words pair up with a likeness of `threshold` or more, with no
//!    contradiction.
//!
//! # Parameters
//! - `threshold` (default 0.8): least likeness of pass 8 and of a pair alone. Fixed on made-up names: given names of the US census
//!   with slips, swaps, initials and other people's names (test `the_threshold_is_the_best_on_made_up_names`).
//! - `skip` (default none): passes left out, by the names above, to see what each adds.
//!
//! # Cost
//! Linear in the mentions, but for pass 8, which compares names with the same two first letters of any word.
//!
//! # Known to miss
//! Names in two languages (`Hashed al-Shaabi`, `Popular Mobilization`), nicknames, metonyms (kept apart on purpose).
//!
//! # Reference
//! Lee, Chang, Peirsman, Chambers, Surdeanu and Jurafsky 2013, Deterministic Coreference Resolution Based on Entity-Centric,
//! Precision-Ranked Rules.

use serde::{Deserialize, Serialize};

use crate::corpus::Corpus;
use crate::entity::acronym::Acronym;
use crate::entity::forms::{Forms, contradict};
use crate::entity::likeness::likeness;
use crate::entity::surname::Surname;
use crate::entity::{EntityResolver, MentionInput};
use crate::params::Algorithm;

mod passes;
#[cfg(test)]
mod tests;

/// A pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pass {
    /// Articles and plurals aside.
    NormalForm,
    /// Names of one country.
    Countries,
    /// How the country in front is named.
    Places,
    /// Transliterations.
    Sounds,
    /// Acronyms and what they spell.
    Acronyms,
    /// Surnames.
    Surnames,
    /// Names cut short.
    Shortened,
    /// Words that pair up.
    Likeness,
}

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sieve {
    /// Least likeness of the last pass and of a pair alone.
    pub threshold: f64,
    /// Passes left out.
    pub skip: Vec<Pass>,
}

impl Default for Sieve {
    fn default() -> Self {
        Self {
            threshold: 0.8,
            skip: Vec::new(),
        }
    }
}

impl Algorithm for Sieve {
    fn check(&self) -> Result<(), String> {
        super::check_threshold(self.threshold)
    }
}

impl EntityResolver for Sieve {
    fn resolve(&self, mentions: &[MentionInput<'_>], corpus: &Corpus) -> Vec<u32> {
        let forms = Forms::new(mentions);
        let mut unions = forms.unions();
        let runs = |pass| !self.skip.contains(&pass);
        if runs(Pass::NormalForm) {
            passes::normal_forms(&forms, &mut unions);
        }
        if runs(Pass::Countries) {
            passes::countries(&forms, &mut unions);
        }
        if runs(Pass::Places) {
            passes::places(&forms, &mut unions);
        }
        if runs(Pass::Sounds) {
            passes::sounds(&forms, &mut unions);
        }
        if runs(Pass::Acronyms) {
            Acronym::default().join(mentions, corpus, &forms, &mut unions);
        }
        if runs(Pass::Surnames) {
            Surname::default().join(mentions, &forms, &mut unions);
        }
        if runs(Pass::Shortened) {
            passes::shortened(&forms, &mut unions);
        }
        if runs(Pass::Likeness) {
            passes::alike(&forms, self.threshold, &mut unions);
        }
        forms.labels(unions)
    }

    fn similarity(&self, a: &MentionInput<'_>, b: &MentionInput<'_>) -> Option<f64> {
        let pair = [*a, *b];
        match Forms::new(&pair).forms.as_slice() {
            [_] => Some(1.0),
            [a, b]
                if matches!(a.entity_type, "GPE" | "FAC" | "LOC" | "NORP") && contradict(a, b) =>
            {
                Some(0.0)
            }
            [a, b] => Some(likeness(&a.normal, &b.normal, a.entity_type)),
            _ => None,
        }
    }
}
