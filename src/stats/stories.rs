//! Counts added up per story, and the ratios made of them.
//!
//! Everything statistical about quality starts here: 100,000 outcomes become one [`Tally`] per story and side, and no later
//! step looks at an outcome again.

use std::collections::BTreeMap;

/// Fewest stories from which anything is inferred. With 5 stories the smallest possible two-sided p of a swap test is
/// 2/2^5 = 0.0625, so it could never reach 5 %.
pub const FEWEST: usize = 6;

/// Weighted counts of one story (or of all).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Tally {
    /// Weight of true positives.
    pub true_positives: f64,
    /// Weight of false positives.
    pub false_positives: f64,
    /// Weight of false negatives.
    pub false_negatives: f64,
}

impl Tally {
    /// `self + sign * other`.
    #[must_use]
    pub fn plus(self, other: Self, sign: f64) -> Self {
        Self {
            true_positives: self.true_positives + sign * other.true_positives,
            false_positives: self.false_positives + sign * other.false_positives,
            false_negatives: self.false_negatives + sign * other.false_negatives,
        }
    }

    /// True when nothing was counted.
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }

    /// The counts as bits, to group equal ones.
    pub(crate) fn key(self) -> [u64; 3] {
        // Adding 0 turns -0 into 0, so that equal numbers have equal bits.
        [
            self.true_positives,
            self.false_positives,
            self.false_negatives,
        ]
        .map(|x| (x + 0.0).to_bits())
    }
}

/// A ratio of counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ratio {
    /// TP / (TP + FP).
    Precision,
    /// TP / (TP + FN).
    Recall,
    /// 2 TP / (2 TP + FP + FN).
    F1,
}

impl Ratio {
    /// The ratio with this metric name, if it is one.
    pub fn named(metric: &str) -> Option<Self> {
        match metric {
            "precision" => Some(Self::Precision),
            "recall" => Some(Self::Recall),
            "f1" => Some(Self::F1),
            _ => None,
        }
    }

    /// Its value; `None` when the denominator is 0.
    pub fn of(self, tally: Tally) -> Option<f64> {
        let Tally {
            true_positives,
            false_positives,
            false_negatives,
        } = tally;
        let (numerator, denominator) = match self {
            Self::Precision => (true_positives, true_positives + false_positives),
            Self::Recall => (true_positives, true_positives + false_negatives),
            Self::F1 => (
                2.0 * true_positives,
                2.0 * true_positives + false_positives + false_negatives,
            ),
        };
        (denominator > 0.0).then(|| numerator / denominator)
    }
}

/// Base and head of one story.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Pair {
    /// Counts of the base.
    pub base: Tally,
    /// Counts of the head.
    pub head: Tally,
}

/// Counts per story, by name of the story.
pub type Stories = BTreeMap<String, Tally>;

/// Adds one outcome to its story. A pair across two stories (written `a+b`) counts half to each.
pub fn add(stories: &mut Stories, story: &str, counted: Tally) {
    let parts = story.split('+').count() as f64;
    for name in story.split('+') {
        if let Some(tally) = stories.get_mut(name) {
            *tally = tally.plus(counted, 1.0 / parts);
        } else {
            stories.insert(name.to_owned(), Tally::default().plus(counted, 1.0 / parts));
        }
    }
}

/// Both sides joined by story, in order of names; a story that one side lacks has empty counts there. Stories that are empty on
/// both sides carry no information and are left out.
pub fn joined(base: &Stories, head: &Stories) -> Vec<Pair> {
    let mut pairs: BTreeMap<&str, Pair> = BTreeMap::new();
    for (name, &tally) in base {
        pairs.entry(name).or_default().base = tally;
    }
    for (name, &tally) in head {
        pairs.entry(name).or_default().head = tally;
    }
    pairs
        .into_values()
        .filter(|pair| !(pair.base.is_empty() && pair.head.is_empty()))
        .collect()
}

/// Sum over stories, base and head.
pub fn total(pairs: &[Pair]) -> Pair {
    pairs.iter().fold(Pair::default(), |sum, pair| Pair {
        base: sum.base.plus(pair.base, 1.0),
        head: sum.head.plus(pair.head, 1.0),
    })
}

/// Head minus base of a ratio; `None` when either is undefined.
pub fn delta(ratio: Ratio, total: Pair) -> Option<f64> {
    Some(ratio.of(total.head)? - ratio.of(total.base)?)
}
