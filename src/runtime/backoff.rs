//! How long to wait after a failure: doubling, capped, with jitter, reset by a success.

use std::time::Duration;

/// The longest wait that we choose ourselves; a server may ask for more.
pub(super) const CAP: Duration = Duration::from_secs(30);

/// The wait before the next try, `failures` ≥ 1 in a row: `min(base · 2^(failures−1), cap)`, of which a
/// random half is jitter. `roll` is a random number in 0..1.
pub(super) fn wait(base: Duration, failures: u32, roll: f64) -> Duration {
    let doubled = base.saturating_mul(1u32 << failures.saturating_sub(1).min(16));
    let whole = doubled.min(CAP.max(base));
    whole.mul_f64(0.5 + 0.5 * roll.clamp(0.0, 1.0))
}

/// A cadence with ±10 % jitter, so that many pollers do not march in step.
pub(super) fn jitter(every: Duration, roll: f64) -> Duration {
    every.mul_f64(0.9 + 0.2 * roll.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_to_the_cap_and_no_further() {
        let base = Duration::from_secs(2);
        let waits: Vec<u64> = (1..8).map(|n| wait(base, n, 1.0).as_secs()).collect();
        assert_eq!(waits, [2, 4, 8, 16, 30, 30, 30]);
        assert_eq!(wait(base, u32::MAX, 0.0).as_secs(), 15);
        assert_eq!(wait(Duration::from_secs(60), 1, 1.0).as_secs(), 60);
    }
}
