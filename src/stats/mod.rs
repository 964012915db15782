//! Statistics of comparison: intervals, randomization tests, multiple comparisons, paired timing.
//!
//! Items of one story stand or fall together: an algorithm that trips over a byline trips over it in every copy. Methods that
//! treat items as independent are therefore wrong about one time in five at a nominal 5 % (simulated by
//! `scripts/simulate-size`). Everything here works on *stories*: [`stories`] adds outcomes up per story, [`swap`] tests by
//! swapping whole stories between base and head, [`interval::jackknife_t`] leaves out one story at a time. With fewer than
//! [`stories::FEWEST`] stories no test can reach 5 %, so nothing is claimed.
//!
//! Speed is paired too: [`wilcoxon`] over log ratios of neighbouring observations, decided by [`timing`].

pub mod interval;
pub mod mcnemar;
pub mod multiple;
pub mod power;
pub mod random;
pub mod simulation;
pub mod stories;
pub mod swap;
pub mod timing;
pub mod wilcoxon;

#[cfg(test)]
mod tests;
