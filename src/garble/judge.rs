//! Document rules with limits: the first one broken names the decision, and how near all of them are grades it.

use serde::{Deserialize, Serialize};

use crate::text::line::python_space;
use crate::text::token;

/// What counts as a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Words {
    /// This project's tokens, marks included: near to the spaCy tokenizer of datatrove.
    #[default]
    Tokens,
    /// Runs between white space, as the Gopher paper, Dolma and NeMo have it.
    Whitespace,
}

impl Words {
    /// Calls `each` with every word in order.
    pub fn each<'t>(self, text: &'t str, mut each: impl FnMut(&'t str)) {
        match self {
            Self::Tokens => token::tokens(text).for_each(|t| each(&text[t.span.start..t.span.end])),
            Self::Whitespace => text
                .split(python_space)
                .filter(|word| !word.is_empty())
                .for_each(each),
        }
    }
}

/// Collects rules in their published order.
#[derive(Debug, Clone, Copy, Default)]
pub struct Judge {
    cause: Option<&'static str>,
    pressure: f64,
}

impl Judge {
    /// The value must not be above the limit.
    pub fn at_most(&mut self, name: &'static str, value: f64, limit: f64) {
        self.rule(name, value > limit, value, limit);
    }

    /// The value must not be below the limit.
    pub fn at_least(&mut self, name: &'static str, value: f64, limit: f64) {
        self.rule(name, value < limit, limit, value);
    }

    fn rule(&mut self, name: &'static str, broken: bool, part: f64, whole: f64) {
        if broken && self.cause.is_none() {
            self.cause = Some(name);
        }
        let ratio = if whole > 0.0 {
            part / whole
        } else if part > 0.0 {
            f64::INFINITY
        } else {
            1.0
        };
        self.pressure = self.pressure.max(ratio);
    }

    /// The first broken rule.
    pub const fn cause(&self) -> Option<&'static str> {
        self.cause
    }

    /// From 0 (far from every limit) over 0.5 (at a limit) to 1: at least 0.5 exactly when a rule is broken.
    pub fn confidence(&self) -> f64 {
        let grade = if self.pressure.is_finite() {
            self.pressure / (1.0 + self.pressure)
        } else {
            1.0
        };
        if self.cause.is_some() {
            grade.max(0.5)
        } else {
            grade.min(0.499)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_broken_rule_is_the_cause_and_the_nearest_limit_the_grade() {
        let mut judge = Judge::default();
        judge.at_most("a", 0.1, 0.2);
        assert_eq!((judge.cause(), judge.confidence()), (None, 1.0 / 3.0));
        judge.at_least("b", 10.0, 30.0);
        judge.at_most("c", 9.0, 1.0);
        assert_eq!((judge.cause(), judge.confidence()), (Some("b"), 0.9));
        let mut at_limit = Judge::default();
        at_limit.at_most("a", 0.2, 0.2);
        assert!(at_limit.cause().is_none() && at_limit.confidence() < 0.5);
    }

    #[test]
    fn words_by_white_space_are_those_of_python() {
        let mut found = Vec::new();
        Words::Whitespace.each(" a\u{1c}b, c\u{a0}", |word| found.push(word));
        assert_eq!(found, ["a", "b,", "c"]);
        found.clear();
        Words::Tokens.each("b, c", |word| found.push(word));
        assert_eq!(found, ["b", ",", "c"]);
    }
}
