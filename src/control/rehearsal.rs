//! When a target was last rolled back, and whether it is time to rehearse that. Says so, and stops nothing.

use chrono::TimeDelta;

use crate::model::Time;
use crate::store::{Store, TargetState, WentBack};

use super::phase::span;

/// What is known of going back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rehearsal<'a> {
    /// The last rollback that the journal has.
    pub last: Option<&'a WentBack>,
    /// That one should be rehearsed, in a sentence.
    pub overdue: Option<String>,
}

/// What is known of a target's rollbacks; none where nothing could roll it back.
#[must_use]
pub fn rehearsal<'a>(store: &Store, state: &'a TargetState, now: Time) -> Option<Rehearsal<'a>> {
    state.spec.rollout.as_ref()?;
    let last = state.ledger.past.went_back.as_ref();
    Some(Rehearsal { last, overdue: overdue(store, state, now) })
}

/// A journal that has no rollback says something only about the time since its first line.
fn overdue(store: &Store, state: &TargetState, now: Time) -> Option<String> {
    let limit = TimeDelta::from_std(state.spec.rules.rehearse?).ok()?;
    let last = state.ledger.past.went_back.as_ref().filter(|back| back.is_done());
    let since = last.map(|back| back.at).or(store.journaled())?;
    if now - since < limit {
        return None;
    }
    let (target, days) = (&state.spec.target, span(now - since));
    let what = match last {
        Some(_) => format!("the last rollback was {days} ago"),
        None => format!("no rollback since the journal began {days} ago"),
    };
    Some(format!(
        "{what}; rehearse one with a release that may go back: `flightdeck rollback {target}`"
    ))
}

impl Rehearsal<'_> {
    /// The last rollback in a sentence: when, by whom, where to, how long it took.
    #[must_use]
    pub fn sentence(&self, now: Time) -> String {
        let Some(back) = self.last else { return "none in the journal".to_owned() };
        let to = back.to.as_ref().map_or(String::new(), |to| format!(" to {to}"));
        let seconds = |ms: u64| format!("{:.1} s", ms as f64 / 1000.0);
        let took = match (back.is_done(), back.within_ms) {
            (false, _) => back.outcome.word().to_owned(),
            (true, None) => format!("took {}", seconds(back.took_ms)),
            (true, Some(within)) => {
                format!("took {} of {}", seconds(back.took_ms), seconds(within))
            }
        };
        format!("{} ago by {}{to}, {took}", span(now - back.at), back.by)
    }
}
