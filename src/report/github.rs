//! GitHub: annotations on standard output and a step summary.
//!
//! GitHub shows at most ten annotations of a kind per step and takes at most 1 MiB of summary: errors beyond the ninth become one
//! that counts them, and the summary stays below 900 KB.

use crate::compare::gate::{Ending, Gate};
use crate::report::comparison::{cell_name, gate_markdown, metric_name, number, quoted};

/// Errors that are annotated one by one.
const ERRORS: usize = 9;

/// Bytes of a step summary.
pub const SUMMARY_LIMIT: usize = 900_000;

/// Bytes of a pull-request comment (GitHub takes 65,536 characters).
pub const COMMENT_LIMIT: usize = 60_000;

/// Workflow commands, one per line.
pub fn annotations(gate: &Gate) -> String {
    let mut lines = Vec::new();
    for (compared, ending) in gate.gated() {
        let (command, rank) = match ending {
            Ending::Passed => continue,
            Ending::Undecided => ("warning", 1),
            Ending::Failed | Ending::VariantFailed | Ending::Invalid => ("error", 0),
        };
        let row = &compared.row;
        let title = property(&format!("{} {}", cell_name(row), metric_name(row)));
        let broken: Vec<String> = compared
            .changes
            .iter()
            .filter(|change| change.broken)
            .map(|change| format!("{} {}", change.item, quoted(change)))
            .map(|text| text.trim_end().to_owned())
            .collect();
        let named = match broken.as_slice() {
            [] => String::new(),
            all if all.len() <= 3 => format!("; broken: {}", all.join(", ")),
            [first, second, third, rest @ ..] => format!(
                "; broken: {first}, {second}, {third} and {} more",
                rest.len()
            ),
            _ => String::new(),
        };
        let reason = if row.reason.is_empty() {
            String::new()
        } else {
            format!(" ({})", row.reason)
        };
        let text = data(&format!(
            "{}: {} -> {}{reason}{named}",
            row.decision,
            number(row.base),
            number(row.head)
        ));
        lines.push((rank, format!("::{command} title={title}::{text}")));
    }
    lines.extend(
        gate.warnings
            .iter()
            .map(|warning| (1, format!("::warning title=karat gate::{}", data(warning)))),
    );
    let mut text = String::new();
    for (rank, command) in [(0, "error"), (1, "warning")] {
        let all: Vec<&String> = lines
            .iter()
            .filter(|line| line.0 == rank)
            .map(|line| &line.1)
            .collect();
        for line in all.iter().take(ERRORS) {
            text.push_str(line);
            text.push('\n');
        }
        if all.len() > ERRORS {
            text.push_str(&format!(
                "::{command} title=karat gate::{} more\n",
                all.len() - ERRORS
            ));
        }
    }
    text
}

/// Markdown for `$GITHUB_STEP_SUMMARY`.
pub fn summary(gate: &Gate) -> String {
    gate_markdown(gate, SUMMARY_LIMIT)
}

/// The text of a workflow command must not hold line breaks or percent signs.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A property must hold neither colon nor comma besides.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::gate::{GateConfig, judge};
    use crate::compare::tests::{quality, reports};

    #[test]
    fn a_lost_pair_is_named() {
        let config = GateConfig {
            metrics: vec!["recall".into()],
            counters: false,
            ..GateConfig::default()
        };
        let gate = judge(
            &reports("a", &["ttt"]),
            &reports("a", &["ttn"]),
            &config,
            false,
        );
        assert_eq!(
            annotations(&gate),
            "::error title=dedup/segment/a pairs recall::changed-worse: 1.0000 -> 0.6667 (no inference (K=1)); broken: toy/pair/00-2 “text of 00-2”\n"
        );
    }

    #[test]
    fn at_most_nine_errors_and_a_count() {
        let (mut base, mut head) = (reports("a", &["t"]), reports("a", &["t"]));
        for index in 0..30 {
            let name = format!("counter_{index:02}");
            base.quality.push(quality("a", &name, Some(1.0)));
            head.quality.push(quality("a", &name, Some(2.0)));
        }
        let text = annotations(&judge(&base, &head, &GateConfig::default(), false));
        assert_eq!(text.lines().count(), 10);
        assert!(
            text.ends_with("::error title=karat gate::21 more\n"),
            "{text}"
        );
    }

    #[test]
    fn the_summary_of_a_huge_gate_stays_below_its_limit() {
        let (mut base, mut head) = (reports("a", &["t"]), reports("a", &["t"]));
        for index in 0..20_000 {
            let name = format!("counter_{index:05}");
            base.quality.push(quality("a", &name, Some(1.0)));
            head.quality.push(quality("a", &name, Some(2.0)));
        }
        let text = summary(&judge(&base, &head, &GateConfig::default(), false));
        assert!(
            text.len() > 800_000 && text.len() < SUMMARY_LIMIT,
            "{}",
            text.len()
        );
    }

    #[test]
    fn commands_cannot_be_broken_out_of() {
        assert_eq!(data("50 %\n::error::x"), "50 %25%0A::error::x");
        assert_eq!(property("a:b,c"), "a%3Ab%2Cc");
    }
}
