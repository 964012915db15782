//! Records: the rows of every CSV file, written whole or not at all.
//!
//! UTF-8, LF, RFC 4180, fixed column order, header always, rows sorted by key, shortest round-trip numbers, empty = not
//! applicable. Columns are only ever appended; `schema` carries the version.

use std::fs;
use std::io::Write;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Error, Fault, Result, all_or_nothing};

/// Version of the columns.
pub const SCHEMA: u32 = 1;

/// A row of quality.csv: one value of one metric.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "the columns are explained in METHODOLOGY.md, by `karat schema`"
)]
pub struct QualityRow {
    pub schema: u32,
    pub dataset: String,
    pub gold_digest: String,
    pub task: String,
    pub level: String,
    pub algorithm: String,
    pub params: String,
    pub seed: String,
    pub slice: String,
    pub match_rule: String,
    pub metric: String,
    pub metric_version: u32,
    #[serde(with = "number")]
    pub value: Option<f64>,
    #[serde(with = "number")]
    pub ci_low: Option<f64>,
    #[serde(with = "number")]
    pub ci_high: Option<f64>,
    pub ci_method: String,
    #[serde(with = "number")]
    pub true_positives: Option<f64>,
    #[serde(with = "number")]
    pub false_positives: Option<f64>,
    #[serde(with = "number")]
    pub false_negatives: Option<f64>,
    #[serde(with = "number")]
    pub true_negatives: Option<f64>,
    pub support: Option<u64>,
    pub stories: u64,
    pub status: String,
    pub error: String,
}

/// A row of outcomes.csv: what became of one item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "as above")]
pub struct OutcomeRow {
    pub schema: u32,
    pub dataset: String,
    pub task: String,
    pub level: String,
    pub algorithm: String,
    pub params: String,
    pub seed: String,
    pub match_rule: String,
    pub document: String,
    pub item: String,
    pub verdict: String,
    pub detail: String,
    #[serde(with = "number")]
    pub weight: Option<f64>,
    #[serde(with = "number")]
    pub confidence: Option<f64>,
    pub story: String,
    pub zone: String,
    pub gold_type: String,
    pub predicted_type: String,
    pub category: String,
    pub severity: String,
    #[serde(with = "cell")]
    pub gold_text: String,
    #[serde(with = "cell")]
    pub predicted_text: String,
    pub slices: String,
}

/// A row of curves.csv: one point of a precision-recall curve.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "as above")]
pub struct CurveRow {
    pub schema: u32,
    pub dataset: String,
    pub task: String,
    pub level: String,
    pub algorithm: String,
    pub params: String,
    pub seed: String,
    pub match_rule: String,
    #[serde(with = "number")]
    pub threshold: Option<f64>,
    #[serde(with = "number")]
    pub precision: Option<f64>,
    #[serde(with = "number")]
    pub recall: Option<f64>,
    #[serde(with = "number")]
    pub f1: Option<f64>,
    pub on_frontier: bool,
}

/// A row of `throughput/<machine>.csv`: one timed pass.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "as above")]
pub struct ThroughputRow {
    pub schema: u32,
    pub run: String,
    pub input: String,
    pub task: String,
    pub level: String,
    pub algorithm: String,
    pub params: String,
    pub seed: String,
    pub threads: u64,
    pub sample: u64,
    pub phase: String,
    pub wall_ns: Option<u64>,
    pub cpu_user_ns: Option<u64>,
    pub cpu_sys_ns: Option<u64>,
    pub peak_bytes: Option<u64>,
    pub documents: u64,
    pub bytes: u64,
    pub output_hash: String,
    pub status: String,
    pub error: String,
}

/// What identifies the rows of one variant at one level.
pub type Key = (String, String, String, String);

impl QualityRow {
    /// Task, level, algorithm, parameters.
    pub fn key(&self) -> Key {
        (
            self.task.clone(),
            self.level.clone(),
            self.algorithm.clone(),
            self.params.clone(),
        )
    }

    /// `algorithm(params)`.
    pub fn variant(&self) -> String {
        variant_name(&self.algorithm, &self.params)
    }
}

/// `algorithm(params)`, or the bare algorithm without parameters.
pub fn variant_name(algorithm: &str, params: &str) -> String {
    if params.is_empty() {
        algorithm.to_owned()
    } else {
        format!("{algorithm}({params})")
    }
}

/// Rows with a key that fixes their order in the file.
pub trait Record: Serialize + DeserializeOwned {
    /// Sort key; equal keys keep their order.
    type Order: Ord;

    /// The key.
    fn order(&self) -> Self::Order;

    /// Column names in order.
    fn header() -> &'static [&'static str];
}

macro_rules! record {
    ($row:ident, $order:ty, |$it:ident| $key:expr, [$($column:literal),+ $(,)?]) => {
        impl Record for $row {
            type Order = $order;
            fn order(&self) -> $order { let $it = self; $key }
            fn header() -> &'static [&'static str] { &[$($column),+] }
        }
    };
}

record!(
    QualityRow,
    (Key, String, String, String, String),
    |r| (
        r.key(),
        r.seed.clone(),
        r.slice.clone(),
        r.match_rule.clone(),
        r.metric.clone()
    ),
    [
        "schema",
        "dataset",
        "gold_digest",
        "task",
        "level",
        "algorithm",
        "params",
        "seed",
        "slice",
        "match_rule",
        "metric",
        "metric_version",
        "value",
        "ci_low",
        "ci_high",
        "ci_method",
        "true_positives",
        "false_positives",
        "false_negatives",
        "true_negatives",
        "support",
        "stories",
        "status",
        "error",
    ]
);
record!(
    OutcomeRow,
    (Key, String, String, String, String, String, String),
    |r| (
        (
            r.task.clone(),
            r.level.clone(),
            r.algorithm.clone(),
            r.params.clone()
        ),
        r.seed.clone(),
        r.match_rule.clone(),
        r.document.clone(),
        r.item.clone(),
        r.verdict.clone(),
        format!(
            "{}\u{0}{}\u{0}{}",
            r.gold_type, r.predicted_type, r.predicted_text
        )
    ),
    [
        "schema",
        "dataset",
        "task",
        "level",
        "algorithm",
        "params",
        "seed",
        "match_rule",
        "document",
        "item",
        "verdict",
        "detail",
        "weight",
        "confidence",
        "story",
        "zone",
        "gold_type",
        "predicted_type",
        "category",
        "severity",
        "gold_text",
        "predicted_text",
        "slices",
    ]
);
record!(
    CurveRow,
    (Key, String, String, u64),
    |r| (
        (
            r.task.clone(),
            r.level.clone(),
            r.algorithm.clone(),
            r.params.clone()
        ),
        r.seed.clone(),
        r.match_rule.clone(),
        u64::MAX - r.threshold.unwrap_or(0.0).max(0.0).to_bits()
    ),
    [
        "schema",
        "dataset",
        "task",
        "level",
        "algorithm",
        "params",
        "seed",
        "match_rule",
        "threshold",
        "precision",
        "recall",
        "f1",
        "on_frontier",
    ]
);
record!(
    ThroughputRow,
    (Key, String, String, String, u64),
    |r| (
        (
            r.task.clone(),
            r.level.clone(),
            r.algorithm.clone(),
            r.params.clone()
        ),
        r.seed.clone(),
        r.input.clone(),
        r.phase.clone(),
        r.sample
    ),
    [
        "schema",
        "run",
        "input",
        "task",
        "level",
        "algorithm",
        "params",
        "seed",
        "threads",
        "sample",
        "phase",
        "wall_ns",
        "cpu_user_ns",
        "cpu_sys_ns",
        "peak_bytes",
        "documents",
        "bytes",
        "output_hash",
        "status",
        "error",
    ]
);

/// The bytes of a file of rows, sorted by key.
///
/// # Errors
/// A row that cannot be serialised (a defect of karat).
pub fn to_bytes<R: Record>(rows: &mut [R]) -> Result<Vec<u8>> {
    rows.sort_by_cached_key(Record::order);
    let mut writer = csv::WriterBuilder::new()
        .has_headers(false)
        .from_writer(Vec::new());
    let internal = |e: csv::Error| Error::Internal(format!("row cannot be written: {e}"));
    writer.write_record(R::header()).map_err(internal)?;
    for row in rows.iter() {
        writer.serialize(row).map_err(internal)?;
    }
    writer
        .into_inner()
        .map_err(|e| Error::Internal(e.to_string()))
}

/// Sorts rows by key and writes them with a header.
///
/// # Errors
/// When the folder cannot be written; the old file is then untouched.
pub fn write<R: Record>(path: &Path, rows: &mut [R]) -> Result<()> {
    write_whole(path, &to_bytes(rows)?)
}

/// Writes a file whole: into a temporary file in the same folder, which is then renamed.
///
/// # Errors
/// When the folder cannot be made or written; the old file is then untouched.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|e| Error::io("creating", folder, e))?;
    let write = || -> std::io::Result<()> {
        let mut file = tempfile::Builder::new()
            .prefix(".karat-")
            .tempfile_in(folder)?;
        file.write_all(bytes)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            file.as_file()
                .set_permissions(fs::Permissions::from_mode(0o644))?;
        }
        file.persist(path).map_err(|e| e.error)?;
        Ok(())
    };
    write().map_err(|e| Error::io("writing", path, e))
}

/// Reads a file of rows.
///
/// # Errors
/// A missing file, a header that is not ours, and every row that cannot be read, with its line.
pub fn read<R: Record>(path: &Path) -> Result<Vec<R>> {
    let text = fs::read(path).map_err(|e| Error::io("reading", path, e))?;
    if text.last().is_some_and(|&byte| byte != b'\n') {
        return Err(Error::invalid(
            path.display(),
            "the last line is cut off",
            "write the file again",
        ));
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(true)
        .from_reader(text.as_slice());
    let header = reader.headers().map_err(|e| {
        Error::invalid(
            path.display(),
            e.to_string(),
            "the file is not CSV in UTF-8",
        )
    })?;
    if header.iter().ne(R::header().iter().copied()) {
        return Err(Error::Invalid(vec![Fault::at(
            path,
            1,
            format!(
                "header is `{}`",
                header.iter().collect::<Vec<_>>().join(",")
            ),
            format!("expected `{}`", R::header().join(",")),
        )]));
    }
    let mut rows = Vec::new();
    let mut faults = Vec::new();
    for row in reader.deserialize() {
        match row {
            Ok(row) => rows.push(row),
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                faults.push(Fault::at(
                    path,
                    line,
                    error.to_string(),
                    "mend the row or write the file again",
                ));
            }
        }
    }
    all_or_nothing(faults)?;
    Ok(rows)
}

/// A cell that a spreadsheet would take for a formula is opened with an apostrophe.
pub fn neutral(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\'']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// Takes the apostrophe of [`neutral`] away again.
pub fn original(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r', '\'']) => rest,
        _ => text,
    }
}

mod cell {
    use super::{Deserialize, Deserializer, Serializer, neutral, original};

    pub(super) fn serialize<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&neutral(text))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<String, D::Error> {
        Ok(original(&String::deserialize(deserializer)?).to_owned())
    }
}

pub(crate) mod number {
    use super::{Deserialize, Deserializer, Serializer};

    #[allow(
        clippy::ref_option,
        clippy::trivially_copy_pass_by_ref,
        reason = "the signature that serde asks for"
    )]
    pub(crate) fn serialize<S: Serializer>(
        value: &Option<f64>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match value {
            // Adding 0 turns -0 into 0, so that equal values have equal texts.
            Some(value) => serializer.serialize_str(&format!("{}", value + 0.0)),
            None => serializer.serialize_str(""),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<f64>, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.is_empty() {
            return Ok(None);
        }
        match text.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(Some(value)),
            _ => Err(serde::de::Error::custom(format!(
                "`{text}` is not a number"
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(text: &str, threshold: f64) -> OutcomeRow {
        OutcomeRow {
            schema: SCHEMA,
            dataset: "d".into(),
            task: "garble".into(),
            level: "span".into(),
            algorithm: "a".into(),
            params: String::new(),
            seed: "0".into(),
            match_rule: "overlap".into(),
            document: "000".into(),
            item: "d/garble/000:1-2".into(),
            verdict: "true positive".into(),
            detail: String::new(),
            weight: Some(threshold),
            confidence: None,
            story: "s".into(),
            zone: "body".into(),
            gold_type: String::new(),
            predicted_type: String::new(),
            category: String::new(),
            severity: String::new(),
            gold_text: text.into(),
            predicted_text: String::new(),
            slices: String::new(),
        }
    }

    #[test]
    fn rows_come_back_as_written_and_formulas_are_neutral() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("outcomes.csv");
        let mut rows = vec![
            row("-CNN", 1.0),
            row("=1+1", 0.1),
            row("'quoted', \"so\"\nnext", 0.5),
        ];
        write(&path, &mut rows).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert!(
            text.contains(",'-CNN,") && text.contains(",'=1+1,"),
            "{text}"
        );
        assert!(text.contains(",1,") && text.contains(",0.1,"), "{text}");
        assert_eq!(read::<OutcomeRow>(&path).unwrap(), rows);
    }

    #[test]
    fn a_torn_file_a_foreign_header_and_a_bad_number_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("curves.csv");
        write(&path, &mut [row("x", 1.0)]).unwrap();
        assert!(
            read::<CurveRow>(&path)
                .unwrap_err()
                .to_string()
                .contains("expected `schema,")
        );
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.trim_end()).unwrap();
        assert!(
            read::<OutcomeRow>(&path)
                .unwrap_err()
                .to_string()
                .contains("cut off")
        );
        fs::write(&path, text.replace(",1,,s,", ",NaN,,s,")).unwrap();
        assert!(
            read::<OutcomeRow>(&path)
                .unwrap_err()
                .to_string()
                .contains("not a number")
        );
    }
}
