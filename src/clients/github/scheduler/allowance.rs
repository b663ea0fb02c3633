//! How much of the hourly budget polling may use: what is left less a reserve for actions, and less what
//! polls under way may still take. Pure: time is handed in.

use chrono::TimeDelta;

use crate::model::{Budget, Time};

/// Requests kept for actions at least, where the limit is that large.
const RESERVE: u64 = 500;

/// What the newest answers said, by our own clock.
#[derive(Debug, Default)]
pub(super) struct Allowance {
    told: Option<Told>,
    /// Requests that polls under way may still send.
    pub(super) granted: u64,
    /// Whether nothing is kept, because everything that is asked is for an action.
    pub(super) spends_reserve: bool,
}

#[derive(Debug)]
struct Told {
    budget: Budget,
    /// When the window starts anew, by our clock.
    reset: Time,
}

impl Allowance {
    /// Takes an answer's word, given at `theirs` by the server's clock. Answers overtake each other: within
    /// a window what is left only shrinks.
    pub(super) fn learn(&mut self, budget: &Budget, theirs: Time, now: Time) {
        let held = self.told.as_ref().filter(|told| now < told.reset);
        if let Some(told) = held {
            let stale = told.budget.reset > budget.reset;
            let grown =
                told.budget.reset == budget.reset && told.budget.remaining < budget.remaining;
            if stale || grown {
                return;
            }
        }
        let reset = now + (budget.reset - theirs);
        self.told = Some(Told { budget: budget.clone(), reset });
    }

    /// Forgets what answers said; what is granted stays granted.
    pub(super) fn forget(&mut self) {
        self.told = None;
    }

    /// Requests kept for actions: 500 or a tenth of the limit, and never more than half of it.
    pub(super) fn reserve(&self) -> u64 {
        let told = self.told.as_ref().filter(|_| !self.spends_reserve);
        told.map_or(0, |told| {
            let limit = told.budget.limit;
            RESERVE.max(limit / 10).min(limit / 2)
        })
    }

    /// Requests left until the window starts anew; none where GitHub keeps no budget.
    pub(super) fn remaining(&self, now: Time) -> Option<u64> {
        let told = self.told.as_ref()?;
        Some(if now < told.reset { told.budget.remaining } else { told.budget.limit })
    }

    /// Requests that polling may still begin.
    pub(super) fn spare(&self, now: Time) -> Option<u64> {
        Some(self.remaining(now)?.saturating_sub(self.reserve() + self.granted))
    }

    /// When the window starts anew; none when that is past or not known.
    pub(super) fn reset(&self, now: Time) -> Option<Time> {
        self.told.as_ref().map(|told| told.reset).filter(|reset| now < *reset)
    }

    /// Requests a second that last until the window starts anew; without bound where none are counted.
    pub(super) fn rate(&self, now: Time) -> f64 {
        let Some(spare) = self.spare(now) else { return f64::INFINITY };
        let left = self.reset(now).map_or(TimeDelta::hours(1), |reset| reset - now);
        spare as f64 / left.as_seconds_f64().max(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    fn at(second: i64) -> Time {
        DateTime::from_timestamp(1_700_000_000 + second, 0).unwrap()
    }

    fn budget(remaining: u64, limit: u64, reset: i64) -> Budget {
        Budget { remaining, limit, reset: at(reset), widened_s: None, usual_s: None }
    }

    #[test]
    fn a_tenth_is_kept_and_never_less_than_five_hundred() {
        for (limit, kept) in [(5000, 500), (15_000, 1500), (1000, 500), (60, 30)] {
            let mut allowance = Allowance::default();
            allowance.learn(&budget(limit, limit, 3600), at(0), at(0));
            assert_eq!(allowance.reserve(), kept);
            assert_eq!(allowance.spare(at(0)), Some(limit - kept));
        }
        assert_eq!(Allowance::default().spare(at(0)), None);
    }

    #[test]
    fn an_overtaken_answer_raises_nothing_and_a_new_window_does() {
        let mut allowance = Allowance::default();
        // their clock is 100 s ahead
        allowance.learn(&budget(2000, 5000, 1100), at(100), at(0));
        allowance.learn(&budget(2100, 5000, 1100), at(100), at(0));
        assert_eq!(allowance.remaining(at(0)), Some(2000));
        allowance.granted = 700;
        assert_eq!(allowance.spare(at(0)), Some(800));
        assert!((allowance.rate(at(0)) - 0.8).abs() < 1e-9);
        assert_eq!(allowance.reset(at(999)), Some(at(1000)));
        assert_eq!(allowance.remaining(at(1000)), Some(5000));
        allowance.learn(&budget(4990, 5000, 4700), at(1101), at(1001));
        allowance.learn(&budget(10, 5000, 1100), at(1101), at(1001));
        assert_eq!(allowance.remaining(at(1001)), Some(4990));
    }
}
