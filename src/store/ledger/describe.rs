//! An action and its outcome as a line of the timeline. Words only; decides nothing.

use crate::model::{Outcome, StepReport, Time};

use super::{Entry, Line, LineKind};

/// What was done, by whom, how it ended, and what it overrode.
pub(super) fn describe(entry: &Entry, at: Time, followed_up: bool) -> Line {
    let plan = &entry.plan;
    let weights = match (plan.from_weight, plan.to_weight) {
        (Some(from), Some(to)) => format!(" {from:.0} → {to:.0} %"),
        (None, Some(to)) => format!(" to {to:.0} %"),
        _ => String::new(),
    };
    let mut text = format!("{}{weights} by {}", plan.what(), entry.operator);
    let mut kind = LineKind::Action;
    if let Some(report) = &entry.report {
        let last =
            |pick: fn(&StepReport) -> Option<u64>| report.steps.iter().filter_map(pick).max();
        text.push_str(": ");
        text.push_str(report.outcome.word());
        if let Some(ms) = last(|step| step.accepted_ms) {
            text.push_str(&format!(", accepted {ms} ms"));
        }
        if let Some(ms) = last(|step| step.seen_ms) {
            text.push_str(&format!(", seen {ms} ms"));
        }
        if let Some(error) = report.steps.iter().find_map(|step| step.error.as_ref()) {
            text.push_str(&format!(": {error}"));
        } else if let Some(refusal) =
            report.refusals.first().filter(|_| report.outcome == Outcome::Refused)
        {
            text.push_str(&format!(": {refusal}"));
        }
        if followed_up {
            text.push_str(" (followed up)");
        }
        if !matches!(report.outcome, Outcome::Seen | Outcome::Accepted) {
            kind = LineKind::Trouble;
        }
    }
    if !plan.overrides.is_empty() {
        let gates: Vec<&str> = plan.overrides.iter().map(|o| o.gate.as_str()).collect();
        text.push_str(&format!(", overriding {}", gates.join(", ")));
    }
    if let Some(reason) = &plan.reason {
        text.push_str(&format!(" ({reason})"));
    }
    let action = Some(plan.action.clone());
    Line { action, ..Line::new(at, Some(&plan.target), kind, text) }
}

/// What a rollback left, or was to leave, and how it ended by now: why its target is held.
pub(super) fn left(entry: &Entry) -> String {
    let plan = &entry.plan;
    let from = match &plan.from {
        Some(from) if plan.to.as_ref() != Some(from) => from.as_str(),
        Some(_) => "a candidate that runs the same",
        None => "the candidate",
    };
    let why = plan.reason.as_deref().map_or(String::new(), |reason| format!(": {reason}"));
    match entry.report.as_ref().map(|report| report.outcome) {
        Some(Outcome::Failed) => format!("the rollback from {from} failed{why}"),
        Some(Outcome::Unknown) => format!("a rollback from {from}, nobody knows how it ended{why}"),
        Some(Outcome::Accepted) => format!("rolling back from {from}{why}"),
        _ => format!("rolled back from {from}{why}"),
    }
}
