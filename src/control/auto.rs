//! Rolling back by itself: what arms it, what it waits for, and when it is due. Pure; what is due goes the way
//! of every action: planned, guarded, journaled, sent once, seen.
//!
//! Only on fresh data about this rollout's candidate, at most once a rollout, never beside another action, and
//! never where an operator took the matter in hand.

use chrono::TimeDelta;

use crate::model::spec::{AutoMode, AutoSpec, Trigger};
use crate::model::{FeedId, FeedState, HealthState, RecordKind, Target, Time, Track, Verb};
use crate::store::{Alarm, Entry, Store, TargetState};

use super::assess::{Assessment, assess};
use super::chores::note;
use super::gates::{self, GateState};
use super::judge;
use super::phase::span;
use super::plan::Request;
use super::vigil::{is_over, is_rest, stance};
use super::{Effect, check_name};
use crate::stats::trial::Verdict;

/// Whose harm is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// The candidate's, in its release.
    Candidate,
    /// That of all that has traffic while the candidate has none, since then.
    Rest {
        /// Alerts before are old news.
        since: Time,
    },
}

impl Of {
    fn is(self, side: Track) -> bool {
        match self {
            Self::Candidate => side == Track::Candidate,
            Self::Rest { .. } => is_rest(side),
        }
    }
}

/// What the candidate does wrong, by data that is fresh.
#[must_use]
pub fn dangers(store: &Store, state: &TargetState, seen: &Assessment, now: Time) -> Vec<String> {
    harms(store, state, seen, Of::Candidate, now)
}

/// What the candidate does wrong while it has traffic and the engine can be read: what a release is ended for.
#[must_use]
pub fn breach(store: &Store, state: &TargetState, seen: &Assessment, now: Time) -> Vec<String> {
    let Some(rollout) = &state.spec.rollout else { return Vec::new() };
    let readable = store.feed_state(&rollout.feed, now) == FeedState::Live;
    let routed = seen.routed.is_some_and(|routed| routed > 0.05);
    if readable && routed { dangers(store, state, seen, now) } else { Vec::new() }
}

/// What somebody's side does wrong, by data that is fresh.
pub(super) fn harms(
    store: &Store,
    state: &TargetState,
    seen: &Assessment,
    of: Of,
    now: Time,
) -> Vec<String> {
    let Some(auto) = state.spec.rollout.as_ref().and_then(|rollout| rollout.auto.as_ref()) else {
        return Vec::new();
    };
    let live = |feed: &FeedId| store.feed_state(feed, now) == FeedState::Live;
    let measured = state.spec.prometheus.as_ref().is_some_and(live);
    let mut dangers = Vec::new();
    if auto.on.contains(&Trigger::Judge)
        && of == Of::Candidate
        && measured
        && judge::is_split(&seen.evidence)
    {
        let failed = judge::findings(state, &seen.evidence, now).into_iter();
        let failed =
            failed.filter(|one| one.verdict == Some(Verdict::Fail) && one.trouble.is_none());
        dangers.extend(
            failed.map(|one| format!("the judge: {}: {}", one.name, judge::shares(&one.trial))),
        );
    }
    if measured {
        for (i, (spec, series)) in state.spec.metrics.iter().zip(&state.metrics).enumerate() {
            let (trigger, ours) = match auto.breaker {
                Some(breaker) if breaker == i => (Trigger::Breaker, true),
                _ => (Trigger::Metrics, of.is(state.side(spec.track))),
            };
            if !ours || !auto.on.contains(&trigger) || !spec.is_gate() {
                continue;
            }
            let (answer, reason, _) = gates::metric(state, spec, series, seen.routed, now);
            if answer == GateState::Fail {
                dangers.push(format!("{}: {reason}", spec.name));
            }
        }
    }
    if auto.on.contains(&Trigger::Health) {
        let sick = state.checks.iter().filter(|check| {
            of.is(state.side(check.spec.track))
                && check.state == HealthState::Unhealthy
                && !check.flapping
                && live(&check.spec.feed)
        });
        dangers.extend(sick.map(|check| {
            let since = check.since.map_or(String::new(), |at| format!(" for {}", span(now - at)));
            format!("{} unhealthy{since}", check_name(state, check))
        }));
    }
    let heard = state.spec.alerts.as_ref().is_some_and(|alerts| live(&alerts.feed));
    if auto.on.contains(&Trigger::Alerts) && heard {
        let began = match of {
            Of::Candidate => seen.evidence.release.known(),
            Of::Rest { since } => Some(since),
        };
        let loud = state.alerts.firing().filter(|alert| {
            alert.severity >= auto.alerts && began.is_some_and(|began| alert.since >= began)
        });
        dangers.extend(loud.map(|alert| {
            format!("{} {} for {}", alert.severity, alert.name, span(now - alert.since))
        }));
    }
    dangers
}

/// The alarm about the present release that nobody has answered yet; none where there is nothing to go back
/// from any more.
#[must_use]
pub fn alarm<'s>(state: &'s TargetState, seen: &Assessment) -> Option<&'s Alarm> {
    let alarm = pending(state)?;
    let routed = seen.routed.is_some_and(|routed| routed > 0.05);
    (routed && is_about(alarm, seen)).then_some(alarm)
}

fn is_about(alarm: &Alarm, seen: &Assessment) -> bool {
    let evidence = &seen.evidence;
    let same = alarm.candidate.as_ref().zip(evidence.candidate.as_ref());
    let began = evidence.release.known();
    same.is_none_or(|(then, now)| then == now) && began.is_none_or(|began| alarm.at >= began)
}

fn was_rolled_back(state: &TargetState, alarm: &Alarm) -> bool {
    let mut entries = state.ledger.entries.iter();
    entries.any(|entry| entry.plan.verb == Verb::Rollback && entry.at >= alarm.at)
}

/// What is due by itself.
pub(super) fn due(
    store: &Store,
    state: &TargetState,
    seen: &Assessment,
    now: Time,
) -> Option<Effect> {
    let rollout = state.spec.rollout.as_ref()?;
    let auto = rollout.auto.as_ref()?;
    let fleet = store.fleet();
    let shut = fleet.read_only || fleet.replay || fleet.inert.is_some();
    let readable = store.feed_state(&rollout.feed, now) == FeedState::Live;
    let routed = seen.routed.is_some_and(|routed| routed > 0.05);
    if shut || !readable || !routed || state.ledger.in_flight().next().is_some() {
        return None;
    }
    let target = || state.spec.target.clone();
    let mode = stance(state, seen, now);
    let dangers = dangers(store, state, seen, now);
    let held = state.ledger.alarm.as_ref().filter(|alarm| is_about(alarm, seen));
    match held {
        // once a rollout: an operator has it in hand, or it was done
        Some(alarm) if alarm.is_settled() || was_rolled_back(state, alarm) => None,
        // where nothing is armed, another one's announcement is not carried out
        Some(alarm) if alarm.answered.is_none() => {
            let watched = auto.mode != AutoMode::Off || !auto.watch_after.is_zero();
            let over = watched && is_over(state, seen) && mode.is_none();
            if mode.is_none() && !over {
                return None;
            }
            if dangers.is_empty() || over {
                let why = if over { "the watch is over" } else { "it has passed" }.to_owned();
                return Some(note(RecordKind::Disarmed { target: target(), why, passed: true }));
            }
            (mode.is_some() && now >= alarm.acts_at).then(|| {
                let request = Request {
                    reason: Some(format!("auto_rollback: {}", alarm.why)),
                    alarm: Some(alarm.at),
                    ..Request::new(target(), Verb::Rollback)
                };
                Effect::Act { request: Box::new(request), since: alarm.at }
            })
        }
        // what passed may come again
        _ => {
            let why = dangers.first()?.clone();
            let candidate = seen.evidence.candidate.clone();
            let acts_at = now + patience(mode?, auto);
            Some(note(RecordKind::Alarm { target: target(), candidate, why, acts_at }))
        }
    }
}

/// How long an operator has to hold it.
fn patience(mode: AutoMode, auto: &AutoSpec) -> TimeDelta {
    match mode {
        AutoMode::On => TimeDelta::zero(),
        AutoMode::Off | AutoMode::Ask => TimeDelta::from_std(auto.after).unwrap_or_default(),
    }
}

/// The alarm that the journal knows to be unanswered, whether or not the engine can be read.
#[must_use]
pub fn pending(state: &TargetState) -> Option<&Alarm> {
    let alarm = state.ledger.alarm.as_ref().filter(|alarm| alarm.answered.is_none())?;
    (!was_rolled_back(state, alarm)).then_some(alarm)
}

/// The alarm that an operator may still answer: what it announces has not begun, or is under way and may not
/// have sent anything yet.
#[must_use]
pub fn answerable(state: &TargetState) -> Option<&Alarm> {
    let alarm = state.ledger.alarm.as_ref().filter(|alarm| alarm.answered.is_none())?;
    let mut entries = state.ledger.entries.iter();
    let by_somebody = |entry: &Entry| entry.plan.alarm.is_none() || !entry.in_flight();
    let is_over = entries.any(|entry| {
        entry.plan.verb == Verb::Rollback && entry.at >= alarm.at && by_somebody(entry)
    });
    (!is_over).then_some(alarm)
}

/// Notes that an operator takes the matter of an alarm in hand; nothing where there is none.
#[must_use]
pub fn disarm(store: &Store, target: &Target, why: &str) -> Option<Effect> {
    let state = store.target(target).filter(|_| !store.fleet().read_only)?;
    answerable(state)?;
    let (target, why) = (target.clone(), why.to_owned());
    Some(note(RecordKind::Disarmed { target, why, passed: false }))
}

/// Notes that what an alarm announces is to be done now; nothing where there is none.
#[must_use]
pub fn hasten(store: &Store, target: &Target, now: Time) -> Option<Effect> {
    let state = store.target(target).filter(|_| !store.fleet().read_only)?;
    let alarm = alarm(state, &assess(store, target, now)?)?;
    let (candidate, why) = (alarm.candidate.clone(), alarm.why.clone());
    let target = target.clone();
    Some(note(RecordKind::Alarm { target, candidate, why, acts_at: now }))
}
