use std::collections::BTreeSet;

use proptest::prelude::*;

use super::likeness::{GRAMS, LEAST, WORDS};
use super::*;

fn sentences(documents: &[&[&'static str]]) -> Vec<Unit<'static>> {
    (0u32..)
        .zip(documents)
        .flat_map(|(document, texts)| {
            (0u32..).zip(*texts).map(move |(position, text)| Unit {
                text,
                document,
                position,
            })
        })
        .collect()
}

fn request(level: Level) -> Request {
    Request {
        level,
        seed: 0,
        floor: 0.0,
    }
}

#[test]
fn the_likeness_by_hand() {
    // 4-grams of "big dogs" are 5, of "big dog" 4, all shared: Dice 8/9. Words: "big" of at least four. Subsequence: 1 of 2 and 2.
    let units = sentences(&[&["Big dogs!"], &["big dog"]]);
    let pairs = Align::default()
        .compare(&units, &request(Level::Segment))
        .pairs;
    assert_eq!(pairs.len(), 1);
    let expected = (8.0 / 9.0 + 1.0 / 4.0 + 2.0 / 4.0) / 3.0;
    assert!((pairs[0].similarity - expected).abs() < 1e-12, "{pairs:?}");
}

#[test]
fn equal_neighbours_lift_and_better_partners_lower() {
    let a: &[&str] = &[
        "The cat sat on the mat.",
        "He sold two old ships.",
        "Rain fell all day long.",
    ];
    let b: &[&str] = &[
        "The cat sat on the mat.",
        "He sold both his ships.",
        "Rain fell all day long.",
    ];
    let alone = sentences(&[&a[1..2], &b[1..2]]);
    let units = sentences(&[a, b]);
    let plain = Align::default()
        .compare(&alone, &request(Level::Segment))
        .pairs[0]
        .similarity;
    let pairs = Align::default()
        .compare(&units, &request(Level::Segment))
        .pairs;
    let middle = pairs
        .iter()
        .find(|pair| (pair.a, pair.b) == (1, 4))
        .unwrap()
        .similarity;
    assert!((middle - (plain + plain * (1.0 - plain))).abs() < 1e-12);

    let c: &[&str] = &[
        "Two men were killed in the north.",
        "Two men were killed in the south.",
    ];
    let crossing = |rival: f64| {
        let align = Align {
            rival,
            ..Align::default()
        };
        let pairs = align
            .compare(&sentences(&[c, c]), &request(Level::Segment))
            .pairs;
        pairs
            .iter()
            .find(|pair| (pair.a, pair.b) == (0, 3))
            .unwrap()
            .similarity
    };
    assert!((crossing(0.7) - 0.7 * crossing(1.0)).abs() < 1e-12);
}

#[test]
fn a_cut_copy_is_covered_and_a_stranger_is_not() {
    let long = "The governor opened the new bridge on Monday. Crowds lined both banks of the river. \
        The work took seven years. Nobody was hurt when a crane fell in March.";
    let cut = "The new bridge was opened by the governor on Monday. The work took seven years.";
    let other = "Wheat prices rose again. Farmers in the valley expect a dry summer.";
    let units = crate::dedup::distinct::units(&[long, cut, other]);
    let comparison = Align::default().compare(&units, &request(Level::Document));
    let pairs: Vec<(u32, u32)> = comparison
        .pairs
        .iter()
        .map(|pair| (pair.a, pair.b))
        .collect();
    assert_eq!(pairs, [(0, 1)]);
    assert!((comparison.pairs[0].similarity - 1.0).abs() < 1e-12);
}

#[test]
fn equal_documents_are_one_group_and_documents_without_words_nothing() {
    let units = crate::dedup::distinct::units(&["One word. Two.", "one word, two", "", "..."]);
    let comparison = Align::default().compare(&units, &request(Level::Document));
    assert_eq!(comparison.groups, [vec![0, 1]]);
    assert!(comparison.pairs.is_empty());
}

#[test]
fn parameters_out_of_range_are_refused() {
    assert!(
        Align {
            lift: 1.5,
            ..Align::default()
        }
        .check()
        .unwrap_err()
        .contains("lift")
    );
    assert!(
        Align {
            most_sentences: 1,
            ..Align::default()
        }
        .check()
        .is_err()
    );
    assert!(Align::default().check().is_ok());
}

/// The obvious twin of steps 1 and 2: all pairs, sets of strings, the textbook's table.
fn naive(units: &[Unit<'_>]) -> Vec<(u32, u32, f64)> {
    let words =
        |text: &str| -> Vec<String> { text.split_whitespace().map(str::to_owned).collect() };
    let grams = |text: &str| -> BTreeSet<String> {
        let chars: Vec<char> = words(text).join(" ").chars().collect();
        if chars.is_empty() {
            return BTreeSet::new();
        }
        chars
            .windows(4.min(chars.len()))
            .map(|window| window.iter().collect())
            .collect()
    };
    let mut found = Vec::new();
    for (a, left) in (0u32..).zip(units) {
        for (b, right) in (0u32..).zip(units) {
            if a >= b || left.document == right.document {
                continue;
            }
            let (wa, wb) = (words(left.text), words(right.text));
            if wa.is_empty() || wb.is_empty() {
                continue;
            }
            if wa == wb {
                found.push((a, b, 1.0));
                continue;
            }
            let (ga, gb) = (grams(left.text), grams(right.text));
            let (sa, sb): (BTreeSet<_>, BTreeSet<_>) = (wa.iter().collect(), wb.iter().collect());
            let dice = 2.0 * ga.intersection(&gb).count() as f64 / (ga.len() + gb.len()) as f64;
            let contained =
                sa.intersection(&sb).count() as f64 / sa.len().min(sb.len()).max(4) as f64;
            if dice < GRAMS && contained < WORDS {
                continue;
            }
            let mut table = vec![vec![0usize; wb.len() + 1]; wa.len() + 1];
            for (i, x) in wa.iter().enumerate() {
                for (j, y) in wb.iter().enumerate() {
                    table[i + 1][j + 1] = if x == y {
                        table[i][j] + 1
                    } else {
                        table[i][j + 1].max(table[i + 1][j])
                    };
                }
            }
            let order = 2.0 * table[wa.len()][wb.len()] as f64 / (wa.len() + wb.len()) as f64;
            let likeness = (dice + contained + order) / 3.0;
            if likeness >= LEAST {
                found.push((a, b, likeness));
            }
        }
    }
    found
}

/// Documents of the TED talks, one per system, and the sentences of the same talks under the names of other documents cut in halves.
#[test]
fn passing_over_hopeless_documents_changes_nothing_on_real_text() {
    let Some(folder) = crate::test_data::folder() else {
        return;
    };
    let lines = |file: &str| -> Vec<String> {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        text.lines().map(str::to_owned).collect()
    };
    let mut texts: Vec<String> = Vec::new();
    for side in ["mt", "pe"] {
        let lines = lines(&format!("mlqe-pe/et-en-dev/dev.{side}"));
        texts.extend(lines.chunks(20).map(|lines| lines.join("\n")));
    }
    // Columns of the talks: system, document, ..., target.
    let rows = lines("ted-mqm/mqm_ted_zhen.talks-5-7.tsv");
    let mut talks: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in rows.iter().skip(1) {
        let cells: Vec<&str> = row.split('\t').collect();
        let text = cells[6].replace("<v>", "").replace("</v>", "");
        let talk = talks
            .entry(format!("{} {}", cells[0], cells[1]))
            .or_default();
        if talk.last() != Some(&text) {
            talk.push(text);
        }
    }
    texts.extend(talks.values().flat_map(|talk| {
        let middle = talk.len() / 2;
        [talk[..middle].join("\n"), talk[middle..].join("\n")]
    }));
    let units =
        crate::dedup::distinct::units(&texts.iter().map(String::as_str).collect::<Vec<_>>());
    for align in [
        Align::default(),
        Align {
            lift: 0.3,
            sentence_threshold: 0.4,
            ..Align::default()
        },
    ] {
        let (quick, whole) = (
            align.covering(&units, 0.0, true),
            align.covering(&units, 0.0, false),
        );
        assert!(quick.pairs.len() > 200, "{}", quick.pairs.len());
        assert!(
            quick.counters["verified"] < whole.counters["verified"],
            "nothing was passed over"
        );
        assert_eq!(quick.pairs, whole.pairs);
        assert_eq!(quick.groups, whole.groups);
    }
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop::sample::select(vec!["dog", "dogs", "the", "a", "ship", "sails", "far"]),
        0..8,
    )
    .prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn without_context_it_equals_the_naive_twin(texts in prop::collection::vec((0u32..3, text()), 0..12)) {
        let units: Vec<Unit<'_>> = (0u32..)
            .zip(&texts)
            .map(|(position, (document, text))| Unit { text, document: *document, position })
            .collect();
        let align = Align { lift: 0.0, rival: 1.0, ..Align::default() };
        let pairs = align.compare(&units, &request(Level::Segment)).pairs;
        let expected = naive(&units);
        prop_assert_eq!(pairs.len(), expected.len());
        for (pair, (a, b, likeness)) in pairs.iter().zip(expected) {
            prop_assert_eq!((pair.a, pair.b), (a, b));
            prop_assert!((pair.similarity - likeness).abs() < 1e-9);
        }
    }

    #[test]
    fn passing_over_hopeless_documents_changes_nothing(documents in prop::collection::vec(prop::collection::vec(text(), 0..5), 0..8), threshold in 0.0f64..1.0, lift in 0.0f64..1.0, rival in 0.0f64..1.0) {
        let texts: Vec<String> = documents.iter().map(|sentences| sentences.join(".\n")).collect();
        let units = crate::dedup::distinct::units(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        let align = Align { sentence_threshold: threshold, lift, rival, ..Align::default() };
        let (quick, whole) = (align.covering(&units, 0.0, true), align.covering(&units, 0.0, false));
        prop_assert_eq!(quick.pairs, whole.pairs);
        prop_assert_eq!(quick.groups, whole.groups);
    }

    #[test]
    fn context_keeps_likeness_between_0_and_1_and_order_of_units_does_not_matter(texts in prop::collection::vec(text(), 0..10)) {
        let units = crate::dedup::distinct::units(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        let mut turned = units.clone();
        turned.reverse();
        let pairs = Align::default().compare(&units, &request(Level::Segment)).pairs;
        let last = units.len().saturating_sub(1) as u32;
        let mut back: Vec<ScoredPair> = Align::default()
            .compare(&turned, &request(Level::Segment))
            .pairs
            .into_iter()
            .map(|pair| ScoredPair { a: last - pair.b, b: last - pair.a, ..pair })
            .collect();
        sort(&mut back);
        prop_assert!(pairs.iter().all(|pair| (0.0..=1.0).contains(&pair.similarity)));
        prop_assert_eq!(pairs, back);
    }
    #[test]
    fn the_order_of_documents_does_not_matter_beside_twins_with_other_line_breaks(
        documents in prop::collection::vec(prop::collection::vec(text(), 0..5), 0..6),
        twins in prop::collection::vec((0usize..6, 0u32..32), 0..4),
        shuffle in prop::collection::vec(any::<u32>(), 10),
        threshold in 0.3f64..0.8,
    ) {
        let mut texts: Vec<String> = documents.iter().map(|sentences| sentences.join("\n")).collect();
        for (of, breaks) in twins {
            if let Some(sentences) = documents.get(of) {
                // The same words; bit `n` says whether a line ends after sentence `n`.
                let pieces = (0..).zip(sentences).map(|(n, text)| format!("{text}{}", if breaks >> n & 1 == 1 { '\n' } else { ' ' }));
                texts.push(pieces.collect());
            }
        }
        let mut order: Vec<usize> = (0..texts.len()).collect();
        order.sort_by_key(|&at| (shuffle[at], at));
        let align = Align { sentence_threshold: threshold, ..Align::default() };
        let answer = |order: &[usize]| {
            let texts: Vec<&str> = order.iter().map(|&at| texts[at].as_str()).collect();
            let comparison = align.compare(&crate::dedup::distinct::units(&texts), &request(Level::Document));
            let id = |unit: u32| order[unit as usize];
            let pairs: BTreeSet<(usize, usize, u64)> = comparison
                .pairs
                .iter()
                .map(|pair| (id(pair.a).min(id(pair.b)), id(pair.a).max(id(pair.b)), pair.similarity.to_bits()))
                .collect();
            let groups: BTreeSet<BTreeSet<usize>> =
                comparison.groups.iter().map(|group| group.iter().map(|&unit| id(unit)).collect()).collect();
            (pairs, groups)
        };
        let straight: Vec<usize> = (0..texts.len()).collect();
        prop_assert_eq!(answer(&straight), answer(&order));
    }
}
