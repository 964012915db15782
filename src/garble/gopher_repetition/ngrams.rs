//! Word n-grams of one text by hash: the commonest, and which occur again.

use rustc_hash::FxHashSet;
use xxhash_rust::xxh3::xxh3_64;

use crate::garble::judge::Words;

/// Counts of 64-bit keys by open addressing; keys are hashes already.
struct Counter {
    slots: Vec<(u64, u32)>,
    mask: usize,
}

impl Counter {
    fn new(most: usize) -> Self {
        let size = (most * 2).next_power_of_two().max(16);
        Self {
            slots: vec![(0, 0); size],
            mask: size - 1,
        }
    }

    /// Adds one; where the count of this key stands.
    fn add(&mut self, key: u64) -> u32 {
        let mut at = (key >> 20) as usize & self.mask;
        loop {
            let slot = &mut self.slots[at];
            if slot.1 == 0 || slot.0 == key {
                slot.0 = key;
                slot.1 += 1;
                return at as u32;
            }
            at = (at + 1) & self.mask;
        }
    }

    fn count(&self, at: u32) -> u32 {
        self.slots[at as usize].1
    }
}

/// The words of a text: hashes, and characters before each.
pub(super) struct Ngrams {
    hashes: Vec<u64>,
    before: Vec<u32>,
}

impl Ngrams {
    pub(super) fn of(text: &str, words: Words) -> Self {
        let mut hashes = Vec::with_capacity(text.len() / 5);
        let mut before = Vec::with_capacity(text.len() / 5 + 1);
        let mut total = 0_u32;
        before.push(0);
        words.each(text, |word| {
            hashes.push(xxh3_64(word.as_bytes()));
            total += super::characters(word) as u32;
            before.push(total);
        });
        Self { hashes, before }
    }

    /// Characters of all words.
    pub(super) fn characters(&self) -> usize {
        self.before.last().copied().unwrap_or(0) as usize
    }

    fn length(&self, start: usize, n: usize) -> usize {
        (self.before[start + n] - self.before[start]) as usize
    }

    /// Number of n-grams.
    pub(super) fn positions(&self, n: usize) -> usize {
        (self.hashes.len() + 1).saturating_sub(n)
    }

    /// Everything about n-grams, for growing n.
    pub(super) fn growing(&self) -> Growing<'_> {
        let single = self.hashes.iter().zip(0..).map(|(&hash, start)| Place {
            // Mixed once, or `a b` and `b a` would share a key.
            key: grown(0, hash),
            start,
            count: 2,
        });
        Growing {
            ngrams: self,
            n: 1,
            again: single.collect(),
        }
    }
}

/// Key of an n-gram and one word more.
const fn grown(key: u64, word: u64) -> u64 {
    (key ^ word)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .rotate_left(29)
}

/// An n-gram that occurs at least twice: its key, the word it starts at, and how often it occurs.
#[derive(Clone, Copy)]
struct Place {
    key: u64,
    start: u32,
    count: u32,
}

/// The places whose n-gram occurs at least twice, in order, for n that only grows. (For n = 1 all words, counted or not.)
pub(super) struct Growing<'a> {
    ngrams: &'a Ngrams,
    n: usize,
    again: Vec<Place>,
}

impl Growing<'_> {
    /// An n-gram that occurs again starts where the shorter one occurs again: only those places are looked at.
    fn grow(&mut self, n: usize) {
        while self.n < n {
            let last = self.ngrams.positions(self.n + 1);
            self.again.retain(|place| (place.start as usize) < last);
            let mut counter = Counter::new(self.again.len());
            for place in &mut self.again {
                let word = self.ngrams.hashes[place.start as usize + self.n];
                place.key = grown(place.key, word);
                place.count = counter.add(place.key);
            }
            for place in &mut self.again {
                place.count = counter.count(place.count);
            }
            self.again.retain(|place| place.count > 1);
            self.n += 1;
        }
    }

    /// Count and characters of the commonest n-gram, the first of equals; `None` when the text has fewer words. With `spaces`
    /// the spaces between its words count.
    pub(super) fn top(&mut self, n: usize, spaces: bool) -> Option<(u32, usize)> {
        self.grow(n);
        if self.ngrams.positions(n) == 0 {
            return None;
        }
        let mut best = (1, 0);
        for place in &self.again {
            if place.count > best.0 {
                best = (place.count, place.start as usize);
            }
        }
        let gaps = if spaces { n - 1 } else { 0 };
        Some((best.0, self.ngrams.length(best.1, n) + gaps))
    }

    /// Characters of the n-grams seen before when the reader jumps past each of them, as datatrove counts.
    pub(super) fn skipping(&mut self, n: usize) -> usize {
        self.grow(n);
        let mut seen = FxHashSet::default();
        let (mut characters, mut next) = (0, 0);
        for place in &self.again {
            let start = place.start as usize;
            if start < next {
                continue;
            }
            if !seen.insert(place.key) {
                characters += self.ngrams.length(start, n);
                next = start + n;
            }
        }
        characters
    }

    /// Characters that lie in n-grams seen before, each counted once, with the spaces inside them, as NeMo counts.
    pub(super) fn covered(&mut self, n: usize) -> usize {
        self.grow(n);
        let mut seen = FxHashSet::default();
        let (mut characters, mut end) = (0, 0);
        for place in &self.again {
            let start = place.start as usize;
            if !seen.insert(place.key) {
                // Words that the last such n-gram covered already.
                let overlap = end.max(start) - start;
                characters += self.ngrams.length(start + overlap, n - overlap);
                characters += (n - overlap).min(n - 1);
                end = start + n;
            }
        }
        characters
    }

    /// Share of the mass of all n-grams that lies in those that occur at least twice, as Dolma counts.
    pub(super) fn mass(&mut self, n: usize) -> f64 {
        self.grow(n);
        let all: usize = (0..self.ngrams.positions(n))
            .map(|start| self.ngrams.length(start, n))
            .sum();
        let again: usize = self
            .again
            .iter()
            .map(|place| self.ngrams.length(place.start as usize, n))
            .sum();
        again as f64 / (all as f64).max(1.0)
    }
}
