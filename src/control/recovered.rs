//! Whether a rollback did what it is for: not only the weights, but the traffic, the health and the metrics of
//! what is left. Pure; the same readings as everywhere, looked at after the act.

use serde::Serialize;

use crate::model::{FeedId, FeedState, HealthState, Report, Time, Track, Verb};
use crate::store::{Entry, Store, TargetState};

use super::assess::{Assessment, assess, check_state};
use super::gates::{self, GateState};

/// One part of the proof.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Proven {
    /// What is looked at: `weights`, `share`, `health`, a metric's name, or `metrics` where none can tell.
    pub name: String,
    /// Whether it has recovered; none as long as nothing was read since.
    #[serde(rename = "well")]
    pub is_well: Option<bool>,
    /// What was read.
    pub what: String,
}

impl Proven {
    /// Its sign and its words: `✓ share: 0.3 % of the traffic still reaches it`.
    #[must_use]
    pub fn sentence(&self) -> String {
        format!("{} {}: {}", self.sign(), self.name, self.what)
    }

    /// Whether time may tell more of it: what nothing measures never shows.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.is_well == Some(true) || self.name == METRICS && self.is_well.is_none()
    }

    /// `✓` well, `✗` not, `?` nothing was read since.
    #[must_use]
    pub fn sign(&self) -> &'static str {
        match self.is_well {
            Some(true) => "✓",
            Some(false) => "✗",
            None => "?",
        }
    }
}

/// The part that no metric can tell of.
const METRICS: &str = "metrics";

/// Points of the traffic that may still be on their way.
const LEFT: f64 = 1.0;

/// What shows that the last rollback of a target helped; empty where there is none.
#[must_use]
pub fn recovered(store: &Store, state: &TargetState, now: Time) -> Vec<Proven> {
    let (Some(entry), Some(seen)) = (last_back(state), assess(store, &state.spec.target, now))
    else {
        return Vec::new();
    };
    let since = entry.at;
    // what is read after it went on again is that promotion's
    if gone_on(state).is_some() {
        return Vec::new();
    }
    let mut all = vec![weights(store, state, &seen, (since, now))];
    all.extend(share(store, state, (since, now)));
    all.extend(health(store, state, (since, now)));
    all.extend(metrics(store, state, &seen, (since, now)));
    all
}

/// The last rollback that may have reached the engine.
#[must_use]
pub fn last_back(state: &TargetState) -> Option<&Entry> {
    let back = |entry: &&Entry| {
        entry.plan.verb == Verb::Rollback && entry.report.as_ref().is_some_and(Report::was_sent)
    };
    state.ledger.entries.iter().rfind(back)
}

/// The promotion that came after the last rollback.
#[must_use]
pub fn gone_on(state: &TargetState) -> Option<&Entry> {
    let sent = |entry: &&Entry| entry.report.as_ref().is_none_or(Report::was_sent);
    let goes_on = |entry: &&Entry| entry.plan.verb == Verb::Promote && sent(entry);
    let back = last_back(state)?;
    state.ledger.entries.iter().rfind(goes_on).filter(|entry| entry.at > back.at)
}

/// Whether what a feed said may still be believed.
fn speaks(store: &Store, feed: Option<&FeedId>, now: Time) -> bool {
    feed.is_some_and(|feed| store.feed_state(feed, now) != FeedState::Lost)
}

fn weights(
    store: &Store,
    state: &TargetState,
    seen: &Assessment,
    (since, now): (Time, Time),
) -> Proven {
    let feed = state.spec.rollout.as_ref().map(|rollout| &rollout.feed);
    let read = state.reading.as_ref().filter(|reading| reading.asked_at > since);
    let read = read.filter(|_| speaks(store, feed, now));
    let routed = seen.routed.filter(|_| read.is_some());
    Proven {
        name: "weights".to_owned(),
        is_well: routed.map(|routed| routed <= 0.05),
        what: routed.map_or("not read since".to_owned(), |routed| {
            format!("{routed:.1} % is routed to what was left")
        }),
    }
}

fn share(store: &Store, state: &TargetState, (since, now): (Time, Time)) -> Option<Proven> {
    state.spec.rollout.as_ref().filter(|rollout| rollout.has_share)?;
    let newest = state.share.points.back().filter(|point| point.at > since);
    let newest = newest.filter(|_| speaks(store, state.spec.prometheus.as_ref(), now));
    let share = newest.and_then(|point| point.reading.number());
    Some(Proven {
        name: "share".to_owned(),
        is_well: share.map(|share| share <= LEFT),
        what: share.map_or("not read since".to_owned(), |share| {
            format!("{share:.1} % of the traffic still reaches it")
        }),
    })
}

fn health(store: &Store, state: &TargetState, (since, now): (Time, Time)) -> Option<Proven> {
    let stays = |track| matches!(state.side(track), Track::Stable | Track::Whole);
    let checks: Vec<_> = state.checks.iter().filter(|check| stays(check.spec.track)).collect();
    if checks.is_empty() {
        return None;
    }
    let read = checks.iter().all(|check| check.last_at.is_some_and(|at| at > since));
    let states = checks.iter().map(|check| (check, check_state(store, check, now)));
    let sick: Vec<_> = states.filter(|(_, state)| *state != HealthState::Healthy).collect();
    // a check that cannot be believed shows neither
    let known = read && sick.iter().all(|(_, state)| *state != HealthState::Unknown);
    let well = sick.is_empty();
    let named = sick
        .iter()
        .map(|(check, now)| format!("{} {}", gates::check_name(state, check), now.word()));
    let what = match (read, well) {
        (false, _) => "not probed since".to_owned(),
        (true, true) => "what takes the traffic is healthy".to_owned(),
        (true, false) => named.collect::<Vec<_>>().join(", "),
    };
    Some(Proven { name: "health".to_owned(), is_well: known.then_some(well), what })
}

/// Those of the whole and of stable: the candidate's have nothing to measure any more.
fn metrics(
    store: &Store,
    state: &TargetState,
    seen: &Assessment,
    (since, now): (Time, Time),
) -> Vec<Proven> {
    let speaks = speaks(store, state.spec.prometheus.as_ref(), now);
    let stays = |track| matches!(state.side(track), Track::Stable | Track::Whole);
    let all = state.spec.metrics.iter().zip(&state.metrics);
    let limited = all.filter(|(spec, _)| spec.is_gate() && stays(spec.track));
    let proven = limited.map(|(spec, series)| {
        let read = series.points.back().is_some_and(|point| point.at > since) && speaks;
        let (answer, reason, _) = gates::metric(state, spec, series, seen.routed, now);
        let is_well = match answer {
            GateState::Pass => Some(true),
            GateState::Fail => Some(false),
            GateState::Wait | GateState::Unknown => None,
        };
        let what = if read { reason } else { "not read since".to_owned() };
        Proven { name: spec.name.clone(), is_well: is_well.filter(|_| read), what }
    });
    let proven: Vec<Proven> = proven.collect();
    if !proven.is_empty() {
        return proven;
    }
    let what = "none of what is left has a limit".to_owned();
    vec![Proven { name: METRICS.to_owned(), is_well: None, what }]
}
