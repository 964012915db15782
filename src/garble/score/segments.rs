//! Segments that hold some garble, against segments that hold some counted prediction.

use std::collections::BTreeSet;

use crate::label::Garble;
use crate::metrics::counts;
use crate::place::{BOILERPLATE, segments_over};
use crate::task::{Counts, Measure, Scored, Verdict, rounded};

use super::{Ground, severity_weight};

/// The match rule of segments: one shared byte is enough.
const RULE: &str = "overlap";

pub(super) fn score(ground: &Ground<'_>, scored: &mut Scored) {
    let gold = ground.gold();
    let (Some(segments), Some(garbles)) = (gold.segments.as_deref(), ground.garbles) else {
        return;
    };
    let mut certain: Vec<Vec<&Garble>> = vec![Vec::new(); segments.len()];
    let mut doubtful = vec![false; segments.len()];
    for garble in garbles {
        for index in segments_over(gold, garble.document, garble.span) {
            if garble.doubtful {
                doubtful[index] = true;
            } else {
                certain[index].push(garble);
            }
        }
    }
    let mut predicted: Vec<Option<f64>> = vec![None; segments.len()];
    for garble in ground.counted() {
        let confidence = rounded(garble.confidence);
        for index in segments_over(gold, garble.document, garble.span) {
            predicted[index] = Some(predicted[index].unwrap_or(confidence).max(confidence));
        }
    }
    // With boilerplate, and without the segments that hold boilerplate only.
    let mut tables = [Counts::default(), Counts::default()];
    let mut true_negatives = [0.0, 0.0];
    for (index, segment) in segments.iter().enumerate() {
        let is_garbled = !certain[index].is_empty();
        let without = !is_garbled || certain[index].iter().any(|g| g.category != BOILERPLATE);
        let ignored = !is_garbled && (doubtful[index] || ground.listed);
        let counted = |table: &mut [Counts; 2], field: fn(&mut Counts) -> &mut f64| {
            *field(&mut table[0]) += 1.0;
            if without {
                *field(&mut table[1]) += 1.0;
            }
        };
        let verdict = match (is_garbled, predicted[index].is_some()) {
            (false, false) => {
                if !ignored {
                    true_negatives[0] += 1.0;
                    true_negatives[1] += f64::from(u8::from(without));
                }
                continue;
            }
            (false, true) if ignored => Verdict::Ignored,
            (false, true) => {
                counted(&mut tables, |table| &mut table.false_positives);
                Verdict::FalsePositive
            }
            (true, true) => {
                counted(&mut tables, |table| &mut table.true_positives);
                Verdict::TruePositive
            }
            (true, false) => {
                counted(&mut tables, |table| &mut table.false_negatives);
                Verdict::FalseNegative
            }
        };
        let places = &ground.places;
        let id = format!("{}/segment/{}", gold.dataset, places.segment(index));
        let mut outcome = places.outcome(RULE, segment.document, segment.span, id, verdict);
        outcome.confidence = predicted[index];
        outcome.gold_text = places.text(segment.document, segment.span).to_owned();
        let worst = certain[index]
            .iter()
            .max_by(|a, b| badness(&a.severity).total_cmp(&badness(&b.severity)));
        outcome.severity = worst.map_or_else(String::new, |garble| garble.severity.clone());
        let categories: BTreeSet<&str> = certain[index]
            .iter()
            .map(|garble| garble.category.as_str())
            .collect();
        for category in categories {
            outcome.slices.push(format!("category={category}"));
        }
        if without {
            outcome.slices.push("boilerplate=without".to_owned());
        }
        outcome.slices.sort();
        scored.outcomes.push(outcome);
    }
    for (slice, (mut table, true_negatives)) in ["all", "boilerplate=without"]
        .into_iter()
        .zip(tables.into_iter().zip(true_negatives))
    {
        table.true_negatives = Some(true_negatives);
        scored.measures.push(Measure {
            match_rule: RULE.to_owned(),
            counts: Some(table),
            support: Some((table.true_positives + table.false_negatives) as u64),
            ..Measure::new(slice, "mcc", counts::mcc(&table))
        });
    }
}

/// Orders severities; critical goes before major, which weighs the same.
fn badness(severity: &str) -> f64 {
    severity_weight(severity) + f64::from(u8::from(severity == "critical"))
}
