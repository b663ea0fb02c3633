//! A host that does not answer is left alone: after some polls in a row that failed, whosever they were,
//! one is let through now and then to see whether it is back. Pure: time is handed in.

use chrono::TimeDelta;

use crate::model::{Fault, FaultKind, Time};

/// Failed polls in a row, of all repositories, after which the host counts as down.
const FAILURES: u32 = 5;

/// The time between two tries at first; doubled by each that fails.
const FIRST: TimeDelta = TimeDelta::seconds(2);

/// The longest time between two tries.
const LONGEST: TimeDelta = TimeDelta::seconds(30);

/// How the host did lately.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    failures: u32,
    /// Why it counts as down, and when it is tried next.
    open: Option<(Fault, Time)>,
}

impl Breaker {
    /// Books how a poll ended.
    pub(super) fn polled(&mut self, outcome: Result<(), &Fault>, now: Time) {
        match outcome {
            Err(fault) if is_of_the_host(fault) => {
                self.failures = self.failures.saturating_add(1);
                if self.failures >= FAILURES {
                    self.open = Some((fault.clone(), now + self.gap()));
                }
            }
            // what is refused for a token or a rate was answered
            _ => *self = Self::default(),
        }
    }

    /// Lets a poll through, or says why not and until when.
    ///
    /// # Errors
    /// The fault that the last poll met, and when the next one is let through.
    pub(super) fn admit(&mut self, now: Time) -> Result<(), (Fault, Time)> {
        let gap = self.gap();
        match &mut self.open {
            Some((fault, until)) if now < *until => Err((fault.clone(), *until)),
            Some((_, until)) => {
                *until = now + gap;
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn gap(&self) -> TimeDelta {
        let doublings = self.failures.saturating_sub(FAILURES).min(5);
        (FIRST * (1 << doublings)).min(LONGEST)
    }
}

/// Whether a fault says something of the host, and not of one repository or token.
fn is_of_the_host(fault: &Fault) -> bool {
    matches!(
        fault.kind,
        FaultKind::Unreachable
            | FaultKind::Timeout
            | FaultKind::Tls
            | FaultKind::Upstream
            | FaultKind::Garbage
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    fn at(second: i64) -> Time {
        DateTime::from_timestamp(1_700_000_000 + second, 0).unwrap()
    }

    #[test]
    fn a_dead_host_is_tried_less_and_less_often_and_one_answer_is_enough() {
        let down = Fault::new(FaultKind::Upstream, "502");
        let mut breaker = Breaker::default();
        for _ in 0..FAILURES {
            assert!(breaker.admit(at(0)).is_ok());
            breaker.polled(Err(&down), at(0));
        }
        let mut now = at(0);
        let mut gaps = Vec::new();
        for _ in 0..6 {
            let (fault, until) = breaker.admit(now).unwrap_err();
            assert_eq!(fault, down);
            gaps.push((until - now).num_seconds());
            now = until;
            assert!(breaker.admit(now).is_ok());
            assert!(breaker.admit(now).is_err(), "one at a time");
            breaker.polled(Err(&down), now);
        }
        assert_eq!(gaps, [2, 4, 8, 16, 30, 30]);
        breaker.polled(Ok(()), now);
        assert!(breaker.admit(now).is_ok() && breaker.admit(now).is_ok());
    }

    #[test]
    fn what_one_repository_lacks_says_nothing_of_the_host() {
        let mut breaker = Breaker::default();
        for kind in [FaultKind::NotFound, FaultKind::Unauthorized, FaultKind::RateLimited] {
            (0..9).for_each(|_| breaker.polled(Err(&Fault::new(kind, "no")), at(0)));
            assert!(breaker.admit(at(0)).is_ok());
        }
    }
}
