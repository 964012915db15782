//! Intervals of quality.csv: how far a value would move with other stories of the same kind.
//!
//! The unit is the story, as everywhere in [`crate::stats`]: outcomes are added up per story, and the jackknife leaves out one story
//! at a time. Only precision, recall and F1 are ratios of sums over stories; other metrics keep an empty interval.

use std::collections::{BTreeMap, BTreeSet};

use crate::metrics::fold::slices_of;
use crate::stats::interval::ratio_jackknife;
use crate::stats::stories::{FEWEST, Ratio, Tally};
use crate::task::{Measure, Outcome, Verdict, rounded};

/// Confidence of the intervals.
const CONFIDENCE: f64 = 0.95;

/// A value that differs from the ratio of the summed counts by more is no such ratio.
const SLACK: f64 = 1e-6;

/// Match rule, slice name, slice value.
type Key<'a> = (&'a str, &'a str, &'a str);

/// Weights of true positives, false positives and false negatives in millionths, so that order changes no bit.
type Sums = [i128; 3];

/// Fills the intervals of those measures that are ratios of sums over at least [`FEWEST`] stories that inform them.
///
/// Left empty where the stories do not vary: such data do not say how much others would. Ends are clipped to 0 and 1.
pub(super) fn fill(outcomes: &[Outcome], measures: &mut [Measure]) {
    let stories: BTreeSet<&str> = outcomes
        .iter()
        .flat_map(|outcome| outcome.story.split('+'))
        .collect();
    if stories.len() < FEWEST {
        return;
    }
    let sums = sums(outcomes);
    for measure in measures {
        let (Some(ratio), Some(value)) = (Ratio::named(&measure.metric), measure.value) else {
            continue;
        };
        let (name, slice) = measure
            .slice
            .split_once('=')
            .unwrap_or((&measure.slice, ""));
        let Some(by_story) = sums.get(&(measure.match_rule.as_str(), name, slice)) else {
            continue;
        };
        let tallies: Vec<Tally> = by_story
            .values()
            .map(tally)
            .filter(|&tally| ratio.of(tally).is_some())
            .collect();
        let Some(interval) = ratio_jackknife(&tallies, ratio, CONFIDENCE) else {
            continue;
        };
        if (interval.estimate - value).abs() > SLACK || interval.error <= f64::EPSILON {
            continue;
        }
        let end = |end: f64| rounded(end.clamp(0.0, 1.0));
        measure.interval = Some((end(interval.low), end(interval.high)));
        measure.ci_method = format!("story jackknife-t (K={})", tallies.len());
    }
}

fn sums(outcomes: &[Outcome]) -> BTreeMap<Key<'_>, BTreeMap<&str, Sums>> {
    let mut sums: BTreeMap<Key<'_>, BTreeMap<&str, Sums>> = BTreeMap::new();
    let mut slices = Vec::new();
    for outcome in outcomes {
        let place = match outcome.verdict {
            Verdict::TruePositive => 0,
            Verdict::FalsePositive => 1,
            Verdict::FalseNegative => 2,
            Verdict::Ignored => continue,
        };
        // A pair across two stories counts half to each.
        let parts = outcome.story.split('+').count() as f64;
        let weight = (outcome.weight / parts * 1e6).round() as i128;
        slices.clear();
        slices_of(outcome, &mut slices);
        for &(name, value) in &slices {
            let by_story = sums.entry((outcome.match_rule, name, value)).or_default();
            for story in outcome.story.split('+') {
                by_story.entry(story).or_default()[place] += weight;
            }
        }
    }
    sums
}

fn tally(sums: &Sums) -> Tally {
    let [true_positives, false_positives, false_negatives] = sums.map(|sum| sum as f64 / 1e6);
    Tally {
        true_positives,
        false_positives,
        false_negatives,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::fold::fold;

    /// Outcomes of stories of ten gold items each, so many of them found; all in one document per story.
    fn found(hits: &[usize]) -> Vec<Outcome> {
        hits.iter()
            .enumerate()
            .flat_map(|(story, &hits)| {
                (0..10).map(move |item| {
                    let verdict = if item < hits {
                        Verdict::TruePositive
                    } else {
                        Verdict::FalseNegative
                    };
                    Outcome {
                        story: format!("story{story}"),
                        ..Outcome::new(
                            "strict",
                            format!("{story}"),
                            format!("{story}-{item}"),
                            verdict,
                        )
                    }
                })
            })
            .collect()
    }

    fn measures(outcomes: &[Outcome]) -> Vec<Measure> {
        let mut measures = fold(outcomes);
        fill(outcomes, &mut measures);
        measures
    }

    fn find<'a>(measures: &'a [Measure], slice: &str, metric: &str) -> &'a Measure {
        measures
            .iter()
            .find(|measure| measure.slice == slice && measure.metric == metric)
            .unwrap()
    }

    /// METHODOLOGY's example.
    #[test]
    fn recall_over_eight_stories_by_hand() {
        // Equal stories make the jackknife Student's interval of the eight recalls: mean 0.8, squares 0.12, variance 0.12 / 7,
        // error sqrt(0.12 / 56) = 0.046291, t(0.975, 7) = 2.364624.
        let measures = measures(&found(&[9, 8, 7, 10, 6, 8, 9, 7]));
        let recall = find(&measures, "all", "recall");
        let (low, high) = recall.interval.unwrap();
        let half = 2.364_624 * (0.12_f64 / 56.0).sqrt();
        assert!((low - (0.8 - half)).abs() < 2e-6 && (high - (0.8 + half)).abs() < 2e-6);
        assert_eq!((low, high), (0.690_539, 0.909_461));
        assert_eq!(recall.ci_method, "story jackknife-t (K=8)");
        // Nothing false was predicted in any story: no spread, no interval. One document is one story.
        for (slice, metric) in [("all", "precision"), ("document=0", "recall")] {
            let measure = find(&measures, slice, metric);
            assert_eq!(
                (measure.interval, measure.ci_method.as_str()),
                (None, ""),
                "{slice} {metric}"
            );
        }
    }

    #[test]
    fn five_stories_have_no_interval() {
        let measures = measures(&found(&[9, 8, 7, 10, 6]));
        assert!(
            measures
                .iter()
                .all(|measure| measure.interval.is_none() && measure.ci_method.is_empty())
        );
    }

    #[test]
    fn stories_without_gold_do_not_inform_recall() {
        // Five stories with gold and three with false positives only: F1 rests on eight stories, recall on five.
        let mut outcomes = found(&[9, 8, 7, 10, 6]);
        for story in 5..8 {
            outcomes.push(Outcome {
                story: format!("story{story}"),
                ..Outcome::new("strict", "x", format!("{story}"), Verdict::FalsePositive)
            });
        }
        let measures = measures(&outcomes);
        assert_eq!(find(&measures, "all", "recall").interval, None);
        assert_eq!(
            find(&measures, "all", "f1").ci_method,
            "story jackknife-t (K=8)"
        );
    }

    #[test]
    fn order_changes_no_bit_and_marks_of_other_metrics_stay() {
        let mut outcomes = found(&[9, 8, 7, 10, 6, 8, 9, 7]);
        for (index, outcome) in outcomes.iter_mut().enumerate() {
            outcome.weight = 1.0 / (1.0 + (index % 7) as f64);
            if index % 11 == 0 {
                outcome.story = format!("{}+story{}", outcome.story, index % 8);
            }
        }
        let forward = measures(&outcomes);
        outcomes.reverse();
        assert_eq!(forward, measures(&outcomes));
        let mut tuned = [Measure {
            ci_method: "tuned_on_gold".to_owned(),
            ..Measure::new("all", "best_f1", Some(0.9))
        }];
        fill(&outcomes, &mut tuned);
        assert_eq!(tuned[0].ci_method, "tuned_on_gold");
    }

    #[test]
    fn intervals_are_clipped_and_hold_the_value() {
        let measures = measures(&found(&[10, 10, 10, 10, 10, 10, 10, 1]));
        let recall = find(&measures, "all", "recall");
        let (low, high) = recall.interval.unwrap();
        assert!(low < recall.value.unwrap() && high == 1.0);
    }
}
