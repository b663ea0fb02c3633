//! What the journal says of one target: holds, pauses, the weight last asked for, open questions.

use std::collections::VecDeque;

use chrono::TimeDelta;

use crate::model::{
    ActionId, Outcome, Plan, Record, RecordKind, Report, Revision, Time, Verb, Writer,
};

use super::caps;
use super::timeline::{Line, LineKind};

mod alarm;
mod describe;
mod foreign;
mod hold;
mod past;
mod standing;
mod weight;

pub use alarm::{Alarm, Answered};
use describe::describe;
pub use hold::Hold;
pub use past::{Past, WentBack};

/// The same change of state within this time is one, seen by several processes.
const SAME: TimeDelta = TimeDelta::seconds(10);

/// One action of the journal.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// What was planned.
    pub plan: Plan,
    /// Who.
    pub operator: String,
    /// Which process.
    pub writer: Writer,
    /// When the intent was written.
    pub at: Time,
    /// What became of it, when that is known.
    pub report: Option<Report>,
    /// Whether the writer lives, as far as is known.
    pub alive: bool,
    /// Whether an operator released it: an open question that nobody asks any more.
    pub settled: bool,
    /// Where it is, while this process carries it out.
    pub progress: Option<String>,
}

/// An open question: sent, or perhaps sent, and not known to be in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Open {
    /// The engine took it; not seen yet.
    Accepted,
    /// Sent, no answer.
    Unknown,
    /// Its writer died between intent and outcome.
    Abandoned,
}

impl Open {
    /// In words.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted, not seen yet",
            Self::Unknown => "outcome unknown",
            Self::Abandoned => "abandoned by its process before the outcome was written",
        }
    }
}

impl Entry {
    /// Whether a living process is carrying it out.
    #[must_use]
    pub fn in_flight(&self) -> bool {
        self.report.is_none() && self.alive && !self.settled
    }

    /// Whether its writer died before it wrote what became of it.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.report.is_none() && !self.alive && !self.settled
    }

    /// The open question it leaves, if it leaves one. Whether somebody was told is none: what is deployed
    /// does not hang on it, and no reading would ever answer it.
    #[must_use]
    pub fn open(&self) -> Option<Open> {
        match &self.report {
            _ if self.settled || self.plan.only_tells() => None,
            None if self.alive => None,
            None => Some(Open::Abandoned),
            Some(report) if !report.is_open() => None,
            Some(report) if report.outcome == Outcome::Accepted => Some(Open::Accepted),
            Some(_) => Some(Open::Unknown),
        }
    }

    /// Whether it is the rollback that an alarm announced, or was one under way when that was raised.
    #[must_use]
    pub fn answers(&self, alarm: &Alarm) -> bool {
        let took = self.report.as_ref().filter(|report| report.was_sent());
        let took = took.and_then(|report| i64::try_from(report.took_ms).ok());
        let ended = took.and_then(|ms| self.at.checked_add_signed(TimeDelta::milliseconds(ms)));
        self.plan.verb == Verb::Rollback
            && (self.at >= alarm.at || ended.is_some_and(|ended| ended >= alarm.at))
    }

    /// When its last call took effect, as far as that is known.
    fn moved_at(&self, written: Time) -> Time {
        let last = self.report.as_ref().and_then(|report| {
            report.steps.iter().filter_map(|step| step.accepted_ms.or(step.sent_ms)).max()
        });
        last.map_or(written, |ms| {
            let ms = i64::try_from(ms).unwrap_or(i64::MAX);
            self.at.checked_add_signed(TimeDelta::milliseconds(ms)).unwrap_or(written).min(written)
        })
    }
}

/// What the journal says of one target.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ledger {
    /// Why it must not be promoted.
    pub hold: Option<Hold>,
    /// The number of the last line that said whether it is held; 0: none did.
    pub hold_told: u64,
    /// Why it does not go on for now.
    pub paused: Option<Hold>,
    /// The percentage last asked for, 0–100.
    pub asked: Option<f64>,
    /// When the present release began.
    pub began: Option<Time>,
    /// The percentage in force as journaled, and since when.
    pub step: Option<(f64, Time)>,
    /// Of which candidate `began` and `step` speak, when it was named.
    pub step_of: Option<Revision>,
    /// Revisions that were rolled back from.
    pub bad: Vec<Revision>,
    /// The last alarm about a candidate that is to be rolled back by itself.
    pub alarm: Option<Alarm>,
    /// When the last release was completed.
    pub completed: Option<Time>,
    /// When a rollback that nobody here made was last recognised.
    pub foreign: Option<Time>,
    /// What is remembered for longer than actions are.
    pub past: Past,
    /// Whether the configured sides have changed places.
    pub exchanged: bool,
    /// When the last action took effect: readings asked for before are old news.
    pub moved_at: Option<Time>,
    /// The last state that was journaled, by its word.
    pub state: Option<String>,
    /// When it was last known to be critical.
    pub harmed_at: Option<Time>,
    /// Whether nobody has seen an end of that.
    pub harmed: bool,
    /// The state before it, and when it changed.
    changed: Option<(String, Time)>,
    /// The last actions, oldest first.
    pub entries: VecDeque<Entry>,
}

impl Ledger {
    /// Actions that a living process is carrying out.
    pub fn in_flight(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.in_flight())
    }

    /// Open questions.
    pub fn open(&self) -> impl Iterator<Item = (&Entry, Open)> {
        self.entries.iter().filter_map(|entry| entry.open().map(|open| (entry, open)))
    }

    /// The newest action.
    #[must_use]
    pub fn last(&self) -> Option<&Entry> {
        self.entries.back()
    }

    pub(super) fn writer_gone(&mut self, action: &ActionId) {
        for entry in self.entries.iter_mut().filter(|entry| entry.plan.action == *action) {
            entry.alive = false;
            entry.progress = None;
        }
    }

    pub(super) fn progress(&mut self, action: &ActionId, text: &str) {
        for entry in self.entries.iter_mut().filter(|entry| entry.plan.action == *action) {
            entry.progress = Some(text.to_owned());
        }
    }

    pub(super) fn apply(&mut self, record: &Record) -> Option<Line> {
        match &record.kind {
            RecordKind::Intent { plan } => {
                if self.entries.iter().any(|known| known.plan.action == plan.action) {
                    return None;
                }
                if self.entries.len() >= caps::ACTIONS {
                    // an open question is never forgotten for a newer line
                    let old =
                        self.entries.iter().position(|e| e.open().is_none() && !e.in_flight());
                    self.entries.remove(old.unwrap_or(0));
                }
                self.entries.push_back(Entry {
                    plan: plan.as_ref().clone(),
                    operator: record.operator.clone(),
                    writer: record.writer.clone(),
                    at: record.at,
                    report: None,
                    // until its writer is known to be gone
                    alive: true,
                    settled: false,
                    progress: None,
                });
                None
            }
            RecordKind::Outcome { report, followed_up } => {
                let i = self.entries.iter().rposition(|e| e.plan.action == report.action)?;
                let entry = &mut self.entries[i];
                if entry.is_unwritten() && record.is_written() {
                    self.written_late(i, record);
                    return None;
                }
                let answered = entry.report.as_ref().is_some_and(|own| !own.outcome.is_open());
                if *followed_up && (answered || entry.settled) {
                    // two looked at once: what happened since the answer is not undone by the second
                    return None;
                }
                let before = entry.report.replace(report.as_ref().clone()).map(|old| old.outcome);
                entry.progress = None;
                let line = describe(entry, record.at, *followed_up);
                // two processes may follow the same question up: what was seen is not seen anew
                if before != Some(Outcome::Seen) {
                    self.settle(i, before, record);
                }
                Some(line)
            }
            RecordKind::FirstSight { weight, candidate, .. } => {
                let other = !self.speaks_of(candidate.as_ref());
                if other || self.step.is_none_or(|(held, _)| (held - weight).abs() > 0.5) {
                    self.step = Some((*weight, record.at));
                    self.now_of(candidate.as_ref());
                }
                None
            }
            RecordKind::Alarm { candidate, why, acts_at, release, .. } => {
                self.raised(candidate.as_ref(), why, (*acts_at, *release), record)
            }
            RecordKind::Disarmed { why, passed, .. } => self.disarmed(why, *passed, record),
            RecordKind::Foreign { target, from, why, .. } => {
                self.taken_back(target, from.as_ref(), why, record)
            }
            RecordKind::Completed { target, candidate } => {
                // two processes may both write it; only the first finds the step at 100 %
                if !self.step.is_some_and(|(weight, at)| {
                    weight > 99.5 && self.completed.is_none_or(|done| done < at)
                }) {
                    return None;
                }
                self.completed = Some(record.at);
                self.past.completed(candidate.as_ref(), record.at);
                let name = candidate.as_ref().map_or("the candidate", Revision::as_str);
                let text = format!("completed: {name} has all the traffic");
                Some(Line::new(record.at, Some(target), LineKind::Action, text))
            }
            RecordKind::Resolved { image, digest, .. } => {
                self.past.resolved(image, digest, record.at);
                None
            }
            RecordKind::Changed { target, from, to, reasons } => {
                let told = self
                    .changed
                    .as_ref()
                    .is_some_and(|(before, at)| before == from && (record.at - *at).abs() <= SAME);
                if told && self.state.as_ref() == Some(to) {
                    return None;
                }
                self.changed = Some((from.clone(), record.at));
                self.state = Some(to.clone());
                self.harm(from, to, record.at);
                let why = if reasons.is_empty() {
                    String::new()
                } else {
                    format!(": {}", reasons.join("; "))
                };
                let text = format!("{from} → {to}{why}");
                Some(Line::new(record.at, Some(target), LineKind::Health, text))
            }
        }
    }

    /// Whether `began` and `step` may be this candidate's: not when both are named, and differ.
    #[must_use]
    pub fn speaks_of(&self, candidate: Option<&Revision>) -> bool {
        self.step_of.as_ref().zip(candidate).is_none_or(|(known, now)| known == now)
    }

    /// From here on the ledger speaks of this candidate; another one's beginning is not its own.
    fn now_of(&mut self, candidate: Option<&Revision>) {
        if !self.speaks_of(candidate) {
            self.began = None;
        }
        self.step_of = candidate.cloned().or(self.step_of.take());
    }

    /// Turns the sides round after a completed release of a rotating target.
    pub(super) fn exchange(&mut self, at: Time) {
        self.exchanged = !self.exchanged;
        self.step = Some((0.0, at));
        self.asked = Some(0.0);
        self.began = None;
        self.step_of = None;
    }
}
