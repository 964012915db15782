//! Documents ranked by how garbled they are, and minimal pairs.

use crate::garble::Granularity;
use crate::metrics::{counts, ranking};
use crate::task::{Measure, Outcome, Scored, Verdict, rounded};

use super::Ground;
use super::tokens::Tokens;

pub(super) fn score(ground: &Ground<'_>, scored: &mut Scored) {
    let documents = ground.gold().corpus.len();
    let tokens: Vec<Tokens> = (0..documents)
        .map(|document| Tokens::new(ground, document, false))
        .collect();
    let predicted: Vec<f64> = match ground.granularity {
        Granularity::Document => {
            let mut scores = vec![0.0; documents];
            for garble in &ground.predicted {
                scores[garble.document] = rounded(garble.confidence).max(scores[garble.document]);
            }
            scores
        }
        _ => tokens
            .iter()
            .map(|tokens| {
                share(tokens, |index| {
                    f64::from(u8::from(tokens.confidence[index] >= 0.0))
                })
            })
            .collect(),
    };
    if ground.garbles.is_some() {
        let gold: Vec<f64> = tokens
            .iter()
            .map(|tokens| share(tokens, |index| tokens.weight[index]))
            .collect();
        for (metric, value) in [
            ("spearman", ranking::spearman(&gold, &predicted)),
            ("kendall", ranking::kendall_tau_b(&gold, &predicted)),
        ] {
            scored.measures.push(Measure {
                support: Some(documents as u64),
                ..Measure::new("all", metric, value)
            });
        }
    }
    preferences(ground, &predicted, scored);
}

/// Mean over the tokens without doubt; 0 for a document without tokens.
fn share(tokens: &Tokens, value: impl Fn(usize) -> f64) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for index in (0..tokens.weight.len()).filter(|&index| !tokens.doubtful[index]) {
        sum += value(index);
        count += 1.0;
    }
    counts::ratio(sum, count).unwrap_or(0.0)
}

/// One outcome per minimal pair: right when the clean document is ranked strictly cleaner.
fn preferences(ground: &Ground<'_>, predicted: &[f64], scored: &mut Scored) {
    let places = &ground.places;
    let Some(preferences) = ground.gold().preferences.as_deref() else {
        return;
    };
    let (mut right, mut ties) = (0.0, 0.0);
    for pair in preferences {
        let (Some(clean), Some(damaged)) = (predicted.get(pair.clean), predicted.get(pair.damaged))
        else {
            continue;
        };
        let verdict = if clean < damaged {
            right += 1.0;
            Verdict::TruePositive
        } else {
            Verdict::FalseNegative
        };
        let item = format!(
            "{}/preference/{}~{}",
            ground.gold().dataset,
            places.short(pair.clean),
            places.short(pair.damaged)
        );
        let id = ground.gold().document_id(pair.clean);
        let mut outcome = Outcome::new("preference", id, item, verdict);
        outcome.story = places.story(pair.clean).to_owned();
        outcome.category.clone_from(&pair.category);
        outcome.confidence = Some(*damaged);
        if clean == damaged {
            ties += 1.0;
            outcome.detail = "tie";
        }
        scored.outcomes.push(outcome);
    }
    let total = preferences.len() as f64;
    for (metric, value) in [("preference", right), ("preference_ties", ties)] {
        scored.measures.push(Measure {
            match_rule: "preference".to_owned(),
            support: Some(preferences.len() as u64),
            ..Measure::new("all", metric, counts::ratio(value, total))
        });
    }
}
