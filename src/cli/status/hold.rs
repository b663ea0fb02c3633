//! Why a target must not be promoted, as `status -o json` tells it.

use serde::Serialize;

use crate::model::Time;
use crate::store::{Store, TargetState};

#[derive(Debug, Serialize)]
pub(super) struct HoldStatus {
    since: Time,
    by: String,
    reason: String,
    /// `local`, or `shared` with all who have the same journal.
    scope: &'static str,
}

pub(super) fn of(store: &Store, state: &TargetState) -> Option<HoldStatus> {
    state.ledger.hold.as_ref().map(|hold| HoldStatus {
        since: hold.since,
        by: hold.by.clone(),
        reason: hold.reason.clone(),
        scope: store.fleet().scope(),
    })
}
