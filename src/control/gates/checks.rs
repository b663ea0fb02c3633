//! Has the candidate's commit passed the checks that it must have?

use crate::control::commit::commit_of;
use crate::control::evidence::Evidence;
use crate::control::queue::short;
use crate::model::Status;
use crate::model::backing::{Check, Checks};
use crate::store::{Store, TargetState};

use super::{Gate, GateState};

/// The gate's name.
pub(in crate::control) const CHECKS: &str = "checks";

/// What is to be said of the checks of one name.
fn of_name(checks: &Checks, name: &str) -> (GateState, String) {
    // several may be called so: each must pass
    let own = || checks.all.iter().filter(|check| check.name == name);
    let over = |check: &&Check| check.status == Status::Completed;
    if let Some(bad) = own().find(|check| over(check) && !check.has_passed()) {
        let how = bad.conclusion.as_ref().map_or("without a conclusion", |how| how.word());
        return (GateState::Fail, format!("{name}: {how}"));
    }
    if let Some(open) = own().find(|check| !over(check)) {
        return match open.status {
            Status::Other(_) => (GateState::Unknown, format!("{name}: {}", open.status.word())),
            _ => (GateState::Wait, format!("{name} is {}", open.status.word())),
        };
    }
    if own().next().is_none() {
        return (GateState::Unknown, format!("{name} never reported"));
    }
    (GateState::Pass, name.to_owned())
}

pub(in crate::control) fn checks(
    store: &Store,
    state: &TargetState,
    evidence: &Evidence,
) -> Option<Gate> {
    let names = &state.spec.rules.required_checks;
    if names.is_empty() {
        return None;
    }
    let unknown = |why: String| Some(Gate::new(CHECKS, GateState::Unknown, why));
    let Some(repo) = store.repo_of(&state.spec) else {
        return unknown("nothing of the repository was read yet".to_owned());
    };
    let Some(revision) = evidence.confirmed() else {
        return unknown("the candidate is not named now, so its commit is not known".to_owned());
    };
    let Some(sha) = commit_of(repo, revision) else {
        let why = "no tag, deployment or run that is listed is called so";
        return unknown(format!("the commit of {revision} is not known: {why}"));
    };
    let at = short(&sha);
    let Some(checks) = repo.backing.checks_of(&sha) else {
        return unknown(format!("the checks of {at} are not read yet"));
    };
    if let Some(why) = &checks.unread {
        return unknown(format!("the checks of {at} cannot be read: {why}"));
    }
    let told: Vec<(GateState, String)> = names.iter().map(|name| of_name(checks, name)).collect();
    for state in [GateState::Fail, GateState::Unknown, GateState::Wait] {
        let of: Vec<&str> =
            told.iter().filter(|(own, _)| *own == state).map(|(_, text)| text.as_str()).collect();
        if !of.is_empty() {
            let reason = format!("{} on {at} ({revision})", of.join(", "));
            return Some(Gate::new(CHECKS, state, reason));
        }
    }
    let all = names.join(", ");
    Some(Gate::new(CHECKS, GateState::Pass, format!("{all}: passed on {at} ({revision})")))
}
