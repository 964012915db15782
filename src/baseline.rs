//! Baselines: reports kept under a name, in git, to compare later runs against.
//!
//! A baseline is a folder `baselines/NAME/` with quality.csv, outcomes.csv and, where the run wrote them, predictions.csv, run.json
//! and throughput files. When the gold has changed since, the stored predictions are scored again, so that old and new are
//! measured by the same labels.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::compare::decision::COUNTER;
use crate::compare::reports::Reports;
use crate::error::{Error, Result};
use crate::label::Gold;
use crate::predictions::read::read;
use crate::record::write_whole;
use crate::run::Records;
use crate::run::job::{How, missing_layer, score_prediction};
use crate::run::rows::Labels;
use crate::variant::Variant;

/// Files that every baseline has.
const REQUIRED: &[&str] = &["quality.csv", "outcomes.csv"];

/// Files that are kept where the run wrote them.
const OPTIONAL: &[&str] = &["predictions.csv", "run.json"];

/// Folder of a baseline.
///
/// # Errors
/// A name that is no plain file name.
pub fn folder(root: &Path, name: &str) -> Result<PathBuf> {
    let plain = name
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
    if name.is_empty() || !plain || name.starts_with('.') {
        let remedy = "use letters, digits, `-`, `_` and `.`, not at the start";
        return Err(Error::invalid(
            "baseline",
            format!("`{name}` is no name for a baseline"),
            remedy,
        ));
    }
    Ok(root.join(name))
}

/// Saves the reports of a folder under a name. The new baseline replaces an old one only with `force`.
///
/// # Errors
/// Reports that a comparison would refuse (torn, empty, not of one run), a name that is taken, and the system's own.
pub fn save(root: &Path, name: &str, reports: &Path, force: bool) -> Result<PathBuf> {
    let target = folder(root, name)?;
    let whole = Reports::read(reports)?;
    if let Some(failed) = whole.quality.iter().find(|row| row.status != "ok") {
        let problem = format!("`{}` failed: {}", failed.variant(), failed.error);
        return Err(Error::invalid(
            reports.display(),
            problem,
            "a baseline must be whole: mend the variant or take it out",
        ));
    }
    if target.exists() && !force {
        let remedy = "take another name, or replace it with --force";
        return Err(Error::invalid(
            target.display(),
            "this baseline exists",
            remedy,
        ));
    }
    for file in REQUIRED.iter().chain(OPTIONAL) {
        let (from, to) = (reports.join(file), target.join(file));
        if from.exists() {
            copy(&from, &to)?;
        } else if to.exists() {
            fs::remove_file(&to).map_err(|e| Error::io("removing", &to, e))?;
        }
    }
    for machine in whole.throughput.keys() {
        let file = Path::new("throughput").join(format!("{machine}.csv"));
        copy(&reports.join(&file), &target.join(&file))?;
    }
    Ok(target)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    let bytes = fs::read(from).map_err(|e| Error::io("reading", from, e))?;
    write_whole(to, &bytes)
}

/// Names of the baselines, sorted. No folder, no baseline.
///
/// # Errors
/// When the folder cannot be read.
pub fn list(root: &Path) -> Result<Vec<String>> {
    if !root.exists() {
        return Ok(Vec::new());
    }
    let mut names = Vec::new();
    for entry in fs::read_dir(root).map_err(|e| Error::io("reading", root, e))? {
        let path = entry.map_err(|e| Error::io("reading", root, e))?.path();
        if path.join(REQUIRED[0]).is_file()
            && let Some(name) = path.file_name()
        {
            names.push(name.to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// Removes a baseline: the files that karat wrote, then the folder if nothing else is in it.
///
/// # Errors
/// An unknown name, and the system's own.
pub fn remove(root: &Path, name: &str) -> Result<()> {
    let target = folder(root, name)?;
    if !target.join(REQUIRED[0]).is_file() {
        return Err(Error::invalid(
            target.display(),
            "no such baseline",
            "see `karat baseline list`",
        ));
    }
    let mut files: Vec<PathBuf> = REQUIRED
        .iter()
        .chain(OPTIONAL)
        .map(|file| target.join(file))
        .collect();
    let timed = target.join("throughput");
    if timed.is_dir() {
        for entry in fs::read_dir(&timed).map_err(|e| Error::io("reading", &timed, e))? {
            files.push(entry.map_err(|e| Error::io("reading", &timed, e))?.path());
        }
    }
    for file in files.iter().filter(|file| file.exists()) {
        fs::remove_file(file).map_err(|e| Error::io("removing", file, e))?;
    }
    // What others put there stays, and so does the folder then.
    let _ = fs::remove_dir(&timed);
    let _ = fs::remove_dir(&target);
    Ok(())
}

/// The baseline measured by this gold: as saved when the gold is the same, else with its stored predictions scored again.
///
/// Thresholds and clustering are those of `variants` (the present configuration); a variant that is not in it keeps its old rows,
/// and so do all when there are no predictions. Work counters do not depend on the gold. Means over seeds cannot be made
/// again, since only the first seed's predictions are kept, and are left out. The text says what was done, empty if nothing.
///
/// # Errors
/// Predictions that do not fit the corpus of this gold.
pub fn for_gold(
    saved: Reports,
    folder: &Path,
    gold: &Gold,
    variants: &[Variant],
) -> Result<(Reports, String)> {
    let same = |reports: &Reports| {
        reports
            .quality
            .iter()
            .all(|row| row.dataset != gold.dataset || row.gold_digest == gold.digest)
    };
    let path = folder.join("predictions.csv");
    if same(&saved) || !path.exists() {
        return Ok((saved, String::new()));
    }
    let mut records = Records::default();
    let mut scored = BTreeSet::new();
    for one in read(&path, gold)? {
        for level in one.score_levels() {
            let named = |variant: &&Variant| {
                variant.task == one.task
                    && variant.algorithm == one.algorithm
                    && variant.params_text(level) == one.params
                    && variant.levels.contains(&level)
            };
            let Some(variant) = variants.iter().find(named) else {
                continue;
            };
            if missing_layer(one.task, level, gold).is_some() {
                continue;
            }
            let how = How {
                threshold: variant.threshold(level),
                clustering: variant.clustering.unwrap_or_default(),
                granularity: variant.granularity.unwrap_or_else(|| one.granularity()),
            };
            let labels = Labels::named(one.task, level, &one.algorithm, &one.params, gold);
            labels.add(
                &one.seed,
                &score_prediction(level, &one.prediction, how, gold),
                &mut records,
            );
            scored.insert((
                one.task.to_string(),
                level.to_string(),
                one.algorithm.clone(),
                one.params.clone(),
            ));
        }
    }
    let mut reports = Reports {
        name: saved.name,
        quality: records.quality,
        outcomes: records.outcomes,
        throughput: saved.throughput,
    };
    for mut row in saved.quality {
        if !scored.contains(&row.key()) {
            reports.quality.push(row);
        } else if row.metric.starts_with(COUNTER) {
            row.gold_digest.clone_from(&gold.digest);
            reports.quality.push(row);
        }
    }
    reports
        .outcomes
        .extend(saved.outcomes.into_iter().filter(|row| {
            let key = (
                row.task.clone(),
                row.level.clone(),
                row.algorithm.clone(),
                row.params.clone(),
            );
            !scored.contains(&key)
        }));
    let note = format!(
        "the gold has changed since the baseline was saved: stored predictions of {} variants were scored again",
        scored.len()
    );
    Ok((reports, note))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::tests::{reports, write};

    #[test]
    fn baselines_are_saved_listed_replaced_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let (root, from) = (
            folder.path().join("baselines"),
            folder.path().join("reports"),
        );
        write(&reports("a", &["ttn"]), &from);
        fs::write(from.join("run.json"), "{}").unwrap();
        assert_eq!(list(&root).unwrap(), Vec::<String>::new());
        let saved = save(&root, "main", &from, false).unwrap();
        assert_eq!(list(&root).unwrap(), ["main"]);
        assert_eq!(
            Reports::read(&saved).unwrap().quality,
            Reports::read(&from).unwrap().quality
        );
        assert_eq!(
            save(&root, "main", &from, false).unwrap_err().exit_code(),
            2
        );
        fs::remove_file(from.join("run.json")).unwrap();
        save(&root, "main", &from, true).unwrap();
        assert!(!saved.join("run.json").exists());
        remove(&root, "main").unwrap();
        assert!(!saved.exists());
        assert_eq!(remove(&root, "main").unwrap_err().exit_code(), 2);
    }

    #[test]
    fn names_that_leave_the_folder_and_failed_runs_are_refused() {
        for name in ["", "..", "a/b", ".hidden"] {
            assert!(
                super::folder(Path::new("baselines"), name).is_err(),
                "{name}"
            );
        }
        let folder = tempfile::tempdir().unwrap();
        let mut failed = reports("a", &["t"]);
        failed.quality[3].status = "crash".into();
        write(&failed, folder.path());
        let error = save(&folder.path().join("b"), "main", folder.path(), false).unwrap_err();
        assert!(error.to_string().contains("must be whole"), "{error}");
    }
}
