//! The order of what is read and predicted changes no byte of the reports.
#![allow(clippy::unwrap_used, reason = "a failed test is the message")]

use std::fs;
use std::path::Path;
use std::process::Command;

use karat::stats::random::Random;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn karat(args: &[&str]) {
    let output = Command::new(env!("CARGO_BIN_EXE_karat"))
        .current_dir(root())
        .args(args)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "karat {args:?}: {said}");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, target) = {
            let entry = entry.unwrap();
            (entry.path(), to.join(entry.file_name()))
        };
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

fn shuffle<T>(items: &mut [T], random: &mut Random) {
    for last in (1..items.len()).rev() {
        let other = (random.unit() * (last + 1) as f64) as usize;
        items.swap(last, other.min(last));
    }
}

/// Puts the rows of a CSV file in random order; says whether that changed it.
fn shuffle_rows(path: &Path, random: &mut Random) -> bool {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_path(path)
        .unwrap();
    let mut rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let before = rows.clone();
    shuffle(&mut rows[1..], random);
    let mut writer = csv::Writer::from_path(path).unwrap();
    for row in &rows {
        writer.write_record(row).unwrap();
    }
    writer.flush().unwrap();
    rows != before
}

fn reports(folder: &Path) -> Vec<(&'static str, Vec<u8>)> {
    ["quality.csv", "outcomes.csv", "curves.csv"]
        .map(|name| (name, fs::read(folder.join(name)).unwrap()))
        .to_vec()
}

fn assert_same(a: &Path, b: &Path, what: &str) {
    for ((name, before), (_, after)) in reports(a).into_iter().zip(reports(b)) {
        assert!(!before.is_empty(), "{name}");
        let line = before
            .split(|&byte| byte == b'\n')
            .zip(after.split(|&byte| byte == b'\n'))
            .find(|(x, y)| x != y)
            .map(|(x, y)| [x, y].map(|line| String::from_utf8_lossy(line).into_owned()));
        assert!(before == after, "{what} changed {name}: {line:?}");
    }
}

#[test]
fn shuffled_gold_and_shuffled_predictions_leave_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let mut random = Random::new(20);
    let at = |name: &str| folder.path().join(name);
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let run = |gold: &Path, out: &Path| {
        karat(&["run", "--gold", &text(gold), "--out", &text(out)]);
    };
    let gold = at("gold");
    copy(&root().join("gold/embassy"), &gold);
    run(&gold, &at("first"));

    // Every layer in another order.
    let mut changed = 0;
    for entry in fs::read_dir(&gold).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "csv") {
            changed += u32::from(shuffle_rows(&path, &mut random));
        }
    }
    assert!(changed >= 6, "only {changed} layers have rows to shuffle");
    run(&gold, &at("second"));
    assert_same(&at("first"), &at("second"), "the order of the gold");

    // Stored predictions in another order, scored again.
    let predictions = at("predictions.csv");
    fs::copy(at("first").join("predictions.csv"), &predictions).unwrap();
    let score = |out: &Path| {
        let gold = text(&gold);
        karat(&[
            "score",
            &text(&predictions),
            "--gold",
            &gold,
            "--out",
            &text(out),
        ]);
    };
    score(&at("third"));
    assert!(shuffle_rows(&predictions, &mut random));
    score(&at("fourth"));
    assert_same(&at("third"), &at("fourth"), "the order of the predictions");
}
