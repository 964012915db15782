//! A small random source with a stored seed: the same seed gives the same numbers on every machine and in every version.
//!
//! SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014): one addition and three
//! mixing steps per number, equidistributed over its period of 2^64, far more than the some 10^8 numbers drawn here.

/// The generator.
#[derive(Debug, Clone)]
pub struct Random {
    state: u64,
}

impl Random {
    /// Starts from a seed.
    pub const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// 64 random bits.
    pub const fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform in `[0, 1)`, with 53 random bits.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// Standard normal (Box and Muller 1958; the sine half is thrown away, for brevity).
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// How many of `n` fair coins show heads.
    pub const fn heads(&mut self, n: u64) -> u64 {
        let mut left = n;
        let mut heads = 0;
        while left >= 64 {
            heads += self.bits().count_ones() as u64;
            left -= 64;
        }
        if left > 0 {
            heads += (self.bits() >> (64 - left)).count_ones() as u64;
        }
        heads
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    #[test]
    fn gives_the_published_numbers() {
        // First outputs of the reference implementation (Vigna, splitmix64.c) for the seed 1234567.
        let mut random = Random::new(1_234_567);
        assert_eq!(random.bits(), 6_457_827_717_110_365_317);
        assert_eq!(random.bits(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn coins_are_fair_and_within_bounds() {
        let mut random = Random::new(1);
        for n in [0, 1, 63, 64, 65, 200] {
            let mean = (0..2000)
                .map(|_| random.heads(n))
                .inspect(|&heads| assert!(heads <= n))
                .sum::<u64>() as f64
                / 2000.0;
            let spread = (n as f64 / 4.0).sqrt() / 2000_f64.sqrt();
            assert!((mean - n as f64 / 2.0).abs() <= 4.0 * spread, "{n}: {mean}");
        }
    }

    #[test]
    fn normal_numbers_have_mean_0_and_variance_1() {
        let mut random = Random::new(2);
        let drawn: Vec<f64> = (0..20_000).map(|_| random.normal()).collect();
        let mean = drawn.iter().sum::<f64>() / 20_000.0;
        let variance = drawn.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 19_999.0;
        assert!(
            mean.abs() < 0.03 && (variance - 1.0).abs() < 0.05,
            "{mean} {variance}"
        );
    }
}
