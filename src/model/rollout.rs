//! A rollout as an engine tells it: what is in force, and what each verb would send.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Time;
use super::action::{Call, Verb};
use super::ids::Revision;

/// Where a rollout stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Nothing is being rolled out.
    Idle,
    /// An action moves it forward.
    Progressing,
    /// An operator or the engine stopped it.
    Paused,
    /// It waits for a human.
    AwaitingApproval,
    /// A step has to prove itself for its time.
    Soaking,
    /// Health or a metric says no.
    Degraded,
    /// A rollback is under way.
    RollingBack,
    /// It was rolled back, and is held.
    RolledBack,
    /// The candidate has all the traffic.
    Completed,
    /// The engine cannot be read.
    Unknown,
}

impl Phase {
    /// The word in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Progressing => "progressing",
            Self::Paused => "paused",
            Self::AwaitingApproval => "awaiting-approval",
            Self::Soaking => "soaking",
            Self::Degraded => "degraded",
            Self::RollingBack => "rolling-back",
            Self::RolledBack => "rolled-back",
            Self::Completed => "completed",
            Self::Unknown => "unknown",
        }
    }
}

/// One reading of an engine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rollout {
    /// The engine's kind, `haproxy`.
    pub engine: String,
    /// The engine's own phase; none for an engine that has no such notion.
    #[serde(default)]
    pub phase: Option<Phase>,
    /// The engine's own reason for it.
    #[serde(default)]
    pub reason: Option<String>,
    /// Percent of the traffic that the engine sends to the candidate, 0–100; none when it cannot say.
    pub routed: Option<f64>,
    /// The old revision, when the engine names it.
    #[serde(default)]
    pub stable: Option<Revision>,
    /// The new revision, when the engine names it.
    #[serde(default)]
    pub candidate: Option<Revision>,
    /// Since when the present step is in force, when the engine knows.
    #[serde(default)]
    pub since: Option<Time>,
    /// What is in force, by subject, to be compared with [`Call::expect`].
    #[serde(default)]
    pub settings: BTreeMap<String, String>,
    /// What carries the traffic, for the detail pane.
    #[serde(default)]
    pub servers: Vec<Server>,
    /// What each verb would do from here.
    #[serde(default)]
    pub offers: Vec<Offer>,
    /// Sentences that refuse a promotion (a member of a pair that does not answer, a server that neither
    /// side names). Never a rollback.
    #[serde(default)]
    pub blocks: Vec<String>,
    /// Sentences worth saying that block nothing (skew, drift).
    #[serde(default)]
    pub notes: Vec<String>,
    /// What had all the traffic before, as the engine knows it, the newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<Past>,
}

/// A revision that had all the traffic once, and was not taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Past {
    /// The revision.
    pub revision: Revision,
    /// Since when it had, where the engine knows.
    #[serde(default)]
    pub at: Option<Time>,
}

/// One server behind the engine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Server {
    /// Its name, with its engine's address when there are several.
    pub name: String,
    /// `candidate`, `stable` or `other`.
    pub side: String,
    /// Its weight in force.
    pub weight: u32,
    /// Whether it takes traffic.
    pub eligible: bool,
    /// The engine's word for its state.
    pub state: String,
    /// Requests it has been given since the engine started, when counted.
    #[serde(default)]
    pub requests: Option<u64>,
}

/// What the engine would do for a verb from what it read: data, so that it can be shown, pinned,
/// compared and recorded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    /// For which verb.
    pub verb: Verb,
    /// Whether it is the `--full` form.
    #[serde(default)]
    pub full: bool,
    /// The weight that it leads to, 0–100.
    pub weight: f64,
    /// The exact calls, in order.
    pub calls: Vec<Call>,
    /// Why the engine would refuse it.
    #[serde(default)]
    pub refused: Option<String>,
    /// Whether `--force` may override `refused`.
    #[serde(default)]
    pub forcible: bool,
    /// Sentences for the confirmation: what stands in the way, who must approve, how long it usually takes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Runs that stand in the way of the run that it would start.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ahead: Vec<Ahead>,
}

/// A run in the concurrency group that a run of ours would enter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ahead {
    /// GitHub's id.
    pub run: u64,
    /// What it is: workflow and title.
    pub name: String,
    /// How far it is: `in_progress`, `pending`, `waiting` …
    pub status: String,
    /// The concurrency group.
    pub group: String,
    /// Whether GitHub told the group's members, or they were inferred from workflow files and runs.
    pub told: bool,
    /// What becomes of the two.
    pub fate: Fate,
}

/// What becomes of a run of ours and one that is there before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// Ours waits until it is over.
    OursWaits,
    /// Ours takes its place in the queue: it is cancelled.
    ItIsDropped,
    /// Ours cancels it while it runs.
    ItIsCancelled,
    /// It is the release itself, in no queue with ours: it goes on, and deploys again unless it is ended.
    GoesOn,
    /// Nobody can tell.
    Unknown,
}

impl Fate {
    /// In words, for the operator.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::OursWaits => "ours waits for it",
            Self::ItIsDropped => "ours takes its place, and it is cancelled",
            Self::ItIsCancelled => "ours cancels it",
            Self::GoesOn => "it goes on, and deploys again unless it is ended",
            Self::Unknown => "what becomes of the two cannot be told",
        }
    }
}

impl Rollout {
    /// The offer for a verb.
    #[must_use]
    pub fn offer(&self, verb: Verb, full: bool) -> Option<&Offer> {
        self.offers.iter().find(|offer| offer.verb == verb && offer.full == full)
    }

    /// Whether everything a call expects is in force. Of a call that expects nothing, nothing is shown.
    #[must_use]
    pub fn shows(&self, call: &Call) -> bool {
        !call.expect.is_empty()
            && call.expect.iter().all(|(subject, value)| self.settings.get(subject) == Some(value))
    }
}
