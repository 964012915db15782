//! Tells the binary which compiler it comes from, and a release binary its commit.

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    println!(
        "cargo:rustc-env=KARAT_COMPILER={}",
        first_line(&rustc, &["--version"]).unwrap_or_default()
    );
    // Whoever knows the commit is compiled again after each one: a development build does without.
    let mut commit = None;
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        // In a linked worktree they lie elsewhere; a path that does not exist would run this at every build.
        for name in ["HEAD", "logs/HEAD"] {
            if let Some(path) = first_line("git", &["rev-parse", "--git-path", name])
                && Path::new(&path).exists()
            {
                println!("cargo:rerun-if-changed={path}");
            }
        }
        commit = first_line("git", &["rev-parse", "--short=12", "HEAD"]);
    }
    println!(
        "cargo:rustc-env=KARAT_COMMIT={}",
        commit.unwrap_or_default()
    );
}

/// First line of what a program prints; `None` when it fails.
fn first_line(program: &str, args: &[&str]) -> Option<String> {
    let output = Command::new(program).args(args).output().ok()?;
    if !output.status.success() {
        return None;
    }
    let text = String::from_utf8(output.stdout).ok()?;
    text.lines().next().map(str::to_owned)
}
