//! What `status` says of rolling back by itself.

use serde::Serialize;

use crate::control::{Assessment, alarm, held_alarm, vigil};
use crate::model::Time;
use crate::model::spec::AutoMode;
use crate::store::TargetState;

/// How a target is rolled back by itself, and what is announced.
#[derive(Debug, Serialize)]
pub(super) struct AutoStatus {
    mode: AutoMode,
    /// Since when a rollback is announced; null where none is.
    armed_at: Option<Time>,
    due_at: Option<Time>,
    evidence: Option<String>,
    /// Who said that nothing is rolled back by itself in this release any more; null where nobody did.
    held_by: Option<String>,
    /// The same as a sentence; of the table alone.
    #[serde(skip)]
    pub(super) held: Option<String>,
    /// Until when it stays under watch after its release.
    watched_until: Option<Time>,
}

impl AutoStatus {
    /// None where nothing could set it off.
    pub(super) fn of(state: &TargetState, seen: &Assessment, now: Time) -> Option<Self> {
        let auto = state.spec.rollout.as_ref()?.auto.as_ref()?;
        let vigil = vigil(state, seen, now);
        let alarm = alarm(state, seen);
        let held = held_alarm(state, seen).and_then(|alarm| alarm.answered.as_ref());
        Some(Self {
            mode: if vigil.is_some_and(|vigil| vigil.way_back) { AutoMode::Ask } else { auto.mode },
            armed_at: alarm.map(|alarm| alarm.at),
            due_at: alarm.map(|alarm| alarm.acts_at),
            evidence: alarm.map(|alarm| alarm.why.clone()),
            held_by: held.map(|held| held.by.clone()),
            held: held.map(|held| {
                let since = held.at.format("%Y-%m-%d %H:%M UTC");
                format!("automatic rollback held by {} since {since}: {}", held.by, held.why)
            }),
            watched_until: vigil.map(|vigil| vigil.until),
        })
    }
}
