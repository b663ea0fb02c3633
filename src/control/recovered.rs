//! Whether a rollback did what it is for: not only the weights, but the traffic, the health and the metrics of
//! what is left. Pure; the same readings as everywhere, looked at after the act.

use crate::model::{HealthState, Report, Time, Track, Verb};
use crate::store::{Entry, Store, TargetState};

use super::assess::{Assessment, assess};
use super::gates::{self, GateState};

/// One part of the proof.
#[derive(Debug, Clone, PartialEq)]
pub struct Proven {
    /// What is looked at: `weights`, `share`, `health`, or a metric's name.
    pub name: String,
    /// Whether it has recovered; none as long as nothing was read since.
    pub is_well: Option<bool>,
    /// What was read.
    pub what: String,
}

/// Points of the traffic that may still be on their way.
const LEFT: f64 = 1.0;

/// What shows that the last rollback of a target helped; empty where there is none.
#[must_use]
pub fn recovered(store: &Store, state: &TargetState, now: Time) -> Vec<Proven> {
    let back = |entry: &&Entry| {
        entry.plan.verb == Verb::Rollback && entry.report.as_ref().is_some_and(Report::was_sent)
    };
    let (Some(entry), Some(seen)) =
        (state.ledger.entries.iter().rfind(back), assess(store, &state.spec.target, now))
    else {
        return Vec::new();
    };
    let since = entry.at;
    let mut all = vec![weights(state, &seen, since)];
    all.extend(share(state, since));
    all.extend(health(state, since));
    all.extend(metrics(state, &seen, since, now));
    all
}

fn weights(state: &TargetState, seen: &Assessment, since: Time) -> Proven {
    let read = state.reading.as_ref().filter(|reading| reading.asked_at > since);
    let routed = seen.routed.filter(|_| read.is_some());
    Proven {
        name: "weights".to_owned(),
        is_well: routed.map(|routed| routed <= 0.05),
        what: routed.map_or("not read since".to_owned(), |routed| {
            format!("{routed:.1} % is routed to what was left")
        }),
    }
}

fn share(state: &TargetState, since: Time) -> Option<Proven> {
    state.spec.rollout.as_ref().filter(|rollout| rollout.has_share)?;
    let newest = state.share.points.back().filter(|point| point.at > since);
    let share = newest.and_then(|point| point.reading.number());
    Some(Proven {
        name: "share".to_owned(),
        is_well: share.map(|share| share <= LEFT),
        what: share.map_or("not read since".to_owned(), |share| {
            format!("{share:.1} % of the traffic is still there")
        }),
    })
}

fn health(state: &TargetState, since: Time) -> Option<Proven> {
    let stays = |track| matches!(state.side(track), Track::Stable | Track::Whole);
    let checks: Vec<_> = state.checks.iter().filter(|check| stays(check.spec.track)).collect();
    if checks.is_empty() {
        return None;
    }
    let read = checks.iter().all(|check| check.last_at.is_some_and(|at| at > since));
    let sick: Vec<String> = checks
        .iter()
        .filter(|check| check.state != HealthState::Healthy)
        .map(|check| format!("{} {}", gates::check_name(state, check), check.state.word()))
        .collect();
    let what = match (read, sick.is_empty()) {
        (false, _) => "not probed since".to_owned(),
        (true, true) => "what takes the traffic is healthy".to_owned(),
        (true, false) => sick.join(", "),
    };
    Some(Proven { name: "health".to_owned(), is_well: read.then_some(sick.is_empty()), what })
}

/// Those of the whole and of stable: the candidate's have nothing to measure any more.
fn metrics(state: &TargetState, seen: &Assessment, since: Time, now: Time) -> Vec<Proven> {
    let stays = |track| matches!(state.side(track), Track::Stable | Track::Whole);
    let all = state.spec.metrics.iter().zip(&state.metrics);
    let limited = all.filter(|(spec, _)| spec.is_gate() && stays(spec.track));
    let proven = limited.map(|(spec, series)| {
        let read = series.points.back().is_some_and(|point| point.at > since);
        let (answer, reason, _) = gates::metric(state, spec, series, seen.routed, now);
        let is_well = match answer {
            GateState::Pass => Some(true),
            GateState::Fail => Some(false),
            GateState::Wait | GateState::Unknown => None,
        };
        let what = if read { reason } else { "not read since".to_owned() };
        Proven { name: spec.name.clone(), is_well: is_well.filter(|_| read), what }
    });
    proven.collect()
}
