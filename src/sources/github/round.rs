//! One poll under way: what was answered, what was refused, what is to be said.

use std::collections::BTreeSet;

use super::memory::Memory;
use crate::clients::github::{Answer, Validator};
use crate::model::{Fault, FaultKind, Job, Observation, Time};

/// Something that is asked for by itself and can fail by itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// The runs of a workflow, or of all.
    Runs(Option<String>),
    /// The jobs of a run.
    Jobs(u64),
    /// The list of deployments.
    Deployments,
    /// The status of a deployment.
    Status(u64),
    /// The deployments of a run that wait.
    Waits(u64),
    /// Releases.
    Releases,
    /// Tags.
    Tags,
    /// The file of a workflow.
    File(String),
    /// Checks of a commit.
    Checks,
    /// Statuses of a commit.
    Statuses,
    /// What a branch requires.
    Required,
    /// Artifacts of a run.
    Artifacts,
    /// Remarks on a job.
    Remarks,
    /// The environments of the repository.
    Environments,
    /// What code scanning found.
    Code,
    /// What secret scanning found.
    Secrets,
}

impl Part {
    /// Whether it is only shown where somebody looks: there it says why it is not known.
    pub(super) fn is_backing(&self) -> bool {
        matches!(
            self,
            Self::File(_)
                | Self::Checks
                | Self::Statuses
                | Self::Required
                | Self::Artifacts
                | Self::Remarks
                | Self::Environments
                | Self::Code
                | Self::Secrets
        )
    }
}

/// One poll.
#[derive(Debug, Default)]
pub(super) struct Round {
    /// Whether the rare things are asked for too.
    pub(super) rarely: bool,
    /// Whether deployments are asked for.
    pub(super) deployments_due: bool,
    /// Whether the jobs of active runs are asked for that nobody looks at.
    pub(super) jobs_due: bool,
    /// Whether a run has come, begun, ended or otherwise changed its status.
    pub(super) has_turned: bool,
    /// ETags to commit when the poll's observations go out.
    pub(super) seen: Vec<Validator>,
    /// When GitHub wants to be asked again, when it refused for the rate.
    pub(super) retry_at: Option<Time>,
    /// Workflows whose runs are new.
    pub(super) workflows: BTreeSet<String>,
    /// Jobs that are new.
    pub(super) jobs: Vec<(u64, Vec<Job>)>,
    /// What waits, where that is new.
    pub(super) waits: Vec<Observation>,
    /// Whether deployments or their statuses are new.
    pub(super) deployments: bool,
    /// Whether releases or tags are new.
    pub(super) releases: bool,
    /// What is new of what runs stand on.
    pub(super) backing: Vec<Observation>,
    answered: bool,
    runs_answered: bool,
    faults: Vec<(Part, Fault)>,
}

impl Round {
    pub(super) fn new(rarely: bool, deployments_due: bool, jobs_due: bool) -> Self {
        let deployments_due = rarely || deployments_due;
        Self { rarely, deployments_due, jobs_due: rarely || jobs_due, ..Self::default() }
    }

    /// Books an answer, and returns what is new in it.
    pub(super) fn take<T>(
        &mut self,
        memory: &mut Memory,
        part: Part,
        answer: Result<Answer<T>, Fault>,
    ) -> Option<T> {
        match answer {
            Ok(answer) => {
                self.answered = true;
                self.runs_answered |= matches!(part, Part::Runs(_));
                memory.trouble.remove(&part);
                match answer {
                    Answer::Unchanged => None,
                    Answer::Fresh { value, seen } => {
                        self.seen.extend(seen);
                        Some(value)
                    }
                }
            }
            Err(fault) => {
                if fault.kind == FaultKind::RateLimited {
                    self.retry_at = self.retry_at.max(fault.retry_at);
                }
                memory.trouble.insert(part.clone(), fault.clone());
                self.faults.push((part, fault));
                None
            }
        }
    }

    /// The fault of the whole poll: nothing answered, or no runs for a reason that will pass. Runs are what
    /// the feed is for; it must not look alive while they grow old. A missing permission stays a warning.
    pub(super) fn hopeless(&self) -> Option<Fault> {
        let passing = |fault: &Fault| !is_denied(fault);
        let is_runs = |part: &Part| matches!(part, Part::Runs(_));
        let runs_lost = !self.runs_answered
            && self.faults.iter().any(|(part, fault)| is_runs(part) && passing(fault));
        if self.answered && !runs_lost {
            return None;
        }
        let of_kind = |kind| self.faults.iter().find(move |(_, fault)| fault.kind == kind);
        of_kind(FaultKind::RateLimited)
            .or_else(|| of_kind(FaultKind::Unauthorized))
            .or_else(|| self.faults.iter().find(|(part, fault)| is_runs(part) && passing(fault)))
            .or_else(|| self.faults.first())
            .map(|(_, fault)| fault.clone())
    }
}

/// Whether asking again soon is pointless.
pub(super) fn is_denied(fault: &Fault) -> bool {
    matches!(fault.kind, FaultKind::Forbidden | FaultKind::NotFound)
}
