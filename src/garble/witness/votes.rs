//! Voting: how far the witnesses of each word support or contradict it.

use super::index::{Index, Testimony, together};
use super::omissions;
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
        let strong = !own[at].role.is_little();
        (strong || distance == 1).then_some((partner, distance))
    };
    let before = (1..=REACH.min(i)).find_map(|d| anchor(i - d, d));
    let after = (1..=REACH)
        .take_while(|d| i + d < own.len())
        .find_map(|d| anchor(i + d, d));
    (before, after)
}

/// The words around `i` as the witness has them, as one hash: what makes two witnesses look like copies here.
fn context(
    testimony: &Testimony,
    before: Option<(usize, usize)>,
    after: Option<(usize, usize)>,
) -> u64 {
    let from = before.or(after).map_or(0, |(at, _)| at).saturating_sub(2);
    let to = after
        .or(before)
        .map_or(0, |(at, _)| at + 3)
        .min(testimony.words.len());
    together(
        testimony.words[from.min(to)..to]
            .iter()
            .map(|word| word.exact),
    )
}

/// Witnesses that were heard on one place, and a hash of the words that they have around it.
#[derive(Debug, Default)]
pub(super) struct Counted(Vec<(usize, u64)>);

impl Counted {
    /// What the next witness counts: its reliability times its similarity, less what a witness before it with the same words around
    /// has said already.
    pub(super) fn weight(&mut self, index: &Index, testimony: &Testimony, around: u64) -> f64 {
        let fresh: f64 = self
            .0
            .iter()
            .filter(|(_, seen)| *seen == around)
            .map(|(other, _)| 1.0 - index.dependence(*other, testimony.document))
            .product();
        self.0.push((testimony.document, around));
        index.reliability[testimony.document] * testimony.similarity * fresh
    }
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
    let mut counted = Counted::default();
    for testimony in testimonies {
        let (before, after) = anchors(own, testimony, i);
        let around = context(testimony, before, after);
        let mut weight = counted.weight(index, testimony, around);
        let near = match (before, after) {
            (Some(_), Some(_)) => 1.0,
            (None, None) => 0.15,
            _ => 0.5,
        };
        if let Some((_, alike)) = testimony.collation.partner[i] {
            if testimony.copied[i] {
                weight *= 1.0 - index.dependence(document, testimony.document);
            }
            votes.supported += weight * alike;
        } else if testimony.elsewhere[i] && !own[i].role.is_little() {
            // The word is there in another place: said otherwise, or by the wrong one of two.
            votes.supported += 0.5 * weight;
            votes.contradicted += 0.7 * weight * near;
        } else {
            // Little words are everywhere: that one stands elsewhere says nothing.
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
            if word.role.is_little() {
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
    let mut found = Vec::new();
    for (own, testimonies) in index.texts[document]
        .segments
        .iter()
        .zip(&index.testimonies[document])
    {
        if testimonies.is_empty() {
            continue;
        }
        let mut weights: Vec<f64> = (0..own.len())
            .map(|i| doubt(index, document, own, testimonies, i))
            .collect();
        damp(&mut weights);
        let gaps = omissions::omissions(index, document, own, testimonies);
        for (at, gap) in gaps.into_iter().enumerate() {
            let (weight, category, reading) = if gap.weight > weights[at] {
                (gap.weight, gap.category, gap.reading)
            } else {
                let reading = reading(own, testimonies, at);
                (weights[at], category(&own[at]), reading)
            };
            if weight >= 0.01 {
                found.push(Doubt {
                    span: own[at].span,
                    weight,
                    category,
                    reading,
                });
            }
        }
    }
    found
}

/// Long differing runs are other wording, not garble: the longer, the less each of their words counts.
fn damp(weights: &mut [f64]) {
    for run in weights.chunk_by_mut(|a, b| (*a > 0.0) == (*b > 0.0)) {
        let damping = 1.0 / (1.0 + 0.2 * run.len().saturating_sub(2) as f64);
        run.iter_mut().for_each(|weight| *weight *= damping);
    }
}

fn category(word: &Word) -> &'static str {
    match word.role {
        Role::Negation | Role::Number => "meaning",
        Role::Content if word.name => "name",
        Role::Content => "lexical",
        Role::Relation | Role::Function => "syntax",
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
    // A content word that no other text has anywhere is doubted more: human labels on the TED talks rank a little better with it.
    let content = matches!(own[i].role, Role::Content | Role::Number);
    let heard = content && index.shared.contains(&own[i].stem);
    share * own[i].role.weight() * if heard { 0.7 } else { 1.0 }
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
