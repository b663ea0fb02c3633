//! Is the target held?

use crate::control::phase::span;
use crate::model::Time;
use crate::store::TargetState;

use super::{Gate, GateState};

pub(in crate::control) fn hold(state: &TargetState, scope: &str, now: Time) -> Gate {
    match &state.ledger.hold {
        None => Gate::new("hold", GateState::Pass, "not held"),
        Some(hold) => {
            let why =
                if hold.reason.is_empty() { String::new() } else { format!(", {}", hold.reason) };
            let reason = format!(
                "held by {} for {} ({scope}){why}; `flightdeck release {}` ends it",
                hold.by,
                span(now - hold.since),
                state.spec.target
            );
            Gate::new("hold", GateState::Fail, reason)
        }
    }
}
