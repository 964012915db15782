//! Agreement on layers that mark spans.

use super::{Agreement, Disagreement};
use crate::corpus::{Corpus, Span};
use crate::gold::layer::{GARBLES, Layer, MENTIONS, SEGMENTS};
use crate::label::{Gold, Nesting};
use crate::metrics::assignment::{SparseWeights, maximum_weight_assignment};
use crate::text::token::tokens;

/// A labelled span with its fields; the first field is the one that `strict` compares.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) document: usize,
    pub(super) span: Span,
    pub(super) fields: Vec<(&'static str, String)>,
    pub(super) doubtful: bool,
}

impl Item {
    fn label(&self) -> &str {
        self.fields.first().map_or("", |(_, label)| label)
    }
}

pub(super) fn segments(a: &Gold, b: &Gold, agreement: &mut Agreement) {
    let items = |gold: &Gold| -> Option<Vec<Item>> {
        let item = |segment: &crate::label::Segment| Item {
            document: segment.document,
            span: segment.span,
            fields: vec![("zone", segment.zone.clone())],
            doubtful: false,
        };
        Some(gold.segments.as_ref()?.iter().map(item).collect())
    };
    if let (Some(left), Some(right)) = (items(a), items(b)) {
        compare(SEGMENTS, &a.corpus, &left, &right, false, agreement);
    }
}

pub(super) fn mentions(a: &Gold, b: &Gold, agreement: &mut Agreement) {
    let items = |gold: &Gold| -> Option<Vec<Item>> {
        let item = |mention: &crate::label::Mention| Item {
            document: mention.document,
            span: mention.span,
            fields: vec![
                ("type", mention.entity_type.clone()),
                (
                    "nesting",
                    if mention.nesting == Nesting::Inner {
                        "inner"
                    } else {
                        "outer"
                    }
                    .to_owned(),
                ),
                ("garbled", mention.garbled.to_string()),
                ("lowercase", mention.lowercase.to_string()),
                ("metonymic", mention.metonymic.to_string()),
            ],
            doubtful: mention.doubtful,
        };
        Some(gold.mentions.as_ref()?.iter().map(item).collect())
    };
    if let (Some(left), Some(right)) = (items(a), items(b)) {
        compare(MENTIONS, &a.corpus, &left, &right, false, agreement);
    }
}

pub(super) fn garbles(a: &Gold, b: &Gold, agreement: &mut Agreement) {
    let items = |gold: &Gold| -> Option<Vec<Item>> {
        let item = |garble: &crate::label::Garble| Item {
            document: garble.document,
            span: garble.span,
            fields: vec![
                ("category", garble.category.clone()),
                ("subtype", garble.subtype.clone()),
                ("severity", garble.severity.clone()),
            ],
            doubtful: garble.doubtful,
        };
        Some(gold.garbles.as_ref()?.iter().map(item).collect())
    };
    if let (Some(left), Some(right)) = (items(a), items(b)) {
        compare(GARBLES, &a.corpus, &left, &right, true, agreement);
    }
}

/// Spans by three match rules, then the fields of matched spans (`by_overlap`: of overlapping ones, else of equal ones).
fn compare(
    layer: Layer,
    corpus: &Corpus,
    a: &[Item],
    b: &[Item],
    by_overlap: bool,
    agreement: &mut Agreement,
) {
    let overlap = pairs_by_overlap(a, b);
    let exact: Vec<(usize, usize)> = pairs_by_span(a, b);
    let strict: Vec<(usize, usize)> = exact
        .iter()
        .copied()
        .filter(|&(i, j)| a[i].label() == b[j].label())
        .collect();
    for doubtful in [true, false] {
        for (metric, pairs) in [
            ("F1 strict", &strict),
            ("F1 exact", &exact),
            ("F1 overlap", &overlap),
        ] {
            agreement.f1(layer, metric, doubtful, counts(a, b, pairs, doubtful));
        }
        let matched: Vec<(&Item, &Item)> = if by_overlap { &overlap } else { &exact }
            .iter()
            .map(|&(i, j)| (&a[i], &b[j]))
            .filter(|(x, y)| doubtful || !(x.doubtful || y.doubtful))
            .collect();
        let names = a.first().or(b.first()).map_or(0, |item| item.fields.len());
        for field in 0..names {
            let values = |item: &'_ Item| item.fields[field].1.clone();
            let left: Vec<String> = matched.iter().map(|(x, _)| values(x)).collect();
            let right: Vec<String> = matched.iter().map(|(_, y)| values(y)).collect();
            let name = a
                .first()
                .or(b.first())
                .map_or("", |item| item.fields[field].0);
            agreement.paired(layer, name, doubtful, &refs(&left), &refs(&right));
        }
        let (left, right) = (by_token(corpus, a, doubtful), by_token(corpus, b, doubtful));
        agreement.paired(layer, "of tokens", doubtful, &refs(&left), &refs(&right));
    }
    disagreements(layer, corpus, a, b, &overlap, agreement);
}

fn refs(labels: &[String]) -> Vec<&str> {
    labels.iter().map(String::as_str).collect()
}

/// Pairs of equal spans, one-to-one.
fn pairs_by_span(a: &[Item], b: &[Item]) -> Vec<(usize, usize)> {
    let mut free: Vec<bool> = vec![true; b.len()];
    let mut pairs = Vec::new();
    for (i, x) in a.iter().enumerate() {
        let same = |y: &Item| y.document == x.document && y.span == x.span;
        let found = (0..b.len()).filter(|&j| free[j] && same(&b[j]));
        // Of two labels on one span the one with the equal label is the partner.
        if let Some(j) = found.min_by_key(|&j| (b[j].label() != x.label(), j)) {
            free[j] = false;
            pairs.push((i, j));
        }
    }
    pairs
}

/// Pairs of overlapping spans, one-to-one: as many as possible, and of these the best overlapping.
fn pairs_by_overlap(a: &[Item], b: &[Item]) -> Vec<(usize, usize)> {
    let mut weights = SparseWeights::new();
    for x in a {
        let row = b.iter().enumerate().filter_map(|(j, y)| {
            let shared = x.span.overlap(y.span);
            if y.document != x.document || shared == 0 {
                return None;
            }
            let union = x.span.len() + y.span.len() - shared;
            let equal = if x.label() == y.label() { 0.25 } else { 0.0 };
            // The constant makes one more pair worth more than any overlap.
            Some((
                u32::try_from(j).ok()?,
                1e4 + shared as f64 / union as f64 + equal,
            ))
        });
        weights.push_row(row);
    }
    let assignment = maximum_weight_assignment(&weights);
    let pairs = assignment.iter().enumerate();
    pairs
        .filter_map(|(i, j)| Some((i, (*j)? as usize)))
        .collect()
}

/// Matched, only in a, only in b.
fn counts(a: &[Item], b: &[Item], pairs: &[(usize, usize)], doubtful: bool) -> [u64; 3] {
    let judged = |&&(i, j): &&(usize, usize)| doubtful || !(a[i].doubtful || b[j].doubtful);
    let both = pairs.iter().filter(judged).count() as u64;
    let lone = |own: &[Item], other: &[Item], taken: Vec<usize>| {
        let open = |(at, item): &(usize, &Item)| {
            !taken.contains(at) && (doubtful || !(item.doubtful || touches_only_doubt(item, other)))
        };
        own.iter().enumerate().filter(open).count() as u64
    };
    let left = lone(a, b, pairs.iter().map(|pair| pair.0).collect());
    let right = lone(b, a, pairs.iter().map(|pair| pair.1).collect());
    [both, left, right]
}

fn touches_only_doubt(item: &Item, other: &[Item]) -> bool {
    let mut touched = other
        .iter()
        .filter(|y| y.document == item.document && y.span.overlaps(item.span))
        .peekable();
    touched.peek().is_some() && touched.all(|y| y.doubtful)
}

/// The label of each token of each document (of the longest span on it), `-` where there is none.
fn by_token(corpus: &Corpus, items: &[Item], doubtful: bool) -> Vec<String> {
    let mut labels = Vec::new();
    for (index, document) in corpus.documents.iter().enumerate() {
        let here: Vec<&Item> = items.iter().filter(|item| item.document == index).collect();
        for token in tokens(&document.text) {
            let on = here.iter().filter(|item| item.span.overlaps(token.span));
            let longest = on.max_by_key(|item| (item.span.len(), std::cmp::Reverse(item.span)));
            labels.push(match longest {
                Some(item) if doubtful || !item.doubtful => item.label().to_owned(),
                _ => "-".to_owned(),
            });
        }
    }
    labels
}

fn disagreements(
    layer: Layer,
    corpus: &Corpus,
    a: &[Item],
    b: &[Item],
    pairs: &[(usize, usize)],
    agreement: &mut Agreement,
) {
    let mut found = Vec::new();
    let mut put = |item: &Item, left: String, right: String| {
        found.push((
            (item.document, item.span),
            Disagreement {
                layer: layer.name,
                item: format!("{}:{}", corpus.documents[item.document].id, item.span),
                a: left,
                b: right,
                context: context(corpus, item.document, item.span),
            },
        ));
    };
    for &(i, j) in pairs {
        let (x, y) = (&a[i], &b[j]);
        if x.span != y.span || x.fields != y.fields {
            put(x, describe(corpus, x, y), describe(corpus, y, x));
        }
    }
    for (i, x) in a.iter().enumerate() {
        if !pairs.iter().any(|pair| pair.0 == i) {
            put(x, whole(corpus, x), String::new());
        }
    }
    for (j, y) in b.iter().enumerate() {
        if !pairs.iter().any(|pair| pair.1 == j) {
            put(y, String::new(), whole(corpus, y));
        }
    }
    found.sort();
    agreement
        .disagreements
        .extend(found.into_iter().map(|(_, disagreement)| disagreement));
}

/// What of an item differs from the other one.
fn describe(corpus: &Corpus, item: &Item, other: &Item) -> String {
    let mut parts = Vec::new();
    if item.span != other.span {
        parts.push(format!("`{}`", quote(corpus, item)));
    }
    for (mine, theirs) in item.fields.iter().zip(&other.fields) {
        if mine != theirs {
            parts.push(format!("{} {}", mine.0, mine.1));
        }
    }
    if item.doubtful {
        parts.push("doubtful".to_owned());
    }
    parts.join(", ")
}

fn whole(corpus: &Corpus, item: &Item) -> String {
    let labels: Vec<&str> = item
        .fields
        .iter()
        .map(|(_, label)| label.as_str())
        .filter(|label| !matches!(*label, "" | "false" | "outer"))
        .collect();
    let doubtful = if item.doubtful { ", doubtful" } else { "" };
    format!("`{}` {}{doubtful}", quote(corpus, item), labels.join(" "))
}

fn quote<'a>(corpus: &'a Corpus, item: &Item) -> &'a str {
    item.span
        .text(&corpus.documents[item.document].text)
        .unwrap_or_default()
}

/// Forty characters on either side, on one line.
pub(super) fn context(corpus: &Corpus, document: usize, span: Span) -> String {
    let text = &corpus.documents[document].text;
    let before = text.get(..span.start).unwrap_or_default();
    let after = text.get(span.end..).unwrap_or_default();
    let start = before.char_indices().rev().nth(39).map_or(0, |(at, _)| at);
    let end = after
        .char_indices()
        .nth(40)
        .map_or(after.len(), |(at, _)| at);
    let inside = span.text(text).unwrap_or_default();
    let line = format!("{}>>>{inside}<<<{}", &before[start..], &after[..end]);
    line.replace(['\n', '\r'], " ")
}
