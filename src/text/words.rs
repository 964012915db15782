//! Splits ASCII text into words sixty-four bytes at a time and hashes each word where it stands.
//!
//! The rules are those of [`token`](crate::text::token), restricted to ASCII and to words: a bit per byte says "belongs to
//! a word", joints are bits with the right neighbours, and words begin and end where neighbouring bits differ. No branch
//! depends on the length of a word, which is what makes splitting byte by byte slow.

#[cfg(not(feature = "baseline"))]
use multiversion::multiversion;
use wide::u8x16;

mod hash;

pub(crate) use hash::hash;

/// A bit per byte of a block, lowest bit first: letters and digits; marks that may join two words.
#[inline(always)]
fn classes(block: &[u8; 64]) -> (u64, u64) {
    let (mut words, mut joints) = (0, 0);
    let (vectors, _) = block.as_chunks::<16>();
    for (at, vector) in vectors.iter().enumerate() {
        let text = u8x16::new(*vector);
        let between = |text: u8x16, first: u8, last: u8| {
            text.max(u8x16::splat(first))
                .min(u8x16::splat(last))
                .simd_eq(text)
        };
        let letter = between(text | u8x16::splat(0x20), b'a', b'z');
        let digit = between(text, b'0', b'9');
        let joint = between(text, b',', b'.') | text.simd_eq(u8x16::splat(b'\''));
        let shift = 16 * at as u32;
        words |= u64::from((letter | digit).to_bitmask()) << shift;
        joints |= u64::from(joint.to_bitmask()) << shift;
    }
    (words, joints)
}

/// Those of the marks `between` two word characters of a block at `base` that join them: hyphens and apostrophes, and points
/// and commas between digits. They are few, so each is looked at.
#[inline(always)]
fn joining(text: &[u8], base: usize, mut between: u64) -> u64 {
    let mut joining = 0;
    while between != 0 {
        let bit = between & between.wrapping_neg();
        between ^= bit;
        let at = base + bit.trailing_zeros() as usize;
        if let Some(&[before, mark, after]) = at
            .checked_sub(1)
            .and_then(|before| text.get(before..))
            .and_then(<[u8]>::first_chunk)
            && (matches!(mark, b'-' | b'\'') || before.is_ascii_digit() && after.is_ascii_digit())
        {
            joining |= bit;
        }
    }
    joining
}

/// What one block hands to the next: whether its last byte belongs to a word, with joints and without.
#[derive(Debug, Default)]
struct Carry {
    inside: u64,
    plain: u64,
}

impl Carry {
    /// Bytes of the block of `text` at `base` that belong to words, joints included, and whether the byte before each does;
    /// `next` says whether a letter or digit follows the block.
    #[inline(always)]
    fn words(&mut self, text: &[u8], base: usize, block: &[u8; 64], next: bool) -> (u64, u64) {
        let (mut words, joints) = classes(block);
        let between = joints & (words << 1 | self.plain) & (words >> 1 | u64::from(next) << 63);
        self.plain = words >> 63;
        if between != 0 {
            words |= joining(text, base, between);
        }
        let before = words << 1 | self.inside;
        self.inside = words >> 63;
        (words, before)
    }
}

/// Edges that are written at once; most blocks of English text have no more.
const USUAL: usize = 24;

/// Replaces `edges` by start and end of every word of an ASCII text shorter than 4 GiB, alternating.
#[cfg_attr(
    not(feature = "baseline"),
    multiversion(targets("x86_64+avx2+bmi1+bmi2+popcnt"))
)]
pub fn split(text: &[u8], edges: &mut Vec<u32>) {
    let mut carry = Carry::default();
    let mut count = 0;
    for base in (0..text.len()).step_by(64) {
        let rest = text.get(base..).unwrap_or_default();
        let mut padded = [b' '; 64];
        let block = rest.first_chunk().unwrap_or_else(|| {
            padded[..rest.len()].copy_from_slice(rest);
            &padded
        });
        let next = rest.get(64).is_some_and(u8::is_ascii_alphanumeric);
        let (words, before) = carry.words(text, base, block, next);
        let mut changes = words ^ before;
        if edges.len() < count + 64 {
            edges.resize(count + 1024, 0);
        }
        let Some(slots) = edges
            .get_mut(count..)
            .and_then(<[u32]>::first_chunk_mut::<64>)
        else {
            break;
        };
        let found = changes.count_ones() as usize;
        count += found;
        let mut write = |slots: &mut [u32]| {
            for edge in slots {
                *edge = base as u32 + changes.trailing_zeros();
                changes &= changes.wrapping_sub(1);
            }
        };
        // As many as are usual, whether there are so many or not: a loop of unknown length costs a wrong guess per block.
        let (usual, more) = slots.split_at_mut(USUAL);
        write(usual);
        if let Some(more) = found.checked_sub(USUAL).and_then(|n| more.get_mut(..n)) {
            write(more);
        }
    }
    edges.truncate(count);
    if carry.inside == 1 {
        edges.push(text.len() as u32);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::token;

    fn spans(text: &str) -> Vec<(usize, usize)> {
        let mut edges = Vec::new();
        split(text.as_bytes(), &mut edges);
        edges
            .chunks(2)
            .map(|word| (word[0] as usize, word[1] as usize))
            .collect()
    }

    #[test]
    fn joints_across_blocks() {
        for pad in 50..70 {
            let text = format!("{} a-b 5,000 'x' 3.5. --", "z".repeat(pad));
            let words: Vec<&str> = spans(&text)
                .iter()
                .map(|&(start, end)| &text[start..end])
                .collect();
            assert_eq!(&words[1..], ["a-b", "5,000", "x", "3.5"]);
        }
    }

    #[test]
    fn a_word_that_ends_with_the_text_ends_there() {
        assert_eq!(spans(&"ab".repeat(32)), [(0, 64)]);
        assert_eq!(spans("x"), [(0, 1)]);
        assert_eq!(spans(""), []);
    }

    proptest! {
        /// The twin is the tokenizer of the whole crate.
        #[test]
        fn splits_as_the_tokenizer_does(text in "[a-cA-C0-2 .,'\\-_@\\n\"]{0,200}") {
            let expected: Vec<(usize, usize)> = token::words(&text).map(|span| (span.start, span.end)).collect();
            prop_assert_eq!(spans(&text), expected);
        }
    }
}
