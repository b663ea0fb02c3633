//! Exit codes: the shortest answer.

use std::process::ExitCode;

use crate::control::Standing;
use crate::model::Outcome;

/// What a command's exit code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: done, accepted or seen, or all well.
    Done,
    /// 1: the answer is no.
    No,
    /// 2: usage or configuration.
    Usage,
    /// 3: refused by a guard.
    Refused,
    /// 4: the engine or a source failed; for `status`, unknown.
    Failed,
    /// 5: outcome unknown, or `--wait` ran out.
    Unknown,
    /// 101: a bug of flightdeck.
    Bug,
    /// 130: interrupted.
    Interrupted,
}

impl Exit {
    /// All of them, by number.
    pub const ALL: [Self; 8] = [
        Self::Done,
        Self::No,
        Self::Usage,
        Self::Refused,
        Self::Failed,
        Self::Unknown,
        Self::Bug,
        Self::Interrupted,
    ];

    /// What it says, for the documents.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done, accepted or seen; or all is well",
            Self::No => {
                "the answer is no: attention, critical, degraded, or rolled back when that was not asked"
            }
            Self::Usage => "usage or configuration",
            Self::Refused => "refused by a guard; nothing was sent",
            Self::Failed => "the engine or a source failed; of `status`: a target is unknown",
            Self::Unknown => "the outcome is unknown, or `--wait` ran out",
            Self::Bug => "a bug of flightdeck",
            Self::Interrupted => "interrupted",
        }
    }

    /// The number.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::No => 1,
            Self::Usage => 2,
            Self::Refused => 3,
            Self::Failed => 4,
            Self::Unknown => 5,
            Self::Bug => 101,
            Self::Interrupted => 130,
        }
    }

    /// The worse of two.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        if other.code() > self.code() { other } else { self }
    }

    /// The code of an action's outcome.
    #[must_use]
    pub fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Seen | Outcome::Accepted => Self::Done,
            Outcome::Refused => Self::Refused,
            Outcome::Failed => Self::Failed,
            Outcome::Unknown => Self::Unknown,
        }
    }
}

impl From<Standing> for Exit {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Ok => Self::Done,
            Standing::Attention | Standing::Critical => Self::No,
            Standing::Unknown => Self::Failed,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}
