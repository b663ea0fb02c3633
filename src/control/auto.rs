//! Rolling back by itself: what arms it, what it waits for, and when it is due. Pure; what is due goes the way
//! of every action: planned, guarded, journaled, sent once, seen.
//!
//! Only on fresh data about this rollout's candidate, at most once a rollout, never beside another action, and
//! never where an operator took the matter in hand.

use chrono::TimeDelta;

use crate::model::spec::{AutoMode, AutoSpec};
use crate::model::{FeedState, RecordKind, Target, Time, Verb};
use crate::store::{Alarm, Entry, Store, TargetState};

use super::Effect;
use super::assess::{Assessment, assess};
use super::chores::note;
use super::harm::{Of, harm};
use super::plan::Request;
use super::vigil::{is_over, stance};

/// What the candidate does wrong, by data that is fresh.
#[must_use]
pub fn dangers(store: &Store, state: &TargetState, seen: &Assessment, now: Time) -> Vec<String> {
    harm(store, state, seen, Of::Candidate, now).found
}

/// What the candidate does wrong while it has traffic and the engine can be read: what a release is ended for.
#[must_use]
pub fn breach(store: &Store, state: &TargetState, seen: &Assessment, now: Time) -> Vec<String> {
    let Some(rollout) = &state.spec.rollout else { return Vec::new() };
    let readable = store.feed_state(&rollout.feed, now) == FeedState::Live;
    let routed = seen.routed.is_some_and(|routed| routed > 0.05);
    if readable && routed { dangers(store, state, seen, now) } else { Vec::new() }
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

/// Whether a rollback answers it: one that was still under way when it was raised does too.
fn was_rolled_back(state: &TargetState, alarm: &Alarm) -> bool {
    backs(state, alarm).next().is_some()
}

/// The rollbacks that answer an alarm.
fn backs<'s>(state: &'s TargetState, alarm: &'s Alarm) -> impl Iterator<Item = &'s Entry> {
    state.ledger.entries.iter().filter(move |entry| entry.answers(alarm))
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
    // what was read before the last action took effect is no ground for another
    let readable = store.feed_state(&rollout.feed, now) == FeedState::Live && !state.is_old_news();
    let routed = seen.routed.is_some_and(|routed| routed > 0.05);
    if shut || !readable || !routed || state.ledger.in_flight().next().is_some() {
        return None;
    }
    let target = || state.spec.target.clone();
    let mode = stance(state, seen, now);
    let harm = harm(store, state, seen, Of::Candidate, now);
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
            // what cannot be seen has not passed, and is no ground to act on either; nor is what was read before
            // it was raised, maybe by another process
            let blind = harm.blind || !is_read_since(store, state, alarm.at);
            if !over && harm.found.is_empty() && blind {
                return None;
            }
            if harm.found.is_empty() || over {
                let why = if over { "the watch is over" } else { "it has passed" }.to_owned();
                return Some(note(RecordKind::Disarmed { target: target(), why, passed: true }));
            }
            (mode.is_some() && now >= alarm.acts_at).then(|| {
                let said = auto.said.as_ref().map_or(String::new(), |said| format!("; {said}"));
                let request = Request {
                    reason: Some(format!("auto_rollback: {}{said}", alarm.why)),
                    alarm: Some(alarm.at),
                    ..Request::new(target(), Verb::Rollback)
                };
                Effect::Act { request: Box::new(request), since: alarm.at }
            })
        }
        // what passed may come again
        _ => {
            if pending(state).is_some() {
                let why = "it was about another release".to_owned();
                return Some(note(RecordKind::Disarmed { target: target(), why, passed: true }));
            }
            let why = harm.found.first()?.clone();
            let candidate = seen.evidence.candidate.clone();
            let acts_at = now + patience(mode?, auto);
            let release = seen.evidence.release.known();
            Some(note(RecordKind::Alarm { target: target(), candidate, why, acts_at, release }))
        }
    }
}

/// Whether all that could tell of harm was read since.
fn is_read_since(store: &Store, state: &TargetState, since: Time) -> bool {
    let checks = state.checks.iter().map(|check| &check.spec.feed);
    let asked = state.spec.prometheus.iter().chain(state.spec.alerts.iter().map(|a| &a.feed));
    checks.chain(asked).all(|feed| {
        store.feed(feed).is_none_or(|feed| feed.good_at.is_some_and(|good| good > since))
    })
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

/// Whether a rollback of this target is announced that this process would do, and nobody has answered.
#[must_use]
pub fn is_announced(state: &TargetState) -> bool {
    let auto = state.spec.rollout.as_ref().and_then(|rollout| rollout.auto.as_ref());
    let armed = auto.is_some_and(|auto| auto.mode != AutoMode::Off || !auto.watch_after.is_zero());
    let routed = state.reading.as_ref().and_then(|reading| reading.rollout.routed);
    armed && routed.is_some_and(|routed| routed > 0.05) && pending(state).is_some()
}

/// Who said that the present release is not to be rolled back by itself.
#[must_use]
pub fn held_alarm<'s>(state: &'s TargetState, seen: &Assessment) -> Option<&'s Alarm> {
    let alarm = state.ledger.alarm.as_ref()?;
    let routed = seen.routed.is_none_or(|routed| routed > 0.05);
    (routed && alarm.is_settled() && is_about(alarm, seen)).then_some(alarm)
}

/// The alarm that an operator may still answer: what it announces has not begun, or is under way and may not
/// have sent anything yet.
#[must_use]
pub fn answerable(state: &TargetState) -> Option<&Alarm> {
    let alarm = state.ledger.alarm.as_ref().filter(|alarm| alarm.answered.is_none())?;
    let may_stop = |back: &Entry| back.plan.alarm.is_some() && back.in_flight();
    backs(state, alarm).all(may_stop).then_some(alarm)
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
    Some(note(RecordKind::Alarm { target, candidate, why, acts_at: now, release: None }))
}
