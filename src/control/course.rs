//! A rollout that is watched to its end: what ends it, and whether it may go on by itself. Pure; who watches
//! says what it does about harm.

use chrono::TimeDelta;

use crate::model::{FeedState, Outcome, Phase, Target, Time, Verb};
use crate::store::{Store, TargetState};

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
        self.gone(&seen).or_else(|| self.blind(store, state, now))
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
    fn gone(&mut self, seen: &Assessment) -> Option<End> {
        let routed = seen.routed?;
        self.moved |= routed > 0.05;
        let back = seen.phase == Some(Phase::RolledBack);
        let gone = self.moved && routed <= 0.05;
        if !(back || gone) {
            return None;
        }
        let why = seen.phase_reason.clone().filter(|_| back);
        let why = why.unwrap_or_else(|| "another hand took the candidate's traffic".to_owned());
        let unsaid = self.evidence.iter().filter(|harm| !why.contains(harm.as_str())).cloned();
        let unsaid: Vec<String> = unsaid.collect();
        Some(End::RolledBack(std::iter::once(why).chain(unsaid).collect()))
    }

    /// Neither the engine nor anything that could tell of harm has answered for long.
    fn blind(&mut self, store: &Store, state: &TargetState, now: Time) -> Option<End> {
        let spec = &state.spec;
        let lost = |feed: &crate::model::FeedId| store.feed_state(feed, now) == FeedState::Lost;
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
    let (candidate, stable) = (&seen.evidence.candidate, &seen.evidence.stable);
    let bad = candidate.as_ref().is_some_and(|revision| state.ledger.bad.contains(revision));
    let idle = seen.phase == Some(Phase::Idle);
    // a person may release what nobody names, or what is there already
    let new = !idle || candidate.is_some() && candidate != stable;
    waits
        && new
        && !bad
        && alarm(state, &seen).is_none()
        && breach(store, state, &seen, now).is_empty()
        && guard(store, request, now).is_empty()
}
