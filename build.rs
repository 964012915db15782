//! Tells the binary which commit and compiler it comes from.

use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=.git/HEAD");
    println!("cargo:rerun-if-changed=.git/index");
    let first_line = |program: &str, args: &[&str]| -> Option<String> {
        let output = Command::new(program)
            .args(args)
            .output()
            .ok()
            .filter(|output| output.status.success())?;
        Some(
            String::from_utf8(output.stdout)
                .ok()?
                .lines()
                .next()?
                .to_owned(),
        )
    };
    let commit = first_line("git", &["rev-parse", "--short=12", "HEAD"]).unwrap_or_default();
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    println!("cargo:rustc-env=KARAT_COMMIT={commit}");
    println!(
        "cargo:rustc-env=KARAT_COMPILER={}",
        first_line(&rustc, &["--version"]).unwrap_or_default()
    );
}
