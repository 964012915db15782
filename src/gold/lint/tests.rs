//! Every lint against a planted fault, on a small dataset that is clean before.

use std::fs;
use std::path::Path;

use super::*;
use crate::gold::manifest::{Manifest, Vocabulary};

const FILES: &[(&str, &str)] = &[
    (
        "articles/a.txt",
        "Fire in Iraq\n\nThe U.S. Embassy fell, said Bob. It rose again.\n(Reporting by Eve)\n",
    ),
    (
        "articles/b.txt",
        "Fire in Iraq\n\nThe embassy of the U.S. fell over. It rose again.\n(Reporting by Eve)\n",
    ),
    (
        "segments.csv",
        "document,segment,start,end,zone,text\n\
         a,s001,0,12,headline,Fire in Iraq\n\
         a,s002,14,46,body,\"The U.S. Embassy fell, said Bob.\"\n\
         a,s003,47,61,body,It rose again.\n\
         a,s004,62,80,credit,(Reporting by Eve)\n\
         b,s001,0,12,headline,Fire in Iraq\n\
         b,s002,14,48,body,The embassy of the U.S. fell over.\n\
         b,s003,49,63,body,It rose again.\n\
         b,s004,64,82,credit,(Reporting by Eve)\n",
    ),
    (
        "document_pairs.csv",
        "document_a,document_b,relation,redundant,note\na,b,near-duplicate,none,\n",
    ),
    (
        "copy_groups.csv",
        "group,document,segment,piece,start,end,text,doubtful\n\
         g1,a,s001,,0,12,Fire in Iraq,false\n\
         g1,b,s001,,0,12,Fire in Iraq,false\n\
         g2,a,s003,,47,61,It rose again.,false\n\
         g2,b,s003,,49,63,It rose again.,false\n",
    ),
    (
        "boilerplate_groups.csv",
        "group,document,segment,start,end,text\n\
         b1,a,s004,62,80,(Reporting by Eve)\n\
         b1,b,s004,64,82,(Reporting by Eve)\n",
    ),
    (
        "same_fact.csv",
        "document_a,segment_a,document_b,segment_b,note\na,s002,b,s002,\n",
    ),
    (
        "entities.csv",
        "entity,entity_type,canonical,derived_from,note\n\
         fac:embassy,FAC,Embassy,,\n\
         gpe:iraq,GPE,Iraq,,\n\
         gpe:us,GPE,US,,\n\
         per:bob,PER,Bob,,\n\
         per:eve,PER,Eve,,\n",
    ),
    (
        "mentions.csv",
        "document,start,end,text,entity_type,entity,nesting,zone,garbled,lowercase,metonymic,doubtful\n\
         a,8,12,Iraq,GPE,gpe:iraq,outer,headline,false,false,false,false\n\
         a,18,30,U.S. Embassy,FAC,fac:embassy,outer,body,false,false,false,false\n\
         a,18,22,U.S.,GPE,gpe:us,inner,body,false,false,false,false\n\
         a,42,45,Bob,PER,per:bob,outer,body,false,false,false,false\n\
         a,76,79,Eve,PER,per:eve,outer,credit,false,false,false,false\n\
         b,8,12,Iraq,GPE,gpe:iraq,outer,headline,false,false,false,false\n\
         b,33,37,U.S.,GPE,gpe:us,outer,body,false,false,false,false\n\
         b,78,81,Eve,PER,per:eve,outer,credit,false,false,false,false\n",
    ),
    (
        "garbles.csv",
        "document,start,end,text,category,subtype,severity,intended,witness,doubtful\n\
         a,31,35,fell,lexical,nonsense,major,stood,b:s002,false\n\
         a,62,80,(Reporting by Eve),boilerplate,credit,minor,,inferred,false\n\
         b,43,47,over,token,stray,minor,,inferred,false\n\
         b,64,82,(Reporting by Eve),boilerplate,credit,minor,,inferred,false\n",
    ),
];

/// The clean dataset with some cells replaced: (file, from, to). Every `from` must be there.
fn dataset(changes: &[(&str, &str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("articles")).unwrap();
    let manifest = Manifest {
        name: "tiny".to_owned(),
        guidelines: 1,
        vocabulary: Vocabulary::guidelines(),
        ..Manifest::default()
    };
    fs::write(dir.path().join("dataset.toml"), manifest.to_toml().unwrap()).unwrap();
    for (file, content) in FILES {
        fs::write(dir.path().join(file), content).unwrap();
    }
    for (file, from, to) in changes {
        let path = dir.path().join(file);
        let before = fs::read_to_string(&path).unwrap();
        assert!(before.contains(from), "{file} has no {from}");
        fs::write(path, before.replacen(from, to, 1)).unwrap();
    }
    dir
}

fn found(changes: &[(&str, &str, &str)]) -> Vec<(&'static str, String)> {
    let dir = dataset(changes);
    let findings = lint(dir.path()).unwrap();
    findings
        .into_iter()
        .map(|finding| (finding.lint, finding.fault.to_string()))
        .collect()
}

#[test]
fn the_clean_dataset_is_clean() {
    assert_eq!(found(&[]), []);
}

/// A lint, the place it must name, and the changes that plant its fault.
type Planted = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str, &'static str)],
);

const PLANTED: &[Planted] = &[
    (
        "load",
        "mentions.csv:2",
        &[("mentions.csv", "a,8,12,Iraq", "a,8,12,Iran")],
    ),
    (
        "duplicate-row",
        "same_fact.csv:3",
        &[(
            "same_fact.csv",
            "a,s002,b,s002,\n",
            "a,s002,b,s002,\na,s002,b,s002,\n",
        )],
    ),
    (
        "blank-edge",
        "garbles.csv:2",
        &[("garbles.csv", "a,31,35,fell", "a,30,35, fell")],
    ),
    (
        "same-segment",
        "garbles.csv",
        &[(
            "garbles.csv",
            "b,64,82,(Reporting by Eve),boilerplate,credit,minor,,inferred,false\n",
            "",
        )],
    ),
    (
        "same-name",
        "mentions.csv:8",
        &[(
            "mentions.csv",
            "U.S.,GPE,gpe:us,outer",
            "U.S.,GPE,gpe:iraq,outer",
        )],
    ),
    (
        "entity-type",
        "mentions.csv:5",
        &[("mentions.csv", "Bob,PER", "Bob,ORG")],
    ),
    (
        "entity-unused",
        "entities.csv:7",
        &[(
            "entities.csv",
            "per:eve,PER,Eve,,\n",
            "per:eve,PER,Eve,,\nper:zoe,PER,Zoe,,\n",
        )],
    ),
    (
        "derived-from",
        "entities.csv:5",
        &[(
            "entities.csv",
            "per:bob,PER,Bob,,",
            "per:bob,PER,Bob,gpe:mars,",
        )],
    ),
    (
        "unlabelled-name",
        "mentions.csv",
        &[(
            "mentions.csv",
            "b,8,12,Iraq,GPE,gpe:iraq,outer,headline,false,false,false,false\n",
            "",
        )],
    ),
    (
        "mention-edge",
        "mentions.csv:5",
        &[("mentions.csv", "a,42,45,Bob,", "a,31,36,\"fell,\",")],
    ),
    (
        "mention-case",
        "mentions.csv:5",
        &[(
            "mentions.csv",
            "Bob,PER,per:bob,outer,body,false,false",
            "Bob,PER,per:bob,outer,body,false,true",
        )],
    ),
    (
        "group-of-one",
        "copy_groups.csv:4",
        &[(
            "copy_groups.csv",
            "g2,b,s003,,49,63,It rose again.,false\n",
            "",
        )],
    ),
    (
        "group-zone",
        "copy_groups.csv:4",
        &[(
            "copy_groups.csv",
            "g2,a,s003",
            "g3,a,s004,,62,80,(Reporting by Eve),false\ng3,b,s004,,64,82,(Reporting by Eve),false\ng2,a,s003",
        )],
    ),
    (
        "boilerplate-text",
        "boilerplate_groups.csv:3",
        &[(
            "boilerplate_groups.csv",
            "b1,b,s004,64,82,(Reporting by Eve)",
            "b1,b,s003,49,63,It rose again.",
        )],
    ),
    (
        "same-fact-copy",
        "same_fact.csv:2",
        &[("same_fact.csv", "a,s002,b,s002", "a,s001,b,s001")],
    ),
    (
        "pair-exact",
        "document_pairs.csv:2",
        &[("document_pairs.csv", "near-duplicate", "exact")],
    ),
    (
        "pair-missing",
        "document_pairs.csv",
        &[("document_pairs.csv", "a,b,near-duplicate,none,\n", "")],
    ),
    (
        "garble-reading",
        "garbles.csv:2",
        &[("garbles.csv", "major,stood,", "major,,")],
    ),
    (
        "garble-witness",
        "garbles.csv:4",
        &[("garbles.csv", "stray,minor,,inferred", "stray,minor,,")],
    ),
    (
        "garble-subtype",
        "garbles.csv:4",
        &[("garbles.csv", "token,stray", "token,")],
    ),
    (
        "garble-severity",
        "garbles.csv:3",
        &[("garbles.csv", "credit,minor", "credit,major")],
    ),
    (
        "garble-token",
        "garbles.csv:2",
        &[("garbles.csv", "a,31,35,fell", "a,31,34,fel")],
    ),
    (
        "segment-line",
        "segments.csv:2",
        &[
            (
                "segments.csv",
                "a,s001,0,12,headline,Fire in Iraq\n",
                "a,s001,0,17,headline,\"Fire in Iraq\n\nThe\"\n",
            ),
            (
                "segments.csv",
                "a,s002,14,46,body,\"The U.S. ",
                "a,s002,18,46,body,\"U.S. ",
            ),
        ],
    ),
    (
        "segment-unsplit",
        "segments.csv:3",
        &[(
            "segments.csv",
            "a,s002,14,46,body,\"The U.S. Embassy fell, said Bob.\"\na,s003,47,61,body,It rose again.\na,s004",
            "a,s002,14,61,body,\"The U.S. Embassy fell, said Bob. It rose again.\"\na,s003",
        )],
    ),
    (
        "segment-oversplit",
        "segments.csv:4",
        &[(
            "segments.csv",
            "a,s002,14,46,body,\"The U.S. Embassy fell, said Bob.\"\na,s003,47,61,body,It rose again.\na,s004",
            "a,s002,14,36,body,\"The U.S. Embassy fell,\"\na,s003,37,46,body,said Bob.\na,s004,47,61,body,It rose again.\na,s005",
        )],
    ),
    (
        "doubtful-share",
        "garbles.csv",
        &[
            ("garbles.csv", "b:s002,false", "b:s002,true"),
            ("garbles.csv", "inferred,false", "inferred,true"),
        ],
    ),
];

#[test]
fn every_lint_finds_its_planted_fault_at_its_place() {
    for (lint, place, changes) in PLANTED {
        let found = found(changes);
        let hit = found
            .iter()
            .any(|(name, fault)| name == lint && fault.contains(place));
        assert!(hit, "{lint} at {place} not in {found:#?}");
    }
}

#[test]
fn every_lint_has_a_planted_fault() {
    let mut planted: Vec<&str> = PLANTED.iter().map(|(lint, ..)| *lint).collect();
    let mut known: Vec<&str> = LINTS.iter().map(|(lint, ..)| *lint).collect();
    planted.sort_unstable();
    known.sort_unstable();
    assert_eq!(planted, known);
}

#[test]
fn a_foreign_dataset_is_spared_the_rules_of_the_guidelines() {
    let changes = [
        ("garbles.csv", "major,stood,", "major,,"),
        ("dataset.toml", "guidelines = 1", "guidelines = 0"),
    ];
    assert_eq!(found(&changes), []);
}

/// Ten different faults in ten places of a copy of the gold are all named in one run.
#[test]
fn ten_faults_planted_in_the_gold_are_all_named_at_once() {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("gold/embassy");
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("articles")).unwrap();
    for folder in ["", "articles"] {
        for entry in fs::read_dir(from.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                fs::copy(
                    &path,
                    dir.path().join(folder).join(path.file_name().unwrap()),
                )
                .unwrap();
            }
        }
    }
    // Each edit changes the cells of one data row (from 0) and returns the line at which it must be reported.
    let edit = |file: &str, row: usize, change: &dyn Fn(&mut Vec<String>)| {
        let path = dir.path().join(file);
        let mut reader = csv::Reader::from_path(&path).unwrap();
        let header = reader.headers().unwrap().clone();
        let mut rows: Vec<Vec<String>> = reader
            .records()
            .map(|record| record.unwrap().iter().map(str::to_owned).collect())
            .collect();
        change(&mut rows[row]);
        let mut writer = csv::Writer::from_path(&path).unwrap();
        writer.write_record(&header).unwrap();
        for row in rows {
            writer.write_record(row).unwrap();
        }
    };
    let before = lint(dir.path()).unwrap();
    edit("mentions.csv", 3, &|row| row[3] = "Nowhere".to_owned());
    edit("mentions.csv", 9, &|row| row[4] = "TOWN".to_owned());
    edit("mentions.csv", 12, &|row| {
        row[5] = "gpe:atlantis".to_owned()
    });
    edit("mentions.csv", 15, &|row| row[2] = "999999".to_owned());
    edit("garbles.csv", 4, &|row| row[6] = "awful".to_owned());
    edit("garbles.csv", 6, &|row| row[8] = "000:s999".to_owned());
    edit("garbles.csv", 8, &|row| row[9] = "maybe".to_owned());
    edit("document_pairs.csv", 1, &|row| row[2] = "twins".to_owned());
    edit("copy_groups.csv", 0, &|row| row[2] = "s777".to_owned());
    edit("same_fact.csv", 0, &|row| row[0] = "999_nobody".to_owned());
    let text: Vec<String> = lint(dir.path())
        .unwrap()
        .iter()
        .filter(|finding| !before.contains(finding))
        .map(|finding| finding.fault.to_string())
        .collect();
    for needle in [
        "mentions.csv:5: text is `Nowhere`",
        "mentions.csv:11: unknown entity type `TOWN`",
        "mentions.csv:14: unknown entity `gpe:atlantis`",
        "mentions.csv:17: span",
        "garbles.csv:6: unknown severity `awful`",
        "garbles.csv:8: unknown witness `000:s999`",
        "garbles.csv:10: `doubtful` is `maybe`",
        "document_pairs.csv:3: unknown relation `twins`",
        "copy_groups.csv:2: unknown segment `s777`",
        "same_fact.csv:2: unknown document `999_nobody`",
    ] {
        assert!(
            text.iter().any(|fault| fault.contains(needle)),
            "{needle} not in {text:#?}"
        );
    }
}
