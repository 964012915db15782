use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use proptest::prelude::*;

use super::*;

fn read(source: &Source) -> Result<Vec<(String, String)>> {
    source
        .documents()?
        .map(|document| document.map(|d| (d.id, d.text)))
        .collect()
}

fn message(path: &Path) -> String {
    read(&Source::new(path)).unwrap_err().to_string()
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn plain_and_compressed_lines_give_the_same_documents() {
    let folder = tempfile::tempdir().unwrap();
    let text = "{\"id\":\"b\",\"text\":\"x\\ny\"}\r\n\n{\"text\":\"𝒳\",\"id\":7}\n \n{\"text\":\"\",\"id\":null}";
    let expected =
        [("b", "x\ny"), ("7", "𝒳"), ("000000005", "")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
    let zstd = zstd::encode_all(text.as_bytes(), 1).unwrap();
    for (name, bytes) in [
        ("a.jsonl", text.as_bytes()),
        ("marked.ndjson", &marked),
        ("a.jsonl.gz", &gzip(text.as_bytes())),
        ("a.JSON.ZST", &zstd),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        assert_eq!(read(&Source::new(&path)).unwrap(), expected, "{name}");
        let lines: Vec<_> = Source::new(path)
            .originals()
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let second = "{\"text\":\"𝒳\",\"id\":7}".as_bytes().to_vec();
        assert_eq!(
            (lines.len(), &lines[1]),
            (3, &Original::Line(second)),
            "{name}"
        );
    }
}

#[test]
fn faults_name_file_line_and_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonl");
    for (text, part) in [
        (
            &b"{\"text\":\"a\"}\n{\"body\":\"b\"}\n"[..],
            "a.jsonl:2: no field `text`; this line has: body\n    remedy: name the field with --text-field",
        ),
        (
            b"{\"text\":1}\n",
            "a.jsonl:1: field `text` is a number, not a text",
        ),
        (
            b"{\"text\":\"\",\"id\":[1]}\n",
            "a.jsonl:1: field `id` is an array",
        ),
        (
            b"{\"text\":\"a\"}\nnonsense\n{\"text\":\"c\"}\n",
            "a.jsonl:2: not JSON",
        ),
        (
            b"[{\"text\":\"a\"}]",
            "a.jsonl:1: an array, not a JSON object\n    remedy: write one JSON object per line",
        ),
        (b"{\n \"text\":\"a\"\n}\n", "a.jsonl:1: not JSON: EOF"),
        (
            b"{\"text\":\"caf\xe9\"}\n",
            "a.jsonl:1: not UTF-8 at byte 12 of the line",
        ),
        (
            b"{\"id\":\"x\",\"text\":\"\"}\n{\"id\":\"x\",\"text\":\"\"}\n",
            "a.jsonl:2: id `x` stands in an earlier line too",
        ),
        // The number of a line without id may be the id of another.
        (
            b"{\"id\":\"000000002\",\"text\":\"\"}\n{\"text\":\"\"}\n",
            "a.jsonl:2: id `000000002` stands",
        ),
        (b"{\"id\":\"\",\"text\":\"\"}\n", "id \"\" is empty"),
        (
            b"{\"id\":\"a\\tb\",\"text\":\"\"}\n",
            "id \"a\\tb\" is empty or has control characters",
        ),
    ] {
        fs::write(&path, text).unwrap();
        assert!(message(&path).contains(part), "{}", message(&path));
    }
    fs::write(folder.path().join("a.parquet"), "").unwrap();
    assert!(
        message(&folder.path().join("a.parquet")).contains("this kind of file is not a corpus")
    );
    let missing = read(&Source::new(folder.path().join("none.jsonl"))).unwrap_err();
    assert_eq!(missing.exit_code(), 2);
}

#[test]
fn a_named_id_field_must_be_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonl");
    fs::write(
        &path,
        "{\"key\":\"k\",\"id\":\"i\",\"text\":\"\"}\n{\"id\":\"j\",\"text\":\"\"}\n",
    )
    .unwrap();
    let source = Source {
        id_field: Some("key".to_owned()),
        ..Source::new(&path)
    };
    let mut documents = source.documents().unwrap();
    assert_eq!(documents.next().unwrap().unwrap().id, "k");
    let fault = documents.next().unwrap().unwrap_err().to_string();
    assert!(
        fault.contains("a.jsonl:2: no field `key`; this line has: id, text"),
        "{fault}"
    );
}

#[test]
fn compressed_data_that_are_cut_off_or_damaged_are_faults_of_the_input() {
    let folder = tempfile::tempdir().unwrap();
    let lines: String = (0..5000)
        .map(|n| format!("{{\"id\":{n},\"text\":\"{}\"}}\n", n * 7919))
        .collect();
    let (gz, zst) = (
        gzip(lines.as_bytes()),
        zstd::encode_all(lines.as_bytes(), 1).unwrap(),
    );
    for (name, bytes) in [
        ("cut.jsonl.gz", &gz[..gz.len() / 2]),
        ("cut.jsonl.zst", &zst[..zst.len() / 2]),
        ("plain.jsonl.gz", b"{\"text\":\"\"}\n"),
        ("plain.jsonl.zst", b"{\"text\":\"\"}\n"),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let error = read(&Source::new(path)).unwrap_err();
        assert!(
            error.to_string().contains("cut off or damaged"),
            "{name}: {error}"
        );
        assert_eq!(error.exit_code(), 2);
    }
}

#[test]
fn after_a_fault_the_stream_is_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonl");
    fs::write(&path, "x\n{\"text\":\"c\"}\n").unwrap();
    assert_eq!(Source::new(&path).documents().unwrap().count(), 1);
}

#[test]
fn a_folder_is_read_in_order_of_names_and_says_which_file_is_no_text() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    assert!(message(folder.path()).contains("no .txt file in this folder"));
    write("b.txt", b"second");
    write("a.txt", b"");
    write("c.md", b"not a document");
    fs::create_dir(folder.path().join("sub")).unwrap();
    let expected = [("a", ""), ("b", "second")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    assert_eq!(read(&Source::new(folder.path())).unwrap(), expected);
    assert_eq!(Source::new(folder.path()).originals().unwrap().count(), 2);
    write("d.txt", b"one\ntwo \xff");
    assert!(
        message(folder.path()).contains("d.txt:2: not UTF-8 at byte 8"),
        "{}",
        message(folder.path())
    );
    let odd = <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(b"\xff.txt");
    File::create(folder.path().join(odd)).unwrap();
    assert!(message(folder.path()).contains("file name is not UTF-8"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Whatever the texts: what is written as JSON lines comes back, and lines of random bytes are a fault or documents, no panic.
    #[test]
    fn lines_come_back(texts in prop::collection::vec(any::<String>(), 0..20), noise in prop::collection::vec(any::<u8>(), 0..200)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        let lines: String = texts.iter().map(|text| format!("{}\n", serde_json::json!({ "text": text }))).collect();
        fs::write(&path, lines).unwrap();
        let back: Vec<String> = read(&Source::new(&path)).unwrap().into_iter().map(|(_, text)| text).collect();
        prop_assert_eq!(back, texts);
        fs::write(&path, noise).unwrap();
        let _ = read(&Source::new(&path));
    }
}
