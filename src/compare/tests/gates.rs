//! Modes, critical items, counters, memory and exit codes of the gate.

use super::*;

#[test]
fn what_is_not_proven_is_undecided_in_mode_proven_worse() {
    let config = GateConfig {
        mode: Mode::ProvenWorse,
        ..GateConfig::default()
    };
    let (base, head) = (reports("a", &["ttt"]), reports("a", &["ttn"]));
    let lenient = judge(&base, &head, &config, false);
    assert_eq!(lenient.code, 0);
    assert_eq!(
        find(&lenient.compared, "recall").decision,
        Decision::Inconclusive
    );
    assert_eq!(judge(&base, &head, &config, true).code, 4);
    assert_eq!(judge(&base, &base, &config, true).code, 0);
}

#[test]
fn non_inferior_needs_an_interval_above_the_margin() {
    let config = GateConfig {
        mode: Mode::NonInferior,
        margin: 0.1,
        metrics: vec!["recall".into()],
        ..GateConfig::default()
    };
    let base = reports("a", &["ttttttttttttttttttttttttttttttttttttttttt"; 8]);
    let mut stories = ["ttttttttttttttttttttttttttttttttttttttttt"; 8];
    stories[0] = "ntttttttttttttttttttttttttttttttttttttttt";
    let slightly = judge(&base, &reports("a", &stories), &config, true);
    assert_eq!(slightly.code, 0, "{:?}", find(&slightly.compared, "recall"));
    assert_eq!(
        judge(
            &reports("a", &["tttt"; 8]),
            &reports("a", &["tnnn"; 8]),
            &config,
            true
        )
        .code,
        3
    );
    let uneven = reports(
        "a",
        &[
            "tttt", "tttt", "tttt", "tttt", "tttt", "tttt", "tttt", "nnnn",
        ],
    );
    assert_eq!(
        judge(&reports("a", &["tttt"; 8]), &uneven, &config, true).code,
        4
    );
    assert_eq!(
        judge(
            &reports("a", &["tt"]),
            &reports("a", &["tn"]),
            &config,
            true
        )
        .code,
        4
    );
}

#[test]
fn a_critical_item_fails_in_every_mode_even_when_more_was_gained() {
    let (base, head) = (reports("a", &["tnn"]), reports("a", &["ntt"]));
    for mode in [Mode::Exact, Mode::ProvenWorse, Mode::NonInferior] {
        let plain = GateConfig {
            mode,
            ..GateConfig::default()
        };
        assert_eq!(judge(&base, &head, &plain, false).code, 0, "{mode:?}");
        let config = GateConfig {
            critical: vec!["toy/pair/00-0".into()],
            ..plain
        };
        let gate = judge(&base, &head, &config, false);
        assert_eq!(gate.code, 3, "{mode:?}");
        assert_eq!(gate.critical.len(), 1);
        assert!(
            find(&gate.compared, "recall")
                .row
                .reason
                .contains("critical item broken: toy/pair/00-0")
        );
    }
    let mut severe = (reports("a", &["tnn"]), reports("a", &["ntt"]));
    for row in severe
        .0
        .outcomes
        .iter_mut()
        .chain(&mut severe.1.outcomes)
        .take(1)
    {
        row.severity = "critical".into();
    }
    assert_eq!(gate(&severe.0, &severe.1), 3);
}

#[test]
fn counters_have_no_tolerance() {
    let base = reports("a", &["tt"]);
    let mut head = base.clone();
    head.quality[3].value = Some(101.0);
    assert_eq!(gate(&base, &head), 3);
    head.quality[3].value = Some(99.0);
    assert_eq!(gate(&base, &head), 0);
    head.quality[3].value = Some(101.0);
    assert_eq!(
        judge(
            &base,
            &head,
            &GateConfig {
                counters: false,
                ..GateConfig::default()
            },
            false
        )
        .code,
        0
    );
}

#[test]
fn a_missing_variant_fails_and_a_new_one_warns() {
    let (a, b) = (reports("a", &["tt"]), reports("b", &["tt"]));
    let mut both = a.clone();
    both.quality.extend(b.quality.clone());
    both.outcomes.extend(b.outcomes.clone());
    assert_eq!(gate(&both, &a), 3);
    let gate = judge(&a, &both, &GateConfig::default(), true);
    assert_eq!(
        (gate.code, gate.warnings.as_slice()),
        (
            0,
            ["new variant, not gated: dedup/segment/b".to_owned()].as_slice()
        )
    );
}

#[test]
fn a_missing_or_newly_undefined_metric_fails() {
    let base = reports("a", &["tt"]);
    let mut head = base.clone();
    head.quality.remove(0);
    assert_eq!(gate(&base, &head), 3);
    let undefined = reports("a", &["nn"]);
    let gate = judge(
        &base,
        &undefined,
        &GateConfig {
            metrics: vec!["precision".into()],
            ..GateConfig::default()
        },
        false,
    );
    assert_eq!(
        (gate.code, find(&gate.compared, "precision").decision),
        (3, Decision::Missing)
    );
}

#[test]
fn a_failed_variant_is_5_and_a_regression_elsewhere_outranks_it() {
    let base = reports("a", &["tt"]);
    let failed = Reports {
        quality: vec![QualityRow {
            status: "timeout".into(),
            error: "no answer within 1 s".into(),
            ..quality("a", "", None)
        }],
        outcomes: Vec::new(),
        ..base.clone()
    };
    let alone = judge(&base, &failed, &GateConfig::default(), false);
    assert_eq!(alone.code, 5);
    assert!(
        find(&alone.compared, "recall")
            .row
            .reason
            .contains("timeout: no answer")
    );
    let join = |x: &Reports, y: &Reports| Reports {
        quality: x.quality.iter().chain(&y.quality).cloned().collect(),
        outcomes: x.outcomes.iter().chain(&y.outcomes).cloned().collect(),
        ..x.clone()
    };
    let (before, after) = (
        join(&base, &reports("b", &["tt"])),
        join(&failed, &reports("b", &["tn"])),
    );
    assert_eq!(gate(&before, &after), 3);
}

#[test]
fn a_seeded_variant_that_failed_with_one_seed_is_5_and_not_a_regression() {
    let with_mean = |seeds: &str| {
        let mut reports = reports("a", &["tt"]);
        reports.quality.push(QualityRow {
            seed: seeds.into(),
            match_rule: "pairs".into(),
            ..quality("a", "f1_mean", Some(1.0))
        });
        reports
    };
    let base = with_mean("0+1+2");
    // Seed 2 failed, so that the mean runs over two seeds; or the first seed failed, and only a row that says so is left.
    let mut head = with_mean("0+1");
    head.quality.push(QualityRow {
        seed: "2".into(),
        status: "crash".into(),
        ..quality("a", "", None)
    });
    assert_eq!(gate(&base, &head), 5);
    head.quality.retain(|row| row.status != "ok");
    head.outcomes.clear();
    assert_eq!(gate(&base, &head), 5);
}

#[test]
fn another_gold_is_incomparable_and_an_empty_selection_is_invalid() {
    let base = reports("a", &["tt"]);
    let mut head = base.clone();
    for row in &mut head.quality {
        row.gold_digest = "g2".into();
    }
    let judged = judge(&base, &head, &GateConfig::default(), false);
    assert_eq!(
        (judged.code, find(&judged.compared, "recall").decision),
        (2, Decision::Incomparable)
    );
    let nothing = GateConfig {
        variants: vec!["none".into()],
        ..GateConfig::default()
    };
    assert_eq!(judge(&base, &base, &nothing, false).code, 2);
    let mut newer = base.clone();
    newer
        .quality
        .iter_mut()
        .for_each(|row| row.metric_version = 2);
    assert_eq!(gate(&base, &newer), 2);
}

#[test]
fn seeded_variants_are_gated_by_their_mean_with_tolerance() {
    let with_mean = |first: f64, mean: f64, seeds: &str| {
        let mut reports = reports("a", &["tt"]);
        reports.quality.retain(|row| row.metric == "f1");
        reports.quality[0].value = Some(first);
        reports.quality.push(QualityRow {
            seed: seeds.into(),
            match_rule: "pairs".into(),
            ..quality("a", "f1_mean", Some(mean))
        });
        reports
    };
    let five = "1+2+3+4+5";
    assert_eq!(
        gate(&with_mean(0.9, 0.9, five), &with_mean(0.8, 0.896, five)),
        0
    );
    assert_eq!(
        gate(&with_mean(0.9, 0.9, five), &with_mean(0.9, 0.894, five)),
        3
    );
    assert_eq!(
        gate(&with_mean(0.9, 0.9, "1+2"), &with_mean(0.9, 0.899, "1+2")),
        3
    );
}

#[test]
fn memory_must_exceed_both_limits() {
    let timed = |mib: u64| {
        let mut reports = reports("a", &["tt"]);
        reports
            .throughput
            .insert("cpu".into(), vec![throughput("a", 1_000_000, mib << 20)]);
        reports
    };
    let config = GateConfig {
        memory: Some(crate::compare::gate::Memory {
            absolute: 16.0,
            relative: 0.10,
        }),
        ..GateConfig::default()
    };
    let code = |before, after| judge(&timed(before), &timed(after), &config, true).code;
    assert_eq!(
        (code(100, 115), code(100, 117), code(1000, 1050)),
        (0, 3, 0)
    );
    assert_eq!(
        judge(&timed(100), &reports("a", &["tt"]), &config, true).code,
        4
    );
    assert_eq!(
        judge(&timed(100), &timed(900), &GateConfig::default(), true).code,
        0
    );
}

#[test]
fn configuration_faults_are_named() {
    let parse = |text: &str| GateConfig::new(Some(&text.parse::<toml::Table>().unwrap()));
    assert_eq!(parse("").unwrap(), GateConfig::default());
    assert_eq!(
        parse("mode = 'proven-worse'\n[memory]\nabsolute = 4.0")
            .unwrap()
            .memory
            .unwrap()
            .relative,
        0.10
    );
    for (text, what) in [
        ("mod = 'exact'", "unknown field"),
        ("mode = 'fast'", "unknown variant"),
        ("level = 1.5", "level is 1.5"),
        ("slices = []", "slices"),
    ] {
        let error = parse(text).unwrap_err();
        assert!(
            error.to_string().contains(what) && error.exit_code() == 2,
            "{error}"
        );
    }
}
