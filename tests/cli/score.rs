//! `karat score` and `karat show`.

use std::fs;

use crate::support::{karat, text};

#[test]
fn predictions_of_a_run_score_as_the_run_did_and_foreign_ids_are_faults() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("a");
    assert_eq!(
        karat(&[
            "run",
            "-f",
            "segment/exact|mention/gazetteer",
            "--out",
            out.to_str().unwrap()
        ])
        .status
        .code(),
        Some(0)
    );
    let partial = out.join("partial");
    let predictions = partial.join("predictions.csv");
    let scored = folder.path().join("scored");
    let output = karat(&[
        "score",
        predictions.to_str().unwrap(),
        "--threshold",
        "1",
        "--out",
        scored.to_str().unwrap(),
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(
        fs::read(partial.join("outcomes.csv")).unwrap(),
        fs::read(scored.join("outcomes.csv")).unwrap()
    );
    let broken = folder.path().join("broken.csv");
    let text_of = fs::read_to_string(&predictions).unwrap();
    fs::write(&broken, text_of.replace(",000_", ",999_")).unwrap();
    let output = karat(&["score", broken.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output.stderr).contains("unknown document `999_"),
        "{}",
        text(&output.stderr)
    );
    fs::write(&broken, text_of.lines().next().unwrap().to_owned() + "\n").unwrap();
    assert_eq!(
        karat(&["score", broken.to_str().unwrap()]).status.code(),
        Some(2)
    );
}

#[test]
fn show_prints_text_gold_and_outcomes_of_an_item() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    assert_eq!(
        karat(&["run", "-e", "exact", "--out", out]).status.code(),
        Some(0)
    );
    let partial = folder.path().join("partial");
    let output = karat(&[
        "show",
        "embassy/pair/001:s005~000:s007",
        "--reports",
        partial.to_str().unwrap(),
    ]);
    let shown = text(&output.stdout);
    assert!(
        shown.contains("«Some left to set up a protest camp in front of a nearby hotel.»"),
        "{shown}"
    );
    let output = karat(&[
        "show",
        "000:s007~001:s005",
        "--reports",
        partial.to_str().unwrap(),
    ]);
    let shown = text(&output.stdout);
    assert!(
        shown.contains("dedup/segment/exact") && shown.contains("true positive"),
        "{shown}"
    );
    assert_eq!(karat(&["show", "009:s001"]).status.code(), Some(2));
    assert_eq!(karat(&["show", "000:1-99999"]).status.code(), Some(2));
}

#[test]
fn show_knows_the_items_of_every_task() {
    for (item, parts) in [
        (
            "000~001",
            &[
                "\n000_dc961efaa2b35366\n  Iraqi militias withdraw",
                "\ngold: near-duplicates; each says something that the other does not\n",
            ][..],
        ),
        (
            "000:s003~001:s001",
            &["«Supporters of Iran-backed", "\ngold: copy group "],
        ),
        (
            "003:584-586",
            &[
                "Nasser Nasser / «AP»\n",
                "    gold mention 584-586 ORG `AP` = org:",
            ],
        ),
        (
            "001:234-243",
            &[
                "threaten «reactions» against Iran.",
                "    gold garble 234-243 lexical ",
                "`reactions` -> `reprisals`",
            ],
        ),
        (
            "000:s002",
            &[
                "  «501»\n",
                "    gold garble 43-46 boilerplate minor `501` -> `(deleted)`",
            ],
        ),
        // No item of its own: what touches it is named.
        (
            "001:240-260",
            &[
                "no outcome",
                "\nitems that touch it: embassy/garble/001:234-243, ",
            ],
        ),
    ] {
        let shown = karat(&["show", item]);
        let said = text(&shown.stdout);
        assert_eq!(shown.status.code(), Some(0), "{}", text(&shown.stderr));
        for part in parts {
            assert!(said.contains(part), "`{part}` is missing in\n{said}");
        }
    }
    let unknown = karat(&["show", "009:s001"]);
    assert_eq!(
        text(&unknown.stderr),
        "karat: 009:s001: unknown document `009`\n    remedy: write it as in outcomes.csv, for example 003:1066-1078 or 001:s004~002:s007\n"
    );
}
