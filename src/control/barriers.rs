//! What refuses the next promotion besides its gates: an action under way, an open question, a pause, the
//! engine itself. What the whole program refuses (read-only, a file nobody trusts) is not said here. Pure.

use crate::model::{Refusal, Time, Verb};
use crate::store::{Store, TargetState};

use super::calls::{Asker, calls};
use super::evidence::Evidence;
use super::guard::{engine, in_flight};
use super::phase::span;
use super::plan::Request;

/// Everything but its gates that refuses the next step of a target now; empty without an engine.
pub(super) fn barriers(
    store: &Store,
    state: &TargetState,
    evidence: &Evidence,
    now: Time,
) -> Vec<Refusal> {
    if state.spec.rollout.is_none() {
        return Vec::new();
    }
    let request = Request::new(state.spec.target.clone(), Verb::Promote);
    let mut refusals: Vec<Refusal> = in_flight(store, state, &request, now).into_iter().collect();
    if let Some(unread) = engine(store, state, now) {
        refusals.push(unread);
        return refusals;
    }
    refusals.extend(of_promotion(state, request.full, now));
    let unfilled = calls(store, state, evidence, &request, Asker::ANYBODY).err();
    refusals.extend(unfilled.filter(|refusal| !refusals.contains(refusal)));
    refusals
}

/// What of the target itself refuses a promotion, where its engine was read.
pub(super) fn of_promotion(state: &TargetState, full: bool, now: Time) -> Vec<Refusal> {
    let target = &state.spec.target;
    let open = state.ledger.open().map(|(entry, open)| {
        let reason = format!(
            "{} by {} {} ago: {}; it ends when it is seen, or with `flightdeck release {target}`",
            entry.plan.what(),
            entry.operator,
            span(now - entry.at),
            open.word(),
        );
        Refusal::new("open action", reason)
    });
    let paused = state.ledger.paused.as_ref().map(|paused| {
        let why =
            if paused.reason.is_empty() { String::new() } else { format!(": {}", paused.reason) };
        let reason = format!(
            "paused by {} {} ago{why}; `flightdeck resume {target}` ends it",
            paused.by,
            span(now - paused.since),
        );
        Refusal::new("pause", reason)
    });
    let mut refusals: Vec<Refusal> = open.chain(paused).collect();
    let Some(reading) = &state.reading else { return refusals };
    let blocks = reading.rollout.blocks.iter().map(|block| Refusal::new("engine", block.clone()));
    refusals.extend(blocks);
    match reading.rollout.offer(Verb::Promote, full) {
        None => refusals.push(Refusal::new("engine", "the engine offers no promotion from here")),
        Some(offer) => {
            let refused = offer.refused.as_ref();
            refusals.extend(refused.map(|reason| Refusal::new("engine", reason.clone())));
        }
    }
    refusals
}

/// Whether there is no next step: the last one is in force, and the engine goes no further.
pub(super) fn is_at_the_end(state: &TargetState, evidence: &Evidence) -> bool {
    let steps = state.spec.rollout.as_ref().and_then(|rollout| rollout.steps.last());
    let last = steps.copied().unwrap_or(100.0).min(100.0);
    let offer = state.reading.as_ref().and_then(|read| read.rollout.offer(Verb::Promote, false));
    evidence.routed.is_some_and(|routed| routed >= last - 0.5)
        && offer.is_some_and(|offer| offer.refused.is_some())
}
