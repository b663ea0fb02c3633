//! How often is asked, and what there is too little of when that is less often than usual. Pure; must not
//! know whom it is for.

use std::time::Duration;

use super::plan::{Each, Priority};

/// How many times longer than usual is worth a word.
const NOTABLE: f64 = 1.2;

/// The most that an interval is multiplied by.
const MOST: f64 = 10_000.0;

/// How often a repository is asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// The time between polls.
    pub every: Duration,
    /// What it is when there is enough for all.
    pub usual: Duration,
    /// What there is not enough of.
    pub short_of: Option<Short>,
}

impl Pace {
    /// Whether it is so much less often than usual that the operator is told.
    #[must_use]
    pub fn is_notable(&self) -> bool {
        self.stretch() >= NOTABLE
    }

    /// How many times longer than usual.
    pub(super) fn stretch(&self) -> f64 {
        self.every.as_secs_f64() / self.usual.as_secs_f64().max(0.1)
    }
}

/// How many times longer than usual each priority has to wait.
pub(super) struct Strain {
    pub(super) hour: Each,
    pub(super) minute: Each,
    /// Until the hour starts anew.
    pub(super) reset: Duration,
}

impl Strain {
    /// How often something is asked that is usually asked every `usual`.
    pub(super) fn pace(&self, priority: Priority, usual: Duration) -> Pace {
        let by = |stretches: &Each| usual.mul_f64(stretches[priority as usize].min(MOST));
        // after the reset there is enough again
        let hour = by(&self.hour).min(usual + self.reset);
        let minute = by(&self.minute);
        let every = hour.max(minute);
        let short_of =
            (every > usual).then_some(if hour < minute { Short::Minute } else { Short::Hour });
        Pace { every, usual, short_of }
    }
}

/// What there may not be enough of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Short {
    /// The requests of an hour.
    Hour,
    /// The points of a minute.
    Minute,
}

/// `45 s`, `2 min`.
pub(super) fn words(span: Duration) -> String {
    match span.as_secs_f64().round() as u64 {
        seconds @ ..120 => format!("{seconds} s"),
        seconds => format!("{} min", seconds / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_waits_longer_than_for_the_next_hour() {
        let reset = Duration::from_secs(900);
        let strain = Strain { hour: [f64::INFINITY; 4], minute: [1.0; 4], reset };
        let pace = strain.pace(Priority::Rest, Duration::from_secs(30));
        assert_eq!(pace.every, Duration::from_secs(930));
        assert_eq!(pace.short_of, Some(Short::Hour));
        assert!(pace.is_notable());
    }
}
