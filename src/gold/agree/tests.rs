use super::*;
use crate::corpus::{Corpus, Document, Span};
use crate::label::{
    DocumentPair, Garble, GroupMember, Mention, Nesting, Redundant, Relation, Segment,
};

const TEXT: &str = "One two three four. Five six.";

fn gold() -> Gold {
    let document = |id: &str| Document {
        id: id.to_owned(),
        text: TEXT.to_owned(),
    };
    let segment = |document: usize, id: &str, start, end| Segment {
        document,
        id: id.to_owned(),
        span: Span::new(start, end),
        zone: "body".to_owned(),
    };
    Gold {
        corpus: Corpus::new(vec![document("a"), document("b")]).unwrap(),
        segments: Some(vec![
            segment(0, "s001", 0, 19),
            segment(0, "s002", 20, 29),
            segment(1, "s001", 0, 19),
            segment(1, "s002", 20, 29),
        ]),
        ..Gold::default()
    }
}

fn garble(start: usize, end: usize, category: &str, doubtful: bool) -> Garble {
    Garble {
        document: 0,
        span: Span::new(start, end),
        category: category.to_owned(),
        subtype: String::new(),
        severity: "minor".to_owned(),
        intended: String::new(),
        witness: String::new(),
        doubtful,
    }
}

fn mention(start: usize, end: usize, entity: &str) -> Mention {
    Mention {
        document: 0,
        span: Span::new(start, end),
        entity_type: "PER".to_owned(),
        entity: entity.to_owned(),
        nesting: Nesting::Outer,
        zone: "body".to_owned(),
        garbled: false,
        lowercase: false,
        metonymic: false,
        doubtful: false,
    }
}

fn value(agreement: &Agreement, layer: &str, metric: &str, doubtful: bool) -> Option<f64> {
    agreement.figure(layer, metric, doubtful).unwrap().value
}

/// a: One|syntax, two three|token, six|name; b: One|lexical, three|token, four|token (doubtful).
#[test]
fn garble_figures_worked_by_hand() {
    let mut a = gold();
    let mut b = gold();
    a.garbles = Some(vec![
        garble(0, 3, "syntax", false),
        garble(4, 13, "token", false),
        garble(25, 28, "name", false),
    ]);
    b.garbles = Some(vec![
        garble(0, 3, "lexical", false),
        garble(8, 13, "token", false),
        garble(14, 18, "token", true),
    ]);
    let agreement = Agreement::of(&a, &b);
    let value = |metric, doubtful| value(&agreement, "garbles", metric, doubtful);
    assert_eq!(value("F1 strict", true), Some(0.0));
    // One common span of three each: 2 / (2 + 2 + 2).
    assert_eq!(value("F1 exact", true), Some(2.0 / 6.0));
    // Two overlapping pairs, `six` and `four` alone: 4 / (4 + 1 + 1); without doubt `four` does not count: 4 / 5.
    assert_eq!(value("F1 overlap", true), Some(4.0 / 6.0));
    assert_eq!(value("F1 overlap", false), Some(4.0 / 5.0));
    // Of the two pairs one has equal categories; by chance 1/4 of pairs would (token and token): (1/2 - 1/4) / (3/4).
    assert_eq!(value("equal category", true), Some(0.5));
    let kappa = value("kappa category", true).unwrap();
    assert!((kappa - 1.0 / 3.0).abs() < 1e-12);
    let items: Vec<(&str, &str, &str)> = agreement
        .disagreements
        .iter()
        .map(|item| (item.item.as_str(), item.a.as_str(), item.b.as_str()))
        .collect();
    assert_eq!(
        items,
        [
            ("a:0-3", "category syntax", "category lexical"),
            ("a:4-13", "`two three`", "`three`"),
            ("a:14-18", "", "`four` token minor, doubtful"),
            ("a:25-28", "`six` name minor", ""),
        ]
    );
}

#[test]
fn entities_agree_by_clusters_whatever_their_ids() {
    let mut a = gold();
    let mut b = gold();
    a.mentions = Some(vec![
        mention(0, 3, "x"),
        mention(4, 7, "x"),
        mention(8, 13, "y"),
    ]);
    b.mentions = Some(vec![
        mention(0, 3, "p"),
        mention(4, 7, "p"),
        mention(8, 13, "q"),
    ]);
    let agreement = Agreement::of(&a, &b);
    assert_eq!(value(&agreement, "entities", "F1 B-cubed", true), Some(1.0));
    assert_eq!(
        value(&agreement, "entities", "equal id of mentions", true),
        Some(0.0)
    );
    assert_eq!(value(&agreement, "mentions", "F1 strict", true), Some(1.0));
}

#[test]
fn pairs_within_a_document_and_across_pieces_do_not_count() {
    let mut a = gold();
    let mut b = gold();
    let member = |group: &str, segment, piece, doubtful| GroupMember {
        group: group.to_owned(),
        segment,
        piece,
        doubtful,
    };
    // a: both sentences of document a are pieces of the first of b; b: only the first is.
    a.copy_groups = Some(vec![
        member("g", 0, Some(1), false),
        member("g", 1, Some(2), true),
        member("g", 2, None, false),
    ]);
    b.copy_groups = Some(vec![
        member("h", 0, None, false),
        member("h", 2, None, false),
    ]);
    let agreement = Agreement::of(&a, &b);
    assert_eq!(
        value(&agreement, "copy_groups", "F1 pairs", true),
        Some(2.0 / 3.0)
    );
    assert_eq!(
        value(&agreement, "copy_groups", "F1 pairs", false),
        Some(1.0)
    );
}

#[test]
fn document_pairs_agree_by_relation_and_redundancy() {
    let mut a = gold();
    let mut b = gold();
    let pair = |redundant| DocumentPair {
        a: 0,
        b: 1,
        relation: Relation::NearDuplicate,
        redundant,
    };
    a.document_pairs = Some(vec![pair(Redundant::A)]);
    b.document_pairs = Some(vec![pair(Redundant::Both)]);
    let agreement = Agreement::of(&a, &b);
    let value = |metric| value(&agreement, "document_pairs", metric, true);
    assert_eq!(value("equal relation"), Some(1.0));
    assert_eq!(value("equal redundant"), Some(0.0));
    assert_eq!(agreement.disagreements[0].b, "both");
}

#[test]
fn a_pass_agrees_with_itself_and_figures_are_symmetric() {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("gold/embassy");
    let a = crate::gold::load_pass(&dir, &dir.join("passes/a")).unwrap();
    let b = crate::gold::load_pass(&dir, &dir.join("passes/b")).unwrap();
    let same = Agreement::of(&a, &a);
    assert_eq!(same.disagreements, []);
    assert!(
        same.figures
            .iter()
            .all(|figure| figure.value.is_none_or(|value| value == 1.0))
    );
    let (one, other) = (Agreement::of(&a, &b), Agreement::of(&b, &a));
    for (x, y) in one.figures.iter().zip(&other.figures) {
        assert_eq!((x.layer, &x.metric, x.both), (y.layer, &y.metric, y.both));
        assert_eq!((x.only_a, x.only_b), (y.only_b, y.only_a));
        let close = match (x.value, y.value) {
            (Some(x), Some(y)) => (x - y).abs() < 1e-12,
            (x, y) => x == y,
        };
        assert!(close, "{x:?} {y:?}");
    }
    assert_eq!(one.disagreements.len(), other.disagreements.len());
}
