//! What a token may do within a minute, whatever is left of its hour.

use std::collections::VecDeque;

use chrono::TimeDelta;

use crate::model::Time;

/// Points a minute that one endpoint gives.
const POINTS: u32 = 900;

/// Changes a minute.
const WRITES: usize = 80;

/// What was asked within the last minute.
#[derive(Debug, Default)]
pub struct Limit {
    asked: VecDeque<(Time, u32, String)>,
}

impl Limit {
    /// Counts one request; false when it is one too many.
    pub fn allows(&mut self, method: &str, path: &str, now: Time) -> bool {
        let old = now - TimeDelta::minutes(1);
        while self.asked.front().is_some_and(|(at, _, _)| *at <= old) {
            self.asked.pop_front();
        }
        let cost = if matches!(method, "GET" | "HEAD" | "OPTIONS") { 1 } else { 5 };
        let spent: u32 =
            self.asked.iter().filter(|(_, _, own)| own == path).map(|(_, cost, _)| cost).sum();
        let writes = self.asked.iter().filter(|(_, cost, _)| *cost > 1).count();
        let allowed = spent + cost <= POINTS && (cost == 1 || writes < WRITES);
        if allowed {
            self.asked.push_back((now, cost, path.to_owned()));
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_has_its_limits() {
        let start = Time::UNIX_EPOCH;
        let mut limit = Limit::default();
        assert!((0..POINTS).all(|_| limit.allows("GET", "/user", start)));
        assert!(!limit.allows("GET", "/user", start) && limit.allows("GET", "/other", start));
        assert!(limit.allows("GET", "/user", start + TimeDelta::minutes(1)));
        let mut limit = Limit::default();
        assert!((0..WRITES).all(|n| limit.allows("POST", &n.to_string(), start)));
        assert!(!limit.allows("POST", "/x", start) && limit.allows("GET", "/x", start));
    }
}
