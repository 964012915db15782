use std::fs;
use std::path::Path;

use super::*;
use crate::gold::{Manifest, manifest::Vocabulary, write_dataset};
use crate::label::Nesting;

const TEXT: &str = "Title\n\nThe U.S. Embassy in Bagdad – it fell. Fire!\n";

/// A dataset of two articles whose layers are given as (file, content).
pub(super) fn dataset(layers: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let articles = dir.path().join("articles");
    fs::create_dir(&articles).unwrap();
    fs::write(articles.join("a.txt"), TEXT).unwrap();
    fs::write(articles.join("b.txt"), "Title\n").unwrap();
    let manifest = Manifest {
        name: "tiny".to_owned(),
        vocabulary: Vocabulary::guidelines(),
        ..Manifest::default()
    };
    fs::write(dir.path().join("dataset.toml"), manifest.to_toml().unwrap()).unwrap();
    for (file, content) in layers {
        fs::write(dir.path().join(file), content).unwrap();
    }
    dir
}

pub(super) fn faults(dir: &Path) -> Vec<String> {
    match load(dir) {
        Ok(_) => Vec::new(),
        Err(Error::Invalid(faults)) => faults.iter().map(ToString::to_string).collect(),
        Err(other) => panic!("{other}"),
    }
}

const SEGMENTS: &str = "document,segment,start,end,zone,text\n\
    a,s001,0,5,headline,Title\n\
    a,s002,7,47,body,The U.S. Embassy in Bagdad – it fell.\n\
    a,s003,48,53,body,Fire!\n\
    b,s001,0,5,headline,Title\n";

#[test]
fn a_sound_dataset_loads_sorted_and_survives_writing() {
    assert_eq!(&TEXT[7..46], "The U.S. Embassy in Bagdad – it fell.");
    let segments = SEGMENTS.replace("7,47", "7,46").replace("48,53", "47,52");
    let dir = dataset(&[
        ("segments.csv", &segments),
        (
            "mentions.csv",
            "document,start,end,text,entity_type,entity,nesting,zone\n\
             a,27,33,Bagdad,GPE,gpe:baghdad,outer,body\n\
             a,11,15,U.S.,GPE,gpe:us,inner,body\n\
             a,11,23,U.S. Embassy,FAC,fac:embassy,outer,body\n",
        ),
        (
            "entities.csv",
            "entity,entity_type,canonical\ngpe:us,GPE,US\nfac:embassy,FAC,Embassy\ngpe:baghdad,GPE,Baghdad\n",
        ),
        (
            "garbles.csv",
            "document,start,end,text,category,subtype,severity,intended,witness,doubtful\n\
             a,27,33,Bagdad,name,,minor,Baghdad,inferred,false\n",
        ),
        (
            "copy_groups.csv",
            "group,document,segment,piece,start,end,text,doubtful\n\
             g1,b,s001,,0,5,Title,true\ng1,a,s001,,0,5,Title,false\n",
        ),
        (
            "document_pairs.csv",
            "document_a,document_b,relation,redundant,note\na,b,near-duplicate,b,x\n",
        ),
        (
            "mention_pairs.csv",
            "document_a,start_a,end_a,document_b,start_b,end_b,same\na,27,33,a,11,15,false\n",
        ),
        ("preferences.csv", "clean,damaged\nb,a\n"),
        (
            "same_fact.csv",
            "document_a,segment_a,document_b,segment_b,note\na,s002,b,s001,\n",
        ),
    ]);
    let gold = load(dir.path()).unwrap();
    let mentions = gold.mentions.as_ref().unwrap();
    let texts: Vec<&str> = mentions
        .iter()
        .map(|m| &TEXT[m.span.start..m.span.end])
        .collect();
    assert_eq!(texts, ["U.S. Embassy", "U.S.", "Bagdad"]);
    assert_eq!(mentions[1].nesting, Nesting::Inner);
    assert_eq!(gold.mention_pairs.as_ref().unwrap()[0].a, 1);
    assert_eq!(gold.copy_groups.as_ref().unwrap()[0].segment, 0);
    assert_eq!(gold.stories, ["a", "b"]);

    let copy = tempfile::tempdir().unwrap();
    let manifest = read(dir.path()).unwrap().manifest;
    write_dataset(copy.path(), &manifest, &gold).unwrap();
    let again = load(copy.path()).unwrap();
    assert_eq!(again.digest, gold.digest);
    assert_eq!(again.garbles, gold.garbles);
    assert_eq!(again.preferences, gold.preferences);
}

#[test]
fn every_fault_of_every_file_is_named_in_one_run() {
    let dir = dataset(&[
        ("segments.csv", SEGMENTS),
        (
            "mentions.csv",
            "document,start,end,text,entity_type,entity,nesting,zone\n\
             a,27,33,Baghdad,GPE,,outer,body\n\
             a,27,99,Bagdad,GPE,,outer,body\n\
             a,34,36,–,GPE,,outer,body\n\
             c,27,33,Bagdad,GPE,,outer,body\n\
             a,27,33,Bagdad,TOWN,,outer,body\n",
        ),
        ("garbles.csv", "document,start\na,1\n"),
        ("entities.csv", "entity,entity_type,canonical\nx,PER\n"),
    ]);
    let found = faults(dir.path()).join("\n");
    for problem in [
        "segments.csv:3: text is `The U.S. Embassy in Bagdad – it fell.`",
        "the quoted text stands at 7-46",
        "segments.csv:4: text is `Fire!`",
        "mentions.csv:2: text is `Baghdad`, the article has `Bagdad` at 27-33",
        "mentions.csv:3: span 27-99 leaves the article",
        "mentions.csv:4: span 34-36 cuts a character",
        "mentions.csv:5: unknown document `c`",
        "mentions.csv:6: unknown entity type `TOWN`",
        "garbles.csv:1: wrong header, missing: end, text, category, severity",
        "entities.csv:2: 2 cells, the header has 3",
    ] {
        assert!(found.contains(problem), "{problem} not in:\n{found}");
    }
}

#[test]
fn overlaps_gaps_and_wrong_order_are_faults() {
    let dir = dataset(&[
        (
            "segments.csv",
            "document,segment,start,end,zone,text\n\
             a,s001,0,5,headline,Title\n\
             a,s002,3,5,body,le\n\
             a,s004,47,52,body,Fire!\n\
             b,s001,0,5,headline,Title\n",
        ),
        (
            "mentions.csv",
            "document,start,end,text,entity_type,nesting\n\
             a,11,23,U.S. Embassy,FAC,outer\n\
             a,16,26,Embassy in,FAC,outer\n\
             a,27,33,Bagdad,GPE,inner\n\
             a,11,15,U.S.,GPE,outer\n",
        ),
        (
            "garbles.csv",
            "document,start,end,text,category,severity\n\
             a,27,33,Bagdad,name,minor\na,30,33,dad,name,minor\n",
        ),
    ]);
    let found = faults(dir.path()).join("\n");
    for problem in [
        "segments.csv:3: segment s002 overlaps s001 (line 2)",
        "segments.csv:4: segment id is `s004`, its place is `s003`",
        "`The U.S. Embassy in Bagdad – it fell.` of a at 7-46 lies in no segment",
        "mentions.csv:3: span 16-26 crosses line 2",
        "mentions.csv:4: `inner` without an enclosing mention",
        "mentions.csv:5: `outer` inside the mention of line 2",
        "garbles.csv:3: span 30-33 overlaps line 2",
    ] {
        assert!(found.contains(problem), "{problem} not in:\n{found}");
    }
}

#[test]
fn the_embassy_articles_are_as_crawled() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("gold/embassy");
    let gold = load(&dir).unwrap();
    assert_eq!(gold.corpus.len(), 5);
    assert!(gold.stories.iter().all(|story| story == &gold.stories[0]));
}

#[test]
fn a_type_map_replaces_words_on_loading_and_changes_the_digest() {
    let mentions = "document,start,end,text,entity_type\na,27,33,Bagdad,location\n";
    let dir = dataset(&[("mentions.csv", mentions)]);
    let write = |map: &str| {
        let toml = format!("name = \"tiny\"\n{map}");
        fs::write(dir.path().join("dataset.toml"), toml).unwrap();
        load(dir.path()).unwrap()
    };
    let own = write("");
    let mapped = write("[type_map.entity_types]\nlocation = \"LOC\"\n");
    assert_eq!(own.mentions.unwrap()[0].entity_type, "location");
    assert_eq!(mapped.mentions.unwrap()[0].entity_type, "LOC");
    assert_ne!(own.digest, mapped.digest);
}
