//! How often is asked, and what there is too little of when that is less often than usual. Pure; must not
//! know whom it is for.

use std::time::Duration;

use super::plan::{Each, Priority};

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
    match span.as_secs() {
        seconds @ ..120 => format!("{seconds} s"),
        seconds => format!("{} min", seconds / 60),
    }
}
