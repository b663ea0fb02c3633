//! What refuses a verb, and which of that an operator may override.

use crate::model::rules::RULES;
use crate::model::{Refusal, Revision, Time, Verb};
use crate::store::{Store, TargetState};

use super::assess::{Assessment, assess};
use super::barriers;
use super::calls::{Asker, calls, configured, goes_anywhere};
use super::commit::commit_of;
use super::evidence::{Evidence, is_same};
use super::gates::{GateState, hold_unknown};
use super::incident;
use super::phase::span;
use super::plan::Request;
use super::runs;

/// Whether `--force` (or the typed name and a reason) may override a refusal. Hold, pause, read-only,
/// trust and open questions are never overridden: they are ended by the verb made for it.
#[must_use]
pub fn is_overridable(store: &Store, request: &Request, refusal: &Refusal, now: Time) -> bool {
    match request.verb {
        Verb::Promote | Verb::Approve => {
            !RULES.contains(&refusal.gate.as_str())
                && assess(store, &request.target, now)
                    .is_some_and(|seen| seen.gates.iter().any(|gate| gate.name == refusal.gate))
        }
        Verb::Rollback => refusal.gate == "no stable server",
        _ => false,
    }
}

/// Everything that refuses a request now, forced or not. Empty: nothing does.
#[must_use]
pub fn guard(store: &Store, request: &Request, now: Time) -> Vec<Refusal> {
    if store.fleet().replay {
        return vec![Refusal::new("replay", "this is a replay")];
    }
    let Some(state) = store.target(&request.target) else {
        let reason = format!("{} is not in the configuration", request.target);
        return vec![Refusal::new("target", reason)];
    };
    let Some(seen) = assess(store, &request.target, now) else {
        return Vec::new();
    };
    let mut refusals = Vec::new();
    if let Some(inert) = &store.fleet().inert {
        refusals.push(Refusal::new("trust", inert.clone()));
    }
    if store.fleet().read_only {
        refusals.push(Refusal::new("read-only", "this flightdeck is read-only"));
    }
    refusals.extend(in_flight(store, state, request, now));
    match request.verb {
        Verb::Promote => promote(store, state, &seen, request, now, &mut refusals),
        Verb::Rollback => rollback(store, state, &seen, request, now, &mut refusals),
        Verb::Pause if state.ledger.paused.is_some() => {
            refusals.push(Refusal::new("pause", "it is paused already"));
        }
        Verb::Resume if !state.is_paused() => {
            refusals.push(Refusal::new("pause", "it is not paused"));
        }
        Verb::Hold => refusals.extend(state.ledger.hold.as_ref().map(|hold| {
            let reason = format!("{} holds it already: {}", hold.by, hold.reason);
            Refusal::new("hold", reason.trim_end_matches([':', ' ']).to_owned())
        })),
        Verb::Release
            if state.ledger.hold.is_none()
                && hold_unknown(store, state).is_none()
                && state.ledger.open().next().is_none() =>
        {
            refusals.push(Refusal::new("hold", "it is not held, and no action is open"));
        }
        Verb::Do if incident::is_asked(request) => refusals.extend(incident::refusal(state)),
        Verb::Do => refusals.extend(action(state, request)),
        // to let a deployment go on that moves this target's traffic is to promote it
        Verb::Approve if is_staged(state) && runs::moves_target(store, state, request) => {
            promote(store, state, &seen, request, now, &mut refusals);
            refusals.extend(runs::guard(store, state, request, now));
        }
        verb if verb.is_of_runs() => refusals.extend(runs::guard(store, state, request, now)),
        _ => {}
    }
    if matches!(request.verb, Verb::Pause | Verb::Resume) {
        match &state.spec.rollout {
            None => refusals.push(no_engine()),
            Some(spec) if spec.sends_pause && state.reading.is_none() => {
                refusals.extend(engine(store, state, now));
            }
            Some(_) => refusals.extend(offered(state, request.verb)),
        }
    }
    let calls = calls(store, state, &seen.evidence, request, Asker::ANYBODY);
    refusals.extend(calls.err().filter(|refusal| !refusals.contains(refusal)));
    refusals
}

/// Whether the target's traffic is moved by deployments at GitHub.
pub(super) fn is_staged(state: &TargetState) -> bool {
    state.spec.rollout.as_ref().is_some_and(|rollout| rollout.engine == "github")
}

/// A named action must be configured.
fn action(state: &TargetState, request: &Request) -> Option<Refusal> {
    if configured(state, request).is_some() {
        return None;
    }
    let name = request.name.as_deref().unwrap_or_default();
    let known: Vec<&str> = state.spec.actions.iter().map(|action| action.name.as_str()).collect();
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    let reason = format!("`{name}` is no action of {}; there are: {known}", request.target);
    Some(Refusal::new("action", reason))
}

/// Why the engine refuses a verb that is journaled even when nothing is sent.
fn offered(state: &TargetState, verb: Verb) -> Option<Refusal> {
    let offer = state.reading.as_ref()?.rollout.offer(verb, false)?;
    Some(Refusal::new("engine", offer.refused.clone()?))
}

fn no_engine() -> Refusal {
    Refusal::new("engine", "no engine is configured; it is only watched")
}

/// Two actions never run on one target, but a rollback overtakes everything that is not one itself, and
/// what its run waits for is part of it.
pub(super) fn in_flight(
    store: &Store,
    state: &TargetState,
    request: &Request,
    now: Time,
) -> Option<Refusal> {
    let goes_back = || runs::goes_back(store, state, request);
    let mut entries = state.ledger.in_flight();
    let entry = entries.find(|entry| match (request.verb, entry.plan.verb) {
        (Verb::Rollback, other) => other == Verb::Rollback,
        // what stands in its way may be taken away
        (Verb::Cancel | Verb::ForceCancel, Verb::Rollback) => !entry.plan.is_by_runs(),
        (_, Verb::Rollback) => !goes_back(),
        _ => true,
    })?;
    let reason = format!(
        "{} by {} is in flight for {} (process {} on {})",
        entry.plan.what(),
        entry.operator,
        span(now - entry.at),
        entry.writer.pid,
        entry.writer.host
    );
    Some(Refusal::new("in flight", reason))
}

/// The engine must have been read, and be readable: a plan is pinned to a reading.
pub(super) fn engine(store: &Store, state: &TargetState, now: Time) -> Option<Refusal> {
    let Some(spec) = &state.spec.rollout else {
        return Some(no_engine());
    };
    if state.reading.is_some() {
        return None;
    }
    let view = store.feed_view(&spec.feed, now);
    Some(Refusal::new("engine unreadable", view.reason()))
}

fn promote(
    store: &Store,
    state: &TargetState,
    seen: &Assessment,
    request: &Request,
    now: Time,
    refusals: &mut Vec<Refusal>,
) {
    if let Some(refusal) = engine(store, state, now) {
        refusals.push(refusal);
        return;
    }
    refusals.extend(barriers::of_promotion(state, request.full, now));
    refusals.extend(revision(request.to.as_ref(), seen.evidence.confirmed(), "the candidate"));
    for gate in &seen.gates {
        let reason = match (gate.state, gate.left_s) {
            (GateState::Pass, _) => continue,
            (_, Some(left)) => {
                let left = span(chrono::TimeDelta::milliseconds((left * 1000.0) as i64));
                format!("{}; {left} left", gate.reason)
            }
            (GateState::Unknown, None) => format!("unknown: {}", gate.reason),
            _ => gate.reason.clone(),
        };
        refusals.push(Refusal::new(gate.name.clone(), reason));
    }
}

fn rollback(
    store: &Store,
    state: &TargetState,
    seen: &Assessment,
    request: &Request,
    now: Time,
    refusals: &mut Vec<Refusal>,
) {
    if let Some(refusal) = engine(store, state, now) {
        refusals.push(refusal);
        return;
    }
    if let Some(reading) = &state.reading {
        match reading.rollout.offer(Verb::Rollback, false) {
            None => {
                refusals.push(Refusal::new("engine", "the engine offers no rollback from here"));
            }
            Some(offer) => refusals.extend(offer.refused.as_ref().map(|reason| {
                let gate = if offer.forcible { "no stable server" } else { "engine" };
                Refusal::new(gate, reason.clone())
            })),
        }
    }
    let evidence = &seen.evidence;
    let (to, stable) = (request.to.as_ref(), evidence.stable.as_ref());
    if goes_anywhere(state) {
        refusals.extend(onto_itself(store, state, to, evidence));
    } else if has_way_back(state) {
        refusals.extend(revision(to, stable, "stable"));
    }
}

/// Whether the engine's rollback sends anything: one that refuses does not say where it could go.
fn has_way_back(state: &TargetState) -> bool {
    let reading = state.reading.as_ref();
    let offer = reading.and_then(|reading| reading.rollout.offer(Verb::Rollback, false));
    offer.is_some_and(|offer| !offer.calls.is_empty())
}

/// A rollback to what it takes back.
fn onto_itself(
    store: &Store,
    state: &TargetState,
    to: Option<&Revision>,
    evidence: &Evidence,
) -> Option<Refusal> {
    let commit = |of: &Revision| commit_of(store.repo_of(&state.spec)?, of);
    let is_commit = |of: &Revision, to: &Revision| {
        let short = to.as_str();
        let is_sha = short.len() >= 7 && short.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_sha && commit(of).is_some_and(|sha| sha.starts_with(short))
    };
    let is = |of: &Option<Revision>| {
        of.as_ref().zip(to).is_some_and(|(of, to)| is_same(of, to) || is_commit(of, to))
    };
    (is(&evidence.candidate) && !is(&evidence.stable)).then(|| {
        let to = to.map_or("it", Revision::as_str);
        Refusal::new("revision", format!("{to} is the candidate: it is what is to be taken back"))
    })
}

fn revision(wanted: Option<&Revision>, found: Option<&Revision>, side: &str) -> Option<Refusal> {
    let wanted = wanted?;
    if found.is_some_and(|found| is_same(found, wanted)) {
        return None;
    }
    let found = found.map_or("not named now", Revision::as_str);
    let reason = format!(
        "{wanted} was asked for, but {side} is {found}: this engine goes there and nowhere else"
    );
    Some(Refusal::new("revision", reason))
}
