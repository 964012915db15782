//! `karat predict --task dedup`: copies, which of them stay, and the cleaned corpus.

use std::time::Instant;

use super::{Args, megabytes, not_empty, print_peak, user};
use crate::cli::words::counted;
use crate::corpus::Corpus;
use crate::corpus::read::Source;
use crate::dedup::Comparison;
use crate::dedup::stream::{Settings, Stage};
use crate::error::{Error, Result};
use crate::garble::{GarbleModel, GarbleTraining};
use crate::params::Params;
use crate::predict::{
    Keep, Line, Seen, Sink, choose, clusters, copies, flagged_share, write_clean,
};
use crate::progress::Progress;
use crate::record::write_whole;
use crate::registry::{Registry, find};
use crate::task::Level;

pub(super) fn dedup(
    args: &Args,
    params: &Params,
    source: &Source,
    registry: &Registry,
) -> Result<u8> {
    let (deduper, _) = user(
        find(&registry.dedupers, "deduper", &args.algorithm).and_then(|entry| entry.build(params)),
        args,
    )?;
    if !deduper.levels().contains(&Level::Document) {
        return Err(Error::invalid(
            &args.algorithm,
            "does not compare documents",
            "see `karat list`",
        ));
    }
    if args.write_clean.is_some() && source.is_stdin() {
        return Err(Error::invalid(
            "--write-clean",
            "reads the corpus a second time, which standard input does not allow",
            "give a file",
        ));
    }
    let threshold = args
        .threshold
        .unwrap_or_else(|| deduper.threshold(Level::Document));
    if args.train.is_some() {
        return Err(Error::invalid(
            "--train",
            "no deduper learns",
            "leave it out",
        ));
    }
    let judge = cleanness(args, registry)?;
    let system = std::env::temp_dir();
    let settings = Settings {
        seed: args.seed,
        threshold,
        memory: megabytes(args),
        folder: args.temporary.as_deref().unwrap_or(&system),
    };
    let mut ids: Vec<String> = Vec::new();
    let mut seen: Vec<Seen> = Vec::new();
    let progress = Progress::counting("documents");
    let found = copies(
        source,
        &args.algorithm,
        deduper.as_ref(),
        &settings,
        |_, document| {
            progress.step(1);
            let flagged = judge.as_ref().map_or(0.0, |(model, threshold)| {
                flagged_share(model.as_ref(), *threshold, document)
            });
            ids.push(document.id.clone());
            seen.push(Seen {
                bytes: document.text.len(),
                flagged,
            });
        },
    )?;
    progress.finish();
    not_empty(ids.len(), source)?;
    let mut stages = found.stages.clone();
    let start = Instant::now();
    let clustering = args.clustering.unwrap_or_default();
    let clusters = clusters(&found, clustering, threshold);
    let kept = choose(&clusters, &seen, args.keep.unwrap_or_default());
    stages.push(Stage {
        name: "cluster",
        wall: start.elapsed(),
    });
    let start = Instant::now();
    write_pairs(args, &found.comparison, &ids)?;
    let (stay, go): (Vec<usize>, Vec<usize>) =
        (0..ids.len()).partition(|&index| kept[index] as usize == index);
    write_lists(args, &ids, &kept, &stay, &go)?;
    if let Some(path) = &args.write_clean {
        write_clean(source, path, &kept)?;
    }
    stages.push(Stage {
        name: "write",
        wall: start.elapsed(),
    });
    let removed: usize = go.iter().map(|&index| seen[index].bytes).sum();
    let total: usize = seen.iter().map(|seen| seen.bytes).sum();
    eprintln!(
        "karat: {}, {} stay, {} go ({removed} of {total} bytes); {} from similarity {threshold} up",
        counted(ids.len(), "document"),
        stay.len(),
        go.len(),
        counted(found.comparison.pairs.len(), "pair")
    );
    for stage in &stages {
        let seconds = stage.wall.as_secs_f64();
        eprintln!("karat: {:<11} {seconds:.2} s", stage.name);
    }
    for (name, value) in &found.comparison.counters {
        eprintln!("karat: {name:<14} {value}");
    }
    print_peak();
    Ok(0)
}

/// Pairs as they were found; a group of equal documents as pairs with its first.
fn write_pairs(args: &Args, comparison: &Comparison, ids: &[String]) -> Result<()> {
    let mut sink = Sink::open(args.out.clone(), args.format)?;
    for pair in &comparison.pairs {
        sink.write(&[pair_line(
            &ids[pair.a as usize],
            &ids[pair.b as usize],
            pair.similarity,
        )])?;
    }
    for group in &comparison.groups {
        let Some((&first, rest)) = group.split_first() else {
            continue;
        };
        for &other in rest {
            sink.write(&[pair_line(&ids[first as usize], &ids[other as usize], 1.0)])?;
        }
    }
    sink.finish()
}

/// One identifier per line: those that stay, and those that go, each with the one that stands for it.
fn write_lists(
    args: &Args,
    ids: &[String],
    kept: &[u32],
    stay: &[usize],
    go: &[usize],
) -> Result<()> {
    if let Some(path) = &args.kept {
        let lines: String = stay
            .iter()
            .map(|&index| format!("{}\n", ids[index]))
            .collect();
        write_whole(path, lines.as_bytes())?;
    }
    if let Some(path) = &args.removed {
        let lines: String = go
            .iter()
            .map(|&index| format!("{}\t{}\n", ids[index], ids[kept[index] as usize]))
            .collect();
        write_whole(path, lines.as_bytes())?;
    }
    Ok(())
}

fn pair_line(document: &str, other: &str, similarity: f64) -> Line {
    Line {
        document: document.to_owned(),
        start: None,
        end: None,
        other_document: other.to_owned(),
        label: String::new(),
        cluster: String::new(),
        confidence: Some(similarity),
    }
}

/// The detector that says how clean a copy is; only made when it is asked for.
fn cleanness(args: &Args, registry: &Registry) -> Result<Option<(Box<dyn GarbleModel>, f64)>> {
    if args.keep != Some(Keep::Cleanest) {
        return match args.cleanest_by {
            None => Ok(None),
            Some(_) => Err(Error::invalid(
                "--cleanest-by",
                "does nothing by itself",
                "add --keep cleanest",
            )),
        };
    }
    let name = args.cleanest_by.as_deref().unwrap_or("boilerplate");
    let (detector, _) = find(&registry.detectors, "detector", name)
        .and_then(|entry| entry.build(&Params::new()))
        .map_err(|problem| Error::invalid("--cleanest-by", problem, "see `karat list`"))?;
    if detector.learns() {
        return Err(Error::invalid(
            "--cleanest-by",
            format!("`{name}` learns"),
            "take one that does not",
        ));
    }
    let nothing = Corpus::default();
    let model = user(
        detector.fit(&GarbleTraining {
            corpus: &nothing,
            garbles: &[],
        }),
        args,
    )?;
    Ok(Some((model, detector.threshold())))
}
