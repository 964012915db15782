//! Similarity of short strings, one against many: Jaro-Winkler with the matching done bit by bit.
//!
//! A set of bits per byte of the query says where the byte stands; matching one byte of the other string within the
//! window is then a few operations on one 64-bit word, whatever the length. Queries of more than 64 bytes and text beyond ASCII
//! take the plain path over characters, which is the definition.

/// Jaro-Winkler similarity of two strings over their characters: 1 for equal ones, 0 without a common character.
///
/// Jaro 1989 with Winkler's bonus of 0.1 per common opening character, up to four, above 0.7. Transpositions are halved
/// and rounded down, as in Winkler's own code. Two empty strings are equal.
pub fn jaro_winkler(a: &str, b: &str) -> f64 {
    if a.is_ascii() && b.is_ascii() && a.len() <= 64 {
        return Query::new(a).jaro_winkler(b);
    }
    plain(a, b)
}

/// A string prepared for comparison with many others.
#[derive(Debug, Clone)]
pub struct Query<'a> {
    text: &'a str,
    /// Where each byte stands; `None` for the plain path.
    masks: Option<Box<[u64; 128]>>,
}

impl<'a> Query<'a> {
    /// Prepares `text`.
    pub fn new(text: &'a str) -> Self {
        let masks = (text.len() <= 64 && text.is_ascii()).then(|| {
            let mut masks = Box::new([0u64; 128]);
            for (at, &byte) in text.as_bytes().iter().enumerate() {
                masks[usize::from(byte & 0x7f)] |= 1 << at;
            }
            masks
        });
        Self { text, masks }
    }

    /// [`jaro_winkler`] of the query and `other`.
    pub fn jaro_winkler(&self, other: &str) -> f64 {
        match &self.masks {
            Some(masks) if other.len() <= 64 && other.is_ascii() => {
                quick(masks, self.text.as_bytes(), other.as_bytes())
            }
            _ => plain(self.text, other),
        }
    }

    /// [`jaro_winkler`] of the query and each of `others`, which are ASCII strings of at most 64 bytes laid end to end, each
    /// ending where `ends` says. Appends one value per string; a text that breaks the promise takes the plain path.
    pub fn jaro_winkler_all(&self, others: &str, ends: &[u32], values: &mut Vec<f64>) {
        let mut start = 0;
        let ascii = others.is_ascii();
        values.extend(ends.iter().map(|&end| {
            let range = start..end as usize;
            start = end as usize;
            match &self.masks {
                Some(masks) if ascii && range.len() <= 64 => quick(
                    masks,
                    self.text.as_bytes(),
                    others.as_bytes().get(range).unwrap_or_default(),
                ),
                _ => plain(self.text, others.get(range).unwrap_or_default()),
            }
        }));
    }
}

/// `masks` are those of `a`; both strings are ASCII of at most 64 bytes.
#[inline]
fn quick(masks: &[u64; 128], a: &[u8], b: &[u8]) -> f64 {
    if a.is_empty() || b.is_empty() {
        return f64::from(u8::from(a.len() == b.len()));
    }
    let window = (a.len().max(b.len()) / 2).saturating_sub(1);
    // Bits of `a` within the window of position 0 of `b`; grows on the left, then slides.
    let mut reach: u64 = if window >= 63 {
        u64::MAX
    } else {
        (2 << window) - 1
    };
    let full = if a.len() == 64 {
        u64::MAX
    } else {
        (1 << a.len()) - 1
    };
    let mut taken: u64 = 0;
    let mut matched: u64 = 0;
    for (at, &byte) in b.iter().enumerate() {
        let free = masks[usize::from(byte & 0x7f)] & reach & !taken;
        taken |= free & free.wrapping_neg();
        matched |= u64::from(free != 0) << at;
        reach = (reach << 1) | u64::from(at < window);
    }
    taken &= full;
    let common = taken.count_ones();
    if common == 0 {
        return 0.0;
    }
    let mut out_of_place = 0u32;
    let (mut left, mut right) = (taken, matched);
    while right != 0 {
        let first = left & left.wrapping_neg();
        let byte = b
            .get(right.trailing_zeros() as usize)
            .copied()
            .unwrap_or_default();
        out_of_place += u32::from(masks[usize::from(byte & 0x7f)] & first == 0);
        left ^= first;
        right &= right - 1;
    }
    let prefix = a.iter().zip(b).take(4).take_while(|(x, y)| x == y).count();
    winkler(common, out_of_place / 2, a.len(), b.len(), prefix)
}

#[inline]
fn winkler(common: u32, transpositions: u32, a: usize, b: usize, prefix: usize) -> f64 {
    let m = f64::from(common);
    let jaro = (m / a as f64 + m / b as f64 + (m - f64::from(transpositions)) / m) / 3.0;
    if jaro > 0.7 {
        jaro + 0.1 * prefix as f64 * (1.0 - jaro)
    } else {
        jaro
    }
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
        a.len(),
        b.len(),
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
        fn quick_is_plain(a in "[a-d ]{0,64}", b in "[a-d ]{0,64}") {
            prop_assert!((jaro_winkler(&a, &b) - plain(&a, &b)).abs() < 1e-12);
        }

        #[test]
        fn the_crates_agree(a in "[a-eé]{0,70}", b in "[a-eé]{0,70}") {
            let ours = jaro_winkler(&a, &b);
            prop_assert!((ours - strsim::jaro_winkler(&a, &b)).abs() < 1e-9, "strsim");
            let theirs = rapidfuzz::distance::jaro_winkler::similarity(a.chars(), b.chars());
            prop_assert!((ours - theirs).abs() < 1e-9, "rapidfuzz {} {}", ours, theirs);
        }

        #[test]
        fn many_at_once_are_one_by_one(query in "[a-c]{0,12}", others in prop::collection::vec("[a-c]{0,70}", 0..6)) {
            let mut text = String::new();
            let mut ends = Vec::new();
            for other in &others {
                text.push_str(other);
                ends.push(u32::try_from(text.len()).unwrap());
            }
            let mut values = Vec::new();
            Query::new(&query).jaro_winkler_all(&text, &ends, &mut values);
            let expected: Vec<f64> = others.iter().map(|other| plain(&query, other)).collect();
            prop_assert!(values.iter().zip(&expected).all(|(x, y)| (x - y).abs() < 1e-12) && values.len() == expected.len());
        }
    }
}
