//! Imports of public labelled data, where `KARAT_DATA` names their folder.

use super::conll::Scheme;
use super::tests::round_trip;
use super::*;
use crate::gold::write_dataset;

/// A dataset on disk of an import of public data.
fn public(
    format_name: &str,
    path: &str,
    options: &Options,
) -> Option<(tempfile::TempDir, Imported, Gold)> {
    let path = crate::test_data::folder()?.join(path);
    let imported =
        (format(format_name).unwrap().import)(&sources(&path).unwrap(), options).unwrap();
    let dir = tempfile::tempdir().unwrap();
    write_dataset(dir.path(), &imported.manifest, &imported.gold).unwrap();
    let gold = crate::gold::load(dir.path()).unwrap();
    Some((dir, imported, gold))
}

#[test]
fn wnut17_loads_whole_and_survives_every_scheme() {
    let Some((_dir, imported, gold)) = public(
        "conll",
        "wnut17/emerging.test.annotated",
        &Options::default(),
    ) else {
        return;
    };
    let tokens: usize = gold
        .corpus
        .documents
        .iter()
        .map(|d| d.text.split_whitespace().count())
        .sum();
    assert_eq!(
        (
            gold.corpus.len(),
            tokens,
            gold.mentions.as_ref().unwrap().len()
        ),
        (1287, 23394, 1079)
    );
    assert_eq!(imported.gold.mentions, gold.mentions);
    for scheme in Scheme::ALL {
        let options = Options {
            scheme,
            space_tokens: true,
            ..Options::default()
        };
        let (_, back) = round_trip("conll", &gold, &options);
        assert_eq!(back.gold.corpus, gold.corpus, "{scheme:?}");
        assert_eq!(back.gold.mentions, gold.mentions, "{scheme:?}");
    }
}

#[test]
fn ted_mqm_loads_every_target_with_errors_on_the_right_characters() {
    let Some((_dir, imported, gold)) = public(
        "mqm",
        "ted-mqm/mqm_ted_zhen.talks-5-7.tsv",
        &Options::default(),
    ) else {
        return;
    };
    // 15 systems and references, 31 and 70 segments.
    assert_eq!(gold.corpus.len(), 30);
    assert_eq!(gold.segments.as_ref().unwrap().len(), 15 * (31 + 70));
    assert_eq!(gold.copy_groups.as_ref().unwrap().len(), 15 * (31 + 70));
    let groups: std::collections::BTreeSet<_> = gold
        .copy_groups
        .iter()
        .flatten()
        .map(|m| &m.group)
        .collect();
    assert_eq!(groups.len(), 31 + 70);
    let path = crate::test_data::folder()
        .unwrap()
        .join("ted-mqm/mqm_ted_zhen.talks-5-7.tsv");
    let file = std::fs::read_to_string(path).unwrap();
    // Twin: every row's target, without marks, is a line of its document, and its marked text is a garble of that row's category.
    let mut expected = 0;
    for line in file.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let id = format!("{}.{}", cells[1], cells[0]);
        let document = gold.corpus.index(&id).unwrap();
        let text = &gold.corpus.documents[document].text;
        let plain = cells[6].replace("<v>", "").replace("</v>", "");
        assert!(text.lines().any(|line| line == plain), "{plain}");
        let Some((before, rest)) = cells[6].split_once("<v>") else {
            continue;
        };
        let inside = rest.split_once("</v>").unwrap().0;
        expected += 1;
        let hit = imported.gold.garbles.iter().flatten().any(|garble| {
            garble.document == document
                && garble.category == cells[7]
                && garble.severity == cells[8]
                && garble.span.text(text) == Some(inside)
                && text[..garble.span.start].ends_with(before)
        });
        assert!(hit, "{line}");
    }
    assert_eq!(gold.garbles.as_ref().unwrap().len(), expected);
    assert!(
        gold.garbles
            .iter()
            .flatten()
            .all(|garble| ["major", "minor"].contains(&garble.severity.as_str()))
    );
    let (_, back) = round_trip("mqm", &imported.gold, &Options::default());
    assert_eq!(back.gold.garbles, imported.gold.garbles);
    assert_eq!(back.gold.copy_groups, imported.gold.copy_groups);
}

#[test]
fn listed_pairs_and_preferences_of_public_sets_load() {
    let options = Options::default();
    if let Some((_dir, _, gold)) = public("name-bench", "name_bench/cases.csv", &options) {
        assert_eq!(gold.mention_pairs.as_ref().unwrap().len(), 826);
        assert_eq!(gold.mentions.as_ref().unwrap().len(), 2 * 826);
        assert_eq!(gold.judged("mention_pairs"), crate::label::Judged::Listed);
    }
    if let Some((_dir, _, gold)) = public("mlqe-pe", "mlqe-pe/ro-en-dev", &options) {
        assert_eq!(gold.document_pairs.as_ref().unwrap().len(), 1000);
        let exact = gold
            .document_pairs
            .iter()
            .flatten()
            .filter(|pair| pair.relation == crate::label::Relation::Exact);
        assert_eq!(
            gold.preferences.as_ref().unwrap().len(),
            1000 - exact.count()
        );
        assert!(!gold.garbles.as_ref().unwrap().is_empty());
    }
    if let Some((_dir, imported, gold)) = public("demetr", "demetr", &options) {
        let preferences = gold.preferences.as_ref().unwrap();
        let categories: std::collections::BTreeSet<_> =
            preferences.iter().map(|p| &p.category).collect();
        assert_eq!(categories.len(), 8);
        assert!(imported.notices[0].contains("two equal sentences"));
    }
}
