//! Under watch after a release: for how long, by what the journal says of it, and what harms then. Pure.
//!
//! After a completed release the way back is still there, and harm is announced as with `ask`. After a rollback,
//! and where the sides have changed places, there is nothing to go back to: harm is a warning.

use chrono::TimeDelta;

use crate::model::spec::AutoMode;
use crate::model::{Time, Track, Verb};
use crate::store::{Store, TargetState};

use super::assess::Assessment;
use super::harm::{Of, harm};

/// A target under watch after its release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vigil {
    /// Since when.
    pub since: Time,
    /// Until when.
    pub until: Time,
    /// Whether what was released can still be rolled back.
    pub way_back: bool,
}

/// The watch that a target is under now.
#[must_use]
pub fn vigil(state: &TargetState, seen: &Assessment, now: Time) -> Option<Vigil> {
    let auto = state.spec.rollout.as_ref()?.auto.as_ref()?;
    if auto.watch_after.is_zero() {
        return None;
    }
    let (since, way_back) = if is_over(state, seen) {
        (state.ledger.completed?, true)
    } else if seen.routed.is_some_and(|routed| routed <= 0.05) {
        (rolled_back(state).max(rotated(state))?, false)
    } else {
        return None;
    };
    let until = since.checked_add_signed(TimeDelta::from_std(auto.watch_after).ok()?)?;
    (now < until).then_some(Vigil { since, until, way_back })
}

/// What is to be done about harm now; none where nothing is armed.
pub(super) fn stance(state: &TargetState, seen: &Assessment, now: Time) -> Option<AutoMode> {
    let auto = state.spec.rollout.as_ref()?.auto.as_ref()?;
    let mode = if is_over(state, seen) {
        vigil(state, seen, now).filter(|vigil| vigil.way_back).map(|_| AutoMode::Ask)?
    } else {
        auto.mode
    };
    (mode != AutoMode::Off).then_some(mode)
}

/// What harms while there is no way back.
pub(super) fn warnings(
    store: &Store,
    state: &TargetState,
    seen: &Assessment,
    now: Time,
) -> Vec<String> {
    let Some(vigil) = vigil(state, seen, now).filter(|vigil| !vigil.way_back) else {
        return Vec::new();
    };
    let harms = harm(store, state, seen, Of::Rest { since: vigil.since }, now).found;
    let until = vigil.until.format("%Y-%m-%d %H:%M UTC");
    let warn =
        |harm| format!("{harm}; under watch until {until}, and there is nothing to roll back to");
    harms.into_iter().map(warn).collect()
}

/// Whether the present release was completed, and still has all the traffic.
pub(super) fn is_over(state: &TargetState, seen: &Assessment) -> bool {
    let all = seen.routed.is_some_and(|routed| routed >= 99.5);
    let step = state.ledger.step.zip(state.ledger.completed);
    all && step.is_some_and(|((weight, at), done)| weight > 99.5 && at <= done)
}

/// When the last move was seen, if that was a rollback.
fn rolled_back(state: &TargetState) -> Option<Time> {
    let mut entries = state.ledger.entries.iter().rev();
    let last = entries.find(|entry| {
        let sent = entry.report.as_ref().is_some_and(crate::model::Report::was_sent);
        sent && entry.plan.to_weight.is_some()
    })?;
    let report = last.report.as_ref().filter(|_| last.plan.verb == Verb::Rollback)?;
    let took = i64::try_from(report.took_ms).ok()?;
    last.at.checked_add_signed(TimeDelta::milliseconds(took))
}

/// When the sides changed places, if nothing was released since.
fn rotated(state: &TargetState) -> Option<Time> {
    let rotates = state.spec.rollout.as_ref().is_some_and(|rollout| rollout.rotate);
    let (weight, at) = state.ledger.step?;
    state.ledger.completed.filter(|done| rotates && weight < 0.05 && at == *done)
}

/// Whether a side has traffic while the candidate has none.
pub(super) fn is_rest(side: Track) -> bool {
    side != Track::Candidate
}
