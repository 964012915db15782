//! `karat gold export` and `karat gold import`: files of other tools, there and back.

use std::fs;
use std::path::Path;

use crate::gold::mine;
use crate::support::{Ran, in_folder};

fn export(at: &Path, format: &str, out: &str) -> Ran {
    in_folder(
        at,
        &["gold", "export", "mine", "--format", format, "--out", out],
    )
}

/// Offsets, texts and types of mentions.
fn mentions(dataset: &Path) -> Vec<String> {
    let text = fs::read_to_string(dataset.join("mentions.csv")).unwrap();
    text.lines()
        .skip(1)
        .map(|line| {
            line.split(',')
                .skip(1)
                .take(4)
                .collect::<Vec<_>>()
                .join(",")
        })
        .collect()
}

#[test]
fn every_format_with_spans_comes_back_with_the_same_mentions() {
    let folder = mine();
    let at = folder.path();
    let gold = mentions(&at.join("mine"));
    assert_eq!(gold, ["65,77,Ada Lovelace,PER", "81,87,London,GPE"]);
    for (format, file, content) in [
        (
            "conll",
            "conll",
            "said\tO\nAda\tB-PER\nLovelace\tI-PER\nin\tO\nLondon\tB-GPE\n.\tO\n",
        ),
        (
            "spacy",
            "spacy",
            "{\"end\":77,\"entity\":\"per:ada-lovelace\",\"label\":\"PER\",\"start\":65}",
        ),
        (
            "brat",
            "brat/example.ann",
            "T1\tPER 65 77\tAda Lovelace\nT2\tGPE 81 87\tLondon\n",
        ),
        ("label-studio", "label-studio", "\"PER\""),
        ("webanno", "webanno/example.tsv", "Lovelace"),
        (
            "doccano",
            "doccano",
            "\"label\":[[65,77,\"PER\"],[81,87,\"GPE\"]]",
        ),
    ] {
        let exported = export(at, format, format);
        let notices = exported.says(&format!("{format}: {format} of 1 document\n"));
        // What a format cannot carry is said.
        assert!(
            notices.contains("layers left out: segments, entities\n"),
            "{notices}"
        );
        let written = fs::read_to_string(at.join(file)).unwrap();
        assert!(written.contains(content), "{format}:\n{written}");
        let back = format!("{format}-back");
        let imported = in_folder(
            at,
            &["gold", "import", format, "--format", format, "--out", &back],
        );
        assert_eq!(imported.code, Some(0), "{}", imported.err);
        assert!(imported.out.ends_with("mentions: 2\n"), "{}", imported.out);
        assert_eq!(mentions(&at.join(&back)), gold, "{format}");
    }
    let scheme = [
        "gold", "export", "mine", "--format", "conll", "--out", "bilou", "--scheme", "bilou",
    ];
    assert_eq!(in_folder(at, &scheme).code, Some(0));
    let written = fs::read_to_string(at.join("bilou")).unwrap();
    assert!(
        written.contains("Lovelace\tL-PER\n") && written.contains("London\tU-GPE\n"),
        "{written}"
    );
}

#[test]
fn offsets_in_other_units_are_converted() {
    let folder = mine();
    let at = folder.path();
    fs::write(
        at.join("doccano.jsonl"),
        "{\"text\":\"👩 Ada went.\",\"label\":[[3,6,\"PER\"]]}\n",
    )
    .unwrap();
    let import = |unit: &str, out: &str| {
        in_folder(
            at,
            &[
                "gold",
                "import",
                "doccano.jsonl",
                "--format",
                "doccano",
                "--offsets",
                unit,
                "--out",
                out,
            ],
        )
    };
    assert_eq!(import("utf16", "utf16").code, Some(0));
    assert_eq!(mentions(&at.join("utf16")), ["5,8,Ada,PER"]);
    assert_eq!(import("scalar", "scalar").code, Some(0));
    assert_eq!(mentions(&at.join("scalar")), ["6,9,da ,PER"]);
    let cut = import("byte", "byte");
    assert_eq!(cut.code, Some(2), "{}", cut.out);
    assert!(
        !at.join("byte").exists(),
        "a dataset that cannot be read was left behind"
    );
}

#[test]
fn formats_without_texts_take_them_from_a_dataset() {
    let folder = mine();
    let at = folder.path();
    assert_eq!(export(at, "clusters", "clusters.csv").code, Some(0));
    assert_eq!(
        fs::read_to_string(at.join("clusters.csv")).unwrap(),
        "kind,item,cluster\nentity,example:65-77,per:ada-lovelace\nentity,example:81-87,gpe:london\n"
    );
    let import = [
        "gold",
        "import",
        "clusters.csv",
        "--format",
        "clusters",
        "--out",
        "back",
    ];
    in_folder(at, &import).fails(
        2,
        "karat: --gold: clusters CSV has no texts\n    remedy: name the dataset that has them with --gold\n",
    );
    let with_texts = [&import[..], &["--gold", "mine"]].concat();
    let imported = in_folder(at, &with_texts);
    assert_eq!(imported.code, Some(0), "{}", imported.err);
    let read = |dataset: &str| fs::read_to_string(at.join(dataset).join("mentions.csv")).unwrap();
    assert!(
        read("back").contains(",per:ada-lovelace,"),
        "{}",
        read("back")
    );
}

#[test]
fn what_cannot_be_read_or_written_is_said_with_a_remedy() {
    let folder = mine();
    let at = folder.path();
    export(at, "demetr", "x").fails(
        2,
        "karat: --format: `demetr` is read, not written\n    remedy: choose another format\n",
    );
    let known = "known: conll, spacy, brat, label-studio, webanno, doccano, pairs, clusters, mqm, mlqe-pe, name-bench, demetr";
    export(at, "nope", "x").fails(
        2,
        &format!("karat: --format: unknown format `nope`\n    remedy: {known}\n"),
    );
    let occupied = [
        "gold", "import", "mine", "--format", "conll", "--out", "mine",
    ];
    in_folder(at, &occupied).fails(
        2,
        "karat: mine: the folder is not empty\n    remedy: name a new folder\n",
    );
    let incomplete = in_folder(at, &["gold", "import", "mine"]);
    assert_eq!(incomplete.code, Some(2));
    assert!(
        incomplete.err.contains("--format <FORMAT>"),
        "{}",
        incomplete.err
    );
    let listed = in_folder(at, &["gold", "import", "--list"]);
    assert_eq!(
        (listed.code, listed.out.lines().count()),
        (Some(0), 12),
        "{}",
        listed.out
    );
    assert!(
        listed.out.starts_with(
            "conll         import, export  CoNLL columns: a token and its tag per line"
        )
    );
}
