//! Algorithms that misbehave in every way that a harness must survive, registered beside the built-in ones.
//!
//! Shows two things: how a crate of one's own reuses the whole command line with algorithms of its own, and that none of
//! these takes the report down with it. The tests run it as `misbehaving run --config tests/data/misbehaving.toml`.

use std::hint::black_box;
use std::process::ExitCode;

use karat::corpus::Unit;
use karat::dedup::{Comparison, Deduper, Request};
use karat::params::Algorithm;
use karat::registry::{Registry, deduper};
use karat::task::Level;
use serde::{Deserialize, Serialize};

macro_rules! misbehaving {
    ($name:ident, $does:expr) => {
        #[derive(Debug, Default, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        struct $name {}

        impl Algorithm for $name {}

        impl Deduper for $name {
            fn compare(&self, units: &[Unit<'_>], _request: &Request) -> Comparison {
                let does: fn(&[Unit<'_>]) = $does;
                does(units);
                Comparison::default()
            }

            fn threshold(&self, _level: Level) -> f64 {
                0.5
            }
        }
    };
}

misbehaving!(Panics, |units| panic!(
    "no answer for {} units",
    units.len()
));
misbehaving!(Exits, |_| std::process::exit(0));
misbehaving!(Overflows, |_| {
    #[allow(unconditional_recursion, reason = "that is the point")]
    fn deeper(depth: u64) -> u64 {
        black_box(deeper(black_box(depth + 1))) + 1
    }
    black_box(deeper(0));
});
misbehaving!(Loops, |_| {
    loop {
        black_box(());
    }
});
misbehaving!(Devours, |_| {
    let mut eaten = Vec::new();
    loop {
        eaten.push(black_box(vec![1u8; 16 << 20]));
    }
});

fn main() -> ExitCode {
    let source = include_str!("misbehaving.rs");
    let registry = Registry::builtin()
        .with_deduper(deduper::<Panics>("panics", source))
        .with_deduper(deduper::<Exits>("exits", source))
        .with_deduper(deduper::<Overflows>("overflows", source))
        .with_deduper(deduper::<Loops>("loops", source))
        .with_deduper(deduper::<Devours>("devours", source));
    karat::cli::main(&registry)
}
