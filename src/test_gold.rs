//! Small gold sets for tests, written as Rust values.

use std::collections::BTreeMap;

use crate::corpus::{Corpus, Document, Span};
use crate::entity::PredictedMention;
use crate::garble::PredictedGarble;
use crate::label::{Garble, Gold, GroupMember, Mention, Nesting, Segment};
use crate::metrics::fold::fold;
use crate::task::Scored;

/// A gold set without labels; documents are named `000_x`, `001_x`, ...; all of one story.
pub(crate) fn gold(texts: &[&str]) -> Gold {
    let documents = texts
        .iter()
        .enumerate()
        .map(|(index, text)| Document {
            id: format!("{index:03}_x"),
            text: (*text).to_owned(),
        })
        .collect();
    Gold {
        dataset: "toy".to_owned(),
        corpus: Corpus::new(documents).expect("distinct ids"),
        stories: vec!["story".to_owned(); texts.len()],
        ..Gold::default()
    }
}

/// Adds segments, given as (document, start, end), each in zone `body`.
pub(crate) fn with_segments(mut gold: Gold, spans: &[(usize, usize, usize)]) -> Gold {
    let mut segments: Vec<Segment> = Vec::new();
    for &(document, start, end) in spans {
        let before = segments.iter().filter(|s| s.document == document).count();
        segments.push(Segment {
            document,
            id: format!("s{:03}", before + 1),
            span: Span::new(start, end),
            zone: "body".to_owned(),
        });
    }
    gold.segments = Some(segments);
    gold
}

/// A certain outer mention of an entity named after its type.
pub(crate) fn mention(document: usize, start: usize, end: usize, entity_type: &str) -> Mention {
    Mention {
        document,
        span: Span::new(start, end),
        entity_type: entity_type.to_owned(),
        entity: format!("entity:{entity_type}"),
        nesting: Nesting::Outer,
        zone: String::new(),
        garbled: false,
        lowercase: false,
        metonymic: false,
        doubtful: false,
    }
}

/// The same mention as a prediction.
pub(crate) fn predicted(mention: &Mention) -> PredictedMention {
    PredictedMention {
        document: mention.document,
        span: mention.span,
        entity_type: mention.entity_type.clone(),
        confidence: 1.0,
    }
}

/// A certain garble.
pub(crate) fn garble(
    document: usize,
    start: usize,
    end: usize,
    category: &str,
    severity: &str,
) -> Garble {
    Garble {
        document,
        span: Span::new(start, end),
        category: category.to_owned(),
        subtype: String::new(),
        severity: severity.to_owned(),
        intended: String::new(),
        witness: "inferred".to_owned(),
        doubtful: false,
    }
}

/// A flagged passage without category.
pub(crate) fn flag(document: usize, start: usize, end: usize, confidence: f64) -> PredictedGarble {
    PredictedGarble {
        document,
        span: Span::new(start, end),
        category: String::new(),
        confidence,
        suggestion: String::new(),
    }
}

/// A certain, unsplit member of a group.
pub(crate) fn member(group: &str, segment: usize) -> GroupMember {
    GroupMember {
        group: group.to_owned(),
        segment,
        piece: None,
        doubtful: false,
    }
}

/// Every value on slice `all`, keyed `rule/metric` (`metric` without a rule).
pub(crate) fn values(scored: &Scored) -> BTreeMap<String, Option<f64>> {
    let mut values = BTreeMap::new();
    for measure in fold(&scored.outcomes).iter().chain(&scored.measures) {
        if measure.slice == "all" {
            let key = if measure.match_rule.is_empty() {
                measure.metric.clone()
            } else {
                format!("{}/{}", measure.match_rule, measure.metric)
            };
            assert!(
                values.insert(key, measure.value).is_none(),
                "{measure:?} twice"
            );
        }
    }
    values
}

/// What a mutant did to the watched values: `-key` lowered, `+key` raised, `?key` became undefined; sorted.
pub(crate) fn moved(
    before: &Scored,
    after: &Scored,
    watched: impl Fn(&str) -> bool,
) -> Vec<String> {
    let (before, after) = (values(before), values(after));
    let mut moved = Vec::new();
    for (key, old) in before.iter().filter(|(key, _)| watched(key)) {
        let new = after.get(key).copied().flatten();
        match (*old, new) {
            (Some(old), Some(new)) if new < old - 1e-12 => moved.push(format!("-{key}")),
            (Some(old), Some(new)) if new > old + 1e-12 => moved.push(format!("+{key}")),
            (Some(_), None) => moved.push(format!("?{key}")),
            (None, Some(_)) => moved.push(format!("!{key}")),
            _ => {}
        }
    }
    moved.sort();
    moved
}

/// `keys("-", "strict exact", "precision f1")` = `-strict/precision`, ... for each rule and metric.
pub(crate) fn keys(sign: &str, rules: &str, metrics: &str) -> Vec<String> {
    let mut keys: Vec<String> = rules
        .split(' ')
        .flat_map(|rule| {
            metrics
                .split(' ')
                .map(move |metric| format!("{sign}{rule}/{metric}"))
        })
        .collect();
    keys.sort();
    keys
}

/// Names of the cluster metrics that have a direction.
pub(crate) fn cluster_metric_names() -> Vec<String> {
    let families = [
        "pairwise",
        "muc",
        "b_cubed",
        "b_cubed_cluster",
        "ceaf_m",
        "ceaf_e",
        "lea",
        "blanc",
    ];
    let mut names: Vec<String> = families
        .iter()
        .flat_map(|family| ["precision", "recall", "f1"].map(|side| format!("{family}_{side}")))
        .collect();
    names.extend(
        [
            "ari",
            "homogeneity",
            "completeness",
            "v_measure",
            "exact_clusters",
        ]
        .map(str::to_owned),
    );
    names
}

/// What [`moved`] says when every cluster metric is lowered but for those named `intact`, and those `undefined` afterwards.
pub(crate) fn cluster_keys(intact: &str, undefined: &str) -> Vec<String> {
    let known = cluster_metric_names();
    let named =
        |list: &str| -> Vec<String> { list.split_whitespace().map(str::to_owned).collect() };
    let (intact, undefined) = (named(intact), named(undefined));
    for name in intact.iter().chain(&undefined) {
        assert!(known.contains(name), "no cluster metric `{name}`");
    }
    let mut keys: Vec<String> = known
        .into_iter()
        .filter(|name| !intact.contains(name))
        .map(|name| {
            let sign = if undefined.contains(&name) { '?' } else { '-' };
            format!("{sign}{name}")
        })
        .collect();
    keys.sort();
    keys
}

/// The same values over all but for rounding: sums may run in another order when documents have other numbers.
pub(crate) fn assert_same_values(one: &Scored, other: &Scored) {
    let (one, other) = (values(one), values(other));
    assert!(one.keys().eq(other.keys()));
    for (key, a) in &one {
        let same = match (a, other[key]) {
            (Some(a), Some(b)) => (a - b).abs() < 1e-12,
            (a, b) => *a == b,
        };
        assert!(same, "{key}: {a:?} and {:?}", other[key]);
    }
}

/// Lists of [`moved`] keys as one.
pub(crate) fn joined(parts: &[Vec<String>]) -> Vec<String> {
    let mut all = parts.concat();
    all.sort();
    all
}

/// The value with this key, as in [`values`].
pub(crate) fn value(scored: &Scored, key: &str) -> Option<f64> {
    *values(scored)
        .get(key)
        .unwrap_or_else(|| panic!("no measure {key}"))
}
