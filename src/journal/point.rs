//! The boundaries of an append at which a process may die. Tests stop at every one of them.

use std::sync::Arc;

use crate::model::RecordKind;

/// Called at each boundary, on the thread that writes.
pub type Hook = Arc<dyn Fn(JournalPoint) + Send + Sync>;

/// A boundary on the way of an intent or an outcome to the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JournalPoint {
    /// Nothing of the intent is written.
    BeforeIntent,
    /// The intent's line is in the file, not yet synced.
    IntentWritten,
    /// The line is on the disk; the head does not name it yet.
    IntentSynced,
    /// The head names it.
    HeadWritten,
    /// Nothing of the outcome is written.
    BeforeOutcome,
    /// The outcome's line is in the file, not yet synced.
    OutcomeWritten,
    /// The line is on the disk; the head does not name it yet.
    OutcomeSynced,
    /// The head names it.
    OutcomeHeadWritten,
}

const INTENT: [JournalPoint; 4] = [
    JournalPoint::BeforeIntent,
    JournalPoint::IntentWritten,
    JournalPoint::IntentSynced,
    JournalPoint::HeadWritten,
];

const OUTCOME: [JournalPoint; 4] = [
    JournalPoint::BeforeOutcome,
    JournalPoint::OutcomeWritten,
    JournalPoint::OutcomeSynced,
    JournalPoint::OutcomeHeadWritten,
];

impl JournalPoint {
    /// All of them, in the order an action passes them.
    pub const ALL: [Self; 8] = [
        Self::BeforeIntent,
        Self::IntentWritten,
        Self::IntentSynced,
        Self::HeadWritten,
        Self::BeforeOutcome,
        Self::OutcomeWritten,
        Self::OutcomeSynced,
        Self::OutcomeHeadWritten,
    ];

    /// Its name, for tests that choose one by a text.
    pub fn word(self) -> &'static str {
        match self {
            Self::BeforeIntent => "before-intent",
            Self::IntentWritten => "intent-written",
            Self::IntentSynced => "intent-synced",
            Self::HeadWritten => "head-written",
            Self::BeforeOutcome => "before-outcome",
            Self::OutcomeWritten => "outcome-written",
            Self::OutcomeSynced => "outcome-synced",
            Self::OutcomeHeadWritten => "outcome-head-written",
        }
    }
}

/// The boundaries of a kind of line; none for lines that nobody waits for.
pub(super) fn of(kind: &RecordKind) -> Option<&'static [JournalPoint; 4]> {
    match kind {
        RecordKind::Intent { .. } => Some(&INTENT),
        RecordKind::Outcome { .. } => Some(&OUTCOME),
        _ => None,
    }
}
