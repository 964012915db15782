//! What the tagger looks at, as rows of its weight table.
//!
//! Each template of the list in the manual page mixes its parts into one number, and the high bits of a product are the
//! row. Rows of different features may coincide; training settles what they share.

use super::tokens::{BORDER, Token};

/// Version of the templates: a model file of another one cannot be used.
pub(super) const VERSION: u32 = 1;

/// Number of templates.
pub(super) const COUNT: usize = 36;

/// Share of capitalised words in a sentence, in four steps: a sentence in capitals and one without any tell less by them.
pub(super) fn profile(tokens: &[Token]) -> u64 {
    let (mut words, mut capitals) = (0usize, 0usize);
    for token in tokens {
        let letters = token.prefix != 0 && (token.suffix & 0xff) as u8 >= b'a';
        words += usize::from(letters);
        capitals += usize::from(letters && token.class as u8 >= 2 && token.class as u8 <= 5);
    }
    if capitals == 0 {
        return 0;
    }
    1 + (4 * capitals / words).min(3) as u64
}

/// Writes the rows of the token at `at` of a sentence; a table has `64 - shift` bits of rows.
#[inline(always)]
pub(super) fn rows(tokens: &[Token], at: usize, profile: u64, shift: u32, rows: &mut [u32; COUNT]) {
    let token = |offset: isize| {
        at.checked_add_signed(offset)
            .and_then(|at| tokens.get(at))
            .unwrap_or(&BORDER)
    };
    let (pp, p, t, n, nn) = (token(-2), token(-1), token(0), token(1), token(2));
    let class = t.class as u64;
    let (before, after) = (p.class as u64, n.class as u64);
    let prefix = |bytes: u32| u64::from(t.prefix & (u32::MAX >> (32 - 8 * bytes)));
    let suffix =
        |token: &Token, bytes: u32| u64::from(token.suffix & (u32::MAX >> (32 - 8 * bytes)));
    let listed = u64::from(t.listed);
    let cue = u64::from(t.cue) << 8 | class;
    let values: [u64; COUNT] = [
        class,
        t.word,
        pair(t.word, u64::from(t.shape)),
        u64::from(t.shape),
        prefix(2),
        prefix(3),
        prefix(4),
        suffix(t, 1),
        suffix(t, 2),
        suffix(t, 3),
        suffix(t, 4),
        p.word,
        n.word,
        pp.word,
        nn.word,
        pair(p.word, t.word),
        pair(t.word, n.word),
        pair(pp.word, p.word),
        pair(n.word, nn.word),
        pair(u64::from(p.shape), u64::from(t.shape)),
        pair(u64::from(t.shape), u64::from(n.shape)),
        before << 16 | class << 8 | after,
        suffix(p, 3) << 8 | class,
        suffix(n, 3) << 8 | class,
        listed << 8 | class,
        u64::from(p.listed) << 16 | listed << 8 | u64::from(n.listed),
        u64::from(p.given) << 17 | u64::from(t.given) << 16 | class << 8 | after,
        cue,
        u64::from(p.cue) << 16 | class << 8 | u64::from(t.given),
        u64::from(n.cue) << 16 | class << 8 | after,
        u64::from(at == 0) << 16 | class << 8 | profile,
        pair(p.word, class),
        pair(n.word, class),
        u64::from(nn.cue) << 24 | u64::from(n.cue) << 16 | class << 8 | after,
        (nn.class as u64) << 32 | (pp.class as u64) << 24 | before << 16 | class << 8 | after,
        u64::from(t.length.min(20)) << 8 | class,
    ];
    for (template, (row, value)) in rows.iter_mut().zip(values).enumerate() {
        let salted = value.wrapping_add(SALTS[template]);
        // Two products, so that the low bits of small values reach the high bits.
        let mixed = (salted ^ (salted >> 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        *row = (mixed >> shift) as u32;
    }
}

/// One number of two.
#[inline(always)]
const fn pair(a: u64, b: u64) -> u64 {
    (a ^ b.rotate_left(29).wrapping_mul(0xC2B2_AE3D_27D4_EB4F)).wrapping_mul(0x1656_67B1_9E37_79F9)
}

/// Keeps equal values of different templates apart.
const SALTS: [u64; COUNT] = {
    let mut salts = [0; COUNT];
    let mut at = 0;
    while at < COUNT {
        salts[at] = crate::text::hash::mix(at as u64 + 1);
        at += 1;
    }
    salts
};

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::corpus::Span;
    use crate::entity::perceptron::tokens::read;

    fn of(text: &str, at: usize) -> [u32; COUNT] {
        let mut tokens = Vec::new();
        read(text, Span::new(0, text.len()), &mut tokens);
        let mut found = [0; COUNT];
        rows(&tokens, at, profile(&tokens), 64 - 20, &mut found);
        found
    }

    #[test]
    fn templates_see_what_they_name_and_nothing_else() {
        let differ = |a: &str, b: &str, at: usize| -> Vec<usize> {
            let (a, b) = (of(a, at), of(b, at));
            (0..COUNT)
                .filter(|&template| a[template] != b[template])
                .collect()
        };
        assert!(differ("he saw Rome once more", "he saw Rome once more", 2).is_empty());
        // Another word two places on: the two templates with that word (`more` would be a function word as well).
        assert_eq!(
            differ("he saw Rome once xore", "he saw Rome once xare", 2),
            [14, 18]
        );
        // Another word before, of the same last three letters and class.
        assert_eq!(
            differ("he xing Rome once more", "he ping Rome once more", 2),
            [11, 15, 17, 31]
        );
        // Rows lie within the table.
        assert!(of("he saw Rome", 1).iter().all(|&row| row < 1 << 20));
    }

    #[test]
    fn rows_spread() {
        let words: Vec<String> = (0..200).map(|i| format!("w{i}x")).collect();
        let rows: BTreeSet<u32> = words.iter().map(|word| of(word, 0)[1]).collect();
        assert!(rows.len() > 195, "{}", rows.len());
    }

    #[test]
    fn the_profile_tells_headlines_from_small_letters() {
        let of = |text: &str| {
            let mut tokens = Vec::new();
            read(text, Span::new(0, text.len()), &mut tokens);
            profile(&tokens)
        };
        assert_eq!(of("no capitals here"), 0);
        assert_eq!(of("One of four words"), 2);
        assert_eq!(of("ALL IN CAPITALS"), 4);
        assert_eq!(of("..."), 0);
    }
}
