//! Reading a dataset: every file, every row, all faults at once.

use std::collections::BTreeMap;
use std::path::Path;

use crate::corpus::Corpus;
use crate::error::{Error, Fault, Result, all_or_nothing};
use crate::gold::check::Checker;
use crate::gold::layer::{self, Layer};
use crate::gold::manifest::{Manifest, TypeMap};
use crate::gold::table::Table;
use crate::gold::{relations, spans, write};
use crate::label::Gold;

/// A dataset as far as it could be read, with its faults and the line of each label.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// `dataset.toml`.
    pub manifest: Manifest,
    /// The labels that are sound, in the words of the dataset (no type map applied); `digest` is empty.
    pub gold: Gold,
    /// Per layer (file stem) the line of each label in its file, parallel to the vector in `gold`.
    pub lines: BTreeMap<&'static str, Vec<u64>>,
    /// Everything that is wrong.
    pub faults: Vec<Fault>,
}

/// Loads a dataset folder, with its type map applied.
///
/// # Errors
/// Every fault of every file at once, each with file, line and remedy; or the operating system's refusal.
pub fn load(dir: &Path) -> Result<Gold> {
    finish(read(dir)?)
}

/// Loads a folder of label files (a pass) over the articles and the vocabulary of a dataset.
///
/// # Errors
/// As [`load`].
pub fn load_pass(dataset: &Path, pass: &Path) -> Result<Gold> {
    finish(read_pass(dataset, pass)?)
}

/// Reads a dataset folder as far as it is sound.
///
/// # Errors
/// Only what makes reading impossible: no folder, no articles, the operating system's refusal.
pub fn read(dir: &Path) -> Result<Loaded> {
    read_pass(dir, dir)
}

/// Reads the label files of `pass` over the articles and vocabulary of `dataset`.
///
/// # Errors
/// As [`read`].
pub fn read_pass(dataset: &Path, pass: &Path) -> Result<Loaded> {
    let mut faults = Vec::new();
    let manifest = Manifest::read(dataset, &mut faults)?;
    let corpus = match Corpus::from_folder(&dataset.join("articles")) {
        Ok(corpus) => corpus,
        Err(Error::Invalid(more)) => {
            faults.extend(more);
            return Err(Error::Invalid(faults));
        }
        Err(other) => return Err(other),
    };
    manifest.check_articles(dataset, &corpus, &mut faults);
    let mut loaded = Loaded {
        gold: Gold {
            dataset: manifest.reported_name(),
            stories: manifest.stories_of(&corpus),
            judged: manifest.judged.clone(),
            ..Gold::default()
        },
        manifest,
        ..Loaded::default()
    };
    let mut tables = BTreeMap::new();
    for layer in layer::ALL {
        let path = pass.join(layer.file());
        if let Some(table) = Table::read(&path, layer.columns, layer.optional, &mut faults)? {
            tables.insert(layer.name, table);
        } else if path.exists() {
            // Unusable: rows of other layers that refer to it must not be called unknown.
            tables.insert(layer.name, Table::default());
        }
    }
    let mut checker = Checker::new(&corpus);
    for layer in layer::ALL {
        if let Some(table) = tables.get(layer.name) {
            let lines = read_layer(layer, table, &mut loaded, &mut checker);
            loaded.lines.insert(layer.name, lines);
        }
    }
    faults.extend(checker.faults);
    faults.sort();
    faults.dedup();
    loaded.faults = faults;
    loaded.gold.corpus = corpus;
    Ok(loaded)
}

fn finish(loaded: Loaded) -> Result<Gold> {
    all_or_nothing(loaded.faults)?;
    let mut gold = loaded.gold;
    apply(&loaded.manifest.type_map, &mut gold);
    gold.digest = write::digest(&gold)?;
    Ok(gold)
}

fn read_layer(
    layer: Layer,
    table: &Table,
    loaded: &mut Loaded,
    checker: &mut Checker<'_>,
) -> Vec<u64> {
    macro_rules! put {
        ($field:ident, $read:expr) => {{
            let (labels, lines) = $read;
            loaded.gold.$field = Some(labels);
            lines
        }};
    }
    let manifest = &loaded.manifest;
    let gold = &loaded.gold;
    match layer.name {
        "segments" => put!(segments, spans::segments(table, manifest, checker)),
        "mentions" => put!(mentions, spans::mentions(table, manifest, gold, checker)),
        "garbles" => put!(garbles, spans::garbles(table, manifest, gold, checker)),
        "document_pairs" => put!(document_pairs, relations::document_pairs(table, checker)),
        "copy_groups" => put!(copy_groups, relations::groups(table, gold, checker)),
        "boilerplate_groups" => put!(boilerplate_groups, relations::groups(table, gold, checker)),
        "same_fact" => put!(same_fact, relations::same_fact(table, gold, checker)),
        "entities" => put!(entities, relations::entities(table, manifest, checker)),
        "mention_pairs" => put!(
            mention_pairs,
            relations::mention_pairs(table, gold, checker)
        ),
        "preferences" => put!(preferences, relations::preferences(table, checker)),
        _ => Vec::new(),
    }
}

/// Replaces the words of the dataset by those of its type map.
fn apply(map: &TypeMap, gold: &mut Gold) {
    fn replace(word: &mut String, by: &BTreeMap<String, String>) {
        if let Some(other) = by.get(word) {
            word.clone_from(other);
        }
    }
    for segment in gold.segments.iter_mut().flatten() {
        replace(&mut segment.zone, &map.zones);
    }
    for mention in gold.mentions.iter_mut().flatten() {
        replace(&mut mention.zone, &map.zones);
        replace(&mut mention.entity_type, &map.entity_types);
    }
    for entity in gold.entities.iter_mut().flatten() {
        replace(&mut entity.entity_type, &map.entity_types);
    }
    for garble in gold.garbles.iter_mut().flatten() {
        replace(&mut garble.category, &map.garbles);
        replace(&mut garble.severity, &map.severities);
    }
}

/// Sorts labels together with their lines.
pub(crate) fn ordered<T, K: Ord>(
    mut rows: Vec<(T, u64)>,
    key: impl Fn(&T) -> K,
) -> (Vec<T>, Vec<u64>) {
    rows.sort_by_key(|(label, line)| (key(label), *line));
    rows.into_iter().unzip()
}

#[cfg(test)]
#[path = "load_fault_tests.rs"]
mod fault_tests;
#[cfg(test)]
#[path = "load_tests.rs"]
mod tests;
