//! Counts of aligned mentions that need no outcomes: sums by type and nesting, grades, confusion, unique surfaces.

use rustc_hash::FxHashMap;

use crate::label::{Gold, Mention, Nesting};
use crate::metrics::counts;
use crate::metrics::fold::{ALL, Tables, slice_name, slices_of};
use crate::metrics::spans::{self, Alignment, Grade, Item, Rule};
use crate::task::{Counts, Measure, Outcome, Verdict};

use super::sides::Sides;

/// Which items stand inside others: gold mentions by label, predictions by their spans.
pub(super) struct NestingOf {
    gold: Vec<bool>,
    predicted: Vec<bool>,
}

impl NestingOf {
    /// `nested` says it of every prediction.
    pub(super) fn new(sides: &Sides<'_>, layer: &[Mention], nested: &[bool]) -> Self {
        let inner = |&index: &usize| layer[index].nesting == Nesting::Inner;
        Self {
            gold: sides.gold_index.iter().map(inner).collect(),
            predicted: sides.predicted_index.iter().map(|&i| nested[i]).collect(),
        }
    }
}

/// True positives, false positives and false negatives of one rule in halves, by label and nesting.
pub(super) struct Tally {
    halves: Vec<[[u64; 3]; 2]>,
}

impl Tally {
    const VERDICTS: [Verdict; 3] = [
        Verdict::TruePositive,
        Verdict::FalsePositive,
        Verdict::FalseNegative,
    ];

    pub(super) fn new(
        rule: Rule,
        alignment: &Alignment,
        sides: &Sides<'_>,
        nesting: &NestingOf,
    ) -> Self {
        let mut halves = vec![[[0; 3]; 2]; sides.labels.len()];
        let mut used = vec![false; sides.predicted.len()];
        for (index, item) in sides.gold.iter().enumerate() {
            let own = &mut halves[item.label as usize][usize::from(nesting.gold[index])];
            let Some(mate) = alignment.mate(rule, index) else {
                own[2] += 2;
                continue;
            };
            used[mate] = true;
            let other = &sides.predicted[mate];
            let (hit, miss) = match rule.grade(item, other) {
                Grade::Correct => (2, 0),
                Grade::Partial => (1, 1),
                _ => (0, 2),
            };
            own[0] += hit;
            own[2] += miss;
            halves[other.label as usize][usize::from(nesting.predicted[mate])][1] += miss;
        }
        for (mate, item) in sides.predicted.iter().enumerate() {
            if !used[mate] {
                halves[item.label as usize][usize::from(nesting.predicted[mate])][1] += 2;
            }
        }
        Self { halves }
    }

    /// Adds the counts to the tables of a rule.
    pub(super) fn add<'a>(&self, rule: Rule, sides: &Sides<'a>, tables: &mut Tables<'a>) {
        for (name, halves) in sides.labels.iter().zip(&self.halves) {
            for (nesting, halves) in ["outer", "inner"].into_iter().zip(halves) {
                let slices = [(ALL, ""), ("entity_type", *name), ("nesting", nesting)];
                for (verdict, &halves) in Self::VERDICTS.into_iter().zip(halves) {
                    if halves > 0 {
                        let weight = i128::from(halves) * 500_000;
                        tables.add(rule.name(), &slices, verdict, weight);
                    }
                }
            }
        }
    }
}

/// The five counts of MUC-5 by slice, from outcomes. A pair belongs to the slices of its gold mention, so that in each slice the
/// first four add up to the support.
pub(super) fn grades_by_slice(outcomes: &[Outcome]) -> Vec<Measure> {
    type Key<'a> = (&'a str, (&'a str, &'a str));
    let mut sums: FxHashMap<Key<'_>, [u64; 5]> = FxHashMap::default();
    let mut slices = Vec::new();
    for outcome in outcomes {
        let column = match (outcome.verdict, outcome.detail) {
            (Verdict::TruePositive, "COR") => 0,
            (Verdict::FalseNegative, "INC") => 1,
            (Verdict::TruePositive, "PAR") => 2,
            (Verdict::FalseNegative, "MIS") => 3,
            (Verdict::FalsePositive, "SPU") => 4,
            _ => continue,
        };
        slices.clear();
        slices_of(outcome, &mut slices);
        for &slice in slices.iter().filter(|slice| slice.0 != ALL) {
            sums.entry((outcome.match_rule, slice)).or_default()[column] += 1;
        }
    }
    let mut sums: Vec<(Key<'_>, [u64; 5])> = sums.into_iter().collect();
    sums.sort_unstable();
    let mut measures = Vec::with_capacity(sums.len() * 5);
    for ((rule, slice), sum) in sums {
        let [correct, incorrect, partial, missing, spurious] = sum;
        let slice = slice_name(slice);
        let grades = spans::Grades {
            correct,
            incorrect,
            partial,
            missing,
            spurious,
        };
        measures.extend(grade_rows(rule, &slice, &grades));
    }
    measures
}

/// The five counts of MUC-5 as measures.
pub(super) fn grade_measures(rule: Rule, grades: &spans::Grades) -> Vec<Measure> {
    grade_rows(rule.name(), ALL, grades).collect()
}

fn grade_rows<'a>(
    rule: &'a str,
    slice: &'a str,
    grades: &spans::Grades,
) -> impl Iterator<Item = Measure> + use<'a> {
    [
        ("correct", grades.correct),
        ("incorrect", grades.incorrect),
        ("partial", grades.partial),
        ("missing", grades.missing),
        ("spurious", grades.spurious),
    ]
    .into_iter()
    .map(move |(metric, count)| Measure {
        match_rule: rule.to_owned(),
        ..Measure::new(slice, metric, Some(count as f64))
    })
}

/// How often each gold type was paired with each predicted type, by the pairing of the match rule `partial`, which knows no
/// types; `-` stands for no partner. Rows add up to the support of their type.
pub(super) fn confusion(alignment: &Alignment, sides: &Sides<'_>) -> Vec<Measure> {
    let labels = sides.labels.len() as u32;
    // A label number beyond the last stands for no partner. A map, since thousands of types would make a square of millions.
    let mut table: FxHashMap<(u32, u32), u64> = FxHashMap::default();
    let mut used = vec![false; sides.predicted.len()];
    for (index, item) in sides.gold.iter().enumerate() {
        let mate = alignment.mate(Rule::Partial, index);
        let other = mate.map_or(labels, |mate| {
            used[mate] = true;
            sides.predicted[mate].label
        });
        *table.entry((item.label, other)).or_default() += 1;
    }
    for (item, used) in sides.predicted.iter().zip(used) {
        if !used {
            *table.entry((labels, item.label)).or_default() += 1;
        }
    }
    let mut cells: Vec<((u32, u32), u64)> = table.into_iter().collect();
    cells.sort_unstable();
    let name = |label: u32| sides.labels.get(label as usize).copied().unwrap_or("-");
    cells
        .into_iter()
        .map(|((gold, predicted), count)| {
            let (gold, predicted) = (name(gold), name(predicted));
            Measure {
                match_rule: Rule::Partial.name().to_owned(),
                ..Measure::new(
                    format!("gold_type={gold} predicted_type={predicted}"),
                    "confusion",
                    Some(count as f64),
                )
            }
        })
        .collect()
}

/// Precision, recall and F1 over distinct (text, type) instead of mentions (WNUT-17).
pub(super) fn unique_surfaces(
    gold: &Gold,
    alignment: &Alignment,
    sides: &Sides<'_>,
) -> Vec<Measure> {
    const GOLD: u8 = 1;
    const DOUBTFUL: u8 = 2;
    const PREDICTED: u8 = 4;
    let mut seen: FxHashMap<(&str, u32), u8> = FxHashMap::default();
    let mut see = |item: &Item, side: u8| {
        let document = gold.corpus.documents.get(item.document as usize);
        let text = document
            .and_then(|document| item.span.text(&document.text))
            .unwrap_or_default();
        *seen.entry((text, item.label)).or_default() |= side;
    };
    // A right pair has one text and one type: looked up once for both sides.
    let mut done = vec![false; sides.predicted.len()];
    for (index, item) in sides.gold.iter().enumerate() {
        let mate = alignment
            .mate(Rule::Strict, index)
            .filter(|&mate| Rule::Strict.grade(item, &sides.predicted[mate]) == Grade::Correct);
        if let Some(mate) = mate {
            done[mate] = true;
        }
        see(
            item,
            if mate.is_some() {
                GOLD | PREDICTED
            } else {
                GOLD
            },
        );
    }
    for item in &sides.doubtful {
        see(item, DOUBTFUL);
    }
    for (item, done) in sides.predicted.iter().zip(done) {
        if !done {
            see(item, PREDICTED);
        }
    }
    let mut all = Counts::default();
    let mut by_type = vec![Counts::default(); sides.labels.len()];
    // Whole numbers: the order of a hash map changes no sum.
    seen.iter().for_each(|(&(_, label), &sides)| {
        for table in [&mut all, &mut by_type[label as usize]] {
            match (sides & GOLD > 0, sides & PREDICTED > 0) {
                (true, true) => table.true_positives += 1.0,
                (true, false) => table.false_negatives += 1.0,
                // What is doubtful in gold is no invention.
                (false, true) if sides & DOUBTFUL == 0 => table.false_positives += 1.0,
                _ => {}
            }
        }
    });
    let mut measures = counted(ALL, "unique-surface", &all);
    for (name, table) in sides.labels.iter().zip(&by_type) {
        measures.extend(counted(
            &format!("entity_type={name}"),
            "unique-surface",
            table,
        ));
    }
    measures
}

/// Precision, recall and F1 of counts that are not folded from outcomes.
fn counted(slice: &str, rule: &str, table: &Counts) -> Vec<Measure> {
    let support = (table.true_positives + table.false_negatives) as u64;
    [
        ("precision", counts::precision(table)),
        ("recall", counts::recall(table)),
        ("f1", counts::f1(table)),
    ]
    .into_iter()
    .map(|(metric, value)| Measure {
        match_rule: rule.to_owned(),
        counts: Some(*table),
        support: Some(support),
        ..Measure::new(slice, metric, value)
    })
    .collect()
}
