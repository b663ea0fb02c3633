//! Alerting rules: a limit, how long it must be broken, and since when it is.

use serde_json::{Value, json};

use super::app::Side;
use super::query::{Measure, Query};
use super::world::World;

/// Where a rule stands; the world second is the one since which it stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The limit holds.
    Inactive,
    /// The limit is broken, not long enough yet.
    Pending(i64),
    /// It is an alert.
    Firing(i64),
}

/// The labels and annotations of the alert that always fires: where it is missing, others may be.
pub fn watchdog() -> (Value, Value) {
    let labels = json!({"alertname": "Watchdog", "severity": "none"});
    (labels, json!({"summary": "always fires: alerts reach Alertmanager"}))
}

/// An alerting rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// The alert's name.
    pub name: &'static str,
    /// The label `severity`.
    pub severity: &'static str,
    /// What is compared with the limit.
    pub query: Query,
    /// What the value must not exceed.
    pub limit: f64,
    /// World seconds that the limit must be broken.
    pub hold: i64,
    /// The annotation `summary`.
    pub summary: &'static str,
    /// Where it stands.
    pub standing: Standing,
    /// The last value.
    pub value: f64,
    /// Whether its expression cannot be evaluated.
    pub is_blind: bool,
}

impl Rule {
    /// The rules that watch one service.
    pub fn of(service: &'static str) -> [Self; 3] {
        let rule = |name, severity, side, measure, limit, summary| Self {
            name,
            severity,
            query: Query { service, side, measure },
            limit,
            hold: 60,
            summary,
            standing: Standing::Inactive,
            value: f64::NAN,
            is_blind: false,
        };
        let new = Some(Side::Candidate);
        [
            rule("HighErrorRate", "P1", new, Measure::ErrorRate, 0.02, "5xx above 2 % for 1 m"),
            rule("HighLatency", "warning", new, Measure::P95, 500.0, "p95 above 500 ms for 1 m"),
            rule(
                "ErrorBudgetBurn",
                "critical",
                None,
                Measure::ErrorRate,
                0.04,
                "4 % of all requests fail: the month's error budget is gone in a day",
            ),
        ]
    }

    /// Where it stands after a world second.
    pub fn judge(&self, world: &World, second: i64) -> (Standing, f64) {
        let value = self.query.value(world, second).unwrap_or(f64::NAN);
        let standing = match self.standing {
            _ if self.is_blind => Standing::Inactive,
            _ if value.is_nan() || value <= self.limit => Standing::Inactive,
            Standing::Inactive => Standing::Pending(second),
            Standing::Pending(since) if second - since >= self.hold => Standing::Firing(second),
            standing => standing,
        };
        (standing, value)
    }

    /// Its alert's labels.
    pub fn labels(&self) -> Value {
        let mut labels = json!({
            "alertname": self.name, "severity": self.severity,
            "service": self.query.service, "env": "production",
        });
        if let Some(side) = self.query.side {
            labels["track"] = side.word().into();
            labels["instance"] = side.server().into();
        }
        labels
    }

    /// Its alert's annotations.
    pub fn annotations(&self) -> Value {
        json!({
            "summary": self.summary,
            "runbook_url": format!("https://runbooks.acme.example/{}", self.name),
        })
    }

    /// The whole expression.
    pub fn text(&self) -> String {
        format!("{} > {}", self.query.text(), self.limit)
    }
}
