//! Characters, tokens and segments against slow twins that look at every one of them.

use proptest::prelude::*;

use super::*;

/// Every set of `drawn` out of `tied`, as bits.
fn draws(tied: usize, drawn: usize) -> impl Iterator<Item = u32> {
    (0u32..1 << tied).filter(move |set| set.count_ones() as usize == drawn)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn characters_tokens_and_segments_equal_their_naive_twins(
        golds in prop::collection::vec((0usize..2, 0usize..19, 1usize..4, 0usize..4), 0..6),
        flags in prop::collection::vec((0usize..2, 0usize..39, 1usize..9, 0u32..4), 0..9),
    ) {
        let mut gold = gold();
        let mut garbles: Vec<Garble> = golds
            .into_iter()
            .map(|(document, start, length, kind)| Garble {
                doubtful: kind == 3,
                ..garble(document, start * 2, (start * 2 + length).min(39), "token", ["minor", "major", "critical", "minor"][kind])
            })
            .collect();
        garbles.sort_by_key(|g| (g.document, g.span));
        let mut end = (usize::MAX, 0);
        garbles.retain(|g| {
            let free = end.0 != g.document || g.span.start >= end.1;
            if free {
                end = (g.document, g.span.end);
            }
            free
        });
        gold.garbles = Some(garbles.clone());
        let predicted: Vec<PredictedGarble> = flags
            .into_iter()
            .map(|(document, start, length, confidence)| {
                flag(document, start, (start + length).min(39), [0.2, 0.5, 0.7, 0.9][confidence as usize])
            })
            .collect();
        let scored = spans(&predicted, &gold);
        let folded = fold(&scored.outcomes);
        let counts = |rule: &str| {
            let found = folded.iter().find(|m| m.slice == "all" && m.match_rule == rule);
            found.and_then(|m| m.counts).unwrap_or_default()
        };
        let covers = |span: Span, at: usize| span.start <= at && at < span.end;
        let over = |document: usize, at: usize, doubtful: bool| {
            garbles.iter().any(|g| g.document == document && g.doubtful == doubtful && covers(g.span, at))
        };

        // Characters, one by one.
        let mut table = Counts::default();
        for document in 0..2 {
            for at in 0..TEXT.len() {
                let found = predicted
                    .iter()
                    .any(|p| p.document == document && p.confidence >= 0.5 && covers(p.span, at));
                match (over(document, at, false), found) {
                    (true, true) => table.true_positives += 1.0,
                    (true, false) => table.false_negatives += 1.0,
                    (false, true) if !over(document, at, true) => table.false_positives += 1.0,
                    _ => {}
                }
            }
        }
        prop_assert_eq!(counts("character"), table);

        // Tokens stand at even places: average precision threshold by threshold.
        let token = |document: usize, at: usize| {
            let sure = predicted.iter().filter(|p| p.document == document && covers(p.span, at));
            let confidence = sure.map(|p| p.confidence).fold(-1.0, f64::max);
            (over(document, at, false), confidence, !over(document, at, false) && over(document, at, true))
        };
        let tokens: Vec<(usize, usize, bool, f64)> = (0..2)
            .flat_map(|document| (0..20).map(move |n| (document, n * 2)))
            .map(|(document, at)| (document, at, token(document, at)))
            .filter(|(_, _, token)| !token.2)
            .map(|(document, at, token)| (document, at, token.0, token.1))
            .collect();
        let positives = tokens.iter().filter(|t| t.2).count() as f64;
        let mut expected = 0.0;
        let mut before = 0.0;
        for threshold in [0.9, 0.7, 0.5, 0.2] {
            let hits = tokens.iter().filter(|t| t.3 >= threshold && t.2).count() as f64;
            let all = tokens.iter().filter(|t| t.3 >= threshold).count() as f64;
            if hits > before {
                expected += (hits - before) / positives * hits / all;
            }
            before = hits;
        }
        match value(&scored, "token/average_precision") {
            Some(found) => prop_assert!((found - expected).abs() < 1e-12),
            None => prop_assert_eq!(positives, 0.0),
        }

        // Critical recall: the mean over every way to draw the tied tokens.
        for (percent, key) in [(5, "token/critical_recall_at_5"), (10, "token/critical_recall_at_10")] {
            let budget = tokens.len() * percent / 100;
            let mut ranked: Vec<&(usize, usize, bool, f64)> = tokens.iter().filter(|t| t.3 >= 0.0).collect();
            ranked.sort_by(|a, b| b.3.total_cmp(&a.3));
            let critical: Vec<&Garble> =
                garbles.iter().filter(|g| !g.doubtful && g.severity == "critical").collect();
            let border = ranked.get(budget.saturating_sub(1)).map_or(-1.0, |t| t.3);
            let sure: Vec<_> = ranked.iter().filter(|t| budget > 0 && t.3 > border).collect();
            let tied: Vec<_> = ranked.iter().filter(|t| budget > 0 && t.3 == border).collect();
            if tied.len() > 14 {
                continue;
            }
            let (mut found, mut ways) = (0.0, 0.0);
            for set in draws(tied.len(), (budget - sure.len().min(budget)).min(tied.len())) {
                ways += 1.0;
                for garble in &critical {
                    let hit = |t: &(usize, usize, bool, f64)| t.0 == garble.document && covers(garble.span, t.1);
                    let drawn = tied.iter().enumerate().any(|(n, t)| set & (1 << n) != 0 && hit(t));
                    found += f64::from(u8::from(drawn || sure.iter().any(|t| hit(t))));
                }
            }
            match value(&scored, key) {
                Some(value) => prop_assert!((value - found / ways / critical.len() as f64).abs() < 1e-9),
                None => prop_assert!(critical.is_empty()),
            }
        }

        // Segments.
        let of_segments = score(Level::Segment, Granularity::Span, &predicted, 0.5, &gold);
        let mut table = Counts { true_negatives: Some(0.0), ..Counts::default() };
        for segment in gold.segments.as_deref().unwrap_or_default() {
            let near = |document: usize, span: Span| document == segment.document && span.overlaps(segment.span);
            let certain = garbles.iter().any(|g| !g.doubtful && near(g.document, g.span));
            let doubtful = garbles.iter().any(|g| g.doubtful && near(g.document, g.span));
            let found = predicted.iter().any(|p| p.confidence >= 0.5 && near(p.document, p.span));
            match (certain, found) {
                (true, true) => table.true_positives += 1.0,
                (true, false) => table.false_negatives += 1.0,
                (false, _) if doubtful => {}
                (false, true) => table.false_positives += 1.0,
                (false, false) => table.true_negatives = table.true_negatives.map(|n| n + 1.0),
            }
        }
        let measure = of_segments.measures.iter().find(|m| m.slice == "all" && m.metric == "mcc");
        prop_assert_eq!(measure.and_then(|m| m.counts), Some(table));
        let listed = of_segments.outcomes.iter().filter(|o| o.verdict != Verdict::Ignored).count() as f64;
        prop_assert_eq!(listed, table.true_positives + table.false_positives + table.false_negatives);
    }
}
