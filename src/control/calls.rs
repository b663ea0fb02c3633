//! What exactly a request sends: the engine's offer or a configured action, its placeholders filled in.
//! Pure; decides nothing about whether it may be sent.

use std::collections::BTreeMap;

use crate::model::{ActionSpec, Call, Refusal, Revision, Values, Verb};
use crate::store::TargetState;

use super::evidence::Evidence;
use super::plan::Request;

/// The configured action that a request names.
pub(super) fn configured<'s>(state: &'s TargetState, request: &Request) -> Option<&'s ActionSpec> {
    let name = request.name.as_deref().filter(|_| request.verb == Verb::Do)?;
    state.spec.actions.iter().find(|action| action.name == name)
}

/// The revision that a request leads to: a rollback to the last name that was heard, anything else to what
/// names itself now.
pub(super) fn destination(evidence: &Evidence, request: &Request) -> Option<Revision> {
    match request.verb {
        Verb::Rollback => request.to.clone().or_else(|| evidence.stable.clone()),
        _ => evidence.confirmed().cloned(),
    }
}

/// Whether the engine's rollback goes to whatever revision is asked for.
pub(super) fn goes_anywhere(state: &TargetState) -> bool {
    let reading = state.reading.as_ref();
    let offer = reading.and_then(|reading| reading.rollout.offer(Verb::Rollback, false));
    let programs = offer.into_iter().flat_map(|offer| &offer.calls);
    programs.filter_map(|call| call.run.as_ref()).any(|program| program.mentions("revision"))
}

/// The exact calls of a request, in order.
///
/// # Errors
/// The refusal, when a placeholder has no value that may be filled in.
pub(super) fn calls(
    state: &TargetState,
    evidence: &Evidence,
    request: &Request,
) -> Result<Vec<Call>, Refusal> {
    let reading = state.reading.as_ref();
    let offer = reading.and_then(|reading| reading.rollout.offer(request.verb, request.is_full()));
    let (calls, weight) = if request.verb == Verb::Do {
        let action = configured(state, request);
        let call = action.map(|action| Call::of(action.program.clone(), BTreeMap::default()));
        (call.into_iter().collect(), evidence.routed)
    } else {
        let calls = offer.map(|offer| offer.calls.clone()).unwrap_or_default();
        (calls, offer.map(|offer| offer.weight))
    };
    let to = destination(evidence, request);
    let revision = to.as_ref().map(Revision::as_str);
    let values = Values { target: &request.target, revision, weight };
    let filled = calls.iter().map(|call| {
        let filled = call.filled(&values);
        filled.map_err(|why| Refusal::new("placeholder", format!("`{}`: {why}", call.text)))
    });
    filled.collect()
}
