//! The way from units to pairs that all sketching dedupers share: sketch, candidate keys, similarity of sketches.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::corpus::Unit;
use crate::dedup::distinct::Distinct;
use crate::dedup::{Comparison, Request, ScoredPair, Scratch, Sketcher, lsh};
use crate::task::rounded;

/// Sketches of many units, one after the other.
#[derive(Debug, Clone, Default)]
pub struct Sketches {
    /// Words of one sketch.
    pub words: usize,
    /// All sketches.
    pub data: Vec<u32>,
    /// Shingles of all units, repeats included.
    pub shingles: u64,
}

impl Sketches {
    /// Sketches every unit.
    pub fn new(sketcher: &dyn Sketcher, units: &[Unit<'_>], seed: u64) -> Self {
        let words = sketcher.words().max(1);
        let mut data = vec![0; words * units.len()];
        let shingles = data
            .par_chunks_exact_mut(words)
            .zip(units)
            .map_init(Scratch::default, |scratch, (sketch, unit)| {
                sketcher.sketch(unit.text, seed, scratch, sketch);
                scratch.shingles.len() as u64
            })
            .sum();
        Self {
            words,
            data,
            shingles,
        }
    }

    /// Sketch of one unit.
    pub fn get(&self, unit: u32) -> &[u32] {
        let start = unit as usize * self.words;
        self.data.get(start..start + self.words).unwrap_or_default()
    }
}

/// Compares units by their sketches. Units with equal sketches are a group; candidates among the others are kept from the
/// floor up.
pub fn compare(sketcher: &dyn Sketcher, units: &[Unit<'_>], request: &Request) -> Comparison {
    let sketches = Sketches::new(sketcher, units, request.seed);
    let keys: Vec<Vec<u64>> = sketches
        .data
        .par_chunks_exact(sketches.words)
        .map(|sketch| {
            let mut keys = Vec::new();
            sketcher.keys(sketch, &mut keys);
            keys
        })
        .collect();
    // A unit without keys is empty and belongs to no family.
    let distinct = Distinct::of(
        (0..)
            .zip(&keys)
            .map(|(unit, keys)| (!keys.is_empty()).then(|| sketches.get(unit))),
    );
    let first = distinct.first();
    let mut entries = Vec::with_capacity(first.len() * keys.first().map_or(0, Vec::len));
    for (number, &unit) in (0..).zip(&first) {
        entries.extend(keys[unit as usize].iter().map(|&key| (key, number)));
    }
    drop(keys);
    let candidates = lsh::candidates(entries);
    let count = candidates.len() as u64;
    let sketch = |number: u32| sketches.get(first[number as usize]);
    let pairs: Vec<ScoredPair> = candidates
        .into_par_iter()
        .map(|(a, b)| ScoredPair {
            a,
            b,
            similarity: rounded(sketcher.similarity(sketch(a), sketch(b))),
        })
        .filter(|pair| pair.similarity >= request.floor)
        .collect();
    let mut comparison = distinct.spread(pairs);
    comparison.counters = BTreeMap::from([
        (
            "bytes".to_owned(),
            units.iter().map(|unit| unit.text.len() as u64).sum(),
        ),
        ("shingles".to_owned(), sketches.shingles),
        (
            "hashes".to_owned(),
            sketches.shingles * sketcher.hashes_per_shingle(),
        ),
        ("candidates".to_owned(), count),
        ("verified".to_owned(), count),
        ("sketch_bytes".to_owned(), 4 * sketches.data.len() as u64),
    ]);
    comparison
}
