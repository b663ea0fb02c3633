//! Runs, jobs and steps in GitHub's own terms, open to values GitHub has not invented yet.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::Time;

macro_rules! open_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(from = "String", into = "String")]
        pub enum $name {
            $($(#[$vmeta])* $variant,)+
            /// A value this version does not know, kept as it came.
            Other(String),
        }
        impl From<String> for $name {
            fn from(text: String) -> Self {
                match text.as_str() { $($text => Self::$variant,)+ _ => Self::Other(text) }
            }
        }
        impl From<$name> for String {
            fn from(value: $name) -> Self { value.word().to_owned() }
        }
        impl $name {
            /// The word GitHub uses.
            #[must_use]
            pub fn word(&self) -> &str {
                match self { $(Self::$variant => $text,)+ Self::Other(text) => text }
            }
        }
    };
}

open_enum!(
    /// How far a run, job or step is.
    Status {
        /// Waits for a runner.
        Queued = "queued",
        /// Asked for, not queued yet.
        Requested = "requested",
        /// Held by a concurrency group.
        Pending = "pending",
        /// Held by an environment's protection: waits for a human or a timer.
        Waiting = "waiting",
        /// Runs.
        InProgress = "in_progress",
        /// Over; see the conclusion.
        Completed = "completed",
    }
);

open_enum!(
    /// How a completed run, job or step ended.
    Conclusion {
        /// Well.
        Success = "success",
        /// Badly.
        Failure = "failure",
        /// Neither.
        Neutral = "neutral",
        /// Somebody or a newer run ended it.
        Cancelled = "cancelled",
        /// A condition left it out.
        Skipped = "skipped",
        /// It took too long.
        TimedOut = "timed_out",
        /// It wants an approval to start.
        ActionRequired = "action_required",
        /// GitHub gave up on it.
        Stale = "stale",
        /// The workflow file could not be started.
        StartupFailure = "startup_failure",
    }
);

/// Whether the name of a branch or tag matches a pattern with at most one `*`.
#[must_use]
pub fn is_of_pattern(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        Some((head, tail)) => {
            name.len() >= head.len() + tail.len() && name.starts_with(head) && name.ends_with(tail)
        }
        None => pattern == name,
    }
}

impl Conclusion {
    /// Whether a pipeline that ended so has failed (a skipped or neutral one has not).
    #[must_use]
    pub fn is_bad(&self) -> bool {
        !matches!(self, Self::Success | Self::Neutral | Self::Skipped)
    }
}

/// How long after its beginning GitHub runs a run again.
const AGAIN: TimeDelta = TimeDelta::days(30);

/// How often GitHub runs a run again, all of it or parts.
const AGAIN_TIMES: u64 = 50;

/// A workflow run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// GitHub's id.
    pub id: u64,
    /// The workflow's file name, `deploy.yml`.
    pub workflow: String,
    /// Its display name, `deploy`.
    pub name: String,
    /// The run's number in its workflow.
    pub number: u64,
    /// 1 for the first, more for re-runs.
    pub attempt: u64,
    /// Commit or pull-request title.
    pub title: String,
    /// Branch or tag; none for some events.
    #[serde(default)]
    pub branch: Option<String>,
    /// The commit.
    pub sha: String,
    /// What triggered it.
    pub event: String,
    /// How far it is.
    pub status: Status,
    /// How it ended.
    #[serde(default)]
    pub conclusion: Option<Conclusion>,
    /// When the first attempt was created.
    #[serde(default)]
    pub created_at: Option<Time>,
    /// When this attempt started.
    #[serde(default)]
    pub started_at: Option<Time>,
    /// When it last changed.
    #[serde(default)]
    pub updated_at: Option<Time>,
    /// Its page.
    pub url: String,
    /// Who started it.
    #[serde(default)]
    pub actor: Option<String>,
    /// Set when this item was odd (a field missing or of another type): what, for the flagged row.
    #[serde(default)]
    pub odd: Option<String>,
}

impl Run {
    /// Whether it is not over yet.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.status != Status::Completed
    }

    /// Whether it ended badly.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.conclusion.as_ref().is_some_and(Conclusion::is_bad)
    }

    /// Until when GitHub runs it again; none where its beginning is not known.
    #[must_use]
    pub fn again_until(&self) -> Option<Time> {
        self.created_at.map(|at| at + AGAIN)
    }

    /// Why GitHub never runs it again, what follows its name: `is 31 d old: …`; none where it does.
    #[must_use]
    pub fn never_again(&self, now: Time) -> Option<String> {
        if let Some(age) = self.created_at.map(|at| now - at).filter(|age| *age >= AGAIN) {
            let (days, most) = (age.num_days(), AGAIN.num_days());
            return Some(format!("is {days} d old: GitHub runs nothing again after {most} d"));
        }
        (self.attempt > AGAIN_TIMES)
            .then(|| format!("was run again {AGAIN_TIMES} times: GitHub does it no more often"))
    }
}

/// A job of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// GitHub's id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// How far it is.
    pub status: Status,
    /// How it ended.
    #[serde(default)]
    pub conclusion: Option<Conclusion>,
    /// When it started.
    #[serde(default)]
    pub started_at: Option<Time>,
    /// When it ended.
    #[serde(default)]
    pub completed_at: Option<Time>,
    /// Its steps.
    #[serde(default)]
    pub steps: Vec<JobStep>,
    /// Its page.
    #[serde(default)]
    pub url: Option<String>,
    /// The machine that runs it.
    #[serde(default)]
    pub runner: Option<String>,
    /// The labels of the machine it wants.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// Set when this item was odd.
    #[serde(default)]
    pub odd: Option<String>,
}

/// A step of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobStep {
    /// Its place, from 1.
    pub number: u64,
    /// Its name.
    pub name: String,
    /// How far it is.
    pub status: Status,
    /// How it ended.
    #[serde(default)]
    pub conclusion: Option<Conclusion>,
    /// When it started.
    #[serde(default)]
    pub started_at: Option<Time>,
    /// When it ended.
    #[serde(default)]
    pub completed_at: Option<Time>,
}

/// A GitHub deployment with its newest status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployment {
    /// GitHub's id.
    pub id: u64,
    /// The environment's name at GitHub.
    pub environment: String,
    /// The commit.
    pub sha: String,
    /// Branch, tag or commit it was made from.
    pub git_ref: String,
    /// When it was created.
    #[serde(default)]
    pub created_at: Option<Time>,
    /// The newest status' state (`success`, `in_progress`, `waiting`, …); none when it has no status.
    #[serde(default)]
    pub state: Option<String>,
    /// Who deployed.
    #[serde(default)]
    pub creator: Option<String>,
    /// The environment's address, from the newest status.
    #[serde(default)]
    pub environment_url: Option<String>,
    /// Set when this item was odd.
    #[serde(default)]
    pub odd: Option<String>,
}

/// A release or a tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefName {
    /// The tag, `v1.4.2`.
    pub tag: String,
    /// The release's title, when it is a release.
    #[serde(default)]
    pub title: Option<String>,
    /// The commit, when known.
    #[serde(default)]
    pub sha: Option<String>,
    /// When it was published.
    #[serde(default)]
    pub published_at: Option<Time>,
    /// Its page.
    #[serde(default)]
    pub url: Option<String>,
}
