//! `karat gate`, `compare`, `baseline`.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::support::{karat, text};

/// Reports of one variant, and a baseline of them, in a folder of their own.
fn gated() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let output = karat(&[
        "run",
        "--task",
        "dedup",
        "-e",
        "align",
        "--out",
        &path("out"),
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    fs::rename(
        folder.path().join("out/partial"),
        folder.path().join("reports"),
    )
    .unwrap();
    let output = karat(&[
        "baseline",
        "save",
        "main",
        "--reports",
        &path("reports"),
        "--baselines",
        &path("baselines"),
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    folder
}

fn gate(folder: &Path, more: &[&str]) -> Output {
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (reports, baselines) = (path("reports"), path("baselines"));
    let mut args = vec![
        "gate",
        "--baseline",
        "main",
        "--reports",
        &reports,
        "--baselines",
        &baselines,
    ];
    args.extend(more);
    karat(&args)
}

/// Turns the first found pair into a missed one, in outcomes and counts alike; gives its item.
fn lose_a_pair(reports: &Path) -> String {
    use karat::record::{OutcomeRow, QualityRow, read, write};
    let (path, mut outcomes) = (
        reports.join("outcomes.csv"),
        read::<OutcomeRow>(&reports.join("outcomes.csv")).unwrap(),
    );
    let lost = outcomes
        .iter_mut()
        .find(|row| row.verdict == "true positive" && row.match_rule == "pairs")
        .unwrap();
    "false negative".clone_into(&mut lost.verdict);
    let lost = lost.clone();
    write(&path, &mut outcomes).unwrap();
    let path = reports.join("quality.csv");
    let mut quality = read::<QualityRow>(&path).unwrap();
    for row in quality
        .iter_mut()
        .filter(|row| row.slice == "all" && row.match_rule == "pairs" && row.level == lost.level)
    {
        let (Some(hits), Some(extra), Some(missed)) =
            (row.true_positives, row.false_positives, row.false_negatives)
        else {
            continue;
        };
        let (hits, missed) = (hits - 1.0, missed + 1.0);
        (row.true_positives, row.false_negatives) = (Some(hits), Some(missed));
        row.value = match row.metric.as_str() {
            "precision" => Some(hits / (hits + extra)),
            "recall" => Some(hits / (hits + missed)),
            "f1" => Some(2.0 * hits / (2.0 * hits + extra + missed)),
            _ => row.value,
        };
    }
    write(&path, &mut quality).unwrap();
    lost.item
}

#[test]
fn a_lost_pair_exits_3_and_is_named_everywhere() {
    let folder = gated();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let same = gate(folder.path(), &[]);
    assert_eq!(
        same.status.code(),
        Some(0),
        "{}{}",
        text(&same.stdout),
        text(&same.stderr)
    );
    let item = lose_a_pair(&folder.path().join("reports"));
    let (junit, markdown) = (path("gate.xml"), path("gate.md"));
    let output = gate(
        folder.path(),
        &[
            "--junit",
            &junit,
            "--export-markdown",
            &markdown,
            "--github",
        ],
    );
    let printed = text(&output.stdout);
    assert_eq!(output.status.code(), Some(3), "{printed}");
    assert!(
        printed.contains("changed-worse") && printed.contains("no inference (K=1)"),
        "{printed}"
    );
    assert!(printed.contains("::error title=dedup/"), "{printed}");
    for surface in [
        printed,
        fs::read_to_string(&junit).unwrap(),
        fs::read_to_string(&markdown).unwrap(),
    ] {
        assert!(surface.contains(&item), "{item} is missing in\n{surface}");
    }
    let compared = karat(&[
        "compare",
        &path("baselines/main"),
        &path("reports"),
        "--export-csv",
        &path("compare.csv"),
    ]);
    assert_eq!(compared.status.code(), Some(0));
    assert!(text(&compared.stdout).contains(&item));
    let rows =
        karat::record::read::<karat::compare::row::CompareRow>(Path::new(&path("compare.csv")))
            .unwrap();
    let recall = rows
        .iter()
        .find(|row| row.metric == "recall" && row.match_rule == "pairs" && row.broken == 1)
        .unwrap();
    assert_eq!(
        (recall.decision.as_str(), recall.p),
        ("changed-worse", None)
    );
    let undecided = gate(folder.path(), &["--mode", "proven-worse", "--strict"]);
    assert_eq!(
        undecided.status.code(),
        Some(4),
        "{}",
        text(&undecided.stdout)
    );
    let ranked = karat(&["rank", "--reports", &path("reports")]);
    assert!(
        text(&ranked.stdout).contains("align"),
        "{}",
        text(&ranked.stderr)
    );
}

#[test]
fn a_gate_that_cannot_judge_is_no_pass() {
    let folder = gated();
    let reports = folder.path().join("reports");
    assert_eq!(
        gate(folder.path(), &["--export-csv", "/dev/null/compare.csv"])
            .status
            .code(),
        Some(1)
    );
    let unknown = karat(&[
        "gate",
        "--baseline",
        "nobody",
        "--baselines",
        folder.path().to_str().unwrap(),
    ]);
    assert_eq!(unknown.status.code(), Some(2));
    let quality = fs::read_to_string(reports.join("quality.csv")).unwrap();
    let (header, _) = quality.split_once('\n').unwrap();
    for torn in [
        &quality[..quality.len() - 9],
        "",
        header,
        &format!("{header}\n"),
    ] {
        fs::write(reports.join("quality.csv"), torn).unwrap();
        let output = gate(folder.path(), &[]);
        assert_eq!(
            output.status.code(),
            Some(2),
            "{torn:.60}: {}",
            text(&output.stderr)
        );
    }
    let other_gold: Vec<String> = quality
        .lines()
        .enumerate()
        .map(|(n, line)| {
            if n == 0 {
                line.to_owned()
            } else {
                line.replacen(",embassy,", ",elsewhere,", 1).replacen(
                    ",elsewhere,",
                    ",embassy,x",
                    1,
                )
            }
        })
        .collect();
    fs::write(reports.join("quality.csv"), other_gold.join("\n") + "\n").unwrap();
    fs::remove_file(folder.path().join("baselines/main/predictions.csv")).unwrap();
    let output = gate(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stdout));
    assert!(
        text(&output.stdout).contains("gold differs"),
        "{}",
        text(&output.stdout)
    );
    let failed = quality
        .lines()
        .nth(1)
        .unwrap()
        .split(',')
        .collect::<Vec<_>>();
    let row = [
        &failed[..8],
        &[
            "all",
            "",
            "",
            "1",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "1",
            "timeout",
            "no answer within 1 s",
        ],
    ]
    .concat()
    .join(",");
    fs::write(reports.join("quality.csv"), format!("{header}\n{row}\n")).unwrap();
    fs::write(
        reports.join("outcomes.csv"),
        fs::read_to_string(reports.join("outcomes.csv"))
            .unwrap()
            .lines()
            .next()
            .unwrap()
            .to_owned()
            + "\n",
    )
    .unwrap();
    let output = gate(folder.path(), &[]);
    assert!(
        matches!(output.status.code(), Some(3 | 5)),
        "{}",
        text(&output.stdout)
    );
    assert!(
        text(&output.stdout).contains("the head failed: timeout"),
        "{}",
        text(&output.stdout)
    );
}
