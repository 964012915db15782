//! Starting karat and reading what it says.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn karat(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_karat"))
        .current_dir(root())
        .args(args)
        .output()
        .unwrap()
}

pub(crate) fn misbehaving(args: &[&str]) -> Output {
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

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

pub(crate) fn exact_files(folder: &Path) -> Vec<Vec<u8>> {
    ["quality.csv", "outcomes.csv", "curves.csv"]
        .iter()
        .map(|name| fs::read(folder.join(name)).unwrap())
        .collect()
}

/// What a call said and how it ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs karat in a folder, so that what it says about relative paths is the same everywhere.
pub(crate) fn in_folder(folder: &Path, args: &[&str]) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_karat"))
        .current_dir(folder)
        .args(args)
        .output()
        .unwrap();
    Ran {
        code: output.status.code(),
        out: text(&output.stdout),
        err: text(&output.stderr),
    }
}

impl Ran {
    /// Ended well and said exactly this; gives what went to standard error.
    pub(crate) fn says(self, expected: &str) -> String {
        assert_eq!(
            (self.code, self.out.as_str()),
            (Some(0), expected),
            "{}",
            self.err
        );
        self.err
    }

    /// Ended with this code and exactly this on standard error.
    pub(crate) fn fails(self, code: i32, expected: &str) {
        assert_eq!(
            (self.code, self.err.as_str()),
            (Some(code), expected),
            "{}",
            self.out
        );
    }
}

/// Standard input from bytes, then as [`in_folder`].
pub(crate) fn fed(folder: &Path, args: &[&str], input: &[u8]) -> Ran {
    use std::io::Write;
    let mut child = Command::new(env!("CARGO_BIN_EXE_karat"))
        .current_dir(folder)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A child that refuses its arguments does not read: then the pipe is broken, and its exit code says why.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    Ran {
        code: output.status.code(),
        out: text(&output.stdout),
        err: text(&output.stderr),
    }
}
