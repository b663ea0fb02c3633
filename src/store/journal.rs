//! What the journal tells, how far it can be relied on, and since when this process does by itself what its
//! alarms announce. Must not know where the journal is.

use crate::model::{ActionId, JournalTrouble, Record, Time};

use super::{Hold, Store};

/// How the journal stands.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Standing {
    /// When its first line was written.
    began: Option<Time>,
    /// Why it does not say all.
    trouble: Option<JournalTrouble>,
    /// Why it did not take what was last to be written.
    unwritten: Option<String>,
    /// Since when this process does by itself what is due.
    armed_at: Option<Time>,
}

impl Store {
    pub(super) fn told_by_journal(&mut self, record: &Record) {
        let target = record.kind.target();
        self.journal.began = self.journal.began.or(Some(record.at));
        self.touch(target);
        let Some(state) = self.targets.get_mut(target) else { return };
        let completed = state.ledger.completed;
        if let Some(line) = state.ledger.apply(record) {
            self.timeline.push(line);
        }
        if self.journal.armed_at.is_some_and(|armed| record.at < armed) {
            state.postpone(self.journal.armed_at);
        }
        let rotates = state.spec.rollout.as_ref().is_some_and(|r| r.rotate);
        if rotates && state.ledger.completed != completed {
            state.ledger.exchange(record.at);
        }
        if let Some(at) = state.ledger.moved_at {
            state.checks.iter_mut().for_each(|check| check.weight_changed(at));
        }
    }

    pub(super) fn journal_stands(&mut self, trouble: Option<&JournalTrouble>) {
        self.touch_all();
        self.journal.trouble = trouble.cloned();
    }

    /// Said once, however often it is tried.
    pub(super) fn journal_took(&mut self, why: Option<&str>, at: Time) {
        let text = match (&self.journal.unwritten, why) {
            (None, Some(why)) => format!("the journal cannot be written: {why}"),
            (Some(_), None) => "the journal can be written again".to_owned(),
            (_, _) => return,
        };
        self.touch_all();
        self.journal.unwritten = why.map(str::to_owned);
        self.notice(at, None, &text);
    }

    pub(super) fn writer_gone(&mut self, action: &ActionId) {
        self.touch_all();
        self.targets.iter_mut().for_each(|state| state.ledger.writer_gone(action));
    }

    /// What was announced before gets a countdown that can be seen here.
    pub(super) fn arm(&mut self, at: Time) {
        self.journal.armed_at = Some(at);
        self.targets.iter_mut().for_each(|state| state.postpone(Some(at)));
    }

    /// When the first line of the journal was written; none: it has none.
    #[must_use]
    pub fn journaled(&self) -> Option<Time> {
        self.journal.began
    }

    /// Why the journal does not say all that was written down; none: it does.
    #[must_use]
    pub fn journal_trouble(&self) -> Option<&JournalTrouble> {
        self.journal.trouble.as_ref()
    }

    /// Who knows of a hold, in words.
    #[must_use]
    pub fn scope_of(&self, hold: &Hold) -> &'static str {
        if hold.written {
            self.fleet.scope()
        } else {
            "not in the journal, this process alone knows"
        }
    }

    /// Why the journal did not take what was last to be written; none: it did.
    #[must_use]
    pub fn unwritten(&self) -> Option<&str> {
        self.journal.unwritten.as_deref()
    }
}
