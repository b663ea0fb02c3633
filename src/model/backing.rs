//! What a run stands on besides its jobs: the file it was made from, the checks of its commit, what it left
//! behind. Owns the nouns; must not know when they are read.

use serde::{Deserialize, Serialize};

use super::Time;
use super::pipeline::{Conclusion, Status};
use super::workflow::Workflow;

/// A workflow's file at one commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WorkflowFile {
    /// As it was read.
    Read(Box<Workflow>),
    /// It is no workflow: why, in one sentence.
    Odd(String),
    /// The commit has no such file, or it is hidden from us.
    Missing,
}

impl WorkflowFile {
    /// The workflow, when it could be read.
    #[must_use]
    pub fn workflow(&self) -> Option<&Workflow> {
        match self {
            Self::Read(workflow) => Some(workflow),
            Self::Odd(_) | Self::Missing => None,
        }
    }
}

/// The environments of a repository.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environments {
    /// Their names.
    pub names: Vec<String>,
    /// Whether there are more than were read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
}

impl Environments {
    /// The names besides which there are none; none where there may be others. A token that may not see them
    /// is told of none, so an empty list says nothing.
    #[must_use]
    pub fn all(&self) -> Option<&[String]> {
        (!self.more && !self.names.is_empty()).then_some(self.names.as_slice())
    }
}

/// A check of a commit: a job, or what another program says of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Its name, by which it can be required.
    pub name: String,
    /// How far it is.
    pub status: Status,
    /// How it ended.
    #[serde(default)]
    pub conclusion: Option<Conclusion>,
}

impl Check {
    /// Whether it is over and does not stand in the way: GitHub lets skipped and neutral ones pass.
    #[must_use]
    pub fn has_passed(&self) -> bool {
        self.status == Status::Completed && self.conclusion.as_ref().is_some_and(|it| !it.is_bad())
    }
}

/// The checks of a commit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Checks {
    /// The newest of each name.
    pub all: Vec<Check>,
    /// The names that its branch requires; none when that is not known.
    pub required: Option<Vec<String>>,
    /// Why that, or the rest, is not known.
    pub unknown: Option<String>,
    /// Why the checks themselves could not be read; those above are then old, or not all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unread: Option<String>,
}

/// Something a run left behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artifact {
    /// GitHub's id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Its size in bytes, packed.
    pub size: u64,
    /// Whether it is gone already.
    #[serde(default)]
    pub expired: bool,
    /// When it will be.
    #[serde(default)]
    pub expires_at: Option<Time>,
}
