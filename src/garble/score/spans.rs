//! Match rules `overlap` and `exact`: one-to-one pairs of spans.

use std::collections::BTreeMap;

use crate::garble::PredictedGarble;
use crate::label::Garble;
use crate::metrics::counts;
use crate::metrics::fold::{ALL, slice_name, slices_of};
use crate::metrics::spans::{self, Grade, Item, Rule};
use crate::task::{Measure, Outcome, Scored, Verdict, rounded};

use super::{Ground, severity_weight};

pub(super) fn score(ground: &Ground<'_>, scored: &mut Scored) {
    let garbles = ground.garbles.unwrap_or_default();
    let counted: Vec<&PredictedGarble> = ground.counted().collect();
    let all_gold: Vec<Item> = garbles
        .iter()
        .map(|garble| item(garble.document, garble.span, 0))
        .collect();
    // Predictions come sorted, so that the position decides between equal spans as confidence and category would.
    let all_predicted: Vec<Item> = counted
        .iter()
        .enumerate()
        .map(|(index, garble)| item(garble.document, garble.span, index as u64))
        .collect();
    let doubtful: Vec<bool> = garbles.iter().map(|garble| garble.doubtful).collect();
    let dont_care = spans::dont_care(&all_gold, &doubtful, &all_predicted, ground.listed);
    let gold_index: Vec<usize> = (0..garbles.len()).filter(|&i| !doubtful[i]).collect();
    let predicted_index: Vec<usize> = (0..counted.len()).filter(|&i| !dont_care[i]).collect();
    let gold: Vec<Item> = gold_index.iter().map(|&i| all_gold[i]).collect();
    let predicted: Vec<Item> = predicted_index.iter().map(|&i| all_predicted[i]).collect();
    let alignment = spans::align(&gold, &predicted);

    // All labels are equal here, so that the rule `type` asks for an overlap and nothing else.
    for (name, rule) in [("overlap", Rule::Type), ("exact", Rule::Exact)] {
        let mut used = vec![false; predicted.len()];
        let first = scored.outcomes.len();
        for (position, &index) in gold_index.iter().enumerate() {
            let garble = &garbles[index];
            let Some(mate) = alignment.mate(rule, position) else {
                scored
                    .outcomes
                    .push(gold_side(ground, name, garble, None, Grade::Missing));
                continue;
            };
            used[mate] = true;
            let other = counted[predicted_index[mate]];
            let grade = rule.grade(&gold[position], &predicted[mate]);
            scored
                .outcomes
                .push(gold_side(ground, name, garble, Some(other), grade));
            if grade != Grade::Correct {
                let verdict = Verdict::FalsePositive;
                scored
                    .outcomes
                    .push(predicted_side(ground, name, other, verdict, grade));
            }
        }
        for (position, &index) in predicted_index.iter().enumerate() {
            if !used[position] {
                let verdict = Verdict::FalsePositive;
                let outcome =
                    predicted_side(ground, name, counted[index], verdict, Grade::Spurious);
                scored.outcomes.push(outcome);
            }
        }
        for (index, garble) in counted.iter().enumerate() {
            if dont_care[index] {
                let mut outcome =
                    predicted_side(ground, name, garble, Verdict::Ignored, Grade::Spurious);
                outcome.detail = "";
                scored.outcomes.push(outcome);
            }
        }
        let measures = severity_weighted(name, &scored.outcomes[first..], gold.len());
        scored.measures.extend(measures);
    }
}

/// Recall with garbles weighted by severity, over all and by slice.
fn severity_weighted(rule: &str, outcomes: &[Outcome], support: usize) -> Vec<Measure> {
    let mut sums: BTreeMap<(&str, &str), (f64, f64, u64)> = BTreeMap::new();
    sums.entry((ALL, "")).or_default();
    let mut slices = Vec::new();
    for outcome in outcomes {
        let found = outcome.verdict == Verdict::TruePositive;
        if !found && outcome.verdict != Verdict::FalseNegative {
            continue;
        }
        let weight = severity_weight(&outcome.severity);
        slices.clear();
        slices_of(outcome, &mut slices);
        for &slice in &slices {
            let sum = sums.entry(slice).or_default();
            sum.0 += if found { weight } else { 0.0 };
            sum.1 += weight;
            sum.2 += 1;
        }
    }
    debug_assert_eq!(sums[&(ALL, "")].2, support as u64);
    let measure = |(slice, (found, total, support))| Measure {
        match_rule: rule.to_owned(),
        support: Some(support),
        ..Measure::new(
            slice_name(slice),
            "severity_weighted_recall",
            counts::ratio(found, total),
        )
    };
    sums.into_iter().map(measure).collect()
}

fn item(document: usize, span: crate::corpus::Span, rank: u64) -> Item {
    Item {
        document: document as u32,
        span,
        label: 0,
        rank,
    }
}

fn gold_side(
    ground: &Ground<'_>,
    rule: &'static str,
    garble: &Garble,
    mate: Option<&PredictedGarble>,
    grade: Grade,
) -> Outcome {
    let verdict = if grade == Grade::Correct {
        Verdict::TruePositive
    } else {
        Verdict::FalseNegative
    };
    let places = &ground.places;
    let id = places.span_item("garble", garble.document, garble.span);
    let mut outcome = places.outcome(rule, garble.document, garble.span, id, verdict);
    outcome.detail = grade.code();
    describe(&mut outcome, garble);
    outcome.gold_text = places.text(garble.document, garble.span).to_owned();
    if let Some(mate) = mate {
        outcome.predicted_type.clone_from(&mate.category);
        outcome.predicted_text = places.text(mate.document, mate.span).to_owned();
        outcome.confidence = Some(rounded(mate.confidence));
    }
    outcome
}

fn predicted_side(
    ground: &Ground<'_>,
    rule: &'static str,
    garble: &PredictedGarble,
    verdict: Verdict,
    grade: Grade,
) -> Outcome {
    let places = &ground.places;
    let id = places.span_item("garble", garble.document, garble.span);
    let mut outcome = places.outcome(rule, garble.document, garble.span, id, verdict);
    outcome.detail = grade.code();
    outcome.category.clone_from(&garble.category);
    outcome.predicted_type.clone_from(&garble.category);
    outcome.predicted_text = places.text(garble.document, garble.span).to_owned();
    outcome.confidence = Some(rounded(garble.confidence));
    outcome
}

/// Category, severity and subtype of a gold garble.
pub(super) fn describe(outcome: &mut Outcome, garble: &Garble) {
    outcome.category.clone_from(&garble.category);
    outcome.severity.clone_from(&garble.severity);
    if !garble.subtype.is_empty() {
        outcome.slices.push(format!("subtype={}", garble.subtype));
        outcome.slices.sort();
    }
}
