//! What a measurement concludes, in a word and a reason: time from the pairs, memory from the peaks, work from the counters.

use std::collections::BTreeMap;

use crate::compare::decision::Decision;
use crate::compare::gate::Memory;
use crate::stats::timing::{self, Finding, Measurement};

/// The decision and its reason.
pub(super) fn decide(measurement: &Measurement, options: &timing::Options) -> (Decision, String) {
    let percent = |log_ratio: f64| 100.0 * log_ratio.exp_m1();
    let set = &measurement.first;
    let (Some(shift), Some(control)) = (
        set.shift(options.confidence),
        set.control(options.confidence),
    ) else {
        return (Decision::Inconclusive, "no pairs".to_owned());
    };
    let mut reason = format!(
        "{:+.1} % ({:+.1} to {:+.1}) over {} pairs, control {:+.1} %",
        percent(shift.estimate),
        percent(shift.low),
        percent(shift.high),
        set.ratios.len(),
        percent(control.estimate)
    );
    let decision = match measurement.conclusion() {
        Finding::Slower => Decision::Regressed,
        Finding::Faster => Decision::Improved,
        Finding::Equal => Decision::Unchanged,
        Finding::Unfit => {
            reason.push_str("; the machine is unfit: base and base seem to differ");
            Decision::Inconclusive
        }
        Finding::Wide => Decision::Inconclusive,
    };
    if let Some((second, finding)) = &measurement.confirmation {
        let estimate = second
            .shift(options.confidence)
            .map_or(f64::NAN, |shift| percent(shift.estimate));
        let word = if *finding == measurement.finding {
            "confirmed"
        } else {
            "not confirmed"
        };
        reason.push_str(&format!(
            "; {word} by {} fresh pairs ({estimate:+.1} %)",
            second.ratios.len()
        ));
    }
    (decision, reason)
}

/// Medians of the peaks; a loss must exceed both limits.
pub(super) fn memory(peaks: &mut [Vec<f64>; 2], limits: Memory) -> (Decision, String) {
    let [base, head] = peaks;
    for side in [&mut *base, &mut *head] {
        side.sort_by(f64::total_cmp);
    }
    let median = |side: &[f64]| side.get(side.len() / 2).copied().unwrap_or(0.0);
    let (base, head) = (median(base), median(head));
    if base <= 0.0 || head <= 0.0 {
        return (
            Decision::Inconclusive,
            "the system does not tell peak memory".to_owned(),
        );
    }
    let mib = f64::from(1 << 20);
    let beyond = |delta: f64| delta > limits.absolute * mib && delta > limits.relative * base;
    let decision = match head - base {
        delta if beyond(delta) => Decision::ChangedWorse,
        delta if beyond(-delta) => Decision::ChangedBetter,
        _ => Decision::Unchanged,
    };
    (
        decision,
        format!("{:.1} -> {:.1} MiB", base / mib, head / mib),
    )
}

pub(super) fn counters(
    base: &BTreeMap<String, u64>,
    head: &BTreeMap<String, u64>,
) -> Vec<(String, u64, u64)> {
    base.iter()
        .filter_map(|(name, &before)| {
            let after = *head.get(name)?;
            (before != after).then(|| (name.clone(), before, after))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::timing::{Options, Set};

    fn measured(ratio: f64, control: f64, confirm: Option<f64>) -> Measurement {
        let set = |ratio: f64| Set {
            ratios: vec![ratio.ln(); 10],
            controls: vec![control.ln(); 10],
        };
        let first = set(ratio);
        let finding = first.judge(&Options::default());
        let confirmation = confirm.map(|ratio| (set(ratio), set(ratio).judge(&Options::default())));
        Measurement {
            first,
            finding,
            confirmation,
        }
    }

    #[test]
    fn reasons_say_estimate_control_and_confirmation() {
        let options = Options::default();
        assert_eq!(
            decide(&measured(1.1, 1.0, Some(1.12)), &options),
            (Decision::Regressed, "+10.0 % (+10.0 to +10.0) over 10 pairs, control +0.0 %; confirmed by 10 fresh pairs (+12.0 %)".to_owned())
        );
        let (decision, reason) = decide(&measured(1.1, 1.0, Some(1.0)), &options);
        assert!(
            decision == Decision::Inconclusive && reason.contains("not confirmed"),
            "{reason}"
        );
        let (decision, reason) = decide(&measured(1.3, 1.2, None), &options);
        assert!(
            decision == Decision::Inconclusive && reason.contains("unfit"),
            "{reason}"
        );
        assert_eq!(
            decide(&measured(1.0, 1.0, None), &options).0,
            Decision::Unchanged
        );
        assert_eq!(
            decide(&measured(0.8, 1.0, Some(0.8)), &options).0,
            Decision::Improved
        );
    }

    #[test]
    fn memory_must_exceed_both_limits() {
        let mib = f64::from(1 << 20);
        let decided = |base: f64, head: f64| {
            memory(
                &mut [vec![base * mib; 3], vec![head * mib; 3]],
                Memory::default(),
            )
            .0
        };
        assert_eq!(decided(100.0, 115.0), Decision::Unchanged);
        assert_eq!(decided(100.0, 120.0), Decision::ChangedWorse);
        assert_eq!(decided(1000.0, 1050.0), Decision::Unchanged);
        assert_eq!(decided(120.0, 90.0), Decision::ChangedBetter);
        assert_eq!(decided(0.0, 90.0), Decision::Inconclusive);
    }

    #[test]
    fn only_common_counters_that_changed_are_named() {
        let map = |pairs: &[(&str, u64)]| {
            pairs
                .iter()
                .map(|&(name, value)| (name.to_owned(), value))
                .collect()
        };
        let changed = counters(
            &map(&[("a", 1), ("b", 2), ("c", 3)]),
            &map(&[("a", 1), ("b", 4)]),
        );
        assert_eq!(changed, [("b".to_owned(), 2, 4)]);
    }
}
