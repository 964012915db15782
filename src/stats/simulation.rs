//! Simulated comparisons that show how often the tests cry wolf (size) and how often they see a real difference (power).
//!
//! K stories of 20 items; each item is found or missed, and may draw a false positive beside it. The chance depends on the story
//! (hard stories are hard for both sides) and on story and side together (a side trips over a story as a whole), which is what
//! makes items of one story alike. `scripts/simulate-size` prints the table; a smaller run is a test.

use super::interval::delta_jackknife;
use super::random::Random;
use super::stories::{Pair, Ratio, Tally, delta, total};
use super::{mcnemar, swap};

/// What is simulated.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Number of stories, K.
    pub stories: usize,
    /// Items per story.
    pub items: u32,
    /// Standard deviation of the story's effect on log odds.
    pub story_effect: f64,
    /// Standard deviation of the effect of story and side together.
    pub side_effect: f64,
    /// Log odds that the head gains on every item; 0 = equally good.
    pub gain: f64,
}

impl Setting {
    /// Equally good sides with the heterogeneity of METHODOLOGY.
    pub const fn equal(stories: usize) -> Self {
        Self {
            stories,
            items: 20,
            story_effect: 0.8,
            side_effect: 0.5,
            gain: 0.0,
        }
    }
}

/// Shares of trials in which each method rejected at 5 %, and the mean observed difference in F1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rejected {
    /// Swap of whole stories (what karat uses).
    pub swap: f64,
    /// Story jackknife-t interval excludes 0 (what karat prints as interval).
    pub jackknife: f64,
    /// McNemar over items as if they were independent (what peers do; wrong here, shown for comparison).
    pub items: f64,
    /// Mean difference in F1.
    pub difference: f64,
}

/// Runs `trials` simulated comparisons.
pub fn rejected(setting: Setting, trials: u32, replicates: u32, seed: u64) -> Rejected {
    let mut random = Random::new(seed);
    let mut sums = Rejected::default();
    for trial in 0..trials {
        let drawn: Vec<Story> = (0..setting.stories)
            .map(|_| story(setting, &mut random))
            .collect();
        let pairs: Vec<Pair> = drawn.iter().map(|story| story.counts).collect();
        let all = total(&pairs);
        let test = swap::test(
            &pairs,
            Ratio::F1,
            replicates,
            seed.wrapping_add(u64::from(trial)),
        );
        sums.swap += one(test.is_some_and(|test| test.p <= 0.05));
        let interval = delta_jackknife(&pairs, Ratio::F1, 0.95);
        sums.jackknife += one(interval.is_some_and(|i| i.low > 0.0 || i.high < 0.0));
        let (fixed, broken) = drawn.iter().fold((0, 0), |sum, story| {
            (sum.0 + story.fixed, sum.1 + story.broken)
        });
        sums.items += one(mcnemar::test(fixed, broken) <= 0.05);
        sums.difference += delta(Ratio::F1, all).unwrap_or(0.0);
    }
    let share = |sum: f64| sum / f64::from(trials);
    Rejected {
        swap: share(sums.swap),
        jackknife: share(sums.jackknife),
        items: share(sums.items),
        difference: share(sums.difference),
    }
}

fn one(rejected: bool) -> f64 {
    f64::from(u8::from(rejected))
}

/// One drawn story.
struct Story {
    counts: Pair,
    /// Gold items that only the head found.
    fixed: u64,
    /// Gold items that only the base found.
    broken: u64,
}

fn story(setting: Setting, random: &mut Random) -> Story {
    let story = 0.8 + setting.story_effect * random.normal();
    let base = chance(story + setting.side_effect * random.normal());
    let head = chance(story + setting.side_effect * random.normal() + setting.gain);
    let mut drawn = Story {
        counts: Pair::default(),
        fixed: 0,
        broken: 0,
    };
    for _ in 0..setting.items {
        let by_base = item(base, &mut drawn.counts.base, random);
        let by_head = item(head, &mut drawn.counts.head, random);
        drawn.fixed += u64::from(by_head && !by_base);
        drawn.broken += u64::from(by_base && !by_head);
    }
    drawn
}

fn chance(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

/// Draws one gold item (found or not) and perhaps a false positive beside it; true when it was found.
fn item(hit: f64, tally: &mut Tally, random: &mut Random) -> bool {
    let found = random.unit() < hit;
    if found {
        tally.true_positives += 1.0;
    } else {
        tally.false_negatives += 1.0;
    }
    tally.false_positives += one(random.unit() > hit.sqrt());
    found
}
