//! Jaro-Winkler of one string against many at once: thirty-two strings of one length in step, a byte of each side by side.
//!
//! Strings of one length share the window, so the definition runs as it stands, with thirty-two bytes where it has one: no
//! branch, no table, and the compiler makes vectors of it. Characters get a byte each in order of appearance, in any script, as long as
//! there are bytes. Transpositions need no sorting: the k-th common letter of one string
//! meets the k-th of the other within the window, because sorting two ends of pairs never lengthens the longest pair.

#[cfg(not(feature = "baseline"))]
use multiversion::multiversion;
use rustc_hash::FxHashMap;

use super::{plain, winkler_of};

/// Strings side by side.
const LANES: usize = 32;

/// Longest string that runs in step, in characters.
const LONGEST: usize = 64;

/// The characters of all strings of a block at one position, or a number or a mask for each.
type Lanes = [u8; LANES];

/// Strings prepared to be compared with many others.
#[derive(Debug, Clone, Default)]
pub struct Choices<'a> {
    codes: Codes,
    blocks: Vec<Block>,
    /// Of each block, its lanes position by position.
    letters: Vec<Lanes>,
    /// Which string each lane holds, block after block.
    order: Vec<u32>,
    /// Numbers of strings that are too long or have characters without a code: the plain path.
    others: Vec<u32>,
    strings: Vec<&'a str>,
}

/// Strings of one length.
#[derive(Debug, Clone, Copy)]
struct Block {
    /// Their length in characters.
    length: usize,
    /// How many lanes are in use.
    count: usize,
}

/// Bytes that stand for characters; 0 stands for those that no choice has.
#[derive(Debug, Clone)]
struct Codes {
    ascii: [u8; 128],
    beyond: FxHashMap<char, u8>,
    used: u8,
}

impl Default for Codes {
    fn default() -> Self {
        Self {
            ascii: [0; 128],
            beyond: FxHashMap::default(),
            used: 0,
        }
    }
}

impl Codes {
    fn get(&self, c: char) -> u8 {
        match self.ascii.get(c as usize) {
            Some(&code) => code,
            None => self.beyond.get(&c).copied().unwrap_or_default(),
        }
    }

    /// The code of a character of a choice; `None` when all are given out.
    fn take(&mut self, c: char) -> Option<u8> {
        let slot = match self.ascii.get_mut(c as usize) {
            Some(slot) => slot,
            None => self.beyond.entry(c).or_default(),
        };
        if *slot == 0 {
            self.used = self.used.checked_add(1)?;
            *slot = self.used;
        }
        Some(*slot)
    }
}

impl<'a> Choices<'a> {
    /// Prepares strings; sorts them by length.
    pub fn new(strings: impl IntoIterator<Item = &'a str>) -> Self {
        let mut choices = Self::default();
        let mut short: Vec<(usize, u32)> = Vec::new();
        for (number, string) in (0u32..).zip(strings) {
            choices.strings.push(string);
            let length = string.chars().count();
            if length <= LONGEST && string.chars().all(|c| choices.codes.take(c).is_some()) {
                short.push((length, number));
            } else {
                choices.others.push(number);
            }
        }
        short.sort_unstable();
        for same in short.chunk_by(|x, y| x.0 == y.0) {
            for members in same.chunks(LANES) {
                let length = members.first().map_or(0, |member| member.0);
                choices.blocks.push(Block {
                    length,
                    count: members.len(),
                });
                let start = choices.letters.len();
                choices.letters.resize(start + length, [0; LANES]);
                for (lane, &(_, number)) in members.iter().enumerate() {
                    choices.order.push(number);
                    let string = choices.strings[number as usize].chars();
                    for (letters, c) in choices.letters[start..].iter_mut().zip(string) {
                        letters[lane] = choices.codes.get(c);
                    }
                }
            }
        }
        choices
    }

    /// [`super::jaro_winkler`] of `query` and each of the choices, in their order, in place of what `values` held.
    pub fn jaro_winkler(&self, query: &str, values: &mut Vec<f64>) {
        values.clear();
        values.resize(self.strings.len(), 0.0);
        let mut codes = [0; LONGEST];
        let mut length = 0;
        for c in query.chars() {
            if let Some(code) = codes.get_mut(length) {
                *code = self.codes.get(c);
            }
            length += 1;
        }
        let mut alone = |number: u32| {
            let number = number as usize;
            values[number] = plain(query, self.strings[number]);
        };
        self.others.iter().for_each(|&number| alone(number));
        match codes.get(..length) {
            Some(query) => in_step(query, self, values),
            None => self.order.iter().for_each(|&number| alone(number)),
        }
    }

    /// How many strings there are.
    pub fn len(&self) -> usize {
        self.strings.len()
    }

    /// True without strings.
    pub fn is_empty(&self) -> bool {
        self.strings.is_empty()
    }
}

/// What is counted of a block, and room to work in.
struct Counts {
    /// By position of the query: which lanes have taken it, later their rank among what is taken.
    taken: [Lanes; LONGEST],
    /// By position of the choices: rank among the common letters, 0 for none.
    ranks: [Lanes; LONGEST],
    common: Lanes,
    in_place: Lanes,
    prefix: Lanes,
}

/// `query` holds the codes of at most [`LONGEST`] characters.
#[cfg_attr(
    not(feature = "baseline"),
    multiversion(targets("x86_64+avx512f+avx512dq+avx512vl+avx512bw", "x86_64+avx2"))
)]
fn in_step(query: &[u8], choices: &Choices<'_>, values: &mut [f64]) {
    let mut counts = Counts {
        taken: [[0; LANES]; LONGEST],
        ranks: [[0; LANES]; LONGEST],
        common: [0; LANES],
        in_place: [0; LANES],
        prefix: [0; LANES],
    };
    let (mut letters, mut order) = (choices.letters.as_slice(), choices.order.as_slice());
    for block in &choices.blocks {
        let (own, rest) = letters.split_at(block.length);
        let (numbers, later) = order.split_at(block.count);
        let mut likeness = [f64::from(u8::from(query.len() == block.length)); LANES];
        if !query.is_empty() && block.length > 0 {
            counts.count(query, own);
            let (a, b) = (query.len() as f64, block.length as f64);
            for (lane, value) in likeness.iter_mut().enumerate() {
                let common = counts.common[lane];
                *value = winkler_of(
                    f64::from(common),
                    f64::from((common - counts.in_place[lane]) / 2),
                    (a, b),
                    f64::from(counts.prefix[lane]),
                );
            }
        }
        for (&number, &value) in numbers.iter().zip(&likeness) {
            values[number as usize] = value;
        }
        (letters, order) = (rest, later);
    }
}

impl Counts {
    /// Counts a query, which is not empty, against the choices of a block.
    #[inline(always)]
    fn count(&mut self, query: &[u8], choices: &[Lanes]) {
        let window = (query.len().max(choices.len()) / 2).saturating_sub(1);
        let taken = &mut self.taken[..query.len()];
        let ranks = &mut self.ranks[..choices.len()];
        taken.fill([0; LANES]);
        let reach = |at: usize| {
            let until = (at + window + 1).min(query.len());
            at.saturating_sub(window).min(until)..until
        };
        let mut common = [0u8; LANES];
        for (at, (letters, ranks)) in choices.iter().zip(ranks.iter_mut()).enumerate() {
            let (letters, mut open) = (*letters, [u8::MAX; LANES]);
            for (taken, &byte) in taken[reach(at)].iter_mut().zip(&query[reach(at)]) {
                for lane in 0..LANES {
                    // In this order `open` waits for one operation only.
                    let fits = mask(letters[lane] == byte) & !taken[lane];
                    taken[lane] |= fits & open[lane];
                    open[lane] &= !fits;
                }
            }
            for lane in 0..LANES {
                common[lane] = common[lane].wrapping_add(!open[lane] & 1);
                ranks[lane] = common[lane] & !open[lane];
            }
        }
        // Ranks of what is taken; all bits where nothing is, which no rank of a choice equals.
        let mut rank = [0u8; LANES];
        for taken in taken.iter_mut() {
            for lane in 0..LANES {
                rank[lane] = rank[lane].wrapping_add(taken[lane] & 1);
                taken[lane] = rank[lane] | !taken[lane];
            }
        }
        let mut in_place = [0u8; LANES];
        for (at, (letters, ranks)) in choices.iter().zip(ranks.iter()).enumerate() {
            let (letters, ranks) = (*letters, *ranks);
            for (taken, &byte) in taken[reach(at)].iter().zip(&query[reach(at)]) {
                for lane in 0..LANES {
                    let same = mask(letters[lane] == byte) & mask(taken[lane] == ranks[lane]);
                    in_place[lane] = in_place[lane].wrapping_add(same & 1);
                }
            }
        }
        let (mut prefix, mut runs) = ([0u8; LANES], [1u8; LANES]);
        for (letters, &byte) in choices.iter().zip(query).take(4) {
            for lane in 0..LANES {
                runs[lane] &= u8::from(letters[lane] == byte);
                prefix[lane] += runs[lane];
            }
        }
        (self.common, self.in_place, self.prefix) = (common, in_place, prefix);
    }
}

/// All bits or none.
#[inline(always)]
fn mask(yes: bool) -> u8 {
    0u8.wrapping_sub(u8::from(yes))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn agree(query: &str, strings: &[String]) {
        let choices = Choices::new(strings.iter().map(String::as_str));
        let mut values = vec![7.0];
        choices.jaro_winkler(query, &mut values);
        let expected: Vec<f64> = strings.iter().map(|other| plain(query, other)).collect();
        assert_eq!(values, expected, "{query:?} {strings:?}");
    }

    #[test]
    fn more_strings_than_lanes() {
        let strings: Vec<String> = (0..200).map(|number| format!("{number:b}")).collect();
        for query in ["", "1", "10110", "0000000000", "é", &"10".repeat(33)] {
            agree(query, &strings);
        }
        assert!(Choices::new([]).is_empty());
    }

    #[test]
    fn more_characters_than_codes() {
        let strings: Vec<String> = ('\u{4e00}'..'\u{4f00}')
            .map(|c| format!("{c}{c}a"))
            .collect();
        for query in ["\u{4e00}a", "\u{4eff}\u{4efe}", "ab"] {
            agree(query, &strings);
        }
    }

    proptest! {
        #[test]
        fn many_at_once_are_one_by_one(query in "[a-cé]{0,12}", strings in prop::collection::vec("[a-c]{0,14}|[a-cé]{0,70}", 0..80)) {
            agree(&query, &strings);
        }

        #[test]
        fn long_ones_too(query in "[a-c]{50,64}", strings in prop::collection::vec("[a-c]{40,64}", 0..8)) {
            agree(&query, &strings);
        }
    }
}
