//! What exactly a request sends: the engine's offer, a configured action or a request about runs, its
//! placeholders filled in. Pure; decides nothing about whether it may be sent.

use std::collections::BTreeMap;

use crate::model::{ActionSpec, Call, Refusal, Revision, Values, Verb};
use crate::store::{Store, TargetState};
use crate::text;

use super::destinations::best;
use super::evidence::{Evidence, is_same};
use super::incident;
use super::plan::Request;
use super::runs;

/// Characters of the operator's reason that a decision at GitHub repeats.
const COMMENT: usize = 500;

/// Who asks, and under which id.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asker<'a> {
    /// The id of the action.
    pub(super) action: &'a str,
    /// The operator.
    pub(super) operator: &'a str,
}

impl Asker<'_> {
    /// Nobody in particular: whether something can be sent does not depend on it.
    pub(super) const ANYBODY: Asker<'static> = Asker { action: "0", operator: "somebody" };

    /// What is said with a decision.
    fn comment(self, request: &Request) -> String {
        let why = request.reason.as_deref().map(str::trim).filter(|why| !why.is_empty());
        let why = why.map_or(String::new(), |why| format!(": {}", text::line(why, COMMENT)));
        format!("{} by {} with flightdeck{why}", request.verb, text::line(self.operator, 80))
    }
}

/// The configured action that a request names.
pub(super) fn configured<'s>(state: &'s TargetState, request: &Request) -> Option<&'s ActionSpec> {
    let name = request.name.as_deref().filter(|_| request.verb == Verb::Do)?;
    state.spec.actions.iter().find(|action| action.name == name)
}

/// The revision that a request leads to: a rollback to the last good one, anything else to what names itself
/// now.
pub(super) fn destination(
    store: &Store,
    state: &TargetState,
    evidence: &Evidence,
    request: &Request,
) -> Option<Revision> {
    match request.verb {
        Verb::Rollback => {
            // what stable is called by itself, where nothing else can be gone to
            let stable = evidence.stable.as_ref().filter(|_| !goes_anywhere(state));
            let named = |to: &Revision| stable.filter(|stable| is_same(stable, to)).cloned();
            let asked = request.to.as_ref().map(|to| named(to).unwrap_or_else(|| to.clone()));
            asked.or_else(|| best(store, state, evidence))
        }
        _ => evidence.confirmed().cloned(),
    }
}

/// Whether the engine's rollback goes to whatever revision is asked for.
pub(super) fn goes_anywhere(state: &TargetState) -> bool {
    let reading = state.reading.as_ref();
    let offer = reading.and_then(|reading| reading.rollout.offer(Verb::Rollback, false));
    let mut calls = offer.into_iter().flat_map(|offer| &offer.calls);
    calls.any(|call| match &call.run {
        Some(program) => program.mentions("revision"),
        None => call.follow.is_some() && call.text.contains("{revision}"),
    })
}

/// The exact calls of a request, in order.
///
/// # Errors
/// The refusal, when there is nothing to send it to, or a placeholder has no value that may be filled in.
pub(super) fn calls(
    store: &Store,
    state: &TargetState,
    evidence: &Evidence,
    request: &Request,
    asker: Asker<'_>,
) -> Result<Vec<Call>, Refusal> {
    let reading = state.reading.as_ref();
    let offer = reading.and_then(|reading| reading.rollout.offer(request.verb, request.is_full()));
    if incident::is_asked(request) {
        // it tells of this moment: the plan makes it
        return Ok(Vec::new());
    }
    let (calls, weight) = if request.verb == Verb::Do {
        let action = configured(state, request);
        let call = action.map(|action| Call::of(action.program.clone(), BTreeMap::default()));
        (call.into_iter().collect(), evidence.routed)
    } else if request.verb.is_of_runs() {
        (runs::calls(store, state, request)?, evidence.routed)
    } else {
        let calls = offer.map(|offer| offer.calls.clone()).unwrap_or_default();
        (calls, offer.map(|offer| offer.weight))
    };
    let to = destination(store, state, evidence, request);
    let revision = to.as_ref().map(Revision::as_str);
    let comment = asker.comment(request);
    let values = Values {
        target: &request.target,
        revision,
        weight,
        action: asker.action,
        comment: &comment,
    };
    let filled = calls.iter().map(|call| {
        let filled = call.filled(&values);
        filled.map_err(|why| Refusal::new("placeholder", format!("`{}`: {why}", call.text)))
    });
    filled.collect()
}
