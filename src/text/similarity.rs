//! Similarity of short strings: Jaro-Winkler with the matching done bit by bit, or of one string against many in step.
//!
//! One pair: a bit per byte of one string says whether it equals a byte of the other (sixteen are compared at once);
//! matching within the window is then a few operations on one 64-bit word, whatever the length. One against many: see
//! [`Choices`]. Strings of more than 64 bytes and pairs beyond ASCII take the plain path over characters, which is the definition.

use wide::u8x16;

mod choices;

pub use choices::Choices;

/// Jaro-Winkler similarity of two strings over their characters: 1 for equal ones, 0 without a common character.
///
/// Jaro 1989 with Winkler's bonus of 0.1 per common opening character, up to four, above 0.7. Transpositions are halved
/// and rounded down, as in Winkler's own code. Two empty strings are equal.
pub fn jaro_winkler(a: &str, b: &str) -> f64 {
    if !a.is_ascii() || !b.is_ascii() || b.len() > 64 {
        return plain(a, b);
    }
    let (left, right) = (a.as_bytes(), b.as_bytes());
    match a.len() {
        0..=16 => quick::<1>(left, right),
        17..=32 => quick::<2>(left, right),
        33..=64 => quick::<4>(left, right),
        _ => plain(a, b),
    }
}

/// No less than the Jaro-Winkler similarity of two strings of these lengths with at most `common` characters in common, whose first
/// characters are the `same` or not; but for the last bits.
pub fn jaro_winkler_at_most(common: u32, lengths: (u32, u32), same: bool) -> f64 {
    if lengths.0 == 0 || lengths.1 == 0 {
        return 1.0;
    }
    let lengths = (f64::from(lengths.0), f64::from(lengths.1));
    winkler_of(
        f64::from(common),
        0.0,
        lengths,
        if same { 4.0 } else { 0.0 },
    )
}

/// `a` has at most sixteen bytes per vector, `b` at most 64; both are ASCII.
fn quick<const VECTORS: usize>(a: &[u8], b: &[u8]) -> f64 {
    if a.is_empty() || b.is_empty() {
        return f64::from(u8::from(a.len() == b.len()));
    }
    let mut letters = [u8x16::default(); VECTORS];
    for (vector, bytes) in letters.iter_mut().zip(a.chunks(16)) {
        let mut padded = [0; 16];
        padded[..bytes.len()].copy_from_slice(bytes);
        *vector = u8x16::new(padded);
    }
    let window = (a.len().max(b.len()) / 2).saturating_sub(1);
    // Bits of `a` within the window of position 0 of `b`; grows on the left, then slides.
    let mut reach: u64 = u64::MAX >> 63usize.saturating_sub(window);
    let full: u64 = u64::MAX >> 64usize.saturating_sub(a.len());
    let mut open = full;
    let mut matched: u64 = 0;
    for (at, &byte) in b.iter().enumerate() {
        let byte = u8x16::splat(byte);
        let places = letters.iter().rev().fold(0, |places: u64, vector| {
            places << 16 | u64::from(vector.simd_eq(byte).to_bitmask())
        });
        let free = places & reach & open;
        open ^= free & free.wrapping_neg();
        matched |= u64::from(free != 0) << at;
        reach = (reach << 1) | u64::from(at < window);
    }
    let common = matched.count_ones();
    if common == 0 {
        return 0.0;
    }
    let mut out_of_place = 0u32;
    let mut taken = full ^ open;
    while matched != 0 {
        let letter = |string: &[u8], bits: u64| string.get(bits.trailing_zeros() as usize).copied();
        out_of_place += u32::from(letter(a, taken) != letter(b, matched));
        taken &= taken.wrapping_sub(1);
        matched &= matched - 1;
    }
    let prefix = a.iter().zip(b).take(4).take_while(|(x, y)| x == y).count();
    winkler(common, out_of_place / 2, (a.len(), b.len()), prefix)
}

#[inline]
fn winkler(common: u32, transpositions: u32, lengths: (usize, usize), prefix: usize) -> f64 {
    winkler_of(
        f64::from(common),
        f64::from(transpositions),
        (lengths.0 as f64, lengths.1 as f64),
        prefix as f64,
    )
}

/// The formula, with counts that are exact as floating-point numbers.
#[inline(always)]
fn winkler_of(common: f64, transpositions: f64, lengths: (f64, f64), prefix: f64) -> f64 {
    let shares = common / lengths.0 + common / lengths.1;
    let jaro = (shares + (common - transpositions) / common) / 3.0;
    let bonus = 0.1 * prefix * (1.0 - jaro);
    let value = if jaro > 0.7 { jaro + bonus } else { jaro };
    // Nothing in common makes the middle term 0/0.
    if common > 0.0 { value } else { 0.0 }
}

/// The definition, over characters.
fn plain(a: &str, b: &str) -> f64 {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    if a.is_empty() || b.is_empty() {
        return f64::from(u8::from(a.len() == b.len()));
    }
    let window = (a.len().max(b.len()) / 2).saturating_sub(1);
    let mut taken = vec![false; a.len()];
    let mut matched = Vec::new();
    for (at, c) in b.iter().enumerate() {
        let from = at.saturating_sub(window);
        let until = (at + window + 1).min(a.len());
        let place = (from..until).find(|&place| !taken[place] && a[place] == *c);
        if let Some(place) = place {
            taken[place] = true;
            matched.push(*c);
        }
    }
    if matched.is_empty() {
        return 0.0;
    }
    let in_order = a
        .iter()
        .zip(&taken)
        .filter(|(_, taken)| **taken)
        .map(|(c, _)| *c);
    let out_of_place = in_order.zip(&matched).filter(|(x, y)| x != *y).count();
    let prefix = a.iter().zip(&b).take(4).take_while(|(x, y)| x == y).count();
    let narrow = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    winkler(
        narrow(matched.len()),
        narrow(out_of_place / 2),
        (a.len(), b.len()),
        prefix,
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn worked_example() {
        // MARTHA and MARHTA: six common letters, one transposition, three opening letters:
        // jaro = (1 + 1 + 5/6) / 3 = 17/18; winkler = 17/18 + 0.3 / 18 = 17.3/18.
        assert!((jaro_winkler("MARTHA", "MARHTA") - 17.3 / 18.0).abs() < 1e-12);
        assert_eq!(jaro_winkler("", ""), 1.0);
        assert_eq!(jaro_winkler("", "a"), 0.0);
        assert_eq!(jaro_winkler("ab", "cd"), 0.0);
        assert!((jaro_winkler("iran", "iraq") - 0.883_333).abs() < 1e-6);
    }

    proptest! {
        #[test]
        fn quick_is_plain(a in "[a-d ]{0,64}|[\0a-c]{0,20}", b in "[a-d ]{0,64}|[\0a-c]{0,20}") {
            prop_assert_eq!(jaro_winkler(&a, &b), plain(&a, &b));
        }

        #[test]
        fn the_crates_agree(a in "[a-eé]{0,70}", b in "[a-eé]{0,70}") {
            let ours = jaro_winkler(&a, &b);
            prop_assert!((ours - strsim::jaro_winkler(&a, &b)).abs() < 1e-9, "strsim");
            let theirs = rapidfuzz::distance::jaro_winkler::similarity(a.chars(), b.chars());
            prop_assert!((ours - theirs).abs() < 1e-9, "rapidfuzz {} {}", ours, theirs);
        }
    }
}
