use proptest::prelude::*;

use super::*;

fn row(text: &str, threshold: f64) -> OutcomeRow {
    OutcomeRow {
        schema: SCHEMA,
        dataset: "d".into(),
        task: "garble".into(),
        level: "span".into(),
        algorithm: "a".into(),
        params: String::new(),
        seed: "0".into(),
        match_rule: "overlap".into(),
        document: "000".into(),
        item: "d/garble/000:1-2".into(),
        verdict: "true positive".into(),
        detail: String::new(),
        weight: Some(threshold),
        confidence: None,
        story: "s".into(),
        zone: "body".into(),
        gold_type: String::new(),
        predicted_type: String::new(),
        category: String::new(),
        severity: String::new(),
        gold_text: text.into(),
        predicted_text: String::new(),
        slices: String::new(),
    }
}

#[test]
fn rows_come_back_as_written_and_formulas_are_neutral() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("outcomes.csv");
    let mut rows = vec![
        row("-CNN", 1.0),
        row("=1+1", 0.1),
        row("'quoted', \"so\"\nnext", 0.5),
    ];
    write(&path, &mut rows).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    assert!(
        text.contains(",'-CNN,") && text.contains(",'=1+1,"),
        "{text}"
    );
    assert!(text.contains(",1,") && text.contains(",0.1,"), "{text}");
    assert_eq!(read::<OutcomeRow>(&path).unwrap(), rows);
}

#[test]
fn a_torn_file_a_foreign_header_and_a_bad_number_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("curves.csv");
    write(&path, &mut [row("x", 1.0)]).unwrap();
    assert!(
        read::<CurveRow>(&path)
            .unwrap_err()
            .to_string()
            .contains("expected `schema,")
    );
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.trim_end()).unwrap();
    assert!(
        read::<OutcomeRow>(&path)
            .unwrap_err()
            .to_string()
            .contains("cut off")
    );
    fs::write(&path, text.replace(",1,,s,", ",NaN,,s,")).unwrap();
    assert!(
        read::<OutcomeRow>(&path)
            .unwrap_err()
            .to_string()
            .contains("not a number")
    );
}

proptest! {
    /// Whatever stands in the cells: rows come back as they were, sorted by document and item as a plain sort does it, in the same
    /// bytes whatever their order was before.
    #[test]
    fn rows_of_any_text_come_back_sorted(
        cells in prop::collection::vec((any::<String>(), "[0-9]{1,3}", "[=+@'a-]{0,3}", any::<f64>()), 0..12),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("outcomes.csv");
        let mut rows: Vec<OutcomeRow> = cells
            .into_iter()
            .enumerate()
            .map(|(index, (gold_text, document, predicted_text, weight))| OutcomeRow {
                gold_text,
                document,
                predicted_text,
                item: format!("item {index:02}"),
                weight: Some(weight).filter(|weight| weight.is_finite()),
                ..row("", 0.5)
            })
            .collect();
        write(&path, &mut rows.clone()).unwrap();
        let bytes = fs::read(&path).unwrap();
        rows.reverse();
        prop_assert_eq!(&bytes, &to_bytes(&mut rows.clone()).unwrap());
        rows.sort_by_key(|row| (row.document.clone(), row.item.clone()));
        prop_assert_eq!(read::<OutcomeRow>(&path).unwrap(), rows);
    }

    /// No cell opens with what a spreadsheet computes, and every text survives.
    #[test]
    fn cells_are_neutral_and_keep_their_text(text in "[=+@\t\r'a-]{0,4}|\\PC{0,8}") {
        let cell = neutral(&text);
        prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{}", cell);
        prop_assert_eq!(original(&cell), text);
    }
}

#[test]
fn minus_zero_is_written_as_zero_and_nothing_but_finite_numbers_is_read() {
    let written = |value| String::from_utf8(to_bytes(&mut [row("x", value)]).unwrap()).unwrap();
    assert_eq!(written(-0.0), written(0.0));
    for text in ["inf", "-inf", "NaN", "0x1", "1,5"] {
        let quoted = written(7.25).replace(",7.25,", &format!(",\"{text}\","));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("outcomes.csv");
        fs::write(&path, quoted).unwrap();
        let fault = read::<OutcomeRow>(&path).unwrap_err().to_string();
        assert!(
            fault.contains("outcomes.csv:2:") && fault.contains("is not a number"),
            "{fault}"
        );
    }
}
