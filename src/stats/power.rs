//! What a comparison could have seen: the minimum detectable effect.

use super::interval::t_quantile;

/// Smallest true difference that a two-sided test at `level` finds with probability `power`, for a standard error over `stories`
/// stories: (t(1 - level/2) + t(power)) x error with K - 1 degrees of freedom (Bloom 1995).
///
/// `None` with fewer than two stories, and when the error is 0: where base and head do not differ at all, the data say nothing
/// about how much they could have differed.
pub fn minimum_detectable_effect(
    error: f64,
    stories: usize,
    level: f64,
    power: f64,
) -> Option<f64> {
    (stories >= 2 && error > 0.0).then_some(())?;
    let freedom = (stories - 1) as f64;
    Some((t_quantile(1.0 - level / 2.0, freedom)? + t_quantile(power, freedom)?) * error)
}
