//! Corrections for many tests at once.

/// Holm's step-down adjustment: the chance of any false rejection in the family stays below the level, whatever the dependence
/// (Holm 1979). For gates, where one false alarm stops a build. Same order as given.
pub fn holm(p: &[f64]) -> Vec<f64> {
    let n = p.len();
    let mut adjusted = vec![1.0; n];
    let mut largest: f64 = 0.0;
    for (rank, index) in ascending(p).into_iter().enumerate() {
        largest = largest.max(p[index] * (n - rank) as f64).min(1.0);
        adjusted[index] = largest;
    }
    adjusted
}

/// Benjamini and Hochberg's step-up adjustment: of what is called a difference, the expected share of false ones stays below the
/// level (Benjamini and Hochberg 1995; valid under positive dependence, Benjamini and Yekutieli 2001). For exploration.
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    let n = p.len();
    let mut adjusted = vec![1.0; n];
    let mut smallest: f64 = 1.0;
    for (rank, index) in ascending(p).into_iter().enumerate().rev() {
        smallest = smallest.min(p[index] * n as f64 / (rank + 1) as f64);
        // Rounding of p n / n must not shrink p.
        adjusted[index] = smallest.max(p[index]);
    }
    adjusted
}

fn ascending(p: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]).then(a.cmp(&b)));
    order
}
