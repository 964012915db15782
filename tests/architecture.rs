//! Dependencies point one way, and the columns of the CSV files are words of the glossary.
#![allow(clippy::unwrap_used, reason = "a failed test is the message")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Modules in order: each may use those before it, and those on its own line.
const ORDER: &[&[&str]] = &[
    &["error"],
    &["corpus"],
    &["text"],
    &["label"],
    &["params", "task"],
    &["place"],
    &["metrics", "stats"],
    // Scorers and traits of a task know the registry line of each algorithm, and the registry knows the tasks.
    &["registry", "dedup", "entity", "garble", "folds"],
    &["synthetic"],
    &["gold"],
    &["config", "variant"],
    &["worker"],
    &["record", "predictions"],
    &["run"],
    &["throughput", "predict"],
    &[
        "compare",
        "pairing",
        "baseline",
        "recommend",
        "report",
        "show",
    ],
    &["progress"],
    &["cli"],
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Modules that a line of code names after `crate::`.
fn used(text: &str) -> BTreeSet<String> {
    let mut modules = BTreeSet::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        if let Some(list) = rest.strip_prefix('{') {
            for part in list.split('}').next().unwrap().split(',') {
                modules.extend(first_name(part.trim()));
            }
        } else {
            modules.extend(first_name(rest));
        }
    }
    modules
}

fn first_name(text: &str) -> Option<String> {
    let name: String = text
        .chars()
        .take_while(|c| c.is_ascii_lowercase() || *c == '_')
        .collect();
    (!name.is_empty()).then_some(name)
}

#[test]
fn modules_use_only_what_stands_before_them() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let rank: BTreeMap<&str, usize> = ORDER
        .iter()
        .enumerate()
        .flat_map(|(rank, row)| row.iter().map(move |name| (*name, rank)))
        .collect();
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut wrong = Vec::new();
    for path in files {
        let relative = path.strip_prefix(&root).unwrap();
        let module = relative
            .iter()
            .next()
            .unwrap()
            .to_str()
            .unwrap()
            .trim_end_matches(".rs")
            .to_owned();
        let name = relative.display().to_string();
        // Tests may look at everything.
        if matches!(module.as_str(), "lib" | "main" | "test_data" | "test_gold")
            || name.ends_with("tests.rs")
        {
            continue;
        }
        let Some(&own) = rank.get(module.as_str()) else {
            wrong.push(format!(
                "{name}: module `{module}` has no place in the order"
            ));
            continue;
        };
        let text = fs::read_to_string(&path).unwrap();
        let code: String = text
            .split("#[cfg(test)]")
            .next()
            .unwrap()
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect::<Vec<_>>()
            .join("\n");
        for other in used(&code) {
            if rank.get(other.as_str()).is_some_and(|&other| other > own) {
                wrong.push(format!("{name} uses crate::{other}"));
            }
        }
        let speaks = code.contains("println!") || code.contains("print!(");
        if speaks && !matches!(module.as_str(), "cli" | "progress") {
            wrong.push(format!("{name} prints"));
        }
        let algorithm = matches!(module.as_str(), "dedup" | "entity" | "garble");
        if algorithm && code.contains("crate::gold") {
            wrong.push(format!("{name} reads gold files"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The words of the glossary (DESIGN, section 2) that columns are made of, and the few of plain arithmetic.
const WORDS: &str = "schema dataset gold digest task level algorithm params seed slice slices match rule metric version value ci low high \
    method true false positives negatives support stories status error document item verdict detail weight confidence story zone type \
    predicted category severity text threshold precision recall f1 on frontier run input threads sample phase wall ns cpu user sys \
    peak bytes documents output hash corpus start end other label cluster base head variant delta ratio test p adjusted adjust fixed \
    broken mde tolerance decision gated reason segment a b relation redundant note group piece doubtful entity nesting garbled \
    lowercase metonymic canonical derived from subtype intended witness";

#[test]
fn columns_are_words_of_the_glossary() {
    use karat::compare::row::CompareRow;
    use karat::predictions::PredictionRow;
    use karat::record::columns::{COLUMNS, meaning};
    use karat::record::{CurveRow, OutcomeRow, QualityRow, Record, ThroughputRow};
    let words: BTreeSet<&str> = WORDS.split_whitespace().collect();
    let headers = [
        QualityRow::header(),
        OutcomeRow::header(),
        CurveRow::header(),
        ThroughputRow::header(),
        PredictionRow::header(),
        CompareRow::header(),
    ];
    for (column, _) in COLUMNS {
        let known = headers.iter().any(|header| header.contains(column));
        assert!(
            known,
            "`karat schema` explains `{column}`, which no file has"
        );
    }
    for column in headers.iter().flat_map(|header| header.iter()) {
        assert!(
            meaning(column).is_some(),
            "`karat schema` does not explain `{column}`"
        );
        for word in column.split('_') {
            assert!(
                words.contains(word),
                "column `{column}`: `{word}` is not in the glossary"
            );
        }
    }
}

#[test]
fn every_script_is_named_in_the_list_of_scripts() {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts");
    let list = fs::read_to_string(scripts.join("README.md")).unwrap();
    let mut folders = vec![scripts.clone()];
    let mut missing = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                // Environments of the peers are made, not committed.
                if !path.file_name().unwrap().to_string_lossy().starts_with('.') {
                    folders.push(path);
                }
                continue;
            }
            let name = path.strip_prefix(&scripts).unwrap().display().to_string();
            let first = fs::read(&path).unwrap();
            if first.starts_with(b"#!") && !list.contains(&format!("`{name}`")) {
                missing.push(name);
            }
        }
    }
    assert!(
        missing.is_empty(),
        "scripts/README.md does not name {missing:?}"
    );
}
