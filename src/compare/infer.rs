//! Inference over stories: interval, test, p and what could have been seen.

use super::decision::COUNTER;
use super::evidence::Evidence;
use super::join::Key;
use super::reports::SLACK;
use super::row::CompareRow;
use super::{Options, SEEDS};
use crate::stats::interval::delta_jackknife;
use crate::stats::power::minimum_detectable_effect;
use crate::stats::stories::{FEWEST, Pair, Ratio, total};
use crate::stats::{mcnemar, swap};

/// Power for which the minimum detectable effect is given.
const POWER: f64 = 0.8;

/// Deterministic rows and counters have the plain tolerance; means over enough seeds have the seeded one.
pub(super) fn tolerance(key: &Key, options: &Options) -> f64 {
    if key.metric.starts_with(COUNTER) {
        return 0.0;
    }
    let seeds = key.group.seed.split('+').count();
    if key.metric.ends_with("_mean") && (seeds >= SEEDS || key.group.seed == "all") {
        options.seeded_tolerance
    } else {
        options.tolerance
    }
}

/// Fills interval, test, p, number of stories and minimum detectable effect; or says why not.
pub(super) fn infer(
    key: &Key,
    row: &mut CompareRow,
    evidence: Option<&Evidence>,
    options: &Options,
) -> Option<String> {
    let ratio = Ratio::named(&key.metric);
    let mut stories = evidence
        .map(|evidence| evidence.stories(&key.slice))
        .unwrap_or_default();
    if let Some(ratio) = ratio {
        // A story of false positives only says nothing about recall: counted, it would lend the interval freedom that it has not.
        stories.retain(|pair| ratio.of(pair.base).is_some() || ratio.of(pair.head).is_some());
    }
    if !stories.is_empty() {
        row.stories = stories.len() as u64;
    }
    if key.metric.starts_with(COUNTER) {
        return None;
    }
    let few = || Some(format!("no inference (K={})", row.stories));
    let Some(ratio) = ratio else {
        if row.stories < FEWEST as u64 {
            return few();
        }
        return Some("no inference (not a sum over stories)".to_owned());
    };
    if stories.len() < FEWEST {
        return few();
    }
    if !is_sum(ratio, &stories, row) {
        return Some("no inference (not a sum over stories)".to_owned());
    }
    if let Some(interval) = delta_jackknife(&stories, ratio, 1.0 - options.level) {
        row.ci_low = Some(interval.low);
        row.ci_high = Some(interval.high);
        row.mde = minimum_detectable_effect(interval.error, stories.len(), options.level, POWER);
    }
    if row.delta.is_some_and(|delta| delta.abs() <= SLACK) {
        // Every swap differs at least as much as no difference: p is 1 by definition, whatever the stories.
        row.p = Some(1.0);
        "swap-exact".clone_into(&mut row.test);
    } else if ratio == Ratio::Recall && stories.iter().all(one_item) {
        let count =
            |better: fn(&Pair) -> bool| stories.iter().filter(|pair| better(pair)).count() as u64;
        let fixed = count(|pair| pair.head.true_positives > pair.base.true_positives);
        let broken = count(|pair| pair.head.true_positives < pair.base.true_positives);
        row.p = Some(mcnemar::test(fixed, broken));
        "mcnemar-exact".clone_into(&mut row.test);
    } else if let Some(test) = swap::test(&stories, ratio, options.replicates, options.seed) {
        row.p = Some(test.p);
        row.test = match test.method {
            swap::Method::Exact => test.method.name().to_owned(),
            swap::Method::MonteCarlo(replicates) => format!(
                "{}(B={replicates},seed={})",
                test.method.name(),
                options.seed
            ),
        };
    }
    None
}

/// One gold item, found or not, on both sides.
fn one_item(pair: &Pair) -> bool {
    [pair.base, pair.head].iter().all(|tally| {
        let found = tally.true_positives;
        (found == 0.0 || found == 1.0) && found + tally.false_negatives == 1.0
    })
}

/// True when the recorded values are the ratio of the summed counts, so that leaving out or swapping stories means something.
fn is_sum(ratio: Ratio, stories: &[Pair], row: &CompareRow) -> bool {
    let all = total(stories);
    let same = |counted: Option<f64>, recorded: Option<f64>| matches!((counted, recorded), (Some(a), Some(b)) if (a - b).abs() <= 1e-6);
    same(ratio.of(all.base), row.base) && same(ratio.of(all.head), row.head)
}
