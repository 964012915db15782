//! Comparisons for people: a table for the terminal, Markdown for a pull request.

mod markdown;

pub use markdown::{gate_markdown, markdown, ranking_markdown};

use std::fmt::Write as _;

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use crate::compare::Compared;
use crate::compare::decision::Decision;
use crate::compare::evidence::Change;
use crate::compare::row::CompareRow;

/// Items of a list that are printed before "and N more".
const LISTED: usize = 20;

/// Characters of an item's text that are printed.
const SHOWN: usize = 90;

/// Rows worth reading: whatever is not simply unchanged.
pub fn notable(compared: &Compared) -> bool {
    !(compared.decision == Decision::Unchanged && compared.changes.is_empty())
}

/// `dedup/segment/minhash(bands=16)`, or `... a -> b` where two variants are compared.
pub fn cell_name(row: &CompareRow) -> String {
    let variant = match (row.base_variant.as_str(), row.head_variant.as_str()) {
        (base, head) if base == head || head.is_empty() => base.to_owned(),
        ("", head) => head.to_owned(),
        (base, head) => format!("{base} -> {head}"),
    };
    format!("{}/{}/{variant}", row.task, row.level)
}

/// `pairs recall`, with the slice unless it is `all`.
pub fn metric_name(row: &CompareRow) -> String {
    let parts = [
        row.match_rule.as_str(),
        row.metric.as_str(),
        if row.slice == "all" { "" } else { &row.slice },
    ];
    parts
        .iter()
        .copied()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// A number with four decimals where it has any.
pub fn number(value: Option<f64>) -> String {
    match value {
        None => String::new(),
        Some(value) if value.fract() == 0.0 && value.abs() >= 2.0 => format!("{value}"),
        Some(value) => format!("{value:.4}"),
    }
}

fn signed(value: Option<f64>) -> String {
    value.map_or_else(String::new, |value| {
        if value > 0.0 {
            format!("+{}", number(Some(value)))
        } else {
            number(Some(value))
        }
    })
}

const HEADER: [&str; 11] = [
    "cell",
    "metric",
    "base",
    "head",
    "delta",
    "interval",
    "p adj.",
    "K",
    "MDE",
    "fixed/broken",
    "decision",
];

fn cells(row: &CompareRow) -> [String; 11] {
    let interval = match (row.ci_low, row.ci_high) {
        (Some(low), Some(high)) => format!("{low:.4} to {high:.4}"),
        _ => String::new(),
    };
    [
        cell_name(row),
        metric_name(row),
        number(row.base),
        number(row.head),
        signed(row.delta),
        interval,
        number(row.p_adjusted),
        row.stories.to_string(),
        number(row.mde),
        if row.fixed + row.broken > 0 {
            format!("{}/{}", row.fixed, row.broken)
        } else {
            String::new()
        },
        row.decision.clone(),
    ]
}

/// Table for a terminal, one line per row and its reason below; without rows a sentence.
pub fn table<'a>(rows: impl Iterator<Item = &'a Compared>, width: Option<u16>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    match width {
        Some(width) => table
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(width),
        None => table.set_content_arrangement(ContentArrangement::Disabled),
    };
    table.set_header(HEADER.iter().copied().chain(["reason"]));
    let mut any = false;
    for compared in rows {
        any = true;
        table.add_row(
            cells(&compared.row)
                .into_iter()
                .chain([compared.row.reason.clone()]),
        );
    }
    if !any {
        return "Nothing differs.\n".to_owned();
    }
    for index in [2, 3, 4, 5, 6, 7, 8, 9] {
        if let Some(column) = table.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.trim_fmt() + "\n"
}

/// Items fixed and broken at slice `all`, once per cell and match rule, with their text.
pub fn items<'a>(rows: impl Iterator<Item = &'a Compared>) -> String {
    let mut text = String::new();
    for (name, changes) in by_rule(rows) {
        let broken = changes.iter().filter(|change| change.broken).count();
        let _ = writeln!(
            text,
            "\n{name}: {} fixed, {broken} broken",
            changes.len() - broken
        );
        for change in changes.iter().take(LISTED) {
            let _ = writeln!(
                text,
                "  {} {} ({}) {}",
                if change.broken { "broken" } else { "fixed " },
                change.item,
                turn(change),
                quoted(change)
            );
        }
        if changes.len() > LISTED {
            let _ = writeln!(text, "  and {} more", changes.len() - LISTED);
        }
    }
    text
}

/// Changes of each cell and match rule, broken ones first: all metrics of a match rule have the same.
fn by_rule<'a>(rows: impl Iterator<Item = &'a Compared>) -> Vec<(String, Vec<&'a Change>)> {
    let mut seen: Vec<(String, Vec<&Change>)> = Vec::new();
    for compared in
        rows.filter(|compared| compared.row.slice == "all" && !compared.changes.is_empty())
    {
        let name = format!("{} {}", cell_name(&compared.row), compared.row.match_rule);
        if seen.iter().all(|(other, _)| *other != name) {
            let mut changes: Vec<&Change> = compared.changes.iter().collect();
            changes.sort_by_key(|change| (!change.broken, &change.item));
            seen.push((name, changes));
        }
    }
    seen
}

fn turn(change: &Change) -> String {
    let word = |verdict: &str| {
        if verdict.is_empty() {
            "absent".to_owned()
        } else {
            verdict.to_owned()
        }
    };
    format!("{} -> {}", word(&change.before), word(&change.after))
}

/// The text of a change; of a pair both, one after the other.
pub fn quoted(change: &Change) -> String {
    if change.other_text.is_empty() {
        return shown(&change.text);
    }
    format!("{} ~ {}", shown(&change.text), shown(&change.other_text))
}

/// Text on one line, cut at a character boundary.
pub fn shown(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHOWN) {
        Some((cut, _)) => format!("\u{201c}{}…\u{201d}", &line[..cut]),
        None if line.is_empty() => String::new(),
        None => format!("\u{201c}{line}\u{201d}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::gate::{GateConfig, judge};
    use crate::compare::tests::reports;

    #[test]
    fn a_lost_pair_stands_in_table_items_and_markdown() {
        let gate = judge(
            &reports("a", &["ttt"]),
            &reports("a", &["ttn"]),
            &GateConfig::default(),
            false,
        );
        insta::assert_snapshot!(table(gate.compared.iter().filter(|c| notable(c)), None), @r#"
            cell             metric             base    head    delta  interval  p adj.  K  MDE  fixed/broken  decision       reason
            dedup/segment/a  pairs f1         1.0000  0.8000  -0.2000                    1                0/1  changed-worse  no inference (K=1)
            dedup/segment/a  pairs precision  1.0000  1.0000   0.0000                    1                0/1  unchanged      no inference (K=1)
            dedup/segment/a  pairs recall     1.0000  0.6667  -0.3333                    1                0/1  changed-worse  no inference (K=1)
            "#);
        insta::assert_snapshot!(items(gate.compared.iter()), @r"

        dedup/segment/a pairs: 0 fixed, 1 broken
          broken toy/pair/00-2 (true positive -> false negative) “text of 00-2”
        ");
        let markdown = gate_markdown(&gate, 60_000);
        insta::assert_snapshot!(markdown, @r#"
            ### gate regression: 4 cells: 2 passed, 2 worse

            | cell | metric | base | head | delta | interval | p adj. | K | MDE | fixed/broken | decision | reason |
            | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- | --- |
            | dedup/segment/a | pairs f1 | 1.0000 | 0.8000 | -0.2000 |  |  | 1 |  | 0/1 | changed-worse | no inference (K=1) |
            | dedup/segment/a | pairs recall | 1.0000 | 0.6667 | -0.3333 |  |  | 1 |  | 0/1 | changed-worse | no inference (K=1) |
            | dedup/segment/a | pairs precision | 1.0000 | 1.0000 | 0.0000 |  |  | 1 |  | 0/1 | unchanged | no inference (K=1) |

            **dedup/segment/a pairs**: 0 fixed, 1 broken

            - broken `toy/pair/00-2` (true positive -> false negative) “text of 00-2”
            "#);
    }

    #[test]
    fn markdown_stays_within_its_limit_and_markup_is_taken_as_text() {
        let gate = judge(
            &reports("a|b_c", &["ttttttttt"]),
            &reports("a|b_c", &["nnnnnnnnn"]),
            &GateConfig::default(),
            false,
        );
        let short = gate_markdown(&gate, 700);
        assert!(
            short.len() <= 700 && short.contains("more rows and lists are in compare.csv"),
            "{short}"
        );
        assert!(gate_markdown(&gate, 60_000).contains("a\\|b\\_c"));
    }

    #[test]
    fn long_texts_are_cut_at_a_character() {
        assert_eq!(shown("two\nlines"), "“two lines”");
        assert_eq!(shown(&"é".repeat(100)).chars().count(), SHOWN + 3);
        assert_eq!(shown(""), "");
    }
}
