//! Intervals: Wilson for a share of independent items, Student's t for a mean, story jackknife-t for anything else.

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

use super::stories::{FEWEST, Pair, Ratio, delta, total};

/// An estimate with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The value itself.
    pub estimate: f64,
    /// Standard error.
    pub error: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Quantile of Student's t, such as 2.571 for `(0.975, 5.0)`. `None` outside `0 < probability < 1` or without freedom.
pub fn t_quantile(probability: f64, freedom: f64) -> Option<f64> {
    (probability > 0.0 && probability < 1.0).then_some(())?;
    Some(
        StudentsT::new(0.0, 1.0, freedom)
            .ok()?
            .inverse_cdf(probability),
    )
}

/// Quantile of the standard normal, such as 1.96 for 0.975. `None` outside `0 < probability < 1`.
pub fn z_quantile(probability: f64) -> Option<f64> {
    (probability > 0.0 && probability < 1.0).then_some(())?;
    Some(Normal::new(0.0, 1.0).ok()?.inverse_cdf(probability))
}

/// Wilson's score interval for `hits` of `n` independent yes/no items (Wilson 1927, equation 3 of Brown, Cai and DasGupta 2001).
/// `None` for `n` = 0. Not for items that cluster in stories.
pub fn wilson(hits: f64, n: f64, confidence: f64) -> Option<(f64, f64)> {
    (n > 0.0 && hits >= 0.0 && hits <= n).then_some(())?;
    let z = z_quantile(0.5 + confidence / 2.0)?;
    let share = hits / n;
    let scale = 1.0 + z * z / n;
    let centre = (share + z * z / (2.0 * n)) / scale;
    let half = z / scale * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    let low = if hits == 0.0 {
        0.0
    } else {
        (centre - half).max(0.0)
    };
    let high = if hits == n {
        1.0
    } else {
        (centre + half).min(1.0)
    };
    Some((low, high))
}

/// Student's interval for the mean of independent values. `None` with fewer than two.
pub fn mean_t(values: &[f64], confidence: f64) -> Option<Interval> {
    let n = values.len() as f64;
    (n >= 2.0).then_some(())?;
    let estimate = values.iter().sum::<f64>() / n;
    let variance = values
        .iter()
        .map(|value| (value - estimate).powi(2))
        .sum::<f64>()
        / (n - 1.0);
    around(estimate, (variance / n).sqrt(), n - 1.0, confidence)
}

/// Jackknife over stories: `without(k)` is the statistic without story k; t with K - 1 degrees of freedom
/// (Efron and Tibshirani 1993, equation 11.5; Cameron, Gelbach and Miller 2008 on why few clusters need t and not z).
/// `None` with fewer than [`FEWEST`] stories, or when the statistic is undefined without one of them.
pub fn jackknife_t(
    estimate: f64,
    stories: usize,
    confidence: f64,
    without: impl FnMut(usize) -> Option<f64>,
) -> Option<Interval> {
    (stories >= FEWEST).then_some(())?;
    let values: Vec<f64> = (0..stories).map(without).collect::<Option<_>>()?;
    let k = stories as f64;
    let mean = values.iter().sum::<f64>() / k;
    let spread: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    around(
        estimate,
        ((k - 1.0) / k * spread).sqrt(),
        k - 1.0,
        confidence,
    )
}

/// Story jackknife-t interval for head minus base of a ratio.
pub fn delta_jackknife(pairs: &[Pair], ratio: Ratio, confidence: f64) -> Option<Interval> {
    let all = total(pairs);
    jackknife_t(delta(ratio, all)?, pairs.len(), confidence, |k| {
        let story = pairs.get(k)?;
        delta(
            ratio,
            Pair {
                base: all.base.plus(story.base, -1.0),
                head: all.head.plus(story.head, -1.0),
            },
        )
    })
}

/// Story jackknife-t interval for one ratio of one variant.
pub fn ratio_jackknife(
    stories: &[super::stories::Tally],
    ratio: Ratio,
    confidence: f64,
) -> Option<Interval> {
    let all = stories
        .iter()
        .fold(Default::default(), |sum: super::stories::Tally, &story| {
            sum.plus(story, 1.0)
        });
    jackknife_t(ratio.of(all)?, stories.len(), confidence, |k| {
        ratio.of(all.plus(*stories.get(k)?, -1.0))
    })
}

fn around(estimate: f64, error: f64, freedom: f64, confidence: f64) -> Option<Interval> {
    let t = t_quantile(0.5 + confidence / 2.0, freedom)?;
    Some(Interval {
        estimate,
        error,
        low: estimate - t * error,
        high: estimate + t * error,
    })
}
