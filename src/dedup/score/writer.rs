//! Outcomes of pairs: one by one, or one per unit inside large groups.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::dedup::judge::{Judge, Truth};
use crate::label::Gold;
use crate::metrics::counts;
use crate::place::Places;
use crate::task::{Counts, Level, Measure, Outcome, Scored, Verdict};

use super::Pair;

/// Makes outcomes of the pairs of one level.
pub(super) struct Writer<'a> {
    level: Level,
    judge: &'a Judge,
    places: Places<'a>,
    special: Vec<(Pair, Truth)>,
    positives: Vec<Pair>,
    same_fact: FxHashSet<Pair>,
}

/// Copied and garbled, of the segment of a unit (both false for documents).
pub(super) type Flags = (bool, bool);

/// The slice of the hard negatives.
const SAME_FACT: &str = "pair=same_fact";

/// A unit's common pairs inside a large group: how many, by the flags of the pair.
pub(super) type Share = (u32, Flags, u64);

impl<'a> Writer<'a> {
    pub(super) fn new(level: Level, gold: &'a Gold, judge: &'a Judge) -> Self {
        let facts = gold.same_fact.as_deref().unwrap_or_default().iter();
        let same_fact = facts
            .map(|fact| (fact.a.min(fact.b) as u32, fact.a.max(fact.b) as u32))
            .collect();
        let special = judge.special();
        let positives = special
            .iter()
            .filter(|(_, truth)| *truth == Truth::Positive)
            .map(|(pair, _)| *pair)
            .collect();
        Self {
            level,
            judge,
            places: Places::new(gold),
            special,
            positives,
            same_fact,
        }
    }

    /// Gold pairs in order.
    pub(super) fn positives(&self) -> &[Pair] {
        &self.positives
    }

    /// Outcomes of the predicted pairs and of the gold pairs that were missed; true negatives are counted, not listed.
    pub(super) fn write(
        &self,
        rule: &'static str,
        predicted: impl Iterator<Item = (Pair, Option<f64>)>,
        large: &[Vec<u32>],
        scored: &mut Scored,
    ) {
        let mut tally = Tally::default();
        for (pair, similarity) in predicted {
            let truth = self.judge.truth(pair.0, pair.1);
            let verdict = tally.predicted(pair, truth);
            let outcome = self.outcome(rule, pair, verdict, similarity);
            scored.outcomes.push(outcome);
        }
        for (pair, truth) in self.special_inside(large) {
            let verdict = tally.predicted(pair, truth);
            let outcome = self.outcome(rule, pair, verdict, None);
            scored.outcomes.push(outcome);
        }
        if self.judge.common() == Truth::Negative {
            let weight = if self.judge.ordered() { 1.0 } else { 0.5 };
            for (unit, flags, pairs) in self.shares(large) {
                let mut outcome = self.of_unit(rule, unit, flags);
                outcome.weight = pairs as f64 * weight;
                tally.table.false_positives += outcome.weight;
                scored.outcomes.push(outcome);
            }
        }
        for &pair in &self.positives {
            if !tally.found.contains(&pair) {
                tally.table.false_negatives += 1.0;
                let outcome = self.outcome(rule, pair, Verdict::FalseNegative, None);
                scored.outcomes.push(outcome);
            }
        }
        let mut table = tally.table;
        let judged = self.judge.judged() as f64;
        table.true_negatives =
            Some(judged - table.true_positives - table.false_positives - table.false_negatives);
        scored.measures.push(Measure {
            match_rule: rule.to_owned(),
            counts: Some(table),
            support: Some(self.positives.len() as u64),
            ..Measure::new("all", "mcc", counts::mcc(&table))
        });
    }

    /// Numbers of positive and negative pairs inside large groups.
    pub(super) fn inside(&self, large: &[Vec<u32>]) -> (u64, u64) {
        let (mut positives, mut negatives) = (0, 0);
        for (_, truth) in self.special_inside(large) {
            positives += u64::from(truth == Truth::Positive);
            negatives += u64::from(truth == Truth::Negative);
        }
        if self.judge.common() == Truth::Negative {
            let twice: u64 = self.shares(large).iter().map(|share| share.2).sum();
            negatives += if self.judge.ordered() {
                twice
            } else {
                twice / 2
            };
        }
        (positives, negatives)
    }

    pub(super) fn special_inside(&self, large: &[Vec<u32>]) -> Vec<(Pair, Truth)> {
        let group = group_of(large);
        let inside = |&&((a, b), _): &&(Pair, Truth)| {
            group
                .get(&a)
                .is_some_and(|of_a| group.get(&b) == Some(of_a))
        };
        self.special.iter().filter(inside).copied().collect()
    }

    /// For each unit of the groups and each kind of pair, the number of its pairs that gold judges like any other.
    pub(super) fn shares(&self, large: &[Vec<u32>]) -> Vec<Share> {
        let mut excluded: BTreeMap<(u32, Flags), u64> = BTreeMap::new();
        for ((a, b), _) in self.special_inside(large) {
            let documents = (self.judge.certain(a), self.judge.certain(b));
            if documents.0.is_none() || documents.1.is_none() || documents.0 == documents.1 {
                continue;
            }
            *excluded.entry((a, self.flags(b))).or_default() += 1;
            if !self.judge.ordered() {
                *excluded.entry((b, self.flags(a))).or_default() += 1;
            }
        }
        let mut shares = Vec::new();
        for group in large {
            let mut all: BTreeMap<Flags, u64> = BTreeMap::new();
            let mut in_document: BTreeMap<(u32, Flags), u64> = BTreeMap::new();
            for &unit in group {
                if let Some(document) = self.judge.certain(unit) {
                    *all.entry(self.flags(unit)).or_default() += 1;
                    *in_document.entry((document, self.flags(unit))).or_default() += 1;
                }
            }
            for &unit in group {
                let Some(document) = self.judge.certain(unit) else {
                    continue;
                };
                let own = self.flags(unit);
                let mut by_pair: BTreeMap<Flags, u64> = BTreeMap::new();
                for (&other, &count) in &all {
                    let near = in_document.get(&(document, other)).copied().unwrap_or(0);
                    let special = excluded.get(&(unit, other)).copied().unwrap_or(0);
                    *by_pair
                        .entry((own.0 || other.0, own.1 || other.1))
                        .or_default() += count - near - special;
                }
                let some = by_pair.into_iter().filter(|&(_, pairs)| pairs > 0);
                shares.extend(some.map(|(flags, pairs)| (unit, flags, pairs)));
            }
        }
        shares
    }

    pub(super) fn flags(&self, unit: u32) -> Flags {
        if self.level != Level::Segment {
            return (false, false);
        }
        let unit = unit as usize;
        (self.places.is_copied(unit), self.places.is_garbled(unit))
    }

    pub(super) fn pair_flags(&self, a: u32, b: u32) -> Flags {
        let (own, other) = (self.flags(a), self.flags(b));
        (own.0 || other.0, own.1 || other.1)
    }

    /// A hard negative: two segments that report one fact in independent words.
    pub(super) fn is_same_fact(&self, a: u32, b: u32) -> bool {
        self.level == Level::Segment && self.same_fact.contains(&(a, b))
    }

    /// The slices of a pair by its first unit, as `name=value`.
    pub(super) fn slices(&self, unit: u32, flags: Flags, same_fact: bool) -> Vec<String> {
        let outcome = self.with_slices("", unit, String::new(), Verdict::Ignored, flags);
        let mut slices = outcome.slices;
        for (name, value) in [("document", outcome.document), ("zone", outcome.zone)] {
            if !value.is_empty() {
                slices.push(format!("{name}={value}"));
            }
        }
        if same_fact {
            slices.push(SAME_FACT.to_owned());
        }
        slices
    }

    fn document(&self, unit: u32) -> usize {
        match (self.level, self.places.gold.segments.as_deref()) {
            (Level::Segment, Some(segments)) => segments[unit as usize].document,
            _ => unit as usize,
        }
    }

    fn name(&self, unit: u32) -> String {
        if self.level == Level::Segment {
            self.places.segment(unit as usize)
        } else {
            self.places.short(unit as usize).to_owned()
        }
    }

    fn item(&self, a: u32, b: &str) -> String {
        let kind = if self.judge.ordered() {
            "redundancy"
        } else {
            "pair"
        };
        format!("{}/{kind}/{}~{b}", self.places.gold.dataset, self.name(a))
    }

    fn outcome(
        &self,
        rule: &'static str,
        (a, b): Pair,
        verdict: Verdict,
        similarity: Option<f64>,
    ) -> Outcome {
        let item = self.item(a, &self.name(b));
        let mut outcome = self.with_slices(rule, a, item, verdict, self.pair_flags(a, b));
        outcome.confidence = similarity;
        let first = self.places.story(self.document(a));
        let second = self.places.story(self.document(b));
        outcome.story = match first.cmp(second) {
            Ordering::Equal => first.to_owned(),
            Ordering::Less => format!("{first}+{second}"),
            Ordering::Greater => format!("{second}+{first}"),
        };
        if self.is_same_fact(a, b) {
            outcome.slices.push(SAME_FACT.to_owned());
            outcome.slices.sort();
        }
        outcome
    }

    /// The false positives of one unit of a large group.
    fn of_unit(&self, rule: &'static str, unit: u32, flags: Flags) -> Outcome {
        let item = self.item(unit, "*");
        let mut outcome = self.with_slices(rule, unit, item, Verdict::FalsePositive, flags);
        outcome.story = self.places.story(self.document(unit)).to_owned();
        outcome
    }

    fn with_slices(
        &self,
        rule: &'static str,
        unit: u32,
        item: String,
        verdict: Verdict,
        flags: Flags,
    ) -> Outcome {
        let places = &self.places;
        let id = places.gold.document_id(self.document(unit));
        let mut outcome = Outcome::new(rule, id, item, verdict);
        if self.level == Level::Segment {
            let segments = places.gold.segments.as_deref().unwrap_or_default();
            outcome.zone.clone_from(&segments[unit as usize].zone);
            places.segment_slices(flags.0, flags.1, &mut outcome.slices);
        }
        outcome
    }
}

#[derive(Default)]
struct Tally {
    table: Counts,
    found: FxHashSet<Pair>,
}

impl Tally {
    fn predicted(&mut self, pair: Pair, truth: Truth) -> Verdict {
        match truth {
            Truth::Positive => {
                self.found.insert(pair);
                self.table.true_positives += 1.0;
                Verdict::TruePositive
            }
            Truth::Negative => {
                self.table.false_positives += 1.0;
                Verdict::FalsePositive
            }
            Truth::Ignored => Verdict::Ignored,
        }
    }
}

fn group_of(large: &[Vec<u32>]) -> FxHashMap<u32, usize> {
    let mut group = FxHashMap::default();
    for (index, members) in large.iter().enumerate() {
        group.extend(members.iter().map(|&unit| (unit, index)));
    }
    group
}
