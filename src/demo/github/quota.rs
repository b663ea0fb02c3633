//! How often a token may ask within an hour.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::model::Time;

/// Requests an hour.
const LIMIT: u32 = 5000;

/// What is left of an hour's requests.
#[derive(Debug)]
pub struct Quota {
    /// Requests that came here, and those that somebody else sent with the same token.
    own: u32,
    others: u32,
    reset: Time,
}

impl Quota {
    /// A fresh hour.
    pub fn new(now: Time) -> Self {
        Self { own: 0, others: 0, reset: now + TimeDelta::hours(1) }
    }

    /// Begins a new hour when the last one is over. Others use so many requests of each.
    pub fn renew(&mut self, now: Time, others: u32) {
        if now >= self.reset {
            *self = Self::new(now);
        }
        self.others = others;
    }

    /// Counts one request.
    pub fn spend(&mut self) {
        self.own += 1;
    }

    /// Whether nothing is left.
    pub fn is_spent(&self) -> bool {
        self.left() == 0
    }

    /// The headers that tell.
    pub fn headers(&self) -> [(&'static str, String); 5] {
        [
            ("x-ratelimit-limit", LIMIT.to_string()),
            ("x-ratelimit-remaining", self.left().to_string()),
            ("x-ratelimit-used", self.used().to_string()),
            ("x-ratelimit-reset", self.reset.timestamp().to_string()),
            ("x-ratelimit-resource", "core".to_owned()),
        ]
    }

    /// The body of `/rate_limit`.
    pub fn told(&self) -> Value {
        let core = json!({
            "limit": LIMIT, "used": self.used(), "remaining": self.left(),
            "reset": self.reset.timestamp(), "resource": "core",
        });
        let search = json!({"limit": 30, "used": 0, "remaining": 30, "reset": self.reset.timestamp(), "resource": "search"});
        json!({"resources": {"core": core, "search": search}, "rate": core})
    }

    fn left(&self) -> u32 {
        LIMIT - self.used()
    }

    fn used(&self) -> u32 {
        self.own.saturating_add(self.others).min(LIMIT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_has_its_limit() {
        let start = Time::from_timestamp(1_000, 0).unwrap();
        let mut quota = Quota::new(start);
        (0..LIMIT).for_each(|_| quota.spend());
        assert!(quota.is_spent());
        quota.renew(start + TimeDelta::minutes(59), 0);
        assert!(quota.is_spent());
        quota.renew(start + TimeDelta::minutes(60), 0);
        assert!(!quota.is_spent());
        quota.renew(start + TimeDelta::minutes(60), LIMIT);
        assert!(quota.is_spent());
        assert_eq!(quota.told()["resources"]["core"]["reset"], 1_000 + 7_200);
    }
}
