//! How far failures come in clumps rather than one by one: a client that tries again, a lost connection, a
//! worker that died with all it held. Ten failures that are one event are the evidence of one.
//!
//! Told from how much the share of failures changes from one look to the next, which a rate that rises and
//! falls slowly does not disturb, in multiples of how much it would change if they came one by one.
//!
//! Source: J. von Neumann, "Distribution of the ratio of the mean square successive difference to the
//! variance", 1941.

use super::Count;

/// What is taken for granted before anything is known …
const UNKNOWN: f64 = 6.0;

/// … which after so many changes counts as much as what they show.
const CHANGES: f64 = 2.0;

/// By how much what exceeds 1 is taken for more.
const MARGIN: f64 = 1.7;

/// What looks at one side have shown of its clumps.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Clump {
    last: Count,
    /// Squares of the changes: as they are …
    seen: f64,
    /// … and as they would be.
    expected: f64,
    /// Of those with any failure.
    changes: f64,
}

impl Clump {
    /// Adds what was counted between two looks; one without requests is passed over.
    pub fn add(&mut self, count: Count) {
        let Some(share) = count.share() else { return };
        let both = count + self.last;
        if let (Some(last), Some(middle)) = (self.last.share(), both.share())
            && both.bad > 0.0
        {
            self.seen += (share - last).powi(2) / (1.0 / count.total + 1.0 / self.last.total);
            self.expected += middle * (1.0 - middle);
            self.changes += 1.0;
        }
        self.last = count;
    }

    /// How many failures count as one: at least 1, and not more than 1 where what was seen may be chance.
    #[must_use]
    pub fn size(&self) -> f64 {
        if self.expected <= 0.0 {
            return UNKNOWN;
        }
        // one standard deviation, where they come one by one
        let chance = (3.0 / self.changes).sqrt();
        let known = self.changes.powi(2) / (self.changes.powi(2) + CHANGES.powi(2));
        let found = self.seen / self.expected - chance;
        // what is found too small condemns what is no worse: where they do come in clumps, rather larger
        let found = if found > 1.0 { 1.0 + (found - 1.0) * MARGIN } else { found };
        (known * found + (1.0 - known) * UNKNOWN).max(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What looks show at which `size` failures come at a time, with the chance of 1 % a request in all.
    fn seen(looks: u32, size: u32, base: impl Fn(u32) -> f64) -> f64 {
        let (mut chance, mut clump) = (fastrand::Rng::with_seed(1), Clump::default());
        for look in 0..looks {
            let events = (0..900).filter(|_| chance.f64() < base(look) / f64::from(size)).count();
            clump.add(Count::new(events as f64 * f64::from(size), 900.0));
        }
        clump.size()
    }

    #[test]
    fn failures_that_come_together_count_as_one() {
        let single = seen(200, 1, |_| 0.01);
        assert!((1.0..1.1).contains(&single), "{single}");
        let five = seen(200, 5, |_| 0.01);
        // rather too large than too small
        assert!((5.0..8.5).contains(&five), "{five}");
    }

    #[test]
    fn a_rate_that_rises_and_falls_is_no_clump() {
        let wave = seen(200, 1, |look| 0.03 + 0.02 * (f64::from(look) / 15.0).sin());
        assert!((1.0..1.2).contains(&wave), "{wave}");
    }

    #[test]
    fn what_is_not_known_is_taken_for_clumps_until_it_is() {
        let unknown = |size: f64| (size - UNKNOWN).abs() < 1e-9;
        assert!(unknown(seen(1, 1, |_| 0.01)));
        let (few, some) = (seen(3, 1, |_| 0.01), seen(20, 1, |_| 0.01));
        assert!(UNKNOWN > few && few > some, "{few}, {some}");
        let mut clump = Clump::default();
        (0..100).for_each(|_| clump.add(Count::new(0.0, 50.0)));
        (0..100).for_each(|_| clump.add(Count::default()));
        assert!(unknown(clump.size()), "no failure, no news");
    }
}
