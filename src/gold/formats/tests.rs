//! Every format: out and in again gives back what the format can hold; what it cannot hold is named.

use proptest::prelude::*;

use super::conll::{Scheme, decode};
use super::exchange::{SpanLabel, assemble, spans};
use super::*;
use crate::corpus::{Document, Span};

/// Words of one to four bytes per character, with the marks that formats give a meaning to.
const WORDS: &str = "[abZé–😀x_|\\[\\]\\\\;*#.,\"'<>{}:-]{1,6}";

/// Documents of lines of words, and spans from character to character (not over blank edges, not over lines).
fn datasets(overlapping: bool) -> impl Strategy<Value = Imported> {
    let line = proptest::collection::vec(WORDS, 1..6);
    let document = proptest::collection::vec(line, 1..4);
    let marks = proptest::collection::vec(
        (
            any::<prop::sample::Index>(),
            any::<prop::sample::Index>(),
            0..3usize,
        ),
        0..6,
    );
    proptest::collection::vec((document, marks), 1..4).prop_map(move |documents| {
        let mut texts = Vec::new();
        let mut labels: Vec<SpanLabel> = Vec::new();
        for (number, (lines, marks)) in documents.into_iter().enumerate() {
            let lines: Vec<String> = lines.iter().map(|words| words.join(" ")).collect();
            let text = lines.join("\n");
            let edges: Vec<usize> = text
                .char_indices()
                .map(|(at, _)| at)
                .chain([text.len()])
                .collect();
            for (a, b, label) in marks {
                let (a, b) = (*a.get(&edges), *b.get(&edges));
                let covered = &text[a.min(b)..a.max(b)];
                let covered = covered.trim().split('\n').next().unwrap_or_default();
                if covered.trim().is_empty() {
                    continue;
                }
                let covered = covered.trim();
                let start = covered.as_ptr() as usize - text.as_ptr() as usize;
                let span = Span::new(start, start + covered.len());
                let free = labels.iter().all(|other| {
                    other.document != number
                        || if overlapping {
                            other.span != span
                        } else {
                            !other.span.overlaps(span)
                        }
                });
                if free {
                    labels.push(SpanLabel {
                        document: number,
                        span,
                        label: ["PER", "ORG", "creative-work"][label].to_owned(),
                        fields: Default::default(),
                    });
                }
            }
            texts.push(Document {
                id: format!("d{number}"),
                text,
            });
        }
        assemble(texts, labels, &Options::default(), Vec::new()).unwrap()
    })
}

pub(super) fn round_trip(name: &str, gold: &Gold, options: &Options) -> (Exported, Imported) {
    let format = format(name).unwrap();
    let exported = (format.export.unwrap())(gold, options).unwrap();
    let imported = (format.import)(&exported.sources(), options).unwrap();
    (exported, imported)
}

/// Covered texts by document with their labels, for formats that keep no white space.
fn quotes(gold: &Gold) -> Vec<(usize, String, String)> {
    spans(gold, "mentions")
        .unwrap()
        .into_iter()
        .map(|span| {
            let text = span
                .span
                .text(&gold.corpus.documents[span.document].text)
                .unwrap();
            let squeezed: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            (span.document, squeezed, span.label)
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn formats_with_texts_and_offsets_lose_no_label(data in datasets(true)) {
        for name in ["spacy", "brat", "label-studio", "doccano", "webanno"] {
            for unit in [None, Some(OffsetUnit::Byte), Some(OffsetUnit::Scalar), Some(OffsetUnit::Utf16)] {
                let options = Options { offsets: unit, ..Options::default() };
                let (_, back) = round_trip(name, &data.gold, &options);
                prop_assert_eq!(&back.gold.corpus, &data.gold.corpus, "{}", name);
                prop_assert_eq!(&back.gold.mentions, &data.gold.mentions, "{}", name);
            }
        }
    }

    #[test]
    fn conll_keeps_every_label_in_every_scheme(data in datasets(false)) {
        for scheme in Scheme::ALL {
            let options = Options { scheme, space_tokens: true, ..Options::default() };
            let (exported, back) = round_trip("conll", &data.gold, &options);
            prop_assert_eq!(quotes(&back.gold), quotes(&data.gold), "{:?}", scheme);
            prop_assert!(back.notices.is_empty(), "{:?}", back.notices);
            // What came from CoNLL goes back to the very same file.
            let again = round_trip("conll", &back.gold, &options).0;
            prop_assert_eq!(again.files, exported.files);
        }
    }

    #[test]
    fn a_decoded_sentence_encodes_to_itself(names in proptest::collection::vec((0..3usize, 0..3usize, 0..2usize), 0..6)) {
        let mut at = 0;
        let mut list = Vec::new();
        for (gap, length, label) in names {
            let first = at + gap;
            at = first + length + 1;
            list.push((first, at - 1, ["PER", "B-x"][label].to_owned()));
        }
        for scheme in Scheme::ALL {
            let tags = scheme.encode(at + 1, &list);
            let tags: Vec<&str> = tags.iter().map(String::as_str).collect();
            prop_assert_eq!(decode(&tags), list.clone(), "{:?} {:?}", scheme, tags);
        }
    }

    #[test]
    fn relations_survive_pairs_clusters_and_mqm(
        data in datasets(false),
        groups in proptest::collection::vec(0..3usize, 12),
        relations in proptest::collection::vec(0..3usize, 3),
    ) {
        let mut gold = data.gold;
        crate_segments(&mut gold);
        let segments = gold.segments.as_ref().unwrap().len();
        let mut members: Vec<crate::label::GroupMember> = (0..segments.min(12))
            .filter(|at| groups[*at] > 0)
            .map(|at| crate::label::GroupMember {
                group: format!("g{:04}", groups[at]),
                segment: at,
                piece: None,
                doubtful: false,
            })
            .collect();
        members.sort_by(|a, b| (&a.group, a.segment).cmp(&(&b.group, b.segment)));
        for mention in gold.mentions.iter_mut().flatten() {
            mention.entity = format!("e{}", mention.span.len() % 2);
        }
        gold.copy_groups = Some(members);
        let documents = gold.corpus.len();
        let pairs = (0..documents).flat_map(|a| (a + 1..documents).map(move |b| (a, b)));
        gold.document_pairs = Some(
            pairs
                .zip(relations)
                .map(|((a, b), relation)| crate::label::DocumentPair {
                    a,
                    b,
                    relation: [crate::label::Relation::Exact, crate::label::Relation::SameEvent, crate::label::Relation::Unrelated][relation],
                    redundant: crate::label::Redundant::Unjudged,
                })
                .collect(),
        );
        let options = Options { base: Some(gold.clone()), ..Options::default() };
        let (_, back) = round_trip("clusters", &gold, &options);
        prop_assert_eq!(back.gold.copy_groups.unwrap_or_default(), gold.copy_groups.clone().unwrap());
        prop_assert_eq!(&back.gold.mentions, &gold.mentions);
        let (_, back) = round_trip("pairs", &gold, &options);
        prop_assert_eq!(back.gold.document_pairs.unwrap_or_default(), gold.document_pairs.clone().unwrap());
        // Group names are not in pairs; the pairs that they make are.
        let (first, _) = round_trip("pairs", &gold, &options);
        let again = Options { base: Some(Gold { copy_groups: back.gold.copy_groups.clone(), ..gold.clone() }), ..Options::default() };
        let second = (format("pairs").unwrap().export.unwrap())(again.base.as_ref().unwrap(), &again).unwrap();
        prop_assert_eq!(first.files, second.files);
    }

    #[test]
    fn mqm_keeps_segments_and_error_spans(data in datasets(true)) {
        let mut gold = data.gold;
        crate_segments(&mut gold);
        gold.garbles = Some(
            gold.mentions
                .iter()
                .flatten()
                .map(|mention| crate::label::Garble {
                    document: mention.document,
                    span: mention.span,
                    category: mention.entity_type.clone(),
                    subtype: String::new(),
                    severity: "Major".to_owned(),
                    intended: String::new(),
                    witness: String::new(),
                    doubtful: false,
                })
                .collect(),
        );
        gold.mentions = None;
        prop_assume!(gold.corpus.documents.iter().all(|document| !document.text.contains("<v>") && !document.text.contains("</v>")));
        let (exported, back) = round_trip("mqm", &gold, &Options::default());
        let quote = |gold: &Gold| -> Vec<(usize, Span, String)> {
            gold.garbles.iter().flatten().map(|garble| (garble.document, garble.span, garble.category.clone())).collect::<std::collections::BTreeSet<_>>().into_iter().collect()
        };
        prop_assert_eq!(quote(&back.gold), quote(&gold));
        prop_assert_eq!(back.gold.segments.unwrap().len(), gold.segments.unwrap().len());
        prop_assert_eq!(exported.files.len(), 1);
    }
}

/// A segment per line.
fn crate_segments(gold: &mut Gold) {
    let mut segments = Vec::new();
    for (document, content) in gold.corpus.documents.iter().enumerate() {
        let mut start = 0;
        for (number, line) in content.text.split('\n').enumerate() {
            segments.push(crate::label::Segment {
                document,
                id: format!("s{:03}", number + 1),
                span: Span::new(start, start + line.len()),
                zone: "body".to_owned(),
            });
            start += line.len() + 1;
        }
    }
    gold.segments = Some(segments);
}

fn source(name: &str, text: &str) -> Source {
    Source {
        path: name.to_owned(),
        name: name.to_owned(),
        text: text.to_owned(),
    }
}

fn labels(gold: &Gold) -> Vec<(String, String)> {
    spans(gold, "mentions")
        .unwrap()
        .into_iter()
        .map(|span| {
            let text = &gold.corpus.documents[span.document].text;
            (span.span.text(text).unwrap().to_owned(), span.label)
        })
        .collect()
}

#[test]
fn what_a_format_cannot_hold_is_named() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("gold/embassy");
    let gold = crate::gold::load(&dir).unwrap();
    let linked = gold
        .mentions
        .iter()
        .flatten()
        .filter(|mention| !mention.entity.is_empty());
    let lost = format!("no place for `entity`: {} values", linked.count());
    for format in FORMATS {
        let Some(export) = format.export else {
            continue;
        };
        let notices = export(&gold, &Options::default())
            .unwrap()
            .notices
            .join("\n");
        assert!(
            notices.contains("layers left out"),
            "{}: {notices}",
            format.name
        );
        if ["conll", "brat", "label-studio", "webanno", "doccano"].contains(&format.name) {
            assert!(notices.contains(&lost), "{}: {notices}", format.name);
        }
    }
    let notices = conll::export(&gold, &Options::default())
        .unwrap()
        .notices
        .join("\n");
    assert!(
        notices.contains("inner or crossing labels are left out"),
        "{notices}"
    );
}

#[test]
fn the_mentions_of_the_embassy_survive_every_format_with_texts() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("gold/embassy");
    let gold = crate::gold::load(&dir).unwrap();
    for name in ["spacy", "brat", "label-studio", "doccano"] {
        let (_, back) = round_trip(name, &gold, &Options::default());
        assert_eq!(back.gold.corpus, gold.corpus, "{name}");
        assert_eq!(labels(&back.gold), labels(&gold), "{name}");
    }
    // Prodigy spans hold further keys, so entity and flags come back too.
    let (_, back) = round_trip("spacy", &gold, &Options::default());
    let entities = |gold: &Gold| -> Vec<String> {
        gold.mentions
            .iter()
            .flatten()
            .map(|mention| mention.entity.clone())
            .collect()
    };
    assert_eq!(entities(&back.gold), entities(&gold));
}

#[test]
fn documented_examples_are_read() {
    let conll = source(
        "x.conll",
        "U.N. B-ORG\nofficial O\nEkeus B-PER\nheads O\nfor O\nBaghdad B-LOC\n. O\n",
    );
    let imported = conll::import(&[conll], &Options::default()).unwrap();
    assert_eq!(
        imported.gold.corpus.documents[0].text,
        "U.N. official Ekeus heads for Baghdad ."
    );
    assert_eq!(
        labels(&imported.gold)[1],
        ("Ekeus".to_owned(), "PER".to_owned())
    );

    let prodigy = source(
        "x.jsonl",
        "{\"text\":\"Apple updates its analytics service\",\"spans\":[{\"start\":0,\"end\":5,\"label\":\"ORG\"}]}\n",
    );
    assert_eq!(
        labels(&spacy::import(&[prodigy], &Options::default()).unwrap().gold)[0].0,
        "Apple"
    );

    let brat = [
        source("x.txt", "Citibank was founded in 1812\n"),
        source(
            "x.ann",
            "T1\tOrganization 0 8\tCitibank\nR1\tX Arg1:T1 Arg2:T1\nT2\tDate 0 8;24 28\tCitibank 1812\n",
        ),
    ];
    let imported = brat::import(&brat, &Options::default()).unwrap();
    assert_eq!(
        labels(&imported.gold),
        [("Citibank".to_owned(), "Organization".to_owned())]
    );
    assert_eq!(
        imported.notices,
        [
            "1 discontinuous spans are left out",
            "1 relations are left out"
        ]
    );

    let studio = source(
        "x.json",
        "[{\"id\":7,\"data\":{\"text\":\"😀 Opossum\"},\"annotations\":[{\"result\":[{\"type\":\"labels\",\"value\":\
         {\"start\":3,\"end\":10,\"text\":\"Opossum\",\"labels\":[\"MISC\"]}}]}]}]",
    );
    assert_eq!(
        labels(
            &label_studio::import(&[studio], &Options::default())
                .unwrap()
                .gold
        )[0]
        .0,
        "Opossum"
    );

    let webanno = source(
        "x.tsv",
        "#FORMAT=WebAnno TSV 3.3\n#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|value\n\n\n\
         #Text=Bob Smith lives in Iran-backed X\n1-1\t0-3\tBob\tPER[1]\t\n1-2\t4-9\tSmith\tPER[1]\t\n\
         1-3\t10-15\tlives\t_\t\n1-4\t16-18\tin\t_\t\n1-5\t19-30\tIran-backed\t_\t\n1-5.1\t19-23\tIran\tGPE\t\n1-6\t31-32\tX\t_\t\n",
    );
    assert_eq!(
        labels(
            &webanno::import(&[webanno], &Options::default())
                .unwrap()
                .gold
        ),
        [
            ("Bob Smith".to_owned(), "PER".to_owned()),
            ("Iran".to_owned(), "GPE".to_owned())
        ]
    );

    let doccano = source(
        "x.jsonl",
        "{\"id\": 1, \"text\": \"Ada in Bath\", \"label\": [[0, 3, \"PER\"], [7, 11, \"LOC\"]]}\n",
    );
    assert_eq!(
        labels(
            &doccano::import(&[doccano], &Options::default())
                .unwrap()
                .gold
        )[1]
        .0,
        "Bath"
    );
}

#[test]
fn faulty_files_are_refused_with_their_lines() {
    let refuse = |result: Result<Imported>, needle: &str| {
        let message = result.unwrap_err().to_string();
        assert!(message.contains(needle), "{needle} not in {message}");
    };
    let options = Options::default();
    refuse(
        conll::import(&[source("x", "a O\nb\n")], &options),
        "x:2: `b` is no token with a tag",
    );
    refuse(
        spacy::import(
            &[source(
                "x",
                "{\"text\":\"ab\",\"spans\":[{\"start\":1,\"end\":9,\"label\":\"X\"}]}",
            )],
            &options,
        ),
        "leaves its text",
    );
    refuse(
        brat::import(
            &[source("a.txt", "ab"), source("a.ann", "T1\tX 0 2\tcd\n")],
            &options,
        ),
        "does not fit its text",
    );
    refuse(
        label_studio::import(&[source("x", "{}")], &options),
        "no list of tasks",
    );
    refuse(
        webanno::import(&[source("x.tsv", "1-1\t0-2\n")], &options),
        "too few cells",
    );
    refuse(
        mqm::import(&[source("x", "h\na\tb\n")], &options),
        "nine cells",
    );
    refuse(
        pairs_csv::import(&[source("x", "level,a,b,label\n")], &options),
        "has no texts",
    );
}
