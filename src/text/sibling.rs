//! Which segments of two texts tell the same: candidates by shared character 4-grams and words, similarity by 4-grams and longest
//! common subsequence.
//!
//! A segment may be contained in a longer one (a sentence that was split), so that each part of the similarity is the larger of
//! the Dice coefficient and 0.9 times the containment in the shorter segment. Segments of fewer than [`SHORTEST`] words get no credit for containment:
//! `Yes, he said` lies in everything.

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

use crate::text::align::Pattern;
use crate::text::token;

/// Words that a segment needs before containment in another one counts.
pub const SHORTEST: usize = 5;

/// Containment is worth a little less than equality.
const CONTAINED: f64 = 0.9;

/// A segment made ready for comparison.
#[derive(Debug, Clone, Default)]
pub struct Prepared {
    /// Hashes of the words in lower case, in order.
    pub words: Vec<u64>,
    /// The same, sorted, each once.
    bag: Vec<u64>,
    /// Hashes of the character 4-grams over letters, digits and single spaces in lower case, sorted, each once.
    grams: Vec<u64>,
}

impl Prepared {
    /// Reads a segment.
    pub fn new(text: &str) -> Self {
        let mut words = Vec::new();
        let mut plain = String::with_capacity(text.len());
        for span in token::words(text) {
            let start = plain.len();
            plain.extend(
                text[span.start..span.end]
                    .chars()
                    .flat_map(char::to_lowercase),
            );
            words.push(xxh3_64(&plain.as_bytes()[start..]));
            plain.push(' ');
        }
        let starts: Vec<usize> = plain.char_indices().map(|(at, _)| at).collect();
        let mut grams: Vec<u64> = starts
            .windows(5)
            .map(|window| xxh3_64(&plain.as_bytes()[window[0]..window[4]]))
            .collect();
        let mut bag = words.clone();
        for set in [&mut grams, &mut bag] {
            set.sort_unstable();
            set.dedup();
        }
        Self { words, bag, grams }
    }

    /// How much two segments tell the same, 0 to 1: the mean of the 4-gram part and the word-order part.
    pub fn similarity(&self, other: &Self) -> f64 {
        let contained = self.words.len().min(other.words.len()) >= SHORTEST;
        let grams = part(
            common(&self.grams, &other.grams),
            self.grams.len(),
            other.grams.len(),
            contained,
        );
        let order = part(
            Pattern::new(&self.words).common(&other.words, &mut Vec::new()),
            self.words.len(),
            other.words.len(),
            contained,
        );
        f64::midpoint(grams, order)
    }

    /// Share of the shorter segment's distinct words that the other has too.
    pub fn containment(&self, other: &Self) -> f64 {
        let shorter = self.bag.len().min(other.bag.len());
        if shorter == 0 {
            return 0.0;
        }
        common(&self.bag, &other.bag) as f64 / shorter as f64
    }
}

/// The larger of Dice and (where allowed) discounted containment.
fn part(shared: usize, a: usize, b: usize, contained: bool) -> f64 {
    if a == 0 || b == 0 {
        return 0.0;
    }
    let dice = 2.0 * shared as f64 / (a + b) as f64;
    if contained {
        dice.max(CONTAINED * shared as f64 / a.min(b) as f64)
    } else {
        dice
    }
}

/// Number of values in both sorted sets.
fn common(a: &[u64], b: &[u64]) -> usize {
    let (mut i, mut j, mut count) = (0, 0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        count += usize::from(x == y);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    count
}

/// Two segments, by position, and how much they tell the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// Position in the first list.
    pub a: usize,
    /// Position in the second list.
    pub b: usize,
    /// From the floor to 1.
    pub similarity: f64,
}

/// Every pair with a similarity of at least `floor`, sorted by position. Pairs that share neither a 4-gram nor enough words are
/// never compared.
pub fn pairs(a: &[Prepared], b: &[Prepared], floor: f64) -> Vec<Pair> {
    let mut index: FxHashMap<u64, Vec<u32>> = FxHashMap::default();
    for (position, segment) in b.iter().enumerate() {
        for &gram in &segment.grams {
            index.entry(gram).or_default().push(position as u32);
        }
        if segment.grams.is_empty() {
            for &word in &segment.bag {
                index.entry(word).or_default().push(position as u32);
            }
        }
    }
    let mut found = Vec::new();
    let mut shared = vec![0_usize; b.len()];
    for (position, segment) in a.iter().enumerate() {
        shared.fill(0);
        let keys = if segment.grams.is_empty() {
            &segment.bag
        } else {
            &segment.grams
        };
        for key in keys {
            for &other in index.get(key).map_or(&[][..], Vec::as_slice) {
                shared[other as usize] += 1;
            }
        }
        for (other, &count) in shared.iter().enumerate() {
            let shorter = keys.len().min(b[other].grams.len().max(1));
            // The similarity is at most the mean of this containment and 1.
            if count == 0 || f64::midpoint(count as f64 / shorter as f64, 1.0) < floor {
                continue;
            }
            if segment.containment(&b[other]) < floor / 2.0 {
                continue;
            }
            let similarity = segment.similarity(&b[other]);
            if similarity >= floor {
                found.push(Pair {
                    a: position,
                    b: other,
                    similarity,
                });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_split_and_edited_text_finds_its_partners() {
        let a = [
            "The old bridge was closed on Tuesday.",
            "Workers left the site at noon, and the crane stood idle.",
            "Nobody was hurt.",
        ];
        let b = [
            "Something else entirely is told here.",
            "On Tuesday the old bridge was closed for good.",
            "The crane stood idle at the site.",
            "Nobody was hurt.",
        ];
        let prepare = |list: &[&str]| -> Vec<Prepared> {
            list.iter().map(|segment| Prepared::new(segment)).collect()
        };
        let found: Vec<(usize, usize)> = pairs(&prepare(&a), &prepare(&b), 0.4)
            .iter()
            .map(|pair| (pair.a, pair.b))
            .collect();
        assert_eq!(found, [(0, 1), (1, 2), (2, 3)]);
    }

    #[test]
    fn equal_segments_are_one_and_strangers_zero() {
        let equal = Prepared::new("One two three four.");
        assert!((equal.similarity(&Prepared::new("one, two: THREE four")) - 1.0).abs() < 1e-12);
        assert!(equal.similarity(&Prepared::new("zzzz yyyy")) < 1e-12);
        assert!(Prepared::new("").similarity(&equal) < 1e-12);
    }

    proptest! {
        /// The candidate filter loses nothing that the plain double loop finds, as long as enough words are shared.
        #[test]
        fn pairs_are_those_of_the_double_loop(a in prop::collection::vec("[abc]{1,4}( [abc]{1,4}){0,6}", 0..5), b in prop::collection::vec("[abc]{1,4}( [abc]{1,4}){0,6}", 0..5)) {
            let a: Vec<Prepared> = a.iter().map(|s| Prepared::new(s)).collect();
            let b: Vec<Prepared> = b.iter().map(|s| Prepared::new(s)).collect();
            let fast: Vec<(usize, usize)> = pairs(&a, &b, 0.5).iter().map(|p| (p.a, p.b)).collect();
            let mut slow = Vec::new();
            for (i, x) in a.iter().enumerate() {
                for (j, y) in b.iter().enumerate() {
                    if x.similarity(y) >= 0.5 && x.containment(y) >= 0.25 {
                        slow.push((i, j));
                    }
                }
            }
            prop_assert!(fast.iter().all(|pair| slow.contains(pair)));
            // Missed are only pairs of segments too short for a common 4-gram.
            prop_assert!(slow.iter().all(|pair| fast.contains(pair) || a[pair.0].grams.is_empty() || b[pair.1].grams.is_empty() || common(&a[pair.0].grams, &b[pair.1].grams) == 0));
        }

        #[test]
        fn similarity_is_symmetric_and_bounded(a in "[a-d ]{0,40}", b in "[a-d ]{0,40}") {
            let (a, b) = (Prepared::new(&a), Prepared::new(&b));
            let there = a.similarity(&b);
            prop_assert!((0.0..=1.0).contains(&there));
            prop_assert!((there - b.similarity(&a)).abs() < 1e-12);
        }
    }
}
