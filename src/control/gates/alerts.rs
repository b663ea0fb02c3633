//! Which alerts began since this release, and would one be heard?

use crate::control::evidence::Began;
use crate::control::phase::span;
use crate::model::{Alert, AlertState, Time};
use crate::store::{Store, TargetState};

use super::path::trouble;
use super::{Gate, GateState};

/// Whether an alert began since the release; none when nobody knows when that was.
pub(in crate::control) fn since_release(alert: &Alert, release: Began) -> Option<bool> {
    release.known().map(|began| alert.may_be_since(began))
}

/// That there are alerts that could not be read: any of them may be the one that matters.
pub(in crate::control) fn unread(state: &TargetState) -> Option<String> {
    match state.alerts.unread {
        0 => None,
        1 => Some("1 alert could not be read".to_owned()),
        n => Some(format!("{n} alerts could not be read")),
    }
}

/// `P0 HighErrorRate for 40 s`
pub(in crate::control) fn sentence(alert: &Alert, now: Time) -> String {
    let since = match alert.since {
        Some(since) => format!("for {}", span(now - since)),
        None => "since an unreadable time".to_owned(),
    };
    format!("{} {} {since}", alert.severity, alert.name)
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
        if let Some(reason) = unread(state) {
            return Gate::new("alerts", GateState::Unknown, reason);
        }
        // nothing heard over a broken line is not silence
        if let Some(why) = trouble(store, state, now) {
            let reason = format!("none heard, but one might not be: {why}");
            return Gate::new("alerts", GateState::Unknown, reason);
        }
        let began = release.known();
        let ended = state.alerts.ended.iter().filter(|alert| {
            alert.severity >= block
                && began.zip(alert.since).is_none_or(|(began, since)| since >= began)
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
    let reason = format!("{} {since}: {}{more}", bad.len(), sentence(first, now));
    Gate::new("alerts", GateState::Fail, reason)
}
