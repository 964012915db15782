//! What every deduper owes.

use std::collections::BTreeSet;

use karat::corpus::{Corpus, Unit};
use karat::dedup::{Comparison, Deduper, Request};
use karat::params::Params;
use karat::registry::Registry;
use karat::task::Level;

use crate::fixtures::{corpus, fixtures, megabyte, steady};

/// What a level compares: lines as segments, else whole documents.
fn units(corpus: &Corpus, level: Level) -> Vec<Unit<'_>> {
    if level != Level::Segment {
        return karat::label::document_units(corpus);
    }
    let lines = |document: u32, text| {
        (0..)
            .zip(str::lines(text))
            .map(move |(position, text)| Unit {
                text,
                document,
                position,
            })
    };
    (0..)
        .zip(&corpus.documents)
        .flat_map(|(number, document)| lines(number, document.text.as_str()))
        .collect()
}

fn check_comparison(name: &str, comparison: &Comparison, units: usize, level: Level, floor: f64) {
    for pair in &comparison.pairs {
        assert!(
            (pair.a as usize) < units && (pair.b as usize) < units && pair.a != pair.b,
            "{name}: {pair:?} of {units}"
        );
        assert!((0.0..=1.0).contains(&pair.similarity), "{name}: {pair:?}");
        assert!(
            pair.similarity >= floor - 1e-9,
            "{name}: {pair:?} is below the floor {floor}"
        );
        assert!(
            level == Level::Redundancy || pair.a < pair.b,
            "{name}: {pair:?} is not ordered"
        );
    }
    assert!(
        comparison
            .pairs
            .is_sorted_by(|x, y| (x.a, x.b) < (y.a, y.b)),
        "{name}: pairs are not sorted, or one comes twice"
    );
    let mut seen = BTreeSet::new();
    for group in &comparison.groups {
        assert!(
            group.len() > 1 && group.is_sorted(),
            "{name}: group {group:?}"
        );
        assert!(
            group
                .iter()
                .all(|&unit| (unit as usize) < units && seen.insert(unit)),
            "{name}: a unit stands in two groups"
        );
    }
}

/// Every pair with similarity (members of a group count 1), by the texts of its units, so that order does not matter.
fn by_text(comparison: &Comparison, units: &[Unit<'_>]) -> Vec<(String, String, u64)> {
    let text = |unit: u32| units[unit as usize].text.to_owned();
    let mut all: Vec<(u32, u32, f64)> = comparison
        .pairs
        .iter()
        .map(|p| (p.a, p.b, p.similarity))
        .collect();
    for group in &comparison.groups {
        for (at, &a) in group.iter().enumerate() {
            all.extend(group[at + 1..].iter().map(|&b| (a, b, 1.0)));
        }
    }
    let mut all: Vec<_> = all
        .into_iter()
        .map(|(a, b, s)| {
            let (x, y) = (text(a), text(b));
            (
                x.clone().min(y.clone()),
                x.max(y),
                karat::task::rounded(s).to_bits(),
            )
        })
        .collect();
    all.sort();
    all.dedup();
    all
}

fn each_deduper(mut check: impl FnMut(&str, &dyn Deduper, Level)) {
    for entry in Registry::builtin().dedupers {
        let (deduper, _) = entry.build(&Params::new()).unwrap();
        for &level in deduper.levels() {
            check(
                &format!("{} at {level}", entry.name),
                deduper.as_ref(),
                level,
            );
        }
    }
}

#[test]
fn dedupers_are_steady_and_stay_in_bounds_on_any_text() {
    let all = corpus(fixtures().into_iter().map(|(_, text)| text));
    each_deduper(|name, deduper, level| {
        for floor in [0.0, 0.3] {
            let request = Request {
                level,
                seed: 3,
                floor,
            };
            let units = units(&all, level);
            let comparison = steady(name, || deduper.compare(&units, &request));
            check_comparison(name, &comparison, units.len(), level, floor);
            for few in [
                &units[..0],
                &units[..1],
                &units[1..2],
                &units[2..3],
                &units[3..4],
            ] {
                let comparison = deduper.compare(few, &request);
                assert!(
                    comparison.pairs.is_empty() && comparison.groups.is_empty(),
                    "{name}: pairs among {} unit",
                    few.len()
                );
            }
        }
        assert!(
            (0.0..=1.0).contains(&deduper.threshold(level)),
            "{name}: threshold"
        );
    });
}

#[test]
fn dedupers_do_not_depend_on_the_order_of_documents() {
    let texts: Vec<String> = fixtures().into_iter().map(|(_, text)| text).collect();
    let forward = corpus(texts.clone());
    let backward = corpus(texts.into_iter().rev());
    each_deduper(|name, deduper, level| {
        let request = Request {
            level,
            seed: 3,
            floor: 0.05,
        };
        let (one, other) = (units(&forward, level), units(&backward, level));
        let (a, b) = (
            by_text(&deduper.compare(&one, &request), &one),
            by_text(&deduper.compare(&other, &request), &other),
        );
        assert!(
            a == b,
            "{name}: the order of documents changes the answer:\n{a:?}\n{b:?}"
        );
    });
}

#[test]
fn identical_texts_are_found_and_thousands_of_them_are_no_flood_of_pairs() {
    let text = fixtures().pop().unwrap().1;
    let few = corpus([
        text.clone(),
        "Something else entirely, about fishing in the north sea.".to_owned(),
        text.clone(),
    ]);
    let many = corpus(std::iter::repeat_n(text, 3000));
    each_deduper(|name, deduper, level| {
        let request = Request {
            level,
            seed: 1,
            floor: 0.05,
        };
        let comparison = deduper.compare(&karat::label::document_units(&few), &request);
        let threshold = deduper.threshold(level);
        let found = comparison
            .pairs
            .iter()
            .any(|p| (p.a.min(p.b), p.a.max(p.b)) == (0, 2) && p.similarity >= threshold)
            || comparison
                .groups
                .iter()
                .any(|group| group.contains(&0) && group.contains(&2));
        assert!(
            found,
            "{name}: two identical documents are not paired: {comparison:?}"
        );
        let comparison = deduper.compare(&karat::label::document_units(&many), &request);
        check_comparison(name, &comparison, 3000, level, 0.05);
        assert!(
            comparison.pairs.len() <= 30_000,
            "{name}: {} pairs from 3,000 identical texts",
            comparison.pairs.len()
        );
    });
}

#[test]
fn dedupers_read_a_megabyte() {
    let whole = megabyte();
    // Sentence alignment of a megabyte with a megabyte takes minutes without optimisation: scripts/full/conformance does it whole.
    let tenth = whole[..whole.len() / 10].to_owned();
    let pair = |text: String| {
        let changed = text.replace("Monday", "Tuesday");
        corpus([text, changed, "short".to_owned()])
    };
    let (long, shorter) = (pair(whole), pair(tenth));
    each_deduper(|name, deduper, level| {
        let request = Request {
            level,
            seed: 1,
            floor: 0.05,
        };
        let aligns = ["align", "redundancy"]
            .iter()
            .any(|slow| name.starts_with(slow));
        let read = if cfg!(debug_assertions) && aligns {
            &shorter
        } else {
            &long
        };
        // Whole documents at every level: one unit of a megabyte is the point here.
        let units = karat::label::document_units(read);
        check_comparison(name, &deduper.compare(&units, &request), 3, level, 0.05);
    });
}
