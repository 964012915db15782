//! Rank correlation of two lists of values: Spearman and Kendall's tau-b.

use super::descending;

/// Spearman's rank correlation: Pearson's correlation of ranks, equal values sharing their mean rank. `None` for fewer than two
/// items, a NaN, or when all values of a side are equal. Lists of unequal length are compared over the shorter.
pub fn spearman(left: &[f64], right: &[f64]) -> Option<f64> {
    let (left, right) = same_length(left, right)?;
    let (left, right) = (mean_ranks(left), mean_ranks(right));
    let mean = (left.len() as f64 + 1.0) / 2.0;
    let (mut both, mut of_left, mut of_right) = (0.0, 0.0, 0.0);
    for (a, b) in left.iter().zip(&right) {
        both += (a - mean) * (b - mean);
        of_left += (a - mean) * (a - mean);
        of_right += (b - mean) * (b - mean);
    }
    (of_left > 0.0 && of_right > 0.0).then(|| (both / (of_left * of_right).sqrt()).clamp(-1.0, 1.0))
}

/// Kendall's tau-b, which corrects for ties, in `O(n log n)` (Knight 1966). `None` as in [`spearman`].
pub fn kendall_tau_b(left: &[f64], right: &[f64]) -> Option<f64> {
    let (left, right) = same_length(left, right)?;
    let mut items: Vec<(u64, u64)> = left
        .iter()
        .zip(right)
        .map(|(&a, &b)| (descending(a), descending(b)))
        .collect();
    items.sort_unstable();
    let tied_left = tied_pairs(items.iter().map(|item| item.0));
    let tied_both = tied_pairs(items.iter().copied());
    let mut ordered: Vec<u64> = items.into_iter().map(|item| item.1).collect();
    let discordant = inversions(&mut ordered);
    let tied_right = tied_pairs(ordered.into_iter());
    let n = left.len() as u64;
    let all = n * (n - 1) / 2;
    let concordant = all + tied_both - tied_left - tied_right - discordant;
    let (of_left, of_right) = ((all - tied_left) as f64, (all - tied_right) as f64);
    (of_left > 0.0 && of_right > 0.0).then(|| {
        let difference = concordant as f64 - discordant as f64;
        (difference / (of_left * of_right).sqrt()).clamp(-1.0, 1.0)
    })
}

fn same_length<'a>(left: &'a [f64], right: &'a [f64]) -> Option<(&'a [f64], &'a [f64])> {
    let length = left.len().min(right.len());
    let (left, right) = (&left[..length], &right[..length]);
    let nan = |side: &[f64]| side.iter().any(|value| value.is_nan());
    (length >= 2 && !nan(left) && !nan(right)).then_some((left, right))
}

/// Ranks from 1 for the highest value; equal values share the mean of their ranks.
fn mean_ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<(u64, u32)> = (0u32..)
        .zip(values)
        .map(|(i, &value)| (descending(value), i))
        .collect();
    order.sort_unstable();
    let mut ranks = vec![0.0; values.len()];
    let mut first = 0;
    for same in order.chunk_by(|a, b| a.0 == b.0) {
        let rank = (2 * first + same.len() + 1) as f64 / 2.0;
        for &(_, index) in same {
            ranks[index as usize] = rank;
        }
        first += same.len();
    }
    ranks
}

/// Pairs of equal neighbours in a sorted sequence.
fn tied_pairs<T: PartialEq>(sorted: impl Iterator<Item = T>) -> u64 {
    let mut pairs = 0;
    let mut run = 0;
    let mut last = None;
    for value in sorted {
        run = if last.as_ref() == Some(&value) {
            run + 1
        } else {
            0
        };
        pairs += run;
        last = Some(value);
    }
    pairs
}

/// Sorts and counts the pairs that stood the wrong way round (bottom-up merge sort).
fn inversions(values: &mut Vec<u64>) -> u64 {
    let n = values.len();
    let mut from = std::mem::take(values);
    let mut to = from.clone();
    let mut count = 0;
    let mut width = 1;
    while width < n {
        for start in (0..n).step_by(2 * width) {
            let middle = (start + width).min(n);
            let end = (start + 2 * width).min(n);
            let (mut a, mut b) = (start, middle);
            for slot in &mut to[start..end] {
                if a < middle && (b >= end || from[a] <= from[b]) {
                    *slot = from[a];
                    a += 1;
                } else {
                    *slot = from[b];
                    b += 1;
                    count += (middle - a) as u64;
                }
            }
        }
        std::mem::swap(&mut from, &mut to);
        width *= 2;
    }
    *values = from;
    count
}
