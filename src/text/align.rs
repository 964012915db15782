//! Alignment: longest common subsequences of words, and the best chain of matches between two sequences of sentences.
//!
//! Words are 64-bit hashes (see [`hash`](crate::text::hash)); equal hashes are equal words.

use rustc_hash::FxHashMap;

/// A sequence prepared for comparison with many others: one bit per position, 64 positions to a block.
///
/// The length of a longest common subsequence then costs one addition per word and block of the other sequence instead of
/// one step per pair of words (Hyyrö, "Bit-parallel LCS-length computation revisited", 2004).
#[derive(Debug, Clone, Default)]
pub struct Pattern {
    masks: FxHashMap<u64, u32>,
    blocks: Vec<u64>,
    width: usize,
    length: usize,
}

impl Pattern {
    /// Prepares `words`.
    pub fn new(words: &[u64]) -> Self {
        let mut pattern = Self::default();
        pattern.set(words);
        pattern
    }

    /// Prepares other words in the same buffers.
    pub fn set(&mut self, words: &[u64]) {
        self.masks.clear();
        self.blocks.clear();
        self.length = words.len();
        self.width = words.len().div_ceil(64);
        for (at, &word) in words.iter().enumerate() {
            let next = u32::try_from(self.masks.len()).unwrap_or(u32::MAX);
            let slot = *self.masks.entry(word).or_insert(next) as usize * self.width;
            if slot == self.blocks.len() {
                self.blocks.resize(slot + self.width, 0);
            }
            self.blocks[slot + at / 64] |= 1 << (at % 64);
        }
    }

    /// Number of words.
    pub const fn len(&self) -> usize {
        self.length
    }

    /// True without words.
    pub const fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Length of a longest common subsequence with `other`.
    pub fn common(&self, other: &[u64], scratch: &mut Vec<u64>) -> usize {
        if self.width == 1 {
            let row = other.iter().fold(u64::MAX, |row, word| {
                let mask = self
                    .masks
                    .get(word)
                    .map_or(0, |&slot| self.blocks[slot as usize]);
                let hit = row & mask;
                row.wrapping_add(hit) | (row & !mask)
            });
            return (!row).count_ones() as usize;
        }
        scratch.clear();
        scratch.resize(self.width, u64::MAX);
        for word in other {
            let Some(&slot) = self.masks.get(word) else {
                continue;
            };
            let start = slot as usize * self.width;
            let mut carry = false;
            for (row, &mask) in scratch
                .iter_mut()
                .zip(&self.blocks[start..start + self.width])
            {
                let (sum, first) = row.overflowing_add(*row & mask);
                let (sum, second) = sum.overflowing_add(u64::from(carry));
                carry = first || second;
                *row = sum | (*row & !mask);
            }
        }
        scratch.iter().map(|row| row.count_zeros() as usize).sum()
    }
}

/// Positions `(in a, in b)` of a longest common subsequence, in order; of several, the one that matches earliest.
///
/// Time and memory grow with `a.len() * b.len()`: for sentences and articles, not for books.
pub fn common_subsequence(a: &[u64], b: &[u64]) -> Vec<(usize, usize)> {
    let width = b.len() + 1;
    // best[i][j]: length for a[i..], b[j..].
    let mut best = vec![0u32; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            best[i * width + j] = if a[i] == b[j] {
                best[(i + 1) * width + j + 1] + 1
            } else {
                best[(i + 1) * width + j].max(best[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut pairs = Vec::with_capacity(best[0] as usize);
    while i < a.len() && j < b.len() {
        if a[i] == b[j] {
            pairs.push((i, j));
            i += 1;
            j += 1;
        } else if best[(i + 1) * width + j] >= best[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

/// A possible match between position `a` of one sequence and position `b` of another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Link {
    /// Position in the first sequence.
    pub a: u32,
    /// Position in the second sequence.
    pub b: u32,
    /// How good the match is; links of weight 0 or less are never taken.
    pub weight: f64,
}

/// The heaviest chain of links in which both positions never go back and at least one goes on: the indices of its links
/// in order.
///
/// Several links may share one position (a sentence that was split in two), but no two links cross. Of chains with equal
/// weight the one found first in the order of `(a, b)` wins. Time `n log n` in the number of links.
pub fn chain(links: &[Link]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..links.len())
        .filter(|&at| links[at].weight > 0.0)
        .collect();
    order.sort_by_key(|&at| (links[at].a, links[at].b, at));
    order.dedup_by_key(|at| (links[*at].a, links[*at].b));
    // In this order a chain is any subsequence whose `b` never falls: a prefix-maximum tree over `b` finds its best start.
    let mut columns: Vec<u32> = order.iter().map(|&at| links[at].b).collect();
    columns.sort_unstable();
    columns.dedup();
    let mut tree: Vec<Option<(f64, usize)>> = vec![None; columns.len() + 1];
    let mut before: Vec<Option<usize>> = vec![None; links.len()];
    let mut last: Option<(f64, usize)> = None;
    for &at in &order {
        let column = columns.partition_point(|&b| b < links[at].b) + 1;
        let mut start: Option<(f64, usize)> = None;
        let mut node = column;
        while node > 0 {
            if let Some(entry) = tree[node]
                && start.is_none_or(|best| entry.0 > best.0)
            {
                start = Some(entry);
            }
            node &= node - 1;
        }
        before[at] = start.map(|(_, previous)| previous);
        let total = links[at].weight + start.map_or(0.0, |(weight, _)| weight);
        let mut node = column;
        while node < tree.len() {
            if tree[node].is_none_or(|(weight, _)| total > weight) {
                tree[node] = Some((total, at));
            }
            node += node & node.wrapping_neg();
        }
        if last.is_none_or(|(weight, _)| total > weight) {
            last = Some((total, at));
        }
    }
    let mut taken = Vec::new();
    let mut next = last.map(|(_, at)| at);
    while let Some(at) = next {
        taken.push(at);
        next = before[at];
    }
    taken.reverse();
    taken
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn link(a: u32, b: u32, weight: f64) -> Link {
        Link { a, b, weight }
    }

    #[test]
    fn a_subsequence_by_hand() {
        // "the dog bit the man" and "the man bit a dog": "the", "bit" and nothing longer than two.
        let (a, b) = ([1, 2, 3, 1, 4], [1, 4, 3, 5, 2]);
        assert_eq!(Pattern::new(&a).common(&b, &mut Vec::new()), 2);
        assert_eq!(common_subsequence(&a, &b).len(), 2);
        assert_eq!(common_subsequence(&[1, 2, 3], &[2, 9, 3]), [(1, 0), (2, 2)]);
        assert_eq!(Pattern::new(&[]).common(&b, &mut Vec::new()), 0);
    }

    #[test]
    fn a_chain_takes_both_halves_of_a_split_sentence_and_never_crosses() {
        let links = [
            link(0, 0, 0.9),
            link(1, 1, 0.5),
            link(1, 2, 0.4),
            link(2, 0, 0.8),
            link(3, 3, 0.7),
            link(4, 3, -1.0),
        ];
        assert_eq!(chain(&links), [0, 1, 2, 4]);
        assert_eq!(chain(&[]), [0usize; 0]);
    }

    /// The obvious twin: the recurrence of the textbook.
    fn naive_common(a: &[u64], b: &[u64]) -> usize {
        match (a, b) {
            ([], _) | (_, []) => 0,
            ([x, a_rest @ ..], [y, b_rest @ ..]) => {
                if x == y {
                    1 + naive_common(a_rest, b_rest)
                } else {
                    naive_common(a_rest, b).max(naive_common(a, b_rest))
                }
            }
        }
    }

    /// The obvious twin: every subset of links.
    fn naive_chain(links: &[Link]) -> f64 {
        let mut best: f64 = 0.0;
        for set in 0u32..1 << links.len() {
            let mut chosen: Vec<Link> = (0..links.len())
                .filter(|at| set >> at & 1 == 1)
                .map(|at| links[at])
                .collect();
            chosen.sort_by_key(|link| (link.a, link.b));
            let ordered = chosen.windows(2).all(|two| {
                two[0].a <= two[1].a
                    && two[0].b <= two[1].b
                    && (two[0].a, two[0].b) != (two[1].a, two[1].b)
            });
            if ordered {
                best = best.max(chosen.iter().map(|link| link.weight).sum());
            }
        }
        best
    }

    proptest! {
        #[test]
        fn short_sequences_equal_the_naive_twin(a in prop::collection::vec(0u64..4, 0..9), b in prop::collection::vec(0u64..4, 0..9)) {
            let length = naive_common(&a, &b);
            prop_assert_eq!(Pattern::new(&a).common(&b, &mut Vec::new()), length);
            let pairs = common_subsequence(&a, &b);
            prop_assert_eq!(pairs.len(), length);
            prop_assert!(pairs.iter().all(|&(i, j)| a[i] == b[j]));
            prop_assert!(pairs.windows(2).all(|two| two[0].0 < two[1].0 && two[0].1 < two[1].1));
        }

        #[test]
        fn long_sequences_agree_with_the_table(a in prop::collection::vec(0u64..30, 0..300), b in prop::collection::vec(0u64..30, 0..300)) {
            let mut reused = Pattern::new(&b);
            reused.set(&a);
            let length = reused.common(&b, &mut vec![7; 3]);
            prop_assert_eq!(length, common_subsequence(&a, &b).len());
            prop_assert_eq!(length, Pattern::new(&b).common(&a, &mut Vec::new()));
        }

        #[test]
        fn a_chain_is_as_heavy_as_the_best_subset(links in prop::collection::vec((0u32..5, 0u32..5, -2i32..9), 0..11)) {
            let mut seen = std::collections::BTreeSet::new();
            let links: Vec<Link> = links
                .into_iter()
                .filter(|&(a, b, _)| seen.insert((a, b)))
                .map(|(a, b, weight)| link(a, b, f64::from(weight)))
                .collect();
            let taken = chain(&links);
            let weight: f64 = taken.iter().map(|&at| links[at].weight).sum();
            prop_assert!((weight - naive_chain(&links)).abs() < 1e-9);
            prop_assert!(taken.windows(2).all(|two| links[two[0]].a <= links[two[1]].a && links[two[0]].b <= links[two[1]].b));
        }
    }
}
