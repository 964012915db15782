//! What the members say about each token of one document.

use std::ops::Range;

use crate::corpus::Span;
use crate::garble::PredictedGarble;
use crate::text::token;

/// How far the neighbours of a token reach.
const NEAR: usize = 2;

/// Confidences by token and member.
pub(super) struct Signals {
    pub(super) tokens: Vec<Span>,
    members: usize,
    /// By token, then member.
    heard: Vec<f64>,
    /// By token: the surest named category and its confidence.
    categories: Vec<(f64, String)>,
}

impl Signals {
    /// Nothing said yet about the tokens of a text.
    pub(super) fn new(text: &str, members: usize) -> Self {
        let tokens: Vec<Span> = token::tokens(text).map(|token| token.span).collect();
        Self {
            heard: vec![0.0; tokens.len() * members],
            categories: vec![(0.0, String::new()); tokens.len()],
            tokens,
            members,
        }
    }

    /// Notes what a member flags.
    pub(super) fn hear(&mut self, member: usize, flags: &[PredictedGarble]) {
        for flag in flags {
            let first = self
                .tokens
                .partition_point(|token| token.end <= flag.span.start);
            let last = self
                .tokens
                .partition_point(|token| token.start < flag.span.end);
            for token in first..last.max(first) {
                let heard = &mut self.heard[token * self.members + member];
                *heard = heard.max(flag.confidence);
                let category = &mut self.categories[token];
                if !flag.category.is_empty() && flag.confidence > category.0 {
                    *category = (flag.confidence, flag.category.clone());
                }
            }
        }
    }

    fn of(&self, token: usize) -> &[f64] {
        &self.heard[token * self.members..(token + 1) * self.members]
    }

    /// For every token: each member's confidence, then each member's mean confidence on the tokens around.
    pub(super) fn numbers(&self) -> impl Iterator<Item = Vec<f64>> + '_ {
        (0..self.tokens.len()).map(|token| {
            let mut numbers = vec![0.0; 2 * self.members];
            numbers[..self.members].copy_from_slice(self.of(token));
            let around = token.saturating_sub(NEAR)..(token + NEAR + 1).min(self.tokens.len());
            let share = 1.0 / (around.len() - 1).max(1) as f64;
            for other in around.filter(|&other| other != token) {
                for (number, heard) in numbers[self.members..].iter_mut().zip(self.of(other)) {
                    *number += share * heard;
                }
            }
            numbers
        })
    }

    /// True when a member flags the token.
    pub(super) fn any(&self, token: usize) -> bool {
        self.of(token).iter().any(|&heard| heard > 0.0)
    }

    /// The surest category on a run of tokens.
    pub(super) fn category(&self, run: Range<usize>) -> &str {
        let mut best = (0.0, "");
        for (confidence, name) in &self.categories[run] {
            if *confidence > best.0 {
                best = (*confidence, name);
            }
        }
        best.1
    }
}
