//! The detectors that point at spans, side by side: how exactly they point, what they rank first, and which categories they see.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::record::{QualityRow, variant_name};
use crate::report::summary::metric;

/// Match rule and metric of each column of the first table, with its heading.
const COLUMNS: &[(&str, &str, &str)] = &[
    ("character", "precision", "char P"),
    ("character", "recall", "char R"),
    ("character", "f1", "char F1"),
    ("overlap", "precision", "overlap P"),
    ("overlap", "recall", "overlap R"),
    ("overlap", "f1", "overlap F1"),
    ("exact", "precision", "exact P"),
    ("exact", "recall", "exact R"),
    ("exact", "f1", "exact F1"),
    ("token", "average_precision", "token AP"),
    ("token", "critical_recall_at_5", "critical at 5 %"),
    ("token", "critical_recall_at_10", "critical at 10 %"),
];

/// Metrics by variant.
type Variants<'a> = BTreeMap<String, Vec<&'a QualityRow>>;

/// Both tables, with headings; empty when no detector points at spans.
pub fn tables(quality: &[QualityRow]) -> String {
    let mut variants: Variants<'_> = BTreeMap::new();
    for row in quality {
        if (row.task.as_str(), row.level.as_str(), row.status.as_str()) == ("garble", "span", "ok")
        {
            let name = variant_name(&row.algorithm, &row.params).replace('|', "\\|");
            variants.entry(name).or_default().push(row);
        }
    }
    if variants.is_empty() {
        return String::new();
    }
    let mut text = String::from("## garble / span: every detector\n\n");
    let headings: Vec<&str> = COLUMNS.iter().map(|column| column.2).collect();
    table(&mut text, &headings, &variants, |rows, at| {
        let (rule, name, _) = COLUMNS[at];
        find(rows, "all", rule, name)
    });
    text.push_str(
        "\n`critical at`: share of the critical items of which a token is among the surest so many percent of all tokens.\n\n\
         ## garble / span: recall of characters by category\n\n",
    );
    let slices: BTreeSet<&str> = variants
        .values()
        .flatten()
        .map(|row| row.slice.as_str())
        .filter(|slice| slice.starts_with("category="))
        .collect();
    let slices: Vec<&str> = slices.into_iter().collect();
    let headings: Vec<&str> = slices
        .iter()
        .map(|slice| slice.trim_start_matches("category="))
        .collect();
    table(&mut text, &headings, &variants, |rows, at| {
        find(rows, slices[at], "character", "recall")
    });
    text.push('\n');
    text
}

fn find(rows: &[&QualityRow], slice: &str, rule: &str, name: &str) -> Option<f64> {
    let row = rows.iter().find(|row| {
        (
            row.slice.as_str(),
            row.match_rule.as_str(),
            row.metric.as_str(),
        ) == (slice, rule, name)
    })?;
    row.value
}

fn table(
    text: &mut String,
    headings: &[&str],
    variants: &Variants<'_>,
    value: impl Fn(&[&QualityRow], usize) -> Option<f64>,
) {
    let _ = writeln!(text, "| variant | {} |", headings.join(" | "));
    let _ = writeln!(text, "|---|{}", "--:|".repeat(headings.len()));
    for (name, rows) in variants {
        let cells: Vec<String> = (0..headings.len())
            .map(|at| metric(value(rows, at)))
            .collect();
        let _ = writeln!(text, "| `{name}` | {} |", cells.join(" | "));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(algorithm: &str, slice: &str, rule: &str, name: &str, value: Option<f64>) -> QualityRow {
        QualityRow {
            task: "garble".to_owned(),
            level: "span".to_owned(),
            algorithm: algorithm.to_owned(),
            slice: slice.to_owned(),
            match_rule: rule.to_owned(),
            metric: name.to_owned(),
            value,
            status: "ok".to_owned(),
            ..QualityRow::default()
        }
    }

    #[test]
    fn every_detector_has_a_line_and_what_is_undefined_a_dash() {
        let rows = [
            row("b", "all", "character", "f1", Some(0.25)),
            row("b", "category=name", "character", "recall", Some(0.5)),
            row("a", "all", "token", "critical_recall_at_10", Some(1.0)),
            row("a", "all", "character", "precision", None),
        ];
        let text = tables(&rows);
        let lines: Vec<&str> = text
            .lines()
            .filter(|line| line.starts_with("| `"))
            .collect();
        assert_eq!(
            lines,
            [
                "| `a` | - | - | - | - | - | - | - | - | - | - | - | 1.000 |",
                "| `b` | - | - | 0.250 | - | - | - | - | - | - | - | - | - |",
                "| `a` | - |",
                "| `b` | 0.500 |",
            ]
        );
        assert!(text.contains("| variant | name |"));
        assert_eq!(tables(&[]), "");
    }
}
