//! Metrics over links: pairwise, MUC, BLANC, LEA.

use super::table::{OverlapTable, pairs};
use super::{PrecisionRecall, Ratio, halves};

/// Pairs of items in one cluster.
pub(super) fn pairwise(table: &OverlapTable) -> PrecisionRecall {
    let (both, key, response) = table.pairs();
    PrecisionRecall {
        recall: Ratio::of(both, key),
        precision: Ratio::of(both, response),
    }
}

/// Links that hold a cluster together, one fewer than its items (Vilain et al. 1995). Both numerators are the same: items on
/// both sides, less one for each overlap.
pub(super) fn muc(table: &OverlapTable) -> PrecisionRecall {
    let links = table.common - table.cells().len() as u64;
    PrecisionRecall {
        recall: Ratio::of(links, table.key_items() - table.key_sizes.len() as u64),
        precision: Ratio::of(
            links,
            table.response_items() - table.response_sizes.len() as u64,
        ),
    }
}

/// BLANC for items that may be on one side only (Luo et al. 2014).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Blanc {
    /// Links within clusters.
    pub coreferent: PrecisionRecall,
    /// Links between clusters.
    pub separate: PrecisionRecall,
}

impl Blanc {
    /// Mean of the precisions of both kinds of link.
    pub fn precision(&self) -> Option<f64> {
        self.mean(|side| side.precision.value().or(Some(0.0)))
    }

    /// Mean of the recalls of both kinds of link.
    pub fn recall(&self) -> Option<f64> {
        self.mean(|side| side.recall.value())
    }

    /// Mean of the F1 of both kinds of link; not the harmonic mean of [`precision`](Self::precision) and
    /// [`recall`](Self::recall).
    pub fn f1(&self) -> Option<f64> {
        self.mean(|side| side.f1().or(Some(0.0)))
    }

    /// As in the reference scorer, a kind of link that the key does not have is left out, whatever the response does, and a
    /// kind that only the response lacks counts 0.
    fn mean(&self, value: impl Fn(&PrecisionRecall) -> Option<f64>) -> Option<f64> {
        let in_key = |side: &PrecisionRecall| side.recall.denominator > 0.0;
        match (in_key(&self.coreferent), in_key(&self.separate)) {
            (true, true) => Some((value(&self.coreferent)? + value(&self.separate)?) / 2.0),
            (true, false) => value(&self.coreferent),
            (false, true) => value(&self.separate),
            (false, false) => None,
        }
    }
}

pub(super) fn blanc(table: &OverlapTable) -> Blanc {
    let (both, key, response) = table.pairs();
    // Pairs of common items that are together in the key, or in the response.
    let key_common: u64 = table
        .rows()
        .map(|(_, cells)| pairs(cells.iter().map(|cell| u64::from(cell.count)).sum()))
        .sum();
    let mut columns = vec![0u64; table.response_sizes.len()];
    for cell in table.cells() {
        columns[cell.response as usize] += u64::from(cell.count);
    }
    let response_common: u64 = columns.into_iter().map(pairs).sum();
    let apart = pairs(table.common) + both - key_common - response_common;
    Blanc {
        coreferent: pairwise(table),
        separate: PrecisionRecall {
            recall: Ratio::of(apart, pairs(table.key_items()) - key),
            precision: Ratio::of(apart, pairs(table.response_items()) - response),
        },
    }
}

/// Link-based entity-aware metric (Moosavi and Strube 2016): each cluster weighs its size times the share of its links that
/// are found. A cluster of one has one link, to itself, which is found when the item is alone on the other side too.
pub(super) fn lea(table: &OverlapTable) -> PrecisionRecall {
    let mut found_in_key = vec![0.0; table.key_sizes.len()];
    let mut found_in_response = vec![0.0; table.response_sizes.len()];
    for (row, (size, cells)) in table.rows().enumerate() {
        for &cell in cells {
            let alone = size == 1 && table.response_size(cell) == 1;
            let links = if alone { 1 } else { pairs(cell.count.into()) };
            found_in_key[row] += links as f64;
            found_in_response[cell.response as usize] += links as f64;
        }
    }
    PrecisionRecall {
        recall: lea_side(&found_in_key, &table.key_sizes),
        precision: lea_side(&found_in_response, &table.response_sizes),
    }
}

fn lea_side(found: &[f64], sizes: &[u32]) -> Ratio {
    let mut numerator = 0.0;
    let mut denominator = 0.0;
    for (found, &size) in found.iter().zip(sizes) {
        let size = f64::from(size);
        numerator += size * found / halves(size).max(1.0);
        denominator += size;
    }
    Ratio {
        numerator,
        denominator,
    }
}
