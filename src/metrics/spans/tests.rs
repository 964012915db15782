use proptest::prelude::*;

use super::*;

fn item(start: usize, end: usize, label: u32) -> Item {
    Item {
        document: 0,
        span: Span::new(start, end),
        label,
        rank: 0,
    }
}

/// What a set of pairs is worth, in the order of importance.
type Worth = (u64, u64, u64, u64, u64);

fn worth(rule: Rule, gold: &Item, predicted: &Item) -> Worth {
    let grade = rule.grade(gold, predicted);
    (
        match grade {
            Grade::Correct => 2,
            Grade::Partial => 1,
            _ => 0,
        },
        u64::from(grade == Grade::Correct),
        1,
        2 * u64::from(gold.span == predicted.span) + u64::from(gold.label == predicted.label),
        gold.span.overlap(predicted.span) as u64,
    )
}

fn plus(a: Worth, b: Worth) -> Worth {
    (a.0 + b.0, a.1 + b.1, a.2 + b.2, a.3 + b.3, a.4 + b.4)
}

/// The slow twin: tries every one-to-one pairing of overlapping items.
fn best(rule: Rule, gold: &[Item], predicted: &[Item], used: u32) -> Worth {
    let Some((first, rest)) = gold.split_first() else {
        return Worth::default();
    };
    let mut top = best(rule, rest, predicted, used);
    for (index, other) in predicted.iter().enumerate() {
        let touches = first.document == other.document && first.span.overlaps(other.span);
        if touches && used & (1 << index) == 0 {
            let with = best(rule, rest, predicted, used | 1 << index);
            top = top.max(plus(with, worth(rule, first, other)));
        }
    }
    top
}

fn total(rule: Rule, alignment: &Alignment, gold: &[Item], predicted: &[Item]) -> Worth {
    (0..gold.len())
        .filter_map(|index| Some((index, alignment.mate(rule, index)?)))
        .map(|(index, mate)| worth(rule, &gold[index], &predicted[mate]))
        .fold(Worth::default(), plus)
}

fn grades(rule: Rule, gold: &[Item], predicted: &[Item]) -> [u64; 5] {
    let counts = align(gold, predicted).grades(rule, gold, predicted);
    [
        counts.correct,
        counts.incorrect,
        counts.partial,
        counts.missing,
        counts.spurious,
    ]
}

#[test]
fn each_rule_grades_the_same_pair_in_its_own_way() {
    let gold = [item(0, 6, 1)];
    let cases = [
        // (prediction, strict, exact, partial, type)
        (item(0, 6, 1), ["COR", "COR", "COR", "COR"]),
        (item(0, 6, 2), ["INC", "COR", "COR", "INC"]),
        (item(0, 4, 1), ["INC", "INC", "PAR", "COR"]),
        (item(0, 4, 2), ["INC", "INC", "PAR", "INC"]),
    ];
    for (prediction, expected) in cases {
        let codes = Rule::ALL.map(|rule| rule.grade(&gold[0], &prediction).code());
        assert_eq!(codes, expected);
    }
}

#[test]
fn a_nested_name_and_its_carrier_are_matched_each_with_its_own() {
    // [U.S.] [U.S. Embassy]: a greedy matcher may spend the inner prediction on the outer gold.
    let gold = [item(0, 12, 1), item(0, 4, 2)];
    let predicted = [item(0, 4, 2), item(0, 12, 1)];
    for rule in Rule::ALL {
        assert_eq!(grades(rule, &gold, &predicted), [2, 0, 0, 0, 0]);
    }
}

#[test]
fn an_exact_hit_is_kept_when_two_half_hits_would_pay_the_same() {
    let gold = [item(0, 4, 1), item(6, 9, 1)];
    let predicted = [item(0, 4, 1), item(3, 7, 1)];
    assert_eq!(grades(Rule::Partial, &gold, &predicted), [1, 0, 1, 0, 0]);
    let nested = [item(0, 9, 1), item(0, 3, 1)];
    assert_eq!(
        grades(Rule::Partial, &nested, &nested[..1]),
        [1, 0, 0, 1, 0]
    );
}

#[test]
fn do_not_care_covers_doubt_and_unlisted_items() {
    let gold = [item(0, 9, 1), item(0, 3, 2), item(20, 25, 1)];
    let doubtful = [false, true, true];
    let predicted = [
        item(0, 3, 2),   // equals the doubtful inner name
        item(1, 3, 2),   // overlaps it, and the certain outer one too
        item(22, 30, 1), // touches doubt only
        item(40, 44, 1), // touches nothing
        item(0, 9, 1),   // right
    ];
    assert_eq!(
        dont_care(&gold, &doubtful, &predicted, false),
        [true, false, true, false, false]
    );
    assert_eq!(
        dont_care(&gold, &doubtful, &predicted, true),
        [true, false, true, true, false]
    );
    assert_eq!(dont_care(&gold, &[false; 3], &predicted, false), [false; 5]);
}

fn items() -> impl Strategy<Value = Vec<Item>> {
    let item =
        (0u32..2, 0usize..10, 1usize..6, 0u32..3).prop_map(|(document, start, length, label)| {
            Item {
                document,
                ..item(start, start + length, label)
            }
        });
    prop::collection::vec(item, 0..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn matching_is_as_good_as_the_exhaustive_search(gold in items(), predicted in items()) {
        let alignment = align(&gold, &predicted);
        for rule in Rule::ALL {
            let mut mates: Vec<usize> = (0..gold.len()).filter_map(|index| alignment.mate(rule, index)).collect();
            let pairs = mates.len();
            mates.sort_unstable();
            mates.dedup();
            prop_assert_eq!(mates.len(), pairs, "a prediction was used twice");
            for (index, item) in gold.iter().enumerate() {
                if let Some(mate) = alignment.mate(rule, index) {
                    prop_assert!(item.document == predicted[mate].document);
                    prop_assert!(item.span.overlaps(predicted[mate].span));
                }
            }
            prop_assert_eq!(
                total(rule, &alignment, &gold, &predicted),
                best(rule, &gold, &predicted, 0)
            );
            let counts = alignment.grades(rule, &gold, &predicted);
            let paired = counts.correct + counts.incorrect + counts.partial;
            prop_assert_eq!(paired + counts.missing, gold.len() as u64);
            prop_assert_eq!(paired + counts.spurious, predicted.len() as u64);
        }
    }

    #[test]
    fn the_order_of_the_input_never_matters(gold in items(), predicted in items(), seed in any::<u64>()) {
        let pairs = |gold: &[Item], predicted: &[Item]| {
            let alignment = align(gold, predicted);
            Rule::ALL.map(|rule| {
                let mut pairs: Vec<(Item, Option<Item>)> = (0..gold.len())
                    .map(|index| (gold[index], alignment.mate(rule, index).map(|mate| predicted[mate])))
                    .collect();
                pairs.sort();
                pairs
            })
        };
        let shuffled = |items: &[Item]| {
            let mut items = items.to_vec();
            items.sort_by_key(|item| xxhash_rust::xxh3::xxh3_64_with_seed(format!("{item:?}").as_bytes(), seed));
            items
        };
        prop_assert_eq!(pairs(&gold, &predicted), pairs(&shuffled(&gold), &shuffled(&predicted)));
    }

    #[test]
    fn do_not_care_equals_its_naive_twin(
        gold in items(), doubt in prop::collection::vec(any::<bool>(), 6), predicted in items(), listed in any::<bool>()
    ) {
        let expected: Vec<bool> = predicted
            .iter()
            .map(|p| {
                let near = |wanted: bool| {
                    gold.iter().zip(&doubt).filter(move |(g, doubt)| {
                        **doubt == wanted && g.document == p.document && g.span.overlaps(p.span)
                    })
                };
                let equal = |wanted| near(wanted).any(|(g, _)| g.span == p.span);
                if equal(true) && !equal(false) {
                    return true;
                }
                near(false).next().is_none() && (listed || near(true).next().is_some())
            })
            .collect();
        prop_assert_eq!(dont_care(&gold, &doubt[..gold.len()], &predicted, listed), expected);
    }
}
