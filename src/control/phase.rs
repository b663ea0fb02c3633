//! Where a rollout stands, for engines that have no phase of their own.

use chrono::TimeDelta;

use crate::model::{FeedState, Phase, Time, Verb};
use crate::store::{Store, TargetState};

use super::evidence::Evidence;
use super::gates::{Gate, GateState};

/// The phase and the engine's own reason for it. First match, as the contract lists them.
pub(super) fn phase(
    store: &Store,
    state: &TargetState,
    evidence: &Evidence,
    gates: &[Gate],
    now: Time,
) -> (Phase, Option<String>) {
    let Some(spec) = &state.spec.rollout else {
        return (Phase::Unknown, None);
    };
    let heard = store.feed_state(&spec.feed, now) != FeedState::Lost;
    let Some(reading) = state.reading.as_ref().filter(|_| heard) else {
        return (Phase::Unknown, Some(store.feed_view(&spec.feed, now).reason()));
    };
    if let Some(own) = reading.rollout.phase {
        // it may well wait already: nobody is asked before the soak is over
        let soaks = gates.iter().any(|gate| gate.name == "soak" && gate.takes_time());
        let early = own == Phase::AwaitingApproval && soaks;
        let phase = if early { Phase::Soaking } else { own };
        return (phase, reading.rollout.reason.clone());
    }
    // a named action says nothing about where the rollout stands
    let moving = state.ledger.in_flight().filter(|entry| entry.plan.verb != Verb::Do);
    if let Some(entry) = moving.last() {
        let phase = match entry.plan.verb {
            Verb::Rollback => Phase::RollingBack,
            _ => Phase::Progressing,
        };
        return (phase, Some(format!("{} by {}", entry.plan.verb, entry.operator)));
    }
    let Some(routed) = evidence.routed else {
        return (Phase::Unknown, Some("the engine does not say how much it routes".into()));
    };
    if routed <= 0.05 {
        let held = state.ledger.hold.as_ref();
        let back = held.filter(|hold| hold.reason.starts_with("rolled back"));
        return match back {
            Some(hold) => (Phase::RolledBack, Some(hold.reason.clone())),
            None => (Phase::Idle, None),
        };
    }
    if let Some(paused) = &state.ledger.paused {
        let why =
            if paused.reason.is_empty() { String::new() } else { format!(": {}", paused.reason) };
        return (Phase::Paused, Some(format!("paused by {}{why}", paused.by)));
    }
    let metric = |gate: &&Gate| {
        gate.state == GateState::Fail
            // that it should not go on now does not mean that it does harm
            && !matches!(gate.name.as_str(), "feeds" | "alerts" | "soak" | "hold" | "freeze" | "after")
    };
    if let Some(gate) = gates.iter().find(metric) {
        return (Phase::Degraded, Some(format!("{}: {}", gate.name, gate.reason)));
    }
    let soak = gates.iter().find(|gate| gate.name == "soak" && gate.state != GateState::Pass);
    // a hole of today does not undo a soak of yesterday
    let proven = routed >= 99.5
        && state
            .ledger
            .step
            .zip(state.ledger.completed)
            .is_some_and(|((weight, at), done)| weight > 99.5 && at <= done);
    if let Some(gate) = soak.filter(|gate| gate.state != GateState::Unknown || !proven) {
        return (Phase::Soaking, Some(gate.reason.clone()));
    }
    if routed >= 99.5 {
        return (Phase::Completed, None);
    }
    (Phase::AwaitingApproval, None)
}

/// A length of time in the shortest honest words: `34 s`, `12 m`, `3 h 5 m`, `2 d 4 h`.
#[must_use]
pub fn span(delta: TimeDelta) -> String {
    let s = delta.num_seconds().max(0);
    match s {
        0..=119 => format!("{s} s"),
        120..=5_999 => format!("{} m", s / 60),
        6_000..=172_799 => format!("{} h {} m", s / 3_600, s % 3_600 / 60),
        _ => format!("{} d {} h", s / 86_400, s % 86_400 / 3_600),
    }
}
