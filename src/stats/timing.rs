//! Paired timing: is the head slower than the base, on a machine that does other things meanwhile?
//!
//! Runs that follow each other share the machine's state, so blocks of runs of one side differ even for equal binaries, and more
//! runs make it worse. Neighbours do not: each pair is one observation of each side next to each other, in mirrored blocks
//!
//! ```text
//! base head control control head base · head base control control base head · ...
//! ```
//!
//! so that drift cancels. `control` is the base again: where base and control seem to differ by more than the tolerance, the
//! machine is unfit and nothing is decided. A pair gives ln(head / base); the centre of these (Hodges-Lehmann) has a Wilcoxon
//! interval, and only an interval that lies wholly beyond the tolerance is a finding. Pairs are added until the interval decides
//! or the limit is reached; a finding counts only if a fresh set of pairs finds the same.

use super::wilcoxon::{self, Shift};

/// Which program is observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// What is compared against.
    Base,
    /// What is judged.
    Head,
    /// The base once more, as if it were another program.
    Control,
}

/// How to measure and judge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Relative change that does not matter, such as 0.05.
    pub tolerance: f64,
    /// Confidence of the interval, such as 0.95.
    pub confidence: f64,
    /// Pairs before the first look (an even number; at least 6 for a finite interval at 95 %).
    pub fewest_pairs: usize,
    /// Pairs at most, in each of the two sets.
    pub most_pairs: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            tolerance: 0.05,
            confidence: 0.95,
            fewest_pairs: 8,
            most_pairs: 20,
        }
    }
}

/// What a set of pairs says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// The interval lies wholly above the tolerance.
    Slower,
    /// The interval lies wholly below minus the tolerance.
    Faster,
    /// The interval lies wholly within the tolerance.
    Equal,
    /// The interval is too wide.
    Wide,
    /// Base and control differ by more than the tolerance.
    Unfit,
}

/// Log ratios of one set of pairs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Set {
    /// ln(head / base), one per pair.
    pub ratios: Vec<f64>,
    /// ln(control / base), one per pair.
    pub controls: Vec<f64>,
}

impl Set {
    /// Estimate and interval of ln(head / base).
    pub fn shift(&self, confidence: f64) -> Option<Shift> {
        wilcoxon::shift(&self.ratios, confidence)
    }

    /// Estimate and interval of ln(control / base).
    pub fn control(&self, confidence: f64) -> Option<Shift> {
        wilcoxon::shift(&self.controls, confidence)
    }

    /// Judges the set as it stands. The control is unfit when its estimate exceeds the tolerance.
    pub fn judge(&self, options: &Options) -> Finding {
        let slower = options.tolerance.ln_1p();
        let (Some(shift), Some(control)) = (
            self.shift(options.confidence),
            self.control(options.confidence),
        ) else {
            return Finding::Wide;
        };
        if control.estimate.abs() > slower {
            Finding::Unfit
        } else if shift.low > slower {
            Finding::Slower
        } else if shift.high < -slower {
            Finding::Faster
        } else if shift.low >= -slower && shift.high <= slower {
            Finding::Equal
        } else {
            Finding::Wide
        }
    }
}

/// A whole measurement.
#[derive(Debug, Clone, PartialEq)]
pub struct Measurement {
    /// The pairs that were judged.
    pub first: Set,
    /// What they said.
    pub finding: Finding,
    /// The fresh pairs that were to confirm `Slower` or `Faster`, and what they said.
    pub confirmation: Option<(Set, Finding)>,
}

impl Measurement {
    /// The finding that counts: `Slower` and `Faster` only when confirmed, otherwise `Wide` (or `Unfit`).
    pub fn conclusion(&self) -> Finding {
        match &self.confirmation {
            Some((_, second)) if *second == self.finding => self.finding,
            Some((_, Finding::Unfit)) => Finding::Unfit,
            Some(_) => Finding::Wide,
            None => self.finding,
        }
    }
}

/// Measures until decided. `observe` runs one process and gives its time in any unit, greater than 0.
///
/// # Errors
/// Whatever `observe` returns.
pub fn measure<E>(
    options: &Options,
    mut observe: impl FnMut(Side) -> Result<f64, E>,
) -> Result<Measurement, E> {
    let (first, finding) = one_set(options, &mut observe)?;
    let confirmation = match finding {
        Finding::Slower | Finding::Faster => Some(one_set(options, &mut observe)?),
        _ => None,
    };
    Ok(Measurement {
        first,
        finding,
        confirmation,
    })
}

fn one_set<E>(
    options: &Options,
    observe: &mut impl FnMut(Side) -> Result<f64, E>,
) -> Result<(Set, Finding), E> {
    use Side::{Base, Control, Head};
    let mut set = Set::default();
    loop {
        // Two pairs and two control pairs per block; the order turns round from block to block.
        let (one, other) = if set.ratios.len() % 4 == 0 {
            (Base, Head)
        } else {
            (Head, Base)
        };
        let mut times = [0.0; 6];
        for (time, side) in times
            .iter_mut()
            .zip([one, other, Control, Control, other, one])
        {
            *time = observe(side)?.ln();
        }
        let [
            first,
            second,
            control,
            control_again,
            second_again,
            first_again,
        ] = times;
        for (first, second, control) in [
            (first, second, control),
            (first_again, second_again, control_again),
        ] {
            let (base, head) = if one == Base {
                (first, second)
            } else {
                (second, first)
            };
            set.ratios.push(head - base);
            set.controls.push(control - base);
        }
        if set.ratios.len() < options.fewest_pairs {
            continue;
        }
        let finding = set.judge(options);
        let decided = !matches!(finding, Finding::Wide | Finding::Unfit);
        if decided || set.ratios.len() + 2 > options.most_pairs {
            return Ok((set, finding));
        }
    }
}
