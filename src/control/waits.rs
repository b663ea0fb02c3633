//! What a target waits for a person for, and since when: what stands on top of the overview.

use crate::model::{Conclusion, Outcome, Phase, Status, Time, Verb};
use crate::store::{Pipeline, Store, TargetState};

use super::evidence::{Began, Evidence};

/// What a person is waited for. Ordered by how little it may wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// It was sent and nobody knows what became of it.
    Answer,
    /// The last action failed or was refused while a rollout is under way.
    Retry,
    /// The rollout may go on.
    Promotion,
    /// The pipeline waits for an approval.
    Approval,
    /// An operator paused it.
    Resume,
    /// It is on hold.
    Release,
}

impl Need {
    /// In words, for the operator.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Answer => "open question",
            Self::Retry => "action failed",
            Self::Promotion => "to promote",
            Self::Approval => "to approve",
            Self::Resume => "paused",
            Self::Release => "held",
        }
    }
}

/// A wait for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// For what.
    pub need: Need,
    /// Since when, as far as somebody knows.
    pub since: Option<Time>,
}

/// What the target waits for; of several the one that may wait least.
pub(super) fn wait(
    store: &Store,
    state: &TargetState,
    phase: Option<Phase>,
    evidence: &Evidence,
    now: Time,
) -> Option<Wait> {
    let ledger = &state.ledger;
    let at = |need, since| Wait { need, since: Some(since) };
    let question = ledger.open().next().map(|(entry, _)| at(Need::Answer, entry.at));
    let wait = question
        .or_else(|| gone_wrong(state).filter(|_| phase.is_some_and(is_under_way)))
        .or_else(|| {
            let promotion = phase == Some(Phase::AwaitingApproval);
            let since = || may_go_on_since(state, evidence);
            promotion.then(|| Wait { need: Need::Promotion, since: since() })
        })
        .or_else(|| approval(&store.pipeline(&state.spec)?))
        .or_else(|| ledger.paused.as_ref().map(|paused| at(Need::Resume, paused.since)))
        .or_else(|| ledger.hold.as_ref().map(|hold| at(Need::Release, hold.since)))?;
    // the engine may wait already while the soak is not over: since when a person is asked is not known
    Some(Wait { since: wait.since.filter(|at| *at <= now), ..wait })
}

fn is_under_way(phase: Phase) -> bool {
    !matches!(phase, Phase::Idle | Phase::RolledBack | Phase::Completed | Phase::Unknown)
}

/// The last action, if it ended badly.
fn gone_wrong(state: &TargetState) -> Option<Wait> {
    let last = state.ledger.last().filter(|entry| !entry.settled)?;
    let outcome = last.report.as_ref()?.outcome;
    matches!(outcome, Outcome::Failed | Outcome::Refused)
        .then_some(Wait { need: Need::Retry, since: Some(last.at) })
}

/// Not before the step has had its soak, nor before it was resumed. The engine's own time is that of its
/// pause.
fn may_go_on_since(state: &TargetState, evidence: &Evidence) -> Option<Time> {
    if let Began::Engine(at) = evidence.step {
        return Some(at);
    }
    let soak = state.spec.rollout.as_ref().map(|rollout| rollout.soak)?;
    let soaked =
        evidence.step.counted()?.checked_add_signed(chrono::TimeDelta::from_std(soak).ok()?)?;
    let resumed = state.ledger.last().filter(|entry| entry.plan.verb == Verb::Resume);
    Some(resumed.map_or(soaked, |entry| soaked.max(entry.at)))
}

fn approval(pipeline: &Pipeline<'_>) -> Option<Wait> {
    let run = pipeline.run;
    let asked = run.status == Status::Waiting || run.conclusion == Some(Conclusion::ActionRequired);
    (asked && !pipeline.advisory)
        .then_some(Wait { need: Need::Approval, since: run.updated_at.or(run.created_at) })
}
