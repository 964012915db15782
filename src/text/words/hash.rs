//! Hashes of all words of an ASCII text, in the pass that finds them.
//!
//! Where words begin and end stays in registers: writing the places down and reading them back takes as long as hashing.

#[cfg(not(feature = "baseline"))]
use multiversion::multiversion;

use super::Carry;
use crate::text::hash::{bytes, seed_of_length, step};

/// Bytes that are at hand for a block: a word that begins in it may have its first sixteen read at once.
const WINDOW: usize = 64 + 16;

/// Words that end in one block, at most, and one more.
const MOST: usize = 34;

/// What a word of `n` bytes takes: masks that keep the first `n` bytes of sixteen, and the start value of its hash.
const SHORT: [(u64, u64, u64); 17] = {
    let mut all = [(0, 0, seed_of_length(0)); 17];
    let mut n = 1;
    while n < 17 {
        let mask = u128::MAX >> (128 - 8 * n);
        all[n] = (mask as u64, (mask >> 64) as u64, seed_of_length(n));
        n += 1;
    }
    all
};

/// Bit 5 of every byte. It turns capitals into small letters and is set in every other byte of an ASCII word already
/// (digits, `-`, `'`, `.` and `,`).
const SMALL: u64 = u64::from_ne_bytes([0x20; 8]);

/// Appends the hash ([`bytes`]) of every word of an ASCII text shorter than 4 GiB to `tokens`: of the lower-cased word with
/// `LOWER`; with `JOIN` letters with points between them (`U.S.`) are one word without points. `letters` is scratch.
pub(crate) fn hash<const LOWER: bool, const JOIN: bool>(
    text: &[u8],
    tokens: &mut Vec<u64>,
    letters: &mut Vec<[u32; 2]>,
) {
    let first = tokens.len();
    letters.clear();
    each::<LOWER, JOIN>(text, tokens, letters);
    if !letters.is_empty() {
        join::<LOWER>(text, first, tokens, letters);
    }
}

/// [`hash`] without joining. Puts into `letters` which words (by number) are letters with a point and another letter before
/// them, and where they end.
#[cfg_attr(
    not(feature = "baseline"),
    multiversion(targets("x86_64+avx2+bmi1+bmi2+popcnt"))
)]
fn each<const LOWER: bool, const JOIN: bool>(
    text: &[u8],
    tokens: &mut Vec<u64>,
    letters: &mut Vec<[u32; 2]>,
) {
    let first = tokens.len();
    let mut count = first;
    let mut carry = Carry::default();
    // Where the word began that a block ends in, and the bits of the block before.
    let (mut open, mut began_before, mut ended_before) = (0, 0, 0);
    let mut base = 0;
    // A word that ends with the text and a block ends in a block of nothing.
    while base < text.len() || carry.inside == 1 {
        let rest = text.get(base..).unwrap_or_default();
        let mut padded = [b' '; WINDOW];
        let window: &[u8; WINDOW] = rest.first_chunk().unwrap_or_else(|| {
            padded[..rest.len()].copy_from_slice(rest);
            &padded
        });
        let Some(block) = window.first_chunk() else {
            break;
        };
        let next = window[64].is_ascii_alphanumeric();
        let inside = carry.inside;
        let (words, before) = carry.words(text, base, block, next);
        let (began, ended) = (words & !before, before & !words);
        if tokens.len() < count + MOST {
            tokens.resize(count + 1024, 0);
        }
        let Some(slots) = tokens
            .get_mut(count..)
            .and_then(<[u64]>::first_chunk_mut::<MOST>)
        else {
            break;
        };
        let mut slots = slots.iter_mut();
        let (mut starts, mut ends) = (began, ended);
        if inside == 1
            && ends != 0
            && let Some(slot) = slots.next()
        {
            *slot = word::<LOWER>(text, open, base + ends.trailing_zeros() as usize);
            ends &= ends - 1;
        }
        while ends != 0
            && let Some(slot) = slots.next()
        {
            let start = starts.trailing_zeros() as usize % 64;
            let end = ends.trailing_zeros() as usize;
            starts &= starts.wrapping_sub(1);
            ends &= ends - 1;
            *slot = match window[start..].first_chunk() {
                Some(sixteen) if end - start <= 16 => short::<LOWER>(sixteen, end - start),
                _ => long::<LOWER>(&text[base + start..base + end]),
            };
        }
        if starts != 0 {
            open = base + starts.trailing_zeros() as usize;
        }
        if JOIN {
            // Ends of one-letter words that stand two bytes after another one's end.
            let mut close = ended
                & (began << 1 | began_before >> 63)
                & (ended << 2 | ended_before >> 62)
                & (began << 3 | began_before >> 61);
            while close != 0 {
                let bit = close & close.wrapping_neg();
                close ^= bit;
                let end = base + bit.trailing_zeros() as usize;
                if dotted(text, end) {
                    let word = count - first + (ended & (bit - 1)).count_ones() as usize;
                    letters.push([word as u32, end as u32]);
                }
            }
            (began_before, ended_before) = (began, ended);
        }
        count += ended.count_ones() as usize;
        base += 64;
    }
    tokens.truncate(count);
}

/// A letter, a point and a letter stand before `end`.
fn dotted(text: &[u8], end: usize) -> bool {
    let three = end.checked_sub(3).and_then(|start| text.get(start..end));
    matches!(three, Some([a, b'.', b]) if a.is_ascii_alphabetic() && b.is_ascii_alphabetic())
}

#[inline(always)]
fn short<const LOWER: bool>(sixteen: &[u8; 16], length: usize) -> u64 {
    let (keep_low, keep_high, seed) = SHORT[length % 32 % 17];
    let small = if LOWER { SMALL } else { 0 };
    let both = u128::from_le_bytes(*sixteen);
    let low = (both as u64 | small) & keep_low;
    let high = ((both >> 64) as u64 | small) & keep_high;
    step(seed, low, high)
}

/// A word anywhere.
#[inline(always)]
fn word<const LOWER: bool>(text: &[u8], start: usize, end: usize) -> u64 {
    let sixteen = text.get(start..start + 16).and_then(<[u8]>::first_chunk);
    match sixteen {
        Some(sixteen) if end - start <= 16 => short::<LOWER>(sixteen, end - start),
        _ => long::<LOWER>(&text[start..end]),
    }
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

/// Makes one token of each run of letters; `letters` as from [`each`].
fn join<const LOWER: bool>(text: &[u8], first: usize, tokens: &mut Vec<u64>, letters: &[[u32; 2]]) {
    let (mut read, mut written) = (first, first);
    for run in letters.chunk_by(|before, after| after[0] == before[0] + 1) {
        let [word, end] = run[0].map(|number| number as usize);
        let from = first + word - 1;
        tokens.copy_within(read..from, written);
        written += from - read;
        tokens[written] = acronym::<LOWER>(text, end - 3, run.len() + 1);
        written += 1;
        read = from + run.len() + 1;
    }
    let rest = tokens.len() - read;
    tokens.copy_within(read.., written);
    tokens.truncate(written + rest);
}

/// Hash of `letters` letters at every second byte from `start`.
fn acronym<const LOWER: bool>(text: &[u8], start: usize, letters: usize) -> u64 {
    let joined = text[start..].iter().step_by(2).take(letters);
    let mut few = [0; 16];
    match few.get_mut(..letters) {
        Some(few) => {
            few.iter_mut()
                .zip(joined)
                .for_each(|(to, from)| *to = *from);
            long::<LOWER>(few)
        }
        None => long::<LOWER>(&joined.copied().collect::<Vec<u8>>()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::token;

    fn hashes<const LOWER: bool, const JOIN: bool>(text: &str) -> Vec<u64> {
        // What stands there already stays.
        let mut tokens = vec![7];
        let mut letters = vec![[1, 2]];
        hash::<LOWER, JOIN>(text.as_bytes(), &mut tokens, &mut letters);
        assert_eq!(tokens.remove(0), 7);
        tokens
    }

    /// The twin: words of the tokenizer of the whole crate, letters with points between them put together one by one.
    fn naive(text: &str, join: bool) -> Vec<u64> {
        let mut words: Vec<(String, usize)> = Vec::new();
        let mut letter_before = false;
        for span in token::words(text) {
            let word = &text[span.start..span.end];
            let letter = word.len() == 1 && word.as_bytes()[0].is_ascii_alphabetic();
            match words.last_mut() {
                Some((acronym, end))
                    if join
                        && letter
                        && letter_before
                        && *end + 1 == span.start
                        && text.as_bytes()[*end] == b'.' =>
                {
                    acronym.push_str(word);
                    *end = span.end;
                }
                _ => words.push((word.to_owned(), span.end)),
            }
            letter_before = letter;
        }
        words
            .iter()
            .map(|(word, _)| bytes(word.as_bytes()))
            .collect()
    }

    #[test]
    fn acronyms_join_wherever_blocks_end() {
        let text = "The U.S. and x.y.z but a. b and 1.a U.S.A";
        let expected = [
            "the", "us", "and", "xyz", "but", "a", "b", "and", "1", "a", "usa",
        ];
        let expected = expected.map(|word| bytes(word.as_bytes()));
        for pad in 0..130 {
            let padded = format!("{}{text}", " ".repeat(pad));
            assert_eq!(hashes::<true, true>(&padded), expected, "{pad}");
        }
        let many =
            "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u.v.w.x.y.z.A.B.C.D.E.F.G.H.I.J.K.L.M.N";
        let joined = many.replace('.', "");
        assert_eq!(hashes::<false, true>(many), [bytes(joined.as_bytes())]);
    }

    proptest! {
        #[test]
        fn equals_the_twin(text in "([a-cA-C0-1]{1,3}|[ .,'\\-]|[a-zA-Z]{14,70}| [A-C][.][A-C]([.][A-C])?){0,60}") {
            let lower = text.to_ascii_lowercase();
            prop_assert_eq!(hashes::<false, false>(&text), naive(&text, false));
            prop_assert_eq!(hashes::<false, true>(&text), naive(&text, true));
            prop_assert_eq!(hashes::<true, false>(&text), naive(&lower, false));
            prop_assert_eq!(hashes::<true, true>(&text), naive(&lower, true));
        }
    }
}
