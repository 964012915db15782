//! Any metric from raw data, as JSON: for checks against other scorers and for worked examples.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::corpus::Span;
use crate::task::Counts;

use super::agreement::{cohen_kappa, krippendorff_alpha};
use super::clusters::{Unmatched, cluster_metrics_with};
use super::counts;
use super::ranking::{
    average_precision_of, best_f1, kendall_tau_b, matthews, precision_recall_curve, spearman, steps,
};
use super::spans::{Item, Rule, align};
use super::tags::nervaluate::{Entity, Nervaluate, Schema, SchemaCounts, evaluate};
use super::tags::{Mode, Scheme, Score, Sentences, TagSet, nervaluate_tags, score_tags};

/// The cases, one example each.
pub const CASES: &str = r#"Cases, one JSON object a line:
  {"metric":"clusters","key":[0,0,1,null],"response":[0,1,1,2]}   labels by item, null = on the other side only
  {"metric":"ranking","scores":[0.9,0.1],"positive":[true,false]} average precision and the curve
  {"metric":"correlation","left":[1,2,3],"right":[1,3,2]}         Spearman and Kendall's tau-b
  {"metric":"matthews","counts":[6,1,2,3]}                        true/false positives, false/true negatives
  {"metric":"kappa","left":["a","b"],"right":["a","a"]}           Cohen's kappa
  {"metric":"alpha","units":[["a","a"],["a","b"]]}                Krippendorff's alpha, nominal
  {"metric":"tags","mode":"seqeval","scheme":"IOB2","gold":[["B-X","O"]],"predicted":[["B-X","O"]]}
  {"metric":"spans","gold":[[["X",0,3]]],"predicted":[[["X",0,2]]]}  nervaluate 1.2.1: label, start, inclusive end
  {"metric":"mentions","gold":[[["X",0,4]]],"predicted":[[["X",0,3]]]}  the four match rules: label, start, end (exclusive)"#;

/// Raw data of one metric; [`CASES`] shows each.
#[derive(Debug, Deserialize)]
#[serde(tag = "metric", rename_all = "lowercase", deny_unknown_fields)]
pub enum Case {
    /// Two clusterings.
    Clusters {
        /// Label of each item in the key.
        key: Vec<Option<u32>>,
        /// Label of each item in the response.
        response: Vec<Option<u32>>,
        /// Items on one side only earn what a cluster of one earns.
        #[serde(default)]
        singletons: bool,
    },
    /// Scored items.
    Ranking {
        /// The higher, the earlier.
        scores: Vec<f64>,
        /// Whether it should be found.
        positive: Vec<bool>,
    },
    /// Two rankings.
    Correlation {
        /// One ranking.
        left: Vec<f64>,
        /// The other.
        right: Vec<f64>,
    },
    /// A two-by-two table.
    Matthews {
        /// True and false positives, false and true negatives.
        counts: [f64; 4],
    },
    /// Two annotators.
    Kappa {
        /// Labels of one annotator.
        left: Vec<String>,
        /// Labels of the other.
        right: Vec<String>,
    },
    /// Any number of annotators.
    Alpha {
        /// Labels of each unit.
        units: Vec<Vec<String>>,
    },
    /// Tag sequences.
    Tags {
        /// A mode by name.
        mode: String,
        /// A scheme by name; IOB2 without.
        #[serde(default)]
        scheme: Option<String>,
        /// Gold sentences.
        gold: Vec<Vec<String>>,
        /// Predicted sentences.
        predicted: Vec<Vec<String>>,
    },
    /// Spans for nervaluate.
    Spans {
        /// Gold documents: label, start, inclusive end.
        gold: Vec<Vec<(String, u32, u32)>>,
        /// Predicted documents.
        predicted: Vec<Vec<(String, u32, u32)>>,
    },
    /// Spans for the match rules of the project.
    Mentions {
        /// Gold documents: label, start, exclusive end.
        gold: Vec<Vec<(String, usize, usize)>>,
        /// Predicted documents.
        predicted: Vec<Vec<(String, usize, usize)>>,
    },
}

/// The values of a case by name; `null` = undefined.
///
/// # Errors
/// What is wrong with the case.
pub fn compute(case: Case) -> Result<Value, String> {
    Ok(match case {
        Case::Clusters {
            key,
            response,
            singletons,
        } => {
            let unmatched = if singletons {
                Unmatched::Singletons
            } else {
                Unmatched::NoCredit
            };
            let measures = cluster_metrics_with(&key, &response, unmatched).measures("all");
            let values = measures.into_iter().map(|m| (m.metric, json!(m.value)));
            Value::Object(values.collect())
        }
        Case::Ranking { scores, positive } => {
            let positives = positive.iter().filter(|&&p| p).count() as u64;
            let steps = steps(&scores, &positive);
            let curve = precision_recall_curve(&steps, positives);
            json!({
                "average_precision": average_precision_of(&steps, positives),
                "best_f1": best_f1(&curve).and_then(|point| point.f1),
                "thresholds": curve.iter().map(|point| point.threshold).collect::<Vec<_>>(),
                "precisions": curve.iter().map(|point| point.precision).collect::<Vec<_>>(),
                "recalls": curve.iter().map(|point| point.recall).collect::<Vec<_>>(),
            })
        }
        Case::Correlation { left, right } => json!({
            "spearman": spearman(&left, &right),
            "kendall": kendall_tau_b(&left, &right),
        }),
        Case::Matthews {
            counts: [tp, fp, fn_, tn],
        } => {
            json!({"matthews": matthews(tp, fp, fn_, tn)})
        }
        Case::Kappa { left, right } => json!({"kappa": cohen_kappa(&left, &right)}),
        Case::Alpha { units } => json!({"alpha": krippendorff_alpha(&units)}),
        Case::Tags {
            mode,
            scheme,
            gold,
            predicted,
        } => tags(&mode, scheme.as_deref(), &gold, &predicted)?,
        Case::Spans { gold, predicted } => {
            let documents = |side: Vec<Vec<(String, u32, u32)>>| -> Result<Vec<_>, String> {
                side.into_iter()
                    .map(|document| document.into_iter().map(entity).collect())
                    .collect()
            };
            schemas(&evaluate(&documents(gold)?, &documents(predicted)?))
        }
        Case::Mentions { gold, predicted } => mentions(&gold, &predicted)?,
    })
}

/// The five counts and precision, recall and F1 under each match rule.
fn mentions(
    gold: &[Vec<(String, usize, usize)>],
    predicted: &[Vec<(String, usize, usize)>],
) -> Result<Value, String> {
    let names = gold.iter().chain(predicted).flatten();
    let mut labels: Vec<&str> = names.map(|span| span.0.as_str()).collect();
    labels.sort_unstable();
    labels.dedup();
    let items = |side: &[Vec<(String, usize, usize)>]| -> Result<Vec<Item>, String> {
        let mut items = Vec::new();
        for (document, spans) in (0..).zip(side) {
            for (label, start, end) in spans {
                if end <= start {
                    return Err(format!("span {start}-{end} is empty"));
                }
                items.push(Item {
                    document,
                    span: Span::new(*start, *end),
                    label: labels.binary_search(&label.as_str()).unwrap_or(0) as u32,
                    rank: 0,
                });
            }
        }
        Ok(items)
    };
    let (gold, predicted) = (items(gold)?, items(predicted)?);
    let alignment = align(&gold, &predicted);
    let rules = Rule::ALL.into_iter().map(|rule| {
        let grades = alignment.grades(rule, &gold, &predicted);
        let credit = grades.correct as f64 + 0.5 * grades.partial as f64;
        let table = Counts {
            true_positives: credit,
            false_positives: predicted.len() as f64 - credit,
            false_negatives: gold.len() as f64 - credit,
            true_negatives: None,
        };
        let value = json!({
            "correct": grades.correct,
            "incorrect": grades.incorrect,
            "partial": grades.partial,
            "missing": grades.missing,
            "spurious": grades.spurious,
            "precision": counts::precision(&table),
            "recall": counts::recall(&table),
            "f1": counts::f1(&table),
        });
        (rule.name().to_owned(), value)
    });
    Ok(Value::Object(rules.collect()))
}

fn entity((label, start, end): (String, u32, u32)) -> Result<Entity, String> {
    if end < start {
        return Err(format!("span {start}-{end} ends before it starts"));
    }
    Ok(Entity { label, start, end })
}

fn tags(
    mode: &str,
    scheme: Option<&str>,
    gold: &[Vec<String>],
    predicted: &[Vec<String>],
) -> Result<Value, String> {
    let lengths = |side: &[Vec<String>]| -> Vec<usize> { side.iter().map(Vec::len).collect() };
    if lengths(gold) != lengths(predicted) {
        return Err("gold and predicted have not the same sentence lengths".into());
    }
    let mode: Mode = mode.parse()?;
    let scheme: Scheme = scheme.unwrap_or("IOB2").parse()?;
    let mut set = TagSet::default();
    let gold = Sentences::of(gold, &mut set);
    let predicted = Sentences::of(predicted, &mut set);
    // The originals refuse a tag that they do not know; that is an answer here, not the end of the run.
    if mode == Mode::Nervaluate {
        return Ok(match nervaluate_tags(&gold, &predicted, &set) {
            Ok(result) => schemas(&result),
            Err(bad) => json!({"error": bad.to_string()}),
        });
    }
    let scores = match score_tags(&gold, &predicted, &set, mode, scheme) {
        Ok(scores) => scores,
        Err(bad) => return Ok(json!({"error": bad.to_string()})),
    };
    let types: BTreeMap<&str, Value> = (scores.types.iter())
        .map(|(name, counts)| (name.as_str(), numbers(&counts.score())))
        .collect();
    Ok(json!({
        "micro": numbers(&scores.micro()),
        "macro": scores.macro_average().as_ref().map(numbers),
        "weighted": scores.weighted_average().as_ref().map(numbers),
        "types": types,
    }))
}

fn numbers(score: &Score) -> Value {
    json!({
        "precision": score.precision,
        "recall": score.recall,
        "f1": score.f1,
        "support": score.support,
    })
}

fn schemas(result: &Nervaluate) -> Value {
    let all = |counts: &[SchemaCounts; 4]| -> Value {
        let schemas = Schema::ALL.into_iter().zip(counts);
        let values = schemas.map(|(schema, c)| {
            let value = json!({
                "correct": c.correct,
                "incorrect": c.incorrect,
                "partial": c.partial,
                "missed": c.missed,
                "spurious": c.spurious,
                "precision": c.precision(),
                "recall": c.recall(),
                "f1": c.f1(),
            });
            (schema.name().to_owned(), value)
        });
        Value::Object(values.collect())
    };
    let types: BTreeMap<&str, Value> = (result.types.iter())
        .map(|(label, counts)| (label.as_str(), all(counts)))
        .collect();
    json!({"overall": all(&result.overall), "types": types})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_of_the_help_computes() {
        let mut cases = 0;
        for line in CASES.lines().skip(1) {
            let end = line.rfind('}').unwrap();
            let case: Case = serde_json::from_str(line[..=end].trim()).unwrap();
            assert!(
                compute(case)
                    .unwrap()
                    .as_object()
                    .is_some_and(|o| !o.is_empty())
            );
            cases += 1;
        }
        assert_eq!(cases, 9);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let case = |text: &str| compute(serde_json::from_str(text).unwrap());
        assert!(case(r#"{"metric":"spans","gold":[[["X",3,1]]],"predicted":[]}"#).is_err());
        assert!(
            case(r#"{"metric":"tags","mode":"seqeval","gold":[["O"]],"predicted":[]}"#).is_err()
        );
        assert!(case(r#"{"metric":"mentions","gold":[[["X",3,3]]],"predicted":[]}"#).is_err());
        assert!(serde_json::from_str::<Case>(r#"{"metric":"kappa","left":[]}"#).is_err());
    }
}
