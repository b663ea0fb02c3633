//! What a candidate is compared with its stable side by, and what was counted of both.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Time;

/// How a target's candidate is judged against its concurrent stable side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JudgeSpec {
    /// The chance to condemn a release that is no worse, over all comparisons and all looks; 0–1.
    pub alpha: f64,
    /// Time after a step's beginning that does not count.
    pub warm_up: Duration,
    /// How often it looks.
    pub every: Duration,
    /// What is compared.
    pub comparisons: Vec<ComparisonSpec>,
}

/// A kind of failure whose share is compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComparisonSpec {
    /// Its name: `errors`, `slower than 300 ms`.
    pub name: String,
    /// What counts the candidate's, for the operator.
    pub query: String,
    /// The smallest harm that matters, as a share of all requests, 0–1 …
    pub points: f64,
    /// … or as a part of how often the stable side fails, whichever is more.
    pub part: f64,
}

/// What was counted on one side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    /// Failures.
    pub bad: f64,
    /// All requests.
    pub total: f64,
}

/// What was counted between two looks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// When it ended.
    pub at: Time,
    /// How long it is, in seconds.
    pub span_s: f64,
    /// The candidate's; none where Prometheus has no series of it, which is not zero.
    pub candidate: Option<Tally>,
    /// The stable side's.
    pub stable: Option<Tally>,
}

impl Tally {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { bad: self.bad + other.bad, total: self.total + other.total }
    }
}

impl Look {
    /// Both as one look; what is missing in one is missing in both only where it is in both.
    #[must_use]
    pub fn and(self, later: Self) -> Self {
        let both = |a: Option<Tally>, b: Option<Tally>| match (a, b) {
            (Some(a), Some(b)) => Some(a.and(b)),
            (one, other) => one.or(other),
        };
        Self {
            at: later.at,
            span_s: self.span_s + later.span_s,
            candidate: both(self.candidate, later.candidate),
            stable: both(self.stable, later.stable),
        }
    }
}
