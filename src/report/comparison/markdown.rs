//! Markdown of comparisons, for pull requests and step summaries: never longer than its limit, and no text becomes markup.

use std::fmt::Write as _;

use super::{HEADER, LISTED, by_rule, cells, notable, quoted, turn};
use crate::compare::Compared;
use crate::compare::gate::{Ending, Gate};

/// Markdown of a comparison, at most `limit` bytes: headline, table, items; what does not fit is counted.
pub fn markdown(headline: &str, rows: &[&Compared], limit: usize) -> String {
    let mut text = format!("### {}\n\n", escape(headline));
    if rows.is_empty() {
        text.push_str("Nothing differs.\n");
        return text;
    }
    let head = HEADER
        .iter()
        .copied()
        .chain(["reason"])
        .collect::<Vec<_>>()
        .join(" | ");
    let rule = [
        "---", "---", "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---", "---",
    ]
    .join(" | ");
    let _ = write!(text, "| {head} |\n| {rule} |\n");
    let mut left_out = 0;
    let mut push = |text: &mut String, line: &str| {
        // Room for the sentence that says how much was left out.
        if text.len() + line.len() + 100 <= limit {
            text.push_str(line)
        } else {
            left_out += 1
        }
    };
    for compared in rows {
        let cells: Vec<String> = cells(&compared.row)
            .into_iter()
            .chain([compared.row.reason.clone()])
            .map(|cell| escape(&cell))
            .collect();
        push(&mut text, &format!("| {} |\n", cells.join(" | ")));
    }
    for (name, changes) in by_rule(rows.iter().copied()) {
        let broken = changes.iter().filter(|change| change.broken).count();
        let mut block = format!(
            "\n**{}**: {} fixed, {broken} broken\n\n",
            escape(&name),
            changes.len() - broken
        );
        for change in changes.iter().take(LISTED) {
            let word = if change.broken { "broken" } else { "fixed" };
            let _ = writeln!(
                block,
                "- {word} `{}` ({}) {}",
                change.item,
                turn(change),
                escape(&quoted(change))
            );
        }
        if changes.len() > LISTED {
            let _ = writeln!(block, "- and {} more", changes.len() - LISTED);
        }
        push(&mut text, &block);
    }
    if left_out > 0 {
        let _ = writeln!(text, "\n{left_out} more rows and lists are in compare.csv.");
    }
    text
}

/// Markdown of a gate: what failed or is undecided first.
pub fn gate_markdown(gate: &Gate, limit: usize) -> String {
    let mut rows: Vec<(&Compared, Ending)> = gate
        .gated()
        .filter(|(compared, ending)| *ending != Ending::Passed || notable(compared))
        .collect();
    rows.sort_by_key(|(_, ending)| std::cmp::Reverse(*ending));
    let rows: Vec<&Compared> = rows.into_iter().map(|(compared, _)| compared).collect();
    markdown(&gate.headline(), &rows, limit)
}

/// Cells must neither end a table cell nor become markup.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '|' | '*' | '_' | '`' | '<' | '>' | '[' | ']' | '\\' | '#' => escaped.extend(['\\', c]),
            '\n' | '\r' => escaped.push(' '),
            _ => escaped.push(c),
        }
    }
    escaped
}

/// Markdown of one ranking: title, table, and what it rests on.
pub fn ranking_markdown<const N: usize>(
    title: &str,
    header: &[&str; N],
    rows: &[[String; N]],
    note: &str,
) -> String {
    let mut text = format!(
        "### {}\n\n| {} |\n|{}\n",
        escape(title),
        header.join(" | "),
        " --- |".repeat(N)
    );
    for row in rows {
        let row: Vec<String> = row.iter().map(|cell| escape(cell)).collect();
        let _ = writeln!(text, "| {} |", row.join(" | "));
    }
    let _ = writeln!(text, "\n{}\n", escape(note));
    text
}
