//! A rollback that somebody or something else made: recognised from what the engine shows beside what the
//! journal says, attributed as far as that can be told, and then held like one of ours. Pure.

use chrono::TimeDelta;

use crate::model::{Phase, RecordKind, Revision, Time};
use crate::store::TargetState;

use super::Effect;
use super::assess::Assessment;
use super::chores::note;
use super::guard::is_staged;

/// How long nothing must be routed before it is nobody's here.
const PATIENCE: TimeDelta = TimeDelta::seconds(5);

/// The line to write where the candidate lost all its traffic and nobody here took it.
pub(super) fn foreign(state: &TargetState, seen: &Assessment, now: Time) -> Option<Effect> {
    let reading = state.reading.as_ref()?;
    let rollout = &reading.rollout;
    let (weight, since) = state.ledger.step?;
    let candidate = seen.evidence.confirmed()?;
    let same = state.ledger.step_of.as_ref() == Some(candidate);
    let had = weight > 0.5 && same && reading.asked_at > since;
    let idle = rollout.routed.is_some_and(|routed| routed <= 0.05);
    // another process of ours may have done it, and its lines are on their way
    let stays = state.first_seen.is_some_and(|(routed, at)| routed <= 0.05 && now - at >= PATIENCE);
    let quiet = stays
        && state.ledger.hold.is_none()
        && state.ledger.in_flight().next().is_none()
        && state.ledger.open().next().is_none();
    // what is everywhere was not taken back, and a candidate that fell over was not either
    let left = seen.evidence.stable.as_ref() != Some(candidate);
    let told = match rollout.phase {
        Some(phase) => phase == Phase::RolledBack,
        None => !is_staged(state) && stands_by(state),
    };
    (had && idle && quiet && left && told).then(|| {
        note(RecordKind::Foreign {
            target: state.spec.target.clone(),
            from: Some(candidate.clone()),
            to: seen.evidence.stable.clone(),
            why: why(state, candidate),
        })
    })
}

/// Whether the candidate is there and gets nothing because it was given nothing.
fn stands_by(state: &TargetState) -> bool {
    let servers = state.reading.iter().flat_map(|reading| &reading.rollout.servers);
    let mut own = servers.filter(|server| server.side == "candidate");
    own.all(|server| server.weight == 0)
}

/// Who it was, as far as the engine says.
fn why(state: &TargetState, candidate: &Revision) -> String {
    let own = state.reading.as_ref().and_then(|reading| reading.rollout.reason.as_deref());
    match (own, state.spec.rollout.as_ref().map(|rollout| rollout.engine.as_str())) {
        (Some(own), _) => format!("{candidate} was taken back outside flightdeck: {own}"),
        (None, Some("haproxy")) => format!(
            "{candidate} was taken back outside flightdeck: by another hand at HAProxy's socket, or a reload"
        ),
        _ => format!("{candidate} was taken back outside flightdeck"),
    }
}
