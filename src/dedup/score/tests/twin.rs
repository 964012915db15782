//! Counts of pairs against a slow twin that judges every pair of units.

use proptest::prelude::*;

use super::*;

/// The slow twin: judges every pair of units from the words of the guidelines.
fn naive(gold: &Gold, predicted: impl Fn(u32, u32) -> bool) -> Counts {
    let segments = gold.segments.as_deref().unwrap_or_default();
    let of = |members: &'_ Option<Vec<crate::label::GroupMember>>, segment: u32| {
        members
            .as_deref()
            .unwrap_or_default()
            .iter()
            .find(|m| m.segment == segment as usize)
            .cloned()
    };
    let mut table = Counts {
        true_negatives: Some(0.0),
        ..Counts::default()
    };
    for b in 0..segments.len() as u32 {
        for a in 0..b {
            let (copy_a, copy_b) = (of(&gold.copy_groups, a), of(&gold.copy_groups, b));
            let (plate_a, plate_b) = (
                of(&gold.boilerplate_groups, a),
                of(&gold.boilerplate_groups, b),
            );
            let same_plate = plate_a.is_some_and(|a| plate_b.is_some_and(|b| a.group == b.group));
            let doubtful = [&copy_a, &copy_b]
                .iter()
                .any(|m| m.as_ref().is_some_and(|m| m.doubtful));
            if segments[a as usize].document == segments[b as usize].document
                || same_plate
                || doubtful
            {
                continue;
            }
            let mut positive = false;
            if let (Some(a), Some(b)) = (copy_a, copy_b)
                && a.group == b.group
            {
                if a.piece.is_some() && b.piece.is_some() && a.piece != b.piece {
                    continue;
                }
                positive = true;
            }
            match (positive, predicted(a, b)) {
                (true, true) => table.true_positives += 1.0,
                (false, true) => table.false_positives += 1.0,
                (true, false) => table.false_negatives += 1.0,
                (false, false) => table.true_negatives = table.true_negatives.map(|n| n + 1.0),
            }
        }
    }
    table
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn counts_equal_the_naive_twin(
        groups in prop::collection::vec(0usize..4, 9),
        pieces in prop::collection::vec(prop::option::of(1u32..3), 9),
        doubts in prop::collection::vec(prop::bool::weighted(0.15), 9),
        plates in prop::collection::vec(prop::bool::weighted(0.3), 9),
        pairs in prop::collection::vec((0u32..9, 0u32..9, 0u32..11), 0..14),
    ) {
        let mut gold = gold();
        // Group 0 stands for none.
        gold.copy_groups = Some((0..9).filter(|&n| groups[n] > 0).map(|n| crate::label::GroupMember {
            piece: pieces[n], doubtful: doubts[n], ..member(&groups[n].to_string(), n)
        }).collect());
        gold.boilerplate_groups =
            Some((0..9).filter(|&n| groups[n] == 0 && plates[n]).map(|n| member("c", n)).collect());
        gold.same_fact = None;
        let pairs: Vec<(u32, u32, f64)> = pairs.into_iter().map(|(a, b, s)| (a, b, f64::from(s) / 10.0)).collect();
        let scored = scored(&pairs, &gold);
        let emitted = |a: u32, b: u32| {
            pairs.iter().any(|p| ((p.0, p.1) == (a, b) || (p.1, p.0) == (a, b)) && p.2 >= 0.5)
        };
        // Connected by breadth-first search, another way than union-find.
        let connected = |a: u32, b: u32| {
            let mut seen = vec![a];
            let mut at = 0;
            while at < seen.len() {
                let from = seen[at];
                at += 1;
                for unit in 0..9 {
                    if !seen.contains(&unit) && (emitted(from, unit) || emitted(unit, from)) {
                        seen.push(unit);
                    }
                }
            }
            seen.contains(&b)
        };
        for (rule, expected) in [("pairs", naive(&gold, emitted)), ("closure", naive(&gold, connected))] {
            let measure = scored.measures.iter().find(|m| m.match_rule == rule && m.metric == "mcc");
            prop_assert_eq!(measure.and_then(|m| m.counts), Some(expected), "{}", rule);
            // Every judged pair has one first document and zone, and is either copied or singleton.
            for slices in ["document=", "zone=", "segment="] {
                let tables = scored.measures.iter().filter(|m| {
                    m.match_rule == rule && m.metric == "mcc" && m.slice.starts_with(slices)
                });
                for table in tables.filter_map(|m| m.counts) {
                    prop_assert!(table.true_negatives >= Some(0.0));
                    prop_assert!(table.true_positives <= expected.true_positives);
                    prop_assert!(table.true_negatives <= expected.true_negatives);
                }
            }
            let zone = scored.measures.iter().find(|m| {
                m.match_rule == rule && m.metric == "mcc" && m.slice == "zone=body"
            });
            if let Some(zone) = zone {
                prop_assert_eq!(zone.counts, Some(expected));
            }
            let folded = fold(&scored.outcomes);
            let all = folded.iter().find(|m| m.slice == "all" && m.match_rule == rule);
            if let Some(counts) = all.and_then(|m| m.counts) {
                prop_assert_eq!(Counts { true_negatives: expected.true_negatives, ..counts }, expected);
            } else {
                prop_assert_eq!(expected.true_positives + expected.false_positives + expected.false_negatives, 0.0);
            }
        }
    }
}
