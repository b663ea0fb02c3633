//! What a poll of each priority costs on average: requests sent, and those of them that GitHub counts. Pure:
//! time is handed in. Must not know whose poll it was.

use super::plan::Priority;
use crate::model::Time;

/// What polls cost.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cost {
    /// Requests sent.
    pub(super) sends: f64,
    /// Those of them that GitHub counts.
    pub(super) counts: f64,
}

/// Before one was seen: what nothing moves in is unchanged.
const GUESSED: [Cost; 4] = [
    Cost { sends: 3.0, counts: 0.5 },
    Cost { sends: 3.0, counts: 0.4 },
    Cost { sends: 3.0, counts: 0.1 },
    Cost { sends: 3.0, counts: 0.05 },
];

/// Seconds that an average is of: the minute's is short, the hour's so long that runs which begin together do
/// not look like a rule.
const LATELY: Cost = Cost { sends: 120.0, counts: 900.0 };

/// The most that one poll weighs in an average.
const NEWEST: f64 = 0.02;

/// The averages.
#[derive(Debug)]
pub(super) struct Costs {
    by_priority: [Cost; 4],
    /// When a poll of each priority was learnt from last.
    learnt: [Option<Time>; 4],
}

impl Default for Costs {
    fn default() -> Self {
        Self { by_priority: GUESSED, learnt: [None; 4] }
    }
}

impl Costs {
    /// What a poll of this priority costs.
    pub(super) fn of(&self, priority: Priority) -> Cost {
        self.by_priority[priority as usize]
    }

    /// Learns from a poll that ended.
    pub(super) fn learn(&mut self, priority: Priority, sent: u32, counted: u32, now: Time) {
        let class = priority as usize;
        let since = self.learnt[class].replace(now).map_or(0.0, |at| (now - at).as_seconds_f64());
        let learn = |usual: &mut f64, lately: f64, newest: u32| {
            *usual += (since / lately).clamp(0.0, NEWEST) * (f64::from(newest) - *usual);
        };
        let cost = &mut self.by_priority[class];
        learn(&mut cost.sends, LATELY.sends, sent);
        learn(&mut cost.counts, LATELY.counts, counted);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    #[test]
    fn a_burst_is_no_rule_and_a_quarter_of_an_hour_is() {
        let at = |ms: i64| DateTime::from_timestamp_millis(1_700_000_000_000 + ms).unwrap();
        let mut costs = Costs::default();
        let polls = |costs: &mut Costs, from: i64, seconds: i64, counted| {
            // twenty repositories, each every five seconds
            let each = (0..seconds * 4).map(|n| from * 1000 + n * 250);
            each.for_each(|ms| costs.learn(Priority::Active, 1, counted, at(ms)));
        };
        polls(&mut costs, 0, 10, 5);
        assert!(costs.of(Priority::Active).counts < 0.5, "{costs:?}");
        polls(&mut costs, 10, 1800, 5);
        assert!(costs.of(Priority::Active).counts > 4.0, "{costs:?}");
        assert!(costs.of(Priority::Active).sends < 1.01, "{costs:?}");
        assert!(costs.of(Priority::Rest).sends > 2.99, "{costs:?}");
    }
}
