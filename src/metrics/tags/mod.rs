//! Entity scores from tag sequences, as the tools in wide use compute them: `seqeval`, `seqeval-strict`, `conlleval` and
//! `nervaluate-1.2.1`.
//!
//! These modes follow their originals in everything, also where an undefined value is printed as 0, so that published figures
//! can be repeated. karat's own span metrics are defined elsewhere and differ by design.

pub mod chunks;
pub mod nervaluate;
mod sequence;

use std::fmt;
use std::str::FromStr;

use chunks::{Chunk, Types};
pub use sequence::{Sentences, TagSet};

/// How entities stand in tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scheme {
    /// `I-` inside, `B-` only where an entity follows one of the same type.
    Iob1,
    /// `B-` at every start, then `I-`.
    Iob2,
    /// `I-` inside, `E-` only where an entity of the same type follows.
    Ioe1,
    /// `I-`, then `E-` at every end.
    Ioe2,
    /// `B-`, `I-`, `E-`, and `S-` for a single token.
    Iobes,
    /// `B-`, `I-`, `L-`, and `U-` for a single token.
    Bilou,
}

impl Scheme {
    /// All schemes.
    pub const ALL: [Self; 6] = [
        Self::Iob1,
        Self::Iob2,
        Self::Ioe1,
        Self::Ioe2,
        Self::Iobes,
        Self::Bilou,
    ];

    /// The usual name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Iob1 => "IOB1",
            Self::Iob2 => "IOB2",
            Self::Ioe1 => "IOE1",
            Self::Ioe2 => "IOE2",
            Self::Iobes => "IOBES",
            Self::Bilou => "BILOU",
        }
    }
}

/// Whose rules count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// seqeval 1.2.2, default: lenient, of any scheme.
    Seqeval,
    /// seqeval 1.2.2, `mode="strict"` with a scheme.
    SeqevalStrict,
    /// The script of the CoNLL shared tasks.
    Conlleval,
    /// nervaluate 1.2.1.
    Nervaluate,
}

impl Mode {
    /// All modes.
    pub const ALL: [Self; 4] = [
        Self::Seqeval,
        Self::SeqevalStrict,
        Self::Conlleval,
        Self::Nervaluate,
    ];

    /// The name used on the command line and in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Seqeval => "seqeval",
            Self::SeqevalStrict => "seqeval-strict",
            Self::Conlleval => "conlleval",
            Self::Nervaluate => "nervaluate-1.2.1",
        }
    }
}

macro_rules! named {
    ($kind:ident, $what:literal) => {
        impl fmt::Display for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.name())
            }
        }

        impl FromStr for $kind {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                let mut all = Self::ALL.into_iter();
                all.find(|value| value.name().eq_ignore_ascii_case(text))
                    .ok_or_else(|| {
                        let known = Self::ALL.map(Self::name).join(", ");
                        format!(concat!("unknown ", $what, " `{}`; known: {}"), text, known)
                    })
            }
        }
    };
}

named!(Scheme, "tag scheme");
named!(Mode, "mode");

/// Precision, recall and F1 as the original prints them (0 where undefined).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// Share of the predicted entities that are right.
    pub precision: f64,
    /// Share of the gold entities that are found.
    pub recall: f64,
    /// Harmonic mean of both.
    pub f1: f64,
    /// Gold entities.
    pub support: u64,
}

/// Entities of one type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TypeCounts {
    /// Predicted and in gold, bounds and type.
    pub correct: u64,
    /// Predicted.
    pub predicted: u64,
    /// In gold.
    pub gold: u64,
}

impl TypeCounts {
    /// Scores of these counts.
    pub fn score(self) -> Score {
        let share = |whole: u64| {
            if whole > 0 {
                self.correct as f64 / whole as f64
            } else {
                0.0
            }
        };
        let (precision, recall) = (share(self.predicted), share(self.gold));
        let sum = precision + recall;
        Score {
            precision,
            recall,
            f1: if sum > 0.0 {
                2.0 * precision * recall / sum
            } else {
                0.0
            },
            support: self.gold,
        }
    }
}

/// Counts by type (those in gold or predicted), types in order of their names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TagScores {
    /// Name and counts.
    pub types: Vec<(String, TypeCounts)>,
}

impl TagScores {
    fn new(types: &Types, counts: Vec<TypeCounts>) -> Self {
        let mut types: Vec<_> = types
            .names
            .iter()
            .cloned()
            .zip(counts)
            .filter(|(_, counts)| counts.gold + counts.predicted > 0)
            .collect();
        types.sort_by(|a, b| a.0.cmp(&b.0));
        Self { types }
    }

    /// Over all entities.
    pub fn micro(&self) -> Score {
        let mut all = TypeCounts::default();
        for (_, counts) in &self.types {
            all.correct += counts.correct;
            all.predicted += counts.predicted;
            all.gold += counts.gold;
        }
        all.score()
    }

    /// Mean over types; `None` without any.
    pub fn macro_average(&self) -> Option<Score> {
        self.average(|_| 1.0)
    }

    /// Mean over types by their share of the gold entities; all 0 when gold has none, `None` without types.
    pub fn weighted_average(&self) -> Option<Score> {
        let support = self.micro().support;
        if support == 0 && !self.types.is_empty() {
            return Some(TypeCounts::default().score());
        }
        self.average(|counts| counts.gold as f64)
    }

    fn average(&self, weight: impl Fn(&TypeCounts) -> f64) -> Option<Score> {
        let mut sum = Score {
            precision: 0.0,
            recall: 0.0,
            f1: 0.0,
            support: 0,
        };
        let mut weights = 0.0;
        for (_, counts) in &self.types {
            let weight = weight(counts);
            let score = counts.score();
            sum.precision += weight * score.precision;
            sum.recall += weight * score.recall;
            sum.f1 += weight * score.f1;
            sum.support += score.support;
            weights += weight;
        }
        (weights > 0.0).then(|| Score {
            precision: sum.precision / weights,
            recall: sum.recall / weights,
            f1: sum.f1 / weights,
            support: sum.support,
        })
    }
}

/// A tag that a mode cannot read, by name. The originals stop there too.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("tag `{tag}` is not allowed in {mode}")]
pub struct BadTag {
    /// The tag.
    pub tag: String,
    /// Mode, or scheme of the strict mode.
    pub mode: &'static str,
}

/// Scores predicted tags with `seqeval`, `seqeval-strict` or `conlleval` rules. Both sides have the same sentences and share
/// `tags`. For [`Mode::Nervaluate`] this gives its entities with strict counts; [`nervaluate_tags`] gives its schemas.
///
/// # Errors
/// A tag that the strict scheme (or nervaluate) does not have.
pub fn score_tags(
    gold: &Sentences,
    predicted: &Sentences,
    tags: &TagSet,
    mode: Mode,
    scheme: Scheme,
) -> Result<TagScores, BadTag> {
    let (types, [gold, predicted]) = match mode {
        Mode::Seqeval => {
            let types = Types::lenient(tags);
            let sides = [gold, predicted].map(|side| chunks::lenient(side, &types));
            (types, sides)
        }
        Mode::Conlleval => {
            let types = Types::conlleval(tags);
            let counts = chunks::conlleval(gold, predicted, &types);
            return Ok(TagScores::new(&types, counts));
        }
        Mode::SeqevalStrict => {
            let types = Types::strict(tags);
            for side in [gold, predicted] {
                if let Some(tag) = chunks::foreign_tag(side, &types, scheme) {
                    return Err(bad_tag(tags, tag, scheme.name()));
                }
            }
            let sides = [gold, predicted].map(|side| chunks::strict(side, &types, scheme));
            (types, sides)
        }
        Mode::Nervaluate => {
            let types = Types::nervaluate(tags);
            let read = |side| {
                chunks::nervaluate(side, &types).map_err(|tag| bad_tag(tags, tag, mode.name()))
            };
            let sides = [read(gold)?, read(predicted)?];
            (types, sides)
        }
    };
    Ok(count(&types, &gold, &predicted))
}

/// Scores predicted tags with all schemas of nervaluate 1.2.1.
///
/// # Errors
/// A tag that begins an entity with neither `B-` nor `I-`.
pub fn nervaluate_tags(
    gold: &Sentences,
    predicted: &Sentences,
    tags: &TagSet,
) -> Result<nervaluate::Nervaluate, BadTag> {
    let types = Types::nervaluate(tags);
    let read = |side: &Sentences| -> Result<Vec<Vec<nervaluate::Entity>>, BadTag> {
        let chunks = chunks::nervaluate(side, &types)
            .map_err(|tag| bad_tag(tags, tag, Mode::Nervaluate.name()))?;
        let mut chunks = chunks.into_iter().peekable();
        let mut documents = Vec::with_capacity(side.ends().len());
        for &end in side.ends() {
            let mut document = Vec::new();
            while let Some(chunk) = chunks.next_if(|chunk| chunk.end as usize <= end) {
                document.push(nervaluate::Entity {
                    label: types.names[chunk.kind as usize].clone(),
                    start: chunk.start,
                    end: chunk.end - 1,
                });
            }
            documents.push(document);
        }
        Ok(documents)
    };
    Ok(nervaluate::evaluate(&read(gold)?, &read(predicted)?))
}

fn bad_tag(tags: &TagSet, tag: u32, mode: &'static str) -> BadTag {
    BadTag {
        tag: tags.names().get(tag as usize).cloned().unwrap_or_default(),
        mode,
    }
}

/// Both lists are in order of their ends, and no two chunks of a list end at one token.
fn count(types: &Types, gold: &[Chunk], predicted: &[Chunk]) -> TagScores {
    let mut counts = vec![TypeCounts::default(); types.names.len()];
    let mut rest = predicted;
    for chunk in gold {
        counts[chunk.kind as usize].gold += 1;
        let before = rest
            .iter()
            .take_while(|other| other.end < chunk.end)
            .count();
        rest = &rest[before..];
        if rest.first() == Some(chunk) {
            counts[chunk.kind as usize].correct += 1;
        }
    }
    for chunk in predicted {
        counts[chunk.kind as usize].predicted += 1;
    }
    TagScores::new(types, counts)
}

#[cfg(test)]
mod tests;
