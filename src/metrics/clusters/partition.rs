//! Metrics of partitions: adjusted Rand index, homogeneity, completeness and V-measure, exact clusters.
//!
//! These need both clusterings over the same items, so an item on one side only always is a cluster of one on the other.

use super::table::{OverlapTable, pairs};

/// Adjusted Rand index (Hubert and Arabie 1985). Undefined below two items; 1 where both sides are the same trivial partition
/// (all together or all apart), where the formula is 0/0.
pub(super) fn adjusted_rand(table: &OverlapTable) -> Option<f64> {
    let (both, key, response) = table.pairs();
    let all = pairs(table.items());
    if all == 0 {
        return None;
    }
    if both == key && both == response {
        return Some(1.0);
    }
    let (both, key, response) = (both as f64, key as f64, response as f64);
    let expected = key * response / all as f64;
    Some((both - expected) / ((key + response) / 2.0 - expected))
}

/// Homogeneity, completeness and their harmonic mean (Rosenberg and Hirschberg 2007). `None` without items.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct VMeasure {
    /// Share of the key's entropy that the response explains; 1 when the key is one cluster.
    pub homogeneity: Option<f64>,
    /// Share of the response's entropy that the key explains; 1 when the response is one cluster.
    pub completeness: Option<f64>,
    /// Harmonic mean of both.
    pub v_measure: Option<f64>,
}

pub(super) fn v_measure(table: &OverlapTable) -> VMeasure {
    let items = table.items();
    if items == 0 {
        return VMeasure::default();
    }
    let n = items as f64;
    let key_only = table.key_items() - table.common;
    let response_only = table.response_items() - table.common;
    // Entropies in nats; a cluster of one has p = 1/n.
    let lone = n.ln() / n;
    let entropy = |sizes: &[u32], lone_items: u64| -> f64 {
        let of_clusters: f64 = sizes
            .iter()
            .map(|&size| {
                let p = f64::from(size) / n;
                -p * p.ln()
            })
            .sum();
        of_clusters + lone_items as f64 * lone
    };
    let key = entropy(&table.key_sizes, response_only);
    let response = entropy(&table.response_sizes, key_only);
    // H(key | response) and H(response | key), summed directly: each term is >= 0, so that a perfect prediction is exactly 1.
    let mut key_given = 0.0;
    let mut response_given = 0.0;
    let mut missing_in_row: Vec<u32> = table.key_sizes.clone();
    let mut missing_in_column: Vec<u32> = table.response_sizes.clone();
    for (row, (size, cells)) in table.rows().enumerate() {
        for &cell in cells {
            let p = f64::from(cell.count) / n;
            let column = table.response_size(cell);
            key_given += p * (f64::from(column) / f64::from(cell.count)).ln();
            response_given += p * (f64::from(size) / f64::from(cell.count)).ln();
            missing_in_row[row] -= cell.count;
            missing_in_column[cell.response as usize] -= cell.count;
        }
    }
    for (&missing, &size) in missing_in_row.iter().zip(&table.key_sizes) {
        response_given += f64::from(missing) / n * f64::from(size).ln();
    }
    for (&missing, &size) in missing_in_column.iter().zip(&table.response_sizes) {
        key_given += f64::from(missing) / n * f64::from(size).ln();
    }
    let share = |given: f64, entropy: f64| {
        if entropy > 0.0 {
            (1.0 - given / entropy).max(0.0)
        } else {
            1.0
        }
    };
    let homogeneity = share(key_given, key);
    let completeness = share(response_given, response);
    let sum = homogeneity + completeness;
    VMeasure {
        homogeneity: Some(homogeneity),
        completeness: Some(completeness),
        v_measure: Some(if sum > 0.0 {
            2.0 * homogeneity * completeness / sum
        } else {
            0.0
        }),
    }
}

/// Number of clusters that both sides have with the very same items.
pub(super) fn exact_clusters(table: &OverlapTable) -> u64 {
    table
        .sized_cells()
        .filter(|&(count, key, response)| count == key && count == response)
        .count() as u64
}
