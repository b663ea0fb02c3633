//! The percentage in force as the journal tells it, and of which candidate.

use crate::model::{Outcome, Report, Time, Verb};

use super::Ledger;

impl Ledger {
    pub(super) fn settle_weight(&mut self, i: usize, written: Time) {
        let entry = &self.entries[i];
        let Some(report) = &entry.report else { return };
        let (verb, outcome) = (entry.plan.verb, report.outcome);
        let moved = report.was_sent() || matches!(outcome, Outcome::Seen | Outcome::Accepted);
        let Some(weight) = entry.plan.to_weight.filter(|_| moved) else {
            return;
        };
        // a rollback that overtook this action has had the last word on the weight
        let overtaken = self.entries.iter().skip(i + 1).any(|later| {
            later.plan.to_weight.is_some() && later.report.as_ref().is_some_and(Report::was_sent)
        });
        let at = entry.moved_at(written);
        if overtaken {
            return;
        }
        let begins = verb == Verb::Promote && entry.plan.from_weight.is_some_and(|from| from < 0.5);
        let (candidate, begun) = (entry.plan.candidate.clone(), entry.at);
        self.now_of(candidate.as_ref());
        if begins {
            self.began = Some(begun);
        }
        self.moved_at = Some(self.moved_at.map_or(at, |held| held.max(at)));
        self.asked = Some(weight);
        if outcome != Outcome::Failed {
            self.step = Some((weight, at));
        }
    }
}
