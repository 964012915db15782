//! Suffix array and common prefixes of all words in a row.

use libsais::SuffixArrayConstruction;
use rustc_hash::FxHashMap;

/// All words as small numbers, with a mark of its own after each unit; and unit and position of each.
pub(super) fn sequence(words: &[Vec<u64>]) -> (Vec<i32>, Vec<(u32, u32)>) {
    let marks = i32::try_from(words.len()).unwrap_or(i32::MAX);
    let mut numbers: FxHashMap<u64, i32> = FxHashMap::default();
    let (mut text, mut owners) = (Vec::new(), Vec::new());
    for ((unit, mark), words) in (0u32..).zip(0i32..).zip(words) {
        for (position, word) in (0u32..).zip(words) {
            let next = marks.saturating_add(i32::try_from(numbers.len()).unwrap_or(i32::MAX));
            text.push(*numbers.entry(*word).or_insert(next));
            owners.push((unit, position));
        }
        text.push(mark);
        owners.push((unit, u32::try_from(words.len()).unwrap_or(u32::MAX)));
    }
    (text, owners)
}

/// Starts of all suffixes in sorted order; `None` when the sequence is too long for 32 bits.
pub(super) fn suffix_array(text: &mut [i32]) -> Option<Vec<i32>> {
    let array = SuffixArrayConstruction::for_text_mut(text)
        .in_owned_buffer32()
        .single_threaded()
        .run()
        .ok()?;
    Some(array.into_vec())
}

/// Number of leading words that each suffix shares with the one sorted before it.
pub(super) fn common_prefixes(text: &[i32], order: &[i32]) -> Vec<usize> {
    let mut rank = vec![0usize; text.len()];
    for (at, &suffix) in order.iter().enumerate() {
        rank[suffix as usize] = at;
    }
    let mut prefixes = vec![0; text.len()];
    let mut length = 0usize;
    for start in 0..text.len() {
        if rank[start] == 0 {
            length = 0;
            continue;
        }
        let before = order[rank[start] - 1] as usize;
        let (a, b) = (&text[start..], &text[before..]);
        length += a[length..]
            .iter()
            .zip(&b[length..])
            .take_while(|(x, y)| x == y)
            .count();
        prefixes[rank[start]] = length;
        length = length.saturating_sub(1);
    }
    prefixes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_suffixes_of_banana() {
        let mut text = [1, 0, 2, 0, 2, 0].map(|letter| letter + 1);
        let order = suffix_array(&mut text).unwrap();
        assert_eq!(order, [5, 3, 1, 0, 4, 2]);
        assert_eq!(common_prefixes(&text, &order), [0, 1, 3, 0, 0, 2]);
        assert_eq!(suffix_array(&mut []).unwrap_or_default(), [0i32; 0]);
    }
}
