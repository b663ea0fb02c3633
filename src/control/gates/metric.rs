//! Is a metric within its limit for its time?

use crate::control::phase::span;
use crate::model::{MetricSpec, Reading, Time, Track};
use crate::store::{Series, TargetState};

use super::GateState;

/// Whether nothing is asked of a metric because its side has no traffic.
pub(in crate::control) fn is_idle(
    state: &TargetState,
    spec: &MetricSpec,
    routed: Option<f64>,
) -> bool {
    state.side(spec.track) == Track::Candidate && routed.is_some_and(|routed| routed <= 0.05)
}

/// Why nothing is asked of a candidate without traffic.
pub(in crate::control) fn without_traffic(state: &TargetState) -> String {
    let candidate = state.named(Track::Candidate).map(|name| name.revision);
    match candidate.filter(|candidate| state.ledger.bad.contains(candidate)) {
        Some(left) => format!("no traffic any more: {left} was rolled back"),
        None => "no traffic yet".to_owned(),
    }
}

/// A metric's answer, its sentence, and the time left when it waits.
pub(in crate::control) fn metric(
    state: &TargetState,
    spec: &MetricSpec,
    series: &Series,
    routed: Option<f64>,
    now: Time,
) -> (GateState, String, Option<f64>) {
    if is_idle(state, spec, routed) {
        return (GateState::Pass, without_traffic(state), None);
    }
    if let Some(fault) = &series.fault {
        return (GateState::Unknown, format!("query failed: {fault}"), None);
    }
    let latest = series.latest();
    let limit = limit(spec);
    let value = match latest {
        // a rate that is made up from two scrapes may be a little below nothing
        Reading::Number(value) if spec.unit == "ratio" && value < -0.01 => {
            let value = show(value, &spec.unit);
            return (GateState::Unknown, format!("{value} is no share of anything"), None);
        }
        Reading::Number(value) => show(value, &spec.unit),
        Reading::NotANumber => return (GateState::Unknown, "NaN (0/0: no traffic?)".into(), None),
        Reading::Empty if series.asked_at.is_none() => {
            return (GateState::Unknown, "not read yet".into(), None);
        }
        Reading::Empty => {
            return (GateState::Unknown, "no data: the query yields no series".into(), None);
        }
        Reading::PlusInfinity => "+Inf".into(),
        Reading::MinusInfinity => {
            return (GateState::Unknown, "-Inf is no measure of anything".into(), None);
        }
    };
    let broken = series.breaks(latest) == Some(true);
    let hold_for = chrono::TimeDelta::from_std(spec.hold_for).unwrap_or_default();
    if hold_for.is_zero() {
        return if broken {
            (GateState::Fail, format!("{value}, limit {limit}"), None)
        } else {
            (GateState::Pass, format!("{value}, limit {limit}"), None)
        };
    }
    // a time shorter than two looks may have none in it
    let looks = chrono::TimeDelta::from_std(spec.every * 2).unwrap_or_default();
    let hold_for = hold_for.max(looks);
    let window = series.window(now - hold_for, now);
    let times = span(hold_for);
    if let Some(hole) = window.hole {
        let why = match series.silence(now) {
            Some(silence) => format!("no data for {}", span(silence)),
            None => format!("a hole in the data ended {} ago", span(now - hole)),
        };
        return (GateState::Unknown, format!("{value}, but {why}"), None);
    }
    match (window.inside, window.outside) {
        (0, 0) => (GateState::Unknown, format!("no data in the last {times}"), None),
        (0, _) => {
            let times = series.broken(now).map_or(times, |(since, is_all)| {
                let least = if is_all { "at least " } else { "" };
                format!("{least}{}", span((now - since).max(hold_for)))
            });
            (GateState::Fail, format!("{value}, limit {limit}, broken for {times}"), None)
        }
        (_, 0) => (GateState::Pass, format!("{value}, limit {limit}, kept for {times}"), None),
        _ => {
            let last = window.last_outside.unwrap_or(now);
            let left = (last + hold_for - now).as_seconds_f64().max(0.0);
            (
                GateState::Wait,
                format!("{value}, limit {limit}, broken within the last {times}"),
                Some(left),
            )
        }
    }
}

/// A reading in words.
pub(in crate::control) fn reading(reading: Reading, spec: &MetricSpec) -> String {
    match reading {
        Reading::Number(value) => show(value, &spec.unit),
        Reading::NotANumber => "NaN".into(),
        Reading::PlusInfinity => "+Inf".into(),
        Reading::MinusInfinity => "-Inf".into(),
        Reading::Empty => "no data".into(),
    }
}

/// The limit in words.
pub(in crate::control) fn limit(spec: &MetricSpec) -> String {
    match (spec.min, spec.max) {
        (Some(min), Some(max)) => {
            format!("{} to {}", show(min, &spec.unit), show(max, &spec.unit))
        }
        (Some(min), None) => format!("at least {}", show(min, &spec.unit)),
        (None, Some(max)) => show(max, &spec.unit),
        (None, None) => "none".into(),
    }
}

/// A value with its unit: a ratio is shown in percent, other units are suffixes.
fn show(value: f64, unit: &str) -> String {
    if unit == "ratio" {
        format!("{:.2} %", value * 100.0)
    } else if unit.is_empty() {
        format!("{value:.2}")
    } else {
        format!("{value:.0} {unit}")
    }
}
