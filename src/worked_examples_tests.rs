//! Recomputes every worked example of METHODOLOGY.md.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::corpus::Span;
use crate::dedup::cluster::Clustering;
use crate::dedup::{self, Comparison, ScoredPair};
use crate::entity::{self, PredictedMention};
use crate::garble::{self, Granularity, PredictedGarble};
use crate::label::{
    DocumentPair, Garble, Gold, GroupMember, Mention, MentionPair, Nesting, Preference, Redundant,
    Relation,
};
use crate::metrics::case::compute;
use crate::metrics::fold::fold;
use crate::task::{Level, Scored};
use crate::test_gold;

/// A block of the page; which keys it has depends on its kind.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Example {
    kind: String,
    level: Option<String>,
    text: Option<String>,
    texts: Option<Vec<String>>,
    units: Option<toml::Value>,
    segments: Option<Vec<String>>,
    #[serde(default)]
    gold: Vec<String>,
    #[serde(default)]
    predicted: Vec<String>,
    #[serde(default)]
    clusters: Vec<u32>,
    #[serde(default)]
    preferences: Vec<String>,
    /// Listed pairs of mentions: `0 1 same`, `0 2 apart`.
    #[serde(default)]
    listed: Vec<String>,
    threshold: Option<f64>,
    /// Raw data of `karat metric`.
    case: Option<String>,
    expect: BTreeMap<String, String>,
}

#[test]
fn every_worked_example_is_right() {
    let page = include_str!("../METHODOLOGY.md");
    let mut blocks = 0;
    let mut wrong = Vec::new();
    let mut lines = page.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if line != "```karat-example" {
            continue;
        }
        blocks += 1;
        let block: Vec<&str> = lines
            .by_ref()
            .map(|(_, line)| line)
            .take_while(|line| *line != "```")
            .collect();
        let place = format!("METHODOLOGY.md:{}", number + 1);
        let example: Example =
            toml::from_str(&block.join("\n")).unwrap_or_else(|e| panic!("{place}: {e}"));
        let values = match &example.case {
            Some(case) => raw_values(case),
            None => values(&score(&example)),
        };
        assert!(!example.expect.is_empty(), "{place}: nothing expected");
        for (key, expected) in &example.expect {
            let Some(&found) = values.get(key) else {
                wrong.push(format!("{place}: no value `{key}`"));
                continue;
            };
            let right = match (found, number_of(expected)) {
                (Some(found), Some(expected)) => (found - expected).abs() < 1e-12,
                (None, None) => true,
                _ => false,
            };
            if !right {
                wrong.push(format!(
                    "{place}: {key} is {found:?}, the page says {expected}"
                ));
            }
        }
    }
    assert!(blocks >= 10, "the examples are gone");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `undefined`, `2/3`, `28/sqrt(3264)`, `0.4`.
fn number_of(text: &str) -> Option<f64> {
    if text == "undefined" {
        return None;
    }
    let plain = |text: &str| -> f64 {
        match text
            .strip_prefix("sqrt(")
            .and_then(|rest| rest.strip_suffix(')'))
        {
            Some(inner) => inner.parse::<f64>().unwrap().sqrt(),
            None => text.parse().unwrap(),
        }
    };
    Some(match text.split_once('/') {
        Some((part, whole)) => plain(part) / plain(whole),
        None => plain(text),
    })
}

/// Values by `rule/metric`, with the slice in front where it is not `all`.
fn values(scored: &Scored) -> BTreeMap<String, Option<f64>> {
    fold(&scored.outcomes)
        .iter()
        .chain(&scored.measures)
        .map(|measure| {
            let mut key = measure.metric.clone();
            if !measure.match_rule.is_empty() {
                key = format!("{}/{key}", measure.match_rule);
            }
            if measure.slice != "all" {
                key = format!("{} {key}", measure.slice);
            }
            (key, measure.value)
        })
        .collect()
}

/// Values of a `karat metric` case by path, such as `types/PER/strict/missed`.
fn raw_values(case: &str) -> BTreeMap<String, Option<f64>> {
    fn walk(path: &str, value: &Value, values: &mut BTreeMap<String, Option<f64>>) {
        match value {
            Value::Object(object) => {
                for (name, value) in object {
                    let path = if path.is_empty() {
                        name.clone()
                    } else {
                        format!("{path}/{name}")
                    };
                    walk(&path, value, values);
                }
            }
            Value::Array(array) => {
                for (index, value) in array.iter().enumerate() {
                    walk(&format!("{path}/{index}"), value, values);
                }
            }
            value => {
                values.insert(path.to_owned(), value.as_f64());
            }
        }
    }
    let mut values = BTreeMap::new();
    walk(
        "",
        &compute(serde_json::from_str(case).unwrap()).unwrap(),
        &mut values,
    );
    values
}

fn score(example: &Example) -> Scored {
    match example.kind.as_str() {
        "mentions" => {
            let gold = mentions_gold(example);
            entity::score::mentions(&predicted_mentions(example), &gold)
        }
        "resolution" => entity::score::resolution(&example.clusters, &mentions_gold(example)),
        "end-to-end" => {
            let gold = mentions_gold(example);
            entity::score::end_to_end(&predicted_mentions(example), &example.clusters, &gold)
        }
        "pairs" => pairs(example),
        "documents" => documents(example),
        "garble" => garbles(example),
        other => panic!("unknown kind {other}"),
    }
}

fn texts(example: &Example) -> Vec<&str> {
    match (&example.text, &example.texts) {
        (Some(text), _) => vec![text],
        (_, Some(texts)) => texts.iter().map(String::as_str).collect(),
        _ => vec!["0123456789012345678901234567890123456789"],
    }
}

/// `0-4` or `1:0-4`.
fn place(text: &str) -> (usize, Span) {
    let (document, span) = text.split_once(':').unwrap_or(("0", text));
    let (start, end) = span.split_once('-').unwrap();
    let number = |text: &str| text.parse::<usize>().unwrap();
    (number(document), Span::new(number(start), number(end)))
}

fn mentions_gold(example: &Example) -> Gold {
    let mut gold = test_gold::gold(&texts(example));
    let mention = |line: &String| {
        let words: Vec<&str> = line.trim_end_matches('?').split(' ').collect();
        let (document, span) = place(words[0]);
        Mention {
            doubtful: line.ends_with('?'),
            entity: words.get(2).copied().unwrap_or_default().to_owned(),
            ..test_gold::mention(document, span.start, span.end, words[1])
        }
    };
    let mut mentions: Vec<Mention> = example.gold.iter().map(mention).collect();
    // A name inside another one is an inner mention.
    let spans: Vec<_> = mentions
        .iter()
        .map(|mention| (mention.document, mention.span))
        .collect();
    for mention in &mut mentions {
        let around = |&(document, span): &(usize, Span)| {
            document == mention.document && span != mention.span && span.contains(mention.span)
        };
        if spans.iter().any(around) {
            mention.nesting = Nesting::Inner;
        }
    }
    gold.mentions = Some(mentions);
    let pair = |line: &String| {
        let words: Vec<&str> = line.split(' ').collect();
        MentionPair {
            a: words[0].parse().unwrap(),
            b: words[1].parse().unwrap(),
            same: words[2] == "same",
        }
    };
    if !example.listed.is_empty() {
        gold.mention_pairs = Some(example.listed.iter().map(pair).collect());
    }
    gold
}

fn predicted_mentions(example: &Example) -> Vec<PredictedMention> {
    let mention = |line: &String| {
        let (span, entity_type) = line.split_once(' ').unwrap();
        let (document, span) = place(span);
        PredictedMention {
            document,
            span,
            entity_type: entity_type.to_owned(),
            confidence: 1.0,
        }
    };
    example.predicted.iter().map(mention).collect()
}

fn comparison(example: &Example) -> Comparison {
    let pair = |line: &String| {
        let words: Vec<&str> = line.split(' ').collect();
        ScoredPair {
            a: words[0].parse().unwrap(),
            b: words[1].parse().unwrap(),
            similarity: words[2].parse().unwrap(),
        }
    };
    Comparison {
        pairs: example.predicted.iter().map(pair).collect(),
        ..Comparison::default()
    }
}

fn pairs(example: &Example) -> Scored {
    let units: Vec<String> = example.units.clone().unwrap().try_into().unwrap();
    let mut spans = Vec::new();
    let (mut copies, mut plates) = (Vec::new(), Vec::new());
    for (segment, unit) in units.iter().enumerate() {
        let (document, group) = unit.split_once(' ').unwrap();
        let document: usize = document.parse().unwrap();
        let position = spans
            .iter()
            .filter(|span: &&(usize, usize, usize)| span.0 == document)
            .count();
        spans.push((document, position, position + 1));
        let certain = group.trim_end_matches('?');
        let (name, piece) = certain.split_once('/').unwrap_or((certain, ""));
        let member = GroupMember {
            piece: piece.parse().ok(),
            doubtful: group.ends_with('?'),
            ..test_gold::member(name, segment)
        };
        match name.chars().next() {
            Some('-') => {}
            Some('#') => plates.push(member),
            _ => copies.push(member),
        }
    }
    let documents = spans.iter().map(|span| span.0 + 1).max().unwrap_or(0);
    let mut gold =
        test_gold::with_segments(test_gold::gold(&vec!["0123456789"; documents]), &spans);
    gold.copy_groups = Some(copies);
    gold.boilerplate_groups = Some(plates);
    let threshold = example.threshold.unwrap();
    dedup::score::score(
        Level::Segment,
        &comparison(example),
        threshold,
        Clustering::Components,
        &gold,
    )
}

fn documents(example: &Example) -> Scored {
    let units: usize = example.units.clone().unwrap().try_into().unwrap();
    let mut gold = test_gold::gold(&vec!["x"; units]);
    let word = |text: &str| format!("\"{text}\"");
    let pair = |line: &String| {
        let words: Vec<&str> = line.split(' ').collect();
        DocumentPair {
            a: words[0].parse().unwrap(),
            b: words[1].parse().unwrap(),
            relation: serde_json::from_str::<Relation>(&word(words[2])).unwrap(),
            redundant: serde_json::from_str::<Redundant>(&word(words[3])).unwrap(),
        }
    };
    gold.document_pairs = Some(example.gold.iter().map(pair).collect());
    let level: Level = example.level.as_deref().unwrap().parse().unwrap();
    let threshold = example.threshold.unwrap();
    dedup::score::score(
        level,
        &comparison(example),
        threshold,
        Clustering::Components,
        &gold,
    )
}

fn garbles(example: &Example) -> Scored {
    let mut gold = test_gold::gold(&texts(example));
    if let Some(segments) = &example.segments {
        let spans: Vec<(usize, usize, usize)> = segments
            .iter()
            .map(|text| place(text))
            .map(|(document, span)| (document, span.start, span.end))
            .collect();
        gold = test_gold::with_segments(gold, &spans);
    }
    let garble = |line: &String| {
        let words: Vec<&str> = line.trim_end_matches('?').split(' ').collect();
        let (document, span) = place(words[0]);
        Garble {
            doubtful: line.ends_with('?'),
            ..test_gold::garble(document, span.start, span.end, words[1], words[2])
        }
    };
    gold.garbles = Some(example.gold.iter().map(garble).collect());
    let preference = |line: &String| {
        let (clean, damaged) = line.split_once(' ').unwrap();
        Preference {
            clean: clean.parse().unwrap(),
            damaged: damaged.parse().unwrap(),
            category: String::new(),
        }
    };
    if !example.preferences.is_empty() {
        gold.preferences = Some(example.preferences.iter().map(preference).collect());
    }
    let predicted: Vec<PredictedGarble> = example
        .predicted
        .iter()
        .map(|line| {
            let (span, confidence) = line.split_once(' ').unwrap();
            let (document, span) = place(span);
            test_gold::flag(document, span.start, span.end, confidence.parse().unwrap())
        })
        .collect();
    let level: Level = example.level.as_deref().unwrap().parse().unwrap();
    let threshold = example.threshold.unwrap();
    garble::score::score(level, Granularity::Span, &predicted, threshold, &gold)
}
