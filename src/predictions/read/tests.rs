use std::fmt::Write as _;

use super::*;
use crate::record::Record;
use crate::test_gold::{gold, mention, with_segments};

/// Two documents of two segments each, three mentions.
fn toy() -> Gold {
    let gold = gold(&["Ada went.\nAda came.\n", "É Rome.\nRome!\n"]);
    let mut gold = with_segments(gold, &[(0, 0, 9), (0, 10, 19), (1, 0, 8), (1, 9, 14)]);
    gold.mentions = Some(vec![
        mention(0, 0, 3, "PER"),
        mention(0, 10, 13, "PER"),
        mention(1, 3, 7, "GPE"),
    ]);
    gold
}

/// Reads lines of `task,level,document,start,end,other_document,other_start,other_end,label,cluster,confidence`.
fn predictions(lines: &[&str]) -> Result<Vec<Predicted>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.csv");
    let mut text = PredictionRow::header().join(",") + "\n";
    for line in lines {
        let (task, rest) = line.split_once(',').unwrap();
        let (level, rest) = rest.split_once(',').unwrap();
        let _ = writeln!(text, "1,toy,,{task},{level},theirs,,0,{rest}");
    }
    std::fs::write(&path, text).unwrap();
    read(&path, &toy())
}

fn faults(lines: &[&str]) -> String {
    predictions(lines).unwrap_err().to_string()
}

fn only(lines: &[&str]) -> Prediction {
    let mut all = predictions(lines).unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0).prediction
}

#[test]
fn pairs_and_clusters_of_segments_are_units() {
    let Prediction::Pairs(comparison) = only(&[
        // The later unit may come first.
        "dedup,segment,001_x,9,14,000_x,0,9,,,0.9",
        "dedup,segment,000_x,0,9,,,,,g,",
        "dedup,segment,001_x,0,8,,,,,g,",
        "dedup,segment,000_x,10,19,,,,,alone,",
    ]) else {
        panic!("not pairs")
    };
    let pairs: Vec<_> = comparison
        .pairs
        .iter()
        .map(|p| (p.a, p.b, p.similarity))
        .collect();
    assert_eq!(pairs, [(0, 3, 0.9)]);
    assert_eq!(comparison.groups, [vec![0, 2]]);
}

#[test]
fn redundant_pairs_keep_their_direction() {
    let Prediction::Pairs(comparison) = only(&[
        "dedup,redundancy,001_x,,,000_x,,,,,",
        "dedup,redundancy,000_x,,,001_x,,,,,0.5",
    ]) else {
        panic!("not pairs")
    };
    let pairs: Vec<_> = comparison
        .pairs
        .iter()
        .map(|p| (p.a, p.b, p.similarity))
        .collect();
    // Without a confidence it counts as 1.
    assert_eq!(pairs, [(0, 1, 0.5), (1, 0, 1.0)]);
}

#[test]
fn every_row_that_matches_nothing_is_named_at_once() {
    let said = faults(&[
        "dedup,segment,009_x,0,9,000_x,10,19,,,0.9",
        "dedup,segment,000_x,0,8,000_x,10,19,,,0.9",
        "dedup,segment,000_x,0,9,000_x,0,9,,,0.9",
        "dedup,segment,000_x,0,9,000_x,10,19,,,1.5",
        "dedup,segment,000_x,10,19,000_x,0,9,,,0.5",
        "dedup,segment,000_x,0,9,,,,,,",
        "dedup,segment,000_x,0,9,,,,,g,",
        "dedup,segment,000_x,0,9,,,,,h,",
        "dedup,segment,000_x,,,000_x,10,19,,,",
        "dedup,document,000_x,0,9,001_x,,,,,",
        "dedup,mention,000_x,,,001_x,,,,,",
        "cooking,segment,000_x,,,001_x,,,,,",
    ]);
    for part in [
        "p.csv:2: unknown document `009_x`\n    remedy: documents of this gold: 000_x, 001_x",
        "p.csv:3: 0-8 is no segment of `000_x`",
        "p.csv:4: a pair of one unit with itself",
        "p.csv:5: confidence 1.5 is outside 0 to 1",
        "p.csv:6: this pair stands twice",
        "p.csv:7: neither another document nor a cluster",
        "p.csv:9: `000_x` stands in two clusters or twice",
        "p.csv:10: no start and end",
        "p.csv:11: offsets at level `document`, which compares whole documents",
        "p.csv:12: task `dedup` has no level `mention`",
        "p.csv:13: unknown task `cooking`; known: dedup, entity, garble",
    ] {
        assert!(said.contains(part), "`{part}` is missing in\n{said}");
    }
}

#[test]
fn spans_must_lie_in_the_text_on_characters() {
    let said = faults(&[
        "garble,span,000_x,0,99,,,,,,",
        "garble,span,001_x,1,3,,,,,,",
        "garble,span,000_x,5,5,,,,,,",
        "garble,span,000_x,5,,,,,,,",
        "garble,span,000_x,,,,,,,,",
    ]);
    for part in [
        "p.csv:2: span 0-99 leaves the text of 20 bytes\n    remedy: offsets are UTF-8 bytes",
        "p.csv:3: span 1-3 cuts a character",
        "p.csv:4: span 5-5 is empty",
        "p.csv:5: start without end, or end without start",
        "p.csv:6: no start and end",
    ] {
        assert!(said.contains(part), "`{part}` is missing in\n{said}");
    }
    let Prediction::Garbles(garbles) = only(&["garble,document,001_x,,,,,,syntax,,0.25"]) else {
        panic!("not garbles")
    };
    assert_eq!((garbles[0].span.start, garbles[0].span.end), (0, 15));
    assert_eq!(
        (garbles[0].category.as_str(), garbles[0].confidence),
        ("syntax", 0.25)
    );
}

#[test]
fn mentions_need_a_type_that_the_gold_knows() {
    let said = faults(&[
        "entity,mention,000_x,0,3,,,,,,",
        "entity,mention,000_x,10,13,,,,PERSON,,",
        "entity,mention,000_x,10,13,,,,PERSON,,",
    ]);
    for part in [
        "p.csv:2: no entity type",
        "p.csv:4: this mention stands twice",
        "no predicted type is one of this gold: , PERSON\n    remedy: write the types of this gold: GPE, PER",
    ] {
        assert!(said.contains(part), "`{part}` is missing in\n{said}");
    }
    let Prediction::Mentions(mentions) = only(&[
        "entity,mention,000_x,0,3,,,,PER,,",
        "entity,mention,000_x,10,13,,,,DATE,,",
    ]) else {
        panic!("not mentions")
    };
    assert_eq!(mentions.len(), 2);
}

#[test]
fn each_gold_mention_needs_one_cluster() {
    let lines = [
        "entity,resolution,001_x,3,7,,,,,rome,",
        "entity,resolution,000_x,10,13,,,,PER,ada,",
        "entity,resolution,000_x,0,3,,,,,ada,",
    ];
    // In the order of the gold's mentions, whatever the order of rows.
    assert_eq!(only(&lines), Prediction::Clusters(vec![0, 0, 1]));
    let said = faults(&[
        lines[0],
        lines[0],
        "entity,resolution,000_x,0,3,,,,GPE,ada,",
        "entity,resolution,000_x,10,13,,,,,,",
    ]);
    for part in [
        "p.csv:3: this mention stands twice",
        "p.csv:4: 0-3 is no mention of `000_x`",
        "p.csv: 2 of 3 mentions have no cluster\n    remedy: give every mention of the gold a cluster, singletons too",
    ] {
        assert!(said.contains(part), "`{part}` is missing in\n{said}");
    }
    let Prediction::Resolved(mentions, clusters) = only(&[
        "entity,end-to-end,000_x,0,3,,,,PER,b,",
        "entity,end-to-end,000_x,10,13,,,,PER,a,",
    ]) else {
        panic!("not resolved mentions")
    };
    assert_eq!((mentions.len(), clusters), (2, vec![0, 1]));
    assert!(
        faults(&["entity,end-to-end,000_x,0,3,,,,PER,,"])
            .contains("mention in `000_x` has no cluster")
    );
}

#[test]
fn another_corpus_an_empty_file_and_a_foreign_header_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.csv");
    let header = PredictionRow::header().join(",");
    let said = |text: String| {
        std::fs::write(&path, text).unwrap();
        read(&path, &toy()).unwrap_err().to_string()
    };
    assert!(said(format!("{header}\n")).contains("no prediction in this file"));
    assert!(
        said("document,start,end\n".to_owned()).contains("expected `schema,dataset,corpus_digest,")
    );
    let row = "1,toy,0123,dedup,document,theirs,,0,000_x,,,001_x,,,,,\n";
    assert!(
        said(format!("{header}\n{row}"))
            .contains("p.csv:2: made on corpus 0123, this gold's corpus is ")
    );
    assert!(said(format!("{header}\n{}", row.trim_end())).contains("the last line is cut off"));
}

#[test]
fn a_garble_prediction_is_scored_at_its_level_and_coarser_ones() {
    let levels = |line: &str| {
        let one = predictions(&[line]).unwrap().remove(0);
        (one.granularity(), one.score_levels())
    };
    assert_eq!(
        levels("garble,segment,000_x,0,9,,,,,,"),
        (Granularity::Segment, vec![Level::Segment, Level::Document])
    );
    assert_eq!(
        levels("garble,span,000_x,0,9,,,,,,"),
        (
            Granularity::Span,
            vec![Level::Span, Level::Segment, Level::Document]
        )
    );
    assert_eq!(
        levels("garble,document,000_x,,,,,,,,"),
        (Granularity::Document, vec![Level::Document])
    );
}
