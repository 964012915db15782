//! `karat predict`.

use std::fs;
use std::path::Path;

use crate::support::{Ran, fed, in_folder, karat, root, text};

#[test]
fn predict_reads_any_corpus_and_writes_what_stays() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path().join("corpus.jsonl");
    let lines = [
        (
            "a",
            "Protesters left the embassy in Baghdad on Wednesday after two days of clashes with the guards.",
        ),
        (
            "b",
            "Fishing fleets in the north sea report the poorest catch of herring in more than forty years.",
        ),
        (
            "c",
            "Protesters left the embassy in Baghdad on Wednesday after two days of clashes with the guards. Read more",
        ),
    ];
    let text_of: String = lines
        .iter()
        .map(|(id, body)| format!("{{\"key\":\"{id}\",\"body\":\"{body}\"}}\n"))
        .collect();
    fs::write(&corpus, text_of).unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (kept, removed, clean, pairs) = (
        file("kept"),
        file("removed"),
        file("clean.jsonl.zst"),
        file("pairs.csv"),
    );
    let output = karat(&[
        "predict",
        corpus.to_str().unwrap(),
        "-t",
        "dedup",
        "-e",
        "minhash",
        "--text-field",
        "body",
        "--id-field",
        "key",
        "--threshold",
        "0.5",
        "--keep",
        "longest",
        "--kept",
        &kept,
        "--removed",
        &removed,
        "--write-clean",
        &clean,
        "--out",
        &pairs,
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(fs::read_to_string(&kept).unwrap(), "b\nc\n");
    assert_eq!(fs::read_to_string(&removed).unwrap(), "a\tc\n");
    assert!(
        fs::read_to_string(&pairs).unwrap().contains("\na,,,c,,,"),
        "{}",
        fs::read_to_string(&pairs).unwrap()
    );
    let cleaned =
        String::from_utf8(zstd::decode_all(fs::File::open(&clean).unwrap()).unwrap()).unwrap();
    assert_eq!(cleaned.lines().count(), 2);
    assert!(cleaned.contains("\"key\":\"b\""), "{cleaned}");
}

/// A folder with `corpus.jsonl`: `a` and `c` are near-copies, `b` is alone, and every line has a field that karat does not read.
fn corpus() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("corpus.jsonl"), LINES.join("\n") + "\n").unwrap();
    folder
}

const LINES: [&str; 3] = [
    r#"{"id":"a","source":{"url":"x"},"text":"Protesters left the embassy in Baghdad on Wednesday after two days of clashes with the guards."}"#,
    r#"{"id":"b", "text":"Fishing fleets in the north sea report the poorest catch of herring in more than forty years.","source":null}"#,
    r#"{"id":"c","source":{"url":"z"},"text":"Protesters left the embassy in Baghdad on Wednesday after two days of clashes with the guards.\nRead more"}"#,
];

fn dedup(folder: &Path, more: &[&str]) -> Ran {
    let fixed = [
        "predict",
        "corpus.jsonl",
        "-t",
        "dedup",
        "-e",
        "minhash",
        "--threshold",
        "0.5",
    ];
    in_folder(folder, &[&fixed[..], more].concat())
}

#[test]
fn what_stays_is_copied_with_every_field_and_by_choice_the_first_longest_or_cleanest() {
    let folder = corpus();
    for (keep, stays) in [("first", [0, 1]), ("longest", [1, 2]), ("cleanest", [0, 1])] {
        let ran = dedup(
            folder.path(),
            &[
                "--keep",
                keep,
                "--write-clean",
                "clean.jsonl",
                "--cleanest-by",
                "boilerplate",
            ][..if keep == "cleanest" { 6 } else { 4 }],
        );
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        assert_eq!(
            ran.out,
            "document,start,end,other_document,label,cluster,confidence\na,,,c,,,0.84375\n"
        );
        let clean = fs::read_to_string(folder.path().join("clean.jsonl")).unwrap();
        assert_eq!(
            clean,
            stays.map(|index| format!("{}\n", LINES[index])).concat(),
            "--keep {keep}"
        );
        assert!(
            ran.err.starts_with("karat: 3 documents, 2 stay, 1 go ("),
            "{}",
            ran.err
        );
        for stage in [
            "sketch",
            "candidates",
            "verify",
            "cluster",
            "write",
            "peak memory",
        ] {
            assert!(
                ran.err.contains(&format!("\nkarat: {stage}")),
                "{stage}: {}",
                ran.err
            );
        }
    }
}

#[test]
fn a_folder_stays_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let texts = folder.path().join("texts");
    fs::create_dir(&texts).unwrap();
    for (name, text) in [
        ("one", "A short text of seven words stands here."),
        ("two", "Another text about herring."),
        ("six", "A short text of seven words stands here."),
    ] {
        fs::write(texts.join(format!("{name}.txt")), text).unwrap();
    }
    let clean = |to: &str| {
        in_folder(
            folder.path(),
            &[
                "predict",
                "texts",
                "-t",
                "dedup",
                "-e",
                "exact",
                "--write-clean",
                to,
            ],
        )
    };
    let ran = clean("clean");
    assert_eq!(
        (ran.code, ran.out.lines().nth(1)),
        (Some(0), Some("one,,,six,,,1.0")),
        "{}",
        ran.err
    );
    let mut names: Vec<_> = fs::read_dir(folder.path().join("clean"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["one.txt", "two.txt"]);
    clean("clean").fails(2, "karat: clean: the folder is not empty\n    remedy: name a new folder, or a file that ends in .jsonl\n");
    assert_eq!(clean("clean.jsonl").code, Some(0));
    let lines = fs::read_to_string(folder.path().join("clean.jsonl")).unwrap();
    assert_eq!(
        lines.lines().next(),
        Some(r#"{"id":"one","text":"A short text of seven words stands here."}"#)
    );
    // Nothing is left of what was written first.
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
}

#[test]
fn standard_input_plain_and_compressed_files_and_any_memory_give_one_answer() {
    let folder = corpus();
    let at = folder.path();
    let lines = fs::read(at.join("corpus.jsonl")).unwrap();
    let expected = dedup(at, &[]).out;
    let args = [
        "predict",
        "-",
        "-t",
        "dedup",
        "-e",
        "minhash",
        "--threshold",
        "0.5",
    ];
    assert_eq!(fed(at, &args, &lines).out, expected);
    fs::write(
        at.join("corpus.jsonl.zst"),
        zstd::encode_all(lines.as_slice(), 1).unwrap(),
    )
    .unwrap();
    let compressed = [
        "predict",
        "corpus.jsonl.zst",
        "-t",
        "dedup",
        "-e",
        "minhash",
        "--threshold",
        "0.5",
        "--memory",
        "1",
        "--temporary",
        ".",
    ];
    assert_eq!(in_folder(at, &compressed).out, expected);
    let clean = fed(
        at,
        &[&args[..], &["--write-clean", "clean.jsonl"]].concat(),
        &lines,
    );
    clean.fails(
        2,
        "karat: --write-clean: reads the corpus a second time, which standard input does not allow\n    remedy: give a file\n",
    );
}

#[test]
fn odd_corpora_are_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    for (task, algorithm) in [
        ("dedup", "exact"),
        ("entity", "capitals"),
        ("garble", "boilerplate"),
    ] {
        for (input, place, remedy) in [
            (
                &b""[..],
                ": no document in this corpus",
                "check how the corpus was written; nothing was predicted",
            ),
            (
                b" \n\n",
                ": no document in this corpus",
                "check how the corpus was written; nothing was predicted",
            ),
            (
                b"{\"body\":1}\n",
                ":1: no field `text`; this line has: body",
                "name the field with --text-field",
            ),
            (
                b"\xff\n",
                ":1: not UTF-8 at byte 0 of the line",
                "convert the file to UTF-8, for example with iconv",
            ),
            (
                b"{\"id\":1,\"text\":\"\"}\n{\"id\":1,\"text\":\"\"}\n",
                ":2: id `1` stands in an earlier line too",
                "give each document an id of its own, or name another field with --id-field",
            ),
        ] {
            let ran = fed(
                at,
                &[
                    "predict", "-", "-t", task, "-e", algorithm, "--out", "out.csv",
                ],
                input,
            );
            ran.fails(2, &format!("karat: -{place}\n    remedy: {remedy}\n"));
            assert!(!at.join("out.csv").exists());
        }
    }
}

#[test]
fn options_that_would_do_nothing_are_refused() {
    let folder = corpus();
    let predict = |more: &[&str]| {
        in_folder(
            folder.path(),
            &[&["predict", "corpus.jsonl"][..], more].concat(),
        )
    };
    let garble = [
        "-t",
        "garble",
        "-e",
        "boilerplate",
        "--kept",
        "k",
        "--keep",
        "first",
    ];
    predict(&garble).fails(
        2,
        "karat: --keep: is for `--task dedup`\n    remedy: leave it out\n--kept: is for `--task dedup`\n    remedy: leave it out\n",
    );
    for (more, said) in [
        (
            &["-t", "dedup", "-e", "exact", "--cleanest-by", "c4"][..],
            "--cleanest-by: does nothing by itself\n    remedy: add --keep cleanest",
        ),
        (
            &["-t", "dedup", "-e", "exact", "--train", "x"],
            "--train: no deduper learns\n    remedy: leave it out",
        ),
        (
            &["-t", "entity", "-e", "capitals", "--train", "x"],
            "--train: `capitals` does not learn\n    remedy: leave it out",
        ),
        (
            &["-t", "entity", "-e", "gazetteer"],
            "gazetteer: learns from labels\n    remedy: name a dataset with --train DIR",
        ),
        (
            &["-t", "dedup", "-e", "exact", "--threshold", "1.5"],
            "--threshold: outside 0 to 1\n    remedy: give a share",
        ),
        (
            &["-t", "dedup", "-e", "redundancy"],
            "redundancy: does not compare documents\n    remedy: see `karat list`",
        ),
        (
            &["-t", "dedup", "-e", "minhash", "-p", "bands"],
            "--param: `bands` has no `=`\n    remedy: write NAME=VALUE",
        ),
        (
            &[
                "-t",
                "dedup",
                "-e",
                "exact",
                "--keep",
                "cleanest",
                "--cleanest-by",
                "char-lm",
            ],
            "--cleanest-by: `char-lm` learns\n    remedy: take one that does not",
        ),
    ] {
        predict(more).fails(2, &format!("karat: {said}\n"));
    }
    for (more, part) in [
        (
            &["-t", "dedup", "-e", "exakt"][..],
            "unknown deduper `exakt`; known: ",
        ),
        (
            &["-t", "dedup", "-e", "minhash", "-p", "bands=many"],
            "invalid type: string \"many\"",
        ),
        (
            &["-t", "entity", "-e", "capitals+nobody"],
            "unknown resolver `nobody`; known: ",
        ),
        (
            &["-t", "garble", "-e", "nobody"],
            "unknown detector `nobody`; known: ",
        ),
    ] {
        let ran = predict(more);
        assert_eq!(ran.code, Some(2), "{}", ran.err);
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
}

#[test]
fn an_algorithm_that_holds_all_texts_says_when_they_do_not_fit() {
    let folder = tempfile::tempdir().unwrap();
    let line = format!("{{\"text\":\"{}\"}}\n", "word ".repeat(150_000));
    fs::write(folder.path().join("c.jsonl"), line.repeat(2)).unwrap();
    let fixed = ["predict", "c.jsonl", "--memory", "1"];
    in_folder(
        folder.path(),
        &[&fixed[..], &["-t", "dedup", "-e", "tfidf"]].concat(),
    )
    .fails(
        2,
        "karat: c.jsonl: `tfidf` needs all texts in memory, and they take more than 1 MiB\n    \
         remedy: raise --memory, or take an algorithm that streams, such as minhash or simhash\n",
    );
    in_folder(folder.path(), &[&fixed[..], &["-t", "entity", "-e", "capitals+sieve"]].concat()).fails(
        2,
        "karat: c.jsonl: names are resolved across the whole corpus, which takes more than 1 MiB\n    \
         remedy: raise --memory, or recognize only\n",
    );
}

#[test]
fn names_and_garbles_are_predicted_as_csv_and_jsonl() {
    let predict = |task: &str, algorithm: &str, more: &[&str]| {
        let fixed = [
            "predict",
            "gold/embassy/articles",
            "-t",
            task,
            "-e",
            algorithm,
        ];
        let ran = in_folder(root(), &[&fixed[..], more].concat());
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        ran
    };
    let text =
        fs::read_to_string(root().join("gold/embassy/articles/000_dc961efaa2b35366.txt")).unwrap();
    let learnt = predict(
        "entity",
        "gazetteer",
        &["--train", "gold/embassy", "--format", "jsonl"],
    );
    for line in learnt.out.lines().filter(|line| line.contains("\"000_")) {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        let at = |field: &str| usize::try_from(value[field].as_u64().unwrap()).unwrap();
        assert!(
            text.get(at("start")..at("end"))
                .is_some_and(|name| !name.is_empty()),
            "{line}"
        );
        assert!(
            value["label"].is_string() && value.get("other_document").is_none(),
            "{line}"
        );
    }
    assert!(learnt.out.lines().count() > 100);
    let plain = predict("entity", "capitals", &[]);
    let resolved = predict("entity", "capitals+sieve", &[]);
    assert!(
        plain.err.starts_with("karat: 5 documents, "),
        "{}",
        plain.err
    );
    assert_eq!(plain.out.lines().count(), resolved.out.lines().count());
    let cluster = |line: &str| line.split(',').nth(5).unwrap().to_owned();
    assert!(
        resolved
            .out
            .lines()
            .skip(1)
            .all(|line| !cluster(line).is_empty()),
        "{}",
        resolved.out
    );
    let flags = predict("garble", "boilerplate", &[]);
    assert!(flags.out.starts_with("document,start,end,other_document,label,cluster,confidence\n000_dc961efaa2b35366,43,46,,boilerplate,,"), "{}", flags.out);
    let surer = predict("garble", "boilerplate", &["--threshold", "1"]);
    assert!(surer.out.lines().count() <= flags.out.lines().count());
}
