//! Word n-grams of one text by hash: the commonest, and which occur again.

use rustc_hash::FxHashMap;
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

    /// Adds one and gives the new count.
    fn add(&mut self, key: u64) -> u32 {
        let mut at = (key >> 20) as usize & self.mask;
        loop {
            let slot = &mut self.slots[at];
            if slot.1 == 0 || slot.0 == key {
                slot.0 = key;
                slot.1 += 1;
                return slot.1;
            }
            at = (at + 1) & self.mask;
        }
    }

    fn count(&self, key: u64) -> u32 {
        let mut at = (key >> 20) as usize & self.mask;
        loop {
            let slot = self.slots[at];
            if slot.1 == 0 {
                return 0;
            }
            if slot.0 == key {
                return slot.1;
            }
            at = (at + 1) & self.mask;
        }
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

    fn positions(&self, n: usize) -> usize {
        (self.hashes.len() + 1).saturating_sub(n)
    }

    /// Hash of the n-gram at `start`.
    fn key(&self, start: usize, n: usize) -> u64 {
        self.hashes[start..start + n].iter().fold(0, |key, word| {
            (key ^ word)
                .wrapping_mul(0x9e37_79b9_7f4a_7c15)
                .rotate_left(29)
        })
    }

    /// Count and characters of the commonest n-gram, the first of equals; `None` when the text has fewer words. With `spaces`
    /// the spaces between its words count.
    pub(super) fn top(&self, n: usize, spaces: bool) -> Option<(u32, usize)> {
        let positions = self.positions(n);
        if positions == 0 {
            return None;
        }
        let mut counter = Counter::new(positions);
        let mut most = 1;
        for start in 0..positions {
            most = most.max(counter.add(self.key(start, n)));
        }
        let first = if most == 1 {
            0
        } else {
            (0..positions).find(|&start| counter.count(self.key(start, n)) == most)?
        };
        let gaps = if spaces { n - 1 } else { 0 };
        Some((most, self.length(first, n) + gaps))
    }

    /// Everything about n-grams that occur again, for growing n.
    pub(super) fn repeats(&self) -> Again<'_> {
        Again {
            ngrams: self,
            n: 4,
            positions: None,
        }
    }
}

/// Positions whose n-gram occurs at least twice, for n that only grows.
pub(super) struct Again<'a> {
    ngrams: &'a Ngrams,
    n: usize,
    /// `None` before the first step: all positions.
    positions: Option<Vec<u32>>,
}

impl Again<'_> {
    /// An n-gram that occurs again starts where the shorter one occurs again: only those positions are looked at.
    fn grow(&mut self, n: usize) {
        while self.n < n {
            self.n += 1;
            let n = self.n;
            let last = self.ngrams.positions(n);
            let before = self
                .positions
                .take()
                .unwrap_or_else(|| (0..last as u32).collect());
            let mut counter = Counter::new(before.len());
            let inside = before.into_iter().filter(|&start| (start as usize) < last);
            let keyed: Vec<(u32, u64)> = inside
                .map(|start| (start, self.ngrams.key(start as usize, n)))
                .collect();
            for &(_, key) in &keyed {
                counter.add(key);
            }
            self.positions = Some(
                keyed
                    .into_iter()
                    .filter(|&(_, key)| counter.count(key) > 1)
                    .map(|(start, _)| start)
                    .collect(),
            );
        }
    }

    /// Characters of the n-grams seen before when the reader jumps past each of them, as datatrove counts.
    pub(super) fn skipping(&mut self, n: usize) -> usize {
        self.grow(n);
        let mut seen: FxHashMap<u64, ()> = FxHashMap::default();
        let (mut characters, mut next) = (0, 0);
        for &start in self.positions.as_deref().unwrap_or_default() {
            let start = start as usize;
            if start < next {
                continue;
            }
            if seen.insert(self.ngrams.key(start, n), ()).is_some() {
                characters += self.ngrams.length(start, n);
                next = start + n;
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
            .positions
            .as_deref()
            .unwrap_or_default()
            .iter()
            .map(|&start| self.ngrams.length(start as usize, n))
            .sum();
        again as f64 / (all as f64).max(1.0)
    }
}
