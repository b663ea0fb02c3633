//! Whether a run can be run again, where that is the way back. Pure.

use crate::model::follow;
use crate::model::{Revision, Run, Verb};
use crate::store::{RepoState, Store, TargetState};

use super::commit::run_of;
use super::destinations::Proof;

/// What shows that the run of a revision can be run again; none where that is not the way back.
pub(super) fn proof(store: &Store, state: &TargetState, revision: &Revision) -> Option<Proof> {
    state.spec.rollout.as_ref().filter(|rollout| rollout.reruns)?;
    let Some(repo) = store.repo_of(&state.spec) else {
        return Some(Proof::Unknown("no repository is read that could know its run".to_owned()));
    };
    let Some(run) = offered(state, repo, revision).or_else(|| run_of(repo, state, revision)) else {
        return Some(if repo.all_runs().next().is_some() {
            Proof::Missing(format!("no run of {revision} is listed that could be run again"))
        } else {
            Proof::Unknown("no run was read yet".to_owned())
        });
    };
    let number = run.number;
    let Some((began, until, now)) = (|| Some((run.created_at?, run.again_until()?, store.at()?)))()
    else {
        return Some(Proof::Unknown(format!("when run #{number} began is not known")));
    };
    if let Some(why) = run.never_again(now) {
        return Some(Proof::Missing(format!("run #{number} {why}")));
    }
    if run.is_active() {
        return Some(Proof::Unknown(format!("run #{number} is {}", run.status.word())));
    }
    Some(Proof::Shown(format!(
        "run #{number} of {} can be run again until {}",
        began.format("%-d %b"),
        until.format("%-d %b %H:%M UTC")
    )))
}

/// The run that the engine's rollback runs again.
fn offered<'r>(state: &TargetState, repo: &'r RepoState, revision: &Revision) -> Option<&'r Run> {
    let rollout = &state.reading.as_ref()?.rollout;
    let calls = &rollout.offer(Verb::Rollback, false)?.calls;
    let again = calls.iter().find_map(|call| match call.follow.as_ref()?.effect {
        follow::Effect::Attempt { run, .. } => Some(run),
        _ => None,
    })?;
    repo.run(again).filter(|_| rollout.stable.as_ref() == Some(revision))
}
