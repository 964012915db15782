//! A trained tagger: one table of 16-bit weights, rows by feature, and how it reads a document.

use multiversion::multiversion;

use super::decode::{LANES, Lattice, Transitions, blocks};
use super::features::{COUNT, profile, rows};
use super::tokens::{Token, read};
use crate::corpus::Span;
use crate::text::sentence;

/// Greatest weight: the sum over all templates stays within 16 bits.
pub(super) const MOST: i16 = (i16::MAX as usize / COUNT) as i16;

/// Weights that tag sentences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tagger {
    /// Types in the order of their tags.
    pub(super) types: Vec<String>,
    /// Logarithm of the number of rows.
    pub(super) bits: u32,
    /// `[row * blocks + block]`, none above [`MOST`].
    pub(super) table: Vec<[i16; LANES]>,
    /// What follows what.
    pub(super) transitions: Transitions,
}

/// Number of tags of so many types.
pub(super) const fn tags(types: usize) -> usize {
    2 * types + 1
}

impl Tagger {
    /// Names of a document, as (span, number of the type), in order.
    pub(super) fn names(&self, text: &str) -> Vec<(Span, usize)> {
        let mut found = Vec::new();
        if u32::try_from(text.len()).is_err() {
            return found;
        }
        let mut lattice = Lattice::default();
        let mut tokens = Vec::new();
        for sentence in sentence::segments(text) {
            tokens.clear();
            read(text, sentence, &mut tokens);
            self.tag(&tokens, &mut lattice);
            names(&tokens, &lattice.path, &mut found);
        }
        found
    }

    /// Finds the best tags of a sentence.
    pub(super) fn tag(&self, tokens: &[Token], lattice: &mut Lattice) {
        tag(tokens, &self.table, self.bits, &self.transitions, lattice);
    }
}

// Compiled for AVX2 as well and chosen at run time; the weights of a row are one register there.
#[multiversion(targets("x86_64+avx2"))]
fn tag(
    tokens: &[Token],
    table: &[[i16; LANES]],
    bits: u32,
    transitions: &Transitions,
    lattice: &mut Lattice,
) {
    let blocks = blocks(transitions.tags);
    let profile = profile(tokens);
    lattice.emissions.clear();
    let mut features = [0; COUNT];
    for at in 0..tokens.len() {
        rows(tokens, at, profile, 64 - bits, &mut features);
        for block in 0..blocks {
            let mut sum = [0i16; LANES];
            for &row in &features {
                let weights = &table[row as usize * blocks + block];
                for (sum, weight) in sum.iter_mut().zip(weights) {
                    // No sum leaves the range: see MOST.
                    *sum = sum.wrapping_add(*weight);
                }
            }
            lattice.emissions.push(sum.map(i32::from));
        }
    }
    lattice.run(tokens.iter().map(|token| token.class as usize), transitions);
}

/// Appends the names that tags tell.
pub(super) fn names(tokens: &[Token], path: &[u8], found: &mut Vec<(Span, usize)>) {
    let mut open = 0;
    for (token, &tag) in tokens.iter().zip(path) {
        let span = Span::new(token.start as usize, token.end as usize);
        let inner = tag > 0 && tag.is_multiple_of(2) && open == tag;
        match found.last_mut() {
            Some((name, _)) if inner => name.end = span.end,
            _ if tag > 0 => found.push((span, usize::from(tag - 1) / 2)),
            _ => {}
        }
        // The tag that would go on.
        open = if tag == 0 {
            0
        } else {
            tag + u8::from(!tag.is_multiple_of(2))
        };
    }
}
