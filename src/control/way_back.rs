//! Which runs take a target back: what they wait for is part of a rollback, and no hold or gate stops it.
//! Pure; decides nothing else.

use crate::model::follow::Effect;
use crate::model::{Call, TargetSpec, Verb, Waiting};
use crate::store::{Entry, Store, TargetState};

/// Whether a run takes the target back: a rollback of it started the run, or the workflow is there for that.
pub(super) fn is_way_back(store: &Store, state: &TargetState, run: u64) -> bool {
    let mut back = state.ledger.entries.iter().filter(|entry| entry.plan.verb == Verb::Rollback);
    if back.any(|entry| runs(entry).any(|id| id == run)) {
        return true;
    }
    let spec = &state.spec;
    let Some(file) = spec.rollout.as_ref().and_then(|rollout| rollout.rollback_workflow.as_ref())
    else {
        return false;
    };
    let known = store.repo_of(spec).and_then(|repo| repo.run(run));
    if known.is_none_or(|known| known.workflow != *file) {
        return false;
    }
    let shares = |other: &TargetState| {
        let theirs = other.spec.rollout.as_ref().and_then(|r| r.rollback_workflow.as_ref());
        (&other.spec.host, &other.spec.repo, theirs) == (&spec.host, &spec.repo, Some(file))
    };
    // of several targets with one workflow, and where it deploys as well as it takes back, only a run that
    // has just been asked for can be meant
    (goes_back_only(spec, file) && store.targets().filter(|other| shares(other)).count() == 1)
        || state.ledger.in_flight().any(|entry| {
            let mut calls = entry.plan.calls.iter().filter_map(|call| call.follow.as_ref());
            calls.any(
                |follow| matches!(&follow.effect, Effect::Started { after, .. } if run > *after),
            )
        })
}

/// Whether a workflow is there for taking a target back, and for nothing else.
pub(super) fn goes_back_only(spec: &TargetSpec, file: &str) -> bool {
    let back = spec.rollout.as_ref().and_then(|rollout| rollout.rollback_workflow.as_deref());
    back == Some(file) && spec.workflow.as_deref() != Some(file)
}

/// Whether a deployment that waits is one to the target.
pub(super) fn is_here(store: &Store, state: &TargetState, run: u64, waiting: &Waiting) -> bool {
    state.spec.environments.contains(&waiting.environment) || is_way_back(store, state, run)
}

/// The runs that an action started or runs again.
pub(super) fn runs(entry: &Entry) -> impl Iterator<Item = u64> {
    let told = entry.report.iter().flat_map(|report| &report.steps);
    let again = |call: &Call| call.follow.as_ref().and_then(|follow| follow.effect.run());
    let asked = entry.plan.calls.iter().filter_map(again);
    told.filter_map(|step| step.github_run).chain(asked)
}
