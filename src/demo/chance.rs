//! Numbers that look random and depend on their key alone. Knows nothing of the world.

use std::fmt::Write as _;

/// A stream of numbers: the same key, the same stream.
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// The stream of a key made of several parts.
    pub fn of(parts: &[u64]) -> Self {
        let mut state = 0x9e37_79b9_7f4a_7c15;
        for part in parts {
            state = mix(state ^ mix(*part));
        }
        Self(state)
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// The next number in `0..1`.
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// The next number in `-1..1`.
    pub fn swing(&mut self) -> f64 {
        self.unit().mul_add(2.0, -1.0)
    }

    /// One of several.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let at = self.next() % items.len().max(1) as u64;
        items.get(usize::try_from(at).unwrap_or(0))
    }

    /// How often something happened that happens `mean` times on average. For small means.
    pub fn count(&mut self, mean: f64) -> u64 {
        let end = (-mean).exp();
        let mut product = self.unit();
        let mut count = 0;
        while product > end {
            product *= self.unit();
            count += 1;
        }
        count
    }

    /// Lower-case hexadecimal digits.
    pub fn hex(&mut self, digits: usize) -> String {
        let mut text = String::new();
        while text.len() < digits {
            let _ = write!(text, "{:016x}", self.next());
        }
        text.truncate(digits);
        text
    }
}

/// A key made of text.
pub fn key(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_stream() {
        let take = |parts: &[u64]| {
            let mut chance = Chance::of(parts);
            [chance.next(), chance.next()]
        };
        assert_eq!(take(&[1, 2]), take(&[1, 2]));
        assert_ne!(take(&[1, 2]), take(&[2, 1]));
        assert_eq!(Chance::of(&[7]).hex(40).len(), 40);
    }

    #[test]
    fn counts_have_their_mean() {
        let mut chance = Chance::of(&[3]);
        let sum: u64 = (0..10_000).map(|_| chance.count(2.0)).sum();
        assert!((19_000..21_000).contains(&sum), "{sum}");
        assert_eq!(chance.count(0.0), 0);
    }
}
