//! Holds and pauses of a target, and what an action that is over leaves behind in its ledger.

use crate::model::{Outcome, Record, Revision, Time, Verb};
use crate::store::caps;

use super::describe::left;
use super::{Entry, Ledger};

/// Why a target must not go on, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// Since when.
    pub since: Time,
    /// By whom.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Whether it stands in the journal; else nobody knows it beyond this process.
    pub written: bool,
}

impl Entry {
    /// Whether no disk had taken its outcome when it was told.
    pub(super) fn is_unwritten(&self) -> bool {
        self.writer.id.is_empty() && self.report.is_some()
    }
}

impl Ledger {
    /// Whether it is held by what no disk took: the hold ends with this process.
    #[must_use]
    pub fn is_held_here_alone(&self) -> bool {
        self.hold.as_ref().is_some_and(|hold| !hold.written)
    }

    /// What an outcome changes beyond its own entry. What an earlier outcome of the same action changed,
    /// and what an operator released since, is not changed again.
    pub(super) fn settle(&mut self, i: usize, before: Option<Outcome>, record: &Record) {
        let entry = &self.entries[i];
        let Some(report) = &entry.report else { return };
        self.past.acted(entry, report);
        let hold = || Hold {
            since: record.at,
            by: record.operator.clone(),
            reason: entry.plan.reason.clone().unwrap_or_default(),
            written: record.is_written(),
        };
        let is_done = |outcome| matches!(outcome, Outcome::Seen | Outcome::Accepted);
        let done = is_done(report.outcome) && !before.is_some_and(is_done) && !entry.settled;
        let is_tried = |outcome| outcome != Outcome::Refused;
        let tried = is_tried(report.outcome) && !before.is_some_and(is_tried) && !entry.settled;
        let told = if entry.plan.verb == Verb::Rollback { tried } else { done };
        if told && matches!(entry.plan.verb, Verb::Rollback | Verb::Hold | Verb::Release) {
            self.hold_told = self.hold_told.max(record.seq);
        }
        match entry.plan.verb {
            Verb::Rollback if tried => self.rolled_back(i, record.is_written()),
            // followed up: what the hold says of it is what is known now
            Verb::Rollback if self.hold.as_ref().is_some_and(|hold| hold.since == entry.at) => {
                let reason = left(entry);
                self.hold = self.hold.take().map(|hold| Hold { reason, ..hold });
            }
            Verb::Pause if done => self.paused = Some(hold()),
            Verb::Resume if done => self.paused = None,
            Verb::Hold if done => self.hold = Some(hold()),
            Verb::Release if done => {
                self.hold = None;
                // what has no outcome by now has no living writer either: the journal lets no release begin
                // beside an action in flight
                for older in self.entries.iter_mut().take(i) {
                    let answer = older.report.as_ref().map(|report| report.outcome);
                    older.settled |= answer.is_none_or(Outcome::is_open);
                }
            }
            _ => {}
        }
        self.settle_weight(i, record.at);
    }

    /// A rollback holds its target and marks what it left.
    fn rolled_back(&mut self, i: usize, written: bool) {
        let entry = &self.entries[i];
        let (since, by, reason) = (entry.at, entry.operator.clone(), left(entry));
        self.hold = Some(Hold { since, by, reason, written });
        // where both sides run the same, there is nothing that was left
        let left = entry.plan.from.clone().filter(|from| entry.plan.to.as_ref() != Some(from));
        self.mark(left);
    }

    /// What was left is not to be gone back to.
    pub(super) fn mark(&mut self, left: Option<Revision>) {
        if let Some(from) = left.filter(|left| !self.bad.contains(left)) {
            if self.bad.len() >= caps::ACTIONS {
                self.bad.remove(0);
            }
            self.bad.push(from);
        }
    }

    /// An outcome that no disk had taken stands in the journal now.
    pub(super) fn written_late(&mut self, i: usize, record: &Record) {
        let entry = &mut self.entries[i];
        entry.writer = record.writer.clone();
        let since = entry.at;
        if let Some(hold) = self.hold.as_mut().filter(|hold| hold.since == since) {
            hold.written = true;
            self.hold_told = self.hold_told.max(record.seq);
        }
    }
}
