//! How old the last good backup may be.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The rule of a target's backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupSpec {
    /// What tells its time or its age, for the operator.
    pub query: String,
    /// The oldest it may be.
    pub max_age: Duration,
    /// How often it is asked.
    pub every: Duration,
}
