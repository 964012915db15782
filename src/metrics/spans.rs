//! Aligning predicted with gold spans, one to one and of maximum weight, and grading the pairs by four match rules.
//!
//! Everything runs on integers; texts and outcomes are made from the alignment elsewhere. Spans that overlap (nested ones too)
//! form components; only those with more than one overlapping pair need a search, and only large ones the solver.

mod component;

use crate::corpus::Span;
use component::Component;

/// A span with its document and label as numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Item {
    /// Document number.
    pub document: u32,
    /// Where it stands.
    pub span: Span,
    /// Label number; number labels in the order of their names, ties are decided by it.
    pub label: u32,
    /// Decides between items that are equal in all else; the lower one is matched first.
    pub rank: u64,
}

/// What has to agree for a pair to be right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// Both ends and the label.
    Strict,
    /// Both ends.
    Exact,
    /// Both ends; half of the credit for an overlap.
    Partial,
    /// Some overlap, and the label.
    Type,
}

impl Rule {
    /// Every rule, in the order of the documents.
    pub const ALL: [Self; 4] = [Self::Strict, Self::Exact, Self::Partial, Self::Type];

    /// Name of the match rule in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::Exact => "exact",
            Self::Partial => "partial",
            Self::Type => "type",
        }
    }

    /// Grades an overlapping pair.
    pub fn grade(self, gold: &Item, predicted: &Item) -> Grade {
        let same_span = gold.span == predicted.span;
        let same_label = gold.label == predicted.label;
        let correct = match self {
            Self::Strict => same_span && same_label,
            Self::Exact | Self::Partial => same_span,
            Self::Type => same_label,
        };
        match (correct, self) {
            (true, _) => Grade::Correct,
            (false, Self::Partial) => Grade::Partial,
            (false, _) => Grade::Incorrect,
        }
    }
}

/// What became of an item or a pair (the classes of MUC-5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// Right.
    Correct,
    /// Paired, but wrong.
    Incorrect,
    /// Paired, half right.
    Partial,
    /// In gold only.
    Missing,
    /// Predicted only.
    Spurious,
}

impl Grade {
    /// The usual abbreviation.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Correct => "COR",
            Self::Incorrect => "INC",
            Self::Partial => "PAR",
            Self::Missing => "MIS",
            Self::Spurious => "SPU",
        }
    }
}

/// Which predicted item each gold item is paired with, per rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alignment {
    mates: [Vec<u32>; 4],
}

/// Numbers of correct, incorrect, partial, missing and spurious items under one rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Grades {
    /// Right pairs.
    pub correct: u64,
    /// Wrong pairs.
    pub incorrect: u64,
    /// Half right pairs.
    pub partial: u64,
    /// Gold without partner.
    pub missing: u64,
    /// Predictions without partner.
    pub spurious: u64,
}

impl Alignment {
    /// The partner of a gold item.
    pub fn mate(&self, rule: Rule, gold: usize) -> Option<usize> {
        self.mates[rule as usize]
            .get(gold)
            .filter(|&&mate| mate != NONE)
            .map(|&mate| mate as usize)
    }

    /// The five counts under a rule, for the items that were aligned.
    pub fn grades(&self, rule: Rule, gold: &[Item], predicted: &[Item]) -> Grades {
        let mut grades = Grades::default();
        let mut paired = 0;
        for (index, item) in gold.iter().enumerate() {
            match self.mate(rule, index) {
                None => grades.missing += 1,
                Some(mate) => {
                    paired += 1;
                    match rule.grade(item, &predicted[mate]) {
                        Grade::Partial => grades.partial += 1,
                        Grade::Correct => grades.correct += 1,
                        _ => grades.incorrect += 1,
                    }
                }
            }
        }
        grades.spurious = predicted.len() as u64 - paired;
        grades
    }
}

const NONE: u32 = u32::MAX;

/// Pairs gold and predicted items one to one, for each rule so that its credit is greatest; then so that most pairs are right,
/// most items paired, spans and labels agree most often and the common bytes are most. The order of the slices changes nothing.
pub fn align(gold: &[Item], predicted: &[Item]) -> Alignment {
    let mut alignment = Alignment {
        mates: std::array::from_fn(|_| vec![NONE; gold.len()]),
    };
    let (gold_order, predicted_order) = (by_place(gold), by_place(predicted));
    let mut component = Component::default();
    let mut end: Option<(u32, usize)> = None;
    sweep(gold, &gold_order, predicted, &predicted_order, |event| {
        let item = match event {
            Event::Gold(index) => &gold[index as usize],
            Event::Predicted(index) => &predicted[index as usize],
            Event::Overlap(g, p) => {
                component.edges.push((g, p));
                return;
            }
        };
        if end.is_none_or(|(document, end)| document != item.document || end <= item.span.start) {
            component.solve(gold, predicted, &mut alignment);
            end = Some((item.document, item.span.end));
        } else if let Some((_, end)) = &mut end {
            *end = item.span.end.max(*end);
        }
    });
    component.solve(gold, predicted, &mut alignment);
    alignment
}

/// Which predictions are don't-care: those that equal the span of a doubtful gold item and of no other, those that overlap
/// doubtful gold only and, when only listed items are judged, those that overlap no judged item.
pub fn dont_care(
    gold: &[Item],
    doubtful: &[bool],
    predicted: &[Item],
    listed_only: bool,
) -> Vec<bool> {
    if !listed_only && !doubtful.contains(&true) {
        return vec![false; predicted.len()];
    }
    #[derive(Clone, Copy, Default)]
    struct Touch {
        overlaps: [bool; 2],
        equals: [bool; 2],
    }
    let mut touches = vec![Touch::default(); predicted.len()];
    sweep(
        gold,
        &by_place(gold),
        predicted,
        &by_place(predicted),
        |event| {
            if let Event::Overlap(g, p) = event {
                let side = usize::from(doubtful.get(g as usize).copied().unwrap_or(false));
                let touch = &mut touches[p as usize];
                touch.overlaps[side] = true;
                touch.equals[side] |= gold[g as usize].span == predicted[p as usize].span;
            }
        },
    );
    touches
        .iter()
        .map(|touch| {
            touch.equals[1] && !touch.equals[0]
                || !touch.overlaps[0] && (touch.overlaps[1] || listed_only)
        })
        .collect()
}

/// Indices by document and start. Among items of equal start the order is that of the input: it decides nothing, since every
/// component puts its own items in canonical order.
fn by_place(items: &[Item]) -> Vec<u32> {
    let place = |item: &Item| (item.document, item.span.start);
    let mut order: Vec<u32> = (0..items.len() as u32).collect();
    if !items.is_sorted_by_key(place) {
        order.sort_by_key(|&index| place(&items[index as usize]));
    }
    order
}

enum Event {
    Gold(u32),
    Predicted(u32),
    Overlap(u32, u32),
}

/// Visits all items by document and start, and every overlapping pair of a gold and a predicted item once, after the later one
/// of the two was visited. Costs no more than the items and pairs visited.
fn sweep(
    gold: &[Item],
    gold_order: &[u32],
    predicted: &[Item],
    predicted_order: &[u32],
    mut visit: impl FnMut(Event),
) {
    let (mut g, mut p) = (0, 0);
    let mut open_gold: Vec<u32> = Vec::new();
    let mut open_predicted: Vec<u32> = Vec::new();
    loop {
        let next_gold = gold_order
            .get(g)
            .map(|&index| (index, &gold[index as usize]));
        let next_predicted = predicted_order
            .get(p)
            .map(|&index| (index, &predicted[index as usize]));
        let place = |item: &Item| (item.document, item.span.start);
        let gold_first = match (next_gold, next_predicted) {
            (None, None) => return,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (Some((_, a)), Some((_, b))) => place(a) <= place(b),
        };
        if let Some((index, item)) = next_gold.filter(|_| gold_first) {
            g += 1;
            visit(Event::Gold(index));
            open_predicted.retain(|&other| still_open(&predicted[other as usize], item));
            for &other in &open_predicted {
                if predicted[other as usize].span.overlaps(item.span) {
                    visit(Event::Overlap(index, other));
                }
            }
            open_gold.push(index);
        } else if let Some((index, item)) = next_predicted {
            p += 1;
            visit(Event::Predicted(index));
            open_gold.retain(|&other| still_open(&gold[other as usize], item));
            for &other in &open_gold {
                if gold[other as usize].span.overlaps(item.span) {
                    visit(Event::Overlap(other, index));
                }
            }
            open_predicted.push(index);
        }
    }
}

fn still_open(open: &Item, next: &Item) -> bool {
    open.document == next.document && open.span.end > next.span.start
}

#[cfg(test)]
mod tests;
