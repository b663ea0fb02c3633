//! Does anything stand before what a promotion lets go on at GitHub?

use crate::control::obstacles::in_the_way;
use crate::model::Verb;
use crate::model::rollout::{Ahead, Fate};
use crate::store::TargetState;

use super::{Gate, GateState};

pub(in crate::control) fn queue(state: &TargetState) -> Option<Gate> {
    if !state.spec.rules.queue {
        return None;
    }
    let gate = |state, reason: String| Some(Gate::new("queue", state, reason));
    let offer = state.reading.as_ref().and_then(|read| read.rollout.offer(Verb::Promote, false));
    let Some(offer) = offer else {
        return gate(GateState::Unknown, "the release was not read yet".to_owned());
    };
    let answer = |ahead: &Ahead| match ahead.fate {
        // it is no queue that they share
        Fate::GoesOn => GateState::Pass,
        Fate::OursWaits => GateState::Wait,
        Fate::ItIsDropped | Fate::ItIsCancelled => GateState::Fail,
        Fate::Unknown => GateState::Unknown,
    };
    for state in [GateState::Fail, GateState::Unknown, GateState::Wait] {
        let mut of = offer.ahead.iter().filter(|ahead| answer(ahead) == state);
        if let Some(first) = of.next() {
            let more = of.count();
            let more = if more > 0 { format!("; and {more} more") } else { String::new() };
            return gate(state, format!("{}{more}", in_the_way(first, &first.status)));
        }
    }
    match &offer.unread {
        Some(why) => gate(GateState::Unknown, why.clone()),
        None => gate(GateState::Pass, "no other run stands before it".to_owned()),
    }
}
