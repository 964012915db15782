//! `karat curve`: the precision-recall curve of a variant, and the analytic S-curve of a banding beside the measured one.

use std::path::PathBuf;

use crate::corpus::Unit;
use crate::dedup::lsh::Banding;
use crate::dedup::{Deduper, Request};
use crate::error::{Error, Result};
use crate::gold::table::to_csv;
use crate::params::Params;
use crate::record::{self, CurveRow};
use crate::registry::{Registry, find};
use crate::task::Level;

/// How the curve is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Table,
    Csv,
    Sparkline,
}

/// Arguments of `karat curve`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Algorithm whose curves are printed
    algorithm: String,
    /// Folder of the reports
    #[arg(long, default_value = "reports", value_name = "DIR")]
    reports: PathBuf,
    /// Only this level
    #[arg(long, value_name = "LEVEL")]
    level: Option<Level>,
    /// Only variants whose parameters contain this text
    #[arg(long, value_name = "TEXT")]
    params: Option<String>,
    /// Match rule
    #[arg(long, default_value = "pairs", value_name = "RULE")]
    match_rule: String,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// Print the S-curve 1-(1-s^rows)^bands of a MinHash banding beside the one measured on made-up sets; reads no report
    #[arg(long)]
    analytic: bool,
    /// Bands, with --analytic
    #[arg(long, default_value_t = 16, requires = "analytic")]
    bands: usize,
    /// Rows per band, with --analytic
    #[arg(long, default_value_t = 8, requires = "analytic")]
    rows: usize,
}

pub(super) fn run(args: &Args, registry: &Registry) -> Result<u8> {
    if args.analytic {
        return analytic(args, registry);
    }
    let path = args.reports.join("curves.csv");
    let rows: Vec<CurveRow> = record::read(&path)?;
    let chosen: Vec<&CurveRow> = rows.iter().filter(|row| takes(args, row)).collect();
    if chosen.is_empty() {
        return Err(Error::invalid(
            path.display(),
            format!("no curve of `{}` with these options", args.algorithm),
            "write curves with `karat run`; `karat list` names the algorithms",
        ));
    }
    let mut points = Vec::new();
    for curve in chosen.chunk_by(|a, b| same(a, b)) {
        let head = curve[0];
        let params = if head.params.is_empty() {
            String::new()
        } else {
            format!("({})", head.params)
        };
        let name = format!("{}/{}/{}{params}", head.task, head.level, head.algorithm);
        match args.format {
            Format::Sparkline => println!("{name} seed {}: {}", head.seed, sparkline(curve)),
            Format::Csv => points.extend(curve.iter().map(|row| point(&name, row))),
            Format::Table => {
                println!(
                    "{name}, seed {}\nthreshold  precision  recall  F1      frontier",
                    head.seed
                );
                for row in curve {
                    let short = |value: Option<f64>| {
                        value.map_or_else(|| "-".to_owned(), |v| format!("{v:.4}"))
                    };
                    println!(
                        "{:<9}  {:<9}  {:<6}  {:<6}  {}",
                        short(row.threshold),
                        short(row.precision),
                        short(row.recall),
                        short(row.f1),
                        if row.on_frontier { "*" } else { "" }
                    );
                }
                println!();
            }
        }
    }
    if args.format == Format::Csv {
        print!("{}", to_csv(&POINT, points)?);
    }
    Ok(0)
}

/// Columns of `--format csv`.
const POINT: [&str; 7] = [
    "variant",
    "seed",
    "threshold",
    "precision",
    "recall",
    "f1",
    "on_frontier",
];

fn point(name: &str, row: &CurveRow) -> [String; 7] {
    let [threshold, precision, recall, f1] =
        [row.threshold, row.precision, row.recall, row.f1].map(cell);
    [
        name.to_owned(),
        row.seed.clone(),
        threshold,
        precision,
        recall,
        f1,
        row.on_frontier.to_string(),
    ]
}

fn takes(args: &Args, row: &CurveRow) -> bool {
    row.algorithm == args.algorithm
        && row.match_rule == args.match_rule
        && args.level.is_none_or(|level| row.level == level.name())
        && args
            .params
            .as_ref()
            .is_none_or(|text| row.params.contains(text))
}

fn same(a: &CurveRow, b: &CurveRow) -> bool {
    (&a.task, &a.level, &a.params, &a.seed) == (&b.task, &b.level, &b.params, &b.seed)
}

fn cell(value: Option<f64>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// F1 over the points of the curve, thresholds falling from left to right.
fn sparkline(curve: &[&CurveRow]) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let step = curve.len().div_ceil(60).max(1);
    curve
        .iter()
        .step_by(step)
        .map(|row| match row.f1 {
            Some(f1) => BARS[((f1 * 8.0) as usize).min(7)],
            None => ' ',
        })
        .collect()
}

/// Prints analytic and measured probability of becoming a candidate per tenth of similarity.
fn analytic(args: &Args, registry: &Registry) -> Result<u8> {
    let banding = Banding {
        bands: args.bands,
        rows: args.rows,
    };
    let params = Params::from_iter([
        ("bands".to_owned(), args.bands.into()),
        ("rows".to_owned(), args.rows.into()),
        ("shingle".to_owned(), "words-1".into()),
    ]);
    let (deduper, _) = find(&registry.dedupers, "deduper", &args.algorithm)
        .and_then(|entry| entry.build(&params))
        .map_err(|problem| {
            Error::invalid(
                "--analytic",
                problem,
                "name an algorithm with bands and rows, such as minhash",
            )
        })?;
    println!("similarity  analytic  measured on 200 made-up pairs");
    for shared in (5..=95).step_by(10) {
        let similarity = f64::from(shared) / 100.0;
        println!(
            "{similarity:<10}  {:<8.4}  {:.4}",
            banding.probability(similarity),
            measured(deduper.as_ref(), shared)
        );
    }
    Ok(0)
}

/// Share of 200 pairs of sets with `shared` of 100 elements in common that become candidates.
fn measured(deduper: &dyn Deduper, shared: u32) -> f64 {
    const PAIRS: u32 = 200;
    let mut texts = Vec::new();
    for pair in 0..PAIRS {
        let word = |element: u32| format!("w{pair}x{element}");
        let left = (shared + 100) / 2;
        let a: Vec<String> = (0..left).map(word).collect();
        let b: Vec<String> = (0..shared).chain(left..100).map(word).collect();
        texts.push(a.join(" "));
        texts.push(b.join(" "));
    }
    let units: Vec<Unit<'_>> = texts
        .iter()
        .zip(0..)
        .map(|(text, document)| Unit {
            text,
            document,
            position: 0,
        })
        .collect();
    let request = Request {
        level: Level::Document,
        seed: 1,
        floor: 0.0,
    };
    let comparison = deduper.compare(&units, &request);
    let found = comparison
        .pairs
        .iter()
        .filter(|pair| pair.a % 2 == 0 && pair.b == pair.a + 1);
    (found.count() + comparison.groups.len()) as f64 / f64::from(PAIRS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measured_candidates_follow_the_s_curve() {
        let registry = Registry::builtin();
        let params = Params::from_iter([
            ("bands".to_owned(), 16.into()),
            ("rows".to_owned(), 4.into()),
            ("shingle".to_owned(), "words-1".into()),
        ]);
        let entry = find(&registry.dedupers, "deduper", "minhash").unwrap();
        let (minhash, _) = entry.build(&params).unwrap();
        let banding = Banding { bands: 16, rows: 4 };
        for shared in [25, 45, 65, 85] {
            let expected = banding.probability(f64::from(shared) / 100.0);
            // 200 pairs: four standard errors of a share are at most 0.14.
            assert!(
                (measured(minhash.as_ref(), shared) - expected).abs() < 0.15,
                "{shared}"
            );
        }
    }
}
