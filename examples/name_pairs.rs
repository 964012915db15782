//! Judges listed pairs of names by a resolver's similarity alone, for `scripts/name-bench`.
//!
//! `name_pairs CASES.csv [RESOLVER] [THRESHOLD]` reads the columns schema, name, other name and answer (2nd to 5th) of name_bench and prints
//! precision, recall and F1 at the threshold, and the median time per pair over seven passes on one thread.
#![allow(clippy::print_stdout, reason = "an example speaks to its terminal")]

use std::time::Instant;

use karat::corpus::Span;
use karat::entity::{MentionInput, resolvers};
use karat::params::Params;
use karat::registry::find;
use karat::task::rounded;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let path = arguments.first().ok_or("name the file of cases")?;
    let name = arguments.get(1).map_or("sieve", String::as_str);
    let threshold: f64 = arguments.get(2).map_or("0.8", String::as_str).parse()?;
    let (resolver, _) = find(&resolvers(), "resolver", name)?.build(&Params::new())?;
    let rows: Vec<csv::StringRecord> = csv::Reader::from_path(path)?
        .records()
        .collect::<Result<_, _>>()?;
    let cell = |row: usize, column: usize| {
        rows.get(row)
            .and_then(|row| row.get(column))
            .unwrap_or_default()
    };
    let mention = |row: usize, column: usize| MentionInput {
        document: 0,
        span: Span::new(0, cell(row, column).len()),
        entity_type: cell(row, 1),
        text: cell(row, column),
    };
    let mut micros = Vec::new();
    let (mut hits, mut wrong, mut missed) = (0u32, 0u32, 0u32);
    for pass in 0..7 {
        let start = Instant::now();
        for row in 0..rows.len() {
            let like = resolver.similarity(&mention(row, 2), &mention(row, 3));
            let joined = like.is_some_and(|like| rounded(like) >= threshold);
            if pass == 0 {
                match (joined, cell(row, 4) == "true") {
                    (true, true) => hits += 1,
                    (true, false) => wrong += 1,
                    (false, true) => missed += 1,
                    (false, false) => {}
                }
            }
        }
        micros.push(start.elapsed().as_secs_f64() * 1e6 / rows.len().max(1) as f64);
    }
    micros.sort_by(f64::total_cmp);
    let share = |part: u32, whole: u32| f64::from(part) / f64::from(whole.max(1));
    println!(
        "{name}, threshold {threshold}: {} pairs, P {:.3}, R {:.3}, F1 {:.3}, {:.1} microseconds a pair",
        rows.len(),
        share(hits, hits + wrong),
        share(hits, hits + missed),
        share(2 * hits, 2 * hits + wrong + missed),
        micros[micros.len() / 2]
    );
    Ok(())
}
