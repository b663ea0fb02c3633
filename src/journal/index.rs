//! What the lines so far mean for the next intent: which actions have no outcome, and where the last
//! rollback stands.

use std::collections::BTreeMap;

use crate::model::{ActionId, Plan, Record, RecordKind, Target, Time, Verb};

/// Unfinished actions by target. Finished ones are forgotten, so it stays small.
#[derive(Debug, Default)]
pub(super) struct Index {
    targets: BTreeMap<Target, Actions>,
}

#[derive(Debug, Default)]
struct Actions {
    unfinished: Vec<Record>,
    last_rollback: Option<Record>,
    last_move: Option<Record>,
    last_sent: Option<Record>,
    last_held: Option<Record>,
}

impl Index {
    /// Folds one line in.
    pub(super) fn add(&mut self, record: &Record) {
        match &record.kind {
            RecordKind::Intent { plan } => {
                let actions = self.targets.entry(plan.target.clone()).or_default();
                if plan.verb == Verb::Rollback {
                    actions.last_rollback = Some(record.clone());
                }
                if plan.verb.is_of_runs() || matches!(plan.verb, Verb::Promote | Verb::Rollback) {
                    actions.last_sent = Some(record.clone());
                }
                if matches!(plan.verb, Verb::Promote | Verb::Rollback | Verb::Approve) {
                    actions.last_move = Some(record.clone());
                }
                actions.unfinished.push(record.clone());
            }
            RecordKind::Outcome { report, .. } => {
                if let Some(actions) = self.targets.get_mut(&report.target) {
                    actions
                        .unfinished
                        .retain(|intent| plan(intent).is_none_or(|p| p.action != report.action));
                }
            }
            RecordKind::Disarmed { target, passed: false, .. } => {
                let actions = self.targets.entry(target.clone()).or_default();
                actions.last_held = Some(record.clone());
            }
            _ => {}
        }
    }

    /// Who held what an alarm of `since` announced, and why.
    pub(super) fn held(&self, target: &Target, since: Time) -> Option<String> {
        let record = self.targets.get(target)?.last_held.as_ref()?;
        let RecordKind::Disarmed { why, .. } = &record.kind else { return None };
        (record.at >= since).then(|| format!("{} held it: {why}", record.operator))
    }

    /// Intents of a target that have no outcome, oldest first.
    pub(super) fn unfinished(&self, target: &Target) -> impl Iterator<Item = (&Record, &Plan)> {
        self.targets
            .get(target)
            .into_iter()
            .flat_map(|actions| &actions.unfinished)
            .filter_map(|record| Some((record, plan(record)?)))
    }

    /// The newest intent of a target to move traffic, finished or not.
    pub(super) fn last_move(&self, target: &Target) -> Option<(&Record, &Plan)> {
        let record = self.targets.get(target)?.last_move.as_ref()?;
        Some((record, plan(record)?))
    }

    /// The newest intent of a target to roll back, finished or not.
    pub(super) fn last_rollback(&self, target: &Target) -> Option<(&Record, &Plan)> {
        let record = self.targets.get(target)?.last_rollback.as_ref()?;
        Some((record, plan(record)?))
    }

    /// The newest intent of a target to send something to its engine or about its runs, finished or not.
    pub(super) fn last_sent(&self, target: &Target) -> Option<(&Record, &Plan)> {
        let record = self.targets.get(target)?.last_sent.as_ref()?;
        Some((record, plan(record)?))
    }

    /// Whether a rollback came after an action's intent, or the action is not known as unfinished.
    pub(super) fn superseded(&self, action: &ActionId, target: &Target) -> bool {
        let Some(actions) = self.targets.get(target) else {
            return true;
        };
        self.unfinished(target).find(|(_, plan)| plan.action == *action).is_none_or(
            |(intent, _)| actions.last_rollback.as_ref().is_some_and(|last| last.seq > intent.seq),
        )
    }
}

fn plan(record: &Record) -> Option<&Plan> {
    match &record.kind {
        RecordKind::Intent { plan } => Some(plan),
        _ => None,
    }
}
