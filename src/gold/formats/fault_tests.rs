//! Files of other tools that do not fit: each fault is named with its place, and what is left out is said.

use super::tests::round_trip;
use super::*;
use crate::corpus::{Corpus, Document, Span};
use crate::error::Error;
use crate::label::{Garble, Mention, Nesting, Segment};

fn source(name: &str, text: &str) -> Source {
    Source {
        path: name.to_owned(),
        name: name.to_owned(),
        text: text.to_owned(),
    }
}

/// Names and contents.
type Files<'a> = &'a [(&'a str, &'a str)];

/// What is wrong with these files, or else the notices.
fn said(name: &str, files: Files<'_>, options: &Options) -> Vec<String> {
    let sources: Vec<Source> = files
        .iter()
        .map(|(name, text)| source(name, text))
        .collect();
    match (format(name).unwrap().import)(&sources, options) {
        Ok(imported) => imported.notices,
        Err(Error::Invalid(faults)) => faults.iter().map(ToString::to_string).collect(),
        Err(other) => panic!("{other}"),
    }
}

/// Two documents with two segments each, and one mention.
fn base() -> Gold {
    let document = |id: &str| Document {
        id: id.to_owned(),
        text: "Iran\nIraq\n".to_owned(),
    };
    let segment = |document, number: usize| Segment {
        document,
        id: format!("s{number:03}"),
        span: Span::new(5 * number - 5, 5 * number - 1),
        zone: "body".to_owned(),
    };
    Gold {
        dataset: "base".to_owned(),
        corpus: Corpus::new(vec![document("a"), document("b")]).unwrap(),
        stories: vec!["a".to_owned(), "b".to_owned()],
        segments: Some(vec![
            segment(0, 1),
            segment(0, 2),
            segment(1, 1),
            segment(1, 2),
        ]),
        mentions: Some(vec![Mention {
            document: 0,
            span: Span::new(0, 4),
            entity_type: "GPE".to_owned(),
            entity: String::new(),
            nesting: Nesting::Outer,
            zone: "body".to_owned(),
            garbled: false,
            lowercase: false,
            metonymic: false,
            doubtful: false,
        }]),
        ..Gold::default()
    }
}

fn over_base() -> Options {
    Options {
        base: Some(base()),
        ..Options::default()
    }
}

#[test]
fn every_fault_is_named_with_file_and_line() {
    let plain = Options::default();
    let over = over_base();
    let cases: &[(&str, Files<'_>, &Options, &[&str])] = &[
        (
            "clusters",
            &[(
                "c.csv",
                "kind,item,cluster\ncopy,a:s001,g1\ncopy,a:s001,g2\nplanet,x,g\nentity,a:0-9,e\ncopy,short\n",
            )],
            &over,
            &[
                "c.csv:3: `copy,a:s001` stands twice",
                "c.csv:4: `planet,x` is no item",
                "c.csv:5: `entity,a:0-9` is no item",
                "c.csv:6: CSV error: record 5 (line: 6",
            ],
        ),
        (
            "pairs",
            &[(
                "p.csv",
                "level,a,b,label\ndocument,a,c,exact\nword,a,b,copy\nsegment,a:s001,a:s001,copy\ndocument,a\n",
            )],
            &over,
            &[
                "p.csv:2: `document,a,c,exact` is no pair",
                "p.csv:3: `word,a,b,copy`",
                "p.csv:4: `segment,a:s001,a:s001,copy` is no pair",
                "p.csv:5: CSV error: record 4 (line: 5",
            ],
        ),
        (
            "name-bench",
            &[
                ("wrong.csv", "name1,name2\nx,y\n"),
                (
                    "n.csv",
                    "case_group,schema,name1,name2,is_match\ng,Person,Ann,Anna,perhaps\ng,Person,,Anna,true\ng,Person\n",
                ),
            ],
            &plain,
            &[
                "n.csv:2: no judged pair",
                "n.csv:3: no judged pair",
                "n.csv:4: CSV error: record 3 (line: 4",
                "wrong.csv:1: wrong header",
            ],
        ),
        (
            "mlqe-pe",
            &[("x.mt", "a b\n"), ("x.pe", "a b\n")],
            &plain,
            &["no file *.tags"],
        ),
        (
            "mlqe-pe",
            &[
                ("x.mt", "a b\nc\n"),
                ("x.pe", "a b\n"),
                ("x.tags", "OK OK OK OK OK\n"),
            ],
            &plain,
            &["x.mt: 2 lines, the post-edits have 1, the tags 1"],
        ),
        (
            "mlqe-pe",
            &[("x.mt", "a b\n"), ("x.pe", "a b\n"), ("x.tags", "OK OK\n")],
            &plain,
            &["x.tags:1: 2 tags for 2 tokens"],
        ),
        (
            "spacy",
            &[(
                "s.jsonl",
                "\n{\"text\": \"Iran\"\n{\"words\": []}\n{\"text\": \"Iran\", \"spans\": [[0, 0, \"GPE\"], [0, 9, \"GPE\"]]}\n",
            )],
            &plain,
            &[
                "s.jsonl:2: not JSON",
                "s.jsonl:3: no `text`",
                "s.jsonl:4: span [0,0,\"GPE\"] is empty",
                "s.jsonl:4: span [0,9,\"GPE\"] has no label or leaves its text",
            ],
        ),
        (
            "label-studio",
            &[(
                "l.json",
                r#"[{"data": {}}, {"data": {"text": "Iran"}, "annotations": [{"result": [{"value": {"start": 0, "end": 9, "labels": ["GPE"]}}]}]}]"#,
            )],
            &plain,
            &[
                "l.json:1: task 1 has no data.text",
                "l.json:1: task 2: result {\"value\":{\"end\":9,\"labels\":[\"GPE\"],\"start\":0}} leaves its text",
            ],
        ),
        (
            "label-studio",
            &[("l.json", "{}")],
            &plain,
            &["l.json:1: no list of tasks"],
        ),
        (
            "brat",
            &[("a.ann", "T1\tGPE 0 4\tIran\n")],
            &plain,
            &["a.ann:1: no a.txt beside it"],
        ),
        (
            "brat",
            &[
                ("a.txt", "Iran\n"),
                ("a.ann", "T1\tGPE 0 4\tIraq\nT2\tGPE x\tIran\n"),
            ],
            &plain,
            &[
                "a.ann:1: `T1\tGPE 0 4\tIraq` does not fit",
                "a.ann:2: `T2\tGPE x\tIran` does not fit",
            ],
        ),
        (
            "demetr",
            &[("d.jsonl", "{\"id\": 1}\n")],
            &plain,
            &["d.jsonl:1: missing field"],
        ),
        (
            "conll",
            &[("c.txt", "Iran\n")],
            &plain,
            &["c.txt:1: `Iran` is no token with a tag"],
        ),
    ];
    for (name, files, options, expected) in cases {
        let found = said(name, files, options);
        assert_eq!(found.len(), expected.len(), "{name}: {found:#?}");
        for (found, problem) in found.iter().zip(*expected) {
            assert!(
                found.contains(problem),
                "{name}: `{problem}` not in `{found}`"
            );
        }
    }
}

#[test]
fn what_is_left_out_is_said() {
    let plain = Options::default();
    let cases: &[(&str, Files<'_>, &[&str])] = &[
        (
            "brat",
            &[
                ("a.txt", "Iran\n"),
                (
                    "a.ann",
                    "T1\tGPE 0 4\tIran\nE1\tx\nA1\tx\nM1\tx\nN1\tx\n#1\tx\nR1\tx\nT2\tGPE 0 1;2 4\tI an\n",
                ),
            ],
            &[
                "1 events",
                "2 attributes",
                "1 normalizations",
                "1 notes",
                "1 relations",
                "1 discontinuous spans",
            ],
        ),
        (
            "label-studio",
            &[(
                "l.json",
                r#"[{"data": {"text": "Iran"}, "annotations": [{"result": [{"value": {"start": 0, "end": 4, "labels": ["GPE", "LOC"]}}, {"value": {"choices": ["x"]}}]}, {"result": []}]}]"#,
            )],
            &[
                "1 results without labels",
                "1 second labels",
                "1 further annotations",
            ],
        ),
        (
            "spacy",
            &[(
                "s.jsonl",
                "{\"text\": \"Iran\", \"spans\": [[0, 4, \"GPE\"], [0, 4, \"GPE\"]]}\n",
            )],
            &["1 spans stood twice with one label; kept once"],
        ),
        (
            "doccano",
            &[(
                "d.jsonl",
                "{\"text\": \"Iran\", \"label\": [[0, 4, \"GPE\"]], \"Comments\": []}\n",
            )],
            &["relations and comments are left out"],
        ),
        (
            "conll",
            &[("c.txt", "Iran NNP B-GPE\nhit VB O\nBasra NNP I-GPE\n")],
            &[
                "3 columns; only the first (token) and the last (tag) are read",
                "1 sentences have tags that iob2 would write otherwise",
            ],
        ),
    ];
    for (name, files, expected) in cases {
        let found = said(name, files, &plain).join("\n");
        for notice in *expected {
            assert!(
                found.contains(notice),
                "{name}: `{notice}` not in:\n{found}"
            );
        }
    }
}

#[test]
fn pairs_and_clusters_lie_over_a_dataset() {
    let pairs = "level,a,b,label\ndocument,b,a,near-duplicate\nsegment,a:s001,b:s001,copy\nsegment,b:s001,a:s002,copy\nsegment,a:s002,b:s002,same-fact\n";
    let read = format("pairs").unwrap().import;
    let imported = read(&[source("p.csv", pairs)], &over_base()).unwrap();
    assert_eq!(imported.gold.document_pairs.as_ref().unwrap().len(), 1);
    let fact = &imported.gold.same_fact.as_ref().unwrap()[0];
    assert_eq!((fact.a, fact.b), (1, 3));
    // a:s001 and a:s002 lie in one document: no pair across documents is missing.
    assert_eq!(imported.gold.copy_groups.as_ref().unwrap().len(), 3);
    let chain = "level,a,b,label\nsegment,a:s001,b:s001,copy\nsegment,b:s001,a:s002,copy\nsegment,a:s002,b:s002,copy\n";
    let chained = read(&[source("p.csv", chain)], &over_base()).unwrap();
    assert!(
        chained.notices[0].starts_with("1 pairs are not listed"),
        "{:?}",
        chained.notices
    );

    let clusters =
        "kind,item,cluster\nboilerplate,a:s001,b1\nboilerplate,b:s001,b1\nentity,a:0-4,gpe:iran\n";
    let read = format("clusters").unwrap().import;
    let imported = read(&[source("c.csv", clusters)], &over_base()).unwrap();
    assert_eq!(imported.gold.boilerplate_groups.as_ref().unwrap().len(), 2);
    assert_eq!(
        imported.gold.mentions.as_ref().unwrap()[0].entity,
        "gpe:iran"
    );
    assert!(imported.gold.copy_groups.is_none());
}

#[test]
fn garbles_go_out_and_in_with_their_fields() {
    let mut gold = base();
    gold.mentions = None;
    gold.segments = None;
    gold.garbles = Some(vec![Garble {
        document: 0,
        span: Span::new(0, 4),
        category: "name".to_owned(),
        subtype: "country".to_owned(),
        severity: "critical".to_owned(),
        intended: "Iraq".to_owned(),
        witness: String::new(),
        doubtful: true,
    }]);
    let options = Options {
        layer: "garbles".to_owned(),
        ..Options::default()
    };
    let (_, back) = round_trip("spacy", &gold, &options);
    assert_eq!(back.gold.garbles, gold.garbles);
    assert_eq!(back.manifest.vocabulary.garbles["name"], ["country"]);
    for layer in ["mentions", "entities"] {
        assert!(exchange::spans(&gold, layer).is_err(), "{layer}");
    }
    let none = exchange::assemble(
        Vec::new(),
        Vec::new(),
        &Options {
            layer: "entities".to_owned(),
            ..Options::default()
        },
        Vec::new(),
    );
    assert!(none.is_err_and(|error| error.to_string().contains("no layer of labelled spans")));
}

#[test]
fn labels_with_blanks_are_written_with_a_line_below() {
    let mut gold = base();
    gold.mentions.as_mut().unwrap()[0].entity_type = "creative work".to_owned();
    for name in ["brat", "conll"] {
        let (exported, back) = round_trip(name, &gold, &Options::default());
        let notices = exported.notices.join("\n");
        assert!(notices.contains("written with `_`"), "{name}: {notices}");
        assert_eq!(back.gold.mentions.unwrap()[0].entity_type, "creative_work");
    }
}

#[test]
fn webanno_escapes_what_its_columns_mean() {
    let mut gold = base();
    gold.mentions.as_mut().unwrap()[0].entity_type = "a|b_c;d*e[f]\\g".to_owned();
    let (_, back) = round_trip("webanno", &gold, &Options::default());
    assert_eq!(
        back.gold.mentions.unwrap()[0].entity_type,
        "a|b_c;d*e[f]\\g"
    );
    let text =
        "#FORMAT=WebAnno TSV 3.3\n#T_SP=x|value|other\n\n\n#Text=Iran\n1-1\t0-4\tIran\tGPE\tx\t\n";
    let found = said("webanno", &[("w.tsv", text)], &Options::default()).join("\n");
    assert!(
        found.contains("w.tsv: only the first feature is read"),
        "{found}"
    );
}

#[test]
fn unknown_words_name_what_is_known() {
    let unknown = format("word").unwrap_err().to_string();
    assert!(unknown.contains("unknown format `word`"), "{unknown}");
    let scheme = "iobx".parse::<conll::Scheme>().unwrap_err();
    assert!(
        scheme.contains("known: iob1, iob2, ioe1, ioe2, bilou, iobes"),
        "{scheme}"
    );
}

#[test]
fn a_file_that_is_not_utf_8_is_named() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("x.txt"), [0xff, 0xfe, b'a']).unwrap();
    let error = sources(dir.path()).unwrap_err().to_string();
    assert!(
        error.contains("x.txt") && error.contains("not UTF-8"),
        "{error}"
    );
    assert!(sources(&dir.path().join("missing")).is_err());
}

#[test]
fn coreference_files_that_do_not_close_are_faults() {
    let text = "x (1)\n#begin document (a)\nx (1)\n#begin document (b)\n#end document\n#end document\n#begin document (c)\n";
    let error = conll_coref::parse(text, std::path::Path::new("k.conll")).unwrap_err();
    let Error::Invalid(faults) = error else {
        panic!("{error}");
    };
    let found: Vec<String> = faults.iter().map(ToString::to_string).collect();
    let found = found.join("\n");
    for problem in [
        "k.conll:1: token outside a document",
        "k.conll:4: `#begin document` inside a document",
        "k.conll:6: `#end document` without `#begin document`",
        "k.conll:7: the last document does not end",
    ] {
        assert!(found.contains(problem), "`{problem}` not in:\n{found}");
    }
}
