//! `karat run`: the same bytes, complete reports, failures and interruptions.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use crate::support::{exact_files, karat, misbehaving, root, text};

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

/// Processes that run as workers of the example.
fn workers(more: &[&str]) -> Output {
    Command::new("pgrep")
        .args(["-f", "misbehaving worker"])
        .args(more)
        .output()
        .unwrap()
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
    // Other tests have such workers too, but not for long.
    let mut left = workers(&[]);
    for _ in 0..100 {
        if left.stdout.is_empty() {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
        left = workers(&[]);
    }
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
    // The worker at work shows that the run has come as far as to listen for interrupts.
    let parent = child.id().to_string();
    for _ in 0..600 {
        if !workers(&["-P", &parent]).stdout.is_empty() {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
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
