//! Chance, seeded: the same seed draws the same numbers on every machine.

/// A stream of draws.
pub struct Chance(fastrand::Rng);

impl Chance {
    /// The stream of one release of one cell; cells and releases do not share draws.
    pub fn new(cell: u64, release: u64) -> Self {
        Self(fastrand::Rng::with_seed((cell << 32 | release).wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }

    /// How many of `n` happen that each have the chance `p`. By inversion, which is exact as long as "none
    /// of them" has a chance a float can hold; more are drawn in parts.
    pub fn binomial(&mut self, n: u32, p: f64) -> u32 {
        if p > 0.5 {
            return n - self.binomial(n, 1.0 - p);
        }
        if p <= 0.0 || n == 0 {
            return 0;
        }
        if f64::from(n) * p > 300.0 {
            return self.binomial(n / 2, p) + self.binomial(n - n / 2, p);
        }
        let odds = p / (1.0 - p);
        let mut chance = (1.0 - p).powf(f64::from(n));
        let mut left = self.0.f64();
        let mut happen = 0;
        while left >= chance && happen < n {
            left -= chance;
            happen += 1;
            chance *= odds * f64::from(n - happen + 1) / f64::from(happen);
        }
        happen
    }

    /// How many tries it takes, on average `mean`; at least 1.
    pub fn geometric(&mut self, mean: f64) -> u32 {
        1 + ((1.0 - self.0.f64()).ln() / (1.0 - 1.0 / mean).ln()) as u32
    }

    /// A draw of the standard normal distribution.
    pub fn normal(&mut self) -> f64 {
        let away = (-2.0 * (1.0 - self.0.f64()).ln()).sqrt();
        away * (std::f64::consts::TAU * self.0.f64()).cos()
    }

    /// One of `0..below`.
    pub fn below(&mut self, below: u32) -> u32 {
        self.0.u32(0..below)
    }
}

/// The part of a standard normal distribution that lies above `z`.
pub fn above(z: f64) -> f64 {
    libm::erfc(z / std::f64::consts::SQRT_2) / 2.0
}

/// Draws have the mean and the spread they should.
pub fn check() {
    let mut chance = Chance::new(0, 0);
    for (n, p) in [(1, 0.1), (5, 0.9), (45, 0.01), (500, 0.1), (4500, 0.05), (5000, 0.7)] {
        let draws: Vec<f64> = (0..4000).map(|_| chance.binomial(n, p).into()).collect();
        let mean = draws.iter().sum::<f64>() / 4000.0;
        let variance = draws.iter().map(|draw| (draw - mean).powi(2)).sum::<f64>() / 3999.0;
        let (expected, spread) = (f64::from(n) * p, f64::from(n) * p * (1.0 - p));
        assert!((mean - expected).abs() < 4.0 * (spread / 4000.0).sqrt(), "{n} {p}: {mean}");
        assert!((variance / spread - 1.0).abs() < 0.15, "{n} {p}: {variance}, not {spread}");
    }
    let mean = (0..4000).map(|_| f64::from(chance.geometric(5.0))).sum::<f64>() / 4000.0;
    assert!((mean - 5.0).abs() < 0.3, "{mean}");
    assert!((above(1.959_963_984_540_054) - 0.025).abs() < 1e-12);
}
