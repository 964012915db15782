//! Where each operator can act, and what it does there.

use super::Operator;
use crate::corpus::Span;
use crate::garble::mojibake;
use crate::text::token;

/// A change of one place: the bytes of `place` become `new`, followed by what an insertion brings along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edit {
    pub(super) place: Span,
    pub(super) new: String,
    pub(super) after: &'static str,
}

impl Edit {
    /// True when fewer than two bytes lie between the two: the spans, or the blank that an insertion brings, would run together.
    pub(super) const fn touches(&self, other: &Self) -> bool {
        self.place.start <= other.place.end + 1 && other.place.start <= self.place.end + 1
    }
}

const AUXILIARIES: [&str; 16] = [
    "is", "are", "was", "were", "has", "have", "had", "will", "would", "can", "could", "should",
    "must", "did", "does", "do",
];

/// Identifiers as content systems leave them in texts.
const MARKUP: [&str; 4] = ["media_camera", "img_caption", "video_play", "share_icon"];

/// Furniture of the kinds that the guidelines list.
const FURNITURE: [&str; 5] = [
    "Advertisement",
    "Click here to subscribe to our newsletter",
    "1,204 views",
    "(Reporting by Ann Example; Editing by Bo Sample)",
    "Share on Facebook",
];

/// A text with its words.
pub(super) struct Page<'t> {
    text: &'t str,
    words: Vec<Span>,
}

impl<'t> Page<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            words: token::words(text).collect(),
        }
    }

    /// Number of words.
    pub(super) const fn words(&self) -> usize {
        self.words.len()
    }

    fn word(&self, at: usize) -> &'t str {
        &self.text[self.words[at].start..self.words[at].end]
    }

    /// True when the next word follows after nothing but one space.
    fn beside(&self, at: usize) -> bool {
        at + 1 < self.words.len() && &self.text[self.words[at].end..self.words[at + 1].start] == " "
    }

    /// Where the operator can act: numbers of words, or bytes for those that know no words.
    pub(super) fn places(&self, operator: Operator) -> Vec<usize> {
        let words = |wanted: &dyn Fn(usize) -> bool| -> Vec<usize> {
            (0..self.words.len()).filter(|&at| wanted(at)).collect()
        };
        match operator {
            Operator::Swap => words(&|at| {
                self.beside(at) && self.word(at).to_lowercase() != self.word(at + 1).to_lowercase()
            }),
            Operator::Drop => words(&|at| at > 0 && self.beside(at - 1) && self.beside(at)),
            Operator::Repeat => words(&|at| self.beside(at)),
            Operator::Negate => words(&|at| {
                self.beside(at)
                    && AUXILIARIES
                        .iter()
                        .any(|auxiliary| auxiliary.eq_ignore_ascii_case(self.word(at)))
            }),
            Operator::Number => {
                words(&|at| self.word(at).starts_with(|c: char| c.is_ascii_digit()))
            }
            Operator::Name => words(&|at| {
                let mut chars = self.word(at).chars();
                at > 0
                    && self.beside(at - 1)
                    && chars.next().is_some_and(char::is_uppercase)
                    && chars.next().is_some()
            }),
            Operator::Mojibake => self
                .text
                .char_indices()
                .filter(|(_, c)| !c.is_ascii() && !c.is_whitespace())
                .map(|(at, _)| at)
                .collect(),
            Operator::Markup => words(&|at| {
                self.word(at).starts_with(|c: char| c.is_ascii_uppercase())
                    && self.text[..self.words[at].start]
                        .chars()
                        .next_back()
                        .is_none_or(char::is_whitespace)
            }),
            Operator::Furniture if self.text.is_empty() => Vec::new(),
            Operator::Furniture => {
                let breaks = self.text.match_indices('\n').map(|(at, _)| at + 1);
                std::iter::once(0).chain(breaks).collect()
            }
        }
    }

    /// What the operator does at one of its `places`; `choice` decides where it could do several things. `None` when it finds nothing
    /// to do there.
    pub(super) fn edit(
        &self,
        operator: Operator,
        place: usize,
        places: &[usize],
        choice: u64,
    ) -> Option<Edit> {
        let drawn = |count: usize| usize::try_from(choice % count.max(1) as u64).unwrap_or(0);
        let word = |at: usize| self.words[at];
        Some(match operator {
            Operator::Swap => replace(
                Span::new(word(place).start, word(place + 1).end),
                format!("{} {}", self.word(place + 1), self.word(place)),
            ),
            Operator::Drop => replace(
                Span::new(word(place - 1).start, word(place + 1).end),
                format!("{} {}", self.word(place - 1), self.word(place + 1)),
            ),
            Operator::Repeat => insert(word(place + 1).start, self.word(place), " "),
            Operator::Negate => {
                let negated = self.word(place + 1).eq_ignore_ascii_case("not");
                if negated && self.beside(place + 1) {
                    replace(
                        Span::new(word(place).start, word(place + 2).end),
                        format!("{} {}", self.word(place), self.word(place + 2)),
                    )
                } else {
                    insert(word(place + 1).start, "not", " ")
                }
            }
            Operator::Number => replace(word(place), other_number(self.word(place), choice)?),
            Operator::Name => {
                let others: Vec<usize> = places
                    .iter()
                    .copied()
                    .filter(|&other| self.word(other) != self.word(place))
                    .collect();
                let other = *others.get(drawn(others.len()))?;
                replace(word(place), self.word(other).to_owned())
            }
            Operator::Mojibake => {
                let c = self.text[place..].chars().next()?;
                replace(Span::new(place, place + c.len_utf8()), mojibake::mangled(c))
            }
            Operator::Markup => insert(word(place).start, MARKUP[drawn(MARKUP.len())], ""),
            Operator::Furniture => insert(place, FURNITURE[drawn(FURNITURE.len())], "\n"),
        })
    }
}

/// The number with another first digit, never a zero.
fn other_number(number: &str, choice: u64) -> Option<String> {
    let old = *number.as_bytes().first()?;
    let mut digits = (b'1'..=b'9').filter(|&digit| digit != old);
    let count = digits.clone().count() as u64;
    let new = digits.nth(usize::try_from(choice % count).ok()?)?;
    Some(format!("{}{}", char::from(new), &number[1..]))
}

const fn replace(place: Span, new: String) -> Edit {
    Edit {
        place,
        new,
        after: "",
    }
}

fn insert(at: usize, new: &str, after: &'static str) -> Edit {
    Edit {
        place: Span::new(at, at),
        new: new.to_owned(),
        after,
    }
}
