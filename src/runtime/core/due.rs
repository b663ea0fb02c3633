//! Which targets' chores an event may make due, and starting those that are.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::Instant;

use crate::control::{Effect, chores, image_studies, studies};
use crate::model::{Event, Observation, RecordKind, Revision, Target};

use super::looks::{ACTING, NOTING, READING};
use super::{Runtime, perform};

/// How often every target's chores are looked at, whatever happens.
const SWEEP: Duration = Duration::from_secs(1);

/// To what an effect would write that its target changed.
fn change(effect: &Effect) -> Option<&str> {
    let Effect::Note(kind) = effect else { return None };
    match kind.as_ref() {
        RecordKind::Changed { to, .. } => Some(to),
        _ => None,
    }
}

impl Runtime {
    /// The targets whose chores an event may change; now and then all of them, for time passes too.
    pub(super) fn touched(&mut self, event: &Event) -> BTreeSet<Target> {
        if self.swept.is_none_or(|swept| swept.elapsed() >= SWEEP) {
            self.swept = Some(Instant::now());
            self.write_late();
            return self.everywhere();
        }
        match event {
            Event::Observed { feed, items, .. } => {
                let named = items.iter().filter_map(Observation::target).cloned();
                // what is said of a repository is said of all that is deployed from it
                let common = items.iter().any(|item| item.target().is_none());
                let states = self.store.targets().filter(|_| common);
                let fed = states.filter(|state| state.spec.feeds().any(|own| *own == *feed));
                named.chain(fed.map(|state| state.spec.target.clone())).collect()
            }
            Event::Told { item } => match item.target() {
                Some(target) => BTreeSet::from([target.clone()]),
                None => self.everywhere(),
            },
            Event::Journal { .. } => self.everywhere(),
            Event::Journaled { record, .. } => BTreeSet::from([record.kind.target().clone()]),
            _ => BTreeSet::new(),
        }
    }

    pub(super) fn everywhere(&self) -> BTreeSet<Target> {
        self.store.targets().map(|state| state.spec.target.clone()).collect()
    }

    /// Asks what a rollback of a target, to where it is asked to go, should be told before it is confirmed.
    /// Whether something is left to be answered.
    pub fn study(&mut self, target: &Target, to: Option<&Revision>) -> bool {
        let due = studies(&self.store, target, to);
        let open = !due.is_empty();
        self.start(due);
        open
    }

    /// Asks what the images of what runs in a target are, where that is not in the journal. Whether something is
    /// left to be answered.
    pub fn study_images(&mut self, target: &Target) -> bool {
        let due = image_studies(&self.store, target);
        let open = !due.is_empty();
        self.start(due);
        open
    }

    pub(super) fn chores(&mut self, targets: &BTreeSet<Target>) {
        // half a journal knows intents whose outcome stands a line further down
        if !self.journal_read {
            return;
        }
        let now = self.clock.now();
        let mut due = Vec::new();
        for target in targets {
            let mut own = chores(&self.store, target, now, self.notes_changes);
            let to = own.iter().find_map(change);
            // one look has no time to wait
            if self.notes_changes && !self.changing.lasts(target, to, Instant::now()) {
                own.retain(|effect| change(effect).is_none());
            }
            due.extend(own);
        }
        self.start(due);
    }

    fn start(&mut self, due: Vec<Effect>) {
        for effect in due {
            // what was started comes back as an event; until then it is not started again
            let key = perform::key(&effect);
            let starts = match effect {
                Effect::Refresh(_) => false,
                Effect::Look { .. } | Effect::Study { .. } => {
                    self.looks.begin(&key, READING, Instant::now())
                }
                // what was refused is asked for again, as long as it is due
                Effect::Act { .. } => self.looks.begin(&key, ACTING, Instant::now()),
                Effect::Note(ref kind) => {
                    let alarms = matches!(**kind, RecordKind::Alarm { .. });
                    let pace = if alarms { ACTING } else { NOTING };
                    self.looks.begin(&key, pace, Instant::now())
                }
                _ => self.done.insert(key),
            };
            if starts {
                self.perform(vec![effect]);
            }
        }
    }
}
