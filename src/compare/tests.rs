//! Comparison and gate over fabricated report folders.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::decision::{Decision, Direction};
use super::gate::{GateConfig, Mode, judge};
use super::reports::Reports;
use super::{Compared, Options, compare};
use crate::compare::evidence::counted;
use crate::record::{self, OutcomeRow, QualityRow, SCHEMA, ThroughputRow};
use crate::stats::stories::{Ratio, Tally};

mod gates;
mod ranks;

/// An outcome: story, item, verdict in one letter (`t`, `p`, `n`, `i` for true positive, false positive, false negative, ignored).
pub(crate) fn outcome(variant: &str, story: usize, item: &str, verdict: char) -> OutcomeRow {
    let verdict = match verdict {
        't' => "true positive",
        'p' => "false positive",
        'n' => "false negative",
        _ => "ignored",
    };
    OutcomeRow {
        schema: SCHEMA,
        dataset: "toy".into(),
        task: "dedup".into(),
        level: "segment".into(),
        algorithm: variant.into(),
        params: String::new(),
        seed: "0".into(),
        match_rule: "pairs".into(),
        document: format!("d{story:02}"),
        item: format!("toy/pair/{item}"),
        verdict: verdict.into(),
        detail: String::new(),
        weight: Some(1.0),
        confidence: None,
        story: format!("story{story:02}"),
        zone: "body".into(),
        gold_type: String::new(),
        predicted_type: String::new(),
        category: String::new(),
        severity: String::new(),
        gold_text: format!("text of {item}"),
        predicted_text: String::new(),
        slices: String::new(),
    }
}

pub(crate) fn quality(variant: &str, metric: &str, value: Option<f64>) -> QualityRow {
    QualityRow {
        schema: SCHEMA,
        dataset: "toy".into(),
        gold_digest: "g1".into(),
        task: "dedup".into(),
        level: "segment".into(),
        algorithm: variant.into(),
        params: String::new(),
        seed: "0".into(),
        slice: "all".into(),
        match_rule: String::new(),
        metric: metric.into(),
        metric_version: 1,
        value,
        ci_low: None,
        ci_high: None,
        ci_method: String::new(),
        true_positives: None,
        false_positives: None,
        false_negatives: None,
        true_negatives: None,
        support: None,
        stories: 1,
        status: "ok".into(),
        error: String::new(),
    }
}

/// Reports of one variant: one string of verdicts per story, and a counter.
pub(crate) fn reports(variant: &str, stories: &[&str]) -> Reports {
    let mut outcomes = Vec::new();
    for (story, verdicts) in stories.iter().enumerate() {
        for (item, verdict) in verdicts
            .chars()
            .enumerate()
            .filter(|(_, verdict)| *verdict != '.')
        {
            outcomes.push(outcome(
                variant,
                story,
                &format!("{story:02}-{item}"),
                verdict,
            ));
        }
    }
    let sum = outcomes
        .iter()
        .fold(Tally::default(), |sum, row| sum.plus(counted(row), 1.0));
    let mut rows: Vec<QualityRow> = [
        ("precision", Ratio::Precision),
        ("recall", Ratio::Recall),
        ("f1", Ratio::F1),
    ]
    .into_iter()
    .map(|(metric, ratio)| QualityRow {
        match_rule: "pairs".into(),
        true_positives: Some(sum.true_positives),
        false_positives: Some(sum.false_positives),
        false_negatives: Some(sum.false_negatives),
        stories: stories.len() as u64,
        ..quality(variant, metric, ratio.of(sum))
    })
    .collect();
    rows.push(quality(variant, "counter_candidates", Some(100.0)));
    Reports {
        name: variant.into(),
        quality: rows,
        outcomes,
        throughput: BTreeMap::new(),
    }
}

pub(crate) fn write(reports: &Reports, folder: &Path) {
    record::write(&folder.join("quality.csv"), &mut reports.quality.clone()).unwrap();
    record::write(&folder.join("outcomes.csv"), &mut reports.outcomes.clone()).unwrap();
}

fn throughput(variant: &str, wall_ns: u64, peak_bytes: u64) -> ThroughputRow {
    ThroughputRow {
        schema: SCHEMA,
        run: "r".into(),
        input: "1MB".into(),
        task: "dedup".into(),
        level: "segment".into(),
        algorithm: variant.into(),
        params: String::new(),
        seed: "0".into(),
        threads: 1,
        sample: 1,
        phase: "predict".into(),
        wall_ns: Some(wall_ns),
        cpu_user_ns: Some(wall_ns),
        cpu_sys_ns: Some(0),
        peak_bytes: Some(peak_bytes),
        documents: 10,
        bytes: 1_000_000,
        output_hash: "x".into(),
        status: "ok".into(),
        error: String::new(),
    }
}

fn find<'a>(compared: &'a [Compared], metric: &str) -> &'a Compared {
    compared
        .iter()
        .find(|compared| compared.row.metric == metric)
        .unwrap()
}

fn gate(base: &Reports, head: &Reports) -> u8 {
    judge(base, head, &GateConfig::default(), false).code
}

#[test]
fn one_lost_pair_fails_the_gate_and_is_named() {
    let (base, head) = (reports("a", &["ttt"]), reports("a", &["ttn"]));
    let gate = judge(&base, &head, &GateConfig::default(), false);
    assert_eq!(gate.code, 3);
    let recall = find(&gate.compared, "recall");
    assert_eq!(recall.decision, Decision::ChangedWorse);
    assert_eq!((recall.row.fixed, recall.row.broken), (0, 1));
    assert_eq!(recall.changes[0].item, "toy/pair/00-2");
    assert_eq!(
        (
            recall.changes[0].before.as_str(),
            recall.changes[0].after.as_str()
        ),
        ("true positive", "false negative")
    );
    assert_eq!(recall.changes[0].text, "text of 00-2");
    assert!(
        recall.row.reason.contains("no inference (K=1)"),
        "{}",
        recall.row.reason
    );
    assert_eq!(recall.row.p, None);
}

#[test]
fn equal_reports_pass_and_a_gain_passes() {
    let base = reports("a", &["ttn"]);
    assert_eq!(gate(&base, &base), 0);
    assert_eq!(gate(&base, &reports("a", &["ttt"])), 0);
}

#[test]
fn a_new_false_positive_is_a_broken_item_and_a_lost_one_is_fixed() {
    let compared = compare(
        &reports("a", &["tt."]),
        &reports("a", &["ttp"]),
        false,
        &Options::default(),
    );
    let precision = find(&compared, "precision");
    assert_eq!((precision.row.fixed, precision.row.broken), (0, 1));
    assert_eq!(precision.changes[0].before, "");
    assert_eq!(precision.decision, Decision::ChangedWorse);
    assert_eq!(find(&compared, "recall").decision, Decision::Unchanged);
    let back = compare(
        &reports("a", &["ttp"]),
        &reports("a", &["tt."]),
        false,
        &Options::default(),
    );
    assert_eq!(find(&back, "precision").row.fixed, 1);
}

#[test]
fn worse_and_better_are_proven_over_stories() {
    let (good, bad) = (reports("a", &["tttt"; 8]), reports("a", &["tttn"; 8]));
    let compared = compare(&good, &bad, false, &Options::default());
    let recall = find(&compared, "recall");
    assert_eq!(recall.decision, Decision::Regressed);
    assert_eq!((recall.row.p, recall.row.stories), (Some(2.0 / 256.0), 8));
    assert_eq!(recall.row.test, "swap-exact");
    assert_eq!(
        find(&compare(&bad, &good, false, &Options::default()), "recall").decision,
        Decision::Improved
    );
    assert_eq!(
        judge(
            &good,
            &bad,
            &GateConfig {
                mode: Mode::ProvenWorse,
                ..GateConfig::default()
            },
            false
        )
        .code,
        3
    );
}

#[test]
fn one_yes_no_per_document_is_mcnemar() {
    let (base, head) = (
        reports("a", &["t"; 9]),
        reports("a", &["n", "n", "n", "t", "t", "t", "t", "t", "t"]),
    );
    let compared = compare(&base, &head, false, &Options::default());
    let recall = find(&compared, "recall");
    assert_eq!(
        (recall.row.test.as_str(), recall.row.p),
        ("mcnemar-exact", Some(0.25))
    );
}

#[test]
fn a_story_without_gold_lends_recall_no_freedom() {
    // Five stories with gold, three with a false positive each: eight stories inform F1, five inform recall.
    let stories = ["tttt", "tttn", "tttt", "tttt", "tttt", "p", "p", "p"];
    let mut better = stories;
    better[1] = "tttt";
    let compared = compare(
        &reports("a", &stories),
        &reports("a", &better),
        false,
        &Options::default(),
    );
    let (recall, f1) = (find(&compared, "recall"), find(&compared, "f1"));
    assert_eq!((recall.row.stories, f1.row.stories), (5, 8));
    assert_eq!(recall.row.reason, "no inference (K=5)");
    assert!(recall.row.ci_low.is_none() && f1.row.ci_low.is_some());
}

#[test]
fn torn_duplicate_empty_and_unmatched_records_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let whole = reports("a", &["ttn"]);
    let refused = |reports: &Reports, what: &str| {
        write(reports, folder.path());
        let error = Reports::read(folder.path()).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains(what), "{error}");
    };
    refused(
        &Reports {
            quality: Vec::new(),
            ..whole.clone()
        },
        "holds no row",
    );
    let mut twice = whole.clone();
    twice.quality.push(whole.quality[0].clone());
    refused(&twice, "stands twice");
    refused(
        &Reports {
            outcomes: Vec::new(),
            ..whole.clone()
        },
        "not those of outcomes.csv",
    );
    refused(
        &Reports {
            outcomes: whole.outcomes[1..].to_vec(),
            ..whole.clone()
        },
        "not those of outcomes.csv",
    );
    write(&whole, folder.path());
    assert!(Reports::read(folder.path()).is_ok());
    let path = folder.path().join("quality.csv");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, &text[..text.len() - 20]).unwrap();
    assert_eq!(Reports::read(folder.path()).unwrap_err().exit_code(), 2);
    fs::write(&path, text.replace("100,,", "NaN,,")).unwrap();
    assert!(
        Reports::read(folder.path())
            .unwrap_err()
            .to_string()
            .contains("not a number")
    );
    fs::remove_file(&path).unwrap();
    assert_eq!(Reports::read(folder.path()).unwrap_err().exit_code(), 2);
}

#[test]
fn directions_follow_the_name() {
    for (metric, direction) in [
        ("f1", Direction::Higher),
        ("b_cubed_f1", Direction::Higher),
        ("f1_mean", Direction::Higher),
        ("f1_sd", Direction::Neither),
        ("best_f1", Direction::Neither),
        ("best_f1_threshold", Direction::Neither),
        ("counter_hashes", Direction::Lower),
        ("over_merges", Direction::Lower),
        ("COR", Direction::Neither),
        ("critical_recall_at_5", Direction::Higher),
        ("average_precision", Direction::Higher),
        ("severity_weighted_recall", Direction::Higher),
    ] {
        assert_eq!(Direction::of(metric), direction, "{metric}");
    }
}

#[test]
fn two_variants_of_one_run_are_joined_across_names() {
    let (base, head) = (reports("a", &["ttn"]), reports("b", &["ttt"]));
    let compared = compare(&base, &head, true, &Options::default());
    let recall = find(&compared, "recall");
    assert_eq!(
        (
            recall.row.base_variant.as_str(),
            recall.row.head_variant.as_str()
        ),
        ("a", "b")
    );
    assert_eq!(
        (recall.decision, recall.row.fixed),
        (Decision::ChangedBetter, 1)
    );
    assert!(
        compare(&base, &head, false, &Options::default())
            .iter()
            .all(|c| matches!(c.decision, Decision::New | Decision::Missing))
    );
}
