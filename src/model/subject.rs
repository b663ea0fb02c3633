//! What of a target's workflows an action is about: a run, a job, a workflow, deployments that wait. Owns
//! the words for it; must not know what may be done with it, or how it is asked for.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// What of a target's workflows an action is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Subject {
    /// A run, whole.
    Run {
        /// GitHub's id.
        run: u64,
    },
    /// The failed jobs of a run, and those that need them.
    FailedJobs {
        /// GitHub's id of the run.
        run: u64,
    },
    /// One job of a run.
    Job {
        /// GitHub's id of the run.
        run: u64,
        /// GitHub's id of the job.
        job: u64,
    },
    /// A workflow that is to be started.
    Workflow {
        /// Its file name, `deploy.yml`.
        file: String,
        /// The branch or tag it is started on.
        git_ref: String,
        /// Its inputs, by name.
        #[serde(default)]
        inputs: BTreeMap<String, String>,
    },
    /// Deployments of a run that wait for a person.
    Waiting {
        /// GitHub's id of the run.
        run: u64,
        /// GitHub's names of the environments.
        environments: Vec<String>,
    },
}

impl Subject {
    /// The run it is about; none when it is to be started.
    #[must_use]
    pub fn run(&self) -> Option<u64> {
        match self {
            Self::Run { run }
            | Self::FailedJobs { run }
            | Self::Job { run, .. }
            | Self::Waiting { run, .. } => Some(*run),
            Self::Workflow { .. } => None,
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Run { run } => write!(f, "run {run}"),
            Self::FailedJobs { run } => write!(f, "the failed jobs of run {run}"),
            Self::Job { run, job } => write!(f, "job {job} of run {run}"),
            Self::Workflow { file, git_ref, .. } => write!(f, "{file} on {git_ref}"),
            Self::Waiting { run, environments } => {
                write!(f, "{} of run {run}", environments.join(", "))
            }
        }
    }
}
