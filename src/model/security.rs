//! What scanners at GitHub found in a repository and nobody has closed. Owns the nouns; must not know when
//! they are read, or what they mean for a release. Never holds a secret that was found.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Time;

/// What is looked for: a severity of code scanning, or secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Danger {
    /// Code scanning's alerts of this severity.
    Critical,
    /// The same.
    High,
    /// The same.
    Medium,
    /// The same.
    Low,
    /// Secret scanning's alerts.
    Secrets,
}

impl Danger {
    /// Every one.
    pub const ALL: [Self; 5] = [Self::Critical, Self::High, Self::Medium, Self::Low, Self::Secrets];

    /// The word in the configuration; of code scanning also GitHub's own.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
            Self::Secrets => "secrets",
        }
    }
}

impl fmt::Display for Danger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for Danger {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|danger| danger.word() == text).ok_or(())
    }
}

/// An open alert of a scanner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Its number in the repository.
    pub number: u64,
    /// The rule, or the kind of secret.
    pub what: String,
    /// When it was opened.
    #[serde(default)]
    pub created_at: Option<Time>,
    /// Its page.
    #[serde(default)]
    pub url: Option<String>,
}

/// All open alerts of one danger, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scan {
    /// Of which.
    pub danger: Danger,
    /// What is open.
    #[serde(default)]
    pub open: Vec<Finding>,
    /// Whether there are more, all older than these.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
    /// Why they cannot be told; what is open is then old, or nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread: Option<String>,
}
