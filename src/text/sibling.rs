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
        let order = Pattern::new(&self.words).common(&other.words, &mut Vec::new());
        self.resemblance(other, common(&self.grams, &other.grams), order)
    }

    /// The similarity from the number of common 4-grams and the length of a longest common subsequence of words.
    fn resemblance(&self, other: &Self, grams: usize, order: usize) -> f64 {
        let contained = self.words.len().min(other.words.len()) >= SHORTEST;
        f64::midpoint(
            part(grams, self.grams.len(), other.grams.len(), contained),
            part(order, self.words.len(), other.words.len(), contained),
        )
    }

    /// What a partner is looked up by: 4-grams, or words where there are none.
    fn keys(&self) -> &[u64] {
        if self.grams.is_empty() {
            &self.bag
        } else {
            &self.grams
        }
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

impl Pair {
    /// The same pair seen from the other list.
    pub const fn turned(self) -> Self {
        Self {
            a: self.b,
            b: self.a,
            similarity: self.similarity,
        }
    }
}

/// The segments of many texts and an index of what they share, built once for all comparisons.
#[derive(Debug)]
pub struct Siblings<'a> {
    texts: &'a [Vec<Prepared>],
    /// Text and position of every segment; segments are numbered through all texts.
    places: Vec<(usize, usize)>,
    /// Number of the first segment of each text, and of the one after the last.
    firsts: Vec<usize>,
    /// By segment: the numbers of its keys.
    keys: Vec<Vec<u32>>,
    /// By key: the segments that have it, ascending.
    having: Vec<Vec<u32>>,
}

impl<'a> Siblings<'a> {
    /// Indexes the segments of these texts.
    pub fn new(texts: &'a [Vec<Prepared>]) -> Self {
        let mut index = Self {
            texts,
            places: Vec::new(),
            firsts: vec![0],
            keys: Vec::new(),
            having: Vec::new(),
        };
        let mut numbers: FxHashMap<u64, u32> = FxHashMap::default();
        for (text, segments) in texts.iter().enumerate() {
            for (position, segment) in segments.iter().enumerate() {
                let segment_number = index.places.len() as u32;
                let keys = segment.keys().iter().map(|&key| {
                    let next = index.having.len();
                    let number = *numbers.entry(key).or_insert(next as u32);
                    if number as usize == next {
                        index.having.push(Vec::new());
                    }
                    index.having[number as usize].push(segment_number);
                    number
                });
                index.keys.push(keys.collect());
                index.places.push((text, position));
            }
            index.firsts.push(index.places.len());
        }
        index
    }

    /// Every pair of a segment of this text and one of a later text with a similarity of at least `floor`: for each later text that
    /// has any, in order, the pairs sorted by position. Pairs that share neither a 4-gram nor enough words are never compared.
    pub fn later(&self, text: usize, floor: f64) -> Vec<(usize, Vec<Pair>)> {
        let from = self.firsts[text + 1];
        let mut found: Vec<(usize, Pair)> = Vec::new();
        let mut shared = vec![0_u32; self.places.len() - from];
        let mut touched: Vec<u32> = Vec::new();
        let (mut pattern, mut scratch) = (Pattern::default(), Vec::new());
        for (position, segment) in self.texts[text].iter().enumerate() {
            for &key in &self.keys[self.firsts[text] + position] {
                let having = &self.having[key as usize];
                let after = having.partition_point(|&number| (number as usize) < from);
                for &number in &having[after..] {
                    let slot = &mut shared[number as usize - from];
                    if *slot == 0 {
                        touched.push(number);
                    }
                    *slot += 1;
                }
            }
            pattern.set(&segment.words);
            for number in touched.drain(..) {
                let count = std::mem::take(&mut shared[number as usize - from]) as usize;
                let (witness, b) = self.places[number as usize];
                let other = &self.texts[witness][b];
                let shorter = segment.keys().len().min(other.grams.len().max(1));
                // The similarity is at most the mean of this containment and 1.
                if f64::midpoint(count as f64 / shorter as f64, 1.0) < floor
                    || segment.containment(other) < floor / 2.0
                {
                    continue;
                }
                // Common keys are common 4-grams, but for segments without.
                let grams = if segment.grams.is_empty() { 0 } else { count };
                let order = pattern.common(&other.words, &mut scratch);
                let similarity = segment.resemblance(other, grams, order);
                if similarity >= floor {
                    let pair = Pair {
                        a: position,
                        b,
                        similarity,
                    };
                    found.push((witness, pair));
                }
            }
        }
        found.sort_unstable_by_key(|&(witness, pair)| (witness, pair.a, pair.b));
        found
            .chunk_by(|one, next| one.0 == next.0)
            .map(|same| (same[0].0, same.iter().map(|&(_, pair)| pair).collect()))
            .collect()
    }
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
        let texts = [prepare(&a), Vec::new(), prepare(&b)];
        let found = Siblings::new(&texts).later(0, 0.4);
        let [(2, pairs)] = found.as_slice() else {
            panic!("{found:?}");
        };
        let places: Vec<(usize, usize)> = pairs.iter().map(|pair| (pair.a, pair.b)).collect();
        assert_eq!(places, [(0, 1), (1, 2), (2, 3)]);
        assert_eq!(Siblings::new(&texts).later(2, 0.4), []);
    }

    #[test]
    fn equal_segments_are_one_and_strangers_zero() {
        let equal = Prepared::new("One two three four.");
        assert!((equal.similarity(&Prepared::new("one, two: THREE four")) - 1.0).abs() < 1e-12);
        assert!(equal.similarity(&Prepared::new("zzzz yyyy")) < 1e-12);
        assert!(Prepared::new("").similarity(&equal) < 1e-12);
    }

    proptest! {
        /// The candidate filter loses nothing that the plain loop over all pairs finds, as long as enough words are shared.
        #[test]
        fn pairs_are_those_of_the_plain_loop(texts in prop::collection::vec(prop::collection::vec("[abc]{1,4}( [abc]{1,4}){0,6}", 0..5), 0..5)) {
            let texts: Vec<Vec<Prepared>> = texts.iter().map(|text| text.iter().map(|s| Prepared::new(s)).collect()).collect();
            let siblings = Siblings::new(&texts);
            for (i, a) in texts.iter().enumerate() {
                let found = siblings.later(i, 0.5);
                prop_assert!(found.is_sorted_by(|x, y| x.0 < y.0) && found.iter().all(|(_, pairs)| !pairs.is_empty()));
                for (j, b) in texts.iter().enumerate().skip(i + 1) {
                    let fast: Vec<Pair> = found.iter().filter(|(other, _)| *other == j).flat_map(|(_, pairs)| pairs.clone()).collect();
                    let mut slow = Vec::new();
                    for (at, x) in a.iter().enumerate() {
                        for (to, y) in b.iter().enumerate() {
                            if x.similarity(y) >= 0.5 && x.containment(y) >= 0.25 {
                                slow.push(Pair { a: at, b: to, similarity: x.similarity(y) });
                            }
                        }
                    }
                    // Missed are only pairs of segments too short for a common 4-gram.
                    slow.retain(|pair| {
                        let (x, y) = (&a[pair.a], &b[pair.b]);
                        fast.contains(pair) || !(x.grams.is_empty() || y.grams.is_empty() || common(&x.grams, &y.grams) == 0)
                    });
                    prop_assert_eq!(fast, slow);
                }
            }
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
