//! How fast an error budget is spent, and the speeds that are too fast.
//!
//! Source: Google, "The Site Reliability Workbook", chapter "Alerting on SLOs": multiple windows, multiple
//! burn rates, for an objective over 30 days.

use std::time::Duration;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// A speed that must not be reached in both of its windows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Speed {
    /// Times the speed that spends the whole budget in exactly its period.
    pub factor: f64,
    /// The window that shows that it matters.
    pub long: Duration,
    /// The window that shows that it goes on.
    pub short: Duration,
}

/// The four speeds of an objective over 30 days, fastest first: 2 % of the budget within an hour, 5 % within
/// six, 10 % within a day, 10 % within three days.
pub const SPEEDS: [Speed; 4] = [
    Speed { factor: 14.4, long: Duration::from_secs(HOUR), short: Duration::from_secs(5 * MINUTE) },
    Speed {
        factor: 6.0,
        long: Duration::from_secs(6 * HOUR),
        short: Duration::from_secs(HOUR / 2),
    },
    Speed { factor: 3.0, long: Duration::from_secs(DAY), short: Duration::from_secs(2 * HOUR) },
    Speed { factor: 1.0, long: Duration::from_secs(3 * DAY), short: Duration::from_secs(6 * HOUR) },
];

/// Failures that tell of a speed at least: of fewer, one more or less is chance.
pub const FEW: f64 = 10.0;

/// How fast the budget of `objective` (0–1, such as 0.999) is spent at this share of errors (0–1); none where
/// there is no budget.
#[must_use]
pub fn burn(errors: f64, objective: f64) -> Option<f64> {
    let budget = 1.0 - objective;
    (budget > 0.0 && errors.is_finite()).then(|| errors / budget)
}

/// The speed that spends `part` (0–1) of the budget of a `period` within `window`.
#[must_use]
pub fn factor(part: f64, period: Duration, window: Duration) -> f64 {
    part * period.as_secs_f64() / window.as_secs_f64()
}

/// How long a whole budget of `period` lasts at this speed; none when nothing is spent.
#[must_use]
pub fn lasts(burn: f64, period: Duration) -> Option<Duration> {
    (burn > 0.0).then(|| Duration::try_from_secs_f64(period.as_secs_f64() / burn).ok()).flatten()
}

impl Speed {
    /// Whether it is reached in both windows, by the burn in each.
    #[must_use]
    pub fn is_reached(&self, long: f64, short: f64) -> bool {
        long >= self.factor && short >= self.factor
    }

    /// Whether it can be reached at all: beyond, even nothing but errors is slower.
    #[must_use]
    pub fn is_possible(&self, objective: f64) -> bool {
        self.factor * (1.0 - objective) < 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds_are_what_parts_of_a_month_come_to() {
        let month = Duration::from_secs(30 * DAY);
        for (speed, part) in SPEEDS.iter().zip([0.02, 0.05, 0.10, 0.10]) {
            assert!((factor(part, month, speed.long) - speed.factor).abs() < 1e-9, "{speed:?}");
            assert_eq!(speed.long.as_secs(), speed.short.as_secs() * 12, "{speed:?}");
        }
        assert_eq!(lasts(2.0, month), Some(month / 2));
        assert_eq!(lasts(0.0, month), None);
    }

    #[test]
    fn a_speed_needs_both_windows_and_a_budget() {
        let fast = SPEEDS[0];
        assert!((burn(0.0144, 0.999).unwrap() - 14.4).abs() < 1e-9);
        assert!(fast.is_reached(14.4, 20.0) && !fast.is_reached(14.4, 1.0));
        assert!(!fast.is_reached(1.0, 20.0));
        assert_eq!(burn(0.5, 1.0), None, "no budget");
        assert_eq!(burn(f64::NAN, 0.99), None);
        assert!(fast.is_possible(0.94) && !fast.is_possible(0.93));
    }
}
