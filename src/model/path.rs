//! The way from an alerting rule to whoever is called: what must hold so that silence means that all is well.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What is watched of a target's way of alerts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PathSpec {
    /// Rule groups that must be well; empty: every one.
    pub groups: Vec<String>,
    /// The address by which Prometheus knows the Alertmanager, `host:port`; one `*` stands for anything.
    pub alertmanager: String,
    /// Queries for what got lost on the way, for the operator: each must yield 0.
    pub failures: Vec<String>,
    /// The matcher of an alert that always fires.
    pub watchdog: Option<String>,
    /// How often Prometheus is asked.
    pub every: Duration,
}

impl PathSpec {
    /// The links that must hold, in their order.
    #[must_use]
    pub fn links(&self) -> Vec<LinkKind> {
        let failures = (!self.failures.is_empty()).then_some(LinkKind::Notifications);
        let watchdog = self.watchdog.is_some().then_some(LinkKind::Watchdog);
        [LinkKind::Rules, LinkKind::Alertmanager]
            .into_iter()
            .chain(failures)
            .chain(watchdog)
            .collect()
    }
}

/// One link of the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LinkKind {
    /// Prometheus evaluates the rules.
    Rules,
    /// Prometheus sends to the Alertmanager that is read.
    Alertmanager,
    /// Nothing that was sent got lost.
    Notifications,
    /// An alert that always fires is there.
    Watchdog,
}

impl LinkKind {
    /// The word on the screen.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Rules => "rules",
            Self::Alertmanager => "alertmanager",
            Self::Notifications => "notifications",
            Self::Watchdog => "watchdog",
        }
    }
}

/// Whether a link holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LinkState {
    /// It does.
    Holds,
    /// It does not: an alert may be lost here.
    Broken,
    /// Nobody can say.
    Unknown,
}

impl LinkState {
    /// The word on the screen.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Broken => "broken",
            Self::Unknown => "unknown",
        }
    }
}

/// What was found of a link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Which.
    pub kind: LinkKind,
    /// Whether it holds.
    pub state: LinkState,
    /// What that was seen by.
    pub detail: String,
}
