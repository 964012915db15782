//! Kernels of MinHash: the smallest values of many hash functions over a set of shingles, and their packing into few bits.
//!
//! Classic: hash function `i` is the permutation `x -> a_i * x + b_i` of 32-bit numbers (`a_i` odd) on the upper half of the
//! shingle hash. Shingle hashes are uniform, so every element of a set is equally likely to be the smallest, which is all
//! that the estimate of Jaccard similarity needs. The permutations of one block stay in registers while all shingles pass
//! by; the width of the registers is chosen at run time.
//!
//! One permutation: every shingle falls into one of `k` bins and each bin keeps its smallest value, so one hash per shingle is
//! enough; empty bins borrow from a bin that is the same for every text (optimal densification).

#[cfg(not(feature = "baseline"))]
use multiversion::multiversion;

use crate::text::hash::{SplitMix, mix};

/// Permutations that are kept in registers together.
const LANES: usize = 32;

/// Multipliers and offsets of `hashes` permutations, in blocks of `LANES` multipliers and as many offsets.
pub fn permutations(seed: u64, hashes: usize, constants: &mut Vec<u32>) {
    let mut numbers = SplitMix::new(mix(seed) ^ 0x4D49_4E48_4153_4820);
    constants.clear();
    for _ in 0..hashes.div_ceil(LANES) {
        constants.extend((0..LANES).map(|_| numbers.next() as u32 | 1));
        constants.extend((0..LANES).map(|_| numbers.next() as u32));
    }
}

/// Sets `signature` to the smallest value of each permutation over the shingles; to `u32::MAX` without shingles.
/// `constants` are the [`permutations`] for at least `signature.len()` hashes.
pub fn classic(shingles: &[u64], constants: &[u32], signature: &mut [u32]) {
    classic_with(minima, shingles, constants, signature);
}

/// [`classic`] without any instructions beyond the target's baseline: what old CPUs get, so that it can be timed.
pub fn classic_baseline(shingles: &[u64], constants: &[u32], signature: &mut [u32]) {
    classic_with(minima_body, shingles, constants, signature);
}

type Kernel = fn(&[u64], &[u32; LANES], &[u32; LANES], &mut [u32; LANES]);

fn classic_with(kernel: Kernel, shingles: &[u64], constants: &[u32], signature: &mut [u32]) {
    signature.fill(u32::MAX);
    let (constants, _) = constants.as_chunks::<LANES>();
    let (blocks, _) = constants.as_chunks::<2>();
    // Shingles of a long text pass in stretches that stay in the first-level cache.
    for stretch in shingles.chunks(2048) {
        for (part, [multipliers, offsets]) in signature.chunks_mut(LANES).zip(blocks) {
            let mut smallest = [u32::MAX; LANES];
            smallest[..part.len()].copy_from_slice(part);
            kernel(stretch, multipliers, offsets, &mut smallest);
            part.copy_from_slice(&smallest[..part.len()]);
        }
    }
}

#[cfg_attr(
    not(feature = "baseline"),
    multiversion(targets("x86_64+avx512f+avx512dq+avx512vl+avx512bw", "x86_64+avx2"))
)]
fn minima(
    shingles: &[u64],
    multipliers: &[u32; LANES],
    offsets: &[u32; LANES],
    smallest: &mut [u32; LANES],
) {
    minima_body(shingles, multipliers, offsets, smallest);
}

#[inline(always)]
fn minima_body(
    shingles: &[u64],
    multipliers: &[u32; LANES],
    offsets: &[u32; LANES],
    smallest: &mut [u32; LANES],
) {
    let (multipliers, offsets) = (*multipliers, *offsets);
    let mut least = *smallest;
    for shingle in shingles {
        let x = (shingle >> 32) as u32;
        for lane in 0..LANES {
            let value = x
                .wrapping_mul(multipliers[lane])
                .wrapping_add(offsets[lane]);
            least[lane] = least[lane].min(value);
        }
    }
    *smallest = least;
}

/// Sets `signature` to the smallest value in each bin of one permutation, empty bins filled by optimal densification
/// (Shrivastava 2017); to `u32::MAX` without shingles.
pub fn one_permutation(shingles: &[u64], seed: u64, signature: &mut [u32]) {
    signature.fill(u32::MAX);
    let bins = signature.len() as u64;
    let key = mix(seed ^ 0x4F4E_4550_4552_4D20);
    for shingle in shingles {
        let hash = mix(shingle ^ key);
        let bin = ((hash >> 32) * bins) >> 32;
        if let Some(slot) = signature.get_mut(bin as usize) {
            // The largest value marks an empty bin.
            *slot = (*slot).min((hash as u32).min(u32::MAX - 1));
        }
    }
    if !shingles.is_empty() {
        densify(key, signature);
    }
}

/// Every empty bin takes the value of the first non-empty bin in a sequence of its own that does not depend on the text.
fn densify(key: u64, signature: &mut [u32]) {
    let bins = signature.len();
    let empty: Vec<usize> = (0..bins)
        .filter(|&bin| signature[bin] == u32::MAX)
        .collect();
    if empty.len() == bins {
        return;
    }
    let filled: Vec<u32> = empty
        .iter()
        .map(|&bin| {
            let mut tries = SplitMix::new(key ^ (bin as u64 + 1));
            loop {
                let value = signature[tries.below(bins)];
                if value != u32::MAX {
                    return value;
                }
            }
        })
        .collect();
    for (bin, value) in empty.into_iter().zip(filled) {
        signature[bin] = value;
    }
}

/// Packs the lowest `bits` bits (1, 2, 4, 8, 16 or 32) of every value, the first value in the lowest bits.
pub fn pack(values: &[u32], bits: u32, packed: &mut [u32]) {
    let per_word = (32 / bits.clamp(1, 32)) as usize;
    let mask = u32::MAX >> (32 - bits.clamp(1, 32));
    for (word, values) in packed.iter_mut().zip(values.chunks(per_word)) {
        *word = values
            .iter()
            .zip(0..)
            .fold(0, |word, (value, at)| word | (value & mask) << (at * bits));
    }
}

/// Value number `at` of a packed signature.
#[inline]
pub fn unpack(packed: &[u32], bits: u32, at: usize) -> u32 {
    let per_word = (32 / bits.clamp(1, 32)) as usize;
    let mask = u32::MAX >> (32 - bits.clamp(1, 32));
    let word = packed.get(at / per_word).copied().unwrap_or_default();
    word >> ((at % per_word) as u32 * bits) & mask
}

/// Number of the first `values` packed values in which two signatures agree.
pub fn agreements(a: &[u32], b: &[u32], bits: u32, values: usize) -> usize {
    if bits == 32 {
        return a.iter().zip(b).take(values).filter(|(a, b)| a == b).count();
    }
    let per_word = (32 / bits.clamp(1, 32)) as usize;
    // Lowest bit of every field.
    let ones = u32::MAX / (u32::MAX >> (32 - bits.clamp(1, 32)));
    let mut agreeing = 0;
    for (at, (a, b)) in a.iter().zip(b).enumerate() {
        let mut differing = a ^ b;
        let mut width = bits / 2;
        while width > 0 {
            differing |= differing >> width;
            width /= 2;
        }
        let here = values.saturating_sub(at * per_word).min(per_word) as u32;
        let inside = if here * bits >= 32 {
            u32::MAX
        } else {
            (1 << (here * bits)) - 1
        };
        agreeing += (!differing & ones & inside).count_ones() as usize;
    }
    agreeing
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn naive(shingles: &[u64], constants: &[u32], hashes: usize) -> Vec<u32> {
        (0..hashes)
            .map(|hash| {
                let block = hash / LANES * 2 * LANES + hash % LANES;
                let (a, b) = (constants[block], constants[block + LANES]);
                let values = shingles
                    .iter()
                    .map(|shingle| ((shingle >> 32) as u32).wrapping_mul(a).wrapping_add(b));
                values.min().unwrap_or(u32::MAX)
            })
            .collect()
    }

    /// One bin after the other, with the same bins and the same borrowing.
    fn naive_bins(shingles: &[u64], seed: u64, bins: usize) -> Vec<u32> {
        let key = mix(seed ^ 0x4F4E_4550_4552_4D20);
        let own = |bin: usize| {
            let mine = shingles.iter().map(|shingle| mix(shingle ^ key));
            mine.filter(|hash| ((hash >> 32) * bins as u64) >> 32 == bin as u64)
                .map(|hash| (hash as u32).min(u32::MAX - 1))
                .min()
        };
        (0..bins)
            .map(|bin| {
                own(bin).unwrap_or_else(|| {
                    let mut tries = SplitMix::new(key ^ (bin as u64 + 1));
                    (0..1_000_000)
                        .find_map(|_| own(tries.below(bins)))
                        .unwrap_or(u32::MAX)
                })
            })
            .collect()
    }

    proptest! {
        #[test]
        fn classic_equals_its_twin(shingles in prop::collection::vec(any::<u64>(), 0..200), hashes in 1usize..150, seed: u64) {
            let mut constants = Vec::new();
            permutations(seed, hashes, &mut constants);
            let expected = naive(&shingles, &constants, hashes);
            for kernel in [classic, classic_baseline] {
                let mut signature = vec![7; hashes];
                kernel(&shingles, &constants, &mut signature);
                prop_assert_eq!(&signature, &expected);
            }
        }

        #[test]
        fn one_permutation_equals_its_twin(shingles in prop::collection::vec(any::<u64>(), 1..40), bins in 1usize..40, seed: u64) {
            let mut signature = vec![7; bins];
            one_permutation(&shingles, seed, &mut signature);
            prop_assert_eq!(signature, naive_bins(&shingles, seed, bins));
        }

        #[test]
        fn packing_keeps_the_lowest_bits(values in prop::collection::vec(any::<u32>(), 1..70), others in prop::collection::vec(0u32..4, 70), log in 0u32..6) {
            let bits = 1 << log;
            let words = (values.len() as u32 * bits).div_ceil(32) as usize;
            let mut packed = vec![9; words];
            pack(&values, bits, &mut packed);
            let mask = u32::MAX >> (32 - bits);
            for (at, value) in values.iter().enumerate() {
                prop_assert_eq!(unpack(&packed, bits, at), value & mask);
            }
            let changed: Vec<u32> = values.iter().zip(&others).map(|(value, other)| value ^ (other / 2)).collect();
            let mut packed_changed = vec![0; words];
            pack(&changed, bits, &mut packed_changed);
            let expected = values.iter().zip(&changed).filter(|(a, b)| *a & mask == *b & mask).count();
            prop_assert_eq!(agreements(&packed, &packed_changed, bits, values.len()), expected);
        }
    }

    #[test]
    fn no_shingles_leave_the_mark_of_the_empty() {
        let mut constants = Vec::new();
        permutations(1, 40, &mut constants);
        let mut signature = [0; 40];
        classic(&[], &constants, &mut signature);
        assert_eq!(signature, [u32::MAX; 40]);
        one_permutation(&[], 1, &mut signature);
        assert_eq!(signature, [u32::MAX; 40]);
    }
}
