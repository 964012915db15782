//! Tokens ranked by confidence: average precision, and the recall of critical garble when 5 % or 10 % of the tokens of the
//! corpus may be flagged.

use crate::corpus::Span;
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
        let garbles = ground.garbles.unwrap_or_default();
        let first = garbles.partition_point(|g| g.document < document);
        for garble in garbles[first..]
            .iter()
            .take_while(|g| g.document == document)
        {
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
    let mut scores = Vec::new();
    let mut positive = Vec::new();
    let (mut total, mut positives) = (0u64, 0u64);
    for of_document in &tokens {
        for index in 0..of_document.spans.len() {
            if of_document.doubtful[index] {
                continue;
            }
            let garbled = of_document.weight[index] > 0.0;
            if ground.listed && !garbled {
                continue;
            }
            total += 1;
            positives += u64::from(garbled);
            if of_document.confidence[index] >= 0.0 {
                scores.push(of_document.confidence[index]);
                positive.push(garbled);
            }
        }
    }
    let steps = ranking::steps(&scores, &positive);
    scored.measures.push(Measure {
        match_rule: "token".to_owned(),
        support: Some(positives),
        ..Measure::new(
            "all",
            "average_precision",
            ranking::average_precision_of(&steps, positives),
        )
    });
    scored
        .curves
        .push(("token", ranking::precision_recall_curve(&steps, positives)));
    for percent in [5, 10] {
        critical_recall(ground, &tokens, &mut scores, total, percent, scored);
    }
}

/// Expected share of critical garbles of which some token is among the surest `percent` of all tokens; tokens of equal
/// confidence at the border are drawn at random.
fn critical_recall(
    ground: &Ground<'_>,
    tokens: &[Tokens],
    scores: &mut [f64],
    total: u64,
    percent: u64,
    scored: &mut Scored,
) {
    let budget = (total * percent / 100) as usize;
    scores.sort_unstable_by(|a, b| b.total_cmp(a));
    // Below `border` nothing is flagged, above it everything; of the `tied` tokens on it, `drawn` are.
    let border = match budget {
        0 => f64::INFINITY,
        _ => scores.get(budget - 1).copied().unwrap_or(0.0),
    };
    let above = scores.partition_point(|&score| score > border);
    let tied = scores.partition_point(|&score| score >= border) - above;
    let drawn = budget.saturating_sub(above).min(tied);
    let (mut found, mut support) = (0.0, 0u64);
    for garble in ground.garbles.unwrap_or_default() {
        if garble.doubtful || garble.severity != "critical" {
            continue;
        }
        support += 1;
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
        found += if sure {
            1.0
        } else {
            1.0 - missed(tied, drawn, on_border)
        };
    }
    let value = counts::ratio(found, support as f64);
    for (metric, value) in [
        (format!("critical_recall_at_{percent}"), value),
        (format!("critical_found_at_{percent}"), Some(found)),
        (
            format!("tokens_flagged_at_{percent}"),
            Some((above + drawn) as f64),
        ),
    ] {
        scored.measures.push(Measure {
            match_rule: "token".to_owned(),
            support: Some(support),
            ..Measure::new("all", metric, value)
        });
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
