//! Evidence from outcomes: counts per story and side, and the items that were fixed or broken.

use std::collections::{BTreeMap, BTreeSet};

use crate::record::OutcomeRow;
use crate::stats::stories::{Pair, Stories, Tally, add, joined};

/// What became of one item between base and head.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// Identifier such as `embassy/pair/001:s004~002:s007`.
    pub item: String,
    /// True when the head got it wrong that the base got right.
    pub broken: bool,
    /// Verdict in the base, empty when it was not there.
    pub before: String,
    /// Verdict in the head, empty when it is not there.
    pub after: String,
    /// Text in gold, else the predicted text.
    pub text: String,
    /// Of a pair, the text of its second place, where it was looked up (see [`super::texts`]).
    pub other_text: String,
    /// Severity of a garble, else empty.
    pub severity: String,
}

/// Both sides of one match rule of one variant, for each slice.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    slices: BTreeMap<String, Sliced>,
}

#[derive(Debug, Clone, Default)]
struct Sliced {
    base: Stories,
    head: Stories,
    changes: Vec<Change>,
}

impl Evidence {
    /// Adds outcomes up, both sides, once for all slices.
    pub fn new<'a>(
        base: impl Iterator<Item = &'a OutcomeRow>,
        head: impl Iterator<Item = &'a OutcomeRow>,
    ) -> Self {
        let mut evidence = Self::default();
        let mut items: BTreeMap<&str, Item<'a>> = BTreeMap::new();
        for (is_head, row) in base
            .map(|row| (false, row))
            .chain(head.map(|row| (true, row)))
        {
            let counted = counted(row);
            let item = items.entry(&row.item).or_default();
            for slice in slices(row) {
                let sliced = match evidence.slices.get_mut(&slice) {
                    Some(sliced) => sliced,
                    None => evidence.slices.entry(slice.clone()).or_default(),
                };
                add(
                    if is_head {
                        &mut sliced.head
                    } else {
                        &mut sliced.base
                    },
                    &row.story,
                    counted,
                );
                item.slices.insert(slice);
            }
            let side = &mut item.sides[usize::from(is_head)];
            side.credit +=
                counted.true_positives - counted.false_positives - counted.false_negatives;
            side.rows.push(row);
        }
        for (name, item) in items {
            let Some(change) = item.change(name) else {
                continue;
            };
            for slice in &item.slices {
                if let Some(sliced) = evidence.slices.get_mut(slice) {
                    sliced.changes.push(change.clone());
                }
            }
        }
        evidence
    }

    /// Counts per story of a slice; empty when no outcome is in it.
    pub fn stories(&self, slice: &str) -> Vec<Pair> {
        self.slices
            .get(slice)
            .map(|sliced| joined(&sliced.base, &sliced.head))
            .unwrap_or_default()
    }

    /// Items of a slice that were fixed or broken, in order of item.
    pub fn changes(&self, slice: &str) -> &[Change] {
        self.slices.get(slice).map_or(&[], |sliced| &sliced.changes)
    }
}

/// One item on both sides.
#[derive(Default)]
struct Item<'a> {
    sides: [ItemSide<'a>; 2],
    slices: BTreeSet<String>,
}

#[derive(Default)]
struct ItemSide<'a> {
    /// Weight of right minus weight of wrong; an item that is not there has 0.
    credit: f64,
    rows: Vec<&'a OutcomeRow>,
}

impl Item<'_> {
    fn change(&self, name: &str) -> Option<Change> {
        let [base, head] = &self.sides;
        if (base.credit - head.credit).abs() < 1e-9 {
            return None;
        }
        let verdicts = |side: &ItemSide<'_>| {
            let names: BTreeSet<&str> = side.rows.iter().map(|row| row.verdict.as_str()).collect();
            names.into_iter().collect::<Vec<_>>().join(" + ")
        };
        let rows = || head.rows.iter().chain(&base.rows);
        let first = |cell: fn(&OutcomeRow) -> &String| {
            rows()
                .map(|row| cell(row))
                .find(|text| !text.is_empty())
                .cloned()
                .unwrap_or_default()
        };
        let gold_text = first(|row| &row.gold_text);
        Some(Change {
            item: name.to_owned(),
            broken: head.credit < base.credit,
            before: verdicts(base),
            after: verdicts(head),
            text: if gold_text.is_empty() {
                first(|row| &row.predicted_text)
            } else {
                gold_text
            },
            other_text: String::new(),
            severity: first(|row| &row.severity),
        })
    }
}

/// What an outcome counts.
pub fn counted(row: &OutcomeRow) -> Tally {
    let weight = row.weight.unwrap_or(1.0);
    let mut tally = Tally::default();
    match row.verdict.as_str() {
        "true positive" => tally.true_positives = weight,
        "false positive" => tally.false_positives = weight,
        "false negative" => tally.false_negatives = weight,
        _ => {}
    }
    tally
}

/// The slices that an outcome belongs to, by the rules of `metrics::fold`.
fn slices(row: &OutcomeRow) -> Vec<String> {
    let mut slices = vec!["all".to_owned()];
    let mut push = |name: &str, value: &str| {
        if !value.is_empty() {
            slices.push(format!("{name}={value}"));
        }
    };
    push("document", &row.document);
    push("zone", &row.zone);
    push("category", &row.category);
    push("severity", &row.severity);
    if row.category.is_empty() && row.severity.is_empty() {
        let predicted = row.verdict == "false positive" || row.gold_type.is_empty();
        push(
            "entity_type",
            if predicted {
                &row.predicted_type
            } else {
                &row.gold_type
            },
        );
    }
    slices.extend(
        row.slices
            .split('|')
            .filter(|slice| !slice.is_empty())
            .map(str::to_owned),
    );
    slices
}
