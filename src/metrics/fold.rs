//! Outcomes folded into precision, recall and F1 per match rule and slice: the one place where count metrics are made.
//!
//! Sums are kept in millionths, so that the order of the outcomes cannot change a bit of the result.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::metrics::counts;
use crate::task::{Counts, Measure, Outcome, Verdict};

/// Match rules whose outcomes are gold items only, so that only recall means something.
const GOLD_SIDE_RULES: &[&str] = &["exact-cluster", "preference"];

/// Slices by what only gold knows; a false positive has no place in them, so they have recall only.
const GOLD_SIDE_SLICES: &[&str] = &["reading", "severity", "spelling", "subtype"];

/// Folds outcomes into measures, sorted by slice, match rule and metric.
///
/// Slices: `all`, `document=`, `zone=`, `entity_type=`, `category=`, `severity=` and whatever [`Outcome::slices`] names. An
/// outcome counts for its gold type, a false positive for its predicted type. Where some false positive of a match rule has no
/// value for a slice's name (a detector that names no category), precision and F1 of those slices are undefined. Macro averages
/// run over the types present in gold or prediction whose value is defined; weighted averages weigh them by support.
pub fn fold(outcomes: &[Outcome]) -> Vec<Measure> {
    let mut sums = Tables::default();
    let mut keys: Vec<(&str, &str)> = Vec::new();
    for outcome in outcomes {
        keys.clear();
        slices_of(outcome, &mut keys);
        sums.add(
            outcome.match_rule,
            &keys,
            outcome.verdict,
            millionths(outcome.weight),
        );
    }
    sums.measures()
}

/// Sums by match rule and slice.
#[derive(Debug, Default)]
pub(crate) struct Tables<'a> {
    /// Hashed, not sorted: a document of its own for each mention makes tens of thousands of keys.
    sums: FxHashMap<Key<'a>, Sums>,
    /// False positives by match rule and slice name: how many have a value.
    placed: BTreeMap<(&'a str, &'a str), i128>,
    false_positives: BTreeMap<&'a str, i128>,
}

impl<'a> Tables<'a> {
    /// Adds a weight, in millionths, to slices given as (name, value), `all` among them.
    pub(crate) fn add(
        &mut self,
        rule: &'a str,
        slices: &[(&'a str, &'a str)],
        verdict: Verdict,
        weight: i128,
    ) {
        let is_false_positive = verdict == Verdict::FalsePositive;
        if is_false_positive {
            *self.false_positives.entry(rule).or_default() += weight;
        }
        for (position, &(name, value)) in slices.iter().enumerate() {
            self.sums
                .entry((rule, name, value))
                .or_default()
                .add(verdict, weight);
            // Two values of one name (a pair in two slices) place the false positive once.
            let first = slices[..position].iter().all(|earlier| earlier.0 != name);
            if is_false_positive && first {
                *self.placed.entry((rule, name)).or_default() += weight;
            }
        }
    }

    /// Precision, recall and F1 of every slice, with averages over types, sorted.
    pub(crate) fn measures(&self) -> Vec<Measure> {
        let mut measures = Vec::with_capacity(self.sums.len() * 3);
        let mut sums: Vec<(&Key<'_>, &Sums)> = self.sums.iter().collect();
        sums.sort_unstable_by_key(|entry| entry.0);
        for &(&(rule, name, value), sum) in &sums {
            let slice = slice_name((name, value));
            let all_placed = self.placed.get(&(rule, name)).copied().unwrap_or(0)
                == self.false_positives.get(rule).copied().unwrap_or(0);
            let counts = sum.counts();
            let mut push = |metric: &str, value: Option<f64>| {
                measures.push(Measure {
                    match_rule: rule.to_owned(),
                    counts: Some(counts),
                    support: Some(sum.support()),
                    ..Measure::new(slice.as_str(), metric, value)
                });
            };
            push("recall", counts::recall(&counts));
            if !GOLD_SIDE_RULES.contains(&rule) && !GOLD_SIDE_SLICES.contains(&name) {
                push(
                    "precision",
                    counts::precision(&counts).filter(|_| all_placed),
                );
                push("f1", counts::f1(&counts).filter(|_| all_placed));
            }
        }
        averages(&sums, &mut measures);
        measures.sort_by(|a, b| key(a).cmp(&key(b)));
        measures
    }
}

/// Name of the slice that holds everything.
pub(crate) const ALL: &str = "all";

/// A slice as reports write it: `all`, `zone=body`.
pub(crate) fn slice_name((name, value): (&str, &str)) -> String {
    if name == ALL {
        ALL.to_owned()
    } else {
        format!("{name}={value}")
    }
}

/// Match rule, slice name, slice value.
type Key<'a> = (&'a str, &'a str, &'a str);

fn key(measure: &Measure) -> (&str, &str, &str) {
    (&measure.slice, &measure.match_rule, &measure.metric)
}

/// Appends the slices of an outcome as (name, value), [`ALL`] first.
pub(crate) fn slices_of<'a>(outcome: &'a Outcome, keys: &mut Vec<(&'a str, &'a str)>) {
    keys.push((ALL, ""));
    let mut push = |name: &'a str, value: &'a str| {
        if !value.is_empty() {
            keys.push((name, value));
        }
    };
    push("document", &outcome.document);
    push("zone", &outcome.zone);
    push("category", &outcome.category);
    push("severity", &outcome.severity);
    // A garble's predicted category stands in `predicted_type`; it is no entity type.
    if outcome.category.is_empty() && outcome.severity.is_empty() {
        push("entity_type", type_of(outcome));
    }
    for slice in &outcome.slices {
        if let Some((name, value)) = slice.split_once('=') {
            push(name, value);
        }
    }
}

fn type_of(outcome: &Outcome) -> &str {
    if outcome.verdict == Verdict::FalsePositive || outcome.gold_type.is_empty() {
        &outcome.predicted_type
    } else {
        &outcome.gold_type
    }
}

fn millionths(weight: f64) -> i128 {
    (weight * 1e6).round() as i128
}

#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    true_positives: i128,
    false_positives: i128,
    false_negatives: i128,
}

impl Sums {
    fn add(&mut self, verdict: Verdict, weight: i128) {
        match verdict {
            Verdict::TruePositive => self.true_positives += weight,
            Verdict::FalsePositive => self.false_positives += weight,
            Verdict::FalseNegative => self.false_negatives += weight,
            Verdict::Ignored => {}
        }
    }

    fn counts(&self) -> Counts {
        Counts {
            true_positives: self.true_positives as f64 / 1e6,
            false_positives: self.false_positives as f64 / 1e6,
            false_negatives: self.false_negatives as f64 / 1e6,
            true_negatives: None,
        }
    }

    fn support(&self) -> u64 {
        u64::try_from((self.true_positives + self.false_negatives + 500_000) / 1_000_000)
            .unwrap_or(0)
    }

    fn is_empty(&self) -> bool {
        self.true_positives + self.false_positives + self.false_negatives == 0
    }
}

/// A metric of counts.
type Formula = fn(&Counts) -> Option<f64>;

/// Macro and weighted averages over entity types, per match rule on slice `all`.
fn averages(sums: &[(&Key<'_>, &Sums)], measures: &mut Vec<Measure>) {
    let mut by_rule: BTreeMap<&str, Vec<&Sums>> = BTreeMap::new();
    for &(&(rule, name, _), sum) in sums {
        if name == "entity_type" && !sum.is_empty() && !GOLD_SIDE_RULES.contains(&rule) {
            by_rule.entry(rule).or_default().push(sum);
        }
    }
    for (rule, types) in by_rule {
        let support: u64 = types.iter().map(|sum| sum.support()).sum();
        let formulas: [(&str, Formula); 3] = [
            ("precision", counts::precision),
            ("recall", counts::recall),
            ("f1", counts::f1),
        ];
        for (metric, formula) in formulas {
            let values: Vec<(f64, f64)> = types
                .iter()
                .filter_map(|sum| Some((formula(&sum.counts())?, sum.support() as f64)))
                .collect();
            let sum: f64 = values.iter().map(|value| value.0).sum();
            let weights: f64 = values.iter().map(|value| value.1).sum();
            let weighted: f64 = values.iter().map(|value| value.0 * value.1).sum();
            for (name, value) in [
                ("macro", counts::ratio(sum, values.len() as f64)),
                ("weighted", counts::ratio(weighted, weights)),
            ] {
                measures.push(Measure {
                    match_rule: rule.to_owned(),
                    support: Some(support),
                    ..Measure::new(ALL, format!("{name}_{metric}"), value)
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(verdict: Verdict, gold_type: &str, predicted_type: &str) -> Outcome {
        Outcome {
            gold_type: gold_type.to_owned(),
            predicted_type: predicted_type.to_owned(),
            ..Outcome::new("strict", "000", "item", verdict)
        }
    }

    fn value(measures: &[Measure], slice: &str, metric: &str) -> Option<f64> {
        let found: Vec<&Measure> = measures
            .iter()
            .filter(|m| m.slice == slice && m.metric == metric)
            .collect();
        assert_eq!(found.len(), 1, "{slice} {metric}");
        found[0].value
    }

    #[test]
    fn types_add_up_and_macro_runs_over_types_present_on_either_side() {
        let outcomes = [
            outcome(Verdict::TruePositive, "PER", "PER"),
            outcome(Verdict::FalseNegative, "PER", "ORG"),
            outcome(Verdict::FalsePositive, "PER", "ORG"),
            outcome(Verdict::Ignored, "", "LOC"),
        ];
        let measures = fold(&outcomes);
        assert_eq!(value(&measures, "all", "f1"), Some(0.5));
        assert_eq!(value(&measures, "entity_type=PER", "f1"), Some(2.0 / 3.0));
        assert_eq!(value(&measures, "entity_type=ORG", "f1"), Some(0.0));
        assert_eq!(value(&measures, "entity_type=ORG", "recall"), None);
        assert_eq!(value(&measures, "entity_type=LOC", "f1"), None);
        assert_eq!(value(&measures, "all", "macro_f1"), Some(1.0 / 3.0));
        assert_eq!(value(&measures, "all", "weighted_f1"), Some(2.0 / 3.0));
        assert_eq!(value(&measures, "all", "macro_recall"), Some(0.5));
    }

    #[test]
    fn precision_of_a_slice_is_undefined_when_a_false_positive_has_no_place_in_it() {
        let mut hit = outcome(Verdict::TruePositive, "", "");
        hit.category = "token".to_owned();
        hit.severity = "minor".to_owned();
        let mut miss = outcome(Verdict::FalsePositive, "", "");
        let named = fold(&[hit.clone(), {
            miss.category = "name".to_owned();
            miss.clone()
        }]);
        assert_eq!(value(&named, "category=token", "precision"), Some(1.0));
        miss.category.clear();
        let unnamed = fold(&[hit, miss]);
        assert_eq!(value(&unnamed, "category=token", "precision"), None);
        assert_eq!(value(&unnamed, "category=token", "recall"), Some(1.0));
        assert!(
            !unnamed
                .iter()
                .any(|m| m.slice == "severity=minor" && m.metric == "precision")
        );
    }

    #[test]
    fn order_of_outcomes_changes_nothing() {
        let mut outcomes: Vec<Outcome> = (0..60)
            .map(|n| Outcome {
                weight: f64::from(n % 7) / 3.0,
                slices: vec![format!("a={}", n % 3)],
                ..outcome(Verdict::ALL[n as usize % 4], "X", "Y")
            })
            .collect();
        let forward = fold(&outcomes);
        outcomes.reverse();
        assert_eq!(forward, fold(&outcomes));
    }
}
