//! Datasets that are not as they should be, layer by layer: each fault with file, line and what it says.

use std::fs;
use std::path::Path;

use super::tests::{dataset, faults};
use crate::gold::load;

/// Sound segments of the dataset: the title, two sentences, the title again.
const SEGMENTS: &str = "document,segment,start,end,zone,text\n\
    a,s001,0,5,headline,Title\n\
    a,s002,7,46,body,The U.S. Embassy in Bagdad – it fell.\n\
    a,s003,47,52,body,Fire!\n\
    b,s001,0,5,headline,Title\n";

fn check(dir: &Path, expected: &[&str]) {
    let found = faults(dir).join("\n");
    for problem in expected {
        assert!(found.contains(problem), "`{problem}` not in:\n{found}");
    }
}

#[test]
fn relations_name_what_they_cannot_find() {
    let dir = dataset(&[
        ("segments.csv", SEGMENTS),
        (
            "document_pairs.csv",
            "document_a,document_b,relation,redundant,note\n\
             a,b,alike,b,\na,b,exact,perhaps,\na,a,exact,,\nb,a,exact,,\n,b,exact,,\n",
        ),
        (
            "copy_groups.csv",
            "group,document,segment,piece,start,end,text,doubtful\n\
             ,a,s001,,0,5,Title,false\n\
             g1,a,s002,two,7,46,The U.S. Embassy in Bagdad – it fell.,maybe\n\
             g1,x,s001,,0,5,Title,false\n\
             g1,b,s009,,0,5,Title,false\n\
             g1,a,s003,,0,5,Title,false\n\
             g2,a,s001,,0,5,Title,false\n",
        ),
        (
            "same_fact.csv",
            "document_a,segment_a,document_b,segment_b,note\na,s001,b,s001,\nb,s001,a,s001,\na,s001,a,s002,\n",
        ),
        (
            "entities.csv",
            "entity,entity_type,canonical\n,GPE,Iraq\ngpe:us,GPE,US\ngpe:us,GPE,US\n",
        ),
        (
            "mentions.csv",
            "document,start,end,text,entity_type,entity,nesting,zone,garbled\n\
             a,27,33,Bagdad,GPE,gpe:us,middle,body,\n\
             a,11,23,U.S. Embassy,FAC,fac:x,outer,headline,perhaps\n",
        ),
        (
            "mention_pairs.csv",
            "document_a,start_a,end_a,document_b,start_b,end_b,same\n\
             a,27,33,a,11,15,false\na,x,33,a,5,5,true\n",
        ),
    ]);
    check(
        dir.path(),
        &[
            "document_pairs.csv:2: unknown relation `alike`",
            "document_pairs.csv:3: unknown value of redundant `perhaps`",
            "document_pairs.csv:4: both sides are document `a`",
            "document_pairs.csv:5: document_b comes before document_a",
            "document_pairs.csv:6: unknown document ``",
            "copy_groups.csv:2: group is empty",
            "copy_groups.csv:3: piece is `two`",
            "copy_groups.csv:3: `doubtful` is `maybe`",
            "copy_groups.csv:4: unknown document `x`",
            "copy_groups.csv:5: unknown segment `s009` of b",
            "copy_groups.csv:6: span 0-5 is not segment s003 (47-52)",
            "copy_groups.csv:7: this segment stands already on line 2",
            "same_fact.csv:3: this pair stands already on line 2",
            "same_fact.csv:4: both sides are document `a`",
            "entities.csv:2: entity is empty",
            "entities.csv:4: this entity stands already on line 3",
            "mentions.csv:2: nesting is `middle`",
            "mentions.csv:3: unknown entity `fac:x`",
            "mentions.csv:3: zone is `headline`, its segment s002 is `body`",
            "mentions.csv:3: `garbled` is `perhaps`",
            "mention_pairs.csv:2: no mention at 27-33 of a",
            "mention_pairs.csv:3: `start_a` is `x`, not a number",
            "mention_pairs.csv:3: span 5-5 is empty",
        ],
    );
}

#[test]
fn layers_that_point_into_segments_need_them() {
    let dir = dataset(&[(
        "same_fact.csv",
        "document_a,segment_a,document_b,segment_b,note\na,s001,b,s001,\n",
    )]);
    check(
        dir.path(),
        &["same_fact.csv:2: segment `s001` cannot be looked up: no segments.csv"],
    );
}

#[test]
fn spans_name_what_is_wrong_with_them() {
    let dir = dataset(&[
        (
            "segments.csv",
            "document,segment,start,end,zone,text\nx,s001,0,5,headline,Title\na,s001,0,5,roof,Title\n",
        ),
        (
            "mentions.csv",
            "document,start,end,text,entity_type,entity,nesting,zone\n\
             a,27,33,Bagdad,GPE,,outer,\na,27,33,Bagdad,LOC,,outer,\n\
             a,11,15,U.S.,GPE,,inner,\n",
        ),
        (
            "garbles.csv",
            "document,start,end,text,category,subtype,severity,intended,witness,doubtful\n\
             a,27,33,Bagdad,name,town,minor,,,\n\
             a,0,5,Title,token,town,minor,,,\n\
             y,0,5,Title,token,,,,,\n",
        ),
    ]);
    check(
        dir.path(),
        &[
            "segments.csv:2: unknown document `x`",
            "segments.csv:3: unknown zone `roof`",
            "mentions.csv:3: the same span as line 2",
            "mentions.csv:4: `inner` without an enclosing mention",
            "garbles.csv:2: unknown subtype `town`",
            "this category has no subtypes: leave the cell empty",
            "garbles.csv:3: unknown subtype `town`",
            "known: missing, stray, duplicated, truncated, merged",
            "garbles.csv:4: unknown document `y`",
            "garbles.csv:4: unknown severity ``",
        ],
    );
}

#[test]
fn tables_that_are_no_tables_are_named() {
    let dir = dataset(&[
        ("segments.csv", ""),
        (
            "entities.csv",
            "entity,entity,entity_type,canonical,colour\n",
        ),
    ]);
    let mut bytes = b"clean,damaged\na,b\n".to_vec();
    bytes.extend([0xff, b'\n']);
    fs::write(dir.path().join("preferences.csv"), bytes).unwrap();
    check(
        dir.path(),
        &[
            "segments.csv:1: wrong header, missing: document",
            "entities.csv:1: wrong header, unknown: colour, a column occurs twice",
            "preferences.csv:3: not UTF-8",
        ],
    );
}

#[test]
fn a_short_document_id_is_completed() {
    let dir = dataset(&[("preferences.csv", "clean,damaged\nlong,b\n")]);
    fs::write(dir.path().join("articles/long_name.txt"), "Title\n").unwrap();
    check(
        dir.path(),
        &["unknown document `long`", "write the full id `long_name`"],
    );
}

#[test]
fn manifests_that_do_not_fit_are_named() {
    let dir = dataset(&[]);
    let write = |text: &str| fs::write(dir.path().join("dataset.toml"), text).unwrap();
    write("name = \"x\"\nname = 3\n");
    check(dir.path(), &["dataset.toml:2: duplicate key"]);
    write("name = \"\"\n[judged]\nplanets = \"listed\"\n");
    check(
        dir.path(),
        &[
            "`name` is empty",
            "unknown layer `planets`",
            "the layers are ",
        ],
    );
    write("name = \"synthetic-x\"\n");
    check(
        dir.path(),
        &["`synthetic-x` is the name of a synthetic dataset"],
    );
    write("name = \"x\"\n[stories]\na = \"s\"\nc = \"s\"\n[articles]\na = \"0\"\nb = \"1\"\n");
    check(
        dir.path(),
        &[
            "[stories] names `c`, which is no article",
            "[stories] does not name article `b`",
            "a.txt: digest is ",
        ],
    );
    fs::write(dir.path().join("dataset.toml"), [b'n', 0xff]).unwrap();
    check(dir.path(), &["dataset.toml: not UTF-8"]);
    fs::remove_file(dir.path().join("dataset.toml")).unwrap();
    check(dir.path(), &["dataset.toml: no such file"]);
}

#[test]
fn a_synthetic_dataset_is_reported_as_such() {
    let dir = dataset(&[]);
    fs::write(
        dir.path().join("dataset.toml"),
        "name = \"x\"\nsynthetic = \"words were dropped\"\n",
    )
    .unwrap();
    assert_eq!(load(dir.path()).unwrap().dataset, "synthetic-x");
}
