//! What the other sentences of two documents say about a pair (step 3 of the manual page).

use rustc_hash::FxHashMap;

use super::Align;
use crate::corpus::Unit;
use crate::dedup::ScoredPair;

/// Document and position.
type Place = (u32, u32);

impl Align {
    /// The most that neighbours can make of a likeness; rises with it, since `lift` is at most 1.
    pub(super) fn lifted(&self, likeness: f64) -> f64 {
        likeness + self.lift * likeness * (1.0 - likeness)
    }

    /// Lowers pairs with better partners on both sides, raises best pairs between best pairs (step 3 of the manual page).
    pub(super) fn in_context(&self, units: &[Unit<'_>], pairs: &mut [ScoredPair]) {
        let place = |unit: u32| {
            let unit = &units[unit as usize];
            (unit.document, unit.position)
        };
        // The best partner of each sentence in each other document.
        let mut best: FxHashMap<(u32, u32), f64> = FxHashMap::default();
        for pair in pairs.iter() {
            for (unit, other) in [(pair.a, pair.b), (pair.b, pair.a)] {
                let likeness = best.entry((unit, place(other).0)).or_insert(0.0);
                *likeness = likeness.max(pair.similarity);
            }
        }
        let beaten = |pair: &ScoredPair, unit: u32, other: u32| {
            best.get(&(unit, place(other).0))
                .is_some_and(|&likeness| likeness > pair.similarity)
        };
        let mut mutual: FxHashMap<(Place, Place), f64> = FxHashMap::default();
        for pair in pairs.iter() {
            if !beaten(pair, pair.a, pair.b) && !beaten(pair, pair.b, pair.a) {
                let (a, b) = (place(pair.a), place(pair.b));
                mutual.insert((a.min(b), a.max(b)), pair.similarity);
            }
        }
        let changed: Vec<f64> = pairs
            .iter()
            .map(|pair| {
                let s = pair.similarity;
                if beaten(pair, pair.a, pair.b) && beaten(pair, pair.b, pair.a) {
                    return self.rival * s;
                }
                let (a, b) = (place(pair.a), place(pair.b));
                let (a, b) = (a.min(b), a.max(b));
                let neighbour = |a: Option<u32>, b: Option<u32>, documents: (u32, u32)| {
                    let key = ((documents.0, a?), (documents.1, b?));
                    mutual.get(&key).copied()
                };
                let before = neighbour(a.1.checked_sub(1), b.1.checked_sub(1), (a.0, b.0));
                let after = neighbour(a.1.checked_add(1), b.1.checked_add(1), (a.0, b.0));
                let support = (before.unwrap_or(0.0) + after.unwrap_or(0.0)) / 2.0;
                s + self.lift * s * (1.0 - s) * support
            })
            .collect();
        for (pair, similarity) in pairs.iter_mut().zip(changed) {
            pair.similarity = similarity;
        }
    }
}
