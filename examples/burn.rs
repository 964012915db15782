//! A deduper that burns a known amount of CPU time, for trials of the speed gate.
//!
//! The name of a copy says what it does: `-slower` works 10 % more, `-double` twice as much, and `-unfit` plays a machine on which the
//! second and third of four runs take twice as long. `scripts/speed-gate-trials` and the tests time one copy against another:
//! `burn-slower time --against burn --config tests/data/burn.toml`.

use std::hint::black_box;
use std::process::ExitCode;
use std::sync::OnceLock;

use karat::corpus::Unit;
use karat::dedup::{Comparison, Deduper, Request};
use karat::params::Algorithm;
use karat::registry::{Registry, deduper};
use karat::task::Level;
use serde::{Deserialize, Serialize};

/// Work in rounds of a dependent multiplication, some 15 ms of CPU by default.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Burn {
    rounds: u64,
}

impl Default for Burn {
    fn default() -> Self {
        Self { rounds: 10_000_000 }
    }
}

impl Algorithm for Burn {}

impl Deduper for Burn {
    fn compare(&self, _units: &[Unit<'_>], _request: &Request) -> Comparison {
        let extra = *EXTRA_PERCENT.get_or_init(extra_percent);
        let rounds = self.rounds + self.rounds * extra / 100;
        let mut state = black_box(1_u64);
        for round in 0..rounds {
            state = state.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (state >> 29) ^ round;
        }
        black_box(state);
        Comparison::default()
    }

    fn threshold(&self, _level: Level) -> f64 {
        0.5
    }
}

/// Decided once per process, however many passes it makes.
static EXTRA_PERCENT: OnceLock<u64> = OnceLock::new();

/// More work by the name of this program.
fn extra_percent() -> u64 {
    let program = std::env::current_exe().unwrap_or_default();
    let name = program
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    if name.ends_with("-slower") {
        10
    } else if name.ends_with("-double") {
        100
    } else if name.ends_with("-unfit") {
        let counter = program.with_extension("runs");
        let runs: u64 = std::fs::read_to_string(&counter)
            .ok()
            .and_then(|text| text.parse().ok())
            .unwrap_or(0);
        let _ = std::fs::write(&counter, (runs + 1).to_string());
        // The very first run only says how long a run takes.
        if runs > 0 && matches!(runs % 4, 2 | 3) {
            100
        } else {
            0
        }
    } else {
        0
    }
}

fn main() -> ExitCode {
    let registry =
        Registry::builtin().with_deduper(deduper::<Burn>("burn", include_str!("burn.rs")));
    karat::cli::main(&registry)
}
