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
    // A column of its own where there are types, else nothing.
    let optional = |cell: String| section.has_macro().then_some(cell);
    let header = [p, r, f1].map(str::to_owned).into_iter();
    let header = header.chain(optional("macro F1".to_owned()));
    let rest = [
        "F1 over seeds",
        "TP",
        "FP",
        "FN",
        "docs/s",
        "MB/s",
        "peak MiB",
    ];
    let header = header.chain(rest.map(str::to_owned));
    table.set_header(std::iter::once("variant".to_owned()).chain(header));
    for line in &section.lines {
        let oracle = if line.oracle { " (oracle)" } else { "" };
        let variant = format!("{}{oracle}", line.variant);
        if let Some((status, _)) = &line.failure {
            table.add_row([variant, status.clone()]);
            continue;
        }
        let count = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value}"));
        let speed = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), figure);
        let scores = [
            variant,
            metric(line.precision),
            metric(line.recall),
            if f1.is_empty() {
                String::new()
            } else {
                metric(line.f1)
            },
        ];
        let rest = [
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
        ];
        let scores = scores.into_iter().chain(optional(metric(line.macro_f1)));
        table.add_row(scores.chain(rest));
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.trim_fmt()
}
