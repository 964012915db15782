//! The fingerprint itself: sixty-four majorities at once.

use crate::text::hash::mix;

/// Fingerprint of ready shingle hashes: per bit the majority of the votes; a tie is 0.
pub fn fingerprint(shingles: &[u64], key: u64) -> u64 {
    let mut votes = Votes { planes: [0; 40] };
    let (eights, rest) = shingles.as_chunks::<8>();
    for eight in eights {
        votes.add_eight(eight.map(|shingle| mix(shingle ^ key)));
    }
    for shingle in rest {
        votes.ripple(mix(shingle ^ key), 0);
    }
    votes.at_least(shingles.len() as u64 / 2 + 1)
}

/// Sixty-four counters, one per bit, held the other way round: plane `p` has bit `p` of every counter.
struct Votes {
    planes: [u64; 40],
}

/// Sum and carry of three bits, sixty-four times.
#[inline(always)]
const fn add(a: u64, b: u64, c: u64) -> (u64, u64) {
    let half = a ^ b;
    (half ^ c, (a & b) | (half & c))
}

impl Votes {
    /// Adds the ones of eight hashes (Harley and Seal's carry-save tree).
    #[inline(always)]
    fn add_eight(&mut self, hashes: [u64; 8]) {
        let [a, b, c, d, e, f, g, h] = hashes;
        let (ones, two_a) = add(self.planes[0], a, b);
        let (ones, two_b) = add(ones, c, d);
        let (twos, four_a) = add(self.planes[1], two_a, two_b);
        let (ones, two_a) = add(ones, e, f);
        let (ones, two_b) = add(ones, g, h);
        let (twos, four_b) = add(twos, two_a, two_b);
        let (fours, eight) = add(self.planes[2], four_a, four_b);
        (self.planes[0], self.planes[1], self.planes[2]) = (ones, twos, fours);
        self.ripple(eight, 3);
    }

    /// Adds one to every counter whose bit is set, at plane `from`.
    #[inline(always)]
    fn ripple(&mut self, mut carry: u64, from: usize) {
        for plane in &mut self.planes[from..] {
            (*plane, carry) = (*plane ^ carry, *plane & carry);
            if carry == 0 {
                break;
            }
        }
    }

    /// Which counters have reached `least`.
    fn at_least(&self, least: u64) -> u64 {
        let (mut above, mut equal) = (0, u64::MAX);
        for (at, plane) in self.planes.iter().enumerate().rev() {
            if least >> at & 1 == 1 {
                equal &= plane;
            } else {
                above |= equal & plane;
                equal &= !plane;
            }
        }
        above | equal
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn naive(shingles: &[u64], key: u64) -> u64 {
        (0..64).fold(0, |bits, bit| {
            let ones = shingles
                .iter()
                .filter(|&&shingle| mix(shingle ^ key) >> bit & 1 == 1)
                .count();
            bits | u64::from(2 * ones > shingles.len()) << bit
        })
    }

    proptest! {
        #[test]
        fn votes_equal_counting_bit_by_bit(shingles in prop::collection::vec(any::<u64>(), 0..100), key: u64) {
            let expected = if shingles.is_empty() { 0 } else { naive(&shingles, key) };
            prop_assert_eq!(fingerprint(&shingles, key), expected);
        }
    }
}
