//! An error budget: the objective it follows from, and what was spent of it lately.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::metric::Reading;

/// The word in a query that stands for the window it is asked for.
pub const WINDOW: &str = "{window}";

/// How fast a target's error budget may be spent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BurnSpec {
    /// Its gate's name.
    pub name: String,
    /// The part of requests that must not fail, 0–1, over 30 days.
    pub objective: f64,
    /// The share of errors, for the operator; [`WINDOW`] stands for each window.
    pub query: String,
    /// How many requests there were, where that is counted; [`WINDOW`] stands for each window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests: Option<String>,
    /// This speed and faster ones block; slower ones are told only.
    pub block: f64,
    /// How often it is asked.
    pub every: Duration,
}

/// The share of errors within one window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Spent {
    /// How far back it looks.
    pub window: Duration,
    /// The share of requests that failed, 0–1.
    pub errors: Reading,
    /// How many requests there were, where that is counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests: Option<Reading>,
    /// Why this window alone could not be asked, when it could not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

/// A window as PromQL writes it: `5m`, `6h`, `3d`.
#[must_use]
pub fn range(window: Duration) -> String {
    let seconds = window.as_secs();
    let units = [(86_400, "d"), (3_600, "h"), (60, "m")];
    let whole = units.into_iter().find(|(unit, _)| seconds > 0 && seconds.is_multiple_of(*unit));
    whole.map_or_else(|| format!("{seconds}s"), |(unit, name)| format!("{}{name}", seconds / unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_written_as_promql_writes_them() {
        let text = |seconds| range(Duration::from_secs(seconds));
        assert_eq!(
            [300, 3_600, 21_600, 86_400, 259_200, 90].map(text),
            ["5m", "1h", "6h", "1d", "3d", "90s"]
        );
    }
}
