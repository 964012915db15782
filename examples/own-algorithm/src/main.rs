//! karat with one more algorithm. Try, from karat's own folder:
//!
//! ```sh
//! cargo run --manifest-path examples/own-algorithm/Cargo.toml -- run --config examples/own-algorithm/karat.toml --out target/own
//! ```

mod first_words;

use std::process::ExitCode;

use karat::registry::{Registry, deduper};

fn main() -> ExitCode {
    let own = deduper::<first_words::FirstWords>("first-words", include_str!("first_words.rs"));
    karat::cli::main(&Registry::builtin().with_deduper(own))
}
