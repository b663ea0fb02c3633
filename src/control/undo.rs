//! What could undo a rollback while its target is held: runs that go on, deployments that wait, traffic that
//! came back. Watched until an operator releases the target. Pure.

use crate::model::{Outcome, Verb};
use crate::store::{Store, TargetState};

use super::assess::Assessment;
use super::guard::is_staged;
use super::way_back::is_way_back;

/// Whether the target is held because it was taken back.
#[must_use]
pub fn is_back(state: &TargetState) -> bool {
    let hold = state.ledger.hold.as_ref();
    hold.is_some_and(|hold| {
        let rolled = |entry: &crate::store::Entry| {
            entry.plan.verb == Verb::Rollback && entry.at == hold.since
        };
        state.ledger.entries.iter().any(rolled) || state.ledger.foreign == Some(hold.since)
    })
}

/// Whether the candidate had no traffic once after it was taken back: only then it can have come back.
fn was_gone(state: &TargetState) -> bool {
    let hold = state.ledger.hold.as_ref();
    let back = hold.and_then(|hold| {
        let mut entries = state.ledger.entries.iter();
        entries.rfind(|entry| entry.plan.verb == Verb::Rollback && entry.at == hold.since)
    });
    // what another hand took back was recognized by its having none
    let Some(report) = back.map(|back| back.report.as_ref()) else { return true };
    report.is_some_and(|report| report.outcome == Outcome::Seen)
}

/// Every sentence about what could bring back what was left; none where nothing is known to.
pub(super) fn undoers(store: &Store, state: &TargetState, seen: &Assessment) -> Vec<String> {
    if !is_back(state) {
        return Vec::new();
    }
    let mut said = Vec::new();
    if let Some(routed) = seen.routed.filter(|routed| *routed > 0.5)
        && state.ledger.in_flight().next().is_none()
    {
        let back =
            format!("{routed:.0} % is routed to the candidate again, although it was taken back");
        let still = || format!("{routed:.0} % is still routed to the candidate");
        // what was read before it was taken back does not say that it came back
        let back = Some(back).filter(|_| !state.is_old_news());
        said.extend(if was_gone(state) { back } else { Some(still()) });
    }
    let deploys = state.spec.workflow.as_deref().filter(|_| is_staged(state) || seen.step > 0);
    let Some(repo) = store.repo_of(&state.spec) else { return said };
    let runs = repo.all_runs().filter(|run| {
        run.is_active()
            && (Some(run.workflow.as_str()) == deploys || waits_here(state, repo, run.id))
            && !is_way_back(store, state, run.id)
    });
    said.extend(runs.map(|run| {
        let of = run.branch.as_deref().unwrap_or("a commit");
        format!(
            "run {} ({} #{} of {of}) is {}: if it goes on it deploys again; cancel it, or reject what waits",
            run.id,
            run.workflow,
            run.number,
            run.status.word()
        )
    }));
    said
}

/// Whether a run waits to deploy to the target.
fn waits_here(state: &TargetState, repo: &crate::store::RepoState, run: u64) -> bool {
    repo.waits_of(run).is_some_and(|waits| {
        let mut waiting = waits.waiting.iter();
        waiting.any(|one| state.spec.environments.contains(&one.environment))
    })
}
