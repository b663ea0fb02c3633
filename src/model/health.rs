//! Health as a probe saw it once. What several probes mean together is folded in the store.

use serde::{Deserialize, Serialize};

/// Which side of a rollout something speaks of.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Track {
    /// The new side.
    Candidate,
    /// The old side.
    Stable,
    /// Not one side: the target as a whole.
    #[default]
    Whole,
}

impl Track {
    /// The word on the screen and in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Candidate => "candidate",
            Self::Stable => "stable",
            Self::Whole => "whole",
        }
    }
}

/// How well something is. Ordered from best to worst, so the worst of several is their `max`;
/// unknown stands between degraded and unhealthy: it is never good, and never proof of harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HealthState {
    /// Answers as expected.
    Healthy,
    /// Answers, and says that something is not right.
    Degraded,
    /// Not known: never probed, or the answer does not say.
    Unknown,
    /// Does not answer, or says that it is down.
    Unhealthy,
}

impl HealthState {
    /// The word on the screen and in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Degraded => "degraded",
            Self::Unknown => "unknown",
            Self::Unhealthy => "unhealthy",
        }
    }
}

/// Where a probe failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProbeFault {
    /// The name did not resolve.
    Dns,
    /// No connection.
    Connect,
    /// The handshake or the certificate.
    Tls,
    /// No answer in time.
    Timeout,
    /// The HTTP status.
    Status,
    /// The body: an expectation that did not hold, or not readable.
    Body,
}

impl ProbeFault {
    /// Whether what is there answered, and badly; else it could not be reached at all.
    #[must_use]
    pub fn is_answer(self) -> bool {
        matches!(self, Self::Status | Self::Body)
    }
}

/// A nested part that a health answer reports, such as a database or a cache.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Component {
    /// Its name, nested names joined with `/`.
    pub name: String,
    /// Its own state.
    pub state: HealthState,
    /// What it says, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// One answer (or silence) of a health endpoint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Probe {
    /// What this one answer says.
    pub state: HealthState,
    /// Time to the whole answer, in milliseconds.
    pub latency_ms: f64,
    /// The HTTP status, when there was one.
    #[serde(default)]
    pub code: Option<u16>,
    /// Where it failed, when it did.
    #[serde(default)]
    pub fault: Option<ProbeFault>,
    /// One sentence for the operator; none when all is well.
    #[serde(default)]
    pub detail: Option<String>,
    /// The revision it reports.
    #[serde(default)]
    pub revision: Option<String>,
    /// Nested parts, in the order of the answer.
    #[serde(default)]
    pub components: Vec<Component>,
    /// A self-reported error rate, 0–1.
    #[serde(default)]
    pub error_rate: Option<f64>,
    /// Seconds since the process started, as it reports.
    #[serde(default)]
    pub uptime_s: Option<f64>,
    /// Whole days until the TLS certificate ends; negative when it has.
    #[serde(default)]
    pub cert_days: Option<i64>,
}
