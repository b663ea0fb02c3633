//! What became of an action, as a whole and call by call: the object that the shell commands print.

use serde::{Deserialize, Serialize};

use super::action::{Refusal, Verb, what};
use super::ids::{ActionId, Revision, Target};

/// What became of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The change was read back from the system of record.
    Seen,
    /// The engine took it; the change was not seen yet.
    Accepted,
    /// Our own guard said no; nothing was sent.
    Refused,
    /// The engine said no, or could not be reached before anything was sent.
    Failed,
    /// Sent, and we could not see what became of it.
    Unknown,
}

impl Outcome {
    /// The word in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Seen => "seen",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }

    /// Whether the question is still open: followed up by reading, never sent again.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Accepted | Self::Unknown)
    }
}

/// What became of one call, in milliseconds since the action began.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepReport {
    /// The call, as shown in the plan.
    pub call: String,
    /// When its first byte was about to leave.
    pub sent_ms: Option<u64>,
    /// When the engine took it.
    pub accepted_ms: Option<u64>,
    /// When its effect was read back.
    pub seen_ms: Option<u64>,
    /// What went wrong.
    pub error: Option<String>,
    /// What the program said that the call ran: bounded lines, safe for a terminal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
    /// The run that it is about or that it started, as GitHub numbers it, when that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub github_run: Option<u64>,
    /// Whether it was seen that its effect will not come, though it was taken.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub failed: bool,
    /// Whether the answer to it was no: a program may have done something before it said so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub refused: bool,
    /// Whether nothing can be read back of it: that it was accepted is the last that is known.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub blind: bool,
}

/// What became of an action: the object that the shell commands print.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The version of this object: 1.
    pub version: u32,
    /// The action's id.
    pub action: ActionId,
    /// What it was done to.
    pub target: Target,
    /// What was done.
    pub verb: Verb,
    /// The name of the configured action, for [`Verb::Do`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What became of it.
    pub outcome: Outcome,
    /// The revision it left.
    pub from: Option<Revision>,
    /// The revision it went to.
    pub to: Option<Revision>,
    /// Call by call.
    pub steps: Vec<StepReport>,
    /// Why it was refused.
    pub refusals: Vec<Refusal>,
    /// Gates that refused it, and that its operator overrode.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<Refusal>,
    /// From confirmation to the outcome, in milliseconds.
    pub took_ms: u64,
    /// What else the operator should know (a hook's output, an unwritable journal).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl Report {
    /// A report of something that was refused before anything was sent.
    #[must_use]
    pub fn refused(action: ActionId, target: Target, verb: Verb, refusals: Vec<Refusal>) -> Self {
        Self {
            version: 1,
            action,
            target,
            verb,
            name: None,
            outcome: Outcome::Refused,
            from: None,
            to: None,
            steps: Vec::new(),
            refusals,
            overrides: Vec::new(),
            took_ms: 0,
            notes: Vec::new(),
        }
    }

    /// What was done, in words: `promote`, `do drain-queue`.
    #[must_use]
    pub fn what(&self) -> String {
        what(self.verb, self.name.as_deref())
    }

    /// ` after 12 ms`; nothing where nobody measured how long it took.
    #[must_use]
    pub fn after(&self) -> String {
        if self.took_ms == 0 { String::new() } else { format!(" after {} ms", self.took_ms) }
    }

    /// Whether it leaves an open question: accepted is none where nothing more can be seen.
    #[must_use]
    pub fn is_open(&self) -> bool {
        let known = |step: &StepReport| step.blind || step.seen_ms.is_some();
        match self.outcome {
            Outcome::Accepted => self.steps.is_empty() || !self.steps.iter().all(known),
            outcome => outcome.is_open(),
        }
    }

    /// Whether any call was taken, or may have been.
    #[must_use]
    pub fn was_sent(&self) -> bool {
        self.steps.iter().any(|step| step.sent_ms.is_some() && !step.refused)
    }
}
