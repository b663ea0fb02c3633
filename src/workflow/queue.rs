//! What a run locks, and what becomes of it and of a run that is in the same concurrency group before it. Must
//! not know where runs are read.

use std::collections::BTreeMap;

use super::context::{Context, Ref};
use super::expression::{fill, verdict};
use crate::model::rollout::Fate;
use crate::model::workflow::{Concurrency, Switch, Workflow};
use crate::model::{Run, Status};

/// What a run locks, as far as it can be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    /// The group's name. GitHub compares it without regard to case; see [`same_group`].
    pub group: String,
    /// Whether a newer member cancels the one that runs; none when an expression leaves it open.
    pub cancels: Option<bool>,
    /// Whether newer members wait in line instead of replacing the one that waits.
    pub queues: bool,
}

impl Lock {
    /// What becomes of a run that takes it and of a member that is there before: one that waits for the group
    /// is [`Status::Pending`], any other holds it.
    #[must_use]
    pub fn fate(&self, status: &Status) -> Fate {
        match (status, self.cancels) {
            (Status::Pending, _) if self.queues => Fate::OursWaits,
            (Status::Pending, _) => Fate::ItIsDropped,
            (_, Some(true)) => Fate::ItIsCancelled,
            (_, Some(false)) => Fate::OursWaits,
            (_, None) => Fate::Unknown,
        }
    }
}

/// What `concurrency` locks where `context` holds; none when its group cannot be told from here.
#[must_use]
pub fn lock(concurrency: &Concurrency, context: &Context) -> Option<Lock> {
    let cancels = match &concurrency.cancel_in_progress {
        None => Some(false),
        Some(Switch::Fixed(on)) => Some(*on),
        Some(Switch::Expression(text)) => verdict(text, context),
    };
    let group = fill(&concurrency.group, context).filter(|group| !group.trim().is_empty())?;
    Some(Lock { group, cancels, queues: concurrency.queue_max })
}

/// What of these can be told: what is filled in only later cannot be looked up now.
#[must_use]
pub fn locks<'c>(all: impl Iterator<Item = &'c Concurrency>, context: &Context) -> Vec<Lock> {
    let told = all.filter_map(|concurrency| lock(concurrency, context));
    told.filter(|lock| !lock.group.contains('{')).collect()
}

/// What a run started by hand would lock, by itself and by its jobs.
#[must_use]
pub fn locks_of_dispatch(
    workflow: &Workflow,
    file: &str,
    repo: &str,
    git_ref: Ref<'_>,
    inputs: &BTreeMap<String, String>,
) -> Vec<Lock> {
    let context = Context::of_dispatch(workflow, file, repo, git_ref, inputs);
    locks(workflow.locking(), &context)
}

/// What a run that is run again locks, by itself and by its jobs.
#[must_use]
pub fn locks_of_run(workflow: &Workflow, repo: &str, run: &Run) -> Vec<Lock> {
    locks(workflow.locking(), &Context::of_run(workflow, repo, run))
}

/// Whether two names are of one group.
#[must_use]
pub fn same_group(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newer_one_waits_replaces_or_cancels() {
        let with = |cancels, queues| Lock { group: "production".into(), cancels, queues };
        for (lock, status, expected) in [
            (with(Some(false), false), Status::InProgress, Fate::OursWaits),
            (with(Some(false), false), Status::Pending, Fate::ItIsDropped),
            (with(Some(false), true), Status::Pending, Fate::OursWaits),
            (with(Some(true), false), Status::Waiting, Fate::ItIsCancelled),
            (with(None, false), Status::InProgress, Fate::Unknown),
        ] {
            assert_eq!(lock.fate(&status), expected, "{lock:?} {status:?}");
        }
    }
}
