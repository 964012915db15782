//! Shingles: overlapping runs of words or characters as 64-bit hashes, written into a reused buffer.
//!
//! A shingle of `n` hashes is their multilinear sum with random odd coefficients, then mixed: independent products instead
//! of a rolling chain, so the compiler can use wide registers (chosen at run time). A text shorter than `n` gives one
//! shingle of everything, so that short sentences still compare; an empty text gives none.

use std::fmt;
use std::str::FromStr;

#[cfg(not(feature = "baseline"))]
use multiversion::multiversion;
use serde::{Deserialize, Serialize};

use crate::text::hash::{SplitMix, mix};
use crate::text::normalize::Normalize;

/// What a shingle is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Of {
    /// Words.
    Words,
    /// Characters (Unicode scalars) of the normalised text, one space between tokens.
    Characters,
}

/// Which shingles to take; written `words-5` or `characters-4`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Shingle {
    /// Words or characters.
    pub of: Of,
    /// How many of them make one shingle; 1 to 1000.
    pub size: usize,
}

impl fmt::Display for Shingle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = match self.of {
            Of::Words => "words",
            Of::Characters => "characters",
        };
        write!(f, "{of}-{}", self.size)
    }
}

impl FromStr for Shingle {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (of, size) = text.split_once('-').unwrap_or_default();
        let of = match of {
            "words" => Some(Of::Words),
            "characters" => Some(Of::Characters),
            _ => None,
        };
        let size = size.parse().ok().filter(|size| (1..=1000).contains(size));
        match (of, size) {
            (Some(of), Some(size)) => Ok(Self { of, size }),
            _ => Err(format!(
                "shingle is `{text}`, must be `words-N` or `characters-N` with N from 1 to 1000"
            )),
        }
    }
}

impl TryFrom<String> for Shingle {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Shingle> for String {
    fn from(shingle: Shingle) -> Self {
        shingle.to_string()
    }
}

impl Shingle {
    /// Shingles of `size` words.
    pub const fn words(size: usize) -> Self {
        Self {
            of: Of::Words,
            size,
        }
    }

    /// Shingles of `size` characters.
    pub const fn characters(size: usize) -> Self {
        Self {
            of: Of::Characters,
            size,
        }
    }

    /// Replaces `shingles` by the shingle hashes of `text`, in order, repeats included. `buffers` are reused.
    pub fn hashes(
        &self,
        text: &str,
        normalize: &Normalize,
        buffers: &mut Buffers,
        shingles: &mut Vec<u64>,
    ) {
        match self.of {
            Of::Words => normalize.words(text, buffers),
            Of::Characters => {
                let mut normal = std::mem::take(&mut buffers.text);
                normalize.write(text, &mut normal);
                buffers.tokens.clear();
                if normal.is_ascii() {
                    buffers.tokens.extend(normal.bytes().map(u64::from));
                } else {
                    buffers
                        .tokens
                        .extend(normal.chars().map(|c| u64::from(u32::from(c))));
                }
                buffers.text = normal;
            }
        }
        shingles.clear();
        combine(&buffers.tokens, self.size, shingles);
    }
}

/// Buffers that splitting and hashing reuse, so that no token costs an allocation.
#[derive(Debug, Default, Clone)]
pub struct Buffers {
    /// Normalised text.
    pub text: String,
    /// Hashes of tokens.
    pub tokens: Vec<u64>,
    /// Letters of acronyms: which word, and where it ends.
    pub(crate) letters: Vec<[u32; 2]>,
}

/// Sorts hashes and drops repeats: a set of shingles.
pub fn to_set(shingles: &mut Vec<u64>) {
    shingles.sort_unstable();
    shingles.dedup();
}

/// Appends the hash of every run of `size` tokens to `shingles`.
pub fn combine(tokens: &[u64], size: usize, shingles: &mut Vec<u64>) {
    let size = size.min(tokens.len());
    if size == 0 {
        return;
    }
    let start = shingles.len();
    shingles.resize(start + tokens.len() + 1 - size, 0);
    let out = &mut shingles[start..];
    let mut coefficients = [0u64; 16];
    for (round, at) in (0..size).step_by(16).enumerate() {
        let width = (size - at).min(16);
        fill_coefficients(round, &mut coefficients[..width]);
        match width {
            1 => accumulate::<1>(&tokens[at..], &coefficients, out),
            2 => accumulate::<2>(&tokens[at..], &coefficients, out),
            3 => accumulate::<3>(&tokens[at..], &coefficients, out),
            4 => accumulate::<4>(&tokens[at..], &coefficients, out),
            5 => accumulate::<5>(&tokens[at..], &coefficients, out),
            8 => accumulate::<8>(&tokens[at..], &coefficients, out),
            13 => accumulate::<13>(&tokens[at..], &coefficients, out),
            16 => accumulate::<16>(&tokens[at..], &coefficients, out),
            _ => {
                for (j, &coefficient) in coefficients[..width].iter().enumerate() {
                    accumulate::<1>(&tokens[at + j..], &[coefficient; 16], out);
                }
            }
        }
    }
    finish(out);
}

/// The fixed coefficients of positions `16 * round ..`.
fn fill_coefficients(round: usize, coefficients: &mut [u64]) {
    let mut numbers = SplitMix::new(0x5348_494E_474C_4531 ^ round as u64);
    for coefficient in coefficients {
        *coefficient = numbers.next() | 1;
    }
}

/// Adds the products of `WIDTH` neighbouring tokens to every sum.
#[cfg_attr(
    not(feature = "baseline"),
    multiversion(targets("x86_64+avx512f+avx512dq+avx512vl+avx512bw", "x86_64+avx2"))
)]
fn accumulate<const WIDTH: usize>(tokens: &[u64], coefficients: &[u64; 16], sums: &mut [u64]) {
    for (window, sum) in tokens.windows(WIDTH).zip(sums) {
        let mut total = *sum;
        for j in 0..WIDTH {
            total = total.wrapping_add(window[j].wrapping_mul(coefficients[j]));
        }
        *sum = total;
    }
}

/// Spreads the sums over all bits.
#[cfg_attr(
    not(feature = "baseline"),
    multiversion(targets("x86_64+avx512f+avx512dq+avx512vl+avx512bw", "x86_64+avx2"))
)]
fn finish(sums: &mut [u64]) {
    for sum in sums {
        *sum = mix(*sum);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;

    /// The obvious twin: the same sums, one shingle at a time.
    fn naive(tokens: &[u64], size: usize) -> Vec<u64> {
        if tokens.is_empty() {
            return Vec::new();
        }
        let size = size.min(tokens.len());
        let mut coefficients = vec![0; size];
        for (round, chunk) in coefficients.chunks_mut(16).enumerate() {
            fill_coefficients(round, chunk);
        }
        (0..=tokens.len() - size)
            .map(|start| {
                let sum = (0..size).fold(0u64, |sum, j| {
                    sum.wrapping_add(tokens[start + j].wrapping_mul(coefficients[j]))
                });
                mix(sum)
            })
            .collect()
    }

    fn of(text: &str, shingle: Shingle) -> Vec<u64> {
        let mut shingles = Vec::new();
        shingle.hashes(
            text,
            &Normalize::default(),
            &mut Buffers::default(),
            &mut shingles,
        );
        shingles
    }

    #[test]
    fn five_words_give_three_shingles_of_three_and_short_texts_one() {
        assert_eq!(of("a rose is a rose", Shingle::words(3)).len(), 3);
        assert_eq!(of("a rose is a rose", Shingle::words(9)).len(), 1);
        assert_eq!(of("", Shingle::words(3)), [0u64; 0]);
        assert_eq!(of(" ,.", Shingle::characters(3)), [0u64; 0]);
        // "a rose" occurs twice: equal shingles.
        let pairs = of("a rose is a rose", Shingle::words(2));
        assert_eq!(pairs[0], pairs[3]);
        assert_eq!(of("caf\u{e9}s", Shingle::characters(4)).len(), 2);
    }

    #[test]
    fn names_are_read_and_refused() {
        for name in ["words-5", "characters-4", "words-1000"] {
            assert_eq!(name.parse::<Shingle>().unwrap().to_string(), name);
        }
        for name in [
            "words",
            "words-0",
            "words-1001",
            "word-5",
            "characters-x",
            "",
        ] {
            assert!(
                name.parse::<Shingle>().unwrap_err().contains("words-N"),
                "{name}"
            );
        }
    }

    #[test]
    fn order_counts() {
        assert_ne!(
            of("the dog bit", Shingle::words(3)),
            of("bit dog the", Shingle::words(3))
        );
    }

    #[test]
    fn equal_character_shingles_have_equal_hashes_beside_non_ascii_text() {
        let plain: BTreeSet<u64> = of("baghdad", Shingle::characters(4)).into_iter().collect();
        let mixed: BTreeSet<u64> = of("baghdad \u{e9}", Shingle::characters(4))
            .into_iter()
            .collect();
        assert!(plain.is_subset(&mixed));
    }

    proptest! {
        #[test]
        fn equals_the_naive_twin(tokens in prop::collection::vec(any::<u64>(), 0..60), size in 1usize..40) {
            let mut fast = Vec::new();
            combine(&tokens, size, &mut fast);
            prop_assert_eq!(fast, naive(&tokens, size));
        }

        #[test]
        fn equal_windows_and_only_they_have_equal_hashes(tokens in prop::collection::vec(0u64..4, 0..200), size in 1usize..7) {
            let mut hashes = Vec::new();
            combine(&tokens, size, &mut hashes);
            let mut windows: BTreeMap<u64, &[u64]> = BTreeMap::new();
            for (window, hash) in tokens.windows(size).zip(&hashes) {
                prop_assert_eq!(*windows.entry(*hash).or_insert(window), window);
            }
            let distinct: BTreeSet<&[u64]> = tokens.windows(size).collect();
            if tokens.len() >= size {
                prop_assert_eq!(distinct.len(), windows.len());
            }
        }
    }
}
