//! The best one-to-one pairing inside one run of touching spans.
//!
//! Nearly all components are small: a name and the names inside it. Up to [`SMALL`] items a side every pairing is tried, on the
//! stack; larger components go to the solver. Both take the items in canonical order, so that ties never depend on the input.

use super::{Alignment, Grade, Item, NONE, Rule};
use crate::metrics::matching;

/// Sides of so many items have at most 209 pairings, which is less work than setting up the solver.
const SMALL: usize = 4;

/// The overlapping pairs of one component, and buffers that serve one component after the other.
#[derive(Default)]
pub(super) struct Component {
    pub(super) edges: Vec<(u32, u32)>,
    golds: Vec<u32>,
    others: Vec<u32>,
    /// Pairs by position in `golds` and `others`.
    placed: Vec<(u32, u32)>,
}

impl Component {
    /// Pairs the items under every rule and forgets them.
    pub(super) fn solve(&mut self, gold: &[Item], predicted: &[Item], alignment: &mut Alignment) {
        match self.edges.as_slice() {
            [] => return,
            &[(g, p)] => {
                for mates in &mut alignment.mates {
                    mates[g as usize] = p;
                }
            }
            _ => {
                self.place(gold, predicted);
                if self.golds.len() <= SMALL && self.others.len() <= SMALL {
                    self.try_all(gold, predicted, alignment);
                } else {
                    self.search(gold, predicted, alignment);
                }
            }
        }
        self.edges.clear();
    }

    /// Rows and columns in canonical order, pairs by row and column.
    fn place(&mut self, gold: &[Item], predicted: &[Item]) {
        let Self {
            edges,
            golds,
            others,
            placed,
        } = self;
        golds.clear();
        golds.extend(edges.iter().map(|edge| edge.0));
        others.clear();
        others.extend(edges.iter().map(|edge| edge.1));
        canonical(golds, gold);
        canonical(others, predicted);
        placed.clear();
        placed.extend(edges.iter().map(|&(g, p)| {
            (
                position(golds, gold, g) as u32,
                position(others, predicted, p) as u32,
            )
        }));
        placed.sort_unstable();
    }

    /// Tries every pairing of a small component.
    fn try_all(&self, gold: &[Item], predicted: &[Item], alignment: &mut Alignment) {
        for rule in Rule::ALL {
            let mut weights = [[0; SMALL]; SMALL];
            for &(row, column) in &self.placed {
                let (row, column) = (row as usize, column as usize);
                let item = &gold[self.golds[row] as usize];
                let other = &predicted[self.others[column] as usize];
                weights[row][column] = weight(rule, item, other);
            }
            let mut best = Best {
                weights: &weights[..self.golds.len()],
                now: [NONE; SMALL],
                best: [NONE; SMALL],
                sum: 0,
            };
            best.try_row(0, 0, 0);
            for (&g, column) in self.golds.iter().zip(best.best) {
                alignment.mates[rule as usize][g as usize] =
                    self.others.get(column as usize).copied().unwrap_or(NONE);
            }
        }
    }

    /// Gives a large component to the solver.
    fn search(&self, gold: &[Item], predicted: &[Item], alignment: &mut Alignment) {
        let mut rows: Vec<Vec<matching::Edge>> = vec![Vec::new(); self.golds.len()];
        for &(row, column) in &self.placed {
            rows[row as usize].push((column, 0));
        }
        for rule in Rule::ALL {
            for (row, &g) in rows.iter_mut().zip(&self.golds) {
                for edge in row.iter_mut() {
                    let other = &predicted[self.others[edge.0 as usize] as usize];
                    edge.1 = weight(rule, &gold[g as usize], other);
                }
            }
            let mates = matching::maximum_weight(&rows, self.others.len());
            for (&g, mate) in self.golds.iter().zip(mates) {
                alignment.mates[rule as usize][g as usize] =
                    mate.map_or(NONE, |column| self.others[column as usize]);
            }
        }
    }
}

/// Sorts indices by their items and drops repeated ones.
fn canonical(order: &mut Vec<u32>, items: &[Item]) {
    order.sort_unstable_by_key(|&index| (items[index as usize], index));
    order.dedup();
}

/// Where an index stands in a canonical order.
fn position(order: &[u32], items: &[Item], index: u32) -> usize {
    if order.len() <= 8 {
        return order.iter().position(|&at| at == index).unwrap_or(0);
    }
    let key = (items[index as usize], index);
    order.partition_point(|&at| (items[at as usize], at) < key)
}

/// The heaviest pairing so far; the first of equals.
struct Best<'a> {
    /// By row and column; 0 = these two do not overlap.
    weights: &'a [[i128; SMALL]],
    now: [u32; SMALL],
    best: [u32; SMALL],
    sum: i128,
}

impl Best<'_> {
    fn try_row(&mut self, row: usize, used: u32, sum: i128) {
        let Some(weights) = self.weights.get(row) else {
            if sum > self.sum {
                (self.sum, self.best) = (sum, self.now);
            }
            return;
        };
        for (column, &weight) in (0..).zip(weights) {
            if weight > 0 && used & (1 << column) == 0 {
                self.now[row] = column;
                self.try_row(row + 1, used | 1 << column, sum + weight);
            }
        }
        self.now[row] = NONE;
        self.try_row(row + 1, used, sum);
    }
}

/// Credit, right pairs, pairs, agreement and common bytes as one number whose sums compare in this order (up to four million
/// pairs and 16 GB in one component).
fn weight(rule: Rule, gold: &Item, predicted: &Item) -> i128 {
    let grade = rule.grade(gold, predicted);
    let credit: i128 = match grade {
        Grade::Correct => 2,
        Grade::Partial => 1,
        _ => 0,
    };
    let right = i128::from(grade == Grade::Correct);
    let agreement =
        2 * i128::from(gold.span == predicted.span) + i128::from(gold.label == predicted.label);
    let common = gold.span.overlap(predicted.span) as i128;
    credit << 102 | right << 80 | 1 << 58 | agreement << 34 | common
}
