//! What the last actions say of where a target stands: forced, failed, or under way. Pure.

use crate::control::phase::span;
use crate::model::{Outcome, Phase, Report, Time, Verb};
use crate::store::{Entry, TargetState};

use super::Assessment;

/// That the step in force was reached over gates, by whom and why.
pub(super) fn forced(state: &TargetState, seen: &Assessment, now: Time) -> Option<String> {
    let on =
        seen.routed.is_some_and(|routed| routed > 0.05) && seen.phase != Some(Phase::Completed);
    let sent = |entry: &&Entry| entry.report.as_ref().is_some_and(Report::was_sent);
    let mut moves = state.ledger.entries.iter().filter(sent);
    let last = moves.rfind(|entry| matches!(entry.plan.verb, Verb::Promote | Verb::Rollback))?;
    let plan = &last.plan;
    if !on || plan.verb != Verb::Promote || plan.overrides.is_empty() {
        return None;
    }
    let gates: Vec<&str> = plan.overrides.iter().map(|over| over.gate.as_str()).collect();
    let why = plan.reason.as_deref().map_or(String::new(), |why| format!(": {why}"));
    let ago = span(now - last.at);
    Some(format!("promoted over {} by {} {ago} ago{why}", gates.join(", "), last.operator))
}

/// The last action that was to move the target, where it failed: that it is not where it was asked to be is
/// no riddle then.
pub(super) fn failed_move(state: &TargetState) -> Option<&Entry> {
    let mut entries = state.ledger.entries.iter();
    let last = entries.rfind(|entry| matches!(entry.plan.verb, Verb::Promote | Verb::Rollback))?;
    let outcome = last.report.as_ref().map(|report| report.outcome);
    (outcome == Some(Outcome::Failed) && !last.settled).then_some(last)
}

/// Whether the engine itself says that it is moving there.
pub(super) fn is_on_its_way(state: &TargetState) -> bool {
    let own = state.reading.as_ref().and_then(|reading| reading.rollout.phase);
    matches!(own, Some(Phase::Progressing | Phase::RollingBack))
}
