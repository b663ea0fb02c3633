//! What an operator asks for, what it will send, and what became of it.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Time;
use super::follow::Follow;
use super::ids::{ActionId, Revision, Target};
use super::program::{Program, Values};
use super::rollout::Ahead;
use super::spec::HookSpec;
use super::subject::Subject;

/// A thing that can be done to a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verb {
    /// To the next step, or fully.
    Promote,
    /// Nothing goes on until resumed.
    Pause,
    /// Ends a pause.
    Resume,
    /// All traffic back to stable.
    Rollback,
    /// Nothing is promoted until released.
    Hold,
    /// Ends a hold and settles open actions.
    Release,
    /// A named action of the configuration.
    Do,
    /// Lets a deployment that waits go on.
    Approve,
    /// Ends a deployment that waits.
    Reject,
    /// Runs a run, its failed jobs or one job again.
    Rerun,
    /// Asks a run to end.
    Cancel,
    /// Ends a run whatever its jobs say.
    ForceCancel,
    /// Starts a workflow.
    Dispatch,
}

impl Verb {
    /// All of them, in the order of the help page.
    pub const ALL: [Self; 13] = [
        Self::Promote,
        Self::Pause,
        Self::Resume,
        Self::Rollback,
        Self::Hold,
        Self::Release,
        Self::Do,
        Self::Approve,
        Self::Reject,
        Self::Rerun,
        Self::Cancel,
        Self::ForceCancel,
        Self::Dispatch,
    ];

    /// Whether it is about workflow runs and not, by itself, about traffic.
    #[must_use]
    pub fn is_of_runs(self) -> bool {
        matches!(
            self,
            Self::Approve
                | Self::Reject
                | Self::Rerun
                | Self::Cancel
                | Self::ForceCancel
                | Self::Dispatch
        )
    }

    /// The word of the command line and of JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Promote => "promote",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Rollback => "rollback",
            Self::Hold => "hold",
            Self::Release => "release",
            Self::Do => "do",
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::Rerun => "rerun",
            Self::Cancel => "cancel",
            Self::ForceCancel => "force-cancel",
            Self::Dispatch => "dispatch",
        }
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// One mutating call of a plan. Sent at most once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Where it goes, `tcp:127.0.0.1:9999`.
    pub to: String,
    /// Exactly what is sent.
    pub text: String,
    /// What must be in force afterwards, by the subjects of [`super::Rollout::settings`]. Empty: nothing
    /// can be read back of it, and that it was accepted is the last that is known.
    pub expect: BTreeMap<String, String>,
    /// The program that it is, for a call that is run on this machine and not sent to an engine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Program>,
    /// Where its effect is looked for, for a request to GitHub: nothing of it is in the engine's settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follow: Option<Follow>,
}

impl Call {
    /// The call that runs a program here.
    #[must_use]
    pub fn of(program: Program, expect: BTreeMap<String, String>) -> Self {
        Self {
            to: "run".to_owned(),
            text: program.line(),
            expect,
            run: Some(program),
            follow: None,
        }
    }

    /// Whether it is a request to GitHub, which its host sends and not an engine.
    #[must_use]
    pub fn is_at_github(&self) -> bool {
        self.follow.is_some() || (self.run.is_none() && self.text.starts_with("POST /repos/"))
    }

    /// Whether it sends the same; where its effect is looked for may have moved on.
    #[must_use]
    pub fn sends_as(&self, other: &Self) -> bool {
        self.to == other.to && self.text == other.text && self.expect == other.expect
    }

    /// The call with the placeholders of its program, and of what must be in force, filled in.
    ///
    /// # Errors
    /// One sentence: what has no value, or none that may be filled in.
    pub fn filled(&self, values: &Values<'_>) -> Result<Self, String> {
        if let Some(follow) = &self.follow {
            let text = values.fill_quoted(&self.text)?;
            let follow = Some(follow.marked(values.action));
            return Ok(Self { text, follow, ..self.clone() });
        }
        let Some(program) = &self.run else { return Ok(self.clone()) };
        let revision = values.revision.unwrap_or_default();
        let expect = self.expect.iter();
        let expect =
            expect.map(|(key, value)| (key.clone(), value.replace("{revision}", revision)));
        Ok(Self::of(program.filled(values)?, expect.collect()))
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.to, self.text)
    }
}

/// Why something is not done; normal operation, not an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The gate or rule that refuses (`alerts`, `hold`, `read-only`, `moved` …).
    pub gate: String,
    /// One sentence for the operator.
    pub reason: String,
}

impl Refusal {
    /// A refusal by a named gate or rule.
    #[must_use]
    pub fn new(gate: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { gate: gate.into(), reason: reason.into() }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.gate, self.reason)
    }
}

/// What will be done, pinned to what was seen. What is shown, confirmed, journaled and executed is this
/// one value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Its id everywhere.
    pub action: ActionId,
    /// What it is done to.
    pub target: Target,
    /// What is done.
    pub verb: Verb,
    /// The name of the configured action, for [`Verb::Do`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What of the target's workflows it is about, where it is not the target itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// Whether it is the full form of a promotion.
    #[serde(default)]
    pub full: bool,
    /// The revision it leaves.
    pub from: Option<Revision>,
    /// The revision it goes to.
    pub to: Option<Revision>,
    /// The candidate that was seen.
    pub candidate: Option<Revision>,
    /// The percentage that was routed when it was planned.
    pub from_weight: Option<f64>,
    /// The percentage it leads to; none for verbs that send nothing.
    pub to_weight: Option<f64>,
    /// The exact calls, in order.
    pub calls: Vec<Call>,
    /// The command run before the calls.
    #[serde(default)]
    pub before: Option<HookSpec>,
    /// The command run after them.
    #[serde(default)]
    pub after: Option<HookSpec>,
    /// Refusals of gates that the operator overrides, each named in the journal.
    #[serde(default)]
    pub overrides: Vec<Refusal>,
    /// The operator's reason.
    #[serde(default)]
    pub reason: Option<String>,
    /// Sentences the confirmation shows: why this revision, what is lost, what would undo it, what is
    /// still open.
    #[serde(default)]
    pub notes: Vec<String>,
    /// Runs that stood in the way of what it would start, when it was planned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ahead: Vec<Ahead>,
    /// When the engine was asked for the reading this is pinned to.
    pub read_at: Option<Time>,
    /// The alarm that it answers, where the program asks for it itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alarm: Option<Time>,
    /// How long to follow until the change is seen, in milliseconds.
    pub verify_ms: u64,
    /// The target time of a rollback, in milliseconds: the countdown.
    #[serde(default)]
    pub within_ms: Option<u64>,
}

impl Plan {
    /// What is done, in words: `promote`, `do drain-queue`.
    #[must_use]
    pub fn what(&self) -> String {
        what(self.verb, self.name.as_deref())
    }

    /// Whether it goes by runs at GitHub, which may wait for a person or for one another.
    #[must_use]
    pub fn is_by_runs(&self) -> bool {
        self.calls.iter().any(|call| call.follow.is_some())
    }

    /// Whether all that it sends only tells somebody something: it changes nothing of a deployment, and
    /// nothing is read back of it.
    #[must_use]
    pub fn only_tells(&self) -> bool {
        let tells = |call: &Call| call.is_at_github() && call.follow.is_none();
        !self.calls.is_empty() && self.calls.iter().all(tells)
    }

    /// The same with what it is about: `rerun the failed jobs of run 12`.
    #[must_use]
    pub fn what_of(&self) -> String {
        match &self.subject {
            Some(subject) => format!("{} {subject}", self.what()),
            None => self.what(),
        }
    }
}

/// A verb with the name of its configured action, when it has one.
#[must_use]
pub fn what(verb: Verb, name: Option<&str>) -> String {
    name.map_or_else(|| verb.to_string(), |name| format!("{verb} {name}"))
}
