//! Deployments that wait at an environment's protection, and what was decided of them. Owns what GitHub
//! says of both; must not know who asks.

use serde::{Deserialize, Serialize};

use super::Time;

/// What GitHub says of the protected deployments of one run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waits {
    /// Those that wait, in GitHub's order.
    pub waiting: Vec<Waiting>,
    /// What was decided so far, in GitHub's order.
    #[serde(default)]
    pub decisions: Vec<Decision>,
}

/// A deployment that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// GitHub's id of the environment.
    pub environment_id: u64,
    /// Its name at GitHub.
    pub environment: String,
    /// Since when it waits, as far as GitHub tells.
    #[serde(default)]
    pub since: Option<Time>,
    /// When its wait timer ends, where there is one.
    #[serde(default)]
    pub timer_ends: Option<Time>,
    /// Whether the owner of our token may approve and reject it.
    pub may_decide: bool,
    /// GitHub's reason where it is not so: what is known of it, for the operator.
    #[serde(default)]
    pub why_not: Option<String>,
    /// Who may: logins and team names.
    #[serde(default)]
    pub reviewers: Vec<String>,
}

/// A review of deployments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Names of the environments at GitHub.
    pub environments: Vec<String>,
    /// GitHub's word: `approved`, `rejected`, `pending`.
    pub state: String,
    /// Who.
    #[serde(default)]
    pub by: Option<String>,
    /// What was said with it.
    #[serde(default)]
    pub comment: String,
}

impl Waits {
    /// The deployment that waits at an environment.
    #[must_use]
    pub fn at(&self, environment: &str) -> Option<&Waiting> {
        self.waiting.iter().find(|waiting| waiting.environment == environment)
    }

    /// What was decided last of an environment, and by whom.
    #[must_use]
    pub fn decided(&self, environment: &str) -> Option<&Decision> {
        let of = |decision: &&Decision| decision.environments.iter().any(|e| e == environment);
        self.decisions.iter().rev().filter(of).find(|decision| decision.state != "pending")
    }
}
