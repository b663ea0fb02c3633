//! Is the target held?

use crate::control::phase::span;
use crate::model::{JournalTrouble, Time};
use crate::store::{Store, TargetState};

use super::{Gate, GateState};

pub(in crate::control) fn hold(store: &Store, state: &TargetState, now: Time) -> Gate {
    let Some(hold) = &state.ledger.hold else {
        return match hold_unknown(store, state) {
            None => Gate::new("hold", GateState::Pass, "not held"),
            Some(why) => Gate::new("hold", GateState::Unknown, why),
        };
    };
    let why = if hold.reason.is_empty() { String::new() } else { format!(", {}", hold.reason) };
    let reason = format!(
        "held by {} for {} ({}){why}; `flightdeck release {}` ends it",
        hold.by,
        span(now - hold.since),
        store.scope_of(hold),
        state.spec.target
    );
    Gate::new("hold", GateState::Fail, reason)
}

/// Why nobody knows whether a target is held that seems not to be: the journal has lost what it said, and
/// nothing was written down about this target since.
pub(in crate::control) fn hold_unknown(store: &Store, state: &TargetState) -> Option<String> {
    if state.ledger.hold.is_some() {
        return None;
    }
    match store.journal_trouble()? {
        JournalTrouble::Unread { why } => {
            Some(format!("the journal cannot be read, nobody knows whether it is held: {why}"))
        }
        JournalTrouble::Lost { upto } if state.ledger.hold_told <= *upto => Some(format!(
            "the journal has lost lines, nobody knows whether it is held; look at `flightdeck journal verify`, \
             then say that it is not: `flightdeck release {} --reason …`",
            state.spec.target
        )),
        JournalTrouble::Lost { .. } => None,
    }
}
