//! Scoring of recognizers, resolvers and both together.

use std::collections::BTreeMap;

use crate::corpus::Span;
use crate::entity::PredictedMention;
use crate::label::{Gold, Judged, Mention, Nesting};
use crate::metrics::clusters::{Unmatched, cluster_metrics_with};
use crate::metrics::counts;
use crate::metrics::spans::{self, Alignment, Grade, Item, Rule};
use crate::place::Places;
use crate::task::{Counts, Measure, Outcome, Scored, Verdict, rounded};

/// Scores predicted mentions by the match rules strict, exact, partial and type, with unique surfaces and type confusion.
///
/// Empty when the gold has no mentions. The order of the predictions changes nothing.
pub fn mentions(predicted: &[PredictedMention], gold: &Gold) -> Scored {
    let Some(layer) = gold.mentions.as_deref() else {
        return Scored::default();
    };
    let places = Places::new(gold);
    let sides = Sides::new(predicted, layer, gold.judged("mentions"));
    let alignment = spans::align(&sides.gold, &sides.predicted);
    let writer = Writer {
        places: &places,
        layer,
        predictions: predicted,
        sides: &sides,
        nested: nested(predicted),
    };
    let mut scored = Scored::default();
    for rule in Rule::ALL {
        writer.outcomes(rule, &alignment, &mut scored.outcomes);
        scored.measures.extend(grade_measures(
            rule,
            &alignment.grades(rule, &sides.gold, &sides.predicted),
        ));
    }
    scored.measures.extend(confusion(&alignment, &sides));
    scored
        .measures
        .extend(unique_surfaces(&places, layer, predicted, &sides));
    sort(&mut scored);
    scored
}

/// Scores a clustering of all gold mentions (one number per mention, in gold order). Doubtful mentions leave both sides.
///
/// Empty when the gold has no mentions or no entities.
pub fn resolution(clusters: &[u32], gold: &Gold) -> Scored {
    let Some(layer) = entities(gold) else {
        return Scored::default();
    };
    let mut links = Vec::with_capacity(layer.len());
    for (index, mention) in layer.iter().enumerate() {
        if !mention.doubtful {
            links.push(Link {
                gold: Some(index),
                predicted: clusters.get(index).copied(),
            });
        }
    }
    clustering(&links, layer, gold)
}

/// Scores predicted mentions with their clusters (one number per prediction), aligned with gold by exact span. A mention on one
/// side only counts as a singleton on the other. Doubtful mentions and don't-care predictions leave both sides.
///
/// Empty when the gold has no mentions or no entities.
pub fn end_to_end(predicted: &[PredictedMention], clusters: &[u32], gold: &Gold) -> Scored {
    let Some(layer) = entities(gold) else {
        return Scored::default();
    };
    let sides = Sides::new(predicted, layer, gold.judged("mentions"));
    let alignment = spans::align(&sides.gold, &sides.predicted);
    let mut used = vec![false; sides.predicted.len()];
    let mut links = Vec::new();
    for (item, &index) in sides.gold_index.iter().enumerate() {
        let mate = alignment
            .mate(Rule::Exact, item)
            .filter(|&mate| sides.predicted[mate].span == sides.gold[item].span);
        if let Some(mate) = mate {
            used[mate] = true;
        }
        links.push(Link {
            gold: Some(index),
            predicted: mate.and_then(|mate| clusters.get(sides.predicted_index[mate]).copied()),
        });
    }
    for (item, &index) in sides.predicted_index.iter().enumerate() {
        if !used[item] {
            links.push(Link {
                gold: None,
                predicted: clusters.get(index).copied(),
            });
        }
    }
    clustering(&links, layer, gold)
}

/// Both sides as numbers, without doubtful gold and don't-care predictions.
struct Sides<'a> {
    labels: Vec<&'a str>,
    gold: Vec<Item>,
    /// Index into the layer of each item of `gold`.
    gold_index: Vec<usize>,
    predicted: Vec<Item>,
    /// Index into the predictions of each item of `predicted`.
    predicted_index: Vec<usize>,
    ignored: Vec<usize>,
}

impl<'a> Sides<'a> {
    fn new(predicted: &'a [PredictedMention], layer: &'a [Mention], judged: Judged) -> Self {
        let mut labels: Vec<&str> = Vec::new();
        for name in layer
            .iter()
            .map(|mention| mention.entity_type.as_str())
            .chain(predicted.iter().map(|mention| mention.entity_type.as_str()))
        {
            // Few types, mostly in runs: a scan from the end beats a map.
            if !labels.iter().rev().any(|known| *known == name) {
                labels.push(name);
            }
        }
        labels.sort_unstable();
        let label = |name: &str| labels.binary_search(&name).unwrap_or(0) as u32;
        let all_gold: Vec<Item> = layer
            .iter()
            .map(|mention| Item {
                document: mention.document as u32,
                span: mention.span,
                label: label(&mention.entity_type),
                rank: 0,
            })
            .collect();
        let all_predicted: Vec<Item> = predicted
            .iter()
            .map(|mention| Item {
                document: mention.document as u32,
                span: mention.span,
                label: label(&mention.entity_type),
                rank: rank(mention.confidence),
            })
            .collect();
        let doubtful: Vec<bool> = layer.iter().map(|mention| mention.doubtful).collect();
        let dont_care = spans::dont_care(
            &all_gold,
            &doubtful,
            &all_predicted,
            judged == Judged::Listed,
        );
        let gold_index: Vec<usize> = (0..layer.len()).filter(|&i| !doubtful[i]).collect();
        let (ignored, predicted_index): (Vec<usize>, Vec<usize>) =
            (0..predicted.len()).partition(|&i| dont_care[i]);
        Self {
            gold: gold_index.iter().map(|&i| all_gold[i]).collect(),
            predicted: predicted_index.iter().map(|&i| all_predicted[i]).collect(),
            labels,
            gold_index,
            predicted_index,
            ignored,
        }
    }
}

/// Higher confidence first.
fn rank(confidence: f64) -> u64 {
    let millionths = (confidence.clamp(0.0, 1.0) * 1e6).round() as u64;
    1_000_000 - millionths.min(1_000_000)
}

/// For each prediction: does it stand strictly inside another one of its document?
fn nested(predicted: &[PredictedMention]) -> Vec<bool> {
    let mut order: Vec<usize> = (0..predicted.len()).collect();
    order.sort_by_key(|&index| {
        let mention = &predicted[index];
        (
            mention.document,
            mention.span.start,
            usize::MAX - mention.span.end,
        )
    });
    let mut inside = vec![false; predicted.len()];
    // The furthest end so far, and the span that has it (the first, which is the widest).
    let mut widest: Option<(usize, Span)> = None;
    for index in order {
        let (document, span) = (predicted[index].document, predicted[index].span);
        match widest {
            Some((other, outer)) if other == document && outer.end >= span.end => {
                inside[index] = outer != span;
            }
            _ => widest = Some((document, span)),
        }
    }
    inside
}

/// Makes outcomes of an alignment.
struct Writer<'a> {
    places: &'a Places<'a>,
    layer: &'a [Mention],
    predictions: &'a [PredictedMention],
    sides: &'a Sides<'a>,
    nested: Vec<bool>,
}

impl Writer<'_> {
    fn outcomes(&self, rule: Rule, alignment: &Alignment, outcomes: &mut Vec<Outcome>) {
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
        outcome
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
        outcome
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
        outcome.slices.sort();
    }
}

/// The five counts of MUC-5 as measures.
fn grade_measures(rule: Rule, grades: &spans::Grades) -> Vec<Measure> {
    [
        ("correct", grades.correct),
        ("incorrect", grades.incorrect),
        ("partial", grades.partial),
        ("missing", grades.missing),
        ("spurious", grades.spurious),
    ]
    .into_iter()
    .map(|(metric, count)| Measure {
        match_rule: rule.name().to_owned(),
        ..Measure::new("all", metric, Some(count as f64))
    })
    .collect()
}

/// How often each gold type was paired with each predicted type, by the pairing of the match rule `partial`, which knows no
/// types; `-` stands for no partner. Rows add up to the support of their type.
fn confusion(alignment: &Alignment, sides: &Sides<'_>) -> Vec<Measure> {
    let mut table: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    let mut used = vec![false; sides.predicted.len()];
    let name = |label: u32| sides.labels[label as usize];
    for (index, item) in sides.gold.iter().enumerate() {
        let mate = alignment.mate(Rule::Partial, index);
        let other = mate.map_or("-", |mate| {
            used[mate] = true;
            name(sides.predicted[mate].label)
        });
        *table.entry((name(item.label), other)).or_default() += 1;
    }
    for (item, used) in sides.predicted.iter().zip(used) {
        if !used {
            *table.entry(("-", name(item.label))).or_default() += 1;
        }
    }
    table
        .into_iter()
        .map(|((gold, predicted), count)| Measure {
            match_rule: Rule::Partial.name().to_owned(),
            ..Measure::new(
                format!("gold_type={gold} predicted_type={predicted}"),
                "confusion",
                Some(count as f64),
            )
        })
        .collect()
}

/// Precision, recall and F1 over distinct (text, type) instead of mentions (WNUT-17).
fn unique_surfaces(
    places: &Places<'_>,
    layer: &[Mention],
    predicted: &[PredictedMention],
    sides: &Sides<'_>,
) -> Vec<Measure> {
    // Bits: in gold, in doubtful gold, predicted.
    let mut seen: BTreeMap<(&str, &str), u8> = BTreeMap::new();
    for mention in layer {
        let surface = places.text(mention.document, mention.span);
        let bit = if mention.doubtful { 2 } else { 1 };
        *seen.entry((surface, &mention.entity_type)).or_default() |= bit;
    }
    for &index in &sides.predicted_index {
        let mention = &predicted[index];
        let surface = places.text(mention.document, mention.span);
        *seen.entry((surface, &mention.entity_type)).or_default() |= 4;
    }
    let count = |wanted: &[u8]| seen.values().filter(|bits| wanted.contains(bits)).count() as f64;
    let table = Counts {
        true_positives: count(&[1 | 4, 1 | 2 | 4]),
        false_positives: count(&[4]),
        false_negatives: count(&[1, 1 | 2]),
        true_negatives: None,
    };
    counted("unique-surface", &table)
}

/// Precision, recall and F1 of counts that are not folded from outcomes.
fn counted(rule: &str, table: &Counts) -> Vec<Measure> {
    let support = (table.true_positives + table.false_negatives) as u64;
    [
        ("precision", counts::precision(table)),
        ("recall", counts::recall(table)),
        ("f1", counts::f1(table)),
    ]
    .into_iter()
    .map(|(metric, value)| Measure {
        match_rule: rule.to_owned(),
        counts: Some(*table),
        support: Some(support),
        ..Measure::new("all", metric, value)
    })
    .collect()
}

fn entities(gold: &Gold) -> Option<&[Mention]> {
    let layer = gold.mentions.as_deref()?;
    layer
        .iter()
        .any(|mention| !mention.entity.is_empty())
        .then_some(layer)
}

/// A mention on one or both sides: index of the gold mention, number of the predicted cluster. A missing number stands for a
/// cluster of its own.
#[derive(Clone, Copy)]
struct Link {
    gold: Option<usize>,
    predicted: Option<u32>,
}

fn clustering(links: &[Link], layer: &[Mention], gold: &Gold) -> Scored {
    let mut names: BTreeMap<&str, u32> = BTreeMap::new();
    for mention in layer {
        let next = names.len() as u32;
        names.entry(&mention.entity).or_insert(next);
    }
    let entity = |index: usize| {
        let entity = layer[index].entity.as_str();
        // A mention without an entity is known to be a name and nothing else: alone.
        names.get(entity).copied().filter(|_| !entity.is_empty())
    };
    let mut alone = names.len() as u32;
    let key: Vec<Option<u32>> = links
        .iter()
        .map(|link| {
            link.gold.map(|index| {
                entity(index).unwrap_or_else(|| {
                    alone += 1;
                    alone
                })
            })
        })
        .collect();
    let response: Vec<Option<u32>> = links.iter().map(|link| link.predicted).collect();
    let mut scored = Scored {
        measures: cluster_metrics_with(&key, &response, Unmatched::Singletons).measures("all"),
        ..Scored::default()
    };
    exact_clusters(links, &key, &response, layer, gold, &mut scored.outcomes);
    sort(&mut scored);
    scored
}

/// One outcome per gold mention: right when its predicted cluster is exactly its entity.
fn exact_clusters(
    links: &[Link],
    key: &[Option<u32>],
    response: &[Option<u32>],
    layer: &[Mention],
    gold: &Gold,
    outcomes: &mut Vec<Outcome>,
) {
    let places = Places::new(gold);
    let mut key_sizes: BTreeMap<u32, u32> = BTreeMap::new();
    let mut response_sizes: BTreeMap<u32, u32> = BTreeMap::new();
    let mut common: BTreeMap<(u32, u32), u32> = BTreeMap::new();
    for (key, response) in key.iter().zip(response) {
        for (label, sizes) in [(key, &mut key_sizes), (response, &mut response_sizes)] {
            if let Some(label) = label {
                *sizes.entry(*label).or_default() += 1;
            }
        }
        if let (Some(key), Some(response)) = (key, response) {
            *common.entry((*key, *response)).or_default() += 1;
        }
    }
    for ((link, key), response) in links.iter().zip(key).zip(response) {
        let Some(index) = link.gold else { continue };
        let mention = &layer[index];
        // A mention that was not recognized is in no predicted cluster, not even in one of its own.
        let exact = match (key, response) {
            (Some(key), Some(response)) => {
                let size = common.get(&(*key, *response));
                size == key_sizes.get(key) && size == response_sizes.get(response)
            }
            _ => false,
        };
        let verdict = if exact {
            Verdict::TruePositive
        } else {
            Verdict::FalseNegative
        };
        let item = places.span_item("mention", mention.document, mention.span);
        let mut outcome = places.outcome(
            "exact-cluster",
            mention.document,
            mention.span,
            item,
            verdict,
        );
        if !mention.zone.is_empty() {
            outcome.zone.clone_from(&mention.zone);
        }
        outcome.gold_type.clone_from(&mention.entity_type);
        outcome.gold_text = places.text(mention.document, mention.span).to_owned();
        outcomes.push(outcome);
    }
}

fn sort(scored: &mut Scored) {
    scored.outcomes.sort_by(|a, b| {
        (
            a.match_rule,
            &a.document,
            &a.item,
            a.verdict,
            &a.gold_type,
            &a.predicted_type,
        )
            .cmp(&(
                b.match_rule,
                &b.document,
                &b.item,
                b.verdict,
                &b.gold_type,
                &b.predicted_type,
            ))
            .then(
                a.confidence
                    .partial_cmp(&b.confidence)
                    .unwrap_or(std::cmp::Ordering::Equal),
            )
    });
}

#[cfg(test)]
mod tests;
