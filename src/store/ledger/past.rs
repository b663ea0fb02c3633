//! What is remembered of a target for longer than its actions: which revisions completed there, and the last
//! rollback.

use std::collections::VecDeque;

use crate::model::image::Noted;
use crate::model::{ActionId, Outcome, Report, Revision, Time, Verb};
use crate::store::caps;

use super::Entry;

/// A target's past.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Past {
    /// Revisions that completed, and when they last did, oldest first.
    pub completed: VecDeque<(Revision, Time)>,
    /// What the names of revisions' images stood for while those ran, oldest first.
    pub images: VecDeque<Noted>,
    /// The last rollback that was sent.
    pub went_back: Option<WentBack>,
}

/// A rollback that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WentBack {
    /// Which action.
    pub action: ActionId,
    /// When it began.
    pub at: Time,
    /// Who asked for it.
    pub by: String,
    /// What it left.
    pub from: Option<Revision>,
    /// Where it went.
    pub to: Option<Revision>,
    /// What became of it.
    pub outcome: Outcome,
    /// From its confirmation until it was seen, or as far as it was followed, in milliseconds.
    pub took_ms: u64,
    /// Its target time, in milliseconds.
    pub within_ms: Option<u64>,
}

impl WentBack {
    /// Whether it did what it was to do, as far as that can be known.
    #[must_use]
    pub fn is_done(&self) -> bool {
        matches!(self.outcome, Outcome::Seen | Outcome::Accepted)
    }

    /// Whether it was done within its target time; none where it has none, or was not seen to its end.
    #[must_use]
    pub fn in_time(&self) -> Option<bool> {
        let within = self.within_ms.filter(|_| self.outcome == Outcome::Seen)?;
        Some(self.took_ms <= within)
    }
}

impl Past {
    /// When a revision last completed.
    #[must_use]
    pub fn completed_at(&self, revision: &Revision) -> Option<Time> {
        self.completed.iter().rfind(|(known, _)| known == revision).map(|(_, at)| *at)
    }

    pub(super) fn completed(&mut self, revision: Option<&Revision>, at: Time) {
        let Some(revision) = revision else { return };
        self.completed.retain(|(known, _)| known != revision);
        if self.completed.len() >= caps::ACTIONS {
            self.completed.pop_front();
        }
        self.completed.push_back((revision.clone(), at));
    }

    /// What the name of an image stood for while its revision ran.
    #[must_use]
    pub fn image_of(&self, image: &str) -> Option<&Noted> {
        self.images.iter().rfind(|noted| noted.image == image)
    }

    /// Notes it; the same digest again, by another process, says nothing new.
    pub(super) fn resolved(&mut self, image: &str, digest: &str, at: Time) {
        if self.image_of(image).is_some_and(|noted| noted.digest == digest) {
            return;
        }
        self.images.retain(|noted| noted.image != image);
        if self.images.len() >= caps::ACTIONS {
            self.images.pop_front();
        }
        let noted = Noted { image: image.to_owned(), digest: digest.to_owned(), at };
        self.images.push_back(noted);
    }

    /// Notes what became of an action; an answer that comes later takes the place of the first.
    pub(super) fn acted(&mut self, entry: &Entry, report: &Report) {
        let older = self.went_back.as_ref().is_some_and(|held| held.at > entry.at);
        if entry.plan.verb != Verb::Rollback || !report.was_sent() || older {
            return;
        }
        let seen = report.steps.iter().map(|step| step.seen_ms).collect::<Option<Vec<_>>>();
        let last = seen.and_then(|seen| seen.into_iter().max());
        self.went_back = Some(WentBack {
            action: entry.plan.action.clone(),
            at: entry.at,
            by: entry.operator.clone(),
            from: report.from.clone().or_else(|| entry.plan.from.clone()),
            to: report.to.clone().or_else(|| entry.plan.to.clone()),
            outcome: report.outcome,
            took_ms: last.unwrap_or(report.took_ms),
            within_ms: entry.plan.within_ms,
        });
    }
}
