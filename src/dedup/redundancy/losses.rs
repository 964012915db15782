//! What is lost by which copy is kept.

use std::collections::BTreeMap;

use super::Redundancy;
use crate::corpus::Unit;
use crate::dedup::ScoredPair;

impl Redundancy {
    /// What deleting one of two would lose, summed over pairs with at least half of one side in the other.
    pub(super) fn losses(&self, units: &[Unit<'_>], pairs: &[ScoredPair]) -> BTreeMap<String, u64> {
        let lengths: Vec<usize> = self.words(units).iter().map(Vec::len).collect();
        let share: BTreeMap<(u32, u32), f64> = pairs
            .iter()
            .map(|pair| ((pair.a, pair.b), pair.similarity))
            .collect();
        let mut counters = BTreeMap::new();
        for keep in ["first", "longer", "shorter"] {
            counters.insert(format!("lost_tokens_keep_{keep}"), 0);
            counters.insert(format!("lost_bytes_keep_{keep}"), 0);
        }
        for (&(a, b), &of_a) in share.iter().filter(|((a, b), _)| a < b) {
            let of_b = share.get(&(b, a)).copied().unwrap_or(0.0);
            if of_a.max(of_b) < 0.5 {
                continue;
            }
            let longer_first = lengths[a as usize] >= lengths[b as usize];
            for (keep, drop_b) in [
                ("first", true),
                ("longer", longer_first),
                ("shorter", !longer_first),
            ] {
                let (dropped, said) = if drop_b { (b, of_b) } else { (a, of_a) };
                let lost = |size: usize| ((1.0 - said) * size as f64).round() as u64;
                for (unit, size) in [
                    ("tokens", lengths[dropped as usize]),
                    ("bytes", units[dropped as usize].text.len()),
                ] {
                    *counters
                        .entry(format!("lost_{unit}_keep_{keep}"))
                        .or_default() += lost(size);
                }
            }
        }
        counters
    }
}
