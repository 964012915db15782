//! Help, usage errors, and a reader that goes away.

use std::os::unix::process::ExitStatusExt;
use std::process::Command;

use crate::support::{in_folder, root};

const VERBS: [&str; 17] = [
    "gold",
    "list",
    "run",
    "time",
    "predict",
    "score",
    "show",
    "report",
    "metric",
    "score-tags",
    "compare",
    "gate",
    "baseline",
    "rank",
    "recommend",
    "curve",
    "schema",
];

#[test]
fn every_verb_is_listed_and_has_help() {
    let help = in_folder(root(), &["help"]);
    assert_eq!(help.code, Some(0));
    for verb in VERBS {
        assert!(
            help.out.contains(&format!("\n  {verb} ")),
            "{verb}: {}",
            help.out
        );
        let page = in_folder(root(), &[verb, "--help"]);
        assert_eq!(page.code, Some(0), "{verb}");
        assert!(
            page.out.contains(&format!("Usage: karat {verb}")),
            "{}",
            page.out
        );
    }
    assert!(
        !help.out.contains("\n  worker"),
        "the worker is not for users"
    );
    in_folder(root(), &["--version"]).says(concat!("karat ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn wrong_usage_is_exit_code_2_on_standard_error() {
    for args in [
        &[][..],
        &["frobnicate"],
        &["run", "--frobnicate"],
        &["run", "--jobs", "many"],
        &["run", "--task", "cooking"],
        &["score"],
        &["show"],
        &["gold"],
        &["gold", "locate", "x", "--out", "y"],
        &["predict", "x"],
        &["curve"],
        &["gate"],
        &["compare", "one"],
        &["baseline", "save"],
        &["schema", "--header"],
    ] {
        let ran = in_folder(root(), args);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{args:?}");
        assert!(ran.err.contains("--help"), "{args:?}: {}", ran.err);
    }
}

/// `karat list NAME | head -1` must not end in a panic.
#[test]
fn a_reader_that_goes_away_ends_karat_quietly() {
    for args in [
        &["gold", "stats"][..],
        &["list", "minhash"],
        &["rank"],
        &["run", "-e", "exact", "--out", "target/closed-pipe"],
    ] {
        // Nobody reads from the first byte on.
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let ended = Command::new(env!("CARGO_BIN_EXE_karat"))
            .current_dir(root())
            .args(args)
            .stdout(writer)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert!(!said.contains("panicked"), "{args:?}: {said}");
        assert_eq!(
            ended.status.signal(),
            Some(signal_hook::consts::SIGPIPE),
            "{args:?}: {said}"
        );
    }
}
