//! Logistic regression: how sure a yes is, given some numbers, learnt from labelled examples.
//!
//! Penalised maximum likelihood (L2 on the standardised numbers, none on the constant), by Newton's method with a Cholesky solver. The numbers are few (tens),
//! so that each step costs examples x numbers squared. Everything is added in the order of the examples: equal examples give equal
//! bits on any number of threads.

/// What was learnt.
#[derive(Debug, Clone, PartialEq)]
pub struct Logistic {
    /// Added to the sum.
    pub constant: f64,
    /// Weight of each number.
    pub weights: Vec<f64>,
}

/// Most steps; Newton needs about ten.
const STEPS: usize = 50;

impl Logistic {
    /// Learns from rows of equal length, one answer and one weight for each. `None` without rows of both answers.
    pub fn fit(
        rows: &[Vec<f64>],
        answers: &[bool],
        importance: &[f64],
        penalty: f64,
    ) -> Option<Self> {
        let numbers = rows.first()?.len();
        let both = answers.contains(&true) && answers.contains(&false);
        if !both || rows.len() != answers.len() || rows.len() != importance.len() {
            return None;
        }
        let (means, scales) = spread(rows, importance, numbers);
        let size = numbers + 1;
        let mut beta = vec![0.0; size];
        let mut row = vec![1.0; size];
        let mut fitted = f64::INFINITY;
        for _ in 0..STEPS {
            let mut gradient = vec![0.0; size];
            let mut curvature = vec![0.0; size * size];
            let mut loss = 0.0;
            for ((numbers, &answer), &importance) in rows.iter().zip(answers).zip(importance) {
                for (slot, (number, (mean, scale))) in row[1..]
                    .iter_mut()
                    .zip(numbers.iter().zip(means.iter().zip(&scales)))
                {
                    *slot = (number - mean) * scale;
                }
                let sum: f64 = row.iter().zip(&beta).map(|(x, b)| x * b).sum();
                let chance = sigmoid(sum);
                let target = if answer { 1.0 } else { 0.0 };
                loss += importance * (softplus(sum) - target * sum);
                let slope = importance * (target - chance);
                let bend = importance * chance * (1.0 - chance);
                for i in 0..size {
                    gradient[i] += slope * row[i];
                    let bent = bend * row[i];
                    for j in 0..=i {
                        curvature[i * size + j] += bent * row[j];
                    }
                }
            }
            for i in 1..size {
                gradient[i] -= penalty * beta[i];
                curvature[i * size + i] += penalty;
                loss += 0.5 * penalty * beta[i] * beta[i];
            }
            curvature[0] += 1e-9;
            let step = solve(&mut curvature, &gradient, size)?;
            // Far steps can overshoot; they are cut, and the next one starts from firmer ground.
            let length = step.iter().map(|s| s * s).sum::<f64>().sqrt();
            let cut = if length > 10.0 { 10.0 / length } else { 1.0 };
            for (b, s) in beta.iter_mut().zip(&step) {
                *b += cut * s;
            }
            if (fitted - loss).abs() <= 1e-10 * (1.0 + loss.abs()) {
                break;
            }
            fitted = loss;
        }
        let weights: Vec<f64> = beta[1..].iter().zip(&scales).map(|(b, s)| b * s).collect();
        let shift: f64 = weights.iter().zip(&means).map(|(w, m)| w * m).sum();
        Some(Self {
            constant: beta[0] - shift,
            weights,
        })
    }

    /// The sum of the weighed numbers: above 0 where yes is likelier than no.
    pub fn sum(&self, numbers: &[f64]) -> f64 {
        self.constant
            + self
                .weights
                .iter()
                .zip(numbers)
                .map(|(w, x)| w * x)
                .sum::<f64>()
    }

    /// How sure a yes is, 0 to 1.
    pub fn chance(&self, numbers: &[f64]) -> f64 {
        sigmoid(self.sum(numbers))
    }
}

/// The logistic function.
pub fn sigmoid(sum: f64) -> f64 {
    if sum >= 0.0 {
        1.0 / (1.0 + (-sum).exp())
    } else {
        let grown = sum.exp();
        grown / (1.0 + grown)
    }
}

/// `ln(1 + exp(sum))` without overflow.
fn softplus(sum: f64) -> f64 {
    sum.max(0.0) + (-sum.abs()).exp().ln_1p()
}

/// Mean and reciprocal of the standard deviation of each number; 0 for one that never changes, which takes it out.
fn spread(rows: &[Vec<f64>], importance: &[f64], numbers: usize) -> (Vec<f64>, Vec<f64>) {
    let total: f64 = importance.iter().sum::<f64>().max(f64::MIN_POSITIVE);
    let mut means = vec![0.0; numbers];
    for (row, weight) in rows.iter().zip(importance) {
        for (mean, number) in means.iter_mut().zip(row) {
            *mean += weight * number / total;
        }
    }
    let mut squares = vec![0.0; numbers];
    for (row, weight) in rows.iter().zip(importance) {
        for ((square, number), mean) in squares.iter_mut().zip(row).zip(&means) {
            *square += weight * (number - mean).powi(2) / total;
        }
    }
    let scales = squares
        .iter()
        .map(|&s| if s > 1e-18 { 1.0 / s.sqrt() } else { 0.0 })
        .collect();
    (means, scales)
}

/// Solves a symmetric positive definite system, lower triangle given, by Cholesky's method.
fn solve(matrix: &mut [f64], right: &[f64], size: usize) -> Option<Vec<f64>> {
    for j in 0..size {
        for i in j..size {
            let dot: f64 = (0..j)
                .map(|k| matrix[i * size + k] * matrix[j * size + k])
                .sum();
            let rest = matrix[i * size + j] - dot;
            if i == j {
                if rest <= 0.0 || !rest.is_finite() {
                    return None;
                }
                matrix[i * size + j] = rest.sqrt();
            } else {
                matrix[i * size + j] = rest / matrix[j * size + j];
            }
        }
    }
    let mut found = right.to_vec();
    for i in 0..size {
        let dot: f64 = (0..i).map(|k| matrix[i * size + k] * found[k]).sum();
        found[i] = (found[i] - dot) / matrix[i * size + i];
    }
    for i in (0..size).rev() {
        let dot: f64 = (i + 1..size).map(|k| matrix[k * size + i] * found[k]).sum();
        found[i] = (found[i] - dot) / matrix[i * size + i];
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ones(count: usize) -> Vec<f64> {
        vec![1.0; count]
    }

    /// Two groups, 1 of 4 yes without the sign and 3 of 4 with it: the likeliest chances are the shares themselves, so that the constant is
    /// ln(1/3) and the weight ln(3) - ln(1/3) = 2 ln 3.
    #[test]
    fn shares_of_two_groups_by_hand() {
        let rows: Vec<Vec<f64>> = (0..8).map(|at| vec![f64::from(at / 4)]).collect();
        let answers = [true, false, false, false, true, true, true, false];
        let learned = Logistic::fit(&rows, &answers, &ones(8), 1e-9).unwrap();
        assert!((learned.constant - (1.0_f64 / 3.0).ln()).abs() < 1e-6);
        assert!((learned.weights[0] - 2.0 * 3.0_f64.ln()).abs() < 1e-6);
        assert!((learned.chance(&[1.0]) - 0.75).abs() < 1e-6);
    }

    #[test]
    fn one_answer_only_is_nothing_to_learn_and_a_constant_number_has_no_weight() {
        let rows = vec![vec![1.0, 5.0], vec![2.0, 5.0], vec![3.0, 5.0]];
        assert_eq!(Logistic::fit(&rows, &[true; 3], &ones(3), 1.0), None);
        assert_eq!(Logistic::fit(&[], &[], &[], 1.0), None);
        let learned = Logistic::fit(&rows, &[false, true, true], &ones(3), 1.0).unwrap();
        assert!(learned.weights[0] > 0.0 && learned.weights[1] == 0.0);
    }

    /// Slow twin: small steps down the slope of the same loss, on numbers standardised in the open.
    fn slowly(rows: &[Vec<f64>], answers: &[bool], importance: &[f64], penalty: f64) -> Vec<f64> {
        let (means, scales) = spread(rows, importance, rows[0].len());
        let standard: Vec<Vec<f64>> = rows
            .iter()
            .map(|row| {
                std::iter::once(1.0)
                    .chain((0..row.len()).map(|at| (row[at] - means[at]) * scales[at]))
                    .collect()
            })
            .collect();
        let mut beta = vec![0.0; rows[0].len() + 1];
        for _ in 0..40_000 {
            let mut slope: Vec<f64> = beta.iter().map(|b| -penalty * b).collect();
            slope[0] = 0.0;
            for ((row, &answer), weight) in standard.iter().zip(answers).zip(importance) {
                let sum: f64 = row.iter().zip(&beta).map(|(x, b)| x * b).sum();
                let target = if answer { 1.0 } else { 0.0 };
                for (s, x) in slope.iter_mut().zip(row) {
                    *s += weight * (target - sigmoid(sum)) * x;
                }
            }
            for (b, s) in beta.iter_mut().zip(&slope) {
                *b += 0.02 * s;
            }
        }
        standard
            .iter()
            .map(|row| row.iter().zip(&beta).map(|(x, b)| x * b).sum())
            .collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        #[test]
        fn newton_ends_where_the_slow_twin_does(rows in prop::collection::vec((prop::collection::vec(-3.0..3.0_f64, 2), any::<bool>(), 0.5..2.0_f64), 4..12)) {
            let answers: Vec<bool> = rows.iter().map(|row| row.1).collect();
            prop_assume!(answers.contains(&true) && answers.contains(&false));
            let importance: Vec<f64> = rows.iter().map(|row| row.2).collect();
            let numbers: Vec<Vec<f64>> = rows.into_iter().map(|row| row.0).collect();
            let learned = Logistic::fit(&numbers, &answers, &importance, 0.5).unwrap();
            for (row, slow) in numbers.iter().zip(slowly(&numbers, &answers, &importance, 0.5)) {
                prop_assert!((learned.sum(row) - slow).abs() < 1e-3, "{} {slow}", learned.sum(row));
            }
        }

        /// Measuring a number in another unit changes no chance.
        #[test]
        fn units_do_not_matter(rows in prop::collection::vec((-3.0..3.0_f64, any::<bool>()), 4..20), unit in 0.01..100.0_f64) {
            let answers: Vec<bool> = rows.iter().map(|row| row.1).collect();
            prop_assume!(answers.contains(&true) && answers.contains(&false));
            let plain: Vec<Vec<f64>> = rows.iter().map(|row| vec![row.0]).collect();
            let scaled: Vec<Vec<f64>> = rows.iter().map(|row| vec![row.0 * unit + 1.0]).collect();
            let a = Logistic::fit(&plain, &answers, &ones(rows.len()), 1.0).unwrap();
            let b = Logistic::fit(&scaled, &answers, &ones(rows.len()), 1.0).unwrap();
            for (x, y) in plain.iter().zip(&scaled) {
                prop_assert!((a.chance(x) - b.chance(y)).abs() < 1e-6);
            }
        }
    }
}
