//! An inverted index over features (grams, words, shingles, fingerprints): which units share how much, without comparing
//! all with all.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::corpus::Unit;
use crate::dedup::ScoredPair;
use crate::text::shingle::Buffers;

/// Units handed to one thread at a time: large enough to pay for its accumulator.
const BATCH: usize = 512;

/// Bags of features, one per unit, in one piece of memory.
#[derive(Debug, Default, Clone)]
pub(crate) struct Bags {
    starts: Vec<usize>,
    ids: Vec<u32>,
    counts: Vec<u32>,
    features: usize,
}

impl Bags {
    /// Extracts the features of every unit: `extract` appends their hashes, repeats included, to its last argument.
    pub(crate) fn new(
        units: &[Unit<'_>],
        extract: impl Fn(&str, &mut Buffers, &mut Vec<u64>) + Sync,
    ) -> Self {
        Self::with_keys(units, extract).0
    }

    /// As [`Bags::new`]; gives the hash behind each feature number too.
    pub(crate) fn with_keys(
        units: &[Unit<'_>],
        extract: impl Fn(&str, &mut Buffers, &mut Vec<u64>) + Sync,
    ) -> (Self, Vec<u64>) {
        let hashes: Vec<Vec<u64>> = units
            .par_iter()
            .map_init(Buffers::default, |buffers, unit| {
                let mut hashes = Vec::new();
                extract(unit.text, buffers, &mut hashes);
                hashes
            })
            .collect();
        Self::number(&hashes)
    }

    /// Bags of ready hashes.
    pub(crate) fn from_hashes(hashes: &[Vec<u64>]) -> Self {
        Self::number(hashes).0
    }

    fn number(hashes: &[Vec<u64>]) -> (Self, Vec<u64>) {
        let mut bags = Self {
            starts: vec![0],
            ..Self::default()
        };
        let mut numbers: FxHashMap<u64, u32> = FxHashMap::default();
        let mut keys: Vec<u64> = Vec::new();
        let mut bag: Vec<u32> = Vec::new();
        for hashes in hashes {
            bag.clear();
            bag.extend(hashes.iter().map(|hash| {
                *numbers.entry(*hash).or_insert_with(|| {
                    keys.push(*hash);
                    u32::try_from(keys.len() - 1).unwrap_or(u32::MAX)
                })
            }));
            bag.sort_unstable();
            for same in bag.chunk_by(|a, b| a == b) {
                bags.ids.push(same[0]);
                bags.counts
                    .push(u32::try_from(same.len()).unwrap_or(u32::MAX));
            }
            bags.starts.push(bags.ids.len());
        }
        bags.features = keys.len();
        (bags, keys)
    }

    /// Number of units.
    pub(crate) fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Number of different features over all units.
    #[cfg(test)]
    pub(crate) fn features(&self) -> usize {
        self.features
    }

    /// Feature numbers of a unit, sorted, each once.
    pub(crate) fn ids(&self, unit: usize) -> &[u32] {
        &self.ids[self.starts[unit]..self.starts[unit + 1]]
    }

    /// How often each of [`Bags::ids`] occurs in the unit.
    pub(crate) fn counts(&self, unit: usize) -> &[u32] {
        &self.counts[self.starts[unit]..self.starts[unit + 1]]
    }

    /// Total number of (unit, feature) entries.
    pub(crate) fn entries(&self) -> usize {
        self.ids.len()
    }

    /// In how many units each feature occurs.
    pub(crate) fn document_frequencies(&self) -> Vec<u32> {
        let mut frequencies = vec![0; self.features];
        for &id in &self.ids {
            frequencies[id as usize] += 1;
        }
        frequencies
    }

    /// Scales the weights of each unit to Euclidean length 1.
    pub(crate) fn scale_to_length_one(&self, weights: &mut [f64]) {
        for unit in 0..self.len() {
            let weights = &mut weights[self.starts[unit]..self.starts[unit + 1]];
            let length = weights
                .iter()
                .map(|weight| weight * weight)
                .sum::<f64>()
                .sqrt();
            if length > 0.0 {
                weights.iter_mut().for_each(|weight| *weight /= length);
            }
        }
    }

    /// One weight per entry, from the unit, the feature's number and its count.
    pub(crate) fn weights(&self, weight: impl Fn(usize, u32, u32) -> f64) -> Vec<f64> {
        let mut weights = Vec::with_capacity(self.ids.len());
        for unit in 0..self.len() {
            for (&id, &count) in self.ids(unit).iter().zip(self.counts(unit)) {
                weights.push(weight(unit, id, count));
            }
        }
        weights
    }
}

/// What an index pass gives.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Pairs that `finish` kept, `a < b`, sorted.
    pub(crate) pairs: Vec<ScoredPair>,
    /// Pairs of units that share a feature used for candidates.
    pub(crate) candidates: u64,
}

/// Sums, for every pair of units with a common feature, the products of the weights of their common features, and keeps what
/// `finish(a, b, sum)` gives a similarity.
///
/// `left` weighs the entries of the one side, `right` of the other (equal for a symmetric measure; the later unit is the
/// left one). Features in more than `most` units are passed over. Memory: one number per unit and thread, plus what is kept.
pub(crate) fn pairs(
    bags: &Bags,
    left: &[f64],
    right: &[f64],
    most: usize,
    finish: impl Fn(u32, u32, f64) -> Option<f64> + Sync,
) -> Found {
    let postings = Postings::new(bags, right, most);
    let batches: Vec<usize> = (0..bags.len()).step_by(BATCH).collect();
    let parts: Vec<Found> = batches
        .into_par_iter()
        .map(|start| {
            let mut sums = vec![0.0f64; bags.len()];
            let mut touched: Vec<u32> = Vec::new();
            let mut found = Found::default();
            for unit in start..(start + BATCH).min(bags.len()) {
                let entries = bags.starts[unit]..bags.starts[unit + 1];
                for (id, weight) in bags.ids[entries.clone()].iter().zip(&left[entries]) {
                    for &(other, product) in postings.of(*id) {
                        if other as usize >= unit {
                            break;
                        }
                        let sum = &mut sums[other as usize];
                        if *sum == 0.0 {
                            touched.push(other);
                        }
                        *sum += weight * product;
                    }
                }
                let this = u32::try_from(unit).unwrap_or(u32::MAX);
                for other in touched.drain(..) {
                    let sum = std::mem::take(&mut sums[other as usize]);
                    if sum <= 0.0 {
                        // Weights of zero put a unit on the list twice.
                        continue;
                    }
                    found.candidates += 1;
                    if let Some(similarity) = finish(other, this, sum) {
                        found.pairs.push(ScoredPair {
                            a: other,
                            b: this,
                            similarity,
                        });
                    }
                }
            }
            found
        })
        .collect();
    let mut all = Found::default();
    for part in parts {
        all.candidates += part.candidates;
        all.pairs.extend(part.pairs);
    }
    crate::dedup::distinct::sort(&mut all.pairs);
    all
}

/// Which units have a feature, with their weights; units ascend.
struct Postings {
    starts: Vec<usize>,
    entries: Vec<(u32, f64)>,
}

impl Postings {
    fn new(bags: &Bags, weights: &[f64], most: usize) -> Self {
        let frequencies = bags.document_frequencies();
        let mut starts = Vec::with_capacity(frequencies.len() + 1);
        let mut total = 0;
        starts.push(0);
        for &frequency in &frequencies {
            // A feature of one unit joins nothing.
            total += if (2..=most).contains(&(frequency as usize)) {
                frequency as usize
            } else {
                0
            };
            starts.push(total);
        }
        let mut entries = vec![(0, 0.0); total];
        let mut next = starts.clone();
        for unit in 0..bags.len() {
            let range = bags.starts[unit]..bags.starts[unit + 1];
            for (id, &weight) in bags.ids[range.clone()].iter().zip(&weights[range]) {
                let id = *id as usize;
                if starts[id] < starts[id + 1] {
                    entries[next[id]] = (u32::try_from(unit).unwrap_or(u32::MAX), weight);
                    next[id] += 1;
                }
            }
        }
        Self { starts, entries }
    }

    fn of(&self, id: u32) -> &[(u32, f64)] {
        &self.entries[self.starts[id as usize]..self.starts[id as usize + 1]]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn shared_features_are_counted_and_common_ones_passed_over() {
        let bags = Bags::from_hashes(&[vec![7, 8, 8], vec![8, 9], vec![8], vec![]]);
        assert_eq!((bags.len(), bags.features(), bags.entries()), (4, 3, 5));
        assert_eq!(bags.counts(0), [1, 2]);
        let ones = bags.weights(|_, _, _| 1.0);
        let found = pairs(&bags, &ones, &ones, 3, |_, _, shared| Some(shared));
        let shared: Vec<(u32, u32)> = found.pairs.iter().map(|pair| (pair.a, pair.b)).collect();
        assert_eq!(shared, [(0, 1), (0, 2), (1, 2)]);
        assert_eq!(
            pairs(&bags, &ones, &ones, 2, |_, _, shared| Some(shared)).candidates,
            0
        );
    }

    proptest! {
        #[test]
        fn equals_comparing_all_with_all(hashes in prop::collection::vec(prop::collection::vec(0u64..12, 0..9), 0..14)) {
            let bags = Bags::from_hashes(&hashes);
            let counts = bags.weights(|_, _, count| f64::from(count));
            let found = pairs(&bags, &counts, &counts, usize::MAX, |_, _, sum| Some(sum));
            let mut expected = Vec::new();
            for a in 0..hashes.len() {
                for b in a + 1..hashes.len() {
                    let sum = hashes[a].iter().flat_map(|x| hashes[b].iter().map(move |y| x == y)).filter(|&same| same).count();
                    if sum > 0 {
                        expected.push(ScoredPair { a: a as u32, b: b as u32, similarity: sum as f64 });
                    }
                }
            }
            prop_assert_eq!(found.candidates, expected.len() as u64);
            prop_assert_eq!(found.pairs, expected);
        }
    }
}
