//! Lines of the journal: actions, decisions and changes of state.

use serde::{Deserialize, Serialize};

use super::Time;
use super::action::Plan;
use super::ids::{Revision, Target};
use super::report::Report;

/// The process that wrote a line. Alive as long as it holds the lock on its own file in the journal's
/// folder, so a reused process id proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Writer {
    /// Unique to the process.
    pub id: String,
    /// The machine's name.
    pub host: String,
    /// The process id, for the operator.
    pub pid: u32,
}

/// One line of the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Its place in the journal, from 1.
    pub seq: u64,
    /// When it was written.
    pub at: Time,
    /// Who.
    pub operator: String,
    /// By which process.
    pub writer: Writer,
    /// What.
    #[serde(flatten)]
    pub kind: RecordKind,
}

impl Record {
    /// What no disk took: for this process alone, until it can be written.
    #[must_use]
    pub fn unwritten(at: Time, operator: &str, kind: RecordKind) -> Self {
        let writer = Writer { id: String::new(), host: String::new(), pid: std::process::id() };
        Self { seq: 0, at, operator: operator.to_owned(), writer, kind }
    }

    /// Whether it stands in the journal; else no disk took it, and this process alone knows it.
    #[must_use]
    pub fn is_written(&self) -> bool {
        self.seq > 0
    }
}

/// Why what the journal says is not all that was written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JournalTrouble {
    /// Lines are missing or cannot be read.
    Lost {
        /// The number up to which not every line is known.
        upto: u64,
    },
    /// It cannot be read now.
    Unread {
        /// One sentence.
        why: String,
    },
}

/// What a journal line says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum RecordKind {
    /// An action is about to be carried out. Synced before anything is sent.
    Intent {
        /// What exactly.
        plan: Box<Plan>,
    },
    /// What became of an action. A later one for the same action replaces an earlier one: an open
    /// question that was followed up.
    Outcome {
        /// The whole report.
        report: Box<Report>,
        /// Set when the answer was found by a later look, not by the process that acted.
        #[serde(default)]
        followed_up: bool,
    },
    /// A weight was found in force whose beginning nobody recorded; soak counts from here.
    FirstSight {
        /// Where.
        target: Target,
        /// The candidate then.
        candidate: Option<Revision>,
        /// The percentage then.
        weight: f64,
    },
    /// The candidate harms by what was read, and is rolled back by itself unless somebody holds that.
    Alarm {
        /// Where.
        target: Target,
        /// The candidate.
        candidate: Option<Revision>,
        /// What it does wrong.
        why: String,
        /// When it is rolled back.
        acts_at: Time,
        /// When its release began, where that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        release: Option<Time>,
    },
    /// An alarm is over without a rollback of its own.
    Disarmed {
        /// Where.
        target: Target,
        /// Why.
        why: String,
        /// Whether what it was about has passed; else an operator took it in hand, for the whole release.
        #[serde(default)]
        passed: bool,
    },
    /// The candidate lost all its traffic, and nobody here took it.
    Foreign {
        /// Where.
        target: Target,
        /// What was left.
        from: Option<Revision>,
        /// What has the traffic now.
        to: Option<Revision>,
        /// Who it was, as far as that can be told.
        why: String,
    },
    /// The candidate has all the traffic and its soak is over.
    Completed {
        /// Where.
        target: Target,
        /// What is now everywhere.
        candidate: Option<Revision>,
    },
    /// What the image of a revision is called, and what that name stood for while the revision ran.
    Resolved {
        /// Where.
        target: Target,
        /// The revision.
        revision: Revision,
        /// The whole name.
        image: String,
        /// The digest that it stood for.
        digest: String,
    },
    /// A target's state changed.
    Changed {
        /// Where.
        target: Target,
        /// The state's word before.
        from: String,
        /// The state's word now.
        to: String,
        /// Why.
        reasons: Vec<String>,
    },
}

impl RecordKind {
    /// The target a line is about.
    #[must_use]
    pub fn target(&self) -> &Target {
        match self {
            Self::Intent { plan } => &plan.target,
            Self::Outcome { report, .. } => &report.target,
            Self::FirstSight { target, .. }
            | Self::Alarm { target, .. }
            | Self::Disarmed { target, .. }
            | Self::Foreign { target, .. }
            | Self::Completed { target, .. }
            | Self::Resolved { target, .. }
            | Self::Changed { target, .. } => target,
        }
    }
}
