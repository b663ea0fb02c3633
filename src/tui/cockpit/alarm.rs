//! The keys that answer the banner of announced rollbacks. Each is about one target, and about one that the
//! operator could see.

use chrono::TimeDelta;

use crate::control::{Intent, disarm, hasten};
use crate::model::{Target, Time};
use crate::store::Store;
use crate::tui::keymap::{Action, Key};
use crate::tui::panes::{Glance, View, alarm};
use crate::tui::session::{Answered, Mode, Which};

use super::Cockpit;

/// A key within this time after the banner came to mean another target was meant for the one before.
const DEAF: TimeDelta = TimeDelta::milliseconds(500);

/// After this time an answer should have been in the journal.
const SLOW: TimeDelta = TimeDelta::seconds(3);

impl Cockpit {
    /// The target under the cursor; none on a heading.
    pub(super) fn on_target<'v>(&self, view: &'v View<'_>) -> Option<&'v Target> {
        self.session.selected(view).filter(|_| self.session.is_on_target()).map(Glance::target)
    }

    /// Notes which target the keys act on, and since when.
    pub(super) fn follow_banner(&mut self, view: &View<'_>) {
        let meant = alarm::meant(&alarm::announced(view), self.on_target(view));
        let known = self.session.banner.as_ref().map(|(target, _)| target);
        if meant.is_some() && meant != known {
            let since = known.map(|_| view.now);
            self.session.banner = meant.cloned().map(|meant| (meant, since));
        }
    }

    /// Answers the alarm of the selected target, else the only one there is, else asks which.
    pub(super) fn answer_alarm(&mut self, action: Action, view: &View<'_>) -> Vec<Intent> {
        let all = alarm::announced(view);
        if all.is_empty() {
            self.session.flash = Some("no automatic rollback is announced".to_owned());
            return Vec::new();
        }
        if self.holding {
            self.refuse_held();
            return Vec::new();
        }
        if let Some(idle) = alarm::idle(view) {
            self.session.flash = Some(format!("refused: {idle}"));
            return Vec::new();
        }
        let Some(meant) = alarm::meant(&all, self.on_target(view)) else {
            let targets = all.iter().map(|(target, _)| (*target).clone()).collect();
            self.session.mode = Mode::Announced(Which { action, targets, line: 0 });
            return Vec::new();
        };
        let since = self.session.banner.as_ref().and_then(|(_, since)| *since);
        if since.is_some_and(|since| (TimeDelta::zero()..DEAF).contains(&(view.now - since))) {
            let text = format!("the banner has just changed to {meant}: press again");
            self.session.flash = Some(text);
            return Vec::new();
        }
        self.answer(action, &meant.clone(), view)
    }

    /// A key while the list has them.
    pub(super) fn choose_announced(&mut self, key: Key, view: &View<'_>) -> Vec<Intent> {
        let Mode::Announced(which) = &mut self.session.mode else { return Vec::new() };
        let digit = key.typed().and_then(|c| c.to_digit(10)).and_then(|n| n.checked_sub(1));
        let chosen = match (digit, self.keymap.action(key)) {
            _ if key.repeat => return Vec::new(),
            (Some(place), _) => which.targets.get(place as usize).cloned(),
            (_, Some(Action::Open)) => which.targets.get(which.line).cloned(),
            (_, Some(Action::Down)) => return which_moved(which, 1),
            (_, Some(Action::Up)) => return which_moved(which, -1),
            (_, Some(Action::Back | Action::Interrupt | Action::Quit)) => {
                self.session.mode = Mode::Browse;
                return Vec::new();
            }
            _ => return Vec::new(),
        };
        let action = which.action;
        let Some(target) = chosen else { return Vec::new() };
        self.session.mode = Mode::Browse;
        self.answer(action, &target, view)
    }

    /// What it came to is said when it is known, not here.
    fn answer(&mut self, action: Action, target: &Target, view: &View<'_>) -> Vec<Intent> {
        let holds = action == Action::KeepRelease;
        let intent = if holds {
            Intent::Disarm(target.clone(), "by key".to_owned())
        } else {
            Intent::Hasten(target.clone())
        };
        let effect = match &intent {
            Intent::Disarm(_, why) => disarm(view.store, target, why),
            _ => hasten(view.store, target, view.now),
        };
        let alarm = view.store.target(target).and_then(|state| state.ledger.alarm.as_ref());
        let (Some(alarm), Some(_)) = (alarm, effect) else {
            let text = format!("refused: no rollback of {target} is announced any more");
            self.session.flash = Some(text);
            return Vec::new();
        };
        self.session.answered = Some(Answered {
            target: target.clone(),
            holds,
            at: view.now,
            raised: alarm.at,
            acts_at: alarm.acts_at,
        });
        vec![intent]
    }

    /// What came of the answer that was given last, and when it was given.
    pub(super) fn came_of_answer(&self, store: &Store, now: Time) -> Option<(String, Time)> {
        let answer = self.session.answered.as_ref()?;
        let target = &answer.target;
        let ledger = &store.target(target)?.ledger;
        let alarm = ledger.alarm.as_ref().filter(|alarm| alarm.at == answer.raised);
        let ended = alarm.and_then(|alarm| alarm.answered.as_ref());
        let hastened =
            alarm.is_some_and(|it| it.acts_at < answer.acts_at || it.acts_at <= answer.at);
        let began = alarm.is_some_and(|it| ledger.entries.iter().any(|entry| entry.answers(it)));
        let text = match (alarm, ended) {
            (None, _) => format!("{target}: that rollback is announced no more"),
            (_, Some(ended)) if ended.passed => format!("{target}: alarm over: {}", ended.why),
            (_, Some(ended)) => format!(
                "{target} is held by {}: nothing is rolled back there by itself in this release any more",
                ended.by
            ),
            _ if began => format!("{target}: its rollback has begun"),
            _ if !answer.holds && hastened => format!("{target}: its rollback is due now"),
            _ if now - answer.at < SLOW => {
                format!("{target}: this is being written into the journal")
            }
            _ => format!("{target}: nothing is changed yet: it is not in the journal"),
        };
        Some((text, answer.at))
    }
}

fn which_moved(which: &mut Which, by: isize) -> Vec<Intent> {
    which.go(by);
    Vec::new()
}
