//! Prints how often each test rejects equally good variants (size), and how often it sees a real gain (power).
//!
//! `scripts/simulate-size [TRIALS]`; METHODOLOGY, section "Comparing", holds the table. Exits 1 when the size exceeds 6 %.
#![allow(clippy::print_stdout, reason = "a program that prints a table")]

use karat::stats::simulation::{Rejected, Setting, rejected};

const REPLICATES: u32 = 999;

fn main() -> std::process::ExitCode {
    let trials = std::env::args()
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(4000);
    println!("{trials} trials, {REPLICATES} replicates beyond 16 stories, nominal 5 %\n");
    println!("| stories | gain in F1 | story swap | story jackknife-t | items as if independent |");
    println!("|---:|---:|---:|---:|---:|");
    let mut within = true;
    for stories in [6, 8, 12, 16, 20, 40] {
        for gain in [0.0, 0.5, 1.0] {
            let setting = Setting {
                gain,
                ..Setting::equal(stories)
            };
            let Rejected {
                swap,
                jackknife,
                items,
                difference,
            } = rejected(setting, trials, REPLICATES, stories as u64);
            let [swap_percent, jackknife, items] =
                [swap, jackknife, items].map(|share| 100.0 * share);
            println!(
                "| {stories} | {difference:.3} | {swap_percent:.1} % | {jackknife:.1} % | {items:.1} % |"
            );
            within &= gain > 0.0 || swap <= 0.06;
        }
    }
    println!(
        "\nsize of the story swap {} 6 % everywhere",
        if within { "is at most" } else { "EXCEEDS" }
    );
    std::process::ExitCode::from(u8::from(!within))
}
