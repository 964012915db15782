//! McNemar's exact test: one yes/no per independent document, base against head.
//!
//! Only documents on which the two disagree count: if both were equally good, each such document would be a fair coin.
//! Source: McNemar 1947; exact binomial form as in Agresti, "Categorical data analysis", section 10.1. Where documents share a
//! story use the swap test; with one item per story the two are the same test.

/// Two-sided exact p for `fixed` documents that only the head got right and `broken` ones that only the base got right.
/// p = min(1, 2 P(X <= min(fixed, broken))) for X ~ Binomial(fixed + broken, 1/2); 1 when they never disagree.
pub fn test(fixed: u64, broken: u64) -> f64 {
    let n = fixed + broken;
    if n == 0 {
        return 1.0;
    }
    let fewer = fixed.min(broken);
    if n <= 1000 {
        // Binomial coefficients fit into a double here, and small ones are exact.
        let mut coefficient = 1.0;
        let mut sum = 1.0;
        for i in 0..fewer {
            coefficient = coefficient * (n - i) as f64 / (i + 1) as f64;
            sum += coefficient;
        }
        return (2.0 * sum / 2_f64.powi(n as i32)).min(1.0);
    }
    // Beyond, in logarithms, so that nothing overflows.
    let mut log_term = -(n as f64) * std::f64::consts::LN_2;
    let mut tail = log_term.exp();
    for i in 0..fewer {
        log_term += ((n - i) as f64).ln() - ((i + 1) as f64).ln();
        tail += log_term.exp();
    }
    (2.0 * tail).min(1.0)
}
