//! Several recognizers as one: what the surer of them finds wins, and what overlaps it falls away.
//!
//! # What it does
//! Unites what several recognizers find; by default names learnt from other documents (`gazetteer`) with those that rules find
//! (`capitals`).
//!
//! # How it decides
//! All members read the document. Names of equal span are one candidate, for which each member votes with its confidence.
//! Candidates are taken by `rule`: `longest` takes the longest first, then the one with more votes; `vote` the one with more
//! votes first. A candidate that overlaps a taken one falls away, unless it lies inside it and a member nests it so. The type is
//! the one with most votes; ties go to the first in the alphabet.
//!
//! # Parameters
//! - `rule` (default `longest`): names grow by words that one member misses (`Army` of `Peruvian Army`) more often than by
//!   words that do not belong to them.
//! - `members` (default `gazetteer` and `capitals`): the recognizers, each with its default parameters, in any order.
//! - `trust` (default 1.5): weight of a vote by a member that learns from labels, such as the gazetteer; above 1 because it has seen
//!   the label. All others have 1.
//!
//! # Cost
//! The sum of its members and a sort of the candidates.
//!
//! # Known to miss
//! What all members miss.
//!
//! # Reference
//! Florian, Ittycheriah, Jing and Zhang 2003, Named Entity Recognition through Classifier Combination.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::corpus::{Document, Span};
use crate::entity::{EntityRecognizer, EntityTraining, Found, RecognizerModel};
use crate::params::Algorithm;
use crate::registry::members;

/// Which candidate is taken first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// The longest.
    #[default]
    Longest,
    /// The one with most votes.
    Vote,
}

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Ensemble {
    /// Which candidate is taken first.
    pub rule: Rule,
    /// Names of the recognizers.
    pub members: Vec<String>,
    /// Weight of a vote by a member that learns.
    pub trust: f64,
}

impl Default for Ensemble {
    fn default() -> Self {
        Self {
            rule: Rule::Longest,
            members: vec!["gazetteer".to_owned(), "capitals".to_owned()],
            trust: 1.5,
        }
    }
}

impl Ensemble {
    fn build(&self) -> Result<Vec<Box<dyn EntityRecognizer>>, String> {
        // Votes are added in one order whatever order the names have: the last bits of a sum hang on it.
        let mut names = self.members.clone();
        names.sort_unstable();
        members(&super::recognizers(), "recognizer", "ensemble", &names)
    }
}

impl Algorithm for Ensemble {
    fn check(&self) -> Result<(), String> {
        if !self.trust.is_finite() || self.trust < 0.0 {
            return Err(format!("trust is {}; it must be 0 or more", self.trust));
        }
        self.build().map(|_| ())
    }
}

impl EntityRecognizer for Ensemble {
    fn learns(&self) -> bool {
        // What cannot be built is refused before anything is asked of it.
        self.build()
            .is_ok_and(|members| members.iter().any(|member| member.learns()))
    }

    fn fit(&self, training: &EntityTraining<'_>) -> Result<Box<dyn RecognizerModel>, String> {
        let mut members = Vec::new();
        for member in self.build()? {
            let trust = if member.learns() { self.trust } else { 1.0 };
            members.push((trust, member.fit(training)?));
        }
        Ok(Box::new(Model {
            rule: self.rule,
            members,
        }))
    }
}

struct Model {
    rule: Rule,
    members: Vec<(f64, Box<dyn RecognizerModel>)>,
}

/// Votes for one span.
#[derive(Default)]
struct Candidate<'a> {
    /// Votes by type.
    types: BTreeMap<&'a str, f64>,
    /// A member has it inside another of its names.
    nested: bool,
}

impl<'a> Candidate<'a> {
    fn votes(&self) -> f64 {
        self.types.values().sum()
    }

    fn best(&self) -> (&'a str, f64) {
        let mut best = ("", 0.0);
        for (&kind, &votes) in &self.types {
            if votes > best.1 {
                best = (kind, votes);
            }
        }
        best
    }
}

impl RecognizerModel for Model {
    fn recognize<'a>(&'a self, document: &'a Document) -> Vec<Found<'a>> {
        let mut candidates: BTreeMap<Span, Candidate<'_>> = BTreeMap::new();
        let all: f64 = self.members.iter().map(|(trust, _)| trust).sum();
        for (trust, member) in &self.members {
            // Sorted by start and descending end, so that the name around a nested one comes before it.
            let mut around: Option<Span> = None;
            for (span, kind, confidence) in member.recognize(document) {
                let candidate = candidates.entry(span).or_default();
                *candidate.types.entry(kind).or_default() += trust * confidence;
                let inside = around.is_some_and(|outer| outer.contains(span) && outer != span);
                candidate.nested |= inside;
                if !inside {
                    around = Some(span);
                }
            }
        }
        let mut order: Vec<(&Span, &Candidate<'_>)> = candidates.iter().collect();
        order.sort_by(|(a, x), (b, y)| {
            let longer = b.len().cmp(&a.len());
            let surer = y.votes().total_cmp(&x.votes());
            let first = match self.rule {
                Rule::Longest => longer.then(surer),
                Rule::Vote => surer.then(longer),
            };
            first.then(a.cmp(b))
        });
        let mut taken: Vec<Span> = Vec::new();
        let mut names = Vec::new();
        for (&span, candidate) in order {
            let fits = taken
                .iter()
                .all(|&other| !other.overlaps(span) || (candidate.nested && other.contains(span)));
            if fits {
                taken.push(span);
                let (kind, votes) = candidate.best();
                names.push((span, kind, (votes / all).clamp(0.0, 1.0)));
            }
        }
        names.sort_by(|a, b| (a.0.start, b.0.end, &a.1).cmp(&(b.0.start, a.0.end, &b.1)));
        names
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::corpus::Corpus;
    use crate::label::{Mention, Nesting};

    fn model(rule: Rule) -> Box<dyn RecognizerModel> {
        let text = "Vexo and Quiet";
        let corpus = Corpus {
            documents: vec![Document {
                id: "t".into(),
                text: text.into(),
            }],
        };
        let mention = |start, end, kind: &str| Mention {
            document: 0,
            span: Span::new(start, end),
            entity_type: kind.into(),
            entity: String::new(),
            nesting: Nesting::Outer,
            zone: String::new(),
            garbled: false,
            lowercase: false,
            metonymic: false,
            doubtful: false,
        };
        let mentions = [mention(0, 4, "MISC"), mention(9, 14, "LOC")];
        Ensemble {
            rule,
            ..Ensemble::default()
        }
        .fit(&EntityTraining {
            corpus: &corpus,
            mentions: &mentions,
        })
        .unwrap()
    }

    fn names(rule: Rule, text: &str) -> Vec<(String, String)> {
        let document = Document {
            id: "d".into(),
            text: text.into(),
        };
        let model = model(rule);
        let found = model.recognize(&document);
        found
            .iter()
            .map(|(span, kind, _)| (span.text(text).unwrap().to_owned(), (*kind).to_owned()))
            .collect()
    }

    #[test]
    fn worked_example() {
        // Learnt: Vexo (MISC). By rule: Peru, the U.S. Embassy with the country inside, Quiet Zone (LOC), in which the learnt Quiet
        // would stand: the longer name wins.
        let found = names(
            Rule::Longest,
            "A Vexo in Peru left the U.S. Embassy, then the Quiet Zone.",
        );
        let expected = [
            ("Vexo", "MISC"),
            ("Peru", "GPE"),
            ("U.S. Embassy", "FAC"),
            ("U.S.", "GPE"),
            ("Quiet Zone", "LOC"),
        ];
        let expected: Vec<(String, String)> = expected
            .iter()
            .map(|&(a, b)| (a.into(), b.into()))
            .collect();
        assert_eq!(found, expected);
        // By votes 1.5 beats 0.85.
        assert_eq!(
            names(Rule::Vote, "In the Quiet Zone."),
            [("Quiet".to_owned(), "LOC".to_owned())]
        );
    }

    #[test]
    fn members_are_any_other_recognizers() {
        let with = |members: &[&str]| Ensemble {
            members: members.iter().map(|&name| name.to_owned()).collect(),
            ..Ensemble::default()
        };
        for (members, problem) in [
            (&[][..], "members is empty"),
            (&["capitals", "ensemble"], "`ensemble` itself"),
            (&["capitals", "capitals"], "`capitals` twice"),
            (&["oracle"], "unknown recognizer `oracle`"),
        ] {
            let found = with(members).check().unwrap_err();
            assert!(found.contains(problem), "{found}");
        }
        assert_eq!(with(&["capitals", "gazetteer", "pattern"]).check(), Ok(()));
        assert_eq!(Ensemble::default().check(), Ok(()));
        // One member alone says what it says without the others.
        let none = EntityTraining {
            corpus: &Corpus::default(),
            mentions: &[],
        };
        let document = Document {
            id: "d".into(),
            text: "They met in Peru near the U.S. Embassy.".into(),
        };
        let spans = |model: &dyn RecognizerModel| -> Vec<(Span, String)> {
            let found = model.recognize(&document).into_iter();
            found
                .map(|(span, kind, _)| (span, kind.to_owned()))
                .collect()
        };
        let one = with(&["capitals"]).fit(&none).unwrap();
        let alone = crate::entity::capitals::Capitals::default()
            .fit(&none)
            .unwrap();
        assert!(!spans(alone.as_ref()).is_empty());
        assert_eq!(spans(one.as_ref()), spans(alone.as_ref()));
        assert!(
            !with(&["capitals", "pattern"]).learns() && with(&["capitals", "gazetteer"]).learns()
        );
    }

    proptest! {
        /// Names never cross, whatever the text.
        #[test]
        fn names_never_cross(text in "[A-Za-z. \\n]{0,120}|(Vexo|Quiet|Zone|U\\.S\\.|Embassy| |,){0,20}") {
            for rule in [Rule::Longest, Rule::Vote] {
                let document = Document { id: "d".into(), text: text.clone() };
                let model = model(rule);
                let found = model.recognize(&document);
                for (i, a) in found.iter().enumerate() {
                    for b in &found[i + 1..] {
                        prop_assert!(!a.0.overlaps(b.0) || a.0.contains(b.0) || b.0.contains(a.0));
                        prop_assert_ne!(a.0, b.0);
                    }
                }
            }
        }
    }
}
