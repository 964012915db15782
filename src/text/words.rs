//! Splits ASCII text into words sixty-four bytes at a time and hashes each word where it stands.
//!
//! The rules are those of [`token`](crate::text::token), restricted to ASCII and to words: a bit per byte says "belongs to
//! a word", joints are bits with the right neighbours, and words begin and end where neighbouring bits differ. No branch
//! depends on the length of a word, which is what makes splitting byte by byte slow.

use wide::u8x16;

use crate::text::hash::{bytes, seed_of_length, step};

/// Bits of one block of sixty-four bytes, lowest bit first.
#[derive(Clone, Copy, Default)]
struct Block {
    /// Letters and digits.
    word: u64,
    /// Digits.
    digit: u64,
    /// `-` and `'`.
    joint: u64,
    /// `.` and `,`.
    point: u64,
}

impl Block {
    fn of(bytes: &[u8; 64]) -> Self {
        let mut block = Self::default();
        let (vectors, _) = bytes.as_chunks::<16>();
        for (at, vector) in vectors.iter().enumerate() {
            let text = u8x16::new(*vector);
            let lower = text | u8x16::splat(0x20);
            let letter = lower
                .max(u8x16::splat(b'a'))
                .min(u8x16::splat(b'z'))
                .simd_eq(lower);
            let digit = text
                .max(u8x16::splat(b'0'))
                .min(u8x16::splat(b'9'))
                .simd_eq(text);
            let joint = text.simd_eq(u8x16::splat(b'-')) | text.simd_eq(u8x16::splat(b'\''));
            let point = text.simd_eq(u8x16::splat(b'.')) | text.simd_eq(u8x16::splat(b','));
            let shift = 16 * at as u32;
            block.word |= u64::from((letter | digit).to_bitmask()) << shift;
            block.digit |= u64::from(digit.to_bitmask()) << shift;
            block.joint |= u64::from(joint.to_bitmask()) << shift;
            block.point |= u64::from(point.to_bitmask()) << shift;
        }
        block
    }

    /// Block number `at` of `text`, filled up with spaces.
    fn at(text: &[u8], at: usize) -> Self {
        let rest = text.get(64 * at..).unwrap_or_default();
        match rest.first_chunk::<64>() {
            Some(block) => Self::of(block),
            None => {
                let mut padded = [b' '; 64];
                padded[..rest.len()].copy_from_slice(rest);
                Self::of(&padded)
            }
        }
    }

    /// Bytes that belong to words, joints included, given the neighbouring blocks.
    fn words(self, before: Self, after: Self) -> u64 {
        let left = |bits: u64, before: u64| bits << 1 | before >> 63;
        let right = |bits: u64, after: u64| bits >> 1 | after << 63;
        let inner = self.joint & left(self.word, before.word) & right(self.word, after.word);
        let decimal = self.point & left(self.digit, before.digit) & right(self.digit, after.digit);
        self.word | inner | decimal
    }
}

/// Replaces `edges` by start and end of every word of an ASCII text shorter than 4 GiB, alternating.
pub fn split(text: &[u8], edges: &mut Vec<u32>) {
    edges.clear();
    let mut before = Block::default();
    let mut this = Block::at(text, 0);
    let mut inside = 0;
    for at in 0..text.len().div_ceil(64) {
        let after = Block::at(text, at + 1);
        let words = this.words(before, after);
        let mut changes = words ^ (words << 1 | inside);
        inside = words >> 63;
        let mut found = [0u32; 64];
        let count = changes.count_ones() as usize;
        let base = 64 * at as u32;
        for edge in &mut found[..count] {
            *edge = base + changes.trailing_zeros();
            changes &= changes.wrapping_sub(1);
        }
        edges.extend_from_slice(&found[..count]);
        (before, this) = (this, after);
    }
    if inside == 1 {
        edges.push(text.len() as u32);
    }
}

/// Keeps the first `n` bytes of sixteen.
const KEEP: [u128; 17] = {
    let mut masks = [0; 17];
    let mut n = 1;
    while n < 17 {
        masks[n] = u128::MAX >> (128 - 8 * n);
        n += 1;
    }
    masks
};

/// Bit 5 of every byte. It turns capitals into small letters and is set in every other byte of an ASCII word already
/// (digits, `-`, `'`, `.` and `,`).
const SMALL: u128 = u128::from_ne_bytes([0x20; 16]);

/// Appends the hash of every word of an ASCII text to `tokens`: of the lower-cased word with `LOWER`; with `JOIN` letters
/// with points between them (`U.S.`) are one word without points.
pub(crate) fn hash<const LOWER: bool, const JOIN: bool>(
    text: &[u8],
    edges: &[u32],
    tokens: &mut Vec<u64>,
) {
    let (words, _) = edges.as_chunks::<2>();
    let first = tokens.len();
    tokens.resize(first + words.len(), 0);
    let mut written = first;
    let mut at = 0;
    while let Some(&[start, end]) = words.get(at) {
        let (start, end) = (start as usize, end as usize);
        at += 1;
        let mut hash = word::<LOWER>(text, start, end);
        if JOIN && end - start == 1 {
            let letters = 1 + dotted(text, &words[at - 1..]);
            if letters > 1 {
                hash = acronym::<LOWER>(text, start, letters);
                at += letters - 1;
            }
        }
        if let Some(slot) = tokens.get_mut(written) {
            *slot = hash;
        }
        written += 1;
    }
    tokens.truncate(written);
}

#[inline(always)]
fn word<const LOWER: bool>(text: &[u8], start: usize, end: usize) -> u64 {
    let length = end - start;
    if let (Some(mask), Some(sixteen)) = (
        KEEP.get(length),
        text.get(start..).and_then(|rest| rest.first_chunk::<16>()),
    ) {
        let small = if LOWER { SMALL } else { 0 };
        let word = (u128::from_le_bytes(*sixteen) | small) & mask;
        return step(seed_of_length(length), word as u64, (word >> 64) as u64);
    }
    long::<LOWER>(&text[start..end])
}

/// Words of more than sixteen bytes, and those in the last sixteen bytes of the text.
#[cold]
fn long<const LOWER: bool>(word: &[u8]) -> u64 {
    if !LOWER {
        return bytes(word);
    }
    let mut small = [0; 64];
    match small.get_mut(..word.len()) {
        Some(small) => {
            small.copy_from_slice(word);
            small.make_ascii_lowercase();
            bytes(small)
        }
        None => bytes(&word.to_ascii_lowercase()),
    }
}

/// How many further single letters follow the first word, each after one point.
fn dotted(text: &[u8], words: &[[u32; 2]]) -> usize {
    let letter = |start: u32| {
        text.get(start as usize)
            .is_some_and(u8::is_ascii_alphabetic)
    };
    if !words.first().is_some_and(|&[start, _]| letter(start)) {
        return 0;
    }
    words
        .windows(2)
        .take_while(|pair| {
            let ([_, before], [start, end]) = (pair[0], pair[1]);
            start == before + 1
                && end == start + 1
                && text.get(before as usize) == Some(&b'.')
                && letter(start)
        })
        .count()
}

/// Hash of `letters` letters at every second byte from `start`.
#[cold]
fn acronym<const LOWER: bool>(text: &[u8], start: usize, letters: usize) -> u64 {
    let joined: Vec<u8> = text
        .iter()
        .skip(start)
        .step_by(2)
        .take(letters)
        .copied()
        .collect();
    long::<LOWER>(&joined)
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

    #[test]
    fn acronyms_join() {
        let text = b"The U.S. and x.y.z but a. b and 1.a";
        let mut edges = Vec::new();
        split(text, &mut edges);
        let mut tokens = Vec::new();
        hash::<true, true>(text, &edges, &mut tokens);
        let expected = ["the", "us", "and", "xyz", "but", "a", "b", "and", "1", "a"];
        assert_eq!(tokens, expected.map(|word| bytes(word.as_bytes())));
    }

    proptest! {
        /// The twin is the tokenizer of the whole crate.
        #[test]
        fn splits_as_the_tokenizer_does(text in "[a-cA-C0-2 .,'\\-_@\\n\"]{0,200}") {
            let expected: Vec<(usize, usize)> = token::words(&text).map(|span| (span.start, span.end)).collect();
            prop_assert_eq!(spans(&text), expected);
        }

        #[test]
        fn hashes_each_word(text in "[a-zA-Z0-9 .,'\\-]{0,200}") {
            let mut edges = Vec::new();
            split(text.as_bytes(), &mut edges);
            let mut tokens = Vec::new();
            hash::<true, false>(text.as_bytes(), &edges, &mut tokens);
            let lower = text.to_ascii_lowercase();
            let expected: Vec<u64> = token::words(&lower).map(|span| bytes(&lower.as_bytes()[span.start..span.end])).collect();
            prop_assert_eq!(tokens, expected);
        }
    }
}
