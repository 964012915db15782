//! Exact maximum-weight one-to-one assignment on sparse weights.
//!
//! Successive shortest augmenting paths with potentials (Kuhn 1955; Jonker and Volgenant 1987), on adjacency lists: a search
//! never leaves the connected component of its row, so that each component is solved by itself and nothing dense is ever built.
//! A pair that is not listed weighs 0 and is never assigned; leaving a row or a column alone is always allowed, so the result is
//! the best assignment of any size. Integer weights below 2^53 are solved without any rounding.
//!
//! Cost: `O(rows * edges * log columns)` at worst. In practice nearly all rows take their best column at once, and a search
//! stops as soon as its length exceeds what the row has to gain.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// Weights by row, as adjacency lists.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SparseWeights {
    offsets: Vec<usize>,
    edges: Vec<(u32, f64)>,
    columns: usize,
}

impl SparseWeights {
    /// No rows yet. Columns appear as they are named by [`push_row`](Self::push_row).
    pub fn new() -> Self {
        Self {
            offsets: vec![0],
            edges: Vec::new(),
            columns: 0,
        }
    }

    /// Appends a row of `(column, weight)`. Weights that are not above 0 (and NaN) are left out: they can gain nothing.
    pub fn push_row(&mut self, row: impl IntoIterator<Item = (u32, f64)>) {
        for (column, weight) in row {
            if weight > 0.0 {
                self.columns = self.columns.max(column as usize + 1);
                self.edges.push((column, weight));
            }
        }
        self.offsets.push(self.edges.len());
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    fn row(&self, row: usize) -> &[(u32, f64)] {
        match self.offsets.get(row..row + 2) {
            Some(&[start, end]) => &self.edges[start..end],
            _ => &[],
        }
    }
}

/// For each row the column assigned to it, such that no column is taken twice and the sum of the weights is as large as can be.
///
/// Which of several best assignments is returned depends on the order of rows and columns only, and the sum does not.
pub fn maximum_weight_assignment(weights: &SparseWeights) -> Vec<Option<u32>> {
    let mut solver = Solver::new(weights);
    let open = solver.take_free_favourites();
    for row in open {
        solver.augment(row);
    }
    solver
        .column_of
        .iter()
        .map(|&column| (column != NONE).then_some(column))
        .collect()
}

/// The sum of the weights of an assignment, in row order.
pub fn assignment_weight(weights: &SparseWeights, assignment: &[Option<u32>]) -> f64 {
    assignment
        .iter()
        .enumerate()
        .filter_map(|(row, column)| {
            let column = (*column)?;
            weights
                .row(row)
                .iter()
                .find(|edge| edge.0 == column)
                .map(|edge| edge.1)
        })
        .sum()
}

const NONE: u32 = u32::MAX;

/// Invariants: `gain[row] + price[column] >= weight`, with equality on assigned pairs; both are never negative; a free column
/// has price 0. Once all rows are processed a free row has gain 0 too, which proves the assignment optimal (complementary
/// slackness).
struct Solver<'a> {
    weights: &'a SparseWeights,
    gain: Vec<f64>,
    price: Vec<f64>,
    column_of: Vec<u32>,
    row_of: Vec<u32>,
    // Scratch of one search, valid where `seen` equals the search's number.
    search: u32,
    seen: Vec<u32>,
    settled: Vec<u32>,
    distance: Vec<f64>,
    reached_from: Vec<u32>,
    heap: BinaryHeap<Reached>,
    level: Vec<u32>,
    tree: Vec<(u32, f64)>,
    scanned: Vec<u32>,
}

impl<'a> Solver<'a> {
    fn new(weights: &'a SparseWeights) -> Self {
        let (rows, columns) = (weights.rows(), weights.columns);
        Self {
            weights,
            gain: vec![0.0; rows],
            price: vec![0.0; columns],
            column_of: vec![NONE; rows],
            row_of: vec![NONE; columns],
            search: 0,
            seen: vec![0; columns],
            settled: vec![0; columns],
            distance: vec![0.0; columns],
            reached_from: vec![NONE; columns],
            heap: BinaryHeap::new(),
            level: Vec::new(),
            tree: Vec::new(),
            scanned: Vec::new(),
        }
    }

    /// Gives every row its best column while that column is free; returns the rows that found theirs taken, heaviest first
    /// (they displace least).
    fn take_free_favourites(&mut self) -> Vec<usize> {
        let mut open = Vec::new();
        for row in 0..self.weights.rows() {
            let edges = self.weights.row(row);
            let best = edges.iter().fold(0.0, |best: f64, edge| best.max(edge.1));
            self.gain[row] = best;
            let favourite = edges
                .iter()
                .find(|edge| edge.1 >= best && self.row_of[edge.0 as usize] == NONE);
            match favourite {
                Some(&(column, _)) => self.assign(row, column),
                None if best > 0.0 => open.push(row),
                None => {}
            }
        }
        open.sort_by(|&a, &b| self.gain[b].total_cmp(&self.gain[a]).then(a.cmp(&b)));
        open
    }

    fn assign(&mut self, row: usize, column: u32) {
        self.column_of[row] = column;
        self.row_of[column as usize] = row as u32;
    }

    /// Dijkstra over reduced costs from one free row to the nearest end: a free column, or a row (this one included) that is
    /// better left alone.
    fn augment(&mut self, root: usize) {
        self.gain[root] = self.weights.row(root).iter().fold(0.0, |best: f64, edge| {
            best.max(edge.1 - self.price[edge.0 as usize])
        });
        self.search += 1;
        self.heap.clear();
        self.level.clear();
        self.tree.clear();
        self.scanned.clear();
        // The nearest row to leave alone, and its distance.
        let mut leave = (root, self.gain[root]);
        let mut end_column = NONE;
        let mut row = root;
        let mut at = 0.0;
        'search: loop {
            self.tree.push((row as u32, at));
            if at + self.gain[row] < leave.1 {
                leave = (row, at + self.gain[row]);
            }
            for &(column, weight) in self.weights.row(row) {
                let index = column as usize;
                if self.settled[index] == self.search {
                    continue;
                }
                let slack = (self.gain[row] + self.price[index] - weight).max(0.0);
                let distance = at + slack;
                if distance >= leave.1
                    || (self.seen[index] == self.search && distance >= self.distance[index])
                {
                    continue;
                }
                self.seen[index] = self.search;
                self.distance[index] = distance;
                self.reached_from[index] = row as u32;
                if distance <= at {
                    if self.row_of[index] == NONE {
                        end_column = column;
                        break 'search;
                    }
                    self.level.push(column);
                } else {
                    self.heap.push(Reached { distance, column });
                }
            }
            // The nearest column not yet settled: first those at the present distance, then by the heap.
            let next = loop {
                if let Some(column) = self.level.pop() {
                    if self.settled[column as usize] != self.search {
                        break Some(column);
                    }
                } else if let Some(reached) = self.heap.pop() {
                    let index = reached.column as usize;
                    if self.settled[index] != self.search
                        && reached.distance <= self.distance[index]
                    {
                        break Some(reached.column);
                    }
                } else {
                    break None;
                }
            };
            let Some(column) = next else { break };
            let index = column as usize;
            if self.distance[index] >= leave.1 {
                break;
            }
            at = self.distance[index];
            if self.row_of[index] == NONE {
                end_column = column;
                break;
            }
            self.settled[index] = self.search;
            self.scanned.push(column);
            row = self.row_of[index] as usize;
        }
        let length = if end_column == NONE {
            leave.1
        } else {
            self.distance[end_column as usize]
        };
        for &(row, distance) in &self.tree {
            let gain = &mut self.gain[row as usize];
            *gain = (*gain - (length - distance).max(0.0)).max(0.0);
        }
        for &column in &self.scanned {
            let index = column as usize;
            self.price[index] += (length - self.distance[index]).max(0.0);
        }
        self.flip(root, end_column, leave.0);
    }

    /// Moves the assignment along the path found.
    fn flip(&mut self, root: usize, end_column: u32, leave: usize) {
        let mut column = end_column;
        if column == NONE {
            if leave == root {
                return;
            }
            column = self.column_of[leave];
            self.column_of[leave] = NONE;
        }
        loop {
            let row = self.reached_from[column as usize] as usize;
            let freed = self.column_of[row];
            self.assign(row, column);
            if row == root {
                return;
            }
            column = freed;
        }
    }
}

/// A column in the heap; the nearest first, then the smaller number.
#[derive(Debug, PartialEq)]
struct Reached {
    distance: f64,
    column: u32,
}

impl Eq for Reached {}

impl Ord for Reached {
    fn cmp(&self, other: &Self) -> Ordering {
        other
            .distance
            .total_cmp(&self.distance)
            .then(other.column.cmp(&self.column))
    }
}

impl PartialOrd for Reached {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sparse(dense: &[Vec<f64>]) -> SparseWeights {
        let mut weights = SparseWeights::new();
        for row in dense {
            weights.push_row(row.iter().enumerate().map(|(j, &w)| (j as u32, w)));
        }
        weights
    }

    /// The slow obvious twin: every assignment of any size.
    fn best_of_all(dense: &[Vec<f64>], row: usize, taken: u32) -> f64 {
        let Some(weights) = dense.get(row) else {
            return 0.0;
        };
        let mut best = best_of_all(dense, row + 1, taken);
        for (column, weight) in weights.iter().enumerate() {
            if taken & (1 << column) == 0 {
                best = best.max(weight + best_of_all(dense, row + 1, taken | 1 << column));
            }
        }
        best
    }

    #[test]
    fn greedy_would_lose() {
        // Greedy takes 9 and is left with 1; the best is 8 + 8.
        let weights = sparse(&[vec![9.0, 8.0], vec![8.0, 1.0]]);
        let assignment = maximum_weight_assignment(&weights);
        assert_eq!(assignment, [Some(1), Some(0)]);
        assert_eq!(assignment_weight(&weights, &assignment), 16.0);
    }

    #[test]
    fn leaving_a_row_alone_can_be_best() {
        let weights = sparse(&[vec![5.0], vec![7.0], vec![6.0]]);
        assert_eq!(maximum_weight_assignment(&weights), [None, Some(0), None]);
    }

    #[test]
    fn nothing_gives_nothing() {
        assert!(maximum_weight_assignment(&SparseWeights::new()).is_empty());
        assert_eq!(
            maximum_weight_assignment(&sparse(&[vec![], vec![0.0]])),
            [None, None]
        );
        assert!(maximum_weight_assignment(&SparseWeights::default()).is_empty());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn equals_the_best_of_all(dense in (1usize..7, 1usize..7).prop_flat_map(|(rows, columns)| {
            // Few distinct weights and many zeros: ties and disconnected parts are where such solvers break.
            proptest::collection::vec(proptest::collection::vec(
                prop_oneof![3 => Just(0.0), 4 => (1u8..6).prop_map(f64::from), 1 => 0.0..1.0f64], columns), rows)
        })) {
            let weights = sparse(&dense);
            let assignment = maximum_weight_assignment(&weights);
            let mut taken: Vec<u32> = assignment.iter().flatten().copied().collect();
            taken.sort_unstable();
            taken.dedup();
            prop_assert_eq!(taken.len(), assignment.iter().flatten().count());
            let expected = best_of_all(&dense, 0, 0);
            prop_assert!((assignment_weight(&weights, &assignment) - expected).abs() < 1e-9);
        }
    }
}
