//! Segments that hold some garble, against segments that hold some counted prediction.

use std::collections::{BTreeMap, BTreeSet};

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
    let mut tables: BTreeMap<String, Counts> = BTreeMap::new();
    let places = &ground.places;
    for (index, segment) in segments.iter().enumerate() {
        let is_garbled = !certain[index].is_empty();
        let without = !is_garbled || certain[index].iter().any(|g| g.category != BOILERPLATE);
        let ignored = !is_garbled && (doubtful[index] || ground.listed);
        let verdict = match (is_garbled, predicted[index].is_some()) {
            (false, false) => None,
            (false, true) if ignored => Some(Verdict::Ignored),
            (false, true) => Some(Verdict::FalsePositive),
            (true, true) => Some(Verdict::TruePositive),
            (true, false) => Some(Verdict::FalseNegative),
        };
        if !ignored {
            let mut slices = places.slices_at(segment.document, segment.span);
            // Whether a segment is garbled is the question: by its answer there is nothing to correlate.
            slices.retain(|slice| slice != "segment=garbled" && slice != "segment=clean");
            slices.push("all".to_owned());
            if without {
                slices.push("boilerplate=without".to_owned());
            }
            for slice in slices {
                count(tables.entry(slice).or_default(), verdict);
            }
        }
        let Some(verdict) = verdict else { continue };
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
    for slice in ["all", "boilerplate=without"] {
        tables.entry(slice.to_owned()).or_default();
    }
    for (slice, mut table) in tables {
        table.true_negatives.get_or_insert(0.0);
        scored.measures.push(Measure {
            match_rule: RULE.to_owned(),
            counts: Some(table),
            support: Some((table.true_positives + table.false_negatives) as u64),
            ..Measure::new(slice, "mcc", counts::mcc(&table))
        });
    }
}

/// Counts a segment; without a verdict it is a true negative.
fn count(table: &mut Counts, verdict: Option<Verdict>) {
    match verdict {
        Some(Verdict::TruePositive) => table.true_positives += 1.0,
        Some(Verdict::FalsePositive) => table.false_positives += 1.0,
        Some(Verdict::FalseNegative) => table.false_negatives += 1.0,
        Some(Verdict::Ignored) => {}
        None => *table.true_negatives.get_or_insert(0.0) += 1.0,
    }
}

/// Orders severities; critical goes before major, which weighs the same.
fn badness(severity: &str) -> f64 {
    severity_weight(severity) + f64::from(u8::from(severity == "critical"))
}
