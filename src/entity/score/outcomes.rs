//! Outcomes of aligned mentions.

use crate::corpus::Span;
use crate::entity::PredictedMention;
use crate::label::{Mention, Nesting};
use crate::metrics::spans::{Alignment, Grade, Rule};
use crate::place::Places;
use crate::task::{Outcome, Verdict, rounded};

use super::sides::Sides;
use super::slices::Slices;

/// Makes outcomes of an alignment.
pub(super) struct Writer<'a> {
    pub(super) places: &'a Places<'a>,
    pub(super) layer: &'a [Mention],
    pub(super) predictions: &'a [PredictedMention],
    pub(super) sides: &'a Sides<'a>,
    pub(super) nested: Vec<bool>,
    pub(super) slices: Slices<'a>,
}

impl Writer<'_> {
    pub(super) fn outcomes(&self, rule: Rule, alignment: &Alignment, outcomes: &mut Vec<Outcome>) {
        let sides = self.sides;
        let mut used = vec![false; sides.predicted.len()];
        for (item, &index) in sides.gold_index.iter().enumerate() {
            let mate = alignment.mate(rule, item);
            let Some(mate) = mate else {
                let missing = Some((Verdict::FalseNegative, 1.0));
                outcomes.extend(missing.map(|(verdict, weight)| {
                    self.gold_side(rule, index, None, Grade::Missing, verdict, weight)
                }));
                continue;
            };
            used[mate] = true;
            let grade = rule.grade(&sides.gold[item], &sides.predicted[mate]);
            let other = sides.predicted_index[mate];
            let gold_side =
                |verdict, weight| self.gold_side(rule, index, Some(other), grade, verdict, weight);
            let predicted_side =
                |weight| self.predicted_side(rule, other, Some(index), grade, weight);
            match grade {
                Grade::Correct => outcomes.push(gold_side(Verdict::TruePositive, 1.0)),
                Grade::Partial => outcomes.extend([
                    gold_side(Verdict::TruePositive, 0.5),
                    gold_side(Verdict::FalseNegative, 0.5),
                    predicted_side(0.5),
                ]),
                _ => outcomes.extend([gold_side(Verdict::FalseNegative, 1.0), predicted_side(1.0)]),
            }
        }
        for (item, &index) in sides.predicted_index.iter().enumerate() {
            if !used[item] {
                outcomes.push(self.predicted_side(rule, index, None, Grade::Spurious, 1.0));
            }
        }
        for &index in &sides.ignored {
            let mut outcome = self.predicted_side(rule, index, None, Grade::Spurious, 1.0);
            outcome.verdict = Verdict::Ignored;
            outcome.detail = "";
            outcomes.push(outcome);
        }
    }

    fn gold_side(
        &self,
        rule: Rule,
        index: usize,
        mate: Option<usize>,
        grade: Grade,
        verdict: Verdict,
        weight: f64,
    ) -> Outcome {
        let mention = &self.layer[index];
        let mut outcome = self.outcome(rule, mention.document, mention.span, verdict);
        if !mention.zone.is_empty() {
            outcome.zone.clone_from(&mention.zone);
        }
        outcome.detail = grade.code();
        outcome.weight = weight;
        self.fill(&mut outcome, Some(index), mate);
        self.nesting(&mut outcome, mention.nesting == Nesting::Inner);
        self.slices.of_gold(mention, &mut outcome.slices);
        self.finish(outcome)
    }

    fn predicted_side(
        &self,
        rule: Rule,
        index: usize,
        mate: Option<usize>,
        grade: Grade,
        weight: f64,
    ) -> Outcome {
        let mention = &self.predictions[index];
        let mut outcome =
            self.outcome(rule, mention.document, mention.span, Verdict::FalsePositive);
        outcome.detail = grade.code();
        outcome.weight = weight;
        self.fill(&mut outcome, mate, Some(index));
        self.nesting(&mut outcome, self.nested[index]);
        self.slices
            .of_text(mention.document, mention.span, &mut outcome.slices);
        self.finish(outcome)
    }

    fn outcome(&self, rule: Rule, document: usize, span: Span, verdict: Verdict) -> Outcome {
        let item = self.places.span_item("mention", document, span);
        self.places
            .outcome(rule.name(), document, span, item, verdict)
    }

    fn fill(&self, outcome: &mut Outcome, gold: Option<usize>, predicted: Option<usize>) {
        if let Some(mention) = gold.map(|index| &self.layer[index]) {
            outcome.gold_type.clone_from(&mention.entity_type);
            outcome.gold_text = self.places.text(mention.document, mention.span).to_owned();
        }
        if let Some(mention) = predicted.map(|index| &self.predictions[index]) {
            outcome.predicted_type.clone_from(&mention.entity_type);
            outcome.predicted_text = self.places.text(mention.document, mention.span).to_owned();
            outcome.confidence = Some(rounded(mention.confidence));
        }
    }

    fn nesting(&self, outcome: &mut Outcome, inner: bool) {
        outcome
            .slices
            .push(format!("nesting={}", if inner { "inner" } else { "outer" }));
    }

    fn finish(&self, mut outcome: Outcome) -> Outcome {
        outcome.slices.sort();
        outcome
    }
}
