//! What the operator wants to be true before a target goes on, beyond its health, metrics and alerts.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::freeze::FreezeSpec;
use super::ids::Target;

/// The rules of a target's further gates; what is not configured is not there, and not watched.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct GateRules {
    /// Windows in which it should not be promoted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub freezes: Vec<FreezeSpec>,
    /// Where its revision has to have been first; none: nowhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<AfterSpec>,
    /// How long it may go without a rollback before one should be rehearsed; none: for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rehearse: Option<Duration>,
}

/// Where a revision has to have been before it comes here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AfterSpec {
    /// The other environment of the same service.
    pub target: Target,
    /// The workflow that has to have passed for its commit, too.
    pub workflow: Option<String>,
}
