//! Tokens ranked by confidence: average precision, and the recall of critical garble when 5 % or 10 % of the tokens of the
//! corpus may be flagged.

use std::collections::BTreeMap;

use crate::corpus::Span;
use crate::garble::inject::Operator;
use crate::label::Garble;
use crate::metrics::fold::ALL;
use crate::metrics::{counts, ranking};
use crate::task::{Measure, Scored, rounded};
use crate::text::token;

use super::{Ground, severity_weight};

/// Tokens of one document and what covers them.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    spans: Vec<Span>,
    /// Highest severity weight of certain garble on the token; 0 without.
    pub(super) weight: Vec<f64>,
    /// Doubtful garble and no certain one.
    pub(super) doubtful: Vec<bool>,
    /// Highest confidence of the given predictions; negative without.
    pub(super) confidence: Vec<f64>,
}

impl Tokens {
    /// Tokens of a document with gold and the predictions that count (`all = false`) or all of them.
    pub(super) fn new(ground: &Ground<'_>, document: usize, all: bool) -> Self {
        let text = &ground.gold().corpus.documents[document].text;
        let spans: Vec<Span> = token::tokens(text).map(|token| token.span).collect();
        let mut tokens = Self {
            weight: vec![0.0; spans.len()],
            doubtful: vec![false; spans.len()],
            confidence: vec![-1.0; spans.len()],
            spans,
        };
        for garble in of_document(ground, document) {
            for index in tokens.over(garble.span) {
                if garble.doubtful {
                    tokens.doubtful[index] = true;
                } else {
                    let weight = severity_weight(&garble.severity);
                    tokens.weight[index] = tokens.weight[index].max(weight);
                }
            }
        }
        for index in 0..tokens.spans.len() {
            tokens.doubtful[index] &= tokens.weight[index] == 0.0;
        }
        let first = ground.predicted.partition_point(|p| p.document < document);
        let of_document = ground.predicted[first..]
            .iter()
            .take_while(|p| p.document == document);
        for predicted in of_document {
            let confidence = rounded(predicted.confidence);
            if !all && confidence < rounded(ground.threshold) {
                continue;
            }
            for index in tokens.over(predicted.span) {
                tokens.confidence[index] = tokens.confidence[index].max(confidence);
            }
        }
        tokens
    }

    /// Indices of the tokens that share a byte with the span.
    fn over(&self, span: Span) -> std::ops::Range<usize> {
        let first = self.spans.partition_point(|token| token.end <= span.start);
        let last = self.spans.partition_point(|token| token.start < span.end);
        first..last.max(first)
    }
}

pub(super) fn score(ground: &Ground<'_>, scored: &mut Scored) {
    let documents = 0..ground.gold().corpus.len();
    let tokens: Vec<Tokens> = documents
        .map(|document| Tokens::new(ground, document, true))
        .collect();
    let mut rankings = Rankings::new();
    for (document, of_document) in tokens.iter().enumerate() {
        for index in 0..of_document.spans.len() {
            let garbled = of_document.weight[index] > 0.0;
            if of_document.doubtful[index] || ground.listed && !garbled {
                continue;
            }
            let confidence = of_document.confidence[index];
            let span = of_document.spans[index];
            rankings.push(ground, document, span, confidence, garbled);
        }
    }
    for (slice, ranking) in &rankings.all {
        if ranking.positives == 0 && slice != ALL {
            continue;
        }
        let steps = ranking::steps(&ranking.scores, &ranking.positive);
        scored.measures.push(Measure {
            match_rule: "token".to_owned(),
            support: Some(ranking.positives),
            ..Measure::new(
                slice.as_str(),
                "average_precision",
                ranking::average_precision_of(&steps, ranking.positives),
            )
        });
        if slice == ALL {
            let curve = ranking::precision_recall_curve(&steps, ranking.positives);
            scored.curves.push(("token", curve));
        }
    }
    let Some((_, over_all)) = rankings.all.first_mut() else {
        return;
    };
    over_all.scores.sort_unstable_by(|a, b| b.total_cmp(a));
    if ground.gold().is_synthetic() {
        for &operator in Operator::ALL {
            of_operator(ground, &tokens, operator, scored);
        }
    }
    for percent in [5, 10] {
        critical_recall(ground, &tokens, over_all, percent, scored);
    }
}

/// Tokens of one slice.
#[derive(Debug, Default)]
struct Ranking {
    /// Confidence of the tokens that something flagged.
    scores: Vec<f64>,
    /// Whether they are garbled.
    positive: Vec<bool>,
    /// Garbled tokens, those that nothing flagged included.
    positives: u64,
    total: u64,
}

impl Ranking {
    fn push(&mut self, confidence: f64, garbled: bool) {
        self.total += 1;
        self.positives += u64::from(garbled);
        if confidence >= 0.0 {
            self.scores.push(confidence);
            self.positive.push(garbled);
        }
    }
}

/// The ranking over all, which comes first, and those of the slices by place.
struct Rankings {
    all: Vec<(String, Ranking)>,
    /// Rankings of the tokens of each document and segment.
    at: BTreeMap<(usize, Option<usize>), Vec<usize>>,
}

impl Rankings {
    fn new() -> Self {
        Self {
            all: vec![(ALL.to_owned(), Ranking::default())],
            at: BTreeMap::new(),
        }
    }

    fn push(
        &mut self,
        ground: &Ground<'_>,
        document: usize,
        span: Span,
        confidence: f64,
        garbled: bool,
    ) {
        let key = (document, ground.gold().segment_at(document, span));
        let all = &mut self.all;
        let at = self.at.entry(key).or_insert_with(|| {
            let mut found = vec![0];
            for slice in ground.places.slices_at(document, span) {
                let known = all.iter().position(|(name, _)| *name == slice);
                found.push(known.unwrap_or_else(|| {
                    all.push((slice, Ranking::default()));
                    all.len() - 1
                }));
            }
            found
        });
        for &ranking in at.iter() {
            all[ranking].1.push(confidence, garbled);
        }
    }
}

/// The garbles of one document.
fn of_document<'a>(ground: &Ground<'a>, document: usize) -> impl Iterator<Item = &'a Garble> {
    let garbles = ground.garbles.unwrap_or_default();
    let first = garbles.partition_point(|garble| garble.document < document);
    garbles[first..]
        .iter()
        .take_while(move |garble| garble.document == document)
}

/// The curve of one kind of injected damage: its tokens against those of no damage, tokens of other damage left out.
fn of_operator(ground: &Ground<'_>, tokens: &[Tokens], operator: Operator, scored: &mut Scored) {
    let (mut scores, mut positive, mut positives) = (Vec::new(), Vec::new(), 0_u64);
    for (document, tokens) in tokens.iter().enumerate() {
        let mut own = vec![false; tokens.spans.len()];
        for garble in of_document(ground, document) {
            if garble.subtype == operator.name() {
                own[tokens.over(garble.span)].fill(true);
            }
        }
        for (index, &own) in own.iter().enumerate() {
            if !own && tokens.weight[index] > 0.0 {
                continue;
            }
            positives += u64::from(own);
            if tokens.confidence[index] >= 0.0 {
                scores.push(tokens.confidence[index]);
                positive.push(own);
            }
        }
    }
    if positives > 0 {
        let steps = ranking::steps(&scores, &positive);
        let curve = ranking::precision_recall_curve(&steps, positives);
        scored.curves.push((operator.curve(), curve));
    }
}

/// Expected share of critical garbles of which some token is among the surest `percent` of all tokens; tokens of equal
/// confidence at the border are drawn at random. The budget is one over the whole corpus, slices say who gained from it.
/// `ranking` has its scores from the highest down.
fn critical_recall(
    ground: &Ground<'_>,
    tokens: &[Tokens],
    ranking: &Ranking,
    percent: u64,
    scored: &mut Scored,
) {
    let budget = (ranking.total * percent / 100) as usize;
    let scores = &ranking.scores;
    // Below `border` nothing is flagged, above it everything; of the `tied` tokens on it, `drawn` are.
    let border = match budget {
        0 => f64::INFINITY,
        _ => scores.get(budget - 1).copied().unwrap_or(0.0),
    };
    let above = scores.partition_point(|&score| score > border);
    let tied = scores.partition_point(|&score| score >= border) - above;
    let drawn = budget.saturating_sub(above).min(tied);
    let mut by_slice: BTreeMap<String, (f64, u64)> = BTreeMap::new();
    by_slice.entry(ALL.to_owned()).or_default();
    for garble in ground.garbles.unwrap_or_default() {
        if garble.doubtful || garble.severity != "critical" {
            continue;
        }
        let Some(of_document) = tokens.get(garble.document) else {
            continue;
        };
        let mut on_border = 0;
        let mut sure = false;
        for index in of_document.over(garble.span) {
            let confidence = of_document.confidence[index];
            sure |= confidence > border;
            on_border += usize::from(confidence == border);
        }
        let found = if sure {
            1.0
        } else {
            1.0 - missed(tied, drawn, on_border)
        };
        let mut slices = ground.places.slices_at(garble.document, garble.span);
        slices.push(ALL.to_owned());
        for (name, value) in [("category", &garble.category), ("subtype", &garble.subtype)] {
            if !value.is_empty() {
                slices.push(format!("{name}={value}"));
            }
        }
        for slice in slices {
            let sum = by_slice.entry(slice).or_default();
            sum.0 += found;
            sum.1 += 1;
        }
    }
    let mut push = |slice: &str, metric: String, value: Option<f64>, support: u64| {
        scored.measures.push(Measure {
            match_rule: "token".to_owned(),
            support: Some(support),
            ..Measure::new(slice, metric, value)
        });
    };
    for (slice, (found, support)) in by_slice {
        let value = counts::ratio(found, support as f64);
        push(
            &slice,
            format!("critical_recall_at_{percent}"),
            value,
            support,
        );
        if slice == ALL {
            let flagged = (above + drawn) as f64;
            push(
                ALL,
                format!("critical_found_at_{percent}"),
                Some(found),
                support,
            );
            push(
                ALL,
                format!("tokens_flagged_at_{percent}"),
                Some(flagged),
                support,
            );
        }
    }
}

/// Chance that none of `wanted` out of `tied` things is among `drawn` of them.
fn missed(tied: usize, drawn: usize, wanted: usize) -> f64 {
    (0..wanted)
        .map(|index| {
            let left = tied.saturating_sub(index);
            left.saturating_sub(drawn) as f64 / left.max(1) as f64
        })
        .product()
}
