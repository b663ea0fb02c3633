//! Was the step clean for long enough?

use crate::control::evidence::{Began, Evidence};
use crate::control::phase::span;
use crate::model::{FeedState, Time};
use crate::store::{Store, TargetState};

use super::health::check_name;
use super::metric::without_traffic;
use super::{Gate, GateState};

/// The clean time a step needs: counted from the step's beginning, or from the last time a limit was
/// broken or a check was not healthy since then.
pub(in crate::control) fn clean_since(
    state: &TargetState,
    evidence: &Evidence,
    now: Time,
) -> (Option<Time>, Option<Time>) {
    let Some(step) = evidence.step.counted() else {
        return (None, None);
    };
    let mut clean = step;
    let mut hole = None;
    for (spec, series) in state.spec.metrics.iter().zip(&state.metrics) {
        if !spec.is_gate() {
            continue;
        }
        let window = series.window(step.max(horizon(state, now)), now);
        clean = clean.max(window.last_outside.unwrap_or(clean));
        hole = hole.max(window.hole);
    }
    for check in &state.checks {
        clean = clean.max(check.down_at.unwrap_or(clean));
    }
    clean = clean.max(harmed_until(state, now).unwrap_or(clean));
    // what was not heard before the clean time began does not make it shorter
    (Some(clean), hole.filter(|hole| *hole > clean))
}

/// Until when the target was critical, by the journal: what another process saw counts as what this one did.
/// While nobody has seen the end of it, it goes on.
fn harmed_until(state: &TargetState, now: Time) -> Option<Time> {
    if state.ledger.harmed { Some(now) } else { state.ledger.harmed_at }
}

/// Nothing before this matters to the soak.
fn horizon(state: &TargetState, now: Time) -> Time {
    let soak =
        state.spec.rollout.as_ref().map_or(std::time::Duration::ZERO, |rollout| rollout.soak);
    now - chrono::TimeDelta::from_std(soak).unwrap_or_default()
}

pub(in crate::control) fn soak(
    store: &Store,
    state: &TargetState,
    evidence: &Evidence,
    now: Time,
) -> Option<Gate> {
    let spec = state.spec.rollout.as_ref()?;
    if spec.soak.is_zero() {
        return None;
    }
    if evidence.routed.is_some_and(|routed| routed <= 0.05) {
        return Some(Gate::new("soak", GateState::Pass, without_traffic(state)));
    }
    let total = span(chrono::TimeDelta::from_std(spec.soak).unwrap_or_default());
    let (clean, hole) = clean_since(state, evidence, now);
    let Some(clean) = clean else {
        return Some(Gate::new(
            "soak",
            GateState::Unknown,
            "the step's beginning is not known yet",
        ));
    };
    // while the engine is not heard nobody knows whether the step is still in force: it does not count
    let heard = store.feed_state(&spec.feed, now) == FeedState::Live;
    let last = store.feed(&spec.feed).and_then(|feed| feed.good_at);
    let until = last.filter(|_| !heard).unwrap_or(now).max(clean);
    let done = (until - clean).as_seconds_f64();
    let left = spec.soak.as_secs_f64() - done;
    let failed = state.checks.iter().find(|check| check.down_at == Some(clean));
    let harmed = harmed_until(state, now) == Some(clean);
    let from = match (evidence.step, failed) {
        (_, None) if harmed => ", counted from when it was critical, by the journal".to_owned(),
        (_, Some(check)) => format!(", counted from a failure of {}", check_name(state, check)),
        (Began::SeenSince(_), None) => ", counted from first sight".to_owned(),
        _ => String::new(),
    };
    if let Some(hole) = hole {
        let gates = state.spec.metrics.iter().zip(&state.metrics).filter(|(m, _)| m.is_gate());
        let reason = match gates.filter_map(|(_, series)| series.silence(now)).max() {
            Some(silence) => format!("no metrics for {}", span(silence)),
            None => format!("a hole in the metrics ended {} ago", span(now - hole)),
        };
        let reason = format!("{reason}; clean time is not known");
        return Some(Gate::new("soak", GateState::Unknown, reason));
    }
    Some(if left > 0.0 {
        let reason = format!("{} of {total} clean{from}", span(until - clean));
        Gate { left_s: Some(left), ..Gate::new("soak", GateState::Wait, reason) }
    } else {
        Gate::new("soak", GateState::Pass, format!("{total} clean{from}"))
    })
}
