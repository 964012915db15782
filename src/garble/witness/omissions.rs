//! Gaps: places where witnesses have a word between two that this document has side by side.

use super::index::{Index, Testimony, together};
use super::reading::{Role, Word};
use super::votes::Counted;
use crate::corpus::Span;

/// A doubt about a word next to a gap; weight 0 where there is none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gap {
    pub(super) weight: f64,
    pub(super) category: &'static str,
    /// Text and span of what a witness has there.
    pub(super) reading: Option<(usize, Span)>,
}

/// Longest gap in words: more is a clause that a telling may well leave out.
const LONGEST: usize = 4;
/// What a missing word counts beside a wrong one: both its neighbours are flagged for it.
const SHARE: f64 = 0.5;

/// For each word of a segment what is missing beside it.
pub(super) fn omissions(
    index: &Index,
    document: usize,
    own: &[Word],
    testimonies: &[Testimony],
) -> Vec<Gap> {
    let nothing = Gap {
        weight: 0.0,
        category: "token",
        reading: None,
    };
    let mut found = vec![nothing; own.len()];
    let words: Vec<usize> = (0..own.len())
        .filter(|&at| own[at].role != Role::Mark)
        .collect();
    for pair in words.windows(2) {
        let gap = missing(index, document, own, testimonies, pair[0], pair[1]);
        for &at in pair {
            if gap.weight > found[at].weight {
                found[at] = gap;
            }
        }
    }
    found
}

/// A word that witnesses have in a gap: all that is said for it, and the first witness with it.
struct Candidate {
    stem: u64,
    role: Role,
    votes: f64,
    reading: (usize, Span),
}

/// What is missing between the words `left` and `right`, which only marks part. Each word that witnesses have there, and this segment nowhere,
/// is voted on by itself: witnesses that put in different words do not agree that something is missing.
fn missing(
    index: &Index,
    document: usize,
    own: &[Word],
    testimonies: &[Testimony],
    left: usize,
    right: usize,
) -> Gap {
    let mut candidates: Vec<Candidate> = Vec::new();
    let mut without = 0.0;
    let mut counted = Counted::default();
    for testimony in testimonies {
        let partner = |at: usize| testimony.collation.partner[at].map(|(there, _)| there);
        let (Some(from), Some(to)) = (partner(left), partner(right)) else {
            continue;
        };
        let end = (to + 2).min(testimony.words.len());
        let around = &testimony.words[from.saturating_sub(1)..end];
        let around = together(around.iter().map(|word| word.exact));
        let mut weight = counted.weight(index, testimony, around);
        let between = testimony.words[from + 1..to]
            .iter()
            .filter(|word| word.role != Role::Mark);
        let length = between.clone().count();
        if length == 0 {
            if testimony.copied[left] || testimony.copied[right] {
                weight *= 1.0 - index.dependence(document, testimony.document);
            }
            without += weight;
        } else if length <= LONGEST {
            let span = Span::new(
                testimony.words[from].span.start,
                testimony.words[to].span.end,
            );
            for word in between.filter(|word| own.iter().all(|own| own.stem != word.stem)) {
                match candidates.iter_mut().find(|known| known.stem == word.stem) {
                    Some(known) => known.votes += weight,
                    None => candidates.push(Candidate {
                        stem: word.stem,
                        role: word.role,
                        votes: weight,
                        reading: (testimony.document, span),
                    }),
                }
            }
        }
    }
    let doubt = |candidate: &Candidate| {
        // One witness alone may have added the word: it counts for less than a reading that one witness contradicts.
        let share = candidate.votes / (candidate.votes + 1.5 * without + 1.0);
        SHARE * share * candidate.role.weight()
    };
    let worst = candidates
        .iter()
        .map(|candidate| (doubt(candidate), candidate))
        .max_by(|(a, x), (b, y)| a.total_cmp(b).then(y.stem.cmp(&x.stem)));
    Gap {
        weight: worst.as_ref().map_or(0.0, |(weight, _)| *weight),
        category: match worst {
            Some((_, candidate)) if candidate.role == Role::Negation => "meaning",
            _ => "token",
        },
        reading: worst.and_then(|(_, candidate)| {
            let (_, span) = candidate.reading;
            // Words of two segments, in the order of likeness, do not make one reading.
            (span.start < span.end).then_some(candidate.reading)
        }),
    }
}
