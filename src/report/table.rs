//! Tables for a terminal.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use crate::report::summary::{Section, figure, metric};

/// One table per section, with a heading line each.
pub fn render(sections: &[Section], width: Option<u16>) -> String {
    let mut text = String::new();
    for section in sections {
        let rule = if section.rule.is_empty() {
            String::new()
        } else {
            format!(" ({})", section.rule)
        };
        text.push_str(&format!("{}{rule}\n", section.heading()));
        text.push_str(&table(section, width));
        text.push_str("\n\n");
    }
    text
}

fn table(section: &Section, width: Option<u16>) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic);
    if let Some(width) = width {
        table.set_width(width);
    } else {
        table.set_content_arrangement(ContentArrangement::Disabled);
    }
    let [p, r, f1] = section.columns;
    table.set_header([
        "variant",
        p,
        r,
        f1,
        "F1 over seeds",
        "TP",
        "FP",
        "FN",
        "docs/s",
        "MB/s",
        "peak MiB",
    ]);
    for line in &section.lines {
        let oracle = if line.oracle { " (oracle)" } else { "" };
        let variant = format!("{}{oracle}", line.variant);
        if let Some((status, _)) = &line.failure {
            table.add_row([variant, status.clone()]);
            continue;
        }
        let count = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value}"));
        let speed = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), figure);
        table.add_row([
            variant,
            metric(line.precision),
            metric(line.recall),
            if f1.is_empty() {
                String::new()
            } else {
                metric(line.f1)
            },
            line.spread
                .map_or_else(String::new, |(low, high)| format!("{low:.3}-{high:.3}")),
            count(line.counts.map(|counts| counts.0)),
            count(line.counts.map(|counts| counts.1)),
            count(line.counts.map(|counts| counts.2)),
            speed(line.speed.map(|speed| speed.documents_per_second)),
            speed(line.speed.map(|speed| speed.megabytes_per_second)),
            #[allow(clippy::cast_precision_loss, reason = "a figure to be read")]
            speed(
                line.speed
                    .map(|speed| speed.peak_bytes as f64 / f64::from(1 << 20)),
            ),
        ]);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.trim_fmt()
}
