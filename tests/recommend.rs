//! `karat recommend` as a user meets it.
#![allow(clippy::unwrap_used, reason = "a failed test is the message")]

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn karat(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_karat"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(args)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Stories with nine edited copies of one text each (36 pairs), and a stranger.
fn dataset(folder: &Path, stories: usize) {
    fs::create_dir_all(folder.join("articles")).unwrap();
    let mut manifest =
        "name = \"made-up\"\nlanguage = \"en\"\nguidelines = 1\n\n[stories]\n".to_owned();
    let mut pairs = "document_a,document_b,relation,redundant,note\n".to_owned();
    for story in 0..stories {
        let words: Vec<String> = (0..80).map(|word| format!("word{story}x{word}")).collect();
        for copy in 0..10 {
            let mut words = words.clone();
            if copy == 9 {
                words = (0..80).map(|word| format!("other{story}x{word}")).collect();
            } else {
                words[8 * copy] = format!("edited{copy}");
            }
            let id = format!("{story}-{copy}");
            fs::write(folder.join(format!("articles/{id}.txt")), words.join(" ")).unwrap();
            writeln!(manifest, "\"{id}\" = \"story {story}\"").unwrap();
            for later in copy + 1..9 {
                writeln!(pairs, "{id},{story}-{later},near-duplicate,none,").unwrap();
            }
        }
    }
    fs::write(folder.join("dataset.toml"), manifest).unwrap();
    fs::write(folder.join("document_pairs.csv"), pairs).unwrap();
}

/// What `karat recommend` answers on so many stories, comment signs of wrapped lines taken out.
fn recommended(folder: &Path, stories: usize, more: &[&str]) -> (String, String) {
    let gold = folder.join("gold");
    dataset(&gold, stories);
    let mut args = vec!["recommend", "--gold", gold.to_str().unwrap(), "--runs", "1"];
    args.extend(["-e", "jaccard"]);
    args.extend(more);
    let output = karat(&args);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let answer = text(&output.stdout);
    let words = answer.replace("\n# ", " ");
    (answer, words)
}

#[test]
fn the_five_articles_are_refused_and_the_reason_is_said() {
    let output = karat(&["recommend", "--task", "dedup"]);
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{message}");
    for part in [
        "level document: too few positive pairs: 3 to choose on and 0 to report on",
        "level segment: too few positive pairs",
        "it is one story",
        "at least 30 are wanted",
        "remedy: ",
    ] {
        assert!(message.contains(part), "`{part}` is missing in\n{message}");
    }
    assert_eq!(text(&output.stdout), "", "nothing is recommended");
}

#[test]
fn the_answer_can_be_pasted_and_says_how_far_it_goes() {
    let folder = tempfile::tempdir().unwrap();
    let (answer, words) = recommended(folder.path(), 2, &["-e", "exact"]);
    // `exact` found no copy, so it has no line.
    assert!(
        answer.contains("jaccard") && !answer.contains("exact"),
        "{answer}"
    );
    for part in [
        "chosen on 10 documents, reported on 10",
        "Variant and threshold were chosen on story story 0 (36 positive pairs, F1 1.000). On story story 1",
        "fewer than 6 stories",
        "  jaccard (oracle)  ",
        "It is an oracle: it compares every pair",
    ] {
        assert!(words.contains(part), "`{part}` is missing in\n{answer}");
    }
    let from = answer.find("[[variant]]").unwrap();
    let config = folder.path().join("karat.toml");
    fs::write(&config, &answer[from..]).unwrap();
    let listed = karat(&["run", "--config", config.to_str().unwrap(), "--list"]);
    assert_eq!(listed.status.code(), Some(0), "{}", text(&listed.stderr));
    let listed = text(&listed.stdout);
    assert!(
        listed.starts_with("dedup/document/jaccard(threshold=0."),
        "{listed}"
    );
}

#[test]
fn with_six_stories_to_report_on_there_is_an_interval() {
    let folder = tempfile::tempdir().unwrap();
    let (_, words) = recommended(folder.path(), 12, &[]);
    let part =
        "For other stories like these expect F1 between 1.00 and 1.00 (95 %, over 6 stories)";
    assert!(words.contains(part), "{words}");
}

#[test]
fn limits_that_nothing_keeps_leave_the_table_and_no_answer() {
    let folder = tempfile::tempdir().unwrap();
    let (answer, _) = recommended(folder.path(), 2, &["--least-speed", "1e12"]);
    assert!(
        answer.contains("No variant that found a copy keeps to these limits"),
        "{answer}"
    );
    assert!(!answer.contains("[[variant]]"), "{answer}");
}

#[test]
fn other_tasks_are_refused() {
    let output = karat(&["recommend", "--task", "garble"]);
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(
        message.contains("only dedupers can be recommended"),
        "{message}"
    );
}
