//! DEMETR JSONL: objects with `id`, `mt_sent` (a clean sentence), `pert_sent` (the same with one injected error), `severity` and
//! `pert_name`, a file per error class.
//!
//! Each sentence is a document (`clean-...` once per sentence and id, `damaged-...` per class); each object is a minimal pair in
//! preferences.csv with the class as category. Objects whose two sentences are equal show no error and are reported and left out.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::corpus::{Corpus, Document};
use crate::error::{Result, all_or_nothing};
use crate::gold::formats::exchange::{fault, safe_id};
use crate::gold::formats::{Imported, Options, Source};
use crate::gold::manifest::Manifest;
use crate::label::{Gold, Judged, Preference};

#[derive(Deserialize)]
struct Item {
    id: u64,
    mt_sent: String,
    pert_sent: String,
    pert_name: String,
}

/// Reads a file or a folder of files.
///
/// # Errors
/// Lines that are no such object, a class with two items of one id.
pub fn import(sources: &[Source], options: &Options) -> Result<Imported> {
    let mut faults = Vec::new();
    // The same sentence is clean in many classes; ids start anew in some files, so the text tells sentences apart.
    let mut clean: BTreeMap<(u64, String), String> = BTreeMap::new();
    let mut documents = Vec::new();
    let mut pairs = Vec::new();
    let mut stories = BTreeMap::new();
    let mut equal = 0;
    for source in sources {
        for (index, line) in source
            .text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty())
        {
            let item: Item = match serde_json::from_str(line) {
                Ok(item) => item,
                Err(error) => {
                    faults.push(fault(
                        &source.path,
                        index + 1,
                        format!("{error}"),
                        "an object with id, mt_sent, pert_sent, pert_name",
                    ));
                    continue;
                }
            };
            if item.mt_sent == item.pert_sent {
                equal += 1;
                continue;
            }
            let story = format!("{:04}", item.id);
            let versions = clean
                .range((item.id, String::new())..(item.id + 1, String::new()))
                .count();
            let clean_id = clean
                .entry((item.id, item.mt_sent.clone()))
                .or_insert_with(|| {
                    let id = if versions == 0 {
                        format!("clean-{story}")
                    } else {
                        format!("clean-{story}-{}", versions + 1)
                    };
                    documents.push(Document {
                        id: id.clone(),
                        text: format!("{}\n", item.mt_sent),
                    });
                    id
                });
            let damaged_id = safe_id(&format!("damaged-{story}-{}", item.pert_name), index);
            documents.push(Document {
                id: damaged_id.clone(),
                text: format!("{}\n", item.pert_sent),
            });
            stories.insert(clean_id.clone(), story.clone());
            stories.insert(damaged_id.clone(), story);
            pairs.push((clean_id.clone(), damaged_id, item.pert_name));
        }
    }
    all_or_nothing(faults)?;
    let corpus = Corpus::new(documents)?;
    let mut preferences: Vec<Preference> = pairs
        .into_iter()
        .filter_map(|(clean, damaged, category)| {
            Some(Preference {
                clean: corpus.index(&clean)?,
                damaged: corpus.index(&damaged)?,
                category,
            })
        })
        .collect();
    preferences.sort_by_key(|preference| (preference.clean, preference.damaged));
    let manifest = Manifest {
        name: options.name.clone(),
        judged: [("preferences".to_owned(), Judged::Listed)].into(),
        stories,
        ..Manifest::default()
    };
    let gold = Gold {
        dataset: options.name.clone(),
        stories: manifest.stories_of(&corpus),
        corpus,
        judged: manifest.judged.clone(),
        preferences: Some(preferences),
        ..Gold::default()
    };
    let notices =
        (equal > 0).then(|| format!("{equal} items have two equal sentences and are left out"));
    Ok(Imported {
        manifest,
        gold,
        notices: notices.into_iter().collect(),
    })
}
