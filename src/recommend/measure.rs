//! What the choices give on the part to report on, and which of them is recommended.

use crate::recommend::choose::Choice;
use crate::record::{OutcomeRow, QualityRow};
use crate::report::summary::Speed;
use crate::stats::interval::{Interval, ratio_jackknife};
use crate::stats::stories::{Ratio, Stories, Tally, add};

/// One variant at its threshold.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Variant, threshold, and F1 on the part that chose it.
    pub choice: Choice,
    /// Precision, recall and F1 on the other part (of seeded variants F1 is the mean over seeds).
    pub precision: Option<f64>,
    /// See above.
    pub recall: Option<f64>,
    /// See above.
    pub f1: Option<f64>,
    /// Least and greatest F1 over seeds.
    pub spread: Option<(f64, f64)>,
    /// 95 % interval of F1 over the stories, of six or more.
    pub interval: Option<Interval>,
    /// Speed and memory on made-up text from the same documents.
    pub speed: Option<Speed>,
}

impl Line {
    /// Reads a choice's figures from the rows of the run on the part to report on.
    pub fn new(
        choice: Choice,
        quality: &[QualityRow],
        outcomes: &[OutcomeRow],
        speed: Option<Speed>,
    ) -> Self {
        let params = choice.variant.params_text(choice.level);
        let mine = |algorithm: &str, level: &str, of: &str, rule: &str| {
            (algorithm, level, of, rule)
                == (
                    choice.variant.algorithm.as_str(),
                    choice.level.name(),
                    params.as_str(),
                    "pairs",
                )
        };
        let value = |metric: &str| {
            let mut rows = quality.iter().filter(|row| {
                mine(&row.algorithm, &row.level, &row.params, &row.match_rule)
                    && row.slice == "all"
                    && row.metric == metric
            });
            rows.next().and_then(|row| row.value)
        };
        let mut stories = Stories::new();
        for row in outcomes {
            if mine(&row.algorithm, &row.level, &row.params, &row.match_rule) {
                let weight = row.weight.unwrap_or(0.0);
                let mut tally = Tally::default();
                match row.verdict.as_str() {
                    "true positive" => tally.true_positives = weight,
                    "false positive" => tally.false_positives = weight,
                    "false negative" => tally.false_negatives = weight,
                    _ => continue,
                }
                add(&mut stories, &row.story, tally);
            }
        }
        let tallies: Vec<Tally> = stories.into_values().collect();
        Self {
            precision: value("precision"),
            recall: value("recall"),
            f1: value("f1_mean").or_else(|| value("f1")),
            spread: value("f1_min").zip(value("f1_max")),
            interval: ratio_jackknife(&tallies, Ratio::F1, 0.95),
            speed,
            choice,
        }
    }
}

/// What a recommended variant must keep to.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Limit {
    /// Least documents per second.
    pub documents_per_second: Option<f64>,
    /// Most bytes of memory.
    pub peak_bytes: Option<u64>,
}

impl Limit {
    fn allows(&self, speed: Option<Speed>) -> bool {
        let slow = |least: f64| speed.is_none_or(|speed| speed.documents_per_second < least);
        let large = |most: u64| speed.is_none_or(|speed| speed.peak_bytes > most);
        !self.documents_per_second.is_some_and(slow) && !self.peak_bytes.is_some_and(large)
    }
}

/// The line with the best F1 on the part to choose on, within the limit; the first one on a tie. Figures of the part to report
/// on have no say in it.
pub fn pick(lines: &[Line], limit: &Limit) -> Option<usize> {
    let mut best: Option<usize> = None;
    for (at, line) in lines.iter().enumerate() {
        let better = best.is_none_or(|best| line.choice.f1 > lines[best].choice.f1);
        if better && limit.allows(line.speed) {
            best = Some(at);
        }
    }
    best
}

/// For each line whether no other is at least as good in F1 (on the part to report on), documents per second and memory, and
/// better in one of them. A line without speed is on no frontier.
pub fn frontier(lines: &[Line]) -> Vec<bool> {
    let point = |line: &Line| {
        let speed = line.speed?;
        Some([
            line.f1?,
            speed.documents_per_second,
            -(speed.peak_bytes as f64),
        ])
    };
    let points: Vec<Option<[f64; 3]>> = lines.iter().map(point).collect();
    points
        .iter()
        .map(|own| {
            own.is_some_and(|own| {
                !points.iter().flatten().any(|other| {
                    other.iter().zip(own).all(|(theirs, mine)| *theirs >= mine) && *other != own
                })
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::Config;
    use crate::registry::Registry;
    use crate::task::Level;

    fn line(chosen: f64, f1: f64, speed: Option<(f64, u64)>) -> Line {
        let config = Config::parse(
            "[[variant]]\ntask = 'dedup'\nalgorithm = 'align'\n",
            Path::new("x"),
            &Registry::builtin(),
        )
        .unwrap();
        Line {
            choice: Choice {
                variant: config.variants[0].clone(),
                level: Level::Segment,
                threshold: 0.5,
                f1: chosen,
            },
            precision: None,
            recall: None,
            f1: Some(f1),
            spread: None,
            interval: None,
            speed: speed.map(|(documents_per_second, peak_bytes)| Speed {
                documents_per_second,
                megabytes_per_second: 1.0,
                peak_bytes,
            }),
        }
    }

    #[test]
    fn the_part_to_report_on_has_no_say_and_limits_are_kept() {
        let lines = [
            line(0.8, 0.95, Some((100.0, 10))),
            line(0.9, 0.70, Some((10.0, 50))),
            line(0.9, 0.99, Some((10.0, 50))),
            line(0.95, 0.5, None),
        ];
        assert_eq!(pick(&lines, &Limit::default()), Some(3));
        let fast = Limit {
            documents_per_second: Some(50.0),
            peak_bytes: None,
        };
        assert_eq!(pick(&lines, &fast), Some(0));
        let small = Limit {
            documents_per_second: None,
            peak_bytes: Some(50),
        };
        assert_eq!(pick(&lines, &small), Some(1));
        assert_eq!(
            pick(
                &lines,
                &Limit {
                    documents_per_second: Some(1e9),
                    peak_bytes: None
                }
            ),
            None
        );
    }

    #[test]
    fn the_frontier_has_what_nothing_beats() {
        let lines = [
            line(0.0, 0.9, Some((10.0, 100))),
            line(0.0, 0.8, Some((100.0, 100))),
            // Beaten by the one before, which needs less memory.
            line(0.0, 0.8, Some((100.0, 101))),
            line(0.0, 0.1, Some((1.0, 5))),
            line(0.0, 0.99, None),
            // Equal to the first: neither beats the other.
            line(0.0, 0.9, Some((10.0, 100))),
        ];
        assert_eq!(frontier(&lines), [true, true, false, true, false, true]);
    }
}
