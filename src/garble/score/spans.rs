//! Match rules `overlap` and `exact`: one-to-one pairs of spans.

use crate::garble::PredictedGarble;
use crate::label::Garble;
use crate::metrics::counts;
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
        let (mut found, mut total) = (0.0, 0.0);
        for (position, &index) in gold_index.iter().enumerate() {
            let garble = &garbles[index];
            let weight = severity_weight(&garble.severity);
            total += weight;
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
            if grade == Grade::Correct {
                found += weight;
            } else {
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
        scored.measures.push(Measure {
            match_rule: name.to_owned(),
            support: Some(gold.len() as u64),
            ..Measure::new(
                "all",
                "severity_weighted_recall",
                counts::ratio(found, total),
            )
        });
    }
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
