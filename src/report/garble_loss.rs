//! What garble costs in names: recall of mentions and resolution in clean and in garbled segments, side by side.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::record::{QualityRow, variant_name};
use crate::report::summary::metric;
use crate::task::Level;

/// Name of the table between markers of a document.
pub const NAME: &str = "entity/garbled-segments";

/// What is compared at a level: match rule and metric.
const COMPARED: [(Level, &str, &str, &str); 3] = [
    (Level::Mention, "strict", "recall", "strict recall"),
    (Level::Resolution, "", "b_cubed_f1", "B-cubed F1"),
    (Level::EndToEnd, "", "b_cubed_f1", "B-cubed F1"),
];

/// One Markdown row per entity variant that has values for both kinds of segments; `None` without any.
pub fn table(quality: &[QualityRow]) -> Option<String> {
    let mut text = String::from(
        "| level | variant | measure | clean | garbled | lost |\n|---|---|---|--:|--:|--:|\n",
    );
    let mut any = false;
    for (level, rule, name, title) in COMPARED {
        let mut values: BTreeMap<(String, &str), [Option<f64>; 2]> = BTreeMap::new();
        for row in quality {
            let slice = match row.slice.as_str() {
                "segment=clean" => 0,
                "segment=garbled" => 1,
                _ => continue,
            };
            if row.task == "entity"
                && row.level == level.name()
                && row.match_rule == rule
                && row.metric == name
            {
                let variant = variant_name(&row.algorithm, &row.params);
                values.entry((variant, row.seed.as_str())).or_default()[slice] = row.value;
            }
        }
        for ((variant, _), [clean, garbled]) in values {
            let (Some(clean), Some(garbled)) = (clean, garbled) else {
                continue;
            };
            any = true;
            let _ = writeln!(
                text,
                "| {level} | `{}` | {title} | {} | {} | {:.3} |",
                variant.replace('|', "\\|"),
                metric(Some(clean)),
                metric(Some(garbled)),
                clean - garbled
            );
        }
    }
    any.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(level: &str, slice: &str, rule: &str, name: &str, value: f64) -> QualityRow {
        QualityRow {
            schema: 1,
            dataset: "d".into(),
            gold_digest: String::new(),
            task: "entity".into(),
            level: level.into(),
            algorithm: "capitals".into(),
            params: String::new(),
            seed: "1".into(),
            slice: slice.into(),
            match_rule: rule.into(),
            metric: name.into(),
            metric_version: 1,
            value: Some(value),
            ci_low: None,
            ci_high: None,
            ci_method: String::new(),
            true_positives: None,
            false_positives: None,
            false_negatives: None,
            true_negatives: None,
            support: None,
            stories: 1,
            status: "ok".into(),
            error: String::new(),
        }
    }

    #[test]
    fn the_loss_is_the_difference_of_the_two_slices() {
        let rows = [
            row("mention", "segment=clean", "strict", "recall", 0.9),
            row("mention", "segment=garbled", "strict", "recall", 0.75),
            row("mention", "segment=garbled", "exact", "recall", 0.1),
            row("mention", "all", "strict", "recall", 0.8),
            // Without its counterpart there is nothing to compare.
            row("resolution", "segment=clean", "", "b_cubed_f1", 0.9),
        ];
        let table = table(&rows).unwrap();
        let lines: Vec<&str> = table.lines().skip(2).collect();
        assert_eq!(
            lines,
            ["| mention | `capitals` | strict recall | 0.900 | 0.750 | 0.150 |"]
        );
        assert_eq!(super::table(&rows[4..]), None);
    }
}
