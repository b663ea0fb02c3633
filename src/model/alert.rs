//! Alerts as Alertmanager tells them.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Time;

/// How bad, P0 worst. Ordered by badness: `P0 > P1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Severity {
    /// Everyone, now.
    P0,
    /// Someone, now.
    P1,
    /// Today.
    P2,
    /// Some day.
    P3,
}

impl Severity {
    fn rank(self) -> u8 {
        match self {
            Self::P0 => 3,
            Self::P1 => 2,
            Self::P2 => 1,
            Self::P3 => 0,
        }
    }

    /// The word on the screen and in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::P0 => "P0",
            Self::P1 => "P1",
            Self::P2 => "P2",
            Self::P3 => "P3",
        }
    }
}

impl PartialOrd for Severity {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Severity {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.rank().cmp(&other.rank())
    }
}

impl FromStr for Severity {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.to_ascii_uppercase().as_str() {
            "P0" => Ok(Self::P0),
            "P1" => Ok(Self::P1),
            "P2" => Ok(Self::P2),
            "P3" => Ok(Self::P3),
            _ => {
                Err(format!("`{}` is not a severity; write P0, P1, P2 or P3", text.escape_debug()))
            }
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// Whether an alert wants somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AlertState {
    /// It does.
    Firing,
    /// An operator silenced it.
    Silenced,
    /// Another alert hides it.
    Inhibited,
}

impl AlertState {
    /// The word on the screen and in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Firing => "firing",
            Self::Silenced => "silenced",
            Self::Inhibited => "inhibited",
        }
    }
}

/// One alert; its identity is `fingerprint`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// Alertmanager's identity of a label set.
    pub fingerprint: String,
    /// The label `alertname`.
    pub name: String,
    /// P0–P3, from the label `severity` through the configured map.
    pub severity: Severity,
    /// The label's own value when the map does not know it (counted as P1, and said).
    #[serde(default)]
    pub unmapped: Option<String>,
    /// Firing, silenced or inhibited.
    pub state: AlertState,
    /// The ids of the silences, alerts or mute times that keep it quiet.
    #[serde(default)]
    pub quiet_by: Vec<String>,
    /// When it began to fire; none where that could not be read.
    #[serde(default)]
    pub since: Option<Time>,
    /// The annotation `summary`, else `description`.
    #[serde(default)]
    pub summary: Option<String>,
    /// The annotation `runbook_url`, else `runbook`.
    #[serde(default)]
    pub runbook: Option<String>,
    /// The expression in Prometheus that raised it.
    #[serde(default)]
    pub generator: Option<String>,
    /// Who is told.
    #[serde(default)]
    pub receivers: Vec<String>,
    /// All labels.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// All annotations.
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
}

impl Alert {
    /// Whether it may have begun at a time or after it: one that does not say when does.
    #[must_use]
    pub fn may_be_since(&self, time: Time) -> bool {
        self.since.is_none_or(|since| since >= time)
    }
}
