use proptest::prelude::*;

use super::*;
use crate::entity::testing::{NEGATIVE_CONTROLS, clusters, inputs};

fn resolve(names: &[(&str, &str)]) -> Vec<Vec<usize>> {
    clusters(&Sieve::default().resolve(&inputs(names), &Corpus::default()))
}

#[test]
fn worked_example() {
    let names = [
        ("GPE", "Kingdom of Spain"),
        ("GPE", "Spain"),
        ("NORP", "Spanish"),
        ("NORP", "Spaniards"),
        ("ORG", "Bank of North Sealand"),
        ("ORG", "BNS"),
        ("PER", "Rosa Ortiz"),
        ("PER", "Ortiz"),
        ("LOC", "Amazon River"),
        ("LOC", "Amazon"),
        ("ORG", "Abu Nuwas Brigade"),
        ("ORG", "Abou Nouwas Brigade"),
        ("ORG", "Brigade"),
    ];
    let found = resolve(&names);
    for pair in [[4, 5], [6, 7], [8, 9]] {
        assert!(found.contains(&pair.to_vec()), "{found:?}");
    }
}

#[test]
fn countries_under_their_names() {
    let names = [
        ("GPE", "US"),
        ("GPE", "U.S."),
        ("GPE", "United States"),
        ("GPE", "America"),
        ("NORP", "American"),
        ("NORP", "Americans"),
        ("GPE", "Iran"),
        ("GPE", "Islamic Republic"),
        ("GPE", "Iraq"),
        ("GPE", "Washington"),
    ];
    assert_eq!(
        resolve(&names),
        [vec![0, 1, 2, 3], vec![4, 5], vec![6, 7], vec![8], vec![9]]
    );
}

#[test]
fn countries_in_front_and_left_out() {
    let names = [
        ("FAC", "U.S. Embassy"),
        ("FAC", "American embassy"),
        ("FAC", "French Embassy"),
        ("ORG", "U.S. Marines"),
        ("ORG", "Marines"),
        ("ORG", "French Navy"),
        ("ORG", "Italian Navy"),
        ("ORG", "Navy"),
    ];
    assert_eq!(
        resolve(&names),
        [vec![0, 1], vec![2], vec![3, 4], vec![5], vec![6], vec![7]]
    );
}

#[test]
fn negative_controls_stay_apart() {
    for &(type_a, a, type_b, b) in NEGATIVE_CONTROLS {
        assert_eq!(resolve(&[(type_a, a), (type_b, b)]).len(), 2, "{a} / {b}");
    }
    // All at once: no chain joins them either.
    let all: Vec<(&str, &str)> = NEGATIVE_CONTROLS
        .iter()
        .flat_map(|&(ta, a, tb, b)| [(ta, a), (tb, b)])
        .collect();
    let labels = Sieve::default().resolve(&inputs(&all), &Corpus::default());
    for pair in labels.chunks(2) {
        assert_ne!(pair[0], pair[1]);
    }
    // The first word alone is a short form, the last word is another organisation.
    assert_eq!(
        resolve(&[
            ("ORG", "Kataib Hezbollah"),
            ("ORG", "Kataeb"),
            ("ORG", "Hezbollah")
        ]),
        [vec![0, 1], vec![2]]
    );
}

#[test]
fn a_pass_can_be_left_out() {
    let names = [("ORG", "Bank of North Sealand"), ("ORG", "BNS")];
    let without = Sieve {
        skip: vec![Pass::Acronyms],
        ..Sieve::default()
    };
    assert_eq!(
        clusters(&without.resolve(&inputs(&names), &Corpus::default())).len(),
        2
    );
}

/// A person with a made-up surname, and how somebody else writes it: (name, other, same).
fn made_up() -> Vec<(String, String, bool)> {
    let mut state = 7u64;
    let mut draw = move |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    let given: Vec<&str> = include_str!("../lists/given-names.txt").lines().collect();
    let surnames: Vec<&str> = include_str!("../lists/cities.txt")
        .lines()
        .filter(|name| name.is_ascii() && name.len() > 4 && !name.contains(' '))
        .collect();
    let mut pairs = Vec::new();
    for _ in 0..400 {
        let (first, middle, last) = (
            given[draw(given.len())],
            given[draw(given.len())],
            surnames[draw(surnames.len())],
        );
        let (other, stranger) = (given[draw(given.len())], surnames[draw(surnames.len())]);
        if first == other || last == stranger || middle == other {
            continue;
        }
        let name = format!("{first} {middle} {last}");
        let slip = 1 + draw(last.len() - 2);
        let (same, different) = match draw(4) {
            0 => (
                format!("{last}, {first} {middle}"),
                format!("{other} {last}"),
            ),
            1 => (
                format!("{first} {}. {last}", &middle[..1]),
                format!("{first} {middle} {stranger}"),
            ),
            2 => (
                format!("{first} {middle} {}{}", &last[..slip], &last[slip + 1..]),
                format!("{other} {middle} {last}"),
            ),
            _ => (format!("{first} {last}"), format!("{other} {stranger}")),
        };
        pairs.push((name.clone(), same, true));
        pairs.push((name, different, false));
    }
    pairs
}

#[test]
fn the_threshold_is_the_best_on_made_up_names() {
    let pairs = made_up();
    let f1 = |threshold: f64| {
        let (mut hits, mut wrong, mut missed) = (0.0, 0.0, 0.0);
        for (a, b, same) in &pairs {
            let both = inputs(&[("PER", a), ("PER", b)]);
            let like = Sieve::default().similarity(&both[0], &both[1]).unwrap() >= threshold;
            hits += f64::from(u8::from(like && *same));
            wrong += f64::from(u8::from(like && !same));
            missed += f64::from(u8::from(!like && *same));
        }
        2.0 * hits / (2.0 * hits + wrong + missed)
    };
    let values: Vec<(f64, f64)> = (10..20)
        .map(|step| f64::from(step) * 0.05)
        .map(|threshold| (threshold, f1(threshold)))
        .collect();
    let best = values.iter().map(|value| value.1).fold(0.0, f64::max);
    assert!(f1(Sieve::default().threshold) >= best - 1e-9, "{values:?}");
}

/// F1 over the labelled pairs of name_bench at the threshold fixed above.
#[test]
fn name_bench() {
    let Some(folder) = crate::test_data::folder() else {
        return;
    };
    let mut reader = csv::Reader::from_path(folder.join("name_bench/cases.csv")).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let sieve = Sieve::default();
    let start = std::time::Instant::now();
    let (mut hits, mut wrong, mut missed) = (0u32, 0u32, 0u32);
    for row in &rows {
        let both = inputs(&[(&row[1], &row[2]), (&row[1], &row[3])]);
        let like =
            crate::task::rounded(sieve.similarity(&both[0], &both[1]).unwrap()) >= sieve.threshold;
        match (like, &row[4] == "true") {
            (true, true) => hits += 1,
            (true, false) => wrong += 1,
            (false, true) => missed += 1,
            _ => {}
        }
        if std::env::var_os("KARAT_VERBOSE").is_some() && like != (&row[4] == "true") {
            println!("{} {} | {} | {}", &row[1], &row[4], &row[2], &row[3]);
        }
    }
    let f1 = f64::from(2 * hits) / f64::from(2 * hits + wrong + missed);
    let micros = start.elapsed().as_secs_f64() * 1e6 / rows.len() as f64;
    println!(
        "name_bench: F1 {f1:.4} ({hits} hits, {wrong} wrong, {missed} missed), {micros:.1} microseconds a pair"
    );
    assert!(f1 >= 0.79, "{f1}");
}

proptest! {
    /// Labels do not depend on the order of the documents' mentions beyond their numbering.
    #[test]
    fn as_many_labels_as_mentions(names in prop::collection::vec("[A-C][a-c]{0,4}( [A-C][a-c]{0,4}){0,2}", 0..12)) {
        let pairs: Vec<(&str, &str)> = names.iter().map(|name| ("ORG", name.as_str())).collect();
        let labels = Sieve::default().resolve(&inputs(&pairs), &Corpus::default());
        prop_assert_eq!(labels.len(), names.len());
        for (i, a) in names.iter().enumerate() {
            for (j, b) in names.iter().enumerate() {
                if a == b {
                    prop_assert_eq!(labels[i], labels[j]);
                }
            }
        }
    }
}
