//! An alarm of the journal: a candidate that is to be rolled back by itself, and who answered.

use chrono::TimeDelta;

use crate::model::{Record, Revision, Time};
use crate::store::timeline::{Line, LineKind};

use super::Ledger;

/// How long an alarm that nobody answered stands for what is seen again.
const STANDS: TimeDelta = TimeDelta::hours(1);

/// A candidate harms by what was read, and is rolled back by itself unless somebody answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// Since when.
    pub at: Time,
    /// The candidate then.
    pub candidate: Option<Revision>,
    /// What it does wrong.
    pub why: String,
    /// When it is rolled back.
    pub acts_at: Time,
    /// Who answered, why, and whether it had passed by itself.
    pub answered: Option<Answered>,
}

/// How an alarm ended without a rollback of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// When.
    pub at: Time,
    /// By whom.
    pub by: String,
    /// Why.
    pub why: String,
    /// Whether what it was about had passed: then it may be raised again.
    pub passed: bool,
}

impl Alarm {
    /// Whether an operator took the matter in hand: nothing is done by itself in this release any more.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.answered.as_ref().is_some_and(|answered| !answered.passed)
    }

    /// Whether it may be about this candidate: not when both are named, and differ.
    fn is_of(&self, candidate: Option<&Revision>) -> bool {
        self.candidate.as_ref().zip(candidate).is_none_or(|(own, other)| own == other)
    }
}

impl Ledger {
    /// An alarm is raised, or one that stands is seen by another process, or hastened.
    pub(super) fn raised(
        &mut self,
        candidate: Option<&Revision>,
        why: &str,
        (acts_at, release): (Time, Option<Time>),
        record: &Record,
    ) -> Option<Line> {
        let target = record.kind.target();
        if self.alarm.as_ref().is_some_and(|alarm| self.is_in_hand(alarm, candidate, release)) {
            return None;
        }
        // one that was answered, by a rollback or by the release after it, is another matter
        let open = self.alarm.as_ref().is_some_and(|alarm| {
            alarm.answered.is_none()
                && alarm.is_of(candidate)
                && record.at - alarm.at < STANDS
                && self.began.is_none_or(|began| began <= alarm.at)
                && !self.entries.iter().any(|entry| entry.answers(alarm))
        });
        if let Some(alarm) = self.alarm.as_mut().filter(|_| open) {
            // two processes may see the same; who hastens it says so by an earlier time
            let hastened = acts_at < alarm.acts_at && acts_at <= record.at;
            alarm.acts_at = alarm.acts_at.min(acts_at);
            return hastened.then(|| {
                let text = format!("{} rolls back at once: {why}", record.operator);
                Line::new(record.at, Some(target), LineKind::Action, text)
            });
        }
        self.alarm = Some(Alarm {
            at: record.at,
            candidate: candidate.cloned(),
            why: why.to_owned(),
            acts_at,
            answered: None,
        });
        let text = format!("alarm: {why}");
        Some(Line::new(record.at, Some(target), LineKind::Action, text))
    }

    /// Whether an operator has taken an alarm in hand for the whole of a release: then a process that had not
    /// read that yet cannot raise it anew.
    fn is_in_hand(
        &self,
        alarm: &Alarm,
        candidate: Option<&Revision>,
        release: Option<Time>,
    ) -> bool {
        alarm.is_settled()
            && alarm.is_of(candidate)
            && release.max(self.began).is_none_or(|began| began <= alarm.at)
            && !self.entries.iter().any(|entry| entry.answers(alarm))
    }

    /// What this process would do by itself waits at least until then: nobody could have held it before.
    pub(in crate::store) fn postpone(&mut self, until: Time) {
        if let Some(alarm) = self.alarm.as_mut().filter(|alarm| alarm.answered.is_none()) {
            alarm.acts_at = alarm.acts_at.max(until);
        }
    }

    /// An alarm is answered by other means than a rollback.
    pub(super) fn disarmed(&mut self, why: &str, passed: bool, record: &Record) -> Option<Line> {
        let began = self.entries.iter().any(|e| e.in_flight() && e.plan.alarm.is_some());
        // another process may have found in the same moment that it had passed: the operator's word counts
        let is_open = |alarm: &&mut Alarm| match &alarm.answered {
            None => true,
            Some(answered) => answered.passed && !passed && record.at - alarm.at < STANDS,
        };
        let alarm = self.alarm.as_mut().filter(is_open)?;
        let by = record.operator.clone();
        let text = if passed {
            format!("alarm over: {why}")
        } else if began {
            format!("{by} holds the automatic rollback that has begun: {why}")
        } else {
            format!("automatic rollback held by {by}: {why}")
        };
        alarm.answered = Some(Answered { at: record.at, by, why: why.to_owned(), passed });
        Some(Line::new(record.at, Some(record.kind.target()), LineKind::Action, text))
    }
}
