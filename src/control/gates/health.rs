//! What do the health checks say, together and each?

use crate::control::evidence::is_same;
use crate::control::phase::span;
use crate::model::{HealthState, Revision, Time, Track};
use crate::store::{Check, TargetState};

use super::{Gate, GateState};

pub(in crate::control) fn health(state: &TargetState, now: Time) -> Gate {
    let mut worst = (GateState::Pass, Vec::new(), None);
    for check in &state.checks {
        let (answer, reason, left) = believed(state, check, now);
        let rank = |state: GateState| match state {
            GateState::Pass => 0,
            GateState::Wait => 1,
            GateState::Unknown => 2,
            GateState::Fail => 3,
        };
        let name = check_name(state, check);
        let sentence = format!("{name} {reason}");
        if rank(answer) > rank(worst.0) {
            worst = (answer, vec![sentence], left);
        } else if answer == worst.0 && (answer != GateState::Pass || check.count() == 1) {
            worst.1.push(sentence);
        }
    }
    let reason = if worst.1.is_empty() { "all healthy".to_owned() } else { worst.1.join("; ") };
    Gate { left_s: worst.2, ..Gate::new("health", worst.0, reason) }
}

/// A check's name with its side, when the name does not say it already.
#[must_use]
pub fn check_name(state: &TargetState, check: &Check) -> String {
    let side = state.side(check.spec.track);
    if side == Track::Whole || check.spec.name == side.word() {
        check.spec.name.clone()
    } else {
        format!("{} {}", check.spec.name, side.word())
    }
}

/// How long a check has been as it is, in words behind that; one answer alone says nothing of before it.
#[must_use]
pub(in crate::control) fn lasting(check: &Check, now: Time) -> String {
    match check.since {
        None => String::new(),
        Some(since) if check.count() > 1 && (now - since).num_seconds() > 0 => {
            format!(" for {}", span(now - since))
        }
        Some(_) => ", seen just now".to_owned(),
    }
}

/// What one check contributes to the health gate, and why.
#[must_use]
pub fn check_gate(state: &TargetState, check: &Check, now: Time) -> Gate {
    let (answer, reason, left_s) = believed(state, check, now);
    Gate { left_s, ..Gate::new(&check.spec.name, answer, reason) }
}

/// What a check says, and whether it speaks of what is released.
fn believed(state: &TargetState, check: &Check, now: Time) -> (GateState, String, Option<f64>) {
    match (answer_of(check, now), contradiction(state, check)) {
        ((GateState::Pass, said, _), Some(other)) => {
            (GateState::Unknown, format!("{said}, but {other}"), None)
        }
        (answer, _) => answer,
    }
}

/// That a check names another revision than the engine does for its side, while the candidate has traffic.
/// A version and a commit may be the same: only what is alike is compared.
pub(in crate::control) fn contradiction(state: &TargetState, check: &Check) -> Option<String> {
    let rollout = &state.reading.as_ref()?.rollout;
    let engine = match state.side(check.spec.track) {
        Track::Candidate => rollout.candidate.as_ref()?,
        Track::Stable => rollout.stable.as_ref()?,
        Track::Whole => return None,
    };
    let own = &check.named.as_ref().filter(|name| !name.old)?.revision;
    let differ = is_version(own) && is_version(engine) && !is_same(own, engine);
    (differ && rollout.routed.is_some_and(|routed| routed > 0.05))
        .then(|| format!("it runs {own}, and the engine says {engine}"))
}

/// Whether a name is of numbers, as `v1.4.2`.
fn is_version(name: &Revision) -> bool {
    let bare = name.as_str().strip_prefix('v').unwrap_or(name.as_str());
    bare.contains('.') && bare.starts_with(|first: char| first.is_ascii_digit())
}

/// A check that is not well, as a reason.
pub(in crate::control) fn check_sentence(state: &TargetState, check: &Check, now: Time) -> String {
    let since = lasting(check, now);
    let detail = check.last.as_ref().and_then(|probe| probe.detail.as_deref());
    let detail = detail.map_or(String::new(), |detail| format!(": {detail}"));
    let name = check_name(state, check);
    let state = if check.flapping { "flapping" } else { check.state.word() };
    format!("{name} {state}{since}{detail}{}", doubt(check))
}

/// Why what fails is not called unhealthy, in words behind what it says; empty where nothing is open.
fn doubt(check: &Check) -> String {
    let (failed, fall) = (check.failures(), check.spec.fall);
    match check.is_open() {
        false => String::new(),
        true if failed < fall => format!("; failed {failed} of {fall} times"),
        true => {
            "; perhaps our own network: nothing else that is watched was reached since".to_owned()
        }
    }
}

fn answer_of(check: &Check, now: Time) -> (GateState, String, Option<f64>) {
    let detail = check.last.as_ref().and_then(|probe| probe.detail.as_deref());
    let why = detail.map_or(String::new(), |detail| format!(": {detail}"));
    let since = lasting(check, now);
    let failing = check.last.as_ref().is_some_and(|probe| probe.state != HealthState::Healthy);
    match check.state {
        _ if check.last.is_none() => (GateState::Unknown, "not probed yet".into(), None),
        _ if check.flapping => (GateState::Unknown, format!("flapping{why}"), None),
        HealthState::Healthy if failing && check.in_grace(now) => {
            (GateState::Wait, format!("fails within its grace{why}"), None)
        }
        // it takes some to change its state, but what fails now is not well now
        HealthState::Healthy if failing => {
            (GateState::Wait, format!("healthy until its last answer{why}"), None)
        }
        HealthState::Healthy if check.count() == 1 => {
            (GateState::Pass, "healthy, seen once".into(), None)
        }
        HealthState::Healthy => (GateState::Pass, "healthy".into(), None),
        HealthState::Unknown => {
            let open = doubt(check);
            (GateState::Unknown, format!("unknown{since}{why}{open}"), None)
        }
        other => (GateState::Fail, format!("{}{since}{why}", other.word()), None),
    }
}
