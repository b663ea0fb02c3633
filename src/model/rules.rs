//! What the operator wants to be true before a target goes on, beyond its health, metrics and alerts.

use serde::{Deserialize, Serialize};

use super::freeze::FreezeSpec;

/// The rules of a target's further gates; what is not configured is not there, and not watched.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct GateRules {
    /// Windows in which it should not be promoted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub freezes: Vec<FreezeSpec>,
}
