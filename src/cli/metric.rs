//! `karat metric`: metrics from raw data, for checking karat against other scorers and for scorers in other languages.
//!
//! One JSON case a line in, one JSON object of metric names and values a line out, in the same order; `null` = undefined.

use std::collections::BTreeMap;
use std::io::{BufRead, Write, stdin, stdout};

use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::{Error, Result};
use crate::metrics::agreement::{cohen_kappa, krippendorff_alpha};
use crate::metrics::clusters::cluster_measures;
use crate::metrics::ranking::{
    average_precision, kendall_tau_b, matthews, precision_recall_curve, spearman, steps,
};
use crate::metrics::tags::nervaluate::{Entity, Nervaluate, Schema, SchemaCounts, evaluate};
use crate::metrics::tags::{Mode, Scheme, Score, Sentences, TagSet, nervaluate_tags, score_tags};

/// Arguments of `karat metric`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = CASES)]
pub(super) struct Args {}

const CASES: &str = r#"Cases, one JSON object a line:
  {"metric":"clusters","key":[0,0,1,null],"response":[0,1,1,2]}   labels by item, null = on the other side only
  {"metric":"ranking","scores":[0.9,0.1],"positive":[true,false]} average precision and the curve
  {"metric":"correlation","left":[1,2,3],"right":[1,3,2]}         Spearman and Kendall's tau-b
  {"metric":"matthews","counts":[6,1,2,3]}                        true/false positives, false/true negatives
  {"metric":"kappa","left":["a","b"],"right":["a","a"]}           Cohen's kappa
  {"metric":"alpha","units":[["a","a"],["a","b"]]}                Krippendorff's alpha, nominal
  {"metric":"tags","mode":"seqeval","scheme":"IOB2","gold":[["B-X","O"]],"predicted":[["B-X","O"]]}
  {"metric":"spans","gold":[[["X",0,3]]],"predicted":[[["X",0,2]]]}  nervaluate 1.2.1: label, start, inclusive end"#;

/// One case.
#[derive(Debug, Deserialize)]
#[serde(tag = "metric", rename_all = "lowercase", deny_unknown_fields)]
enum Case {
    Clusters {
        key: Vec<Option<u32>>,
        response: Vec<Option<u32>>,
    },
    Ranking {
        scores: Vec<f64>,
        positive: Vec<bool>,
    },
    Correlation {
        left: Vec<f64>,
        right: Vec<f64>,
    },
    Matthews {
        counts: [f64; 4],
    },
    Kappa {
        left: Vec<String>,
        right: Vec<String>,
    },
    Alpha {
        units: Vec<Vec<String>>,
    },
    Tags {
        mode: String,
        #[serde(default)]
        scheme: Option<String>,
        gold: Vec<Vec<String>>,
        predicted: Vec<Vec<String>>,
    },
    Spans {
        gold: Vec<Vec<(String, u32, u32)>>,
        predicted: Vec<Vec<(String, u32, u32)>>,
    },
}

pub(super) fn run(_: &Args) -> Result<u8> {
    let mut out = std::io::BufWriter::new(stdout().lock());
    for (number, line) in (1u64..).zip(stdin().lock().lines()) {
        let invalid = |problem: String| {
            Error::invalid(
                format!("standard input:{number}"),
                problem,
                "see `karat metric --help` for the cases",
            )
        };
        let line = line.map_err(|error| invalid(error.to_string()))?;
        if line.trim().is_empty() {
            continue;
        }
        let case: Case = serde_json::from_str(&line).map_err(|error| invalid(error.to_string()))?;
        let values = compute(case).map_err(invalid)?;
        let written = writeln!(out, "{values}").and_then(|()| out.flush());
        written.map_err(|error| Error::Internal(format!("standard output: {error}")))?;
    }
    Ok(0)
}

fn compute(case: Case) -> Result<Value, String> {
    Ok(match case {
        Case::Clusters { key, response } => {
            let measures = cluster_measures("all", &key, &response);
            let values = measures.into_iter().map(|m| (m.metric, json!(m.value)));
            Value::Object(values.collect())
        }
        Case::Ranking { scores, positive } => {
            let positives = positive.iter().filter(|&&p| p).count() as u64;
            let curve = precision_recall_curve(&steps(&scores, &positive), positives);
            json!({
                "average_precision": average_precision(&scores, &positive),
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
    })
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
    json!([score.precision, score.recall, score.f1, score.support])
}

fn schemas(result: &Nervaluate) -> Value {
    let all = |counts: &[SchemaCounts; 4]| -> Value {
        let schemas = Schema::ALL.into_iter().zip(counts);
        let values = schemas.map(|(schema, c)| {
            let counts = [c.correct, c.incorrect, c.partial, c.missed, c.spurious];
            let value = json!({"counts": counts, "values": [c.precision(), c.recall(), c.f1()]});
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
        assert_eq!(cases, 8);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let case = |text: &str| compute(serde_json::from_str(text).unwrap());
        assert!(case(r#"{"metric":"spans","gold":[[["X",3,1]]],"predicted":[]}"#).is_err());
        assert!(
            case(r#"{"metric":"tags","mode":"seqeval","gold":[["O"]],"predicted":[]}"#).is_err()
        );
        assert!(serde_json::from_str::<Case>(r#"{"metric":"kappa","left":[]}"#).is_err());
    }
}
