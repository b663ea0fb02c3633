//! A run that waits at its environments: at which, for whom, since when. What was not read is not said.

use crate::control::for_a_person;
use crate::model::{Run, Status, Time, Verb, Waiting};
use crate::store::{RepoState, Store, TargetState};
use crate::text;
use crate::tui::errands;
use crate::tui::theme::Role;

use super::words;

/// Columns of a reviewer's or an environment's name.
const NAME: usize = 40;

/// What a run waits for.
#[derive(Debug, Clone, PartialEq)]
pub struct Awaited<'a> {
    /// Deployments that a person is asked about; none where nobody read them.
    people: Vec<&'a Waiting>,
    /// Where only clocks are waited for: the one that ends first.
    timer: Option<(&'a Waiting, Time)>,
}

impl<'a> Awaited<'a> {
    /// What a run waits for at a moment; none where it does not wait.
    pub fn of(repo: Option<&'a RepoState>, run: &Run, at: Time) -> Option<Self> {
        if run.status != Status::Waiting {
            return None;
        }
        let waits = repo.and_then(|repo| repo.waits_of(run.id));
        let all = waits.map_or(&[][..], |waits| waits.waiting.as_slice());
        let people: Vec<&Waiting> = all.iter().filter(|one| for_a_person(one, at)).collect();
        let timers = all.iter().filter_map(|one| Some((one, one.timer_ends?)));
        let timer = timers.min_by_key(|(_, ends)| *ends).filter(|_| people.is_empty());
        Some(Self { people, timer })
    }

    /// Glyph, word and role.
    pub fn told(&self) -> (&'static str, &'static str, Role) {
        match self.timer {
            Some(_) => ("◌", "waits for its timer", Role::Progress),
            None => ("▲", "waits for an approval", Role::Attention),
        }
    }

    /// Since when the first of what waits for a person does, as far as GitHub tells.
    pub fn since(&self) -> Option<Time> {
        self.people.iter().filter_map(|one| one.since).min()
    }

    /// ` for 4 m`, ` with 3 m left`; nothing where nobody tells since when.
    pub fn span(&self, at: Time) -> String {
        match (self.timer, self.since()) {
            (Some((_, ends)), _) => format!(" with {} left", words::span(ends - at)),
            (None, Some(since)) => format!(" for {}", words::span(at - since)),
            (None, None) => String::new(),
        }
    }

    /// `waits at production for ana or team oncall, 4 m`
    pub fn sentence(&self, at: Time) -> String {
        if let Some((one, ends)) = self.timer {
            let left = words::span(ends - at);
            return format!("waits at {} for its timer, {left} left", name(&one.environment));
        }
        let environments: Vec<String> = self.people.iter().map(|o| name(&o.environment)).collect();
        let place = if environments.is_empty() {
            String::new()
        } else {
            format!(" at {}", environments.join(", "))
        };
        let mut may: Vec<String> = Vec::new();
        for reviewer in self.people.iter().flat_map(|one| &one.reviewers) {
            let reviewer = name(reviewer);
            if !may.contains(&reviewer) {
                may.push(reviewer);
            }
        }
        let whom = if may.is_empty() { "an approval".to_owned() } else { may.join(" or ") };
        let since = self.since().map(|since| format!(", {}", words::span(at - since)));
        format!("waits{place} for {whom}{}", since.unwrap_or_default())
    }
}

fn name(raw: &str) -> String {
    text::line(raw, NAME)
}

/// What the run of a rollback waits for, that is on its way or still open; and which run.
pub fn of_rollback<'s>(
    store: &'s Store,
    state: &TargetState,
    at: Time,
) -> Option<(u64, Awaited<'s>)> {
    let ledger = &state.ledger;
    let entries = ledger.in_flight().chain(ledger.open().map(|(entry, _)| entry));
    let mut backs = entries.filter(|entry| entry.plan.verb == Verb::Rollback);
    backs.find_map(|entry| {
        let run = errands::followed(store, &entry.plan)?;
        Some((run.id, Awaited::of(store.repo_of(&state.spec), run, at)?))
    })
}
