//! What must have been read before a request can be planned. Must not know what is asked for beyond that.

use std::time::Duration;

use tokio::time::Instant;

use crate::control::{INCIDENT, Request};
use crate::model::{Subject, TargetSpec, Verb};
use crate::runtime::Runtime;

/// How long a rollback waits for health checks to name the revisions, once the engine has answered.
const NAMING: Duration = Duration::from_secs(2);

/// What must have been read before a request can be planned; the journal always.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Needs {
    /// Nothing more.
    Journal,
    /// The engine.
    Engine,
    /// The engine, and the health checks that name the revisions if they do it in time.
    Names,
    /// The repositories at this GitHub host.
    Github(String),
    /// Every source; a reading may answer an open question, which is then not in the way.
    All,
}

impl Needs {
    pub(super) fn of(spec: &TargetSpec, request: &Request) -> Self {
        let named = spec.actions.iter().find(|action| Some(&action.name) == request.name.as_ref());
        let rollout = spec.rollout.as_ref();
        let sends = rollout.is_some_and(|rollout| rollout.sends_pause);
        let staged = rollout.is_some_and(|rollout| rollout.engine == "github");
        match request.verb {
            Verb::Promote => Self::All,
            // it moves traffic, or is asked for beside the gates
            Verb::Approve if staged => Self::All,
            Verb::Approve | Verb::Rerun if rollout.is_some() => Self::All,
            Verb::Dispatch if rollout.is_some() && own(spec, request) => Self::All,
            Verb::Rollback => Self::Names,
            Verb::Pause | Verb::Resume if sends => Self::Engine,
            // it tells what all of them know
            Verb::Do if request.name.as_deref() == Some(INCIDENT) => Self::All,
            Verb::Do if named.is_some_and(|action| action.program.mentions("revision")) => {
                Self::Names
            }
            Verb::Do if named.is_some_and(|action| action.program.mentions("weight")) => {
                Self::Engine
            }
            verb if verb.is_of_runs() => spec.host.clone().map_or(Self::Journal, Self::Github),
            _ => Self::Journal,
        }
    }

    pub(super) fn are_met(&self, runtime: &Runtime, looked: Instant) -> bool {
        let named = || looked.elapsed() >= NAMING || runtime.asked("health");
        match self {
            Self::Journal => true,
            Self::Engine => runtime.asked("engine"),
            Self::Names => runtime.asked("engine") && named(),
            Self::Github(host) => runtime.asked(host) && runtime.settled(),
            Self::All => runtime.all_asked() && runtime.settled(),
        }
    }
}

/// Whether the workflow that a request starts is the target's own.
fn own(spec: &TargetSpec, request: &Request) -> bool {
    matches!(&request.subject, Some(Subject::Workflow { file, .. }) if spec.workflow.as_ref() == Some(file))
}
