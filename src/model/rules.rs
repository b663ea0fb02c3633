//! What the operator wants to be true before a target goes on, beyond its health, metrics and alerts.

use serde::{Deserialize, Serialize};

use super::security::Danger;

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
}
