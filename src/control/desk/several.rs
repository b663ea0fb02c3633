//! Several questions that one yes answers. Each lies on a desk of its own, so that each goes the whole way
//! by itself: guard, plan, confirmation, the newest facts, the effect. Actions on one target go one after
//! the other.

use crate::model::{ActionId, Report, Time};
use crate::store::Store;

use super::{Answer, Challenge, Confirmation, Desk, Dialog, Effect, Request};

/// Makes ids of actions.
pub type Ids = fn() -> ActionId;

/// Several questions.
#[derive(Debug, Clone, PartialEq)]
pub struct Several {
    desks: Vec<Desk>,
    confirmed: Option<Time>,
}

impl Several {
    pub(super) fn ask(
        operator: &str,
        store: &Store,
        requests: Vec<Request>,
        ids: Ids,
        now: Time,
    ) -> Self {
        let desk = |request| {
            let mut desk = Desk::new(operator);
            desk.ask(store, request, ids(), now);
            desk
        };
        Self { desks: requests.into_iter().map(desk).collect(), confirmed: None }
    }

    /// How far each is, in the order they were asked for.
    pub fn dialogs(&self) -> impl Iterator<Item = &Dialog> {
        self.desks.iter().filter_map(Desk::dialog)
    }

    /// When they were confirmed; none: they were not.
    #[must_use]
    pub fn confirmed(&self) -> Option<Time> {
        self.confirmed
    }

    /// How many wait for their yes, or, once it was given, for their turn.
    #[must_use]
    pub fn ready(&self) -> usize {
        self.dialogs().filter(|dialog| plain(dialog).is_some()).count()
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
        // a name is one target's
        if self.confirmed.is_some() || matches!(answer, Answer::Name(_)) || self.ready() == 0 {
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
        if self.confirmed.is_none() { Vec::new() } else { self.begin(Some((store, ids)), now) }
    }

    /// Begins all whose turn it is.
    fn begin(&mut self, facts: Option<(&Store, Ids)>, now: Time) -> Vec<Effect> {
        let mut effects = Vec::new();
        for place in 0..self.desks.len() {
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
                effects.extend(desk.answer(&Answer::Key, now));
            }
        }
        effects
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

/// A question that the one yes answers: one that wants no name, and was not asked anew.
fn plain(dialog: &Dialog) -> Option<&Confirmation> {
    match dialog {
        Dialog::Confirm { confirmation, moved: None }
            if confirmation.challenge == Challenge::Key =>
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
