//! `karat time --against`.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::{root, text};

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
