//! The gate as a build meets it: exit codes, the lost item on every surface, the speed gate, ranking.
#![allow(clippy::unwrap_used, reason = "a failed test is the message")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn karat(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_karat"))
        .current_dir(root())
        .env_remove("GITHUB_ACTIONS")
        .env_remove("GITHUB_STEP_SUMMARY")
        .args(args)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Reports of one variant, and a baseline of them, in a folder of their own.
fn gated() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let output = karat(&[
        "run",
        "--task",
        "dedup",
        "-e",
        "align",
        "--out",
        &path("out"),
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    fs::rename(
        folder.path().join("out/partial"),
        folder.path().join("reports"),
    )
    .unwrap();
    let output = karat(&[
        "baseline",
        "save",
        "main",
        "--reports",
        &path("reports"),
        "--baselines",
        &path("baselines"),
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    folder
}

fn gate(folder: &Path, more: &[&str]) -> Output {
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (reports, baselines) = (path("reports"), path("baselines"));
    let mut args = vec![
        "gate",
        "--baseline",
        "main",
        "--reports",
        &reports,
        "--baselines",
        &baselines,
    ];
    args.extend(more);
    karat(&args)
}

/// Turns the first found pair into a missed one, in outcomes and counts alike; gives its item.
fn lose_a_pair(reports: &Path) -> String {
    use karat::record::{OutcomeRow, QualityRow, read, write};
    let (path, mut outcomes) = (
        reports.join("outcomes.csv"),
        read::<OutcomeRow>(&reports.join("outcomes.csv")).unwrap(),
    );
    let lost = outcomes
        .iter_mut()
        .find(|row| row.verdict == "true positive" && row.match_rule == "pairs")
        .unwrap();
    "false negative".clone_into(&mut lost.verdict);
    let lost = lost.clone();
    write(&path, &mut outcomes).unwrap();
    let path = reports.join("quality.csv");
    let mut quality = read::<QualityRow>(&path).unwrap();
    for row in quality
        .iter_mut()
        .filter(|row| row.slice == "all" && row.match_rule == "pairs" && row.level == lost.level)
    {
        let (Some(hits), Some(extra), Some(missed)) =
            (row.true_positives, row.false_positives, row.false_negatives)
        else {
            continue;
        };
        let (hits, missed) = (hits - 1.0, missed + 1.0);
        (row.true_positives, row.false_negatives) = (Some(hits), Some(missed));
        row.value = match row.metric.as_str() {
            "precision" => Some(hits / (hits + extra)),
            "recall" => Some(hits / (hits + missed)),
            "f1" => Some(2.0 * hits / (2.0 * hits + extra + missed)),
            _ => row.value,
        };
    }
    write(&path, &mut quality).unwrap();
    lost.item
}

/// The first words of both segments of a pair, or of both documents, as the gold has them.
fn words_of(item: &str) -> Vec<String> {
    let gold = karat::gold::load(&root().join("gold/embassy")).unwrap();
    let places = karat::show::places(item, &gold).unwrap();
    assert_eq!(places.len(), 2, "{item}");
    places
        .iter()
        .map(|place| {
            let text = &gold.corpus.documents[place.document].text;
            let text = place
                .span
                .map_or(text.as_str(), |span| &text[span.start..span.end]);
            text.split_whitespace()
                .take(3)
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect()
}

#[test]
fn a_lost_pair_exits_3_and_is_named_everywhere() {
    let folder = gated();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let same = gate(folder.path(), &[]);
    assert_eq!(
        same.status.code(),
        Some(0),
        "{}{}",
        text(&same.stdout),
        text(&same.stderr)
    );
    let item = lose_a_pair(&folder.path().join("reports"));
    let words = words_of(&item);
    let (junit, markdown) = (path("gate.xml"), path("gate.md"));
    let output = gate(
        folder.path(),
        &[
            "--junit",
            &junit,
            "--export-markdown",
            &markdown,
            "--github",
        ],
    );
    let printed = text(&output.stdout);
    assert_eq!(output.status.code(), Some(3), "{printed}");
    assert!(
        printed.contains("changed-worse") && printed.contains("no inference (K=1)"),
        "{printed}"
    );
    assert!(printed.contains("::error title=dedup/"), "{printed}");
    for surface in [
        printed,
        fs::read_to_string(&junit).unwrap(),
        fs::read_to_string(&markdown).unwrap(),
    ] {
        assert!(surface.contains(&item), "{item} is missing in\n{surface}");
        for words in &words {
            assert!(surface.contains(words), "{words} is missing in\n{surface}");
        }
    }
    let compared = karat(&[
        "compare",
        &path("baselines/main"),
        &path("reports"),
        "--export-csv",
        &path("compare.csv"),
    ]);
    assert_eq!(compared.status.code(), Some(0));
    assert!(text(&compared.stdout).contains(&item));
    let rows =
        karat::record::read::<karat::compare::row::CompareRow>(Path::new(&path("compare.csv")))
            .unwrap();
    let recall = rows
        .iter()
        .find(|row| row.metric == "recall" && row.match_rule == "pairs" && row.broken == 1)
        .unwrap();
    assert_eq!(
        (recall.decision.as_str(), recall.p),
        ("changed-worse", None)
    );
    let undecided = gate(folder.path(), &["--mode", "proven-worse", "--strict"]);
    assert_eq!(
        undecided.status.code(),
        Some(4),
        "{}",
        text(&undecided.stdout)
    );
    let ranked = karat(&["rank", "--reports", &path("reports")]);
    assert!(
        text(&ranked.stdout).contains("align"),
        "{}",
        text(&ranked.stderr)
    );
}

#[test]
fn a_gate_that_cannot_judge_is_no_pass() {
    let folder = gated();
    let reports = folder.path().join("reports");
    assert_eq!(
        gate(folder.path(), &["--export-csv", "/dev/null/compare.csv"])
            .status
            .code(),
        Some(1)
    );
    let unknown = karat(&[
        "gate",
        "--baseline",
        "nobody",
        "--baselines",
        folder.path().to_str().unwrap(),
    ]);
    assert_eq!(unknown.status.code(), Some(2));
    let quality = fs::read_to_string(reports.join("quality.csv")).unwrap();
    let (header, _) = quality.split_once('\n').unwrap();
    for torn in [
        &quality[..quality.len() - 9],
        "",
        header,
        &format!("{header}\n"),
    ] {
        fs::write(reports.join("quality.csv"), torn).unwrap();
        let output = gate(folder.path(), &[]);
        assert_eq!(
            output.status.code(),
            Some(2),
            "{torn:.60}: {}",
            text(&output.stderr)
        );
    }
    let other_gold: Vec<String> = quality
        .lines()
        .enumerate()
        .map(|(n, line)| {
            if n == 0 {
                line.to_owned()
            } else {
                line.replacen(",embassy,", ",elsewhere,", 1).replacen(
                    ",elsewhere,",
                    ",embassy,x",
                    1,
                )
            }
        })
        .collect();
    fs::write(reports.join("quality.csv"), other_gold.join("\n") + "\n").unwrap();
    fs::remove_file(folder.path().join("baselines/main/predictions.csv")).unwrap();
    let output = gate(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stdout));
    assert!(
        text(&output.stdout).contains("gold differs"),
        "{}",
        text(&output.stdout)
    );
    let failed = quality
        .lines()
        .nth(1)
        .unwrap()
        .split(',')
        .collect::<Vec<_>>();
    let row = [
        &failed[..8],
        &[
            "all",
            "",
            "",
            "1",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "1",
            "timeout",
            "no answer within 1 s",
        ],
    ]
    .concat()
    .join(",");
    // A run leaves such a row at every level of the variant.
    let levels = [row.clone(), row.replacen(",document,", ",segment,", 1)].join("\n");
    fs::write(reports.join("quality.csv"), format!("{header}\n{levels}\n")).unwrap();
    fs::write(
        reports.join("outcomes.csv"),
        fs::read_to_string(reports.join("outcomes.csv"))
            .unwrap()
            .lines()
            .next()
            .unwrap()
            .to_owned()
            + "\n",
    )
    .unwrap();
    let output = gate(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(5), "{}", text(&output.stdout));
    assert!(
        text(&output.stdout).contains("the head failed: timeout"),
        "{}",
        text(&output.stdout)
    );
}

#[test]
fn the_speed_gate_finds_double_work_and_decides_nothing_on_an_unfit_machine() {
    let folder = tempfile::tempdir().unwrap();
    let example = Path::new(env!("CARGO_BIN_EXE_karat"))
        .parent()
        .unwrap()
        .join("examples/burn");
    let copy = |name: &str| {
        let path = folder.path().join(name);
        fs::copy(&example, &path).unwrap();
        path
    };
    let config = folder.path().join("burn.toml");
    fs::write(&config, "[[variant]]\ntask = 'dedup'\nalgorithm = 'burn'\nlevels = ['document']\nparams = { rounds = 1000000 }\n").unwrap();
    let time = |head: &Path, base: &Path, more: &[&str]| {
        let mut command = Command::new(head);
        command
            .current_dir(root())
            .arg("time")
            .arg("--config")
            .arg(&config)
            .arg("--against")
            .arg(base)
            .args(more);
        command.output().unwrap()
    };
    let (plain, double, unfit) = (copy("burn"), copy("burn-double"), copy("burn-unfit"));
    // Noise of the machine may leave a measurement undecided, which is what the gate should then say; it must never say that
    // nothing changed, and a few measurements suffice to find double work.
    let undecided = |output: &Output| {
        let mut printed = text(&output.stdout);
        printed.truncate(printed.find('\n').unwrap_or(printed.len()));
        output.status.code() == Some(0)
            && printed.contains(" time ")
            && printed.contains("inconclusive")
    };
    let mut slower = time(&double, &plain, &[]);
    for _ in 0..4 {
        if !undecided(&slower) {
            break;
        }
        slower = time(&double, &plain, &[]);
    }
    assert_eq!(
        slower.status.code(),
        Some(3),
        "{}{}",
        text(&slower.stdout),
        text(&slower.stderr)
    );
    assert!(
        text(&slower.stdout).contains("; confirmed by "),
        "{}",
        text(&slower.stdout)
    );
    let undecided = time(&plain, &unfit, &["--pairs", "8"]);
    assert_eq!(
        undecided.status.code(),
        Some(0),
        "{}",
        text(&undecided.stdout)
    );
    assert!(
        text(&undecided.stdout).contains("the machine is unfit"),
        "{}",
        text(&undecided.stdout)
    );
    fs::remove_file(folder.path().join("burn-unfit.runs")).unwrap();
    assert_eq!(
        time(&plain, &unfit, &["--pairs", "8", "--strict"])
            .status
            .code(),
        Some(4)
    );
    // A base that does not know the variant: nothing was measured. Beside a variant that it knows, the new one is not gated.
    let older = Path::new(env!("CARGO_BIN_EXE_karat"));
    let nothing = time(&plain, older, &[]);
    assert_eq!(nothing.status.code(), Some(2), "{}", text(&nothing.stdout));
    let known = "[[variant]]\ntask = 'dedup'\nalgorithm = 'exact'\nlevels = ['document']\n";
    fs::write(&config, fs::read_to_string(&config).unwrap() + known).unwrap();
    let new = time(&plain, older, &["--pairs", "8"]);
    let printed = text(&new.stdout);
    assert!(
        printed.contains("not gated: unknown deduper `burn`"),
        "{printed}"
    );
    assert!(printed.contains("dedup/document/exact"), "{printed}");
    assert!(matches!(new.status.code(), Some(0 | 3)), "{printed}");
    let nothing = time(&plain, Path::new("nowhere"), &[]);
    assert_eq!(nothing.status.code(), Some(2), "{}", text(&nothing.stderr));
}

#[test]
fn stored_times_show_and_decide_nothing_but_memory() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let example = Path::new(env!("CARGO_BIN_EXE_karat"))
        .parent()
        .unwrap()
        .join("examples/burn");
    let burn = |args: &[&str]| {
        Command::new(&example)
            .current_dir(root())
            .args(args)
            .output()
            .unwrap()
    };
    let variant = "[[variant]]\ntask = 'dedup'\nalgorithm = 'burn'\nlevels = ['document']\nparams = { rounds = 100000 }\n";
    fs::write(path("burn.toml"), variant).unwrap();
    fs::write(
        path("tight.toml"),
        format!("[gate.memory]\nabsolute = 1.0\nrelative = 0.1\n{variant}"),
    )
    .unwrap();
    let (config, tight, out, baselines) = (
        path("burn.toml"),
        path("tight.toml"),
        path("reports"),
        path("baselines"),
    );
    let ok = |output: Output| {
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    ok(burn(&["run", "--config", &config, "--out", &out]));
    let save = [
        "baseline",
        "save",
        "main",
        "--reports",
        &out,
        "--baselines",
        &baselines,
        "--force",
    ];
    ok(burn(&save));
    let against = |config: &str, more: &[&str]| {
        let mut args = vec!["time", "--config", config, "--runs", "2", "--out", &out];
        args.extend(["--against", "main", "--baselines", &baselines]);
        args.extend(more);
        burn(&args)
    };
    let without = against(&config, &[]);
    assert_eq!(without.status.code(), Some(2), "{}", text(&without.stdout));
    ok(burn(&[
        "time", "--config", &config, "--runs", "2", "--out", &out,
    ]));
    ok(burn(&save));
    let printed = ok(against(&config, &[]));
    assert!(
        printed.contains("inconclusive") && printed.contains("against stored times"),
        "{printed}"
    );
    assert_eq!(against(&config, &["--strict"]).status.code(), Some(4));
    // A stored peak of three quarters: the present one is more than 1 MiB and more than 10 % above it, but not 16 MiB.
    let stored = fs::read_dir(folder.path().join("baselines/main/throughput"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let mut rows = karat::record::read::<karat::record::ThroughputRow>(&stored).unwrap();
    rows.iter_mut()
        .for_each(|row| row.peak_bytes = row.peak_bytes.map(|peak| peak / 4 * 3));
    karat::record::write(&stored, &mut rows).unwrap();
    assert_eq!(against(&config, &[]).status.code(), Some(0));
    let worse = against(&tight, &[]);
    assert_eq!(worse.status.code(), Some(3), "{}", text(&worse.stdout));
}

/// Eight documents of ten names each, every document a story of its own, as CoNLL columns.
fn eight_stories(folder: &Path) -> PathBuf {
    let (columns, dataset) = (folder.join("eight.conll"), folder.join("eight"));
    let document = "Anna\tB-person\n".repeat(10) + "\n";
    fs::write(&columns, document.repeat(8)).unwrap();
    let output = karat(&[
        "gold",
        "import",
        columns.to_str().unwrap(),
        "--format",
        "conll",
        "--name",
        "eight",
        "--out",
        dataset.to_str().unwrap(),
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    dataset
}

/// Predictions of so many names of each story.
fn predictions(file: &Path, gold: &karat::label::Gold, found: &[usize]) {
    let mut rows = "schema,dataset,corpus_digest,task,level,algorithm,params,seed,document,start,end,other_document,other_start,other_end,label,cluster,confidence\n".to_owned();
    let digest = gold.corpus.digest();
    for (story, &found) in found.iter().enumerate() {
        let mentions = gold.mentions.iter().flatten();
        for mention in mentions
            .filter(|mention| mention.document == story)
            .take(found)
        {
            let document = &gold.corpus.documents[story].id;
            let (start, end) = (mention.span.start, mention.span.end);
            rows.push_str(&format!(
                "1,eight,{digest},entity,mention,mine,,0,{document},{start},{end},,,,person,,1\n"
            ));
        }
    }
    fs::write(file, rows).unwrap();
}

/// METHODOLOGY's example, from texts on disk to quality.csv and to the decision of a comparison.
#[test]
fn eight_stories_have_intervals_and_inference() {
    let folder = tempfile::tempdir().unwrap();
    let dataset = eight_stories(folder.path());
    let gold = karat::gold::load(&dataset).unwrap();
    let score = |name: &str, found: &[usize]| {
        let (file, out) = (
            folder.path().join(format!("{name}.csv")),
            folder.path().join(name),
        );
        predictions(&file, &gold, found);
        let output = karat(&[
            "score",
            file.to_str().unwrap(),
            "--gold",
            dataset.to_str().unwrap(),
            "--out",
            out.to_str().unwrap(),
        ]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        out
    };
    let base = score("base", &[9, 8, 7, 10, 6, 8, 9, 7]);
    let quality =
        karat::record::read::<karat::record::QualityRow>(&base.join("quality.csv")).unwrap();
    let recall = quality
        .iter()
        .find(|row| {
            (
                row.match_rule.as_str(),
                row.metric.as_str(),
                row.slice.as_str(),
            ) == ("strict", "recall", "all")
        })
        .unwrap();
    assert_eq!(
        (recall.value, recall.ci_low, recall.ci_high, recall.stories),
        (Some(0.8), Some(0.690_539), Some(0.909_461), 8)
    );
    assert_eq!(recall.ci_method, "story jackknife-t (K=8)");
    // One name less in every story: no other of the 256 swaps but "all" differs as much, p = 2/256.
    let head = score("head", &[8, 7, 6, 9, 5, 7, 8, 6]);
    let csv = folder.path().join("compare.csv");
    let output = karat(&[
        "compare",
        base.to_str().unwrap(),
        head.to_str().unwrap(),
        "--export-csv",
        csv.to_str().unwrap(),
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let rows = karat::record::read::<karat::compare::row::CompareRow>(&csv).unwrap();
    let recall = rows
        .iter()
        .find(|row| row.metric == "recall" && row.match_rule == "strict")
        .unwrap();
    assert_eq!(
        (
            recall.test.as_str(),
            recall.p,
            recall.stories,
            recall.broken
        ),
        ("swap-exact", Some(2.0 / 256.0), 8, 8)
    );
    assert_eq!(recall.decision, "regressed");
}

#[test]
fn two_variants_of_one_run_are_compared_and_ranked_as_markdown_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let output = karat(&[
        "run",
        "-f",
        "segment/(exact|spotsigs)$",
        "--out",
        &path("out"),
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let reports = path("out/partial");
    let output = karat(&[
        "compare",
        "exact",
        "spotsigs",
        "--reports",
        &reports,
        "--export-markdown",
        &path("compare.md"),
    ]);
    let printed = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(
        printed.contains("dedup/segment/exact -> spotsigs"),
        "{printed}"
    );
    assert!(printed.contains("no inference (K=1)"), "{printed}");
    let markdown = fs::read_to_string(path("compare.md")).unwrap();
    assert!(
        markdown.contains("**dedup/segment/exact -\\> spotsigs pairs**"),
        "{markdown}"
    );
    let output = karat(&[
        "rank",
        "--reports",
        &reports,
        "--export-markdown",
        &path("rank.md"),
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let markdown = fs::read_to_string(path("rank.md")).unwrap();
    assert!(
        markdown.starts_with("### dedup / segment: pairs f1 (all)\n"),
        "{markdown}"
    );
    assert!(markdown.contains("| 1 |  | spotsigs |"), "{markdown}");
    // A metric without match rule is found without being told so; the entity resolver `exact` is not the deduper `exact`.
    let lowest = karat(&["rank", "--reports", &reports, "--metric", "over_merges"]);
    assert!(
        text(&lowest.stdout).starts_with("dedup / segment: over_merges (all)\n"),
        "{}{}",
        text(&lowest.stdout),
        text(&lowest.stderr)
    );
    let both = karat(&["compare", "exact", "jaccard"]);
    assert!(
        text(&both.stdout).contains("dedup/segment/exact -> jaccard")
            && !text(&both.stdout).contains("entity/"),
        "{}",
        text(&both.stdout)
    );
    let output = karat(&["compare", "exact", "nobody", "--reports", &reports]);
    assert_eq!(output.status.code(), Some(2));
}

/// What README shows and what the example files run must not drift apart.
#[test]
fn example_workflows_run_the_commands_of_the_readme() {
    let read = |name: &str| fs::read_to_string(root().join(name)).unwrap();
    let command = |line: &str| {
        let line = line.trim().trim_start_matches("- ");
        let line = line.strip_prefix("run: ").unwrap_or(line);
        let karat = line.starts_with("target/release/karat ")
            || line.starts_with("cargo build --release --locked");
        karat.then(|| line.to_owned())
    };
    let readme = read("README.md");
    let section = readme.split("## In CI").nth(1).unwrap();
    let shown: Vec<String> = section
        .split("\n## ")
        .next()
        .unwrap()
        .lines()
        .filter_map(command)
        .collect();
    assert!(shown.len() >= 6, "{shown:?}");
    for name in ["examples/ci/github.yml", "examples/ci/gitlab.yml"] {
        let commands: Vec<String> = read(name).lines().filter_map(command).collect();
        for wanted in &shown {
            assert!(
                commands
                    .iter()
                    .any(|line| line.starts_with(wanted.as_str())),
                "{name} lacks `{wanted}`: {commands:?}"
            );
        }
        assert!(
            commands
                .iter()
                .any(|line| line.contains("time --against ../base/target/release/karat")),
            "{name}"
        );
        // YAML takes no tabs, and every verb and flag must be known to the command line.
        assert!(!read(name).contains('\t'));
        for line in commands.iter().filter(|line| line.starts_with("target/")) {
            let words: Vec<&str> = line.split_whitespace().skip(1).collect();
            let help = text(&karat(&[words[0], "--help"]).stdout);
            for flag in words.iter().filter(|word| word.starts_with("--")) {
                assert!(help.contains(flag), "{name}: `{line}`: unknown {flag}");
            }
        }
    }
}
