//! Counts of aligned mentions that need no outcomes: sums by type and nesting, grades, confusion, unique surfaces.

use rustc_hash::FxHashMap;

use crate::corpus::Span;
use crate::entity::PredictedMention;
use crate::label::{Gold, Mention, Nesting};
use crate::metrics::counts;
use crate::metrics::fold::{ALL, Tables};
use crate::metrics::spans::{self, Alignment, Grade, Rule};
use crate::task::{Counts, Measure, Verdict};

use super::sides::Sides;

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
        layer: &[Mention],
        nested: &[bool],
    ) -> Self {
        let mut halves = vec![[[0; 3]; 2]; sides.labels.len()];
        let mut used = vec![false; sides.predicted.len()];
        let inner = |mate: usize| usize::from(nested[sides.predicted_index[mate]]);
        for (index, item) in sides.gold.iter().enumerate() {
            let is_inner = layer[sides.gold_index[index]].nesting == Nesting::Inner;
            let own = &mut halves[item.label as usize][usize::from(is_inner)];
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
            halves[other.label as usize][inner(mate)][1] += miss;
        }
        for (mate, item) in sides.predicted.iter().enumerate() {
            if !used[mate] {
                halves[item.label as usize][inner(mate)][1] += 2;
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

/// The five counts of MUC-5 as measures.
pub(super) fn grade_measures(rule: Rule, grades: &spans::Grades) -> Vec<Measure> {
    [
        ("correct", grades.correct),
        ("incorrect", grades.incorrect),
        ("partial", grades.partial),
        ("missing", grades.missing),
        ("spurious", grades.spurious),
    ]
    .into_iter()
    .map(|(metric, count)| Measure {
        match_rule: rule.name().to_owned(),
        ..Measure::new("all", metric, Some(count as f64))
    })
    .collect()
}

/// How often each gold type was paired with each predicted type, by the pairing of the match rule `partial`, which knows no
/// types; `-` stands for no partner. Rows add up to the support of their type.
pub(super) fn confusion(alignment: &Alignment, sides: &Sides<'_>) -> Vec<Measure> {
    let labels = sides.labels.len();
    // The last row and column stand for no partner.
    let mut table = vec![0u64; (labels + 1) * (labels + 1)];
    let mut used = vec![false; sides.predicted.len()];
    for (index, item) in sides.gold.iter().enumerate() {
        let mate = alignment.mate(Rule::Partial, index);
        let other = mate.map_or(labels, |mate| {
            used[mate] = true;
            sides.predicted[mate].label as usize
        });
        table[item.label as usize * (labels + 1) + other] += 1;
    }
    for (item, used) in sides.predicted.iter().zip(used) {
        if !used {
            table[labels * (labels + 1) + item.label as usize] += 1;
        }
    }
    let name = |label: usize| sides.labels.get(label).copied().unwrap_or("-");
    let cells = table.iter().enumerate().filter(|&(_, &count)| count > 0);
    cells
        .map(|(cell, &count)| {
            let (gold, predicted) = (name(cell / (labels + 1)), name(cell % (labels + 1)));
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
    layer: &[Mention],
    predicted: &[PredictedMention],
    sides: &Sides<'_>,
) -> Vec<Measure> {
    let surface = |document: usize, span: Span| {
        let document = gold.corpus.documents.get(document);
        document
            .and_then(|document| span.text(&document.text))
            .unwrap_or_default()
    };
    // Bits: in gold, in doubtful gold, predicted.
    let mut seen: FxHashMap<(&str, &str), u8> = FxHashMap::default();
    for mention in layer {
        let bit = if mention.doubtful { 2 } else { 1 };
        let key = (
            surface(mention.document, mention.span),
            mention.entity_type.as_str(),
        );
        *seen.entry(key).or_default() |= bit;
    }
    for &index in &sides.predicted_index {
        let mention = &predicted[index];
        let key = (
            surface(mention.document, mention.span),
            mention.entity_type.as_str(),
        );
        *seen.entry(key).or_default() |= 4;
    }
    let count = |wanted: &[u8]| seen.values().filter(|bits| wanted.contains(bits)).count() as f64;
    let table = Counts {
        true_positives: count(&[1 | 4, 1 | 2 | 4]),
        false_positives: count(&[4]),
        false_negatives: count(&[1, 1 | 2]),
        true_negatives: None,
    };
    counted("unique-surface", &table)
}

/// Precision, recall and F1 of counts that are not folded from outcomes.
fn counted(rule: &str, table: &Counts) -> Vec<Measure> {
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
        ..Measure::new("all", metric, value)
    })
    .collect()
}
