//! `karat gold`: from a new dataset through labels, lints, counts and agreement to the formats of other tools and back.

use std::fs;
use std::path::Path;

use crate::support::{in_folder, root};

/// What `locate` says about the draft layers of a new dataset.
const LOCATED: &str = "segments.csv: 2 rows located\ndocument_pairs.csv: 0 rows located\ncopy_groups.csv: 0 rows located\n\
    boilerplate_groups.csv: 0 rows located\nsame_fact.csv: 0 rows located\nentities.csv: 2 rows located\n\
    mentions.csv: 2 rows located\ngarbles.csv: 0 rows located\n";

/// A folder with the dataset `mine`, as `gold new` writes it, its draft labels located.
pub(crate) fn mine() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let new = in_folder(folder.path(), &["gold", "new", "mine"]);
    new.says("mine: read README.md there\n");
    let draft = [
        "gold",
        "locate",
        "mine/draft",
        "--gold",
        "mine",
        "--out",
        "mine",
    ];
    in_folder(folder.path(), &draft).says(LOCATED);
    folder
}

fn edit(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "`{from}` is not in\n{text}");
    fs::write(path, text.replace(from, to)).unwrap();
}

/// The mentions of a dataset: everything that formats carry.
fn mentions(dataset: &Path) -> Vec<String> {
    let text = fs::read_to_string(dataset.join("mentions.csv")).unwrap();
    text.lines()
        .skip(1)
        .map(|line| line.split(',').take(5).collect::<Vec<_>>().join(","))
        .collect()
}

#[test]
fn a_new_dataset_gets_offsets_for_quotes_and_lints_clean() {
    let folder = mine();
    let at = folder.path();
    assert_eq!(
        fs::read_to_string(at.join("mine/mentions.csv")).unwrap(),
        "document,start,end,text,entity_type,entity,nesting,zone,garbled,lowercase,metonymic,doubtful\n\
         example,65,77,Ada Lovelace,PER,per:ada-lovelace,outer,body,false,false,false,false\n\
         example,81,87,London,GPE,gpe:london,outer,body,false,false,false,false\n"
    );
    in_folder(at, &["gold", "lint", "mine"]).says("mine: 0 errors, 0 warnings\n");
    in_folder(at, &["gold", "new", "mine"]).fails(
        2,
        "karat: mine: the folder is not empty\n    remedy: name a new folder\n",
    );
    // Without a dataset, over bare articles.
    let bare = [
        "gold",
        "locate",
        "mine/draft",
        "--articles",
        "mine/articles",
        "--out",
        "bare",
    ];
    in_folder(at, &bare).says(LOCATED);
    assert_eq!(mentions(&at.join("bare")), mentions(&at.join("mine")));
    assert!(
        in_folder(
            at,
            &[
                "run",
                "--gold",
                "mine",
                "-e",
                "capitals",
                "--config",
                &config()
            ]
        )
        .code
            == Some(0)
    );
}

fn config() -> String {
    root().join("karat.toml").to_str().unwrap().to_owned()
}

#[test]
fn quotes_that_are_not_there_are_named_all_at_once_and_nothing_is_written() {
    let folder = mine();
    let at = folder.path();
    fs::create_dir(at.join("draft")).unwrap();
    fs::write(
        at.join("draft/mentions.csv"),
        "document,line,occurrence,text,entity_type,entity,nesting,garbled,lowercase,metonymic,doubtful\n\
         example,3,,Nowhere,PER,per:x,outer,false,false,false,false\n\
         example,9,,London,GPE,gpe:london,outer,false,false,false,false\n",
    )
    .unwrap();
    in_folder(
        at,
        &["gold", "locate", "draft", "--gold", "mine", "--out", "out"],
    )
    .fails(
        2,
        "karat: draft/mentions.csv:2: not on line 3 (occurrence 1): `Nowhere`\n    \
         remedy: quote the article byte for byte, curly quotes and dashes too\n\
         draft/mentions.csv:3: there is no line 9: `London`\n    remedy: it stands on line 3\n",
    );
    assert!(!at.join("out/mentions.csv").exists());
    in_folder(at, &["gold", "locate", "nowhere", "--gold", "mine", "--out", "out"]).fails(
        2,
        "karat: nowhere: no draft layer in this folder\n    remedy: a draft is named as its layer, such as mentions.csv\n",
    );
}

#[test]
fn lint_names_errors_and_warnings_and_fails_on_either_as_asked() {
    let folder = mine();
    let at = folder.path();
    edit(
        &at.join("mine/mentions.csv"),
        ",gpe:london,",
        ",per:ada-lovelace,",
    );
    let found = in_folder(at, &["gold", "lint", "mine"]);
    assert_eq!(found.code, Some(2), "{}", found.err);
    assert_eq!(
        found.out,
        "error[entity-type] mine/mentions.csv:3: `London` is GPE, its entity per:ada-lovelace is PER\n    \
         remedy: give both one type, or the mention another entity\n\
         warning[entity-unused] mine/entities.csv:2: no mention names gpe:london\n    \
         remedy: remove it, or label its mention\nmine: 1 error, 1 warning\n"
    );
    edit(
        &at.join("mine/mentions.csv"),
        "example,81,87,London,GPE,per:ada-lovelace,outer,body,false,false,false,false\n",
        "",
    );
    let warned = in_folder(at, &["gold", "lint", "mine"]);
    assert!(
        warned.out.ends_with("mine: 0 errors, 1 warning\n"),
        "{}",
        warned.out
    );
    assert_eq!(warned.code, Some(0));
    assert_eq!(
        in_folder(at, &["gold", "lint", "mine", "--deny-warnings"]).code,
        Some(2)
    );
    let missing = in_folder(at, &["gold", "lint", "nowhere"]);
    assert_eq!(missing.code, Some(2));
    assert!(
        missing
            .err
            .contains("a dataset is a folder with dataset.toml and articles/"),
        "{}",
        missing.err
    );
    let listed = in_folder(at, &["gold", "lint", "--list"]);
    assert!(listed.out.starts_with("load               error    offsets, texts, ids, words, overlaps, gaps: what the loader refuses\n"));
    assert_eq!(
        in_folder(root(), &["gold", "lint"]).says("gold/embassy: 0 errors, 0 warnings\n"),
        ""
    );
}

#[test]
fn stats_count_labels_and_say_how_far_they_reach() {
    let folder = mine();
    let stats = in_folder(folder.path(), &["gold", "stats", "mine"]);
    assert_eq!(stats.code, Some(0), "{}", stats.err);
    let lines: Vec<&str> = stats.out.lines().map(str::trim_end).collect();
    assert_eq!(
        lines[0],
        " layer               slice             count  doubtful  ± at 0.5  ± at 0.9"
    );
    for expected in [
        " corpus              documents             1",
        " corpus              bytes                89",
        " segments            zone=headline         1         0     0.445     0.415",
        " mentions            all                   2         0     0.405     0.358",
        " garbles             all                   0         0",
    ] {
        assert!(lines.contains(&expected), "{expected}\n{}", stats.out);
    }
    assert!(
        stats.out.ends_with(
            "Stories: 1. With fewer than 6 no inference beyond this dataset is possible at all.\n"
        ),
        "{}",
        stats.out
    );
    let missing = in_folder(folder.path(), &["gold", "stats", "nowhere"]);
    assert_eq!((missing.code, missing.out.as_str()), (Some(2), ""));
}

#[test]
fn agreement_of_two_passes_is_figures_and_items() {
    let folder = mine();
    let at = folder.path();
    fs::create_dir_all(at.join("mine/passes")).unwrap();
    edit(
        &at.join("mine/draft/mentions.csv"),
        "Ada Lovelace,PER",
        "Lovelace,PER",
    );
    let draft = [
        "gold",
        "locate",
        "mine/draft",
        "--gold",
        "mine",
        "--out",
        "mine/passes/b",
    ];
    in_folder(at, &draft).says(LOCATED);
    let pass = ["gold", "lint", "mine", "--pass", "mine/passes/b"];
    in_folder(at, &pass).says("mine/passes/b: 0 errors, 0 warnings\n");
    let agree = [
        "gold",
        "agree",
        "mine",
        "mine/passes/b",
        "--csv",
        "figures.csv",
        "--disagreements",
        "items.csv",
    ];
    let agreed = in_folder(at, &agree);
    assert_eq!(agreed.code, Some(0), "{}", agreed.err);
    let rows: Vec<&str> = agreed.out.lines().map(str::trim_end).collect();
    for expected in [
        " mentions            F1 strict                 0.5000     1       1       1            0.5000",
        " mentions            F1 overlap                1.0000     2       0       0            1.0000",
        " entities            F1 B-cubed                0.5000     1       1       1            0.5000",
    ] {
        assert!(rows.contains(&expected), "{expected}\n{}", agreed.out);
    }
    assert!(
        agreed.out.ends_with(
            "mentions example:65-77\n    a: `Ada Lovelace`\n    b: `Lovelace`\n     \
             this article with your own texts, said >>>Ada Lovelace<<< in London. \n1 disagreement\n"
        ),
        "{}",
        agreed.out
    );
    let figures = fs::read_to_string(at.join("figures.csv")).unwrap();
    assert!(
        figures.starts_with("layer,metric,doubtful,value,both,only_a,only_b\n"),
        "{figures}"
    );
    assert!(
        figures.contains("\nmentions,F1 strict,true,0.5,1,1,1\n"),
        "{figures}"
    );
    assert_eq!(
        fs::read_to_string(at.join("items.csv")).unwrap(),
        "layer,item,a,b,context\nmentions,example:65-77,`Ada Lovelace`,`Lovelace`,\
         \" this article with your own texts, said >>>Ada Lovelace<<< in London. \"\n"
    );
    let brief = in_folder(at, &["gold", "agree", "mine", "mine/passes/b", "--summary"]);
    assert!(!brief.out.contains("example:65-77") && brief.out.ends_with("1 disagreement\n"));
    in_folder(at, &["gold", "agree", "nowhere", "mine"]).fails(
        2,
        "karat: nowhere: no such file or folder\n    remedy: check the path\n",
    );
    fs::create_dir(at.join("apart")).unwrap();
    let apart = in_folder(at, &["gold", "agree", "apart", "mine"]);
    assert_eq!(apart.code, Some(2));
    assert!(
        apart
            .err
            .contains("no dataset.toml here or above\n    remedy: name the dataset with --gold"),
        "{}",
        apart.err
    );
    let nothing = in_folder(at, &["gold", "agree", "apart", "mine", "--gold", "mine"]);
    assert!(
        nothing
            .err
            .contains("the two folders have no layer in common"),
        "{}",
        nothing.err
    );
}
