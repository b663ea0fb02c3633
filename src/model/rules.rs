//! What the operator wants to be true before a target goes on, beyond its health, metrics and alerts.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::backup::BackupSpec;
use super::burn::BurnSpec;
use super::freeze::FreezeSpec;
use super::ids::Target;
use super::path::PathSpec;
use super::security::Danger;

/// The names of the gates that are not called as the configuration says.
pub const GATES: [&str; 13] = [
    "feeds", "health", "judge", "alerts", "soak", "checks", "pipeline", "queue", "security",
    "backup", "freeze", "after", "hold",
];

/// The names of the rules that refuse and that nothing overrides.
pub const RULES: [&str; 17] = [
    "replay",
    "target",
    "trust",
    "read-only",
    "in flight",
    "engine",
    "engine unreadable",
    "open action",
    "pause",
    "hold",
    "revision",
    "placeholder",
    "action",
    "approval",
    "run",
    "github",
    "github unreadable",
];

/// The rules of a target's further gates; what is not configured is not there, and not watched.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct GateRules {
    /// Checks that the candidate's commit must have passed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub required_checks: Vec<String>,
    /// Whether its pipeline must have ended well.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pipeline: bool,
    /// Whether nothing may stand before what a promotion lets go on at GitHub.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub queue: bool,
    /// What scanners must not have found since stable.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub security: Vec<Danger>,
    /// How fast its error budget may be spent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub burn: Option<BurnSpec>,
    /// What of the way of its alerts must hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alert_path: Option<PathSpec>,
    /// How old its last good backup may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup: Option<BackupSpec>,
    /// Windows in which it should not be promoted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub freezes: Vec<FreezeSpec>,
    /// Where its revision has to have been first; none: nowhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<AfterSpec>,
    /// How long it may go without a rollback before one should be rehearsed; none: for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rehearse: Option<Duration>,
    /// Where incident issues are opened; none: nowhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentSpec>,
}

/// Where incident issues are opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentSpec {
    /// `github` or `github.NAME`.
    pub host: String,
    /// `acme/ops`.
    pub repo: String,
    /// The labels that an issue gets.
    pub labels: Vec<String>,
}

impl GateRules {
    /// Whether something of it is asked of a Prometheus.
    #[must_use]
    pub fn asks_prometheus(&self) -> bool {
        self.burn.is_some() || self.alert_path.is_some() || self.backup.is_some()
    }
}

/// Where a revision has to have been before it comes here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AfterSpec {
    /// The other environment of the same service.
    pub target: Target,
    /// The workflow that has to have passed for its commit, too.
    pub workflow: Option<String>,
}
