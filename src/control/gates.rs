//! One answer each to "may I go on?". Pure functions of the store; unknown is never pass.

use serde::{Deserialize, Serialize};

use crate::model::{Alert, AlertState, FeedId, FeedState, HealthState, Time, Track};
use crate::store::{Check, Store, TargetState};

mod metric;

pub(super) use metric::{is_idle, metric};

use super::evidence::{Began, Evidence};
use super::phase::span;

/// A gate's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GateState {
    /// Go.
    Pass,
    /// Not yet.
    Wait,
    /// No.
    Fail,
    /// Cannot say; blocks like a no.
    Unknown,
}

impl GateState {
    /// The word in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Wait => "wait",
            Self::Fail => "fail",
            Self::Unknown => "unknown",
        }
    }
}

/// A gate and why it says what it says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Gate {
    /// Its name.
    pub name: String,
    /// Its answer.
    pub state: GateState,
    /// One sentence: rule, value, limit, since when.
    pub reason: String,
    /// Seconds left, when it waits for time.
    pub left_s: Option<f64>,
}

impl Gate {
    pub(super) fn new(name: &str, state: GateState, reason: impl Into<String>) -> Self {
        Self { name: name.to_owned(), state, reason: reason.into(), left_s: None }
    }

    /// Whether time alone may let it pass: nobody is asked for anything until then.
    pub(super) fn takes_time(&self) -> bool {
        self.state == GateState::Wait
    }
}

/// Every gate of a promotion, in the order they are shown.
pub(super) fn gates(
    store: &Store,
    state: &TargetState,
    evidence: &Evidence,
    now: Time,
) -> Vec<Gate> {
    let mut gates = vec![feeds(store, state, now)];
    if !state.checks.is_empty() {
        gates.push(health(state, now));
    }
    for (spec, series) in state.spec.metrics.iter().zip(&state.metrics) {
        if spec.is_gate() {
            let (answer, reason, left_s) = metric(state, spec, series, evidence.routed, now);
            let twin = state.spec.metrics.iter().filter(|m| m.name == spec.name && m.is_gate());
            let name = if twin.count() > 1 {
                format!("{} {}", spec.name, state.side(spec.track).word())
            } else {
                spec.name.clone()
            };
            gates.push(Gate { left_s, ..Gate::new(&name, answer, reason) });
        }
    }
    gates.extend(super::judge::gate(state, evidence, now));
    if state.spec.alerts.is_some() {
        gates.push(alerts(state, evidence.release, now));
    }
    gates.extend(soak(state, evidence, now));
    gates.push(hold(state, now));
    gates
}

/// A feed's name beside its target, which need not be said again.
pub(super) fn feed_name(state: &TargetState, feed: &FeedId) -> String {
    feed.to_string().replace(&format!(" {}", state.spec.target), "")
}

/// What is wrong with the feeds of a target that are at least so bad, a sentence each; those that have not
/// answered yet share one.
pub(super) fn troubles(
    store: &Store,
    state: &TargetState,
    worst: FeedState,
    now: Time,
) -> Vec<String> {
    let (mut bad, mut silent): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let mut seen = Vec::new();
    for feed in state.spec.feeds() {
        // names and views are made for the few that are not well
        if store.feed_state(&feed, now) < worst || seen.contains(&feed) {
            continue;
        }
        let view = store.feed_view(&feed, now);
        let name = feed_name(state, &feed);
        seen.push(feed);
        if view.is_awaited() {
            silent.push(name);
        } else {
            bad.push(format!("{name} {}: {}", view.state.word(), view.reason()));
        }
    }
    if !silent.is_empty() {
        bad.push(format!("no answer yet from {}", silent.join(", ")));
    }
    bad
}

fn feeds(store: &Store, state: &TargetState, now: Time) -> Gate {
    let bad = troubles(store, state, FeedState::Stale, now);
    if bad.is_empty() {
        Gate::new("feeds", GateState::Pass, "all live")
    } else {
        Gate::new("feeds", GateState::Unknown, bad.join("; "))
    }
}

fn health(state: &TargetState, now: Time) -> Gate {
    let mut worst = (GateState::Pass, Vec::new(), None);
    for check in &state.checks {
        let (answer, reason, left) = answer_of(check, now);
        let rank = |state: GateState| match state {
            GateState::Pass => 0,
            GateState::Wait => 1,
            GateState::Unknown => 2,
            GateState::Fail => 3,
        };
        let name = check_name(state, check);
        let sentence = format!("{name} {reason}");
        if rank(answer) > rank(worst.0) {
            worst = (answer, vec![sentence], left);
        } else if answer == worst.0 && (answer != GateState::Pass || check.count() == 1) {
            worst.1.push(sentence);
        }
    }
    let reason = if worst.1.is_empty() { "all healthy".to_owned() } else { worst.1.join("; ") };
    Gate { left_s: worst.2, ..Gate::new("health", worst.0, reason) }
}

/// A check's name with its side, when the name does not say it already.
#[must_use]
pub fn check_name(state: &TargetState, check: &Check) -> String {
    let side = state.side(check.spec.track);
    if side == Track::Whole || check.spec.name == side.word() {
        check.spec.name.clone()
    } else {
        format!("{} {}", check.spec.name, side.word())
    }
}

/// What one check contributes to the health gate, and why.
#[must_use]
pub fn check_gate(check: &Check, now: Time) -> Gate {
    let (state, reason, left_s) = answer_of(check, now);
    Gate { left_s, ..Gate::new(&check.spec.name, state, reason) }
}

fn answer_of(check: &Check, now: Time) -> (GateState, String, Option<f64>) {
    let detail = check.last.as_ref().and_then(|probe| probe.detail.as_deref());
    let why = detail.map_or(String::new(), |detail| format!(": {detail}"));
    let since = check.since.map_or(String::new(), |since| format!(" for {}", span(now - since)));
    let failing = check.last.as_ref().is_some_and(|probe| probe.state != HealthState::Healthy);
    match check.state {
        _ if check.last.is_none() => (GateState::Unknown, "not probed yet".into(), None),
        _ if check.flapping => (GateState::Unknown, format!("flapping{why}"), None),
        HealthState::Healthy if failing && check.in_grace(now) => {
            (GateState::Wait, format!("fails within its grace{why}"), None)
        }
        HealthState::Healthy if check.count() == 1 => {
            (GateState::Pass, "healthy, seen once".into(), None)
        }
        HealthState::Healthy => (GateState::Pass, "healthy".into(), None),
        HealthState::Unknown => (GateState::Unknown, format!("unknown{since}{why}"), None),
        other => (GateState::Fail, format!("{}{since}{why}", other.word()), None),
    }
}

/// Whether an alert began since the release; none when nobody knows when that was.
pub(super) fn since_release(alert: &Alert, release: Began) -> Option<bool> {
    release.known().map(|began| alert.since >= began)
}

fn alerts(state: &TargetState, release: Began, now: Time) -> Gate {
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
        return Gate::new(
            "alerts",
            GateState::Pass,
            format!("none at {block} or worse since release"),
        );
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

/// The clean time a step needs: counted from the step's beginning, or from the last time a limit was
/// broken or a check was not healthy since then.
pub(super) fn clean_since(
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
    (Some(clean), hole)
}

/// Nothing before this matters to the soak.
fn horizon(state: &TargetState, now: Time) -> Time {
    let soak =
        state.spec.rollout.as_ref().map_or(std::time::Duration::ZERO, |rollout| rollout.soak);
    now - chrono::TimeDelta::from_std(soak).unwrap_or_default()
}

fn soak(state: &TargetState, evidence: &Evidence, now: Time) -> Option<Gate> {
    let spec = state.spec.rollout.as_ref()?;
    if spec.soak.is_zero() {
        return None;
    }
    if evidence.routed.is_some_and(|routed| routed <= 0.05) {
        return Some(Gate::new("soak", GateState::Pass, "no traffic yet"));
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
    let done = (now - clean).as_seconds_f64().max(0.0);
    let left = spec.soak.as_secs_f64() - done;
    let failed = state.checks.iter().find(|check| check.down_at == Some(clean));
    let from = match (evidence.step, failed) {
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
        let reason = format!("{} of {total} clean{from}", span(now - clean));
        Gate { left_s: Some(left), ..Gate::new("soak", GateState::Wait, reason) }
    } else {
        Gate::new("soak", GateState::Pass, format!("{total} clean{from}"))
    })
}

fn hold(state: &TargetState, now: Time) -> Gate {
    match &state.ledger.hold {
        None => Gate::new("hold", GateState::Pass, "not held"),
        Some(hold) => {
            let why =
                if hold.reason.is_empty() { String::new() } else { format!(", {}", hold.reason) };
            let reason = format!(
                "held by {} for {}{why}; `flightdeck release {}` ends it",
                hold.by,
                span(now - hold.since),
                state.spec.target
            );
            Gate::new("hold", GateState::Fail, reason)
        }
    }
}
