//! A rollout that is watched to its end: what ends it, and whether it may go on by itself. Pure; who watches
//! says what it does about harm.

use chrono::TimeDelta;

use crate::model::{FeedId, FeedState, Outcome, Phase, Target, Time, Verb};
use crate::store::{Entry, Store, TargetState};

use super::assess::{Assessment, assess};
use super::auto::{alarm, breach};
use super::guard::guard;
use super::phase::span;
use super::plan::Request;
use super::vigil::is_over;

/// How long a watch goes on while it cannot see.
const PATIENCE: TimeDelta = TimeDelta::minutes(5);

/// How long after its time an announced rollback may still begin.
const OVERDUE: TimeDelta = TimeDelta::seconds(30);

/// How a watched rollout ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// The last step is in force and its soak was clean.
    Completed,
    /// It harms, and nothing was done about it, or nothing more will be.
    Breached(Vec<String>),
    /// The candidate has lost its traffic.
    RolledBack(Vec<String>),
    /// Nobody can see how it goes on.
    Lost(String),
}

/// A rollout that is being watched.
#[derive(Debug, Clone)]
pub struct Course {
    began: Time,
    /// The last completion when the watch began.
    completed: Option<Time>,
    /// Whether harm is answered by a rollback of this process.
    armed: bool,
    /// Whether the candidate was seen with traffic.
    moved: bool,
    /// Since when it cannot be seen.
    lost: Option<Time>,
    /// The harm that was seen last.
    evidence: Vec<String>,
}

impl Course {
    /// Begins to watch; `armed`: harm is answered by a rollback of this process.
    #[must_use]
    pub fn new(state: &TargetState, armed: bool, now: Time) -> Self {
        Self {
            began: now,
            completed: state.ledger.completed,
            armed,
            moved: false,
            lost: None,
            evidence: Vec::new(),
        }
    }

    /// Whether it is over, and how.
    pub fn look(&mut self, store: &Store, target: &Target, now: Time) -> Option<End> {
        let (state, seen) = (store.target(target)?, assess(store, target, now)?);
        let harm = breach(store, state, &seen, now);
        if !harm.is_empty() {
            self.evidence.clone_from(&harm);
            if let Some(why) = self.unanswered(state, now) {
                return Some(End::Breached(harm.into_iter().chain(why).collect()));
            }
        }
        if state.ledger.in_flight().next().is_some() {
            return None;
        }
        let turned = state.ledger.exchanged && state.ledger.completed > self.completed;
        if turned || is_over(state, &seen) && seen.phase == Some(Phase::Completed) {
            return Some(End::Completed);
        }
        self.gone(state, &seen).or_else(|| self.blind(store, state, now))
    }

    /// What is to be said beside harm that nothing (more) is done about; none while something is.
    fn unanswered(&self, state: &TargetState, now: Time) -> Option<Vec<String>> {
        if !self.armed {
            return Some(Vec::new());
        }
        let mut entries = state.ledger.entries.iter().rev();
        let back = entries.find(|e| e.plan.verb == Verb::Rollback && e.at >= self.began);
        if let Some(back) = back {
            let failed = back.report.as_ref().filter(|told| told.outcome == Outcome::Failed)?;
            let error = failed.steps.iter().find_map(|step| step.error.clone());
            let error = error.map_or(String::new(), |error| format!(": {error}"));
            return Some(vec![format!("the rollback by {} failed{error}", back.operator)]);
        }
        let alarm = state.ledger.alarm.as_ref()?;
        if let Some(held) = alarm.answered.as_ref().filter(|held| !held.passed) {
            return Some(vec![format!("its rollback is held by {}: {}", held.by, held.why)]);
        }
        let busy = state.ledger.in_flight().next().is_some();
        let late = alarm.answered.is_none() && !busy && now - alarm.acts_at > OVERDUE;
        late.then(|| vec!["its rollback was refused".to_owned()])
    }

    /// The candidate had traffic, or was rolled back before the watch began.
    fn gone(&mut self, state: &TargetState, seen: &Assessment) -> Option<End> {
        let routed = seen.routed?;
        self.moved |= routed > 0.05;
        let back = seen.phase == Some(Phase::RolledBack);
        let gone = self.moved && routed <= 0.05;
        if !(back || gone) {
            return None;
        }
        let why = seen.phase_reason.clone().filter(|_| back);
        let why = why.or_else(|| taken_by(state)).unwrap_or_else(|| {
            "another hand than flightdeck's took the candidate's traffic".to_owned()
        });
        let unsaid = self.evidence.iter().filter(|harm| !why.contains(harm.as_str())).cloned();
        let unsaid: Vec<String> = unsaid.collect();
        Some(End::RolledBack(std::iter::once(why).chain(unsaid).collect()))
    }

    /// Neither the engine nor anything that could tell of harm has answered for long.
    fn blind(&mut self, store: &Store, state: &TargetState, now: Time) -> Option<End> {
        let spec = &state.spec;
        let lost = |feed: &FeedId| store.feed_state(feed, now) == FeedState::Lost;
        let engine = spec.rollout.as_ref().map(|rollout| &rollout.feed).filter(|feed| lost(feed));
        let checks = spec.health.iter().map(|check| &check.feed);
        let alerts = spec.alerts.iter().map(|alerts| &alerts.feed);
        let mut tell = checks.chain(&spec.prometheus).chain(alerts).peekable();
        let silent = tell.peek().copied().filter(|_| tell.all(lost));
        let Some(feed) = engine.or(silent) else {
            self.lost = None;
            return None;
        };
        let since = *self.lost.get_or_insert(now);
        (now - since >= PATIENCE).then(|| {
            let reason = store.feed_view(feed, now).reason();
            End::Lost(format!("{feed} is lost for {}: {reason}", span(now - since)))
        })
    }
}

/// Who took the candidate's traffic, by the journal.
fn taken_by(state: &TargetState) -> Option<String> {
    let moves = |entry: &&Entry| matches!(entry.plan.verb, Verb::Promote | Verb::Rollback);
    let last = state.ledger.entries.iter().rev().find(moves);
    let failed = |entry: &Entry| {
        let outcome = entry.report.as_ref().map(|report| report.outcome);
        matches!(outcome, Some(Outcome::Failed | Outcome::Refused))
    };
    let back = last.filter(|entry| entry.plan.verb == Verb::Rollback && !failed(entry));
    let held = || {
        let hold = state.ledger.hold.as_ref();
        hold.filter(|hold| hold.reason.starts_with("rolled back")).map(|hold| hold.reason.clone())
    };
    let back = back.map(|back| {
        let by_itself = if back.plan.alarm.is_some() { "automatic rollback" } else { "rollback" };
        let why = back.plan.reason.as_deref();
        let why = why.map(|why| why.strip_prefix("auto_rollback: ").unwrap_or(why));
        let why = why.map_or(String::new(), |why| format!(": {why}"));
        format!("{by_itself} by {}{why}", back.operator)
    });
    back.or_else(held)
}

/// Whether a rollout may go on by itself: nothing refuses it, nothing harms, and there is something new to
/// release.
#[must_use]
pub fn is_ready(store: &Store, request: &Request, now: Time) -> bool {
    let Some((state, seen)) =
        store.target(&request.target).zip(assess(store, &request.target, now))
    else {
        return false;
    };
    let waits = matches!(seen.phase, Some(Phase::AwaitingApproval | Phase::Idle));
    waits
        && persons(state, &seen).is_none()
        && unheard(store, state).is_none()
        && alarm(state, &seen).is_none()
        && breach(store, state, &seen, now).is_empty()
        && guard(store, request, now).is_empty()
}

/// Why a rollout stays where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stays {
    /// Equal ones are told once: ages pass, and are no news.
    pub mark: String,
    /// One sentence.
    pub text: String,
}

/// Why it will not go on by itself though no gate says so: what time alone does not end. None while gates, the
/// phase or an action under way say why.
#[must_use]
pub fn stays(store: &Store, request: &Request, now: Time) -> Option<Stays> {
    let state = store.target(&request.target)?;
    let seen = assess(store, &request.target, now)?;
    let all_of_it = seen.routed.is_some_and(|routed| routed >= 99.5);
    if all_of_it || state.ledger.in_flight().next().is_some() {
        return None;
    }
    let is_gate = |name: &str| seen.gates.iter().any(|gate| gate.name == name);
    let mut told: Vec<(String, String)> = guard(store, request, now)
        .into_iter()
        .filter(|refusal| !is_gate(&refusal.gate))
        .map(|refusal| {
            let text = refusal.to_string();
            let mark = if refusal.gate == "revision" { text.clone() } else { refusal.gate };
            (mark, format!("refused by {text}"))
        })
        .collect();
    told.extend(persons(state, &seen).map(|why| (why.clone(), why)));
    let (marks, texts): (Vec<String>, Vec<String>) = told.into_iter().unzip();
    let text = format!("it does not go on: {}", texts.join("; "));
    (!marks.is_empty()).then(|| Stays { mark: marks.join("; "), text })
}

/// What a person may release and nothing does by itself.
fn persons(state: &TargetState, seen: &Assessment) -> Option<String> {
    let (candidate, stable) = (&seen.evidence.candidate, &seen.evidence.stable);
    let bad = candidate.as_ref().filter(|revision| state.ledger.bad.contains(revision));
    if let Some(bad) = bad {
        return Some(format!("{bad} was rolled back from before: a person may release it again"));
    }
    if seen.phase != Some(Phase::Idle) {
        return None;
    }
    match (candidate, stable) {
        (None, _) => Some("nobody names the candidate".to_owned()),
        (Some(new), Some(old)) if new == old => {
            Some(format!("there is nothing new to release: both sides run {new}"))
        }
        _ => None,
    }
}

/// What could tell of harm and was not asked since the weight last changed: what was said before says nothing
/// of the traffic that the candidate has now.
fn unheard<'s>(store: &Store, state: &'s TargetState) -> Option<&'s FeedId> {
    let moved = state.ledger.moved_at.max(state.ledger.step.map(|(_, at)| at))?;
    let spec = &state.spec;
    let checks = spec.health.iter().map(|check| &check.feed);
    let alerts = spec.alerts.iter().map(|alerts| &alerts.feed);
    let mut tell = checks.chain(&spec.prometheus).chain(alerts);
    tell.find(|feed| {
        let heard = store.feed(feed).and_then(|feed| feed.good_at);
        heard.is_none_or(|heard| heard <= moved)
    })
}
