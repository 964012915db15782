use proptest::prelude::*;

use super::nervaluate::{Entity, Schema, SchemaCounts, evaluate};
use super::*;

fn sentences(text: &[&str]) -> Vec<Vec<String>> {
    text.iter()
        .map(|line| line.split_whitespace().map(str::to_owned).collect())
        .collect()
}

fn score(gold: &[&str], predicted: &[&str], mode: Mode, scheme: Scheme) -> TagScores {
    let mut tags = TagSet::default();
    let gold = Sentences::of(&sentences(gold), &mut tags);
    let predicted = Sentences::of(&sentences(predicted), &mut tags);
    score_tags(&gold, &predicted, &tags, mode, scheme).unwrap()
}

fn f1(gold: &[&str], predicted: &[&str], mode: Mode, scheme: Scheme) -> f64 {
    score(gold, predicted, mode, scheme).micro().f1
}

fn entity(label: &str, start: u32, end: u32) -> Entity {
    Entity {
        label: label.into(),
        start,
        end,
    }
}

fn schema(gold: &[Vec<Entity>], predicted: &[Vec<Entity>], schema: Schema) -> SchemaCounts {
    evaluate(gold, predicted).overall[schema as usize]
}

#[test]
fn b1_half_credit_survives_a_second_document() {
    let gold = vec![vec![entity("PER", 0, 3)], vec![]];
    let predicted = vec![vec![entity("PER", 0, 1)], vec![]];
    let counts = schema(&gold, &predicted, Schema::Partial);
    assert_eq!((counts.partial, counts.f1()), (1, 0.5));
    // The figures of the original's manual: COR 2, PAR 3, possible 5, hence (2 + 1.5) / 5.
    let counts = SchemaCounts {
        correct: 2,
        partial: 3,
        ..SchemaCounts::default()
    };
    assert_eq!(counts.recall(), 0.7);
}

#[test]
fn b2_spurious_is_counted_as_version_1_2_1_does() {
    // A prediction that overlaps only a gold entity already taken is spurious.
    let gold = [vec![entity("PER", 0, 5)]];
    let predicted = [vec![entity("PER", 0, 5), entity("PER", 4, 5)]];
    let counts = schema(&gold, &predicted, Schema::Strict);
    assert_eq!((counts.correct, counts.spurious), (1, 1));
}

#[test]
fn b3_the_original_depends_on_order_and_so_does_the_mode() {
    let gold = [vec![entity("ORG", 0, 5)]];
    let short_first = [vec![entity("ORG", 0, 2), entity("ORG", 0, 5)]];
    let long_first = [vec![entity("ORG", 0, 5), entity("ORG", 0, 2)]];
    assert_eq!(schema(&gold, &short_first, Schema::Strict).f1(), 0.0);
    let f1 = schema(&gold, &long_first, Schema::Strict).f1();
    assert_eq!(format!("{f1:.2}"), "0.67");
}

#[test]
fn b4_types_do_not_add_up_in_the_original() {
    let result = evaluate(&[vec![entity("PER", 0, 1)]], &[vec![entity("ORG", 0, 1)]]);
    let strict = Schema::Strict as usize;
    assert_eq!(result.overall[strict].incorrect, 1);
    assert_eq!(result.types["PER"][strict].missed, 1);
    assert_eq!(result.types["ORG"][strict].spurious, 1);
}

#[test]
fn b5_ends_are_inclusive_in_the_original() {
    let counts = schema(
        &[vec![entity("PER", 0, 2)]],
        &[vec![entity("PER", 2, 4)]],
        Schema::Partial,
    );
    assert_eq!(counts.f1(), 0.5);
}

#[test]
fn b6_empty_documents_and_long_gold_are_no_error() {
    let gold = vec![vec![], vec![entity("PER", 0, 0), entity("PER", 2, 2)]];
    let counts = schema(&gold, &[vec![]], Schema::Exact);
    assert_eq!((counts.missed, counts.f1()), (2, 0.0));
    assert_eq!(evaluate(&[], &[]), nervaluate::Nervaluate::default());
}

#[test]
fn overlap_below_one_percent_is_none_in_the_original() {
    let gold = [vec![entity("PER", 0, 200)]];
    let touching = [vec![entity("PER", 200, 210)]];
    assert_eq!(schema(&gold, &touching, Schema::Partial).spurious, 1);
    let more = [vec![entity("PER", 198, 210)]];
    assert_eq!(schema(&gold, &more, Schema::Partial).partial, 1);
}

#[test]
fn b7_lenient_opens_at_i_and_strict_drops_it() {
    let gold = &["O I-PER O B-LOC"];
    assert_eq!(
        score(gold, gold, Mode::Seqeval, Scheme::Iob2)
            .micro()
            .support,
        2
    );
    assert_eq!(
        score(gold, gold, Mode::SeqevalStrict, Scheme::Iob2)
            .micro()
            .support,
        1
    );
    // Dropping an invalid prediction can raise strict F1 above the lenient one.
    let valid_gold = &["O O O B-LOC"];
    let lenient = f1(valid_gold, gold, Mode::Seqeval, Scheme::Iob2);
    let strict = f1(valid_gold, gold, Mode::SeqevalStrict, Scheme::Iob2);
    assert_eq!((format!("{lenient:.2}"), strict), ("0.67".into(), 1.0));
}

#[test]
fn b8_conlleval_merges_what_seqeval_keeps_apart() {
    let gold = &["B-X E-X B-X E-X"];
    let merged = &["B-X I-X I-X E-X"];
    assert_eq!(f1(gold, merged, Mode::Conlleval, Scheme::Iobes), 1.0);
    assert_eq!(f1(gold, merged, Mode::Seqeval, Scheme::Iobes), 0.0);
    assert_eq!(f1(gold, merged, Mode::SeqevalStrict, Scheme::Iobes), 0.0);
}

#[test]
fn b15_equal_sentences_are_counted_each() {
    let line = "B-PER I-PER O B-LOC";
    for mode in Mode::ALL {
        let micro = score(&[line; 3], &[line; 3], mode, Scheme::Iob2).micro();
        assert_eq!((micro.support, micro.f1), (6, 1.0), "{mode}");
    }
}

#[test]
fn macro_f1_is_the_mean_of_f1_and_not_of_precision() {
    let gold = &["B-A O B-A O B-B"];
    let predicted = &["B-A O O O B-B"];
    let scores = score(gold, predicted, Mode::Seqeval, Scheme::Iob2);
    let average = scores.macro_average().unwrap();
    // F1 of A: 2/3; of B: 1. Precision is 1 for both.
    assert!((average.f1 - 5.0 / 6.0).abs() < 1e-12);
    assert_eq!(average.precision, 1.0);
    let weighted = scores.weighted_average().unwrap();
    assert!((weighted.f1 - (2.0 * 2.0 / 3.0 + 1.0) / 3.0).abs() < 1e-12);
}

#[test]
fn nothing_at_all_is_zero_as_in_the_originals() {
    let scores = score(&["O O"], &["O O"], Mode::Seqeval, Scheme::Iob2);
    assert_eq!(scores.micro().f1, 0.0);
    assert_eq!(scores.macro_average(), None);
}

#[test]
fn tags_that_a_mode_does_not_have_are_an_error() {
    let mut tags = TagSet::default();
    let side = Sentences::of(&sentences(&["B-X L-X"]), &mut tags);
    let strict = score_tags(&side, &side, &tags, Mode::SeqevalStrict, Scheme::Iob2);
    assert_eq!(
        strict.unwrap_err().to_string(),
        "tag `L-X` is not allowed in IOB2"
    );
    // nervaluate goes on with any letter before the same type, but does not begin with it.
    assert!(nervaluate_tags(&side, &side, &tags).is_ok());
    let side = Sentences::of(&sentences(&["O U-X"]), &mut tags);
    assert!(nervaluate_tags(&side, &side, &tags).is_err());
}

#[test]
fn names_are_read_in_any_case() {
    assert_eq!("iobes".parse(), Ok(Scheme::Iobes));
    assert_eq!("nervaluate-1.2.1".parse(), Ok(Mode::Nervaluate));
    assert!("seqevil".parse::<Mode>().unwrap_err().contains("conlleval"));
}

/// Entities (start, length, type) of one sentence, with room between some of them.
fn entities() -> impl Strategy<Value = Vec<(usize, usize, usize)>> {
    proptest::collection::vec((0usize..3, 1usize..4, 0usize..2), 0..6).prop_map(|parts| {
        let mut at = 0;
        let mut all = Vec::new();
        for (gap, length, kind) in parts {
            all.push((at + gap, length, kind));
            at += gap + length;
        }
        all
    })
}

fn write(entities: &[(usize, usize, usize)], scheme: Scheme) -> Vec<String> {
    let length = entities.last().map_or(0, |e| e.0 + e.1) + 1;
    let mut tags = vec!["O".to_owned(); length];
    for (index, &(start, length, kind)) in entities.iter().enumerate() {
        let touches = |other: Option<&(usize, usize, usize)>, at: usize| {
            other.is_some_and(|other| other.2 == kind && (other.0 == at || other.0 + other.1 == at))
        };
        let after_same = index > 0 && touches(entities.get(index - 1), start);
        let before_same = touches(entities.get(index + 1), start + length);
        for token in 0..length {
            let (first, last) = (token == 0, token + 1 == length);
            let letter = match scheme {
                Scheme::Iob1 if first && after_same => 'B',
                Scheme::Iob2 if first => 'B',
                Scheme::Ioe1 if last && before_same => 'E',
                Scheme::Ioe2 if last => 'E',
                Scheme::Iobes if first && last => 'S',
                Scheme::Iobes if last => 'E',
                Scheme::Bilou if first && last => 'U',
                Scheme::Bilou if last => 'L',
                Scheme::Iobes | Scheme::Bilou if first => 'B',
                _ => 'I',
            };
            tags[start + token] = format!("{letter}-{}", ["A", "B"][kind]);
        }
    }
    tags
}

/// The slow twin of nervaluate's counting: the original's loops, over all pairs.
fn naive_schema(schema: Schema, gold: &[Entity], predicted: &[Entity]) -> SchemaCounts {
    let mut counts = SchemaCounts::default();
    let mut taken = vec![false; gold.len()];
    for p in predicted {
        let mut right: Option<(u32, usize)> = None;
        let mut wrong = None;
        for (i, g) in gold.iter().enumerate() {
            let shared = (p.end.min(g.end) + 1).saturating_sub(p.start.max(g.start));
            let enough = f64::from(shared) / f64::from(g.end - g.start + 1) * 100.0 >= 1.0;
            if taken[i] || !enough {
                continue;
            }
            let bounds = p.start == g.start && p.end == g.end;
            let distance = p.start.abs_diff(g.start) + p.end.abs_diff(g.end);
            let fits = match schema {
                Schema::EntType => p.label == g.label,
                Schema::Exact | Schema::Partial => bounds,
                Schema::Strict => bounds && p.label == g.label,
            };
            if fits && right.is_none_or(|(least, _)| distance < least) {
                right = Some((distance, i));
            } else if !fits && wrong.is_none() {
                wrong = Some(i);
            }
        }
        match (right, wrong) {
            (Some((_, i)), _) => {
                counts.correct += 1;
                taken[i] = true;
            }
            (None, Some(i)) => {
                taken[i] = true;
                if schema == Schema::Partial {
                    counts.partial += 1;
                } else {
                    counts.incorrect += 1;
                }
            }
            (None, None) => counts.spurious += 1,
        }
    }
    counts.missed = taken.iter().filter(|&&t| !t).count() as u64;
    counts
}

fn spans() -> impl Strategy<Value = Vec<Entity>> {
    proptest::collection::vec((0u32..20, 0u32..6, 0usize..3), 0..8).prop_map(|spans| {
        spans
            .into_iter()
            .map(|(start, length, kind)| entity(["A", "B", "C"][kind], start, start + length))
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn valid_tags_give_their_entities_in_every_scheme(entities in entities()) {
        for scheme in Scheme::ALL {
            let mut tags = TagSet::default();
            let side = Sentences::of(&[write(&entities, scheme)], &mut tags);
            let chunks = match scheme {
                // seqeval's strict IOE1 does not begin an entity at an E- behind another type.
                Scheme::Ioe1 => chunks::lenient(&side, &Types::lenient(&tags)),
                _ => chunks::strict(&side, &Types::strict(&tags), scheme),
            };
            let found: Vec<_> = chunks.iter().map(|c| (c.start as usize, (c.end - c.start) as usize)).collect();
            let expected: Vec<_> = entities.iter().map(|e| (e.0, e.1)).collect();
            prop_assert_eq!(found, expected, "{}", scheme);
        }
    }

    #[test]
    fn nervaluate_equals_its_naive_twin(gold in spans(), predicted in spans()) {
        for schema_ in Schema::ALL {
            let fast = schema(std::slice::from_ref(&gold), std::slice::from_ref(&predicted), schema_);
            prop_assert_eq!(fast, naive_schema(schema_, &gold, &predicted), "{}", schema_.name());
        }
    }

    #[test]
    fn scores_are_in_bounds_and_perfect_is_one(
        gold in proptest::collection::vec(proptest::collection::vec(0usize..9, 0..8), 1..4),
        shift in 0usize..9,
    ) {
        const TAGS: [&str; 9] = ["O", "O", "B-A", "I-A", "B-B", "I-B", "I-B", "I-A", "O"];
        let lines = |shift: usize| -> Vec<Vec<&str>> {
            gold.iter().map(|line| line.iter().map(|&tag| TAGS[(tag + shift) % 9]).collect()).collect()
        };
        let mut tags = TagSet::default();
        let (key, other) = (Sentences::of(&lines(0), &mut tags), Sentences::of(&lines(shift), &mut tags));
        for mode in Mode::ALL {
            let perfect = score_tags(&key, &key, &tags, mode, Scheme::Iob2).unwrap().micro();
            prop_assert!(perfect.f1 == 1.0 || perfect.support == 0);
            let micro = score_tags(&key, &other, &tags, mode, Scheme::Iob2).unwrap().micro();
            for value in [micro.precision, micro.recall, micro.f1] {
                prop_assert!((0.0..=1.0).contains(&value));
            }
        }
    }
}
