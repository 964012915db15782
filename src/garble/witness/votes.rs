//! Voting: how far the witnesses of each word support or contradict it.

use super::index::{Index, Testimony};
use super::reading::{Role, Word};
use crate::corpus::Span;

/// A reading in doubt.
pub(super) struct Doubt {
    pub(super) span: Span,
    pub(super) weight: f64,
    pub(super) category: &'static str,
    /// Document and span of the witness's reading.
    pub(super) reading: Option<(usize, Span)>,
}

/// Votes on one word.
#[derive(Debug, Clone, Copy, Default)]
struct Votes {
    supported: f64,
    contradicted: f64,
}

/// How far an anchor may be from the word it vouches for.
const REACH: usize = 3;

/// Position of an anchor in the partner, and its distance.
type Anchor = (usize, usize);

/// Partner position of the nearest anchor before and after word `i`, with its distance. Function words and marks are anchors
/// only next to the word.
fn anchors(own: &[Word], testimony: &Testimony, i: usize) -> (Option<Anchor>, Option<Anchor>) {
    let anchor = |at: usize, distance: usize| {
        let (partner, _) = testimony.collation.partner[at]?;
        let strong = !matches!(own[at].role, Role::Function | Role::Mark);
        (strong || distance == 1).then_some((partner, distance))
    };
    let before = (1..=REACH.min(i)).find_map(|d| anchor(i - d, d));
    let after = (1..=REACH)
        .take_while(|d| i + d < own.len())
        .find_map(|d| anchor(i + d, d));
    (before, after)
}

/// The words around `i` as the witness has them: what makes two witnesses look like copies here.
fn context(
    testimony: &Testimony,
    before: Option<(usize, usize)>,
    after: Option<(usize, usize)>,
) -> Vec<u64> {
    let from = before.or(after).map_or(0, |(at, _)| at).saturating_sub(2);
    let to = after
        .or(before)
        .map_or(0, |(at, _)| at + 3)
        .min(testimony.words.len());
    testimony.words[from.min(to)..to]
        .iter()
        .map(|word| word.exact)
        .collect()
}

/// Votes on word `i` of a segment. Weights: reliability of the witness, similarity of the sentences, independence of those counted before.
fn vote(
    index: &Index,
    document: usize,
    own: &[Word],
    testimonies: &[Testimony],
    i: usize,
) -> Votes {
    let mut votes = Votes::default();
    let mut counted: Vec<(usize, Vec<u64>)> = Vec::new();
    for testimony in testimonies {
        let (before, after) = anchors(own, testimony, i);
        let around = context(testimony, before, after);
        let fresh: f64 = counted
            .iter()
            .filter(|(_, seen)| *seen == around)
            .map(|(other, _)| 1.0 - index.dependence(*other, testimony.document))
            .product();
        let mut weight = index.reliability[testimony.document] * testimony.similarity * fresh;
        counted.push((testimony.document, around));
        if let Some((_, alike)) = testimony.collation.partner[i] {
            if testimony.copied[i] {
                weight *= 1.0 - index.dependence(document, testimony.document);
            }
            votes.supported += weight * alike;
        } else if testimony.elsewhere[i] {
            // The word is there, in another place: half a support for content, none for the little words that are everywhere.
            if !matches!(own[i].role, Role::Function | Role::Mark) {
                votes.supported += 0.7 * weight;
            }
        } else {
            let sides = usize::from(before.is_some()) + usize::from(after.is_some());
            let near = match sides {
                2 => 1.0,
                1 => 0.5,
                _ => 0.15,
            };
            votes.contradicted += weight * near;
        }
    }
    votes
}

/// Share of the comparable content words of a document that its witnesses support.
pub(super) fn supported(index: &Index, document: usize) -> f64 {
    let (mut good, mut all) = (2.0, 2.5);
    for (own, testimonies) in index.texts[document]
        .segments
        .iter()
        .zip(&index.testimonies[document])
    {
        if testimonies.is_empty() {
            continue;
        }
        for (i, word) in own.iter().enumerate() {
            if matches!(word.role, Role::Function | Role::Mark) {
                continue;
            }
            let votes = vote(index, document, own, testimonies, i);
            let sum = votes.supported + votes.contradicted;
            if sum > 0.0 {
                good += votes.supported / sum * sum.min(1.0);
                all += sum.min(1.0);
            }
        }
    }
    good / all
}

/// Doubts about the readings of a document, sorted by span.
pub(super) fn doubts(index: &Index, document: usize) -> Vec<Doubt> {
    // Words of a document that errs twice as often as the mean are doubted twice as much.
    let distrust = (1.0 - index.reliability[document] + 0.05) / (1.0 - index.mean + 0.05);
    let mut found = Vec::new();
    for (own, testimonies) in index.texts[document]
        .segments
        .iter()
        .zip(&index.testimonies[document])
    {
        if testimonies.is_empty() {
            continue;
        }
        let weights: Vec<f64> = (0..own.len())
            .map(|i| doubt(index, document, own, testimonies, i))
            .collect();
        let mut i = 0;
        while i < own.len() {
            if weights[i] <= 0.0 {
                i += 1;
                continue;
            }
            let end = (i..own.len())
                .find(|&at| weights[at] <= 0.0)
                .unwrap_or(own.len());
            // Long differing runs are other wording, not garble.
            let damping = 1.0 / (1.0 + 0.2 * (end - i).saturating_sub(2) as f64);
            for at in i..end {
                let weight = weights[at] * damping * distrust;
                if weight < 0.01 {
                    continue;
                }
                found.push(Doubt {
                    span: own[at].span,
                    weight,
                    category: category(&own[at]),
                    reading: reading(own, testimonies, at),
                });
            }
            i = end;
        }
    }
    found
}

fn category(word: &Word) -> &'static str {
    match word.role {
        Role::Negation | Role::Number => "meaning",
        Role::Content if word.name => "name",
        Role::Content => "lexical",
        Role::Function => "syntax",
        Role::Mark => "surface",
    }
}

/// Doubt about one word, before the run it stands in is looked at.
fn doubt(index: &Index, document: usize, own: &[Word], testimonies: &[Testimony], i: usize) -> f64 {
    let votes = vote(index, document, own, testimonies, i);
    if votes.contradicted <= 0.0 {
        return 0.0;
    }
    let share = votes.contradicted / (votes.contradicted + 1.5 * votes.supported + 0.3);
    let role = match own[i].role {
        Role::Negation => 1.2,
        Role::Number | Role::Content => 1.0,
        Role::Function => 0.35,
        Role::Mark => 0.1,
    };
    // A content word that no other text has anywhere is doubted more: human labels on the TED talks rank a little better with it.
    let content = matches!(own[i].role, Role::Content | Role::Number);
    let heard = content && index.shared.contains(&own[i].stem);
    share * role * if heard { 0.7 } else { 1.0 }
}

/// What the best witness has between the anchors of word `i`.
fn reading(own: &[Word], testimonies: &[Testimony], i: usize) -> Option<(usize, Span)> {
    testimonies
        .iter()
        .filter(|testimony| testimony.collation.partner[i].is_none())
        .filter_map(|testimony| {
            let (before, after) = anchors(own, testimony, i);
            let (from, to) = match (before, after) {
                (Some((a, _)), Some((b, _))) if a + 1 < b && b - a <= 6 => (a + 1, b - 1),
                (Some((a, _)), None) if a + 1 < testimony.words.len() => (a + 1, a + 1),
                _ => return None,
            };
            let span = Span::new(
                testimony.words[from].span.start,
                testimony.words[to].span.end,
            );
            // Words of two segments do not make one reading.
            (span.start < span.end).then_some((testimony.similarity, testimony.document, span))
        })
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))
        .map(|(_, document, span)| (document, span))
}
