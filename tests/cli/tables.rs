//! Verbs that print what is registered, committed or given: list, schema, curve, rank, report, baseline, metric, score-tags.

use std::fs;

use crate::support::{fed, in_folder, root};

#[test]
fn list_prints_every_algorithm_and_the_manual_page_of_one() {
    let all = in_folder(root(), &["list"]);
    assert_eq!(all.code, Some(0));
    let registry = karat::registry::Registry::builtin();
    let registered = registry.dedupers.len()
        + registry.recognizers.len()
        + registry.resolvers.len()
        + registry.detectors.len();
    assert_eq!(all.out.lines().count(), registered);
    assert!(
        all.out.contains(
            "\ndeduper     exact            Equal texts after normalisation: one hash per unit.\n"
        ),
        "{}",
        all.out
    );
    // A name that two kinds have gives both pages.
    let exact = in_folder(root(), &["list", "exact"]);
    assert!(exact.out.starts_with(
        "deduper exact\n\nEqual texts after normalisation: one hash per unit.\n\n# What it does\n"
    ));
    assert!(exact.out.contains("\nresolver exact\n\n"), "{}", exact.out);
    in_folder(root(), &["list", "nope"]).fails(
        2,
        "karat: list: unknown algorithm `nope`\n    remedy: see `karat list`\n",
    );
}

#[test]
fn schema_prints_the_columns_that_the_files_have() {
    let files = in_folder(root(), &["schema"]);
    assert_eq!((files.code, files.out.lines().count()), (Some(0), 6));
    for file in ["quality", "outcomes", "curves"] {
        let committed = fs::read_to_string(root().join(format!("reports/{file}.csv"))).unwrap();
        let header = format!("{}\n", committed.lines().next().unwrap());
        in_folder(root(), &["schema", file, "--header"]).says(&header);
    }
    let explained = in_folder(root(), &["schema", "predictions.csv"]);
    assert!(
        explained
            .out
            .contains("\nend              one past its last byte\n"),
        "{}",
        explained.out
    );
    in_folder(root(), &["schema", "gold"]).fails(
        2,
        "karat: schema: unknown file `gold`\n    remedy: known: quality, outcomes, curves, predictions, throughput, compare\n",
    );
}

/// Reports of made-up curves, so that what is printed does not change with the algorithms.
fn curves() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let head = "schema,dataset,task,level,algorithm,params,seed,match_rule,threshold,precision,recall,f1,on_frontier\n";
    let rows = "1,d,dedup,segment,a,\"x={\"\"y\"\":1}\",1,pairs,0.9,1,0.25,0.4,true\n\
        1,d,dedup,segment,a,\"x={\"\"y\"\":1}\",1,pairs,0.5,0.5,1,0.6666666666666666,true\n\
        1,d,dedup,segment,a,\"x={\"\"y\"\":1}\",1,pairs,0.4,,0,,false\n\
        1,d,dedup,document,a,,1,pairs,0.7,1,1,1,true\n";
    fs::write(folder.path().join("curves.csv"), format!("{head}{rows}")).unwrap();
    folder
}

#[test]
fn curves_are_printed_as_table_csv_and_sparkline() {
    let folder = curves();
    let curve = |more: &[&str]| {
        in_folder(
            folder.path(),
            &[&["curve", "a", "--reports", "."][..], more].concat(),
        )
    };
    curve(&["--level", "segment"]).says(
        "dedup/segment/a(x={\"y\":1}), seed 1\nthreshold  precision  recall  F1      frontier\n\
         0.9000     1.0000     0.2500  0.4000  *\n0.5000     0.5000     1.0000  0.6667  *\n0.4000     -          0.0000  -       \n\n",
    );
    curve(&["--format", "csv"]).says(
        "variant,seed,threshold,precision,recall,f1,on_frontier\n\
         \"dedup/segment/a(x={\"\"y\"\":1})\",1,0.9,1,0.25,0.4,true\n\
         \"dedup/segment/a(x={\"\"y\"\":1})\",1,0.5,0.5,1,0.6666666666666666,true\n\
         \"dedup/segment/a(x={\"\"y\"\":1})\",1,0.4,,0,,false\n\
         dedup/document/a,1,0.7,1,1,1,true\n",
    );
    curve(&["--format", "sparkline", "--params", "y"])
        .says("dedup/segment/a(x={\"y\":1}) seed 1: ▄▆ \n");
    curve(&["--match-rule", "closure"]).fails(
        2,
        "karat: ./curves.csv: no curve of `a` with these options\n    \
         remedy: write curves with `karat run`; `karat list` names the algorithms\n",
    );
    in_folder(folder.path(), &["curve", "a"]).fails(
        2,
        "karat: reports/curves.csv: no such file or folder\n    remedy: check the path\n",
    );
}

#[test]
fn the_analytic_curve_stands_beside_the_measured_one() {
    let s_curve = in_folder(
        root(),
        &[
            "curve",
            "minhash",
            "--analytic",
            "--bands",
            "20",
            "--rows",
            "5",
        ],
    );
    let lines: Vec<&str> = s_curve.out.lines().collect();
    assert_eq!(
        (s_curve.code, lines.len()),
        (Some(0), 11),
        "{}",
        s_curve.err
    );
    // 1 - (1 - 0.55^5)^20 = 0.644.
    assert!(lines[6].starts_with("0.55        0.6440"), "{}", lines[6]);
    let none = in_folder(root(), &["curve", "exact", "--analytic"]);
    assert_eq!(none.code, Some(2));
    assert!(
        none.err
            .contains("remedy: name an algorithm with bands and rows, such as minhash"),
        "{}",
        none.err
    );
}

#[test]
fn committed_reports_are_rendered_ranked_and_kept_as_baselines() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let run = [
        "run",
        "-f",
        "dedup/segment/(exact|jaccard)$",
        "--out",
        at.to_str().unwrap(),
    ];
    assert_eq!(in_folder(root(), &run).code, Some(0));
    fs::rename(at.join("partial"), at.join("reports")).unwrap();
    fs::write(
        at.join("doc.md"),
        "before\n<!-- karat:dedup/segment -->\nold\n<!-- /karat:dedup/segment -->\nafter\n",
    )
    .unwrap();
    in_folder(at, &["report", "--splice", "doc.md"])
        .says("wrote reports/README.md\nspliced doc.md\n");
    let spliced = fs::read_to_string(at.join("doc.md")).unwrap();
    assert!(
        spliced.starts_with("before\n<!-- karat:dedup/segment -->\n| variant | P | R | F1 |"),
        "{spliced}"
    );
    assert!(
        spliced.contains("\n| `exact` | 1.000 |")
            && spliced.ends_with("\n<!-- /karat:dedup/segment -->\nafter\n"),
        "{spliced}"
    );
    fs::write(at.join("bare.md"), "no marker").unwrap();
    in_folder(at, &["report", "--splice", "bare.md"]).fails(
        2,
        "karat: bare.md: no marker such as `<!-- karat:dedup/document -->`\n    remedy: add a pair of markers\n",
    );
    in_folder(at, &["report", "nowhere"]).fails(
        2,
        "karat: nowhere/quality.csv: no such file or folder\n    remedy: check the path\n",
    );
    let ranked = in_folder(at, &["rank"]);
    let order: Vec<&str> = ranked
        .out
        .lines()
        .filter_map(|line| line.split_whitespace().nth(1))
        .collect();
    assert_eq!(
        (ranked.code, &order[..]),
        (
            Some(0),
            &["/", "group", "jaccard", "exact", "inference"][..]
        ),
        "{}",
        ranked.out
    );
    in_folder(at, &["baseline", "save", "main"])
        .says("saved baselines/main; commit it, then `karat gate --baseline main`\n");
    let twice = in_folder(at, &["baseline", "save", "main"]);
    assert_eq!(twice.code, Some(2), "{}", twice.out);
    assert_eq!(
        in_folder(at, &["baseline", "save", "main", "--force"]).code,
        Some(0)
    );
    let listed = in_folder(at, &["baseline", "list"]);
    assert!(
        listed.out.starts_with("main                 embassy ")
            && listed.out.ends_with(" 2 variants\n"),
        "{}",
        listed.out
    );
    in_folder(at, &["baseline", "rm", "main"]).says("removed main\n");
    assert_eq!(in_folder(at, &["baseline", "rm", "main"]).code, Some(2));
    in_folder(at, &["baseline", "list"]).says("");
}

#[test]
fn metrics_come_from_cases_one_a_line() {
    let cases = br#"{"metric":"matthews","counts":[6,1,2,3]}

{"metric":"kappa","left":["a","b"],"right":["a","a"]}
"#;
    let computed = fed(root(), &["metric"], cases);
    let values: Vec<serde_json::Value> = computed
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        (computed.code, values.len()),
        (Some(0), 2),
        "{}",
        computed.err
    );
    // (6*3 - 1*2) / sqrt(7 * 8 * 4 * 5); observed 1/2, by chance 1/2.
    let close = |value: &serde_json::Value, expected: f64| {
        value
            .as_object()
            .unwrap()
            .values()
            .any(|v| (v.as_f64().unwrap() - expected).abs() < 1e-12)
    };
    assert!(
        close(&values[0], 16.0 / 1120f64.sqrt()) && close(&values[1], 0.0),
        "{}",
        computed.out
    );
    fed(root(), &["metric"], b"\n{}\n").fails(
        2,
        "karat: standard input:2: missing field `metric` at line 1 column 2\n    remedy: see `karat metric --help` for the cases\n",
    );
}

#[test]
fn tag_columns_are_scored_as_others_score_them() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(
        at.join("gold.conll"),
        "Ada B-PER\nwent O\n\nRome B-LOC\nItaly I-LOC\n",
    )
    .unwrap();
    fs::write(
        at.join("mine.conll"),
        "Ada B-PER\nwent O\n\nRome B-LOC\nItaly B-LOC\n",
    )
    .unwrap();
    let scored = in_folder(at, &["score-tags", "gold.conll", "mine.conll"]);
    assert_eq!(scored.code, Some(0), "{}", scored.err);
    let mut lines = scored.out.lines();
    assert_eq!(
        lines.next(),
        Some(
            "prediction,mode,average,precision,recall,f1,correct,incorrect,partial,missed,spurious,support"
        )
    );
    // One of three predicted is right, one of two in gold is found.
    assert_eq!(
        lines.next(),
        Some("mine,seqeval,micro,33.33,50.00,40.00,1,,,1,2,2"),
        "{}",
        scored.out
    );
    fs::write(at.join("short.conll"), "Ada B-PER\n").unwrap();
    assert_eq!(
        in_folder(at, &["score-tags", "gold.conll", "short.conll"]).code,
        Some(2)
    );
    assert_eq!(
        in_folder(
            at,
            &["score-tags", "gold.conll", "mine.conll", "--mode", "other"]
        )
        .code,
        Some(2)
    );
}
