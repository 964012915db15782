//! Paired timing on machines that are made up: noise, drift, a control that differs.

use super::super::random::Random;
use super::super::timing::{Finding, Options, Set, Side, measure};

/// A machine whose every observation is `true_time * exp(noise)`.
fn machine(seed: u64, head: f64, control: f64, noise: f64) -> impl FnMut(Side) -> Result<f64, ()> {
    let mut random = Random::new(seed);
    let mut drift = 0.0;
    move |side| {
        drift += 0.01;
        let time = match side {
            Side::Base => 1.0,
            Side::Head => head,
            Side::Control => control,
        };
        Ok(time * (drift + noise * random.normal()).exp())
    }
}

#[test]
fn timing_finds_what_is_there_despite_drift() {
    let options = Options::default();
    for (head, expected) in [
        (1.0, Finding::Equal),
        (1.2, Finding::Slower),
        (0.8, Finding::Faster),
    ] {
        let measured = measure(&options, machine(1, head, 1.0, 0.02)).unwrap();
        assert_eq!(measured.conclusion(), expected, "{measured:?}");
        assert!(measured.first.ratios.len() <= options.most_pairs);
    }
}

#[test]
fn an_unfit_machine_decides_nothing() {
    let measured = measure(&Options::default(), machine(1, 1.3, 1.2, 0.01)).unwrap();
    assert_eq!(measured.conclusion(), Finding::Unfit);
    assert_eq!(measured.first.ratios.len(), 20);
}

#[test]
fn what_a_fresh_set_does_not_confirm_is_no_finding() {
    // The head is slow during its first set only.
    let mut seen = 0;
    let measured = measure(&Options::default(), |side| {
        seen += usize::from(side == Side::Head);
        Ok::<f64, ()>(if side == Side::Head && seen <= 8 {
            1.2
        } else {
            1.0
        })
    })
    .unwrap();
    assert_eq!(measured.finding, Finding::Slower);
    assert_eq!(measured.conclusion(), Finding::Wide);
}

#[test]
fn noise_alone_is_no_finding() {
    let options = Options::default();
    let alarms = (0..300)
        .filter(|&seed| {
            matches!(
                measure(&options, machine(seed, 1.0, 1.0, 0.06))
                    .unwrap()
                    .conclusion(),
                Finding::Slower | Finding::Faster
            )
        })
        .count();
    assert_eq!(alarms, 0);
    let found = (0..300)
        .filter(|&seed| {
            measure(&options, machine(seed, 1.1, 1.0, 0.02))
                .unwrap()
                .conclusion()
                == Finding::Slower
        })
        .count();
    assert!(found >= 240, "{found} of 300");
}

#[test]
fn drift_alone_cancels_within_a_block() {
    let mut set = Set::default();
    let measured = measure(
        &Options {
            fewest_pairs: 20,
            ..Options::default()
        },
        machine(3, 1.0, 1.0, 0.0),
    )
    .unwrap();
    set.ratios.clone_from(&measured.first.ratios);
    assert!(set.shift(0.95).unwrap().estimate.abs() < 1e-9, "{set:?}");
}
