//! What the operator wants to be true before a target goes on, beyond its health, metrics and alerts.

use serde::{Deserialize, Serialize};

use super::backup::BackupSpec;
use super::burn::BurnSpec;
use super::path::PathSpec;

/// The rules of a target's further gates; what is not configured is not there, and not watched.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct GateRules {
    /// How fast its error budget may be spent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub burn: Option<BurnSpec>,
    /// What of the way of its alerts must hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alert_path: Option<PathSpec>,
    /// How old its last good backup may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup: Option<BackupSpec>,
}
