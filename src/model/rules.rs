//! What the operator wants to be true before a target goes on, beyond its health, metrics and alerts.

use serde::{Deserialize, Serialize};

/// The rules of a target's further gates; what is not configured is not there, and not watched.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct GateRules {}
