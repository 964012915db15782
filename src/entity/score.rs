//! Scoring of recognizers, resolvers and both together.

mod clusters;
mod outcomes;
mod sides;
mod slices;
mod tables;
mod view;

use crate::entity::PredictedMention;
use crate::label::{Gold, Mention};
use crate::metrics::clusters::Unmatched;
use crate::metrics::fold::Tables;
use crate::metrics::spans::{self, Rule};
use crate::place::Places;
use crate::task::{Measure, Scored, Verdict};

use clusters::Link;
use outcomes::Writer;
use sides::{Sides, nested};
use slices::Slices;
use tables::{NestingOf, Tally, confusion, grade_measures, grades_by_slice, unique_surfaces};
use view::conll4;

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
        slices: Slices::new(&places, gold, layer),
    };
    let mut scored = Scored::default();
    for rule in Rule::ALL {
        writer.outcomes(rule, &alignment, &mut scored.outcomes);
        scored.measures.extend(grade_measures(
            rule,
            &alignment.grades(rule, &sides.gold, &sides.predicted),
        ));
    }
    scored.measures.extend(grades_by_slice(&scored.outcomes));
    scored.measures.extend(confusion(&alignment, &sides));
    scored
        .measures
        .extend(unique_surfaces(gold, &alignment, &sides));
    scored
        .measures
        .extend(conll4(predicted, layer, gold.judged("mentions")));
    sort(&mut scored);
    scored
}

/// The measures of [`mentions`] over all, by type and by nesting (the five counts over all only), without making outcomes: ten times faster on large sets, and
/// the same values as the folded outcomes.
pub fn mention_measures(predicted: &[PredictedMention], gold: &Gold) -> Vec<Measure> {
    let Some(layer) = gold.mentions.as_deref() else {
        return Vec::new();
    };
    let sides = Sides::new(predicted, layer, gold.judged("mentions"));
    let alignment = spans::align(&sides.gold, &sides.predicted);
    let nesting = NestingOf::new(&sides, layer, &nested(predicted));
    let mut tables = Tables::default();
    let mut measures = Vec::new();
    for rule in Rule::ALL {
        Tally::new(rule, &alignment, &sides, &nesting).add(rule, &sides, &mut tables);
        measures.extend(grade_measures(
            rule,
            &alignment.grades(rule, &sides.gold, &sides.predicted),
        ));
    }
    measures.extend(tables.measures());
    measures.extend(confusion(&alignment, &sides));
    measures.extend(unique_surfaces(gold, &alignment, &sides));
    measures
}

/// Scores a clustering of all gold mentions (one number per mention, in gold order; one without a number is alone). Doubtful mentions leave both sides.
///
/// Empty when the gold has no mentions or no entities.
pub fn resolution(clusters: &[u32], gold: &Gold) -> Scored {
    let listed = listed_pairs(clusters, gold);
    let Some(layer) = entities(gold) else {
        return listed;
    };
    let mut links = Vec::with_capacity(layer.len());
    for (index, mention) in layer.iter().enumerate() {
        if !mention.doubtful {
            links.push(Link::of_gold(index, mention, clusters.get(index).copied()));
        }
    }
    let mut scored = clusters::score(&links, Unmatched::Singletons, layer, gold);
    scored.outcomes.extend(listed.outcomes);
    scored
}

/// One outcome per listed mention pair, under the match rule `listed`: both in one cluster, or not. Pairs that both sides keep apart
/// have no outcome; nothing beyond the list is judged.
fn listed_pairs(clusters: &[u32], gold: &Gold) -> Scored {
    let places = Places::new(gold);
    let mentions = gold.mentions.as_deref().unwrap_or_default();
    let mut scored = Scored::default();
    for pair in gold.mention_pairs.iter().flatten() {
        let (Some(a), Some(b)) = (mentions.get(pair.a), mentions.get(pair.b)) else {
            continue;
        };
        let joined = clusters.get(pair.a).is_some() && clusters.get(pair.a) == clusters.get(pair.b);
        let verdict = match (pair.same, joined) {
            (true, true) => Verdict::TruePositive,
            (true, false) => Verdict::FalseNegative,
            (false, true) => Verdict::FalsePositive,
            (false, false) => continue,
        };
        let item = format!(
            "{}/names/{}:{}~{}:{}",
            gold.dataset,
            places.short(a.document),
            a.span,
            places.short(b.document),
            b.span
        );
        let mut outcome = places.outcome("listed", a.document, a.span, item, verdict);
        outcome.gold_type.clone_from(&a.entity_type);
        outcome.gold_text = places.text(a.document, a.span).to_owned();
        outcome.predicted_text = places.text(b.document, b.span).to_owned();
        scored.outcomes.push(outcome);
    }
    scored
}

/// Scores predicted mentions with their clusters (one number per prediction), aligned with gold by exact span. A mention on one
/// side only earns nothing, as in the CoNLL reference scorer: were it a cluster of one on the other side, then a recognizer that
/// finds nothing would be right about every name that occurs once, and lone inventions would raise every figure. Doubtful mentions and don't-care predictions leave both sides.
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
        let cluster = mate.and_then(|mate| clusters.get(sides.predicted_index[mate]).copied());
        links.push(Link::of_gold(index, &layer[index], cluster));
    }
    for (item, &index) in sides.predicted_index.iter().enumerate() {
        if !used[item] {
            links.push(Link {
                gold: None,
                predicted: clusters.get(index).copied(),
                document: predicted[index].document,
                span: predicted[index].span,
                entity_type: &predicted[index].entity_type,
            });
        }
    }
    let mut scored = clusters::score(&links, Unmatched::NoCredit, layer, gold);
    // Version 1 put mentions of one side on the other one as clusters of one.
    for measure in &mut scored.measures {
        let changed = ["b_cubed", "ceaf", "lea", "blanc", "exact_clusters"];
        if changed.iter().any(|name| measure.metric.starts_with(name)) {
            measure.metric_version = 2;
        }
    }
    scored
}

/// The mentions, when some have an entity.
fn entities(gold: &Gold) -> Option<&[Mention]> {
    let layer = gold.mentions.as_deref()?;
    layer
        .iter()
        .any(|mention| !mention.entity.is_empty())
        .then_some(layer)
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
