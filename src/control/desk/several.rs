//! Several questions that one yes answers. Each lies on a desk of its own, so that each goes the whole way
//! by itself: guard, plan, confirmation, the newest facts, the effect. Actions on one target go one after
//! the other. Promotions go in turn, wave by wave, and stop at the first that is not seen; rollbacks begin
//! all at once, and go on whatever becomes of one.

use std::cmp::Ordering;

use crate::model::{ActionId, Outcome, Phase, Refusal, Report, Target, Time, Verb};
use crate::store::Store;

use super::{Answer, Challenge, Confirmation, Desk, Dialog, Effect, Request};
use crate::control::assess::assess;

/// Makes ids of actions.
pub type Ids = fn() -> ActionId;

/// The gate that refuses what comes after one that was not seen.
pub const WAVE: &str = "wave";

/// Several questions.
#[derive(Debug, Clone, PartialEq)]
pub struct Several {
    desks: Vec<Desk>,
    /// The wave of each; none: it is in none, and comes after all that are.
    waves: Vec<Option<u32>>,
    /// Those that have nowhere to go from here: nobody waits for them.
    there: Vec<bool>,
    /// Whether each waits until the one before it is seen.
    in_turn: bool,
    group: Option<String>,
    confirmed: Option<Time>,
}

impl Several {
    pub(super) fn ask(
        operator: &str,
        store: &Store,
        mut requests: Vec<Request>,
        ids: Ids,
        now: Time,
    ) -> Self {
        let in_turn = requests.iter().all(|request| request.verb == Verb::Promote);
        let group = requests.iter().all(moves).then(|| group(store, &requests)).flatten();
        if in_turn {
            requests.sort_by(|a, b| in_order(wave(store, a), wave(store, b)));
        }
        let waves = requests.iter().map(|request| wave(store, request)).collect();
        let desk = |request: Request| {
            let mut desk = Desk::new(operator);
            desk.ask(store, request, ids(), now);
            desk
        };
        let desks: Vec<Desk> = requests.into_iter().map(desk).collect();
        let there = |desk: &Desk| in_turn && is_there(store, desk, now);
        let there = desks.iter().map(there).collect();
        let mut several = Self { desks, waves, there, in_turn, group, confirmed: None };
        several.stop();
        several
    }

    /// How far each is, in the order in which they go.
    pub fn dialogs(&self) -> impl Iterator<Item = &Dialog> {
        self.desks.iter().filter_map(Desk::dialog)
    }

    /// The wave of each, in the same order; none where it is in none.
    pub fn waves(&self) -> impl Iterator<Item = Option<u32>> {
        self.waves.iter().copied()
    }

    /// Whether each begins only when the one before it was seen, and none does after one that was not.
    #[must_use]
    pub fn in_turn(&self) -> bool {
        self.in_turn
    }

    /// When they were confirmed; none: they were not.
    #[must_use]
    pub fn confirmed(&self) -> Option<Time> {
        self.confirmed
    }

    /// The word that has to be typed for all of them: the name of their group where they are all of it, else
    /// of the first target that wants its own typed. None: a key answers.
    #[must_use]
    pub fn word(&self) -> Option<&str> {
        let by_name =
            |dialog: &&Dialog| plain(dialog).is_some_and(|one| one.challenge == Challenge::Name);
        let first = self.dialogs().find(by_name).and_then(plain)?;
        Some(self.group.as_deref().unwrap_or(first.typed().as_str()))
    }

    /// How many wait for their yes, or, once it was given, for their turn.
    #[must_use]
    pub fn ready(&self) -> usize {
        self.dialogs().filter(|dialog| plain(dialog).is_some()).count()
    }

    /// How many are refused for want of a reason alone: one that is given serves all of them.
    #[must_use]
    pub fn unexplained(&self) -> usize {
        self.dialogs().filter(|dialog| dialog.wants_reason()).count()
    }

    /// How many are under way.
    #[must_use]
    pub fn under_way(&self) -> usize {
        self.desks.iter().filter(|desk| is_under_way(desk)).count()
    }

    /// What is asked for, in that order.
    pub fn requests(&self) -> impl Iterator<Item = &Request> {
        self.dialogs().filter_map(|dialog| match dialog {
            Dialog::Refused { request, .. } => Some(request),
            Dialog::Confirm { confirmation, .. } | Dialog::Rereading { confirmation, .. } => {
                Some(&confirmation.request)
            }
            Dialog::Following { .. } | Dialog::Several(_) => None,
        })
    }

    pub(super) fn answer(&mut self, answer: &Answer, now: Time) -> Vec<Effect> {
        let right = match (answer, self.word()) {
            (Answer::Yes, _) | (Answer::Key, None) => true,
            (Answer::Name(name), Some(word)) => name.trim() == word,
            _ => false,
        };
        if !right || self.confirmed.is_some() || self.ready() == 0 {
            return Vec::new();
        }
        self.confirmed = Some(now);
        self.begin(None, now)
    }

    pub(super) fn reread(
        &mut self,
        store: &Store,
        action: &ActionId,
        fault: Option<&str>,
        again: &ActionId,
        now: Time,
    ) -> Vec<Effect> {
        let desks = self.desks.iter_mut();
        desks.flat_map(|desk| desk.reread(store, action, fault, again.clone(), now)).collect()
    }

    pub(super) fn finished(&mut self, report: &Report) {
        self.desks.iter_mut().for_each(|desk| desk.finished(report));
    }

    pub(super) fn go_on(&mut self, store: &Store, ids: Ids, now: Time) -> Vec<Effect> {
        if self.confirmed.is_none() {
            return Vec::new();
        }
        self.stop();
        self.begin(Some((store, ids)), now)
    }

    /// After the first that ended, and was not seen, nothing begins.
    fn stop(&mut self) {
        if !self.in_turn {
            return;
        }
        let ended = |place: &usize| !self.there[*place] && is_not_seen(&self.desks[*place]);
        let Some(first) = (0..self.desks.len()).find(ended) else { return };
        let Some(target) = self.desks[first].target().cloned() else { return };
        let refused = matches!(self.desks[first].dialog(), Some(Dialog::Refused { .. }));
        let why = if refused { " (it was refused)" } else { "" };
        for desk in &mut self.desks[first + 1..] {
            let Some(one) = desk.dialog().and_then(plain) else { continue };
            let request = one.request.clone();
            let refusals = vec![Refusal::new(WAVE, format!("stopped: {target} was not seen{why}"))];
            desk.dialog = Some(Dialog::Refused { request, refusals, overridable: false });
        }
    }

    /// Begins all whose turn it is.
    fn begin(&mut self, facts: Option<(&Store, Ids)>, now: Time) -> Vec<Effect> {
        let mut effects = Vec::new();
        for place in 0..self.desks.len() {
            if self.in_turn && self.desks.iter().any(is_under_way) {
                break;
            }
            let Some(confirmation) = self.desks[place].dialog().and_then(plain).cloned() else {
                continue;
            };
            let of = |desk: &&Desk| desk.target() == Some(&confirmation.plan.target);
            if self.desks.iter().filter(of).any(is_under_way) {
                continue;
            }
            let moved = self.desks.iter().filter(of).any(was_carried_out);
            let desk = &mut self.desks[place];
            if let Some((store, ids)) = facts.filter(|_| moved) {
                again(desk, store, &confirmation, ids(), now);
            }
            if desk.dialog().and_then(plain).is_some() {
                // the one answer was theirs too
                effects.extend(desk.answer(&Answer::Yes, now));
            }
        }
        effects
    }
}

/// Whether a request is to move traffic: then one typed word may be the answer to several.
fn moves(request: &Request) -> bool {
    matches!(request.verb, Verb::Promote | Verb::Rollback)
}

fn wave(store: &Store, request: &Request) -> Option<u32> {
    store.target(&request.target)?.spec.wave
}

/// The order of two waves. What is in none comes last: the waves are there to notice first.
#[must_use]
pub fn in_order(a: Option<u32>, b: Option<u32>) -> Ordering {
    a.is_none().cmp(&b.is_none()).then(a.cmp(&b))
}

/// The name of the group that the targets are all of, and nobody else is.
fn group(store: &Store, requests: &[Request]) -> Option<String> {
    let group = store.target(&requests.first()?.target)?.spec.group.clone()?;
    let asked = |target: &Target| requests.iter().any(|request| request.target == *target);
    let same = |state: &crate::store::TargetState| {
        (state.spec.group.as_ref() == Some(&group)) == asked(&state.spec.target)
    };
    store.targets().all(same).then_some(group)
}

/// Whether a target is refused because there is nowhere left to promote it to.
fn is_there(store: &Store, desk: &Desk, now: Time) -> bool {
    let Some(Dialog::Refused { request, .. }) = desk.dialog() else { return false };
    let seen = assess(store, &request.target, now);
    seen.is_some_and(|seen| seen.phase == Some(Phase::Completed))
}

/// Whether one came to an end, and its change was not seen.
fn is_not_seen(desk: &Desk) -> bool {
    match desk.dialog() {
        Some(Dialog::Following { ended: Some(report), .. }) => report.outcome != Outcome::Seen,
        Some(Dialog::Refused { .. } | Dialog::Confirm { moved: Some(_), .. }) => true,
        _ => false,
    }
}

/// Plans anew what another of them may have moved. What it would send now must be what was confirmed.
fn again(desk: &mut Desk, store: &Store, was: &Confirmation, id: ActionId, now: Time) {
    desk.ask(store, was.request.clone(), id, now);
    let Some(Dialog::Confirm { confirmation, moved }) = &mut desk.dialog else { return };
    let (now, then) = (&confirmation.plan.calls, &was.plan.calls);
    let same = now.len() == then.len() && now.iter().zip(then).all(|(a, b)| a.sends_as(b));
    if !same {
        *moved = Some("what it is given has changed since you confirmed; look again".to_owned());
    }
}

/// A question that the one answer is for: one that was not asked anew, and that wants no name of its own.
fn plain(dialog: &Dialog) -> Option<&Confirmation> {
    match dialog {
        Dialog::Confirm { confirmation, moved: None }
            if confirmation.challenge == Challenge::Key || moves(&confirmation.request) =>
        {
            Some(confirmation)
        }
        _ => None,
    }
}

fn is_under_way(desk: &Desk) -> bool {
    matches!(desk.dialog(), Some(Dialog::Rereading { .. } | Dialog::Following { ended: None, .. }))
}

fn was_carried_out(desk: &Desk) -> bool {
    matches!(desk.dialog(), Some(Dialog::Following { ended: Some(_), .. }))
}
