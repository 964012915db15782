//! The metrics of pairs that are not folded from outcomes, by slice: average precision, best F1, pair completeness, MCC.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::dedup::judge::{Judge, Truth};
use crate::metrics::counts;
use crate::metrics::fold::{ALL, slice_name, slices_of};
use crate::metrics::ranking::{self, Ranked};
use crate::task::{Counts, Measure, Outcome, Verdict};

use super::emitted::Emitted;
use super::writer::{Flags, Writer};

/// Everything by slice; slices in which a metric is undefined are left out.
pub(super) fn measures(
    emitted: &Emitted,
    writer: &Writer<'_>,
    judge: &Judge,
    outcomes: &[Outcome],
) -> Vec<Measure> {
    let mut measures = rankings(emitted, writer, judge);
    // Where a unit stands for its pairs in a large group, half of a pair may be in another slice: no table to correlate.
    if emitted.large.is_empty() && !outcomes.iter().any(|outcome| outcome.item.ends_with("~*")) {
        measures.extend(correlations(writer, judge, outcomes));
    }
    measures
}

/// What one slice retrieves. Counted twice, so that half a pair is a whole number.
#[derive(Default)]
struct Slice {
    ranked: Vec<Ranked>,
    support: u64,
    reached: u64,
}

/// Slices by number, with the numbers of those that a unit and its kind of pair belong to.
struct Slices<'a, T> {
    writer: &'a Writer<'a>,
    all: Vec<(String, T)>,
    numbers: BTreeMap<String, usize>,
    of: FxHashMap<(u32, Flags, bool), Vec<usize>>,
}

impl<'a, T: Default> Slices<'a, T> {
    fn new(writer: &'a Writer<'a>) -> Self {
        Self {
            writer,
            all: Vec::new(),
            numbers: BTreeMap::new(),
            of: FxHashMap::default(),
        }
    }

    /// Changes every slice of a pair whose first unit this is.
    fn each(&mut self, unit: u32, flags: Flags, same_fact: bool, mut change: impl FnMut(&mut T)) {
        let Self {
            writer,
            all,
            numbers,
            of,
        } = self;
        let numbers = of.entry((unit, flags, same_fact)).or_insert_with(|| {
            let names = writer.slices(unit, flags, same_fact).into_iter();
            names
                .map(|name| {
                    *numbers.entry(name).or_insert_with_key(|name| {
                        all.push((name.clone(), T::default()));
                        all.len() - 1
                    })
                })
                .collect()
        });
        for &number in numbers.iter() {
            change(&mut all[number].1);
        }
    }

    fn of_pair(&mut self, (a, b): (u32, u32), change: impl FnMut(&mut T)) {
        let (flags, same_fact) = (self.writer.pair_flags(a, b), self.writer.is_same_fact(a, b));
        self.each(a, flags, same_fact, change);
    }

    /// By name.
    fn sorted(self) -> Vec<(String, T)> {
        let mut all = self.all;
        all.sort_by(|a, b| a.0.cmp(&b.0));
        all
    }
}

fn rankings(emitted: &Emitted, writer: &Writer<'_>, judge: &Judge) -> Vec<Measure> {
    let mut slices: Slices<'_, Slice> = Slices::new(writer);
    let retrieved = emitted
        .pairs
        .iter()
        .map(|&((a, b), similarity)| ((a, b), judge.truth(a, b), similarity));
    let inside = writer.special_inside(&emitted.large).into_iter();
    for (pair, truth, score) in retrieved.chain(inside.map(|(pair, truth)| (pair, truth, 1.0))) {
        if truth == Truth::Ignored {
            continue;
        }
        let positive = truth == Truth::Positive;
        let ranked = Ranked {
            score,
            positives: 2 * u64::from(positive),
            negatives: 2 * u64::from(!positive),
        };
        slices.of_pair(pair, |slice| slice.ranked.push(ranked));
    }
    if judge.common() == Truth::Negative {
        let twice = if judge.ordered() { 2 } else { 1 };
        for (unit, flags, pairs) in writer.shares(&emitted.large) {
            let ranked = Ranked {
                score: 1.0,
                positives: 0,
                negatives: pairs * twice,
            };
            slices.each(unit, flags, false, |slice| slice.ranked.push(ranked));
        }
    }
    for &pair in writer.positives() {
        let reached = emitted.similarity(pair).is_some();
        slices.of_pair(pair, |slice| {
            slice.support += 2;
            slice.reached += 2 * u64::from(reached);
        });
    }
    let mut measures = Vec::new();
    for (name, slice) in slices.sorted() {
        if slice.support == 0 {
            continue;
        }
        let steps = ranking::steps_of_counts(&slice.ranked);
        let best = ranking::best_f1(&ranking::precision_recall_curve(&steps, slice.support));
        let average = ranking::average_precision_of(&steps, slice.support);
        let reached = counts::ratio(slice.reached as f64, slice.support as f64);
        for (rule, metric, value, ci_method) in [
            ("pairs", "average_precision", average, ""),
            (
                "pairs",
                "best_f1",
                best.and_then(|point| point.f1),
                "tuned_on_gold",
            ),
            ("", "pair_completeness", reached, ""),
        ] {
            if value.is_some() {
                measures.push(Measure {
                    match_rule: rule.to_owned(),
                    ci_method: ci_method.to_owned(),
                    support: Some(slice.support / 2),
                    ..Measure::new(name.as_str(), metric, value)
                });
            }
        }
    }
    measures
}

/// MCC by slice: counts from the outcomes, true negatives from the number of judged pairs.
fn correlations(writer: &Writer<'_>, judge: &Judge, outcomes: &[Outcome]) -> Vec<Measure> {
    let mut tables: BTreeMap<(&str, String), Counts> = BTreeMap::new();
    let mut slices = Vec::new();
    for outcome in outcomes {
        slices.clear();
        slices_of(outcome, &mut slices);
        for &slice in slices.iter().filter(|slice| slice.0 != ALL) {
            let table = tables
                .entry((outcome.match_rule, slice_name(slice)))
                .or_default();
            match outcome.verdict {
                Verdict::TruePositive => table.true_positives += outcome.weight,
                Verdict::FalsePositive => table.false_positives += outcome.weight,
                Verdict::FalseNegative => table.false_negatives += outcome.weight,
                Verdict::Ignored => {}
            }
        }
    }
    let judged = judged(writer, judge);
    let mut measures = Vec::new();
    for ((rule, slice), mut table) in tables {
        let Some(judged) = judged.get(&slice) else {
            continue;
        };
        let counted = table.true_positives + table.false_positives + table.false_negatives;
        table.true_negatives = Some(*judged - counted);
        let value = counts::mcc(&table);
        if value.is_some() {
            measures.push(Measure {
                match_rule: rule.to_owned(),
                counts: Some(table),
                support: Some((table.true_positives + table.false_negatives) as u64),
                ..Measure::new(slice.as_str(), "mcc", value)
            });
        }
    }
    measures
}

/// Number of judged pairs by slice, without looking at each: for every unit the later units of other documents, by kind.
fn judged(writer: &Writer<'_>, judge: &Judge) -> BTreeMap<String, f64> {
    const KINDS: [Flags; 4] = [(false, false), (false, true), (true, false), (true, true)];
    let kind = |(copied, garbled): Flags| usize::from(copied) * 2 + usize::from(garbled);
    let mut slices: Slices<'_, f64> = Slices::new(writer);
    if judge.common() == Truth::Negative {
        let mut seen = [0u64; 4];
        let mut in_document: FxHashMap<u32, [u64; 4]> = FxHashMap::default();
        let units = 0..judge.units() as u32;
        let certain: Vec<(u32, u32)> = units
            .filter_map(|unit| Some((unit, judge.certain(unit)?)))
            .collect();
        if judge.ordered() {
            for &(unit, document) in &certain {
                seen[kind(writer.flags(unit))] += 1;
                in_document.entry(document).or_default()[kind(writer.flags(unit))] += 1;
            }
        }
        for &(unit, document) in certain.iter().rev() {
            let own = writer.flags(unit);
            let near = in_document.entry(document).or_default();
            for (other, (&all, &near)) in KINDS.into_iter().zip(seen.iter().zip(near.iter())) {
                let flags = (own.0 || other.0, own.1 || other.1);
                slices.each(unit, flags, false, |pairs| *pairs += (all - near) as f64);
            }
            if !judge.ordered() {
                seen[kind(own)] += 1;
                near[kind(own)] += 1;
            }
        }
    }
    for ((a, b), truth) in judge.special() {
        let documents = (judge.certain(a), judge.certain(b));
        if documents.0.is_none() || documents.1.is_none() || documents.0 == documents.1 {
            continue;
        }
        let change = match (judge.common(), truth) {
            (Truth::Ignored, Truth::Positive | Truth::Negative) => 1.0,
            (Truth::Positive | Truth::Negative, Truth::Ignored) => -1.0,
            _ => continue,
        };
        let flags = writer.pair_flags(a, b);
        slices.each(a, flags, false, |pairs| *pairs += change);
    }
    slices.sorted().into_iter().collect()
}
