//! What every registered algorithm owes, whatever it does: a new one inherits all of this from its registry line.
#![allow(clippy::unwrap_used, reason = "a failed test is the message")]

use std::collections::BTreeSet;
use std::fmt::Debug;

use karat::corpus::{Corpus, Document, Span, Unit};
use karat::dedup::{Comparison, Deduper, Request};
use karat::entity::{EntityTraining, MentionInput};
use karat::garble::{GarbleTraining, Granularity};
use karat::label::{Garble, Mention, Nesting};
use karat::params::Params;
use karat::registry::{Entry, Registry};
use karat::task::Level;

/// Texts that no article has: astral, combining and bidirectional characters, CRLF, byte order mark, NFD, no-break spaces, control
/// characters, a word of 5,000 letters, unbalanced marks, and plain news prose.
fn fixtures() -> Vec<(&'static str, String)> {
    let prose = "BAGHDAD – The U.S. Embassy said on Monday that 750 troops had left Kuwait. “We are safe,” said Mr. Ali Hassan, \
        a spokesman for the Popular Mobilization Forces (PMF).\n\nIran-backed groups denied it.\n(Reporting by A. Writer)\n";
    vec![
        ("empty", String::new()),
        ("one byte", "a".to_owned()),
        ("one mark", "”".to_owned()),
        ("blank", " \n\t\u{a0}\u{3000}\r\n ".to_owned()),
        ("astral", "𝒳𝒴 went 👩‍👩‍👧 to 𐍈𐌰𐌲𐌳𐌰𐌳. 𝕀𝕣𝕒𝕟 said no!".to_owned()),
        (
            "combining",
            "Cafe\u{301} A\u{30a}ngstro\u{308}m \u{301}alone e\u{301}\u{301}\u{301}.".to_owned(),
        ),
        (
            "bidirectional",
            "قال \u{202b}الحشد الشعبي\u{202c} إن U.S. forces left. עיראק!".to_owned(),
        ),
        (
            "crlf",
            "Line one ends.\r\nLine two (open\r\n\r\n“Line three.\r\n".to_owned(),
        ),
        (
            "byte order mark",
            "\u{feff}The Embassy\u{feff} of Iraq".to_owned(),
        ),
        (
            "no-break",
            "U.S.\u{a0}Embassy in\u{202f}Baghdad\u{a0}: 5\u{a0}000 men".to_owned(),
        ),
        (
            "control",
            "a\u{0}b\u{1}c\u{7f}\u{85}d â€œquotedâ€\u{9d} Ã©".to_owned(),
        ),
        ("long word", format!("x{} ends.", "y".repeat(5000))),
        ("marks", "“((“[[{{”’‘\"'`--––…!!!???..,,;;::".to_owned()),
        ("case", "İSTANBUL ſtraße ǅ ﬁn ẞ STRASSE".to_owned()),
        ("prose", prose.to_owned()),
        ("prose again", prose.to_owned()),
        (
            "prose edited",
            prose.replace("750", "500").replace("denied", "confirmed"),
        ),
    ]
}

fn corpus(texts: impl IntoIterator<Item = String>) -> Corpus {
    let documents = texts
        .into_iter()
        .enumerate()
        .map(|(index, text)| Document {
            id: format!("{index:06}"),
            text,
        })
        .collect();
    Corpus::new(documents).unwrap()
}

/// A megabyte of prose without repeated lines.
fn megabyte() -> String {
    let words = [
        "iraq", "Embassy", "troops", "said", "the", "of", "Baghdad", "protest", "Monday",
        "withdrew", "and", "to",
    ];
    let mut text = String::with_capacity(1_100_000);
    let mut state = 7u64;
    while text.len() < 1_000_000 {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        text.push_str(words[(state >> 33) as usize % words.len()]);
        text.push_str(&(state >> 54).to_string());
        text.push_str(if (state >> 40).is_multiple_of(20) {
            ".\n"
        } else {
            " "
        });
    }
    text
}

fn in_pool<R: Send>(threads: usize, work: impl FnOnce() -> R + Send) -> R {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap()
        .install(work)
}

/// The same answer twice and on other numbers of threads.
fn steady<R: Send + PartialEq + Debug>(name: &str, work: impl Fn() -> R + Send + Sync) -> R {
    let first = in_pool(1, &work);
    assert!(first == in_pool(1, &work), "{name}: two calls differ");
    assert!(
        first == in_pool(3, &work),
        "{name}: three threads answer otherwise than one"
    );
    first
}

fn pages<T: ?Sized>(kind: &str, entries: &[Entry<T>]) {
    let mut names = BTreeSet::new();
    for entry in entries {
        assert!(
            names.insert(entry.name),
            "{kind} `{}` is registered twice",
            entry.name
        );
        let named = entry
            .name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        assert!(
            named,
            "{kind} `{}`: names are lower case with hyphens",
            entry.name
        );
        let manual = entry.manual();
        assert!(
            !entry.summary().is_empty(),
            "{kind} `{}` has no summary",
            entry.name
        );
        for heading in [
            "# What it does",
            "# How it decides",
            "# Parameters",
            "# Cost",
            "# Known to miss",
            "# Reference",
        ] {
            assert!(
                manual.lines().any(|line| line == heading),
                "{kind} `{}`: the manual page lacks `{heading}`",
                entry.name
            );
        }
        let (_, full) = entry.build(&Params::new()).unwrap_or_else(|e| {
            panic!("{kind} `{}` cannot be built from defaults: {e}", entry.name)
        });
        let (_, again) = entry.build(&full).unwrap();
        assert_eq!(
            full, again,
            "{kind} `{}`: parameters do not survive a round trip",
            entry.name
        );
        for parameter in full.keys() {
            assert!(
                manual.contains(&format!("`{parameter}`")),
                "{kind} `{}`: the manual page does not explain `{parameter}`",
                entry.name
            );
        }
        let unknown = Params::from_iter([("no_such_parameter".to_owned(), 1.into())]);
        assert!(
            entry.build(&unknown).is_err(),
            "{kind} `{}` accepts an unknown parameter",
            entry.name
        );
    }
}

#[test]
fn manual_pages_and_parameters() {
    let registry = Registry::builtin();
    pages("deduper", &registry.dedupers);
    pages("recognizer", &registry.recognizers);
    pages("resolver", &registry.resolvers);
    pages("detector", &registry.detectors);
}

fn units(corpus: &Corpus) -> Vec<Unit<'_>> {
    karat::label::document_units(corpus)
}

fn check_comparison(name: &str, comparison: &Comparison, units: usize, level: Level, floor: f64) {
    for pair in &comparison.pairs {
        assert!(
            (pair.a as usize) < units && (pair.b as usize) < units && pair.a != pair.b,
            "{name}: {pair:?} of {units}"
        );
        assert!((0.0..=1.0).contains(&pair.similarity), "{name}: {pair:?}");
        assert!(
            pair.similarity >= floor - 1e-9,
            "{name}: {pair:?} is below the floor {floor}"
        );
        assert!(
            level == Level::Redundancy || pair.a < pair.b,
            "{name}: {pair:?} is not ordered"
        );
    }
    assert!(
        comparison
            .pairs
            .is_sorted_by(|x, y| (x.a, x.b) < (y.a, y.b)),
        "{name}: pairs are not sorted, or one comes twice"
    );
    let mut seen = BTreeSet::new();
    for group in &comparison.groups {
        assert!(
            group.len() > 1 && group.is_sorted(),
            "{name}: group {group:?}"
        );
        assert!(
            group
                .iter()
                .all(|&unit| (unit as usize) < units && seen.insert(unit)),
            "{name}: a unit stands in two groups"
        );
    }
}

/// Every pair with similarity (members of a group count 1), by the texts of its units, so that order does not matter.
fn by_text(comparison: &Comparison, units: &[Unit<'_>]) -> Vec<(String, String, u64)> {
    let text = |unit: u32| units[unit as usize].text.to_owned();
    let mut all: Vec<(u32, u32, f64)> = comparison
        .pairs
        .iter()
        .map(|p| (p.a, p.b, p.similarity))
        .collect();
    for group in &comparison.groups {
        for (at, &a) in group.iter().enumerate() {
            all.extend(group[at + 1..].iter().map(|&b| (a, b, 1.0)));
        }
    }
    let mut all: Vec<_> = all
        .into_iter()
        .map(|(a, b, s)| {
            let (x, y) = (text(a), text(b));
            (
                x.clone().min(y.clone()),
                x.max(y),
                karat::task::rounded(s).to_bits(),
            )
        })
        .collect();
    all.sort();
    all.dedup();
    all
}

fn each_deduper(mut check: impl FnMut(&str, &dyn Deduper, Level)) {
    for entry in Registry::builtin().dedupers {
        let (deduper, _) = entry.build(&Params::new()).unwrap();
        for &level in deduper.levels() {
            check(
                &format!("{} at {level}", entry.name),
                deduper.as_ref(),
                level,
            );
        }
    }
}

#[test]
fn dedupers_are_steady_and_stay_in_bounds_on_any_text() {
    let all = corpus(fixtures().into_iter().map(|(_, text)| text));
    each_deduper(|name, deduper, level| {
        for floor in [0.0, 0.3] {
            let request = Request {
                level,
                seed: 3,
                floor,
            };
            let units = units(&all);
            let comparison = steady(name, || deduper.compare(&units, &request));
            check_comparison(name, &comparison, units.len(), level, floor);
            for few in [&units[..0], &units[..1], &units[1..2], &units[3..4]] {
                let comparison = deduper.compare(few, &request);
                assert!(
                    comparison.pairs.is_empty() && comparison.groups.is_empty(),
                    "{name}: pairs among {} unit",
                    few.len()
                );
            }
        }
        assert!(
            (0.0..=1.0).contains(&deduper.threshold(level)),
            "{name}: threshold"
        );
    });
}

#[test]
fn dedupers_do_not_depend_on_the_order_of_documents() {
    let texts: Vec<String> = fixtures().into_iter().map(|(_, text)| text).collect();
    let forward = corpus(texts.clone());
    let backward = corpus(texts.into_iter().rev());
    each_deduper(|name, deduper, level| {
        let request = Request {
            level,
            seed: 3,
            floor: 0.05,
        };
        let (one, other) = (units(&forward), units(&backward));
        let (a, b) = (
            by_text(&deduper.compare(&one, &request), &one),
            by_text(&deduper.compare(&other, &request), &other),
        );
        assert!(
            a == b,
            "{name}: the order of documents changes the answer:\n{a:?}\n{b:?}"
        );
    });
}

#[test]
fn identical_texts_are_found_and_thousands_of_them_are_no_flood_of_pairs() {
    let text = fixtures().pop().unwrap().1;
    let few = corpus([
        text.clone(),
        "Something else entirely, about fishing in the north sea.".to_owned(),
        text.clone(),
    ]);
    let many = corpus(std::iter::repeat_n(text, 3000));
    each_deduper(|name, deduper, level| {
        let request = Request {
            level,
            seed: 1,
            floor: 0.05,
        };
        let comparison = deduper.compare(&units(&few), &request);
        let threshold = deduper.threshold(level);
        let found = comparison
            .pairs
            .iter()
            .any(|p| (p.a.min(p.b), p.a.max(p.b)) == (0, 2) && p.similarity >= threshold)
            || comparison
                .groups
                .iter()
                .any(|group| group.contains(&0) && group.contains(&2));
        assert!(
            found,
            "{name}: two identical documents are not paired: {comparison:?}"
        );
        let comparison = deduper.compare(&units(&many), &request);
        check_comparison(name, &comparison, 3000, level, 0.05);
        assert!(
            comparison.pairs.len() <= 30_000,
            "{name}: {} pairs from 3,000 identical texts",
            comparison.pairs.len()
        );
    });
}

#[test]
fn dedupers_read_a_megabyte() {
    let long = corpus([
        megabyte(),
        megabyte().replace("Monday", "Tuesday"),
        "short".to_owned(),
    ]);
    each_deduper(|name, deduper, level| {
        let request = Request {
            level,
            seed: 1,
            floor: 0.05,
        };
        check_comparison(
            name,
            &deduper.compare(&units(&long), &request),
            3,
            level,
            0.05,
        );
    });
}

/// A small labelled corpus to learn from.
fn training() -> (Corpus, Vec<Mention>, Vec<Garble>) {
    let text = "The U.S. Embassy in Baghdad said Ali Hassan of the PMF were left.\nOriginally published as A Thing\n";
    let corpus = corpus([text.to_owned(), text.replace("Ali Hassan", "Omar Khalil")]);
    let mut mentions = Vec::new();
    let mut garbles = Vec::new();
    for (document, person) in ["Ali Hassan", "Omar Khalil"].into_iter().enumerate() {
        let text = &corpus.documents[document].text;
        let span = |part: &str| {
            let start = text.find(part).unwrap();
            Span::new(start, start + part.len())
        };
        for (part, entity_type) in [
            ("U.S. Embassy", "FAC"),
            ("Baghdad", "GPE"),
            (person, "PER"),
            ("PMF", "ORG"),
        ] {
            mentions.push(Mention {
                document,
                span: span(part),
                entity_type: entity_type.to_owned(),
                entity: format!("{}:{part}", entity_type.to_lowercase()),
                nesting: Nesting::Outer,
                zone: "body".to_owned(),
                garbled: false,
                lowercase: false,
                metonymic: false,
                doubtful: false,
            });
        }
        for (part, category) in [
            ("were", "syntax"),
            ("Originally published as A Thing", "boilerplate"),
        ] {
            garbles.push(Garble {
                document,
                span: span(part),
                category: category.to_owned(),
                subtype: String::new(),
                severity: "minor".to_owned(),
                intended: String::new(),
                witness: String::new(),
                doubtful: false,
            });
        }
    }
    (corpus, mentions, garbles)
}

fn check_span(name: &str, span: Span, text: &str) {
    assert!(
        span.text(text).is_some_and(|covered| !covered.is_empty()),
        "{name}: span {span} of a text of {} bytes",
        text.len()
    );
}

#[test]
fn recognizers_are_steady_and_stay_on_character_boundaries_on_any_text() {
    let (corpus, mentions, _) = training();
    let mut texts = fixtures();
    texts.push(("megabyte", megabyte()));
    for entry in Registry::builtin().recognizers {
        let (recognizer, _) = entry.build(&Params::new()).unwrap();
        let model = recognizer
            .fit(&EntityTraining {
                corpus: &corpus,
                mentions: &mentions,
            })
            .unwrap_or_else(|e| panic!("{}: {e}", entry.name));
        for (fixture, text) in &texts {
            let name = format!("{} on {fixture}", entry.name);
            let document = Document {
                id: "x".to_owned(),
                text: text.clone(),
            };
            let found = steady(&name, || model.recognize(&document));
            for (span, entity_type, confidence) in &found {
                check_span(&name, *span, text);
                assert!(
                    !entity_type.is_empty() && (0.0..=1.0).contains(confidence),
                    "{name}: {entity_type} {confidence}"
                );
            }
            assert!(
                found.is_sorted_by_key(|(span, _, _)| (span.start, usize::MAX - span.end)),
                "{name}: not sorted by span: {found:?}"
            );
        }
        let nothing = Corpus::default();
        let untaught = recognizer.fit(&EntityTraining {
            corpus: &nothing,
            mentions: &[],
        });
        if let Ok(model) = untaught {
            model.recognize(&Document {
                id: "x".to_owned(),
                text: "Nothing was learnt in Baghdad.".to_owned(),
            });
        }
    }
}

/// Clusters as sets of texts with positions, so that numbering does not matter.
fn partition(labels: &[u32]) -> Vec<Vec<usize>> {
    let mut groups: std::collections::BTreeMap<u32, Vec<usize>> = std::collections::BTreeMap::new();
    for (index, &label) in labels.iter().enumerate() {
        groups.entry(label).or_default().push(index);
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    groups.sort();
    groups
}

#[test]
fn resolvers_give_each_mention_a_cluster_and_do_not_depend_on_its_document() {
    let names = [
        ("PER", "Donald Trump"),
        ("PER", "Trump"),
        ("GPE", "U.S."),
        ("GPE", "US"),
        ("ORG", "PMF"),
        ("ORG", "Popular Mobilization Forces"),
        ("PER", "𝒳"),
        ("PER", "’"),
        ("ORG", "e\u{301}"),
        ("ORG", "\u{a0}"),
        ("GPE", "İ"),
        ("PER", "Donald Trump"),
    ];
    let build = |order: &[usize]| {
        let corpus = corpus(
            order
                .iter()
                .map(|&index| format!("So said {} today.", names[index].1)),
        );
        let spans: Vec<Span> = order
            .iter()
            .map(|&index| Span::new(8, 8 + names[index].1.len()))
            .collect();
        (corpus, spans)
    };
    let forward: Vec<usize> = (0..names.len()).collect();
    let backward: Vec<usize> = (0..names.len()).rev().collect();
    for entry in Registry::builtin().resolvers {
        let (resolver, _) = entry.build(&Params::new()).unwrap();
        let resolve = |order: &[usize]| {
            let (corpus, spans) = build(order);
            let mentions: Vec<MentionInput<'_>> = spans
                .iter()
                .enumerate()
                .map(|(document, &span)| MentionInput {
                    document,
                    span,
                    entity_type: names[order[document]].0,
                    text: span.text(&corpus.documents[document].text).unwrap(),
                })
                .collect();
            let labels = steady(entry.name, || resolver.resolve(&mentions, &corpus));
            assert_eq!(
                labels.len(),
                mentions.len(),
                "{}: one cluster per mention",
                entry.name
            );
            for (a, b) in mentions.iter().zip(mentions.iter().rev()) {
                if let Some(similarity) = resolver.similarity(a, b) {
                    assert!(
                        (0.0..=1.0).contains(&similarity),
                        "{}: similarity {similarity}",
                        entry.name
                    );
                    assert_eq!(
                        Some(similarity),
                        resolver.similarity(b, a),
                        "{}: similarity is not symmetric",
                        entry.name
                    );
                }
            }
            labels
        };
        let one = resolve(&forward);
        let mut other = resolve(&backward);
        other.reverse();
        assert_eq!(
            partition(&one),
            partition(&other),
            "{}: the order of documents changes the clusters",
            entry.name
        );
        assert_eq!(one[0], one[11], "{}: equal mentions are apart", entry.name);
        assert!(resolver.resolve(&[], &Corpus::default()).is_empty());
    }
}

#[test]
fn detectors_are_steady_and_stay_in_bounds_on_any_text() {
    let (training, _, garbles) = training();
    let mut texts: Vec<String> = fixtures().into_iter().map(|(_, text)| text).collect();
    texts.push(megabyte());
    let all = corpus(texts);
    for entry in Registry::builtin().detectors {
        let (detector, _) = entry.build(&Params::new()).unwrap();
        assert!(
            (0.0..=1.0).contains(&detector.threshold()),
            "{}: threshold",
            entry.name
        );
        // A detector that needs a list or dictionary from the system may say that it is missing.
        let model = match detector.fit(&GarbleTraining {
            corpus: &training,
            garbles: &garbles,
        }) {
            Ok(model) => model,
            Err(problem) => {
                assert!(problem.len() > 10, "{}: `{problem}` is no help", entry.name);
                continue;
            }
        };
        let found = steady(entry.name, || {
            (0..all.len())
                .map(|document| model.detect(document, &all))
                .collect::<Vec<_>>()
        });
        for (document, garbles) in found.iter().enumerate() {
            let text = &all.documents[document].text;
            for garble in garbles {
                assert_eq!(garble.document, document, "{}", entry.name);
                assert!(
                    (0.0..=1.0).contains(&garble.confidence),
                    "{}: confidence {}",
                    entry.name,
                    garble.confidence
                );
                if detector.granularity() != Granularity::Document {
                    check_span(entry.name, garble.span, text);
                }
            }
            assert!(
                garbles.is_sorted_by_key(|garble| garble.span),
                "{}: not sorted by span",
                entry.name
            );
        }
        let alone = corpus(["Only one document is here.".to_owned()]);
        model.detect(0, &alone);
        if let Ok(untaught) = detector.fit(&GarbleTraining {
            corpus: &Corpus::default(),
            garbles: &[],
        }) {
            untaught.detect(0, &alone);
        }
    }
}
