//! `karat recommend`: which variant, at which threshold, for text like that of a dataset.

use std::path::{Path, PathBuf};

use comfy_table::{CellAlignment, Table, presets};

use crate::cli::select::{Selection, cores, stop_on_signals};
use crate::dedup::is_oracle;
use crate::error::{Error, Result};
use crate::gold;
use crate::label::Gold;
use crate::progress::Progress;
use crate::recommend::{Choice, Limit, Line, Split, frontier, part::part, pick, split, text};
use crate::record::ThroughputRow;
use crate::registry::Registry;
use crate::report::summary::{Speed, figure, metric, speeds};
use crate::run::provenance::TOOL;
use crate::run::{self, Options};
use crate::task::{Level, Task};
use crate::throughput::{Plan, time};
use crate::variant::Variant;

/// Arguments of `karat recommend`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Dataset folder
    #[arg(long, default_value = "gold/embassy", value_name = "DIR")]
    gold: PathBuf,
    #[command(flatten)]
    selection: Selection,
    /// Only this level; may be repeated
    #[arg(short, long = "level", value_name = "LEVEL")]
    levels: Vec<Level>,
    /// Recommend nothing slower than this (measured on one thread, on made-up text from the dataset's words)
    #[arg(long, value_name = "DOCUMENTS/S")]
    least_speed: Option<f64>,
    /// Recommend nothing that needs more memory than this, measured likewise
    #[arg(long, value_name = "MIB")]
    most_memory: Option<u64>,
    /// Timed passes
    #[arg(short, long, default_value_t = 3, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
}

pub(super) fn run(args: &Args, registry: &Registry) -> Result<u8> {
    let config = args.selection.config(registry)?;
    let mut variants = args.selection.variants(&config, registry)?;
    variants.retain(|variant| variant.task == Task::Dedup);
    if variants.is_empty() {
        return Err(Error::invalid(
            "recommend",
            "only dedupers can be recommended, and none is selected",
            "write --task dedup",
        ));
    }
    let gold = gold::load(&args.gold)?;
    let program =
        std::env::current_exe().map_err(|e| Error::io("finding", Path::new("karat"), e))?;
    let options = Options {
        jobs: cores(),
        limits: config.limits,
        program: Some(program),
        store: None,
        stop: stop_on_signals()?,
    };
    let levels = [Level::Document, Level::Segment, Level::Redundancy];
    let levels = levels
        .into_iter()
        .filter(|level| args.levels.is_empty() || args.levels.contains(level));
    let mut failed = false;
    let mut answered = false;
    for level in levels {
        let of_level: Vec<Variant> = variants
            .iter()
            .filter(|variant| variant.levels.contains(&level))
            .map(|variant| Variant {
                levels: vec![level],
                ..variant.clone()
            })
            .collect();
        if of_level.is_empty() {
            continue;
        }
        match split(&gold, level) {
            Ok(split) => {
                let work = Work {
                    gold: &gold,
                    level,
                    registry,
                    options: &options,
                };
                failed |= recommend(args, &of_level, &split, &work)?;
                answered = true;
            }
            Err(reason) => {
                eprintln!("karat: {}, level {level}: {reason}", gold.dataset);
            }
        }
    }
    if !answered {
        return Err(Error::invalid(
            args.gold.display(),
            "nothing can be recommended from this dataset",
            "label more stories, or name another dataset with --gold",
        ));
    }
    Ok(if failed { 5 } else { 0 })
}

/// What is worked on.
struct Work<'a> {
    gold: &'a Gold,
    level: Level,
    registry: &'a Registry,
    options: &'a Options,
}

/// Prints the recommendation of one level; true when a variant failed.
fn recommend(args: &Args, variants: &[Variant], split: &Split, work: &Work<'_>) -> Result<bool> {
    let (first, second) = (
        part(work.gold, &split.choose),
        part(work.gold, &split.report),
    );
    let mut failed = Vec::new();
    let mut scored = |variants: &[Variant], gold: &Gold| {
        let chosen: Vec<&Variant> = variants.iter().collect();
        let progress = Progress::new(run::cells(&chosen, gold).0.len(), "run");
        let records = run::run(&chosen, gold, work.registry, work.options, &|what| {
            progress.tick(what);
        });
        progress.finish();
        let records = records?;
        failed.extend(records.failed.iter().cloned());
        Ok::<_, Error>(records)
    };
    let records = scored(variants, &first)?;
    let choices: Vec<Choice> = variants
        .iter()
        .filter_map(|variant| Choice::new(variant, work.level, &records.curves))
        .collect();
    let with_threshold: Vec<Variant> = choices
        .iter()
        .map(|choice| choice.variant.clone())
        .collect();
    let records = scored(&with_threshold, &second)?;
    let speeds = measured(args, &with_threshold, &first, work)?;
    let lines: Vec<Line> = choices
        .into_iter()
        .zip(speeds)
        .map(|(choice, speed)| Line::new(choice, &records.quality, &records.outcomes, speed))
        .collect();
    let limit = Limit {
        documents_per_second: args.least_speed,
        peak_bytes: args.most_memory.map(|mebibytes| mebibytes << 20),
    };
    let picked = pick(&lines, &limit);
    println!(
        "dedup / {}: chosen on {} documents, reported on {}\n{}\n",
        work.level,
        split.choose.len(),
        split.report.len(),
        render(&lines, picked)
    );
    match picked {
        Some(picked) => println!(
            "{}\n{}",
            text::table(&lines[picked])?,
            comment(&text::trust(&lines, picked, split))
        ),
        None => println!("# No variant that found a copy keeps to these limits."),
    }
    for failed in &failed {
        eprintln!("karat: failed {failed}");
    }
    Ok(!failed.is_empty())
}

/// Speed of each variant, one after the other, on made-up text from the part to choose on.
fn measured(
    args: &Args,
    variants: &[Variant],
    gold: &Gold,
    work: &Work<'_>,
) -> Result<Vec<Option<Speed>>> {
    let plan = Plan {
        runs: args.runs,
        ..Plan::default()
    };
    let progress = Progress::new(variants.len(), "time");
    let mut found = Vec::new();
    for variant in variants {
        // Redundancy is answered by the work for documents, which is what is timed.
        let timed = Variant {
            levels: vec![match work.level {
                Level::Redundancy => Level::Document,
                level => level,
            }],
            ..variant.clone()
        };
        let rows: Vec<ThroughputRow> = time(&timed, gold, work.registry, plan, work.options, TOOL)?;
        for failure in rows.iter().filter_map(ThroughputRow::failure) {
            eprintln!("karat: no speed for {failure}");
        }
        found.push(speeds(&rows).into_values().next());
        progress.tick(&variant.algorithm);
        let signal = work.options.stop.load(std::sync::atomic::Ordering::Relaxed);
        if signal != 0 {
            return Err(Error::Interrupted(i32::try_from(signal).unwrap_or(2)));
        }
    }
    progress.finish();
    Ok(found)
}

fn render(lines: &[Line], picked: Option<usize>) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(comfy_table::ContentArrangement::Disabled);
    table.set_header([
        "",
        "variant",
        "threshold",
        "F1 chosen",
        "F1",
        "P",
        "R",
        "docs/s",
        "peak MiB",
        "frontier",
    ]);
    let on_frontier = frontier(lines);
    let mut order: Vec<usize> = (0..lines.len()).collect();
    order.sort_by(|&x, &y| lines[y].choice.f1.total_cmp(&lines[x].choice.f1));
    for at in order {
        let line = &lines[at];
        let speed = |value: fn(&Speed) -> f64| {
            line.speed
                .as_ref()
                .map_or_else(|| "-".to_owned(), |speed| figure(value(speed)))
        };
        table.add_row([
            if picked == Some(at) { ">" } else { "" }.to_owned(),
            format!("{}{}", text::name(line), oracle(line)),
            line.choice.threshold.to_string(),
            metric(Some(line.choice.f1)),
            metric(line.f1),
            metric(line.precision),
            metric(line.recall),
            speed(|speed| speed.documents_per_second),
            speed(|speed| speed.peak_bytes as f64 / f64::from(1 << 20)),
            if on_frontier[at] { "*" } else { "" }.to_owned(),
        ]);
    }
    for column in 2..9 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.to_string()
}

/// The mark of what compares all pairs, as in the tables of `karat run`.
fn oracle(line: &Line) -> &'static str {
    if is_oracle(&line.choice.variant.algorithm) {
        " (oracle)"
    } else {
        ""
    }
}

/// Text as comment lines of at most a hundred characters, so that everything below the table can be pasted.
fn comment(text: &str) -> String {
    let mut lines = vec!["#".to_owned()];
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < 100 => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("# {word}")),
        }
    }
    lines.join("\n") + "\n"
}
