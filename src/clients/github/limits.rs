//! What GitHub allows us: the budget of real answers' headers, and the time before which nothing is sent.
//! Pure: time is handed in. Must not know what is asked for.

use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, StatusCode, header};

use crate::model::{Budget, Fault, FaultKind, Time};

/// The wait when GitHub says "slow down" and not for how long; doubled each time it says so again.
const UNTOLD: TimeDelta = TimeDelta::seconds(60);

/// The longest wait that is believed. A window is an hour.
const LONGEST: TimeDelta = TimeDelta::hours(2);

/// What is known about the limits of one token.
#[derive(Debug, Default)]
pub(super) struct Limits {
    budget: Option<Budget>,
    closed: Option<Closed>,
    /// Times in a row that GitHub wanted a pause without saying how long.
    strikes: u32,
}

#[derive(Debug, Clone, Copy)]
struct Closed {
    until: Time,
    why: &'static str,
}

impl Limits {
    /// The budget as the newest answer told it.
    pub(super) fn budget(&self) -> Option<Budget> {
        self.budget.clone()
    }

    /// Takes the word of an answer that was asked for it.
    pub(super) fn told(&mut self, budget: Budget) {
        self.budget = Some(budget);
    }

    /// Why nothing may be sent now.
    pub(super) fn refusal(&self, now: Time, place: &str) -> Option<Fault> {
        let closed = self.closed.filter(|closed| now < closed.until)?;
        Some(Fault {
            kind: FaultKind::RateLimited,
            text: format!(
                "{place} {}; nothing is asked before {}",
                closed.why,
                closed.until.format("%H:%M:%SZ")
            ),
            retry_at: Some(closed.until),
        })
    }

    /// Learns from an answer. True when it was refused for its rate, so that [`Self::refusal`] holds now.
    pub(super) fn learn(
        &mut self,
        status: StatusCode,
        headers: &HeaderMap,
        told_secondary: bool,
        now: Time,
    ) -> bool {
        let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<i64>().ok();
        let theirs = their_time(headers, now);
        let reset = number("x-ratelimit-reset").and_then(|at| DateTime::from_timestamp(at, 0));
        let remaining = number("x-ratelimit-remaining").and_then(|n| u64::try_from(n).ok());
        let limit = number("x-ratelimit-limit").and_then(|n| u64::try_from(n).ok());
        let is_core = headers.get("x-ratelimit-resource").is_none_or(|resource| resource == "core");
        if is_core && let (Some(remaining), Some(limit), Some(reset)) = (remaining, limit, reset) {
            self.budget = Some(Budget { remaining, limit, reset, widened_s: None, usual_s: None });
        }

        let refused = matches!(status, StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS);
        let after = retry_after(headers, theirs).filter(|_| refused);
        let used_up = remaining == Some(0) && is_core;
        let (wait, why) = if let Some(after) = after {
            (after, "asks for a pause (Retry-After)")
        } else if used_up && let Some(reset) = reset {
            (reset - theirs, "allows no more requests (rate limit)")
        } else if refused && (told_secondary || used_up || status == StatusCode::TOO_MANY_REQUESTS)
        {
            self.strikes += 1;
            let doubled = UNTOLD * 2_i32.pow(self.strikes.min(6) - 1);
            (doubled, "asks for a pause (secondary rate limit)")
        } else {
            if status.is_success() {
                self.strikes = 0;
            }
            return false;
        };
        let until = now + wait.clamp(TimeDelta::seconds(1), LONGEST);
        // Answers overtake each other; the longest pause asked for holds.
        if self.closed.is_none_or(|closed| closed.until < until) {
            self.closed = Some(Closed { until, why });
        }
        refused
    }
}

/// Our clock may be off; the server's own `Date` turns its times into waits.
pub(super) fn their_time(headers: &HeaderMap, now: Time) -> Time {
    headers
        .get(header::DATE)
        .and_then(|value| DateTime::parse_from_rfc2822(value.to_str().ok()?).ok())
        .map_or(now, |date| date.with_timezone(&Utc))
}

/// `Retry-After` as a wait: seconds or a date.
pub(super) fn retry_after(headers: &HeaderMap, theirs: Time) -> Option<TimeDelta> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    match text.parse::<u32>() {
        Ok(seconds) => Some(TimeDelta::seconds(i64::from(seconds)).min(LONGEST)),
        Err(_) => Some((DateTime::parse_from_rfc2822(text).ok()?.to_utc() - theirs).min(LONGEST)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Time {
        DateTime::from_timestamp(1_700_000_000 + second, 0).unwrap()
    }

    fn headers(pairs: &[(&'static str, String)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap()))
            .collect()
    }

    fn until(limits: &Limits, now: Time) -> Option<Time> {
        limits.refusal(now, "h").and_then(|fault| fault.retry_at)
    }

    #[test]
    fn retry_after_in_seconds_and_as_a_date() {
        for text in ["30".to_owned(), at(130).to_rfc2822()] {
            let mut limits = Limits::default();
            let answer = headers(&[
                ("retry-after", text),
                ("date", at(100).to_rfc2822()), // their clock is 100 s ahead
            ]);
            assert!(limits.learn(StatusCode::FORBIDDEN, &answer, false, at(0)));
            assert_eq!(until(&limits, at(29)), Some(at(30)));
            assert_eq!(until(&limits, at(30)), None);
        }
    }

    #[test]
    fn an_empty_budget_waits_for_its_reset_by_their_clock() {
        let mut limits = Limits::default();
        let answer = headers(&[
            ("x-ratelimit-remaining", "0".to_owned()),
            ("x-ratelimit-limit", "5000".to_owned()),
            ("x-ratelimit-reset", (1_700_000_000 + 700).to_string()),
            ("date", at(100).to_rfc2822()),
        ]);
        assert!(!limits.learn(StatusCode::OK, &answer, false, at(0)));
        assert_eq!(until(&limits, at(1)), Some(at(600)));
        assert_eq!(limits.budget().unwrap().remaining, 0);
    }

    #[test]
    fn a_secondary_limit_waits_longer_each_time_until_an_answer() {
        let mut limits = Limits::default();
        let none = HeaderMap::new();
        assert!(limits.learn(StatusCode::FORBIDDEN, &none, true, at(0)));
        assert_eq!(until(&limits, at(0)), Some(at(60)));
        assert!(limits.learn(StatusCode::TOO_MANY_REQUESTS, &none, false, at(60)));
        assert_eq!(until(&limits, at(60)), Some(at(180)));
        assert!(!limits.learn(StatusCode::OK, &none, false, at(180)));
        assert!(limits.learn(StatusCode::FORBIDDEN, &none, true, at(200)));
        assert_eq!(until(&limits, at(200)), Some(at(260)));
    }

    #[test]
    fn a_missing_permission_is_no_limit_and_nonsense_is_bounded() {
        let mut limits = Limits::default();
        let answer = headers(&[("x-ratelimit-remaining", "17".to_owned())]);
        assert!(!limits.learn(StatusCode::FORBIDDEN, &answer, false, at(0)));
        assert_eq!(until(&limits, at(0)), None);
        let answer = headers(&[("retry-after", "4000000000".to_owned())]);
        assert!(limits.learn(StatusCode::FORBIDDEN, &answer, false, at(0)));
        assert_eq!(until(&limits, at(0)), Some(at(7200)));
        for nonsense in ["soon", "-1", ""] {
            let answer = headers(&[
                ("retry-after", nonsense.to_owned()),
                ("x-ratelimit-reset", "99999999999999999".to_owned()),
                ("x-ratelimit-remaining", "0".to_owned()),
            ]);
            let mut limits = Limits::default();
            assert!(limits.learn(StatusCode::FORBIDDEN, &answer, false, at(0)));
            assert_eq!(until(&limits, at(0)), Some(at(60)));
        }
    }
}
