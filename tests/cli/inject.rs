//! `karat inject`, and how its results are kept apart.

use std::fs;
use std::path::Path;

use crate::support::{karat, text};

#[test]
fn injected_damage_is_a_dataset_of_its_own_and_never_shares_a_report_with_real_gold() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let corpus = file("clean.jsonl");
    let lines: String = (0..40)
        .map(|number| {
            let text = format!(
                "The café in Lima was closed on {number} May, and Ann Example has left the town.\\nNobody in Quito would say why it was so.\\n"
            );
            format!("{{\"id\":\"d{number:02}\",\"text\":\"{}\"}}\n", text.repeat(5))
        })
        .collect();
    fs::write(&corpus, lines).unwrap();
    let inject = |out: &str, more: &[&str]| {
        let mut args = vec!["inject", corpus.as_str(), out, "--rate", "0.03"];
        args.extend(more);
        karat(&args)
    };
    let (made, again) = (file("made"), file("again"));
    let output = inject(&made, &["--name", "lima"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("40 documents"));
    for operator in [
        "swap",
        "drop",
        "repeat",
        "negate",
        "number",
        "name",
        "mojibake",
        "markup",
        "furniture",
    ] {
        assert!(text(&output.stdout).contains(operator), "{operator}");
    }
    // The same seed gives the same bytes, a folder that is not empty is refused, and so is a rate that damages nothing.
    assert_eq!(inject(&again, &["--name", "lima"]).status.code(), Some(0));
    for name in [
        "dataset.toml",
        "garbles.csv",
        "segments.csv",
        "articles/d07.txt",
    ] {
        let read = |dir: &str| fs::read(Path::new(dir).join(name)).unwrap();
        assert_eq!(read(&made), read(&again), "{name}");
    }
    assert_eq!(inject(&made, &[]).status.code(), Some(2));
    assert_eq!(
        inject(&file("none"), &["--rate", "0"]).status.code(),
        Some(2)
    );
    assert_eq!(
        inject(&file("none"), &["--operators", "sawp"])
            .status
            .code(),
        Some(2)
    );
    let manifest = fs::read_to_string(Path::new(&made).join("dataset.toml")).unwrap();
    assert!(
        manifest.contains("synthetic = \"damage injected by"),
        "{manifest}"
    );

    let reports = file("reports");
    let run = |gold: &str, out: &str| {
        karat(&[
            "run",
            "--gold",
            gold,
            "--out",
            out,
            "-f",
            "garble/.*(mojibake|boilerplate)",
        ])
    };
    let output = run(&made, &reports);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(
        text(&output.stdout).contains("garble / span, synthetic damage"),
        "{}",
        text(&output.stdout)
    );
    let partial = Path::new(&reports).join("partial");
    let quality = fs::read_to_string(partial.join("quality.csv")).unwrap();
    // Every injected mojibake is found, and the boilerplate rules find every line of furniture.
    for (algorithm, slice) in [
        ("mojibake", "subtype=mojibake"),
        ("boilerplate", "subtype=furniture"),
    ] {
        let row = quality
            .lines()
            .find(|row| {
                row.contains(&format!(",garble,span,{algorithm},,"))
                    && row.contains(&format!(",{slice},overlap,recall,"))
            })
            .unwrap_or_else(|| panic!("{algorithm} {slice}"));
        assert!(
            row.contains("recall,1,1,") && row.contains(",synthetic-lima,"),
            "{row}"
        );
    }
    let output = karat(&[
        "curve",
        "mojibake",
        "--match-rule",
        "token/mojibake",
        "--reports",
        partial.to_str().unwrap(),
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(
        text(&output.stdout).contains("0.9500"),
        "{}",
        text(&output.stdout)
    );

    // Real gold over synthetic reports, and the other way round.
    let output = run("gold/embassy", &reports);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output.stderr).contains("kept apart"),
        "{}",
        text(&output.stderr)
    );
    let real = file("real");
    assert_eq!(run("gold/embassy", &real).status.code(), Some(0));
    assert_eq!(run(&made, &real).status.code(), Some(2));
}
