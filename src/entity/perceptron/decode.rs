//! The best sequence of tags under token and transition weights (Viterbi 1967).
//!
//! Tags stand in blocks of sixteen, so that one step from a tag to all of a block is a few instructions.

/// Tags in one block.
pub(super) const LANES: usize = 16;

/// A score that no path reaches.
pub(super) const NEVER: i32 = i32::MIN / 4;

/// Scores of a tag after another, by class of the token: `[(class * (tags + 1) + previous) * blocks + block]`; `previous == tags`
/// stands for the beginning of the sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Transitions {
    /// Number of tags.
    pub(super) tags: usize,
    /// Scores.
    pub(super) scores: Vec<[i32; LANES]>,
}

/// Blocks that hold so many tags.
pub(super) const fn blocks(tags: usize) -> usize {
    tags.div_ceil(LANES)
}

impl Transitions {
    /// All scores 0, with what BIO forbids at [`NEVER`].
    pub(super) fn new(tags: usize, classes: usize) -> Self {
        let mut row = Vec::new();
        for previous in 0..=tags {
            for block in 0..blocks(tags) {
                let mut scores = [0; LANES];
                for (lane, score) in scores.iter_mut().enumerate() {
                    if !allowed(previous, block * LANES + lane, tags) {
                        *score = NEVER;
                    }
                }
                row.push(scores);
            }
        }
        Self {
            tags,
            scores: row.repeat(classes),
        }
    }

    /// Place of a score: block and lane.
    pub(super) const fn place(&self, class: usize, previous: usize, tag: usize) -> (usize, usize) {
        (
            (class * (self.tags + 1) + previous) * blocks(self.tags) + tag / LANES,
            tag % LANES,
        )
    }
}

/// True when `tag` may follow `previous` (`tags` for the beginning): an inner tag follows the first or an inner one of its type. Tag
/// 0 is `O`, `2 t + 1` is `B` and `2 t + 2` is `I` of type `t`.
pub(super) const fn allowed(previous: usize, tag: usize, tags: usize) -> bool {
    if tag >= tags {
        return false;
    }
    let inner = tag > 0 && tag.is_multiple_of(2);
    !inner || previous == tag || previous + 1 == tag
}

/// Room for one sentence, used again for the next.
#[derive(Debug, Default)]
pub(super) struct Lattice {
    /// Score of each tag at each token: `[token * blocks + block]`, written by the caller.
    pub(super) emissions: Vec<[i32; LANES]>,
    /// The tag before the best path to each tag.
    from: Vec<[i32; LANES]>,
    last: Vec<[i32; LANES]>,
    next: Vec<[i32; LANES]>,
    /// The best tags, after [`Self::run`].
    pub(super) path: Vec<u8>,
}

impl Lattice {
    /// Finds the best path for tokens of these classes; of equal ones that with the lower tag at the last difference.
    #[inline(always)]
    pub(super) fn run(
        &mut self,
        classes: impl ExactSizeIterator<Item = usize>,
        transitions: &Transitions,
    ) {
        let (tags, blocks) = (transitions.tags, blocks(transitions.tags));
        let length = classes.len();
        self.path.clear();
        self.path.resize(length, 0);
        self.from.clear();
        self.from.resize(length * blocks, [0; LANES]);
        self.last.clear();
        self.last.resize(blocks, [NEVER; LANES]);
        self.next.clone_from(&self.last);
        for (at, class) in classes.enumerate() {
            let from_class = class * (tags + 1) * blocks;
            for block in 0..blocks {
                let emission = &self.emissions[at * blocks + block];
                let mut best = [2 * NEVER; LANES];
                let mut from = [0i32; LANES];
                let first = if at == 0 { tags } else { 0 };
                let until = if at == 0 { tags + 1 } else { tags };
                for previous in first..until {
                    let before = if at == 0 {
                        0
                    } else {
                        self.last[previous / LANES][previous % LANES]
                    };
                    let step = &transitions.scores[from_class + previous * blocks + block];
                    for ((best, from), step) in best.iter_mut().zip(&mut from).zip(step) {
                        let score = before + step;
                        let better = score > *best;
                        *best = if better { score } else { *best };
                        *from = if better { previous as i32 } else { *from };
                    }
                }
                for (best, emission) in best.iter_mut().zip(emission) {
                    // Sums of forbidden steps must not run out of range.
                    *best = (*best).max(NEVER) + emission;
                }
                self.next[block] = best;
                self.from[at * blocks + block] = from;
            }
            // The best stays at 0, so that no sentence is long enough to run out of range.
            let most = self.next.iter().flatten().copied().max().unwrap_or(0);
            self.next
                .iter_mut()
                .flatten()
                .for_each(|score| *score -= most);
            std::mem::swap(&mut self.last, &mut self.next);
        }
        let mut best = 0;
        for tag in 1..tags {
            if self.last[tag / LANES][tag % LANES] > self.last[best / LANES][best % LANES] {
                best = tag;
            }
        }
        for at in (0..length).rev() {
            self.path[at] = best as u8;
            best = self.from[at * blocks + best / LANES][best % LANES] as usize;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn score(path: &[usize], emissions: &[Vec<i32>], transitions: &Transitions) -> i64 {
        let mut previous = transitions.tags;
        let mut sum = 0;
        for (at, &tag) in path.iter().enumerate() {
            let (place, lane) = transitions.place(at % 2, previous, tag);
            sum += i64::from(transitions.scores[place][lane]) + i64::from(emissions[at][tag]);
            previous = tag;
        }
        sum
    }

    fn run(emissions: &[Vec<i32>], transitions: &Transitions) -> Vec<usize> {
        let blocks = blocks(transitions.tags);
        let mut lattice = Lattice::default();
        for row in emissions {
            for block in 0..blocks {
                let lane = |lane| row.get(block * LANES + lane).copied().unwrap_or(0);
                lattice.emissions.push(std::array::from_fn(lane));
            }
        }
        lattice.run((0..emissions.len()).map(|at| at % 2), transitions);
        lattice.path.iter().map(|&tag| usize::from(tag)).collect()
    }

    #[test]
    fn worked_example() {
        // Three tokens, one type: the inner tag is best twice but may not stand first; B I O = 1 + 5 + 1.
        let transitions = Transitions::new(3, 2);
        assert_eq!(
            run(&[vec![0, 1, 9], vec![0, 0, 5], vec![1, 0, 0]], &transitions),
            [1, 2, 0]
        );
        assert!(
            allowed(1, 2, 3)
                && allowed(2, 2, 3)
                && !allowed(0, 2, 3)
                && !allowed(3, 2, 3)
                && !allowed(1, 4, 5)
        );
    }

    proptest! {
        /// The twin tries every sequence.
        #[test]
        fn no_sequence_is_better(emissions in prop::collection::vec(prop::collection::vec(-9i32..9, 5), 1..5), steps in prop::collection::vec(-9i32..9, 60)) {
            let mut transitions = Transitions::new(5, 2);
            for class in 0..2 {
                for previous in 0..6 {
                    for tag in 0..5 {
                        let (place, lane) = transitions.place(class, previous, tag);
                        if allowed(previous, tag, 5) {
                            transitions.scores[place][lane] = steps[(class * 6 + previous) * 5 + tag];
                        }
                    }
                }
            }
            let found = run(&emissions, &transitions);
            let best = (0..5usize.pow(emissions.len() as u32)).map(|mut number| {
                let path: Vec<usize> = emissions.iter().map(|_| { let tag = number % 5; number /= 5; tag }).collect();
                score(&path, &emissions, &transitions)
            }).max();
            prop_assert_eq!(Some(score(&found, &emissions, &transitions)), best);
        }

        /// More tags than one block holds change nothing.
        #[test]
        fn blocks_do_not_show(emissions in prop::collection::vec(prop::collection::vec(-9i32..9, 5), 1..6)) {
            let wide: Vec<Vec<i32>> = emissions.iter().map(|row| [row.clone(), vec![-99; 30]].concat()).collect();
            prop_assert_eq!(run(&emissions, &Transitions::new(5, 2)), run(&wide, &Transitions::new(35, 2)));
        }
    }
}
