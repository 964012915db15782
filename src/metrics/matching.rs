//! One-to-one matching of maximum weight in a sparse bipartite graph, exact.
//!
//! Rows are added one by one; each addition finds the cheapest augmenting path over reduced costs (Dijkstra with early stop) and
//! updates the dual variables, as in the Hungarian method. Leaving a row unmatched is always allowed and weighs 0. A row whose
//! best column is free costs one look at its edges, so the usual case, most spans match or touch nothing else, is linear.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// An edge of a row: column and weight (must be positive).
pub type Edge = (u32, i128);

/// Column of each row in a matching of maximum total weight, `None` for unmatched rows.
///
/// `rows` holds the edges of each row; columns are numbered below `columns`. The answer depends on the order of rows and columns
/// only where several matchings have the maximum weight: give both in a canonical order.
pub fn maximum_weight(rows: &[Vec<Edge>], columns: usize) -> Vec<Option<u32>> {
    let mut solver = Solver {
        rows,
        row_dual: rows
            .iter()
            .map(|edges| edges.iter().map(|edge| edge.1).max().unwrap_or(0).max(0))
            .collect(),
        column_dual: vec![0; columns],
        row_mate: vec![NONE; rows.len()],
        column_mate: vec![NONE; columns],
        distance: vec![i128::MAX; columns],
        parent: vec![NONE; columns],
        touched: Vec::new(),
    };
    for row in 0..rows.len() {
        if !solver.take_free_best(row) {
            solver.augment(row);
        }
    }
    solver
        .row_mate
        .iter()
        .map(|&column| (column != NONE).then_some(column))
        .collect()
}

const NONE: u32 = u32::MAX;

struct Solver<'a> {
    rows: &'a [Vec<Edge>],
    /// Duals: for each edge `row_dual + column_dual >= weight`, with equality on matched edges; free columns have dual 0 and
    /// unmatched rows that were already added have dual 0.
    row_dual: Vec<i128>,
    column_dual: Vec<i128>,
    row_mate: Vec<u32>,
    column_mate: Vec<u32>,
    distance: Vec<i128>,
    parent: Vec<u32>,
    touched: Vec<u32>,
}

/// Where a cheapest path ends.
#[derive(Clone, Copy)]
enum Target {
    Column(u32),
    /// The row gives up its column.
    Row(u32),
}

impl Solver<'_> {
    /// Takes the first free column among those of greatest weight.
    fn take_free_best(&mut self, row: usize) -> bool {
        let best = self.row_dual[row];
        if best <= 0 {
            self.row_dual[row] = 0;
            return true;
        }
        let free = self.rows[row]
            .iter()
            .find(|&&(column, weight)| weight == best && self.column_mate[column as usize] == NONE)
            .map(|edge| edge.0);
        if let Some(column) = free {
            self.row_mate[row] = column;
            self.column_mate[column as usize] = row as u32;
        }
        free.is_some()
    }

    fn augment(&mut self, start: usize) {
        let mut heap = BinaryHeap::new();
        let mut settled: Vec<(u32, i128)> = Vec::new();
        // Rows in the tree with their distances; the first is the new one.
        let mut tree: Vec<(u32, i128)> = vec![(start as u32, 0)];
        let mut best = (self.row_dual[start], Target::Row(start as u32));
        self.relax(start, 0, &mut heap);
        while let Some(Reverse((distance, column))) = heap.pop() {
            if distance >= best.0 {
                break;
            }
            if distance > self.distance[column as usize] {
                continue;
            }
            let mate = self.column_mate[column as usize];
            if mate == NONE {
                best = (distance, Target::Column(column));
                break;
            }
            settled.push((column, distance));
            tree.push((mate, distance));
            let give_up = distance + self.row_dual[mate as usize];
            if give_up < best.0 {
                best = (give_up, Target::Row(mate));
            }
            self.relax(mate as usize, distance, &mut heap);
        }
        let (length, target) = best;
        for (row, distance) in tree {
            if distance < length {
                self.row_dual[row as usize] -= length - distance;
            }
        }
        for (column, distance) in settled {
            if distance < length {
                self.column_dual[column as usize] += length - distance;
            }
        }
        self.flip(start, target);
        for column in self.touched.drain(..) {
            self.distance[column as usize] = i128::MAX;
            self.parent[column as usize] = NONE;
        }
    }

    fn relax(&mut self, row: usize, base: i128, heap: &mut BinaryHeap<Reverse<(i128, u32)>>) {
        for &(column, weight) in &self.rows[row] {
            if self.row_mate[row] == column {
                continue;
            }
            let at = column as usize;
            let distance = base + self.row_dual[row] + self.column_dual[at] - weight;
            if distance < self.distance[at] {
                if self.distance[at] == i128::MAX {
                    self.touched.push(column);
                }
                self.distance[at] = distance;
                self.parent[at] = row as u32;
                heap.push(Reverse((distance, column)));
            }
        }
    }

    /// Walks the path back from its end and exchanges matched and unmatched edges.
    fn flip(&mut self, start: usize, target: Target) {
        let mut column = match target {
            Target::Column(column) => column,
            Target::Row(row) => std::mem::replace(&mut self.row_mate[row as usize], NONE),
        };
        if column == NONE {
            return;
        }
        loop {
            let row = self.parent[column as usize];
            if row == NONE {
                return;
            }
            self.column_mate[column as usize] = row;
            let next = std::mem::replace(&mut self.row_mate[row as usize], column);
            if row as usize == start || next == NONE {
                return;
            }
            column = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn weight(rows: &[Vec<Edge>], matching: &[Option<u32>]) -> i128 {
        rows.iter()
            .zip(matching)
            .filter_map(|(edges, mate)| {
                let column = (*mate)?;
                edges
                    .iter()
                    .filter(|edge| edge.0 == column)
                    .map(|edge| edge.1)
                    .max()
            })
            .sum()
    }

    /// Tries every matching.
    fn exhaustive(rows: &[Vec<Edge>], used: u32) -> i128 {
        let Some((first, rest)) = rows.split_first() else {
            return 0;
        };
        let mut best = exhaustive(rest, used);
        for &(column, weight) in first {
            if used & (1 << column) == 0 {
                best = best.max(weight + exhaustive(rest, used | (1 << column)));
            }
        }
        best
    }

    #[test]
    fn the_greedy_choice_is_not_taken_when_two_others_weigh_more() {
        let rows = [vec![(0, 10), (1, 9)], vec![(0, 9)]];
        assert_eq!(maximum_weight(&rows, 2), [Some(1), Some(0)]);
    }

    #[test]
    fn a_row_gives_up_its_column_when_that_is_heavier() {
        let rows = [vec![(0, 3)], vec![(0, 5)]];
        assert_eq!(maximum_weight(&rows, 1), [None, Some(0)]);
        assert_eq!(maximum_weight(&[vec![], vec![(0, 1)]], 1), [None, Some(0)]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]
        #[test]
        fn equals_the_exhaustive_search(
            rows in prop::collection::vec(prop::collection::btree_map(0u32..6, 1i128..9, 0..5), 0..7)
        ) {
            let rows: Vec<Vec<Edge>> = rows.into_iter().map(|row| row.into_iter().collect()).collect();
            let matching = maximum_weight(&rows, 6);
            let mut columns: Vec<u32> = matching.iter().flatten().copied().collect();
            columns.sort_unstable();
            let all = columns.len();
            columns.dedup();
            prop_assert_eq!(columns.len(), all, "a column was used twice");
            for (edges, mate) in rows.iter().zip(&matching) {
                prop_assert!(mate.is_none_or(|column| edges.iter().any(|edge| edge.0 == column)));
            }
            prop_assert_eq!(weight(&rows, &matching), exhaustive(&rows, 0));
        }
    }
}
