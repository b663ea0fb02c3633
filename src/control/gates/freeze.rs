//! Is it a time in which nothing should be promoted?

use chrono::TimeDelta;

use crate::control::freeze::{frozen, moment, next};
use crate::control::phase::span;
use crate::model::Time;
use crate::store::TargetState;

use super::{Gate, GateState};

/// A freeze that begins so soon is told in advance.
const SOON: TimeDelta = TimeDelta::hours(24);

pub(in crate::control) fn freeze(state: &TargetState, now: Time) -> Gate {
    let freezes = &state.spec.rules.freezes;
    let Some(frozen) = frozen(freezes, now) else {
        let reason = match next(freezes, now, SOON) {
            Some((freeze, at)) => {
                let begins = moment(freeze.zone, at, now);
                format!("none now; {} begins in {} ({begins})", freeze.name, span(at - now))
            }
            None => "none now, and none within 24 h".to_owned(),
        };
        return Gate::new("freeze", GateState::Pass, reason);
    };
    let why = frozen.by.reason.as_ref().map_or(String::new(), |why| format!(": {why}"));
    let reason = format!("{} {}{why}", frozen.by.name, frozen.until_words(now));
    match frozen.until {
        Some(until) => {
            let left_s = Some((until - now).as_seconds_f64());
            Gate { left_s, ..Gate::new("freeze", GateState::Wait, reason) }
        }
        None => Gate::new("freeze", GateState::Fail, reason),
    }
}
