//! Ranking: the variants of one run by a metric, with tie groups and the frontier of quality against throughput and memory.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::compare::decision::Direction;
use crate::compare::{Options, compare, reports::Reports};
use crate::record::ThroughputRow;
use crate::stats::multiple::benjamini_hochberg;
use crate::stats::stories::{FEWEST, Ratio};

/// Which rows are ranked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Task.
    pub task: String,
    /// Level.
    pub level: String,
    /// Match rule.
    pub match_rule: String,
    /// Metric.
    pub metric: String,
    /// Slice.
    pub slice: String,
}

/// One ranked variant.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    /// Place from 1; equal values share it.
    pub rank: usize,
    /// Tie group (`A`, `B`, ...): a group's members are not proven different from its first; empty without inference.
    pub group: String,
    /// `algorithm(params)`.
    pub variant: String,
    /// Value of the metric.
    pub value: f64,
    /// Megabytes (10^6) per second, median of the timed passes.
    pub throughput: Option<f64>,
    /// Peak memory in bytes.
    pub peak_bytes: Option<f64>,
    /// No other variant is at least as good in value and throughput and better in one of them.
    pub frontier_throughput: bool,
    /// The same for value and memory.
    pub frontier_memory: bool,
}

/// Ranks the variants that have this cell, the best first: the lowest where less is better. The second value says on how many
/// stories tie groups rest, or why there are none, and which variants have no value.
pub fn rank(reports: &Reports, cell: &Cell, options: &Options) -> (Vec<Ranked>, String) {
    let mut best: BTreeMap<String, f64> = BTreeMap::new();
    // Value turned round so that more is better.
    let sign = match Direction::of(&cell.metric) {
        Direction::Lower => -1.0,
        Direction::Higher | Direction::Neither => 1.0,
    };
    let wanted = |row: &&crate::record::QualityRow| {
        (&row.task, &row.level, &row.match_rule, &row.slice)
            == (&cell.task, &cell.level, &cell.match_rule, &cell.slice)
    };
    for row in reports.quality.iter().filter(wanted) {
        // Of a seeded variant the mean over its seeds is ranked, not its first seed.
        let is_mean = row.metric.strip_suffix("_mean") == Some(cell.metric.as_str());
        if let Some(value) = row.value.filter(|_| is_mean || row.metric == cell.metric) {
            let entry = best.entry(row.variant()).or_insert(value);
            if is_mean {
                *entry = value;
            }
        }
    }
    let without = without(reports, cell, &best);
    let speeds = speeds(reports, cell);
    let mut ranked: Vec<Ranked> = best
        .into_iter()
        .map(|(variant, value)| {
            let (throughput, peak_bytes) = speeds.get(&variant).copied().unwrap_or((None, None));
            Ranked {
                rank: 0,
                group: String::new(),
                variant,
                value,
                throughput,
                peak_bytes,
                frontier_throughput: false,
                frontier_memory: false,
            }
        })
        .collect();
    ranked.sort_by(|a, b| {
        (sign * b.value)
            .total_cmp(&(sign * a.value))
            .then_with(|| a.variant.cmp(&b.variant))
    });
    for index in 0..ranked.len() {
        let tied = index > 0 && ranked[index].value == ranked[index - 1].value;
        ranked[index].rank = if tied {
            ranked[index - 1].rank
        } else {
            index + 1
        };
    }
    frontiers(&mut ranked, sign);
    let mut note = tie_groups(reports, cell, options, &mut ranked);
    if !without.is_empty() {
        note.push_str(&format!("; not ranked: {}", without.join(", ")));
    }
    (ranked, note)
}

/// Variants of the level that failed or whose value is undefined: they must not vanish from a ranking without a word.
fn without(reports: &Reports, cell: &Cell, ranked: &BTreeMap<String, f64>) -> Vec<String> {
    let mut words: BTreeMap<String, String> = BTreeMap::new();
    for row in &reports.quality {
        if (&row.task, &row.level) != (&cell.task, &cell.level)
            || ranked.contains_key(&row.variant())
        {
            continue;
        }
        let word = if row.status == "ok" {
            "undefined"
        } else {
            &row.status
        };
        words.insert(row.variant(), word.to_owned());
    }
    words
        .into_iter()
        .map(|(variant, word)| format!("{variant} ({word})"))
        .collect()
}

/// Value, throughput, memory turned round: of each, more is better.
type Point = (f64, Option<f64>, Option<f64>);

/// Marks variants that no other beats.
fn frontiers(ranked: &mut [Ranked], sign: f64) {
    let points: Vec<Point> = ranked
        .iter()
        .map(|r| (sign * r.value, r.throughput, r.peak_bytes.map(|peak| -peak)))
        .collect();
    let free = |own: (f64, Option<f64>), cost: fn(&Point) -> Option<f64>| {
        own.1.is_some_and(|own_cost| {
            !points.iter().any(|point| {
                let beats = |other: f64| {
                    point.0 >= own.0 && other >= own_cost && (point.0 > own.0 || other > own_cost)
                };
                cost(point).is_some_and(beats)
            })
        })
    };
    for (index, ranked) in ranked.iter_mut().enumerate() {
        let (value, speed, memory) = points[index];
        ranked.frontier_throughput = free((value, speed), |point| point.1);
        ranked.frontier_memory = free((value, memory), |point| point.2);
    }
}

/// A group opens with the best variant not yet in one and takes in those that follow until one is proven different from its first
/// (swap test over stories, Benjamini-Hochberg over all pairs tested).
fn tie_groups(reports: &Reports, cell: &Cell, options: &Options, ranked: &mut [Ranked]) -> String {
    let sides: Vec<Option<Reports>> = ranked
        .iter()
        .map(|ranked| reports.only(&ranked.variant))
        .collect();
    let pairs: Vec<(usize, usize)> = (0..ranked.len())
        .flat_map(|a| (a + 1..ranked.len()).map(move |b| (a, b)))
        .collect();
    let tested: Vec<(usize, usize, f64, u64)> = pairs
        .into_par_iter()
        .filter_map(|(a, b)| {
            let (first, second) = (sides[a].as_ref()?, sides[b].as_ref()?);
            let all = compare(
                &narrowed(first, cell),
                &narrowed(second, cell),
                true,
                options,
            );
            let found = all
                .into_iter()
                .map(|compared| compared.row)
                .find(|row| row.metric == cell.metric && row.slice == cell.slice)?;
            Some((a, b, found.p?, found.stories))
        })
        .collect();
    let Some(stories) = tested.iter().map(|test| test.3).max() else {
        let stories = reports.quality.first().map_or(0, |row| row.stories);
        let why = if stories < FEWEST as u64 {
            format!("K={stories}")
        } else if Ratio::named(&cell.metric).is_none() {
            "not a sum over stories".to_owned()
        } else {
            format!("fewer than {FEWEST} stories inform it")
        };
        return format!(
            "no inference ({why}): ranks are differences on this gold only, without tie groups"
        );
    };
    let adjusted = benjamini_hochberg(&tested.iter().map(|test| test.2).collect::<Vec<_>>());
    let different: std::collections::BTreeSet<(usize, usize)> = tested
        .iter()
        .zip(adjusted)
        .filter(|(_, p)| *p <= options.level)
        .map(|(test, _)| (test.0, test.1))
        .collect();
    let mut first = 0;
    let mut group = 0;
    for (index, ranked) in ranked.iter_mut().enumerate() {
        if different.contains(&(first, index)) {
            first = index;
            group += 1;
        }
        ranked.group = letters(group);
    }
    format!(
        "tie groups by swap tests over {stories} stories, Benjamini-Hochberg at {} %",
        options.level * 100.0
    )
}

/// Only the rows that the test needs.
fn narrowed(reports: &Reports, cell: &Cell) -> Reports {
    Reports {
        name: reports.name.clone(),
        quality: reports
            .quality
            .iter()
            .filter(|row| {
                row.task == cell.task
                    && row.level == cell.level
                    && row.match_rule == cell.match_rule
                    && row.slice == cell.slice
            })
            .filter(|row| row.metric == cell.metric)
            .cloned()
            .collect(),
        outcomes: reports
            .outcomes
            .iter()
            .filter(|row| {
                row.task == cell.task
                    && row.level == cell.level
                    && row.match_rule == cell.match_rule
            })
            .cloned()
            .collect(),
        throughput: BTreeMap::new(),
    }
}

/// `A`, ..., `Z`, `AA`, `AB`, ...
fn letters(mut number: usize) -> String {
    let mut name = String::new();
    loop {
        name.insert(0, char::from(b'A' + u8::try_from(number % 26).unwrap_or(0)));
        if number < 26 {
            return name;
        }
        number = number / 26 - 1;
    }
}

/// Throughput and peak memory by variant: of its largest input the median over passes.
fn speeds(reports: &Reports, cell: &Cell) -> BTreeMap<String, (Option<f64>, Option<f64>)> {
    let mut by_variant: BTreeMap<String, Vec<&ThroughputRow>> = BTreeMap::new();
    for row in reports.throughput.values().flatten() {
        if row.task == cell.task
            && row.level == cell.level
            && row.phase == "predict"
            && row.status == "ok"
        {
            by_variant
                .entry(crate::record::variant_name(&row.algorithm, &row.params))
                .or_default()
                .push(row);
        }
    }
    by_variant
        .into_iter()
        .map(|(variant, rows)| {
            let largest = rows.iter().map(|row| row.bytes).max().unwrap_or(0);
            let rows: Vec<&ThroughputRow> = rows
                .into_iter()
                .filter(|row| row.bytes == largest)
                .collect();
            let speeds = rows
                .iter()
                .filter_map(|row| {
                    Some(row.bytes as f64 * 1e3 / row.wall_ns.filter(|&ns| ns > 0)? as f64)
                })
                .collect();
            let peaks = rows
                .iter()
                .filter_map(|row| row.peak_bytes.filter(|&peak| peak > 0))
                .map(|peak| peak as f64);
            (variant, (median(speeds), peaks.reduce(f64::max)))
        })
        .collect()
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    Some(if values.len() % 2 == 1 {
        upper
    } else {
        f64::midpoint(values[middle - 1], upper)
    })
}
