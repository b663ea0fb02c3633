//! From a confirmed plan to "still true?", on the newest facts. Pure.

use crate::model::{Call, Plan, Refusal, Revision, Time, Verb};
use crate::store::{Store, TargetState};

use super::assess::assess;
use super::calls::{Asker, calls, destination};
use super::evidence::Evidence;
use super::guard::guard;
use super::incident;
use super::plan::Confirmation;

/// Why a confirmed plan is not carried out.
#[derive(Debug, Clone, PartialEq)]
pub enum Recheck {
    /// A guard says no now.
    Refused(Vec<Refusal>),
    /// The target is not where it was when it was confirmed: refused, and asked anew if wanted.
    Moved(String),
}

/// Whether a confirmed plan may still be carried out, on the newest facts. For a rollback only a changed
/// candidate or destination counts as moved.
///
/// # Errors
/// Why not.
pub fn recheck(store: &Store, confirmation: &Confirmation, now: Time) -> Result<(), Recheck> {
    let Confirmation { request, plan, .. } = confirmation;
    let mut refusals = guard(store, request, now);
    if request.force {
        // what was overridden is not asked again, what has come since is
        refusals.retain(|refusal| !plan.overrides.iter().any(|known| known.gate == refusal.gate));
    }
    if !refusals.is_empty() {
        return Err(Recheck::Refused(refusals));
    }
    let (Some(state), Some(seen)) = (store.target(&plan.target), assess(store, &plan.target, now))
    else {
        return Err(Recheck::Moved("the target is gone".into()));
    };
    let was = |r: &Option<Revision>| r.as_ref().map_or("not named".to_owned(), ToString::to_string);
    // a rollback is stopped by another name, not by learning one, nor by losing the health check that
    // tells it: that is no reason not to leave
    let changed = |was: &Option<Revision>, is: &Option<Revision>| match plan.verb {
        Verb::Promote => was != is,
        Verb::Rollback => was.is_some() && is.is_some() && was != is,
        _ => false,
    };
    let candidate = match plan.verb {
        Verb::Promote => seen.evidence.confirmed().cloned(),
        _ => seen.evidence.candidate.clone(),
    };
    if changed(&plan.candidate, &candidate) {
        let sentence = format!(
            "the candidate was {} when you confirmed, it is {} now",
            was(&plan.candidate),
            was(&candidate)
        );
        return Err(Recheck::Moved(sentence));
    }
    if plan.verb == Verb::Rollback
        && changed(&plan.to, &destination(store, state, &seen.evidence, request))
    {
        let sentence = format!(
            "stable was {} when you confirmed, it is {} now",
            was(&plan.to),
            was(&seen.evidence.stable)
        );
        return Err(Recheck::Moved(sentence));
    }
    if plan.alarm.is_some() && is_back(state, seen.routed) {
        return Err(Recheck::Moved("it was taken back already".into()));
    }
    let differs = || match newest(store, state, &seen.evidence, confirmation) {
        Ok(calls) => {
            calls.len() != plan.calls.len()
                || calls.iter().zip(&plan.calls).any(|(now, then)| !now.sends_as(then))
        }
        Err(_) => true,
    };
    if plan.verb == Verb::Promote {
        let reading = state.reading.as_ref();
        // another process acted while the engine was being read: what was read is the time before
        if let (Some(moved), Some(reading)) = (state.ledger.moved_at, reading)
            && reading.asked_at < moved
        {
            return Err(Recheck::Moved("another action has just moved it; look again".into()));
        }
        if differs() {
            let sentence = format!(
                "{} % was routed when you confirmed, {} % is now",
                plan.from_weight.unwrap_or_default(),
                seen.routed.unwrap_or_default()
            );
            return Err(Recheck::Moved(sentence));
        }
    }
    // a story that goes on is no other one: what was confirmed is what is sent
    let told = incident::is_asked(request);
    let by_calls = (plan.verb == Verb::Do && !told) || plan.verb.is_of_runs();
    if by_calls && differs() {
        let sentence = "what it is given has changed since you confirmed; look again";
        return Err(Recheck::Moved(sentence.into()));
    }
    Ok(())
}

/// Whether nobody has to take back what had traffic: it has none, or was moved since the engine was read.
fn is_back(state: &TargetState, routed: Option<f64>) -> bool {
    state.is_old_news() || routed.is_none_or(|routed| routed <= 0.05)
}

/// A confirmed plan with what is known by now of how its effect will show. What it sends stays.
pub(super) fn up_to_date(store: &Store, confirmation: Confirmation, now: Time) -> Plan {
    let known =
        store.target(&confirmation.plan.target).zip(assess(store, &confirmation.plan.target, now));
    let newest =
        known.and_then(|(state, seen)| newest(store, state, &seen.evidence, &confirmation).ok());
    let mut plan = confirmation.plan;
    for (call, newer) in plan.calls.iter_mut().zip(newest.unwrap_or_default()) {
        if newer.sends_as(call) {
            let known = call.follow.take();
            call.follow = newer.follow.map(|newer| newer.not_before(known.as_ref()));
        }
    }
    plan
}

/// What would be sent now.
fn newest(
    store: &Store,
    state: &TargetState,
    evidence: &Evidence,
    confirmation: &Confirmation,
) -> Result<Vec<Call>, Refusal> {
    let asker = Asker { action: &confirmation.plan.action.0, operator: &confirmation.operator };
    calls(store, state, evidence, &confirmation.request, asker)
}
