//! Damage with exact spans: operators that turn clean text into garbled text, for tests, recall curves and throughput corpora.
//!
//! # What it does
//! Each operator changes one place and says where the damage stands in the new text and what stood there before, so that recall
//! is known by construction. [`damage`] puts many into one text; [`restored`] takes them out again.
//!
//! # How it decides
//! Places are chosen by a generator that depends on the seed and the text only. Two damages never touch: at least one
//! undamaged character lies between them, so that each has a span of its own. Operators are drawn equally often; one that finds no place
//! in a text (no number, nothing outside ASCII) gives its turn to another.
//!
//! # What the figures mean
//! Results on injected damage say whether a detector sees this kind of damage. They are no estimate for real text, where errors come
//! in other shares and where what precedes them is not clean; the two are never put into one table.

use std::collections::BTreeMap;

use crate::corpus::Span;
use crate::text::hash::SplitMix;

mod edit;
#[cfg(test)]
mod tests;

use edit::{Edit, Page};

/// A way of damaging text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, clap::ValueEnum)]
pub enum Operator {
    /// Two neighbouring words change places
    Swap,
    /// A word is left out; the damage covers the words before and after the gap
    Drop,
    /// A word is said twice; the damage is the second
    Repeat,
    /// `not` is put after an auxiliary, or taken away
    Negate,
    /// A number becomes another one
    Number,
    /// A capitalised word inside a sentence becomes another one of the text
    Name,
    /// A character outside ASCII becomes its UTF-8 read as Windows-1252
    Mojibake,
    /// Markup is glued to a capitalised word
    Markup,
    /// A line of page furniture is put before a line
    Furniture,
}

impl Operator {
    /// Every operator.
    pub const ALL: &[Self] = &[
        Self::Swap,
        Self::Drop,
        Self::Repeat,
        Self::Negate,
        Self::Number,
        Self::Name,
        Self::Mojibake,
        Self::Markup,
        Self::Furniture,
    ];

    /// Name in commands and labels (`subtype`).
    pub const fn name(self) -> &'static str {
        match self {
            Self::Swap => "swap",
            Self::Drop => "drop",
            Self::Repeat => "repeat",
            Self::Negate => "negate",
            Self::Number => "number",
            Self::Name => "name",
            Self::Mojibake => "mojibake",
            Self::Markup => "markup",
            Self::Furniture => "furniture",
        }
    }

    /// Match rule under which its curve stands in curves.csv.
    pub const fn curve(self) -> &'static str {
        match self {
            Self::Swap => "token/swap",
            Self::Drop => "token/drop",
            Self::Repeat => "token/repeat",
            Self::Negate => "token/negate",
            Self::Number => "token/number",
            Self::Name => "token/name",
            Self::Mojibake => "token/mojibake",
            Self::Markup => "token/markup",
            Self::Furniture => "token/furniture",
        }
    }

    /// Garble category of the damage.
    pub const fn category(self) -> &'static str {
        match self {
            Self::Swap => "syntax",
            Self::Drop | Self::Repeat => "token",
            Self::Negate | Self::Number => "meaning",
            Self::Name => "name",
            Self::Mojibake => "surface",
            Self::Markup | Self::Furniture => "boilerplate",
        }
    }

    /// Severity by the guidelines: a reader of another number, name or polarity is told something false and nothing warns; a lost
    /// word cannot always be recovered; the rest is recovered at once.
    pub const fn severity(self) -> &'static str {
        match self {
            Self::Negate | Self::Number | Self::Name => "critical",
            Self::Drop => "major",
            Self::Swap | Self::Repeat | Self::Mojibake | Self::Markup | Self::Furniture => "minor",
        }
    }
}

/// One damage in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// What made it.
    pub operator: Operator,
    /// Where it stands in the damaged text.
    pub span: Span,
    /// What stood there before (empty for an insertion).
    pub intended: String,
}

/// Damaged text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damaged {
    /// The new text.
    pub text: String,
    /// The damages in it, by place.
    pub damages: Vec<Damage>,
}

/// Damages one place of the text; which of the possible ones, `choice` decides. `None` when the operator finds no place.
pub fn inject(text: &str, operator: Operator, choice: u64) -> Option<Damaged> {
    let page = Page::new(text);
    let places = page.places(operator);
    let count = u64::try_from(places.len())
        .ok()
        .filter(|&count| count > 0)?;
    let place = *places.get(usize::try_from(choice % count).ok()?)?;
    let edit = page.edit(operator, place, &places, choice)?;
    Some(apply(text, [(operator, edit)]))
}

/// Damages about `rate` of the words of a text, each in one place, by the given operators. Which ones depends on the seed and the
/// text only.
pub fn damage(text: &str, operators: &[Operator], rate: f64, seed: u64) -> Damaged {
    /// Draws after which a damage that finds no free place is given up.
    const TRIES: usize = 16;
    let page = Page::new(text);
    let mut random = SplitMix::new(seed);
    let places: Vec<Vec<usize>> = operators.iter().map(|&o| page.places(o)).collect();
    let mut edits: BTreeMap<usize, (Operator, Edit)> = BTreeMap::new();
    // The fraction left over is one more damage in as many texts as it says.
    let expected = page.words() as f64 * rate.clamp(0.0, 1.0);
    let mut left = expected as usize;
    left += usize::from(random.unit() < expected.fract());
    while left > 0 {
        left -= 1;
        for _ in 0..TRIES {
            let drawn = random.below(operators.len());
            let choice = random.next();
            let Some(of_operator) = places.get(drawn).filter(|places| !places.is_empty()) else {
                continue;
            };
            let place = of_operator[random.below(of_operator.len())];
            let operator = operators[drawn];
            let Some(edit) = page.edit(operator, place, of_operator, choice) else {
                continue;
            };
            let before = edits.range(..=edit.place.start).next_back();
            let after = edits.range(edit.place.start..).next();
            if !before
                .into_iter()
                .chain(after)
                .any(|(_, (_, other))| edit.touches(other))
            {
                edits.insert(edit.place.start, (operator, edit));
                break;
            }
        }
    }
    apply(text, edits.into_values())
}

/// Carries out edits that are in order and do not touch.
fn apply(text: &str, edits: impl IntoIterator<Item = (Operator, Edit)>) -> Damaged {
    let mut damaged = String::with_capacity(text.len() + text.len() / 16);
    let mut damages = Vec::new();
    let mut copied = 0;
    for (operator, edit) in edits {
        damaged.push_str(&text[copied..edit.place.start]);
        let start = damaged.len();
        damaged.push_str(&edit.new);
        damages.push(Damage {
            operator,
            span: Span::new(start, damaged.len()),
            intended: text[edit.place.start..edit.place.end].to_owned(),
        });
        damaged.push_str(edit.after);
        copied = edit.place.end;
    }
    damaged.push_str(&text[copied..]);
    Damaged {
        text: damaged,
        damages,
    }
}

/// The text with spans replaced by what was intended there, given in order. An insertion goes together with the one blank that it
/// brought along.
pub fn restored<'d>(text: &str, damages: impl IntoIterator<Item = (Span, &'d str)>) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut copied = 0;
    for (span, intended) in damages {
        clean.push_str(&text[copied..span.start]);
        clean.push_str(intended);
        let blank = intended.is_empty() && text[span.end..].starts_with([' ', '\n']);
        copied = span.end + usize::from(blank);
    }
    clean.push_str(&text[copied..]);
    clean
}
