//! Rolling back by itself: what arms it, what it waits for, and when it is due. Pure; what is due goes the way
//! of every action: planned, guarded, journaled, sent once, seen.
//!
//! Only on fresh data about this rollout's candidate, at most once a rollout, never beside another action, and
//! never where an operator took the matter in hand.

use chrono::TimeDelta;

use crate::model::spec::{AutoMode, AutoSpec, Trigger};
use crate::model::{FeedId, FeedState, HealthState, RecordKind, Target, Time, Track, Verb};
use crate::store::{Alarm, Store, TargetState};

use super::assess::{Assessment, assess};
use super::chores::note;
use super::gates::{self, GateState};
use super::judge;
use super::phase::span;
use super::plan::Request;
use super::{Effect, check_name};
use crate::stats::trial::Verdict;

/// What the candidate does wrong, by data that is fresh.
#[must_use]
pub fn dangers(store: &Store, state: &TargetState, seen: &Assessment, now: Time) -> Vec<String> {
    let Some(auto) = state.spec.rollout.as_ref().and_then(|rollout| rollout.auto.as_ref()) else {
        return Vec::new();
    };
    let live = |feed: &FeedId| store.feed_state(feed, now) == FeedState::Live;
    let measured = state.spec.prometheus.as_ref().is_some_and(live);
    let mut dangers = Vec::new();
    if auto.on.contains(&Trigger::Judge) && measured && judge::is_split(&seen.evidence) {
        let failed = judge::findings(state, &seen.evidence, now).into_iter();
        let failed =
            failed.filter(|one| one.verdict == Some(Verdict::Fail) && one.trouble.is_none());
        dangers.extend(
            failed.map(|one| format!("the judge: {}: {}", one.name, judge::shares(&one.trial))),
        );
    }
    if auto.on.contains(&Trigger::Metrics) && measured {
        for (spec, series) in state.spec.metrics.iter().zip(&state.metrics) {
            let ours = state.side(spec.track) == Track::Candidate;
            if !ours || !spec.is_gate() {
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
            state.side(check.spec.track) == Track::Candidate
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
        let release = seen.evidence.release;
        let loud = state.alerts.firing().filter(|alert| {
            alert.severity >= auto.alerts && gates::since_release(alert, release) == Some(true)
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
    let alarm = state.ledger.alarm.as_ref().filter(|alarm| alarm.answered.is_none())?;
    let routed = seen.routed.is_some_and(|routed| routed > 0.05);
    (routed && is_about(alarm, seen) && !was_rolled_back(state, alarm)).then_some(alarm)
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
    let dangers = dangers(store, state, seen, now);
    let held = state.ledger.alarm.as_ref().filter(|alarm| is_about(alarm, seen));
    match held {
        // once a rollout: an operator has it in hand, or it was done
        Some(alarm) if alarm.is_settled() || was_rolled_back(state, alarm) => None,
        Some(alarm) if alarm.answered.is_none() => {
            if dangers.is_empty() {
                let why = "it has passed".to_owned();
                return Some(note(RecordKind::Disarmed { target: target(), why, passed: true }));
            }
            (now >= alarm.acts_at).then(|| {
                let request = Request {
                    reason: Some(format!("auto_rollback: {}", alarm.why)),
                    ..Request::new(target(), Verb::Rollback)
                };
                Effect::Act { request: Box::new(request), since: alarm.at }
            })
        }
        // what passed may come again
        _ => {
            let why = dangers.first()?.clone();
            let candidate = seen.evidence.candidate.clone();
            let acts_at = now + patience(auto);
            Some(note(RecordKind::Alarm { target: target(), candidate, why, acts_at }))
        }
    }
}

/// How long an operator has to hold it.
fn patience(auto: &AutoSpec) -> TimeDelta {
    match auto.mode {
        AutoMode::On => TimeDelta::zero(),
        AutoMode::Ask => TimeDelta::from_std(auto.after).unwrap_or_default(),
    }
}

/// Notes that an operator takes the matter of an alarm in hand; nothing where there is none.
#[must_use]
pub fn disarm(store: &Store, target: &Target, why: &str, now: Time) -> Option<Effect> {
    let state = store.target(target).filter(|_| !store.fleet().read_only)?;
    alarm(state, &assess(store, target, now)?)?;
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
