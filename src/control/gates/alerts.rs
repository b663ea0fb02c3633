//! Which alerts began since this release, and would one be heard?

use crate::control::evidence::Began;
use crate::control::phase::span;
use crate::model::{Alert, AlertState, Time};
use crate::store::{Store, TargetState};

use super::path::trouble;
use super::{Gate, GateState};

/// Whether an alert began since the release; none when nobody knows when that was.
pub(in crate::control) fn since_release(alert: &Alert, release: Began) -> Option<bool> {
    release.known().map(|began| alert.since >= began)
}

pub(in crate::control) fn alerts(
    store: &Store,
    state: &TargetState,
    release: Began,
    now: Time,
) -> Gate {
    if state.alerts.asked_at.is_none() {
        return Gate::new("alerts", GateState::Unknown, "not heard yet");
    }
    let block = state.spec.alert_block;
    let bad: Vec<&Alert> = state
        .alerts
        .list
        .iter()
        .filter(|alert| alert.state == AlertState::Firing && alert.severity >= block)
        .filter(|alert| since_release(alert, release) != Some(false))
        .collect();
    let Some(first) = bad.first() else {
        // nothing heard over a broken line is not silence
        if let Some(why) = trouble(store, state, now) {
            let reason = format!("none heard, but one might not be: {why}");
            return Gate::new("alerts", GateState::Unknown, reason);
        }
        let began = release.known();
        let ended = state.alerts.ended.iter().filter(|alert| {
            alert.severity >= block && began.is_none_or(|began| alert.since >= began)
        });
        let ended = match ended.count() {
            0 => String::new(),
            n => format!("; {n} ended"),
        };
        let reason = format!("none firing at {block} or worse that began since release{ended}");
        return Gate::new("alerts", GateState::Pass, reason);
    };
    let since = if release.known().is_some() { "since release" } else { "firing" };
    let more = if bad.len() > 1 { format!(" and {} more", bad.len() - 1) } else { String::new() };
    let reason = format!(
        "{} {since}: {} {} for {}{more}",
        bad.len(),
        first.severity,
        first.name,
        span(now - first.since)
    );
    Gate::new("alerts", GateState::Fail, reason)
}
