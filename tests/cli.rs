//! The command line as a user meets it: output, files and exit codes.
#![allow(clippy::unwrap_used, reason = "a failed test is the message")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn karat(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_karat"))
        .current_dir(root())
        .args(args)
        .output()
        .unwrap()
}

fn misbehaving(args: &[&str]) -> Output {
    let binary = Path::new(env!("CARGO_BIN_EXE_karat"))
        .parent()
        .unwrap()
        .join("examples/misbehaving");
    Command::new(binary)
        .current_dir(root())
        .args(args)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn exact_files(folder: &Path) -> Vec<Vec<u8>> {
    ["quality.csv", "outcomes.csv", "curves.csv"]
        .iter()
        .map(|name| fs::read(folder.join(name)).unwrap())
        .collect()
}

#[test]
fn two_runs_and_any_number_of_jobs_leave_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let run = |name: &str, more: &[&str]| -> PathBuf {
        let out = folder.path().join(name);
        let mut args = vec!["run", "--out", out.to_str().unwrap()];
        args.extend(more);
        let output = karat(&args);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        out
    };
    let first = exact_files(&run("a", &["--jobs", "1"]));
    assert_eq!(first, exact_files(&run("b", &["--jobs", "2"])));
    assert_eq!(first, exact_files(&run("c", &["--in-process"])));
}

#[test]
fn a_resumed_run_takes_over_everything_and_leaves_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    assert_eq!(
        karat(&["run", "--out", out, "--task", "dedup"])
            .status
            .code(),
        Some(0)
    );
    let partial = folder.path().join("partial");
    let before = exact_files(&partial);
    let output = karat(&["run", "--out", out, "--task", "dedup", "--resume"]);
    assert!(
        text(&output.stdout).contains("were taken over"),
        "{}",
        text(&output.stdout)
    );
    assert_eq!(before, exact_files(&partial));
}

#[test]
fn algorithms_that_misbehave_are_one_failed_row_each_and_the_rest_is_complete() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let output = misbehaving(&[
        "run",
        "--config",
        "tests/data/misbehaving.toml",
        "--out",
        out,
    ]);
    assert_eq!(output.status.code(), Some(5), "{}", text(&output.stderr));
    let quality = fs::read_to_string(folder.path().join("quality.csv")).unwrap();
    for (algorithm, status) in [
        ("panics", "crash"),
        ("exits", "protocol"),
        ("overflows", "crash"),
        ("loops", "timeout"),
        ("devours", "memory-limit"),
    ] {
        let rows: Vec<&str> = quality
            .lines()
            .filter(|line| line.contains(&format!(",{algorithm},")))
            .collect();
        assert_eq!(rows.len(), 1, "{algorithm}: {rows:?}");
        assert!(rows[0].contains(&format!(",{status},")), "{}", rows[0]);
    }
    assert!(
        quality
            .lines()
            .filter(|line| line.contains(",exact,") && line.contains(",ok,"))
            .count()
            > 2
    );
    let left = Command::new("pgrep")
        .args(["-f", "misbehaving worker"])
        .output()
        .unwrap();
    assert_eq!(text(&left.stdout), "", "a worker was left behind");
}

#[test]
fn bad_input_gets_place_remedy_and_exit_code_2() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("karat.toml");
    fs::write(&config, "[[variant]]\ntask = 'dedup'\nalgorithm = 'exakt'\n[[variant]]\ntask = 'dedup'\nalgorithm = 'exact'\nparams = { case = 1 }\n").unwrap();
    let output = karat(&["run", "--config", config.to_str().unwrap()]);
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{message}");
    for part in [
        "karat.toml:1: ",
        "unknown deduper `exakt`; known: ",
        "karat.toml:4: ",
        "unknown field `case`",
        "remedy: ",
    ] {
        assert!(message.contains(part), "`{part}` is missing in\n{message}");
    }
    for (args, part) in [
        (&["run", "--gold", "nowhere"][..], "nowhere"),
        (&["run", "-e", "exakt"][..], "unknown algorithm `exakt`"),
        (&["run", "-f", "("][..], "--filter"),
        (&["run", "-f", "no such variant"][..], "no variant is left"),
        (&["run", "--suite", "x"][..], "unknown suite `x`"),
        (&["run", "--jobs", "0"][..], "--jobs"),
        (&["frobnicate"][..], "frobnicate"),
    ] {
        let output = karat(args);
        assert_eq!(
            output.status.code(),
            Some(2),
            "{args:?}: {}",
            text(&output.stderr)
        );
        assert!(
            text(&output.stderr).contains(part),
            "{args:?}: {}",
            text(&output.stderr)
        );
    }
}

#[test]
fn an_output_folder_that_cannot_be_written_is_exit_code_1_before_anything_runs() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "in the way").unwrap();
    let output = karat(&["run", "--out", file.join("reports").to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert!(
        text(&output.stderr).contains("failed"),
        "{}",
        text(&output.stderr)
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), "in the way");
}

#[test]
fn interrupting_a_run_kills_its_workers_and_ends_with_130() {
    let folder = tempfile::tempdir().unwrap();
    let binary = Path::new(env!("CARGO_BIN_EXE_karat"))
        .parent()
        .unwrap()
        .join("examples/misbehaving");
    let out = folder.path().join("out");
    let mut child = Command::new(binary)
        .current_dir(root())
        .args([
            "run",
            "--config",
            "tests/data/misbehaving.toml",
            "-e",
            "loops",
            "--timeout",
            "60",
            "--out",
            out.to_str().unwrap(),
        ])
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(std::time::Duration::from_millis(700));
    assert!(
        Command::new("kill")
            .args(["-INT", &child.id().to_string()])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(!out.join("partial/quality.csv").exists());
}

#[test]
fn predictions_of_a_run_score_as_the_run_did_and_foreign_ids_are_faults() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("a");
    assert_eq!(
        karat(&[
            "run",
            "-f",
            "segment/exact|mention/gazetteer",
            "--out",
            out.to_str().unwrap()
        ])
        .status
        .code(),
        Some(0)
    );
    let partial = out.join("partial");
    let predictions = partial.join("predictions.csv");
    let scored = folder.path().join("scored");
    let output = karat(&[
        "score",
        predictions.to_str().unwrap(),
        "--threshold",
        "1",
        "--out",
        scored.to_str().unwrap(),
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(
        fs::read(partial.join("outcomes.csv")).unwrap(),
        fs::read(scored.join("outcomes.csv")).unwrap()
    );
    let broken = folder.path().join("broken.csv");
    let text_of = fs::read_to_string(&predictions).unwrap();
    fs::write(&broken, text_of.replace(",000_", ",999_")).unwrap();
    let output = karat(&["score", broken.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output.stderr).contains("unknown document `999_"),
        "{}",
        text(&output.stderr)
    );
    fs::write(&broken, text_of.lines().next().unwrap().to_owned() + "\n").unwrap();
    assert_eq!(
        karat(&["score", broken.to_str().unwrap()]).status.code(),
        Some(2)
    );
}

#[test]
fn show_prints_text_gold_and_outcomes_of_an_item() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    assert_eq!(
        karat(&["run", "-e", "exact", "--out", out]).status.code(),
        Some(0)
    );
    let partial = folder.path().join("partial");
    let output = karat(&[
        "show",
        "embassy/pair/001:s005~000:s007",
        "--reports",
        partial.to_str().unwrap(),
    ]);
    let shown = text(&output.stdout);
    assert!(
        shown.contains("«Some left to set up a protest camp in front of a nearby hotel.»"),
        "{shown}"
    );
    let output = karat(&[
        "show",
        "000:s007~001:s005",
        "--reports",
        partial.to_str().unwrap(),
    ]);
    let shown = text(&output.stdout);
    assert!(
        shown.contains("dedup/segment/exact") && shown.contains("true positive"),
        "{shown}"
    );
    assert_eq!(karat(&["show", "009:s001"]).status.code(), Some(2));
    assert_eq!(karat(&["show", "000:1-99999"]).status.code(), Some(2));
}

#[test]
fn predict_reads_any_corpus_and_writes_what_stays() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path().join("corpus.jsonl");
    let lines = [
        (
            "a",
            "Protesters left the embassy in Baghdad on Wednesday after two days of clashes with the guards.",
        ),
        (
            "b",
            "Fishing fleets in the north sea report the poorest catch of herring in more than forty years.",
        ),
        (
            "c",
            "Protesters left the embassy in Baghdad on Wednesday after two days of clashes with the guards. Read more",
        ),
    ];
    let text_of: String = lines
        .iter()
        .map(|(id, body)| format!("{{\"key\":\"{id}\",\"body\":\"{body}\"}}\n"))
        .collect();
    fs::write(&corpus, text_of).unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (kept, removed, clean, pairs) = (
        file("kept"),
        file("removed"),
        file("clean.jsonl.zst"),
        file("pairs.csv"),
    );
    let output = karat(&[
        "predict",
        corpus.to_str().unwrap(),
        "-t",
        "dedup",
        "-e",
        "minhash",
        "--text-field",
        "body",
        "--id-field",
        "key",
        "--threshold",
        "0.5",
        "--keep",
        "longest",
        "--kept",
        &kept,
        "--removed",
        &removed,
        "--write-clean",
        &clean,
        "--out",
        &pairs,
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(fs::read_to_string(&kept).unwrap(), "b\nc\n");
    assert_eq!(fs::read_to_string(&removed).unwrap(), "a\tc\n");
    assert!(
        fs::read_to_string(&pairs).unwrap().contains("\na,,,c,,,"),
        "{}",
        fs::read_to_string(&pairs).unwrap()
    );
    let cleaned =
        String::from_utf8(zstd::decode_all(fs::File::open(&clean).unwrap()).unwrap()).unwrap();
    assert_eq!(cleaned.lines().count(), 2);
    assert!(cleaned.contains("\"key\":\"b\""), "{cleaned}");

    let missing = karat(&[
        "predict",
        corpus.to_str().unwrap(),
        "-t",
        "dedup",
        "-e",
        "minhash",
    ]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(
        text(&missing.stderr).contains("corpus.jsonl:1: no field `text`; this line has: body, key"),
        "{}",
        text(&missing.stderr)
    );
    let learns = karat(&[
        "predict",
        "gold/embassy/articles",
        "-t",
        "entity",
        "-e",
        "gazetteer",
    ]);
    assert!(
        text(&learns.stderr).contains("--train"),
        "{}",
        text(&learns.stderr)
    );
    let names = karat(&[
        "predict",
        "gold/embassy/articles",
        "-t",
        "entity",
        "-e",
        "gazetteer",
        "--train",
        "gold/embassy",
        "--format",
        "jsonl",
    ]);
    assert_eq!(names.status.code(), Some(0), "{}", text(&names.stderr));
    assert!(text(&names.stdout).lines().count() > 100);
    let flags = karat(&[
        "predict",
        "gold/embassy/articles",
        "-t",
        "garble",
        "-e",
        "boilerplate",
    ]);
    assert!(
        text(&flags.stdout)
            .starts_with("document,start,end,other_document,label,cluster,confidence\n"),
        "{}",
        text(&flags.stdout)
    );
}

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

#[test]
fn the_speed_gate_finds_double_work_and_decides_nothing_on_an_unfit_machine() {
    let folder = tempfile::tempdir().unwrap();
    let example = Path::new(env!("CARGO_BIN_EXE_karat"))
        .parent()
        .unwrap()
        .join("examples/burn");
    let copy = |name: &str| {
        let path = folder.path().join(name);
        fs::copy(&example, &path).unwrap();
        path
    };
    let config = folder.path().join("burn.toml");
    fs::write(&config, "[[variant]]\ntask = 'dedup'\nalgorithm = 'burn'\nlevels = ['document']\nparams = { rounds = 1000000 }\n").unwrap();
    let time = |head: &Path, base: &Path, more: &[&str]| {
        let mut command = Command::new(head);
        command
            .current_dir(root())
            .arg("time")
            .arg("--config")
            .arg(&config)
            .arg("--against")
            .arg(base)
            .args(more);
        command.output().unwrap()
    };
    let (plain, double, unfit) = (copy("burn"), copy("burn-double"), copy("burn-unfit"));
    let slower = time(&double, &plain, &[]);
    assert_eq!(
        slower.status.code(),
        Some(3),
        "{}{}",
        text(&slower.stdout),
        text(&slower.stderr)
    );
    assert!(
        text(&slower.stdout).contains("; confirmed by "),
        "{}",
        text(&slower.stdout)
    );
    let undecided = time(&plain, &unfit, &["--pairs", "8"]);
    assert_eq!(
        undecided.status.code(),
        Some(0),
        "{}",
        text(&undecided.stdout)
    );
    assert!(
        text(&undecided.stdout).contains("the machine is unfit"),
        "{}",
        text(&undecided.stdout)
    );
    fs::remove_file(folder.path().join("burn-unfit.runs")).unwrap();
    assert_eq!(
        time(&plain, &unfit, &["--pairs", "8", "--strict"])
            .status
            .code(),
        Some(4)
    );
    let nothing = time(&plain, Path::new("nowhere"), &[]);
    assert_eq!(nothing.status.code(), Some(2), "{}", text(&nothing.stderr));
}
