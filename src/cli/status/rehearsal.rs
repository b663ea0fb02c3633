//! How a target was last rolled back, as `status -o json` tells it.

use serde::Serialize;

use crate::control::rehearsal;
use crate::model::{Outcome, Revision, Time};
use crate::store::{Store, TargetState};

/// The last rollback, and whether one should be rehearsed.
#[derive(Debug, Serialize)]
pub(super) struct RehearsalStatus {
    last: Option<LastStatus>,
    /// Why one should be rehearsed; null where it need not be.
    overdue: Option<String>,
}

#[derive(Debug, Serialize)]
struct LastStatus {
    at: Time,
    by: String,
    from: Option<Revision>,
    to: Option<Revision>,
    outcome: Outcome,
    took_s: f64,
    within_s: Option<f64>,
    /// Null where it has no target time, or was not seen to its end.
    in_time: Option<bool>,
}

pub(super) fn of(store: &Store, state: &TargetState, now: Time) -> Option<RehearsalStatus> {
    let rehearsal = rehearsal(store, state, now)?;
    let seconds = |ms: u64| ms as f64 / 1000.0;
    let last = rehearsal.last.map(|back| LastStatus {
        at: back.at,
        by: back.by.clone(),
        from: back.from.clone(),
        to: back.to.clone(),
        outcome: back.outcome,
        took_s: seconds(back.took_ms),
        within_s: back.within_ms.map(seconds),
        in_time: back.in_time(),
    });
    Some(RehearsalStatus { last, overdue: rehearsal.overdue })
}
